"""Addresses that act when a device opens them, and only then."""

import pytest

from streamer.core.events import DialSet, StopPressed
from streamer.web.deck import Deck
from streamer.web.rest import Problem


async def deck(house, command: str, token: str | None = None, **headers: str) -> int:
    if token is None:
        token = house.grants.create("deck", "left")[1]
    return (await house.get(f"/deck/{token}/{command}", **headers))[0]


async def test_every_command(house):
    token = house.grants.create("deck", "left")[1]
    for command in ("stop", "resume", "pause", "clear", "dial-named"):
        assert await deck(house, command, token) == 200
    assert isinstance(house.desk.pressed[0], StopPressed)
    assert isinstance(house.desk.pressed[4], DialSet)
    assert house.desk.pressed[0].via == "deck"
    assert house.desk.pressed[0].by.startswith("deck:")
    assert await deck(house, "ban") == 404


async def test_only_deck_grants(house):
    for token in (house.overlay_token(), house.owner["Authorization"].split()[1], "x"):
        assert await deck(house, "stop", token) == 403
    assert house.desk.pressed == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Dest": "image"},
        {"Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"User-Agent": "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)"},
        {"User-Agent": "Slackbot-LinkExpanding 1.0"},
    ],
)
async def test_previews_and_prefetches_do_nothing(house, headers):
    assert await deck(house, "stop", **headers) == 403
    assert house.desk.pressed == []


async def test_head_does_nothing(house):
    token = house.grants.create("deck", "left")[1]
    async with house.session.head(f"{house.url}/deck/{token}/stop") as answer:
        assert answer.status == 405
    assert house.desk.pressed == []


class FakeRequest:
    def __init__(self, token: str, command: str) -> None:
        self.match_info = {"token": token, "command": command}
        self.headers: dict[str, str] = {}


async def test_a_double_press_is_one_and_a_stuck_key_is_slowed(house):
    clock = [0.0]
    one = Deck(house.grants, house.desk, now=lambda: clock[0])
    token = house.grants.create("deck", "left")[1]
    statuses = []
    for _ in range(8):
        clock[0] += 0.05
        try:
            statuses.append((await one.handle(FakeRequest(token, "skip"))).status)  # type: ignore[arg-type]
        except Problem as problem:
            statuses.append(problem.status)
    assert 429 in statuses
    assert len(house.desk.pressed) == 1
    clock[0] += 5
    await one.handle(FakeRequest(token, "skip"))  # type: ignore[arg-type]
    await one.handle(FakeRequest(token, "stop"))  # type: ignore[arg-type]
    assert len(house.desk.pressed) == 3
