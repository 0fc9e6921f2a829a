"""A quarter of an hour of the real show in seconds: everything but sockets and vendors, on a clock that jumps.

Real: ingress, core, conductor, performer, track, silent clock, scripted brain, views, journal. Modelled: the voice.
"""

import asyncio
import gc
from pathlib import Path
from typing import Any

import pytest

from streamer.adapters.audio.common import Track
from streamer.adapters.audio.silent import SilentClock
from streamer.adapters.chat.log import load
from streamer.adapters.chat.replay import ReplayChat
from streamer.adapters.demo.brain import DemoBrain
from streamer.adapters.demo.voice import DemoVoice
from streamer.adapters.store.texts import MemoryTexts
from streamer.app.alerting.desk import AlertDesk
from streamer.app.alerting.words import AlertWords, language_of
from streamer.app.clock import ShowClock
from streamer.app.conductor import Conductor
from streamer.app.ears import open_ingress
from streamer.app.inbox import Inbox
from streamer.app.journal import Header, MemoryJournal
from streamer.app.overlay_view import OverlayView
from streamer.app.panel_view import PanelView
from streamer.app.replay import replay
from streamer.app.sayings import Sayings
from streamer.app.scripted import ScriptedBrain
from streamer.app.sinks import WatchedSink
from streamer.app.speakers import speaker_of
from streamer.core.events import CloseRequested, Event, LineEnded, LineStarted, ShowStarted, StopPressed, Tombstoned
from streamer.core.settings import ShowSettings
from streamer.moderation import Rules, judge_line
from streamer.ports import ChatRow, Heard
from streamer.speech.brief import BriefWriter
from streamer.speech.perform import Performer
from streamer.web.feed import FeedHub
from tests.app.kit import plan
from tests.virtual_time import run_virtual

HOUR = Path(__file__).parents[1] / "shows" / "hour.jsonl"
RULES = ShowSettings(seed=3, idle_after_ms=20_000)


class Ears:
    """What a listener notices: which line sounds, from when to when (seconds)."""

    def __init__(self) -> None:
        self.spans: dict[int, list[float]] = {}

    def heard(self, heard: Heard) -> None:
        now = asyncio.get_running_loop().time()
        self.spans.setdefault(heard.line, [now, now])[1] = now

    def at_once(self) -> int:
        edges = sorted((at, change) for begin, end in self.spans.values() for at, change in ((begin, 1), (end, -1)))
        now = most = 0
        for _, change in edges:
            now += change
            most = max(most, now)
        return most


class Theatre:
    """A house without a port: the same parts, wired alike."""

    def __init__(self, tmp_path: Path, settings: str = "") -> None:
        loop = asyncio.get_running_loop()
        self.plan = plan(tmp_path, settings, seed=3)
        self.clock = ShowClock(monotonic_ns=lambda: int(loop.time() * 1e9), wall_ns=lambda: 0)
        self.texts = MemoryTexts(now=loop.time)
        self.ears = Ears()
        self.closed = asyncio.Event()
        self.hub = FeedHub(self.clock.now_ms)
        rules = Rules.standard()
        sayings = Sayings(self.texts)
        self.ingress = open_ingress(self.plan.cast, rules, self.texts, now=loop.time)
        brain = ScriptedBrain(self.plan.cast)
        self.overlay = OverlayView(lambda changes, gone: self._show("overlay", changes, gone), build="x")
        self.panel = PanelView(lambda changes, gone: self._show("panel", changes, gone), words=self.texts.get)
        alerts = self.plan.settings.alerts
        self.alerts = AlertDesk(
            AlertWords(
                self.texts, sayings, lambda: alerts, lambda of: language_of(self.plan.cast, of), self.clock.now_ms
            ),
            self.texts,
            alerts=lambda: alerts,
            show=lambda: self.inbox.show,
            gone=self.ingress.is_taken_back,
            press=self.press,
            on_row=self.on_row,
            show_alert=self.overlay.alert,
            now_ms=self.clock.now_ms,
        )
        self.conductor = Conductor(
            ingress=self.ingress,
            texts=self.texts,
            sayings=sayings,
            overlay=self.overlay,
            panel=self.panel,
            now_ms=self.clock.now_ms,
            on_closed=self.closed.set,
            alerts=self.alerts,
        )
        self.journal = MemoryJournal(Header(seed=3, show="theatre"))
        self.inbox = Inbox(
            now_ns=self.clock.now_ns, journal=self.journal, run=self.conductor.run, after=self.conductor.after
        )
        self.track = Track([SilentClock()])
        speakers = {each.id: speaker_of(each, ("tones",)) for each in self.plan.cast}
        self.performer = Performer(
            llm=DemoBrain(lambda hints: brain(hints, int(hints["line"]))),
            voices={"tones": DemoVoice().open()},
            sink=WatchedSink(self.track, self.heard),
            texts=self.texts,
            brief=BriefWriter(self.texts, sayings.quote),
            cast=lambda: speakers,
            judge=lambda text: judge_line(rules, text),
            emit=self.inbox.emit,
            on_clause=self.conductor.clause,
            on_record=self.conductor.record,
            now_ms=lambda: self.clock.now_ns() / 1e6,
            gone=self.ingress.is_taken_back,
        )
        self.conductor.join(self.inbox, self.performer)
        self.inbox.emit(ShowStarted(self.plan.rules if settings else RULES, self.plan.members))

    def press(self, event: Event) -> None:
        self.conductor.press(event)

    def on_row(self, row: ChatRow) -> None:
        self.conductor.on_row(row)

    def _show(self, view: str, changes: Any, gone: Any) -> None:
        self.hub.publish(view, changes, gone)

    def heard(self, heard: Heard) -> None:
        self.ears.heard(heard)
        self.conductor.heard(heard)

    async def read(self, rows: list[ChatRow]) -> None:
        async for row in ReplayChat(rows).rows():
            self.conductor.on_row(row)

    async def close(self) -> None:
        self.inbox.emit(CloseRequested())
        await asyncio.wait_for(self.closed.wait(), 5)
        assert await self.performer.aclose() == []
        self.inbox.close()
        self.track.close()
        self.hub.close(wait_s=0)


def rows(until_s: float) -> list[ChatRow]:
    return [row for row in load(HOUR).rows if row.at <= until_s]


@pytest.mark.timeout(180)
def test_fifteen_minutes_of_show_with_the_real_chain(tmp_path: Path) -> None:
    async def main() -> Theatre:
        theatre = Theatre(tmp_path)
        await theatre.read(rows(900))
        await asyncio.sleep(20)
        await theatre.close()
        leftover = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        assert leftover == [], "a task outlived the show"
        return theatre

    theatre = run_virtual(main())
    events = [row.event for row in theatre.journal.rows]
    ends = [event for event in events if isinstance(event, LineEnded)]
    started = {event.line for event in events if isinstance(event, LineStarted)}
    assert len(ends) == len({event.line for event in ends}), "exactly one end a line"
    assert started <= {event.line for event in ends}
    assert len([event for event in ends if event.outcome == "finished"]) >= 40
    assert not [event for event in ends if event.outcome == "failed"]
    assert theatre.ears.at_once() == 1

    # --- the journal folds again to the same commands
    theatre.journal.write(tmp_path / "journal.jsonl")
    again = replay(tmp_path / "journal.jsonl")
    assert (again.exit_code, again.rows) == (0, len(events))

    # --- what was taken back is nowhere any more
    stones = [event for event in events if isinstance(event, Tombstoned)]
    assert stones
    shown = theatre.hub.snapshot("overlay")["chat"]
    for stone in stones:
        if stone.scope == "message":
            assert theatre.texts.get(f"m:{stone.key}") is None
            assert stone.key not in shown
    assert theatre.hub.snapshot("overlay")["line"] is None
    assert len(shown) <= 40
    assert len(theatre.hub.snapshot("panel")["chat"]) <= 400


def test_stop_in_the_middle_of_everything_is_silence_at_once(tmp_path: Path) -> None:
    async def main() -> None:
        theatre = Theatre(tmp_path)
        reading = asyncio.create_task(theatre.read(rows(300)))
        loop = asyncio.get_running_loop()
        while theatre.track.heard() is None:
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.7)
        theatre.conductor.press(StopPressed(by="test"))
        assert theatre.track.heard() is None
        assert theatre.performer.on_air == 0
        at = loop.time()
        await asyncio.sleep(200)
        assert max(end for _, end in theatre.ears.spans.values()) <= at + 0.15
        assert theatre.inbox.show.requests == ()
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        await theatre.close()

    run_virtual(main())


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_long_show_leaves_nothing_behind(tmp_path: Path) -> None:
    """Objects alive after the first and after the last five minutes of twenty: no leak."""

    async def main() -> list[int]:
        theatre = Theatre(tmp_path)
        counts: list[int] = []
        every = rows(1200)
        for quarter in range(4):
            part = [row for row in every if quarter * 300 <= row.at < (quarter + 1) * 300]
            for row in part:
                await asyncio.sleep(max(0.0, row.at - asyncio.get_running_loop().time()))
                theatre.conductor.on_row(row)
            gc.collect()
            counts.append(sum(str(type(each).__module__).startswith("streamer.speech") for each in gc.get_objects()))
            assert len(theatre.performer.alive()) <= 2
            assert len(asyncio.all_tasks()) < 20
        await theatre.close()
        return counts

    counts = run_virtual(main())
    assert counts[-1] <= counts[0] * 1.5 + 50, counts
