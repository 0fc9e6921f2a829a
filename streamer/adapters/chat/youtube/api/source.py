"""YouTube's chat by the official API: finds the live chat of a stream, follows it, and says how that goes."""

import asyncio
import logging
import random
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Final

import msgspec
from msgspec.structs import replace

from streamer.adapters.chat.common.buffer import Buffer, is_done
from streamer.adapters.chat.common.clock import LoopClock, WallClock
from streamer.adapters.chat.common.seen import Seen
from streamer.adapters.chat.common.spread import REMOVALS, spread
from streamer.adapters.chat.common.unread import Unread
from streamer.adapters.chat.common.walk import at, text
from streamer.adapters.chat.youtube.api.calls import URL, Calls
from streamer.adapters.chat.youtube.api.errors import WORDS, ApiError
from streamer.adapters.chat.youtube.api.pairing import Pairing
from streamer.adapters.chat.youtube.api.quota import Quota
from streamer.adapters.chat.youtube.api.reader import Reader
from streamer.adapters.chat.youtube.api.rows import Page
from streamer.adapters.chat.youtube.api.timing import Timeline, Timing
from streamer.adapters.chat.youtube.api.writer import YouTubeWriter
from streamer.ports import (
    Account,
    ChatRow,
    ChatSource,
    ChatWriter,
    Health,
    HealthState,
    Misconfigured,
    Notice,
    Unavailable,
)

Resolve = Callable[[], Awaitable[str]]
"""Gives the id of the video that is live. Raises Unavailable while there is none, Misconfigured when there never is."""

log = logging.getLogger(__name__)

_NAMES: Final = 5_000
_KEPT_IDS: Final = 20_000
_STARTING_S: Final = 30.0


class Found(msgspec.Struct, frozen=True):
    """What `videos.list` says of a stream. `chat` is empty while there is none."""

    chat: str = ""
    over: bool = False
    begun: bool = False
    missing: bool = False


class YouTubeApi:
    """ChatSource and Writable. `rows()` is read once; it ends when the stream is over by three looks.

    It never raises for what can still be mended (a key, a project's settings, a quota): `health` says it, and it is
    tried again. With `deletions`, a source that reads the page, its removals are told under the API's message ids, and
    everything else of it while the API is away. Without, removals are told only if the API does.
    """

    name = "chat.youtube"

    def __init__(  # noqa: PLR0913 - what it is made of, all by name
        self,
        channel: str,
        resolve: Resolve,
        *,
        api_key: str = "",
        account: Account | None = None,
        api_url: str = URL,
        deletions: ChatSource | None = None,
        clock: WallClock | None = None,
        draw: Callable[[], float] = random.random,
        timing: Timing | None = None,
        quota: Quota | None = None,
        buffer_max: int = 10_000,
    ) -> None:
        """`channel` is for people to read. An account is preferred to a key. `draw` gives a number in [0, 1). Sources
        of one project may share a `quota`. Raises Misconfigured for an address that cannot be right, and without both
        key and account."""
        self.channel = channel
        self._clock, self._timing = clock or LoopClock(), timing or Timing()
        self.quota = quota or Quota(self._clock.wall)
        self._calls = Calls(api_url, self.quota, api_key=api_key, account=account)
        self._resolve = resolve
        self._deletions = deletions
        self.unread = Unread()
        patient = self._timing
        if deletions is not None:  # the page shows sooner than silence that a connection is dead, and costs no quota
            patient = replace(patient, idle_min_s=patient.idle_max_s)
        self._reader = Reader(self._calls, self.unread, self._told, clock=self._clock, draw=draw, timing=patient)
        self._pairing = Pairing(self._now)
        self._timeline, self._seen = Timeline(), Seen(_KEPT_IDS)
        self._buffer = Buffer(buffer_max)
        self._names: OrderedDict[str, str] = OrderedDict()
        self._tasks: list[asyncio.Task[None]] = []
        self._origin = 0.0
        self._rows_told = 0
        self._trouble: ApiError | None = None
        self._waiting = self._was_connected = self._over = self._closed = False
        self._seems_over = False
        self._away_since: float | None = 0.0
        self._history = True
        self.chat = ""
        """The live chat's id, once it is known."""
        self._writer = None
        if account is not None:
            self._writer = YouTubeWriter(self._calls, account, lambda: self.chat, self._name_of, self._pairing.known)

    @property
    def writer(self) -> ChatWriter | None:
        """None without an account, and while there is no chat to write into."""
        return self._writer if self.chat and not self._over else None

    async def rows(self) -> AsyncIterator[ChatRow]:
        if self._tasks:
            raise RuntimeError("the rows of a chat are read once")
        if self._closed:
            return
        self._origin = self._clock.now()
        self._start(self._run())
        if self._deletions is not None:
            self._start(self._second(self._deletions))
            self._start(self._compare())
        try:
            while (row := await self._buffer.next(self._is_done)) is not None:
                yield row
        finally:
            await self.aclose()

    async def aclose(self) -> None:
        self._closed = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._calls.aclose()
        if self._deletions is not None:
            await self._deletions.aclose()

    # --- how it is ----------------------------------------------------------------------------------------------------

    def healths(self) -> Sequence[Health]:
        """The API's health, then that of the source of deletions if there is one."""
        page = [] if self._deletions is None else [replace(self._deletions.health(), part=f"{self.name}.page")]
        return [self.health(), *page]

    def health(self) -> Health:
        """The API's. Not broken, only degraded, while the page is read in its stead."""
        state, code, fix = self._judged()
        if state == "broken" and self._page_reads():
            state = "degraded"
            fix = "" if code == "chat.ytapi_quota" else fix  # what is advised is what happens
        bad = self.unread.count
        if code == "chat.ytapi_ok" and bad:
            code = "chat.malformed"
        wait_s = max(0.0, self._reader.wait_until - self._clock.now()) if self._tasks else 0.0
        params: dict[str, str | int | float] = {
            "channel": self.channel,
            "bad": bad,
            "dropped": self._buffer.dropped,
            "retries": self._reader.retries,
            "units": self.quota.used,
            "budget": self.quota.daily,
            "seconds": max(1, round(wait_s)),
            "hours": max(1, round(self.quota.turns_in_s() / 3600)),
        }
        return Health(self.name, state, Notice(code, params, fix))

    def _judged(self) -> tuple[HealthState, str, str]:
        reader = self._reader
        trouble = reader.trouble or self._trouble
        if not self._tasks or self._closed or self._over:
            return "off", "chat.ytapi_ended" if self._over else "chat.closed" if self._closed else "chat.off", ""
        if reader.connected and trouble is None:
            if reader.polling:
                return "degraded", "chat.ytapi_polling", ""
            if self._deletions is not None and not self._page_reads(begun=True):
                return "degraded", "chat.ytapi_no_deletions", ""
            return "ok", "chat.ytapi_ok", ""
        if trouble is not None and trouble.trouble not in ("unreachable", "refused", "other", "token", "ended"):
            words = WORDS[trouble.trouble]
            return "degraded" if trouble.trouble == "rate" else "broken", words.code, words.fix
        if self._waiting:
            return "degraded", "chat.ytapi_waiting", ""
        if self._seems_over and not self._was_connected:
            return "broken", "chat.ytapi_over", "fix.youtube.channel"
        if self._was_connected and reader.retries <= 5:
            return "degraded", "chat.reconnecting", ""
        if trouble is not None and reader.retries > 2:
            words = WORDS[trouble.trouble]
            return "broken", words.code, words.fix
        return "starting", "chat.connecting", ""

    def _page_reads(self, *, begun: bool = False) -> bool:
        """`begun`: it is enough that it begins, for a while after the start."""
        if self._deletions is None:
            return False
        state = self._deletions.health().state
        return state == "ok" or (begun and state == "starting" and self._now() < _STARTING_S)

    # --- finding the chat ---------------------------------------------------------------------------------------------

    async def _run(self) -> None:
        """Ends when the stream is over; while the page is read beside it, goes on with the channel's next stream."""
        last = ""
        while True:
            last = await self._one(last)
            self._over, self.chat = True, ""
            if self._deletions is None:
                return
            await self._clock.sleep(self._timing.waiting_s)

    async def _one(self, last: str) -> str:
        """Reads one stream to its end; returns the video. `last` is one that is over."""
        video, looks = "", 0
        while looks < self._timing.looks:
            try:
                video = video or await self._other_than(last)
                found = await self._look(video)
            except ApiError as wrong:
                await self._hold(wrong)
                continue
            except Unavailable as away:
                self._waiting = True
                await self._clock.sleep(away.retry_after_s or self._timing.waiting_s)
                continue
            except Misconfigured:
                raise
            except Exception as fault:  # noqa: BLE001 - what nobody foresaw costs one look, not the chat
                log.error("%s stumbled: %s", self.name, type(fault).__name__)  # noqa: TRY400 - no secret in a log
                await self._hold(ApiError("other", type(fault).__name__))
                continue
            self._trouble, self._over = None, False
            self._seems_over = found.over
            if found.over:
                looks += 1
                await self._clock.sleep(self._timing.look_s if looks < self._timing.looks else 0.0)
            elif not found.chat:
                await self._without_chat(found)
                video = "" if not found.missing else video
            else:
                self._waiting, self.chat = False, found.chat
                rows = self._rows_told
                await self._reader.follow(found.chat)
                # It says that it is over: believed when it says so again and nothing new was told in between.
                looks = 1 if self._rows_told > rows else looks + 1
                self._reader.trouble = None
                await self._clock.sleep(self._timing.look_s)
        return video

    async def _other_than(self, last: str) -> str:
        """The video that is live. Raises Unavailable while it is `last`, or while only the page can tell."""
        try:
            video = await self._resolve()
        except Misconfigured as wrong:
            if self._deletions is None:
                raise
            raise Unavailable(wrong.reason) from None
        if video == last:
            raise Unavailable("the stream has ended")
        return video

    async def _look(self, video: str) -> Found:
        query = {"part": "snippet,liveStreamingDetails", "id": video, "prettyPrint": "false"}
        answer = await self._calls.get("videos", "videos", query)
        item = at(answer, "items", 0)
        if item is None:
            return Found(missing=True)
        details = at(item, "liveStreamingDetails")
        return Found(
            chat=text(details, "activeLiveChatId"),
            over=bool(text(details, "actualEndTime")) and not text(details, "activeLiveChatId"),
            begun=bool(text(details, "actualStartTime")),
        )

    async def _without_chat(self, found: Found) -> None:
        """A stream that nobody may see, that has its chat switched off, or that has not begun."""
        if found.missing or found.begun:
            self._trouble = ApiError("not_found" if found.missing else "no_chat")
            await self._clock.sleep(self._timing.fixable_s)
        else:
            self._waiting = True
            await self._clock.sleep(self._timing.waiting_s)

    async def _hold(self, wrong: ApiError) -> None:
        """Waits as the reader would after such an error."""
        reader = self._reader
        self._trouble = wrong
        least_s = self._timing.fixable_s if reader.failed(wrong, finding=True) else self._timing.retry_min_s
        await self._clock.sleep(max(reader.wait_until - self._clock.now(), least_s))

    # --- rows ---------------------------------------------------------------------------------------------------------

    async def _told(self, page: Page, over_s: float) -> None:
        """The rows of a page; those of a polled one in their own rhythm until the next."""
        self._was_connected, self._away_since, self._trouble = True, None, None
        now = self._now()
        oldest = self._clock.wall() - self._timing.history_s if self._history else float("-inf")
        self._history = False
        rows: list[ChatRow] = []
        for stamp, bare in page.rows:
            if bare.id and self._seen.again(bare.id):
                continue
            self._rows_told += 1
            row = replace(bare, at=self._timeline.at(stamp, now))
            told = self._pairing.api(row)
            if not 0 < stamp < oldest or row.kind in REMOVALS:
                rows += told
        if over_s <= 0 or len(rows) < 2:
            self._keep(rows)
            return
        passed_s = 0.0
        for wait_s, row in spread(rows, over_s):
            if wait_s > passed_s:
                await self._clock.sleep(wait_s - passed_s)
                passed_s = wait_s
            self._keep([row])

    async def _second(self, deletions: ChatSource) -> None:
        """Reads the page beside the API."""
        zero_s = self._now()
        with suppress(Misconfigured, Unavailable):
            async for row in deletions.rows():
                self._keep(self._pairing.page(replace(row, at=row.at + zero_s), away=self._is_away()))

    async def _compare(self) -> None:
        """Looks after both readers: replaces a dead connection of the API, tells the page's rows while it is away."""
        timing = self._timing
        released, kicked = False, float("-inf")
        while True:
            await self._clock.sleep(0.5)
            try:
                away = self._is_away()
                if away and not released:
                    self._keep(self._pairing.release())
                released = away
                since, now = self._pairing.waiting_since(), self._now()
                heard = max(since, self._reader.heard - self._origin) if since is not None else now
                silent = now - heard > timing.late_s
                if silent and self._reader.connected and now - kicked > timing.idle_max_s:
                    kicked = now
                    self._reader.kick()
            except Exception as fault:  # noqa: BLE001 - a fault of ours costs one look, not the watch over both
                log.error("%s stumbled: %s", self.name, type(fault).__name__)  # noqa: TRY400 - no user text in a log

    def _is_away(self) -> bool:
        """The API has had no connection for a while."""
        now = self._now()
        if self._reader.connected:
            self._away_since = None
            return False
        if self._away_since is None:
            self._away_since = now
        return now - self._away_since >= self._timing.away_s

    def _is_done(self) -> bool:
        """The stream is over, and the page is not read any more. Raises what broke the reader."""
        run, *others = self._tasks
        is_over = is_done(run) or self._over
        return is_over and (not others or others[0].done())

    def _start(self, work: "Awaitable[None]") -> None:
        async def until_done() -> None:
            await work

        task = asyncio.create_task(until_done(), name=self.name)
        self._buffer.watch(task)
        self._tasks.append(task)

    def _now(self) -> float:
        return self._clock.now() - self._origin

    def _name_of(self, message: str) -> str:
        return self._names.get(message, "")

    def _keep(self, rows: list[ChatRow]) -> None:
        for row in rows:
            self._buffer.put(row)
            if row.id and row.user is not None and row.user.name:
                self._names[row.id] = row.user.name
                if len(self._names) > _NAMES:
                    self._names.popitem(last=False)
