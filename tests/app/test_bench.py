"""The report of `bench`: every figure that is promised, in the shape that is promised. Speed is never asserted."""

import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from streamer.app.cli import main
from tests.bench.avatars import avatars
from tests.bench.changes import WHAT, changes, pitch
from tests.bench.chat_clients import sides
from tests.bench.chat_deaf import Failure, Said, World, longest_silence
from tests.bench.chat_delete import chat_delete
from tests.bench.chat_flow import Sent, chat_flows, judged
from tests.bench.chat_parse import SOURCES, chat_parse
from tests.bench.command import MEASURES
from tests.bench.firstpage import first_page
from tests.bench.firstword import Ear, first_word
from tests.bench.night import STAGES, night_report
from tests.bench.paper import BEGIN, END, LOAD, filled
from tests.bench.report import (
    ASKED,
    CHANGES,
    CHAT,
    FIGURES,
    HEARING,
    NUMBERS,
    SPREADS,
    STAGE,
    TARGETS,
    Bench,
    Change,
    Deaf,
    Flow,
    Spread,
    change,
    quantile,
    spread,
    table,
    unit,
)
from tests.bench.stand import tone
from tests.fakes.sink_page import HEADER


def test_a_quick_run_of_one_figure_gives_the_whole_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bench.json"
    assert main(["bench", "--quick", "--only", "step_per_s", "--json", str(file)]) == 0
    report = json.loads(file.read_text(encoding="utf-8"))
    assert set(report) == {*SPREADS, *NUMBERS, *CHANGES, *CHAT, *STAGE, *HEARING, *ASKED, "machine", "notes"}
    assert report["step_per_s"] > 0
    nulls = {name for name in FIGURES if report[name] is None}
    assert "overhead_ms" in nulls
    assert nulls <= set(report["notes"])
    assert set(report["machine"]) >= {"cpu", "cores", "python", "os", "load"}
    assert "step_per_s" in capsys.readouterr().out


def test_an_unknown_figure_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--only", "beauty"]) == 2
    assert "overhead_ms" in capsys.readouterr().err


def test_an_installed_package_says_that_it_needs_a_checkout(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("streamer.app.commands.bench.PACKAGE", tmp_path / "site-packages" / "streamer")
    assert main(["bench"]) == 2
    assert "checkout" in capsys.readouterr().err


def test_quantiles_are_values_that_were_measured() -> None:
    values = [float(each) for each in range(1, 101)]
    assert (quantile(values, 0.5), quantile(values, 0.95), quantile(values, 0.99)) == (50, 95, 99)
    assert quantile([7.0], 0.99) == 7.0


def test_a_spread_and_a_number_are_written_and_what_failed_says_why() -> None:
    bench = Bench(FIGURES)
    bench.measured("overhead_ms", spread([3.0, 1.0, 2.0]))
    bench.measured("boot_s", 1.23456)
    bench.missed("stop_silent_ms", "needs Chromium")
    report = bench.to_json({})
    assert report["overhead_ms"] == {"p50": 2.0, "p95": 3.0, "p99": 3.0, "n": 3}
    assert report["boot_s"] == 1.235
    assert report["notes"]["stop_silent_ms"] == "needs Chromium"
    assert not bench.complete
    assert "null" in table(bench)


def test_what_was_changed_has_a_row_each_and_says_which_lines_used_the_old_one() -> None:
    bench = Bench(["change_s"])
    bench.measured("change_s", {"brain": change([0.3, 0.1, 0.2], lines=4, old_lines=1)}, "1 of 4")
    assert bench.to_json({})["change_s"] == {
        "brain": {"p50": 0.2, "p95": 0.3, "p99": 0.3, "n": 3, "lines": 4, "old_lines": 1}
    }
    assert "change_s brain" in table(bench)
    assert bench.complete


def test_every_figure_is_measured_by_one_part_and_has_a_unit() -> None:
    assert sorted(name for _, names in MEASURES for name in names) == sorted(FIGURES)
    assert set(TARGETS) <= set(FIGURES)
    assert {name: unit(name) for name in ("boot_s", "change_s", "first_page_kb", "overhead_ms", "avatars_fps")} == {
        "boot_s": "s", "change_s": "s", "first_page_kb": "KB", "overhead_ms": "ms", "avatars_fps": "1/s",
    }  # fmt: skip


def test_every_figure_is_explained_in_the_documentation() -> None:
    words = (Path(__file__).parents[2] / "docs" / "performance.md").read_text(encoding="utf-8")
    assert [name for name in FIGURES if words.count(f"`{name}`") < 2] == [], "a row of the table, and a method"


def test_what_takes_minutes_is_only_done_when_asked_for() -> None:
    bench = Bench([name for name in FIGURES if name not in ASKED])
    assert not bench.wants(*ASKED)
    assert all(f"--only {name}" in bench.notes[name] for name in ASKED)


def test_a_pitch_is_found_in_silence() -> None:
    quiet = bytes(2 * 2_400)
    assert [round(pitch(quiet + tone(0.3, hz) + quiet), -1) for hz in (200, 400, 800)] == [200, 400, 800]


def frame(at_ms: int, samples: bytes) -> bytes:
    return HEADER.pack(1, 1, 0, 1, at_ms // 20, at_ms, 0) + samples


def test_the_first_word_is_neither_the_silence_before_it_nor_the_moment_its_frame_was_sent() -> None:
    ear = Ear("http://127.0.0.1", "token")
    ear._line = ear._heard = ear._sent = 0
    quiet, loud = bytes(960), tone(0.02)
    for at_ms in (0, 20, 40):
        ear._frame(frame(at_ms, quiet))
    assert ear.word_at is None
    ear._frame(frame(60, quiet[:480] + loud[:480]))
    began = ear.frames[0].when
    assert ear.word_at is not None
    assert ear.word_at >= began + 0.060 + 0.010, "frames come before they are heard"
    first = ear.word_at
    ear._frame(frame(80, loud))
    assert ear.word_at == first


def test_numbers_go_into_the_table_and_the_rest_of_the_paper_stays() -> None:
    paper = f"before\n{BEGIN}\n| figure | target | quiet | busy | unit | command |\n|---|---|---|---|---|---|\n"
    paper += f"| `boot_s` | ≤ 1.5 | 0.94 | 2.68 | s | x |\n\n{END}after\n"
    bench = Bench(FIGURES)
    bench.measured("overhead_ms", spread([3.0, 1.0, 2.0]))
    bench.measured("change_s", {"brain": change([0.25], lines=2, old_lines=0)})
    report = bench.to_json({"load": [1.5, 2.0, 3.0], "load_after": [1.0, 1.0, 2.0]})
    once = filled(paper, report, "quiet")
    assert once.startswith("before\n")
    assert once.endswith("after\n")
    rows = {line.split("|")[1].strip(): [each.strip() for each in line.split("|")[3:5]] for line in once.splitlines()
            if line.startswith("|")}  # fmt: skip
    assert rows["`boot_s`"] == ["0.94", "2.68"]
    assert rows["`overhead_ms`"] == ["2 / 3 / 3 (n=3)", ""]
    assert rows["`change_s` brain"] == ["0.25 / 0.25 / 0.25 (n=1); old: 0", ""]
    assert rows[LOAD] == ["1.5 2.0 3.0 → 1.0 1.0 2.0", ""]
    assert filled(once, report, "quiet") == once


SENT = {name: Sent(at, number) for number, (name, at) in enumerate({"a": 1.0, "b": 2.0, "c": 3.0}.items())}


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        ([("a", 1.1, 0), ("b", 2.1, 1), ("c", 3.1, 2)], {}),
        ([("a", 1.1, 0), ("c", 3.1, 2)], {"lost": 1}),
        ([("a", 1.1, 0), ("b", 2.1, 1), ("b", 2.2, 1), ("c", 3.1, 2)], {"doubled": 1}),
        ([("b", 2.1, 1), ("a", 2.2, 0), ("c", 3.1, 2)], {"disordered": 1}),
        ([("a", 1.1, 0), ("b", 2.1, 7), ("c", 3.1, 2)], {"changed": 1}),
        ([("a", 1.1, 0), ("b", 2.1, 1), ("x", 2.2, 1), ("c", 3.1, 2)], {"strange": 1}),
        ([], {"lost": 3}),
    ],
)
def test_what_is_lost_doubled_changed_or_out_of_order_is_counted(rows: list[Any], wrong: dict[str, int]) -> None:
    found = judged(SENT, rows, took_s=1.0, cpu_s=0.25)
    counted = {key: getattr(found, key) for key in ("lost", "doubled", "strange", "changed", "disordered")}
    assert {key: value for key, value in counted.items() if value} == wrong
    assert found.clean == (not wrong)
    assert found.cpu_percent == 25.0


def test_the_longest_silence_begins_with_what_was_told_last_and_goes_on_to_the_end() -> None:
    assert longest_silence([1.0, 2.0, 2.5, 6.0], 2.2, 7.0) == 3.5
    assert longest_silence([1.0], 5.0, 9.0) == 8.0
    assert longest_silence([], 5.0, 9.0) == 4.0


async def test_a_message_is_lost_when_nobody_told_it_and_missed_when_nobody_could() -> None:
    async def nothing(_: World) -> None: ...

    world = World((), [Failure("drop", "irc", nothing), Failure("silent", "irc", nothing)])
    told: dict[str, int] = {"a": 1, "b": 2, "e": 1, "f": 1}
    world.told = lambda uid: told.get(uid, 0)
    world.said = [
        Said(("x",), -1, True),
        Said(("a",), 0, True), Said(("b",), 0, True), Said(("c",), 0, True), Said(("d",), 0, False),
        Said(("e", "f"), 1, True),
    ]  # fmt: skip
    assert world.counts("drop") == (4, 1, 1, 1)
    assert world.counts("silent") == (1, 0, 0, 1), "under two ids is twice"


def test_the_figures_of_the_chat_have_a_row_for_each_thing_in_both_tables() -> None:
    bench = Bench(CHAT)
    lost = judged(SENT, [("a", 1.1, 0)], took_s=1.0, cpu_s=0.02)
    bench.measured("chat_100_per_s", {"twitch irc": judged(SENT, [], took_s=1, cpu_s=0), "twitchio": lost})
    deaf = Deaf(0.2, 0.3, 0.3, 4, 6.0, 6.5, 400, 0, 2, 1)
    bench.measured("chat_deaf_s", {"eventsub drop": deaf})
    bench.measured("chat_parse_per_s", {"inject": 5412.0})
    bench.measured("chat_delete_ms", {"inject": spread([7.0])})
    shown = table(bench)
    assert all(f"{name} " in shown for name in CHAT)
    assert "2 lost" in shown
    paper = f"{BEGIN}\n{END}"
    once = filled(paper, json.loads(json.dumps(bench.to_json({}))), "quiet")
    rows = {line.split("|")[1].strip(): line.split("|")[3].strip() for line in once.splitlines() if "`chat" in line}
    assert rows["`chat_100_per_s` twitchio"] == "1 of 3, 2 lost; 100 / 100 ms; 2 % of a core"
    assert rows["`chat_deaf_s` eventsub drop"] == "0.2 / 0.3 / max 0.3 (the way alone 6.5); 1 doubled, 2 missed"
    assert rows["`chat_parse_per_s` inject"] == "5,412"
    assert rows["`chat_delete_ms` inject"] == "7 / 7 / 7 (n=1)"


def test_the_chat_is_asked_for_by_its_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[tuple[tuple[str, ...], bool]] = []

    async def measure(bench: Bench, *, quick: bool) -> None:
        asked.append((bench.wanted, bench.long))

    monkeypatch.setattr("tests.bench.command.MEASURES", ((measure, CHAT),))
    main(["bench", "chat", "--long"])
    main(["bench", "--only", "chat_deaf_s"])
    main(["bench", "--only", "boot_s"])
    assert asked == [(CHAT, True), (("chat_deaf_s",), False)]


# --- the methods run --------------------------------------------------------------------------------------------------

Measure = Callable[..., Coroutine[Any, Any, None]]


async def quick(measure: Measure, *names: str) -> Bench:
    bench = Bench(names)
    await measure(bench, quick=True)
    assert bench.complete, bench.notes
    print(table(bench))
    return bench


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.needs("espeak-ng")
async def test_the_first_word_of_two_starts_is_heard() -> None:
    bench = await quick(first_word, "first_word_s", "second_start_s")
    assert isinstance(bench.values["second_start_s"], Spread)


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_lines_after_a_change_use_what_was_changed() -> None:
    bench = await quick(changes, "change_s")
    found = bench.values["change_s"]
    assert isinstance(found, dict)
    assert tuple(found) == WHAT
    each = [one for one in found.values() if isinstance(one, Change)]
    assert [one.old_lines for one in each] == [0] * len(WHAT)
    assert all(one.lines >= one.n for one in each), "something was heard after each change"


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.needs("chromium", "playwright")
async def test_the_first_page_is_weighed_and_used() -> None:
    bench = await quick(first_page, "first_page_kb", "first_page_interactive_ms")
    assert "the stage" in bench.notes["first_page_kb"]


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.needs("chromium", "playwright")
async def test_two_people_are_watched_idle_and_talking() -> None:
    await quick(avatars, "avatars_fps", "avatars_js_ms", "avatars_idle_fps", "avatars_idle_js_ms")


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.needs("espeak-ng")
async def test_a_log_becomes_a_report_and_each_stage_has_its_time() -> None:
    bench = await quick(night_report, "night_report_s")
    assert all(f"{stage} " in bench.notes["night_report_s"] for stage in STAGES[:-1])


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_every_client_is_sent_messages_and_tells_each_once() -> None:
    bench = await quick(chat_flows, "chat_500_per_s")
    found = bench.values["chat_500_per_s"]
    assert isinstance(found, dict)
    flows = [each for each in found.values() if isinstance(each, Flow)]
    assert list(found) == [side.name for side in sides()]
    assert [each.sent for each in flows] == [200] * 6
    assert [each.wrong for each in flows] == [0] * 6


async def test_every_source_is_parsed() -> None:
    bench = await quick(chat_parse, "chat_parse_per_s")
    found = bench.values["chat_parse_per_s"]
    assert isinstance(found, dict)
    assert list(found) == list(SOURCES)
    assert all(isinstance(each, float | int) and each > 0 for each in found.values())


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_an_answer_is_silenced_by_a_deletion() -> None:
    bench = await quick(chat_delete, "chat_delete_ms")
    found = bench.values["chat_delete_ms"]
    assert isinstance(found, dict)
    assert list(found) == ["twitch irc", "inject"]
