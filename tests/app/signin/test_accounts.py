"""All accounts of a show: signing in by code, out, and what another program does with the same state folder."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from streamer.app.settings import Settings
from streamer.app.setup.secrets import Keys
from streamer.app.signin.accounts import Accounts
from streamer.app.signin.clients import Client
from streamer.ports import Misconfigured, Unavailable
from tests.app.setup.show import Ring
from tests.app.signin.kit import Server, inline
from tests.fakes.twitch_id import CLIENT, TwitchId
from tests.virtual_time import run_virtual

START = 1_800_000_000.0


def settings(**twitch: object) -> Settings:
    return Settings.model_validate({"chat": {"twitch": {"channel": "friday", "client_id": CLIENT, **twitch}}})


class World:
    """A service and programs with one state folder; `accounts` is the first of them."""

    def __init__(self, tmp_path: Path, *, alerts: list[str] | None = None) -> None:
        self.loop = asyncio.get_running_loop()
        self.state = tmp_path / "state"
        self.ring = Ring()
        self.twitch = TwitchId(now=self.now)
        self.settings = settings(alerts=alerts or [])
        self.changes = 0
        self.servers: list[Server] = []
        self.opened: list[Accounts] = []
        self.accounts = self.program()

    def now(self) -> float:
        return START + self.loop.time()

    def program(self) -> Accounts:
        def server(client: Client) -> Server | None:
            if not client.ready or client.service != "twitch":
                return None
            self.servers.append(Server(self.twitch, lambda: asyncio.sleep(0.1)))
            return self.servers[-1]

        made = Accounts(
            self.state, lambda: self.settings, keys=Keys(self.ring), now=self.now, offload=inline, server=server
        )
        made.on_change = self.changed
        self.opened.append(made)
        return made

    def changed(self) -> None:
        self.changes += 1

    async def sign_in(self, role: str = "bot", login: str = "friday", allow: list[str] | None = None) -> None:
        attempt = await self.accounts.begin("twitch", role, allow)  # type: ignore[arg-type]
        self.twitch.approve(attempt.user_code, login)
        await asyncio.sleep(12)


def world(tmp_path: Path, test: Callable[[World], Awaitable[None]], **more: list[str]) -> None:
    async def run() -> None:
        each = World(tmp_path, **more)
        await each.accounts.start()
        try:
            await test(each)
        finally:
            for accounts in each.opened:
                await accounts.close()
            assert all(server.closed for server in each.servers)

    run_virtual(run(), limit_s=40 * 86_400.0)


def test_a_sign_in_from_the_code_to_the_account(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        assert world.accounts.get("twitch", "bot") is None
        assert world.accounts.health() == []
        attempt = await world.accounts.begin("twitch", "bot")
        assert (attempt.state, attempt.user_code in attempt.link, attempt.left_s) == ("waiting", True, 1_800)
        await asyncio.sleep(60)
        later = world.accounts.attempt("twitch", "bot")
        assert later is not None
        assert later.left_s == pytest.approx(1_740, abs=1)
        assert world.changes == 0
        world.twitch.approve(attempt.user_code, "stagehand")
        await asyncio.sleep(12)
        done = world.accounts.attempt("twitch", "bot")
        assert done is not None
        assert (done.state, done.login, done.user_code, done.link) == ("done", "stagehand", "", "")
        bot = world.accounts.get("twitch", "bot")
        assert bot is not None
        assert (bot.login, bot.service, bot.role, bool(bot.user_id)) == ("stagehand", "twitch", "bot", True)
        assert world.twitch.valid(await bot.token()) == {"user:read:chat", "user:write:chat"}
        assert world.changes >= 1
        assert [row.part for row in world.accounts.health()] == ["account.twitch.bot"]
        assert world.accounts.any("twitch") is bot

    world(tmp_path, test)


def test_it_is_there_at_the_next_start(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.sign_in()
        await world.accounts.close()
        again = world.program()
        await again.start()
        bot = again.get("twitch", "bot")
        assert bot is not None
        assert bot.login == "friday"
        assert world.twitch.valid(await bot.token())

    world(tmp_path, test)


def test_the_least_scopes_of_what_is_switched_on(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.sign_in("broadcaster")
        owner = world.accounts.get("twitch", "broadcaster")
        assert owner is not None
        assert owner.scopes == {"user:read:chat", "user:write:chat", "moderator:read:followers"}
        await world.sign_in("bot", allow=[])
        bot = world.accounts.get("twitch", "bot")
        assert bot is not None
        assert bot.scopes == {"user:read:chat"}
        world.settings = settings(alerts=["follows", "redemptions"])
        row = next(each for each in world.accounts.health() if each.part == "account.twitch.broadcaster")
        assert (row.state, row.notice.code) == ("degraded", "account.missing")
        assert row.notice.params["scopes"] == "channel:read:redemptions"

    world(tmp_path, test, alerts=["follows"])


@pytest.mark.parametrize("how", ["denied", "expired"])
def test_a_sign_in_that_comes_to_nothing(tmp_path: Path, how: str) -> None:
    async def test(world: World) -> None:
        attempt = await world.accounts.begin("twitch", "bot")
        if how == "denied":
            world.twitch.deny(attempt.user_code)
            await asyncio.sleep(12)
        else:
            await asyncio.sleep(1_900)
        ended = world.accounts.attempt("twitch", "bot")
        assert ended is not None
        assert (ended.state, ended.user_code) == (how, "")
        assert world.accounts.get("twitch", "bot") is None
        await world.sign_in()
        assert world.accounts.get("twitch", "bot") is not None

    world(tmp_path, test)


def test_polling_slows_down_when_it_is_told_to(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        world.twitch.slow_s = 9.0
        attempt = await world.accounts.begin("twitch", "bot")
        await asyncio.sleep(300)
        polls = [each for each in world.twitch.asked if "device_code" in each]
        assert 25 < len(polls) < 35  # every ten seconds after the first answer
        world.twitch.approve(attempt.user_code)
        await asyncio.sleep(25)
        assert world.accounts.get("twitch", "bot") is not None

    world(tmp_path, test)


def test_a_network_that_is_away_for_a_while_ends_nothing(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        attempt = await world.accounts.begin("twitch", "bot")
        world.servers[0].away = 4
        await asyncio.sleep(40)
        now = world.accounts.attempt("twitch", "bot")
        assert now is not None
        assert (now.state, now.words.code if now.words else "") == ("waiting", "setup.problem.signin_away")
        world.twitch.approve(attempt.user_code)
        await asyncio.sleep(60)
        assert world.accounts.get("twitch", "bot") is not None
        world.servers[0].away = 1
        with pytest.raises(Unavailable):
            await world.accounts.begin("twitch", "bot")
        assert world.accounts.get("twitch", "bot") is not None

    world(tmp_path, test)


def test_giving_up_leaves_nothing_behind_and_keeps_what_was(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.sign_in(login="first")
        attempt = await world.accounts.begin("twitch", "bot")
        await world.accounts.cancel("twitch", "bot")
        world.twitch.approve(attempt.user_code, "second")
        await asyncio.sleep(30)
        assert world.accounts.attempt("twitch", "bot") is None
        bot = world.accounts.get("twitch", "bot")
        assert bot is not None
        assert bot.login == "first"

    world(tmp_path, test)


def test_without_a_client_nobody_signs_in(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        world.settings = settings(client_id="")
        with pytest.raises(Misconfigured) as wrong:
            await world.accounts.begin("twitch", "bot")
        assert "docs/sign-in.md" in wrong.value.fix

    world(tmp_path, test)


def test_a_running_show_sees_what_another_program_does(tmp_path: Path) -> None:
    """`login` and `logout` in a terminal, while a show runs."""

    async def test(world: World) -> None:
        other = world.program()
        attempt = await other.begin("twitch", "bot")
        world.twitch.approve(attempt.user_code)
        await asyncio.sleep(8)
        bot = world.accounts.get("twitch", "bot")
        assert bot is not None
        assert world.twitch.valid(await bot.token())
        seen = world.changes
        await other.sign_out("twitch", "bot")
        await asyncio.sleep(3)
        assert world.accounts.get("twitch", "bot") is None
        assert world.changes > seen

    world(tmp_path, test)


def test_two_shows_with_one_sign_in_take_turns(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.sign_in()
        other = world.program()
        await other.start()
        await asyncio.sleep(10 * 3_600)
        assert world.twitch.reused == []
        assert world.twitch.refreshes == 3  # as many as one show needs
        for accounts in (world.accounts, other):
            bot = accounts.get("twitch", "bot")
            assert bot is not None
            assert world.twitch.valid(await bot.token())

    world(tmp_path, test)


def test_signing_out_ends_it_everywhere(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.sign_in()
        bot = world.accounts.get("twitch", "bot")
        assert bot is not None
        token = await bot.token()
        await world.accounts.sign_out("twitch", "bot")
        assert world.twitch.valid(token) is None
        assert world.ring.kept == {}
        assert world.accounts.health() == []
        assert world.accounts.store.index() == {}

    world(tmp_path, test)


def test_a_full_disk_is_said_and_the_sign_in_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    async def test(world: World) -> None:
        attempt = await world.accounts.begin("twitch", "bot")
        world.twitch.approve(attempt.user_code)
        monkeypatch.setattr("streamer.app.signin.store.write_private", full)
        await asyncio.sleep(12)
        monkeypatch.undo()
        ended = world.accounts.attempt("twitch", "bot")
        assert ended is not None
        assert ended.state == "failed"
        assert ended.words is not None
        assert ended.words.params == {"reason": "No space left on device"}
        assert all(signed.revoked for signed, _ in world.twitch.access.values())

    world(tmp_path, test)


def test_nothing_secret_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def test(world: World) -> None:
        caplog.set_level("DEBUG")
        await world.sign_in()
        await asyncio.sleep(5 * 3_600)
        world.twitch.disconnect("friday")
        await asyncio.sleep(5 * 3_600)

    world(tmp_path, test)
    said = caplog.text
    assert not any(word in said for word in ("access0", "refresh0", "ABCD0", "device1"))
