"""The milestones of a line; facts about a line that is not ours any more change nothing."""

from streamer.core.commands import Cut, Drop, Prepare
from streamer.core.events import LineEnded, SentenceSpoken, SkipPressed
from streamer.core.settings import ShowSettings
from streamer.core.show import HEARD_LINES
from tests.core.scene import Scene, of


def on_air() -> Scene:
    scene = Scene()
    scene.chat("ana", to=["mika"], uid="t:1")
    scene.ready(1)
    return scene


def test_facts_about_strangers_and_facts_told_twice_change_nothing() -> None:
    scene = on_air()
    scene.started(1)
    before = scene.show
    for fact in (SentenceSpoken(9, 0, 100), LineEnded(line=9, outcome="finished", heard_ms=5)):
        assert scene.feed(fact) == []
    assert scene.ready(1) == []
    assert scene.ready(9) == []
    assert scene.started(1) == []
    assert scene.started(9) == []
    after = scene.show
    assert (after.air, after.answered_ms, after.spoken) == (before.air, before.answered_ms, before.spoken)


def test_nothing_on_air_nothing_to_end() -> None:
    scene = Scene()
    for fact in (SentenceSpoken(1, 0, 100), LineEnded(line=1, outcome="finished", heard_ms=5)):
        assert scene.feed(fact) == []
    assert scene.started(1) == []
    assert scene.show.heard == ()


def test_a_start_takes_the_turn_of_the_viewer_and_of_those_who_asked_the_same() -> None:
    scene = Scene()
    scene.chat("zoe", to=["mika"])
    scene.chat("ana", question=True, topic=3)
    scene.chat("ben", question=True, topic=3)
    scene.speak(1)
    scene.ready(2)
    scene.wait(400)
    scene.started(2)
    assert set(scene.show.viewers) == {"t:zoe", "t:ana", "t:ben"}
    assert len(scene.show.answered_ms) == 2
    assert scene.show.last_persona == scene.show.air.persona  # type: ignore[union-attr]


def test_what_is_spoken_is_heard_progress_and_never_goes_back() -> None:
    scene = on_air()
    scene.started(1)
    scene.feed(SentenceSpoken(1, 1, 2_000))
    scene.feed(SentenceSpoken(1, 0, 900))
    assert scene.show.air is not None
    assert scene.show.air.heard_ms == 2_000


def test_a_line_that_is_being_cut_makes_no_progress() -> None:
    scene = on_air()
    scene.started(1)
    scene.feed(SkipPressed())
    deadline = scene.show.air.deadline_ms  # type: ignore[union-attr]
    scene.wait(500)
    scene.feed(SentenceSpoken(1, 0, 900))
    assert scene.show.air is not None
    assert scene.show.air.deadline_ms == deadline


def test_an_end_with_sound_makes_up_for_a_lost_start() -> None:
    scene = on_air()
    scene.ended(1, 2_500)
    assert scene.show.answered_ms == (0,)
    assert scene.show.viewers == {"t:ana": 0}
    assert scene.show.spoken == {"mika": 2_500}


def test_a_line_that_was_never_heard_leaves_no_trace() -> None:
    scene = on_air()
    scene.feed(LineEnded(line=1, outcome="failed", reason="no voice"))
    show = scene.show
    assert (show.heard, show.spoken, show.answered_ms, show.viewers, show.air) == ((), {}, (), {}, None)


def test_a_preparation_that_fails_is_dropped_for_everybody_who_asked() -> None:
    scene = Scene()
    scene.chat("zoe", to=["mika"])
    scene.chat("ana", question=True, topic=3, uid="t:a")
    scene.chat("ben", question=True, topic=3, uid="t:b")
    scene.speak(1)
    out = scene.feed(LineEnded(line=2, outcome="failed"))
    assert [(d.uid, d.reason) for d in of(Drop, out)] == [("t:a", "failed"), ("t:b", "failed")]


def test_a_line_cut_short_takes_back_what_was_to_follow_from_it() -> None:
    scene = Scene(ShowSettings(idle_after_ms=5_000, banter_every_ms=1))
    (first,) = of(Prepare, scene.wait(5_000))
    (second,) = of(Prepare, scene.ready(first.line))
    scene.started(first.line)
    out = scene.feed(SkipPressed())
    assert [cut.line for cut in of(Cut, out)] == [first.line]
    assert scene.show.next is None
    assert second.after == first.line


def test_the_last_lines_heard_are_kept_and_no_more() -> None:
    scene = Scene(ShowSettings(idle_after_ms=0, banter_every_ms=0, answers_per_minute=100))
    for n in range(HEARD_LINES + 5):
        scene.chat(f"v{n}", to=["mika"])
        scene.speak(n + 1, 1_000)
    assert [each.line for each in scene.show.heard] == list(range(6, HEARD_LINES + 6))


def test_a_line_of_which_every_fact_was_lost_still_counts_as_an_answer() -> None:
    scene = on_air()
    begun = scene.show.air
    assert begun is not None
    scene.wait(30_000)
    assert scene.show.air is None
    assert scene.show.answered_ms == (begun.aired_ms,)
