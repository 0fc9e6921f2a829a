"""Going on where a process ended, and when not to."""

from pathlib import Path

import pytest

from streamer.app.journal import FileJournal, Header, digest
from streamer.app.past import FORGET_AFTER_S, interrupted
from streamer.core.director import step
from streamer.core.events import (
    ChatReceived,
    CloseRequested,
    Event,
    Fact,
    Features,
    ShowStarted,
    StopPressed,
    Tombstoned,
)
from streamer.core.settings import ShowSettings
from streamer.core.show import EMPTY
from tests.core.scene import CAST

EPOCH = 1_700_000_000_000_000_000
ASK = ChatReceived(uid="t:1", user="t:ana", platform="t", text="m:t:1", features=Features(("mika",)))


async def write(folder: Path, *events: tuple[float, Event]) -> None:
    journal = FileJournal.create(folder, Header(epoch=EPOCH))
    show = EMPTY
    for seq, (at_s, event) in enumerate(events, 1):
        fact = Fact(seq, int(at_s * 1e9), event)
        show, commands = step(show, fact)
        journal.append(fact, digest(commands))
    await journal.aclose()


STARTED = (0.0, ShowStarted(ShowSettings(idle_after_ms=0), CAST))


def wall(after_s: float) -> int:
    return EPOCH + int(after_s * 1e9)


async def test_a_show_that_was_not_closed_goes_on_and_says_what_died_with_it(tmp_path: Path):
    await write(tmp_path, STARTED, (10.0, ASK), (20.0, Tombstoned("user", "t:bob")))
    past = interrupted(tmp_path, wall_ns=wall(50))
    assert past is not None
    assert (past.gap_s, past.lost, past.recovered.seq) == (30.0, 1, 3)
    assert [(type(event).__name__, at_s) for event, at_s in past.facts()][1:] == [
        ("ChatReceived", 10.0), ("Tombstoned", 20.0),
    ]  # fmt: skip


async def test_what_was_said_long_ago_needs_no_remembering(tmp_path: Path):
    await write(tmp_path, STARTED, (10.0, ASK), (10_000.0, StopPressed()))
    past = interrupted(tmp_path, wall_ns=wall(10_001))
    assert past is not None
    assert [type(event).__name__ for event, _ in past.facts()] == ["StopPressed"]
    assert past.recovered.show.mode == "stopped"


async def test_a_closed_show_is_over(tmp_path: Path):
    await write(tmp_path, STARTED, (1.0, CloseRequested()))
    assert interrupted(tmp_path, wall_ns=wall(2)) is None


@pytest.mark.parametrize("at_s", [FORGET_AFTER_S + 20.0, 5.0])
async def test_neither_long_ago_nor_in_the_future(tmp_path: Path, at_s: float):
    await write(tmp_path, STARTED, (10.0, ASK))
    assert interrupted(tmp_path, wall_ns=wall(at_s)) is None


async def test_nothing_to_go_on_with(tmp_path: Path):
    assert interrupted(tmp_path / "none", wall_ns=wall(1)) is None
    await write(tmp_path)
    assert interrupted(tmp_path, wall_ns=wall(1)) is None


def test_what_cannot_be_read_is_a_new_show(tmp_path: Path):
    (tmp_path / f"{EPOCH}.jsonl").write_text('{"format": 1, "version": 1, "epoch": 5}\nnot json\n{"seq": 1}\n')
    assert interrupted(tmp_path, wall_ns=wall(1)) is None
    (tmp_path / f"{EPOCH + 1}.jsonl").write_text("no journal\n")
    assert interrupted(tmp_path, wall_ns=wall(1)) is None
