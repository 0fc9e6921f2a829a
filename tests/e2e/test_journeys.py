"""Journeys of the product as a process: started, watched, refused, interrupted, killed, misconfigured.

Real: the process, its files, its port, its espeak worker. Local servers stand in for Twitch, a model and a voice.
"""

import asyncio
import itertools
import json
import os
import re
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from streamer.app.journal import Row, latest, read
from streamer.app.replay import replay
from streamer.core.events import ChatReceived, CloseRequested, Event, LineEnded, LineStarted, StopPressed
from tests.e2e.product import ROOT, Product
from tests.fakes.http_voice import FakeHttpVoice
from tests.fakes.openai import FakeOpenAi
from tests.fakes.twitch_irc import FakeTwitchIrc

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(240),
    pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX"),
]

PATIENCE_S = 60.0
BARE = "name: Bare\n"
SECRET = "tangerine zeppelin umbrella quartz"
ON_CHANNEL = """
show: {{cast: [mika, juno], read_delay_s: 0, answers_per_minute: 60, viewer_cooldown_s: 0, {show}}}
chat: {{twitch: {{channel: stage_test, irc_url: "{irc}"}}}}
tts: {{http: {{url: "{voice}/tts?text={{text}}"}}}}
"""


def tone(text: str, *, ms_per_char: int = 8) -> bytes:
    """Sound as long as the text, at 24 kHz."""
    return b"\x00\x10\x00\xf0" * (12 * ms_per_char * max(12, len(text)))


def rows(state: Path) -> list[Row]:
    path = latest(state / "journal")
    if path is None:
        return []
    _, items = read(path)
    return [item for item in items if isinstance(item, Row)]


def events(state: Path) -> list[Event]:
    return [row.event for row in rows(state)]


async def until(true: Callable[[], Any], what: str, within_s: float = PATIENCE_S) -> Any:
    for _ in range(int(within_s / 0.1)):
        if found := true():
            return found
        await asyncio.sleep(0.1)
    raise AssertionError(f"waited {within_s:.0f} s for: {what}")


def descendants(pid: int) -> set[int]:
    """Processes below this one (Linux)."""
    if not sys.platform.startswith("linux"):
        return set()
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def used_s(pid: int) -> float:
    """Processor time of a process so far (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


class Desk:
    """The owner at the panel."""

    def __init__(self, session: aiohttp.ClientSession, product: Product) -> None:
        self.session, self.product, self.base = session, product, product.base

    async def sign_in(self) -> None:
        code = self.product.links["Panel"].partition("#code=")[2]
        assert (await self.post("session", {"code": code}))[0] == 200

    async def post(self, path: str, body: object, **headers: str) -> tuple[int, Any]:
        sent = {"Origin": self.base, **headers}
        async with self.session.post(f"{self.base}/api/v1/{path}", json=body, headers=sent) as answer:
            return answer.status, await answer.json()

    async def state(self) -> dict[str, Any]:
        async with self.session.get(f"{self.base}/api/v1/state") as answer:
            assert answer.status == 200
            return await answer.json()

    async def status(self, path: str, **headers: str) -> tuple[int, str]:
        async with self.session.get(self.base + path, headers=headers, allow_redirects=False) as answer:
            return answer.status, await answer.text()

    async def state_until(self, true: Callable[[dict[str, Any]], Any], what: str) -> Any:
        found: Any = None
        for _ in range(int(PATIENCE_S / 0.1)):
            if found := true(await self.state()):
                return found
            await asyncio.sleep(0.1)
        raise AssertionError(f"waited {PATIENCE_S:.0f} s for: {what}")


@asynccontextmanager
async def at_desk(product: Product):
    """Signed in; every start of a product has a cookie jar of its own."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        desk = Desk(session, product)
        await desk.sign_in()
        yield desk


async def ended(product: Product) -> int:
    async with asyncio.timeout(30):
        return await product.process.wait()


async def run_to_end(*arguments: str) -> tuple[int, str]:
    """A start that is expected to end by itself: (exit code, all it said)."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-X", "utf8", "-m", "streamer", "run", *arguments,
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        async with asyncio.timeout(PATIENCE_S):
            said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    return process.returncode, said.decode()


def spans(state: Path) -> list[tuple[int, int, int]]:
    """(start, end, line) of what was heard, in milliseconds, as the facts of the journal tell it."""
    out: list[tuple[int, int, int]] = []
    began: dict[int, int] = {}
    for row in rows(state):
        match row.event:
            case LineStarted(line=line):
                began[line] = row.at_ns // 1_000_000
            case LineEnded(line=line, heard_ms=heard_ms) if line in began and heard_ms:
                out.append((began[line], began[line] + heard_ms, line))
            case _:
                pass
    return sorted(out)


async def test_the_demo_starts_lets_in_who_may_answers_and_closes(tmp_path: Path) -> None:
    bare = tmp_path / "home" / "characters" / "bare"
    bare.mkdir(parents=True)
    (bare / "character.yaml").write_text(BARE, encoding="utf-8")
    settings = "show: {answers_per_minute: 60}\n"
    async with Product(tmp_path, settings) as product:
        # --- it says where everything is, and what was left to the defaults, once
        said = "".join(product.printed)
        assert re.fullmatch(r"http://localhost:\d+/panel/#code=\S{20,}", product.links["Panel"])
        assert re.fullmatch(r"http://localhost:\d+/overlay/stage\?token=\S{20,}", product.links["Overlay"])
        assert said.count("bare has no voice of its own") == 1
        assert said.count("bare has no look of its own") == 1

        async with at_desk(product) as desk:
            assert await desk.status("/healthz") == (200, '{"ok": true}')
            await check_refusals(desk)
            await check_second_start(product)
            await check_inject(desk, product)

        # --- Ctrl-C
        below = descendants(product.process.pid)
        before_s = sum(map(used_s, {product.process.pid, *below})) if below else 0.0
        reaped_s = _children_s()
        began = time.monotonic()
        product.process.send_signal(signal.SIGINT)
        assert await ended(product) == 0
        took_s = time.monotonic() - began
        if below:
            own_s = _children_s() - reaped_s - before_s
            print(f"closed in {took_s:.2f} s, {own_s:.2f} s of processor time")
            assert own_s < 1.0
        assert took_s < 10.0  # on a machine with other things to do
        await until(lambda: not any(map(alive, below)), "the voice's worker to go", 10)
    assert "The show is closed." in "".join(product.printed)
    assert "Traceback" not in "".join(product.printed)
    facts = rows(product.state)
    close = next(row for row in facts if isinstance(row.event, CloseRequested))
    assert facts[-1].at_ns - close.at_ns < 1_000_000_000
    path = latest(product.state / "journal")
    assert path is not None
    assert replay(path).exit_code == 0


def _children_s() -> float:
    import resource  # not on Windows

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def check_refusals(desk: Desk) -> None:
    """A wrong token, a foreign Origin, a foreign Host: 403, and nothing of the show in the answer."""
    token = desk.product.links["Overlay"].partition("token=")[2]
    good = f"/overlay/stage?token={token}"
    assert (await desk.status(good))[0] == 200
    async with aiohttp.ClientSession() as stranger:
        for path, headers in (
            ("/overlay/stage?token=wrong", {}),
            ("/overlay/stage", {}),
            ("/ws/feed?view=overlay&token=wrong", {}),
            ("/api/v1/state", {}),
            (good, {"Origin": "http://evil.example"}),
            (good, {"Host": "evil.example"}),
            (good, {"Host": f"evil.example:{desk.base.rpartition(':')[2]}"}),
            (good, {"Sec-Fetch-Site": "cross-site"}),
        ):
            async with stranger.get(desk.base + path, headers=headers) as answer:
                text = await answer.text()
                assert answer.status == 403, (path, headers)
                assert len(text) < 300
                assert token not in text
                assert "mika" not in text.lower()
    status, _ = await desk.post("commands/stop", {"saw": 0}, Origin="http://evil.example")
    assert status == 403
    assert (await desk.state())["show"]["mode"] == "running"


async def check_second_start(product: Product) -> None:
    """Another start with the same folder is refused before it touches anything; the show goes on."""
    home = str(product.state.parent / "home")
    code, said = await run_to_end("--port", "0", "--state", str(product.state), "--home", home)
    assert code == 1
    assert "Another show is running with the folder" in said
    assert "--state DIR" in said


async def check_inject(desk: Desk, product: Product) -> None:
    """A program with an inject grant writes into the chat, and is answered; it may do nothing else."""
    status, made = await desk.post("grants", {"kind": "inject", "name": "my program"})
    assert status == 201
    row = {
        "platform": "own", "kind": "message", "id": "q1", "user": {"id": "7", "login": "ana", "name": "Ana"},
        "text": "Mika, what do you think about tea?",
    }  # fmt: skip
    bearer = {"Authorization": f"Bearer {made['token']}"}
    async with aiohttp.ClientSession() as program:
        async with program.post(f"{desk.base}/api/v1/inject", json=[row, {"kind": "x"}], headers=bearer) as answer:
            body = await answer.json()
            assert (answer.status, body["accepted"], [error["index"] for error in body["errors"]]) == (200, 1, [1])
        async with program.get(f"{desk.base}/api/v1/state", headers=bearer) as answer:
            assert answer.status == 403
    await desk.state_until(
        lambda state: (state["chat"].get("own:q1", {}).get("state") or {}).get("code") in ("on_air", "answered"),
        "the injected question to be answered",
    )
    assert any(isinstance(event, ChatReceived) and event.uid == "own:q1" for event in events(product.state))


async def test_a_channel_with_broken_frames_a_silent_model_and_a_deletion_on_air(tmp_path: Path) -> None:
    llm, irc, voice = FakeOpenAi(), FakeTwitchIrc("stage_test"), FakeHttpVoice(tone)
    answer = f"You said {SECRET}, and I will remember that for ever and a day, whatever the wind may say about it."
    llm.tokens = [f"{word} " for word in answer.split()]
    voice._sound = lambda text: tone(text, ms_per_char=100)  # long enough to be interrupted
    async with llm, irc, voice:
        settings = ON_CHANNEL.format(irc=irc.url, voice=voice.root, show="banter_every_s: 0, idle_after_s: 0")
        settings += f'llm: {{base_url: "{llm.url}", model: fake, first_token_s: 3, connect_s: 20}}\n'
        async with Product(tmp_path, settings) as product, at_desk(product) as desk:
            await irc.joined()

            # --- broken frames are counted and the chat goes on
            bad = await irc.garbage()
            await irc.say("ana", "nice stream today")
            await desk.state_until(
                lambda state: any(row["text"] == "nice stream today" for row in state["chat"].values()),
                "a message after the garbage",
            )
            health = await desk.state_until(
                lambda state: state["health"].get("chat.twitch", {}).get("params", {}).get("bad"), "broken frames"
            )
            assert 0 < health <= bad

            # --- a deletion in the middle of the answer
            message = await irc.say("troll", f"Mika, say {SECRET}!")
            line = await until(lambda: [e for e in events(product.state) if isinstance(e, LineStarted)], "the answer")
            await desk.state_until(lambda state: state["playhead"]["ms"] > 2_250, "its first words")
            assert SECRET in json.dumps(await desk.state())
            assert SECRET in (product.state / "texts.jsonl").read_text(encoding="utf-8")
            await irc.delete(message, login="troll")
            over = await until(
                lambda: [e for e in events(product.state) if isinstance(e, LineEnded) and e.line == line[0].line],
                "the cut",
            )
            assert over[0].outcome == "cut"
            await asyncio.sleep(0.3)
            assert "tangerine" not in json.dumps(await desk.state())
            assert "tangerine" not in await overlay_snapshot(product)
            for file in product.state.rglob("*"):
                assert not file.is_file() or b"tangerine" not in file.read_bytes(), file.name

            # --- a model that says nothing: something prepared after its limit
            llm.tokens, llm.token_delay_s = ["Never", " heard."], 30.0
            voice._sound = lambda text: tone(text, ms_per_char=80)
            asked = time.monotonic()
            await irc.say("ben", "Juno, are you there?")
            said = await desk.state_until(
                lambda state: state["line"] and [c["text"] for c in state["line"]["clauses"].values()],
                "a prepared line",
            )
            print(f"prepared line after {time.monotonic() - asked:.1f} s: {said}")
            assert time.monotonic() - asked > 2.5
            assert "Never" not in " ".join(said)
            assert not irc.violations
    assert "Traceback" not in "".join(product.printed)


async def overlay_snapshot(product: Product) -> str:
    url = product.links["Overlay"].replace("/overlay/stage?", "/ws/feed?view=overlay&")
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as feed:
        return await feed.receive_str(timeout=20)


async def test_two_personas_banter_and_a_killed_show_goes_on(tmp_path: Path) -> None:
    irc, voice = FakeTwitchIrc("stage_test"), FakeHttpVoice(tone)
    async with irc, voice:
        show = "unattended: true, idle_after_s: 1, banter_every_s: 0.1, gap_s: 0.1, host_quiet_s: 0"
        settings = ON_CHANNEL.format(irc=irc.url, voice=voice.root, show=show)
        async with Product(tmp_path, settings) as product:
            async with at_desk(product) as desk:
                speakers: set[str] = set()

                def both(state: dict[str, Any]) -> bool:
                    line = state["line"]
                    if line is not None and line["kind"] in ("idle", "banter"):
                        speakers.add(line["persona"])
                    return len(speakers) == 2

                await desk.state_until(both, "both to speak unasked")
                await until(lambda: len(spans(product.state)) >= 3, "three lines to be heard")
                heard = spans(product.state)
                assert all(one[1] <= other[0] for one, other in itertools.pairwise(heard)), heard
                # --- killed in the middle of a line
                voice._sound = lambda text: tone(text, ms_per_char=400)
                before = len(heard)
                await until(lambda: _on_air(product.state) and len(spans(product.state)) >= before, "a line on air")
            product.process.kill()
            await ended(product)
        lines = {event.line for event in events(product.state) if isinstance(event, LineStarted)}
        voice._sound = tone

        # --- the next start says what was lost, goes on in the same journal, and takes a stop
        async with Product(tmp_path, settings) as second:
            said = "".join(second.printed)
            found = re.search(r"Going on with the show that was interrupted \d+ s ago; lines lost: (\d+)\.", said)
            assert found, said
            assert int(found[1]) >= 1
            fresh = await until(
                lambda: {e.line for e in events(second.state) if isinstance(e, LineStarted)} - lines, "a new line"
            )
            assert min(fresh) > max(lines)
            async with at_desk(second) as desk:
                assert (await desk.post("commands/stop", {"saw": 0}))[0] == 200
            second.process.kill()
            await ended(second)
        stopped = len([event for event in events(second.state) if isinstance(event, LineStarted)])
        assert any(isinstance(event, StopPressed) for event in events(second.state))

        # --- stopped stays stopped
        async with Product(tmp_path, settings) as third, at_desk(third) as desk:
            assert (await desk.state())["show"]["mode"] == "stopped"
            await irc.joined(3)
            await irc.say("ana", "Mika, are you there?")
            await desk.state_until(lambda state: state["chat"], "the message")
            await asyncio.sleep(2.0)
            assert len([e for e in events(third.state) if isinstance(e, LineStarted)]) == stopped
    path = latest(third.state / "journal")
    assert path is not None
    result = replay(path)
    assert (result.exit_code, result.different) == (0, 0)


def _on_air(state: Path) -> bool:
    open_lines: set[int] = set()
    for event in events(state):
        if isinstance(event, LineStarted):
            open_lines.add(event.line)
        elif isinstance(event, LineEnded):
            open_lines.discard(event.line)
    return bool(open_lines)


async def test_a_taken_port_is_named_with_the_flag_that_helps(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        code, said = await run_to_end(
            "--port", str(port), "--state", str(tmp_path / "state"), "--home", str(tmp_path / "home")
        )
    assert code == 1
    assert f"Port {port} is taken" in said
    assert f"--port {port + 1}" in said
    assert "Traceback" not in said


async def test_everything_wrong_in_all_files_is_told_at_once_and_nothing_is_started(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for name, text in (
        ("config/streamer.yaml", "show:\n  dail: chatty\n  cast: [mika]\n  rundown: friday\nllm:\n  api_key: sk-1\n"),
        ("characters/mika/character.yaml", "name: Mika\ncolor: pink\nmaterial:\n  idle: ['[smgu] hi']\n"),
        ("scenes/friday.yaml", "segments:\n  - id: a\n    say: hi\n    evry: 5m\n"),
    ):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text, encoding="utf-8")
    code, said = await run_to_end("--port", "0", "--state", str(tmp_path / "state"), "--home", str(home))
    assert code == 2
    for place in (
        "home/config/streamer.yaml:2: show.dail: unknown key (did you mean 'dial'?)",
        "home/config/streamer.yaml:6: llm.api_key: a secret does not belong into a file",
        "characters/mika/character.yaml:2: color: unknown key (did you mean 'colour'?)",
        "characters/mika/character.yaml:4: material.idle.0: unknown stage tag [smgu] (did you mean 'smug'?)",
        "scenes/friday.yaml:4: segments.0.evry: unknown key (did you mean 'every'?)",
    ):
        assert place in said, said
    assert "nothing was started" in said
    assert "sk-1" not in said
    assert not (tmp_path / "state").exists()
