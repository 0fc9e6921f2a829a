"""Single parts of the driver, without sockets or with the clock in hand: memory, toggles, names, pictures."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from streamer.adapters.avatar.vts import pictures
from streamer.adapters.avatar.vts.expressions import COOLDOWN_S, Expressions
from streamer.adapters.avatar.vts.hotkeys import HotkeyQueue
from streamer.adapters.avatar.vts.items import wants
from streamer.adapters.avatar.vts.memory import Left, Memory, Moved
from streamer.adapters.avatar.vts.names import Has, Hotkey, Shown, plan, same_model
from streamer.adapters.avatar.vts.pose import near, place_of
from streamer.adapters.avatar.vts.protocol import VtsRefused
from streamer.adapters.avatar.vts.settings import Throw, VtsAvatar
from streamer.ports import Cue
from tests.virtual_time import run_virtual

CRY = Hotkey("33", "Cry", "ToggleExpression", "cry.exp3.json")


class Client:
    """Stands for a connection: notes what is asked, refuses hotkeys while told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []
        self.refuse = 0

    async def request(self, request: tuple[str, Any], *, timeout_s: float | None = None) -> dict[str, Any]:
        self.asked.append(request)
        if request[0] == "HotkeyTriggerRequest" and self.refuse:
            raise VtsRefused(self.refuse, "cooldown", request[0])
        return {}

    def count(self, kind: str) -> int:
        return sum(one[0] == kind for one in self.asked)


def test_a_refused_toggle_waits_out_the_longer_cooldown_and_holds_up_nothing_else():
    async def story() -> None:
        client: Any = Client()
        loop = asyncio.get_running_loop()
        keys = HotkeyQueue(client, loop.time, asyncio.sleep)
        expressions = Expressions(client, keys, Memory(None), loop.time, asyncio.sleep)
        expressions.begin(Has("m", "M", (CRY,), {"cry.exp3.json": False, "happy.exp3.json": False}))
        jobs = [asyncio.create_task(keys.run()), asyncio.create_task(expressions.run())]
        client.refuse = 203
        expressions.want(Shown(0, hotkey=CRY))
        await asyncio.sleep(1)
        assert client.count("HotkeyTriggerRequest") == 1
        expressions.want(Shown(0, file="happy.exp3.json"))
        await asyncio.sleep(0.5)
        assert client.count("ExpressionActivationRequest") == 1
        client.refuse = 0
        expressions.want(Shown(0, hotkey=CRY))
        await asyncio.sleep(1)
        assert client.count("HotkeyTriggerRequest") == 1
        await asyncio.sleep(COOLDOWN_S)
        assert client.count("HotkeyTriggerRequest") == 2
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)

    run_virtual(story())


def test_a_gesture_that_waited_too_long_is_not_made():
    async def story() -> None:
        client: Any = Client()
        loop = asyncio.get_running_loop()
        keys = HotkeyQueue(client, loop.time, asyncio.sleep)
        waiting = keys.press("wave")
        await asyncio.sleep(2)
        job = asyncio.create_task(keys.run())
        assert not await waiting
        assert client.asked == []
        job.cancel()
        await asyncio.gather(job, return_exceptions=True)

    run_virtual(story())


def test_what_was_left_is_written_at_once_and_forgotten_when_it_is_nothing(tmp_path: Path):
    path = tmp_path / "deep" / "mika.json"
    left = Left("m", ("a.exp3.json",), ("33",), Moved((0, 0, 0, 0), (0, 0, 0, 5)))
    Memory(path).note(left)
    assert Memory(path).left == left
    Memory(path).note(Left("m"))
    assert not path.exists()
    assert Memory(path).left == Left()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"files": 3}', "\x00"])
def test_a_broken_memory_is_an_empty_one(tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture):
    path = tmp_path / "mika.json"
    path.write_text(text, encoding="utf-8")
    assert Memory(path).left == Left()
    assert "cannot be read" in caplog.text


def test_names_are_found_however_they_are_written():
    part = VtsAvatar.model_validate(
        {"expressions": {"joy": "HAPPY", "sad": {"hotkey": "cry"}}, "gestures": {"nod": "x"}}
    )
    found = plan(part, Has("m", "M", (CRY,), {"happy.exp3.json": False}))
    assert found.look("joy", 0.1) == Shown(0, "happy.exp3.json")
    assert found.look("sad", 1.0) == Shown(0, hotkey=CRY)
    assert found.look("angry", 1.0) is None
    assert [(one.what, one.wanted, one.nearest) for one in found.missing] == [("gesture", "x", "")]
    assert same_model("mika ", "id", "Mika")
    assert not same_model("Ren", "id", "Mika")


@pytest.mark.parametrize(("cue", "thrown"), [
    (Cue(kind="alert", name="redemption", reward=" throw "), True),
    (Cue(kind="alert", name="redemption", reward="Hydrate"), False),
    (Cue(kind="alert", name="raid"), True), (Cue(kind="alert", name="follow"), False),
    (Cue(kind="gesture", name="redemption"), False),
])  # fmt: skip
def test_what_something_is_thrown_at(cue: Cue, thrown: bool):
    assert wants(Throw(when=["redemption", "raid"], rewards=["Throw"]), cue) is thrown
    assert not wants(None, cue)


@pytest.mark.parametrize(("url", "good"), [
    ("https://static-cdn.jtvnw.net/emoticons/v2/25/default/dark/1.0", True),
    ("http://static-cdn.jtvnw.net/x", False), ("https://static-cdn.jtvnw.net:99999/x", False),
    ("https://static-cdn.jtvnw.net.evil.example/x", False), ("https://user@evil.example/static-cdn.jtvnw.net", False),
    ("file:///etc/passwd", False), ("", False), ("https://[", False),
])  # fmt: skip
def test_pictures_come_from_the_platforms_only(url: str, good: bool):
    assert pictures.allowed(url) is good


def test_kinds_of_pictures():
    gif = b"GIF89a" + (112).to_bytes(2, "little") * 2 + b"\0" * 8
    jpeg = b"\xff\xd8\xff\xe0\x00\x10" + b"\0" * 14 + b"\xff\xc0\x00\x11\x08\x00\x70\x00\x70" + b"\0" * 8
    assert (pictures.ending(gif), pictures.ending(jpeg), pictures.ending(b"BM" + b"\0" * 64)) == ("gif", "jpg", "")
    name = pictures.file_name(gif, "gif")
    assert 8 <= len(name) <= 32
    assert name.removesuffix(".gif").replace("-", "").isalnum()


def test_places():
    told = {"modelPosition": {"positionX": 0.1, "positionY": 0, "rotation": 359.9, "size": -50}}
    place = place_of(told)
    assert place is not None
    assert place == (0.1, 0.0, 359.9, -50.0)
    assert near(place, (0.1, 0.0, 0.1, -50.0))
    assert not near(place, (0.1, 0.0, 20, -50.0))
    assert place_of({"modelPosition": {"positionX": None}}) is None
    assert place_of({}) is None
