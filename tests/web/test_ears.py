"""The routes of the ear, the deck's words for it, and what they refuse."""

from typing import Any

import pytest
from msgspec.structs import replace

from streamer.ports import Loading, Misconfigured, Unavailable
from streamer.web.ears import ChooseEars, EarDevice, EarEngine, EarModel, Ears
from streamer.web.gate import Site
from streamer.web.operate import Outcome
from streamer.web.server import WebServer

EARS = Ears(
    "browser", "open", engine="whisper", model="base", vad="silero", page="Desk microphone",
    devices=[EarDevice("3", "USB microphone", default=True)],
    engines=[
        EarEngine("whisper", "Whisper", "model", local=True, models=[EarModel("base", mb=145)]),
        EarEngine("azure", "Azure", "package", streaming=True, fix="python3 run.py add azure"),
    ],
)  # fmt: skip


class Desk:
    """An ear that notes what was asked of it."""

    def __init__(self) -> None:
        self.now = EARS
        self.asked: list[tuple[Any, ...]] = []
        self.fails: Exception | None = None

    def state(self) -> Ears:
        return self.now

    @property
    def muted(self) -> bool:
        return self.now.muted

    def mute(self, on: bool, *, by: str, via: str) -> Outcome:
        outcome: Outcome = "already" if on == self.now.muted else "done"
        self.now = replace(self.now, muted=on, state="muted" if on else "open")
        self.asked.append(("mute", on, by.partition(":")[0], via))
        return outcome

    def push(self, on: bool, *, by: str, via: str) -> Outcome:
        self.asked.append(("push", on, by.partition(":")[0], via))
        return "done"

    async def choose(self, choice: ChooseEars, *, by: str, via: str) -> None:
        if self.fails is not None:
            raise self.fails
        self.now = replace(self.now, source=choice.source or self.now.source)
        self.asked.append(("choose", choice))

    async def fetch(self, engine: str, model: str) -> None:
        if self.fails is not None:
            raise self.fails
        self.now = replace(self.now, loading=Loading("fetching", model, 1, 2))
        self.asked.append(("fetch", engine, model))

    def cancel_fetch(self) -> bool:
        was, self.now = self.now.loading is not None, replace(self.now, loading=None)
        return was


@pytest.fixture
async def desk(house, tmp_path) -> Desk:
    """Behind the routes of `house`."""
    desk = Desk()
    await house.server.stop()
    house.server = WebServer(
        Site(port=0), house.server.parts, overlays=[tmp_path / "overlays"], panel=tmp_path / "panel", ears=desk
    )
    await house.server.start()
    return desk


async def test_how_the_host_is_heard(house, desk):
    status, text, _ = await house.get("/api/v1/ears", **house.owner)
    assert status == 200
    assert '"name":"USB microphone"' in text
    assert '"fix":"python3 run.py add azure"' in text
    assert (await house.get("/api/v1/ears"))[0] == 403


async def test_what_is_left_out_stays(house, desk):
    status, told = await house.post("/api/v1/ears", {"source": "device", "open_speakers": True})
    assert (status, told["source"]) == (200, "device")
    assert desk.asked == [("choose", ChooseEars(source="device", open_speakers=True))]
    for bad in ({"source": "moon"}, {"language": "e n"}, {"barge_in": "shout"}, {"engine": "../x"}, {"device": 3}):
        assert (await house.post("/api/v1/ears", bad))[0] == 422
    assert len(desk.asked) == 1


async def test_mute_unmute_and_toggle(house, desk):
    told = [(await house.post(f"/api/v1/ears/{word}"))[1] for word in ("mute", "mute", "toggle", "toggle", "unmute")]
    assert [(one["outcome"], one["muted"]) for one in told] == [
        ("done", True), ("already", True), ("done", False), ("done", True), ("done", False)
    ]  # fmt: skip
    assert desk.asked[0] == ("mute", True, "owner", "panel")
    assert (await house.post("/api/v1/ears/push", {"on": True}))[0] == 200
    assert desk.asked[-1] == ("push", True, "owner", "panel")


async def test_what_cannot_be_is_said_with_its_fix(house, desk):
    desk.fails = Misconfigured("Whisper is not installed", fix="python3 run.py add whisper")
    status, told = await house.post("/api/v1/ears", {"engine": "whisper"})
    assert (status, told["code"]) == (422, "ear_setup")
    assert told["detail"] == "Whisper is not installed. python3 run.py add whisper"
    desk.fails = Unavailable("the worker does not answer")
    status, told = await house.post("/api/v1/ears/fetch", {"engine": "whisper"})
    assert (status, told["code"], told["detail"]) == (409, "ear_away", "the worker does not answer")


async def test_a_fetch_is_begun_and_stopped_once(house, desk):
    _, told = await house.post("/api/v1/ears/fetch", {"engine": "whisper", "model": "base"})
    assert told["loading"] == {"step": "fetching", "model": "base", "done": 1, "total": 2}
    assert (await house.post("/api/v1/ears/fetch/cancel"))[1]["loading"] is None
    status, told = await house.post("/api/v1/ears/fetch/cancel")
    assert (status, told["code"]) == (409, "nothing_fetched")


async def test_only_who_may_command_closes_the_ear(house, desk):
    _, token = house.grants.create("operator", "looks on", ("panel",))
    watcher = {"Authorization": f"Bearer {token}"}
    assert (await house.get("/api/v1/ears", **watcher))[0] == 200
    for path in ("", "/mute", "/unmute", "/toggle", "/push", "/fetch", "/fetch/cancel"):
        assert (await house.post(f"/api/v1/ears{path}", {}, watcher))[0] == 403
    assert desk.asked == []


async def test_the_deck_has_words_for_it(house, desk):
    token = house.grants.create("deck", "left")[1]
    for command in ("mic-off", "mic", "mic-on", "talk-on", "talk-off"):
        assert (await house.get(f"/deck/{token}/{command}"))[0] == 200
    assert [one[:3] for one in desk.asked] == [
        ("mute", True, "deck"), ("mute", False, "deck"), ("mute", False, "deck"), ("push", True, "deck"),
        ("push", False, "deck"),
    ]  # fmt: skip
    assert (await house.get(f"/deck/{token}/mic-loud"))[0] == 404
    assert house.desk.pressed == []


async def test_a_talk_key_that_is_pressed_again_at_once_is_pressed_again(house, desk):
    token = house.grants.create("deck", "left")[1]
    for command in ("talk-on", "talk-off", "talk-on"):
        assert (await house.get(f"/deck/{token}/{command}"))[0] == 200
    assert [one[1] for one in desk.asked] == [True, False, True]


async def test_a_show_without_an_ear_knows_none_of_it(house):
    token = house.grants.create("deck", "left")[1]
    assert (await house.get(f"/deck/{token}/mic"))[0] == 404
    assert (await house.get("/api/v1/ears", **house.owner))[0] == 404


async def test_the_panel_may_use_the_microphone_and_nobody_else(house, desk):
    _, _, headers = await house.get("/panel/")
    assert headers["Permissions-Policy"].startswith("microphone=(self),")
    token = house.overlay_token()
    for path in (f"/overlay/stage?token={token}", "/healthz", "/api/v1/openapi.json"):
        assert (await house.get(path))[2]["Permissions-Policy"].startswith("microphone=(),")
