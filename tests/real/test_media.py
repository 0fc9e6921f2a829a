"""What the helpers say of a recording and a capture of a real OBS."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from streamer.adapters.obs.link import ObsLink
from streamer.adapters.obs.meter_ear import loudest
from tests.real.media import captions, changes, heard
from tests.real.obs import RealObs
from tests.real.takes import add_colour, add_microphone, play_tone, recording, streaming

pytestmark = pytest.mark.needs("obs", "xvfb")


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.02)


async def test_colours_of_a_recording_with_their_times(clean_obs: ObsLink) -> None:
    await add_colour(clean_obs, "Red", 0xFF0000)
    await add_colour(clean_obs, "Blue", 0x0000FF)
    await clean_obs.request("SetCurrentProgramScene", {"sceneName": "Red"})
    await asyncio.sleep(0.3)
    loop = asyncio.get_running_loop()
    async with recording(clean_obs) as take:
        await asyncio.sleep(1)
        cut = loop.time() - take.began
        await clean_obs.request("SetCurrentProgramScene", {"sceneName": "Blue"})
        await asyncio.sleep(1)
    seen = changes(take.path)
    assert [name for _, name in seen] == ["red", "blue"]
    print(f"cut at {cut:.2f} s, in the picture at {seen[1][0]:.2f} s")
    assert seen[1][0] >= cut - 0.2


@pytest.mark.needs("ffmpeg")
async def test_captions_of_a_capture(clean_obs: ObsLink, tmp_path: Path) -> None:
    await add_colour(clean_obs, "Green", 0x00FF00)
    await clean_obs.request("SetCurrentProgramScene", {"sceneName": "Green"})
    async with streaming(clean_obs, tmp_path) as take:
        await asyncio.sleep(0.5)
        await clean_obs.request("SendStreamCaption", {"captionText": "Hello there, café"})
        await asyncio.sleep(1.5)
    assert [name for _, name in changes(take.path)][-1] == "green"
    assert "Hello there, café" in [text for _, text in captions(take.path)]


@pytest.mark.slow
@pytest.mark.needs("pulseaudio", "pactl")
async def test_sound_of_the_desktop_and_of_a_microphone(sound_obs: RealObs) -> None:
    async with sound_obs.connected(meters=True) as link:
        await add_microphone(link)
        peaks: dict[str, float] = {}

        def note(rows: list[dict]) -> None:
            for row in rows:
                peak, _ = loudest(row["inputLevelsMul"])
                peaks[row["inputName"]] = max(peaks.get(row["inputName"], 0.0), peak)

        async def quiet() -> None:
            """OBS tells of a sound after it is over, later still on a busy machine."""
            async with asyncio.timeout(20):
                while True:
                    peaks.clear()
                    await asyncio.sleep(0.6)
                    if peaks and max(peaks.values()) < 0.01:
                        return

        link.on_meters = note
        await play_tone(sound_obs.pulse, 0.4, sink="microphone")
        await quiet()
        async with recording(link) as take:
            await asyncio.sleep(0.3)
            await play_tone(sound_obs.pulse, 0.8)
            await until(lambda: peaks.get("Desktop Audio", 0.0) > 0.1)
            await asyncio.sleep(0.6)
            desktop = dict(peaks)
            await quiet()
            await play_tone(sound_obs.pulse, 0.8, sink="microphone")
            await until(lambda: peaks.get("Mic", 0.0) > 0.1)
            microphone = dict(peaks)
            await asyncio.sleep(0.6)
    assert desktop["Desktop Audio"] > 0.1
    assert desktop["Mic"] < 0.01
    assert microphone["Mic"] > 0.1
    stretches = [(start, end) for start, end in heard(take.path, gap_s=0.4) if end - start > 0.3]
    assert len(stretches) == 2, heard(take.path)
