"""The media source: what OBS is told, who gets the stream, and what happens when we are late."""

import array
import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from streamer.adapters.audio import obs_media
from streamer.adapters.audio.obs_media import LEAD_MS, SOURCE, ObsMedia, ObsMediaOutlet, is_here
from streamer.ports import RATE_HZ, Heard
from tests.adapters.audio.contract import Told, send, tone


@pytest.fixture(autouse=True)
def patient(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is late where nobody wanted it."""
    if "gap" not in request.node.name:
        monkeypatch.setattr(obs_media, "LATE_MS", 10_000)


class Refusal(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(f"refused: {code}")
        self.code = code


class Obs:
    """As much of OBS as is asked for. `sources`: settings by name; `read`: what its ffmpeg has got."""

    def __init__(self) -> None:
        self.state, self.generation = "ready", 1
        self.sources: dict[str, dict[str, Any]] = {}
        self.scenes: dict[str, str] = {}
        self.active, self.muted, self.reads = True, False, True
        self.asked: list[str] = []
        self.heard = bytearray()
        self.task: asyncio.Task[None] | None = None
        self.tasks: list[asyncio.Task[None]] = []

    async def request(self, name: str, data: Mapping[str, Any] | None = None) -> dict[str, Any]:
        await asyncio.sleep(0)
        given = dict(data or {})
        self.asked.append(name)
        if name == "GetCurrentProgramScene":
            return {"currentProgramSceneName": "Live"}
        if name == "CreateInput":
            self.sources[given["inputName"]] = given["inputSettings"]
            self.scenes[given["inputName"]] = given["sceneName"]
            assert given["inputKind"] == "ffmpeg_source"
            self.play(given["inputSettings"]["input"])
            return {}
        if (given.get("inputName") or given.get("sourceName")) not in self.sources:
            raise Refusal(600)
        if name == "SetInputSettings":
            self.sources[given["inputName"]] = given["inputSettings"]
        if name in ("SetInputSettings", "TriggerMediaInputAction"):
            self.play(self.sources[given["inputName"]]["input"])
        return {"videoActive": self.active, "inputMuted": self.muted}

    def play(self, url: str) -> None:
        if self.task is not None:
            self.task.cancel()
        if self.reads:
            self.task = asyncio.create_task(self._read(url))
            self.tasks.append(self.task)

    async def _read(self, url: str) -> None:
        with contextlib.suppress(OSError):
            async with fetch(url) as (head, reader):
                assert head.startswith(b"HTTP/1.1 200 ")
                while piece := await reader.read(4096):
                    self.heard += piece


@contextlib.asynccontextmanager
async def fetch(url: str, method: str = "GET") -> AsyncIterator[tuple[bytes, asyncio.StreamReader]]:
    host, _, path = url.removeprefix("http://").partition("/")
    reader, writer = await asyncio.open_connection(*host.split(":"))
    writer.write(f"{method} /{path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    try:
        yield await reader.readuntil(b"\r\n\r\n"), reader
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


@contextlib.asynccontextmanager
async def running(outlet: ObsMediaOutlet, obs: Obs) -> AsyncIterator[None]:
    task = asyncio.create_task(outlet.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        for each in obs.tasks:  # also those that were replaced: each closes its socket
            each.cancel()
        await asyncio.gather(*obs.tasks, return_exceptions=True)


async def until(fits: Any, within_s: float = 15.0) -> None:
    async with asyncio.timeout(within_s):
        while not fits():
            await asyncio.sleep(0.01)


def loud(pcm: bytes) -> int:
    samples = array.array("h")
    samples.frombytes(pcm[: len(pcm) // 2 * 2])
    return sum(abs(each) > 500 for each in samples)


async def test_the_source_is_made_where_the_show_is_and_reads_silence_in_real_time():
    obs = Obs()
    outlet = ObsMediaOutlet(link=lambda: obs)
    async with running(outlet, obs):
        await until(lambda: outlet.player)
        settings = obs.sources[SOURCE]
        assert obs.scenes[SOURCE] == "Live"
        assert settings["input"] == outlet.url
        assert (settings["is_local_file"], settings["input_format"]) == (False, "s16le")
        assert "sample_rate=24000 channels=1" in settings["ffmpeg_options"]
        began, before = time.perf_counter(), len(obs.heard)
        await asyncio.sleep(0.5)
        ms = (len(obs.heard) - before) / 2 / RATE_HZ * 1000
        assert ms <= (time.perf_counter() - began) * 1000 + LEAD_MS + 40, "never ahead of time: OBS would keep it"
        assert loud(bytes(obs.heard)) == 0
        assert outlet.healths()[0].state == "ok"
    assert outlet.player is None


async def test_a_line_and_a_stop_go_into_the_stream_at_once():
    obs, told = Obs(), Told()
    outlet = ObsMediaOutlet("Cast", "Talk", link=lambda: obs)
    async with running(outlet, obs):
        await until(lambda: outlet.player)
        assert obs.scenes["Cast"] == "Talk"
        outlet.play(3, 0, told)
        send(outlet, tone(2_000))
        await until(lambda: loud(bytes(obs.heard)) > RATE_HZ // 5)
        outlet.stop(15)
        await asyncio.sleep(0.1)
        count, reports = len(obs.heard), len(told.rows)
        await asyncio.sleep(0.3)
        assert loud(bytes(obs.heard[count:])) == 0
        assert len(told.rows) == reports
        assert not told.over.is_set()


async def test_only_who_knows_the_address_gets_the_voices():
    obs = Obs()
    outlet = ObsMediaOutlet(link=lambda: obs)
    async with running(outlet, obs):
        await until(lambda: outlet.player)
        for url in (outlet.url[:-1], outlet.url.partition("?")[0], outlet.url + "x"):
            async with fetch(url) as (head, reader):
                assert head.startswith(b"HTTP/1.1 403 ")
                assert await reader.read() == b""
        async with fetch(outlet.url, "POST") as (head, _):
            assert head.startswith(b"HTTP/1.1 403 ")
        reader, writer = await asyncio.open_connection("127.0.0.1", int(outlet.url.split(":")[2].split("/")[0]))
        writer.write(b"x" * 20_000)
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""
        writer.close()
        assert outlet.player == "stream 1", "the one who plays is not disturbed"


async def test_after_a_gap_the_stream_begins_anew_instead_of_coming_late():
    obs = Obs()
    outlet = ObsMediaOutlet(link=lambda: obs)
    async with running(outlet, obs):
        await until(lambda: outlet.player)
        time.sleep(0.3)  # the loop stands
        await until(lambda: outlet.restarts >= 1)
        await until(lambda: outlet.player not in (None, "stream 1"))
        assert "TriggerMediaInputAction" in obs.asked


async def test_a_source_that_was_removed_is_made_again_and_another_obs_gets_its_own():
    obs = Obs()
    outlet = ObsMediaOutlet(link=lambda: obs)
    async with running(outlet, obs):
        await until(lambda: outlet.player)
        obs.sources.clear()
        await until(lambda: SOURCE in obs.sources)
        obs.generation, obs.asked = 2, []
        await until(lambda: "SetInputSettings" in obs.asked)


@pytest.mark.parametrize(
    ("what", "code"), [("state", "sound.obs_gone"), ("active", "sound.obs_inactive"), ("refuse", "sound.obs_refused")]
)
async def test_without_obs_or_outside_of_the_scene_somebody_else_plays(what: str, code: str):
    obs = Obs()
    outlet = ObsMediaOutlet(link=lambda: obs)
    changes: list[str | None] = []
    outlet.listen(lambda: changes.append(outlet.player))
    async with running(outlet, obs):
        await until(lambda: outlet.player)
        if what == "state":
            obs.state = "lost"
        elif what == "active":
            obs.active = False
        else:
            obs.reads = False
            obs.sources = {}

            async def refuse(_name: str, _data: Mapping[str, Any] | None = None) -> dict[str, Any]:
                raise Refusal(607)

            obs.request = refuse  # type: ignore[method-assign]
        await until(lambda: outlet.healths()[0].notice.code == code)
        assert outlet.healths()[0].state == "degraded"
        if what != "refuse":
            assert changes[-1] is None


async def test_a_muted_source_is_told_and_kept():
    obs = Obs()
    outlet = ObsMediaOutlet(link=lambda: obs)
    async with running(outlet, obs):
        await until(lambda: outlet.player)
        obs.muted = True
        await until(lambda: outlet.muted)
        assert outlet.healths()[0].notice.code == "sound.obs_muted"
        assert outlet.player is not None


def test_the_link_that_was_chosen_and_whether_obs_is_here():
    assert ObsMedia(source="Cast", scene="Talk").open().source == "Cast"
    assert ObsMediaOutlet(link=lambda: None).player is None
    here = ("ws://127.0.0.1:4455", "ws://localhost:4455", "127.0.0.1:4455", "ws://[::1]:4455")
    assert all(is_here(url) for url in here)
    assert not any(is_here(url) for url in ("ws://192.168.1.20:4455", "ws://studio-pc:4455", ""))


async def test_reports_of_a_stopped_line_do_not_reach_the_next():
    obs, first, second = Obs(), list[Heard](), Told()
    outlet = ObsMediaOutlet(link=lambda: obs)
    async with running(outlet, obs):
        await until(lambda: outlet.player)
        outlet.play(1, 0, first.append)
        send(outlet, tone(400))
        await until(lambda: first)
        outlet.play(2, 0, second)
        send(outlet, tone(100))
        outlet.end()
        await second.ended()
        assert {at.line for at in first} == {1}
        assert {at.line for _, at in second.rows} == {2}
