"""The one inbox: numbers, order, two lanes, one alarm, and that nothing in it stops the show."""

import asyncio
import logging
from collections.abc import Callable

import pytest

from streamer.app import inbox as module
from streamer.app.inbox import Inbox
from streamer.app.journal import Header, MemoryJournal, decode_show
from streamer.core.commands import Air, Command, Drop, Prepare
from streamer.core.director import next_wake
from streamer.core.events import (
    ChatReceived,
    DialSet,
    Event,
    Fact,
    Features,
    LineReady,
    ShowStarted,
    SinkChanged,
    StopPressed,
    Woke,
)
from streamer.core.settings import ShowSettings
from streamer.core.show import Show
from tests.core.scene import CAST
from tests.virtual_time import run_virtual

QUIET = ShowSettings(idle_after_ms=0, banter_every_ms=0)


def chat(n: int) -> ChatReceived:
    return ChatReceived(uid=f"t:{n}", user=f"t:v{n}", platform="t", text=f"m:t:{n}", features=Features(("mika",)))


class Desk:
    """An inbox with everything around it noted. Times are those of the running loop."""

    def __init__(self, run: Callable[[Command], None] | None = None, settings: ShowSettings = QUIET) -> None:
        self.loop = asyncio.get_running_loop()
        self.journal = MemoryJournal(Header())
        self.ran: list[Command] = []
        self.folded: list[Fact] = []
        self._run = run
        self.inbox = Inbox(
            now_ns=lambda: round(self.loop.time() * 1e9), journal=self.journal, run=self.run, after=self.after
        )
        self.inbox.emit(ShowStarted(settings, CAST))

    def run(self, command: Command) -> None:
        self.ran.append(command)
        if self._run is not None:
            self._run(command)

    def after(self, fact: Fact, show: Show, commands: object) -> None:
        self.folded.append(fact)

    @property
    def events(self) -> list[Event]:
        return [fact.event for fact in self.folded]


def test_facts_are_numbered_timed_journaled_and_folded_in_the_call_that_brings_them():
    async def scene():
        desk = Desk()
        await asyncio.sleep(1.5)
        desk.inbox.emit(chat(1))
        assert [type(command) for command in desk.ran] == [Prepare]
        assert [(row.seq, row.at_ns) for row in desk.journal.rows] == [(1, 0), (2, 1_500_000_000)]
        assert [fact.seq for fact in desk.folded] == [1, 2]

    run_virtual(scene())


def test_it_is_in_the_journal_before_its_commands_run():
    async def scene():
        lengths: list[int] = []
        desk = Desk(lambda _command: lengths.append(len(desk.journal.rows)))
        desk.inbox.emit(chat(1))
        assert lengths == [2]

    run_virtual(scene())


def test_a_fact_that_comes_while_another_is_folded_waits_its_turn():
    async def scene():
        def run(command: Command) -> None:
            if isinstance(command, Prepare):
                desk.inbox.emit(LineReady(command.line, 900))
                assert desk.inbox.show.next is not None
                assert desk.inbox.show.next.state == "preparing"  # not folded inside the fold

        desk = Desk(run)
        desk.inbox.emit(chat(1))
        assert [type(event).__name__ for event in desk.events[-2:]] == ["ChatReceived", "LineReady"]
        assert [type(command) for command in desk.ran] == [Prepare, Air]

    run_virtual(scene())


def test_control_goes_before_the_crowd():
    async def scene():
        def run(command: Command) -> None:
            if isinstance(command, Prepare) and not late:
                late.append(command)
                for n in range(2, 5):
                    desk.inbox.emit(chat(n))
                desk.inbox.emit(StopPressed())

        late: list[Command] = []
        desk = Desk(run)
        desk.inbox.emit(chat(1))
        names = [type(event).__name__ for event in desk.events[1:]]
        assert names == ["ChatReceived", "StopPressed", "ChatReceived", "ChatReceived", "ChatReceived"]
        assert desk.inbox.show.mode == "stopped"

    run_virtual(scene())


def test_the_crowd_is_bounded_and_what_falls_off_is_counted_control_never(monkeypatch):
    monkeypatch.setattr(module, "CROWD_MAX", 3)

    async def scene():
        def run(command: Command) -> None:
            if isinstance(command, Prepare) and command.line == 1:
                for n in range(2, 12):
                    desk.inbox.emit(chat(n))
                for _ in range(20):
                    desk.inbox.emit(SinkChanged(page=True))

        desk = Desk(run)
        desk.inbox.emit(chat(1))
        assert desk.inbox.crowd_dropped == 7
        assert sum(isinstance(event, SinkChanged) for event in desk.events) == 20
        kept = [event.uid for event in desk.events if isinstance(event, ChatReceived)]
        assert kept == ["t:1", "t:9", "t:10", "t:11"]  # the newest

    run_virtual(scene())


def test_a_command_that_fails_does_not_stop_the_show(caplog):
    async def scene():
        def run(command: Command) -> None:
            if isinstance(command, Prepare):
                raise OSError("the driver is gone")

        desk = Desk(run)
        desk.inbox.emit(chat(1))
        desk.inbox.emit(DialSet(dial="named"))
        assert desk.inbox.show.dial == "named"

    with caplog.at_level(logging.ERROR):
        run_virtual(scene())
    assert "a command failed: Prepare" in caplog.text
    assert "t:1" not in caplog.text.replace("test_inbox", "")  # nothing of a viewer in a message


def test_what_fails_after_a_fold_does_not_stop_it_either(caplog):
    async def scene():
        inbox = Inbox(
            now_ns=lambda: 0,
            journal=MemoryJournal(),
            run=lambda _: None,
            after=lambda *_: 1 // 0,  # type: ignore[arg-type, return-value]
        )
        inbox.emit(ShowStarted(QUIET, CAST))
        inbox.emit(StopPressed())
        assert inbox.show.mode == "stopped"

    with caplog.at_level(logging.CRITICAL):
        run_virtual(scene())


def test_there_is_one_alarm_and_it_rings_when_the_core_asked():
    async def scene():
        desk = Desk(settings=ShowSettings(idle_after_ms=5_000, banter_every_ms=0))
        timers: list[object] = []
        call_later = desk.loop.call_later

        def counted(delay, callback, *args):  # type: ignore[no-untyped-def]
            handle = call_later(delay, callback, *args)
            if getattr(callback, "__self__", None) is desk.inbox:
                timers.append(handle)
            return handle

        desk.loop.call_later = counted  # type: ignore[method-assign]
        for _ in range(50):
            desk.inbox.emit(SinkChanged(page=True))  # changes nothing about what is due
        assert timers == []
        await asyncio.sleep(5.001)
        woken = [fact for fact in desk.folded if isinstance(fact.event, Woke)]
        assert [fact.at_ns // 1_000_000 for fact in woken] == [5_000]
        assert [command.kind for command in desk.ran if isinstance(command, Prepare)] == ["idle"]
        assert next_wake(desk.inbox.show) is not None
        await asyncio.sleep(21)
        assert len([handle for handle in timers if not handle.cancelled()]) >= 1  # type: ignore[attr-defined]

    run_virtual(scene())


def test_after_the_end_nothing_is_folded_and_no_alarm_rings():
    async def scene():
        desk = Desk(settings=ShowSettings(idle_after_ms=1_000))
        desk.inbox.close()
        before = len(desk.folded)
        desk.inbox.emit(chat(1))
        await asyncio.sleep(60)
        assert len(desk.folded) == before

    run_virtual(scene())


def test_a_snapshot_is_kept_now_and_then_and_is_the_show(monkeypatch):
    monkeypatch.setattr("streamer.app.journal.SNAPSHOT_EVERY", 4)
    kept: list[tuple[bytes, int]] = []

    async def scene():
        desk = Desk()
        monkeypatch.setattr(desk.journal, "snapshot", _keep(desk.journal, kept))
        for n in range(6):
            desk.inbox.emit(chat(n))
        ((snapshot, seq),) = kept
        assert seq == 4
        assert decode_show(snapshot).seq == 4

    run_virtual(scene())


def _keep(journal: MemoryJournal, kept: list[tuple[bytes, int]]):
    real = journal.snapshot

    def snapshot(show: bytes, seq: int) -> None:
        kept.append((show, seq))
        real(show, seq)

    return snapshot


def test_it_goes_on_with_a_show_and_its_numbers():
    async def scene():
        first = Desk()
        first.inbox.emit(chat(1))
        journal = MemoryJournal()
        second = Inbox(
            now_ns=lambda: 10**9, journal=journal, run=lambda _: None, show=first.inbox.show, seq=first.folded[-1].seq
        )
        second.emit(StopPressed())
        assert journal.rows[0].seq == 3
        assert second.show.mode == "stopped"
        assert any(isinstance(command, Drop) for command in first.ran) is False

    run_virtual(scene())


@pytest.fixture(autouse=True)
def _quiet(caplog):
    caplog.set_level(logging.CRITICAL)
