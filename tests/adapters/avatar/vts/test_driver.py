"""A persona in VTube Studio: her model, her expressions and gestures, the streamer's hands, things that are thrown."""

import asyncio
import struct
import time
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from streamer.adapters.avatar.vts.driver import VtsDriver
from streamer.adapters.avatar.vts.settings import VtsAvatar, one_each, place_of, socket_address
from streamer.adapters.avatar.vts.tools import Tools
from streamer.core.events import Poked
from streamer.ports import Cue, Misconfigured, Moment
from tests.adapters.avatar.vts.kit import WHO, Stand, until
from tests.adapters.stage.contract import a_stage
from tests.fakes.vts import FakeVts
from tests.fakes.vts_world import Hotkey, Injected, Model

TOUCHES = {
    "InjectParameterDataRequest", "ExpressionActivationRequest", "HotkeyTriggerRequest", "MoveModelRequest",
    "ColorTintRequest", "ItemLoadRequest", "ItemMoveRequest", "ParameterCreationRequest",
}  # fmt: skip


@pytest.fixture
async def vts():
    async with FakeVts() as vts:
        yield vts


def speaks(stand: Stand, **changes: Any) -> None:
    given = {"line": 1, "persona": "mika", "ms": 20, "open": 0.7, "shape": "aa", **changes}
    stand.view.now = Moment(**given)
    stand.driver.want(a_stage(speaker="mika", line=1, sounding=True))


def active(vts: FakeVts) -> list[str]:
    assert vts.world.model is not None
    return [file for file, on in vts.world.model.expressions.items() if on]


# ------------------------------------------------------------------------------------------------------------ the face
async def test_the_mouth_follows_what_is_heard(vts: FakeVts):
    async with Stand(vts) as stand:
        await stand.ready()
        for level in (0.3, 0.9, 0.0):
            speaks(stand, open=level)
            await until(lambda level=level: vts.world.value("MouthOpen") == pytest.approx(level, abs=0.01))
        assert vts.world.face_found


async def test_the_face_is_kept_between_the_lines_and_given_back_at_the_end(vts: FakeVts):
    async with Stand(vts) as stand:
        await stand.ready()
        await until(lambda: vts.world.value("ShowrunnerTalking") is not None)
        await asyncio.sleep(1.5)
        assert vts.world.face_found
        assert vts.world.value("MouthOpen") is None
        speaks(stand)
        await until(lambda: vts.world.value("MouthOpen") == 0.7)
    assert not any(vts.world.value(name) for name in vts.world.injected)


async def test_a_still_face_is_not_sent_all_the_time(vts: FakeVts):
    async with Stand(vts, gaze=0) as stand:
        await stand.ready()
        await asyncio.sleep(0.5)
        before = len(stand.sent("InjectParameterDataRequest"))
        await asyncio.sleep(1.2)
        assert 1 <= len(stand.sent("InjectParameterDataRequest")) - before <= 5


async def test_a_parameter_of_another_plugin_is_left_to_it_and_said(vts: FakeVts):
    async with Stand(vts) as stand:
        await stand.ready()

        async def held() -> None:
            while True:
                vts.world.injected["MouthSmile"] = Injected(0.1, 1, time.monotonic(), "other")
                await asyncio.sleep(0.1)

        other = asyncio.create_task(held())
        speaks(stand)
        await until(lambda: stand.driver.healths()[-1].notice.code == "avatar.vts.taken")
        assert stand.driver.healths()[-1].notice.params["names"] == "MouthSmile"
        await until(lambda: vts.world.value("MouthOpen") == 0.7)
        assert vts.world.injected["MouthSmile"].value == 0.1
        other.cancel()


async def test_one_way_while_the_model_thinks_slowly():
    """At 10 answers a second and 60 frames wanted nothing piles up, and what is shown is never old."""
    async with FakeVts(fps=10) as vts, Stand(vts, fps=60) as stand:
        await stand.ready()
        play = stand.driver._play
        assert play is not None
        for step in range(60):
            speaks(stand, open=step / 60)
            await asyncio.sleep(1 / 60)
        assert play.pump.skipped > 5
        assert len(play.pump._open) <= 3
        speaks(stand, open=1.0)
        await until(lambda: vts.world.value("MouthOpen") == 1.0)


# ------------------------------------------------------------------------------------------------------------ the model
async def test_another_model_gets_nothing_at_all_until_the_right_one_is_back(vts: FakeVts):
    mika, ren = vts.world.models
    vts.world.load(ren)
    async with Stand(vts, model="Mika", expressions={"joy": "happy"}, moves={"speak": {"size": 2}}) as stand:
        await until(lambda: stand.state == "other_model")
        notice = stand.driver.healths()[0].notice
        assert (notice.code, notice.params) == ("avatar.vts.other_model", {"wanted": "Mika", "found": "Ren"})
        speaks(stand, expression="joy")
        stand.driver.cue(Cue(kind="gesture", name="wave", persona="mika"))
        vts.click()
        await asyncio.sleep(0.5)
        assert not TOUCHES & {kind for _, _, kind, _ in vts.ledger}
        vts.world.load(mika)
        await stand.ready()
        await until(lambda: active(vts) == ["happy.exp3.json"])
        vts.world.load(ren)
        await until(lambda: stand.state == "other_model")
        done = len(vts.ledger)
        await asyncio.sleep(0.3)
        assert not TOUCHES & {kind for _, _, kind, _ in vts.ledger[done:]}
        assert stand.told.facts == []


async def test_no_model_and_a_model_nobody_has(vts: FakeVts):
    mika = vts.world.model
    vts.world.load(None)
    async with Stand(vts, model="Miko") as stand:
        await until(lambda: stand.code == "avatar.vts.no_model")
        vts.world.load(mika)
        await until(lambda: stand.code == "avatar.vts.unknown_model")
        notice = stand.driver.healths()[0].notice
        assert (notice.params["nearest"], notice.fix) == ("Mika", "avatar.vts.unknown_model.nearest")


@pytest.mark.parametrize("model", ["", "mika", "d87b771d2902473bbaa0226d03ef4754"])
async def test_a_model_by_name_by_id_or_any(vts: FakeVts, model: str):
    async with Stand(vts, model=model) as stand:
        await stand.ready()
        assert stand.told.states["avatar.mika"]["model"] == "Mika"


async def test_what_the_model_lacks_is_named_with_the_nearest_and_the_rest_works(vts: FakeVts):
    settings = {
        "expressions": {"joy": "hapy.exp3.json", "sad": {"hotkey": "Crying"}, "angry": "angry",
                        "shy": {"params": {"CheekPuf": 1}}},
        "gestures": {"wave": "Waves", "nod": "nod"},
    }  # fmt: skip
    async with Stand(vts, **settings) as stand:
        await stand.ready()
        rows = {health.part: health.notice for health in stand.driver.healths()}
        told = {part.removeprefix("avatar.mika."): (n.code, n.params.get("nearest"), n.fix) for part, n in rows.items()}
        near = "avatar.vts.missing.nearest"
        assert told["expression.joy"] == ("avatar.vts.no_expression", "happy.exp3.json", near)
        assert told["expression.sad"] == ("avatar.vts.no_expression", "Cry", near)
        assert told["parameter.shy"] == ("avatar.vts.no_parameter", "CheekPuff", near)
        assert told["gesture.wave"] == ("avatar.vts.no_gesture", "Wave", near)
        speaks(stand, expression="angry")
        await until(lambda: active(vts) == ["angry.exp3.json"])
        stand.driver.cue(Cue(kind="gesture", name="nod", persona="mika"))
        await until(lambda: [name for _, name in vts.world.done] == ["Nod"])
        speaks(stand, expression="joy", open=0.0)  # no file: the face itself laughs
        await until(lambda: (vts.world.value("MouthSmile") or 0) > 0.7)


async def test_hotkeys_that_were_renamed_are_read_again(vts: FakeVts):
    async with Stand(vts, gestures={"wave": "Hello"}) as stand:
        await stand.ready()
        assert len(stand.driver.healths()) == 2
        vts.change_hotkeys([Hotkey("77" * 16, "Hello")])
        await until(lambda: len(stand.driver.healths()) == 1)
        stand.driver.cue(Cue(kind="gesture", name="wave", persona="mika"))
        await until(lambda: [name for _, name in vts.world.done] == ["Hello"])


# ------------------------------------------------------------------------------------------------------ expressions
async def test_an_expression_by_intensity_and_with_its_fade(vts: FakeVts):
    looks = [{"file": "happy", "fade": 0.5}, {"file": "angry", "above": 0.7}]
    async with Stand(vts, expressions={"joy": looks}) as stand:
        await stand.ready()
        speaks(stand, expression="joy", intensity=0.4)
        await until(lambda: active(vts) == ["happy.exp3.json"])
        speaks(stand, expression="joy", intensity=0.9)
        await until(lambda: active(vts) == ["angry.exp3.json"])
        stand.view.now = Moment()
        stand.driver.want(a_stage())
        await until(lambda: active(vts) == [])
    assert stand.sent("ExpressionActivationRequest")[0] == {
        "expressionFile": "happy.exp3.json", "fadeTime": 0.5, "active": True,
    }  # fmt: skip


async def test_parameters_of_an_expression_are_mixed_by_its_intensity(vts: FakeVts):
    async with Stand(vts, expressions={"shy": {"params": {"CheekPuff": 0.8}}}) as stand:
        await stand.ready()
        speaks(stand, expression="shy", intensity=0.5)
        await until(lambda: vts.world.value("CheekPuff") == pytest.approx(0.4, abs=0.01))


async def test_a_toggle_is_pressed_once_on_and_once_off(vts: FakeVts):
    async with Stand(vts, expressions={"sad": {"hotkey": "Cry"}}) as stand:
        await stand.ready()
        speaks(stand, expression="sad")
        await until(lambda: active(vts) == ["cry.exp3.json"])
        await asyncio.sleep(0.3)
        stand.view.now = Moment()
        stand.driver.want(a_stage())
        await until(lambda: active(vts) == [])
    assert [name for _, name in vts.world.done] == ["Cry", "Cry"]


async def test_what_the_streamer_switched_on_stays_and_what_he_switched_off_is_not_forced(vts: FakeVts):
    async with Stand(vts, expressions={"sad": {"hotkey": "Cry"}, "joy": "happy"}) as stand:
        await stand.ready()
        vts.world.press("Cry")  # his own
        speaks(stand, expression="sad")
        await asyncio.sleep(0.5)
        assert active(vts) == ["cry.exp3.json"]
        speaks(stand, expression="joy")
        await until(lambda: "happy.exp3.json" in active(vts))
        vts.world.press("Happy")  # he does not want it now
        await asyncio.sleep(0.5)
        assert active(vts) == ["cry.exp3.json"]
    assert active(vts) == ["cry.exp3.json"]


async def test_what_a_crash_left_on_is_taken_off_at_the_next_start(vts: FakeVts, tmp_path: Path):
    settings: dict[str, Any] = {"expressions": {"sad": {"hotkey": "Cry"}, "joy": "happy"}}
    stand = Stand(vts, memory=tmp_path / "mika.json", **settings)
    task = asyncio.create_task(stand.driver.run())
    await stand.ready()
    for expression in ("joy", "sad"):
        speaks(stand, expression=expression)
        await until(lambda e=expression: {"joy": "happy", "sad": "cry"}[e] + ".exp3.json" in active(vts))
        await asyncio.sleep(0.1)
    task.cancel()
    await asyncio.wait({task})
    vts.drop()
    await stand.driver._end_client()
    assert active(vts)
    second = Stand(vts, memory=tmp_path / "mika.json", **settings)
    second.tokens.update(stand.tokens)
    async with second:
        await until(lambda: active(vts) == [])
    assert not (tmp_path / "mika.json").exists()


async def test_hotkeys_leave_a_tenth_of_a_second_apart(vts: FakeVts):
    async with Stand(vts, gestures={"wave": "Wave", "nod": "Nod"}) as stand:
        await stand.ready()
        for _ in range(3):
            for name in ("wave", "nod"):
                stand.driver.cue(Cue(kind="gesture", name=name, persona="mika"))
        stand.driver.cue(Cue(kind="gesture", name="wave", persona="ren"))
        stand.driver.cue(Cue(kind="gesture", name="unheard of", persona="mika"))
        await until(lambda: len(stand.sent("HotkeyTriggerRequest")) == 6)
    times = [at for at, _, kind, _ in vts.ledger if kind == "HotkeyTriggerRequest"]
    assert all(b - a > 0.09 for a, b in zip(times, times[1:], strict=False))  # noqa: RUF007
    assert {name for _, name in vts.world.done} == {"Wave", "Nod"}


async def test_too_many_gestures_are_dropped_and_refusals_not_repeated(vts: FakeVts):
    vts.refuse["HotkeyTriggerRequest"] = 203
    async with Stand(vts, gestures={"wave": "Wave"}) as stand:
        await stand.ready()
        for _ in range(30):
            stand.driver.cue(Cue(kind="gesture", name="wave", persona="mika"))
        play = stand.driver._play
        assert play is not None
        await until(lambda: not play.keys._waiting)
        assert len(stand.sent("HotkeyTriggerRequest")) <= 8
        assert play.keys.dropped >= 22
        assert stand.state == "ready"


# ------------------------------------------------------------------------------------------------------ place and tint
async def test_she_leans_in_while_she_speaks_and_the_streamers_place_is_kept(vts: FakeVts):
    async with Stand(vts, moves={"speak": {"size": 5, "seconds": 0.1}, "listen": {"x": -0.1}}) as stand:
        await stand.ready()
        speaks(stand)
        await until(lambda: vts.world.place["size"] == -45)
        stand.view.now = Moment()
        stand.driver.want(a_stage())
        await until(lambda: vts.world.place["size"] == -50)
        await asyncio.sleep(0.8)
        vts.world.place.update({"positionX": 0.4, "size": -30.0})  # he drags and scales her
        speaks(stand)
        await until(lambda: vts.world.place["size"] == -25)
        stand.view.now = Moment()
        stand.driver.want(a_stage(speaker="ren"))
        await until(lambda: vts.world.place["positionX"] == pytest.approx(0.3))
    assert vts.world.place == {"positionX": pytest.approx(0.4), "positionY": -0.2, "rotation": 0.0, "size": -30.0}
    moves = stand.sent("MoveModelRequest")
    assert all("rotation" not in move and "positionY" not in move for move in moves)


async def test_tints(vts: FakeVts):
    tint = {"angry": {"color": "#ff8080", "meshes": ["hair"]}, "quiet": "#808080"}
    async with Stand(vts, tint=tint) as stand:
        await stand.ready()
        speaks(stand, expression="angry")
        red, grey, white = (255, 128, 128, 255), (128, 128, 128, 255), (255, 255, 255, 255)
        await until(lambda: vts.world.tints == {"hair_front": red, "hair_back": red})
        stand.view.now = Moment(line=2, persona="ren")
        stand.driver.want(a_stage(speaker="ren", line=2))
        await until(lambda: set(vts.world.tints.values()) == {grey})
        stand.view.now = Moment()
        stand.driver.want(a_stage())
        await until(lambda: set(vts.world.tints.values()) == {white})


# ------------------------------------------------------------------------------------------------------ what happens
async def test_a_click_pokes_her_and_she_flinches(vts: FakeVts):
    async with Stand(vts) as stand:
        await stand.ready()
        seen = hits(stand)
        vts.click(on_model=False)
        vts.click(mesh="hair_front")
        vts.click(mesh="hair_front")  # at once: one is enough
        await until(lambda: stand.told.facts)
        assert stand.told.facts == [Poked(persona="mika", what="hair_front")]
        assert len(seen) == 1


async def test_pokes_can_be_switched_off(vts: FakeVts):
    async with Stand(vts, pokes=False) as stand:
        await stand.ready()
    assert {data["eventName"] for data in stand.sent("EventSubscriptionRequest")} == {
        "ModelLoadedEvent", "ModelConfigChangedEvent", "HotkeyTriggeredEvent",
    }  # fmt: skip


def hits(stand: Stand) -> Sequence[Any]:
    """The flinches, as they come."""
    play = stand.driver._play
    assert play is not None
    seen: list[Any] = []
    before = play._motion.flinch

    def noted(flinch: Any) -> None:
        seen.append(flinch)
        before(flinch)

    play._motion.flinch = noted
    return seen


async def test_a_redeem_throws_an_item_and_she_flinches(vts: FakeVts):
    throw = {"item": "heart.png", "rewards": ["Throw a heart"], "seconds": 0.2}
    async with Stand(vts, throw=throw) as stand:
        await stand.ready()
        seen = hits(stand)
        stand.driver.cue(Cue(kind="alert", name="redemption", reward="Hydrate", size=1))
        stand.driver.cue(Cue(kind="alert", name="raid", size=1))
        stand.driver.cue(Cue(kind="alert", name="redemption", reward="throw a heart", size=1))
        await until(lambda: seen)
        await until(lambda: stand.sent("ItemUnloadRequest"))
        assert vts.world.items == {}
    loads = stand.sent("ItemLoadRequest")
    assert [(load["fileName"], load["unloadWhenPluginDisconnects"]) for load in loads] == [("heart.png", True)]
    assert abs(loads[0]["positionX"]) <= 1
    assert len(stand.sent("ItemMoveRequest")) == 3


async def test_nothing_is_left_in_the_air(vts: FakeVts):
    async with Stand(vts, throw={"item": "heart.png", "at_once": 2, "seconds": 3}) as stand:
        await stand.ready()
        for _ in range(5):
            stand.driver.cue(Cue(kind="alert", name="redemption", size=0.5))
        await until(lambda: len(vts.world.items) == 2)
    assert vts.world.items == {}


async def test_an_item_that_is_not_there_is_said(vts: FakeVts):
    async with Stand(vts, throw={"item": "brick.png", "seconds": 0.2}) as stand:
        await stand.ready()
        assert stand.driver.healths()[-1].notice.code == "avatar.vts.no_item"
        seen = hits(stand)
        stand.driver.cue(Cue(kind="alert", name="redemption"))
        await until(lambda: stand.sent("ItemLoadRequest"))
        assert stand.state == "ready"
        assert len(seen) == 0


def png(side: int = 112) -> bytes:
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))


EMOTE = "https://static-cdn.jtvnw.net/emoticons/v2/25/default/dark/1.0"


async def with_pictures(vts: FakeVts, data: bytes, asked: list[str], **throw: Any) -> Stand:
    async def fetch(url: str) -> bytes:
        asked.append(url)
        return data

    given = {"pictures": True, "seconds": 0.2, **throw}
    stand = Stand(vts, throw=given)
    stand.driver = VtsDriver("mika", stand.part, stand.view, stand.told, stand.tokens, tools=Tools(fetch=fetch))
    return stand


async def test_a_viewers_own_emote_is_thrown_when_the_streamer_allows_it_once(vts: FakeVts):
    asked: list[str] = []
    vts.permit = "wait"
    async with await with_pictures(vts, png(), asked) as stand:
        await stand.ready()
        await until(lambda: stand.driver.healths()[-1].notice.code == "avatar.vts.pictures_asking")
        vts.answer("allow")
        await until(lambda: vts.world.granted.get(WHO))
        await until(lambda: len(stand.driver.healths()) == 1)
        for _ in range(2):
            stand.driver.cue(Cue(kind="alert", name="redemption", emote=EMOTE))
            await until(lambda: stand.sent("ItemUnloadRequest"))
            vts.ledger.clear()
        stand.driver.cue(Cue(kind="alert", name="redemption", emote="https://evil.example/x.png"))
        await asyncio.sleep(0.2)
        vts.drop()
        await until(lambda: stand.state == "lost")
        await stand.ready()
    assert asked == [EMOTE.replace("1.0", "3.0")]  # the second time VTube Studio has the file
    assert vts.permission_popups == 1


async def test_a_denied_permission_throws_the_item_of_the_settings(vts: FakeVts):
    vts.permit = "deny"
    asked: list[str] = []
    async with await with_pictures(vts, png(), asked, item="heart.png") as stand:
        await stand.ready()
        await until(lambda: stand.driver.healths()[-1].notice.code == "avatar.vts.pictures_denied")
        stand.driver.cue(Cue(kind="alert", name="redemption", emote=EMOTE))
        await until(lambda: stand.sent("ItemLoadRequest"))
        assert stand.sent("ItemLoadRequest")[0]["fileName"] == "heart.png"
        assert asked == []
        vts.permit = "allow"
        stand.driver.ask_again()
        await until(lambda: vts.permission_popups == 2)


@pytest.mark.parametrize("data", [b"", b"<html>", png(32), b"\xff\xd8\xff\xe0\x00\x02"])
async def test_what_is_no_picture_is_not_handed_on(vts: FakeVts, data: bytes):
    vts.world.granted[WHO] = True
    asked: list[str] = []
    async with await with_pictures(vts, data, asked) as stand:
        await stand.ready()
        seen = hits(stand)
        stand.driver.cue(Cue(kind="alert", name="redemption", emote=EMOTE))
        await until(lambda: seen)
    assert stand.sent("ItemLoadRequest") == []


# ------------------------------------------------------------------------------------------------------ coming back
async def test_dropped_five_times_it_is_back_without_a_popup(vts: FakeVts):
    async with Stand(vts, expressions={"joy": "happy"}) as stand:
        await stand.ready()
        speaks(stand, expression="joy")
        for _ in range(5):
            await until(lambda: active(vts) == ["happy.exp3.json"] and vts.world.value("MouthOpen") == 0.7)
            vts.world.injected.clear()
            vts.drop()
        await until(lambda: vts.world.value("MouthOpen") == 0.7)
        assert (vts.popups, stand.code) == (1, "avatar.vts.ok")
    assert vts.connections == 6


async def test_garbage_and_strays_change_nothing(vts: FakeVts):
    async with Stand(vts) as stand:
        await stand.ready()
        for _ in range(20):
            vts.garbage()
            vts.stray("SomeID")
            vts.stray("s2", "CurrentModelResponse")
        speaks(stand)
        await until(lambda: vts.world.value("MouthOpen") == 0.7)
        assert (stand.state, vts.connections) == ("ready", 1)


async def test_a_model_that_falls_away_in_the_middle_of_a_move(vts: FakeVts, tmp_path: Path):
    async with Stand(vts, memory=tmp_path / "m.json", moves={"speak": {"size": 5}}, model="Mika") as stand:
        await stand.ready()
        speaks(stand)
        vts.world.load(None)
        await until(lambda: stand.state == "other_model")
        vts.world.load(Model("ee" * 16, "Other"))
        await until(lambda: stand.driver.healths()[0].notice.params.get("found") == "Other")
    assert stand.driver.healths()


# ------------------------------------------------------------------------------------------------------ settings
def test_two_personas_on_one_instance():
    here, there = VtsAvatar(), VtsAvatar(url="ws://127.0.0.1:8002")
    assert one_each({"mika": here, "ren": there}) == []
    (notice,) = one_each({"mika": here, "ren": VtsAvatar(url="localhost:8001"), "kai": there, "x": object()})
    assert notice.params == {"first": "mika", "second": "ren", "place": "127.0.0.1:8001"}


@pytest.mark.parametrize(("written", "read"), [
    ("8001", "ws://127.0.0.1:8001"), ("pc2:8001", "ws://pc2:8001"), ("ws://localhost:8001/", "ws://localhost:8001"),
])  # fmt: skip
def test_addresses(written: str, read: str):
    assert socket_address(written) == read


@pytest.mark.parametrize("written", ["", "http://x", "ws://", "ws://x:99999", "ws://a b:1", "ws://x:0"])
def test_what_is_no_address(written: str):
    with pytest.raises(Misconfigured):
        socket_address(written)


def test_one_place_has_one_name():
    assert {place_of(url) for url in ("ws://localhost:8001", "ws://127.0.0.1:8001", "ws://[::1]:8001")} == {
        "127.0.0.1:8001"
    }


def test_an_expression_with_nothing_in_it_is_an_error():
    with pytest.raises(ValueError, match="give a file"):
        VtsAvatar.model_validate({"expressions": {"joy": {}}})
