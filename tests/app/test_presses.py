"""What a press would do."""

import pytest

from streamer.app.presses import outcome_of
from streamer.core.events import (
    AutoPressed,
    DialSet,
    EmergencyPressed,
    Event,
    HostHeld,
    PausePressed,
    QueueCleared,
    ResumePressed,
    SceneTakenByHand,
    SkipPressed,
    StopPressed,
)
from tests.core.scene import Scene


@pytest.mark.parametrize(
    ("pressed", "before", "after"),
    [
        (StopPressed(), "done", "already"),
        (PausePressed(), "done", "already"),
        (ResumePressed(), "already", "already"),
        (EmergencyPressed(), "done", "already"),
        (AutoPressed(), "already", "already"),
        (HostHeld(on=True), "done", "already"),
        (HostHeld(on=False), "already", "already"),
        (DialSet(dial="chatty"), "done", "already"),
        (SkipPressed(), "already", "already"),
        (QueueCleared(), "already", "already"),
        (SceneTakenByHand(scene="main"), "done", "already"),
        (SceneTakenByHand(scene="mian"), "unknown", "unknown"),
    ],
)
def test_a_press_and_the_same_again(pressed: Event, before: str, after: str) -> None:
    scene = Scene()
    assert outcome_of(pressed, scene.show, ["main"]) == before
    if before == "done":
        scene.feed(pressed)
    assert outcome_of(pressed, scene.show, ["main"]) == after


def test_a_skip_that_was_meant_for_another_line_is_stale() -> None:
    scene = Scene()
    scene.chat("ana", to=["mika"])
    scene.ready(1)
    assert outcome_of(SkipPressed(saw=1), scene.show, ()) == "done"
    assert outcome_of(SkipPressed(saw=9), scene.show, ()) == "stale"


def test_after_a_scene_by_hand_auto_does_something() -> None:
    scene = Scene()
    scene.feed(SceneTakenByHand(scene="Game", via="obs"))
    assert outcome_of(AutoPressed(), scene.show, ()) == "done"
