"""`mouth_sound_ms`, `caption_sound_ms`: what is seen of a voice against what is heard of it.

A show with a voice that speaks tones, one for each word, with silence between. Chromium plays it into a private
PulseAudio; a recorder at the sound's monitor, the page, a local VTube Studio and a local OBS tell by one clock when
each tone began, the mouth opened and the word was lit.
"""

import array
import asyncio
import contextlib
import os
import random
import re
import shutil
import sys
import tempfile
import time
from bisect import bisect_left
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from streamer.speech.captions import MS_PER_COLUMN, estimated, words_of
from tests.bench.browser import BROWSERS, clocks
from tests.bench.report import Bench, Spread, quantile, spread
from tests.bench.stand import RATE_HZ, Stand, stand, to_wav, tone
from tests.e2e.pulse import RATE_HZ as EAR_HZ
from tests.e2e.pulse import Pulse
from tests.fakes.obs_ws import FakeObs
from tests.fakes.openai import FakeOpenAi
from tests.fakes.vts import FakeVts

FIGURES = ("mouth_sound_ms", "caption_sound_ms")
LINES, SENTENCES, WORDS = 3, 4, 6
SLOWER = 1.3
"""Times the length the captions guess before the sound is there: room for silence between the tones."""
SOUNDS = 0.45
"""Of each word."""
END_MS = 160
"""Silence at the end of a clause; more than 240 ms would be cut off."""
LOUD = 1_000
"""Of 32,767."""
QUIET_MS = 100
STEP_MS = 2
OPENS = 0.15
"""Of a mouth, 0..1: it opens when it is so much wider than at its narrowest since it began to close."""
FAR_MS = 240
"""Further away it belongs to another word."""
LINE_S = 60.0
TEXT = "Spoken words"
LETTERS = "bdfgklmnprst"
SETTINGS = """
obs: {{url: "{obs}", captions: {{text: {text}}}}}
avatars:
  mika: {{kind: vts, url: "{vts}", discovery_port: 0}}
"""
EAR = """() => {
  const rows = window.__mouth = [];
  const words = window.__words = [];
  let open = window.showrunner.rigs.mika.openness;
  let lit = [];
  const frame = () => {
    requestAnimationFrame(frame);
    const now = performance.now();
    rows.push([now, open]);
    words.push(...lit.map(text => [now, text]));
    open = window.showrunner.rigs.mika.openness;
    lit = [];
  };
  requestAnimationFrame(frame);
  new MutationObserver(changes => {
    for (const { target } of changes) {
      if (target.classList?.contains("is-said")) lit.push(target.textContent);
    }
  }).observe(document.querySelector(".sr-captions__text"), { subtree: true, attributeFilter: ["class"] });
}"""
"""What was drawn in a frame is there when the next one begins."""


def spoken(text: str) -> bytes:
    """A tone at the moment at which the captions expect each word, s16le."""
    total_ms = round(sum(length for _, length, _, _ in estimated(text, _guess_ms(text))) * SLOWER / 20) * 20
    out = array.array("h", bytes(2 * total_ms * RATE_HZ // 1000))
    words = estimated(text, total_ms)
    for number, (at, length, _, _) in enumerate(words):
        sounds = length * SOUNDS if number < len(words) - 1 else total_ms - END_MS - at
        first = at * RATE_HZ // 1000
        samples = array.array("h")
        samples.frombytes(tone(sounds / 1000, 330.0))
        out[first : first + len(samples)] = samples[: len(out) - first]
    return out.tobytes()


def _guess_ms(text: str) -> int:
    return sum(MS_PER_COLUMN * (end - start + 1) for start, end in words_of(text))


def sentences(chance: random.Random) -> list[str]:
    """Of words nobody has heard, each once."""

    def word() -> str:
        return "".join(chance.choice(LETTERS) + chance.choice("aeiou") for _ in range(chance.choice((2, 3))))

    return [" ".join(word() for _ in range(WORDS)).capitalize() + "." for _ in range(SENTENCES)]


def onsets(samples: Sequence[int], rate: int) -> list[float]:
    """Seconds at which something is heard after silence."""
    size, quiet, found = rate * STEP_MS // 1000, QUIET_MS, []
    for first in range(0, len(samples) - size, size):
        piece = samples[first : first + size]
        if max(piece) < LOUD and min(piece) > -LOUD:
            quiet += STEP_MS
        else:
            if quiet >= QUIET_MS:
                found.append(first / rate)
            quiet = 0
    return found


def openings(rows: Sequence[Sequence[float]]) -> list[float]:
    """Of rows (time, how far open): when the mouth began to open."""
    found: list[float] = []
    turn, opening = 1.0, False
    for at, level in rows:
        turn = max(turn, level) if opening else min(turn, level)
        if not opening and level - turn > OPENS:
            found.append(at)
            turn, opening = level, True
        elif opening and turn - level > OPENS:
            turn, opening = level, False
    return found


def against(seen: Sequence[float], heard: Sequence[float]) -> list[float]:
    """For each that was heard, milliseconds to the nearest that was seen (later: more than 0), both in seconds, rising;
    without those that have none within reach."""
    out: list[float] = []
    for at in heard:
        place = bisect_left(seen, at)
        nearest = min(seen[max(0, place - 1) : place + 1], key=lambda one: abs(one - at), default=None)
        if nearest is not None and abs(nearest - at) * 1000 <= FAR_MS:
            out.append((nearest - at) * 1000)
    return out


class Ear(Pulse):
    """What is heard at the monitor, and when. A sample cannot come before it is there: the quickest of all pieces says
    when the first one was."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, rate_hz=EAR_HZ, piece_ms=10)
        self.began = float("inf")

    @property
    def env(self) -> dict[str, str]:
        return {key: value for key, value in super().env.items() if key != "PULSE_LATENCY_MSEC"}

    async def _collect(self, recorder: asyncio.subprocess.Process) -> None:
        assert recorder.stdout is not None
        while data := await recorder.stdout.read(4096):
            self.heard += data
            self.began = min(self.began, time.perf_counter() - len(self.heard) / 2 / EAR_HZ)


class _Obs(FakeObs):
    """Notes when which words came into the caption."""

    def __init__(self) -> None:
        super().__init__(password="")
        self.pages: list[tuple[float, str]] = []
        self.world.do("CreateScene", sceneName="Stage")
        self.world.do(
            "CreateInput", sceneName="Stage", inputName=TEXT, inputKind="text_ft2_source_v2", inputSettings={}
        )

    async def _request(self, client: Any, data: dict[str, Any]) -> None:
        given = data.get("requestData") or {}
        if data.get("requestType") == "SetInputSettings" and given.get("inputName") == TEXT:
            words = given["inputSettings"].get("text")
            if words is not None and (not self.pages or self.pages[-1][1] != words):
                self.pages.append((time.perf_counter(), words))
        await super()._request(client, data)


def missing() -> str:
    """What this machine lacks, or nothing."""
    if sys.platform != "linux":
        return "PulseAudio's null sink is for Linux only"
    for name in ("pulseaudio", "parec"):
        if shutil.which(name) is None:
            return f"needs {name} (python3 run.py test installs it)"
    if not any(map(shutil.which, BROWSERS)):
        return "needs Chromium (python3 run.py test installs it)"
    try:
        import playwright.async_api as _  # noqa: F401
    except ImportError:
        return "needs playwright (python3 run.py test installs it)"
    return ""


@contextlib.asynccontextmanager
async def a_page(pulse: Pulse, link: str) -> AsyncIterator[Any]:
    """The stage in Chromium, heard in PulseAudio."""
    from playwright.async_api import async_playwright

    flags = ["--disable-gpu", "--autoplay-policy=no-user-gesture-required"]
    flags += ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    environment: dict[str, str | float | bool] = {**pulse.env}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=next(filter(None, map(shutil.which, BROWSERS))), args=flags, env=environment,
            ignore_default_args=["--mute-audio"],
        )  # fmt: skip
        try:
            page = await browser.new_page(viewport={"width": 1280, "height": 720})
            await page.goto(link)
            ready = "() => window.showrunner?.state().holder && document.querySelector('.sr-captions__text')"
            await page.wait_for_function(f"{ready} && window.showrunner.rigs.mika")
            yield page
        finally:
            await browser.close()


@dataclass(frozen=True)
class Take:
    """Of some lines: when what happened, in seconds of `time.perf_counter`."""

    heard: list[float]
    """Each tone."""
    spans: list[tuple[float, float]]
    """From when to when each line was heard."""
    mouth: list[tuple[float, float]]
    """Of the page: when it was how far open."""
    injected: list[tuple[float, float]]
    """The same in VTube Studio."""
    words: list[float]
    """Each word that was lit."""
    pages: list[tuple[float, str]]
    """The texts that came to OBS."""


async def stage_sound(bench: Bench, *, quick: bool) -> None:
    if lacks := missing():
        for name in FIGURES:
            bench.missed(name, lacks)
        return
    chance = random.Random(3)
    lines = [sentences(chance) for _ in range(1 if quick else LINES)]
    took = await take(lines, sentences(chance)[:1])
    seen = {"page": openings(took.mouth), "VTube Studio": openings(took.injected)}
    _told(bench, "mouth_sound_ms", {name: (against(each, took.heard), len(took.heard)) for name, each in seen.items()})
    firsts: list[float] = []
    came: list[float] = []
    for line, (since, until) in zip(lines, took.spans, strict=True):
        pages = [page for page in took.pages if since < page[0] < until]
        pair = _firsts(pages, line, [at for at in took.heard if since < at < until])
        firsts, came = firsts + pair[0], came + pair[1]
    words = against(took.words, took.heard), len(took.heard)
    _told(bench, "caption_sound_ms", {"word": words, "OBS text": (against(came, firsts), len(firsts))})


async def take(lines: Sequence[Sequence[str]], first: Sequence[str]) -> Take:
    """Has the lines said. The `first` sound of a browser is late and torn: nobody is judged by it."""
    llm, tts = FakeOpenAi(), FakeOpenAi(sound=lambda text: to_wav(spoken(text)))
    async with contextlib.AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="ear-", ignore_cleanup_errors=True))
        ear = await stack.enter_async_context(Ear(Path(folder)))
        obs, vts = await stack.enter_async_context(_Obs()), await stack.enter_async_context(FakeVts())
        settings = SETTINGS.format(obs=obs.url, vts=vts.url, text=TEXT)
        on_air = await stack.enter_async_context(stand(listen=False, llm=llm, tts=tts, settings=settings))
        page = await stack.enter_async_context(a_page(ear, on_air.product.links["Overlay"]))
        await ear.record()
        await _say(on_air, page, llm, first)
        await page.evaluate(EAR)
        spans = [await _say(on_air, page, llm, line) for line in lines]
        mouth, words = await page.evaluate("() => [window.__mouth, window.__words]")
        there_ms, ours_ms = await clocks(page)
        offset = (ours_ms - there_ms) / 1000
        await ear.stop()
    begin = spans[0][0]
    return Take(
        heard=[at for at in (ear.began + each for each in onsets(ear.samples(), EAR_HZ)) if at > begin],
        spans=spans,
        mouth=[(at / 1000 + offset, level) for at, level in mouth],
        injected=[row for row in _injected(vts) if row[0] > begin],
        words=[at / 1000 + offset for at, _ in words],
        pages=obs.pages,
    )


async def _say(on_air: Stand, page: Any, llm: FakeOpenAi, line: Sequence[str]) -> tuple[float, float]:
    """From when to when it was heard, and a little more."""
    begin = time.perf_counter()
    llm.tokens = [f"{word} " for word in " ".join(line).split()]
    await on_air.say("Mika, is cereal a soup?")
    await page.wait_for_function("() => (window.showrunner.state().heard_ms ?? 0) > 300", timeout=LINE_S * 1000)
    await page.wait_for_function("() => window.showrunner.state().line === null", timeout=LINE_S * 1000)
    await asyncio.sleep(0.8)
    return begin, time.perf_counter()


def _injected(vts: FakeVts) -> list[tuple[float, float]]:
    return [
        (at, float(value["value"]))
        for at, _, kind, data in vts.ledger if kind == "InjectParameterDataRequest"
        for value in data["parameterValues"] if value["id"] == "MouthOpen"
    ]  # fmt: skip


def _firsts(
    pages: Sequence[tuple[float, str]], line: Sequence[str], heard: Sequence[float]
) -> tuple[list[float], list[float]]:
    """Of a line: when the first word of each page was heard, and when the page came. Tones are counted: if one of them
    was lost, nobody knows which is which, and there are none."""
    said = [_plain(word) for sentence in line for word in sentence.split()]
    if len(said) != len(heard):
        return [], []
    firsts: list[float] = []
    came: list[float] = []
    for at, text in pages:
        words = [_plain(word) for word in text.rpartition(": ")[2].split()]
        if words and words[0] in said:
            firsts.append(heard[said.index(words[0])])
            came.append(at)
    return firsts, came


def _plain(word: str) -> str:
    return re.sub(r"\W", "", word).lower()


def _told(bench: Bench, name: str, found: Mapping[str, tuple[list[float], int]]) -> None:
    """How far apart, and in the note which way, and how many had no partner."""
    rows: dict[str, Spread] = {}
    notes: list[str] = []
    for what, (late, of) in found.items():
        if late:
            rows[what] = spread([abs(each) for each in late])
            alone = f", {of - len(late)} without a partner" if of > len(late) else ""
            notes.append(f"{what}: median {quantile(late, 0.5):+.0f} ms{alone} (more than 0: seen later than heard)")
        else:
            notes.append(f"{what}: the sound was torn, nothing could be compared")
    if rows:
        bench.measured(name, rows, "; ".join(notes))
    else:
        bench.missed(name, "; ".join(notes))
