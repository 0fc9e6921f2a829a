"""The test stand: the show in its own process; chat, model and voice servers and a listening page in this one."""

import asyncio
import io
import math
import random
import struct
import tempfile
import time
import wave
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import aiohttp

from tests.e2e.product import Product
from tests.fakes.openai import FakeOpenAi
from tests.fakes.sink_page import SinkPage
from tests.fakes.twitch_irc import FakeTwitchIrc

RATE_HZ = 24_000
TOKENS: list[str] = ["Well", " my", " dear", " friend", ",", " cereal", " is", " a", " cold", " soup", "."]
"""The comma completes the first clause."""
TOKEN_S = 0.005
TURN_S = 20.0
SHORT_S, LONG_S = 0.24, 8.0
Format = Literal["wav", "mp3"]

SETTINGS = """
show:
  cast: [mika]
  dial: named
  read_delay_s: 0
  gap_s: 0
  banter_every_s: 0
  idle_after_s: 0
  viewer_cooldown_s: 0
  answers_per_minute: 600
chat:
  twitch: {{channel: bench, irc_url: "{irc}"}}
llm: {{base_url: "{llm}", model: fake}}
tts:
  chain: [openai]
  openai: {{base_url: "{tts}", response_format: {format}}}
"""
PERSONA = """
name: Mika
colour: "#f59ac2"
voice: {ids: {openai: alloy}}
"""


def tone(seconds: float, hz: float = 220.0) -> bytes:
    """Samples of a tone, s16le mono."""
    count = int(seconds * RATE_HZ)
    return struct.pack(f"<{count}h", *(int(9000 * math.sin(2 * math.pi * hz * at / RATE_HZ)) for at in range(count)))


def to_wav(samples: bytes) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(samples)
    return out.getvalue()


def to_mp3(samples: bytes) -> bytes:
    """As speech services send it: MPEG-2 layer III, 24,000 Hz mono, 48 kbit/s."""
    import av

    out = io.BytesIO()
    with av.open(out, "w", format="mp3") as file:
        stream = file.add_stream("mp3", rate=RATE_HZ)
        assert isinstance(stream, av.AudioStream)
        stream.bit_rate = 48_000
        stream.layout = "mono"
        frame = av.AudioFrame(format="s16", layout="mono", samples=len(samples) // 2)
        frame.sample_rate = RATE_HZ
        frame.planes[0].update(samples)
        resampler = av.AudioResampler(format=stream.format, layout="mono", rate=RATE_HZ, frame_size=stream.frame_size)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            file.mux(stream.encode(part))
        file.mux(stream.encode(None))
    return out.getvalue()


class Listener(SinkPage):
    """A page that notes when each frame and each message came, by `time.perf_counter_ns()`."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__(url, token, speed=8.0)
        self.frames_ns: list[int] = []
        self.stops_ns: list[int] = []

    def _frame(self, data: bytes) -> None:
        self.frames_ns.append(time.perf_counter_ns())
        super()._frame(data)

    async def _told(self, message: dict[str, object]) -> None:
        if "stop" in message:
            self.stops_ns.append(time.perf_counter_ns())
        await super()._told(message)

    @property
    def idle(self) -> bool:
        return not self._line


@dataclass
class Turn:
    """One message and its answer; all times in milliseconds."""

    whole_ms: float
    """Chat bytes in -> first audio frame at the page."""
    model_ms: float
    """Request at the model server -> the token that completes the first clause."""
    voice_ms: float
    """Request at the voice server -> first byte."""

    @property
    def overhead_ms(self) -> float:
        return self.whole_ms - self.model_ms - self.voice_ms


@dataclass
class Stand:
    """Everything that is running, ready to take a message."""

    product: Product
    irc: FakeTwitchIrc
    llm: FakeOpenAi
    tts: FakeOpenAi
    page: Listener
    session: aiohttp.ClientSession
    speak_s: Callable[[float], None]
    """Sets how long each clause sounds."""
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    viewers: int = 0

    async def turn(self) -> Turn:
        """One message by a new viewer to a show that is idle; returns when it is idle again."""
        llm, tts, page = self.llm, self.tts, self.page
        asked, voiced, frames = len(llm.clause_ns), len(tts.first_byte_ns), len(page.frames_ns)
        heard_ns = await self.say("Mika, is cereal a soup?")
        async with asyncio.timeout(TURN_S):
            await page.until(lambda: len(page.frames_ns) > frames, TURN_S)
        turn = Turn(
            (page.frames_ns[frames] - heard_ns) / 1e6,
            (llm.clause_ns[asked] - llm.received_ns[asked]) / 1e6,
            (tts.first_byte_ns[voiced] - tts.received_ns[voiced]) / 1e6,
        )
        await self.quiet()
        return turn

    async def say(self, text: str) -> int:
        """When the bytes of the message went out, in nanoseconds."""
        self.viewers += 1
        return self.irc.sent[await self.irc.say(f"viewer{self.viewers}", text)]

    async def quiet(self) -> None:
        """Until the line was played, and then a moment of no fixed length, so that no timer is met in step."""
        page = self.page
        async with asyncio.timeout(TURN_S):
            while not page.idle or len(self.llm.clause_ns) != len(self.llm.received_ns):
                await asyncio.sleep(0.01)
        await asyncio.sleep(self.chance.uniform(0.06, 0.16))

    async def chat(self, count: int) -> None:
        """So many messages that nobody answers."""
        for number in range(count):
            await self.say(f"what a stream today, number {number} from me")
            if number % 20 == 19:
                await asyncio.sleep(0.02)
        await asyncio.sleep(0.3)

    async def press(self, command: str) -> int:
        """An operator's press; when it was sent, in nanoseconds."""
        sent_ns = time.perf_counter_ns()
        url = f"{self.product.base}/api/v1/commands/{command}"
        async with self.session.post(url, json={"saw": 0}, headers={"Origin": self.product.base}) as answer:
            assert answer.status == 200, answer.status
        return sent_ns


@asynccontextmanager
async def stand(
    form: Format = "wav", *, listen: bool = True, llm: FakeOpenAi | None = None, tts: FakeOpenAi | None = None,
    settings: str = "", files: Mapping[str, str] | None = None,
) -> AsyncIterator[Stand]:  # fmt: skip
    """A show on air with one persona, an idle chat, and a page that plays (`listen`).

    `llm` and `tts` are servers that say something else than the usual sentence and tone; they are opened here.
    `settings` come after the usual ones, `files` into the home folder.
    """
    spoken: dict[str, bytes] = {}
    encode = to_mp3 if form == "mp3" else to_wav

    def speak_s(seconds: float) -> None:
        spoken["now"] = encode(tone(seconds))

    speak_s(SHORT_S)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        if llm is None:
            llm = FakeOpenAi()
            llm.tokens, llm.token_delay_s = list(TOKENS), TOKEN_S
        tts = tts or FakeOpenAi(sound=lambda _: spoken["now"])
        irc = FakeTwitchIrc("bench")
        for server in (llm, tts, irc):
            await stack.enter_async_context(server)
        _persona(folder)
        for name, text in (files or {}).items():
            (folder / "home" / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / "home" / name).write_text(text, encoding="utf-8")
        written = SETTINGS.format(irc=irc.url, llm=llm.url, tts=tts.url, format=form) + settings
        product = await stack.enter_async_context(Product(folder, written))
        session = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)))
        await sign_in(product, session)
        await irc.joined()
        token = product.links["Overlay"].partition("token=")[2]
        page = Listener(product.base, token)
        if listen:
            await page.open(session)
            stack.push_async_callback(page.close)
            await page.until(lambda: page.holder)
        await asyncio.sleep(1.5)  # what is loaded after the start is loaded
        yield Stand(product, irc, llm, tts, page, session, speak_s)


def _persona(folder: Path) -> None:
    home = folder / "home" / "characters" / "mika"
    home.mkdir(parents=True)
    (home / "character.yaml").write_text(PERSONA, encoding="utf-8")


async def sign_in(product: Product, session: aiohttp.ClientSession) -> None:
    """Spend the one-use code of the printed panel link."""
    code = product.links["Panel"].partition("#code=")[2]
    url = f"{product.base}/api/v1/session"
    async with session.post(url, json={"code": code}, headers={"Origin": product.base}) as answer:
        assert answer.status == 200, answer.status
