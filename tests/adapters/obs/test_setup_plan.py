"""What set-up would do to a collection, and what it leaves alone."""

import pytest
from msgspec.structs import replace

from streamer.adapters.obs.setup.inventory import MONITOR_BOTH, Input, Inventory, Item, Scene
from streamer.adapters.obs.setup.memory import InputMade
from streamer.adapters.obs.setup.plan import Wish, captions_in, make_plan, overlay_plan
from streamer.adapters.obs.setup.sources import address, corrected, face_for, overlay_of, text_settings
from streamer.adapters.obs.setup.steps import AddItem, ChangeMonitor, ChangeSettings, MakeInput, MakeScene, words_of
from streamer.texts import LANGUAGES, say
from tests.adapters.obs.collection import BASE, TOKEN, WISH

EMPTY = Inventory(
    collection="Mine",
    scenes=(Scene("Gaming"),),
    program="Gaming",
    kinds=frozenset({"browser_source", "text_gdiplus_v2", "image_source"}),
    platform="windows",
)
LINUX = replace(EMPTY, kinds=frozenset({"text_ft2_source_v2"}), platform="debian")
STAGE = address(BASE, TOKEN, "stage", {})
GOOD = {"url": STAGE, "reroute_audio": True, "width": 1920, "height": 1080}


def having(there: Inventory, *sources: Input, scene: str = "Gaming") -> Inventory:
    items = tuple(Item(scene, each.name, number) for number, each in enumerate(sources, 1))
    return replace(there, inputs=(*there.inputs, *sources), items=(*there.items, *items))


def test_with_no_scene_map_one_scene_holds_one_source_that_everybody_hears() -> None:
    plan = make_plan(EMPTY, WISH)
    scene, source = plan.steps
    assert scene == MakeScene("Showrunner")
    assert isinstance(source, MakeInput)
    assert (source.scene, source.name, source.kind, source.monitor) == (
        "Showrunner", "Showrunner stage", "browser_source", True,
    )  # fmt: skip
    assert source.settings == {
        "url": STAGE, "width": 1920, "height": 1080, "fps_custom": True, "fps": 60, "reroute_audio": True,
        "shutdown": False, "restart_when_active": False,
    }  # fmt: skip


def test_a_scene_map_wants_its_scenes_and_the_voices_in_all_of_them() -> None:
    wish = replace(WISH, home="Gaming", scenes=("Mika close", "Back soon"), speakers={"mika": "Mika close"})
    plan = make_plan(EMPTY, wish)
    assert [step.name for step in plan.steps if isinstance(step, MakeScene)] == ["Mika close", "Back soon"]
    made = {step.name: step for step in plan.steps if isinstance(step, MakeInput)}
    assert set(made) == {"Showrunner voices", "Showrunner stage", "Showrunner Mika"}
    assert (made["Showrunner voices"].monitor, made["Showrunner stage"].monitor) == (True, False)
    assert made["Showrunner stage"].settings["url"] == f"{STAGE}&sound=0"
    assert made["Showrunner stage"].settings["reroute_audio"] is False
    assert made["Showrunner Mika"].scene == "Mika close"
    added = [(step.scene, step.source) for step in plan.steps if isinstance(step, AddItem)]
    assert added == [("Mika close", "Showrunner voices"), ("Back soon", "Showrunner voices")]


def test_a_slip_in_the_map_is_pointed_out() -> None:
    plan = make_plan(EMPTY, replace(WISH, home="gaming"))
    assert plan.steps[0] == MakeScene("gaming", "Gaming")
    assert "There is one called Gaming" in say(words_of(plan.steps[0]))


def test_a_scene_inside_another_gets_the_voices_once() -> None:
    there = replace(EMPTY, scenes=(Scene("Gaming"), Scene("Camera")), items=(Item("Gaming", "Camera", 1),))
    plan = make_plan(there, replace(WISH, home="Gaming", scenes=("Camera",)))
    voices = next(step for step in plan.steps if isinstance(step, MakeInput) and step.what == "sound")
    assert voices.scene == "Camera"
    assert not [step for step in plan.steps if isinstance(step, AddItem)]


def test_one_source_for_each_persona() -> None:
    plan = make_plan(EMPTY, replace(WISH, layout="avatars"))
    made = {step.name: step.settings["url"] for step in plan.steps if isinstance(step, MakeInput)}
    assert list(made) == ["Showrunner voices", "Showrunner Mika", "Showrunner Juno", "Showrunner captions"]
    assert made["Showrunner Juno"].endswith("/overlay/avatar?token=overlay-token-0123456789&persona=juno&sound=0")


def test_without_a_browser_source_captions_are_a_text_and_the_rest_is_said() -> None:
    plan = make_plan(LINUX, replace(WISH, language="ja"))
    assert [notice.code for notice in plan.cannot] == ["obs.no_browser"]
    text = plan.steps[1]
    assert isinstance(text, MakeInput)
    assert (text.kind, text.name, text.fit) == ("text_ft2_source_v2", "Showrunner captions", "caption")
    assert text.settings["font"]["face"] == "Noto Sans CJK JP"
    assert (text.settings["word_wrap"], text.settings["custom_width"]) == (True, 1536)
    nothing = make_plan(replace(LINUX, kinds=frozenset({"image_source"})), WISH)
    assert {notice.code for notice in nothing.cannot} == {"obs.no_browser", "obs.no_text"}


def test_texts_that_the_map_names_are_made_under_their_very_names() -> None:
    plan = make_plan(EMPTY, replace(WISH, home="Gaming", texts=("Now speaking",), captions="Lines"))
    made = {step.name: step.kind for step in plan.steps if isinstance(step, MakeInput)}
    assert (made["Now speaking"], made["Lines"]) == ("text_gdiplus_v2", "text_gdiplus_v2")
    taken = having(EMPTY, Input("Now speaking", "image_source"))
    plan = make_plan(taken, replace(WISH, home="Gaming", texts=("Now speaking",)))
    assert [notice.code for notice in plan.cannot] == ["obs.plan.name_taken"]


@pytest.mark.parametrize("name", ["Showrunner", "Showrunner stage", "SHOWRUNNER STAGE"])
def test_names_that_are_taken_are_not_taken_again(name: str) -> None:
    plan = make_plan(having(EMPTY, Input(name, "image_source")), WISH)
    names = {step.name.casefold() for step in plan.steps if isinstance(step, MakeInput | MakeScene)}
    assert name.casefold() not in names
    assert len(names) == 2


def test_a_source_the_streamer_made_with_the_link_is_corrected_where_it_is() -> None:
    own = Input("My AI", "browser_source", settings={"url": STAGE + "&theme=night", "width": 900, "shutdown": True})
    plan = make_plan(having(EMPTY, own), WISH)
    assert plan.steps == (
        ChangeSettings("My AI", {"shutdown": True}, {"shutdown": False}, "awake"),
        ChangeSettings("My AI", {"reroute_audio": None}, {"reroute_audio": True}, "sound"),
        ChangeMonitor("My AI", "OBS_MONITORING_TYPE_NONE", MONITOR_BOTH),
    )


def test_an_address_of_before_is_corrected_and_keeps_what_it_asks_of_the_page() -> None:
    old = "http://localhost:9999/overlay/stage?token=overlay-token-0123456789&theme=night"
    own = Input("Stage", "browser_source", settings={**GOOD, "url": old}, monitor=MONITOR_BOTH)
    (step,) = make_plan(having(EMPTY, own), WISH).steps
    assert isinstance(step, ChangeSettings)
    assert (step.after, step.why) == ({"url": f"{STAGE}&theme=night"}, "address")


def test_another_show_and_other_pages_are_left_alone() -> None:
    other = "http://localhost:9999/overlay/stage?token=another-show"
    for url in (other, "https://example.org/overlay/stage", "file:///overlay/stage?token=x", "http://[", ""):
        there = having(EMPTY, Input("Browser", "browser_source", settings={"url": url}))
        steps = make_plan(there, WISH).steps
        assert [type(step) for step in steps] == [MakeScene, MakeInput]
        assert all("Browser" not in str(step) for step in steps)


def test_what_is_renamed_moved_and_resized_is_found_and_left() -> None:
    source = Input("Die Bühne", "browser_source", settings={**GOOD, "width": 640}, monitor=MONITOR_BOTH)
    plan = make_plan(having(EMPTY, source), WISH)
    assert (plan.steps, [notice.code for notice in plan.leave]) == ((), ["obs.plan.leave_source"])


def test_captions_are_found_under_another_name_by_their_mark() -> None:
    text = Input("Untertitel", "text_ft2_source_v2", settings={"showrunner": "captions"})
    there = having(LINUX, text)
    assert make_plan(there, WISH).steps == ()
    assert make_plan(there, replace(WISH, captions="Showrunner captions")).steps == ()
    assert captions_in(there, ()) == "Untertitel"
    assert captions_in(LINUX, ()) == ""


def test_a_renamed_source_is_told_by_its_id() -> None:
    two = [Input(name, "browser_source", uuid, GOOD, MONITOR_BOTH) for name, uuid in (("A", "1"), ("B", "2"))]
    made = (InputMade("Gone", "2", "browser_source", "stage", "Gaming", STAGE),)
    plan = make_plan(having(EMPTY, *two), WISH, made)
    assert [notice.params for notice in plan.leave] == [{"source": "B"}]


def test_one_overlay_into_a_scene() -> None:
    (step,) = overlay_plan(EMPTY, WISH, "chat", {"rows": "8"}, "Gaming").steps
    assert isinstance(step, MakeInput)
    assert (step.name, step.monitor, step.settings["reroute_audio"]) == ("Showrunner chat", False, False)
    assert step.settings["url"].endswith("/overlay/chat?token=overlay-token-0123456789&rows=8")
    there = having(EMPTY, Input("Stage", "browser_source", settings=GOOD))
    (face,) = overlay_plan(there, WISH, "avatar", {"persona": "mika"}, "Gaming").steps
    assert isinstance(face, MakeInput)
    assert "sound=0" in face.settings["url"]  # the stage sounds already
    assert overlay_plan(there, WISH, "stage", {}, "Gaming").steps == ()
    assert overlay_plan(LINUX, WISH, "stage", {}, "Gaming").cannot


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_has_words_and_none_tells_the_token(language: str) -> None:
    wish = Wish(
        base=BASE, token=TOKEN, people=WISH.people, home="Main", scenes=("Close",), texts=("Now",), layout="avatars"
    )
    spoilt = Input("Bad", "browser_source", settings={"url": STAGE, "restart_when_active": True})
    for there, asked in ((EMPTY, wish), (having(EMPTY, spoilt), WISH), (LINUX, wish)):
        plan = make_plan(there, asked)
        for notice in (*map(words_of, plan.steps), *plan.leave, *plan.cannot):
            words = say(notice, language)
            assert notice.code not in words
            assert "{" not in words
            assert TOKEN not in words


def test_links_are_read_and_written() -> None:
    shown = overlay_of(f"{BASE}/overlay/avatar?token=abc&persona=mika&sound=0")
    assert shown is not None
    assert (shown.kind, shown.persona, shown.silent, shown.base, shown.token) == ("avatar", "mika", True, BASE, "abc")
    behind = overlay_of("https://x.example/show/overlay/stage?token=abc")
    assert behind is not None
    assert (behind.base, behind.sounds) == ("https://x.example/show", True)
    assert corrected(f"{BASE}/overlay/stage?token=old&sound=0&rows=3", "http://h:1", "new", silent=False) == (
        "http://h:1/overlay/stage?token=new&rows=3"
    )


def test_fonts_have_the_letters() -> None:
    assert face_for("ja-JP", "windows") == "Yu Gothic UI"
    assert face_for("en", "macos") == "Helvetica Neue"
    assert face_for("ja", "ubuntu") == "Noto Sans CJK JP"
    gdi = text_settings("text_gdiplus_v3", "captions", language="en", platform="windows", width=1280, height=720)
    assert (gdi["extents_cx"], gdi["extents_wrap"], gdi["font"]["size"]) == (1024, True, 36)
