"""What the stage of a show makes of what OBS tells."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from streamer.app.staging.room import StageRoom
from streamer.core.commands import Prepare
from streamer.core.events import LineEnded, LineStarted
from streamer.ports import Cue


class Words:
    def __init__(self) -> None:
        self.said: list[str] = []

    def recording(self, word: str) -> None:
        self.said.append(f"recording {word}")

    def streaming(self, word: str) -> None:
        self.said.append(f"streaming {word}")


def obs(state: str = "ready", **more: Any) -> Mapping[str, object]:
    return {"state": state, "recording": None, "paused": None, "streaming": None, **more}


@pytest.fixture
def told() -> Words:
    return Words()


@pytest.fixture
def room(told: Words) -> StageRoom:
    clock = SimpleNamespace(now_ns=lambda: 0)
    house: Any = SimpleNamespace(start=None, clock=clock, plan=None, closing=False)
    made = StageRoom(house, lambda _changes, _gone: None)
    made.afterwards = told  # pyright: ignore[reportAttributeAccessIssue]
    return made


def test_a_recording_begins_pauses_goes_on_and_ends(room: StageRoom, told: Words) -> None:
    for recording, paused in ((True, False), (True, True), (True, False), (False, False)):
        room.reports.state("obs", obs(recording=recording, paused=paused, streaming=False))
    assert told.said == ["recording started", "recording paused", "recording resumed", "recording stopped"]


def test_a_recording_that_outlives_the_connection_is_one(room: StageRoom, told: Words) -> None:
    """After a connect it takes a moment until OBS was asked what it does."""
    room.reports.state("obs", obs(recording=True, paused=False, streaming=True))
    room.reports.state("obs", obs("lost"))
    room.reports.state("obs", obs())
    room.reports.state("obs", obs(recording=True, paused=False, streaming=True))
    assert told.said == ["recording started", "streaming started"]
    room.reports.state("obs", obs("lost"))
    room.reports.state("obs", obs())
    room.reports.state("obs", obs(recording=False, paused=False, streaming=False))
    assert told.said[2:] == ["recording stopped", "streaming stopped"]


@pytest.mark.parametrize("test", [True, False])
def test_devices_know_whether_a_line_is_a_test(room: StageRoom, monkeypatch: pytest.MonkeyPatch, *, test: bool) -> None:
    cues: list[Cue] = []
    monkeypatch.setattr(room.hand, "cue", cues.append)
    room.afterwards = None
    order = Prepare(cause=1, line=1, persona="mika", kind="paid", why="raid", test=test)
    room.ordered(order)
    room.folded(LineStarted(1))
    room.ended(LineEnded(line=1, outcome="finished", heard_ms=900, heard="l:1"), order, "Hi!")
    assert [(cue.kind, cue.test) for cue in cues] == [("line", test), ("line_ended", test)]
