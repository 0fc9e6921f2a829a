"""The side of a worker process that works: blocking calls, one after the other. See `worker` for the other side.

A frame on stdin and stdout is u32 length of what follows the two numbers, u32 length of its head, the head as JSON
{id, kind, data | error}, and bytes (sound); little-endian. `id` 0 wants no answer. Answers carry the id of their
question and the kind `answer`; what nobody asked for has id 0 and its own kind. The first frame of a child is
{id: 0, kind: "ready", data | error}.

The process ends when its stdin ends, whatever it is doing: nobody is left to work for.
"""

import contextlib
import os
import queue
import signal
import struct
import sys
import threading
import traceback
from collections.abc import Callable, Collection, Mapping
from typing import Any, BinaryIO, Final

import msgspec

LENGTHS: Final = struct.Struct("<II")
FRAME_MAX: Final = 64 << 20
READY: Final = "ready"
ANSWER: Final = "answer"


class Failure(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why there is no answer. `kind`: `unavailable`, `misconfigured`, `missing` (`reason` is the package's name)."""

    kind: str
    reason: str
    fix: str = ""
    retry_after_s: float | None = None


class Head(msgspec.Struct, frozen=True, omit_defaults=True):
    id: int
    kind: str
    data: Any = None
    error: Failure | None = None


class ChildMisconfigured(Exception):
    """Becomes Misconfigured on the other side."""

    def __init__(self, reason: str, fix: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.fix = fix


class ChildUnavailable(Exception):
    """Becomes Unavailable on the other side, with its words. Any other exception becomes that with its type only: its
    words may quote what somebody said."""

    def __init__(self, reason: str, retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after_s = retry_after_s


class Answer(msgspec.Struct, frozen=True):
    """What a handler returns when bytes belong to its answer."""

    data: Any = None
    pcm: bytes = b""


LATER: Final = Answer(data="later")
"""What a handler returns that will call `Reply.answer` or `Reply.fail` itself, once, from any thread."""


class Reply:
    """The way back for one question. Every method may be called from any thread."""

    def __init__(self, write: Callable[[Head, bytes], None], number: int) -> None:
        self._write = write
        self.number = number

    def event(self, kind: str, data: Any = None, pcm: bytes = b"") -> None:
        """Tell something that was not asked for."""
        self._write(Head(0, kind, data), pcm)

    def answer(self, data: Any = None, pcm: bytes = b"") -> None:
        if self.number:
            self._write(Head(self.number, ANSWER, data), pcm)

    def fail(self, error: BaseException) -> None:
        if self.number:
            self._write(Head(self.number, ANSWER, error=failure_of(error)), b"")
        else:
            sys.stderr.write(f"{failure_of(error).reason}\n")


Handler = Callable[[Any, bytes, Reply], Any]


def packed(head: Head, pcm: bytes = b"") -> bytes:
    """A frame."""
    raw = msgspec.json.encode(head)
    return LENGTHS.pack(len(raw) + len(pcm), len(raw)) + raw + pcm


def failure_of(error: BaseException) -> Failure:
    """What the other side is told of an exception."""
    if isinstance(error, ChildMisconfigured):
        return Failure("misconfigured", error.reason, error.fix)
    if isinstance(error, ChildUnavailable):
        return Failure("unavailable", error.reason, retry_after_s=error.retry_after_s)
    if isinstance(error, ModuleNotFoundError):
        return Failure("missing", error.name or "a package")
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else ""  # noqa: PTH119
    return Failure("unavailable", type(error).__name__ + place)


def serve(
    handlers: Mapping[str, Handler],
    *,
    ready: Callable[[Reply], Any] | None = None,
    urgent: Collection[str] = (),
) -> None:
    """Answer until stdin ends; never returns before that.

    `ready` runs first, on the same thread as the handlers (vendors are imported there); what it returns is told, what
    it raises ends the process and is raised by the other side's `start`. A handler gets (data, bytes, reply); its
    return value is the answer (`Answer` when bytes belong to it, `LATER` when it answers itself), what it raises too.
    The kinds in `urgent` are handled at once on the reading thread, also while another handler works: for what sets a
    flag, and for what is done sooner than a change of threads.
    """
    source, write = _pipes()
    questions: queue.SimpleQueue[tuple[Head, bytes]] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(source, handlers, frozenset(urgent), questions, write), daemon=True).start()
    first = Reply(write, 0)
    try:
        said = ready(first) if ready is not None else None
    except BaseException as error:  # noqa: BLE001 - also SystemExit of a vendor's import
        write(Head(0, READY, error=failure_of(error)), b"")
        _leave(1)
        return
    write(Head(0, READY, said), b"")
    while True:
        head, pcm = questions.get()
        _handle(handlers, head, pcm, write)


def _pipes() -> tuple[BinaryIO, Callable[[Head, bytes], None]]:
    """The frames in, and the way out. What libraries print goes to stderr from here on, not between the frames."""
    with contextlib.suppress(ValueError):  # not the main thread
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole console group; the owner decides
    source, out = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(source, os.O_BINARY)
        msvcrt.setmode(out, os.O_BINARY)
    lock = threading.Lock()

    def write(head: Head, pcm: bytes) -> None:
        data = memoryview(packed(head, pcm))
        try:
            with lock:
                while data:
                    data = data[os.write(out, data) :]
        except OSError:  # the other side is gone
            _leave(0)

    return os.fdopen(source, "rb"), write


def _leave(code: int) -> None:
    """At once: threads of vendors and their clean-up must not keep a process that nobody needs."""
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.flush()
    os._exit(code)


def _read(
    source: BinaryIO,
    handlers: Mapping[str, Handler],
    urgent: Collection[str],
    questions: "queue.SimpleQueue[tuple[Head, bytes]]",
    write: Callable[[Head, bytes], None],
) -> None:
    try:
        while True:
            start = source.read(LENGTHS.size)
            if len(start) < LENGTHS.size:
                break
            length, at = LENGTHS.unpack(start)
            body = source.read(length)
            if len(body) < length:
                break
            head = msgspec.json.decode(body[:at], type=Head)
            if head.kind in urgent:
                _handle(handlers, head, body[at:], write)
            else:
                questions.put((head, body[at:]))
    finally:
        _leave(0)


def _handle(handlers: Mapping[str, Handler], head: Head, pcm: bytes, write: Callable[[Head, bytes], None]) -> None:
    reply = Reply(write, head.id)
    try:
        handler = handlers.get(head.kind)
        if handler is None:
            raise ChildUnavailable(f"the worker does not know {head.kind!r}")
        said = handler(head.data, pcm, reply)
        if said is LATER:
            return
        if isinstance(said, Answer):
            reply.answer(said.data, said.pcm)
        else:
            reply.answer(said)
    except BaseException as error:  # noqa: BLE001 - a vendor's SystemExit must not end the worker without a word
        reply.fail(error)
