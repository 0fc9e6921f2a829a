"""The connection to OBS: one per show. Nobody else talks to obs-websocket."""

import asyncio
import contextlib
import json
import logging
import random
import time
from collections.abc import Callable, Mapping
from typing import Any, Literal

from streamer.adapters.obs.errors import AFTER_A_WHILE, BY_HAND, FaultCode, LinkFault, ObsGone, ObsRefused
from streamer.adapters.obs.wire import Address
from streamer.adapters.obs.wire_session import Job, ObsInfo, Plan, Session

__all__ = ["LinkState", "ObsGone", "ObsInfo", "ObsLink", "ObsRefused"]

log = logging.getLogger(__name__)

LinkState = Literal["off", "connecting", "ready", "lost", "refused", "too_old"]
FIRST_WAIT_S = 0.2
LONGEST_WAIT_S = 1.0
SELDOM_S = 30.0
CLOSE_WAIT_S = 0.45
SETTLE_S = 0.25
UNSENDABLE = 400
"""The code of an ObsRefused that we made ourselves: obs-websocket would close the connection over such a request."""


def _nothing(*_: Any) -> None:
    """For callbacks that nobody set."""


class ObsLink:
    """Connects, watches, reconnects; everything on it belongs to the loop's thread. No secret is in its `repr`.

    Three threads at most (requests, events, meters), all of one generation; after any error or silence the whole
    generation is thrown away, and whoever waits gets ObsGone at once.
    """

    def __init__(
        self,
        url: str,
        password: str,
        *,
        meters: bool = False,
        timeout_s: float = 2.0,
        beat_s: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
        rng: random.Random | None = None,
    ) -> None:
        """`clock` is asked from several threads; `sent_at` is its time."""
        self.state: LinkState = "off"
        self.code: FaultCode | Literal[""] = ""
        """Why it is not ready, for a text to be chosen; `reason` is the same as an English sentence."""
        self.reason = ""
        self.info: ObsInfo | None = None
        self.generation = 0
        self.on_event: Callable[[str, dict[str, Any]], None] = _nothing
        self.on_meters: Callable[[list[dict[str, Any]]], None] = _nothing
        self.on_state: Callable[[LinkState], None] = _nothing
        """Also when only the reason has changed."""
        self._url, self._password = url, password
        self._meters, self._timeout_s, self._beat_s = meters, timeout_s, beat_s
        self._clock, self._rng = clock, rng or random.Random()
        self._session: Session | None = None
        self._changed = asyncio.Event()
        self._became_ready = asyncio.Event()
        self._closing = False
        self._sent_at = 0.0

    def __repr__(self) -> str:
        return f"ObsLink({self.state}, generation {self.generation})"

    @property
    def sent_at(self) -> float:
        """When the newest request was handed to the socket, by `clock`."""
        return max(self._sent_at, self._session.sent_at if self._session else 0.0)

    # --------------------------------------------------------------------------------------------------------- talking
    async def request(self, name: str, data: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """One obs-websocket request by its own name and fields, answered in the order of asking.

        Raises ObsGone at once while there is no connection, and when it is lost meanwhile; ObsRefused with OBS's code.
        """
        session = self._session
        # `over` comes a turn of the loop before the state: a job put there would wait for ever.
        if self.state != "ready" or session is None or session.over.is_set():
            raise ObsGone(self.reason or "OBS is not connected")
        _check(name, data)
        job = Job(name, dict(data) if data else None, asyncio.get_running_loop().create_future())
        session.put(job)
        try:
            return await job.waiter
        finally:
            session.forget(job)

    async def ready(self) -> None:
        """Waits until requests can be made."""
        while self.state != "ready":
            self._became_ready.clear()
            await self._became_ready.wait()

    def renew(self, password: str, url: str = "") -> None:
        """Another password, or another address: tried at once. A connection that works with the same is kept."""
        same = password == self._password and url in ("", self._url)
        self._password, self._url = password, url or self._url
        if same and self.state == "ready":
            return
        self._changed.set()
        if self._session is not None:
            self._session.stop()

    # --------------------------------------------------------------------------------------------------------- running
    async def run(self) -> None:
        """Connects and reconnects until cancelled or closed. Called once."""
        wait = FIRST_WAIT_S
        self._closing = False
        try:
            while not self._closing:
                self._changed.clear()
                fault, was_ready = await self._once()
                if self._closing:
                    break
                wait = FIRST_WAIT_S if was_ready else wait
                changed = await self._rest(fault, wait)
                wait = FIRST_WAIT_S if changed else min(wait * 2, LONGEST_WAIT_S)
        finally:
            if self._session is not None:
                self._session.stop()
            self._become("off")

    async def _once(self) -> tuple[LinkFault, bool]:
        """One generation, from dialling to its end and the end of its threads."""
        try:
            address = Address.parse(self._url)
        except ValueError as error:
            return self._ended(LinkFault("address", str(error))), False
        if self.state != "lost":
            self._become("connecting", self.code, self.reason)
        plan = Plan(address, self._timeout_s, self._beat_s, self._meters, self._clock)
        session = self._session = Session(plan, self._password, self._frame)
        session.start()
        was_ready = False
        try:
            if await self._opened(session):
                was_ready = True
                self.generation += 1
                self.info = session.info
                self._become("ready")
                while not session.over.is_set():
                    session.check()
                    await _within(session.over, self._beat_s)
        finally:
            session.stop()
            self._sent_at = self.sent_at
        assert session.fault is not None  # noqa: S101 - `over` is set with it
        fault = session.fault
        if self._changed.is_set():
            self._become("connecting")
        else:
            self._ended(fault)
        while not await _within(session.threads_over, SETTLE_S):
            session.settle()
        self._session = None
        return fault, was_ready

    async def _opened(self, session: Session) -> bool:
        """Whether all connections stand. Each step has the time limit; a dozen of them is more than there are."""
        ready = asyncio.ensure_future(session.open.wait())
        over = asyncio.ensure_future(session.over.wait())
        try:
            await asyncio.wait({ready, over}, timeout=12 * self._timeout_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ready.cancel()
            over.cancel()
        return session.open.is_set() and not session.over.is_set()

    def _ended(self, fault: LinkFault) -> LinkFault:
        state: LinkState = "lost" if self.state in ("ready", "lost") else "connecting"
        if fault.code == "too_old":
            state = "too_old"
        elif fault.code in BY_HAND or fault.code in AFTER_A_WHILE:
            state = "refused"
        self._become(state, fault.code, str(fault))
        return fault

    async def _rest(self, fault: LinkFault, wait: float) -> bool:
        """Waits before the next try. True: the streamer changed something."""
        if fault.code in BY_HAND:
            return await _within(self._changed, None)
        if fault.code in AFTER_A_WHILE:
            return await _within(self._changed, SELDOM_S)
        return await _within(self._changed, wait * self._rng.uniform(0.8, 1.2))

    def _become(self, state: LinkState, code: FaultCode | Literal[""] = "", reason: str = "") -> None:
        changed = state != self.state or code != self.code
        self.state, self.code, self.reason = state, code, reason
        if state == "ready":
            self._became_ready.set()
        if changed:
            log.info("OBS: %s%s", state, f" ({code})" if code else "")
            self._call(self.on_state, state)

    def _frame(self, session: Session, name: str, data: dict[str, Any]) -> None:
        if session is not self._session or self.state != "ready":
            return
        if name == "InputVolumeMeters":
            self._call(self.on_meters, list(data.get("inputs") or ()))
        else:
            self._call(self.on_event, name, data)

    def _call(self, function: Callable[..., None], *args: Any) -> None:
        try:
            function(*args)
        except Exception as error:  # noqa: BLE001 - what hears of OBS must not end the connection
            log.error("a listener of the OBS connection failed: %s", type(error).__name__)  # noqa: TRY400

    async def aclose(self) -> None:
        """Within half a second: says goodbye, waits for the threads, and hangs up if OBS does not answer."""
        self._closing = True
        self._changed.set()
        session = self._session
        if session is not None:
            session.stop()
            await _within(session.threads_over, CLOSE_WAIT_S)
        self._become("off")


def _check(name: str, data: Mapping[str, Any] | None) -> None:
    """obs-websocket closes the connection over NaN and lone surrogates: refused before they are sent."""
    try:
        json.dumps(data, allow_nan=False, ensure_ascii=False).encode()
    except (TypeError, ValueError) as error:
        raise ObsRefused(name, UNSENDABLE, f"not sent: {type(error).__name__}") from None


async def _within(event: asyncio.Event, seconds: float | None) -> bool:
    """Whether the event came in time."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
            return True
    return False
