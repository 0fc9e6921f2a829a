"""Scenes: stop, resume, skip, the dial, the end."""

from streamer.core.commands import Close, Cut, Drop, Withdraw
from streamer.core.events import (
    CloseRequested,
    DialSet,
    PausePressed,
    ResumePressed,
    SayRequested,
    SkipPressed,
    StopPressed,
)
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
