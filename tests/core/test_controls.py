"""Scenes: stop, resume, skip, the dial, the end."""

from streamer.core.commands import Close, Cut, Drop, Prepare, Withdraw
from streamer.core.events import (
    CloseRequested,
    DialSet,
    PausePressed,
    ResumePressed,
    SayRequested,
    SkipPressed,
    StopPressed,
    Tombstoned,
)
from streamer.core.settings import ShowSettings
from tests.core.scene import Scene, of, prepared


def two_lines() -> Scene:
    scene = Scene()
    scene.chat("ana", to=["mika"], uid="t:1")
    scene.chat("ben", to=["juno"], uid="t:2")
    scene.chat("cleo", to=["juno"], uid="t:3")
    scene.ready(1)
    scene.started(1)
    scene.ready(2)
    return scene


def test_stop_ends_the_line_clears_everything_and_stays_silent_until_resume() -> None:
    scene = two_lines()
    out = scene.feed(StopPressed(by="rin", via="panel", saw=1))
    assert [(c.line, c.reason) for c in of(Cut, out)] == [(1, "stop")]
    assert [w.line for w in of(Withdraw, out)] == [2]
    assert {d.uid for d in of(Drop, out)} == {"t:2", "t:3"}
    scene.ended(1, 700, "cut")
    assert scene.chat("dan", to=["mika"]) == []
    assert scene.wait(120_000) == []
    scene.feed(ResumePressed(by="rin"))
    assert prepared(scene.chat("eve", to=["mika"])).persona == "mika"


def test_a_say_while_stopped_is_refused_and_not_kept_for_later() -> None:
    scene = Scene()
    scene.feed(StopPressed())
    assert [d.reason for d in of(Drop, scene.feed(SayRequested(uid="o:1", persona="mika", text="o:1")))] == ["cleared"]
    assert scene.feed(ResumePressed()) == []


def test_skip_ends_this_line_and_only_the_one_that_was_seen() -> None:
    scene = two_lines()
    assert scene.feed(SkipPressed(saw=99)) == []
    assert [c.reason for c in of(Cut, scene.feed(SkipPressed(saw=1)))] == ["skip"]
    assert scene.feed(SkipPressed(saw=1)) == []


def test_a_line_given_the_floor_but_not_heard_yet_is_pulled_back_by_pause() -> None:
    scene = Scene()
    scene.chat("ana", to=["mika"], uid="t:1")
    scene.ready(1)
    assert [c.line for c in of(Cut, scene.feed(PausePressed()))] == [1]
    assert [r.uid for r in scene.show.requests] == ["t:1"]


def test_turning_the_dial_down_drops_what_no_longer_fits() -> None:
    scene = Scene()
    scene.chat("ana", to=["mika"])
    scene.chat("ben", question=True, uid="t:q")
    scene.chat("cleo", to=["juno"], uid="t:n")
    out = scene.feed(DialSet(dial="named"))
    assert [(d.uid, d.reason) for d in of(Drop, out)] == [("t:q", "dial")]


def test_closing_cuts_and_then_says_that_it_is_over() -> None:
    scene = two_lines()
    out = scene.feed(CloseRequested())
    assert of(Cut, out)
    assert not of(Close, out)
    assert of(Close, scene.ended(1, 100, "cut"))


def test_closing_politely_lets_the_line_end() -> None:
    scene = two_lines()
    out = scene.feed(CloseRequested(finish=True))
    assert not of(Cut, out)
    assert of(Close, scene.ended(1))


def test_closing_does_not_wait_for_a_line_that_never_ends() -> None:
    scene = two_lines()
    scene.feed(CloseRequested(finish=True))
    assert of(Close, scene.wait(13_000))


def test_what_was_skipped_or_taken_back_before_it_was_heard_does_not_come_again_with_a_pause() -> None:
    for press in (SkipPressed(), Tombstoned("message", "t:1")):
        scene = Scene()
        scene.chat("ana", to=["mika"], uid="t:1")
        scene.ready(1)
        assert of(Cut, scene.feed(press))
        scene.feed(PausePressed())
        assert scene.show.requests == ()
        scene.ended(1, 0, "cut")
        assert of(Prepare, scene.feed(ResumePressed())) == []


def test_presses_that_have_nothing_to_do_do_nothing() -> None:
    scene = Scene()
    assert scene.feed(SkipPressed()) == []
    assert scene.feed(ResumePressed()) == []
    assert scene.feed(DialSet(dial="normal")) == []
    scene.feed(StopPressed())
    assert scene.feed(PausePressed()) == []
    assert scene.show.mode == "stopped"  # a pause does not undo a stop


def test_after_the_end_nothing_begins_again() -> None:
    scene = Scene()
    assert of(Close, scene.feed(CloseRequested()))
    for press in (StopPressed(), ResumePressed(), PausePressed(), CloseRequested(), CloseRequested(finish=True)):
        assert scene.feed(press) == []
    assert scene.chat("ana", to=["mika"]) == []
    assert scene.show.mode == "closed"


def test_a_polite_end_with_nothing_on_air_is_at_once() -> None:
    scene = Scene()
    assert of(Close, scene.feed(CloseRequested(finish=True)))


def test_a_prepared_line_goes_back_into_a_full_queue_in_its_rank() -> None:
    scene = Scene(ShowSettings(queue_max=2, idle_after_ms=0, banter_every_ms=0))
    scene.chat("ana", to=["mika"], uid="t:1")
    scene.chat("ben", question=True, uid="t:2")
    scene.chat("cleo", to=["mika"], uid="t:3")
    out = scene.feed(PausePressed())
    assert [(d.uid, d.reason) for d in of(Drop, out)] == [("t:2", "crowded")]
    assert [r.uid for r in scene.show.requests] == ["t:1", "t:3"]


def test_chatty_to_normal_drops_the_small_talk() -> None:
    scene = Scene()
    scene.feed(DialSet(dial="chatty"))
    scene.chat("zoe", to=["mika"])
    scene.chat("ana", uid="t:talk")
    scene.chat("ben", question=True, uid="t:q")
    out = scene.feed(DialSet(dial="normal"))
    assert [(d.uid, d.reason) for d in of(Drop, out)] == [("t:talk", "dial")]


def test_stop_cuts_a_line_that_was_to_end_by_itself_before_the_end() -> None:
    scene = two_lines()
    scene.feed(CloseRequested(finish=True))
    assert [(c.line, c.reason) for c in of(Cut, scene.feed(StopPressed()))] == [(1, "stop")]
    assert scene.show.mode == "closing"
    assert of(Close, scene.ended(1, 500, "cut"))


def test_turning_the_dial_down_gives_up_the_prepared_line_that_no_longer_fits() -> None:
    scene = Scene()
    scene.chat("ana", question=True, uid="t:a")
    commands = scene.feed(DialSet(dial="named"))
    assert of(Withdraw, commands) == [Withdraw(cause=scene.seq, line=1, reason="dial")]
    assert [(each.uid, each.reason) for each in of(Drop, commands)] == [("t:a", "dial")]
    scene.feed(DialSet(dial="normal"))
    scene.chat("ben", to=["mika"], uid="t:b")
    assert of(Withdraw, scene.feed(DialSet(dial="named"))) == []
