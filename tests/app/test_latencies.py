"""The stages of a turn, from the spans that the ear and the performer leave."""

import math
from collections.abc import Mapping

import msgspec
import pytest

from streamer.app.latencies import PENDING, STAGES, TOTAL, TURNS, Latencies
from streamer.core.commands import Prepare


class ATurn(msgspec.Struct, frozen=True):
    ended_s: float
    spans: Mapping[str, float]


class ALine(msgspec.Struct, frozen=True):
    cmd: Prepare
    spans: dict[str, float]


class Clocks:
    """Of the show (ms) and of the ear (s); they do not begin together."""

    def __init__(self) -> None:
        self.ms = 50_000.0

    def later(self, ms: float) -> None:
        self.ms += ms

    def latencies(self) -> Latencies:
        return Latencies(lambda: self.ms, lambda: self.ms / 1000 + 900)

    def ago_s(self, ms: float) -> float:
        return (self.ms - ms) / 1000 + 900


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


def line(*answers: str, kind: str = "host", **spans: float) -> ALine:
    cmd = Prepare(cause=1, line=1, persona="mika", kind=kind, why="host", answers=answers)  # pyright: ignore[reportArgumentType]
    return ALine(cmd, spans)


def test_nothing_was_measured_yet(clocks: Clocks) -> None:
    table = clocks.latencies().table()
    assert list(table) == [*STAGES, TOTAL]
    assert set(map(str, table.values())) == {"{'p50': 0.0, 'p95': 0.0, 'n': 0}"}


def test_a_whole_turn(clocks: Clocks) -> None:
    found = clocks.latencies()
    spans = {"onset": 32.0, "confirm": 160.0, "candidate": 250.0, "endpoint": 310.0, "asr": 180.0}
    found.turn(ATurn(clocks.ago_s(500), spans), "host:ear-1")
    at = clocks.ms
    found.record(
        line(
            "host:ear-1",
            prepare=at + 4,
            brief=at + 5,
            llm_first_token=at + 305,
            first_clause=at + 390,
            tts_request=at + 391,
            tts_first_byte=at + 500,
            ready=at + 501,
            first_frame=at + 510,
            heard_start=at + 580,
            ended=at + 3000,
        )
    )
    table = found.table()
    assert {stage: row["p50"] for stage, row in table.items()} == {
        "vad": 32, "endpoint": 310, "asr": 180, "queue": 4, "llm": 300, "tts": 109, "paint": 70, "total": 1080,
    }  # fmt: skip
    assert {row["n"] for row in table.values()} == {1}


def test_a_line_that_was_never_heard_counts_as_far_as_it_came(clocks: Clocks) -> None:
    found = clocks.latencies()
    found.turn(ATurn(clocks.ago_s(500), {"endpoint": 300.0}), "host:ear-1")
    found.record(line("host:ear-1", prepare=clocks.ms + 3, brief=clocks.ms + 4))
    counts = {stage: row["n"] for stage, row in found.table().items()}
    assert counts == {"vad": 0, "endpoint": 1, "asr": 0, "queue": 1, "llm": 0, "tts": 0, "paint": 0, "total": 0}


def test_lines_for_the_chat_count_where_the_host_has_no_part(clocks: Clocks) -> None:
    found = clocks.latencies()
    found.turn(ATurn(clocks.ago_s(500), {}), "host:ear-1")
    found.record(line("twitch:1", kind="answer", prepare=1.0, brief=2.0, llm_first_token=12.0, heard_start=90.0))
    counts = {stage: row["n"] for stage, row in found.table().items() if row["n"]}
    assert counts == {"llm": 1}


def test_only_the_first_answer_is_the_answer(clocks: Clocks) -> None:
    found = clocks.latencies()
    found.turn(ATurn(clocks.ago_s(500), {}), "host:ear-1")
    for _ in range(2):
        found.record(line("host:ear-1", prepare=clocks.ms + 1, heard_start=clocks.ms + 100))
    assert found.table()[TOTAL] == {"p50": 600.0, "p95": 600.0, "n": 1}


def test_what_was_said_in_two_turns_is_timed_from_the_second(clocks: Clocks) -> None:
    found = clocks.latencies()
    found.turn(ATurn(clocks.ago_s(500), {}), "host:ear-1")
    clocks.later(2000)
    found.turn(ATurn(clocks.ago_s(400), {}), "host:ear-2")
    found.record(line("host:ear-1", "host:ear-2", prepare=clocks.ms + 7, heard_start=clocks.ms + 100))
    table = found.table()
    assert (table["queue"]["p50"], table[TOTAL]["p50"]) == (7, 500)


def test_without_a_uid_the_next_host_line_is_the_answer(clocks: Clocks) -> None:
    found = clocks.latencies()
    found.turn(ATurn(clocks.ago_s(500), {}))
    found.record(line("twitch:1", kind="answer", prepare=clocks.ms + 1, heard_start=clocks.ms + 50))
    found.record(line("host:x", prepare=clocks.ms + 1, heard_start=clocks.ms + 100))
    assert found.table()[TOTAL]["p50"] == 600


def test_a_negative_span_is_no_measurement(clocks: Clocks) -> None:
    """A line that was begun while the host still spoke, a clock that was set back."""
    found = clocks.latencies()
    found.turn(ATurn(clocks.ago_s(-500), {"asr": -1.0}), "host:ear-1")
    found.record(line("host:ear-1", prepare=clocks.ms - 10, heard_start=clocks.ms + 100))
    counts = {stage: row["n"] for stage, row in found.table().items() if row["n"]}
    assert counts == {TOTAL: 1}


def test_it_keeps_the_last_hundred(clocks: Clocks) -> None:
    found = clocks.latencies()
    for ms in range(1, 1001):
        found.turn(ATurn(clocks.ago_s(0), {"asr": float(ms)}), f"host:ear-{ms}")
    asr = found.table()["asr"]
    assert asr == {"p50": 950.0, "p95": 995.0, "n": TURNS}
    assert len(found._pending) == PENDING


@pytest.mark.parametrize("n", [1, 2, 3, 19, 20, 21, 100])
def test_quantiles_are_by_nearest_rank(clocks: Clocks, n: int) -> None:
    found = clocks.latencies()
    for ms in range(1, n + 1):
        found.turn(ATurn(0.0, {"asr": float(ms)}))
    asr = found.table()["asr"]
    assert (asr["p50"], asr["p95"]) == (math.ceil(0.50 * n), math.ceil(0.95 * n))
