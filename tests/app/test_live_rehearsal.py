"""`rehearse --speed N`: the configured parts, in the log's time divided by N."""

import time
from pathlib import Path

import pytest

from streamer.adapters.chat.log import ChatLog
from streamer.app import house as house_module
from streamer.app.live_rehearsal import Watcher, own_ms, rehearse
from streamer.app.report import build
from streamer.core.commands import Drop, Prepare
from streamer.core.events import ChatReceived, Fact, Features, HostSpoke, SinkChanged, Tombstoned
from streamer.core.verdict import Verdict
from streamer.ports import ChatRow, Misconfigured, Usage, User
from streamer.speech.view import LineRecord
from tests.app.kit import plan, put
from tests.fakes.tts import BRIEF, FakeVoice

SPANS = {
    "prepare": 1_000.0, "brief": 1_004.0, "llm_first_token": 1_300.0, "first_clause": 1_350.0, "tts_request": 1_352.0,
    "tts_first_byte": 1_500.0, "ready": 1_503.0, "first_frame": 1_503.0, "heard_start": 1_600.0, "ended": 3_600.0,
}  # fmt: skip


def record(line: int = 1, *, heard_ms: int = 2_000, spans: dict[str, float] = SPANS, **more: object) -> LineRecord:
    cmd = Prepare(cause=1, line=line, persona="mika", kind="answer", why="named", answers=("t:a",))
    fields = {
        "outcome": "finished", "reason": "", "generated": "[joy] Hi.", "sent": "Hi.", "heard": "Hi.", "total_ms": 2_000,
        "voiced": True, "late": False, "engines": ("x",), "usage": Usage(10, 5, cost_usd=0.25), **more,
    }  # fmt: skip
    return LineRecord(line=line, persona="mika", cmd=cmd, heard_ms=heard_ms, spans=spans, **fields)  # type: ignore[arg-type]


def chat(uid: str, action: str = "allow", kind: str = "message") -> ChatReceived:
    return ChatReceived(uid=uid, user="t:ana", platform="t", kind=kind, verdict=Verdict(action))  # type: ignore[arg-type]


def test_what_was_ours_is_the_brief_the_way_to_the_voice_and_the_way_to_the_frame() -> None:
    assert own_ms(SPANS) == 4 + 2 + 3
    assert own_ms({"prepare": 1.0}) is None


def test_the_watcher_counts_what_the_report_needs() -> None:
    watcher = Watcher()
    dropped = Drop(cause=1, uid="t:d", reason="expired")
    for seq, (at_ms, event) in enumerate(
        [
            (500, chat("t:a")), (600, chat("t:b", "drop")), (700, chat("t:c", "hold")),
            (750, chat("t:d", kind="follow")), (800, HostSpoke("host:1", "m:host:1")),
            (3_000, Tombstoned("message", "t:a")), (4_000, SinkChanged(page=True)),
        ], 1,
    ):  # fmt: skip
        watcher.observe(Fact(seq, at_ms * 1_000_000, event), [dropped] if seq == 4 else [])
    watcher.record(record())
    report = build(watcher.result, overhead_ms=None, cost=watcher.cost)
    assert (report.messages, report.blocked, report.held, report.expired) == (3, 1, 1, 1)
    assert (report.answered, report.llm_tokens, report.cost, report.duration_s) == (1, 15, 0.25, 4.0)
    (line,) = report.lines
    assert (line.answers, line.at, line.end, line.ready_at, line.heard) == (("a",), 1.6, 3.6, 1.503, "Hi.")
    assert report.spoken_after_delete == 1  # half a second of it after the deletion
    assert watcher.overheads == [9.0]


def test_a_line_that_was_never_heard_is_none() -> None:
    watcher = Watcher()
    watcher.record(record(heard_ms=0, spans={"prepare": 5.0}, outcome="failed", usage=None))
    assert build(watcher.result).lines == ()
    assert watcher.overheads == []


def test_what_the_host_says_is_no_dead_air() -> None:
    watcher = Watcher()
    watcher.observe(Fact(1, 1_000_000_000, HostSpoke("host:1", "m:host:1", Features(words=16))), [])
    watcher.observe(Fact(2, 8_000_000_000, SinkChanged(page=True)), [])
    assert build(watcher.result).dead_air_s == {"max": 1.0, "total": 2.0}


def message(at: float, uid: str, text: str, user: str) -> ChatRow:
    return ChatRow(at=at, platform="t", kind="message", id=uid, user=User(user, user, user), text=text)


@pytest.fixture
def voice(monkeypatch) -> FakeVoice:
    made = FakeVoice("espeak", BRIEF)
    monkeypatch.setattr(house_module, "open_voices", lambda _settings: ({"espeak": made}, []))
    return made


def test_a_short_log_with_real_parts(tmp_path: Path, voice: FakeVoice) -> None:
    put(tmp_path / "home", "scenes/empty.yaml", "title: Quiet\n")
    show = plan(tmp_path, "show: {idle_after_s: 0, banter_every_s: 0, rundown: empty}\n")
    rows = [message(0.5, "a", "Mika, how are you?", "ana"), message(8.0, "b", "hello all", "ben")]
    began = time.monotonic()
    report = rehearse(show, ChatLog(rows, [], 3), speed=8.0, seed=2, show="rehearsal of a log")
    assert time.monotonic() - began > 1.0
    assert (report.messages, report.answered, report.bad_lines) == (2, 1, 3)
    assert report.lines[0].answers == ("a",)
    assert report.lines[0].outcome == "finished"
    assert report.voices_at_once_max == 1
    assert report.scripted
    assert voice.requests
    assert "rehearsals" in report.journal
    assert Path(report.journal).is_file()
    assert not (tmp_path / "state" / "texts.jsonl").exists()  # the words of a real show stay what they are


def test_what_cannot_be_opened_is_misconfigured(tmp_path: Path) -> None:
    put(tmp_path, "state", "a file")
    with pytest.raises(Misconfigured, match="cannot be written"):
        rehearse(plan(tmp_path), ChatLog([], [], 0), speed=1.0, seed=1, show="x")
