"""Google as the contract has it, and what is its own."""

from collections.abc import AsyncIterator

import pytest

from streamer.adapters.auth.google import SCOPE, GoogleSignIn
from streamer.ports import Misconfigured
from tests.adapters.auth.contract import Contract, Stand
from tests.fakes.google_oauth import CLIENT, SECRET, FakeGoogleOauth


class TestGoogle(Contract):
    @pytest.fixture
    async def stand(self) -> AsyncIterator[Stand]:
        async with FakeGoogleOauth() as fake:
            server, wrong, hasty = (
                GoogleSignIn(client, SECRET, fake.url, api_url=fake.api_url, limit_s=limit_s)
                for client, limit_s in ((CLIENT, 10.0), ("unknown", 10.0), (CLIENT, 0.3))
            )
            yield Stand(server, wrong, hasty, fake, (SCOPE,))
            for each in (server, wrong, hasty):
                await each.aclose()

    async def test_the_secret_must_be_right_too(self, stand: Stand) -> None:
        server = GoogleSignIn(CLIENT, "wrong", stand.fake.url)
        pending = await server.begin((SCOPE,))
        with pytest.raises(Misconfigured):
            await server.poll(pending)
        await server.aclose()
