"""`real_obs`, `clean_obs`, `own_obs`: a real OBS for any test. Without OBS they skip, and under CI=true fail."""

import asyncio
import secrets
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from streamer.adapters.obs.link import ObsLink
from tests.real.obs import NotInstalled, RealObs, reset
from tests.real.takes import play_tone


def _started(needs: Callable[[str], str], **options: Any) -> RealObs:
    if sys.platform != "linux":
        pytest.skip("OBS without a screen is for Linux only")
    needs("obs")
    needs("xvfb")
    # Not tmp_path: with --audio the path of a socket is in it, and those are short.
    obs = RealObs(Path(tempfile.gettempdir()) / f"obs-{secrets.token_hex(4)}", **options)
    try:
        return obs.start()
    except NotInstalled as missing:
        pytest.skip(f"needs obs: {missing}")


@pytest.fixture(scope="session")
def real_obs(needs: Callable[[str], str]) -> Iterator[RealObs]:
    """One OBS for all tests of a worker, 640x360 at 10 fps, without sound devices. Leave it as you found it."""
    obs = _started(needs)
    yield obs
    obs.stop()


@pytest.fixture
async def clean_obs(real_obs: RealObs) -> AsyncIterator[ObsLink]:
    """A ready link to the shared OBS, which has one empty scene `Scene` and no inputs."""
    async with real_obs.connected() as link:
        await reset(link)
        yield link
        await reset(link)


@pytest.fixture
def own_obs(needs: Callable[[str], str]) -> Iterator[RealObs]:
    """An OBS of the test's own, to be killed, frozen and restarted."""
    obs = _started(needs)
    yield obs
    obs.stop()


@pytest.fixture(scope="session")
def sound_obs(needs: Callable[[str], str]) -> Iterator[RealObs]:
    """One OBS for all tests of a worker, 30 fps, with a private PulseAudio: `RealObs.pulse`, sinks `speakers` (what OBS
    records as Desktop Audio) and `microphone`. It has heard a tone: OBS loses the beginning of the first sound of an
    input, while it finds out how much it must buffer."""
    needs("pulseaudio")
    obs = _started(needs, fps=30, audio=True)
    asyncio.run(play_tone(obs.pulse, 0.5))
    yield obs
    obs.stop()
