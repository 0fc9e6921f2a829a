"""Writes into the chat and moderates it, over Helix through TwitchIO.

Sources of limits and answers: dev.twitch.tv/docs, chat/send-receive-messages and api/reference (Send Chat Message,
Ban User, Delete Chat Messages).
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Literal

from streamer.adapters.chat.twitch_eventsub.heal import Timing
from streamer.adapters.chat.twitch_eventsub.helix import Api, HelixError
from streamer.adapters.chat.twitch_eventsub.reading import Json, flag, part, parts, text
from streamer.ports import Account, ChatAct, ChatRates, ChatRow, Misconfigured, Refused, Unavailable

SEND = "user:write:chat"
DELETE = "moderator:manage:chat_messages"
BAN = "moderator:manage:banned_users"
TIMEOUT_MAX_S = 1_209_600
"""Two weeks."""
_REASON_MAX = 500
_SENTENCE = 200
_TRUSTED = frozenset({"broadcaster", "moderator", "vip"})
_FAST = ChatRates(count=100, window_s=30.0, gap_s=0.0, same_s=0.0)

Standing = Literal["unknown", "viewer", "trusted"]

_DROPS: tuple[tuple[str, str], ...] = (
    ("duplicate", "duplicate"),
    ("rejected", "automod"),
    ("automod", "automod"),
    ("banned", "banned"),
    ("timedout", "banned"),
    ("suspended", "banned"),
    ("length", "too_long"),
    ("too_long", "too_long"),
    ("only", "not_allowed"),
    ("slowmode", "not_allowed"),
    ("r9k", "duplicate"),
    ("verified", "not_allowed"),
    ("settings", "not_allowed"),
    ("permission", "not_allowed"),
)
"""What Twitch's code for a message it took and did not show contains -> our code. The first that fits."""


class TwitchWriter:
    """A ChatWriter. `channel` gives the id of the channel's owner once it is known."""

    platform = "twitch"

    def __init__(
        self, api: Api, accounts: Callable[[], Mapping[str, Account]], channel: Callable[[], str], timing: Timing
    ) -> None:
        self._api = api
        self._accounts = accounts
        self._channel = channel
        self._timing = timing
        self._standing: Standing = "unknown"
        self._own_words: deque[tuple[str, str]] = deque(maxlen=64)
        self._heard = asyncio.Event()

    # --- what is known ------------------------------------------------------------------------------------------------

    @property
    def own(self) -> str:
        account = self._with(SEND)
        return account.user_id if account is not None else ""

    @property
    def acts(self) -> frozenset[ChatAct]:
        found: set[ChatAct] = set()
        if self._with(SEND) is not None:
            found |= {"send", "reply"}
        if self._moderator(DELETE) is not None:
            found.add("delete")
        if self._moderator(BAN) is not None:
            found |= {"timeout", "ban"}
        return frozenset(found)

    @property
    def rates(self) -> ChatRates:
        owner = self.own and self.own == self._channel()
        return _FAST if owner or self._standing == "trusted" else ChatRates()

    def saw(self, row: ChatRow) -> None:
        """A message of our own came back: its badges tell our standing, its id that it was sent."""
        if row.user is None or row.user.id != self.own or row.guest:
            return
        self._standing = "trusted" if _TRUSTED & set(row.user.roles) else "viewer"
        if row.kind == "message" and row.id:
            self._own_words.append((row.id, row.text))
            self._heard.set()

    async def find_standing(self) -> None:
        """Ask whether we moderate here, if the sign-in allows to ask. Errors leave it unknown."""
        account, channel = self._with(SEND), self._channel()
        if account is None or not channel or account.user_id == channel:
            return
        asks = {"moderation:read", "channel:manage:moderators"}
        owners = (each for each in self._accounts().values() if each.user_id == channel and each.scopes & asks)
        owner = next(owners, None)
        try:
            if "user:read:moderated_channels" in account.scopes:
                mine = {"user_id": account.user_id, "first": 100}
                found = await self._api.get("moderation/channels", mine, self._key(account))
                is_moderator = any(text(each, "broadcaster_id") == channel for each in parts(found, "data"))
            elif owner is not None:
                asked = {"broadcaster_id": channel, "user_id": account.user_id}
                found = await self._api.get("moderation/moderators", asked, self._key(owner))
                is_moderator = any(text(each, "user_id") == account.user_id for each in parts(found, "data"))
            else:
                return
        except Exception:  # noqa: BLE001 - our own badge will tell
            return
        if is_moderator:
            self._standing = "trusted"

    def _key(self, account: Account) -> str:
        """Under which its token is asked for."""
        return next((key for key, each in self._accounts().items() if each is account), account.user_id)

    def _with(self, scope: str) -> Account | None:
        return next((each for each in self._accounts().values() if each.user_id and scope in each.scopes), None)

    def _moderator(self, scope: str) -> Account | None:
        """The owner needs no appointment; the bot does."""
        able = [each for each in self._accounts().values() if each.user_id and scope in each.scopes]
        owner = self._channel()
        return next((each for each in able if each.user_id == owner), able[0] if able else None)

    # --- acts ---------------------------------------------------------------------------------------------------------

    async def send(self, text: str, *, reply_to: str = "") -> str:
        account, channel = self._may(self._with(SEND), SEND)
        before = len(self._own_words), self._own_words[-1][0] if self._own_words else ""
        try:
            answer = await self._api.call(
                lambda http: http.post_chat_message(
                    broadcaster_id=channel,
                    sender_id=account.user_id,
                    message=text,
                    token_for=self._key(account),
                    reply_to_message_id=reply_to or None,
                )
            )
        except HelixError as wrong:
            # An answer that was lost says nothing about the message: look whether it stands in the chat, so that
            # whoever tries again does not say it twice.
            if wrong.status == 0 and (number := await self._echoed(text, before[1])):
                return number
            raise _sent_wrong(wrong) from None
        return _sent(answer)

    async def delete(self, message: str) -> None:
        account, channel = self._may(self._moderator(DELETE), DELETE)
        await self._do(
            lambda http: http.delete_chat_message(
                broadcaster_id=channel, moderator_id=account.user_id, token_for=self._key(account), message_id=message
            )
        )

    async def timeout(self, user: str, seconds: int, reason: str = "") -> None:
        await self._ban(user, min(max(int(seconds), 1), TIMEOUT_MAX_S), reason)

    async def ban(self, user: str, reason: str = "") -> None:
        await self._ban(user, None, reason)

    async def _ban(self, user: str, seconds: int | None, reason: str) -> None:
        account, channel = self._may(self._moderator(BAN), BAN)
        try:
            await self._do(
                lambda http: http.post_ban_user(
                    broadcaster_id=channel,
                    moderator_id=account.user_id,
                    token_for=self._key(account),
                    user_id=user,
                    duration=seconds,
                    reason=reason[:_REASON_MAX] or None,
                )
            )
        except Refused as wrong:
            if wrong.code != "already":
                raise

    async def _do(self, ask: Callable[[Any], Any]) -> None:
        try:
            await self._api.call(ask)
        except HelixError as wrong:
            raise _moderated_wrong(wrong) from None

    def _may(self, account: Account | None, scope: str) -> tuple[Account, str]:
        channel = self._channel()
        if account is None:
            raise Misconfigured(f"Twitch was not asked for {scope}", fix="chat.eventsub.scope.fix")
        if not channel:
            raise Unavailable("the channel is not known yet", retry_after_s=self._timing.check_s)
        return account, channel

    async def _echoed(self, words: str, since: str) -> str:
        """The id under which our message came back, or empty."""
        loop = asyncio.get_running_loop()
        end = loop.time() + self._timing.echo_s
        while True:
            self._heard.clear()
            for number, said in reversed(self._own_words):
                if number == since:
                    break
                if said == words:
                    return number
            try:
                async with asyncio.timeout_at(end):
                    await self._heard.wait()
            except TimeoutError:
                return ""


def _sent(answer: object) -> str:
    made = parts(answer if isinstance(answer, dict) else {}, "data")
    found: Json = made[0] if made else {}
    if flag(found, "is_sent"):
        return text(found, "message_id")
    reason = part(found, "drop_reason")
    code, words = text(reason, "code").lower(), text(reason, "message")[:_SENTENCE]
    if "ratelimit" in code or "rate_limit" in code:
        raise Unavailable("Twitch takes no more messages for a while", retry_after_s=30.0)
    ours = next((name for piece, name in _DROPS if piece in code), "other")
    raise Refused(ours, words or "Twitch did not show the message")


def _common(wrong: HelixError) -> Exception | None:
    """What every endpoint answers the same way."""
    if wrong.status == 0 or wrong.status >= 500:
        return Unavailable("Twitch does not answer", retry_after_s=2.0)
    if wrong.status in (409, 429):
        return Unavailable("Twitch asks to wait", retry_after_s=wrong.retry_after_s or 1.0)
    if wrong.lacks_scope:
        return Misconfigured("Twitch was not asked for this", fix="chat.eventsub.scope.fix")
    if wrong.status == 401:
        return Misconfigured("Twitch does not accept the sign-in", fix="chat.eventsub.signed_out.fix")
    return None


def _sent_wrong(wrong: HelixError) -> Exception:
    if (common := _common(wrong)) is not None:
        return common
    words = wrong.message.lower()
    if wrong.status == 403:
        return Refused("banned", "this account may not write in this chat")
    if wrong.status == 422 or "too long" in words or "too large" in words:
        return Refused("too_long", "the message is too long for Twitch")
    if wrong.status == 404 or "reply" in words or "parent" in words:
        return Refused("gone", "the message that was answered is gone")
    return Refused("other", "Twitch did not take the message")


def _moderated_wrong(wrong: HelixError) -> Exception:
    if (common := _common(wrong)) is not None:
        return common
    words = wrong.message.lower()
    if wrong.status == 403:
        return Refused("not_allowed", "this account is no moderator here")
    if wrong.status == 404:
        return Refused("gone", "the message is gone, or too old to be deleted")
    if "already" in words:
        return Refused("already", "this viewer is banned already")
    return Refused("not_allowed", "Twitch does not let this be moderated")
