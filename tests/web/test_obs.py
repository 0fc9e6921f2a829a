"""The routes of OBS: who may, what fits, how often, and that no password comes out."""

import json
from typing import Any

import pytest

from streamer.adapters.obs.setup.sources import address
from streamer.ports import Notice
from streamer.web.obs import ObsDone, ObsPlan, ObsState, Put, Step, routes
from streamer.web.openapi import document
from streamer.web.rest import Problem

BASE = "/api/v1/obs"
STEP = Step(Notice("obs.plan.make_scene", {"scene": "Showrunner"}))


class Desk:
    """Notes what it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []

    async def state(self) -> ObsState:
        return ObsState(True, "ws://127.0.0.1:4455", True, True, state="ready", scene="Main")

    async def connect(self, url: str, password: str | None) -> ObsState:
        self.asked.append((url, password))
        return await self.state()

    async def plan(self, wanted: Any) -> ObsPlan:
        self.asked.append(("plan", wanted.layout, wanted.scene_map))
        return ObsPlan((STEP,), (), (Notice("obs.no_browser"),), "abc")

    async def apply(self, wanted: Any) -> ObsDone:
        if wanted.seen != "abc":
            raise Problem(409, "obs_changed")
        return ObsDone((STEP,), (), ())

    async def undo(self, *, dry: bool) -> ObsDone:
        self.asked.append(("undo", dry))
        return ObsDone((), (), ())

    async def put(self, wanted: Any) -> Put:
        self.asked.append(("put", wanted.overlay, wanted.params, wanted.scene))
        return Put("done", "Showrunner chat", "Main")

    async def output(self, what: str, do: str) -> Any:
        self.asked.append((what, do))
        return "done"

    async def screenshot(self) -> bytes:
        return b"\xff\xd8jpeg"


@pytest.fixture
async def served(serving):
    desk = Desk()
    async with serving(more=routes(desk, now=lambda: 0.0)) as house:
        yield house, desk


async def test_connect_plan_apply_undo(served) -> None:
    house, desk = served
    status, text, _ = await house.get(BASE, **house.owner)
    assert (status, json.loads(text)["scene"]) == (200, "Main")
    status, body = await house.post(f"{BASE}/connect", {"url": " ws://10.0.0.2:4455 ", "password": "hunter2"})
    assert status == 200
    assert "hunter2" not in json.dumps(body)
    await house.post(f"{BASE}/connect", {})
    status, body = await house.post(f"{BASE}/plan", {"layout": "avatars", "scene_map": "friday"})
    assert (status, body["seen"], body["steps"][0]["words"]["params"]) == (200, "abc", {"scene": "Showrunner"})
    assert (await house.post(f"{BASE}/apply", {"seen": "abd"}))[0] == 409
    assert (await house.post(f"{BASE}/apply", {"seen": "abc"}))[0] == 200
    assert (await house.post(f"{BASE}/undo", {"dry": True}))[0] == 200
    assert (await house.post(f"{BASE}/undo", {}))[0] == 200
    assert desk.asked == [
        ("ws://10.0.0.2:4455", "hunter2"), ("", None), ("plan", "avatars", "friday"), ("undo", True), ("undo", False),
    ]  # fmt: skip


async def test_overlays_and_outputs(served) -> None:
    house, desk = served
    status, body = await house.post(f"{BASE}/source", {"overlay": "chat", "params": {"rows": "8"}})
    assert (status, body["source"]) == (200, "Showrunner chat")
    assert (await house.post(f"{BASE}/output", {"what": "replay", "do": "save"}))[0] == 200
    assert (await house.post(f"{BASE}/output", {"what": "stream", "do": "start"}))[0] == 200
    async with house.session.get(house.url + f"{BASE}/screenshot", headers=house.owner) as answer:
        assert (answer.status, answer.content_type, await answer.read()) == (200, "image/jpeg", b"\xff\xd8jpeg")
    assert desk.asked == [("put", "chat", {"rows": "8"}, ""), ("replay", "save"), ("stream", "start")]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("plan", {"layout": "circle"}),
        ("plan", {"scene_map": "../secret"}),
        ("source", {"overlay": "../chat"}),
        ("source", {"overlay": "chat", "params": {"A&b": "1"}}),
        ("source", {"overlay": "chat", "params": {"a": "x" * 201}}),
        ("output", {"what": "record", "do": "save"}),
        ("output", {"what": "lights", "do": "start"}),
        ("connect", {"url": "x" * 301}),
    ],
)
async def test_what_does_not_fit_is_refused(served, path: str, body: dict[str, Any]) -> None:
    house, desk = served
    assert (await house.post(f"{BASE}/{path}", body))[0] == 422
    assert desk.asked == []


async def test_passwords_cannot_be_guessed_here(served) -> None:
    house, _ = served
    found = [(await house.post(f"{BASE}/connect", {"password": str(n)}))[0] for n in range(8)]
    assert found == [200] * 6 + [429] * 2


async def test_only_owners_but_for_the_picture_of_what_viewers_see_anyway(served) -> None:
    house, desk = served
    _, token = house.grants.create("operator", "mod")
    mod = {"Authorization": f"Bearer {token}"}
    assert (await house.get(BASE, **mod))[0] == 403
    async with house.session.get(house.url + f"{BASE}/screenshot", headers=mod) as picture:
        assert (picture.status, picture.content_type) == (200, "image/jpeg")
    desk.asked.clear()
    async with house.session.post(
        house.url + f"{BASE}/output", json={"what": "stream", "do": "stop"}, headers=mod
    ) as no:
        assert no.status == 403
    assert desk.asked == []


async def test_set_up_writes_the_very_link_of_the_panel(served) -> None:
    house, _ = served
    _, token = house.grants.overlay()
    assert address(house.server.base_url, token, "stage", {}) == house.server.overlay_link("stage")


def test_they_are_documented() -> None:
    paths = document(routes(Desk()), version="1")["paths"]
    assert {
        f"{BASE}{end}" for end in ("", "/connect", "/plan", "/apply", "/undo", "/source", "/output", "/screenshot")
    } == set(paths)
    assert all(spec.get("summary") for path in paths.values() for spec in path.values())
