"""Which persona answers: the one named, else the one heard least for his talkativeness."""

from msgspec.structs import replace

from streamer.core.casting import enabled, named, volunteer
from streamer.core.commands import Drop, Withdraw
from streamer.core.events import CastChanged
from streamer.core.settings import Member
from streamer.core.show import Show
from tests.core.scene import CAST, Scene, of, prepared

AWAY = (Member("mika"), Member("juno", enabled=False), Member("tori", talkativeness=0.0))


def test_the_first_one_named_who_is_on_stage() -> None:
    show = Show(cast=AWAY)
    assert named(show, ("juno", "nobody", "tori", "mika")) == "tori"
    assert named(show, ("juno",)) == ""
    assert named(show, ()) == ""
    assert [member.id for member in enabled(show)] == ["mika", "tori"]


def test_who_is_silent_by_nature_or_away_never_volunteers() -> None:
    assert volunteer(Show(cast=AWAY)) == "mika"
    assert volunteer(Show(cast=AWAY), other_than="mika") == ""
    assert volunteer(Show()) == ""


def test_shares_follow_talkativeness() -> None:
    show = Show(cast=(Member("mika", talkativeness=0.8), Member("juno", talkativeness=0.2)))
    heard = {"mika": 0, "juno": 0}
    for _ in range(50):
        who = volunteer(replace(show, spoken=heard))
        heard[who] += 3_000
    assert 3.5 < heard["mika"] / heard["juno"] < 4.5


def test_of_two_equals_the_one_who_did_not_speak_last() -> None:
    equal = Show(cast=(Member("mika"), Member("juno")), last_persona="mika")
    assert volunteer(equal) == "juno"


def test_a_request_for_somebody_who_left_is_taken_by_who_is_there() -> None:
    scene = Scene()
    scene.chat("zoe", to=["mika"])
    scene.chat("ana", to=["juno"], uid="t:1")
    scene.feed(CastChanged(cast=(CAST[0], Member("juno", enabled=False))))
    scene.ready(1)
    assert scene.show.next is not None
    assert (scene.show.next.persona, scene.show.next.answers) == ("mika", ("t:1",))


def test_an_empty_stage_drops_what_waits_and_says_so() -> None:
    scene = Scene()
    scene.chat("zoe", to=["mika"], uid="t:0")
    scene.chat("ana", to=["juno"], uid="t:1")
    out = scene.feed(CastChanged(cast=()))
    assert [withdrawn.line for withdrawn in of(Withdraw, out)] == [1]
    assert {(drop.uid, drop.reason) for drop in of(Drop, out)} == {("t:0", "nobody"), ("t:1", "nobody")}
    assert scene.show.requests == ()


def test_a_question_to_a_cast_that_only_speaks_when_named_is_dropped_and_said_so() -> None:
    scene = Scene(cast=(Member("mika", talkativeness=0.0),))
    out = scene.chat("ana", question=True, uid="t:1")
    assert [(drop.uid, drop.reason) for drop in of(Drop, out)] == [("t:1", "nobody")]
    assert prepared(scene.chat("ana", to=["mika"])).persona == "mika"


def test_a_line_prepared_by_somebody_who_left_is_made_again_by_who_is_there() -> None:
    scene = Scene()
    line = prepared(scene.chat("ana", to=["juno"], uid="t:1"))
    out = scene.feed(CastChanged(cast=(CAST[0], Member("juno", enabled=False))))
    assert [withdrawn.line for withdrawn in of(Withdraw, out)] == [line.line]
    again = prepared(out)
    assert (again.persona, again.answers) == ("mika", ("t:1",))


def test_a_line_on_air_is_finished_by_who_leaves() -> None:
    scene = Scene()
    scene.chat("ana", to=["juno"])
    scene.ready(1)
    scene.started(1)
    assert scene.feed(CastChanged(cast=(CAST[0],))) == []
