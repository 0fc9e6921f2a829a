"""What the modules that measure ears, voices and sinks find becomes figures. Speed is never asserted."""

import json
from typing import Any

import pytest

from streamer.app.cli import main
from tests.bench import hearing
from tests.bench.command import MEASURES
from tests.bench.hearing import finals, firsts, shares, worsts
from tests.bench.paper import BEGIN, END, filled
from tests.bench.report import HEARING, TARGETS, Bench, spread, table

LATE = {"p50": 0.2, "p95": 3.1, "max": 12.5, "n": 900}
STALLS = {"loading": LATE, "recognising": LATE | {"max": 31.0}, "nothing": LATE}
FINALS = {
    "tiny": {"load": 840, "final": {"p50": 410.0, "p95": 520.0, "max": 530.0, "n": 5}, "after_a_look": LATE},
}
WORDS = {"sentences": 30, "word_error_rate": 0.251, "exact": 12, "names": "6/9", "times_real_time": 0.31}


def test_what_was_found_becomes_rows_and_the_rest_a_note() -> None:
    assert worsts(STALLS)[0] == {"loading": 12.5, "recognising": 31.0, "nothing": 12.5}
    assert "recognising: p50 0.2, p95 3.1 of 900" in worsts(STALLS)[1]
    assert finals(FINALS) == (
        {"tiny": 410.0, "tiny, after a look": 0.2, "tiny, load": 840.0},
        "tiny: p95 520.0 and 3.1 of 5",
    )
    assert shares(WORDS)[0] == {"words wrong": 25.1, "sentences right": 40.0}
    assert "6/9" in shares(WORDS)[1]
    engines = {"espeak": {"cold_ms": 9.1, "first_ms": LATE}}
    assert firsts(engines) == ({"espeak": 0.2, "espeak, first of all": 9.1}, "espeak: p95 3.1 of 900")
    for what in (worsts, finals, shares):
        assert what({"missing": "python3 run.py add whisper"}) == ({}, "python3 run.py add whisper")


async def test_a_missing_package_is_a_null_with_its_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.bench import hearing_asr

    async def lacks(**_: Any) -> dict[str, Any]:
        return {"missing": "python3 run.py add whisper"}

    async def stalls(**_: Any) -> dict[str, Any]:
        return STALLS

    monkeypatch.setattr(hearing_asr, "asr_final_ms", lacks)
    monkeypatch.setattr(hearing_asr, "asr_stall_ms", stalls)
    bench = Bench(("asr_final_ms", "asr_stall_ms"))
    await hearing.recognisers(bench, quick=True)
    assert bench.values["asr_final_ms"] is None
    assert bench.notes["asr_final_ms"] == "python3 run.py add whisper"
    assert bench.values["asr_stall_ms"] == {"loading": 12.5, "recognising": 31.0, "nothing": 12.5}
    assert not bench.complete


async def test_what_the_machine_lacks_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.bench import sound_sinks

    monkeypatch.setattr(sound_sinks, "missing", lambda what: f"needs {what}")
    bench = Bench(HEARING)
    await hearing.devices(bench, quick=True)
    await hearing.obs_source(bench, quick=True)
    assert bench.notes["device_torn"] == "needs device"
    assert bench.notes["obs_heard_ms"] == "needs obs"


async def test_voices_with_figures_of_the_module(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.bench import voices_first_audio

    async def first(**_: Any) -> dict[str, Any]:
        return {"edge": {"cold_ms": 31.0, "first_ms": LATE}}

    monkeypatch.setattr(voices_first_audio, "voices_first_audio", first)
    bench = Bench(("voice_first_audio_ms", "voice_frame_ms"))
    await hearing.voices(bench, quick=True)
    assert bench.values["voice_first_audio_ms"] == {"edge": 0.2, "edge, first of all": 31.0}
    frame = bench.values["voice_frame_ms"]
    assert isinstance(frame, dict)
    assert set(frame) == {"levelling", "mouth", "shape"}


async def test_devices_with_figures_of_the_module(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.bench import sound_sinks

    async def devices(*, quick: bool) -> dict[str, Any]:
        return {name: {"40 ms": spread([30.0, 35.0])} for name in ("device_heard_ms", "device_silent_ms")}

    async def torn(*, in_process: bool, seconds: float) -> dict[str, int]:
        return {"holes": 9, "ms": 200} if in_process else {"holes": 0, "ms": 0}

    monkeypatch.setattr(sound_sinks, "missing", lambda _what: "")
    monkeypatch.setattr(sound_sinks, "devices", devices)
    monkeypatch.setattr(sound_sinks, "torn", torn)
    bench = Bench(("device_heard_ms", "device_silent_ms", "device_torn"))
    await hearing.devices(bench, quick=True)
    assert bench.complete
    assert bench.values["device_torn"] == {"child": 0.0, "in the show's process": 9.0}
    assert "200 ms of silence" in bench.notes["device_torn"]


async def test_the_cost_of_the_watchdog_is_a_share_of_a_core(monkeypatch: pytest.MonkeyPatch) -> None:
    spent = {True: 0.004, False: 0.001}

    async def idle(_seconds: float, *, watched: bool) -> float:
        return spent[watched]

    async def turned(turns: int, *, watched: bool) -> float:
        return turns * (6e-6 if watched else 4e-6)

    monkeypatch.setattr(hearing, "_spent", idle)
    monkeypatch.setattr(hearing, "_turned", turned)
    bench = Bench(("stalls_percent",))
    await hearing.watching(bench, quick=True)
    assert bench.values["stalls_percent"] == {"idle": 0.15, "500 turns a second": 0.1}


async def test_the_watchdog_is_really_on_while_it_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[object] = []

    def start(watchdog: object) -> None:
        started.append(watchdog)

    monkeypatch.setattr(hearing.Stalls, "start", start)
    assert await hearing._spent(0.0, watched=True) >= 0
    assert await hearing._turned(3, watched=True) >= 0
    await hearing._spent(0.0, watched=False)
    await hearing._turned(3, watched=False)
    assert len(started) == 2


def test_every_figure_of_hearing_is_measured_by_something() -> None:
    measured = {name for _, names in MEASURES for name in names}
    assert set(HEARING) <= measured
    assert {name for name in TARGETS if name in HEARING}


def test_they_have_rows_in_both_tables() -> None:
    bench = Bench(HEARING)
    bench.measured("hush_silent_ms", spread([120.0]))
    bench.measured("asr_stall_ms", worsts(STALLS)[0])
    bench.measured("false_barge_ins", 0)
    bench.missed("obs_heard_ms", "needs obs")
    seen = table(bench)
    assert "obs_heard_ms: needs obs" in seen
    assert "asr_stall_ms recognising" in seen
    report = json.loads(json.dumps(bench.to_json({})))
    paper = filled(f"{BEGIN}\n{END}", report, "quiet")
    rows = {line.split("|")[1].strip(): line.split("|") for line in paper.splitlines() if line[:1] == "|"}
    assert rows["`asr_stall_ms` recognising"][3].strip() == "31"
    assert rows["`asr_stall_ms` recognising"][2].strip() == "≤ 20"
    assert rows["`hush_silent_ms`"][3].strip() == "120 / 120 / 120 (n=1)"
    assert rows["`false_barge_ins`"][3].strip() == "0"
    assert rows["`obs_heard_ms`"][3].strip() == ""


def test_hearing_is_asked_for_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []

    async def measure(bench: Bench, *, quick: bool) -> None:
        asked.append(bench.wanted)

    monkeypatch.setattr("tests.bench.command.MEASURES", ((measure, HEARING),))
    main(["bench", "hearing"])
    assert asked == [HEARING]
