"""Twitch as the contract has it, and what is its own."""

from collections.abc import AsyncIterator

import pytest

from streamer.adapters.auth.common import Pending, tokens_of
from streamer.adapters.auth.twitch import TwitchSignIn
from streamer.ports import Misconfigured, Unavailable
from tests.adapters.auth.contract import Contract, Stand
from tests.fakes.twitch_id import CLIENT, CONFIDENTIAL, FakeTwitchId

SCOPES = ("user:read:chat", "user:write:chat")


class TestTwitch(Contract):
    @pytest.fixture
    async def stand(self) -> AsyncIterator[Stand]:
        async with FakeTwitchId() as fake:
            server, wrong = (TwitchSignIn(client, fake.url) for client in (CLIENT, "unknown"))
            hasty = TwitchSignIn(CLIENT, fake.url, limit_s=0.3)
            yield Stand(server, wrong, hasty, fake, SCOPES)
            for each in (server, wrong, hasty):
                await each.aclose()

    async def test_the_link_has_the_code_in_it(self, stand: Stand) -> None:
        pending = await stand.server.begin(SCOPES)
        assert pending.user_code in pending.link

    async def test_a_confidential_client_is_told_what_to_make_instead(self, stand: Stand) -> None:
        server = TwitchSignIn(CONFIDENTIAL, stand.fake.url)
        pending = await server.begin(SCOPES)
        with pytest.raises(Misconfigured) as wrong:
            await server.poll(pending)
        assert "Public" in wrong.value.fix
        await server.aclose()


@pytest.mark.parametrize("page", ["javascript:alert(1)", "", "file:///etc/passwd", "twitch.tv/activate"])
async def test_a_link_that_is_none_is_never_handed_on(page: str) -> None:
    async with FakeTwitchId() as fake:
        fake.id.page = page
        server = TwitchSignIn(CLIENT, fake.url)
        with pytest.raises(Unavailable):
            await server.begin(SCOPES)
        await server.aclose()


async def test_an_address_that_is_none_is_misconfigured() -> None:
    with pytest.raises(Misconfigured):
        await TwitchSignIn(CLIENT, "twitch").poll(Pending("d", "u", "https://x.example", 1, 1, ()))


@pytest.mark.parametrize("told", [0, -1, 10**400, float("nan"), "soon", None, True, [], "9" * 400])
def test_a_life_that_cannot_be_is_an_hour(told: object) -> None:
    tokens = tokens_of("Twitch", {"access_token": "a", "refresh_token": "r", "expires_in": told}, ())
    assert tokens.expires_in_s in (3_600.0, 1.0)
    assert tokens_of("Twitch", {"access_token": "a", "expires_in": "60"}, ()).expires_in_s == 60
