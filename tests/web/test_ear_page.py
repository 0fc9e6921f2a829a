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
    "engine": "whisper", "vad": "silero", "loading": None,
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
    """A spoken sentence between two halves of a second of silence."""
    program = needs("espeak-ng")
    folder = tmp_path_factory.mktemp("clip")
    said = folder / "said.wav"
    subprocess.run([program, "-w", str(said), "-s", "150", SENTENCE], check=True)
    with wave.open(str(said)) as file:
        rate = file.getframerate()
    samples, quiet = read(said), array.array("h", [0]) * (rate // 2)
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
        self.heard_at: list[int] = []
        """Frames that had come when push-to-talk changed."""
        self.room = EarRoom(self.frames.append, self._pushed)
        self.down = False

    def _pushed(self, on: bool) -> None:
        self.pushes.append(on)
        self.heard_at.append(len(self.frames))

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


@pytest_asyncio.fixture(loop_scope="module")
async def hearing(show: PanelShow) -> Hearing:
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
    await panel.until(lambda: hearing.room.connected)
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
    """Its loudness over time is that of the file, which is played over and over, and it is as long."""
    panel = await listening(opened, hearing, show, plain=True)
    wanted = envelope(at_16k(clip))
    await panel.until(lambda: len(hearing.frames) > len(wanted) + 25, 40)
    got = envelope(hearing.samples)[25 : len(wanted) + 25]
    turned = [wanted[at:] + wanted[:at] for at in range(len(wanted))]
    best = max(likeness(one, got) for one in turned)
    assert best > 0.8, best
    assert hearing.room.gaps < 5
    told = hearing.room.microphone
    assert told is not None
    assert (told.rate, told.aec, told.ns) == (RATE, False, False)
    assert "Fake" in told.label


async def test_mute_holds_at_once_and_the_page_still_hears(opened: Any, show: PanelShow, hearing: Hearing) -> None:
    panel = await listening(opened, hearing, show)
    await panel.until(lambda: len(hearing.frames) > 5)
    show.refuse["ears/mute"] = 503  # the show does not answer: it is closed here all the same
    await panel.page.keyboard.press("m")
    await panel.shows(".ear-now h3", "Muted")
    await panel.shows(".ear-level", "We hear you, the show does not.")
    count = hearing.room.frames
    await panel.page.locator(".ear-meter:not([aria-valuenow='-60'])").wait_for()
    await asyncio.sleep(0.3)
    assert hearing.room.frames <= count + 3  # what was on its way
    assert hearing.room.connected
    del show.refuse["ears/mute"]
    await show.change({"ear/state": "muted"})
    await panel.page.locator(".micchip.is-muted").click()
    await panel.until(lambda: len(panel.pressed("ears/unmute")) == 1)
    await show.change({"ear/state": "open"})
    await panel.until(lambda: hearing.room.frames > count + 10)
    hearing.room.say("muted")  # by the deck, the chat or another page
    await show.change({"ear/state": "muted"})
    await panel.shows(".ear-now h3", "Muted")


async def test_push_to_talk_sends_only_while_it_is_held(opened: Any, show: PanelShow, hearing: Hearing) -> None:
    hearing.room.say("open", push_to_talk=True)
    show.answers["ears"]["push_to_talk"] = True
    panel = await listening(opened, hearing, show)
    await panel.shows(".ear-now h3", "Ready for your key")
    await asyncio.sleep(0.5)
    assert hearing.frames == []
    await panel.page.keyboard.down("v")
    await panel.until(lambda: len(hearing.frames) > 20)
    assert hearing.pushes == [True]
    await panel.page.keyboard.up("v")
    await panel.until(lambda: hearing.pushes == [True, False])
    await asyncio.sleep(0.5)
    assert len(hearing.frames) == hearing.heard_at[1] + 1  # the end of the word belongs to what was held
    await panel.page.locator(".ear-key .btn").click()
    await panel.page.keyboard.press("m")  # is taken
    await panel.shows(".ear-key", "That key does something else here.")
    await panel.page.keyboard.press("b")
    await panel.shows(".ear-key .btn", "B")
    button = panel.page.locator(".ear-hold")
    await button.hover()
    await panel.page.mouse.down()
    await panel.until(lambda: hearing.pushes[2:] == [True])
    await panel.page.mouse.up()
    await panel.until(lambda: hearing.pushes[2:] == [True, False])
    await button.focus()
    await panel.page.keyboard.down(" ")
    await panel.until(lambda: hearing.pushes[4:] == [True])
    await panel.page.evaluate("dispatchEvent(new Event('blur'))")
    await panel.until(lambda: hearing.pushes[4:] == [True, False])
    hearing.room.say("open", push_to_talk=True, pressed=True)  # by a deck
    await panel.until(lambda: hearing.pushes[6:] == [True])


async def test_a_page_that_was_replaced_says_so_and_may_take_it_back(
    opened: Any, show: PanelShow, hearing: Hearing
) -> None:
    first = await listening(opened, hearing, show)
    page = hearing.room.microphone
    second = await view(opened)
    await second.page.locator(".ear-acts .btn.go").click()
    await first.shows(".ear-now .notice", "Another page has taken the microphone.")
    await second.until(lambda: hearing.room.microphone not in (None, page))
    await first.page.locator(".ear-acts .btn.go").click()
    await second.shows(".ear-now .notice", "Another page has taken the microphone.")
    assert hearing.room.connected


async def test_it_comes_back_with_the_show_and_with_a_reload(opened: Any, show: PanelShow, hearing: Hearing) -> None:
    panel = await listening(opened, hearing, show)
    hearing.down = True
    hearing.room.close(wait_s=0.1)
    await panel.shows(".ear-now .notice", "The show does not answer.")
    hearing.down = False
    await panel.until(lambda: hearing.room.connected)
    count = len(hearing.frames)
    await panel.until(lambda: len(hearing.frames) > count + 5)
    asks = "navigator.mediaDevices.getUserMedia"
    assert await panel.page.evaluate(f"typeof {asks}") == "function"
    await panel.page.reload()
    await panel.until(lambda: not hearing.room.connected)
    await panel.until(lambda: hearing.room.connected)  # nobody pressed anything


async def test_a_microphone_that_is_unplugged_is_followed_by_another(
    opened: Any, show: PanelShow, hearing: Hearing
) -> None:
    panel = await opened(permissions=["microphone"])
    await panel.page.add_init_script(
        "const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices); window.given = [];"
        "navigator.mediaDevices.getUserMedia = async (wanted) => {"
        "  if (window.none) throw new DOMException('', 'NotFoundError');"
        "  const got = await real(wanted); window.given.push(got.getAudioTracks()[0]); return got; };"
    )
    unplug = "{ const track = window.given[window.given.length - 1]; track.stop();"
    unplug += " track.dispatchEvent(new Event('ended')); }"
    await panel.open("#ear")
    panel.alone = True
    await panel.page.locator(".ear-acts .btn.go").click()
    await panel.until(lambda: hearing.room.connected)
    await show.change({"ear/state": "open"})
    await panel.page.evaluate(unplug)
    await panel.becomes("window.given.length === 2")
    count = len(hearing.frames)
    await panel.until(lambda: len(hearing.frames) > count + 5)
    await panel.page.evaluate(f"window.none = true; {unplug}")
    await panel.shows(".ear-now .notice", "The microphone was unplugged, and there is no other")
    await panel.until(lambda: not hearing.room.connected)
    await panel.page.evaluate("window.none = false; navigator.mediaDevices.dispatchEvent(new Event('devicechange'))")
    await panel.until(lambda: hearing.room.connected)


@pytest.mark.parametrize(
    ("how", "words", "fix"),
    [
        ("NotAllowedError", "The browser has denied the microphone", "symbol to the left of the address"),
        ("NotFoundError", "No microphone was found", "Plug one in"),
        ("NotReadableError", "Another program holds the microphone", "Close what else records"),
        ("policy", "This window may not use a microphone", "in a tab of its own"),
        ("insecure", "This address may not use the microphone", "http://localhost"),
    ],
)
async def test_what_keeps_it_from_hearing_is_said_with_the_fix(
    opened: Any, show: PanelShow, hearing: Hearing, how: str, words: str, fix: str
) -> None:
    panel = await opened()
    panel.alone = True
    script = {
        "policy": "Object.defineProperty(document, 'featurePolicy', {value: {allowsFeature: () => false}});",
        "insecure": "Object.defineProperty(window, 'isSecureContext', {value: false});",
        "NotAllowedError": "Object.defineProperty(navigator.permissions, 'query', {value: async () => "
        "({state: 'denied'})});",
    }.get(how, "")
    if how.endswith("Error"):
        script += f"navigator.mediaDevices.getUserMedia = async () => {{ throw new DOMException('', '{how}'); }};"
    await panel.page.add_init_script(script)
    await panel.open("#ear")
    await panel.page.locator(".ear-acts .btn.go").click()
    await panel.shows(".ear-now .notice", words)
    await panel.shows(".ear-now .notice", fix)
    assert not hearing.room.connected


async def test_the_browser_says_no_by_itself(opened: Any, show: PanelShow, hearing: Hearing) -> None:
    """Without leave: the real refusal of a real browser."""
    panel = await view(opened, permissions=[])
    await panel.page.locator(".ear-acts .btn.go").click()
    await panel.page.locator(".ear-now .notice.live").wait_for()
    assert not hearing.room.connected


async def test_what_is_heard_and_how_long_it_takes(opened: Any, show: PanelShow, hearing: Hearing) -> None:
    panel = await listening(opened, hearing, show)
    await show.change({"ear/partial": "Mika what do <b>you</b>", "ear/speaking": True})
    await panel.shows(".ear-now h3", "Hears you")
    assert await panel.text(".ear-text") == "Mika what do <b>you</b>"
    await panel.page.get_by_role("button", name="Test: say something").click()
    await panel.shows(".ear-test", "Good evening, can you hear me?")
    await show.change({"ear/partial": "", "ear/speaking": False, "ear/last": "Good evening, Mika."})
    await panel.shows(".ear-test .good", "That was understood.")
    why = {"code": "host", "name": "", "text": "Good evening, Mika.", "platform": "host", "uid": "host:ear-4"}
    next_ = {"id": 15, "persona": "mika", "kind": "host", "state": "preparing", "text": "", "est_ms": None, "why": why}
    await show.change({"next/15": next_ | {"since": 0, "not_before": None}})
    await panel.shows(".ear-heard", "You said · Mika")
    assert await panel.text(".ear-heard") == "You said · Mika Good evening, Mika."
    assert await panel.text(".ear-total b") == "1.3 s"
    assert await panel.page.locator(".ear-late tbody tr").count() == 7
    await show.change({"latency/total": {"p50": 3400, "p95": 5000, "n": 3}})
    await panel.shows(".ear-total.slow", "3.4 s")
    await show.change({"ear/engine": ""})
    await panel.shows(".ear-now h3", "Notices that you speak")
    params = {"reason": "the <b>worker</b> died"}
    broken = {"state": "degraded", "code": "part.unavailable", "params": params, "fix": "", "latency_ms": None}
    await show.change({"health/ear.whisper": broken})
    await panel.shows(".ear-now .notice", "the <b>worker</b> died")
    await panel.page.locator(".views a[href='#live']").click()
    await panel.shows(".hostsaid", "Good evening, Mika.")
    count = len(hearing.frames)
    await panel.until(lambda: len(hearing.frames) > count + 20)  # whatever view is open


async def test_choices_are_sent_and_what_went_wrong_is_said(opened: Any, show: PanelShow, hearing: Hearing) -> None:
    panel = await view(opened)
    await panel.page.get_by_label("Open speakers").click()
    await panel.page.get_by_label("They get quieter").click()
    await panel.page.get_by_role("switch", name="Push-to-talk").click()
    await panel.page.locator(".ear-recog .ear-body > .ear-field select").select_option("ja")
    await panel.until(lambda: len(panel.pressed("ears")) == 4)
    assert panel.pressed("ears") == [
        {"open_speakers": True}, {"barge_in": "duck"}, {"push_to_talk": True}, {"language": "ja"}
    ]  # fmt: skip
    await panel.page.get_by_role("button", name="Fetch it").click()
    await panel.until(lambda: panel.pressed("ears/fetch") == [{"engine": "whisper", "model": "base"}])
    loading = {"step": "fetching", "model": "base", "done": 61_000_000, "total": 145_000_000}
    await show.change({"ear/loading": loading})
    await panel.shows(".ear-loading", "61 of 145 MB")
    await panel.page.get_by_role("button", name="Stop fetching").click()
    await panel.until(lambda: len(panel.pressed("ears/fetch/cancel")) == 1)
    show.answers["ears"] |= {"source": "device"}
    await panel.page.get_by_label("A device at the show’s computer").click()
    await panel.page.get_by_role("combobox", name="Device", exact=True).select_option("3")
    await panel.until(lambda: panel.pressed("ears")[-1] == {"device": "3"})
    show.refuse["ears"] = 422
    await panel.page.get_by_label("Azure Speech").click()
    await panel.shows(".ear-recog .notice", "refused")


async def test_the_chip_is_on_every_view_and_leads_on(opened: Any, show: PanelShow, hearing: Hearing) -> None:
    show.snapshot["ear"] |= {"source": "off", "state": "off"}
    panel = await (await opened(permissions=["microphone"])).open()
    panel.alone = True
    await panel.page.locator(".micchip.is-off").click()
    await panel.page.locator("main[data-view=ear] .ear-now").wait_for()
    await show.change({"ear/source": "browser", "ear/state": "waiting"})
    await panel.page.locator(".micchip.is-waiting").click()
    await panel.until(lambda: hearing.room.connected)
    await show.change({"ear/source": "device", "ear/state": "open"})
    await panel.until(lambda: not hearing.room.connected)  # another source: this microphone is let go
    await show.change({"ear": None})
    await panel.page.locator(".micchip").wait_for(state="detached")
    assert await panel.page.locator(".views a").count() == 4


@pytest.mark.parametrize(("size", "scheme", "locale"), [(DESK, "dark", "en-US"), (PHONE, "light", "ja-JP")])
async def test_it_fits_and_can_be_read_and_pressed(
    opened: Any, show: PanelShow, hearing: Hearing, size: dict[str, int], scheme: str, locale: str
) -> None:
    loading = {"step": "fetching", "model": "base", "done": 61_000_000, "total": 0}
    hearing.room.say("open", push_to_talk=True)
    show.snapshot["ear"] |= {"loading": loading, "last": "ペンギンの話"}
    show.answers["ears"]["push_to_talk"] = True
    panel = await listening(opened, hearing, show, size=size, color_scheme=scheme, locale=locale)
    assert await panel.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert await panel.page.evaluate(SMALL_TARGETS, 44 if size is PHONE else 24) == []
    assert await panel.page.evaluate(PALE) == []
    assert await panel.page.evaluate(NAMELESS) == []
    assert await panel.page.evaluate(TWICE) == []
    assert await findings(panel.page) == []
