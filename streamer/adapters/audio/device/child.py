"""The child that plays on a device, or hears with one: `python -m streamer.adapters.audio.device.child`.

Asked: `devices` (data: way) -> list; `open` {way, device, latency_ms} -> {name, rate_hz, latency_ms}; `close`.
Posted to a device that plays: `play` {play, at}, `push` (play; bytes), `end` play, `stop` fade_ms, `duck` on.
Told: `heard` {play, ms, under, ended}, `level` dB, `torn` blocks that came late, `lost` reason; `frame` (bytes) of a
microphone, `dropped` blocks.
"""

import queue
import sys
import threading
import time
from array import array
from typing import Any

import msgspec

from streamer.adapters.audio.device.portaudio import library, look, opened
from streamer.adapters.audio.mixer import SILENCE_DB, Mixer
from streamer.adapters.worker_child import ChildUnavailable, Reply, serve
from streamer.ports import EAR_FRAME_BYTES, EAR_RATE_HZ, RATE_HZ

REPORT_S, TICK_S = 0.1, 0.01
STALLED_S = 2.5
"""A device that has asked for nothing for so long is gone; some drivers do not say so. PulseAudio needs up to 2 s to
begin."""
BEGINS_S = 5.0
FLOWS_S, GAP_S = 0.3, 0.25


class Resampler:
    """s16 mono from one rate to another; `soxr` only where they differ."""

    def __init__(self, rate_in: int, rate_out: int) -> None:
        self._stream: Any = None
        if rate_in != rate_out:
            import soxr

            self._stream = soxr.ResampleStream(rate_in, rate_out, 1, dtype="int16", quality="MQ")

    def __call__(self, pcm: bytes, *, last: bool = False) -> bytes:
        if self._stream is None:
            return pcm
        import numpy as np

        return self._stream.resample_chunk(np.frombuffer(pcm, dtype="<i2"), last=last).tobytes()


class Speaker:
    """A device that plays."""

    def __init__(self, tell: Reply, rate_hz: int, channels: int) -> None:
        self.stream: Any = None
        self.mixer = Mixer(rate_hz, channels)
        self.closing = False
        self._tell = tell
        self._resampler = Resampler(RATE_HZ, rate_hz)
        self._asked = self._steady = time.monotonic()
        self._torn = 0

    def flows(self) -> bool:
        """Whether the device takes sound as it plays, and does not just fill its buffer."""
        return self._asked - self._steady > FLOWS_S and time.monotonic() - self._asked < GAP_S

    def callback(self, out: Any, frames: int, when: Any, status: Any) -> None:
        now = time.monotonic()
        if now - self._asked > GAP_S:
            self._steady = now
        self._asked = now
        if status.output_underflow:
            self._torn += 1
        # ALSA plugins tell no moment; then the stream's own latency has to do.
        at = when.outputBufferDacTime
        if at <= when.currentTime - 1 or at == 0:
            at = self.stream.time + self.stream.latency
        out[:] = self.mixer.fill(frames, at)

    def finished(self) -> None:
        if not self.closing:
            self._tell.event("lost", "the device stopped")

    def play(self, play: int, at_ms: int) -> None:
        self._resampler = Resampler(RATE_HZ, self.mixer.rate_hz)
        self.mixer.play(play, at_ms)

    def push(self, play: int, pcm: bytes, *, last: bool = False) -> None:
        samples = array("h")
        samples.frombytes(self._resampler(pcm, last=last))
        self.mixer.push(play, samples)

    def end(self, play: int) -> None:
        self.push(play, b"", last=True)
        self.mixer.end(play)

    def run(self) -> None:
        """Tells what was heard: the first sample, every 100 ms, the last one; until it is closed."""
        reported_at, playing, quiet = 0.0, 0, True
        while not self.closing:
            time.sleep(TICK_S)
            if time.monotonic() - self._asked > STALLED_S:
                self._tell.event("lost", "the device takes no more sound")
                return
            try:
                now = self.stream.time
            except Exception:  # noqa: BLE001 - the library's own kind, of a stream that was just closed
                return
            heard = self.mixer.progress(now)
            due = time.monotonic() - reported_at >= REPORT_S
            if heard is not None and heard.begun and (due or heard.play != playing or heard.ended):
                playing = heard.play
                reported = {"play": heard.play, "ms": heard.ms, "under": heard.under_ms, "ended": heard.ended}
                if heard.ended:
                    self.mixer.over(heard.play)
                self._tell.event("heard", reported)
            if due:
                reported_at = time.monotonic()
                level = self.mixer.level_db()
                if level > SILENCE_DB or heard is not None or not quiet:
                    self._tell.event("level", level)
                quiet = level <= SILENCE_DB and heard is None
                if self._torn:
                    self._tell.event("torn", self._torn)
                    self._torn = 0


class Listener:
    """A device that hears: frames of 20 ms at 16,000 Hz, whatever it delivers."""

    def __init__(self, tell: Reply, rate_hz: int, channels: int) -> None:
        self.stream: Any = None
        self.closing = False
        self._tell = tell
        self._mono = Mono(channels)
        self._resampler = Resampler(rate_hz, EAR_RATE_HZ)
        self._blocks: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._dropped = 0

    def callback(self, data: Any, frames: int, when: Any, status: Any) -> None:
        del frames, when
        if status.input_overflow:
            self._dropped += 1
        self._blocks.put(bytes(data))

    def finished(self) -> None:
        if not self.closing:
            self._tell.event("lost", "the device stopped")

    def run(self) -> None:
        rest = b""
        while not self.closing:
            try:
                block = self._blocks.get(timeout=STALLED_S)
            except queue.Empty:
                if not self.closing:
                    self._tell.event("lost", "the device delivers no more sound")
                return
            rest += self._resampler(self._mono(block))
            while len(rest) >= EAR_FRAME_BYTES:
                self._tell.event("frame", None, rest[:EAR_FRAME_BYTES])
                rest = rest[EAR_FRAME_BYTES:]
            if self._dropped:
                self._tell.event("dropped", self._dropped)
                self._dropped = 0


class Mono:
    """The louder of the first two channels, as it was over the last second: a microphone in one channel of two must not
    lose 6 dB, and blocks must not jump from one to the other."""

    def __init__(self, channels: int) -> None:
        self._channels = channels
        self._power = [0.0, 0.0]

    def __call__(self, block: bytes) -> bytes:
        if self._channels == 1:
            return block
        samples = array("h")
        samples.frombytes(block)
        both = [samples[channel :: self._channels] for channel in (0, 1)]
        self._power = [0.98 * old + sum(map(abs, new)) for old, new in zip(self._power, both, strict=True)]
        return both[self._power[1] > self._power[0]].tobytes()


class _Child:
    """The handlers. `speaker` is read by the thread that reads; a posted message without a device is dropped."""

    def __init__(self) -> None:
        self.sd: Any = None
        self.owner: Any = None

    def ready(self, _reply: Reply) -> str:
        sys.setswitchinterval(0.0005)  # the device's thread waits for the interpreter no longer than this
        self.sd = library()
        return str(self.sd.get_portaudio_version()[1])

    def devices(self, way: Any, _pcm: bytes, _reply: Reply) -> Any:
        return msgspec.to_builtins(look(self.sd, way, anew=self.owner is None))

    def open(self, data: Any, _pcm: bytes, reply: Reply) -> Any:
        self.close(None, b"", reply)
        output = data["way"] == "output"
        kind = Speaker if output else Listener
        rate = RATE_HZ if output else EAR_RATE_HZ
        device, rate, _channels, owner = opened(
            self.sd, data["way"], data["device"], rate, data["latency_ms"],
            lambda rate, channels: kind(reply, rate, channels),
        )  # fmt: skip
        self.owner = owner
        if isinstance(owner, Speaker):
            since = time.monotonic()
            while not owner.flows():
                if time.monotonic() - since > BEGINS_S:
                    self.close(None, b"", reply)
                    raise ChildUnavailable(f"{device.name} was opened and takes no sound", 2.0)
                time.sleep(TICK_S)
        threading.Thread(target=owner.run, daemon=True).start()
        return {"name": device.name, "rate_hz": rate, "latency_ms": round(owner.stream.latency * 1000, 1)}

    def close(self, _data: Any, _pcm: bytes, _reply: Reply) -> None:
        owner, self.owner = self.owner, None
        if owner is not None:
            owner.closing = True
            owner.stream.abort(ignore_errors=True)
            owner.stream.close(ignore_errors=True)

    def _speaker(self) -> Speaker | None:
        return self.owner if isinstance(self.owner, Speaker) else None

    def play(self, data: Any, _pcm: bytes, _reply: Reply) -> None:
        if speaker := self._speaker():
            speaker.play(data["play"], data["at"])

    def push(self, play: Any, pcm: bytes, _reply: Reply) -> None:
        if speaker := self._speaker():
            speaker.push(play, pcm)

    def end(self, play: Any, _pcm: bytes, _reply: Reply) -> None:
        if speaker := self._speaker():
            speaker.end(play)

    def stop(self, fade_ms: Any, _pcm: bytes, _reply: Reply) -> None:
        if speaker := self._speaker():
            speaker.mixer.stop(fade_ms)

    def duck(self, on: Any, _pcm: bytes, _reply: Reply) -> None:
        if speaker := self._speaker():
            speaker.mixer.duck(on=bool(on))


if __name__ == "__main__":
    child = _Child()
    now = ("play", "push", "end", "stop", "duck")
    names = (*now, "devices", "open", "close")
    serve({name: getattr(child, name) for name in names}, ready=child.ready, urgent=now)
