"""`vts_*`: the driver of VTube Studio at 60 Hz beside a hotkey each 100 ms and three streams of events.

The driver runs in a process of its own, so that the processor time is the client's alone; the local VTube Studio runs
here and answers at the frames of 60 fps. The mouth's value is the fraction of the second at which it was true, so its
age can be read from the message that carries it. By hand: `python -m tests.bench.vts`.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from streamer.adapters.avatar.vts import messages
from streamer.adapters.avatar.vts.auth import DEVELOPER, PLUGIN
from streamer.adapters.avatar.vts.driver import VtsDriver
from streamer.adapters.avatar.vts.settings import VtsAvatar
from streamer.core.events import Event
from streamer.core.stage import Stage
from streamer.ports import CaptionPage, Cue, Moment
from tests.bench.report import Bench, quantile, spread
from tests.fakes.vts import FakeVts

FPS = 60
HOTKEY_S = 0.1
AWAY_S = (0.3, 1.5, 4.0)
FIGURES = ("vts_crossed", "vts_cpu_percent", "vts_mouth_ms", "vts_hotkey_ms", "vts_reconnect_s")
ROOT = Path(__file__).parents[2]


class _View:
    """Mika speaks without end; her mouth tells the time."""

    def moment(self) -> Moment:
        return Moment(line=1, persona="mika", open=time.perf_counter() % 1.0, shape="aa", expression="joy")

    def caption(self) -> CaptionPage | None:
        return None

    def words(self, what: str) -> str:
        return ""


class _Nobody:
    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def fact(self, event: Event) -> None:
        pass

    def state(self, part: str, state: Any) -> None:
        pass

    def get(self, key: str) -> str:
        return self.kept.get(key, "")

    def put(self, key: str, token: str) -> None:
        self.kept[key] = token


async def _client(url: str, token: str) -> dict[str, Any]:
    """The measured process: until a line comes on its input. What it counted, and the processor time it took."""
    part = VtsAvatar.model_validate({
        "url": url, "fps": FPS, "discovery_port": 0, "expressions": {"joy": "happy"},
        "gestures": {"wave": "Wave", "nod": "Nod"},
    })  # fmt: skip
    nobody = _Nobody()
    nobody.put("vts", token)
    driver = VtsDriver("mika", part, _View(), nobody, nobody)
    driver.want(Stage(mode="running", speaker="mika", line=1, answering="", listening_to={}, scene=""))
    running = asyncio.create_task(driver.run())
    while driver._play is None:
        await asyncio.sleep(0.02)
    client, play = driver._client, driver._play
    assert client is not None
    streams = ("TestEvent", "ModelOutlineEvent", "ModelMovedEvent")
    events = 0

    def count(name: str, data: dict[str, Any]) -> None:
        nonlocal events
        events += name in streams
        driver._event(name, data)

    client.on_event = count
    for name in streams:
        await client.request(messages.subscription(name))
    took: list[float] = []
    plain = client.request

    async def timed(request: messages.Request, *, timeout_s: float | None = None) -> dict[str, Any]:
        asked = time.perf_counter()
        answer = await plain(request, timeout_s=timeout_s)
        if request[0] == "HotkeyTriggerRequest":
            took.append((time.perf_counter() - asked) * 1000)
        return answer

    client.request = timed
    print("ready", flush=True)
    stop = asyncio.create_task(asyncio.to_thread(sys.stdin.readline))
    cpu, began, sent = time.process_time(), time.perf_counter(), play.pump.sent
    number = 0
    while not stop.done():
        number += 1
        driver.cue(Cue(kind="gesture", name=("wave", "nod")[number % 2], persona="mika"))
        await asyncio.sleep(HOTKEY_S)
    seconds = time.perf_counter() - began
    out = {
        "cpu_pct": 100 * (time.process_time() - cpu) / seconds,
        "injected_per_s": (play.pump.sent - sent) / seconds,
        "skipped": play.pump.skipped,
        "events": events,
        "hotkeys": len(took),
        "hotkeys_refused": play.keys.refused,
        "hotkey_ms": took,
        "crossed": client.crossed,
        "strays": client.strays,
        "late": client.late,
        "garbage": client.garbage,
    }
    print(json.dumps(out), flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    await driver.aclose()
    await running
    return out


async def vts(bench: Bench, *, quick: bool) -> None:
    """Replies that reached the wrong call, the client's processor time, and how late the mouth, a hotkey and a
    returning program are."""
    got = await measure(3.0 if quick else 10.0)
    wrong = got["crossed"] + got["strays"] + got["late"] + got["garbage"]
    note = f"{got['injected_per_s']:.0f} frames/s, {got['hotkeys']} hotkeys, {got['events']} events"
    bench.measured("vts_crossed", float(wrong), note)
    bench.measured("vts_cpu_percent", got["cpu_pct"], "client alone, 100 is one core")
    bench.measured("vts_mouth_ms", spread(got["mouth_ms"]))
    bench.measured("vts_hotkey_ms", spread(got["hotkey_ms"]), f"answers leave at frames of {FPS} fps")
    bench.measured("vts_reconnect_s", spread(got["reconnect_s"]))


async def measure(seconds: float = 10.0, away: Sequence[float] = AWAY_S) -> dict[str, Any]:
    """What the process counted, beside it `mouth_ms` (age of the mouth's value when it arrives) and `reconnect_s`.

    `away`: how long the program is gone before it comes back, each time.
    """
    async with FakeVts(fps=FPS) as vts:
        token = "bench-token"
        vts.tokens[token] = f"{PLUGIN}/{DEVELOPER}"
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.bench.vts", "--client", vts.url, token, cwd=ROOT,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            await asyncio.wait_for(child.stdout.readline(), 60)
            await asyncio.sleep(1.0)
            vts.ledger.clear()
            mover = asyncio.create_task(_moving(vts))
            await asyncio.sleep(seconds)
            mover.cancel()
            ages = [_age(at, data) for at, _, kind, data in vts.ledger if kind == "InjectParameterDataRequest"]
            child.stdin.write(b"\n")
            out = json.loads(await asyncio.wait_for(child.stdout.readline(), 60))
            out["mouth_ms"] = [age for age in ages if age is not None]
            out["reconnect_s"] = [await _back(vts, each) for each in away]
            child.stdin.write(b"\n")
            await asyncio.wait_for(child.wait(), 30)
            return out
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()


async def _moving(vts: FakeVts) -> None:
    """The third stream: somebody drags the model, which is told each frame."""
    while True:
        vts._moved()
        await asyncio.sleep(1 / FPS)


def _age(at: float, data: dict[str, Any]) -> float | None:
    """Milliseconds; the clock is the same in every process of a machine."""
    said = next((row["value"] for row in data["parameterValues"] if row["id"] == "MouthOpen"), None)
    return None if said is None else (at % 1.0 - said) % 1.0 * 1000


async def _back(vts: FakeVts, away_s: float) -> float:
    """Seconds from when the program listens again until mouth and expression are as they should be."""
    await vts.stop()
    assert vts.world.model is not None
    vts.world.model.expressions["happy.exp3.json"] = False
    vts.world.injected.clear()
    await asyncio.sleep(away_s)
    await vts.start()
    began = time.perf_counter()
    while not (vts.world.model.expressions["happy.exp3.json"] and vts.world.value("MouthOpen") is not None):
        await asyncio.sleep(0.005)
        if time.perf_counter() - began > 30:
            raise TimeoutError("the driver did not come back")
    return time.perf_counter() - began


if __name__ == "__main__":
    if sys.argv[1:2] == ["--client"]:
        asyncio.run(_client(*sys.argv[2:4]))
    else:
        found = asyncio.run(measure())
        for key in ("mouth_ms", "hotkey_ms", "reconnect_s"):
            found[key] = {f"p{part}": round(quantile(found[key], part / 100), 3) for part in (50, 95)}
        print(json.dumps(found, indent=1))
