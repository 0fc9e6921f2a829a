"""A vendor in a process of its own: its import, its threads and its GIL cannot stall the show, and its crash ends
nothing but itself. `worker_child` is the other side.

The child is `python -m MODULE`, talks in frames over stdin and stdout, and ends when its stdin ends, so that it also
ends when the show dies. No fork, no signals: the same on Windows.
"""

import asyncio
import contextlib
import importlib.machinery
import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

import streamer
from streamer.adapters.worker_child import ANSWER, FRAME_MAX, LENGTHS, READY, Failure, Head, packed
from streamer.ports import Misconfigured, Unavailable

EXTRAS: Final = {
    "faster_whisper": "whisper",
    "azure": "azure",
    "pocketsphinx": "offline-ear",
    "sounddevice": "device",
    "pydub": "sounds",
}
"""What `run.py add` calls the parts that bring a package."""
END_S: Final = 0.5
"""How long a child may take to leave by itself."""
WAITING_MAX: Final = 4 << 20
"""Bytes that a child has not read yet; what is posted beyond is dropped."""
RETRY_S: Final = 5.0
SECRETS: Final = ("_API_KEY", "_TOKEN", "_PASSWORD", "_SECRET")
"""Ends of the names of variables that children do not inherit."""
ERROR_LINES: Final = 8
ERROR_COLUMNS: Final = 200


class Late(Unavailable):
    """A child that is alive has not answered in time."""


def installed(package: str) -> bool:
    """Whether it could be imported, without importing it or the packages around it."""
    folders: Sequence[str] | None = None
    for name in package.split("."):  # without its parents' names: namespace packages would look those up
        spec = importlib.machinery.PathFinder.find_spec(name, folders)
        if spec is None:
            return False
        folders = list(spec.submodule_search_locations or ())
    return True


def missing(package: str) -> Misconfigured:
    """What is said when a package is not there."""
    extra = EXTRAS.get(package.partition(".")[0], "")
    fix = f"python3 run.py add {extra}" if extra else f"install {package}"
    return Misconfigured(f"{package} is not installed", fix=fix)


def _raised(failure: Failure) -> Unavailable | Misconfigured:
    if failure.kind == "misconfigured":
        return Misconfigured(failure.reason, fix=failure.fix)
    if failure.kind == "missing":
        return missing(failure.reason)
    return Unavailable(failure.reason, retry_after_s=failure.retry_after_s)


class _Process:
    """One running child. Dead for good once its pipe broke."""

    def __init__(self, process: asyncio.subprocess.Process, name: str, tell: Callable[[str, Any, bytes], None]) -> None:
        self.process = process
        self.alive = True
        self.answers: dict[int, asyncio.Future[tuple[Any, bytes]]] = {}
        loop = asyncio.get_running_loop()
        self.ready: asyncio.Future[Any] = loop.create_future()
        self._name = name
        self._tell = tell
        self._said: deque[str] = deque(maxlen=ERROR_LINES)
        self._errors = asyncio.create_task(self._read_errors(), name=f"{name}-stderr")
        self._reader = asyncio.create_task(self._read(), name=f"{name}-worker")

    def send(self, head: Head, pcm: bytes) -> bool:
        """False: dead, or it does not read what it is sent."""
        pipe = self.process.stdin
        if not self.alive or pipe is None or pipe.is_closing():
            return False
        if pipe.transport.get_write_buffer_size() > WAITING_MAX:
            return False
        pipe.write(packed(head, pcm))
        return True

    async def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None  # noqa: S101
        garbled = False
        try:
            while True:
                length, at = LENGTHS.unpack(await stream.readexactly(LENGTHS.size))
                if length > FRAME_MAX or at > length:
                    garbled = True
                    break
                body = await stream.readexactly(length)
                self._take(msgspec.json.decode(body[:at], type=Head), body[at:])
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        except msgspec.MsgspecError:
            garbled = True
        finally:
            self.alive = False
            if garbled:
                self.kill()
            await self._bury(garbled=garbled)

    def _take(self, head: Head, pcm: bytes) -> None:
        if head.id:
            waiting = self.answers.pop(head.id, None)
            if waiting is None or waiting.done():
                return
            if head.error is not None:
                waiting.set_exception(_raised(head.error))
            else:
                waiting.set_result((head.data, pcm))
        elif head.kind == READY:
            if not self.ready.done():
                if head.error is not None:
                    self.ready.set_exception(_raised(head.error))
                else:
                    self.ready.set_result(head.data)
        elif head.kind != ANSWER:
            self._tell(head.kind, head.data, pcm)

    async def _bury(self, *, garbled: bool) -> None:
        """Tell everybody who waits, with the last words of the child."""
        try:
            async with asyncio.timeout(END_S):
                await self.process.wait()
                await asyncio.shield(self._errors)
        except TimeoutError:
            self.kill()
        last = next((line for line in reversed(self._said) if line), "")
        why = "writes what nobody understands" if garbled else "ended"
        reason = f"the process for {self._name} {why}" + (f": {last}" if last else "")
        for waiting in (self.ready, *self.answers.values()):
            if not waiting.done():
                waiting.set_exception(Unavailable(reason, retry_after_s=RETRY_S))
        self.answers.clear()
        if not self.ready.cancelled():
            self.ready.exception()  # seen: nobody may be waiting for it any more

    async def _read_errors(self) -> None:
        stream = self.process.stderr
        assert stream is not None  # noqa: S101
        rest = b""
        while data := await stream.read(4096):
            *lines, rest = (rest + data).split(b"\n")
            rest = rest[-4096:]
            self._said.extend(line.decode("utf-8", "replace").strip()[:ERROR_COLUMNS] for line in lines if line.strip())
        if rest.strip():
            self._said.append(rest.decode("utf-8", "replace").strip()[:ERROR_COLUMNS])

    def kill(self) -> None:
        self.alive = False
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()

    async def aclose(self) -> None:
        """It leaves by itself when its stdin closes; within half a second or it is killed."""
        self.alive = False
        pipe = self.process.stdin
        if pipe is not None:
            pipe.close()
        try:
            async with asyncio.timeout(END_S):
                await self.process.wait()
        except TimeoutError:
            self.kill()
            await self.process.wait()
        await asyncio.gather(self._reader, return_exceptions=True)
        self._errors.cancel()
        await asyncio.gather(self._errors, return_exceptions=True)
        if pipe is not None:
            with contextlib.suppress(OSError):
                await pipe.wait_closed()


def _inherited() -> dict[str, str]:
    """The variables of the show without its settings and without anybody's keys: a vendor needs none but its own."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith("SHOWRUNNER_") and not name.upper().endswith(SECRETS)
    }


async def _spawn(module: str, env: Mapping[str, str]) -> asyncio.subprocess.Process:
    package = str(Path(streamer.__file__).parents[1])
    paths = os.pathsep.join(filter(None, (package, os.environ.get("PYTHONPATH", ""))))
    own: dict[str, Any] = {}
    if sys.platform == "win32":
        own = {"creationflags": subprocess.CREATE_NO_WINDOW}
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", module, stdin=pipe, stdout=pipe, stderr=pipe,
        env={**_inherited(), **env, "PYTHONPATH": paths}, **own,
    )  # fmt: skip


class Worker:
    """The side that asks. Started by `start` or the first `call`; a dead one is started anew by the next."""

    def __init__(
        self,
        module: str,
        *,
        name: str,
        start_s: float = 30.0,
        env: Mapping[str, str] | None = None,
        loads: str = "",
    ) -> None:
        """`module` calls `worker_child.serve` when run as a program; `name` is what people read of it; `start_s`: the
        limit until it is ready; `env`: variables beside those that it inherits, which are all but secrets and the
        settings of the show; `loads`: the package without which it cannot work."""
        self.module = module
        self.name = name
        self.on_event: Callable[[str, Any, bytes], None] = lambda _kind, _data, _pcm: None
        """kind, data, bytes of what the child tells without being asked; called on the loop."""
        self._start_s = start_s
        self._env = dict(env or {})
        self._loads = loads
        self._running: _Process | None = None
        self._beginning: _Process | None = None
        self._starting = asyncio.Lock()
        self._number = 0
        self._closed = False

    @property
    def alive(self) -> bool:
        return self._running is not None and self._running.alive

    @property
    def pid(self) -> int | None:
        return self._running.process.pid if self._running is not None and self._running.alive else None

    async def start(self) -> Any:
        """Ready to be asked; what the child told about itself. Raises Unavailable or Misconfigured."""
        async with self._starting:
            if self._closed:
                raise Unavailable(f"{self.name} is closed")
            if self._running is not None and self._running.alive:
                return self._running.ready.result()
            if self._running is not None:
                await self._running.aclose()
                self._running = None
            if self._loads and not installed(self._loads):
                raise missing(self._loads)
            try:
                process = await _spawn(self.module, self._env)
            except OSError as error:
                reason = f"the process for {self.name} does not start: {error.strerror}"
                raise Unavailable(reason, retry_after_s=RETRY_S) from error
            running = self._beginning = _Process(process, self.name, self._told)
            try:
                async with asyncio.timeout(self._start_s):
                    told = await asyncio.shield(running.ready)
            except BaseException as error:
                running.kill()
                await running.aclose()
                if isinstance(error, TimeoutError):
                    reason = f"the process for {self.name} is not ready after {self._start_s:g} s"
                    raise Unavailable(reason, retry_after_s=RETRY_S) from error
                raise
            finally:
                self._beginning = None
            self._running = running
            return told

    def _told(self, kind: str, data: Any, pcm: bytes) -> None:
        try:
            self.on_event(kind, data, pcm)
        except Exception as error:  # noqa: BLE001 - whoever listens must not end the reading
            told = {"message": f"what {self.name} told was not taken", "exception": error}
            asyncio.get_running_loop().call_exception_handler(told)

    async def call(self, kind: str, data: Any = None, pcm: bytes = b"", *, within_s: float = 10.0) -> tuple[Any, bytes]:
        """(data, bytes) of the answer; answers may come in any order. The limit counts from when the child is ready.

        Raises Unavailable (dead, or as the child said), of it Late, or Misconfigured. Who is late lives on: whoever
        knows that it hangs calls `kill`.
        """
        running = self._running
        if running is None or not running.alive:
            await self.start()
            running = self._running
        if running is None:
            raise Unavailable(f"{self.name} is closed")
        self._number += 1
        number = self._number
        answer: asyncio.Future[tuple[Any, bytes]] = asyncio.get_running_loop().create_future()
        running.answers[number] = answer
        try:
            if not running.send(Head(number, kind, data), pcm):
                raise Unavailable(f"the process for {self.name} takes nothing", retry_after_s=RETRY_S)
            async with asyncio.timeout(within_s):
                return await answer
        except TimeoutError:
            raise Late(f"the process for {self.name} did not answer within {within_s:g} s") from None
        finally:
            running.answers.pop(number, None)

    def post(self, kind: str, data: Any = None, pcm: bytes = b"") -> None:
        """No answer wanted. Never blocks; dropped while dead, or while the child does not read."""
        if self._running is not None:
            self._running.send(Head(0, kind, data), pcm)

    def kill(self) -> None:
        """At once, whatever it does. The next `start` or `call` begins anew."""
        if self._running is not None:
            self._running.kill()

    async def aclose(self) -> None:
        """For good, within a second; calls under way raise Unavailable."""
        self._closed = True
        if self._beginning is not None:
            self._beginning.kill()
        async with self._starting:
            running, self._running = self._running, None
        if running is not None:
            await running.aclose()
