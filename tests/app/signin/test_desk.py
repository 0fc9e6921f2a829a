"""The desk of the sign-in against a local id.twitch.tv: what is answered, what is written into the settings."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from streamer.app import settings as settings_module
from streamer.app.signin.accounts import Accounts
from streamer.app.signin.desk import Desk
from streamer.web.rest import Problem
from streamer.web.signin import AccountState
from tests.app.setup.show import Show
from tests.fakes.google_oauth import CLIENT as GOOGLE
from tests.fakes.google_oauth import SECRET, FakeGoogleOauth
from tests.fakes.twitch_id import CLIENT, FakeTwitchId

OWN = (
    "# mine\nchat:\n  twitch:\n    channel: friday  # the real one\n    auth_url: {url}\n    alerts: [subs, follows]\n"
)


class Stand:
    def __init__(self, show: Show, fake: FakeTwitchId, accounts: Accounts, desk: Desk) -> None:
        self.show, self.fake, self.accounts, self.desk = show, fake, accounts, desk

    async def until(self, role: str, state: str) -> AccountState:
        async with asyncio.timeout(20):
            while True:
                account = await self.desk.account("twitch", role)  # type: ignore[arg-type]
                if account.attempt is not None and account.attempt.state == state:
                    return account
                await asyncio.sleep(0.05)


@pytest.fixture
async def stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stand]:
    async with FakeTwitchId() as fake:
        fake.id.interval_s = 1
        show = Show(tmp_path, OWN.format(url=fake.url))
        monkeypatch.setattr(settings_module, "KEYS", show.keys)
        accounts = Accounts(
            show.folders.state, lambda: show.plan.settings, keys=show.keys, sleep=lambda s: asyncio.sleep(min(s, 0.05))
        )
        desk = Desk(show.folders, accounts, lambda: show.plan.settings, show._reload, keys=show.keys)
        await accounts.start()
        yield Stand(show, fake, accounts, desk)
        await accounts.close()


async def test_a_client_id_is_written_beside_what_is_there(stand: Stand) -> None:
    state = await stand.desk.state()
    assert (state.keyring, state.services[0].ready) == (True, False)
    with pytest.raises(Problem) as none:
        await stand.desk.begin("twitch", "bot", None)
    assert (none.value.status, none.value.code) == (409, "signin_no_client")
    before = stand.show.text
    state = await stand.desk.set_client("twitch", CLIENT, "")
    assert (state.services[0].ready, state.services[0].client_id) == (True, CLIENT)
    assert stand.show.text == before + f"    client_id: {CLIENT}\n"
    state = await stand.desk.set_client("twitch", "", "")
    assert not state.services[0].ready
    assert stand.show.text == before


@pytest.mark.parametrize("wrong", ["what is this?", "https://dev.twitch.tv/console", "x" * 250, "ＡＢＣＤＥＦＧＨＩＪ"])
async def test_what_is_no_client_id_is_refused(stand: Stand, wrong: str) -> None:
    before = stand.show.text
    with pytest.raises(Problem) as bad:
        await stand.desk.set_client("twitch", wrong, "")
    assert (bad.value.status, bad.value.path) == (422, "$.client_id")
    assert stand.show.text == before


async def test_the_environment_wins_and_says_so(stand: Stand) -> None:
    stand.show.given = {"chat": {"twitch": {"client_id": "another-client"}}}
    with pytest.raises(Problem) as overridden:
        await stand.desk.set_client("twitch", CLIENT, "")
    assert overridden.value.code == "overridden"


async def test_signed_in_with_what_was_ticked_and_that_is_switched_on(stand: Stand) -> None:
    await stand.desk.set_client("twitch", CLIENT, "")
    begun = await stand.desk.begin("twitch", "broadcaster", ("write", "redemptions", "ads"))
    assert begun.attempt is not None
    assert begun.attempt.user_code in begun.attempt.link
    assert "alerts: [subs, redemptions, ads]" in stand.show.text
    assert "# the real one" in stand.show.text
    stand.fake.approve(begun.attempt.user_code, "saturday")
    done = await stand.until("broadcaster", "done")
    assert (done.signed_in, done.login, done.health, done.other) == (True, "saturday", "ok", True)
    assert done.allowed == ("read", "write", "redemptions", "ads")
    assert done.missing == ()
    token = await stand.accounts.keeper("twitch", "broadcaster").token()
    assert stand.fake.valid(token) is not None
    state = repr(await stand.desk.state())
    assert token not in state
    out = await stand.desk.sign_out("twitch", "broadcaster")
    assert (out.signed_in, out.attempt) == (False, None)
    assert stand.fake.valid(token) is None


async def test_a_bot_changes_no_alerts(stand: Stand) -> None:
    await stand.desk.set_client("twitch", CLIENT, "")
    before = stand.show.text
    await stand.desk.begin("twitch", "bot", ("write",))
    assert stand.show.text == before
    given_up = await stand.desk.cancel("twitch", "bot")
    assert given_up.attempt is None


async def test_a_server_that_is_away_and_a_client_nobody_knows(stand: Stand) -> None:
    await stand.desk.set_client("twitch", "unknown-client", "")
    with pytest.raises(Problem) as wrong:
        await stand.desk.begin("twitch", "bot", None)
    assert (wrong.value.status, wrong.value.code) == (422, "signin_refused")
    assert "does not know this client id" in wrong.value.detail
    stand.fake.mode = "500"
    with pytest.raises(Problem) as away:
        await stand.desk.begin("twitch", "bot", None)
    assert (away.value.status, away.value.code) == (502, "signin_away")


async def test_googles_secret_goes_to_the_keyring_and_never_into_the_file(stand: Stand) -> None:
    async with FakeGoogleOauth() as google:
        google.id.interval_s = 1
        stand.show.given = {"chat": {"youtube": {"auth_url": google.url, "api_url": google.api_url}}}
        await stand.show._reload()
        assert not (await stand.desk.set_client("youtube", GOOGLE, "")).services[1].ready
        with pytest.raises(Problem) as missing:
            await stand.desk.begin("youtube", "broadcaster", None)
        assert missing.value.code == "signin_no_secret"
        state = await stand.desk.set_client("youtube", GOOGLE, SECRET)
        assert (state.services[1].ready, state.services[1].has_secret) == (True, True)
        assert SECRET not in stand.show.text
        assert SECRET in stand.show.ring.kept.values()
        assert SECRET not in repr(state)
        begun = await stand.desk.begin("youtube", "broadcaster", None)
        assert begun.attempt is not None
        assert begun.attempt.link == "https://www.google.com/device"
        google.id.approve(begun.attempt.user_code, "Friday Night")
        async with asyncio.timeout(20):
            while stand.accounts.get("youtube", "broadcaster") is None:
                await asyncio.sleep(0.05)
        account = stand.accounts.get("youtube", "broadcaster")
        assert account is not None
        assert (account.login, account.user_id) == ("Friday Night", "UCFriday Night")
        await stand.accounts.close()
