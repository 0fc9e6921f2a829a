"""What the stage of a show makes of what OBS tells."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from streamer.app.staging.room import StageRoom


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
    house: Any = SimpleNamespace(start=None, clock=None, plan=None, closing=False)
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
