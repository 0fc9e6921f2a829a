"""Scenes: the host makes a sound while a line is on air, and an ear will tell what he said."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamer.core.commands import Air, Command, Cut, Duck, Hush, Prepare, Unhush, Withdraw
from streamer.core.events import (
    CloseRequested,
    EmergencyPressed,
    Event,
    Features,
    HostHeld,
    HostSaidNothing,
    HostSpeechConfirmed,
    HostSpoke,
    HostVoiceEnded,
    HostVoiceSuspected,
    LineEnded,
    LineStarted,
    PausePressed,
    Resumed,
    SentenceSpoken,
    SettingsChanged,
    SkipPressed,
    StopPressed,
    Tombstoned,
)
from streamer.core.hushing import LATE_MS, LIMIT_MS, VOICE_MS, WORDS_MS
from streamer.core.settings import ShowSettings
from streamer.core.stage import stage
from tests.core.scene import Scene, of

CALM = ShowSettings(idle_after_ms=0, banter_every_ms=0, answers_per_minute=600)
VOICE = HostSpeechConfirmed(words=True)
WORDS = HostSpoke("h:1", "m:h:1", Features(words=3))


def on_air(scene: Scene, persona: str = "mika") -> int:
    scene.chat("ana", to=[persona])
    line = scene.show.next
    assert line is not None
    scene.ready(line.id)
    scene.wait(1_000)
    scene.started(line.id)
    scene.wait(500)
    return line.id


def hushed(scene: Scene) -> int:
    line = on_air(scene)
    scene.feed(HostVoiceSuspected())
    out = scene.feed(VOICE)
    assert [command.line for command in of(Hush, out)] == [line]
    assert of(Cut, out) == []
    return line


def reasons(out: list[Command]) -> list[str]:
    return [command.reason for command in of(Cut, out)]


def test_a_short_sound_that_was_nothing_gives_the_line_back() -> None:
    scene = Scene(CALM)
    line = hushed(scene)
    assert scene.wait(400) == []
    assert scene.feed(HostVoiceEnded()) == []
    assert scene.feed(HostSaidNothing("backchannel")) == []
    assert scene.wait(399) == []
    assert [command.line for command in of(Unhush, scene.wait(1))] == [line]
    scene.feed(SentenceSpoken(line, 0, 1_500))
    assert scene.show.air is not None
    assert scene.show.air.state == "on_air"


def test_words_cut_it_and_are_answered() -> None:
    scene = Scene(CALM)
    line = hushed(scene)
    scene.wait(600)
    scene.feed(HostVoiceEnded())
    scene.wait(500)
    out = scene.feed(HostSpoke("h:1", "m:h:1", Features(("juno",), words=3)))
    assert [(command.line, command.reason) for command in of(Cut, out)] == [(line, "host")]
    assert [(order.kind, order.persona) for order in of(Prepare, out)] == [("host", "juno")]
    scene.ended(line, 700, "cut")
    assert scene.show.cut_off == "mika"


def test_words_for_nobody_cut_it_as_well() -> None:
    scene = Scene(CALM)
    hushed(scene)
    scene.feed(HostVoiceEnded())
    out = scene.feed(WORDS)
    assert reasons(out) == ["host"]
    assert of(Prepare, out) == []


def test_what_is_typed_at_the_panel_is_no_voice() -> None:
    scene = Scene(CALM)
    hushed(scene)
    scene.feed(HostVoiceEnded())
    out = scene.feed(HostSpoke("h:1", "m:h:1", Features(words=3), direct=True))
    assert of(Cut, out) == []
    assert of(Prepare, out)


def test_a_voice_that_goes_on_cuts_it() -> None:
    scene = Scene(CALM)
    hushed(scene)
    assert scene.wait(VOICE_MS - 1) == []
    assert reasons(scene.wait(1)) == ["host"]


def test_told_again_that_he_speaks_it_does_not_wait_longer() -> None:
    scene = Scene(CALM)
    hushed(scene)
    scene.wait(1_000)
    assert scene.feed(VOICE) == []
    assert reasons(scene.wait(VOICE_MS - 1_000)) == ["host"]


def test_without_words_it_goes_on_after_two_seconds() -> None:
    scene = Scene(CALM)
    line = hushed(scene)
    scene.feed(HostVoiceEnded())
    assert scene.wait(WORDS_MS - 1) == []
    assert [command.line for command in of(Unhush, scene.wait(1))] == [line]


def test_words_that_come_late_cut_the_line_that_went_on_without_them() -> None:
    scene = Scene(CALM)
    hushed(scene)
    scene.feed(HostVoiceEnded())
    assert of(Unhush, scene.wait(WORDS_MS))
    scene.wait(1_000)
    assert reasons(scene.feed(WORDS)) == ["host"]


@pytest.mark.parametrize("told", [True, False])
def test_words_of_another_time_do_not_cut(told: bool) -> None:
    """It was told that the voice was nothing, or the words come far too late to be about it."""
    scene = Scene(CALM)
    hushed(scene)
    scene.feed(HostVoiceEnded())
    if told:
        scene.feed(HostSaidNothing("noise"))
    assert of(Unhush, scene.wait(WORDS_MS))
    scene.wait(100 if told else LATE_MS)
    assert of(Cut, scene.feed(WORDS)) == []


def test_a_second_sound_needs_a_judgement_of_its_own() -> None:
    scene = Scene(CALM)
    line = hushed(scene)
    scene.feed(HostVoiceEnded())
    scene.feed(HostSaidNothing())
    scene.wait(200)
    scene.feed(VOICE)
    assert scene.feed(HostSaidNothing()) == [], "about the first one"
    scene.wait(300)
    scene.feed(HostVoiceEnded())
    assert scene.wait(WORDS_MS - 1) == []
    assert [command.line for command in of(Unhush, scene.wait(1))] == [line]


def test_while_a_voice_is_suspected_it_does_not_go_on() -> None:
    scene = Scene(CALM)
    hushed(scene)
    scene.feed(HostVoiceEnded())
    scene.feed(HostSaidNothing())
    scene.wait(300)
    assert scene.feed(HostVoiceSuspected()) == [], "what is silent is not lowered"
    assert scene.wait(1_000) == []
    out = scene.feed(HostVoiceEnded())
    assert of(Duck, out) == []
    assert of(Unhush, out)


def test_a_suspicion_that_is_never_resolved_costs_two_seconds() -> None:
    scene = Scene(CALM)
    hushed(scene)
    scene.feed(HostVoiceEnded())
    scene.feed(HostSaidNothing())
    scene.feed(HostVoiceSuspected())
    out = scene.wait(2_000)
    assert of(Unhush, out)
    assert of(Duck, out) == []


def test_sounds_without_end_cut_it_at_last() -> None:
    scene = Scene(CALM)
    hushed(scene)
    out: list[Command] = []
    for _ in range(LIMIT_MS // 500):
        out += scene.wait(300) + scene.feed(HostVoiceEnded()) + scene.wait(200) + scene.feed(VOICE)
    assert reasons(out) == ["host"]


def test_the_time_it_was_silent_counts_towards_no_limit() -> None:
    scene = Scene(CALM)
    line = on_air(scene)
    scene.wait(19_000)
    scene.feed(VOICE)
    scene.feed(HostVoiceEnded())
    assert of(Cut, scene.wait(WORDS_MS)) == []
    assert of(Cut, scene.wait(400)) == []
    scene.feed(SentenceSpoken(line, 0, 1_500))
    assert of(Cut, scene.wait(19_000)) == []


def test_a_line_that_has_the_floor_and_is_not_heard_yet_waits_too() -> None:
    scene = Scene(CALM)
    scene.chat("ana", to=["mika"])
    (air,) = of(Air, scene.ready(1))
    assert [command.line for command in of(Hush, scene.feed(VOICE))] == [air.line]
    scene.feed(HostVoiceEnded())
    scene.feed(HostSaidNothing())
    assert of(Unhush, scene.wait(400))
    scene.feed(LineStarted(1))
    scene.wait(2_000)
    assert scene.ended(1) == []
    assert "t:ana" in scene.show.viewers


def test_it_keeps_the_floor() -> None:
    scene = Scene(CALM)
    line = hushed(scene)
    scene.chat("ben", to=["juno"])
    scene.ready(line + 1)
    scene.feed(HostVoiceEnded())
    assert of(Air, scene.wait(WORDS_MS)) == []
    assert of(Air, scene.ended(line))


def test_a_reaction_is_kept_with_it_and_goes_when_it_is_cut() -> None:
    scene = Scene(ShowSettings(idle_after_ms=5_000, banter_turns=3, banter_every_ms=60_000))
    scene.wait(5_000)
    scene.ready(1)
    scene.started(1)
    scene.ready(2)
    assert of(Withdraw, scene.feed(VOICE)) == []
    assert [given_up.reason for given_up in of(Withdraw, scene.wait(VOICE_MS))] == ["unheard"]


def test_the_speaker_stays_with_a_shut_mouth() -> None:
    scene = Scene(CALM)
    line = hushed(scene)
    seen = stage(scene.show)
    assert (seen.speaker, seen.line, seen.sounding, seen.host) == ("mika", line, False, True)
    scene.feed(HostVoiceEnded())
    scene.wait(WORDS_MS)
    assert stage(scene.show).sounding


@pytest.mark.parametrize(
    ("press", "reason"),
    [
        (StopPressed(), "stop"),
        (EmergencyPressed(), "stop"),
        (SkipPressed(), "skip"),
        (CloseRequested(), "closing"),
        (HostHeld(on=True), "host"),
        (HostSpeechConfirmed(), "host"),
    ],
)
def test_what_ends_a_line_on_air_ends_a_hushed_one(press: Event, reason: str) -> None:
    scene = Scene(CALM)
    line = hushed(scene)
    assert [(cut.line, cut.reason) for cut in of(Cut, scene.feed(press))] == [(line, reason)]
    assert of(Unhush, scene.wait(10_000)) == []


def test_what_it_answers_is_taken_back() -> None:
    scene = Scene(CALM)
    hushed(scene)
    assert scene.show.air is not None
    assert reasons(scene.feed(Tombstoned("message", scene.show.air.request.uid))) == ["taken_back"]


def test_a_pause_lets_it_end_by_itself() -> None:
    scene = Scene(CALM)
    line = hushed(scene)
    assert of(Cut, scene.feed(PausePressed())) == []
    scene.feed(HostVoiceEnded())
    assert of(Unhush, scene.wait(WORDS_MS))
    scene.ended(line)
    assert scene.show.mode == "paused"


def test_a_pause_takes_back_what_is_not_heard_yet() -> None:
    scene = Scene(CALM)
    scene.chat("ana", to=["mika"])
    scene.ready(1)
    scene.feed(VOICE)
    assert reasons(scene.feed(PausePressed())) == ["paused"]
    assert [request.uid for request in scene.show.requests] == ["t:2"]


def test_a_polite_close_waits_for_it_and_not_for_ever() -> None:
    scene = Scene(CALM)
    hushed(scene)
    scene.feed(CloseRequested(finish=True))
    scene.feed(HostVoiceEnded())
    assert of(Unhush, scene.wait(WORDS_MS))
    assert reasons(scene.wait(10_000)) == ["lost"]


def test_a_new_process_knows_of_no_hushed_line() -> None:
    scene = Scene(CALM)
    hushed(scene)
    scene.feed(Resumed(3.0))
    assert scene.show.air is None
    scene.chat("ben", to=["juno"])
    scene.ready(2)
    assert of(Air, scene.wait(2_000)) or of(Air, scene.log[-3:])


def test_without_an_ear_for_words_it_is_cut_as_ever() -> None:
    scene = Scene(CALM)
    line = on_air(scene)
    out = scene.feed(HostSpeechConfirmed())
    assert [(cut.line, cut.reason) for cut in of(Cut, out)] == [(line, "host")]
    assert of(Hush, out) == []


# --- barge_in: duck


@pytest.mark.parametrize("words", [True, False])
def test_a_line_may_be_lowered_instead(words: bool) -> None:
    scene = Scene(ShowSettings(idle_after_ms=0, barge_in="duck"))
    line = on_air(scene)
    assert [duck.on for duck in of(Duck, scene.feed(HostVoiceSuspected()))] == [True]
    out = scene.feed(HostSpeechConfirmed(words=words)) + scene.wait(3_000)
    assert {type(command) for command in out} <= {Duck}
    assert all(duck.on for duck in of(Duck, out))
    assert [duck.on for duck in of(Duck, scene.feed(HostVoiceEnded()))] == [False]
    assert of(Cut, scene.feed(WORDS)) == []
    scene.ended(line)


def test_nobody_starts_while_the_host_speaks_over_a_lowered_line() -> None:
    scene = Scene(ShowSettings(idle_after_ms=0, barge_in="duck", banter_every_ms=0, answers_per_minute=600))
    line = on_air(scene)
    scene.chat("ben", to=["juno"])
    scene.ready(line + 1)
    scene.feed(VOICE)
    assert of(Air, scene.ended(line)) == []
    assert of(Air, scene.wait(5_000)) == []
    scene.feed(HostVoiceEnded())
    assert of(Air, scene.wait(1_000))


def test_a_host_whose_end_is_lost_leaves_no_line_lowered() -> None:
    scene = Scene(ShowSettings(idle_after_ms=0, barge_in="duck"))
    line = on_air(scene)
    scene.feed(VOICE)
    out: list[Command] = []
    for n in range(35):
        out += scene.wait(1_000) + scene.feed(SentenceSpoken(line, n, n * 1_000))
    assert [duck.on for duck in of(Duck, out)] == [False]


def test_the_quiet_switch_cuts_all_the_same() -> None:
    scene = Scene(ShowSettings(idle_after_ms=0, barge_in="duck"))
    on_air(scene)
    assert reasons(scene.feed(HostHeld(on=True))) == ["host"]


# --- whatever happens


def _events() -> st.SearchStrategy[list[tuple[int, str]]]:
    kinds = (
        "suspect", "confirm", "confirm", "confirm_plain", "end", "end", "nothing", "words", "typed", "ended", "spoken",
        "started", "held", "unheld", "skip", "pause", "resume", "chat", "ready", "duck", "stop_mode", "stone",
    )  # fmt: skip
    return st.lists(st.tuples(st.sampled_from((0, 1, 50, 399, 400, 900, 1_500, 2_000, 6_000)), st.sampled_from(kinds)))


def _happens(scene: Scene, kind: str) -> list[Command]:  # noqa: C901, PLR0911, PLR0912 - a flat list
    show = scene.show
    air = show.air.id if show.air is not None else 0
    match kind:
        case "suspect":
            return scene.feed(HostVoiceSuspected())
        case "confirm":
            return scene.feed(VOICE)
        case "confirm_plain":
            return scene.feed(HostSpeechConfirmed())
        case "end":
            return scene.feed(HostVoiceEnded())
        case "nothing":
            return scene.feed(HostSaidNothing())
        case "words" | "typed":
            return scene.feed(HostSpoke(f"h:{scene.seq}", "m:h", Features(("juno",)), direct=kind == "typed"))
        case "ended":
            return scene.ended(air, 700, "finished")
        case "spoken":
            return scene.feed(SentenceSpoken(air, 0, 700))
        case "started":
            return scene.started(air)
        case "held" | "unheld":
            return scene.feed(HostHeld(on=kind == "held"))
        case "skip":
            return scene.feed(SkipPressed())
        case "pause":
            return scene.feed(PausePressed())
        case "chat":
            return scene.chat(f"v{scene.seq}", to=["mika"])
        case "ready":
            return scene.ready(show.next.id if show.next is not None else 0)
        case "stone":
            return scene.feed(Tombstoned("message", show.air.request.uid if show.air is not None else "t:0"))
        case "resume":
            return scene.feed(Resumed(1.0))
        case _:
            return scene.feed(
                SettingsChanged(ShowSettings(idle_after_ms=0, barge_in="duck" if kind == "duck" else "stop"))
            )


@settings(max_examples=150)
@given(_events())
def test_whatever_happens_each_hush_has_one_end_and_no_line_starts_over_the_host(events: list[tuple[int, str]]) -> None:
    scene = Scene(CALM)
    on_air(scene)
    silent = 0
    """The line that is silent by order."""
    for wait_ms, kind in [*events, (0, "end"), (LIMIT_MS + WORDS_MS, "nothing")]:
        speaking = scene.show.host.speaking
        out = scene.wait(wait_ms)
        for command in [*out, *_happens(scene, kind)]:
            match command:
                case Hush(line=line):
                    assert silent == 0
                    silent = line
                case Unhush(line=line):
                    assert silent == line
                    silent = 0
                case Cut(line=line):
                    silent = 0 if silent == line else silent
                case Air():
                    assert silent == 0
                    assert not speaking or kind in ("end", "unheld", "resume")
                case _:
                    pass
        air = scene.show.air
        if air is None or kind in ("ended", "resume"):
            silent = 0 if air is None or air.id != silent or air.state != "hushed" else silent
        assert (air is not None and air.state == "hushed") == bool(silent)
    scene.wait(LIMIT_MS)
    assert scene.show.air is None or scene.show.air.state != "hushed"


def test_journals_of_an_earlier_day_are_read() -> None:
    old = b'{"type":"LineEnded","line":3,"outcome":"finished","heard_ms":5}'
    assert msgspec.json.decode(old, type=Event) == LineEnded(line=3, outcome="finished", heard_ms=5)
    assert msgspec.json.decode(b'{"type":"HostSpeechConfirmed"}', type=Event) == HostSpeechConfirmed()
