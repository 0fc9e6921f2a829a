"""Scenes: the queue is cleared; a user is not heard any more, and is heard again."""

from streamer.core.commands import Cut, Drop, Withdraw
from streamer.core.events import (
    PausePressed,
    QueueCleared,
    ResumePressed,
    SayRequested,
    SegmentDue,
    StopPressed,
    UserIgnored,
    UserUnignored,
)
from streamer.core.settings import Segment, ShowSettings
from streamer.core.show import IGNORED_MAX
from tests.core.scene import Scene, of, prepared

ANA, BEN = "t:ana", "t:ben"


def test_clear_drops_who_waits_and_lets_the_line_on_air_end() -> None:
    scene = Scene()
    scene.chat("ana", to=["mika"], uid="t:1")
    scene.chat("ben", to=["juno"], uid="t:2")
    scene.chat("cleo", to=["juno"], uid="t:3")
    scene.ready(1)
    scene.started(1)
    scene.ready(2)
    out = scene.feed(QueueCleared(by="rin"))
    assert of(Cut, out) == []
    assert [(w.line, w.reason) for w in of(Withdraw, out)] == [(2, "cleared")]
    assert {(d.uid, d.reason) for d in of(Drop, out)} == {("t:2", "cleared"), ("t:3", "cleared")}
    assert scene.show.requests == ()
    assert scene.show.mode == "running"
    assert prepared(scene.chat("dan", to=["mika"])).persona == "mika"


def test_clear_drops_what_an_operator_asked_for_and_keeps_the_rundown() -> None:
    start = ShowSettings(idle_after_ms=0, banter_every_ms=0, segments=(Segment("news"),))
    scene = Scene(start)
    scene.feed(PausePressed())
    scene.feed(SegmentDue("news", 0))
    scene.feed(SayRequested(uid="o:1", persona="mika", text="o:1"))
    out = scene.feed(QueueCleared())
    assert [(d.uid, d.reason) for d in of(Drop, out)] == [("o:1", "cleared")]
    assert [request.kind for request in scene.show.requests] == ["segment"]


def test_pause_and_clear_are_quiet_until_resume() -> None:
    scene = Scene()
    scene.chat("ana", to=["mika"], uid="t:1")
    scene.feed(PausePressed())
    scene.feed(QueueCleared())
    assert scene.show.next is None
    assert scene.show.requests == ()
    scene.feed(ResumePressed())
    assert scene.wait(5_000) == []


def test_clear_of_nothing_does_nothing_in_any_mode() -> None:
    scene = Scene()
    assert scene.feed(QueueCleared()) == []
    scene.feed(StopPressed())
    assert scene.feed(QueueCleared()) == []
    assert scene.show.mode == "stopped"


def test_who_is_ignored_loses_his_requests_and_his_line_and_is_not_heard() -> None:
    scene = Scene()
    scene.chat("ana", to=["mika"], uid="t:1")
    scene.ready(1)
    scene.started(1)
    scene.chat("ben", to=["juno"], uid="t:2")
    scene.chat("ben", to=["mika"], uid="t:3")
    scene.chat("cleo", to=["mika"], uid="t:4")
    assert scene.show.next is not None
    out = scene.feed(UserIgnored(user=BEN))
    assert {(d.uid, d.reason) for d in of(Drop, out)} == {("t:2", "ignored"), ("t:3", "ignored")}
    assert all(user != BEN for _, user in scene.show.recent)
    assert scene.chat("ben", to=["mika"], uid="t:5") == []
    assert all(r.user != BEN for r in scene.show.requests)
    scene.feed(UserUnignored(user=BEN))
    scene.chat("ben", to=["mika"], uid="t:6")
    assert any(r.uid == "t:6" for r in scene.show.requests) or scene.show.next is not None


def test_a_line_on_air_for_him_ends_by_itself() -> None:
    scene = Scene()
    scene.chat("ana", to=["mika"], uid="t:1")
    scene.ready(1)
    scene.started(1)
    assert of(Cut, scene.feed(UserIgnored(user=ANA))) == []


def test_others_who_asked_the_same_are_still_answered() -> None:
    scene = Scene()
    scene.feed(PausePressed())
    scene.chat("ana", to=["mika"], uid="t:1", topic=7)
    scene.chat("ben", to=["mika"], uid="t:2", topic=7)
    out = scene.feed(UserIgnored(user=ANA))
    assert of(Drop, out) == []
    (kept,) = scene.show.requests
    assert (kept.uid, kept.user, kept.also) == ("t:2", BEN, ())


def test_a_prepared_line_that_knows_his_words_is_made_again_without_them() -> None:
    scene = Scene()
    scene.chat("ben", uid="t:1")
    scene.chat("ana", to=["mika"], uid="t:2")
    assert scene.show.next is not None
    assert BEN in {user for _, user in scene.show.next.context}
    again = prepared(scene.feed(UserIgnored(user=BEN)))
    assert again.answers == ("t:2",)
    assert again.context == ()


def test_ignoring_ends_at_its_time() -> None:
    scene = Scene()
    scene.feed(UserIgnored(user=ANA, until_ms=60_000))
    scene.wait(59_999)
    assert scene.chat("ana", to=["mika"], uid="t:1") == []
    scene.wait(1)
    assert prepared(scene.chat("ana", to=["mika"], uid="t:2")).answers == ("t:2",)


def test_the_list_is_bounded_and_keeps_the_newest() -> None:
    scene = Scene()
    for number in range(IGNORED_MAX + 5):
        scene.feed(UserIgnored(user=f"t:{number}"))
    assert len(scene.show.ignored) == IGNORED_MAX
    assert f"t:{IGNORED_MAX + 4}" in scene.show.ignored
    scene.feed(UserUnignored(user="t:nobody"))
    assert len(scene.show.ignored) == IGNORED_MAX
