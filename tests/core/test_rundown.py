"""Scenes: what the show does of its own accord."""

import pytest

from streamer.core.commands import Air, Drop, Prepare, TakeScene, Withdraw
from streamer.core.events import (
    DialSet,
    Event,
    HostEarChanged,
    PausePressed,
    Resumed,
    SegmentDue,
    StopPressed,
    Tombstoned,
)
from streamer.core.settings import Member, Segment, ShowSettings
from tests.core.scene import CAST, Scene, of, prepared

NEWS = Segment("news", persona="juno", stale_after_ms=10_000, scene="desk")
QUIZ = Segment("quiz", banter=True)


def scene_with(*segments: Segment, **more: object) -> Scene:
    fields = {"idle_after_ms": 0, "banter_every_ms": 0, **more}
    return Scene(ShowSettings(segments=segments, **fields))  # type: ignore[arg-type]


def test_a_segment_is_opened_by_its_persona_and_takes_its_scene_with_the_floor() -> None:
    scene = scene_with(NEWS)
    line = prepared(scene.feed(SegmentDue("news", 0)))
    assert (line.kind, line.persona, line.prompt, line.why) == ("segment", "juno", "s:news", "segment")
    out = scene.ready(line.line)
    assert of(Air, out)
    assert [take.scene for take in of(TakeScene, out)] == ["desk"]
    scene.started(line.line)
    scene.ended(line.line)
    scene.feed(SegmentDue("news", scene.now_ms))
    assert of(TakeScene, scene.wait(500) + scene.ready(2) + scene.wait(500)) == []  # it is there already


def test_what_is_stale_unknown_or_waiting_already_is_skipped() -> None:
    scene = scene_with(NEWS)
    assert scene.feed(SegmentDue("nothing", 0)) == []
    scene.wait(10_000)
    (drop,) = of(Drop, scene.feed(SegmentDue("news", 0)))
    assert (drop.uid, drop.reason) == ("segment:news", "expired")
    scene.feed(PausePressed())
    assert scene.feed(SegmentDue("news", scene.now_ms)) == []
    assert scene.feed(SegmentDue("news", scene.now_ms)) == []
    assert len(scene.show.requests) == 1


def test_no_segment_while_stopped() -> None:
    scene = scene_with(NEWS)
    scene.feed(StopPressed())
    assert scene.feed(SegmentDue("news", 0)) == []
    assert scene.show.requests == ()


def test_a_segment_goes_before_the_chat_and_is_not_counted_as_an_answer() -> None:
    scene = scene_with(NEWS)
    scene.chat("zoe", to=["mika"])
    scene.chat("ana", kind="superchat")
    scene.feed(SegmentDue("news", 0))
    assert of(Prepare, scene.speak(1))[0].kind == "segment"
    assert len(scene.show.answered_ms) == 1


def test_a_bit_ends_after_three_turns_and_alternates() -> None:
    scene = scene_with(QUIZ)
    first = prepared(scene.feed(SegmentDue("quiz", 0)))
    second = of(Prepare, scene.speak(first.line))[0]
    third = of(Prepare, scene.speak(second.line))[0]
    assert [line.turn for line in (first, second, third)] == [1, 2, 3]
    assert [line.last_turn for line in (first, second, third)] == [False, False, True]
    assert first.persona == third.persona != second.persona
    assert (second.partner, second.after, second.prompt) == (first.persona, first.line, "s:quiz")
    assert of(Prepare, scene.speak(third.line) + scene.wait(60_000)) == []


def test_nobody_to_answer_no_bit() -> None:
    alone = Scene(ShowSettings(segments=(QUIZ,), idle_after_ms=0, banter_every_ms=0), cast=(Member("mika"),))
    alone.feed(SegmentDue("quiz", 0))
    assert of(Prepare, alone.speak(1)) == []


def test_idle_talk_comes_after_the_silence_and_opens_a_bit_now_and_then() -> None:
    scene = Scene(ShowSettings(idle_after_ms=5_000, banter_every_ms=60_000))
    line = prepared(scene.wait(5_000))
    assert (line.kind, line.turn, scene.now_ms) == ("idle", 1, 5_000)
    answer = of(Prepare, scene.speak(line.line))[0]
    assert (answer.kind, answer.turn) == ("banter", 2)
    last = of(Prepare, scene.speak(answer.line))[0]
    assert of(Prepare, scene.speak(last.line)) == []
    later = prepared(scene.wait(5_000))
    assert (later.kind, later.turn) == ("idle", 0)  # too soon for another bit


def test_one_persona_muses_alone() -> None:
    scene = Scene(ShowSettings(idle_after_ms=5_000), cast=(Member("mika"),))
    assert prepared(scene.wait(5_000)).turn == 0


def test_an_answer_is_taken_up_by_the_other_now_and_then_when_nobody_waits() -> None:
    scene = Scene(ShowSettings(idle_after_ms=0, banter_every_ms=60_000))
    scene.chat("ana", to=["mika"])
    scene.chat("ben", to=["mika"])
    remark = of(Prepare, scene.ready(1))
    assert [line.kind for line in remark] == ["answer"]  # ben waits: he comes first
    scene.started(1)
    scene.wait(3_000)
    out = scene.ready(2) + scene.ended(1) + scene.wait(1_000)
    (remark,) = of(Prepare, out)
    assert (remark.kind, remark.turn, remark.persona, remark.after) == ("banter", 2, "juno", 2)


def test_idle_talk_waits_for_an_ear_on_a_real_channel_and_never_comes_when_only_named() -> None:
    scene = Scene(ShowSettings(idle_after_ms=5_000, unattended=False))
    assert scene.wait(60_000) == []
    assert prepared(scene.feed(HostEarChanged(connected=True))).kind == "idle"
    quiet = Scene(ShowSettings(idle_after_ms=5_000), cast=CAST)
    quiet.feed(DialSet(dial="named"))
    assert quiet.wait(60_000) == []


def test_somebody_who_waits_for_his_minute_is_no_silence() -> None:
    scene = Scene(ShowSettings(idle_after_ms=5_000, banter_every_ms=0, answers_per_minute=1))
    scene.chat("ana", to=["mika"])
    scene.speak(1)
    scene.chat("ben", to=["mika"], uid="t:ben")
    assert scene.wait(20_000) == []
    assert prepared(scene.feed(Tombstoned("message", "t:ben"))).kind == "idle"


def test_a_bit_ends_when_the_chat_has_something_to_say() -> None:
    scene = Scene(ShowSettings(idle_after_ms=5_000, banter_turns=3, banter_every_ms=60_000, answers_per_minute=1))
    scene.chat("ana", to=["mika"])
    scene.speak(1)
    scene.wait(5_000)
    scene.chat("ben", to=["mika"])  # has to wait for his minute; nobody starts a bit over his head
    line = scene.show.next
    assert line is not None
    scene.ready(line.id)
    assert scene.show.next is None


@pytest.mark.parametrize("event", [HostEarChanged(connected=False), DialSet(dial="named")])
def test_small_talk_that_is_prepared_is_given_up_when_nobody_may_talk_unasked(event: Event) -> None:
    scene = scene_with(idle_after_ms=5_000, unattended=False)
    scene.feed(HostEarChanged(connected=True))
    line = prepared(scene.wait(6_000))
    assert line.kind == "idle"
    assert [w.line for w in of(Withdraw, scene.feed(event))] == [line.line]
    assert of(Air, scene.ready(line.line) + scene.wait(60_000)) == []


def test_after_a_resume_the_host_is_not_heard_until_an_ear_comes_back() -> None:
    scene = scene_with(idle_after_ms=5_000, unattended=False)
    scene.feed(HostEarChanged(connected=True))
    scene.feed(Resumed(gap_s=3))
    assert of(Prepare, scene.wait(60_000)) == []
    assert prepared(scene.feed(HostEarChanged(connected=True))).kind == "idle"


def test_a_word_into_the_silence_that_never_sounded_is_not_asked_for_again_at_once() -> None:
    scene = scene_with(idle_after_ms=5_000)
    line = prepared(scene.wait(6_000))
    scene.ready(line.line)
    scene.wait(1_000)
    assert of(Prepare, scene.ended(line.line, 0, "cut")) == []
    assert of(Prepare, scene.wait(4_500)) == []
    assert of(Prepare, scene.wait(1_000))
