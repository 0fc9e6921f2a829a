"""Speaks with the espeak-ng library for another program, over pipes. Standard library only; starts in about 30 ms.

    python -I -S espeak_worker.py LIBRARY DATA [LIBRARY DATA ...]

The first library that loads is used; DATA is the directory that holds `phontab`, or "" for the library's own default.

In (stdin), repeated: u32 length, then UTF-8 JSON. `{"id", "text", "voice", "rate", "pitch", "range", "volume"}` speaks:
`rate` in words a minute, `pitch` and `range` 0..100 as in espeak, `volume` a factor. `{"cancel": id}` stops it.

Out (stdout), repeated: u32 id, u8 kind, u32 length, payload (all integers little-endian):
    r  ready: JSON {"library", "version", "rate_hz"} (id 0)
    p  sound: s16le mono, 24,000 Hz
    w  word: i32 at_ms, i32 dur_ms, i32 start, i32 end (code points of the text)
    v  phoneme: i32 at_ms, i32 dur_ms, UTF-8 IPA; empty means silence
    d  done: i32 samples written, u8 complete
    e  error: UTF-8 reason

Sound levels out to one loudness over all voices, measured once for each; starts and ends are faded (5 ms and 10 ms).
The library keeps global state and crashes on some input of some versions: that is why it lives in its own process.
"""

import array
import contextlib
import ctypes
import json
import math
import operator
import os
import queue
import signal
import struct
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

OUT_HZ = 24_000
TAPS = 16
FIRST_SAMPLES = 480
FADE_IN = 120
FADE_OUT = 240
TARGET_RMS = 4_500.0
BUFFER_MS = 20  # the library makes it about 50
EVENT_WORD, EVENT_END, EVENT_PHONEME = 1, 5, 7
CALIBRATION = "1 2 3 4 5"
HEADER = struct.Struct("<IBI")

_mul = operator.mul
_dot: Callable[[Sequence[float], Sequence[float]], float] = getattr(
    math, "sumprod", lambda a, b: sum(map(_mul, a, b))
)  # math.sumprod: Python 3.12


class _Id(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class Event(ctypes.Structure):
    """espeak_EVENT of speak_lib.h."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    )


class Selector(ctypes.Structure):
    """espeak_VOICE of speak_lib.h, used to choose by language."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_char_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("xx1", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


SYNTH_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(Event))


def kernel(rate_in: int, rate_out: int, taps: int = TAPS) -> tuple[int, list[tuple[int, list[float]]]]:
    """One period of a polyphase windowed-sinc resampler: (inputs per period, [(input offset, coefficients)])."""
    common = math.gcd(rate_in, rate_out)
    down, up = rate_in // common, rate_out // common
    cutoff = 0.94 * min(1.0, up / down)
    half = taps // 2
    beta = 6.0

    def bessel(x: float) -> float:
        term = total = 1.0
        for k in range(1, 20):
            term *= (x / (2 * k)) ** 2
            total += term
        return total

    pattern: list[tuple[int, list[float]]] = []
    for n in range(up):
        offset, phase = divmod(n * down, up)
        row: list[float] = []
        for k in range(taps):
            t = k - half + 1 - phase / up
            window = bessel(beta * math.sqrt(max(0.0, 1 - (t / half) ** 2))) / bessel(beta)
            row.append((cutoff if t == 0 else math.sin(math.pi * cutoff * t) / (math.pi * t)) * window)
        gain = sum(row)
        pattern.append((offset, [c / gain for c in row]))
    return down, pattern


class Voice:
    """Turns the library's samples of one utterance into faded, levelled 24,000 Hz sound. `feed` keeps 10 ms back."""

    def __init__(self, rate_in: int, gain: float) -> None:
        self._down, pattern = _kernel(rate_in)
        self._pattern = [(offset, [c * gain for c in row]) for offset, row in pattern]
        self._input: list[int] = [0] * (TAPS // 2 - 1)
        self._base = 0
        self._step = 0
        self._ready: list[float] = []
        self.samples = 0

    def feed(self, samples: Sequence[int]) -> bytes:
        self._input.extend(samples)
        self._resample()
        if len(self._ready) <= FADE_OUT:
            return b""
        out, self._ready = self._ready[:-FADE_OUT], self._ready[-FADE_OUT:]
        return self._emit(out)

    def finish(self) -> bytes:
        self._input.extend([0] * (TAPS // 2))
        self._resample()
        out, self._ready = self._ready, []
        tail = min(FADE_OUT, len(out))
        for i in range(1, tail + 1):
            out[-i] *= (i - 1) / tail
        return self._emit(out)

    def _resample(self) -> None:
        x, pattern, period = self._input, self._pattern, len(self._pattern)
        base, step, ready = self._base, self._step, self._ready
        last = len(x) - TAPS
        while base + self._down <= last and step == 0:  # whole periods
            ready.extend([_dot(row, x[base + o : base + o + TAPS]) for o, row in pattern])
            base += self._down
        while True:
            offset, row = pattern[step]
            start = base + offset
            if start > last:
                break
            ready.append(_dot(row, x[start : start + TAPS]))
            step += 1
            if step == period:
                step = 0
                base += self._down
        drop = min(base, len(x))
        del x[:drop]
        self._base, self._step = base - drop, step

    def _emit(self, out: list[float]) -> bytes:
        for i in range(max(0, min(FADE_IN - self.samples, len(out)))):
            out[i] *= (self.samples + i) / FADE_IN
        self.samples += len(out)
        try:
            return array.array("h", map(int, out)).tobytes()
        except OverflowError:
            return array.array("h", [max(-32_768, min(32_767, int(v))) for v in out]).tobytes()


_kernels: dict[int, tuple[int, list[tuple[int, list[float]]]]] = {}


def _kernel(rate_in: int) -> tuple[int, list[tuple[int, list[float]]]]:
    if rate_in not in _kernels:
        _kernels[rate_in] = kernel(rate_in, OUT_HZ)
    return _kernels[rate_in]


class Espeak:
    """The library, opened. Raises OSError when it cannot be loaded or has no data."""

    def __init__(self, library: str, data: str) -> None:
        self._lib = lib = ctypes.CDLL(library)
        lib.espeak_Initialize.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_char_p, ctypes.c_int]
        lib.espeak_Synth.argtypes = [
            ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int, ctypes.c_uint, ctypes.c_uint,
            ctypes.c_void_p, ctypes.c_void_p,
        ]  # fmt: skip
        lib.espeak_SetVoiceByName.argtypes = [ctypes.c_char_p]
        lib.espeak_SetParameter.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_int]
        lib.espeak_Info.restype = ctypes.c_char_p
        synchronous, phonemes_as_ipa, do_not_exit = 2, 0x1 | 0x2, 0x8000
        path = os.fsencode(data) if data else None
        self.rate_hz: int = lib.espeak_Initialize(synchronous, BUFFER_MS, path, phonemes_as_ipa | do_not_exit)
        if self.rate_hz <= 0:
            raise OSError(f"{library}: no espeak-ng data")
        self.version = (lib.espeak_Info(None) or b"").decode("utf-8", "replace")
        self._on_piece: Callable[[Sequence[int], list[Event]], bool] = lambda _s, _e: True
        self._callback = SYNTH_CALLBACK(self._called)  # must outlive every call
        lib.espeak_SetSynthCallback(self._callback)
        self._gains: dict[str, float] = {}
        self._selected = ""

    def _called(self, wav: Any, count: int, events: Any) -> int:
        found: list[Event] = []
        i = 0
        while events[i].type:
            if events[i].type in (EVENT_WORD, EVENT_PHONEME, EVENT_END):
                copy = Event()
                ctypes.pointer(copy)[0] = events[i]
                found.append(copy)
            i += 1
        samples: Sequence[int] = wav[:count] if wav and count > 0 else ()
        return 0 if self._on_piece(samples, found) else 1

    def select(self, voice: str) -> bool:
        """False when there is no such voice. An unknown variant (after `+`) is ignored by the library."""
        if voice == self._selected:
            return True
        self._selected = ""
        raw = voice.encode()
        if self._lib.espeak_SetVoiceByName(raw) != 0:
            wanted = Selector(languages=raw)
            if self._lib.espeak_SetVoiceByProperties(ctypes.byref(wanted)) != 0:
                return False
        self._selected = voice
        return True

    def synth(self, text: str, on_piece: Callable[[Sequence[int], list[Event]], bool]) -> int:
        """`on_piece(samples, events)` returns False to stop. Returns the library's error code, 0 is none."""
        self._on_piece = on_piece
        raw = text.encode("utf-8") + b"\0"
        utf8 = 1
        return self._lib.espeak_Synth(raw, len(raw), 0, 1, 0, utf8, None, None)

    def shape(self, rate: int, pitch: int, spread: int) -> None:
        for parameter, value in ((1, rate), (3, pitch), (4, spread), (2, 100)):
            self._lib.espeak_SetParameter(parameter, value, 0)

    def gain(self, key: str) -> float:
        """Factor that brings the selected voice to one loudness: RMS over the loud half of a fixed phrase."""
        if key not in self._gains:
            powers: list[float] = []

            def measure(samples: Sequence[int], _events: list[Event]) -> bool:
                if samples:
                    powers.append(_dot(samples, samples) / len(samples))
                return True

            self.synth(CALIBRATION, measure)
            loud = sorted(powers)[len(powers) // 2 :] or [TARGET_RMS**2]
            rms = math.sqrt(sum(loud) / len(loud)) or TARGET_RMS
            self._gains[key] = min(8.0, TARGET_RMS / rms)
        return self._gains[key]


class Marks:
    """Words and phonemes with their lengths: each ends where the next begins."""

    def __init__(self, text_length: int, write: Callable[[str, bytes], None]) -> None:
        self._limit = text_length
        self._write = write
        self._word: tuple[int, int, int] | None = None
        self._phoneme: tuple[int, bytes] | None = None

    def see(self, event: Event) -> None:
        at = max(0, event.audio_position)
        if event.type == EVENT_PHONEME:
            self._end_phoneme(at)
            self._phoneme = (at, bytes(event.id.string).split(b"\0")[0])
        else:
            self._end_word(at)
            if event.type == EVENT_WORD:
                start = max(0, min(event.text_position - 1, self._limit))
                self._word = (at, start, max(start, min(start + event.length, self._limit)))

    def end(self, total_ms: int) -> None:
        self._end_word(total_ms)
        self._end_phoneme(total_ms)

    def _end_word(self, at: int) -> None:
        if self._word and self._word[2] > self._word[1]:
            begin, start, end = self._word
            self._write("w", struct.pack("<4i", begin, max(0, at - begin), start, end))
        self._word = None

    def _end_phoneme(self, at: int) -> None:
        if self._phoneme:
            begin, ipa = self._phoneme
            self._write("v", struct.pack("<2i", begin, max(0, at - begin)) + ipa)
        self._phoneme = None


class Worker:
    """Reads requests on one thread, speaks on the other."""

    def __init__(self, espeak: Espeak, out: int) -> None:
        self._espeak = espeak
        self._out = out
        self._requests: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._cancelled: set[int] = set()

    def write(self, number: int, kind: str, payload: bytes) -> None:
        data = memoryview(HEADER.pack(number, ord(kind), len(payload)) + payload)
        while data:
            data = data[os.write(self._out, data) :]

    def read(self) -> None:
        """Ends the process when the other side closes: nobody is left to speak for."""
        for request in _requests(sys.stdin.buffer):
            if "cancel" in request:
                self._cancelled.add(request["cancel"])
            else:
                self._requests.put(request)
        os._exit(0)

    def serve(self) -> None:
        while True:
            request = self._requests.get()
            number = request["id"]
            try:
                if number not in self._cancelled:
                    self._speak(number, request)
            except (KeyError, TypeError, ValueError) as error:
                self.write(number, "e", f"bad request: {type(error).__name__}".encode())
            self._cancelled.discard(number)

    def _speak(self, number: int, request: dict[str, Any]) -> None:
        text, voice = str(request["text"]), str(request["voice"])
        if not self._espeak.select(voice):
            self.write(number, "e", b"unknown voice")
            return
        self._espeak.shape(170, 50, 50)
        gain = self._espeak.gain(voice) * float(request.get("volume", 1.0))
        self._espeak.shape(int(request["rate"]), int(request["pitch"]), int(request["range"]))
        sound = Voice(self._espeak.rate_hz, gain)
        marks = Marks(len(text), lambda kind, payload: self.write(number, kind, payload))

        def on_piece(samples: Sequence[int], events: list[Event]) -> bool:
            if number in self._cancelled:
                return False
            cut = 0 if sound.samples else FIRST_SAMPLES  # the first sound leaves before the rest of it is resampled
            for part in (samples[:cut], samples[cut:]):
                data = sound.feed(part) if part else b""
                if data:
                    self.write(number, "p", data)
            for event in events:
                marks.see(event)
            return True

        error = self._espeak.synth(text, on_piece)
        cancelled = number in self._cancelled
        data = sound.finish()
        if data:
            self.write(number, "p", data)
        marks.end(sound.samples * 1000 // OUT_HZ)
        self.write(number, "d", struct.pack("<iB", sound.samples, error == 0 and not cancelled))


def _requests(stream: Any) -> Iterator[dict[str, Any]]:
    while True:
        head = stream.read(4)
        if len(head) < 4:
            return
        body = stream.read(struct.unpack("<I", head)[0])
        with contextlib.suppress(ValueError):
            yield json.loads(body)


def main(argv: Sequence[str]) -> int:
    """Exit code 3: no library could be loaded."""
    out = os.dup(1)
    os.dup2(2, 1)  # what the library prints must not get between the frames
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole console group; the owner decides
    espeak = None
    library = ""
    for library, data in zip(argv[::2], argv[1::2], strict=False):
        with contextlib.suppress(OSError, AttributeError):
            espeak = Espeak(library, data)
            break
    if espeak is None:
        return 3
    worker = Worker(espeak, out)
    ready = {"library": library, "version": espeak.version, "rate_hz": espeak.rate_hz}
    worker.write(0, "r", json.dumps(ready).encode())
    _kernel(espeak.rate_hz)
    threading.Thread(target=worker.read, daemon=True).start()
    with contextlib.suppress(BrokenPipeError):
        worker.serve()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
