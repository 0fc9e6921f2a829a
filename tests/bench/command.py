"""Runs the measurements one after the other and says what came out."""

import argparse
import asyncio
import json
import logging
import sys
import traceback
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec

from tests.bench.avatars import avatars
from tests.bench.browser import stop_silent
from tests.bench.changes import changes
from tests.bench.chat_deaf import chat_deaf
from tests.bench.chat_delete import chat_delete
from tests.bench.chat_flow import chat_flows
from tests.bench.chat_parse import chat_parse
from tests.bench.crowd import fanout
from tests.bench.firstpage import first_page
from tests.bench.firstword import first_word
from tests.bench.fresh import fresh_start
from tests.bench.hearing import devices, ears, hushes, obs_source, recognisers, voices, watching
from tests.bench.machine import machine
from tests.bench.night import night_report
from tests.bench.report import ASKED, CHAT, FIGURES, HEARING, STAGE, Bench, table
from tests.bench.simulated import simulated
from tests.bench.soak import soak
from tests.bench.stage_back import obs_back
from tests.bench.stage_converge import stage_converge
from tests.bench.stage_cues import obs_cues
from tests.bench.stage_sound import stage_sound
from tests.bench.stage_vts import stage_vts
from tests.bench.start import boot, idle
from tests.bench.turns import mp3, overheads

GROUPS = {"chat": CHAT, "stage": STAGE, "hearing": HEARING}
Measure = Callable[..., Coroutine[Any, Any, None]]


async def _simulated(bench: Bench, *, quick: bool) -> None:
    simulated(bench, quick=quick)


MEASURES: tuple[tuple[Measure, tuple[str, ...]], ...] = (
    (_simulated, ("sim_speed_x", "step_per_s")),
    (boot, ("boot_s",)),
    (idle, ("idle_rss_mb",)),
    (overheads, ("overhead_ms", "overhead_history_2000_ms", "first_turn_ms", "stop_frame_ms")),
    (mp3, ("overhead_mp3_ms",)),
    (stop_silent, ("stop_silent_ms",)),
    (fanout, ("fanout_1000_ms",)),
    (avatars, ("avatars_fps", "avatars_js_ms", "avatars_idle_fps", "avatars_idle_js_ms")),
    (first_word, ("first_word_s", "second_start_s")),
    (first_page, ("first_page_kb", "first_page_interactive_ms")),
    (changes, ("change_s",)),
    (night_report, ("night_report_s",)),
    (chat_flows, ("chat_100_per_s", "chat_500_per_s")),
    (chat_deaf, ("chat_deaf_s",)),
    (chat_parse, ("chat_parse_per_s",)),
    (chat_delete, ("chat_delete_ms",)),
    (obs_cues, ("obs_request_ms", "obs_picture_ms")),
    (obs_back, ("obs_back_s",)),
    (stage_vts, ("vts_60hz", "vts_back_s")),
    (stage_sound, ("mouth_sound_ms", "caption_sound_ms")),
    (stage_converge, ("stage_converge",)),
    (ears, ("vad_core_percent", "ear_onset_ms", "false_barge_ins")),
    (hushes, ("turn_queue_ms", "hush_own_ms", "hush_page_ms", "hush_silent_ms", "unhush_ms")),
    (recognisers, ("asr_stall_ms", "asr_final_ms", "offline_words")),
    (voices, ("voice_first_audio_ms", "voice_frame_ms")),
    (devices, ("device_heard_ms", "device_silent_ms", "device_torn")),
    (obs_source, ("obs_heard_ms", "obs_silent_ms")),
    (watching, ("stalls_percent",)),
    (fresh_start, ("fresh_start_s",)),
)


def main(options: argparse.Namespace) -> int:
    """0 all measured; 1 a figure is missing, its note says why; 2 unknown figure, or the file cannot be written."""
    what = getattr(options, "what", "")
    if what == "soak":
        return _soak(options)
    if what not in ("", *GROUPS):
        print(f"There is no bench {what!r}; there are chat, stage, hearing and soak.", file=sys.stderr)
        return 2
    unknown = [name for name in options.only if name not in FIGURES]
    if unknown:
        print(f"There is no figure {unknown[0]!r}; there are {', '.join(FIGURES)}.", file=sys.stderr)
        return 2
    usual = GROUPS.get(what) or [name for name in FIGURES if name not in ASKED]
    bench = Bench(options.only or usual, long=getattr(options, "long", False))
    about = machine()
    for measure, names in MEASURES:
        if bench.wants(*names):
            print(f"{', '.join(name for name in names if bench.wants(name))} ...", file=sys.stderr, flush=True)
            _run(bench, measure, names, quick=options.quick)
    about["load_after"] = machine()["load"]
    print(table(bench))
    print(f"{about['cpu']}, {about['cores']} cores, Python {about['python']}, load {about['load']}")
    if options.json is not None:
        try:
            options.json.write_text(json.dumps(bench.to_json(about), indent=1) + "\n", encoding="utf-8")
        except OSError as wrong:
            print(f"{options.json}: cannot be written: {wrong.strerror}", file=sys.stderr)
            return 2
    return 0 if bench.complete else 1


def _soak(options: argparse.Namespace) -> int:
    """0 when nothing was lost, doubled, or spoken after its deletion; 1 when something was."""
    logging.getLogger("streamer").setLevel(logging.ERROR)  # connections break all the time here
    print(f"All chats at once for {options.minutes:g} minutes while connections break ...", file=sys.stderr, flush=True)
    soaked = asyncio.run(soak(options.minutes))
    report = msgspec.json.format(msgspec.json.encode(soaked)).decode()
    print(report)
    if options.json is not None:
        options.json.write_text(report + "\n", encoding="utf-8")
    return 0 if soaked.clean else 1


def _run(bench: Bench, measure: Measure, names: tuple[str, ...], *, quick: bool) -> None:
    """One measurement that fails leaves its figures null and the others alone."""
    try:
        asyncio.run(measure(bench, quick=quick))
    except Exception as wrong:  # noqa: BLE001 - whatever it was, the other figures are still wanted
        traceback.print_exc()
        for name in names:
            if bench.values[name] is None:
                bench.missed(name, f"failed: {type(wrong).__name__}")
