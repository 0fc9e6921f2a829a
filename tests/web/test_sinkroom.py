"""`/ws/sink` on real sockets: a scripted page, the track and the silent clock behind it."""

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator

import aiohttp
import pytest

from streamer.adapters.audio.common import Track
from streamer.adapters.audio.silent import SilentClock
from streamer.core.events import SinkChanged
from streamer.ports import Heard
from streamer.web import lease, sinkroom
from streamer.web.sinkwords import Holder, Sound
from tests.fakes.sink_page import SinkPage

FRAME = b"\1\2" * 480
TAB = Sound("tab", "stage page in a browser", 1, 0, Holder("tab", "stage page in a browser", "stage"))


class Stage:
    def __init__(self, house) -> None:
        self.house = house
        self.changes: list[SinkChanged] = []
        self.track = Track([house.room, SilentClock()], on_change=self.changes.append)
        self.pages: list[SinkPage] = []
        self.heard: list[Heard] = []

    async def page(self, **more) -> SinkPage:
        token = self.house.overlay_token()
        page = await SinkPage(self.house.url, token, **more).open(self.house.session)
        self.pages.append(page)
        await page.until(lambda: page.told("lease"))
        return page

    async def speak(self, frames: int, line: int = 1) -> Heard:
        self.track.begin(line, "mika", self.heard.append)
        for _ in range(frames):
            await self.track.write(FRAME)
        return await self.track.finish()


@pytest.fixture
async def stage(house) -> AsyncIterator[Stage]:
    stage = Stage(house)
    yield stage
    stage.track.close()
    for page in stage.pages:
        await page.close()


async def test_a_line_reaches_the_page_in_order_and_at_most_400_ms_ahead(stage):
    page = await stage.page(speed=5)
    assert stage.changes[-1] == SinkChanged(page=True, name="stage page in a browser")
    assert await stage.speak(100) == Heard(1, 2000, ended=True)
    assert [frame.seq for frame in page.frames] == list(range(100))
    assert [frame.at for frame in page.frames] == list(range(0, 2000, 20))
    reported = 0
    for frame in page.frames:
        reported = max(reported, frame.heard_then)
        assert frame.at + 20 - reported <= 400
    assert page.told("begin") == [{"line": 1, "generation": page.generation, "at": 0}]
    assert page.told("finish") == [{"line": 1, "generation": page.generation, "total": 2000}]
    assert stage.heard[0].ms == 0
    assert [at.ms for at in stage.heard] == sorted(at.ms for at in stage.heard)


async def test_after_stop_no_older_frame_is_ever_sent(stage):
    page = await stage.page()
    silences: list[float] = []
    stage.house.room.on_silent = silences.append
    line = asyncio.create_task(stage.speak(500))
    await page.until(lambda: len(page.frames) >= 20)
    before = page.generation
    stage.track.stop()
    count = len(page.frames)
    began = time.perf_counter()
    await page.until(lambda: page.told("stop"))
    assert time.perf_counter() - began < 0.5
    assert page.told("stop")[-1] == {"generation": before + 1, "fade": 15}
    assert (await line).ended
    await stage.track.write(FRAME)
    await asyncio.sleep(0.1)
    assert len(page.frames) == count
    assert stage.house.room.silent_after_ms is not None
    assert silences == [stage.house.room.silent_after_ms]
    await stage.speak(5, line=2)
    assert {frame.generation for frame in page.frames[count:]} == {before + 1}
    assert all(frame.line == 2 for frame in page.frames[count:])


async def test_the_lease_is_renewed_every_250_ms(stage):
    page = await stage.page()
    await page.until(lambda: len(page.told("lease")) >= 6)
    times = [when for when, message in zip(page.at, page.messages, strict=True) if "lease" in message]
    gaps = sorted(two - one for one, two in itertools.pairwise(times))
    assert 0.2 < gaps[2] < 0.4
    assert times[-1] - times[0] > 1.1


async def test_a_page_in_obs_takes_over_and_goes_on_from_the_heard_position(stage):
    tab = await stage.page(page="tab")
    line = asyncio.create_task(stage.speak(75))
    await tab.until(lambda: tab.reported and tab.reported[-1] >= 300)
    obs = await stage.page(page="obs", obs=True)
    assert (await line).ms == 1500
    assert not tab.holder
    assert obs.holder
    start = obs.told("begin")[0]["at"]
    assert start >= 300
    assert [frame.at for frame in obs.frames] == list(range(start, 1500, 20))
    assert min(frame.generation for frame in obs.frames) > max(frame.generation for frame in tab.frames)
    assert stage.changes[-1].name == "stage page in OBS"


async def test_a_page_that_dies_within_a_line_falls_to_the_silent_clock_and_the_line_ends(stage):
    page = await stage.page()
    line = asyncio.create_task(stage.speak(50))
    await page.until(lambda: page.reported and page.reported[-1] >= 300)
    began = time.perf_counter()
    await page.die()
    while stage.track.page or stage.changes[-1].page:
        await asyncio.sleep(0.01)
    assert time.perf_counter() - began < 1.5
    last = await asyncio.wait_for(line, 3)
    assert (last.ms, last.ended) == (1000, True)
    assert stage.changes[-1] == SinkChanged(page=False, name="silent clock")
    assert [at.ms for at in stage.heard] == sorted(at.ms for at in stage.heard)


async def test_a_page_that_reloads_goes_on_with_the_line(stage):
    page = await stage.page(page="a", speed=2)
    line = asyncio.create_task(stage.speak(100))
    await page.until(lambda: page.reported and page.reported[-1] >= 300)
    await page.close()
    again = await stage.page(page="b", speed=2)
    assert (await asyncio.wait_for(line, 5)).ms == 2000
    assert again.told("begin")[0]["at"] >= 300


async def test_a_page_that_hangs_loses_the_lease_after_a_second(stage):
    page = await stage.page()
    line = asyncio.create_task(stage.speak(20))
    await page.until(lambda: page.reported and page.reported[-1] >= 100)
    page.hang()
    last = await asyncio.wait_for(line, 4)
    assert last.ms == 400
    assert not page.holder
    assert not stage.track.page


async def test_a_suspended_page_never_holds(stage):
    sounds: list[Sound] = []
    stage.house.room.on_sound = sounds.append
    page = await stage.page(audio="suspended")
    assert not page.holder
    assert not stage.track.page
    await page.say({"audio": "running"})
    await page.until(lambda: page.holder)
    await page.say({"audio": "suspended"})
    await page.until(lambda: not page.holder)
    assert sounds == [
        Sound("nobody", "", 1, 1, warning="muted"), TAB, Sound("nobody", "", 1, 1, warning="muted")
    ]  # fmt: skip
    assert stage.house.room.sound == sounds[-1]


async def test_a_page_that_saw_a_later_show_is_not_given_the_lease(stage):
    page = await stage.page(epoch=6)
    assert not page.holder
    assert page.told("hello") == [{"epoch": 5, "build": stage.house.server.overlays.build}]


async def test_the_same_page_again_replaces_its_older_socket(stage):
    one = await stage.page(page="same")
    two = await stage.page(page="same")
    await one.until(lambda: one.close_code is not None)
    assert one.close_code == 4000
    assert two.holder
    await asyncio.sleep(0.05)
    assert stage.house.room.player is not None


async def test_ducking_and_a_test_tone(stage):
    with_nobody, problem = await stage.house.post("/api/v1/sound/tone", {})
    assert (with_nobody, problem["code"]) == (409, "no_page")
    page = await stage.page()
    stage.track.duck(True)
    await page.until(lambda: page.told("duck") == [{"on": True}])
    stage.track.duck(False)
    await page.until(lambda: page.told("duck") == [{"on": True}, {"on": False}])
    status, body = await stage.house.post("/api/v1/sound/tone", {"hz": 880, "ms": 100})
    assert (status, body) == (200, {"outcome": "done", "page": "stage page in a browser"})
    assert page.told("tone") == [{"hz": 880, "ms": 100}]


# --- pages that play along -------------------------------------------------------------------------------------------


async def test_a_monitor_plays_what_the_holder_plays_and_never_holds(stage):
    tab = await stage.page(page="ear", monitor=True, kind="captions")
    assert not stage.track.page, "it is never the clock"
    assert stage.house.room.sound == Sound("nobody", "", 1, 0, None, 1, 0, "nobody")
    obs = await stage.page(page="obs", obs=True)
    await tab.until(lambda: tab.along)
    assert await stage.speak(40) == Heard(1, 800, ended=True)
    await tab.until(lambda: len(tab.frames) == 40)
    assert [(frame.seq, frame.samples) for frame in tab.frames] == [(at.seq, at.samples) for at in obs.frames]
    sound = stage.house.room.sound
    assert (sound.where, sound.holder.name, sound.monitors, sound.others) == ("obs", "stage page in OBS", 1, 0)


async def test_a_monitor_joins_within_a_line_where_it_is_and_stops_with_it(stage):
    obs = await stage.page(page="obs", obs=True)
    line = asyncio.create_task(stage.speak(300))
    await obs.until(lambda: obs.reported and obs.reported[-1] >= 600)
    tab = await stage.page(page="ear", monitor=True)
    await tab.until(lambda: tab.told("begin") and len(tab.frames) > 10)
    begin = tab.told("begin")[0]
    assert begin["line"] == 1
    assert begin["at"] == tab.frames[0].at
    assert obs.reported[-1] - 500 <= begin["at"] <= obs.frames[-1].at + 20
    stage.track.stop()
    await tab.until(lambda: tab.told("stop"))
    count = len(tab.frames)
    assert tab.told("stop")[-1] == obs.told("stop")[-1]
    await line
    await asyncio.sleep(0.1)
    assert len(tab.frames) == count
    assert tab.generation == obs.generation


async def test_a_monitor_that_hangs_or_dies_changes_nothing_for_the_holder(stage):
    obs = await stage.page(page="obs", obs=True, speed=4)
    tab = await stage.page(page="ear", monitor=True)
    other = await stage.page(page="ear2", monitor=True)
    tab.hang()
    line = asyncio.create_task(stage.speak(100))
    await other.until(lambda: len(other.frames) > 20)
    await other.die()
    assert (await asyncio.wait_for(line, 5)).ms == 2000
    assert obs.told("lease")[-1]["holder"]
    assert len(tab.frames) == 100
    assert [change.name for change in stage.changes][-2:] == ["silent clock", "stage page in OBS"]


async def test_a_tone_goes_to_the_way_that_is_asked_for(stage):
    nobody, problem = await stage.house.post("/api/v1/sound/tone", {"to": "monitor"})
    assert (nobody, problem["code"]) == (409, "no_page")
    obs = await stage.page(page="obs", obs=True)
    tab = await stage.page(page="ear", monitor=True, kind="captions")
    _, viewers = await stage.house.post("/api/v1/sound/tone", {"to": "holder", "ms": 50})
    assert viewers["page"] == "stage page in OBS"
    assert (len(obs.told("tone")), len(tab.told("tone"))) == (1, 0)
    _, here = await stage.house.post("/api/v1/sound/tone", {"to": "monitor", "ms": 50})
    assert here["page"] == "captions page in a browser"
    _, one = await stage.house.post("/api/v1/sound/tone", {"page": "ear", "ms": 50})
    assert one["page"] == "captions page in a browser"
    assert (len(obs.told("tone")), len(tab.told("tone"))) == (1, 2)
    gone, problem = await stage.house.post("/api/v1/sound/tone", {"page": "who"})
    assert (gone, problem["code"]) == (409, "no_page")


async def test_pages_that_do_not_play_hear_that_the_show_is_there(stage, monkeypatch):
    monkeypatch.setattr(lease, "IDLE_RENEW_MS", 300)
    await stage.page(page="one")
    waits = await stage.page(page="two")
    await waits.until(lambda: len(waits.told("lease")) >= 3)
    assert not any(told["holder"] for told in waits.told("lease"))


@pytest.mark.parametrize("first", ["{}", "no json", '{"hello": {"page": 5}}', '{"audio": "running"}', b"\0\1"])
async def test_a_first_message_that_is_no_hello_closes_the_socket(house, first):
    async with house.session.ws_connect(f"{house.url}/ws/sink?token={house.overlay_token()}") as ws:
        await (ws.send_str(first) if isinstance(first, str) else ws.send_bytes(first))
        assert (await ws.receive()).data == 1008
    assert house.room.player is None


async def test_a_page_that_says_no_hello_in_time_is_closed(house, monkeypatch):
    monkeypatch.setattr(sinkroom, "HELLO_WITHIN_S", 0.05)
    async with house.session.ws_connect(f"{house.url}/ws/sink?token={house.overlay_token()}") as ws:
        assert (await ws.receive()).data == 1008


async def test_a_page_that_does_not_answer_a_tone_is_named(stage, monkeypatch):
    monkeypatch.setattr(sinkroom, "TONE_WITHIN_S", 0.05)
    page = await stage.page()
    page.hang()
    status, problem = await stage.house.post("/api/v1/sound/tone", {"ms": 20})
    assert (status, problem["code"]) == (409, "no_answer")
    assert "did not answer" in problem["detail"]
    assert stage.house.room.sound == TAB


async def test_hostile_messages_are_ignored_and_counted(stage):
    page = await stage.page()
    for bad in ("[]", "nonsense", '{"heard": {"line": 1}}', '{"heard": {"generation": 1e400}}', '{"toned": 1}', "{}"):
        await page.ws.send_str(bad)
    await page.ws.send_str(json.dumps({"silent": {"generation": 1e300, "line": None, "ms": 1e300}}))
    await page.ws.send_str(json.dumps({"heard": {"generation": 2, "line": 1, "ms": 1e300, "under": 1e300}}))
    assert (await stage.speak(5)).ms == 100
    assert "showrunner_sink_bad_messages_total 5" in stage.house.server.metrics.render()


async def test_a_message_that_is_too_long_ends_the_page(stage):
    page = await stage.page()
    await page.ws.send_str(json.dumps({"toned": {"x": "y" * 5000}}))
    await page.until(lambda: page.close_code is not None)
    assert page.close_code == 1009


async def test_a_page_that_does_not_read_never_blocks_the_show(stage, house):
    reader, writer = await asyncio.open_connection("127.0.0.1", house.server.port, limit=1024)
    writer.write(
        f"GET /ws/sink?token={house.overlay_token()} HTTP/1.1\r\nHost: localhost:{house.server.port}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
    )
    await reader.readuntil(b"\r\n\r\n")
    hello = json.dumps({"hello": {"page": "stuck", "obs": True, "audio": "running"}}).encode()
    writer.write(bytes([0x81, 0x80 | len(hello), 0, 0, 0, 0]) + hello)
    while stage.track.name != "stage page in OBS":
        await asyncio.sleep(0.01)
    last = await asyncio.wait_for(stage.speak(10), 3)
    assert last.ms == 200
    assert not stage.track.page
    writer.close()


async def test_aiohttp_can_still_ping_between_frames(stage):
    page = await stage.page(speed=3)
    line = asyncio.create_task(stage.speak(50))
    for _ in range(5):
        await page.ws.ping(b"x")
        await asyncio.sleep(0.02)
    assert (await line).ms == 1000
    assert not isinstance(page.ws.exception(), aiohttp.ClientError)


async def test_what_the_page_measures_is_told_while_it_plays(stage):
    page = await stage.page()
    levels: list[float] = []
    stage.house.room.on_level = levels.append
    line = asyncio.create_task(stage.speak(100))
    await page.until(lambda: len(page.frames) >= 10)
    position = {"line": 1, "generation": page.generation, "ms": 40, "under": 0}
    await page.say({"heard": position | {"level": -23}})
    await page.say({"heard": position | {"level": "loud"}})
    await page.say({"heard": position | {"generation": page.generation - 1, "level": -50}})
    async with asyncio.timeout(5):
        await line
    assert levels == [-23]
