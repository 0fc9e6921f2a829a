"""Which scene is wanted, at each moment of a show."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from streamer.core.commands import Air, Command, TakeScene
from streamer.core.events import (
    AutoPressed,
    ChatReceived,
    CloseRequested,
    EmergencyPressed,
    HostHeld,
    HostSpeechConfirmed,
    HostVoiceEnded,
    LineEnded,
    LineReady,
    LineStarted,
    PausePressed,
    Poked,
    ResumePressed,
    SceneSeen,
    SceneTakenByHand,
    SegmentDue,
    StopPressed,
)
from streamer.core.settings import AlertRule, Scenes, Segment, ShowSettings
from streamer.core.show import HELD_LIMIT_MS
from streamer.core.stage import stage
from tests.core.scene import Scene, aired, of, prepared

SPEAKERS = Scenes(home="main", speakers={"mika": "mika", "juno": "juno"}, cut_on_speaker=True, min_shot_ms=4_000)


def a_scene(scenes: Scenes, **more: Any) -> Scene:
    return Scene(ShowSettings(idle_after_ms=0, banter_every_ms=0, scenes=scenes, **more))


def taken(commands: list[Command]) -> list[tuple[str, str]]:
    return [(each.scene, each.reason) for each in of(TakeScene, commands)]


def speak(scene: Scene, who: str, line: int) -> list[Command]:
    out = scene.chat("ana", to=[who], uid=f"t:{line}")
    out += scene.ready(line)
    return out + scene.started(line)


def test_without_a_scene_map_nothing_is_wanted() -> None:
    scene = Scene()
    assert taken(scene.log + speak(scene, "mika", 1) + scene.ended(1) + scene.wait(60_000)) == []
    assert stage(scene.show).scene == ""


def test_the_show_begins_at_home() -> None:
    scene = a_scene(Scenes(home="main"))
    assert taken(scene.log) == [("main", "home")]


def test_speakers_are_cut_to_only_when_that_is_switched_on() -> None:
    scene = a_scene(Scenes(home="main", speakers={"mika": "mika"}))
    scene.wait(10_000)
    assert taken(speak(scene, "mika", 1)) == []


def test_cut_to_the_speaker_and_back_when_nobody_follows() -> None:
    scene = a_scene(SPEAKERS)
    scene.wait(10_000)
    assert taken(speak(scene, "mika", 1)) == [("mika", "speaker")]
    scene.wait(5_000)
    assert taken(scene.ended(1)) == []
    assert taken(scene.wait(1_499)) == []
    assert taken(scene.wait(1)) == [("main", "home")]


def test_no_shot_is_shorter_than_the_least() -> None:
    scene = a_scene(SPEAKERS)
    scene.wait(10_000)
    speak(scene, "mika", 1)
    scene.wait(1_000)
    assert taken(scene.ended(1, 1_000)) == []
    assert taken(speak(scene, "juno", 2)) == []
    assert taken(scene.wait(2_000)) == []
    assert taken(scene.wait(1_500)) == [("juno", "speaker")]


def test_a_segment_names_the_scene_of_what_follows() -> None:
    segments = (Segment("news", scene="desk"), Segment("talk"))
    scene = a_scene(Scenes(home="main"), segments=segments)
    line = prepared(scene.feed(SegmentDue("news", 0))).line
    assert taken(scene.ready(line)) == [("desk", "segment")]
    scene.started(line)
    scene.ended(line)
    scene.wait(60_000)
    assert stage(scene.show).scene == "desk"


def test_the_scene_of_an_alert_goes_with_its_line() -> None:
    scene = a_scene(Scenes(home="main"), alerts={"raid": AlertRule(scene="party")})
    scene.wait(10_000)
    out = scene.chat("ana", kind="raid", count=40, alert="a:t:1", text="", words=0)
    line = prepared(out + scene.wait(10_000)).line
    assert taken(scene.ready(line)) == [("party", "alert")]
    scene.started(line)
    assert taken(scene.ended(line)) == []
    assert taken(scene.wait(1_500)) == [("main", "home")]


def test_without_a_home_it_goes_back_to_what_was_on() -> None:
    scene = a_scene(Scenes(speakers={"mika": "mika"}, cut_on_speaker=True))
    scene.feed(SceneSeen(scene="Game"))
    scene.wait(10_000)
    assert taken(speak(scene, "mika", 1)) == [("mika", "speaker")]
    scene.feed(SceneSeen(scene="mika"))
    scene.wait(5_000)
    scene.ended(1)
    assert taken(scene.wait(2_000)) == [("Game", "back")]


def test_without_a_home_one_speaker_after_the_other_goes_back_to_what_was_on_before_both() -> None:
    scene = a_scene(Scenes(speakers={"mika": "mika", "juno": "juno"}, cut_on_speaker=True))
    scene.feed(SceneSeen(scene="Game"))
    scene.wait(10_000)
    for line, who in ((1, "mika"), (2, "juno")):
        assert taken(speak(scene, who, line)) == [(who, "speaker")]
        scene.feed(SceneSeen(scene=who))
        scene.wait(5_000)
        scene.ended(line)
    assert taken(scene.wait(5_000)) == [("Game", "back")]


def test_without_a_home_standby_goes_back_to_what_was_on() -> None:
    scene = a_scene(Scenes(standby="break"))
    scene.feed(SceneSeen(scene="Game"))
    scene.wait(10_000)
    assert taken(scene.feed(PausePressed())) == [("break", "standby")]
    scene.feed(SceneSeen(scene="break"))
    assert taken(scene.feed(ResumePressed()) + scene.wait(4_000)) == [("Game", "back")]


def test_without_a_home_emergency_goes_back_to_what_was_on() -> None:
    scene = a_scene(Scenes(speakers={"mika": "mika"}, cut_on_speaker=True, emergency="cover"))
    scene.feed(SceneSeen(scene="Game"))
    scene.wait(10_000)
    speak(scene, "mika", 1)
    scene.feed(SceneSeen(scene="mika"))
    assert taken(scene.feed(EmergencyPressed())) == [("cover", "emergency")]
    scene.feed(SceneSeen(scene="cover"))
    scene.ended(1)
    assert taken(scene.feed(ResumePressed()) + scene.wait(4_000)) == [("Game", "back")]


def test_a_scene_taken_by_hand_is_left_alone_until_auto() -> None:
    scene = a_scene(SPEAKERS)
    scene.wait(10_000)
    assert taken(scene.feed(SceneTakenByHand(scene="Game", via="obs"))) == []
    assert stage(scene.show).hand
    assert taken(speak(scene, "mika", 1)) == []
    scene.wait(5_000)
    assert stage(scene.show).scene == "Game"
    assert taken(scene.feed(AutoPressed())) == [("mika", "speaker")]
    assert not stage(scene.show).hand


def test_a_scene_chosen_at_the_panel_is_taken() -> None:
    scene = a_scene(SPEAKERS)
    assert taken(scene.feed(SceneTakenByHand(scene="juno", via="panel"))) == [("juno", "hand")]


def test_standby_while_the_show_is_paused() -> None:
    scene = a_scene(Scenes(home="main", standby="break"))
    scene.wait(10_000)
    assert taken(scene.feed(PausePressed())) == [("break", "standby")]
    scene.feed(ResumePressed())
    scene.wait(4_000)
    assert stage(scene.show).scene == "main"


def test_emergency_silences_and_cuts_whoever_has_the_scenes() -> None:
    scene = a_scene(Scenes(home="main", emergency="cover"))
    scene.wait(10_000)
    speak(scene, "mika", 1)
    scene.feed(SceneTakenByHand(scene="Game", via="obs"))
    out = scene.feed(EmergencyPressed())
    assert taken(out) == [("cover", "emergency")]
    assert scene.show.mode == "stopped"
    scene.ended(1)
    assert taken(scene.feed(ResumePressed())) == [("Game", "hand")]
    assert stage(scene.show).hand


def test_the_streamer_may_leave_the_emergency_scene() -> None:
    scene = a_scene(Scenes(home="main", emergency="cover"))
    scene.feed(EmergencyPressed())
    scene.feed(SceneTakenByHand(scene="Game", via="obs"))
    scene.wait(10_000)
    assert (stage(scene.show).scene, scene.show.mode) == ("Game", "stopped")


def test_stop_alone_changes_no_scene() -> None:
    scene = a_scene(Scenes(home="main", emergency="cover"))
    assert taken(scene.feed(StopPressed())) == []


def test_while_the_quiet_switch_is_on_nobody_starts_and_nothing_ends_it_but_the_switch() -> None:
    scene = Scene()
    speak(scene, "mika", 1)
    scene.wait(1_000)
    assert scene.feed(HostHeld(on=True))  # the line is cut
    scene.ended(1, 1_000, "cut")
    scene.chat("ben", to=["juno"])
    scene.ready(2)
    scene.feed(HostVoiceEnded())
    assert of(Air, scene.wait(20_000)) == []
    scene.feed(HostHeld(on=False))
    assert aired(scene.wait(2_000)).not_before_ms == scene.show.host.quiet_ms + 800


def test_whoever_still_talks_when_the_quiet_switch_goes_off_keeps_the_floor() -> None:
    scene = Scene()
    scene.feed(HostHeld(on=True))
    scene.feed(HostSpeechConfirmed())
    scene.feed(HostHeld(on=False))
    assert scene.show.host.speaking
    scene.feed(HostVoiceEnded())
    assert (scene.show.host.speaking, scene.show.host.quiet_ms) == (False, scene.now_ms)


def test_a_forgotten_quiet_switch_goes_off_by_itself() -> None:
    scene = Scene()
    scene.feed(HostHeld(on=True))
    scene.wait(HELD_LIMIT_MS)
    assert not scene.show.host.held
    assert not scene.show.host.speaking


def test_a_poke_is_answered_now_and_then() -> None:
    scene = Scene()
    line = prepared(scene.feed(Poked(persona="juno")))
    assert (line.persona, line.why, line.prompt) == ("juno", "poke", "s:_poke")
    scene.ready(line.line)
    scene.started(line.line)
    scene.ended(line.line)
    assert of(type(line), scene.feed(Poked(persona="juno"))) == []
    scene.wait(20_000)
    assert prepared(scene.feed(Poked(persona="mika"))).persona == "mika"


EVENTS = st.one_of(
    st.builds(SceneTakenByHand, scene=st.sampled_from(["Game", "main", "mika"]), via=st.sampled_from(["obs", "panel"])),
    st.sampled_from([
        AutoPressed(), EmergencyPressed(), ResumePressed(), PausePressed(), StopPressed(), HostSpeechConfirmed(),
        HostVoiceEnded(), HostHeld(on=True), HostHeld(on=False),
    ]),
    st.builds(SceneSeen, scene=st.sampled_from(["Game", "main", "mika"])),
    st.integers(1, 9).map(lambda n: LineReady(n, 2_000)),
    st.integers(1, 9).map(LineStarted),
    st.integers(1, 9).map(lambda n: LineEnded(line=n, outcome="finished", heard_ms=900, heard=f"l:{n}")),
    st.sampled_from(["mika", "juno"]).map(lambda who: ("chat", who)),
    st.integers(100, 9_000).map(lambda ms: ("wait", ms)),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(EVENTS, max_size=40))
def test_the_streamers_hand_is_never_fought_and_short_shots_never_happen(steps: list[Any]) -> None:
    scene = a_scene(Scenes(
        home="main", standby="break", emergency="cover", speakers={"mika": "mika", "juno": "juno"}, cut_on_speaker=True,
    ))  # fmt: skip
    last_ms = -1_000_000
    for step in steps:
        hand = scene.show.scene_hand
        match step:
            case ("wait", ms):
                begun = len(scene.log)
                scene.wait(ms)
                out = scene.log[begun:]
            case ("chat", who):
                out = scene.chat("ana", to=[who])
            case _:
                out = scene.feed(step)
        for cut in of(TakeScene, out):
            soft = cut.reason in ("speaker", "home")
            if hand and scene.show.scene_hand:
                assert cut.reason in ("emergency", "hand")
            if soft and not isinstance(step, AutoPressed | SceneTakenByHand) and not isinstance(step, tuple):
                assert scene.now_ms - last_ms >= 4_000
        if of(TakeScene, out) or isinstance(step, SceneTakenByHand):
            last_ms = scene.show.scene_ms


def test_a_show_that_closes_cuts_no_more() -> None:
    scene = a_scene(Scenes(home="main"))
    scene.feed(SceneTakenByHand(scene="Game", via="obs"))
    scene.feed(CloseRequested())
    assert taken(scene.feed(AutoPressed())) == []


def test_nobody_is_poked_to_speak_while_others_wait() -> None:
    scene = Scene()
    scene.feed(ChatReceived(uid="t:1", user="t:ana", platform="t", text="m:t:1"))
    scene.chat("ben", to=["mika"])
    assert of(type(prepared(scene.log)), scene.feed(Poked(persona="juno"))) == []
