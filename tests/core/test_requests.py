"""Scenes: who gets an answer, and in which order."""

from streamer.core.commands import Drop, Prepare
from streamer.core.events import DialSet, Features, HostSpoke, PausePressed, ResumePressed, SayRequested, Tombstoned
from streamer.core.settings import ShowSettings
from streamer.core.verdict import Verdict
from tests.core.scene import Scene, of, prepared

MANY = ShowSettings(idle_after_ms=0, banter_every_ms=0, answers_per_minute=600)


def test_a_named_persona_answers_and_the_command_says_why() -> None:
    scene = Scene()
    line = prepared(scene.chat("ana", to=["juno"], uid="t:1"))
    assert (line.persona, line.why, line.answers) == ("juno", "named", ("t:1",))
    assert line.cause == scene.seq


def test_small_talk_is_not_answered_at_normal_but_is_at_chatty() -> None:
    scene = Scene()
    assert scene.chat("ana") == []
    scene.feed(DialSet(dial="chatty"))
    assert prepared(scene.chat("ben")).why == "picked"


def test_only_when_named_ignores_questions_and_money() -> None:
    scene = Scene(ShowSettings(dial="named", idle_after_ms=0))
    assert scene.chat("ana", question=True) == []
    assert scene.chat("ana", kind="superchat") == []
    assert prepared(scene.chat("ana", to=["mika"])).persona == "mika"


def test_commands_emotes_bots_and_guests_are_not_answered() -> None:
    scene = Scene()
    assert scene.chat("ana", to=["mika"], command=True) == []
    assert scene.chat("ana", to=["mika"], emote_only=True) == []
    assert scene.chat("nightbot", to=["mika"], bot=True) == []
    assert scene.chat("eve", to=["mika"], guest=True) == []


def test_a_question_to_another_viewer_is_left_to_them() -> None:
    scene = Scene()
    assert scene.chat("ana", question=True, reply_to="t:0") == []
    assert prepared(scene.chat("ana", question=True)).why == "question"


def test_what_moderation_held_or_dropped_is_neither_answered_nor_context() -> None:
    scene = Scene()
    for action in ("hold", "drop"):
        assert scene.chat("ana", to=["mika"], verdict=Verdict(action, "slur")) == []
    line = prepared(scene.chat("ben", to=["mika"]))
    assert line.context == ()


def test_paid_goes_before_named_before_questions() -> None:
    scene = Scene(MANY)
    first = prepared(scene.chat("ana", question=True))
    scene.chat("ben", question=True, uid="t:q")
    scene.chat("cleo", to=["mika"], uid="t:n")
    scene.chat("dan", kind="superchat", uid="t:p")
    order = []
    line = first.line
    for _ in range(3):
        (following,) = of(Prepare, scene.speak(line))
        order.append(following.answers[0])
        line = following.line
    assert order == ["t:p", "t:n", "t:q"]


def test_the_same_question_is_answered_once_for_all() -> None:
    scene = Scene()
    scene.chat("zoe", to=["mika"])
    for user in ("ana", "ben", "cleo"):
        scene.chat(user, question=True, topic=7, uid=f"t:{user}")
    line = of(Prepare, scene.speak(1))[0]
    assert line.answers == ("t:ana", "t:ben", "t:cleo")


def test_a_viewer_who_fills_the_queue_gives_way_only_while_others_wait() -> None:
    scene = Scene()
    scene.chat("zoe", to=["mika"])  # takes the preparation
    for n in range(4):
        assert scene.chat("ana", to=["mika"], uid=f"t:a{n}") == []
    drops = of(Drop, scene.chat("ben", to=["mika"]))
    assert drops == []  # one more of another is no reason to lose words already waiting
    assert [d.reason for d in of(Drop, scene.chat("ana", to=["mika"], uid="t:a9"))] == ["crowded"]


def test_a_viewer_just_answered_stands_back_while_others_wait() -> None:
    scene = Scene(MANY)
    scene.chat("ana", to=["mika"])
    scene.ready(1)
    scene.started(1)
    scene.chat("cleo", to=["juno"])  # is prepared next
    scene.chat("ana", to=["mika"], uid="t:again")
    scene.chat("ben", to=["mika"], uid="t:ben")
    scene.ended(1)
    assert of(Prepare, scene.speak(2))[0].answers == ("t:ben",)
    assert of(Prepare, scene.speak(3))[0].answers == ("t:again",)


def test_old_messages_are_dropped_with_the_reason() -> None:
    scene = Scene()
    scene.feed(PausePressed())
    scene.chat("ana", to=["mika"], uid="t:old")
    drops = of(Drop, scene.wait(45_000))
    assert ("t:old", "expired") in [(d.uid, d.reason) for d in drops]


def test_a_full_queue_loses_its_last_in_rank() -> None:
    scene = Scene(ShowSettings(queue_max=3, idle_after_ms=0, per_viewer_max=9))
    scene.chat("zoe", to=["mika"])
    scene.chat("q", question=True, uid="t:q")
    scene.chat("a", to=["mika"])
    scene.chat("b", to=["mika"])
    (drop,) = of(Drop, scene.chat("c", to=["mika"]))
    assert (drop.uid, drop.reason) == ("t:q", "crowded")


def test_the_host_goes_first_and_overtakes_a_prepared_line() -> None:
    scene = Scene()
    scene.chat("zoe", to=["mika"])
    out = scene.feed(HostSpoke("h:1", "m:h:1", Features(addressed=("juno",), words=3)))
    line = prepared(out)
    assert (line.kind, line.persona) == ("host", "juno")
    assert scene.show.requests[0].uid != ""  # the viewer's request waits again


def test_talking_to_the_audience_is_not_talking_to_the_cast() -> None:
    scene = Scene()
    assert scene.feed(HostSpoke("h:1", "m:h:1", Features(question=True, words=5))) == []
    scene.feed(HostSpoke("h:2", "m:h:2", Features(addressed=("mika",), words=5)))
    scene.speak(1)
    line = prepared(scene.feed(HostSpoke("h:3", "m:h:3", Features(question=True, words=5))))
    assert line.persona == "mika"  # asked on, within the listening window


def test_an_operator_says_exactly_this() -> None:
    scene = Scene()
    line = prepared(scene.feed(SayRequested(uid="o:1", persona="juno", text="o:1", exact=True, by="rin")))
    assert (line.kind, line.persona, line.prompt) == ("exact", "juno", "o:1")


def test_a_message_deleted_before_it_came_is_never_used() -> None:
    scene = Scene()
    scene.feed(Tombstoned("message", "t:gone"))
    assert scene.chat("ana", to=["mika"], uid="t:gone") == []
    assert scene.show.recent == ()


def test_at_most_four_answers_a_minute_at_normal() -> None:
    scene = Scene()
    starts = []
    for n in range(40):
        scene.chat(f"v{n}", to=["mika"])
        scene.wait(1_500)
        if scene.show.next is not None and scene.show.next.state == "preparing":
            scene.ready(scene.show.next.id)
        if scene.show.air is not None:
            if scene.show.air.started_ms < 0:
                scene.started(scene.show.air.id)
                starts.append(scene.now_ms)
            elif scene.now_ms - scene.show.air.started_ms >= 3_000:
                scene.ended(scene.show.air.id)
    assert len(starts) >= 4
    assert all(b - a >= 60_000 for a, b in zip(starts, starts[4:], strict=False))


def test_who_joins_a_question_has_his_reading_time_too() -> None:
    scene = Scene(ShowSettings(idle_after_ms=0, banter_every_ms=0, read_delay_ms=5_000))
    scene.chat("zoe", to=["mika"])  # has the place of the prepared line
    scene.chat("ana", question=True, topic=7, uid="t:a")
    scene.wait(4_000)
    scene.chat("ben", question=True, topic=7, uid="t:b")
    (waiting,) = scene.show.requests
    assert waiting.also == ("t:b",)
    assert waiting.ready_ms == scene.now_ms + 5_000


def test_a_viewer_who_was_just_answered_does_not_wait_for_small_talk() -> None:
    scene = Scene(ShowSettings(idle_after_ms=0, banter_every_ms=1))
    scene.chat("ana", to=["mika"], uid="t:1")
    scene.ready(1)
    scene.started(1)
    assert scene.show.next is not None
    assert scene.show.next.request.kind == "banter"
    scene.feed(PausePressed())
    scene.chat("ana", to=["mika"], uid="t:2")
    scene.wait(1_000)
    scene.ended(1, 1_000)
    assert prepared(scene.feed(ResumePressed())).answers == ("t:2",)


def test_nobody_who_asks_the_same_is_swallowed_without_a_word() -> None:
    scene = Scene(MANY)
    scene.chat("zoe", to=["mika"])
    for number in range(5):
        assert of(Drop, scene.chat(f"u{number}", question=True, topic=7, uid=f"t:{number}")) == []
    assert of(Drop, scene.chat("u5", question=True, topic=7, uid="t:5")) == [
        Drop(cause=scene.seq, uid="t:5", reason="crowded")
    ]
    again = of(Drop, scene.chat("u1", question=True, topic=7, uid="t:6"))
    assert [each.uid for each in again] == ["t:6"]
