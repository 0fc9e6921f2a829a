"""The pieces the stage figures are made of. Speed is never asserted; with real parts only the bench itself runs."""

import array
import json
import random
from typing import Any

import pytest

from streamer.app.cli import main
from streamer.speech.captions import estimated
from tests.bench.paper import BEGIN, END, filled
from tests.bench.report import STAGE, Bench, Converged, Injected, spread, table
from tests.bench.stage_back import obs_back
from tests.bench.stage_converge import CHANGES, stage_converge
from tests.bench.stage_cues import obs_cues, pressed
from tests.bench.stage_eye import Frame, Missing, arrivals, first_frame
from tests.bench.stage_sound import _firsts, against, onsets, openings, spoken, stage_sound
from tests.bench.stand import RATE_HZ, tone

RED, BLUE = (228, 19, 19), (18, 18, 228)


def shown(*rows: tuple[float, tuple[int, int, int]]) -> list[Frame]:
    return [Frame(at, colour) for at, colour in rows]


def test_a_scene_is_there_with_the_first_frame_that_is_nothing_else() -> None:
    film = shown((0.0, RED), (0.1, (120, 19, 120)), (0.2, (30, 18, 215)), (0.3, (20, 18, 226)), (0.4, BLUE), (0.5, RED))
    assert arrivals(film, [BLUE, RED]) == [0.3, 0.5]
    with pytest.raises(LookupError):
        arrivals(film, [BLUE, RED, BLUE])


def test_nothing_is_seen_before_it_was_asked_for() -> None:
    asked = [100.0, 101.0, 102.0]
    assert first_frame(asked, [0.52, 1.501, 2.53]) == pytest.approx(99.499)


def test_every_word_sounds_where_the_captions_expect_it() -> None:
    text = "Bada kolumo tese."
    data = array.array("h")
    data.frombytes(spoken(text))
    total_ms = len(data) * 1000 // RATE_HZ
    expected = [at / 1000 for at, *_ in estimated(text, total_ms)]
    assert onsets(data, RATE_HZ) == pytest.approx(expected, abs=0.006)
    assert not any(data[-RATE_HZ * 150 // 1000 :]), "the end is silent, but not so long that it would be cut off"


def test_a_sound_begins_after_silence_and_not_within_itself() -> None:
    data = array.array("h")
    data.frombytes(bytes(RATE_HZ) + tone(0.2) + bytes(RATE_HZ // 50) + tone(0.2) + bytes(RATE_HZ) + tone(0.1))
    assert onsets(data, RATE_HZ) == pytest.approx([0.5, 1.41], abs=0.01)


def test_a_mouth_opens_again_though_it_was_never_shut() -> None:
    levels = [0, 0, 0.1, 0.3, 0.9, 0.95, 0.9, 0.6, 0.4, 0.35, 0.45, 0.7, 0.9, 0.2, 0.0]
    assert openings([(float(at), level) for at, level in enumerate(levels)]) == [3.0, 11.0]
    assert openings([]) == []


def test_each_sound_is_compared_with_what_is_nearest_and_not_with_another_word() -> None:
    assert against([1.02, 1.9, 5.0], [1.0, 2.0, 3.0]) == pytest.approx([20, -100])
    assert against([], [1.0]) == []


def test_a_page_is_compared_with_its_first_word() -> None:
    line, heard = ["Bada kolu.", "Tese mano."], [10.0, 10.5, 11.0, 11.5]
    pages = [(10.1, "Mika: Bada\nkolu."), (10.8, ""), (11.2, "Tese mano.")]
    assert _firsts(pages, line, heard) == ([10.0, 11.0], [10.1, 11.2])
    assert _firsts(pages, line, heard[:3]) == ([], []), "a word was not heard: nobody knows which"


def test_the_figures_of_the_stage_have_rows_in_both_tables() -> None:
    bench = Bench(STAGE)
    bench.measured("obs_request_ms", {"wanted": spread([1.0]), "pressed": spread([4.0])})
    bench.measured("vts_60hz", {"driver": Injected(0, 59.8, 200, 1400, 5.3)})
    bench.measured("stage_converge", {"OBS": Converged(1000, 80, 20, 0, 22, 0.46)})
    bench.missed("obs_back_s", "needs OBS")
    seen = table(bench)
    assert "0 crossed" in seen
    assert "22 requests" in seen
    assert "obs_back_s: needs OBS" in seen
    report = json.loads(json.dumps(bench.to_json({})))
    paper = filled(f"{BEGIN}\n{END}", report, "quiet")
    lines = [line.split("|") for line in paper.splitlines() if line[:1] == "|"]
    rows = {cells[1].strip(): cells[3].strip() for cells in lines}
    assert rows["`obs_request_ms` pressed"] == "4 / 4 / 4 (n=1)"
    assert rows["`vts_60hz` driver"] == "0 crossed; 59.8 a second; 5.3 % of a core"
    assert rows["`stage_converge` OBS"] == "0 of 20 apart, 1,000 changes; at most 22 requests, 0.46 s"
    assert rows["`obs_back_s`"] == ""


def test_the_stage_is_asked_for_by_its_name(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    asked: list[tuple[str, ...]] = []

    async def measure(bench: Bench, *, quick: bool) -> None:
        asked.append(bench.wanted)

    monkeypatch.setattr("tests.bench.command.MEASURES", ((measure, STAGE),))
    main(["bench", "stage"])
    assert asked == [STAGE]
    assert main(["bench", "stadium"]) == 2
    assert "stage" in capsys.readouterr().err


async def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(**_: Any) -> Any:
        raise Missing("needs OBS")

    monkeypatch.setattr("tests.bench.stage_cues.an_obs", nothing)
    monkeypatch.setattr("tests.bench.stage_back.an_obs", nothing)
    monkeypatch.setattr("tests.bench.stage_sound.missing", lambda: "needs Chromium")
    bench = Bench(STAGE)
    for measure in (obs_cues, obs_back, stage_sound):
        await measure(bench, quick=True)
    assert {name: bench.notes[name] for name in ("obs_request_ms", "obs_picture_ms", "obs_back_s")} == dict.fromkeys(
        ("obs_request_ms", "obs_picture_ms", "obs_back_s"), "needs OBS"
    )
    assert bench.notes["mouth_sound_ms"] == bench.notes["caption_sound_ms"] == "needs Chromium"


# --- the methods run --------------------------------------------------------------------------------------------------


async def test_two_evenings_converge() -> None:
    bench = Bench(["stage_converge"])
    await stage_converge(bench, quick=True)
    found = bench.values["stage_converge"]
    assert isinstance(found, dict)
    one = found["OBS"]
    assert isinstance(one, Converged)
    assert (one.changes, one.apart) == (2 * CHANGES, 0)
    assert one.worst_requests > 0


@pytest.mark.slow
@pytest.mark.timeout(240)
async def test_a_button_becomes_a_request() -> None:
    assert min(await pressed(2, random.Random(1))) > 0
