"""The host's microphone in the panel: a real browser that hears a wav file, a real room behind it, a scripted show."""

import array
import asyncio
import subprocess
import wave
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from streamer.texts import texts
from streamer.web.earroom import EarRoom
from streamer.web.grants import Grant
from tests.conftest import needs
from tests.fakes.panel_show import PanelShow, evening
from tests.web.axe import findings
from tests.web.panel_stand import DESK, NAMELESS, PALE, PHONE, SMALL_TARGETS, TWICE, Panel
from tests.web.profiles import chromium

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

SENTENCE = "Mika, what do you think about penguins on the moon?"
RATE = 16_000
WINDOW = RATE // 50
EAR: dict[str, Any] = {
    "source": "browser", "state": "waiting", "level_db": None, "speaking": False, "partial": "", "last": "",
    "engine": "whisper", "vad": "silero", "loading": None, "notice": None, "push_to_talk": False,
}  # fmt: skip
ENGINES = [
    {"engine": "whisper", "name": "Whisper", "state": "model", "local": True, "streaming": False, "why": "", "fix": "",
     "models": [{"name": "base", "here": False, "mb": 145}, {"name": "small", "here": True, "mb": 484}]},
    {"engine": "azure", "name": "Azure Speech", "state": "package", "local": False, "streaming": True, "why": "",
     "fix": "python3 run.py add azure", "models": []},
    {"engine": "offline", "name": "PocketSphinx", "state": "ready", "local": True, "streaming": True, "models": []},
]  # fmt: skip
DESK_TOLD: dict[str, Any] = {
    "source": "browser", "state": "waiting", "muted": False, "engine": "whisper", "model": "base", "vad": "silero",
    "device": "", "page": "", "language": "", "open_speakers": False, "barge_in": "stop", "push_to_talk": False,
    "loading": None, "devices": [{"id": "3", "name": "<b>USB</b> microphone", "default": True}], "devices_fix": "",
    "engines": ENGINES,
}  # fmt: skip
LATENCY = {
    "vad": {"p50": 62, "p95": 96, "n": 14}, "endpoint": {"p50": 310, "p95": 760, "n": 14},
    "asr": {"p50": 280, "p95": 690, "n": 14}, "queue": {"p50": 4, "p95": 18, "n": 12},
    "llm": {"p50": 455, "p95": 1180, "n": 12}, "tts": {"p50": 190, "p95": 420, "n": 12},
    "paint": {"p50": 74, "p95": 110, "n": 12},
}  # fmt: skip


def read(path: Path) -> "array.array[int]":
    with wave.open(str(path)) as file:
        return array.array("h", file.readframes(file.getnframes()))


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A spoken sentence between two seconds of silence, 16,000 Hz."""
    program = needs("espeak-ng")
    folder = tmp_path_factory.mktemp("clip")
    said = folder / "said.wav"
    subprocess.run([program, "-w", str(said), "-s", "150", SENTENCE], check=True)
    with wave.open(str(said)) as file:
        rate = file.getframerate()
    samples, quiet = read(said), array.array("h", [0]) * rate
    whole = folder / "clip.wav"
    with wave.open(str(whole), "w") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes((quiet + samples + quiet).tobytes())
    return whole


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(clip: Path) -> AsyncIterator[Any]:
    heard = ("--use-fake-device-for-media-stream", f"--use-file-for-fake-audio-capture={clip}")
    async with chromium(*heard) as browser:
        yield browser


class Hearing:
    """The room behind the page and what came to it; it can go away and come back."""

    def __init__(self) -> None:
        self.down = False
        self.reset()

    def reset(self) -> None:
        self.frames: list[bytes] = []
        self.pushes: list[bool] = []
        self.room = EarRoom(self.frames.append, self.pushes.append)
        self.down = False

    async def serve(self, request: web.Request) -> web.StreamResponse:
        if self.down:
            raise web.HTTPServiceUnavailable
        return await self.room.serve(request, Grant("g1", "owner", ("command",), "owner", 0.0))

    @property
    def samples(self) -> "array.array[int]":
        return array.array("h", b"".join(self.frames))


HEARING = Hearing()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[PanelShow]:
    words = {"en": texts("en"), "ja": texts("ja")}
    show = await PanelShow(evening(), words, [web.get("/ws/ear", HEARING.serve)]).start()
    yield show
    HEARING.room.close(wait_s=0.1)
    await show.stop()


@pytest.fixture
def hearing(show: PanelShow) -> Hearing:
    HEARING.room.close(wait_s=0.1)
    HEARING.reset()
    show.snapshot |= {"ear": dict(EAR), "latency": LATENCY}
    show.answers["ears"] = dict(DESK_TOLD)
    return HEARING


async def view(opened: Any, size: dict[str, int] = DESK, **more: Any) -> Panel:
    panel = await (await opened(size, **({"permissions": ["microphone"]} | more))).open("#ear")
    await panel.page.locator(".ear-mic").wait_for()
    panel.alone = True  # it holds the microphone
    return panel


async def listening(opened: Any, hearing: Hearing, show: PanelShow, *, plain: bool = False, **more: Any) -> Panel:
    """`plain`: without any treatment of the sound."""
    panel = await view(opened, **more)
    if plain:
        await panel.page.locator(".ear-more summary").click()
        for switch in await panel.page.locator(".ear-more .tg").all():
            await switch.uncheck()
    await panel.page.locator(".ear-acts .btn.go").click()
    await panel.until(lambda: hearing.room.connected, 10)
    await show.change({"ear/state": "open"})
    await panel.page.locator(".ear-meter").first.wait_for()
    return panel


def envelope(samples: "array.array[int]") -> list[float]:
    """Mean power of each 20 ms, as a rough loudness."""
    return [
        (sum(x * x for x in samples[at : at + WINDOW]) / WINDOW) ** 0.25
        for at in range(0, len(samples) - WINDOW + 1, WINDOW)
    ]


def likeness(a: list[float], b: list[float]) -> float:
    n = min(len(a), len(b))
    ma, mb = sum(a[:n]) / n, sum(b[:n]) / n
    over = sum((x - ma) * (y - mb) for x, y in zip(a[:n], b[:n], strict=True))
    under = (sum((x - ma) ** 2 for x in a[:n]) * sum((y - mb) ** 2 for y in b[:n])) ** 0.5
    return over / under if under else 0.0


def at_16k(path: Path) -> "array.array[int]":
    """The clip at our rate, by its nearest samples: enough for a loudness."""
    with wave.open(str(path)) as file:
        rate = file.getframerate()
    samples = read(path)
    return array.array("h", (samples[int(i * rate / RATE)] for i in range(int(len(samples) * RATE / rate))))


async def test_the_sentence_arrives_as_it_was_said(opened: Any, show: PanelShow, hearing: Hearing, clip: Path) -> None:
    """Its loudness over time is that of the file, and as long; the file is played over and over."""
    panel = await listening(opened, hearing, show, plain=True)
    wanted = envelope(at_16k(clip))
    await panel.until(lambda: len(hearing.frames) > 2 * len(wanted), 40)
    got = envelope(hearing.samples)
    best = max(likeness(wanted, got[at : at + len(wanted)]) for at in range(len(got) - len(wanted)))
    assert best > 0.8, best
    assert hearing.room.gaps < 5
    assert hearing.room.microphone is not None
    assert hearing.room.microphone.rate == RATE
