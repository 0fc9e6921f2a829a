"""What moderators write into the chat to steer the show: `!show stop`, `!show ignore NAME 10`, `!mic off`.

Only the broadcaster and moderators of this room command, by what the platform itself says they are. Everybody else's
words of this kind are nothing to the cast either: a command is never answered and never spoken.
"""

import re
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Literal

import msgspec

from streamer.app.bots import KNOWN_BOTS
from streamer.app.sending.ignored import Entry, Ignored, Speaker, Speakers, folded, user_key
from streamer.app.sending.settings import CommandsPart
from streamer.core.events import (
    Event,
    PausePressed,
    QueueCleared,
    ResumePressed,
    SkipPressed,
    StopPressed,
    UserIgnored,
    UserUnignored,
)
from streamer.ports import ChatRow
from streamer.web.operate import Outcome

TRUSTED_WAYS = frozenset({"irc", "eventsub", "innertube", "pytchat", "ytapi", "streamerbot"})
"""Ways by which the platform itself says who is a moderator. A program that feeds rows in, and a file that is played
again, may claim any role."""
OLD_S = 120.0
"""A platform may begin with what was written before we came; nobody wants that done now."""
ONCE_MAX = 500
MINUTES_MAX = 60 * 24 * 365
WORDS = ("pause", "resume", "clear", "stop", "skip", "off", "on", "ignore", "unignore", "mic", "status", "help")
MIC = "!mic"
"""Short for the prefix and `mic`."""

Say = Callable[[str, Mapping[str, str | int | float]], None]
"""(code, params) of what is answered in the chat."""
Heard = Literal["no", "aside", "done"]
"""`aside`: it is a command, of somebody who may not or that nobody needs to carry out."""

_MINUTES = re.compile(r"(\d{1,6})(?:m|min|分)?$", re.IGNORECASE)
_UNSEEN = re.compile("[\u200b-\u200d\u2060\ufeff\ufe0f\U000e0000-\U000e007f]")
_REPLIED = re.compile(r"^@\S+\s+")


class Status(msgspec.Struct, frozen=True):
    """How the show is, for `status`."""

    mode: str
    waiting: int


class ChatCommands:
    """`hear` every row of a chat before anything else looks at it.

    `press` takes an operator's event; `answer(row, code, params)` writes into the chat, where that is possible;
    `author` gives the user key behind a uid, `show_ms` and `now` are the show's clock and seconds on it; `mic(on, by,
    via)` opens or closes the host's microphone, where the show has an ear.
    """

    def __init__(  # noqa: PLR0913 - what it acts on, by name
        self,
        *,
        settings: CommandsPart,
        press: Callable[[Event], Outcome],
        ignored: Ignored,
        speakers: Speakers,
        answer: Callable[[ChatRow, str, Mapping[str, str | int | float]], None],
        now: Callable[[], float],
        status: Callable[[], Status],
        author: Callable[[str], str] = lambda _uid: "",
        bots: Sequence[str] = (),
        mic: Callable[[bool, str, str], Outcome] | None = None,
    ) -> None:
        self._press = press
        self.mic = mic
        self._ignored = ignored
        self._speakers = speakers
        self._answer = answer
        self._now = now
        self._status = status
        self._author = author
        self._done: OrderedDict[str, None] = OrderedDict()
        self.follow(settings, bots)

    def follow(self, settings: CommandsPart, bots: Sequence[str] = ()) -> None:
        """From the next row on. `bots`: more logins, beside the known ones, that never command: a bot's words may be
        those of a viewer."""
        self._settings = settings
        self._prefix = _plain(settings.prefix).casefold()
        self._bots = frozenset(name.casefold() for name in (*KNOWN_BOTS, *bots))

    # --- who and what -------------------------------------------------------------------------------------------------

    def hear(self, row: ChatRow, *, own: bool = False) -> Heard:
        """Whether the row is a command, and whether it was carried out. `own`: we wrote it ourselves."""
        if row.kind != "message" or row.direct or not self._settings.on:
            return "no"
        said = self._command(row)
        if said is None:
            return "no"
        if own or not self._may(row) or not self._is_new(row):
            return "aside"
        word, _, rest = said.partition(" ")
        self._carry_out(row, word.casefold(), rest.strip())
        return "done"

    def _command(self, row: ChatRow) -> str | None:
        """What stands behind the prefix; None when the text does not begin with it as a word."""
        text = _plain(row.text)
        if row.reply_to:
            text = _REPLIED.sub("", text)
        first, _, rest = text.partition(" ")
        if first.casefold() == self._prefix:
            return rest.strip()
        return f"mic {rest.strip()}" if self.mic is not None and first.casefold() == MIC else None

    def _may(self, row: ChatRow) -> bool:
        user = row.user
        if user is None or row.test or row.guest or row.shared_from or row.source not in TRUSTED_WAYS:
            return False
        if user.login.casefold() in self._bots or user_key(row.platform, user.id) in self._bots:
            return False
        return "broadcaster" in user.roles or "moderator" in user.roles

    def _is_new(self, row: ChatRow) -> bool:
        """A row that comes twice is done once; one from before our time is not done at all."""
        if row.at < self._now() - OLD_S:
            return False
        uid = f"{row.platform}:{row.id}"
        if row.id and uid in self._done:
            return False
        self._done[uid] = None
        if len(self._done) > ONCE_MAX:
            self._done.popitem(last=False)
        return True

    # --- doing it -----------------------------------------------------------------------------------------------------

    def _carry_out(self, row: ChatRow, word: str, rest: str) -> None:
        by, via = _by(row), "chat"
        say: Say = lambda code, params: self._tell(row, code, params)  # noqa: E731 - one row's own
        plain: dict[str, tuple[Event, ...]] = {
            "pause": (PausePressed(by=by, via=via),),
            "resume": (ResumePressed(by=by, via=via),),
            "on": (ResumePressed(by=by, via=via),),
            "stop": (StopPressed(by=by, via=via),),
            "skip": (SkipPressed(by=by, via=via),),
            "clear": (QueueCleared(by=by, via=via),),
            "off": (PausePressed(by=by, via=via), QueueCleared(by=by, via=via)),
        }
        if word in plain:
            outcomes = [self._press(event) for event in plain[word]]
            say(word if outcomes[0] == "done" else f"{word}.already", {})
        elif word == "ignore":
            self._ignore(row, rest, say)
        elif word == "unignore":
            self._unignore(row, rest, say)
        elif word == "mic":
            self._switch(row, rest.casefold(), say)
        elif word == "status":
            status = self._status()
            say(f"status.{status.mode}", {"waiting": status.waiting, "ignored": len(self._ignored.all())})
        elif word in ("", "help", "?"):
            say("help", {"words": ", ".join(WORDS)})
        else:
            near = get_close_matches(word, WORDS, 1, 0.6)
            say("unknown.near" if near else "unknown", {"near": near[0] if near else ""})

    def _switch(self, row: ChatRow, word: str, say: Say) -> None:
        if self.mic is None:
            say("mic.none", {})
        elif word in ("on", "off"):
            outcome = self.mic(word == "on", _by(row), "chat")
            say(f"mic.{word}" if outcome == "done" else f"mic.{word}.already", {})
        else:
            say("mic.how", {})

    def _tell(self, row: ChatRow, code: str, params: Mapping[str, str | int | float]) -> None:
        if self._settings.confirm:
            self._answer(row, f"chatcommand.{code}", {"prefix": self._settings.prefix, **params})

    def _ignore(self, row: ChatRow, rest: str, say: Say) -> None:
        who, minutes = self._meant(row, rest)
        if isinstance(who, str):
            say(who, {"near": self._speakers.near(rest) if rest else ""})
            return
        if who.host:
            say("ignore.streamer", {})
            return
        self.ignore(who.user, who.shown, minutes=minutes, by=_by(row), via="chat")
        say("ignore.minutes" if minutes else "ignore", {"name": who.shown, "minutes": minutes})

    def _unignore(self, row: ChatRow, rest: str, say: Say) -> None:
        entry = self._entry(rest, row.platform)
        if entry is None:
            who, _ = self._meant(row, rest)
            entry = self._ignored.find(who.user) if isinstance(who, Speaker) else None
        if entry is None:
            say("unignore.nobody" if rest or row.reply_to else "who", {})
            return
        self.unignore(entry.user, by=_by(row), via="chat")
        say("unignore", {"name": entry.name})

    def _entry(self, name: str, platform: str) -> Entry | None:
        """Somebody who is ignored may have written long ago."""
        wanted = folded(name)
        fitting = [each for each in self._ignored.all() if wanted and folded(each.name) == wanted]
        return max(fitting, key=lambda each: each.platform == platform, default=None)

    def _meant(self, row: ChatRow, rest: str) -> tuple[Speaker | str, int]:
        """Whom the words name, and for how many minutes (0: for good); or why nobody is (a code)."""
        minutes = 0
        last = _MINUTES.search(rest.rsplit(" ", 1)[-1]) if rest else None
        found = self._speakers.named(rest, row.platform)
        if not found and last is not None and last[0] == rest.rsplit(" ", 1)[-1]:
            minutes = min(int(last[1]), MINUTES_MAX)
            rest = rest[: len(rest) - len(last[0])].strip()
            found = self._speakers.named(rest, row.platform)
        if not rest and row.reply_to:
            replied = self._speakers.by_key(self._author(f"{row.platform}:{row.reply_to}"))
            return (replied if replied is not None else "ignore.unknown"), minutes
        if not rest:
            return "who", 0
        if not found:
            return ("ignore.near" if self._speakers.near(rest) else "ignore.unknown"), 0
        same = {each.user for each in found}
        return (found[0] if len(same) == 1 else "ignore.several"), minutes

    # --- also pressed in the panel ------------------------------------------------------------------------------------

    def ignore(self, user: str, name: str, *, minutes: float = 0, by: str, via: str) -> Entry:
        """The cast does not hear this user (by key) any more, over restarts too."""
        entry = self._ignored.add(user, name, minutes=minutes, by=by)
        until_ms = round((self._now() + minutes * 60) * 1000) if minutes else 0
        self._press(UserIgnored(user=user, until_ms=until_ms, by=by, via=via))
        return entry

    def unignore(self, user: str, *, by: str, via: str) -> Entry | None:
        entry = self._ignored.remove(user)
        self._press(UserUnignored(user=user, by=by, via=via))
        return entry


def _plain(text: str) -> str:
    """One line of ordinary letters: wide ones are made narrow, what nobody sees is left out."""
    if text.isascii():
        return " ".join(text.split())
    return " ".join(_UNSEEN.sub("", unicodedata.normalize("NFKC", text)).split())


def _by(row: ChatRow) -> str:
    user = row.user
    return f"chat:{row.platform}:{(user.login or user.id) if user is not None else ''}"
