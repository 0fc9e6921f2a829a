"""One account's tokens: renewed in time, once for all who ask, written down before use, and never spent twice."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from streamer.app.signin.keeper import FRESH_S, Keeper
from streamer.app.signin.store import Kept
from streamer.ports import Misconfigured, Unavailable
from tests.app.signin.kit import Crash, MemoryStore, Server, inline
from tests.fakes.twitch_id import CLIENT, TwitchId
from tests.virtual_time import run_virtual

START = 1_800_000_000.0
HOUR = 3_600.0
KEY = "twitch.bot"


class World:
    """One program with one account, signed in at zero; `program` starts another one with the same disk."""

    def __init__(self, *, pause_s: float = 0.5, access_s: float = 4 * HOUR, signed_in: bool = True) -> None:
        self.loop = asyncio.get_running_loop()
        self.twitch = TwitchId(now=self.now, access_s=access_s)
        self.pause_s = pause_s
        self.set_back_s = 0.0
        self.store = MemoryStore()
        self.server = Server(self.twitch, lambda: asyncio.sleep(self.pause_s))
        self.client: str | None = CLIENT
        self.changes = 0
        self.keepers: list[Keeper] = []
        if signed_in:
            body = self.twitch.grant()
            kept = Kept(1, CLIENT, body["access_token"], body["refresh_token"], self.now(), self.now() + access_s)
            self.store.write(KEY, kept)
        self.keeper = self.program()

    def now(self) -> float:
        return START + self.loop.time() - self.set_back_s

    def program(self) -> Keeper:
        def changed() -> None:
            self.changes += 1

        def server() -> Server | None:
            if self.client is None:
                return None
            self.server.client_id = self.client
            return self.server

        keeper = Keeper("twitch", "bot", self.store, server, now=self.now, offload=inline, changed=changed)
        self.keepers.append(keeper)
        return keeper

    async def at(self, hours: float) -> None:
        await asyncio.sleep(max(0.0, hours * HOUR - self.loop.time()))

    @property
    def code(self) -> str:
        row = self.keeper.health()
        assert row is not None
        return f"{row.state} {row.notice.code}"


def world(test: Callable[[World], Awaitable[None]], **more: Any) -> None:
    async def run() -> None:
        each = World(**more)
        await each.keeper.open()
        try:
            await test(each)
        finally:
            for keeper in each.keepers:
                await keeper.close()

    run_virtual(run(), limit_s=40 * 86_400.0)


def test_a_token_is_renewed_at_80_percent_of_its_life_and_the_old_one_serves_meanwhile() -> None:
    async def test(world: World) -> None:
        first = await world.keeper.token()
        await world.at(3.19)
        assert await world.keeper.token() == first
        assert world.twitch.refreshes == 0
        await world.at(3.21)
        assert world.twitch.refreshes == 1  # nobody had to ask
        second = await world.keeper.token()
        assert second != first
        assert world.store.kept[KEY].access == second
        await world.at(24 * 7)
        assert world.twitch.valid(await world.keeper.token())
        assert world.twitch.reused == []
        assert 50 <= world.twitch.refreshes <= 53
        assert world.changes == 2  # it was read, and its name was learnt: a new token is no news

    world(test)


def test_it_is_validated_at_the_start_and_every_hour() -> None:
    async def test(world: World) -> None:
        await world.at(0.1)
        assert world.twitch.asked.count("/validate") == 1
        await world.at(24)
        assert 23 <= world.twitch.asked.count("/validate") <= 26

    world(test)


def test_who_it_is_is_learnt_from_validation() -> None:
    async def test(world: World) -> None:
        assert world.keeper.login == ""
        await world.at(0.1)
        assert (world.keeper.login, world.keeper.scopes) == ("friday", frozenset({"user:read:chat"}))
        assert world.keeper.user_id
        assert world.code == "ok account.ok"

    world(test)


def test_many_callers_at_expiry_cause_one_refresh() -> None:
    """Race H of the facts: five calls at expiry made four of them fail."""

    async def test(world: World) -> None:
        await world.keeper.close()  # nobody renews by himself
        await world.at(5)
        tokens = await asyncio.gather(*(world.keeper.token() for _ in range(20)))
        assert len(set(tokens)) == 1
        assert world.twitch.valid(tokens[0])
        assert (world.twitch.refreshes, world.twitch.reused) == (1, [])

    world(test)


def test_a_caller_who_goes_away_does_not_lose_the_refresh() -> None:
    async def test(world: World) -> None:
        await world.keeper.close()
        await world.at(5)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.7):  # the server has spent the token, its answer is on the way
                await world.keeper.token()
        assert world.twitch.refreshes == 1
        assert world.twitch.valid(await world.keeper.token())
        assert (world.twitch.refreshes, world.twitch.reused) == (1, [])

    world(test)


def test_a_show_that_closes_waits_for_the_answer() -> None:
    async def test(world: World) -> None:
        await world.at(3.1999)
        while not world.store.entries[KEY].spending:
            await asyncio.sleep(0.1)
        await world.keeper.close()
        assert world.twitch.valid(world.store.kept[KEY].access)
        assert world.store.kept[KEY].n == 2

    world(test)


def test_a_401_is_found_out_once_for_all_who_say_so() -> None:
    async def test(world: World) -> None:
        await world.at(0.5)
        token = await world.keeper.token()
        world.twitch.access.pop(token)
        asked = len(world.twitch.asked)
        await asyncio.gather(*(world.keeper.refused(token) for _ in range(9)))
        assert world.twitch.asked[asked:] == ["/validate", "/token refresh_token"]
        assert world.twitch.valid(await world.keeper.token())
        await world.keeper.refused(token)  # old news
        assert world.twitch.refreshes == 1

    world(test)


def test_a_401_for_another_reason_spends_nothing() -> None:
    """Helix answers 401 to a good token without the scope, too."""

    async def test(world: World) -> None:
        await world.at(0.5)
        token = await world.keeper.token()
        for _ in range(5):
            await world.keeper.refused(token)
        assert await world.keeper.token() == token
        assert world.twitch.refreshes == 0

    world(test)


def test_a_good_token_that_is_refused_is_asked_about_again_after_a_moment() -> None:
    async def test(world: World) -> None:
        await world.at(0.5)
        token = await world.keeper.token()
        await world.keeper.refused(token)
        asked = len(world.twitch.asked)
        await asyncio.sleep(FRESH_S - 0.5)
        await world.keeper.refused(token)
        assert len(world.twitch.asked) == asked
        await asyncio.sleep(1.0)
        world.twitch.access.pop(token)
        await world.keeper.refused(token)
        assert world.twitch.asked[asked:] == ["/validate", "/token refresh_token"]

    world(test)


def test_without_the_sign_in_server_the_old_token_serves_while_it_lives() -> None:
    async def test(world: World) -> None:
        first = await world.keeper.token()
        await world.at(3)
        world.server.away = 10_000
        await world.at(3.9)
        assert await world.keeper.token() == first
        assert world.code == "degraded account.away"
        await world.at(4.1)
        assert not world.keeper.ended, "the server may come back"
        with pytest.raises(Unavailable) as away:
            await world.keeper.token()
        assert away.value.retry_after_s
        assert world.code == "broken account.away_ended"
        assert 9_900 < world.server.away < 9_990  # tried again, ever less often
        world.server.away = 0
        await world.at(4.3)
        assert world.twitch.valid(await world.keeper.token())
        assert world.code == "ok account.ok"

    world(test)


def test_a_refused_refresh_token_says_so_and_is_never_sent_again() -> None:
    async def test(world: World) -> None:
        await world.at(0.5)
        token = await world.keeper.token()
        assert not world.keeper.ended
        world.twitch.disconnect("friday")
        await world.keeper.refused(token)
        assert (world.keeper.signed_in, world.keeper.ended) == (True, True)
        with pytest.raises(Misconfigured) as wrong:
            await world.keeper.token()
        assert wrong.value.fix == "sign in again"
        assert world.code == "broken account.auth_needed"
        asked = world.twitch.asked.count("/token refresh_token")
        await world.at(30)
        again = world.program()
        await again.open()
        with pytest.raises(Misconfigured):
            await again.token()
        assert world.twitch.asked.count("/token refresh_token") == asked == 1

    world(test)


def test_an_answer_that_is_lost_leaves_the_old_token_and_a_warning() -> None:
    async def test(world: World) -> None:
        first = await world.keeper.token()
        await world.at(3)
        world.server.lost = 1
        await world.at(3.4)
        assert await world.keeper.token() == first  # 48 minutes to sign in again
        assert world.code == "degraded account.ending"
        await world.at(4.1)
        with pytest.raises(Misconfigured):
            await world.keeper.token()

    world(test)


def test_another_copy_that_refreshed_is_believed() -> None:
    async def test(world: World) -> None:
        other = world.program()
        await other.open()
        await world.at(3.5)
        assert world.twitch.refreshes == 1
        token = await other.token()
        assert token == world.store.kept[KEY].access
        await world.keeper.look()
        assert await world.keeper.token() == token
        await world.at(24 * 3)
        assert world.twitch.reused == []
        assert world.twitch.valid(await world.keeper.token())
        assert world.twitch.valid(await other.token())

    world(test)


def test_a_copy_without_the_same_lock_is_waited_for_before_giving_up() -> None:
    async def test(world: World) -> None:
        await world.at(3)
        kept = world.store.kept[KEY]
        body = world.twitch.ask(
            "/token", {"client_id": CLIENT, "grant_type": "refresh_token", "refresh_token": kept.refresh}
        )[1]

        async def write_late() -> None:
            await asyncio.sleep(0.2 * HOUR + 20)
            new = msgspec.structs.replace(
                kept, n=2, access=body["access_token"], refresh=body["refresh_token"],
                got_at=world.now(), expires_at=world.now() + 4 * HOUR,
            )  # fmt: skip
            world.store.write(KEY, new)

        writing = asyncio.create_task(write_late())
        await world.at(3.3)
        await writing
        assert await world.keeper.token() == body["access_token"]
        assert world.code == "ok account.ok"

    world(test, pause_s=5.0)


def test_what_cannot_be_written_is_not_handed_out_and_not_forgotten() -> None:
    async def test(world: World) -> None:
        first = await world.keeper.token()
        full = [True]

        def hurt(what: str) -> None:
            if full[0] and what == "before write":
                raise OSError(28, "No space left on device")

        world.store.hurt = hurt
        await world.at(3.5)
        assert world.twitch.refreshes == 1
        assert await world.keeper.token() == first
        assert world.code == "degraded account.unsaved"
        full[0] = False
        await world.at(3.6)
        assert await world.keeper.token() == world.store.kept[KEY].access != first
        assert (world.twitch.refreshes, world.twitch.reused) == (1, [])
        assert world.code == "ok account.ok"

    world(test)


def test_a_lock_nobody_lets_go_spends_nothing() -> None:
    async def test(world: World) -> None:
        first = await world.keeper.token()
        await world.at(3)
        world.store.locked = True
        await world.at(3.9)
        assert await world.keeper.token() == first
        assert world.twitch.refreshes == 0
        assert world.code == "degraded account.away"
        world.store.locked = False
        await world.at(4.1)
        assert world.twitch.valid(await world.keeper.token())

    world(test)


def test_nobody_signed_in_and_another_client() -> None:
    async def test(world: World) -> None:
        assert world.keeper.health() is None
        with pytest.raises(Misconfigured):
            await world.keeper.token()
        tokens = await world.server.poll(await _approved(world))
        await world.keeper.take(tokens, None, CLIENT)  # type: ignore[arg-type]
        assert world.twitch.valid(await world.keeper.token())
        world.client = "another"
        with pytest.raises(Misconfigured):
            await world.keeper.token()
        assert world.code == "broken account.other_client"
        world.client = None
        with pytest.raises(Misconfigured):
            await world.keeper.token()

    world(test, signed_in=False)


async def _approved(world: World) -> Any:
    pending = await world.server.begin(("user:read:chat",))
    world.twitch.approve(pending.user_code)
    return pending


def test_signing_out_revokes_and_forgets() -> None:
    async def test(world: World) -> None:
        token = await world.keeper.token()
        await world.keeper.sign_out()
        assert world.twitch.valid(token) is None
        assert world.store.kept == {}
        assert not world.keeper.signed_in
        world.server.away = 3
        await world.keeper.sign_out()  # twice, and without the server, is no error

    world(test)


# --- whatever happens, in whatever order ------------------------------------------------------------------------------

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("callers"), st.integers(1, 6)),
        st.tuples(st.just("wait"), st.sampled_from([0.2, 5.0, 60.0, 900.0, 3_000.0, 12_000.0, 20_000.0])),
        st.tuples(st.just("refused"), st.integers(1, 3)),
        st.tuples(st.just("revoke access"), st.just(0)),
        st.tuples(st.just("away"), st.integers(1, 6)),
        st.tuples(st.just("lost"), st.just(1)),
        st.tuples(st.just("crash"), st.integers(1, 12)),
        st.tuples(st.just("second program"), st.just(0)),
        st.tuples(st.just("full disk"), st.integers(1, 4)),
    ),
    min_size=1, max_size=14,
)  # fmt: skip


class Chaos:
    """Two programs at most, killed at random moments. Notes what was handed out without being on the disk."""

    def __init__(self) -> None:
        self.world = World(pause_s=0.3, access_s=4 * HOUR)
        self.world.store.hurt = self.world.server.hurt = self.hurt
        self.programs = [self.world.keeper]
        self.until_crash = 0
        self.crashed = False
        self.crashes = 0
        self.full = 0
        self.written = {self.world.store.kept[KEY].access}
        self.unwritten: list[str] = []
        self.may_repeat = False
        """A refresh token may have been spent without our knowing: killed or cut off in the window."""

    def hurt(self, what: str) -> None:
        if what == "after write":
            self.written.add(self.world.store.kept[KEY].access)
        if self.full and what == "before write":
            self.full -= 1
            raise OSError(28, "No space left on device")
        if self.until_crash:
            self.until_crash -= 1
            if self.until_crash == 0:
                self.crashed = True
                raise Crash(what)

    async def restart(self) -> None:
        """Kill every program, and start one again with what is on the disk."""
        entry = self.world.store.entries[KEY]
        self.crashes += 1
        self.may_repeat = self.may_repeat or entry.spending == entry.n
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.world.store.locked = False
        self.until_crash, self.crashed = 0, False
        self.programs = [self.world.program()]
        await self.programs[0].open()

    async def call(self, keeper: Keeper) -> None:
        try:
            token = await keeper.token()
        except (Unavailable, Misconfigured):
            return
        if token not in self.written:
            self.unwritten.append(token)

    async def step(self, what: str, n: float) -> None:
        world = self.world
        match what:
            case "callers":
                calls = [self.call(keeper) for keeper in self.programs for _ in range(int(n))]
                await asyncio.gather(*calls)
            case "wait":
                await asyncio.sleep(n)
            case "refused":
                token = world.store.kept[KEY].access
                await asyncio.gather(*(each.refused(token) for each in self.programs for _ in range(int(n))))
            case "revoke access":
                world.twitch.access.pop(world.store.kept[KEY].access, None)
            case "away":
                world.server.away += int(n)
            case "lost":
                world.server.lost += 1
                self.may_repeat = True
            case "crash":
                self.until_crash = int(n)
            case "full disk":
                self.full = int(n)
            case _:
                if len(self.programs) < 2:
                    self.programs.append(world.program())
                    await self.programs[-1].open()


@settings(max_examples=80)
@example([("revoke access", 0), ("second program", 0), ("full disk", 3), ("wait", 60.0)])
@given(STEPS)
def test_no_refresh_token_is_spent_twice_and_no_token_used_that_was_not_written(steps: list[tuple[str, float]]) -> None:
    async def run() -> None:
        chaos = Chaos()
        await chaos.programs[0].open()
        for what, n in steps:
            with contextlib.suppress(Crash):
                await chaos.step(what, n)
            if chaos.crashed:
                await chaos.restart()
        chaos.until_crash = chaos.full = chaos.world.server.away = chaos.world.server.lost = 0
        for _ in range(3):
            await asyncio.sleep(600)
            for keeper in chaos.programs:
                await keeper.refused(chaos.world.store.kept[KEY].access)
                await chaos.call(keeper)
        assert chaos.unwritten == []
        if not chaos.may_repeat:
            assert chaos.world.twitch.reused == []
            assert chaos.world.twitch.valid(chaos.world.store.kept[KEY].access) is not None  # never locked out
        if not chaos.crashes:
            assert chaos.world.server.sent_after_no == []  # a refusal is believed
        for keeper in chaos.programs:
            await keeper.close()

    run_virtual(run(), limit_s=40 * 86_400.0)


def test_a_clock_that_is_set_back_keeps_nobody_from_asking() -> None:
    async def test(world: World) -> None:
        first = await world.keeper.token()
        await world.at(0.5)
        world.set_back_s = 3 * HOUR
        world.twitch.access[first] = (world.twitch.access[first][0], 0.0)
        await world.keeper.refused(first)
        assert await world.keeper.token() != first

    world(test)


def test_a_clock_that_is_set_back_after_a_failure_keeps_nobody_waiting() -> None:
    async def test(world: World) -> None:
        await world.at(3.19)
        world.server.away = 4
        await world.at(3.24)
        assert (world.server.away, world.twitch.refreshes) == (0, 0), "it rests for three minutes"
        world.set_back_s = 0.2 * HOUR
        await world.at(3.45)
        assert world.twitch.refreshes == 1

    world(test)
