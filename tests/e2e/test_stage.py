"""A show on a real stage: OBS and VTube Studio follow what is heard, whatever happens to them.

Real: the product's own process, espeak-ng, Chromium, PulseAudio, OBS. Local servers stand in for Twitch's chat, a
language model and VTube Studio. What the audience saw and heard is taken from OBS's recordings.
"""

import asyncio
import contextlib
import json
import os
import secrets
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from streamer.app import journal as journals
from streamer.core.events import LineEnded, LineStarted, SceneSeen
from streamer.speech.captions import estimated
from streamer.speech.pages import paginate
from streamer.speech.view import ClauseView
from tests.conftest import needs
from tests.e2e.chats import Audience
from tests.e2e.likeness import Shape, as_spoken, likest
from tests.e2e.listen import SENTENCES
from tests.e2e.product import Product
from tests.e2e.pulse import envelope
from tests.e2e.staging import CAPTION, SCENES, Camera, Patch, Roll, camera, furnish, likeness, looks, sound
from tests.fakes.openai import FakeOpenAi
from tests.fakes.twitch_irc import FakeTwitchIrc
from tests.fakes.vts import FakeVts
from tests.real.obs import NotInstalled, RealObs

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(400),
    pytest.mark.needs("obs", "xvfb", "chromium", "pulseaudio", "espeak-ng", "playwright"),
]


@dataclass(frozen=True)
class Part:
    """A segment of the evening: its scene, what is said, and what happens to the devices while it is heard."""

    name: str
    scene: str
    says: tuple[str, ...]
    crash: bool = False
    drops: int = 0


EVENING = (
    Part("court", "red", SENTENCES[0:1], drops=1),
    Part("stars", "green", SENTENCES[1:8], crash=True),
    Part("kitchen", "blue", SENTENCES[8:9], drops=2),
    Part("sheep", "red", SENTENCES[9:16], crash=True, drops=1),
    Part("fence", "green", SENTENCES[16:17], drops=1),
)
SETTINGS = """
show: {{cast: [mika], rundown: evening, read_delay_s: 0, banter_every_s: 0, idle_after_s: 0}}
chat:
  twitch: {{channel: stage_test, irc_url: "{irc}"}}
llm: {{base_url: "{llm}", model: fake, connect_s: 20, first_token_s: 20}}
tts: {{chain: [espeak], offline_voice_on_air: true, first_audio_s: 20, stall_s: 20, line_s: 60}}
obs: {{url: "{obs}", map: stage, captions: {{text: {caption}}}}}
avatars:
  mika: {{kind: vts, url: "{vts}", expressions: {{joy: {{hotkey: Joy}}}}, discovery_port: 0}}
"""
PERSONA = 'name: Mika\ncolour: "#f59ac2"\nvoice: {ids: {espeak: en-us}}\nlook: {theme: aiko}\n'
FIRST_S = 20
"""By then everybody is there; the show is paused meanwhile."""


class Writer(FakeOpenAi):
    """Answers a segment with the words of its part of the evening."""

    async def _answer(self, request: web.Request, response: web.StreamResponse) -> None:
        asked = json.dumps(self.requests[-1]["messages"][-1:])
        part = next((part for part in EVENING if f"about the {part.name}" in asked), EVENING[0])
        text = " ".join(as_said(sentence) for sentence in part.says)
        self.tokens = [f"{word} " for word in text.split()]
        await super()._answer(request, response)


@pytest.fixture
async def obs(needs: Callable[[str], str]) -> AsyncIterator[RealObs]:
    needs("obs")
    # A folder that OBS's own guard made is deleted whole, also when the tests are killed.
    made = RealObs(Path(tempfile.gettempdir()) / f"obs-{secrets.token_hex(4)}", audio=True)
    try:
        await asyncio.to_thread(made.start)
    except NotInstalled as missing:
        pytest.skip(f"needs obs: {missing}")
    try:
        await furnish(made)
        yield made
    finally:
        await asyncio.to_thread(made.stop)


@contextlib.asynccontextmanager
async def viewer(obs: RealObs, link: str) -> AsyncIterator[Any]:
    """A browser with the overlay that only plays the voices; OBS records its sound as the desktop's. (A page that draws
    as well would leave two processors too little for OBS.)"""
    from playwright.async_api import async_playwright

    flags = ["--disable-gpu", "--autoplay-policy=no-user-gesture-required"]
    flags += ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    environment: dict[str, str | float | bool] = {**os.environ, **obs.sound_env(), "PULSE_LATENCY_MSEC": "150"}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=needs("chromium"), args=flags, env=environment, ignore_default_args=["--mute-audio"]
        )
        page = await browser.new_page(viewport={"width": 640, "height": 360})
        await page.goto(link.replace("/overlay/stage", "/overlay/sound"))
        await page.wait_for_function("() => window.showrunner && window.showrunner.state().holder", timeout=60_000)
        yield page
        await browser.close()


class Panel:
    def __init__(self, product: Product, session: aiohttp.ClientSession) -> None:
        self._product, self._session, self._presses = product, session, 0

    async def sign_in(self) -> None:
        code = self._product.links["Panel"].partition("#code=")[2]
        await self._post("session", {"code": code})

    async def press(self, name: str) -> None:
        await self._post(f"commands/{name}", {"saw": 0})

    async def _post(self, path: str, body: dict[str, Any]) -> None:
        self._presses += 1
        headers = {"Origin": self._product.base, "Idempotency-Key": f"{self._presses:022d}"}
        async with self._session.post(f"{self._product.base}/api/v1/{path}", json=body, headers=headers) as answer:
            assert answer.status in (200, 202), await answer.text()

    async def state(self, *names: str) -> dict[str, Any]:
        async with self._session.get(f"{self._product.base}/api/v1/state?fields={','.join(names)}") as answer:
            return await answer.json()

    async def until(self, what: Callable[[dict[str, Any]], bool], *names: str, within_s: float = 60.0) -> None:
        state: dict[str, Any] = {}
        try:
            async with asyncio.timeout(within_s):
                while not what(state := await self.state(*names)):
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise AssertionError(f"not within {within_s} s: {state}") from None


def put_files(home: Path) -> None:
    (home / "characters" / "mika").mkdir(parents=True)
    (home / "characters" / "mika" / "character.yaml").write_text(PERSONA, encoding="utf-8")
    (home / "scenes").mkdir()
    named = ", ".join(f"{key}: {name}" for key, (name, _) in SCENES.items())
    (home / "scenes" / "stage.yaml").write_text(
        f"scenes: {{{named}}}\ntransition: {{name: Cut}}\nhome: blue\n", encoding="utf-8"
    )
    segments = [
        f"  - {{id: {part.name}, after: {FIRST_S + at}s, say: something about the {part.name}, scene: {part.scene},"
        f" persona: mika, stale_after_s: 900}}\n"
        for at, part in enumerate(EVENING)
    ]
    (home / "scenes" / "evening.yaml").write_text("segments:\n" + "".join(segments), encoding="utf-8")


async def mishaps(panel: Panel, watch: Camera, vts: FakeVts) -> None:
    """What happens to OBS and VTube Studio in each part, while it is heard."""
    for number, part in enumerate(EVENING):
        await panel.until(lambda s, n=number: heard_ms(s, n) > 700, "line", "playhead", within_s=120)
        for _ in range(part.drops):
            vts.drop()
            await asyncio.sleep(0.6)
        if part.crash:
            await watch.crash()
        await panel.until(lambda s, n=number: s["line"] is None or heard_ms(s, n) < 0, "line", "playhead", within_s=120)


LINES: list[int] = []


def heard_ms(state: dict[str, Any], number: int) -> int:
    """How much is heard of the line of that number, counted from the first; -1: another one is on."""
    line = state["line"]
    if line is None:
        return -1
    if line["id"] not in LINES:
        LINES.append(line["id"])
    on = LINES.index(line["id"]) == number
    return state["playhead"]["ms"] if on and state["playhead"]["line"] == line["id"] else -1


def windows(state: Path) -> list[tuple[float, float]]:
    """From when to when each line was heard, in wall time, as the journal tells."""
    header, items = journals.read(next((state / "journal").glob("*.jsonl")))
    began: dict[int, float] = {}
    out: list[tuple[float, float]] = []
    for item in items:
        if not isinstance(item, journals.Row):
            continue
        fact = item.fact
        at = (header.epoch + fact.at_ns) / 1e9
        if isinstance(fact.event, LineStarted):
            began[fact.event.line] = at
        elif isinstance(fact.event, LineEnded) and fact.event.heard_ms > 0:
            assert fact.event.outcome == "finished"
            out.append((began[fact.event.line], at))
    return out


def cuts(state: Path) -> list[str]:
    """The scenes that OBS was seen to show."""
    _, items = journals.read(next((state / "journal").glob("*.jsonl")))
    rows = [item.fact.event for item in items if isinstance(item, journals.Row)]
    return [event.scene for event in rows if isinstance(event, SceneSeen)]


async def test_an_evening_in_which_obs_is_killed_twice_and_vtube_studio_lost_five_times(
    tmp_path: Path, obs: RealObs
) -> None:
    LINES.clear()
    put_files(tmp_path / "home")
    llm, irc = Writer(), FakeTwitchIrc("stage_test")
    jar = aiohttp.CookieJar(unsafe=True)
    async with llm, irc, FakeVts() as vts, aiohttp.ClientSession(cookie_jar=jar) as session, camera(obs) as watch:
        settings = SETTINGS.format(irc=irc.url, llm=llm.url, obs=obs.url, vts=vts.url, caption=json.dumps(CAPTION))
        environment = {**os.environ, "SHOWRUNNER_OBS__PASSWORD": obs.password}
        async with Product(tmp_path, settings, env=environment) as product:
            panel = Panel(product, session)
            await panel.sign_in()
            await panel.press("pause")
            async with viewer(obs, product.links["Overlay"]), Audience(product) as audience:
                await panel.until(lambda s: (s["obs"] or {}).get("state") == "ready", "obs")
                await panel.until(lambda s: (s["avatars"].get("mika") or {}).get("state") == "ready", "avatars")
                await panel.until(lambda s: len(s["queue"]) == len(EVENING), "queue")
                await panel.press("resume")
                await mishaps(panel, watch, vts)
                await asyncio.sleep(1.0)
            assert audience.now["line"] is None
        await watch.cut()
        drawn = await watch.captions_drawn(sorted({*_pages()}))
    lines = windows(product.state)
    assert len(lines) == len(EVENING)
    shown = iter(cuts(product.state))
    assert all(part.scene in shown for part in EVENING), cuts(product.state)  # each after the one before
    judged: list[str] = []
    voices = await as_spoken([as_said(sentence) for part in EVENING for sentence in part.says], "en-us")
    for part, (begin, end), said in zip(EVENING, lines, clauses_of(audience.clauses), strict=True):
        check_picture(part, begin, end, watch.rolls, drawn)
        assert [clause["text"] for clause in said] == [as_said(sentence) for sentence in part.says]
        judged += check_voice(begin, said, watch.rolls, voices)
    print(f"{len(judged)} sentences were right in what OBS recorded")
    assert len(judged) >= 3, "too little of the voice was recorded whole to tell"
    check_face(vts, lines)


def as_said(sentence: str) -> str:
    return f"{sentence[0].upper()}{sentence[1:]}."


def as_caption(part: Part, sentence: str) -> str:
    """A sentence is one page, the first one with her name; where rows break is shown to be right elsewhere."""
    text = as_said(sentence)
    (page,) = paginate([ClauseView(at=0, end=3_000, text=text, words=tuple(estimated(text, 3_000)))])
    name = "Mika: " if sentence == part.says[0] else ""
    return name + "\n".join(page.rows)


def _pages() -> list[tuple[str, str]]:
    """(scene, words) of each caption of the evening."""
    return [(SCENES[part.scene][0], as_caption(part, sentence)) for part in EVENING for sentence in part.says]


def check_picture(part: Part, begin: float, end: float, rolls: list[Roll], drawn: dict[tuple[str, str], Patch]) -> None:
    """The scene is right in every frame of the part; the caption is that of the sentence, and no other's."""
    count = sampled = 0
    for roll in rolls:
        since = max(begin + 0.8, roll.began + 2.0 if roll.ready > begin else 0.0)
        times = [since + 0.4 * n for n in range(int(max(0.0, end - 0.4 - since) / 0.4))]
        for look in looks(roll, times):
            assert look.colour == part.scene, (part.name, look.at - begin)
            sampled += 1
            own = {words: likeness(look.patch, patch) for (scene, words), patch in drawn.items()}
            best = max(own, key=lambda words: own[words])
            print(f"{part.name} {look.at - begin:.1f} s: {best!r} {own[best]:.2f}")
            count += own[best] > 0.6 and best in {as_caption(part, sentence) for sentence in part.says}
    assert count >= max(1, sampled // 2), part.name


def check_voice(begin: float, said: list[dict[str, Any]], rolls: list[Roll], voices: dict[str, Shape]) -> list[str]:
    """What OBS recorded of a line, sentence by sentence: each is more like itself than like any other of the evening.
    What a busy machine has torn to pieces is left out."""
    judged: list[str] = []
    for clause in said:
        since, until = begin + clause["at"] / 1000, begin + clause["end"] / 1000
        roll = next((roll for roll in reversed(rolls) if roll.began + 0.4 < since), None)
        mouth = clause.get("mouth", {}).get("open")
        if roll is None or until > roll.until or mouth is None:
            continue  # OBS was not there, or the voice itself was too slow
        around = sound(roll, since - 0.4, until + 0.8)
        late, holes = torn(mouth, envelope(around))
        heard = around[max(0, late - 10) * 320 : (late + len(mouth) + 10) * 320]
        found = likest(heard, voices)
        print(f"voice: {clause['text']!r}: {late * 20 - 400} ms, {holes:.0%} torn, most like {found!r}")
        if holes < 0.3:
            assert found == clause["text"]
            judged.append(found)
    return judged


def torn(mouth: list[int], loud: list[float]) -> tuple[int, float]:
    """Where in the sound the mouth's movement begins (in steps of 20 ms): where the two go up and down together; and
    how many of the moments in which it is wide open are silent there."""
    wide = [at for at, level in enumerate(mouth) if level > 40]
    padded = [*(min(3000.0, level) for level in loud), *[0.0] * len(mouth)]
    late = max(range(60), key=lambda lag: together(mouth, padded[lag : lag + len(mouth)]))
    return late, sum(padded[at + late] < 60 for at in wide) / len(wide)


def together(one: Sequence[float], two: Sequence[float]) -> float:
    """Pearson's correlation, -1..1; 0 where nothing moves."""
    with contextlib.suppress(statistics.StatisticsError):
        return statistics.correlation(one, two)
    return 0.0


def clauses_of(clauses: dict[tuple[int, str], dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The clauses of each part's line in order, as the pages were told."""
    lines = sorted({line for line, _ in clauses})
    assert len(lines) == len(EVENING)
    each = [[clause for (of, _), clause in clauses.items() if of == line] for line in lines]
    return [sorted(line, key=lambda clause: clause["at"]) for line in each]


def check_face(vts: FakeVts, lines: list[tuple[float, float]]) -> None:
    """The mouth moved in every part and was shut between them; five times another connection was made."""
    offset = time.time() - time.monotonic()
    sessions = {number for _, number, kind, _ in vts.ledger if kind == "AuthenticationRequest"}
    assert len(sessions) == 6
    mouths = [
        (at + offset, value["value"])
        for at, _, kind, data in vts.ledger if kind == "InjectParameterDataRequest"
        for value in data["parameterValues"] if value["id"] == "MouthOpen"
    ]  # fmt: skip
    for begin, end in lines:
        assert max((value for at, value in mouths if begin <= at <= end), default=0.0) > 0.2
