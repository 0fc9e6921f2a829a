"""The stage on the panel, in a real browser: its card, the emergency button, the quiet switch, their keys."""

import asyncio
import copy
from typing import Any

import pytest

from tests.fakes.panel_show import PanelShow
from tests.web.axe import findings
from tests.web.panel_stand import DESK, NAMELESS, PALE, PHONE, SMALL_TARGETS, TWICE, Panel

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

STAGE: dict[str, Any] = {
    "scene": "mika", "why": "speaker", "hand": False, "emergency": False, "has_emergency": True, "cut_on_speaker": True,
    "emergency_scene": "break", "hand_via": "",
    "scenes": [{"key": "main", "name": "Main"}, {"key": "mika", "name": "<b>Mika</b> close"},
               {"key": "break", "name": "Be right back"}],
    "host": {"ear": "meter", "input": "Mic/Aux", "threshold_db": -45, "speaking": False, "held": False},
}  # fmt: skip
OBS: dict[str, Any] = {
    "state": "ready", "version": "30.2.3", "scene": "<b>Mika</b> close", "recording": True, "streaming": True,
    "replay": True, "virtual": False, "fps": 59.94, "dropped_pct": 0.2, "bitrate_kbps": 6012, "browser": True,
    "level_db": -52.0,
}  # fmt: skip
AVATARS = {
    "mika": {"kind": "vts", "state": "ready", "model": "Akari", "instance": "8001"},
    "juno": {"kind": "vts", "state": "asking", "model": "", "instance": "8002"},
}
PIXEL = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffdb004300" + "08" * 64
    + "ffc0000b080001000101011100ffc4001f00000105010101010101000000000000000001"
    "02030405060708090a0bffc400b5100002010303020403050504040000017d0102030004110512213141061351610722711432"
    "8191a1082342b1c11552d1f02433627282090a161718191a25262728292a3435363738393a434445464748494a535455565758"
    "595a636465666768696a737475767778797a838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8"
    "b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9faffda0008010100003f00fb"
    "d3ffd9"
)  # fmt: skip


def put(show: PanelShow, stage: dict[str, Any] | None, obs: dict[str, Any] | None, **more: Any) -> None:
    show.snapshot |= copy.deepcopy({"stage": stage, "obs": obs, "avatars": {}} | more)
    show.answers["obs/screenshot"] = PIXEL


async def card(opened: Any, size: dict[str, int] = DESK, **more: Any) -> Panel:
    panel = await (await opened(size, **more)).open()
    if size is PHONE:
        await panel.page.locator(".tabs button").nth(2).click()
    await panel.page.locator(".stagec .stagetop, .stagec .unlinked").first.wait_for()
    return panel


@pytest.mark.parametrize(("size", "scheme", "locale"), [(DESK, "dark", "en-US"), (PHONE, "light", "ja-JP")])
async def test_it_fits_and_can_be_read_and_pressed(
    opened: Any, show: PanelShow, size: dict[str, int], scheme: str, locale: str
) -> None:
    stage = STAGE | {"hand": True, "hand_via": "obs", "host": STAGE["host"] | {"held": True}}
    put(show, stage, OBS, avatars=AVATARS)
    panel = await card(opened, size, color_scheme=scheme, locale=locale)
    assert await panel.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert await panel.page.evaluate(SMALL_TARGETS, 44 if size is PHONE else 24) == []
    assert await panel.page.evaluate(PALE) == []
    assert await panel.page.evaluate(NAMELESS) == []
    assert await panel.page.evaluate(TWICE) == []
    assert await findings(panel.page) == []


async def test_it_says_what_is_on_and_why(opened: Any, show: PanelShow) -> None:
    put(show, STAGE, OBS, avatars=AVATARS)
    panel = await card(opened)
    assert await panel.text(".scenename") == "<b>Mika</b> close"
    assert await panel.text(".scenenow .sub") == "because Mika is talking"
    assert await panel.text(".scenes [aria-pressed=true]") == "<b>Mika</b> close"
    assert await panel.text(".figures") == "60 fps · 0.2 % of frames dropped · 6,012 kbit/s"
    await panel.shows(".obsstate", "OBS 30.2.3")
    await panel.page.locator(".scenes .btn", has_text="Be right back").click()
    await panel.until(lambda: panel.pressed("stage/scene") == [{"scene": "break"}])


async def test_the_hand_is_explained_and_auto_gives_it_back(opened: Any, show: PanelShow) -> None:
    put(show, STAGE, OBS)
    panel = await card(opened)
    assert await panel.page.locator(".handed").count() == 0
    await panel.page.keyboard.press("a")
    await show.change({"stage/hand": True, "stage/hand_via": "obs", "obs/scene": "Gaming"})
    await panel.shows(".handed", "You changed the scene in OBS. The show leaves it alone until you press Auto.")
    assert await panel.text(".scenename") == "Gaming"
    assert await panel.page.locator(".scenes [aria-pressed=true]").count() == 0
    await panel.page.locator(".handed .btn").click()
    await panel.page.keyboard.press("a")
    await panel.until(lambda: len(panel.pressed("commands/auto")) == 2)  # not the one before there was a hand
    await show.change({"stage/hand_via": "deck:1"})
    await panel.shows(".handed", "You have the scenes in hand.")


async def test_emergency_says_what_it_does_and_is_sent_even_while_the_show_is_away(
    opened: Any, show: PanelShow
) -> None:
    put(show, STAGE, OBS)
    panel = await card(opened)
    await panel.shows(".big.emergency", "silence + Be right back")
    await show.change({"stage/emergency_scene": "", "stage/has_emergency": False})
    await panel.shows(".big.emergency", "silence; no scene is set for it")
    show.down = True
    await show.drop_sockets()
    await panel.page.locator("#app .stale").wait_for()
    await panel.page.keyboard.press("F9")
    await asyncio.sleep(0.2)
    show.down = False
    await panel.until(lambda: len(panel.pressed("commands/emergency")) == 1)
    await show.change({"stage/emergency": True, "show/mode": "stopped"})
    await panel.shows(".big.emergency", "on; “Resume AI” ends it")
    await panel.shows(".stagec .notice", "Emergency: the cast is silent.")


async def test_the_quiet_switch_is_held_by_its_key_and_turned_by_its_button(opened: Any, show: PanelShow) -> None:
    put(show, STAGE, OBS)
    panel = await card(opened)
    pressed = lambda: [path for path, _ in show.presses]
    await panel.page.keyboard.down("h")
    await panel.page.keyboard.down("h")  # repeats by itself while it is held
    await panel.until(lambda: pressed() == ["commands/host-on"])
    await panel.page.keyboard.up("h")
    await panel.until(lambda: pressed() == ["commands/host-on", "commands/host-off"])
    await panel.page.keyboard.down("h")
    await panel.page.evaluate("dispatchEvent(new Event('blur'))")
    await panel.until(lambda: pressed()[2:] == ["commands/host-on", "commands/host-off"])
    await panel.page.keyboard.up("h")
    await panel.page.locator(".say .field").last.focus()
    await panel.page.keyboard.type("ha")
    await panel.page.locator(".talkb").click()
    await panel.until(lambda: pressed()[4:] == ["commands/host-on"])
    await show.change({"stage/host/held": True})
    await panel.shows(".hostrow", "You are talking: the cast waits until you switch it off.")
    await panel.page.locator(".views a[href='#setup']").click()
    await panel.page.locator(".big.host").click()  # wherever one is
    await panel.until(lambda: pressed()[5:] == ["commands/host-off"])


async def test_the_level_stands_beside_the_line_it_has_to_pass(opened: Any, show: PanelShow) -> None:
    put(show, STAGE, OBS)
    panel = await card(opened)
    meter = panel.page.locator(".hostrow [role=meter]")
    assert await meter.get_attribute("aria-valuenow") == "-52"
    await show.change({"obs/level_db": -12.4, "stage/host/speaking": True})
    await panel.page.locator(".hostrow .meter.over[aria-valuenow='-12']").wait_for()
    await panel.shows(".hostrow", "You are speaking: the cast waits.")
    await show.change({"obs/level_db": None})
    await panel.page.locator(".hostrow .meter:not(.over)[aria-valuetext='no level']").wait_for()


async def test_the_stream_is_asked_about_and_the_rest_is_not(opened: Any, show: PanelShow) -> None:
    put(show, STAGE, OBS | {"virtual": None})
    panel = await card(opened)
    assert await panel.page.locator(".out").count() == 3
    await panel.page.get_by_role("button", name="Stop: Recording").click()
    await panel.page.get_by_role("button", name="Save: Replay").click()
    await panel.shows(".outtold", "The replay is saved.")
    await panel.page.get_by_role("button", name="Stop: Stream").click()
    await panel.shows(".asks", "Stop the stream? It ends for all viewers.")
    assert await panel.page.evaluate("document.activeElement.textContent") == "No"
    await panel.page.keyboard.press("Enter")
    await panel.page.get_by_role("button", name="Stop: Stream").click()
    await panel.page.get_by_role("button", name="Stop the stream").click()
    wanted = [("record", "stop"), ("replay", "save"), ("stream", "stop")]
    await panel.until(lambda: [(one["what"], one["do"]) for one in panel.pressed("obs/output")] == wanted)
    show.refuse["obs/output"] = 502
    await panel.page.get_by_role("button", name="Stop: Recording").click()
    await panel.shows(".outtold", "Not done: refused")


async def test_the_question_about_the_stream_is_over_with_escape_and_with_obs(opened: Any, show: PanelShow) -> None:
    put(show, STAGE, OBS)
    panel = await card(opened)
    await panel.page.get_by_role("button", name="Stop: Stream").click()
    await panel.page.locator(".asks").wait_for()
    await panel.page.keyboard.press("Escape")
    await panel.page.locator(".asks").wait_for(state="detached")
    assert await panel.page.evaluate("document.activeElement.ariaLabel") == "Stop: Stream"
    await panel.page.keyboard.press("Enter")
    await panel.page.locator(".asks").wait_for()
    await show.change({"obs/state": "lost"})
    await panel.page.locator(".asks").wait_for(state="detached")
    await show.change({"obs/state": "ready"})
    await panel.page.locator(".outs").wait_for()
    assert await panel.page.locator(".asks").count() == 0
    assert panel.pressed("obs/output") == []


async def test_a_microphone_that_is_named_and_not_heard_is_told_of(opened: Any, show: PanelShow) -> None:
    put(show, STAGE | {"host": STAGE["host"] | {"ear": ""}}, OBS)
    panel = await card(opened)
    await panel.shows(".hostrow", "No microphone is watched.")
    told = {"state": "degraded", "code": "host.meter_missing", "params": {"input": "Mic/Aux", "nearest": "<b>Mic</b>"},
            "fix": "fix.host.meter_nearest", "latency_ms": None}  # fmt: skip
    await show.change({"health/host.meter": told})
    await panel.shows(".hostrow", 'OBS has no audio input called "Mic/Aux", so the host is not noticed.')
    await panel.shows(".hostrow", 'did you mean "<b>Mic</b>"?')
    await show.change({"stage/host/held": True})
    await panel.shows(".hostrow", "You are talking")


async def test_what_is_wrong_with_obs_is_said_in_words(opened: Any, show: PanelShow) -> None:
    put(show, STAGE, OBS)
    panel = await card(opened)
    troubles: list[tuple[dict[str, Any], str]] = [
        ({"state": "lost"}, "OBS does not answer."), ({"state": "refused"}, "OBS refuses the password."),
        ({"state": "too_old", "version": "27.1"}, "This OBS is too old (27.1)."),
        ({"browser": False}, "This OBS has no browser source: it cannot show overlays."),
        ({"state": "connecting"}, "Connecting to OBS…"),
    ]  # fmt: skip
    for state, words in troubles:
        await show.change({"obs": OBS | state})
        await panel.shows(".stagec .notice", words)
        ready = "state" not in state
        assert bool(await panel.page.locator(".outs").count()) is ready
        may = await panel.page.locator(".scenes .btn").first.get_attribute("aria-disabled")
        assert may == str(not ready).lower()


async def test_the_picture_comes_only_while_it_can_be_seen(opened: Any, show: PanelShow) -> None:
    put(show, STAGE, OBS)
    panel = await card(opened)
    await panel.page.locator(".scenepic img").wait_for()
    await panel.page.get_by_role("button", name="Hide the picture").click()
    await panel.page.locator(".scenepic").wait_for(state="detached")
    fetched = show.asked.count("obs/screenshot")
    assert fetched >= 1
    await panel.page.locator(".views a[href='#overlays']").click()
    await panel.page.locator("main[data-view=overlays]").wait_for()
    await panel.page.locator(".views a[href='#live']").click()
    await panel.page.locator(".stagec .stagetop").wait_for()
    assert show.asked.count("obs/screenshot") == fetched, "it stays hidden"


async def test_an_avatar_that_waits_can_be_asked_again(opened: Any, show: PanelShow) -> None:
    put(show, STAGE, OBS, avatars=AVATARS)
    panel = await card(opened)
    await panel.shows(".avatarrow", "Mika: moves in VTube Studio (Akari).")
    await panel.shows(".avatarrow", "Juno: VTube Studio asks you to allow Showrunner.")
    await panel.page.get_by_role("button", name="Ask again for Juno").click()
    await panel.until(lambda: panel.pressed("stage/avatar") == [{"persona": "juno"}])
    await show.change({"avatars/juno": AVATARS["juno"] | {"state": "other_model", "model": "<i>Hiyori</i>"}})
    await panel.shows(".avatarrow", "another model is loaded (<i>Hiyori</i>), so nothing is sent to it.")
    await show.change({"avatars/juno": AVATARS["juno"] | {"state": "other_model", "model": ""}})
    await panel.shows(".avatarrow", "Juno: no model is loaded in VTube Studio.")


async def test_without_obs_there_is_one_quiet_line(opened: Any, show: PanelShow) -> None:
    panel = await card(opened)  # a feed that knows none of it
    await panel.shows(".stagec", "OBS is not connected: scenes stay in your own hands.")
    assert await panel.page.locator(".stagec button, .big.emergency").count() == 0
    await panel.page.keyboard.press("F9")
    await panel.page.keyboard.press("h")
    await panel.page.keyboard.press("a")
    await panel.page.locator(".settings button").click()
    assert "F9" not in await panel.text(".keys")
    assert show.presses == []
