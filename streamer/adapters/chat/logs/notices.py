"""What Twitch itself writes into a chat in English (`system-msg`), and what chat programs write about moderation.

Programs that log a chat as text keep only these sentences of subscriptions, raids, time-outs and deletions.
"""

import re
from collections import OrderedDict, deque
from typing import Any, Final

from msgspec.structs import replace

from streamer.core.events import Role
from streamer.ports import ChatRow, User

PLATFORM: Final = "twitch"
PEOPLE_MAX: Final = 5_000
SAID_MAX: Final = 30
GIFTS_WITHIN_S: Final = 30.0

_TIMES: Final = {"d": 86_400, "h": 3_600, "m": 60, "s": 1, "w": 604_800}
_LENGTH: Final = re.compile(r"(\d{1,9})\s*(w|d|h|m|s)")
_NAME: Final = r"(?P<name>\S{1,60})"
_CHEER: Final = re.compile(r"(?:^|\s)[Cc]heer(\d{1,7})(?=\s|$)")

_CLEARED: Final = re.compile(r"chat (?:has been|was) cleared|cleared (?:the )?chat\b", re.IGNORECASE)
_DELETED: Final = (
    re.compile(rf"^A message from {_NAME} was deleted(?:: (?P<text>.*?)\.?)?$", re.IGNORECASE),
    re.compile(rf"^\S+ deleted (?:a )?messages? from {_NAME}(?:(?: saying:?|:) (?P<text>.*?))?(?:\.)?$", re.IGNORECASE),
)
_OUT: Final = (
    re.compile(rf"^{_NAME} (?:has been|was) (?:permanently )?(?:timed out|banned)\b(?P<rest>.*)$", re.IGNORECASE),
    re.compile(rf"^\S+ (?:timed out|banned) {_NAME}(?P<rest>(?: for\b| with\b|\.|:|\s*\().*|)$", re.IGNORECASE),
)
_NOTICES: Final = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("raid", rf"^(?P<n>[\d,]{{1,9}}) raiders from {_NAME} have joined"),
        ("raid", rf"^{_NAME} is raiding with a party of (?P<n>[\d,]{{1,9}})"),
        ("gift_batch", rf"^(?:An )?{_NAME}(?: user)? is gifting (?P<n>\d{{1,6}}) .{{0,20}}Subs? to "),
        (
            "gift_one",
            rf"^(?:An )?{_NAME}(?: user)? gifted .{{0,40}}sub(?:scription)? to (?P<to>\S{{1,60}}?)[!.]",
        ),
        (
            "resub",
            rf"^{_NAME} (?:has )?subscribed (?:at|with|for).{{0,40}}subscribed for (?P<n>\d{{1,4}}) months?",
        ),
        ("resub", rf"^{_NAME} (?:is continuing the Gift Sub|converted from a)"),
        ("member_new", rf"^{_NAME} (?:has |just )?subscribed\b"),
    )
)


def seconds(text: str) -> float:
    """`10m`, `1h 30m`, `600 seconds` in seconds; 0 when none is named."""
    return float(sum(int(count) * _TIMES[unit] for count, unit in _LENGTH.findall(text.lower())[:6]))


def bits(text: str) -> int:
    """Bits cheered with the plain cheermote: `Cheer100`."""
    return sum(int(count) for count in _CHEER.findall(text)[:20])


class Room:
    """Makes rows of a chat logged as text; knows who lately said what, so that a deletion finds its message."""

    def __init__(self, prefix: str) -> None:
        """`prefix` goes before the ids that are made up from line numbers."""
        self._prefix = prefix
        self._said: OrderedDict[str, deque[tuple[str, str]]] = OrderedDict()
        self._gifts: dict[str, tuple[float, int, str]] = {}

    def message(
        self, number: int, at: float, login: str, name: str, text: str, *, roles: tuple[Role, ...] = (),
        action: bool = False,
    ) -> ChatRow:  # fmt: skip
        """Somebody wrote something. `login` may be in any case, `name` is what is shown."""
        key, uid = login.lower(), f"{self._prefix}{number}"
        said = self._said.setdefault(key, deque(maxlen=SAID_MAX))
        self._said.move_to_end(key)
        if len(self._said) > PEOPLE_MAX:
            self._said.popitem(last=False)
        said.append((uid, text))
        paid = bits(text)
        return ChatRow(
            at=at, platform=PLATFORM, kind="cheer" if paid else "message", id=uid, text=text, bits=paid, action=action,
            user=User(id=key, login=key, name=name or login, roles=roles),
        )  # fmt: skip

    def system(self, number: int, at: float, text: str) -> ChatRow | None:
        """A sentence nobody wrote; None for one that changes nothing."""
        return self._moderation(at, text) or self._notice(number, at, text)

    def deleted(self, at: float, login: str, text: str | None) -> ChatRow | None:
        """The newest message of somebody, or the newest that begins with these words, was taken back."""
        said = self._said.get(login.lower(), deque())
        wanted = (text or "").removesuffix("…").removesuffix("...").strip()
        for uid, words in reversed(said):
            if words.strip().startswith(wanted):
                return ChatRow(at=at, platform=PLATFORM, kind="delete_message", target=uid)
        return None

    def out(self, at: float, login: str, duration_s: float) -> ChatRow:
        """Somebody was timed out, or banned (0 s)."""
        return ChatRow(
            at=at, platform=PLATFORM, kind="clear_user", target=login.lower().rstrip("."), duration_s=duration_s
        )

    def bits(self, number: int, at: float, login: str, amount: int) -> ChatRow:
        """Somebody cheered; the program wrote it on a line of its own."""
        key = login.lower()
        return ChatRow(
            at=at, platform=PLATFORM, kind="cheer", id=f"{self._prefix}{number}", bits=amount,
            user=User(id=key, login=key, name=login),
        )  # fmt: skip

    def _moderation(self, at: float, text: str) -> ChatRow | None:
        if _CLEARED.search(text):
            return ChatRow(at=at, platform=PLATFORM, kind="clear_chat")
        for form in _DELETED:
            if found := form.match(text):
                return self.deleted(at, found["name"], found["text"])
        for form in _OUT:
            if found := form.match(text):
                return self.out(at, found["name"].rstrip(".:"), seconds(found["rest"]))
        return None

    def _notice(self, number: int, at: float, text: str) -> ChatRow | None:
        for kind, form in _NOTICES:
            found = form.match(text)
            if found is None:
                continue
            name = "Anonymous" if text.lower().startswith("an anonymous") else found["name"]
            count = int(re.sub(r"\D", "", found.groupdict().get("n") or "0") or 0)
            fields: dict[str, Any] = {
                "at": at, "platform": PLATFORM, "id": f"{self._prefix}{number}",
                "user": User(id=name.lower(), login=name.lower(), name=name),
            }  # fmt: skip
            if kind == "gift_one":
                return self._gift(ChatRow(kind="gift_batch", count=1, **fields), name, found["to"])
            if kind == "gift_batch":
                self._gifts[name.lower()] = (at, count, fields["id"])
            return ChatRow(kind=kind, count=count, **fields)  # pyright: ignore[reportArgumentType] - of `_NOTICES`
        return None

    def _gift(self, row: ChatRow, giver: str, to: str) -> ChatRow:
        """A gift that follows its batch is the recipient's row; a single one is a batch of one."""
        begun, left, batch = self._gifts.get(giver.lower(), (0.0, 0, ""))
        if left <= 0 or row.at - begun > GIFTS_WITHIN_S:
            return row
        self._gifts[giver.lower()] = (begun, left - 1, batch)
        return replace(row, kind="gift_received", user=User(id=to.lower(), login=to.lower(), name=to), reply_to=batch)
