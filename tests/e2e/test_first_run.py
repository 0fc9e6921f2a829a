"""The first run of somebody who streams and does not program: everything skipped, and everything done.

Real: the product's process with its files, its offline voice, Chromium. Local servers that speak the documented
protocols stand in for Twitch, the language model, the online voices and the system's keyring.
"""

import asyncio
import base64
import io
import json
import os
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.product import Product
from tests.e2e.visitor import PHONE, STAGE, Visitor, chromium, until, visitor
from tests.fakes.edge_tts import FakeEdge, evenly
from tests.fakes.openai import FakeOpenAi
from tests.fakes.twitch_irc import FakeTwitchIrc

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.needs("chromium", "playwright"),
    pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX"),
]

STEPS = {"channel": "Channel", "brain": "Brain", "voice": "Voice", "character": "Character", "overlay": "Overlay link"}
QUIET = {
    "SHOWRUNNER_SHOW__IDLE_AFTER_S": "0", "SHOWRUNNER_SHOW__BANTER_EVERY_S": "0",
    "SHOWRUNNER_SHOW__ANSWERS_PER_MINUTE": "60", "SHOWRUNNER_TTS__LINE_S": "5",
    "SHOWRUNNER_TTS__FIRST_AUDIO_S": "50", "SHOWRUNNER_TTS__STALL_S": "50",
}  # fmt: skip
"""Nobody talks unasked, long, or after a rest: each answer that is waited for comes next. No voice is given up on a
busy machine."""


@pytest.fixture
async def browser() -> AsyncIterator[Any]:
    async with chromium() as found:
        yield found


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Of a product that finds a keyring of its own, and no desktop."""
    given = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    ring = {
        "PYTHON_KEYRING_BACKEND": "tests.fakes.keyring_file.FileKeyring",
        "KEYRING_FILE": str(folder / "keyring.json"),
    }
    return {**given, **QUIET, **ring, **more}


# --- skipping everything ----------------------------------------------------------------------------------------------


async def moves(somebody: Visitor) -> None:
    """Both characters are drawn and alive: what is drawn of each changes, and so does the picture."""
    await somebody.becomes(f"Object.keys({STAGE}.rigs).length === 2", "two characters")
    drawn = f"Object.values({STAGE}.rigs).map((rig) => rig.svg.outerHTML)"
    before = await somebody.page.evaluate(drawn)
    picture = await somebody.page.locator("iframe.stage-frame").screenshot()
    await somebody.becomes(f"{drawn}.every((now, at) => now !== {json.dumps(before)}[at])", "both to move")
    async with asyncio.timeout(30):
        while await somebody.page.locator("iframe.stage-frame").screenshot() == picture:
            await asyncio.sleep(0.1)


async def test_who_skips_the_whole_gets_the_panel_now_and_at_every_later_start(browser: Any, tmp_path: Path) -> None:
    env = environment(tmp_path)
    async with visitor(browser, "skip") as somebody:
        somebody.expected.append("restart")
        async with Product(tmp_path, env=env) as product:
            await somebody.enter(product.links["Panel"])
            await somebody.told(somebody.page.locator("h2"), "Say hello to Juno and Mika")
            assert "#code=" not in somebody.page.url
            await somebody.shot("first", whole=True)
            await moves(somebody)
            await somebody.page.get_by_role("button", name="Skip, show me the panel").click()
            await somebody.page.locator("main[data-view=live] .c-now").wait_for()
            await somebody.shot("live")
            await somebody.page.goto(f"{product.base}/panel/")
            await somebody.page.locator("main[data-view=live] .c-now").wait_for()
            assert await somebody.page.locator(".setup").count() == 0
        async with Product(tmp_path, None, env=env, port=product.port) as again:
            await somebody.page.goto(f"{again.base}/panel/")
            await somebody.page.locator("main[data-view=live] .c-now").wait_for()
            assert await somebody.page.locator(".setup").count() == 0
            await somebody.page.get_by_role("link", name="Set-up").first.click()
            await somebody.told(somebody.page.locator("h2"), "Set-up")
            await somebody.shot("set-up-later")
    assert not (product.home / "characters").exists()
    assert (product.home / "config" / "streamer.yaml").read_text(encoding="utf-8") == ""


async def test_who_skips_each_step_is_asked_nothing_again(browser: Any, tmp_path: Path) -> None:
    env = environment(tmp_path)
    async with visitor(browser, "steps", PHONE, locale="ja-JP", color_scheme="light", has_touch=True) as somebody:
        somebody.expected.append("restart")
        async with Product(tmp_path, env=env) as product:
            await somebody.enter(product.links["Panel"])
            await somebody.shot("first-ja-light-phone", whole=True)
            for step in STEPS:
                card = somebody.card(step)
                await card.locator("header .step-acts .btn.quiet").click()
                await somebody.is_state(step, "スキップ")
                assert await card.locator("header .step-acts .btn.quiet").count() == 0
            await somebody.shot("skipped", whole=True)
            await somebody.page.locator(".end .btn.go").click()
            await somebody.page.locator("main[data-view=live]").wait_for()
            await somebody.page.goto(f"{product.base}/panel/")
            await somebody.page.locator("main[data-view=live]").wait_for()
            assert set((await somebody.api("setup"))["steps"].values()) == {"skipped"}
            product.process.kill()
        async with Product(tmp_path, None, env=env, port=product.port) as again:
            await somebody.page.goto(f"{again.base}/panel/")
            await somebody.page.locator("main[data-view=live]").wait_for()
            now = await somebody.api("setup")
            assert (set(now["steps"].values()), now["welcome"], now["demo"]) == ({"skipped"}, False, True)


# --- doing everything -------------------------------------------------------------------------------------------------

KEY, WRONG_KEY, VOICE_KEY = "sk-right-8841-tangerine", "sk-wrong-1177-umbrella", "vk-right-5520-quartz"
VERDICT = "The court finds that cereal is a cold soup."
SONIA = "(en-GB, SoniaNeural)"
"""As the client asks the service for her."""
EXACTLY = "Welcome aboard, dear passengers."


class Locked(FakeOpenAi):
    """Takes one key only."""

    def __init__(self, key: str) -> None:
        super().__init__(tone)
        self._key = key

    async def _begin(self, request: Any) -> Any:
        before = self.mode
        if request.headers.get("Authorization") != f"Bearer {self._key}":
            self.mode = "401"
        try:
            return await super()._begin(request)
        finally:
            self.mode = before

    def says(self, text: str) -> None:
        self.tokens = [f"{word} " for word in text.split()]


def tone(text: str) -> bytes:
    """Sound as long as the text, at 24 kHz."""
    return b"\x00\x10\x00\xf0" * (12 * 25 * max(12, len(text)))


def picture(colour: str, size: int = 240, mouth: int = 0) -> bytes:
    """A face of one colour as PNG."""
    from PIL import Image, ImageDraw

    image = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.ellipse((10, 10, size - 10, size - 10), fill=colour)
    draw.ellipse((size * 0.4, size * 0.65, size * 0.6, size * 0.65 + 6 + mouth), fill="#401020")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def card_png(name: str) -> bytes:
    """A V2 card as people pass them on: the text inside the picture."""
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    data = {"name": name, "description": f"{name} counts teaspoons.", "first_mes": "Good evening, spoons.",
            "personality": "precise", "scenario": "", "mes_example": "", "creator_notes": "for the test",
            "system_prompt": "", "post_history_instructions": "", "alternate_greetings": [], "tags": ["spoon"],
            "creator": "somebody", "character_version": "1", "extensions": {}}  # fmt: skip
    card = {"spec": "chara_card_v2", "spec_version": "2.0", "data": data}
    inside = PngInfo()
    inside.add_text("chara", base64.b64encode(json.dumps(card).encode()).decode())
    out = io.BytesIO()
    Image.open(io.BytesIO(picture("#c08040"))).save(out, "PNG", pnginfo=inside)
    return out.getvalue()


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


class Evening:
    """One product with the servers around it, and the visitor at its panel."""

    def __init__(self, product: Product, somebody: Visitor, llm: Locked, speech: Locked, edge: FakeEdge,
                 irc: FakeTwitchIrc) -> None:  # fmt: skip
        self.product, self.who = product, somebody
        self.llm, self.speech, self.edge, self.irc = llm, speech, edge, irc
        self.page = somebody.page
        self.sent = 0

    @property
    def settings(self) -> str:
        return (self.product.home / "config" / "streamer.yaml").read_text(encoding="utf-8")

    def character(self, persona: str) -> str:
        return (self.product.home / "characters" / persona / "character.yaml").read_text(encoding="utf-8")

    def file(self, name: str, data: bytes) -> Path:
        """As it lies on somebody's disk."""
        path = self.product.home.parent / "downloads" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        return path

    async def ask(self, to: str, words: str) -> tuple[str, str]:
        """Somebody in the room asks; what the answer is."""
        await self.who.talk("As a viewer", to, words)
        self.sent += 1
        return await self.who.answer(self.sent - 1)

    # --- meeting them

    async def meet(self) -> None:
        """Sound, and the three ways to talk."""
        who, page = self.who, self.page
        # A headless browser lets every page sound, as soon as it is connected; a real one waits.
        await who.becomes(f"{STAGE}.state().holder", "the stage to be connected")
        await page.evaluate(f"{STAGE}.sink.ctx.suspend()")
        await page.get_by_role("button", name="Click to hear them").click()
        await page.get_by_role("button", name="Sound on").wait_for()
        await who.becomes(f"{STAGE}.state().audio === 'running' && {STAGE}.state().holder", "the sound")
        await who.follow()
        for way, to, words in (
            ("As a viewer", "mika", "Mika, is cereal a soup?"),
            ("As the host", "juno", "Juno, who are you?"),
            ("Say exactly", "juno", EXACTLY),
        ):
            await who.talk(way, to, words)
        answers = [await who.answer(nth) for nth in range(3)]
        self.sent = 3
        assert [name for name, _ in answers] == ["Mika", "Juno", "Juno"]
        assert answers[2][1] == EXACTLY
        assert all(len(words) > 10 for _, words in answers)
        for name, words in answers:
            await who.heard(name.lower(), words[-12:])
        rows = await who.stage.evaluate("window.__said")
        assert {"mika", "juno"} <= {row[2] for row in rows}, rows
        await who.shot("talked")

    # --- the channel

    async def channel(self) -> None:
        who = self.who
        card = await who.unfold("channel")
        field = card.get_by_label("Your channel")
        await field.fill("not a channel!")
        await card.get_by_role("button", name="Use this channel").click()
        await who.told(card.locator("#channel-text-problem"), "This is not the name of a Twitch channel.")
        await who.told(card.locator("#channel-text-problem"), "the demo audience is still there")
        await who.shot("channel-nonsense")
        await field.fill("https://www.twitch.tv/Stage_Test")
        await card.get_by_role("button", name="Test", exact=True).click()
        await who.told(card.locator(".notice.ready"), "Connected to twitch.tv/stage_test")
        assert "stage_test" not in self.settings
        await card.get_by_role("button", name="Use this channel").click()
        await who.is_state("channel", "Done")
        await who.told(card.locator(".just-saved"), "They read twitch.tv/stage_test from here on")
        await self.irc.joined(2)
        await self.irc.say("ana", "good evening everybody")
        chat = "fetch('/api/v1/state').then((answer) => answer.text())"
        await who.becomes(f"{chat}.then((text) => text.includes('good evening everybody'))", "the chat of the channel")
        await who.becomes("document.querySelector('.tally').textContent.startsWith('LIVE')", "to be live")
        assert "channel: stage_test" in self.settings
        assert not self.irc.violations
        await who.shot("channel-done")
        await who.fold("channel")

    # --- the brain

    async def brain(self) -> None:
        who = self.who
        card = await who.unfold("brain")
        await card.get_by_role("radio", name="A service or server").check(force=True)
        ask = card.get_by_role("button", name="Ask", exact=True)
        await card.get_by_label("Model", exact=True).fill("fake-8b")
        await card.locator("#brain-url").fill(self.llm.url)
        await card.get_by_label("Key", exact=True).fill(WRONG_KEY)
        await ask.click()
        await who.told(card.locator("#brain-key-problem"), "refuses the key")
        await who.told(card.locator(".as-before"), "they still answer from prepared material")
        await who.shot("brain-wrong-key")
        await card.locator("#brain-url").fill(f"http://127.0.0.1:{closed_port()}/v1")
        await ask.click()
        await who.told(card.locator("#brain-url-problem"), "Nothing answers at 127.0.0.1")
        await who.shot("brain-dead-server")
        await card.locator("#brain-url").fill(self.llm.url)
        await card.get_by_label("Key", exact=True).fill(KEY)
        self.llm.tokens = []
        await ask.click()
        await who.told(card.get_by_role("alert"), "The model answered nothing.")
        await who.shot("brain-nothing")
        self.llm.says(VERDICT)
        await ask.click()
        answer = card.locator(".answered")
        await who.told(answer, VERDICT)
        facts = await answer.inner_text()
        assert "to the first word" in facts
        assert "in all" in facts
        assert "cost" in facts or "price" in facts
        await who.shot("brain-answer")
        assert "llm" not in self.settings
        await card.get_by_role("button", name="Use this brain").click()
        await who.is_state("brain", "Done")
        await who.told(card.locator(".just-saved"), "They think with OpenAI · fake-8b")
        assert await card.get_by_label("Key", exact=True).input_value() == ""
        asked = len(self.llm.requests)
        assert await self.ask("mika", "Mika, what does the court say?") == ("Mika", VERDICT)
        await who.heard("mika", VERDICT)
        assert any("what does the court say" in json.dumps(each["messages"]) for each in self.llm.requests[asked:])
        await self.price(card)
        await who.fold("brain")

    async def price(self, card: Any) -> None:
        """What an answer costs is shown once the settings know what the model costs; a file that is saved counts."""
        path = self.product.home / "config" / "streamer.yaml"
        text, known = self.settings, (await self.who.api("setup"))["n"]
        priced = text.replace("llm:", "llm:\n  prompt_price: 2.0\n  completion_price: 4.0", 1)
        path.write_text(priced, encoding="utf-8")
        state = "fetch('/api/v1/setup').then((answer) => answer.json())"
        await self.who.becomes(f"{state}.then((now) => now.n > {known})", "the file to be read")
        await card.get_by_role("button", name="Ask", exact=True).click()
        await self.who.told(card.locator(".answered"), "$0.00005")  # 11 tokens at 2 and 7 at 4 dollars a million
        await self.who.shot("brain-cost")

    # --- the voices

    async def voices(self) -> None:
        who = self.who
        card = await who.unfold("voice")
        await card.get_by_role("radio", name="Mika", exact=True).check(force=True)
        await card.get_by_role("radio", name="Offline").check(force=True)
        await card.locator(".voice").first.wait_for()
        await who.shot("voice-offline")
        assert await who.sound(card.locator(".voice button").first) > 0.5
        await card.get_by_role("radio", name="Microsoft").check(force=True)
        await who.told(card.locator(".terms"), "Every sentence they speak is sent to Microsoft.")
        await who.shot("voice-terms")
        assert self.edge.connections == 0
        await card.get_by_role("button", name="I accept, show me the voices").click()
        assert await who.sound(card.get_by_role("button", name="Play Sonia")) > 0.5
        assert any(SONIA in each for each in self.edge.ssml)
        await card.get_by_role("radio", name="Sonia").check(force=True)
        await card.get_by_role("button", name="Use for Mika").click()
        await who.is_state("voice", "Done")
        await who.shot("voice-chosen")
        spoken = len(self.edge.ssml)
        self.llm.says("Cereal is a soup and I will say so in court.")
        await self.ask("mika", "Mika, and now?")
        assert any(SONIA in each and "cereal" in each.lower() for each in self.edge.ssml[spoken:])
        await self.voice_server(card)

    async def voice_server(self, card: Any) -> None:
        """A server of one's own for Juno; then that is taken back."""
        who = self.who
        await card.get_by_role("radio", name="Juno", exact=True).check(force=True)
        await card.get_by_role("radio", name="Speech server").check(force=True)
        await card.get_by_label("Address of the server").fill("nonsense")
        await card.get_by_role("button", name="Use this server").click()
        await who.told(card.locator("#voice-url-problem"), "This is not the address of a server.")
        await card.get_by_label("Address of the server").fill(self.speech.url)
        await card.get_by_label("Key (optional)").fill(VOICE_KEY)
        await card.get_by_role("button", name="Use this server").click()
        assert await who.sound(card.locator(".voice button").first) > 0.5
        assert self.speech.requests
        before = self.settings
        await card.get_by_role("button", name="Use for Juno").click()
        await who.told(card.locator(".just-saved"), "Juno has this voice from the next line on")
        await who.shot("voice-server")
        assert self.settings != before
        asked = len(self.speech.requests)
        self.llm.says("I abstain, with great firmness.")
        await self.ask("juno", "Juno, and you?")
        assert len(self.speech.requests) > asked
        await card.get_by_role("button", name="Undo this change").click()
        await until(lambda: self.settings == before, "the change to be undone")
        await who.told(card.locator(".just-saved"), "The last change was taken back.")
        assert not (self.product.home / "characters" / "juno" / "character.yaml").exists()
        await who.fold("voice")

    # --- the characters

    async def make(self) -> None:
        """A character by five questions; its look is changed beside its face; it answers when it is named."""
        who, page = self.who, self.page
        card = await who.unfold("character")
        await card.locator(".char .pic svg").first.wait_for()
        await who.shot("characters")
        await card.get_by_role("button", name="Make a new one").click()
        await card.get_by_label("Name", exact=True).fill("Nova")
        await card.locator("#new-sentences").fill("Nova is a space cat who reviews snacks she cannot eat.")
        await card.locator(".facepick").filter(has_text="Vega").locator("input").check(force=True)
        await who.shot("character-questions", whole=True)
        await card.get_by_role("button", name="Make the character").click()
        await card.locator("#char-open-title").filter(has_text="Nova").wait_for()
        assert "Nova is a space cat" in self.character("nova")
        await self.restyle(card)
        assert await card.get_by_role("switch", name="Nova on stage").is_checked()
        await who.becomes(f"{STAGE}.rigs.nova", "Nova on the stage")
        await who.is_state("character", "Done")
        await who.shot("character-on-stage")
        self.llm.says("Four stars for that biscuit.")
        asked = len(self.llm.requests)
        await self.irc.say("ben", "Nova, how was the biscuit?")
        await who.heard("nova", "Four stars for that biscuit.")
        # Viewers of before may have been answered meanwhile, too.
        asks = [json.dumps(each["messages"]) for each in self.llm.requests[asked:]]
        assert any("space cat" in each and "how was the biscuit" in each for each in asks), asks
        assert page.is_closed() is False

    async def restyle(self, card: Any) -> None:
        who = self.who
        face = (
            "document.querySelector('.mirror svg').innerHTML.length + document.querySelector('.mirror svg').innerHTML"
        )
        width = "document.querySelector('.mirror svg [d]').ownerSVGElement.querySelectorAll('[d]')"
        shapes = f"JSON.stringify([...{width}].map((one) => one.getAttribute('d')))"
        await who.becomes(face, "the face")
        before = await self.page.evaluate(shapes)
        await card.locator("#look-face_width").press("End")
        await who.becomes(f"{shapes} !== {json.dumps(before)}", "the face to change")
        await until(lambda: "face_width" in self.character("nova"), "the file to change")
        await who.told(card.locator(".savestate"), "Saved. Live at Nova")
        await who.shot("character-look")

    async def bring(self) -> None:
        """A card from elsewhere; what is none is refused in a sentence."""
        who, page = self.who, self.page
        card = who.card("character")
        for wrong, words in (
            (self.file("holiday.png", picture("#205080") + bytes(20_000_000)), "there is no card in this picture"),
            (self.file("x.png", b"this is a shopping list: eggs, tea, spoons\n"), "“x.png” cannot be used"),
        ):
            await page.locator("#card-file").set_input_files(wrong)
            alert = card.get_by_role("alert").first
            await alert.wait_for()
            print(f"refused {wrong.name}: {await alert.inner_text()!r}")
            assert words in (await alert.inner_text())
            await who.shot(f"card-refused-{wrong.stem}")
        await page.locator("#card-file").set_input_files(self.file("spoons.png", card_png("Madame Spoon")))
        await who.told(card.locator(".notice.ready"), "Madame Spoon is here.")
        (folder,) = [each for each in (self.product.home / "characters").iterdir() if "spoon" in each.name]
        assert "counts teaspoons" in (folder / "character.yaml").read_text(encoding="utf-8")
        await who.shot("card-imported")
        await self.wear(card, folder.name)

    async def wear(self, card: Any, persona: str) -> None:
        """Her own pictures instead of a drawing; what is none is refused beside its name."""
        who = self.who
        await card.get_by_role("tab", name="Own pictures").click()
        files = card.locator("#picture-files")
        await files.set_input_files(
            [self.file("big_joy.png", bytes(20_000_000)), self.file("sad.png", b"not a picture at all\n")]
        )
        await who.told(card.locator(".picrow .wrong"), "The picture is larger than 10 MB.")
        await card.get_by_role("button", name="Use these pictures (1)").click()
        await who.told(card.locator(".picrow .wrong"), "This is not a picture.")
        await who.shot("pictures-refused")
        for name in ("big_joy.png", "sad.png"):
            await card.get_by_role("button", name=f"Leave out {name}").click()
        await files.set_input_files(
            [
                self.file("Spoon-idle.png", picture("#e0b060")),
                self.file("Spoon-mouth open.png", picture("#e0b060", mouth=40)),
                self.file("Spoon-happy.png", picture("#f0d060")),
            ]
        )
        await card.get_by_role("button", name="Use these pictures (3)").click()
        await card.locator(".kept").nth(2).wait_for()
        assert await card.get_by_role("switch", name="Madame Spoon on stage").is_checked()
        rig = f"{STAGE}.rigs[{json.dumps(persona)}]"
        await who.becomes(f"{rig} && {rig}.constructor.name === 'PngRig'", "a person of pictures on the stage")
        await who.becomes(f"{rig}.svg.querySelectorAll('img, image').length > 0", "her pictures")
        await who.shot("pictures-on-stage")
        await who.fold("character")

    # --- the link, and the end

    async def overlay(self) -> None:
        who, page = self.who, self.page
        card = await who.unfold("overlay")
        token = self.product.links["Overlay"].partition("token=")[2]
        shown = await card.locator("#overlay-url").input_value()
        assert shown
        assert token not in shown
        assert token not in await page.locator("body").inner_text()
        await who.shot("overlay-masked", whole=True)
        await card.get_by_role("button", name="Copy", exact=True).click()
        await card.get_by_role("button", name="Copied", exact=True).wait_for()
        assert await page.evaluate("navigator.clipboard.readText()") == self.product.links["Overlay"]
        await who.is_state("overlay", "Done")
        await who.fold("overlay")

    async def finish(self) -> None:
        who, page = self.who, self.page
        await who.told(page.locator(".end"), "You are ready to go on air")
        await who.shot("end", whole=True)
        assert set((await who.api("setup"))["steps"].values()) == {"done"}
        await page.get_by_role("button", name="Go to the live view").click()
        await page.locator("main[data-view=live] .c-now").wait_for()
        await who.shot("live")
        assert not (await who.api("setup"))["welcome"]

    # --- another day

    async def remembered(self) -> None:
        """After the power was cut: everything is as it was, and the model and the voices still take their keys."""
        who, page = self.who, self.page
        await page.goto(f"{self.product.base}/panel/")
        await page.locator("main[data-view=live] .c-now").wait_for()
        await page.get_by_role("link", name="Set-up").first.click()
        await who.becomes(f"{STAGE} && {STAGE}.state().connected", "the stage")
        now = await who.api("setup")
        assert set(now["steps"].values()) == {"done"}
        assert (now["demo"], now["channel"]["name"]) == (False, "stage_test")
        assert (now["brain"]["profile"], now["brain"]["model"], now["brain"]["has_key"]) == ("openai", "fake-8b", True)
        assert now["voice"]["personas"]["mika"]["voice"] == "en-GB-SoniaNeural"
        await who.becomes(f"Object.keys({STAGE}.rigs).length === 4", "four on the stage")
        await who.follow()
        self.sent, self.llm.mode = 0, "ok"
        self.llm.says("Good morning, court is in session.")
        assert await self.ask("mika", "Mika, good morning!") == ("Mika", "Good morning, court is in session.")
        assert SONIA in self.edge.ssml[-1]
        await who.shot("remembered")


def secrets_in(*folders: Path) -> list[str]:
    """Files that hold a key."""
    keys = [key.encode() for key in (KEY, WRONG_KEY, VOICE_KEY)]
    files = [each for folder in folders for each in folder.rglob("*") if each.is_file()]
    assert len(files) > 5
    return [str(each) for each in files if any(key in each.read_bytes() for key in keys)]


async def test_who_does_everything_is_on_air_without_a_restart(browser: Any, tmp_path: Path) -> None:
    irc, llm, speech = FakeTwitchIrc("stage_test"), Locked(KEY), Locked(VOICE_KEY)
    edge = FakeEdge(tone, lambda text: evenly(text, 25 * len(text)))
    async with irc, llm, speech, edge, visitor(browser, "all") as somebody:
        somebody.expected += ["restart", "/characters/import", "/pictures?", "/voices/server", "/setup/channel"]
        env = environment(tmp_path, SHOWRUNNER_CHAT__TWITCH__IRC_URL=irc.url, SHOWRUNNER_TTS__EDGE__URL=edge.url)
        async with Product(tmp_path, env=env) as product:
            evening = Evening(product, somebody, llm, speech, edge, irc)
            await somebody.enter(product.links["Panel"])
            process = product.process.pid
            steps: list[Callable[[], Awaitable[None]]] = [
                evening.meet, evening.channel, evening.brain, evening.voices, evening.make, evening.bring,
                evening.overlay, evening.finish,
            ]  # fmt: skip
            for step in steps:
                began = asyncio.get_running_loop().time()
                await step()
                print(f"{step.__name__}: {asyncio.get_running_loop().time() - began:.1f} s")
            assert (product.process.pid, product.process.returncode) == (process, None)
            product.process.kill()
            await product.process.wait()
        assert KEY in (tmp_path / "keyring.json").read_text(encoding="utf-8")
        async with Product(tmp_path, None, env=env, port=product.port) as again:
            evening.product = again
            await evening.remembered()
        printed = "".join(product.printed + again.printed)
        assert "Traceback" not in printed
        assert not any(key in printed for key in (KEY, WRONG_KEY, VOICE_KEY))
        assert secrets_in(again.home, again.state) == []
