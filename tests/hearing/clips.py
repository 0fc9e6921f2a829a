"""Sounds for ears: sentences of espeak-ng with known onsets and ends, noise, keys, breaths and music. 16,000 Hz, mono,
s16le; seeded, so the same every time; made once per process."""

import array
import functools
import io
import shutil
import subprocess
import wave
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

RATE_HZ = 16_000
FRAME_BYTES = 640
FULL = 32_768
SPEECH_DB = -23.0
"""Of full scale: root mean square of the loud half, where streamers are told to keep their voice."""
VOICES = ("en-us", "en-us+f3", "en-gb+m3", "en-us+m7", "en-gb+f5")


@dataclass(frozen=True)
class Clip:
    pcm: bytes
    spans: tuple[tuple[int, int], ...]
    """(onset, end) of each utterance, milliseconds from the beginning."""

    @property
    def ms(self) -> int:
        return len(self.pcm) * 1000 // (2 * RATE_HZ)


def numpy() -> Any:
    """The package, or a skip where it is not."""
    return pytest.importorskip("numpy", reason="needs numpy, which this machine does not have")


def to_floats(pcm: bytes) -> Any:
    return numpy().frombuffer(pcm, "<i2").astype("float64")


def to_pcm(samples: Any) -> bytes:
    np = numpy()
    return np.clip(np.rint(samples), -FULL, FULL - 1).astype("<i2").tobytes()


def amplitude(level_db: float) -> float:
    return FULL * 10 ** (level_db / 20)


def silence(ms: int) -> bytes:
    return bytes(2 * RATE_HZ * ms // 1000)


def frames(pcm: bytes) -> Iterator[bytes]:
    """Of 20 ms; the last one is filled with silence."""
    for at in range(0, len(pcm), FRAME_BYTES):
        yield pcm[at : at + FRAME_BYTES].ljust(FRAME_BYTES, b"\0")


# --- speech -----------------------------------------------------------------------------------------------------------


def espeak() -> str:
    found = shutil.which("espeak-ng")
    if found is None:
        pytest.skip("needs espeak-ng, which this machine does not have")
    return found


def _resampled(pcm: bytes, rate: int) -> bytes:
    """Band-limited, through the spectrum."""
    np = numpy()
    given = np.frombuffer(pcm, "<i2").astype("float64")
    size = len(given) * RATE_HZ // rate
    spectrum = np.fft.rfft(given)[: size // 2 + 1]
    return to_pcm(np.fft.irfft(spectrum, size) * size / len(given))


@functools.cache
def speech(text: str, voice: str = "en-us", *, wpm: int = 165, level_db: float = SPEECH_DB) -> Clip:
    """A sentence without silence around it (20 ms at each end at the most)."""
    np = numpy()
    command = [espeak(), "-v", voice, "-s", str(wpm), "--stdout", text]
    said = subprocess.run(command, capture_output=True, check=True, timeout=30).stdout
    with wave.open(io.BytesIO(said)) as file:
        rate, pcm = file.getframerate(), file.readframes(1 << 24)  # the header of a pipe does not know the length
    samples = to_floats(_resampled(pcm, rate))
    block = RATE_HZ // 200
    levels = np.sqrt((samples[: len(samples) // block * block].reshape(-1, block) ** 2).mean(1))
    loud = np.flatnonzero(levels > levels.max() / 60)
    first, last = max(0, int(loud[0]) - 2) * block, (int(loud[-1]) + 3) * block
    samples = samples[first:last]
    half = np.sort(levels)[len(levels) // 2 :]
    samples *= amplitude(level_db) / np.sqrt((half**2).mean())
    onset = (int(loud[0]) * block - first) * 1000 // RATE_HZ
    end = (int(loud[-1] + 1) * block - first) * 1000 // RATE_HZ
    return Clip(to_pcm(samples), ((onset, end),))


def joined(*parts: Clip | int) -> Clip:
    """Clips one after the other; a number is milliseconds of silence."""
    pcm = bytearray()
    spans: list[tuple[int, int]] = []
    for part in parts:
        if isinstance(part, int):
            pcm += silence(part)
            continue
        at = len(pcm) * 1000 // (2 * RATE_HZ)
        spans += [(at + onset, at + end) for onset, end in part.spans]
        pcm += part.pcm
    return Clip(bytes(pcm), tuple(spans))


def mixed(clip: Clip, *others: bytes) -> Clip:
    """With other sound below it; as long as the clip."""
    np = numpy()
    total = to_floats(clip.pcm)
    for other in others:
        added = to_floats(other)
        total += np.resize(added, len(total)) if len(added) < len(total) else added[: len(total)]
    return Clip(to_pcm(total), clip.spans)


def louder(pcm: bytes, by_db: float) -> bytes:
    return to_pcm(to_floats(pcm) * 10 ** (by_db / 20))


# --- what is not speech -----------------------------------------------------------------------------------------------


@functools.cache
def noise(ms: int, level_db: float = -60.0, *, seed: int = 1, pink: bool = False) -> bytes:
    np = numpy()
    draw = np.random.default_rng(seed)
    size = RATE_HZ * ms // 1000
    made = draw.standard_normal(size)
    if pink:
        spectrum = np.fft.rfft(made)
        spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
        spectrum[: max(1, 30 * size // RATE_HZ)] = 0
        made = np.fft.irfft(spectrum, size)
        made /= np.sqrt((made**2).mean())
    return to_pcm(made * amplitude(level_db))


def _ringing(draw: Any, ms: float, tones: Sequence[tuple[float, float]], grain: float) -> Any:
    """A struck thing: noise and a few tones that die away."""
    np = numpy()
    t = np.arange(int(RATE_HZ * ms / 1000)) / RATE_HZ
    made = grain * draw.standard_normal(len(t)) * np.exp(-t * 400)
    for hz, decay in tones:
        made += np.sin(2 * np.pi * hz * t + draw.uniform(0, 6)) * np.exp(-t * decay) * draw.uniform(0.2, 1)
    return made


@functools.cache
def keyboard(ms: int, level_db: float = -20.0, *, seed: int = 1, per_s: float = 7.0) -> bytes:
    """Somebody types on a mechanical keyboard beside the microphone: each key goes down and comes up, in bursts, now
    and then the space bar. `level_db`: peaks of a usual key."""
    np = numpy()
    draw = np.random.default_rng(seed)
    size = RATE_HZ * ms // 1000
    out = np.zeros(size + RATE_HZ)
    at = 0.2
    while at < ms / 1000:
        hard = 10 ** (draw.normal(0, 3) / 20)
        space = draw.random() < 0.17
        tones = [(draw.uniform(1500, 5500), draw.uniform(150, 400)) for _ in range(4)]
        tones.append((draw.uniform(120, 260) if space else draw.uniform(300, 700), draw.uniform(60, 120)))
        for delay, gain in ((0.0, 1.0), (draw.uniform(0.06, 0.12), 0.5)):
            hit = _ringing(draw, 90, tones, 1.2)
            first = int((at + delay) * RATE_HZ)
            out[first : first + len(hit)] += hit / np.abs(hit).max() * gain * hard * amplitude(level_db)
        at += draw.gamma(4.0, 1 / (4.0 * per_s)) + (draw.uniform(0.4, 2.5) if draw.random() < 0.06 else 0.0)
    return to_pcm(out[:size])


def _note(hz: float, seconds: float, timbre: Sequence[float], draw: Any) -> Any:
    np = numpy()
    t = np.arange(int(RATE_HZ * seconds)) / RATE_HZ
    made = np.zeros(len(t))
    wobble = 2 * np.pi * hz * t + 0.15 * np.sin(2 * np.pi * draw.uniform(4, 6) * t)
    for number, share in enumerate(timbre, 1):
        if hz * number < RATE_HZ / 2:
            made += share * np.sin(number * wobble + draw.uniform(0, 6)) * np.exp(-t * number * draw.uniform(0.5, 2.5))
    attack = min(len(t), int(0.01 * RATE_HZ))
    made[:attack] *= np.linspace(0, 1, attack)
    made[-attack:] *= np.linspace(1, 0, attack)
    return made


@functools.cache
def music(ms: int, level_db: float = -30.0, *, seed: int = 1, bpm: int = 104) -> bytes:
    """A band: drums, a bass, chords and a melody that changes its sound every eight bars."""
    np = numpy()
    draw = np.random.default_rng(seed)
    beat = 60 / bpm
    size = RATE_HZ * ms // 1000
    out = np.zeros(size + 4 * RATE_HZ)

    def put(at: float, sound: Any, gain: float) -> None:
        first = int(at * RATE_HZ)
        if first < size:
            out[first : first + len(sound)] += gain * sound[: len(out) - first]

    chords = ((57, 60, 64), (53, 57, 60), (48, 52, 55), (55, 59, 62))
    scale = (57, 60, 62, 64, 67, 69, 72, 76)
    bar, place = 0, 3
    timbre: Sequence[float] = (1.0,)
    while bar * 4 * beat < ms / 1000:
        at, chord = bar * 4 * beat, chords[bar % 4]
        if bar % 8 == 0:
            timbre = [draw.uniform(0.1, 1) / (1 + i) for i in range(int(draw.integers(2, 14)))]
        for key in chord:
            put(at, _note(440 * 2 ** ((key - 69) / 12), 4 * beat, (1, 0.4, 0.2, 0.1), draw), 0.25)
        for step in range(8):
            root = 440 * 2 ** ((chord[0] - 24 - 69) / 12)
            put(at + step * beat / 2, _note(root, beat * 0.45, (1, 0.5, 0.3), draw), 0.6)
            place = min(len(scale) - 1, max(0, place + int(draw.integers(-2, 3))))
            if draw.random() < 0.7:
                pitch = 440 * 2 ** ((scale[place] - 69) / 12)
                put(at + step * beat / 2, _note(pitch, beat * draw.choice((0.5, 1.0)), timbre, draw), 0.5)
        for step in range(4):
            kick = _ringing(draw, 180, ((55, 18), (95, 30)), 0.1)
            snare = _ringing(draw, 150, ((190, 25),), 2.0)
            put(at + step * beat, kick if step % 2 == 0 else snare, 0.8)
            put(at + (step + 0.5) * beat, draw.standard_normal(800) * np.exp(-np.arange(800) / 200), 0.15)
        bar += 1
    made = out[:size]
    return to_pcm(made / np.sqrt((made**2).mean()) * amplitude(level_db))


@functools.cache
def breaths(ms: int, level_db: float = -38.0, *, seed: int = 1) -> bytes:
    """Somebody breathes into the microphone, every three or four seconds."""
    np = numpy()
    draw = np.random.default_rng(seed)
    size = RATE_HZ * ms // 1000
    out = np.zeros(size + 2 * RATE_HZ)
    at = 0.5
    while at < ms / 1000:
        length = int(draw.uniform(0.3, 0.9) * RATE_HZ)
        spectrum = np.fft.rfft(draw.standard_normal(length))
        hz = np.fft.rfftfreq(length, 1 / RATE_HZ)
        spectrum *= np.exp(-(((hz - draw.uniform(500, 1400)) / 900) ** 2)) + 0.05
        made = np.fft.irfft(spectrum, length) * np.sin(np.pi * np.arange(length) / length)
        made *= amplitude(level_db) / np.sqrt((made**2).mean())
        first = int(at * RATE_HZ)
        out[first : first + length] += made
        at += draw.uniform(2.5, 4.5)
    return to_pcm(out[:size])


# --- files ------------------------------------------------------------------------------------------------------------


def write_wav(path: Path, pcm: bytes, *, rate_hz: int = RATE_HZ) -> Path:
    """What Chromium takes as a microphone (`--use-file-for-fake-audio-capture`); `rate_hz` a multiple of 16,000."""
    samples = array.array("h", pcm)
    times = rate_hz // RATE_HZ
    if times > 1:
        samples = array.array("h", [each for each in samples for _ in range(times)])
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(samples.tobytes())
    return path
