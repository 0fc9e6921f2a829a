"""The threads and connections of one generation. They live and end together.

Requests have one connection and one thread, because the library matches no answers to requests; events have another,
because a client that does not read all the time makes OBS wait five seconds when it exits; meters a third, because
their twenty frames a second delay every answer on the same connection to 45 ms.
"""

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from streamer.adapters.obs.errors import LinkFault, ObsGone, ObsRefused
from streamer.adapters.obs.wire import TOO_OLD, Address, Wire

# EventSubscription of obs-websocket 5: General .. Ui (bits 0-10); the frequent ones have to be asked for by name.
EVENTS = 0x7FF | 1 << 19
"""All infrequent events, and SceneItemTransformChanged."""
METERS = 1 << 16
OLDEST_OBS = 28
CLOSE_LIMIT_S = 0.25


class ObsInfo(msgspec.Struct, frozen=True):
    """Of GetVersion and GetInputKindList. `kinds`: input kinds with their version (`text_ft2_source_v2`)."""

    obs: str
    websocket: str
    rpc: int
    platform: str
    kinds: frozenset[str]
    requests: frozenset[str]

    @property
    def browser(self) -> bool:
        """False in builds without obs-browser, as Debian's."""
        return "browser_source" in self.kinds


class Job:
    """A request under way. `dropped` is set when nobody waits for the answer any more."""

    __slots__ = ("data", "dropped", "name", "sent_at", "waiter")

    def __init__(self, name: str, data: Mapping[str, Any] | None, waiter: asyncio.Future[dict[str, Any]]) -> None:
        self.name, self.data, self.waiter = name, data, waiter
        self.dropped = False
        self.sent_at = 0.0


class Plan(msgspec.Struct, frozen=True):
    address: Address
    timeout_s: float
    beat_s: float
    meters: bool
    clock: Callable[[], float]


class Session:
    """`start`, then `open` or `over` come true; `stop`, then `threads_over`. Methods are for the loop's thread."""

    def __init__(self, plan: Plan, password: str, on_frame: Callable[["Session", str, dict[str, Any]], None]) -> None:
        self.plan = plan
        self._loop = asyncio.get_running_loop()
        self._on_frame = on_frame
        self.info: ObsInfo | None = None
        self.fault: LinkFault | None = None
        self.open = asyncio.Event()
        self.over = asyncio.Event()
        self.threads_over = asyncio.Event()
        self.sent_at = 0.0
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._pending: set[Job] = set()
        self._stopping = threading.Event()
        self._busy_since = 0.0
        names = ["requests", "events", *(["meters"] if plan.meters else [])]
        subs = {"requests": 0, "events": EVENTS, "meters": METERS}
        self._wires = {
            name: Wire(
                plan.address,
                password,
                subs=subs[name],
                timeout_s=plan.timeout_s,
                quiet_s=0.0 if name == "requests" else plan.beat_s,
            )
            for name in names
        }
        self._threads: dict[str, threading.Thread] = {}
        self._ready = 0

    def start(self) -> None:
        self._launch("requests", self._ask)

    def _launch(self, name: str, body: Callable[[Wire], None]) -> None:
        thread = threading.Thread(target=self._guard, args=(name, body), name=f"obs-{name}", daemon=True)
        self._threads[name] = thread
        thread.start()

    # ------------------------------------------------------------------------------------------ on the loop's thread
    def put(self, job: Job) -> None:
        self._pending.add(job)
        self._jobs.put(job)

    def forget(self, job: Job) -> None:
        """Nobody waits for it. If it was not sent yet, it never is."""
        job.dropped = True
        self._pending.discard(job)

    def check(self) -> None:
        """The watchdog: a thread that has died, or has been in one request far beyond its limit, ends the session."""
        if any(not thread.is_alive() for thread in self._threads.values()):
            self._end(LinkFault("broken", "a thread of the connection to OBS has died"))
        since = self._busy_since
        if since and self.plan.clock() - since > 2 * self.plan.timeout_s + self.plan.beat_s:
            self._end(LinkFault("silent", f"OBS did not answer within {self.plan.timeout_s:g} s"))

    def stop(self) -> None:
        """Politely; `force` follows when the other side does not answer."""
        self._end(LinkFault("closed", "the connection is closed"), polite=True)

    def force(self) -> None:
        for wire in self._wires.values():
            wire.abort()

    def _end(self, fault: LinkFault, *, polite: bool = False) -> None:
        if self.over.is_set():
            return
        self.fault = fault
        self._stopping.set()
        self.over.set()
        self._jobs.put(None)
        for job in self._pending:
            if not job.waiter.done():
                job.waiter.set_exception(ObsGone(str(fault)))
        self._pending.clear()
        if polite:
            for name, wire in self._wires.items():
                if name in self._threads and name != "requests":
                    wire.goodbye()
            self._loop.call_later(CLOSE_LIMIT_S, self.force)
        else:
            self.force()
        self.settle()

    def settle(self) -> None:
        """Sees whether the threads have ended. To be called now and then: one that died silently does not say so."""
        if self.over.is_set() and not any(thread.is_alive() for thread in self._threads.values()):
            self.threads_over.set()

    def _greeted(self, info: ObsInfo) -> None:
        if self.over.is_set():
            return
        self.info = info
        self._opened()
        for name in self._wires:
            if name != "requests":
                self._launch(name, self._listen)

    def _opened(self) -> None:
        self._ready += 1
        if self._ready == len(self._wires) and not self.over.is_set():
            self.open.set()

    def _answered(self, job: Job, result: dict[str, Any] | ObsRefused) -> None:
        self._pending.discard(job)
        if job.waiter.done():
            return
        if isinstance(result, ObsRefused):
            job.waiter.set_exception(result)
        else:
            job.waiter.set_result(result)

    def _frame(self, name: str, data: dict[str, Any]) -> None:
        if not self.over.is_set():
            self._on_frame(self, name, data)

    def _thread_over(self, name: str, fault: LinkFault | None) -> None:
        if thread := self._threads.pop(name, None):
            thread.join(CLOSE_LIMIT_S)
        if fault is not None or not self.over.is_set():
            self._end(fault or LinkFault("closed", "the connection to OBS has ended"))
        self.settle()

    # ---------------------------------------------------------------------------------------------------- on a thread
    def _post(self, function: Callable[..., None], *args: Any) -> None:
        try:
            self._loop.call_soon_threadsafe(function, *args)
        except RuntimeError:  # the loop is closed: nobody listens any more
            self._stopping.set()

    def _guard(self, name: str, body: Callable[[Wire], None]) -> None:
        wire = self._wires[name]
        fault: LinkFault | None = None
        try:
            wire.open()
            body(wire)
        except LinkFault as error:
            fault = error
        except BaseException:  # noqa: BLE001 - a thread that dies silently would leave everybody waiting
            fault = LinkFault("broken", "a thread of the connection to OBS has failed")
        finally:
            wire.close()
            self._post(self._thread_over, name, fault)

    def _ask(self, wire: Wire) -> None:
        self._post(self._greeted, read_info(wire))
        while not self._stopping.is_set():
            try:
                job = self._jobs.get(timeout=self.plan.beat_s)
            except queue.Empty:
                self._beat(wire)
                continue
            if job is None:
                break
            if job.dropped:
                continue
            self._busy_since = self.sent_at = self.plan.clock()
            try:
                result: dict[str, Any] | ObsRefused = wire.ask(job.name, job.data)
            except ObsRefused as refused:
                result = refused
            self._busy_since = 0.0
            self._post(self._answered, job, result)
        wire.goodbye()

    def _beat(self, wire: Wire) -> None:
        """Shows that OBS lives, and reads what it may have sent."""
        self._busy_since = self.plan.clock()
        with contextlib.suppress(ObsRefused):  # not ready for it (207), but alive
            wire.ask("GetStats")
        self._busy_since = 0.0

    def _listen(self, wire: Wire) -> None:
        self._post(self._opened)
        heard = self.plan.clock()
        while not self._stopping.is_set():
            try:
                event = wire.receive()
            except TimeoutError:
                if self.plan.clock() - heard > self.plan.beat_s + self.plan.timeout_s:
                    raise LinkFault("silent", f"OBS did not answer within {self.plan.timeout_s:g} s") from None
                wire.ping()
                continue
            heard = self.plan.clock()
            if event is not None:
                self._post(self._frame, *event)


def read_info(wire: Wire) -> ObsInfo:
    """What this OBS is. LinkFault `too_old` before OBS 28, `closed` while it is still loading (207)."""
    try:
        version = wire.ask("GetVersion")
        kinds = wire.ask("GetInputKindList")
    except ObsRefused:
        raise LinkFault("closed", "OBS is still loading") from None
    info = ObsInfo(
        obs=str(version.get("obsVersion", "")),
        websocket=str(version.get("obsWebSocketVersion", "")),
        rpc=int(version.get("rpcVersion", 1)),
        platform=str(version.get("platform", "")),
        kinds=frozenset(kinds.get("inputKinds") or ()),
        requests=frozenset(version.get("availableRequests") or ()),
    )
    major = info.obs.split(".")[0]
    if major.isdecimal() and int(major) < OLDEST_OBS:
        raise LinkFault("too_old", TOO_OLD.format(f"OBS {info.obs[:16]}"))
    return info
