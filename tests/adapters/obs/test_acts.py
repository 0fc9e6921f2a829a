"""Outputs of OBS: success is what the events say."""

import asyncio
import contextlib

import pytest

from streamer.adapters.obs.acts import Outputs, screenshot
from streamer.ports import Misconfigured, Unavailable
from tests.fakes.obs_outputs import World
from tests.fakes.obs_ws import FakeLink
from tests.virtual_time import run_virtual


@contextlib.asynccontextmanager
async def outputs(**options):
    link = FakeLink(World(**options))
    out = Outputs(link.request)

    def heard(event, data):
        out.heard(event, data)

    link.on_event = heard
    task = asyncio.create_task(link.run())
    await link.ready()
    await out.read()
    yield link, out
    await link.aclose()
    await task


def virtual(test):
    def run():
        run_virtual(test())

    run.__name__ = test.__name__
    return run


@virtual
async def test_starts_and_stops_and_leaves_what_is_so_already():
    async with outputs() as (link, out):
        await out.act("record", on=True)
        await out.act("record", on=True)
        assert out.on("record") is True
        assert len(link.asked("StartRecord")) == 1
        await out.act("record", on=False)
        assert out.on("record") is False
        assert out.file == "/recordings/1.mkv"
        await out.act("record")
        assert out.on("record") is True


@virtual
async def test_a_stop_of_before_that_is_told_late_is_no_failed_start():
    """OBS answers a request to stop before it has stopped, and a request to start before it tells of that."""
    requests: list[str] = []

    async def request(name, data=None):
        requests.append(name)
        return {"outputActive": False}

    out = Outputs(request)
    await out.read()
    starting = asyncio.create_task(out.act("replay", on=True))
    while "StartReplayBuffer" not in requests:
        await asyncio.sleep(0)
    for state in ("STOPPED", "STARTING", "STARTED"):
        await asyncio.sleep(0.1)
        assert not starting.done()
        out.heard("ReplayBufferStateChanged", {"outputState": f"OBS_WEBSOCKET_OUTPUT_{state}", "outputActive": False})
    await starting
    assert out.on("replay") is True


@virtual
async def test_a_stream_that_stops_again_at_once_has_failed():
    async with outputs() as (link, out):
        link.world.stream_fails = True
        with pytest.raises(Unavailable):
            await out.act("stream", on=True)
        assert out.on("stream") is False


@virtual
async def test_what_this_obs_does_not_have_is_said_with_the_cure():
    async with outputs(replay=False) as (_, out):
        assert (out.on("replay"), out.on("virtual_camera")) == (None, None)
        for name in ("replay", "virtual_camera"):
            with pytest.raises(Misconfigured) as wrong:
                await out.act(name, on=True)
            assert wrong.value.fix


@virtual
async def test_a_stop_right_after_a_start_waits_for_the_start():
    async with outputs() as (link, out):
        link.world.do("StartRecord")
        await out.act("record", on=False)
        assert out.on("record") is False


@virtual
async def test_nothing_is_known_while_obs_is_away():
    async with outputs() as (link, out):
        link.lose()
        out.lost()
        assert out.on("record") is None
        with pytest.raises(Unavailable):
            await out.act("record", on=True)
        with pytest.raises(Unavailable):
            await screenshot(link.request, "Scene")
