"""Writing and moderating over the API: who may, what is asked of the desk, what comes back."""

import json
from typing import Any

import pytest

from streamer.web.chat import Acted, IgnoredUser, IgnoredUsers, Sent, UnreadEvent, UnreadOf, Unreads, routes
from streamer.web.rest import Problem
from tests.web.conftest import House

ANA = IgnoredUser("twitch:3", "Ana", "twitch", None)
PATHS = ("send", "delete", "timeout", "ban", "ignore", "unignore")


class Desk:
    """Notes what was asked; raises `problem` instead, when there is one."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.problem: Problem | None = None

    def _note(self, *asked: Any) -> None:
        self.asked.append(asked)
        if self.problem is not None:
            raise self.problem

    async def write(self, text: str, platform: str, reply_to: str, *, by: str) -> Sent:
        self._note("write", text, platform, reply_to, by.split(":", maxsplit=1)[0])
        return Sent("done", ("own1",))

    async def delete(self, uid: str) -> Acted:
        self._note("delete", uid)
        return Acted("here", "not_allowed", "not a moderator")

    async def punish(self, uid: str, user: str, *, seconds: int, reason: str) -> Acted:
        self._note("punish", uid, user, seconds, reason)
        return Acted("done")

    def have_ignored(self, uid: str, user: str, *, minutes: int, by: str, via: str) -> IgnoredUser:
        self._note("ignore", uid, user, minutes, by.split(":", maxsplit=1)[0], via)
        return ANA

    def have_heard(self, uid: str, user: str, *, by: str, via: str) -> None:
        self._note("unignore", uid, user, by.split(":", maxsplit=1)[0], via)

    def who_is_ignored(self) -> IgnoredUsers:
        return IgnoredUsers([ANA])

    def unread(self) -> Unreads:
        return Unreads([UnreadOf("chat.twitch", 2, [UnreadEvent("{]", "not JSON")])])


@pytest.fixture
async def served(house: House) -> tuple[House, Desk]:
    """The house's server again, with the routes of a chat."""
    desk = Desk()
    server = house.server
    await server.stop()
    server.routes += routes(desk)
    await server.start()
    return house, desk


async def test_everything_reaches_the_desk(served: tuple[House, Desk]) -> None:
    house, desk = served
    assert await house.post("/api/v1/chat/send", {"text": "hi", "reply_to": "twitch:1"}) == (
        200,
        {"outcome": "done", "ids": ["own1"]},
    )
    assert await house.post("/api/v1/chat/delete", {"uid": "twitch:1"}) == (
        200,
        {"outcome": "here", "code": "not_allowed", "detail": "not a moderator"},
    )
    assert await house.post("/api/v1/chat/timeout", {"uid": "twitch:1"}) == (200, {"outcome": "done"})
    assert await house.post("/api/v1/chat/ban", {"user": "ana", "reason": "spam"}) == (200, {"outcome": "done"})
    assert (await house.post("/api/v1/chat/ignore", {"uid": "twitch:1", "minutes": 10}))[1]["name"] == "Ana"
    assert await house.post("/api/v1/chat/unignore", {"user": "twitch:3"}) == (204, None)
    status, text, _ = await house.get("/api/v1/chat/ignored", **house.owner)
    assert (status, text) == (200, '{"items":[{"user":"twitch:3","name":"Ana","platform":"twitch","until":null}]}')
    assert desk.asked == [
        ("write", "hi", "", "twitch:1", "owner"),
        ("delete", "twitch:1"),
        ("punish", "twitch:1", "", 600, ""),
        ("punish", "", "ana", 0, "spam"),
        ("ignore", "twitch:1", "", 10, "owner", "panel"),
        ("unignore", "", "twitch:3", "owner", "panel"),
    ]


@pytest.mark.parametrize("path", PATHS)
async def test_who_may_not_is_refused(served: tuple[House, Desk], path: str) -> None:
    house, desk = served
    assert (await house.post(f"/api/v1/chat/{path}", {}, headers={"Authorization": "Bearer x"}))[0] == 403
    for kind in ("inject", "deck") if path == "send" else ("inject",):
        token = house.grants.create(kind, "one")[1]  # type: ignore[arg-type]
        assert (await house.post(f"/api/v1/chat/{path}", {}, headers={"Authorization": f"Bearer {token}"}))[0] == 403
    assert desk.asked == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("send", {"text": ""}), ("send", {"text": "x" * 1001}), ("send", {}), ("delete", {}), ("delete", {"uid": ""}),
        ("timeout", {"uid": "a", "seconds": 0}), ("timeout", {"uid": "a", "seconds": 2_000_000}),
        ("ignore", {"uid": "a", "minutes": -1}), ("unignore", {"user": "x" * 300}), ("ban", {"user": "x" * 300}),
    ],
)  # fmt: skip
async def test_what_makes_no_sense_is_refused(served: tuple[House, Desk], path: str, body: dict[str, Any]) -> None:
    house, desk = served
    assert (await house.post(f"/api/v1/chat/{path}", body))[0] == 422
    assert desk.asked == []


async def test_a_refusal_says_why(served: tuple[House, Desk]) -> None:
    house, desk = served
    desk.problem = Problem(409, "not_signed_in")
    status, body = await house.post("/api/v1/chat/send", {"text": "hi"})
    assert (status, body["code"]) == (409, "not_signed_in")


async def test_events_nobody_could_read_are_the_owner_s(served: tuple[House, Desk]) -> None:
    house, _desk = served
    status, text, _ = await house.get("/api/v1/chat/unread", **house.owner)
    assert (status, json.loads(text)) == (
        200,
        {"items": [{"part": "chat.twitch", "count": 2, "last": [{"raw": "{]", "why": "not JSON"}]}]},
    )
    token = house.grants.create("operator", "one")[1]
    assert (await house.get("/api/v1/chat/unread", Authorization=f"Bearer {token}"))[0] == 403
