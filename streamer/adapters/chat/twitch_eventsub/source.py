"""The signed-in Twitch source: keeps a line for each account, turns what it hears into rows, reports how it is."""

import asyncio
import logging
import random
import re
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from urllib.parse import urlsplit

from streamer.adapters.chat.common.buffer import Buffer, is_done
from streamer.adapters.chat.common.unread import Unread
from streamer.adapters.chat.twitch_eventsub.heal import Timing
from streamer.adapters.chat.twitch_eventsub.health import State, judged
from streamer.adapters.chat.twitch_eventsub.helix import Api, HelixError, load
from streamer.adapters.chat.twitch_eventsub.line import Line
from streamer.adapters.chat.twitch_eventsub.pairs import Pairs
from streamer.adapters.chat.twitch_eventsub.reading import Json, Malformed, parts, text
from streamer.adapters.chat.twitch_eventsub.recent import Recent
from streamer.adapters.chat.twitch_eventsub.rows import Rows
from streamer.adapters.chat.twitch_eventsub.wanted import ALERTS, Plan, Want, Who, plan
from streamer.adapters.chat.twitch_eventsub.writer import TwitchWriter
from streamer.ports import Account, ChatRow, ChatWriter, Health, Misconfigured, Unavailable

log = logging.getLogger(__name__)

API_URL = "https://api.twitch.tv/helix"
AUTH_URL = "https://id.twitch.tv/oauth2"
EVENTSUB_URL = "wss://eventsub.wss.twitch.tv/ws"

LOOKS = 3
"""How often Twitch has to say that there is no such channel."""
_SAID = frozenset({
    "message", "cheer", "redemption", "member_new", "resub", "milestone", "gift_batch", "gift_received", "raid",
})  # fmt: skip
"""Kinds whose id names one thing for good; a poll has one id from begin to end."""
_REDEMPTIONS = "channel.channel_points_custom_reward_redemption.add"
SECOND = "/2"
"""Behind a user's id: the key of the second sign-in of the same user."""
_LOGIN = re.compile(r"[a-z0-9][a-z0-9_]{0,24}", re.ASCII)


class TwitchEventSub:
    """A ChatSource that can write. `rows()` is read once; `ChatRow.at` is seconds since then, by Twitch's own stamps.

    Recovers from every failure by itself; ends only when the channel does not exist. What is said while no connection
    to Twitch exists cannot be had later from EventSub.

    Rows wait in a buffer of `buffer_max`; what takes words back goes before all others and is never dropped.
    """

    name = "chat.twitch"

    def __init__(  # noqa: PLR0913 - every address may be somebody's own
        self,
        channel: str,
        bot: Account,
        broadcaster: Account | None = None,
        *,
        client_id: str,
        api_url: str = API_URL,
        eventsub_url: str = EVENTSUB_URL,
        auth_url: str = AUTH_URL,
        alerts: Iterable[str] = ALERTS,
        timing: Timing | None = None,
        draw: Callable[[], float] = random.random,
        buffer_max: int = 10_000,
    ) -> None:
        """`channel` is a login, `bot` reads and writes, `broadcaster` adds what only the channel's owner may see; one
        account may be both. `draw` gives a number in [0, 1). Raises Misconfigured for what cannot be right."""
        self.channel = channel.strip().lstrip("#@").lower()
        if not _LOGIN.fullmatch(self.channel):
            raise Misconfigured("not the name of a Twitch channel", fix="give the name as in twitch.tv/NAME")
        if not client_id:
            raise Misconfigured("there is no client id of Twitch", fix="chat.eventsub.client_id.fix")
        for name, url, schemes in (("api_url", api_url, "http"), ("eventsub_url", eventsub_url, "ws")):
            parts_ = urlsplit(url)
            if parts_.scheme not in (schemes, f"{schemes}s") or not parts_.hostname:
                raise Misconfigured(f"{name} is not an address", fix=f"use {schemes}:// or {schemes}s://")
        self.unread = Unread()
        self._people = (bot, broadcaster)
        self._alerts = frozenset(alerts)
        self._url = eventsub_url
        self._timing = timing or Timing()
        self._draw = draw
        self._accounts: dict[str, Account] = {}
        self._api = Api(client_id, api_url, auth_url, self._accounts, self._timing.answer_s)
        self._channel_id = ""
        self._lines: dict[str, tuple[Line, asyncio.Task[None]]] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._plan = Plan()
        self._rows = Rows()
        self._pairs = Pairs(self._timing.patience_s)
        self._recent = Recent()
        self._told = Recent()
        self._buffer = Buffer(buffer_max, overtaking=True)
        self._alarm: asyncio.TimerHandle | None = None
        self._pump: asyncio.Task[None] | None = None
        self._origin = 0.0
        self._event_at = -1.0
        self._twice = self._asked = self._unknown = 0
        self._was_live = self._signed_out = self._no_channel = self._closed = False
        self._writer = TwitchWriter(self._api, self._known, lambda: self._channel_id, self._timing)

    @property
    def writer(self) -> ChatWriter | None:
        return self._writer if self._writer.acts else None

    # --- reading ------------------------------------------------------------------------------------------------------

    async def rows(self) -> AsyncGenerator[ChatRow, None]:
        if self._pump is not None:
            raise RuntimeError("the rows of a chat are read once")
        if self._closed:
            return
        self._origin = self._loop_time()
        pump = self._pump = asyncio.create_task(self._run(), name=self.name)
        self._buffer.watch(pump)
        try:
            while (row := await self._buffer.next(lambda: is_done(pump))) is not None:
                yield row
        finally:
            await self.aclose()

    async def aclose(self) -> None:
        self._closed = True
        if self._alarm is not None:
            self._alarm.cancel()
        if self._pump is not None and not self._pump.done():
            self._pump.cancel()
            await asyncio.wait({self._pump})
        await self._api.close()

    async def _run(self) -> None:
        await asyncio.to_thread(load)
        try:
            while not self._channel_id:
                self._meet()
                if not await self._find_channel():
                    self._asked += 1
                    await asyncio.sleep(self._timing.check_s)
            standing = ""
            while True:
                try:
                    self._follow_plan()
                    self._look()
                    if self._writer.own != standing:
                        standing = self._writer.own
                        await self._writer.find_standing()
                except Exception as wrong:  # noqa: BLE001 - whatever an account does, what is read goes on
                    log.error("the accounts of Twitch's chat stumbled: %s", type(wrong).__name__)  # noqa: TRY400
                await asyncio.sleep(self._timing.check_s)
        finally:
            tasks = [*self._ending, *(task for _, task in self._lines.values())]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _find_channel(self) -> bool:
        """Ask for its id, as anybody who is signed in. Raises Misconfigured when Twitch knows no such channel."""
        self._signed_out = not self._accounts
        for user in list(self._accounts):
            try:
                answer = await self._api.call(lambda http, user=user: http.get_users([], [self.channel], user))
            except Misconfigured:
                self._signed_out = True
                continue
            except (HelixError, Unavailable):
                continue
            except Exception as wrong:  # noqa: BLE001 - whatever a store of tokens raises, the next try may do
                log.error("Twitch could not be asked: %s", type(wrong).__name__)  # noqa: TRY400 - no secret in a log
                continue
            found = parts(answer if isinstance(answer, dict) else {}, "data")
            if not found:
                told = isinstance(answer, dict) and isinstance(answer.get("data"), list)
                self._unknown = self._unknown + 1 if told else 0
                if self._unknown < LOOKS:
                    return False
                self._no_channel = True
                raise Misconfigured("Twitch knows no channel of this name", fix="chat.eventsub.no_channel.fix")
            self._channel_id = text(found[0], "id")
            self._signed_out = False
            return bool(self._channel_id)
        return False

    def _known(self) -> Mapping[str, Account]:
        return self._accounts

    def _meet(self) -> list[Who | None]:
        """Who is signed in at this moment, as bot and as broadcaster. One user may have signed in twice."""
        self._accounts.clear()
        found: list[Who | None] = []
        for each, second in zip(self._people, ("", SECOND), strict=True):
            if each is None or not each.user_id:
                found.append(None)
                continue
            key = each.user_id
            if self._accounts.setdefault(key, each) is not each:
                key += second
                self._accounts[key] = each
            found.append(Who(each.user_id, each.scopes, key))
        return found

    def _follow_plan(self) -> None:
        """Accounts come and go, and so do their scopes; each has a line while something is wanted of it."""
        bot, broadcaster = self._meet()
        self._plan = plan(self._channel_id, bot, broadcaster, self._alerts)
        wanted: dict[str, list[Want]] = {}
        for each in self._plan.wants:
            wanted.setdefault(each.user, []).append(each)
        for user in [each for each in self._lines if each not in wanted]:
            task = self._lines.pop(user)[1]
            task.cancel()
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)
        for user, wants in wanted.items():
            if user not in self._lines:
                line = Line(
                    user, self._accounts[user], self._api, self._url, self._hear, self.unread, timing=self._timing,
                    draw=self._draw,
                )  # fmt: skip
                self._lines[user] = (line, asyncio.create_task(line.run(), name=f"{self.name} line"))
            self._lines[user][0].want(wants)

    # --- what comes ---------------------------------------------------------------------------------------------------

    def _hear(self, metadata: Json, payload: Json, frame: str) -> None:
        now = self._loop_time()
        self._event_at = now
        if self._recent.again(text(metadata, "message_id"), now):
            self._twice += 1
            return
        try:
            row = self._rows.decode(metadata, payload, now - self._origin)
        except Malformed as wrong:
            self.unread.keep(frame, str(wrong))
            return
        except Exception as wrong:  # noqa: BLE001 - one event that nobody foresaw must not take its neighbours along
            self.unread.keep(frame, type(wrong).__name__)
            return
        if row is None:
            return
        self._writer.saw(row)
        if row.kind in _SAID and self._told.again(row.id, now):
            self._twice += 1
            return
        if row.kind == "redemption" and not self._redemptions_live():
            self._buffer.put(row)
            return
        for each in self._pairs.take(row, now):
            self._buffer.put(each)
        self._set_alarm()

    def _redemptions_live(self) -> bool:
        return any(each.type == _REDEMPTIONS for line, _ in self._lines.values() for each in line.live)

    def _set_alarm(self) -> None:
        due = self._pairs.next_due()
        if due is None or (self._alarm is not None and self._alarm.when() <= due and not self._alarm.cancelled()):
            return
        self._alarm = asyncio.get_running_loop().call_at(due, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        for row in self._pairs.due(self._loop_time()):
            self._buffer.put(row)
        self._set_alarm()

    # --- how it is ----------------------------------------------------------------------------------------------------

    def _look(self) -> set[Want]:
        """What is live at this moment."""
        live = {each for line, _ in self._lines.values() for each in line.live}
        chat = [each for each in self._plan.wants if each.group == "chat"]
        self._was_live = self._was_live or (bool(chat) and live.issuperset(chat))
        return live

    def health(self) -> Health:
        lines = [line for line, _ in self._lines.values()]
        live = self._look()
        now = self._event_at if self._event_at < 0 else self._loop_time()
        return judged(
            self.name,
            State(
                channel=self.channel,
                reading=self._pump is not None,
                closed=self._closed,
                no_channel=self._no_channel,
                signed_out=self._signed_out or any(line.signed_out for line in lines),
                wants=self._plan.wants,
                off=self._plan.off,
                live=frozenset(live),
                troubles={want: why.kind for line in lines for want, why in line.why_not().items()},
                was_live=self._was_live,
                failed=self._asked + max((line.opens_failed for line in lines), default=0),
                tries=max(
                    (why.tries for line in lines for want, why in line.why_not().items() if want.group == "chat"),
                    default=0,
                ),
                retries=sum(line.retries for line in lines),
                mended=sum(line.mended for line in lines),
                bad=self.unread.count,
                dropped=self._buffer.dropped,
                twice=self._twice,
                last_event_s=round(now - self._event_at, 1) if self._event_at >= 0 else -1.0,
            ),
        )

    @staticmethod
    def _loop_time() -> float:
        return asyncio.get_running_loop().time()
