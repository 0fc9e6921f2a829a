"""The routes of the sign-in: who may, what fits, how often; and that no token comes out."""

import json
from typing import Any

import pytest

from streamer.web.openapi import document
from streamer.web.signin import AccountState, Attempt, SignInState, routes

BASE = "/api/v1/signin"


class Desk:
    """Notes what it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []

    async def state(self) -> SignInState:
        return SignInState(True, ())

    async def account(self, service: Any, role: Any) -> AccountState:
        return AccountState(service, role, True, "friday")

    async def begin(self, service: Any, role: Any, allow: Any) -> AccountState:
        self.asked.append((service, role, allow))
        return AccountState(service, role, False, attempt=Attempt("waiting", "CODE", "https://x.example", 9.0))

    async def cancel(self, service: Any, role: Any) -> AccountState:
        self.asked.append(("cancel", service, role))
        return AccountState(service, role, False)

    async def sign_out(self, service: Any, role: Any) -> AccountState:
        self.asked.append(("out", service, role))
        return AccountState(service, role, False)

    async def set_client(self, service: Any, client_id: str, client_secret: str) -> SignInState:
        self.asked.append(("client", service, client_id, client_secret))
        return SignInState(True, ())


@pytest.fixture
async def served(serving):
    desk = Desk()
    async with serving(more=routes(desk, now=lambda: 0.0)) as house:
        yield house, desk


async def delete(house: Any, path: str, headers: dict[str, str]) -> int:
    async with house.session.delete(house.url + path, headers=headers) as answer:
        return answer.status


async def test_the_owner_signs_in_and_out(served) -> None:
    house, desk = served
    assert (await house.get(BASE, **house.owner))[0] == 200
    status, body = await house.post(f"{BASE}/twitch/bot/begin", {"allow": ["write"]})
    assert (status, body["attempt"]["user_code"], body["attempt"]["state"]) == (200, "CODE", "waiting")
    await house.post(f"{BASE}/twitch/broadcaster/begin", {})
    status, text, _ = await house.get(f"{BASE}/youtube/broadcaster", **house.owner)
    assert (status, json.loads(text)["login"]) == (200, "friday")
    assert (await house.post(f"{BASE}/twitch/bot/cancel", {}))[0] == 200
    assert await delete(house, f"{BASE}/twitch/bot", house.owner) == 200
    status, _ = await house.post(f"{BASE}/twitch/client", {"client_id": " abc "})
    assert status == 200
    assert desk.asked == [
        ("twitch", "bot", ("write",)), ("twitch", "broadcaster", None), ("cancel", "twitch", "bot"),
        ("out", "twitch", "bot"), ("client", "twitch", "abc", ""),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["operator", "inject", "deck", "overlay", None])
async def test_nobody_else_may_even_look(served, kind: str | None) -> None:
    house, desk = served
    headers = {}
    if kind is not None:
        _grant, token = house.grants.create(kind, "someone")
        headers = {"Authorization": f"Bearer {token}"}
    assert (await house.get(BASE, **headers))[0] == 403
    assert (await house.get(f"{BASE}/twitch/bot", **headers))[0] == 403
    for path, body in (("twitch/bot/begin", {}), ("twitch/bot/cancel", {}), ("twitch/client", {"client_id": "x"})):
        assert (await house.post(f"{BASE}/{path}", body, headers))[0] == 403
    assert await delete(house, f"{BASE}/twitch/bot", headers) == 403
    assert desk.asked == []


@pytest.mark.parametrize("path", ["kick/bot", "twitch/owner", "youtube/bot"])
async def test_accounts_that_do_not_exist(served, path: str) -> None:
    house, desk = served
    status, problem = await house.post(f"{BASE}/{path}/begin", {})
    assert (status, problem["code"]) == (404, "signin_unknown")
    assert (await house.get(f"{BASE}/{path}", **house.owner))[0] == 404
    assert desk.asked == []


@pytest.mark.parametrize("body", [{"allow": "write"}, {"allow": ["Write!"]}, {"allow": ["x"] * 41}, []])
async def test_what_does_not_fit(served, body: Any) -> None:
    house, _ = served
    assert (await house.post(f"{BASE}/twitch/bot/begin", body))[0] == 422


async def test_beginning_over_and_over_is_slowed_down(served) -> None:
    house, desk = served
    answers = [await house.post(f"{BASE}/twitch/bot/begin", {}) for _ in range(7)]
    assert [status for status, _ in answers] == [200] * 6 + [429]
    assert answers[-1][1]["code"] == "slow_down"
    assert len(desk.asked) == 6


def test_the_document_has_them_and_no_answer_has_a_token() -> None:
    paths = document(routes(Desk()), version="1")["paths"]
    assert {path for path in paths if path.startswith(BASE)} == {
        BASE, f"{BASE}/{{service}}/client", f"{BASE}/{{service}}/{{role}}", f"{BASE}/{{service}}/{{role}}/begin",
        f"{BASE}/{{service}}/{{role}}/cancel",
    }  # fmt: skip
    fields = {name for each in (AccountState, Attempt, SignInState) for name in each.__struct_fields__}
    assert not any("token" in name or "secret" in name or "device" in name for name in fields)
