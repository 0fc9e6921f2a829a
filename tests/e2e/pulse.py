"""A private PulseAudio with one null sink, and what was played into it: sound as it leaves a program, heard outside."""

import array
import asyncio
import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Self

RATE_HZ = 16_000
SINK = "stage"


class Pulse:
    """`env` makes a program play into it; `record` collects mono s16le from its monitor until `stop`, in pieces of
    `piece_ms`. `prompt`: the sink never works in blocks of more than 50 ms; otherwise the first that listens or plays
    waits for the end of a block of 2 s."""

    def __init__(self, folder: Path, *, rate_hz: int = RATE_HZ, piece_ms: int = 20, prompt: bool = False) -> None:
        self._rate_hz, self._piece_ms = rate_hz, piece_ms
        self._prompt = prompt
        self._folder = folder
        self._daemon: subprocess.Popen[bytes] | None = None
        self._recorder: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None
        self.heard = bytearray()

    @property
    def env(self) -> dict[str, str]:
        return {
            **os.environ,
            "PULSE_SERVER": f"unix:{self._folder}/native",
            "XDG_RUNTIME_DIR": str(self._folder),
            "HOME": str(self._folder),
            "PULSE_LATENCY_MSEC": "150",  # a busy machine must not tear holes into what is to be recognised
        }

    async def __aenter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        command = [
            str(shutil.which("pulseaudio")), "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no",
            "--log-target=stderr", "--log-level=error",
            "-L", f"module-null-sink sink_name={SINK} rate=48000" + (" norewinds=1" if self._prompt else ""),
            "-L", f"module-native-protocol-unix auth-anonymous=1 socket={self._folder}/native",
        ]  # fmt: skip
        environment = {key: value for key, value in self.env.items() if key not in ("PULSE_SERVER", "DISPLAY")}
        environment["DBUS_SESSION_BUS_ADDRESS"] = "disabled:"
        self._daemon = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        for _ in range(200):
            if (self._folder / "native").exists():
                return self
            assert self._daemon.poll() is None, "pulseaudio ended at once"
            await asyncio.sleep(0.05)
        raise AssertionError("pulseaudio did not come up")

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
        if self._daemon is not None:
            self._daemon.send_signal(signal.SIGTERM)
            try:
                self._daemon.wait(5)
            except subprocess.TimeoutExpired:
                self._daemon.kill()
                self._daemon.wait()

    async def record(self) -> None:
        """Begin to listen; returns once the first samples (of silence) have come."""
        self._recorder = await asyncio.create_subprocess_exec(
            str(shutil.which("parec")), "-d", f"{SINK}.monitor", "--raw", "--format=s16le", f"--rate={self._rate_hz}",
            "--channels=1", f"--latency-msec={self._piece_ms}", env=self.env, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        self._task = asyncio.create_task(self._collect(self._recorder))
        async with asyncio.timeout(30):
            while not self.heard:
                await asyncio.sleep(0.02)

    async def _collect(self, recorder: asyncio.subprocess.Process) -> None:
        assert recorder.stdout is not None
        while data := await recorder.stdout.read(4096):
            self.heard += data

    async def stop(self) -> None:
        if self._recorder is not None and self._recorder.returncode is None:
            self._recorder.terminate()
            await self._recorder.wait()
        if self._task is not None:
            await self._task
        self._recorder = self._task = None

    def samples(self, since: int = 0) -> "array.array[int]":
        """What was heard, from sample `since` on."""
        out = array.array("h")
        data = bytes(self.heard[since * 2 :])
        out.frombytes(data[: len(data) // 2 * 2])
        return out


def rms(samples: "array.array[int]") -> float:
    return (sum(value * value for value in samples) / len(samples)) ** 0.5 if samples else 0.0


def envelope(samples: "array.array[int]", step_ms: int = 20) -> list[float]:
    """Loudness (RMS) for each step."""
    size = RATE_HZ * step_ms // 1000
    return [rms(samples[at : at + size]) for at in range(0, len(samples) - size, size)]
