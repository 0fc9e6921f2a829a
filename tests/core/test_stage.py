"""What the audience should see, at each moment of a scene."""

from streamer.core.events import CloseRequested, HostSpeechConfirmed, SegmentDue, SkipPressed
from streamer.core.settings import Segment, ShowSettings
from streamer.core.stage import stage
from tests.core.scene import Scene


def test_an_empty_moment_looks_at_the_chat() -> None:
    now = stage(Scene().show)
    assert (now.mode, now.speaker, now.line, now.answering) == ("running", "", 0, "")
    assert now.listening_to == {"mika": "chat", "juno": "chat"}


def test_the_speaker_looks_at_the_viewer_and_the_other_at_the_speaker() -> None:
    scene = Scene()
    scene.chat("ana", to=["mika"], uid="t:1")
    assert stage(scene.show).speaker == ""  # being prepared is not to be seen
    scene.ready(1)
    now = stage(scene.show)
    assert (now.speaker, now.line, now.answering) == ("mika", 1, "t:1")
    assert now.listening_to == {"mika": "viewer", "juno": "mika"}


def test_a_line_that_is_cut_is_over_at_once() -> None:
    scene = Scene()
    scene.chat("ana", to=["mika"])
    scene.ready(1)
    scene.started(1)
    scene.feed(SkipPressed())
    assert stage(scene.show).speaker == ""


def test_everybody_listens_to_the_host() -> None:
    scene = Scene()
    scene.feed(HostSpeechConfirmed())
    assert set(stage(scene.show).listening_to.values()) == {"host"}


def test_in_banter_they_look_at_each_other_and_nothing_of_the_chat_is_shown() -> None:
    scene = Scene(
        ShowSettings(segments=(Segment("quiz", banter=True, scene="both"),), idle_after_ms=0, banter_every_ms=0)
    )
    scene.feed(SegmentDue("quiz", 0))
    scene.speak(1)
    assert stage(scene.show).answering == ""
    scene.ready(2)
    scene.wait(400)
    now = stage(scene.show)
    assert now.line == 2
    assert set(now.listening_to.items()) == {("mika", "juno"), ("juno", "mika")}
    assert now.scene == "both"


def test_the_end_is_to_be_seen() -> None:
    scene = Scene()
    scene.feed(CloseRequested())
    assert stage(scene.show).mode == "closed"
