"""The product as a user starts it: a process of its own, told apart only by its settings file."""

import asyncio
import os
import re
import signal
import sys
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[2]
START_S = 40.0


class Product:
    """`links` are those it prints: `Panel` and `Overlay`. Killed at the end when it does not go by itself.

    `settings` None leaves the files as they are; `port` 0 is any free one.
    """

    def __init__(
        self, folder: Path, settings: str | None = "", *arguments: str, env: dict[str, str] | None = None, port: int = 0
    ) -> None:
        self._folder = folder
        self._port = port
        self._settings = settings
        self._arguments = arguments
        self._env = env or dict(os.environ)
        self.links: dict[str, str] = {}
        self.printed: list[str] = []
        self.process: asyncio.subprocess.Process
        self._reader: asyncio.Task[None] | None = None

    @property
    def state(self) -> Path:
        return self._folder / "state"

    @property
    def home(self) -> Path:
        return self._folder / "home"

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.base.rpartition(":")[2])

    @property
    def base(self) -> str:
        return self.links["Overlay"].split("/overlay/")[0]

    async def __aenter__(self) -> Self:
        if self._settings is not None:
            config = self.home / "config"
            config.mkdir(parents=True, exist_ok=True)
            (config / "streamer.yaml").write_text(self._settings, encoding="utf-8")
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-X", "utf8", "-m", "streamer", "run", "--port", str(self._port), "--state",
            str(self.state), "--home", str(self.home), *self._arguments,
            cwd=ROOT, env=self._env, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        async with asyncio.timeout(START_S):
            await self._until_up()
        self._reader = asyncio.create_task(self._read())
        return self

    async def _line(self) -> str:
        assert self.process.stdout is not None
        line = (await self.process.stdout.readline()).decode()
        self.printed.append(line)
        return line

    async def _until_up(self) -> None:
        while line := await self._line():
            found = re.match(r"\s*(Panel|Overlay)\s+(http\S+)", line)
            if found:
                self.links[found[1]] = found[2]
            if line.startswith("Ctrl-C"):
                return
        raise AssertionError("it ended while starting:\n" + "".join(self.printed))

    async def _read(self) -> None:
        while await self._line():
            pass

    async def __aexit__(self, *_: object) -> None:
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGINT)
            try:
                async with asyncio.timeout(10):
                    await self.process.wait()
            except TimeoutError:
                self.process.kill()
                await self.process.wait()
        if self._reader is not None:
            await self._reader
