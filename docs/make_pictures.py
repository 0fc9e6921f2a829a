"""Makes the pictures of the README and the docs from the running demo show: `python3 run.py docs`.

The show is started as a user starts it, with nothing configured (its seed is fixed), in folders of its own. The feed
that OBS would get is recorded for 100 s and then played to the real overlay pages in headless Chromium, whose clock is
moved on 100 ms for each picture: so the animation is smooth on a slow machine too. The game behind it is drawn in
docs/backdrop.svg. The panel is photographed live, from the first-run page to the report of a small evening of chat.
Its card of the stage stands beside an OBS and a VTube Studio that the tests use.
"""

import argparse
import asyncio
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
BACKDROP = ROOT / "docs" / "backdrop.svg"
WIDTH, HEIGHT = 1280, 720
STEP_MS = 100
LENGTH_MS = 20_000
HEARD_MS = 3_000
"""A persona that talks for less is not seen to talk."""
RECORD_S = 100.0
LINE_WITHIN_S = 40.0
GALLERY_MS = 9_000
"""By then every demo on the page shows something."""
THANKED_MS = 15_000
"""By then an alert has been thanked for, its own sound and all."""
ANIMATION_SIZE = (800, 450)
AS_OBS = "window.obsstudio = {pluginVersion: '2.24.6'};"
WRAPPER = """<!doctype html><meta charset="utf-8"><style>
html, body {{ margin: 0; overflow: hidden; background: #14122b }}
svg, iframe {{ position: absolute; border: 0 }}
svg, #stage {{ inset: 0; width: {width}px; height: {height}px }}
#chat {{ left: 26px; top: 84px; width: 372px; height: 250px }}
</style>{backdrop}
<iframe id="chat" name="chat" src="/overlay/chat?token={token}&rows=4&fps=60"></iframe>
<iframe id="stage" name="stage" src="/overlay/stage?token={token}&layout=right&sound=0&fps=60"></iframe>"""
MOVE = """ms => {
  const s = ms / 1000;
  const put = (id, x, y) => document.getElementById(id).setAttribute("transform", `translate(${x} ${y})`);
  const hop = (s * 1.1) % 1, run = 60 - 60 * Math.cos(s * 0.6);
  put("hero", 40 + run, -Math.abs(Math.sin(hop * Math.PI)) * 34);
  put("foe", -190 + Math.sin(s * 0.7) * 30, 0);
  document.querySelectorAll(".coin").forEach((c, i) => put(c.id, 0, Math.round(Math.sin(s * 1.5 + i * 0.7) * 3)));
}"""

STAGE = "document.querySelector('iframe.stage-frame')?.contentWindow?.showrunner"
EVENING = (
    "Mika, is cereal a soup?", "that was close", "Juno how far away is the moon?", "good evening from the night shift",
    "Mika what is the best breakfast?", "the soup again", "Juno, do penguins have knees?", "I am here for the moon",
    "Juno do you ever sleep?", "what a jump", "Mika, can a cat keep a secret?", "Mika and Juno, who wins at chess?",
)  # fmt: skip
TRY = """tried => fetch("/api/v1/alerts/test", {method: "POST", body: JSON.stringify(tried),
  headers: {"Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID()}})"""
STATE = "({...showrunner.state(), answering: showrunner.feed.state.stage.answering})"

Message = tuple[float, dict[str, Any]]


@contextmanager
def demo_show(settings: object = None, scenes: object = None) -> Iterator[dict[str, str]]:
    """A show in a process of its own, the demo without `settings`; its printed links, `Panel` and `Overlay`.

    `scenes` is its scene map `pictures`.
    """
    with tempfile.TemporaryDirectory() as folder:
        if settings is not None:
            config = Path(folder, "home", "config")
            config.mkdir(parents=True)
            (config / "streamer.yaml").write_text(json.dumps(settings), encoding="utf-8")
        if scenes is not None:
            maps = Path(folder, "home", "scenes")
            maps.mkdir(parents=True)
            (maps / "pictures.yaml").write_text(json.dumps(scenes), encoding="utf-8")
        process = subprocess.Popen(
            [sys.executable, "-X", "utf8", "-m", "streamer", "run", "--port", "0", "--state", f"{folder}/state",
             "--home", f"{folder}/home", "--show-links"],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
        )  # fmt: skip
        try:
            yield links_of(process)
        finally:
            process.send_signal(signal.SIGINT if os.name != "nt" else signal.SIGTERM)
            try:
                process.communicate(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()


def links_of(process: subprocess.Popen[str]) -> dict[str, str]:
    links: dict[str, str] = {}
    said: list[str] = []
    for line in process.stdout or ():
        said.append(line)
        name, _, rest = line.strip().partition(" ")
        if name in ("Panel", "Overlay"):
            links[name] = rest.strip()
        if line.startswith("Ctrl-C"):
            return links
    raise SystemExit("the demo show did not start:\n" + "".join(said))


# ------------------------------------------------------------------------------------------------------------ recording
async def record(overlay: str, seconds: float) -> list[Message]:
    """Messages of the overlay feed with the milliseconds since the first one."""
    import aiohttp

    url = overlay.replace("/overlay/stage?", "/ws/feed?view=overlay&").replace("http://", "ws://")
    out: list[Message] = []
    async with aiohttp.ClientSession() as session, session.ws_connect(url, max_msg_size=0) as feed:
        began = time.monotonic()
        while (left := began + seconds - time.monotonic()) > 0:
            try:
                message = await feed.receive(timeout=left)
            except TimeoutError:
                break
            if message.type is not aiohttp.WSMsgType.TEXT:
                raise SystemExit("the demo show closed its feed")
            out.append(((time.monotonic() - began) * 1000, json.loads(message.data)))
    first = out[0][1]["now"]
    return [(row["now"] - first, without_pictographs(row)) for _at, row in out]


def without_pictographs(message: dict[str, Any]) -> dict[str, Any]:
    """Not every machine that makes the pictures has a font for emoji: rows of the chat that hold some are left out."""
    rows = message.get("set", {})
    shown = {
        path: value
        for path, value in rows.items()
        if not (path.startswith("chat/") and any(ord(char) >= 0x2600 and not is_cjk(char) for char in str(value)))
    }
    return {**message, "set": shown} if len(shown) < len(rows) else message


def is_cjk(char: str) -> bool:
    return "\u3000" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7af" or "\uff00" <= char <= "\uffef"


def lines_of(messages: list[Message]) -> list[tuple[float, float, str, bool]]:
    """Every line that was on air: begin, end (ms), persona, whether it answered somebody."""
    out: list[tuple[float, float, str, bool]] = []
    begun: tuple[float, str, bool] | None = None
    answering = False
    for at, message in messages:
        for path, value in message.get("set", {}).items():
            if path == "stage":
                answering = bool(value.get("answering"))
            if path.startswith("stage/answering"):
                answering = bool(value)
            if path == "line":
                if begun is not None:
                    out.append((begun[0], at, begun[1], begun[2]))
                begun = (at, value["persona"], value["kind"] in ("answer", "paid")) if value else None
        if begun is not None and answering:
            begun = (begun[0], begun[1], True)
    return out


def best_start(messages: list[Message]) -> float:
    """The 20 seconds with the most talk, both personas and an answer in them, beginning just before a line."""
    lines = lines_of(messages)
    last = messages[-1][0] - LENGTH_MS
    scored: list[tuple[float, float]] = []
    for begin, *_ in lines:
        start = begin - 700
        if not 6000 < start < last:
            continue
        talks: dict[str, float] = {}
        for at, end, persona, _ in lines:
            talks[persona] = talks.get(persona, 0.0) + max(0.0, min(end, start + LENGTH_MS) - max(at, start))
        both = sum(talk >= HEARD_MS for talk in talks.values()) > 1
        answers = sum(answer and start < at and end < start + LENGTH_MS for at, end, _, answer in lines)
        scored.append((sum(talks.values()) + 12_000 * both + 6_000 * min(answers, 2), start))
    if not scored:
        raise SystemExit("nobody spoke in the recorded minute")
    return max(scored)[1]


# ------------------------------------------------------------------------------------------------------------- pictures
async def launch(playwright: Any) -> Any:
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    program = next((found for name in names if (found := shutil.which(name))), None)
    if program is None:
        raise SystemExit("the pictures need Chromium")
    flags = ["--disable-gpu", "--hide-scrollbars", "--autoplay-policy=no-user-gesture-required"]
    flags += ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return await playwright.chromium.launch(executable_path=program, args=flags)


async def open_scene(browser: Any, overlay: str) -> Any:
    """A page with the game, the chat and the stage on it, as OBS would compose them; its clock stands still."""
    base, _, token = overlay.partition("/overlay/stage?token=")
    page = await browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, locale="en-US")
    await page.add_init_script(AS_OBS)
    await page.clock.install(time=0)
    html = WRAPPER.format(width=WIDTH, height=HEIGHT, token=token, backdrop=BACKDROP.read_text(encoding="utf-8"))

    async def scene(route: Any) -> None:
        await route.fulfill(content_type="text/html", body=html)

    await page.route("**/scene-of-the-pictures", scene)
    await page.route_web_socket("**/ws/**", lambda _socket: None)  # nothing arrives but what is played
    await page.goto(f"{base}/scene-of-the-pictures")
    for name in ("stage", "chat"):
        await page.frame(name=name).wait_for_function("window.showrunner !== undefined", polling=100)
    await page.clock.pause_at(60_000)
    return page


async def film(page: Any, messages: list[Message], start: float) -> list[tuple[dict[str, Any], bytes]]:
    """(state of the stage, PNG) for each picture. What came before `start` is played without pictures."""
    frames = [page.frame(name=name) for name in ("stage", "chat")]
    waiting = list(messages)
    out: list[tuple[dict[str, Any], bytes]] = []
    now = 0.0
    while now < start + LENGTH_MS:
        due = [message for at, message in waiting if at <= now]
        waiting = waiting[len(due) :]
        if due:
            for frame in frames:
                await frame.evaluate("rows => rows.forEach(r => showrunner.feed.receive(r))", due)
        await page.clock.run_for(STEP_MS)
        now += STEP_MS
        if now > start - 300:  # transitions of the style sheets run by the real clock: they are over by then
            await page.evaluate(MOVE, now - start)
            picture = await page.screenshot(type="png")
            if now > start:
                out.append((await frames[0].evaluate(STATE), picture))
    return out


def write_animation(frames: list[tuple[dict[str, Any], bytes]], path: Path) -> None:
    from PIL import Image

    pictures = [
        Image.open(io.BytesIO(png)).convert("RGB").resize(ANIMATION_SIZE, Image.Resampling.LANCZOS) for _, png in frames
    ]
    look: dict[str, Any] = {"quality": 44, "method": 4, "minimize_size": False, "kmax": 40, "allow_mixed": False}
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=STEP_MS, loop=0, **look)


def write_still(frames: list[tuple[dict[str, Any], bytes]], path: Path) -> None:
    """The picture with a long caption, an open mouth and an answer in it."""
    from PIL import Image

    def worth(frame: tuple[dict[str, Any], bytes]) -> float:
        state = frame[0]
        mouth = max([*state["mouth"].values(), 0])
        feeling = sum(name != "neutral" for name in state["expression"].values())
        asked = len((state["answering"] or {}).get("text", "")) > 12
        return min(len(state["caption"]), 60) / 60 + mouth + 0.5 * feeling + 2 * asked

    Image.open(io.BytesIO(max(frames, key=worth)[1])).convert("RGB").save(path, quality=86, method=6)


async def becomes(page: Any, condition: str, within_s: float = LINE_WITHIN_S) -> None:
    """Asked from outside: the page's policy forbids the polling of playwright."""
    for _ in range(int(within_s / 0.1)):
        if await page.evaluate(condition):
            return
        await page.wait_for_timeout(100)
    raise SystemExit(f"this never came: {condition}")


async def first_run_pictures(page: Any) -> None:
    """The page of the first start, its steps, the editor of looks, the sound card and a report."""
    await page.set_viewport_size({"width": 1280, "height": 800})
    await page.locator(".setup .step").first.wait_for()
    await becomes(page, f"{STAGE} && {STAGE}.state().caption.length > 30 && {STAGE}.state().ms > 2500")
    await photograph(page, "first-run.webp")
    await page.set_viewport_size({"width": 1280, "height": 1900})
    for step, seen in (("channel", "#channel-text"), ("brain", "#brain-question"), ("voice", ".voice label")):
        await page.locator(f"#step-turn-{step}").click()
        await page.locator(seen).first.wait_for()
    await page.locator(".voice").first.wait_for()
    await photograph(page.locator(".steps"), "first-run-steps.webp")
    for step in ("channel", "brain", "voice"):
        await page.locator(f"#step-turn-{step}").click()
    await page.locator("#step-turn-character").click()
    await page.locator(".char button[aria-controls=char-open]").nth(1).click()
    await page.locator(".mirror svg").wait_for()
    await page.wait_for_timeout(1500)
    await photograph(page.locator(".charopen"), "look-editor.webp")
    await page.locator("#step-turn-character").click()
    await page.locator("#step-turn-overlay").click()
    await page.locator(".obs-pic").first.wait_for()
    await photograph(page.locator("[aria-labelledby=step-h-overlay]"), "overlay-link.webp")
    await page.locator("#step-turn-overlay").click()
    await last_night_picture(page)
    await page.evaluate("location.hash = 'live'")
    await page.locator(".soundcard .ways").wait_for()
    await photograph(page.locator(".soundcard"), "sound-card.webp")


async def last_night_picture(page: Any) -> None:
    """The report of twenty minutes of an invented chat."""
    lines = ["# Start logging at 2026-01-31 20:00:00 CET"]
    for n in range(72):
        who = ("Ana", "Ben", "Cleo", "Dora", "Emil")[n % 5]
        lines.append(f"[20:{n // 4:02}:{n % 4 * 15 + 2:02}] {who}: {EVENING[n % len(EVENING)]}")
    log = {"name": "friday.log", "mimeType": "text/plain", "buffer": "\n".join(lines).encode()}
    await page.set_viewport_size({"width": 1280, "height": 1500})
    await page.evaluate("location.hash = 'night'")
    await page.locator(".night-drop input[type=file]").set_input_files(log)
    await page.locator(".nr-card").first.wait_for(timeout=180_000)
    await page.get_by_role("button", name="Play moment 1").click()
    await becomes(page, "document.querySelectorAll('.nr-stage__words .is-said').length > 3")
    await page.locator(".nr-head").scroll_into_view_if_needed()
    await photograph(page, "last-night.webp")
    await page.get_by_role("button", name="Stop moment 1").click()


async def photograph(what: Any, name: str) -> None:
    """A page, or a part of it."""
    from PIL import Image

    picture = Image.open(io.BytesIO(await what.screenshot(type="png"))).convert("RGB")
    picture.save(PICTURES / name, quality=84, method=6)


async def panel_pictures(browser: Any, links: dict[str, str]) -> None:
    """First run, then the panel, dark and light and on a phone, while a page plays a line. One sign-in: the code can be
    used once."""
    context = await browser.new_context(color_scheme="dark", locale="en-US", timezone_id="Europe/Berlin")
    page = await context.new_page()
    await page.goto(links["Panel"])
    await first_run_pictures(page)
    stage = await browser.new_page(viewport={"width": 320, "height": 180})
    await stage.add_init_script(AS_OBS)
    await stage.goto(f"{links['Overlay']}&fps=5")
    for name, scheme, (width, height) in (
        ("panel.png", "dark", (1280, 800)),
        ("panel-light.png", "light", (1280, 800)),
        ("panel-phone.png", "dark", (390, 844)),
    ):
        await page.emulate_media(color_scheme=scheme)
        await page.set_viewport_size({"width": width, "height": height})
        await page.wait_for_timeout(3000)
        await page.wait_for_selector(".now .why", state="attached", timeout=LINE_WITHIN_S * 1000)
        await page.wait_for_timeout(1200)
        shrink(await page.screenshot(type="png"), PICTURES / name)
    await context.close()
    await stage.close()


async def chat_pictures(browser: Any) -> None:
    """The events card and the sign-in card of a show that reads a Twitch of this machine."""
    sys.path.insert(0, str(ROOT))
    from tests.fakes.twitch_id import CLIENT, FakeTwitchId
    from tests.fakes.twitch_irc import FakeTwitchIrc

    async with FakeTwitchIrc("mika_live") as irc, FakeTwitchId() as ident:
        twitch = {"channel": "mika_live", "read": "irc", "client_id": CLIENT, "irc_url": irc.url, "auth_url": ident.url}
        with demo_show({"chat": {"twitch": twitch}}) as links:
            page = await browser.new_page(viewport={"width": 1280, "height": 1400}, color_scheme="dark", locale="en-US")
            await page.goto(links["Panel"])
            await irc.joined()
            await page.locator(".nowcard, .now, .eventsc").first.wait_for()
            await page.evaluate("location.hash = 'setup'")
            await page.locator("#step-turn-channel").click()
            own = page.get_by_role("region", name="The channel’s own account")
            await own.get_by_role("button", name="Sign in").click()
            await own.get_by_role("checkbox", name="Read the chat").wait_for()
            await page.mouse.move(0, 0)
            await page.wait_for_timeout(800)
            await photograph(page.locator(".signin").first, "sign-in.webp")
            await page.evaluate("location.hash = 'live'")
            await irc.gift_storm("Giver", 5)
            await page.wait_for_timeout(THANKED_MS)
            await irc.raid("Dodo", 40)
            tried = {"kind": "raid", "count": 12, "name": "Test"}
            await page.evaluate(TRY, tried)
            await becomes(page, "document.querySelectorAll('.ev').length >= 3")
            await page.wait_for_timeout(1_500)
            await photograph(page.locator(".eventsc"), "events.webp")
            await page.close()


SCENES = ("Main", "Mika close", "Be right back")
SCENE_MAP = {
    "scenes": {"main": SCENES[0], "mika": SCENES[1], "break": SCENES[2]},
    "home": "main", "standby": "break", "emergency": "break", "speakers": {"mika": "mika"},
}  # fmt: skip


def recording_obs() -> Any:
    """An OBS of this machine's memory that records the stage of the pictures, with a microphone nobody talks into."""
    from PIL import Image

    from tests.fakes import obs_outputs
    from tests.fakes.obs_ws import FakeObs

    shot = io.BytesIO()
    Image.open(PICTURES / "stage.webp").convert("RGB").resize((640, 360)).save(shot, "JPEG", quality=90)
    obs_outputs.JPEG = shot.getvalue()
    obs = FakeObs(password="", obs="31.0.3", browser=True, virtual_camera=True)
    for name in SCENES:
        obs.world.do("CreateScene", sceneName=name)
    kind = next(one for one in obs.world.kinds if one.endswith("input_capture"))
    obs.world.do("CreateInput", sceneName=SCENES[0], inputName="Mic/Aux", inputKind=kind)
    obs.world.program = obs.world.on_air = SCENES[0]
    obs.meters["Mic/Aux"] = 0.002
    return obs


async def stagecard_picture(browser: Any) -> None:
    """The card of the stage beside an OBS and a VTube Studio of this machine, after a scene was taken by hand."""
    sys.path.insert(0, str(ROOT))
    from tests.fakes.vts import FakeVts

    async with recording_obs() as obs, FakeVts() as vts:
        settings = {
            "obs": {"url": obs.url, "map": "pictures", "host_mic": "Mic/Aux"},
            "avatars": {"mika": {"kind": "vts", "url": vts.url}},
        }
        with demo_show(settings, SCENE_MAP) as links:
            page = await browser.new_page(viewport={"width": 1280, "height": 1400}, color_scheme="dark", locale="en-US")
            await page.goto(links["Panel"])
            await page.evaluate("location.hash = 'live'")
            await page.locator(".scenepic img").wait_for(timeout=60_000)
            await page.locator(".stagec").get_by_role("button", name="Start: Recording").click()
            await page.locator(".avatarrow", has_text="moves in VTube Studio").wait_for(timeout=60_000)
            await becomes(page, "document.querySelector('.out.on')")
            obs.world.switch(SCENES[1])
            await page.locator(".handed").wait_for()
            await page.mouse.move(0, 0)
            await page.wait_for_timeout(2_500)
            await photograph(page.locator(".stagec"), "stagecard.webp")
            await page.close()


async def gallery_picture(browser: Any) -> None:
    """The gallery of overlays, each playing its demo."""
    with demo_show() as links:
        page = await browser.new_page(viewport={"width": 1280, "height": 1220}, color_scheme="dark", locale="en-US")
        await page.goto(links["Panel"])
        await page.evaluate("location.hash = 'overlays'")
        await page.locator(".ov iframe").first.wait_for(timeout=60_000)
        await page.wait_for_timeout(GALLERY_MS)
        await photograph(page, "gallery.webp")
        await page.close()


def shrink(png: bytes, path: Path) -> None:
    """Written with a palette: a third of the size, no visible difference on flat surfaces."""
    from PIL import Image

    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(path, optimize=True)


async def make(only: str) -> None:
    from playwright.async_api import async_playwright

    PICTURES.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await launch(playwright)
        if only in ("", "show", "panel"):
            with demo_show() as links:
                await demo_pictures(browser, links, only)
        if only in ("", "chat"):
            await chat_pictures(browser)
        if only in ("", "stagecard"):
            await stagecard_picture(browser)
        if only in ("", "gallery"):
            await gallery_picture(browser)
        await browser.close()
    for path in sorted(PICTURES.iterdir()):
        print(f"{path.name:<20} {path.stat().st_size / 1000:8.1f} kB")


async def demo_pictures(browser: Any, links: dict[str, str], only: str) -> None:
    messages = await record(links["Overlay"], RECORD_S if only != "panel" else 5)  # it also fills the chat
    if only in ("", "panel"):
        await panel_pictures(browser, links)
    if only in ("", "show"):
        start = best_start(messages)
        page = await open_scene(browser, links["Overlay"])
        frames = await film(page, messages, start)
        write_animation(frames, PICTURES / "demo.webp")
        write_still(frames, PICTURES / "stage.webp")


def main(arguments: list[str] | None = None) -> int:
    options = argparse.ArgumentParser(description="Makes the pictures of the README and the docs.")
    options.add_argument(
        "--only", choices=("show", "panel", "chat", "stagecard", "gallery"), default="", help="only these"
    )
    asyncio.run(make(options.parse_args(arguments).only))
    return 0


if __name__ == "__main__":
    sys.exit(main())
