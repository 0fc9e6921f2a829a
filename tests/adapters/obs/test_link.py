"""The link against an OBS in memory that does everything a connection can suffer from."""

import asyncio
import contextlib
import json
import logging
import random
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from streamer.adapters.obs import wire_session
from streamer.adapters.obs.errors import ObsGone, ObsRefused
from streamer.adapters.obs.link import ObsLink
from streamer.adapters.obs.wire import Address, Wire
from tests.fakes.obs_outputs import World
from tests.fakes.obs_ws import FakeObs

QUICK: dict[str, Any] = {"timeout_s": 0.4, "beat_s": 0.1}


async def until(true: Callable[[], Any], *, limit: float = 20.0) -> None:
    async with asyncio.timeout(limit):
        while not true():
            await asyncio.sleep(0.005)


def obs_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("obs-")]


@contextlib.asynccontextmanager
async def running(link: ObsLink, *, ready: bool = True) -> AsyncIterator[ObsLink]:
    task = asyncio.create_task(link.run())
    try:
        if ready:
            async with asyncio.timeout(20):
                await link.ready()
        yield link
    finally:
        await link.aclose()
        await task
    assert obs_threads() == []


# ------------------------------------------------------------------------------------------------------------ talking
async def test_two_threads_or_three_with_meters_and_none_afterwards() -> None:
    async with FakeObs() as obs:
        async with running(obs.link(**QUICK)):
            assert {thread.name for thread in obs_threads()} == {"obs-requests", "obs-events"}
        async with running(obs.link(meters=True, **QUICK)):
            assert {thread.name for thread in obs_threads()} == {"obs-requests", "obs-events", "obs-meters"}


async def test_events_come_in_order_and_a_failing_listener_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async with FakeObs() as obs, running(obs.link(**QUICK)) as link:
        names: list[str] = []

        def listener(name: str, data: dict[str, Any]) -> None:
            if name == "SceneCreated":
                names.append(data["sceneName"])
                raise ValueError(data["sceneName"])

        link.on_event = listener
        for number in range(50):
            await link.request("CreateScene", {"sceneName": f"scene {number}"})
        await until(lambda: len(names) == 50)
        assert names == [f"scene {number}" for number in range(50)]
        assert link.generation == 1
    assert "scene 7" not in caplog.text


async def test_requests_keep_their_order_and_each_gets_its_own_answer() -> None:
    async with FakeObs() as obs, running(obs.link(**QUICK)) as link:
        for number in range(40):
            await link.request(
                "CreateInput",
                {"sceneName": "Scene", "inputName": f"t{number}", "inputKind": "text_ft2_source_v2",
                 "inputSettings": {"text": str(number)}},
            )  # fmt: skip
        obs.ledger.clear()

        async def ask(number: int) -> None:
            answer = await link.request("GetInputSettings", {"inputName": f"t{number}"})
            assert answer["inputSettings"] == {"text": str(number)}

        await asyncio.gather(*(ask(number % 40) for number in range(200)))
        assert [data["inputName"] for data in obs.asked("GetInputSettings")] == [f"t{n % 40}" for n in range(200)]


async def test_giving_up_waiting_moves_no_answer_and_sends_nothing_late() -> None:
    async with FakeObs() as obs, running(obs.link(timeout_s=5)) as link:
        obs.slow_s = 0.05
        scenes = asyncio.create_task(link.request("GetSceneList"))
        await until(lambda: obs.asked("GetSceneList"))
        never = asyncio.create_task(link.request("StartRecord"))
        version = asyncio.create_task(link.request("GetVersion"))
        await asyncio.sleep(0)
        scenes.cancel()
        never.cancel()
        assert (await version)["obsVersion"] == "29.0.2"
        assert obs.asked("StartRecord") == []
        assert link.generation == 1


async def test_errors_of_obs_are_told_with_their_code() -> None:
    async with FakeObs() as obs, running(obs.link(**QUICK)) as link:
        with pytest.raises(ObsRefused) as refused:
            await link.request("SetCurrentProgramScene", {"sceneName": "nowhere"})
        assert (refused.value.code, refused.value.request) == (600, "SetCurrentProgramScene")
        assert "nowhere" in refused.value.comment
        with pytest.raises(ObsRefused) as refused:
            await link.request("NoSuchRequest")
        assert refused.value.code == 204
        assert link.state == "ready"


@pytest.mark.parametrize("value", [float("nan"), "\ud83d", {1, 2}])
async def test_what_would_break_the_connection_is_not_sent(value: object) -> None:
    async with FakeObs() as obs, running(obs.link(**QUICK)) as link:
        with pytest.raises(ObsRefused, match="not sent"):
            await link.request("SetInputSettings", {"inputName": "x", "inputSettings": {"text": value}})
        assert obs.asked("SetInputSettings") == []
        await link.request("GetStats")


async def test_sent_at_is_the_time_of_sending() -> None:
    now = [100.0]
    async with FakeObs() as obs, running(obs.link(clock=lambda: now[0])) as link:
        await link.request("GetSceneList")
        now[0] = 105.0
        await link.request("GetSceneList")
        assert link.sent_at == 105.0


# --------------------------------------------------------------------------------------------------- who cannot connect
async def test_a_wrong_password_is_said_at_once_and_tried_once() -> None:
    async with FakeObs(password="right") as obs:
        link = ObsLink(obs.url, "wrong", **QUICK)
        async with running(link, ready=False):
            await until(lambda: link.state == "refused")
            assert link.code == "password"
            assert "password" in link.reason
            await asyncio.sleep(0.8)
            assert (obs.logins_refused, obs.connections) == (1, 1)
            with pytest.raises(ObsGone, match="password"):
                await link.request("GetStats")
            link.renew("right")
            await link.ready()
            link.renew("right")
            await asyncio.sleep(0.05)
            assert (link.state, link.generation) == ("ready", 1)


async def test_no_password_where_one_is_asked_for() -> None:
    async with FakeObs(password="right") as obs:
        link = ObsLink(obs.url, "", **QUICK)
        async with running(link, ready=False):
            await until(lambda: link.state == "refused")
            assert (link.code, obs.logins_refused) == ("password_missing", 0)


async def test_an_obs_without_password_takes_any() -> None:
    async with FakeObs(password="") as obs, running(ObsLink(obs.url, "needless", **QUICK)) as link:
        assert link.state == "ready"


@pytest.mark.parametrize(
    ("dialect", "state", "code", "words"),
    [
        ("4", "too_old", "too_old", "obs-websocket 4.9.1"),
        ("http", "refused", "not_obs", "something else than OBS"),
        ("mute", "connecting", "silent", "says nothing"),
    ],
)
async def test_what_is_no_obs_websocket_5(dialect: Any, state: str, code: str, words: str) -> None:
    async with FakeObs() as obs:
        obs.dialect = dialect
        link = obs.link(**QUICK)
        async with running(link, ready=False):
            await until(lambda: link.code)
            assert (link.state, link.code) == (state, code)
            assert words in link.reason
            obs.dialect = "5"
            link.renew(obs.password)
            await link.ready()


async def test_an_obs_before_28_is_too_old_even_with_the_plugin() -> None:
    async with FakeObs(World(obs="27.2.4", websocket="5.0.0")) as obs:
        link = obs.link(**QUICK)
        async with running(link, ready=False):
            await until(lambda: link.state == "too_old")
            assert "OBS 27.2.4" in link.reason
            assert "28" in link.reason


async def test_an_address_that_is_none() -> None:
    link = ObsLink("https://example.org", "x")
    async with running(link, ready=False):
        await until(lambda: link.state == "refused")
        assert link.code == "address"
        async with FakeObs() as obs:
            link.renew(obs.password, obs.url)
            await link.ready()


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("ws://127.0.0.1:4455", "127.0.0.1:4455"), ("ws://studio", "studio:4455"), ("10.0.0.7:4460", "10.0.0.7:4460"),
        ("ws://[::1]:4455/", "[::1]:4455"),
    ],
)  # fmt: skip
def test_addresses(url: str, told: str) -> None:
    assert str(Address.parse(url)) == told


@pytest.mark.parametrize("url", ["", "wss://127.0.0.1", "ws://", "ws://u:p@h", "ws://h/x?y=1", "ws://h:999999"])
def test_no_addresses(url: str) -> None:
    with pytest.raises(ValueError):
        Address.parse(url)


async def test_waits_for_an_obs_that_is_not_there_yet() -> None:
    obs = FakeObs()
    async with obs:
        pass
    link = obs.link(**QUICK)
    async with running(link, ready=False):
        await until(lambda: link.code == "no_answer")
        assert link.state == "connecting"
        with pytest.raises(ObsGone, match="is it running"):
            await link.request("GetStats")
        async with obs:
            await link.ready()


# --------------------------------------------------------------------------------------------------------------- losing
async def pending(link: ObsLink, count: int = 5) -> list[asyncio.Task[dict[str, Any]]]:
    tasks = [asyncio.create_task(link.request("GetSceneList")) for _ in range(count)]
    await asyncio.sleep(0.02)
    return tasks


async def all_gone(tasks: list[asyncio.Task[dict[str, Any]]]) -> None:
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        assert isinstance(result, ObsGone)


async def test_a_frozen_obs_is_lost_within_beat_and_limit_and_found_when_it_thaws() -> None:
    async with FakeObs() as obs, running(obs.link(timeout_s=1.0, beat_s=0.3)) as link:
        obs.silent = True
        began = time.monotonic()
        await until(lambda: link.state == "lost")
        assert time.monotonic() - began < 1.3 + 3
        assert link.code == "silent"
        obs.silent = False
        await link.ready()
        assert link.generation == 2


async def test_a_request_in_the_moment_of_losing_is_told_too() -> None:
    async with FakeObs() as obs, running(obs.link(**QUICK)) as link:
        link._session.stop()
        assert link.state == "ready"
        with pytest.raises(ObsGone):
            async with asyncio.timeout(5):
                await link.request("GetStats")
        await until(lambda: link.generation == 2)


async def test_another_address_is_gone_to_at_once() -> None:
    async with FakeObs() as first, FakeObs(password="other") as second, running(first.link(**QUICK)) as link:
        states: list[str] = []
        link.on_state = states.append
        link.renew("other", second.url)
        await until(lambda: second.connections >= 2 and link.state == "ready")
        assert states == ["connecting", "ready"]
        assert (await link.request("GetSceneList"))["scenes"]
        assert second.asked("GetSceneList")


async def test_all_that_wait_fail_together_when_one_answer_does_not_come() -> None:
    async with FakeObs() as obs, running(obs.link(timeout_s=1.0, beat_s=0.3)) as link:
        obs.silent = True
        tasks = await pending(link)
        began = time.monotonic()
        await all_gone(tasks)
        assert time.monotonic() - began < 1.0 + 3
        began = time.monotonic()
        with pytest.raises(ObsGone):
            await link.request("GetStats")
        assert time.monotonic() - began < 0.5
        obs.silent = False


async def test_a_cut_connection_fails_everybody_at_once_and_comes_back() -> None:
    async with FakeObs() as obs, running(obs.link(timeout_s=30)) as link:
        obs.slow_s = 20
        tasks = await pending(link)
        obs.drop()
        await all_gone(tasks)
        assert link.state == "lost"
        obs.slow_s = 0
        await link.ready()
        assert link.generation == 2


@pytest.mark.parametrize("fault", ["drop_on", "garbage_on", "cross_on"])
async def test_a_bad_answer_ends_the_generation(fault: str) -> None:
    async with FakeObs() as obs, running(obs.link(timeout_s=5)) as link:
        getattr(obs, fault).add("GetSceneList")
        tasks = await pending(link, 3)
        await all_gone(tasks)
        getattr(obs, fault).clear()
        await link.ready()
        assert "scenes" in await link.request("GetSceneList")
        assert link.generation == 2


@pytest.mark.parametrize("frame", ["{no json", '{"op": 5}', "[]", '{"op": 5, "d": {"eventType": "X", "eventData": 3}}'])
async def test_a_bad_frame_among_the_events_ends_the_generation(frame: str) -> None:
    async with FakeObs() as obs, running(obs.link(timeout_s=5)) as link:
        await obs.say(frame)
        await until(lambda: link.generation == 2 and link.state == "ready")


async def test_a_late_answer_reaches_nobody() -> None:
    async with FakeObs() as obs, running(obs.link(timeout_s=0.3, beat_s=5)) as link:
        obs.slow_s = 0.6
        with pytest.raises(ObsGone):
            await link.request("GetSceneList")
        obs.slow_s = 0
        await link.ready()
        for _ in range(5):
            assert "obsVersion" in await link.request("GetVersion")
            await asyncio.sleep(0.1)


async def test_obs_exits_while_we_are_connected() -> None:
    obs = FakeObs()
    await obs.start()
    async with running(obs.link(meters=True)) as link:
        began = time.monotonic()
        await obs.stop()
        await until(lambda: link.state == "lost")
        assert time.monotonic() - began < 2
        assert link.code in ("closed", "no_answer")
        await obs.start()
        began = time.monotonic()
        await link.ready()
        assert time.monotonic() - began < 4
        await link.request("GetStats")
    await obs.stop()


async def test_a_kicked_client_does_not_come_back_by_itself() -> None:
    async with FakeObs() as obs, running(obs.link(**QUICK)) as link:
        await obs.kick()
        await until(lambda: link.state == "refused")
        assert link.code == "kicked"
        before = obs.connections
        await asyncio.sleep(0.5)
        assert obs.connections == before
        link.renew(obs.password)
        await link.ready()


async def test_while_obs_loads_it_is_asked_again() -> None:
    async with FakeObs() as obs:
        obs.refuse["GetVersion"] = 207
        link = obs.link(**QUICK)
        async with running(link, ready=False):
            await until(lambda: len(obs.asked("GetVersion")) > 1)
            assert link.state == "connecting"
            obs.refuse.clear()
            await link.ready()


async def test_a_thread_that_dies_silently_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    guard = wire_session.Session._guard
    silent: list[str] = ["events"]

    def dying(self: wire_session.Session, name: str, body: Callable[[Wire], None]) -> None:
        if name in silent and not silent.remove(name):
            self._post(self._opened)
            return
        guard(self, name, body)

    monkeypatch.setattr(wire_session.Session, "_guard", dying)
    async with FakeObs() as obs, running(obs.link(**QUICK)) as link:
        await until(lambda: link.generation == 2)


async def test_any_error_in_a_thread_ends_the_generation(monkeypatch: pytest.MonkeyPatch) -> None:
    receive = Wire.receive
    errors: list[Exception] = []

    def failing(self: Wire) -> Any:
        if errors:
            raise errors.pop()
        return receive(self)

    monkeypatch.setattr(Wire, "receive", failing)
    async with FakeObs() as obs, running(obs.link(**QUICK)) as link:
        errors.append(RuntimeError("unforeseen"))
        await until(lambda: link.generation == 2)


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_happens_each_answer_is_ones_own(seed: int) -> None:
    rng = random.Random(seed)
    async with FakeObs() as obs, running(obs.link(timeout_s=0.3, beat_s=0.1)) as link:
        for number in range(10):
            obs.world.do("CreateScene", sceneName=f"s{number}")
            obs.world.do("SetSceneSceneTransitionOverride", sceneName=f"s{number}", transitionDuration=100 + number)
        answered = 0

        async def ask(number: int) -> None:
            nonlocal answered
            for _ in range(40):
                try:
                    answer = await link.request("GetSceneSceneTransitionOverride", {"sceneName": f"s{number}"})
                except ObsGone:
                    await link.ready()
                    continue
                assert answer["transitionDuration"] == 100 + number
                answered += 1

        async def trouble() -> None:
            for _ in range(5):
                await asyncio.sleep(rng.uniform(0, 0.15))
                match rng.randrange(3):
                    case 0:
                        obs.drop()
                    case 1:
                        obs.slow_s = 0.5
                        await asyncio.sleep(0.1)
                        obs.slow_s = 0.0
                    case _:
                        obs.silent = True
                        await asyncio.sleep(0.5)
                        obs.silent = False

        async with asyncio.timeout(50):
            await asyncio.gather(trouble(), *(ask(number) for number in range(10)))
        assert answered > 100
        assert link.generation > 1


# --------------------------------------------------------------------------------------------------------------- ending
async def closed_quickly(link: ObsLink, task: asyncio.Task[None]) -> None:
    began = time.monotonic()
    await link.aclose()
    assert time.monotonic() - began < 0.5 + 2.0
    await task
    assert link.state == "off"
    await until(lambda: not obs_threads(), limit=5)


async def test_closes_at_once_also_when_obs_is_frozen() -> None:
    async with FakeObs() as obs:
        link = obs.link(timeout_s=30, beat_s=30, meters=True)
        task = asyncio.create_task(link.run())
        await link.ready()
        obs.silent = True
        waiting = await pending(link, 2)
        await closed_quickly(link, task)
        await all_gone(waiting)
        obs.silent = False


async def test_closes_at_once_while_nobody_answers_the_dialling() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        full = [socket.socket() for _ in range(3)]
        for sock in full:
            sock.setblocking(False)
            sock.connect_ex(server.getsockname())
        link = ObsLink(f"ws://127.0.0.1:{server.getsockname()[1]}", "x", timeout_s=30)
        task = asyncio.create_task(link.run())
        await asyncio.sleep(0.1)
        await closed_quickly(link, task)
        for sock in full:
            sock.close()


async def test_cancelling_the_run_ends_the_threads() -> None:
    async with FakeObs() as obs:
        link = obs.link(meters=True)
        task = asyncio.create_task(link.run())
        await link.ready()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert link.state == "off"
        await until(lambda: not obs_threads(), limit=5)
        await link.aclose()


def test_a_loop_that_is_closed_first_does_not_disturb_the_threads() -> None:
    async def story() -> None:
        obs = FakeObs()
        await obs.start()
        link = obs.link(**QUICK)
        running_ = asyncio.create_task(link.run())
        await link.ready()
        await obs.stop()
        running_.cancel()

    asyncio.run(story())
    end = time.monotonic() + 10
    while obs_threads() and time.monotonic() < end:
        time.sleep(0.01)
    assert obs_threads() == []


# -------------------------------------------------------------------------------------------------------------- secrets
async def test_the_password_is_in_no_log_and_no_repr(
    caplog: pytest.LogCaptureFixture, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "swordfish-4711"
    (tmp_path / "config.toml").write_text('[connection]\nhost = "192.0.2.1"\nport = 1\npassword = "from-the-file"\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    caplog.set_level(logging.DEBUG)
    async with FakeObs(password=secret) as obs:
        async with running(obs.link(meters=True, **QUICK)) as link:
            with contextlib.suppress(ObsRefused):
                await link.request("TriggerHotkeyByName", {"hotkeyName": "in-no-log"})
            session = link._session
            words = [repr(link), repr(session), *(repr(wire) for wire in session._wires.values())]
            words += [repr(wire._client) for wire in session._wires.values()]
            obs.drop()
            await until(lambda: link.generation == 2)
        other = ObsLink(obs.url, secret + "x", **QUICK)
        async with running(other, ready=False):
            await until(lambda: other.state == "refused")
            words += [repr(other), other.reason]
    said = "\n".join(words) + caplog.text + json.dumps([str(record.args) for record in caplog.records])
    for word in (secret, "from-the-file", "in-no-log"):
        assert word not in said
