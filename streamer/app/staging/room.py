"""The stage of a running show: what is heard now, the drivers that follow it, what they report, what the panel sees."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from streamer.app.afterwards.afterwards import Afterwards
from streamer.app.alerting.words import language_of
from streamer.app.overlay_view import alert_size
from streamer.app.panel_stage import PanelStage
from streamer.app.staging.opening import avatar_health, wanted_drivers
from streamer.app.staging.performance import Performance
from streamer.app.staging.stagehand import Stagehand, StageReports
from streamer.core.commands import Command, Erase, Prepare
from streamer.core.events import ChatReceived, EmergencyPressed, Event, LineEnded, LineStarted, StopPressed
from streamer.core.show import Show
from streamer.core.stage import Stage
from streamer.ports import ChatRow, Cue, Health, Heard
from streamer.speech.view import ClauseView

if TYPE_CHECKING:
    from streamer.adapters.obs.link import ObsLink
    from streamer.app.house import House

_OUTPUT_WORDS: Mapping[tuple[str, str], str] = {
    ("off", "on"): "started", ("off", "paused"): "started", ("on", "paused"): "paused", ("paused", "on"): "resumed",
    ("on", "off"): "stopped", ("paused", "off"): "stopped",
}  # fmt: skip
FILES_S = 0.5
"""What is written at the end may take so long; the files of a minute ago are there in any case."""
EMOTE_HOST = "https://static-cdn.jtvnw.net/"


class StageRoom:
    """Follows the show as a `Follower`. Everything is called on the loop's thread."""

    def __init__(self, house: "House", publish: Callable[[Mapping[str, object], Sequence[str]], None]) -> None:
        self._house = house
        self._orders: dict[int, Prepare] = {}
        self._answering: Mapping[str, str] | None = None
        self.panel = PanelStage(publish)
        self.hand = Stagehand(house.start, on_gone=lambda name: self.panel.device(name, None))
        self.performance = Performance(
            now_ms=lambda: house.clock.now_ns() / 1e6,
            name_of=self._name_of,
            answering=lambda: self._answering,
            on_cue=self.hand.cue,
        )
        self.reports = StageReports(self._report, self._device)
        self.afterwards: Afterwards | None = None
        self._outputs = ("off", "off")
        """Of the recording and the stream, as OBS told last. What it did while it was away is told when it is back."""

    def _report(self, event: Event) -> None:
        told = self._house.hearing.meter(event)
        if not self._house.closing and told is not None:
            self._house.inbox.emit(told)

    def _device(self, part: str, state: Mapping[str, object]) -> None:
        self.panel.device(part, state)
        if part == "obs" and self.afterwards is not None and state.get("state") == "ready":
            before = self._outputs
            recording = _phase(state, "recording", before[0])
            streaming = _phase(state, "streaming", before[1])
            self._outputs = (recording, streaming)
            if (word := _OUTPUT_WORDS.get((before[0], recording))) is not None:
                self.afterwards.recording(word)
            if (word := _OUTPUT_WORDS.get((before[1], streaming))) is not None:
                self.afterwards.streaming(word)

    def _name_of(self, persona: str) -> str:
        return next((each.name for each in self._house.plan.cast if each.id == persona), persona)

    # --- opening and closing ------------------------------------------------------------------------------------------

    async def change(self) -> None:
        """Open what the plan names, close what it names no more."""
        plan = self._house.plan
        if self.afterwards is None and (plan.settings.on_channel or plan.settings.obs is not None):
            house = self._house
            self.afterwards = Afterwards(
                plan.folders.home / "shows",
                now_ms=house.clock.now_ms,
                epoch_s=house.clock.epoch_ns / 1e9,
                name_of=self._name_of,
                title=lambda: house.plan.title,
                language=lambda: language_of(house.plan.cast, ""),
            )
        self.panel.scenes([(key, name) for key, name in plan.scenes.scenes.items()])
        part = plan.settings.obs
        if part is not None and part.host_mic:
            self.panel.ear("meter", part.host_mic, part.host_level_db)
        else:
            self.panel.ear("", "")
        meters = self._house.outlets.meters if plan.settings.sound.sink == "obs" else None
        wanted = wanted_drivers(plan, self.performance, self.reports, plan.folders.state, meters)
        await self.hand.use(wanted, avatar_health(plan))

    @property
    def scenes(self) -> Sequence[str]:
        """Keys of the scenes that an operator can choose."""
        return list(self._house.plan.scenes.scenes)

    def healths(self) -> Sequence[Health]:
        files = self.afterwards.healths() if self.afterwards is not None else ()
        return [*self.hand.healths(), *files]

    def healths_of_obs(self) -> Sequence[Health]:
        obs = self.hand.get("obs")
        return obs.healths() if obs is not None else ()

    @property
    def obs_link(self) -> "ObsLink | None":
        """The driver's connection; None while OBS is not configured."""
        return getattr(self.hand.get("obs"), "link", None)

    def ask_again(self, persona: str) -> bool:
        """Ask the streamer once more to let us into the avatar's program; False when there is nothing to ask."""
        ask = getattr(self.hand.get(f"avatar.{persona}"), "ask_again", None)
        if ask is None:
            return False
        ask()
        return True

    async def aclose(self) -> Sequence[str]:
        late = [*await self.hand.aclose()]
        if self.afterwards is not None:
            try:
                async with asyncio.timeout(FILES_S):
                    await self.afterwards.close()
            except TimeoutError:
                late.append("the files of the show")
        return late

    # --- the show ---------------------------------------------------------------------------------------------------

    def stage(self, stage: Stage, answering: Mapping[str, str] | None) -> None:
        """The desired stage has changed."""
        self._answering = answering
        self.hand.want(stage)

    def after(self, show: Show) -> None:
        """A fact was folded."""
        self.panel.folded(show)

    def alert(self, event: ChatReceived, row: ChatRow | None) -> None:
        """Something to react to: what moderation let through, and nothing of a partner's room."""
        size = alert_size(event)
        is_reward = event.kind == "redemption"
        if (size is None and not is_reward) or event.guest or event.verdict.action not in ("allow", "replace"):
            return
        reward = row.reward.title if row is not None and row.reward is not None else ""
        cue = Cue(kind="alert", name=event.kind, size=size or 0.3, emote=_emote(row), reward=reward, test=event.test)
        self.hand.cue(cue)

    def ordered(self, command: Command) -> None:
        self.performance.ordered(command)
        if isinstance(command, Prepare):
            self._orders[command.line] = command
        if self.afterwards is not None:
            self.afterwards.ordered(command)

    def folded(self, event: Event) -> None:
        if self.afterwards is not None:
            self.afterwards.folded(event)
        match event:
            case LineStarted(line=line) if line in self._orders:
                who, test = self._orders[line].persona, self._orders[line].test
                self.hand.cue(Cue(kind="line", name=who, persona=who, line=line, test=test))
            case StopPressed() | EmergencyPressed():
                self.hand.cue(Cue(kind="stop"))
            case _:
                pass

    def clause(self, line: int, index: int, value: ClauseView) -> None:
        self.performance.clause(line, index, value)
        if self.afterwards is not None:
            self.afterwards.clause(line, index, value)

    def heard(self, heard: Heard) -> None:
        self.performance.heard(heard)
        if self.afterwards is not None:
            self.afterwards.heard(heard)

    def chat(self, event: ChatReceived, text: str, name: str) -> None:
        if self.afterwards is not None:
            self.afterwards.chat(event, text, name)

    def erased(self, erased: Erase, lines: Iterable[int]) -> None:
        lines = [*lines]
        self.performance.forget(lines)
        if self.afterwards is not None:
            self.afterwards.erased(erased, lines)

    def ended(self, ended: LineEnded, order: Prepare, text: str | None) -> None:
        if self.afterwards is not None:
            self.afterwards.ended(ended, order, text)
        self.performance.ended(ended.line, heard_ms=ended.heard_ms if ended.outcome == "finished" else 0)
        self._orders.pop(ended.line, None)
        if ended.heard_ms > 0:
            who, test = order.persona, order.test
            self.hand.cue(Cue(kind="line_ended", name=who, persona=who, line=ended.line, test=test))


def _phase(state: Mapping[str, object], output: str, before: str) -> str:
    """None: OBS was not asked yet, or has no such output."""
    if state.get(output) is None:
        return before
    if output == "recording" and state.get("paused"):
        return "paused"
    return "on" if state[output] else "off"


def _emote(row: ChatRow | None) -> str:
    """The address of the first emote of a message; only of hosts that serve emotes."""
    for fragment in row.fragments if row is not None else ():
        if fragment.type == "emote" and fragment.url.startswith(EMOTE_HOST):
            return fragment.url
    return ""
