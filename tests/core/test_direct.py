"""Scenes: somebody at the panel talks to the cast, as a viewer or as the host."""

import random
from typing import Any

from streamer.core.commands import Air, Drop, Prepare, Withdraw
from streamer.core.events import (
    CastChanged,
    ChatReceived,
    DialSet,
    Features,
    HostSpoke,
    PausePressed,
    ResumePressed,
    SayRequested,
    SegmentDue,
    StopPressed,
    Tombstoned,
)
from streamer.core.settings import Segment, ShowSettings
from streamer.core.stage import stage
from streamer.core.verdict import Verdict
from tests.core.scene import Scene, aired, of, prepared
from tests.core.world import World

QUIET = ShowSettings(idle_after_ms=0, banter_every_ms=0, answers_per_minute=2, read_delay_ms=5_000)


def test_it_is_answered_by_whom_it_was_said_to_though_nothing_is_asked() -> None:
    scene = Scene()
    line = prepared(scene.chat("you", direct=True, to=["juno"], uid="t:1"))
    assert (line.persona, line.kind, line.why, line.answers) == ("juno", "answer", "direct", ("t:1",))


def test_it_is_answered_by_whoever_fits_when_nobody_was_chosen() -> None:
    assert prepared(Scene().chat("you", direct=True)).persona in {"mika", "juno"}


def test_neither_dial_nor_command_nor_emotes_nor_a_reply_keep_it_from_an_answer() -> None:
    scene = Scene(ShowSettings(dial="named", idle_after_ms=0))
    assert prepared(scene.chat("you", direct=True, command=True)).why == "direct"
    odds: tuple[dict[str, Any], ...] = ({"emote_only": True}, {"reply_to": "t:0"}, {"words": 1})
    for odd in odds:
        assert prepared(Scene().chat("you", direct=True, **odd)).why == "direct"


def test_no_reading_time_and_no_place_in_the_minute() -> None:
    scene = Scene(QUIET)
    for number in range(6):
        line = prepared(scene.chat("you", direct=True, uid=f"t:{number}"))
        air = aired(scene.ready(line.line))
        assert air.not_before_ms - scene.now_ms <= QUIET.gap_ms
        scene.wait(400)
        scene.started(line.line)
        scene.ended(line.line, 500)
    assert scene.show.answered_ms == ()
    assert scene.show.viewers == {}


def test_a_prepared_answer_steps_back_for_it_and_is_made_again() -> None:
    scene = Scene()
    scene.chat("ana", to=["mika"], uid="t:a")
    commands = scene.chat("you", direct=True, uid="t:d")
    assert of(Withdraw, commands)[0].line == 1
    assert of(Drop, commands) == []
    assert prepared(commands).answers == ("t:d",)
    assert of(Prepare, scene.speak(2))[0].answers == ("t:a",)


def test_it_comes_after_the_host_and_before_a_segment() -> None:
    scene = Scene(ShowSettings(idle_after_ms=0, banter_every_ms=0, segments=(Segment("news"),)))
    scene.feed(PausePressed())
    scene.feed(SegmentDue("news", 0))
    scene.chat("you", direct=True, uid="t:d")
    scene.feed(HostSpoke("h:1", "m:h:1", Features(addressed=("mika",))))
    scene.chat("ana", kind="superchat", uid="t:p")
    line = of(Prepare, scene.feed(ResumePressed()))[0]
    order = [line.kind]
    for _ in range(3):
        line = of(Prepare, scene.speak(line.line))[0]
        order.append(line.kind if line.answers != ("t:d",) else "direct")
    assert order == ["host", "direct", "segment", "paid"]


def test_several_are_answered_in_the_order_they_were_said() -> None:
    scene = Scene()
    scene.chat("you", direct=True, uid="t:1")
    scene.chat("you", direct=True, uid="t:2")
    scene.chat("you", direct=True, uid="t:3")
    assert of(Prepare, scene.speak(1))[0].answers == ("t:2",)
    assert of(Prepare, scene.speak(2))[0].answers == ("t:3",)


def test_it_merges_with_nobody() -> None:
    scene = Scene()
    scene.chat("zoe", to=["mika"])
    scene.chat("ana", question=True, topic=7, uid="t:a")
    scene.chat("you", direct=True, question=True, topic=7, uid="t:d")
    scene.chat("ben", question=True, topic=7, uid="t:b")
    answered = [of(Prepare, scene.speak(line))[0].answers for line in (2, 3)]
    assert scene.show.next is not None
    assert answered[-1] == ("t:a", "t:b")


def test_what_moderation_holds_is_not_answered() -> None:
    assert Scene().chat("you", direct=True, verdict=Verdict("hold", "slur")) == []


def test_a_stopped_show_answers_nobody() -> None:
    scene = Scene()
    scene.feed(StopPressed())
    assert scene.chat("you", direct=True) == []


def test_taken_back_it_is_dropped_and_cut() -> None:
    scene = Scene()
    scene.chat("you", direct=True, uid="t:d")
    assert of(Drop, scene.feed(Tombstoned("message", "t:d")))[0].uid == "t:d"
    scene.chat("you", direct=True, uid="t:e")
    scene.ready(2)
    scene.wait(500)
    scene.started(2)
    assert any(type(each).__name__ == "Cut" for each in scene.feed(Tombstoned("message", "t:e")))


def test_the_stage_shows_what_is_answered() -> None:
    scene = Scene()
    scene.chat("you", direct=True, uid="t:d")
    scene.ready(1)
    scene.wait(500)
    scene.started(1)
    assert stage(scene.show).answering == "t:d"


def test_turning_the_dial_leaves_it_waiting() -> None:
    scene = Scene()
    scene.feed(PausePressed())
    scene.chat("you", direct=True, uid="t:d")
    assert of(Drop, scene.feed(DialSet(dial="named"))) == []
    assert prepared(scene.feed(ResumePressed())).answers == ("t:d",)


def test_the_host_at_the_panel_needs_no_name() -> None:
    assert Scene().feed(HostSpoke("h:1", "m:h:1", Features())) == []
    line = prepared(Scene().feed(HostSpoke("h:1", "m:h:1", Features(addressed=("juno",)), direct=True)))
    assert (line.kind, line.persona) == ("host", "juno")
    assert prepared(Scene().feed(HostSpoke("h:1", "m:h:1", Features(), direct=True))).kind == "host"


def test_in_any_crowd_every_direct_word_is_taken_before_the_chat_behind_it() -> None:
    """Property: while a direct word waits, no line is prepared for anybody of lower rank."""
    for seed in range(6):
        draw = random.Random(seed)
        world = World(seed, ShowSettings(idle_after_ms=8_000, banter_every_ms=20_000), loss=0.0, fail=0.0)
        said: set[str] = set()
        for number in range(80):
            world.run_until(world.now_ms + draw.randint(50, 4_000))
            direct = draw.random() < 0.2
            uid = f"t:{number}"
            if direct:
                said.add(uid)
            features = Features(
                addressed=("mika",) if draw.random() < 0.5 else (), question=draw.random() < 0.6, words=4
            )
            before = len(world.commands)
            world.feed(ChatReceived(uid=uid, user=f"t:u{draw.randint(0, 9)}", platform="t", text=f"m:{uid}",
                                    features=features, direct=direct))  # fmt: skip
            fresh = [c for c in world.commands[before:] if isinstance(c, Prepare)]
            if direct and fresh:
                assert any(answer in said for c in fresh for answer in c.answers)
        world.run_until(world.now_ms + 600_000)
        answered = {uid for c in world.commands if isinstance(c, Prepare) for uid in c.answers}
        heard = {c.line for c in world.commands if isinstance(c, Air)}
        assert said <= answered
        assert said <= {u for c in world.commands if isinstance(c, Prepare) and c.line in heard for u in c.answers}


def test_exact_words_are_said_by_nobody_else() -> None:
    scene = Scene()
    out = scene.feed(SayRequested(uid="o:1", persona="nobody", text="o:1", exact=True))
    assert of(Prepare, out) == []
    assert [(drop.uid, drop.reason) for drop in of(Drop, out)] == [("o:1", "nobody")]
    out = scene.feed(SayRequested(uid="o:2", persona="mika", text="o:2", exact=True))
    assert [line.persona for line in of(Prepare, out)] == ["mika"]
    out = scene.feed(CastChanged(tuple(member for member in scene.show.cast if member.id != "mika")))
    assert of(Prepare, out) == []
    assert ("o:2", "nobody") in [(drop.uid, drop.reason) for drop in of(Drop, out)]
