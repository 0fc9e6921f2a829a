"""Scenes: the floor, one voice at a time, the host before everybody."""

from streamer.core.commands import Air, Cut, Duck, Prepare, Withdraw
from streamer.core.events import (
    HostSpeechConfirmed,
    HostVoiceEnded,
    HostVoiceSuspected,
    LineEnded,
    PausePressed,
    SentenceSpoken,
)
from streamer.core.settings import ShowSettings
from tests.core.scene import Scene, aired, of, prepared


def test_a_line_gets_the_floor_in_the_step_in_which_it_is_ready() -> None:
    scene = Scene()
    scene.chat("ana", to=["mika"])
    assert aired(scene.ready(1)).line == 1


def test_the_next_line_is_prepared_while_the_first_is_heard_and_waits_for_its_end() -> None:
    scene = Scene()
    scene.chat("ana", to=["mika"])
    scene.chat("ben", to=["juno"])
    assert prepared(scene.ready(1)).line == 2
    scene.started(1)
    assert of(Air, scene.ready(2)) == []
    scene.wait(3_000)
    air = aired(scene.ended(1))
    assert (air.line, air.not_before_ms) == (2, scene.now_ms + 350)


def test_the_read_delay_holds_the_air_not_the_preparation() -> None:
    scene = Scene(ShowSettings(read_delay_ms=3_000, idle_after_ms=0))
    assert prepared(scene.chat("ana", to=["mika"]))
    assert of(Air, scene.ready(1)) == []
    assert aired(scene.wait(3_000)).not_before_ms == 3_000


def test_a_line_that_is_never_ready_is_given_up_and_the_next_one_taken() -> None:
    scene = Scene()
    scene.chat("ana", to=["mika"])
    scene.wait(15_000)
    scene.chat("ben", to=["juno"])
    out = scene.wait(5_000)
    assert [w.line for w in of(Withdraw, out)] == [1]
    assert prepared(out).line == 2


def test_a_lost_start_costs_seconds_and_not_the_show() -> None:
    scene = Scene()
    scene.chat("ana", to=["mika"])
    scene.ready(1)
    scene.chat("ben", to=["juno"])
    scene.ready(2)
    out = scene.wait(13_000)
    assert [c.line for c in of(Cut, out)] == [1]
    assert [a.line for a in of(Air, out)] == [2]


def test_a_lost_end_costs_seconds_and_not_the_show() -> None:
    scene = Scene()
    scene.chat("ana", to=["mika"])
    scene.ready(1)
    scene.started(1)
    scene.feed(SentenceSpoken(1, 0, 1_200))
    scene.chat("ben", to=["juno"])
    scene.ready(2)
    out = scene.wait(25_000)
    assert [c.line for c in of(Cut, out)] == [1]
    assert [a.line for a in of(Air, out)] == [2]


def test_a_suspicion_ducks_and_nothing_said_resumes() -> None:
    scene = Scene()
    scene.chat("ana", to=["mika"])
    scene.ready(1)
    scene.started(1)
    assert [d.on for d in of(Duck, scene.feed(HostVoiceSuspected()))] == [True]
    assert [d.on for d in of(Duck, scene.wait(2_000))] == [False]


def test_the_host_cuts_and_is_waited_for() -> None:
    scene = Scene()
    scene.chat("ana", to=["mika"])
    scene.chat("ben", to=["juno"])
    scene.ready(1)
    scene.started(1)
    scene.ready(2)
    scene.feed(HostVoiceSuspected())
    assert [(c.line, c.reason) for c in of(Cut, scene.feed(HostSpeechConfirmed()))] == [(1, "host")]
    assert of(Air, scene.ended(1, 500, "cut")) == []
    scene.wait(4_000)
    assert of(Air, scene.feed(HostVoiceEnded())) == []
    air = aired(scene.wait(1_000))
    assert air.not_before_ms == 4_000 + 800


def test_a_host_whose_end_is_lost_does_not_silence_the_show_for_ever() -> None:
    scene = Scene()
    scene.feed(HostSpeechConfirmed())
    scene.chat("ana", to=["mika"])
    scene.ready(1)
    assert [a.line for a in of(Air, scene.wait(40_000))] == [1]


def test_a_bit_ends_after_three_turns() -> None:
    scene = Scene(ShowSettings(idle_after_ms=5_000, banter_turns=3, banter_every_ms=60_000))
    turns = []
    for _ in range(60):
        scene.wait(500)
        if scene.show.next is not None and scene.show.next.state == "preparing":
            turns.append((scene.show.next.persona, scene.show.next.request.kind, scene.show.next.request.turn))
            scene.ready(scene.show.next.id)
        if scene.show.air is not None:
            scene.started(scene.show.air.id)
            scene.wait(2_000)
            scene.ended(scene.show.air.id, 2_000)
        if len(turns) == 4:
            break
    assert [(kind, turn) for _, kind, turn in turns] == [("idle", 1), ("banter", 2), ("banter", 3), ("idle", 0)]
    assert turns[0][0] != turns[1][0] != turns[2][0]


def test_banter_steps_back_when_the_chat_asks() -> None:
    scene = Scene(ShowSettings(idle_after_ms=5_000, banter_turns=3, banter_every_ms=60_000))
    scene.wait(5_000)
    scene.ready(1)
    scene.started(1)
    out = scene.chat("ana", to=["juno"])
    assert [w.reason for w in of(Withdraw, out)] == ["overtaken"]
    assert prepared(out).why == "named"


def test_a_reply_to_a_line_that_was_cut_is_withdrawn() -> None:
    scene = Scene(ShowSettings(idle_after_ms=5_000, banter_turns=3, banter_every_ms=60_000))
    scene.wait(5_000)
    scene.ready(1)
    scene.started(1)
    scene.ready(2)
    out = scene.feed(HostSpeechConfirmed())
    assert [w.reason for w in of(Withdraw, out)] == ["unheard"]


def test_no_idle_talk_without_a_way_to_notice_the_host() -> None:
    scene = Scene(ShowSettings(idle_after_ms=5_000, unattended=False))
    assert scene.wait(120_000) == []


def test_a_failing_chain_is_not_asked_in_a_tight_loop() -> None:
    scene = Scene(ShowSettings(idle_after_ms=5_000))
    ordered = 0
    for _ in range(20):
        out = scene.wait(1_000)
        for command in of(Prepare, out):
            ordered += 1
            scene.feed(LineEnded(line=command.line, outcome="failed", reason="no voice"))
    assert ordered == 4


def test_pause_lets_the_line_end_and_starts_nothing() -> None:
    scene = Scene()
    scene.chat("ana", to=["mika"])
    scene.chat("ben", to=["juno"])
    scene.ready(1)
    scene.started(1)
    scene.ready(2)
    assert of(Cut, scene.feed(PausePressed())) == []
    scene.wait(2_000)
    assert of(Air, scene.ended(1)) == []
    assert scene.wait(10_000) == []
