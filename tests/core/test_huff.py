"""Scenes: a small huff after the host cut somebody off."""

import pytest

from streamer.core.commands import Cut, Prepare
from streamer.core.events import (
    Features,
    HostSpeechConfirmed,
    HostSpoke,
    HostVoiceEnded,
    LineEnded,
    ResumePressed,
    SayRequested,
    SkipPressed,
    StopPressed,
    Tombstoned,
)
from streamer.core.huff import EVERY_MS, WITHIN_MS
from streamer.core.settings import ShowSettings
from tests.core.scene import Scene, of

MANY = ShowSettings(idle_after_ms=0, banter_every_ms=0, answers_per_minute=600)


def on_air(scene: Scene, persona: str = "mika") -> int:
    """A persona is being heard."""
    scene.chat("ana", to=[persona])
    line = scene.show.next
    assert line is not None
    scene.ready(line.id)
    scene.wait(1_000)
    scene.started(line.id)
    return line.id


def cut_off(scene: Scene, persona: str = "mika") -> None:
    """... and the host speaks over her."""
    line = on_air(scene, persona)
    scene.feed(HostSpeechConfirmed())
    scene.ended(line, 700, "cut")
    scene.feed(HostVoiceEnded())


def manner_of_next(scene: Scene, **chat: object) -> str:
    chat = {"to": ["mika"], **chat}
    (line,) = of(Prepare, scene.chat("ben", **chat))  # type: ignore[arg-type]
    scene.ready(line.line)
    scene.wait(2_000)
    scene.started(line.line)
    scene.ended(line.line)
    return line.manner


def test_her_next_line_huffs_once() -> None:
    scene = Scene(MANY)
    cut_off(scene)
    assert manner_of_next(scene) == "huff"
    assert manner_of_next(scene) == ""


def test_another_persona_does_not_huff_and_does_not_use_it_up() -> None:
    scene = Scene(MANY)
    cut_off(scene)
    assert manner_of_next(scene, to=["juno"]) == ""
    assert manner_of_next(scene) == "huff"


def test_once_in_ten_minutes_for_the_whole_cast() -> None:
    scene = Scene(MANY)
    cut_off(scene)
    assert manner_of_next(scene) == "huff"
    scene.wait(60_000)
    cut_off(scene, "juno")
    assert manner_of_next(scene, to=["juno"]) == ""
    scene.wait(EVERY_MS)
    cut_off(scene, "juno")
    assert manner_of_next(scene, to=["juno"]) == "huff"


@pytest.mark.parametrize("press", [StopPressed(), SkipPressed()])
def test_a_moderator_who_takes_a_hand_ends_it(press) -> None:
    scene = Scene(MANY)
    cut_off(scene)
    scene.feed(press)
    scene.feed(ResumePressed())
    assert manner_of_next(scene) == ""


def test_what_a_moderator_cuts_is_no_reason() -> None:
    scene = Scene(MANY)
    line = on_air(scene)
    scene.feed(SkipPressed())
    scene.feed(HostSpeechConfirmed())  # the host speaks while she is already being cut
    scene.ended(line, 700, "cut")
    scene.feed(HostVoiceEnded())
    assert manner_of_next(scene) == ""


def test_a_prepared_huff_is_made_again_without_it_after_a_skip() -> None:
    scene = Scene(MANY)
    cut_off(scene)
    scene.feed(HostSpeechConfirmed())
    (first,) = of(Prepare, scene.chat("ben", to=["mika"]))
    assert first.manner == "huff"
    (again,) = of(Prepare, scene.feed(SkipPressed()))
    assert (again.answers, again.manner) == (first.answers, "")


def test_never_in_thanks_and_thanks_use_it_up() -> None:
    scene = Scene(MANY)
    cut_off(scene)
    assert manner_of_next(scene, kind="superchat") == ""
    assert manner_of_next(scene) == ""


def test_never_in_somebody_elses_words() -> None:
    scene = Scene(MANY)
    cut_off(scene)
    (line,) = of(Prepare, scene.feed(SayRequested(uid="o:1", persona="mika", text="o:1", exact=True)))
    assert line.manner == ""


def test_it_may_open_the_answer_to_the_host() -> None:
    scene = Scene(MANY)
    cut_off(scene)
    (line,) = of(Prepare, scene.feed(HostSpoke("h:1", "m:h:1", Features(addressed=("mika",)))))
    assert line.manner == "huff"


def test_who_was_not_heard_was_not_cut_off() -> None:
    scene = Scene(MANY)
    scene.chat("ana", to=["mika"])
    scene.ready(1)
    scene.wait(500)
    scene.feed(HostSpeechConfirmed())
    scene.ended(1, 0, "cut")
    scene.feed(HostVoiceEnded())
    assert manner_of_next(scene) == ""


def test_later_nobody_remembers() -> None:
    scene = Scene(MANY)
    cut_off(scene)
    scene.wait(WITHIN_MS)
    assert manner_of_next(scene) == ""


def test_a_huff_that_was_withdrawn_is_not_lost() -> None:
    scene = Scene(MANY)
    cut_off(scene)
    scene.feed(HostSpeechConfirmed())
    (first,) = of(Prepare, scene.chat("ben", to=["mika"]))
    (second,) = of(Prepare, scene.feed(HostSpoke("h:1", "m:h:1", Features(addressed=("mika",)))))
    assert (first.manner, second.manner) == ("huff", "huff")


def test_a_prepared_huff_is_made_again_without_it_when_words_on_air_are_taken_back() -> None:
    scene = Scene(MANY)
    cut_off(scene)
    line = on_air(scene, "juno")
    (first,) = of(Prepare, scene.chat("ben", to=["mika"]))
    assert first.manner == "huff"
    out = scene.feed(Tombstoned("message", "t:repeated", quoted=(line,)))
    assert [cut.line for cut in of(Cut, out)] == [line]
    (again,) = of(Prepare, out)
    assert (again.answers, again.manner) == (first.answers, "")


def test_nor_when_the_chain_has_ended_the_line_itself_because_it_repeated_such_words() -> None:
    scene = Scene(MANY)
    cut_off(scene)
    line = on_air(scene, "juno")
    (first,) = of(Prepare, scene.chat("ben", to=["mika"]))
    out = scene.feed(LineEnded(line=line, outcome="cut", heard_ms=500, heard="", reason="taken_back"))
    (again,) = of(Prepare, out)
    assert (first.manner, again.answers, again.manner) == ("huff", first.answers, "")
