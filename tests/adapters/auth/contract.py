"""What every sign-in server keeps to: one suite, run against each service's fake over real HTTP."""

from dataclasses import dataclass
from typing import Any

import pytest

from streamer.adapters.auth.common import Ended, Gone, Identity, SignInServer, Tokens, Waiting
from streamer.ports import Misconfigured, Unavailable


@dataclass
class Stand:
    """A client and the fake it talks to. `wrong` is one whose client id nobody knows, `hasty` one that waits 0.3 s."""

    server: SignInServer
    wrong: SignInServer
    hasty: SignInServer
    fake: Any
    scopes: tuple[str, ...]


class Contract:
    """Subclasses give the fixture `stand`."""

    async def signed_in(self, stand: Stand) -> Tokens:
        pending = await stand.server.begin(stand.scopes)
        stand.fake.id.approve(pending.user_code, "friday")
        tokens = await stand.server.poll(pending)
        assert isinstance(tokens, Tokens)
        return tokens

    async def test_a_person_approves(self, stand: Stand) -> None:
        pending = await stand.server.begin(stand.scopes)
        assert pending.link.startswith("https://")
        assert pending.user_code
        assert pending.expires_in_s == 1_800
        assert pending.interval_s == 5
        assert await stand.server.poll(pending) == Waiting()
        stand.fake.id.approve(pending.user_code, "friday")
        tokens = await stand.server.poll(pending)
        assert isinstance(tokens, Tokens)
        assert stand.fake.id.valid(tokens.access) == frozenset(stand.scopes)
        assert tokens.refresh
        assert tokens.scopes == stand.scopes
        assert await stand.server.poll(pending) == Ended("expired")  # a code is good once

    async def test_the_account_is_named(self, stand: Stand) -> None:
        tokens = await self.signed_in(stand)
        who = await stand.server.who(tokens.access)
        assert isinstance(who, Identity)
        assert who.login == "friday"
        assert who.user_id
        assert who.client_id == stand.server.client_id
        assert who.scopes == stand.scopes
        assert 3_000 < who.expires_in_s <= tokens.expires_in_s
        assert await stand.server.validate("nobody's") == Gone()

    async def test_a_person_refuses(self, stand: Stand) -> None:
        pending = await stand.server.begin(stand.scopes)
        stand.fake.id.deny(pending.user_code)
        assert await stand.server.poll(pending) == Ended("denied")

    async def test_a_code_gets_too_old(self, stand: Stand) -> None:
        pending = await stand.server.begin(stand.scopes)
        for code in stand.fake.id.codes.values():
            code.until = 0
        assert await stand.server.poll(pending) == Ended("expired")

    async def test_polling_too_fast_is_told(self, stand: Stand) -> None:
        stand.fake.id.slow_s = 1_000
        pending = await stand.server.begin(stand.scopes)
        assert await stand.server.poll(pending) == Waiting()
        assert await stand.server.poll(pending) == Waiting(slower=True)

    async def test_a_refresh_gives_another_token(self, stand: Stand) -> None:
        old = await self.signed_in(stand)
        new = await stand.server.refresh(old.refresh, old.scopes)
        assert isinstance(new, Tokens)
        assert new.access != old.access
        assert stand.fake.id.valid(new.access) == frozenset(stand.scopes)
        assert bool(new.refresh) == stand.server.spends_refresh
        again = await stand.server.refresh(old.refresh, old.scopes)
        assert isinstance(again, Gone) == stand.server.spends_refresh

    async def test_access_that_was_taken_back_is_gone(self, stand: Stand) -> None:
        tokens = await self.signed_in(stand)
        stand.fake.id.disconnect("friday")
        assert await stand.server.refresh(tokens.refresh, tokens.scopes) == Gone()
        assert await stand.server.validate(tokens.access) == Gone()
        assert await stand.server.who(tokens.access) == Gone()

    async def test_signing_out_ends_it_at_the_service(self, stand: Stand) -> None:
        tokens = await self.signed_in(stand)
        await stand.server.revoke(tokens.access)
        assert stand.fake.id.valid(tokens.access) is None
        await stand.server.revoke(tokens.access)  # twice is no error
        await stand.server.revoke("nobody's")

    async def test_an_unknown_client_is_misconfigured(self, stand: Stand) -> None:
        with pytest.raises(Misconfigured) as wrong:
            await stand.wrong.begin(stand.scopes)
        assert wrong.value.fix
        with pytest.raises(Misconfigured):
            await stand.wrong.refresh("r", stand.scopes)

    @pytest.mark.parametrize("mode", ["401", "500", "429", "hang", "garbage", "deep", "redirect"])
    async def test_a_server_that_cannot_answer_is_unavailable(self, stand: Stand, mode: str) -> None:
        tokens = await self.signed_in(stand)
        pending = await stand.server.begin(stand.scopes)
        stand.fake.mode = mode
        calls = [
            lambda: (stand.hasty if mode == "hang" else stand.server).refresh(tokens.refresh, tokens.scopes),
            lambda: stand.server.begin(stand.scopes),
            lambda: stand.server.poll(pending),
            lambda: stand.server.validate(tokens.access),
            lambda: stand.server.revoke(tokens.access),
        ]
        for call in calls[:1] if mode == "hang" else calls:  # each hanging one costs its whole time limit
            with pytest.raises(Unavailable) as away:
                await call()
            assert tokens.access not in str(away.value)
            assert tokens.refresh not in str(away.value)
            assert (away.value.retry_after_s == 17) == (mode == "429")

    async def test_an_answer_that_is_lost_is_unavailable(self, stand: Stand) -> None:
        tokens = await self.signed_in(stand)
        stand.fake.lose = 1
        with pytest.raises(Unavailable):
            await stand.server.refresh(tokens.refresh, tokens.scopes)
        again = await stand.server.refresh(tokens.refresh, tokens.scopes)
        assert isinstance(again, Gone) == stand.server.spends_refresh

    async def test_nothing_secret_is_shown_by_values(self, stand: Stand) -> None:
        pending = await stand.server.begin(stand.scopes)
        tokens = await self.signed_in(stand)
        assert pending.device_code not in repr(pending)
        assert pending.user_code not in f"{pending}"
        assert tokens.access not in repr(tokens)
        assert tokens.refresh not in f"{tokens!r} {tokens}"
