"""A YouTube live chat, read without any account: from what was typed to rows, from one stream to the next."""

import asyncio
import random
import ssl
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Final, Literal

import msgspec

from streamer.adapters.chat.common.clock import LoopClock, WallClock
from streamer.adapters.chat.common.unread import Unread
from streamer.adapters.chat.youtube.engine import Batch, Engine, EngineName
from streamer.adapters.chat.youtube.innertube import InnerTube
from streamer.adapters.chat.youtube.intake import FRESH_S, Intake
from streamer.adapters.chat.youtube.pace import Pace
from streamer.adapters.chat.youtube.pages import Found, State
from streamer.adapters.chat.youtube.pytchat_engine import Pytchat
from streamer.adapters.chat.youtube.relay import Relay, Timing, Verdict
from streamer.adapters.chat.youtube.resolve import resolve, video_page
from streamer.adapters.chat.youtube.trouble import Code, Trouble
from streamer.adapters.chat.youtube.wanted import URL, wanted
from streamer.adapters.chat.youtube.web import TIMEOUT_S, Web
from streamer.adapters.chat.youtube.words import PREFIX, code_of, fix_of, level_of
from streamer.adapters.part import is_web_address
from streamer.ports import ChatRow, Health, HealthState, Misconfigured, Notice

EngineChoice = Literal["auto", "pytchat", "innertube"]
_ENGINES: Final[dict[EngineChoice, tuple[EngineName, ...]]] = {
    "auto": ("pytchat", "innertube"), "pytchat": ("pytchat",), "innertube": ("innertube",),
}  # fmt: skip
_OVER: Final = frozenset[State]({"ended", "no_video", "not_live"})
"""Of a video that was given: it will not begin any more."""
_HIDDEN: Final = frozenset[State]({"private", "members_only"})


class _Status(msgspec.Struct):
    state: HealthState = "starting"
    code: str = "chat.youtube.looking"


class YouTubeWeb:
    """A ChatSource. `rows()` is read once; `ChatRow.at` is seconds since then, by YouTube's own stamps.

    A channel is followed from stream to stream; a video that was given ends the rows when it is over. Raises
    Misconfigured for a channel or an address that cannot be right.
    """

    name = "chat.youtube"

    def __init__(  # noqa: PLR0913 - what tests replace, by name
        self,
        channel: str,
        *,
        base_url: str = URL,
        engine: EngineChoice = "auto",
        clock: WallClock | None = None,
        draw: Callable[[], float] = random.random,
        timing: Timing | None = None,
        tls: ssl.SSLContext | None = None,
        timeout_s: float = TIMEOUT_S,
        buffer_max: int = 10_000,
    ) -> None:
        """`draw` gives a number in [0, 1). `tls`: what is trusted instead of the system's certificates."""
        if not is_web_address(base_url):
            raise Misconfigured("chat.youtube.base_url is no http(s) address", fix=f"e.g. {URL}")
        self._wanted = wanted(channel, base_url)
        self._base_url = base_url.rstrip("/")
        self._engines = _ENGINES[engine]
        self._clock = clock or LoopClock()
        self._draw = draw
        self._timing = timing or Timing()
        self._tls = tls
        self._timeout_s = timeout_s
        self.unread = Unread()
        self._pace = Pace(self._clock, buffer_max)
        self._origin = 0.0
        self._intake = Intake(self.unread, lambda: self._clock.now() - self._origin, self._clock.wall)
        self._status = _Status()
        self._found = Found("unknown")
        self._engine: EngineName | None = None
        self._retries = 0
        self._read_once = False
        self._unlooked_s = 0.0
        """How long ago the stream that was found may have begun; what was said since then is still told."""
        self._pump: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def video(self) -> str:
        """The stream that is read; empty while there is none."""
        return self._found.video if self._engine is not None else ""

    async def rows(self) -> AsyncIterator[ChatRow]:
        if self._pump is not None:
            raise RuntimeError("the rows of a chat are read once")
        if self._closed:
            return
        self._origin = self._clock.now()
        self._pump = asyncio.create_task(self._run(), name=self.name)
        self._pump.add_done_callback(lambda _: self._pace.wake())
        try:
            while True:
                for row in self._pace.due():
                    yield row
                if self._pump.done() and not len(self._pace):
                    if not self._pump.cancelled():
                        self._pump.result()
                    return
                await self._pace.wait()
        finally:
            await self.aclose()

    async def aclose(self) -> None:
        self._closed = True
        if self._pump is not None and not self._pump.done():
            self._pump.cancel()
            await asyncio.wait({self._pump})

    def health(self) -> Health:
        status = self._status
        state, code = status.state, status.code
        ended = self._pump is not None and self._pump.done() and not self._pump.cancelled()
        if self._pump is None:
            state, code = "off", "chat.off"
        elif self._closed and not ended:
            state, code = "off", "chat.closed"
        elif code == "chat.youtube.ok" and self.unread.count:
            code = "chat.malformed"
        elif code == "chat.youtube.ok" and self._engine != self._engines[0]:
            code = "chat.youtube.second"
        params: dict[str, str | int | float] = {
            "channel": self._found.channel or self._wanted.shown,
            "engine": self._engine or "",
            "video": self._found.video,
            "bad": self.unread.count,
            "dropped": self._pace.dropped,
            "retries": self._retries,
        }
        if code == "chat.youtube.waiting" and self._found.starts_at > self._clock.wall():
            code = "chat.youtube.waiting_until"
            params["minutes"] = max(1, round((self._found.starts_at - self._clock.wall()) / 60))
        return Health(self.name, state, Notice(code, params, fix_of(code)))

    # --- the stream ---------------------------------------------------------------------------------------------------

    async def _run(self) -> None:
        web = Web(self._base_url, tls=self._tls, timeout_s=self._timeout_s)
        try:
            strikes, video = 0, ""
            while await self._is_live(web, strikes):
                if self._found.video != video:
                    self._intake.begin(self._unlooked_s)
                video = self._found.video
                await self._follow(web, video)
                self._engine = None
                self._say("starting", "chat.youtube.next")
                strikes = self._timing.strikes - 1  # it has been asked often enough
        finally:
            await web.aclose()

    async def _is_live(self, web: Web, strikes: int) -> bool:
        """Waits until there is a stream to read. False: the video that was given is over."""
        timing = self._timing
        looks = 0
        looked = self._clock.now() - FRESH_S
        while True:
            try:
                found = await self._resolved(web)
            except Trouble as trouble:
                self._retries += 1
                state: HealthState = "starting" if trouble.code == "unreachable" and self._retries < 3 else "broken"
                self._say(state, PREFIX + trouble.code)
                await self._pause(min(timing.look_max_s, timing.retry_s * 2.0 ** min(looks, 10)), trouble.retry_after_s)
                looks += 1
                continue
            if found.state == "ended" and self._wanted.kind == "channel":
                found = msgspec.structs.replace(found, state="offline", starts_at=0.0)
            self._found = msgspec.structs.replace(found, channel=found.channel or self._found.channel)
            if self._wanted.kind == "video" and self._wanted.path and not found.video:
                self._wanted = msgspec.structs.replace(self._wanted, kind="channel", shown=f"@{self._wanted.shown}")
            if found.video and found.state in ("live", "unknown"):
                self._unlooked_s = self._clock.now() - looked
                return True
            looked = self._clock.now() - FRESH_S
            strikes = strikes + 1 if self._is_over(found.state) else 0
            if strikes >= timing.strikes:
                self._say_over(found.state)
                return False
            if not strikes:
                self._say_why(found.state)
            longest = timing.mend_max_s if self._status.state == "broken" else timing.look_max_s
            wait_s = min(longest, timing.look_s * 1.5 ** min(looks, 20))
            await self._pause(timing.strike_s * 2 ** (strikes - 1) if strikes else wait_s)
            looks += 1

    async def _resolved(self, web: Web) -> Found:
        """As `resolve`; a page that nobody foresaw is Trouble too."""
        try:
            return await resolve(web, self._wanted)
        except Trouble:
            raise
        except Exception as wrong:  # noqa: BLE001 - a fault of ours costs one look, not the chat
            raise Trouble("changed", type(wrong).__name__) from None

    def _is_over(self, state: State) -> bool:
        """Many streams are hidden when they are over."""
        return self._wanted.kind == "video" and (state in _OVER or (self._read_once and state in _HIDDEN))

    def _say_why(self, state: State) -> None:
        """Why there is nothing to read now."""
        code = "next" if state == "offline" and self._read_once else code_of(state)
        self._say(level_of(code), PREFIX + code)

    def _say_over(self, state: State) -> None:
        if self._read_once:
            self._say("off", "chat.youtube.ended")
        else:
            self._say("broken", PREFIX + code_of(state))

    async def _pause(self, seconds: float, at_least_s: float = 0.0) -> None:
        await self._clock.sleep(max(seconds * (0.9 + 0.2 * self._draw()), at_least_s))

    async def _follow(self, web: Web, video: str) -> None:
        """Reads one stream until it is really over."""
        timing = self._timing
        makers: dict[EngineName, Callable[[], Engine]] = {
            "pytchat": partial(
                Pytchat, video, base_url=self._base_url, tls=self._tls, timeout_s=self._timeout_s,
                again_s=timing.again_s,
            ),
            "innertube": partial(InnerTube, web, video, self._clock, again_s=timing.again_s),
        }  # fmt: skip
        self._say("starting", "chat.connecting")
        relay = Relay(
            {name: makers[name] for name in self._engines},
            take=self._take, ask=partial(self._ask, web, video), told=self._told, clock=self._clock, draw=self._draw,
            timing=timing,
        )  # fmt: skip
        await relay.run()

    def _take(self, batch: Batch, over_s: float) -> int:
        rows = self._intake.rows(batch)
        self._pace.put(rows, over_s)
        return len(rows)

    async def _ask(self, web: Web, video: str) -> Verdict:
        """What the video's page says."""
        try:
            found = await video_page(web, video)
        except Exception:  # noqa: BLE001 - Trouble, or a page that nobody foresaw: nothing is known
            return "unknown"
        if found.state == "unknown":
            return "unknown"
        return "live" if found.state in ("live", "upcoming") else "over"

    def _told(self, engine: EngineName | None, trouble: Code | None) -> None:
        if engine is not None:
            self._engine, self._retries, self._read_once = engine, 0, True
            self._say("ok", "chat.youtube.ok")
            return
        self._retries += 1
        if trouble is None or self._retries <= len(self._engines):
            if self._read_once:
                self._say("degraded", "chat.reconnecting")
            return
        code = "changed" if trouble == "over" else trouble
        state: HealthState = "degraded" if self._read_once and code in ("unreachable", "rate_limited") else "broken"
        self._say(state, PREFIX + code)

    def _say(self, state: HealthState, code: str) -> None:
        self._status = _Status(state, code)
