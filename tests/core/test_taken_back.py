"""Scenes: words are taken back before, during and after."""

import pytest

from streamer.core.commands import Cut, Drop, Erase, Prepare, Withdraw
from streamer.core.events import Tombstoned
from streamer.core.settings import ShowSettings
from streamer.core.show import CONTEXT_MESSAGES
from tests.core.scene import Scene, of, prepared


def test_a_waiting_request_goes() -> None:
    scene = Scene()
    scene.chat("zoe", to=["mika"])
    scene.chat("ana", to=["mika"], uid="t:1")
    out = scene.feed(Tombstoned("message", "t:1"))
    assert [(e.scope, e.key) for e in of(Erase, out)] == [("message", "t:1")]
    assert [(d.uid, d.reason) for d in of(Drop, out)] == [("t:1", "taken_back")]


def test_the_line_on_air_is_cut_in_the_same_step() -> None:
    scene = Scene()
    scene.chat("ana", to=["mika"], uid="t:1")
    scene.ready(1)
    scene.started(1)
    assert [(c.line, c.reason) for c in of(Cut, scene.feed(Tombstoned("message", "t:1")))] == [(1, "taken_back")]


def test_clearing_a_user_covers_everything_he_said() -> None:
    scene = Scene()
    scene.chat("ana", to=["mika"], uid="t:1")
    scene.chat("ana", to=["mika"], uid="t:2")
    out = scene.feed(Tombstoned("user", "t:ana"))
    assert [w.line for w in of(Withdraw, out)] == [1]
    assert {d.uid for d in of(Drop, out)} == {"t:1", "t:2"}
    assert scene.show.recent == ()


def test_a_line_that_only_had_the_words_in_its_context_is_made_again_without_them() -> None:
    scene = Scene()
    scene.chat("troll", uid="t:bad")
    first = prepared(scene.chat("ana", to=["mika"], uid="t:1"))
    assert first.context == ("t:bad",)
    out = scene.feed(Tombstoned("message", "t:bad"))
    assert [w.line for w in of(Withdraw, out)] == [1]
    again = prepared(out)
    assert (again.answers, again.context) == (("t:1",), ())


def test_context_does_not_stop_a_line_on_air_unless_it_repeats_the_words() -> None:
    scene = Scene()
    scene.chat("troll", uid="t:bad")
    scene.chat("ana", to=["mika"], uid="t:1")
    scene.ready(1)
    scene.started(1)
    assert of(Cut, scene.feed(Tombstoned("message", "t:bad"))) == []
    assert of(Cut, scene.feed(Tombstoned("message", "t:bad", quoted=(1,))))


def test_a_companion_who_takes_his_words_back_leaves_the_others_waiting() -> None:
    scene = Scene()
    scene.chat("zoe", to=["mika"])
    scene.chat("ana", question=True, topic=3, uid="t:a")
    scene.chat("ben", question=True, topic=3, uid="t:b")
    scene.feed(Tombstoned("message", "t:b"))
    assert of(Prepare, scene.speak(1))[0].answers == ("t:a",)


def test_clearing_the_room_spares_other_platforms() -> None:
    scene = Scene()
    scene.chat("zoe", to=["mika"])
    scene.chat("ana", to=["mika"], uid="t:1")
    scene.chat("ben", to=["mika"], uid="y:2", platform="y")
    scene.feed(Tombstoned("room", "t"))
    assert [r.uid for r in scene.show.requests if r.uid != "y:2"] == []


def test_who_asked_first_takes_his_words_back_and_those_who_asked_the_same_still_wait() -> None:
    scene = Scene()
    scene.chat("zoe", to=["mika"])
    scene.chat("ana", question=True, topic=3, uid="t:a")
    scene.chat("ben", question=True, topic=3, uid="t:b")
    scene.feed(Tombstoned("message", "t:a"))
    (request,) = scene.show.requests
    assert (request.uid, request.user, request.also, request.also_users) == ("t:b", "t:ben", (), ())
    assert of(Prepare, scene.speak(1))[0].answers == ("t:b",)


def test_a_request_whose_last_asker_goes_is_dropped_with_the_reason() -> None:
    scene = Scene()
    scene.chat("zoe", to=["mika"], uid="y:1", platform="y")
    scene.chat("ana", question=True, topic=3, uid="t:a")
    scene.chat("ben", question=True, topic=3, uid="t:b")
    drops = of(Drop, scene.feed(Tombstoned("room", "t")))
    assert [drop.reason for drop in drops] == ["taken_back"] * len(drops)
    assert "t:a" in {drop.uid for drop in drops}
    assert scene.show.requests == ()


def test_old_tombstones_are_forgotten() -> None:
    scene = Scene()
    scene.feed(Tombstoned("message", "t:1"))
    scene.wait(600_000)
    scene.feed(Tombstoned("message", "t:2"))
    assert set(scene.show.tombstones) == {"message:t:2"}


def _bit(*, sounding: bool) -> Scene:
    """Line 2 is a remark on line 1, which answered `t:1`; the chat has moved on since."""
    scene = Scene(ShowSettings(idle_after_ms=0, banter_every_ms=1))
    scene.chat("ana", to=["mika"], uid="t:1")
    for number in range(10):
        scene.chat(f"u{number}", uid=f"t:more{number}")
    scene.ready(1)
    assert scene.show.next is not None
    assert scene.show.next.request.kind == "banter"
    scene.started(1)
    scene.ended(1)
    if sounding:
        scene.ready(2)
        scene.wait(1_000)
        scene.started(2)
    return scene


def test_a_remark_on_an_answer_is_given_up_with_what_was_answered() -> None:
    for stone in (Tombstoned("message", "t:1"), Tombstoned("user", "t:ana"), Tombstoned("room", "t")):
        out = _bit(sounding=False).feed(stone)
        assert [w.line for w in of(Withdraw, out)] == [2]
        assert of(Prepare, out) == []


def test_a_remark_knows_what_was_answered_and_is_cut_when_it_repeats_it() -> None:
    scene = _bit(sounding=True)
    remark = next(order for order in of(Prepare, scene.log) if order.line == 2)
    assert "t:1" in remark.context
    assert of(Cut, scene.feed(Tombstoned("message", "t:1", quoted=(2,))))


def test_a_prepared_answer_to_several_is_made_again_for_those_who_stand_by_their_words() -> None:
    scene = Scene(ShowSettings(idle_after_ms=0, banter_every_ms=0))
    scene.chat("zoe", to=["mika"])
    scene.chat("ana", question=True, topic=3, uid="t:a")
    scene.chat("ben", question=True, topic=3, uid="t:b")
    scene.ready(1)  # zoe's has the floor: the question is prepared
    assert scene.show.next is not None
    assert scene.show.next.answers == ("t:a", "t:b")
    out = scene.feed(Tombstoned("message", "t:a"))
    assert [w.line for w in of(Withdraw, out)] == [2]
    assert [d.uid for d in of(Drop, out)] == ["t:a"]
    assert prepared(out).answers == ("t:b",)


def test_a_prepared_line_that_knows_an_answer_to_the_words_is_made_again() -> None:
    scene = Scene(ShowSettings(idle_after_ms=0, banter_every_ms=0, answers_per_minute=600))
    scene.chat("ana", to=["mika"], uid="t:a")
    scene.speak(1)
    scene.chat("ben", to=["mika"], uid="t:b")  # its brief shows what was said to ana
    commands = scene.feed(Tombstoned("message", "t:a"))
    assert of(Withdraw, commands)[0].line == 2
    again = of(Prepare, commands)[0]
    assert again.answers == ("t:b",)
    assert of(Drop, commands) == []
    assert of(Withdraw, scene.feed(Tombstoned("message", "t:a"))) == []  # the new one does not know it


def test_the_same_for_the_answer_that_is_on_air() -> None:
    scene = Scene(ShowSettings(idle_after_ms=0, banter_every_ms=0, answers_per_minute=600))
    scene.chat("ana", to=["mika"], uid="t:a")
    scene.ready(1)
    scene.wait(500)
    scene.started(1)
    scene.chat("ben", to=["mika"], uid="t:b")
    commands = scene.feed(Tombstoned("user", "t:ana"))
    assert of(Withdraw, commands)[0].line == 2


@pytest.mark.parametrize("on_air", [False, True])
def test_a_prepared_line_may_know_the_words_from_a_line_that_was_shown_them(on_air: bool) -> None:
    scene = Scene(ShowSettings(idle_after_ms=0, banter_every_ms=0, answers_per_minute=600))
    scene.chat("troll", uid="t:bad")
    scene.chat("ana", to=["mika"], uid="t:a")
    if on_air:
        scene.ready(1)
        scene.wait(500)
        scene.started(1)
    else:
        scene.speak(1)
    for number in range(CONTEXT_MESSAGES):
        scene.chat(f"viewer{number}", uid=f"t:{number}")
    context = prepared(scene.chat("ben", to=["mika"], uid="t:b")).context
    assert "t:bad" not in context
    out = scene.feed(Tombstoned("user", "t:troll"))
    assert [w.line for w in of(Withdraw, out)] == [2]
    assert prepared(out).answers == ("t:b",)
    assert of(Withdraw, scene.feed(Tombstoned("user", "t:troll"))) == []
