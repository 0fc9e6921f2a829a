"""The difference as requests with reasons, and names that OBS does not have."""

import pytest

from streamer.adapters.obs.diff import changes, unknown
from streamer.adapters.obs.names import not_to_press, other_half
from streamer.adapters.obs.settings import SceneMap
from streamer.adapters.obs.target import FilterOn, Muted, Visible, Want, Words
from streamer.adapters.obs.world import Heard, Item, World, heard


def a_world() -> World:
    return World(
        scenes=["Main", "Close"],
        inputs={"Now speaking": "text_ft2_source_v2", "Music": "ffmpeg_source"},
        items={"Main": [Item(3, "Mika"), Item(4, "Glow", enabled=False), Item(5, "Mika", enabled=False)]},
        filters={"Mika": {"Tint": False}},
        texts={"Now speaking": ""},
        mutes={"Music": False},
        volumes={"Music": 1.0},
        transitions={"Fade": False, "Cut": True},
    )


def test_only_what_differs_is_asked_for_with_its_reason_in_a_safe_order():
    wanted = {
        Visible("Main", "Glow"): Want(True, "mika speaks"),
        Visible("Main", "Mika"): Want(False, "juno speaks"),
        FilterOn("Mika", "Tint"): Want(False, "already so"),
        Words("Now speaking"): Want("Juno", "line 3"),
        Muted("Music"): Want(True, "the host speaks"),
        Visible("Main", "No such thing"): Want(True, "missing"),
    }
    found = changes(a_world(), wanted)
    assert [(each.request, each.reason) for each in found] == [
        ("SetInputMute", "the host speaks"),
        ("SetInputSettings", "line 3"),
        ("SetSceneItemEnabled", "juno speaks"),
        ("SetSceneItemEnabled", "mika speaks"),
    ]
    assert found[2].data == {"sceneName": "Main", "sceneItemId": 3, "sceneItemEnabled": False}
    assert found[1].data == {"inputName": "Now speaking", "inputSettings": {"text": "Juno"}, "overlay": True}
    left = changes(a_world(), wanted, {Muted("Music"), Words("Now speaking")})
    assert [each.reason for each in left] == ["juno speaks", "mika speaks"]


def test_missing_names_come_with_the_nearest_and_each_once():
    scene_map = SceneMap.model_validate(
        {
            "scenes": {"main": "main", "close": "Close"},
            "home": "main",
            "transition": {"name": "fade"},
            "people": {
                "mika": {
                    "show": [{"scene": "close", "source": "Glow"}, {"scene": "Main", "source": "Glwo"}],
                    "filters": [{"source": "Mika", "filter": "tint"}, {"source": "Mikka", "filter": "Tint"}],
                }
            },
            "texts": [{"input": "Now speeking", "text": "{name}"}, {"input": "Music", "text": "{name}"}],
            "duck": {"inputs": ["music"]},
            "on": [{"when": "alert", "media": "Stinger"}, {"when": "stop", "hotkey": "OBSBasic.X"}],
        }
    )
    found = {(each.kind, each.name): (each.nearest, each.place) for each in unknown(a_world(), scene_map)}
    assert found[("scene", "main")] == ("Main", "scenes.main")
    assert found[("transition", "fade")] == ("Fade", "transition")
    assert found[("source", "Glwo")] == ("Glow", "people.mika.show.1")
    assert found[("filter", "tint")] == ("Tint", "people.mika.filters.0")
    assert found[("input", "Now speeking")] == ("Now speaking", "texts.0")
    assert ("input", "Music") in found
    assert found[("input", "music")][0] == "Music"
    assert found[("input", "Stinger")] == ("", "on.0")
    assert ("hotkey", "OBSBasic.X") in found


@pytest.mark.parametrize(
    ("hotkey", "other"),
    [
        ("OBSBasic.StartRecording", "OBSBasic.StopRecording"),
        ("OBSBasic.StopRecording", "OBSBasic.StartRecording"),
        ("libobs.show_scene_item.Mika", "libobs.hide_scene_item.Mika"),
        ("libobs.unmute", "libobs.mute"),
        ("OBSBasic.ForceStopStreaming", ""),
        ("OBSBasic.SelectScene", ""),
        ("OBSBasic.StartStreaming", ""),
        ("", ""),
    ],
)
def test_halves_of_a_pair_of_hotkeys_are_known(hotkey: str, other: str):
    there = [
        "OBSBasic.StartRecording", "OBSBasic.StopRecording", "OBSBasic.ForceStopStreaming", "OBSBasic.SelectScene",
        "libobs.show_scene_item.Mika", "libobs.hide_scene_item.Mika", "libobs.mute", "libobs.unmute",
    ]  # fmt: skip
    assert other_half(hotkey, there) == other
    assert [(each.kind, each.within) for each in not_to_press(hotkey, "on.0", there)] == (
        [("half", other)] if other else []
    )


def test_events_count_only_for_the_item_the_map_means():
    world = a_world()
    shown = {"sceneName": "Main", "sceneItemId": 3, "sceneItemEnabled": False}
    assert heard(world, "SceneItemEnableStateChanged", shown) == [Heard(Visible("Main", "Mika"), False)]
    assert heard(world, "SceneItemEnableStateChanged", shown | {"sceneItemId": 5}) == []
    assert heard(world, "SceneItemEnableStateChanged", shown | {"sceneName": "Elsewhere"}) == []
    assert heard(world, "InputMuteStateChanged", {"inputName": "Desk", "inputMuted": True}) == []
    assert heard(world, "Unheard of", {}) == []
