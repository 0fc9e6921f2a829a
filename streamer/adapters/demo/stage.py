"""A stage without a device: a scripted driver that shows what it would do. It keeps to everything a real one does."""

import asyncio
from collections.abc import Mapping, Sequence

import msgspec

from streamer.core.events import SceneSeen, SceneTakenByHand
from streamer.core.stage import Stage
from streamer.ports import Cue, Health, Notice, Reports, StageView

CUES_KEPT = 100


class DemoDevice(msgspec.Struct):
    """What a device would hold. `lamps` are lit for who speaks; `other` is the user's. `on`: it can be reached."""

    scene: str = ""
    lamps: dict[str, bool] = {}
    text: str = ""
    dimmed: bool = False
    other: dict[str, str] = {}
    on: bool = True
    starts: int = 0
    """Counts connections: a new one is a difference from nothing."""


class DemoStage:
    """A StageDriver for a `DemoDevice`."""

    def __init__(
        self,
        personas: Sequence[str],
        view: StageView,
        reports: Reports,
        *,
        device: DemoDevice | None = None,
        name: str = "demo",
        step_s: float = 0.01,
    ) -> None:
        """`step_s` is the pause between two looks at the device."""
        self.name = name
        self.device = device if device is not None else DemoDevice()
        self.done: list[str] = []
        """Every change and cue, in words, oldest first."""
        self._personas, self._view, self._reports, self._step_s = personas, view, reports, step_s
        self._stage: Stage | None = None
        self._seen = (-1, "")
        self._asked = ""

    def want(self, stage: Stage) -> None:
        self._stage = stage

    def cue(self, cue: Cue) -> None:
        if self.device.on:
            self._note(f"{cue.kind} {cue.name}".strip())

    def healths(self) -> Sequence[Health]:
        if self.device.on:
            return [Health(self.name, "ok", Notice("part.ok"))]
        return [Health(self.name, "broken", Notice("part.unavailable", {"reason": ""}))]

    async def run(self) -> None:
        while True:
            if self.device.on:
                self._look()
                self._bring()
            await asyncio.sleep(self._step_s)

    async def aclose(self) -> None:
        """Lamps out, nothing written, nothing dimmed; the scene stays."""
        device = self.device
        if device.on:
            device.lamps, device.text, device.dimmed = dict.fromkeys(device.lamps, False), "", False

    def _look(self) -> None:
        """Whose doing a change of the scene was."""
        device, (starts, scene) = self.device, self._seen
        if device.starts != starts:
            self._reports.fact(SceneSeen(scene=device.scene))
        elif device.scene not in (scene, self._asked):
            self._asked = ""
            self._reports.fact(SceneTakenByHand(scene=device.scene, via=self.name))
            self._stage = msgspec.structs.replace(self._stage, hand=True) if self._stage is not None else None
        self._seen = (device.starts, device.scene)

    def _bring(self) -> None:
        stage, device = self._stage, self.device
        if stage is None:
            return
        if stage.scene and not stage.hand and device.scene != stage.scene:
            device.scene = self._asked = stage.scene
            self._seen = (device.starts, device.scene)
            self._note(f"scene {stage.scene}: {stage.why or 'wanted'}")
            self._reports.fact(SceneSeen(scene=stage.scene))
        for key, value in self.wanted(stage).items():
            if getattr(device, key) != value:
                setattr(device, key, value)
                self._note(key)

    def wanted(self, stage: Stage) -> Mapping[str, object]:
        """What the device should be like, beside its scene."""
        speaker = stage.speaker if stage.sounding else ""
        return {
            "lamps": {persona: persona == speaker for persona in self._personas},
            "text": self._view.words("speaker") if speaker else "",
            "dimmed": bool(speaker) or stage.host,
        }

    def _note(self, what: str) -> None:
        self.done.append(what)
        del self.done[:-CUES_KEPT]
