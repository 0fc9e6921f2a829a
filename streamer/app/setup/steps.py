"""What of the first run is done, skipped or open; remembered in `state/setup.json`. Facts count as done."""

import contextlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from streamer.app.setup.yamledit import write_whole
from streamer.web.setup import STEPS, StepName, StepState


class _Kept(msgspec.Struct):
    version: int = 1
    welcomed: bool = False
    opened: bool = False
    done: list[str] = []
    skipped: list[str] = []


class Steps:
    """Blocking: changes write a small file. A file that is damaged or cannot be written is as if there were none."""

    def __init__(self, state: Path, *, configured: bool = False) -> None:
        """`configured`: the files name a channel already, so nobody has to be welcomed."""
        self._path = state / "setup.json"
        try:
            self._kept = msgspec.json.decode(self._path.read_bytes(), type=_Kept)
        except (OSError, msgspec.MsgspecError):
            self._kept = _Kept(welcomed=configured)

    @property
    def welcome(self) -> bool:
        return not self._kept.welcomed

    @property
    def opened(self) -> bool:
        return self._kept.opened

    def states(self, facts: Mapping[StepName, bool]) -> dict[StepName, StepState]:
        """`facts`: what is known to be so, whoever did it."""
        out: dict[StepName, StepState] = {}
        for step in STEPS:
            done = facts.get(step, False) or step in self._kept.done
            out[step] = "done" if done else "skipped" if step in self._kept.skipped else "todo"
        return out

    def mark(self, step: StepName, state: StepState) -> None:
        for name, kept in (("done", self._kept.done), ("skipped", self._kept.skipped)):
            if step in kept:
                kept.remove(step)
            if state == name:
                kept.append(step)
        self._write()

    def finish(self, *, done: bool) -> None:
        self._kept.welcomed = done
        self._write()

    def open(self) -> None:
        if not self._kept.opened:
            self._kept.opened = True
            self._write()

    def _write(self) -> None:
        with contextlib.suppress(OSError):
            write_whole(self._path, msgspec.json.format(msgspec.json.encode(self._kept)))
