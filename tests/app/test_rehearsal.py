"""An hour of real-looking chat, rehearsed at once: the promises of the show, with the shipped cast."""

import json
import os
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from streamer.adapters.chat.log import ChatLog, load
from streamer.app.characters import load_cast
from streamer.app.journal import Header, MemoryJournal
from streamer.app.plan import Plan, read_plan
from streamer.app.rehearsal import Rehearsal
from streamer.app.replay import replay
from streamer.app.report import Report, build
from streamer.cast import strip_tags
from streamer.ports import ChatRow, User
from tests.app.kit import ROOT, folders, plan
from tests.cast.checks import fragments, repeats, uses_topic_or_material

HOUR = ROOT / "tests" / "shows" / "hour.jsonl"


@lru_cache
def hour_log() -> ChatLog:
    return load(HOUR)


def rehearse(show: Plan, log: ChatLog, seed: int = 1) -> tuple[Report, MemoryJournal]:
    journal = MemoryJournal(Header(seed=seed))
    rehearsal = Rehearsal(show, seed=seed, journal=journal, length_s=log.rows[-1].at if log.rows else 0.0)
    return build(rehearsal.run(log.rows), bad_lines=log.bad_lines), journal


@pytest.fixture(scope="module")
def hour(tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, MemoryJournal]:
    return rehearse(read_plan(folders(tmp_path_factory.mktemp("hour")), seed=1), hour_log())


def test_the_promised_figures(hour: tuple[Report, MemoryJournal]) -> None:
    report, _ = hour
    assert report.answered >= 100
    assert report.spoken_after_delete == 0
    assert report.voices_at_once_max == 1
    assert report.bad_lines == 0
    assert report.messages > 2_500
    assert report.blocked > 0
    assert report.interrupts > 0
    assert 0 < report.per_viewer_gini < 1
    assert report.dead_air_s["max"] < 40
    assert set(report.per_persona) == {"mika", "juno"}
    shares = [row["seconds"] for row in report.per_persona.values()]
    assert min(shares) > 0.3 * sum(shares)


def test_at_most_four_answers_in_any_minute(hour: tuple[Report, MemoryJournal]) -> None:
    starts = [line.at for line in hour[0].lines if line.kind in ("answer", "paid")]
    assert len(starts) > 100
    assert all(later - earlier >= 60 for earlier, later in zip(starts, starts[4:], strict=False))


def test_no_line_is_said_again_within_half_an_hour(hour: tuple[Report, MemoryJournal]) -> None:
    assert repeats((line.at, line.generated) for line in hour[0].lines) == []


def test_most_answers_use_the_question_or_what_the_persona_is_about(hour: tuple[Report, MemoryJournal]) -> None:
    texts = {row.id: row.text for row in hour_log().rows}
    cast = {persona.id: persona for persona in load_cast([ROOT / "characters"]).cast}
    known = {name: fragments(persona.material) for name, persona in cast.items()}
    answers = [line for line in hour[0].lines if line.kind == "answer"]
    good = sum(
        uses_topic_or_material(
            cast[line.persona], " ".join(texts[uid] for uid in line.answers), line.generated, known[line.persona]
        )
        for line in answers
    )
    print(f"{good} of {len(answers)} answers use the topic or the material")
    assert good >= 0.7 * len(answers)


def test_tags_are_never_heard_and_a_whole_line_is_heard_as_it_was_written(hour: tuple[Report, MemoryJournal]) -> None:
    whole = 0
    for line in hour[0].lines:
        assert "[" not in line.heard
        whole += line.outcome == "finished" and line.heard.split() == strip_tags(line.generated).split()
    assert whole > 0.8 * len(hour[0].lines)


def test_times_of_a_line_make_sense(hour: tuple[Report, MemoryJournal]) -> None:
    arrived = {row.id: row.at for row in hour_log().rows}
    for line in hour[0].lines:
        assert line.ready_at <= line.at < line.end <= hour[0].duration_s
        assert all(arrived[uid] <= line.at for uid in line.answers)


def test_the_journal_folds_to_the_same_commands_and_holds_no_words(
    hour: tuple[Report, MemoryJournal], tmp_path: Path
) -> None:
    path = tmp_path / "journal.jsonl"
    hour[1].write(path)
    result = replay(path)
    assert (result.exit_code, result.different) == (0, 0)
    assert result.rows > 3_000
    text = path.read_text(encoding="utf-8")
    assert not any(row.text in text for row in hour_log().rows if len(row.text) > 25)


def test_the_same_seed_is_the_same_show_in_every_process(tmp_path: Path) -> None:
    short = tmp_path / "short.jsonl"
    lines = HOUR.read_text(encoding="utf-8").splitlines(keepends=True)[:500]
    short.write_text("".join(lines), encoding="utf-8")
    told: list[dict[str, Any]] = []
    for number, hash_seed in enumerate(("0", "4711")):
        report = tmp_path / f"{number}.json"
        subprocess.run(
            [sys.executable, "-X", "utf8", "-m", "streamer", "rehearse", str(short), "--report", str(report),
             "--silent", "--state", str(tmp_path / "state"), "--home", str(tmp_path / "home")],
            check=True, cwd=ROOT, capture_output=True, timeout=120, env={**os.environ, "PYTHONHASHSEED": hash_seed},
        )  # fmt: skip
        told.append(json.loads(report.read_text(encoding="utf-8")))
    journals = [Path(each.pop("journal")) for each in told]
    assert told[0] == told[1]
    assert told[0]["answered"] > 5
    first, second = (path.read_bytes().splitlines()[1:] for path in journals)
    assert first == second
    other, _ = rehearse(plan(tmp_path, seed=2), load(short), seed=2)
    assert [line.at for line in other.lines] != [line["at"] for line in told[0]["lines"]]


def message(at: float, uid: str, text: str, user: str = "ana") -> ChatRow:
    return ChatRow(at=at, platform="t", kind="message", id=uid, user=User(user, user, user.title()), text=text)


QUIET = "show: {idle_after_s: 0, banter_every_s: 0}\nchat: {twitch: {channel: x_y}}\n"


def test_what_was_deleted_is_not_in_later_briefs(tmp_path: Path) -> None:
    rows = [
        message(1.0, "a", "tangerine zeppelin umbrella"),
        ChatRow(at=2.0, platform="t", kind="delete_message", target="a"),
        message(3.0, "b", "Mika, what do you think about that?"),
    ]
    rehearsal = Rehearsal(plan(tmp_path, QUIET), seed=1)
    result = rehearsal.run(rows)
    report = build(result)
    assert [line.answers for line in report.lines] == [("b",)]
    assert report.lines[0].context == ()
    assert rehearsal._texts.get("m:t:a") is None


@pytest.mark.parametrize("at", [4.5, 12.0], ids=["while it is answered", "after it was answered"])
def test_the_words_of_an_answer_go_with_what_it_answered(tmp_path: Path, at: float) -> None:
    rows = [
        message(1.0, "a", "Mika, what do you think about tangerine umbrellas?"),
        ChatRow(at=at, platform="t", kind="delete_message", target="a"),
        message(20.0, "b", "Juno, how are you?", "ben"),
    ]
    rehearsal = Rehearsal(plan(tmp_path, QUIET), seed=1)
    report = build(rehearsal.run(rows))
    assert [line.answers for line in report.lines] == [("a",), ("b",)]
    assert report.lines[0].outcome == ("cut" if at < 12 else "finished")
    assert rehearsal._texts.get("l:1") is None


def test_a_line_that_repeats_what_is_deleted_is_cut(tmp_path: Path) -> None:
    rows = [
        message(0.5, "c", "purple tangerine zeppelin umbrella forever", "troll"),
        message(1.0, "a", "Mika, how are you?"),
        ChatRow(at=4.5, platform="t", kind="delete_message", target="c"),
    ]
    rehearsal = Rehearsal(plan(tmp_path, QUIET), seed=1)
    rehearsal._brain = lambda _hints, _seed: "Well. Somebody said purple tangerine zeppelin umbrella. " * 4  # type: ignore[assignment]
    (line,) = build(rehearsal.run(rows)).lines
    assert line.outcome == "cut"
    assert rehearsal._texts.get("l:1") is None


def test_a_log_of_nothing_is_a_show_of_nothing(tmp_path: Path) -> None:
    report, journal = rehearse(plan(tmp_path, QUIET), ChatLog([], [], 0))
    assert (report.messages, report.lines, report.voices_at_once_max) == (0, (), 0)
    assert len(journal.rows) == 2  # begun and closed
