"""End to end, with real parts: a chat log goes in by Twitch's protocol, and in real Chromium a persona is heard.

Real: the product's own process, its espeak-ng voice, Chromium, PulseAudio, pocketsphinx. Local servers stand in for
Twitch's chat and for a language model, because both are vendors' edges.
"""

import array
import asyncio
import math
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from streamer.adapters.chat.log import load
from tests.conftest import needs
from tests.e2e.listen import SENTENCES, recognise
from tests.e2e.product import Product
from tests.e2e.pulse import RATE_HZ, Pulse, envelope, rms
from tests.fakes.openai import FakeOpenAi
from tests.fakes.twitch_irc import FakeTwitchIrc

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(240),
    pytest.mark.needs("chromium", "pulseaudio", "parec", "espeak-ng", "playwright", "pocketsphinx"),
]

EVENING = Path(__file__).with_name("evening.jsonl")
SPOKEN = SENTENCES[0]
LONG = " ".join(f"{sentence}." for sentence in SENTENCES[1:9])
SETTINGS = """
show:
  cast: [mika]
  read_delay_s: 0
  banter_every_s: 0
  idle_after_s: 0
chat:
  twitch: {{channel: stage_test, irc_url: "{irc}"}}
llm: {{base_url: "{llm}", model: fake, connect_s: 20, first_token_s: 20}}
tts: {{chain: [espeak], offline_voice_on_air: true}}
"""
PERSONA = """
name: Mika
colour: "#f59ac2"
voice: {ids: {espeak: en-us}}
look: {theme: aiko}
"""
RECORDER = """() => {
  const {sink} = window.showrunner;
  const ear = new AnalyserNode(sink.ctx, {fftSize: 1024});
  sink.output.connect(ear);
  const wave = new Float32Array(ear.fftSize);
  const loudness = () => {
    ear.getFloatTimeDomainData(wave);
    return Math.sqrt(wave.reduce((sum, value) => sum + value * value, 0) / wave.length);
  };
  window.__rows = [];
  setInterval(() => {
    const s = window.showrunner.state();
    const face = [s.mouth.mika || 0, s.caption || '', s.expression.mika || ''];
    window.__rows.push([performance.now(), ...face, s.heard_ms || 0, loudness()]);
  }, 20);
}"""
"""The face and, by the same clock, how loud the player's output is: a busy machine delays both alike."""


def correlation(one: Sequence[float], other: Sequence[float]) -> float:
    n = min(len(one), len(other))
    a, b = one[:n], other[:n]
    ma, mb = sum(a) / n, sum(b) / n
    va = sum((x - ma) ** 2 for x in a)
    vb = sum((y - mb) ** 2 for y in b)
    return sum((x - ma) * (y - mb) for x, y in zip(a, b, strict=True)) / math.sqrt(va * vb) if va and vb else 0.0


def seen(values: Sequence[float], reach: int = 2) -> list[float]:
    """As an eye sees it: the mean of 100 ms."""
    parts = [values[max(0, at - reach) : at + reach + 1] for at in range(len(values))]
    return [sum(part) / len(part) for part in parts]


def best_correlation(mouth: Sequence[float], sound: Sequence[float], reach: int = 30) -> float:
    """At the best offset within 0.6 s: the output of a player is heard later than it is computed."""
    mouth, sound = seen(mouth), seen(sound)
    return max(
        correlation(mouth[max(0, lag) :], sound[max(0, -lag) :]) for lag in range(-reach, reach + 1)
    )  # fmt: skip


def resampled(rows: Sequence[Sequence[float]], step_ms: int = 20) -> list[float]:
    """A value on a regular grid, from rows of (page time, value)."""
    out: list[float] = []
    at, index = rows[0][0], 0
    while at <= rows[-1][0]:
        while index + 1 < len(rows) and rows[index + 1][0] <= at:
            index += 1
        out.append(rows[index][1])
        at += step_ms
    return out


@pytest.fixture
async def chromium(tmp_path: Path) -> AsyncIterator[tuple[Pulse, object]]:
    """A browser whose sound goes into a private null sink."""
    import os

    from playwright.async_api import async_playwright

    async with Pulse(tmp_path / "pulse") as pulse, async_playwright() as playwright:
        flags = ["--disable-gpu", "--autoplay-policy=no-user-gesture-required"]
        flags += ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        browser = await playwright.chromium.launch(
            executable_path=needs("chromium"), args=flags, env={**pulse.env}, ignore_default_args=["--mute-audio"]
        )
        yield pulse, browser
        await browser.close()


async def until(page: object, condition: str, within_s: float = 60.0) -> None:
    await page.wait_for_function(condition, timeout=within_s * 1000)  # type: ignore[attr-defined]


async def sign_in(product: Product, session: aiohttp.ClientSession) -> None:
    code = product.links["Panel"].partition("#code=")[2]
    headers = {"Origin": product.base}
    async with session.post(f"{product.base}/api/v1/session", json={"code": code}, headers=headers) as answer:
        assert answer.status == 200


async def ask_until_heard(irc: FakeTwitchIrc, page: object, pulse: Pulse) -> tuple[list[list[Any]], str]:
    """Rows of the recorder and the recognised sentence. A machine too busy to play without holes is asked again, twice;
    a sentence that was recognised wrongly is not."""
    rows: list[list[Any]] = []
    log = load(EVENING).rows
    for attempt in range(3):
        await page.evaluate("() => { window.__rows.length = 0; }")  # type: ignore[attr-defined]
        mark = len(pulse.heard) // 2
        for row in log:
            assert row.user is not None
            await irc.say(row.user.name, row.text, user_id=f"{row.user.id}{attempt}")
        await until(page, "() => window.__rows.some(r => r[4] > 0)")
        await until(page, "() => window.showrunner.state().line === null && window.__rows.at(-1)[4] === 0")
        await asyncio.sleep(0.8)  # what the player still holds is heard by then
        rows = await page.evaluate("() => window.__rows")  # type: ignore[attr-defined]
        sound = pulse.samples(mark)
        loud = [index for index, level in enumerate(envelope(sound)) if level > 150]
        begin, end = loud[0] * RATE_HZ // 50, (loud[-1] + 1) * RATE_HZ // 50
        if sentence := recognise(array.array("h", sound[begin:end])):
            return rows, sentence
    return rows, ""


async def test_a_chat_message_is_answered_aloud_in_a_browser_and_stop_is_silence(
    tmp_path: Path, chromium: tuple[Pulse, object]
) -> None:
    pulse, browser = chromium
    persona = tmp_path / "home" / "characters" / "mika"
    persona.mkdir(parents=True)
    (persona / "character.yaml").write_text(PERSONA, encoding="utf-8")
    llm, irc = FakeOpenAi(), FakeTwitchIrc("stage_test")
    llm.tokens = ["[jo", "y:0.9] ", *(f"{word} " for word in f"{SPOKEN}.".split())]
    async with llm, irc, aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        settings = SETTINGS.format(irc=irc.url, llm=llm.url)
        async with Product(tmp_path, settings) as product:
            await irc.joined()
            await sign_in(product, session)
            page = await browser.new_page(viewport={"width": 1280, "height": 720})  # type: ignore[attr-defined]
            await page.goto(product.links["Overlay"])
            await until(page, "() => window.showrunner && window.showrunner.state().holder")
            await page.evaluate(RECORDER)
            await pulse.record()

            # --- a chat log goes in by the real chat path: of its four messages one is for her
            rows, sentence = await ask_until_heard(irc, page, pulse)

            # --- heard outside the browser: the right sentence, and none of the decoys
            assert sentence == SPOKEN.lower()

            # --- seen: the caption, the face, and lips that follow the sound
            assert any(SPOKEN in row[2] for row in rows)
            assert not any("[" in row[2] for row in rows)
            assert any(row[3] == "joy" for row in rows)
            speaking = [index for index, row in enumerate(rows) if row[4] > 0]
            around = rows[max(0, speaking[0] - 20) : speaking[-1] + 20]
            mouth = resampled([(row[0], row[1]) for row in around])
            measured = best_correlation(mouth, resampled([(row[0], row[5]) for row in around]))
            print(f"mouth against envelope: {measured:.2f}")
            assert measured >= 0.6
            assert "cereal" in str(llm.requests[0]["messages"])
            assert "follow the channel" not in str(llm.requests), "a bot is neither answered nor quoted"

            # --- stop in the middle of a long answer
            llm.tokens = [f"{word} " for word in LONG.split()]
            await irc.say("emil", "Mika, tell me everything")
            await until(page, "() => window.__rows.at(-1)[4] > 1500")
            headers = {"Origin": product.base, "Idempotency-Key": "0123456789abcdef012345"}
            async with session.post(f"{product.base}/api/v1/commands/stop", json={"saw": 0}, headers=headers) as answer:
                assert answer.status == 200
            await asyncio.sleep(0.6)  # 150 ms are promised; the recorder's own latency comes on top
            mark = len(pulse.heard) // 2
            await asyncio.sleep(1.5)
            after = pulse.samples(mark)
            assert len(after) > RATE_HZ
            assert rms(after) < 5, "something sounds after stop"
            assert await page.evaluate("() => window.showrunner.state().caption") == ""
            asked = len(llm.requests)
            await irc.say("dan", "Mika, are you still there?")
            await asyncio.sleep(1.0)
            assert len(llm.requests) == asked, "a stopped show asked the model"
            assert rms(pulse.samples(mark)) < 5
