"""Follows one live chat: the stream while YouTube gives it, questions while it does not; resumes where it stopped.

Source: developers.google.com/youtube/v3/live/docs/liveChatMessages/streamList and /list. `nextPageToken` is the place
to go on from, on another connection too; connecting again before `pollingIntervalMillis` is over is refused
(RESOURCE_EXHAUSTED). Checked against a local server only.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from streamer.adapters.chat.common.clock import Clock
from streamer.adapters.chat.common.unread import Unread
from streamer.adapters.chat.youtube.api.calls import Calls
from streamer.adapters.chat.youtube.api.errors import ApiError, api_error
from streamer.adapters.chat.youtube.api.rows import Page, Rows
from streamer.adapters.chat.youtube.api.stream import ArrayReader, Broken
from streamer.adapters.chat.youtube.api.timing import Timing

log = logging.getLogger(__name__)

_PARTS = "id,snippet,authorDetails"
_SHORT = 5
"""So many short connections in a row are the server's way."""
_OVER = frozenset({"ended", "not_found", "no_chat"})
_TO_MEND = frozenset({"key", "key_limits", "not_enabled", "sign_in", "scope", "forbidden"})

Tell = Callable[[Page, float], Awaitable[None]]
"""Takes a page, and the seconds until the next one is asked for (0: it was pushed)."""


class Reader:
    """`follow` one chat after another. What is shown of it: `connected`, `trouble`, `polling`, `wait_until`."""

    def __init__(
        self, calls: Calls, unread: Unread, tell: Tell, *, clock: Clock, draw: Callable[[], float], timing: Timing
    ) -> None:
        self.connected = False
        self.trouble: ApiError | None = None
        """Why the last try failed; None once a page has come."""
        self.polling = False
        self.retries = 0
        self.wait_until = 0.0
        """By the clock: nothing is tried before."""
        self.heard = 0.0
        self.pages = 0
        self._calls, self._unread, self._tell = calls, unread, tell
        self._clock, self._draw, self._timing = clock, draw, timing
        self._rows = Rows(unread)
        self._chat = self._token = ""
        self._interval_s = 0.0
        self._asked = float("-inf")
        self._stream_from = float("-inf")
        self._gap_s = 0.0
        self._patience_s = timing.idle_min_s
        self._short = 0
        self._read_again: set[str] = set()
        self._reading: asyncio.Task[bool] | None = None

    async def follow(self, chat: str) -> None:
        """Returns when YouTube says that this chat is over or not there; everything else is tried again."""
        if chat != self._chat:
            self._chat, self._token = chat, ""
        while True:
            now = self._clock.now()
            gap_s = max(self._interval_s, self._timing.retry_min_s)
            await self._clock.sleep(max(self.wait_until - now, self._asked + gap_s - now, 0.0))
            self.polling = self._clock.now() < self._stream_from
            pages, self._asked = self.pages, self._clock.now()
            try:
                over = await (self._poll(chat) if self.polling else self._stream(chat))
            except Exception as fault:  # noqa: BLE001 - what nobody foresaw costs one connection, not the chat
                wrong = fault if isinstance(fault, ApiError) else _stumbled(fault)
                self.connected = False
                if self.pages > pages or self._clock.now() - self._asked >= self._timing.stable_s:
                    self.retries = 0
                if self.failed(wrong):
                    return
                continue
            if over:
                self.connected = False
                return
            self._ended(self.pages > pages)

    def kick(self) -> None:
        """The connection says nothing although there is something to say: another one."""
        if self._reading is not None and not self._reading.done():
            self._reading.cancel()

    # --- two ways to read ---------------------------------------------------------------------------------------------

    async def _stream(self, chat: str) -> bool:
        """One connection from first to last byte; true when the chat is over."""
        self.heard = self._clock.now()
        reading = self._reading = asyncio.create_task(self._read(chat))
        watch = asyncio.create_task(self._watch())
        try:
            await asyncio.wait({reading, watch}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (reading, watch):
                task.cancel()
            await asyncio.gather(reading, watch, return_exceptions=True)
            self.connected = False
        if reading.cancelled():  # silent for too long, or kicked
            self._patience_s = min(self._patience_s * 2, self._timing.idle_max_s)
            return False
        return reading.result()

    async def _read(self, chat: str) -> bool:
        reader = ArrayReader()
        query = {"liveChatId": chat, "part": _PARTS, "prettyPrint": "false"}
        if self._token:
            query["pageToken"] = self._token
        async with self._calls.open("stream", "liveChat/messages/stream", query) as response:
            self.connected, self.trouble = True, None
            async for chunk in response.content.iter_any():
                for element in reader.feed(chunk):
                    if isinstance(element, Broken):
                        self._unread.keep(element.raw, element.why)
                        if self._token not in self._read_again:
                            self._read_again.add(self._token)
                            return False  # once more from the last good place; the second time on beyond it
                    elif await self._page(element, 0.0):
                        return True
        return False

    async def _poll(self, chat: str) -> bool:
        query = {"liveChatId": chat, "part": _PARTS, "maxResults": "2000", "prettyPrint": "false"}
        if self._token:
            query["pageToken"] = self._token
        response = await self._calls.get("list", "liveChat/messages", query)
        self.connected = True
        floor_s = self._floor_s()
        over = await self._page(response, floor_s)
        self._interval_s = max(self._interval_s, floor_s)
        return over

    async def _page(self, response: dict[str, object], floor_s: float) -> bool:
        if "error" in response and "items" not in response:
            raise api_error(0, response)
        page = self._rows.page(response)
        self._interval_s = page.interval_s or self._interval_s
        self._token = page.token or self._token
        if len(self._read_again) > 100:
            self._read_again.clear()
        now = self._clock.now()
        if page.rows:
            gap_s = min(now - self.heard, self._timing.idle_max_s)
            self._gap_s = gap_s if not self._gap_s else self._gap_s * 0.9 + gap_s * 0.1
            self._patience_s = min(max(self._gap_s * 8, self._timing.idle_min_s), self._timing.idle_max_s)
        self.heard = now
        self.pages += 1
        self.trouble, self.retries, self.wait_until = None, 0, 0.0
        await self._tell(page, max(self._interval_s, floor_s) if floor_s else 0.0)
        return page.ended

    async def _watch(self) -> None:
        """Ends when the connection has been silent for too long."""
        while (left_s := self.heard + self._patience_s - self._clock.now()) > 0:
            await self._clock.sleep(left_s)

    def _floor_s(self) -> float:
        """The least time between two questions; longer when the day's quota is half used."""
        quota = self._calls.quota
        return self._timing.poll_min_s * (1 if quota.used < quota.daily / 2 else 3)

    # --- what went wrong ----------------------------------------------------------------------------------------------

    def failed(self, wrong: ApiError, *, finding: bool = False) -> bool:
        """Sets when to try again; true when there is nothing to try. `finding`: it was no try to read."""
        timing, trouble = self._timing, wrong.trouble
        if trouble in _OVER:
            self.trouble = wrong
            return True
        if trouble == "token":
            if self._token:
                self._token = ""
                return False
            trouble = "other"
        if trouble == "refused" and not self.polling and not finding:
            self._stream_from = self._clock.now() + timing.restream_s
            return False
        self.trouble = wrong
        if trouble == "quota":
            self._wait(min(timing.quota_s, self._calls.quota.turns_in_s() + 5))
        elif trouble in _TO_MEND:
            self._wait(timing.fixable_s)
        elif trouble == "rate":
            self.retries += 1
            self._wait(max(self._interval_s, min(60.0, timing.rate_s * 2.0 ** min(self.retries - 1, 8))))
        else:
            self._back_off()
        return False

    def _ended(self, told: bool) -> None:  # noqa: FBT001 - whether pages came
        """A connection ended as it should, or was silent. One that ends at once each time is no stream: it is asked for
        as seldom as without one."""
        lasted = self._clock.now() - self._asked >= self._timing.stable_s
        self._short = 0 if lasted else self._short + 1
        if not told and not lasted:
            self._back_off()
        elif self._short >= _SHORT:
            self._interval_s = max(self._interval_s, self._floor_s())

    def _back_off(self) -> None:
        self.retries += 1
        longest = min(self._timing.retry_max_s, self._timing.retry_min_s * 2.0 ** min(self.retries, 16))
        self._wait(longest * (0.5 + 0.5 * self._draw()))

    def _wait(self, seconds: float) -> None:
        self.wait_until = self._clock.now() + seconds


def _stumbled(fault: Exception) -> ApiError:
    log.error("reading YouTube's API stumbled: %s", type(fault).__name__)
    return ApiError("other", type(fault).__name__)
