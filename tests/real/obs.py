"""A real OBS Studio without a screen, as the tests use it. `headless_obs.py` beside this file starts and ends it."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Self

from streamer.adapters.obs.errors import ObsRefused
from streamer.adapters.obs.link import ObsLink

TOOL = Path(__file__).parent / "headless_obs.py"
NOT_INSTALLED = 3


class NotInstalled(Exception):
    """What is missing, as the tool says it."""


class RealObs:
    """`start` before use. One folder is one OBS: port, password and scenes stay across `kill` and `start`."""

    def __init__(self, folder: Path, *, fps: int = 10, size: str = "640x360", audio: bool = False) -> None:
        self.folder, self.fps, self.size, self.audio = folder, fps, size, audio
        self.port, self.pid, self.password, self.pulse = 0, 0, "", ""
        self.recordings = folder / "recordings"

    def __repr__(self) -> str:
        return f"RealObs({self.url}, pid {self.pid})"

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def _tool(self, *command: str) -> str:
        done = subprocess.run(
            [sys.executable, str(TOOL), *command, "--dir", str(self.folder)],
            capture_output=True, text=True, timeout=100, check=False,
        )  # fmt: skip
        if done.returncode == NOT_INSTALLED:
            raise NotInstalled(done.stderr.strip())
        if done.returncode:
            raise RuntimeError(f"headless_obs {command[0]} failed ({done.returncode}): {done.stderr.strip()}")
        return done.stdout

    # -------------------------------------------------------------------------------------------------- the program
    def start(self, collection: str = "") -> Self:
        """Starts it, or revives it after `kill`. With `collection` in another scene collection, empty when new."""
        command = ["start", "--json", "--size", self.size, "--fps", str(self.fps), "--owner", str(os.getpid())]
        command += ["--audio"] if self.audio else []
        command += ["--collection", collection] if collection else []
        found: dict[str, Any] = json.loads(self._tool(*command))
        self.port, self.pid, self.password = int(found["OBS_PORT"]), int(found["OBS_PID"]), found["OBS_PASSWORD"]
        self.recordings = Path(found["OBS_RECORDINGS"])
        self.pulse = found.get("OBS_PULSE_SERVER", "")
        return self

    def kill(self) -> None:
        """As a crash would: SIGKILL. The newest changes to scenes are lost with it."""
        self._tool("kill")

    def quit(self) -> None:
        """As the streamer closes it: OBS saves its scenes. `start` brings it back."""
        self._tool("quit")

    def freeze(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def stop(self) -> None:
        """Ends all that was started and deletes the folder."""
        self._tool("stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def sound_env(self, sink: str = "speakers") -> dict[str, str]:
        """What a program needs in its environment to be heard by this OBS. Only with `audio`."""
        return {"PULSE_SERVER": self.pulse, "PULSE_SINK": sink}

    # ------------------------------------------------------------------------------------------------- the connection
    def link(self, **options: Any) -> ObsLink:
        return ObsLink(self.url, self.password, **options)

    @contextlib.asynccontextmanager
    async def connected(self, **options: Any) -> AsyncIterator[ObsLink]:
        """A link that is ready."""
        link = self.link(**options)
        running = asyncio.create_task(link.run())
        try:
            async with asyncio.timeout(20):
                await link.ready()
            yield link
        finally:
            await link.aclose()
            await running


async def reset(link: ObsLink) -> None:
    """Back to one empty scene `Scene`, a Cut of 300 ms, nothing recorded or streamed: for the shared OBS."""
    for name in ("Record", "Stream", "ReplayBuffer"):
        with contextlib.suppress(Exception):
            if (await link.request(f"Get{name}Status"))["outputActive"]:
                await link.request(f"Stop{name}")
    await link.request("SetStudioModeEnabled", {"studioModeEnabled": False})
    # Another transition while one runs would freeze the programme for the next test.
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(3):
            while (await link.request("GetCurrentSceneTransitionCursor"))["transitionCursor"] < 1:
                await asyncio.sleep(0.05)
    await link.request("SetCurrentSceneTransition", {"transitionName": "Cut"})
    await link.request("SetCurrentSceneTransitionDuration", {"transitionDuration": 300})
    names = [scene["sceneName"] for scene in (await link.request("GetSceneList"))["scenes"]]
    if "Scene" not in names:
        await link.request("CreateScene", {"sceneName": "Scene"})
    await link.request("SetCurrentProgramScene", {"sceneName": "Scene"})
    special = set(filter(None, (await link.request("GetSpecialInputs")).values()))
    async with asyncio.timeout(30):
        while left := await _left(link, special):
            for request, key, name in left:
                await _remove(link, request, {key: name})
            await asyncio.sleep(0.05)


async def _left(link: ObsLink, special: set[str]) -> list[tuple[str, str, str]]:
    """The requests that remove what is not of the empty OBS: (request, name of its field, name)."""
    inputs = [entry["inputName"] for entry in (await link.request("GetInputList"))["inputs"]]
    scenes = [scene["sceneName"] for scene in (await link.request("GetSceneList"))["scenes"]]
    return [("RemoveInput", "inputName", name) for name in inputs if name not in special] + [
        ("RemoveScene", "sceneName", name) for name in scenes if name != "Scene"
    ]


async def _remove(link: ObsLink, request: str, data: dict[str, str]) -> None:
    """OBS lists an input for a moment after it was removed, until the last frame lets go of it: 600 is well then."""
    try:
        await link.request(request, data)
    except ObsRefused as refused:
        if refused.code != 600:
            raise
