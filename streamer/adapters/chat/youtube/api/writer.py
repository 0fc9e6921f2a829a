"""Writing into a YouTube live chat: send, delete, ban, as a signed-in account.

Source: developers.google.com/youtube/v3/live/docs/liveChatMessages/insert and /delete, /liveChatBans/insert; 50 units
each. Checked against a local server only.
"""

from collections.abc import Callable
from typing import Final

from streamer.adapters.chat.common.walk import text as text_at
from streamer.adapters.chat.youtube.api.calls import Calls
from streamer.adapters.chat.youtube.api.errors import ApiError
from streamer.ports import Account, ChatAct, ChatRates, Misconfigured, Refused, Unavailable

LENGTH: Final = 200
"""Characters of a message."""
RATES: Final = ChatRates(count=10, window_s=60.0, gap_s=2.0, same_s=60.0, length=LENGTH)
"""YouTube documents no rate for sending, only the price in quota; this is a guess on the safe side."""
TIMEOUT_MAX_S: Final = 86_400
_SCOPES: Final = frozenset({
    "https://www.googleapis.com/auth/youtube", "https://www.googleapis.com/auth/youtube.force-ssl",
})  # fmt: skip
_ALL: Final[frozenset[ChatAct]] = frozenset({"send", "reply", "delete", "timeout", "ban"})
_MODERATING: Final[frozenset[ChatAct]] = frozenset({"delete", "timeout", "ban"})
_SIGN_IN: Final = "sign in to YouTube again"


class YouTubeWriter:
    """ChatWriter. A reply is a message that begins with `@name `: YouTube's API knows no threads.

    The name is known for the messages that were read lately; for others, and where it would not fit, the words go
    without it.
    """

    platform = "youtube"

    def __init__(
        self,
        calls: Calls,
        account: Account,
        chat: Callable[[], str],
        name_of: Callable[[str], str],
        known: Callable[[str], str],
    ) -> None:
        """`chat` gives the live chat's id, `name_of` who wrote a message, `known` the API's id of one."""
        self._calls, self._account = calls, account
        self._chat, self._name_of, self._known = chat, name_of, known
        self._own = ""
        self._moderates = True

    @property
    def acts(self) -> frozenset[ChatAct]:
        """Nothing without a scope that allows it; whether the account moderates here shows when it is first refused."""
        if not self._account.scopes & _SCOPES:
            return frozenset()
        return _ALL if self._moderates else _ALL - _MODERATING

    @property
    def rates(self) -> ChatRates:
        return RATES

    @property
    def own(self) -> str:
        return self._account.user_id or self._own

    async def send(self, text: str, *, reply_to: str = "") -> str:
        """Returns the message's id. A message of which YouTube did not say whether it took it is Refused, so that
        nobody sends it twice."""
        words = text.strip()
        if not words:
            raise Refused("other", "there is nothing to send")
        if len(words) > LENGTH:
            raise Refused("too_long", f"YouTube takes {LENGTH} characters")
        name = self._name_of(reply_to) if reply_to else ""
        mention = f"@{name} {words}"
        if name and len(mention) <= LENGTH and not words.startswith(f"@{name}"):
            words = mention
        body = {
            "snippet": {
                "liveChatId": self._target(),
                "type": "textMessageEvent",
                "textMessageDetails": {"messageText": words},
            }
        }
        self._within_budget()
        try:
            answer = await self._calls.post("insert", "liveChat/messages", {"part": "snippet"}, body)
        except ApiError as wrong:
            if wrong.trouble == "unreachable" and wrong.sent:
                raise Refused("other", "YouTube did not say whether it took the message") from None
            raise self._meant(wrong) from None
        self._own = self._own or text_at(answer, "snippet", "authorChannelId")
        return text_at(answer, "id")

    async def delete(self, message: str) -> None:
        self._within_budget()
        try:
            await self._calls.delete("delete", "liveChat/messages", {"id": self._known(message)})
        except ApiError as wrong:
            raise self._meant(wrong, moderating=True) from None

    async def timeout(self, user: str, seconds: int, reason: str = "") -> None:  # noqa: ARG002 - the port has it
        """YouTube takes no reason."""
        seconds = min(max(1, seconds), TIMEOUT_MAX_S)
        await self._ban(user, {"type": "temporary", "banDurationSeconds": str(seconds)})

    async def ban(self, user: str, reason: str = "") -> None:  # noqa: ARG002 - the port has it
        """For good. YouTube takes no reason."""
        await self._ban(user, {"type": "permanent"})

    async def _ban(self, user: str, kind: dict[str, str]) -> None:
        snippet = {"liveChatId": self._target(), **kind, "bannedUserDetails": {"channelId": user}}
        self._within_budget()
        try:
            await self._calls.post("ban", "liveChat/bans", {"part": "snippet"}, {"snippet": snippet})
        except ApiError as wrong:
            raise self._meant(wrong, moderating=True) from None

    def _target(self) -> str:
        chat = self._chat()
        if not chat:
            raise Unavailable("there is no live chat to write into")
        return chat

    def _within_budget(self) -> None:
        quota = self._calls.quota
        if not quota.may_write:
            raise Unavailable(
                "the part of today's YouTube quota for writing is used up", retry_after_s=quota.turns_in_s()
            )

    def _meant(self, wrong: ApiError, *, moderating: bool = False) -> Exception:
        """What an error means for whoever wanted to write."""
        match wrong.trouble:
            case "sign_in":
                return Misconfigured("YouTube does not take the sign-in any more", fix=_SIGN_IN)
            case "scope":
                return Misconfigured("the sign-in does not allow writing to YouTube", fix=_SIGN_IN)
            case "not_enabled":
                return Misconfigured(
                    "the YouTube Data API v3 is not enabled in the project", fix="enable it in Google's console"
                )
            case "key" | "key_limits":
                return Misconfigured("YouTube refuses the project's key", fix=_SIGN_IN)
            case "quota":
                return Unavailable("today's YouTube quota is used up", retry_after_s=self._calls.quota.turns_in_s())
            case "rate":
                return Unavailable("YouTube asks to slow down", retry_after_s=30.0)
            case "unreachable":
                return Unavailable("YouTube does not answer", retry_after_s=5.0)
            case "ended" | "not_found" | "no_chat" | "refused":
                return Refused("gone", "the chat or the message is not there any more")
            case "forbidden":
                banned = "banned" in wrong.reason.lower()
                self._moderates = self._moderates and (banned or not moderating)
                what = "is banned from this chat" if banned else "may not do this here"
                return Refused("banned" if banned else "not_allowed", f"the account {what}")
            case _:
                return _refused(wrong, moderating=moderating)


def _refused(wrong: ApiError, *, moderating: bool) -> Exception:
    reason = wrong.reason.lower()
    if "notfound" in reason:
        return Refused("gone", "the chat or the message is not there any more")
    if "notallowed" in reason:
        return Refused("not_allowed", "the account may not do this here")
    what = "this" if moderating else "the message"
    return Refused("other", f"YouTube does not take {what} ({wrong.reason or wrong.code})")
