"""The routes of alerts: the list, once more, tried out, and who may."""

from typing import Any
from urllib.parse import quote

import pytest
from yarl import URL

from streamer.web import alerts
from streamer.web.alerts import AlertItem, TryOut
from streamer.web.operate import Outcome
from streamer.web.rest import Problem

ITEM = AlertItem(
    uid="twitch:a/b%3D", kind="raid", platform="twitch", name="Rae", text="", count=40, bits=0, amount=None, reward="",
    at=5, state="answered", reason="", test=False, can_replay=True,
)  # fmt: skip


class Desk:
    def __init__(self) -> None:
        self.replayed: list[tuple[str, str, str]] = []
        self.tried: list[TryOut] = []

    def items(self) -> list[AlertItem]:
        return [ITEM]

    def replay(self, uid: str, *, by: str, via: str) -> Outcome:
        if uid != ITEM.uid:
            raise Problem(410 if uid == "gone" else 404, "taken_back" if uid == "gone" else "no_alert", "it is gone")
        self.replayed.append((uid, by, via))
        return "done"

    def try_out(self, wanted: TryOut) -> str:
        self.tried.append(wanted)
        return "twitch:test~1"


@pytest.fixture
async def served(serving):
    """A server with these routes, signed in as an operator, and the desk behind them."""
    desk = Desk()
    async with serving(more=alerts.routes(lambda: desk), operator=True) as house:
        yield house, desk


async def call(house: Any, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    url = f"{house.url}/api/v1/alerts{path}"
    headers = {**house.owner, **house.origin}
    async with house.session.request(method, URL(url, encoded=True), headers=headers, json=body) as got:
        return got.status, await got.json()


async def test_the_list(served) -> None:
    house, _ = served
    status, body = await call(house, "GET", "")
    assert status == 200
    (item,) = body["items"]
    assert (item["uid"], item["kind"], item["state"], item["test"], item["can_replay"]) == (
        "twitch:a/b%3D", "raid", "answered", False, True,
    )  # fmt: skip


async def test_once_more(served) -> None:
    house, desk = served
    status, body = await call(house, "POST", f"/{quote(ITEM.uid, safe='')}/replay")
    assert (status, body) == (200, {"outcome": "done"})
    ((uid, by, via),) = desk.replayed
    assert (uid, by.partition(":")[0], via) == (ITEM.uid, "operator", "api")
    assert (await call(house, "POST", "/gone/replay"))[0] == 410
    assert (await call(house, "POST", "/other/replay"))[0] == 404


async def test_a_test_event(served) -> None:
    house, desk = served
    body = {"kind": "superchat", "amount": {"micros": 5_000_000, "currency": "USD"}, "text": "hello", "name": "Rae"}
    assert await call(house, "POST", "/test", body) == (200, {"uid": "twitch:test~1"})
    assert desk.tried[0].amount is not None
    assert desk.tried[0].amount.micros == 5_000_000
    for wrong in ({}, {"kind": "riad"}, {"kind": "raid", "count": -1}, {"kind": "raid", "name": "x" * 61}):
        assert (await call(house, "POST", "/test", wrong))[0] == 422, wrong
    assert len(desk.tried) == 1


async def test_only_who_may_press(served) -> None:
    house, desk = served
    _, token = house.grants.create("overlay", "chat")
    house.owner = {"Authorization": f"Bearer {token}"}
    for method, path, body in (("GET", "", None), ("POST", "/x/replay", None), ("POST", "/test", {"kind": "raid"})):
        assert (await call(house, method, path, body))[0] == 403
    house.owner = {}
    assert (await call(house, "POST", "/test", {"kind": "raid"}))[0] in (401, 403)
    assert desk.tried == []
