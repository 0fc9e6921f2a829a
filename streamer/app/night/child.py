"""One rehearsal in a process of its own, at low priority, so that the show that is running never stutters."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

import streamer
from streamer.app.settings import Folders

LINE_MAX: Final = 1 << 20
PROGRAM: Final = (sys.executable, "-m", "streamer")
IS_WINDOWS: Final = sys.platform == "win32"
_END_S: Final = 2.0


class Child:
    """Started by `start`; `told` gives what it tells until it ends; `kill` ends it at once, with what it started."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(
        cls, words: Sequence[str], *, log: Path, environment: Mapping[str, str], program: Sequence[str] = PROGRAM
    ) -> "Child":
        """`words` follow `python -m streamer`. What it writes to standard error goes into `log`."""
        package = str(Path(streamer.__file__).parents[1])
        paths = os.pathsep.join(filter(None, (package, os.environ.get("PYTHONPATH", ""))))
        own: dict[str, Any] = {"start_new_session": True}
        if IS_WINDOWS:
            flags = ("BELOW_NORMAL_PRIORITY_CLASS", "CREATE_NO_WINDOW", "CREATE_NEW_PROCESS_GROUP")
            own = {"creationflags": sum(getattr(subprocess, flag) for flag in flags)}
        with log.open("wb") as errors:
            process = await asyncio.create_subprocess_exec(
                *program,
                *words,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                env={**os.environ, **environment, "PYTHONPATH": paths},
                limit=LINE_MAX,
                **own,
            )
        return cls(process)

    async def told(self) -> AsyncIterator[dict[str, Any]]:
        """Its progress lines; anything else it prints is passed over."""
        out = self._process.stdout
        while out is not None:
            try:
                line = await out.readline()
            except ValueError:  # a line above the limit
                continue
            if not line:
                return
            with contextlib.suppress(msgspec.MsgspecError):
                yield msgspec.json.decode(line, type=dict[str, Any])

    async def ended(self) -> int:
        """The exit code."""
        return await self._process.wait()

    async def kill(self) -> None:
        """End it and wait, for two seconds at most. Harmless after its end."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if IS_WINDOWS:
                    self._process.kill()
                else:
                    os.killpg(self._process.pid, signal.SIGKILL)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_END_S):
                await self._process.wait()


def words(upload: Path, folder: Path, folders: Folders, *, name: str, config: Path | None) -> list[str]:
    """The command for a log. Its journal and whatever else it keeps go into the rehearsal's own folder."""
    return [
        "rehearse", str(upload), "--progress", f"--name={name}", "--report", str(folder / "report.json"),
        "--state", str(folder / "state"), "--home", str(folders.home), *(["--config", str(config)] if config else []),
    ]  # fmt: skip
