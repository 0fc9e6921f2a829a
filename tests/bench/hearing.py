"""The figures of ears, voices and sinks, from the modules that measure them: `python3 run.py bench hearing`.

Each is imported when it is wanted: some bring native libraries. What a machine lacks is said in the note of its figure.
"""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from streamer.app.stalls import Stalls
from tests.bench.report import Bench

TURNS = 200_000


async def ears(bench: Bench, *, quick: bool) -> None:
    """`vad_core_percent`, `ear_onset_ms`, `false_barge_ins`."""
    from tests.bench.hearing_ear import hearing_ear

    await hearing_ear(bench, quick=quick)


async def hushes(bench: Bench, *, quick: bool) -> None:
    """`turn_queue_ms`, `hush_own_ms`, `hush_page_ms`, `hush_silent_ms`, `unhush_ms`."""
    from tests.bench.hearing_floor import hearing_floor

    await hearing_floor(bench, quick=quick)


async def recognisers(bench: Bench, *, quick: bool) -> None:
    """`asr_stall_ms`, `asr_final_ms`, `offline_words`."""
    from tests.bench import hearing_asr

    if bench.wants("asr_stall_ms"):
        _told(bench, "asr_stall_ms", *worsts(await hearing_asr.asr_stall_ms(quick=quick)))
    if bench.wants("asr_final_ms"):
        _told(bench, "asr_final_ms", *finals(await hearing_asr.asr_final_ms(quick=quick)))
    if bench.wants("offline_words"):
        _told(bench, "offline_words", *shares(await hearing_asr.offline_words(quick=quick)))


async def devices(bench: Bench, *, quick: bool) -> None:
    """`device_heard_ms`, `device_silent_ms`, `device_torn`."""
    from tests.bench import sound_sinks

    if lacks := sound_sinks.missing("device"):
        for name in ("device_heard_ms", "device_silent_ms", "device_torn"):
            bench.missed(name, lacks)
        return
    if bench.wants("device_heard_ms", "device_silent_ms"):
        for name, spreads in (await sound_sinks.devices(quick=quick)).items():
            bench.measured(name, spreads)
    if bench.wants("device_torn"):
        seconds = 3.0 if quick else 20.0
        found = {
            "child": await sound_sinks.torn(in_process=False, seconds=seconds),
            "in the show's process": await sound_sinks.torn(in_process=True, seconds=seconds),
        }
        note = "; ".join(f"{where}: {row['ms']} ms of silence" for where, row in found.items())
        bench.measured("device_torn", {where: float(row["holes"]) for where, row in found.items()}, note)


async def obs_source(bench: Bench, *, quick: bool) -> None:
    """`obs_heard_ms`, `obs_silent_ms`."""
    from tests.bench import sound_sinks

    if lacks := sound_sinks.missing("obs"):
        for name in ("obs_heard_ms", "obs_silent_ms"):
            bench.missed(name, lacks)
        return
    for name, found in (await sound_sinks.obs_media(quick=quick)).items():
        bench.measured(name, found)


async def voices(bench: Bench, *, quick: bool) -> None:
    """`voice_first_audio_ms`, `voice_frame_ms`."""
    from tests.bench import voices_first_audio

    if bench.wants("voice_first_audio_ms"):
        _told(bench, "voice_first_audio_ms", *firsts(await voices_first_audio.voices_first_audio(quick=quick)))
    if bench.wants("voice_frame_ms"):
        costs = voices_first_audio.frame_costs(quick=quick)
        rows = {name.removesuffix("_ms"): float(cost["p50"]) for name, cost in costs.items()}
        slow = "; ".join(f"{name.removesuffix('_ms')}: p95 {cost['p95']}" for name, cost in costs.items())
        bench.measured("voice_frame_ms", rows, slow)


async def watching(bench: Bench, *, quick: bool) -> None:
    """`stalls_percent`: the watchdog of the event loop, on one that has nothing to do and on one that turns often."""
    seconds = 2.0 if quick else 20.0
    idle = await _spent(seconds, watched=True) - await _spent(seconds, watched=False)
    turns = TURNS // 10 if quick else TURNS
    each_us = (await _turned(turns, watched=True) - await _turned(turns, watched=False)) / turns * 1e6
    found = {"idle": max(0.0, idle / seconds * 100), "500 turns a second": max(0.0, each_us * 500 / 1e6 * 100)}
    bench.measured("stalls_percent", {name: round(value, 3) for name, value in found.items()})


async def _spent(seconds: float, *, watched: bool) -> float:
    """Processor time of an idle loop."""
    watchdog = Stalls()
    if watched:
        watchdog.start()
    began = time.process_time()
    await asyncio.sleep(seconds)
    spent = time.process_time() - began
    watchdog.stop()
    return spent


async def _turned(turns: int, *, watched: bool) -> float:
    """Processor time of so many turns."""
    watchdog = Stalls()
    if watched:
        watchdog.start()
    began = time.process_time()
    for _ in range(turns):
        await asyncio.sleep(0)
    spent = time.process_time() - began
    watchdog.stop()
    return spent


# --- what a module found, as values of the report

Rows = dict[str, float]


def worsts(found: Mapping[str, Any]) -> tuple[Rows, str]:
    """The worst of each; the quantiles as a note."""
    if "missing" in found:
        return {}, str(found["missing"])
    note = "; ".join(f"{what}: p50 {row['p50']}, p95 {row['p95']} of {row['n']}" for what, row in found.items())
    return {what: float(row["max"]) for what, row in found.items()}, note


def finals(found: Mapping[str, Any]) -> tuple[Rows, str]:
    """The usual time of each model; the slow ones as a note."""
    if "missing" in found:
        return {}, str(found["missing"])
    rows: Rows = {}
    notes: list[str] = []
    for size, row in found.items():
        rows |= {f"{size}": float(row["final"]["p50"]), f"{size}, after a look": float(row["after_a_look"]["p50"])}
        rows[f"{size}, load"] = float(row["load"])
        notes.append(f"{size}: p95 {row['final']['p95']} and {row['after_a_look']['p95']} of {row['final']['n']}")
    return rows, "; ".join(notes)


def firsts(found: Mapping[str, Any]) -> tuple[Rows, str]:
    """The usual time of each engine and that of its very first request; the slow ones as a note."""
    rows: Rows = {}
    for engine, row in found.items():
        rows |= {engine: float(row["first_ms"]["p50"]), f"{engine}, first of all": float(row["cold_ms"])}
    note = "; ".join(
        f"{engine}: p95 {row['first_ms']['p95']} of {row['first_ms']['n']}" for engine, row in found.items()
    )
    return rows, note


def shares(found: Mapping[str, Any]) -> tuple[Rows, str]:
    """Of words and sentences, in percent."""
    if "missing" in found:
        return {}, str(found["missing"])
    rows = {
        "words wrong": round(100 * found["word_error_rate"], 1),
        "sentences right": round(100 * found["exact"] / found["sentences"], 1),
    }
    note = f"{found['sentences']} sentences, names heard {found['names']}, {found['times_real_time']} s for each second"
    return rows, note


def _told(bench: Bench, name: str, rows: Rows, note: str) -> None:
    """Nothing was found: the note is the reason."""
    if rows:
        bench.measured(name, rows, note)
    else:
        bench.missed(name, note)
