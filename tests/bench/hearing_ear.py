"""`vad_core_percent`, `ear_onset_ms`, `false_barge_ins`: what hearing the host costs, how soon he is noticed, and how
often somebody is heard who does not speak.

The cost is that of the real detector in its worker process, at the pace of a microphone. For the rest the same network
runs here, as fast as it can: voices of espeak-ng, keys, music and breaths that are made here. An onset is judged by the
sound: the frame with which the ear tells it against the sample at which the voice begins.
"""

import asyncio
import random
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from streamer.adapters.vad.energy import EnergyVad
from streamer.adapters.vad.silero import SileroVad
from streamer.adapters.vad.silero_child import Silero, network
from streamer.adapters.worker import installed
from streamer.core.events import Event, HostSpeechConfirmed, HostVoiceSuspected
from streamer.hearing import Ear
from streamer.ports import EAR_FRAME_BYTES, FRAME_MS, VoiceActivity
from tests.bench.report import Bench, quantile, spread
from tests.hearing import clips

FIGURES = ("vad_core_percent", "ear_onset_ms", "false_barge_ins")
SENTENCES = (
    "Mika, what do you think about the dragon?", "Please stop talking now.", "Hello everyone, welcome back!",
    "Wait, that is not what I meant.", "Can you read the next question for me?", "Stop.", "No, no, no.", "Yes.",
    "Okay, so what happens next?", "Shh, listen.", "Five minutes left.", "Who said that?",
)  # fmt: skip
ROOMS_DB = (-70.0, -55.0, -45.0)
"""A quiet room, a fan, a loud PC; the voice has -23."""
OWN = (
    "Well, the dragon is hiding behind the old castle, and nobody expected the robot to win the race.",
    "I once tried to bake a cake in a toaster, and honestly it went better than you would think.",
    "Please remember to drink some water today, chat, and stretch your legs a little.",
    "That is the best question I have heard all evening, so let me think about it for a moment.",
)
CANCELLED_DB = 25.0
"""What an echo canceller takes away: 20 to 32 dB were measured with two of them."""
LATE_MS = 600
"""An onset that is not told by then was missed."""
MINUTES = 10


def missing() -> str:
    """What this machine lacks, or nothing."""
    if shutil.which("espeak-ng") is None:
        return "needs espeak-ng (python3 run.py test installs it)"
    if not installed("faster_whisper") or not installed("numpy"):
        return "needs faster-whisper (python3 run.py add whisper)"
    return ""


class Listener:
    """An ear that hears as fast as it can, and when in the sound it told what."""

    def __init__(self, vad: VoiceActivity, on_air: Callable[[], bool] | None = None) -> None:
        self.fed_ms = 0
        self.suspected: list[int] = []
        self.confirmed: list[int] = []
        self.ear = Ear(
            vad=vad, emit=self._emit, on_turn=lambda _turn: None, clock=lambda: self.fed_ms / 1000, on_air=on_air
        )
        self._running = asyncio.create_task(self.ear.run())

    def _emit(self, event: Event) -> None:
        if isinstance(event, HostVoiceSuspected):
            self.suspected.append(self.fed_ms)
        elif isinstance(event, HostSpeechConfirmed):
            self.confirmed.append(self.fed_ms)

    async def hear(self, pcm: bytes) -> None:
        for frame in clips.frames(pcm):
            self.fed_ms += FRAME_MS
            self.ear.feed(frame)
            while self.ear._arrived.is_set():
                await asyncio.sleep(0)
        await asyncio.sleep(0.01)

    async def aclose(self) -> None:
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)


class Network:
    """VoiceActivity: the network of the worker, here."""

    name = "silero"

    def __init__(self) -> None:
        self._silero = Silero(network())
        self.reset = self._silero.reset

    async def open(self) -> None: ...

    async def score(self, window: bytes) -> float:
        return self._silero.score(window)

    async def aclose(self) -> None: ...


async def detector(make: Callable[[], Any]) -> Any:
    vad = make()
    await vad.open()
    return vad


# --- cost -------------------------------------------------------------------------------------------------------------


def cpu_s(pid: int) -> float:
    """Of another process, by the kernel's count."""
    import os

    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def vad_cost(*, quick: bool) -> dict[str, Any]:
    """`show` and `worker`: percent of a core while somebody speaks without a pause, at the pace of a microphone;
    `score_ms`: the way to the worker and back."""
    seconds = 6 if quick else 30
    parts = [clips.speech(text).pcm for text in SENTENCES if len(text) > 20]
    pcm = b"".join(parts * (1 + seconds // 8))[: seconds * 2 * clips.RATE_HZ]
    vad = await detector(SileroVad)
    times: list[float] = []
    score = vad.score

    async def timed(window: bytes) -> float:
        began = time.perf_counter()
        found = await score(window)
        times.append((time.perf_counter() - began) * 1000)
        return found

    vad.score = timed
    listener = Listener(vad)
    try:
        await asyncio.sleep(0.2)
        loop = asyncio.get_running_loop()
        base = await _idle_cost(min(3.0, seconds / 2))
        pid = vad._worker.pid
        own, theirs, began = time.process_time(), cpu_s(pid), loop.time()
        for number, frame in enumerate(clips.frames(pcm), 1):
            listener.ear.feed(frame)
            await asyncio.sleep(max(0.0, began + number * FRAME_MS / 1000 - loop.time()))
        wall = loop.time() - began
        show = (time.process_time() - own) / wall * 100 - base
        worker = (cpu_s(pid) - theirs) / wall * 100
    finally:
        await listener.aclose()
        await vad.aclose()
    return {
        "show": round(show, 2),
        "worker": round(worker, 2),
        "total": round(show + worker, 2),
        "score_ms": {"p50": round(quantile(times, 0.5), 2), "p95": round(quantile(times, 0.95), 2)},
        "seconds": seconds,
    }


async def _idle_cost(seconds: float) -> float:
    """Percent of a core of a loop that only wakes up for frames: the microphone costs that, not the ear."""
    loop = asyncio.get_running_loop()
    own, began, number = time.process_time(), loop.time(), 0
    while loop.time() < began + seconds:
        number += 1
        await asyncio.sleep(max(0.0, began + number * FRAME_MS / 1000 - loop.time()))
    return (time.process_time() - own) / seconds * 100


# --- onset ------------------------------------------------------------------------------------------------------------


async def onsets(make: Callable[[], Any] = Network, *, quick: bool) -> dict[str, Any]:
    """Milliseconds of sound from the first sample of a voice to its two facts, over many voices and rooms; those that
    were missed."""
    chance = random.Random(5)
    suspected: list[float] = []
    confirmed: list[float] = []
    missed: list[str] = []
    count = 0
    vad = await detector(make)
    try:
        for room in ROOMS_DB:
            for voice in clips.VOICES[:1] if quick else clips.VOICES:
                parts: list[clips.Clip | int] = [1_500]
                for text in SENTENCES:
                    parts += [clips.speech(text, voice), 900 + chance.randrange(0, 400)]
                clip = clips.joined(*parts)
                heard = clips.mixed(clip, clips.noise(clip.ms, room, seed=int(-room), pink=True))
                listener = Listener(vad)
                await listener.hear(heard.pcm)
                await listener.aclose()
                for (onset, _end), text in zip(clip.spans, SENTENCES, strict=True):
                    count += 1
                    first = _within(listener.suspected, onset)
                    sure = _within(listener.confirmed, onset)
                    suspected += [first] if first is not None else []
                    confirmed += [sure] if sure is not None else []
                    missed += [f"{text} ({voice}, {room:g} dB)"] if sure is None else []
    finally:
        await vad.aclose()
    return {"suspected": suspected, "confirmed": confirmed, "missed": missed, "clips": count}


def _within(told: Sequence[int], onset: int) -> float | None:
    return next((at - onset for at in told if -64 <= at - onset <= LATE_MS), None)


# --- false alarms -----------------------------------------------------------------------------------------------------


def _own_voice(seconds: float, level_db: float) -> tuple[bytes, list[tuple[int, int]]]:
    """The cast talks with short pauses, as a microphone hears it over the speakers; when it talks."""
    parts: list[clips.Clip | int] = []
    length = number = 0
    while length < seconds * 1000:
        voice = clips.VOICES[1 + number % 4]
        clip = clips.speech(OWN[number % len(OWN)], voice, level_db=clips.SPEECH_DB + level_db)
        parts += [clip, 900]
        length += clip.ms + 900
        number += 1
    clip = clips.joined(*parts)
    return clip.pcm, list(clip.spans)


def _noises(seconds: int) -> dict[str, bytes]:
    ms = seconds * 1000
    return {
        "keyboard": clips.keyboard(ms, -20.0, seed=11),
        "music at -30 dB": clips.music(ms, -30.0, seed=12),
        "breaths": clips.breaths(ms, seed=13),
    }


async def false_alarms(make: Callable[[], Any] = Network, *, quick: bool) -> dict[str, dict[str, Any]]:
    """By what is heard: minutes, suspicions (the cast is lowered for a moment) and confirmations (it is silenced)."""
    minutes = 1 if quick else MINUTES
    found: dict[str, dict[str, Any]] = {}
    vad = await detector(make)
    try:
        share = minutes * 60 // 3
        for name, pcm in _noises(share).items():
            found[name] = await _count(vad, pcm)
        both = clips.mixed(clips.Clip(_noises(share)["keyboard"], ()), _noises(share)["music at -30 dB"]).pcm
        found["keyboard and music"] = await _count(vad, both)
        for level in (-20.0, -30.0):
            pcm, talks = _own_voice(share, level)
            name = f"own voice at {level:g} dB"
            found[f"{name}, open speakers"] = await _count(vad, pcm)
            left = clips.louder(pcm, -CANCELLED_DB)
            found[f"{name}, echo cancelled by {CANCELLED_DB:g} dB"] = await _count(vad, left)
            found[f"{name}, muted while playing"] = await _count(vad, pcm, muted=talks)
    finally:
        await vad.aclose()
    return found


async def _count(vad: VoiceActivity, pcm: bytes, *, muted: Sequence[tuple[int, int]] = ()) -> dict[str, Any]:
    listener = Listener(vad)
    room = clips.noise(len(pcm) * 1000 // (2 * clips.RATE_HZ), -62.0, seed=21, pink=True)
    heard = clips.mixed(clips.Clip(pcm, ()), room).pcm
    try:
        at = 0
        for onset, end in muted:
            first, last = (EAR_FRAME_BYTES * (each // FRAME_MS) for each in (onset, end + 300))
            await listener.hear(heard[at:first])
            listener.ear.close("playing")
            await listener.hear(heard[first:last])
            listener.ear.open()
            at = last
        await listener.hear(heard[at:])
    finally:
        await listener.aclose()
    return {
        "minutes": round(len(pcm) / (2 * clips.RATE_HZ * 60), 1),
        "suspected": len(listener.suspected),
        "confirmed": len(listener.confirmed),
    }


# --- the figures ------------------------------------------------------------------------------------------------------


async def hearing_ear(bench: Bench, *, quick: bool) -> None:
    if lacks := missing():
        for name in FIGURES:
            bench.missed(name, lacks)
        return
    if bench.wants("vad_core_percent"):
        if sys.platform == "linux":
            cost = await vad_cost(quick=quick)
            scores = cost["score_ms"]
            took = f"{scores['p50']} to {scores['p95']} ms"
            note = f"show {cost['show']}, worker {cost['worker']}; a score takes {took}"
            bench.measured("vad_core_percent", cost["total"], note)
        else:
            bench.missed("vad_core_percent", "counts the worker's time in /proc: Linux only")
    if bench.wants("ear_onset_ms"):
        rows: dict[str, Any] = {}
        notes: list[str] = []
        for name, make in (("Silero", Network), ("energy", EnergyVad)):
            found = await onsets(make, quick=quick)
            rows |= {f"{name}: {fact}": spread(found[fact]) for fact in ("suspected", "confirmed")}
            notes.append(f"{name}: {len(found['missed'])} of {found['clips']} missed")
        bench.measured("ear_onset_ms", rows, "; ".join(notes))
    if bench.wants("false_barge_ins"):
        alarms = await false_alarms(quick=quick)
        quiet = [row for name, row in alarms.items() if "open speakers" not in name]
        note = "; ".join(f"{name}: {row['confirmed']} ({row['suspected']} suspected)" for name, row in alarms.items())
        bench.measured("false_barge_ins", sum(row["confirmed"] for row in quiet), note)
