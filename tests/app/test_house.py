"""A whole house on its own port: opens, is refused a taken one, goes on with an interrupted show, closes in time."""

import asyncio
import logging
import socket
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from msgspec.structs import replace

from streamer.adapters.demo.brain import INSTANT
from streamer.app import house as module
from streamer.app.house import House
from streamer.app.journal import Row, latest, read
from streamer.app.outlets import Outlets, SoundPart
from streamer.app.plan import Plan
from streamer.app.replay import replay
from streamer.core.events import (
    CloseRequested,
    Event,
    HostSpoke,
    LineEnded,
    LineStarted,
    Resumed,
    ShowStarted,
    SinkChanged,
    StopPressed,
)
from streamer.hearing.turn import Turn
from streamer.ports import ChatRow, ChatSource, Health, Misconfigured, Notice, User
from streamer.web.gate import Site
from tests.app.kit import plan, put
from tests.fakes.tts import BRIEF, FakeVoice, How

QUIET = "show: {idle_after_s: 0, banter_every_s: 0, gap_s: 0, rundown: empty}\n"


class Crowd:
    """A chat that says what a test puts into it."""

    name = "chat.crowd"

    def __init__(self) -> None:
        self.queue: asyncio.Queue[ChatRow] = asyncio.Queue()
        self.closed = False
        self.count = 0

    def say(self, text: str, user: str = "ana") -> str:
        self.count += 1
        who = User(user, user, user.title())
        row = ChatRow(at=0.0, platform="t", kind="message", id=str(self.count), user=who, text=text)
        self.queue.put_nowait(row)
        return f"t:{self.count}"

    async def rows(self) -> AsyncIterator[ChatRow]:
        while True:
            yield await self.queue.get()

    def health(self) -> Health:
        return Health(self.name, "ok", Notice("chat.demo"))

    async def aclose(self) -> None:
        self.closed = True


def quiet_plan(tmp_path: Path) -> Plan:
    put(tmp_path / "home", "scenes/empty.yaml", "title: Quiet\n")
    return plan(tmp_path, QUIET)


@pytest.fixture(autouse=True)
def voice(monkeypatch) -> FakeVoice:
    """The house speaks with it instead of espeak."""
    made = FakeVoice("espeak", How(pace=0.0))
    monkeypatch.setattr(module, "open_voices", lambda _settings: ({"espeak": made}, []))

    async def nothing(*_: object) -> Sequence[object]:
        return []

    if hasattr(module, "discover"):
        monkeypatch.setattr(module, "discover", nothing)
    return made


@asynccontextmanager
async def opened(house: House) -> AsyncIterator[House]:
    await house.open()
    try:
        yield house
    finally:
        await house.close()


def house_of(tmp_path: Path, *sources: ChatSource, **more: bool) -> House:
    return House(quiet_plan(tmp_path), Site(port=0), pace=INSTANT, sources=sources, **more)  # type: ignore[arg-type]


def facts(tmp_path: Path) -> list[Event]:
    path = latest(tmp_path / "state" / "journal")
    assert path is not None
    return [item.event for item in read(path)[1] if isinstance(item, Row)]


async def until(true, within_s: float = 20.0) -> None:  # type: ignore[no-untyped-def]
    async with asyncio.timeout(within_s):
        while not true():
            await asyncio.sleep(0.02)


async def test_it_serves_answers_and_closes_in_time(tmp_path: Path) -> None:
    crowd = Crowd()
    house = house_of(tmp_path, crowd)
    async with opened(house):
        async with aiohttp.ClientSession() as session:
            for path in ("/healthz", "/readyz"):
                async with session.get(house.web.base_url + path) as answer:
                    assert answer.status == 200
        assert "showrunner_crowd_dropped 0\n" in house.metrics.render()
        crowd.say("Mika, how are you?")
        await until(lambda: any(isinstance(event, LineStarted) for event in facts(tmp_path)))
        parts = {row.part: row.state for row in house.health()}
        assert parts["chat.crowd"] == "ok"
        assert parts["chat.inject"] == "ok"
        assert parts["llm"] == "ok"
        assert house.busy
        began = time.monotonic()
        late = await house.close()
        took_s = time.monotonic() - began
        assert late == []
        assert took_s < 15  # well under one, on a machine with nothing else to do
        assert crowd.closed
    told = facts(tmp_path)
    assert isinstance(told[0], ShowStarted)
    assert isinstance(told[-1], LineEnded | CloseRequested)
    path = latest(tmp_path / "state" / "journal")
    assert path is not None
    assert replay(path).exit_code == 0


async def test_a_polite_end_lets_the_line_finish(tmp_path: Path) -> None:
    crowd = Crowd()
    house = house_of(tmp_path, crowd)
    async with opened(house):
        crowd.say("Mika, how are you?")
        await until(lambda: any(isinstance(event, LineStarted) for event in facts(tmp_path)))
        await house.close(finish=True)
    (ended,) = [event for event in facts(tmp_path) if isinstance(event, LineEnded)]
    assert ended.outcome == "finished"


async def test_a_taken_port_is_misconfigured_and_the_folder_is_given_back(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        house = House(quiet_plan(tmp_path), Site(port=port), sources=[])
        with pytest.raises(Misconfigured, match=f"port {port} is taken") as caught:
            await house.open()
        assert "--port" in caught.value.fix
    async with opened(house_of(tmp_path)):
        pass


async def test_a_failed_start_leaves_no_journal(tmp_path: Path) -> None:
    first = house_of(tmp_path, Crowd())
    await first.open()
    await _die(first)
    before = latest(tmp_path / "state" / "journal")
    with socket.create_server(("127.0.0.1", 0)) as other:
        site = Site(port=other.getsockname()[1])
        with pytest.raises(Misconfigured):
            await House(quiet_plan(tmp_path), site, sources=[], fresh=True).open()
    assert before is not None
    assert list(before.parent.iterdir()) == [before]
    async with opened(house_of(tmp_path, Crowd())) as again:
        assert again.resumed  # the show that was interrupted is still the last one


async def test_words_of_lines_of_an_earlier_process_are_gone(tmp_path: Path, voice: FakeVoice) -> None:
    """What they answered is not known any more, so a deletion could not reach them."""
    voice._plan = BRIEF
    crowd = Crowd()
    first = house_of(tmp_path, crowd)
    await first.open()
    crowd.say("Mika, how are you?")
    await until(lambda: any(isinstance(event, LineEnded) for event in facts(tmp_path)))
    assert first.texts.get("l:1")
    await _die(first)
    async with opened(house_of(tmp_path, Crowd())) as second:
        assert second.resumed
        assert second.texts.get("l:1") is None
        assert second.texts.get("m:t:1")
    assert '"l:1"' not in (tmp_path / "state" / "texts.jsonl").read_text(encoding="utf-8")


async def test_a_folder_in_use_is_misconfigured(tmp_path: Path) -> None:
    async with opened(house_of(tmp_path)) as first:
        before = (tmp_path / "state" / "epoch").read_text(encoding="ascii")
        with pytest.raises(Misconfigured, match="another show is running"):
            await house_of(tmp_path).open()
        assert (tmp_path / "state" / "epoch").read_text(encoding="ascii") == before
        assert first.inbox.show.mode == "running"


async def _die(house: House) -> None:
    """What a killed process leaves: its files as they are, no good-bye."""
    await house.journal.flush()
    house.inbox.close()
    await house._supervisor.close(1)
    await house.performer.aclose()
    await house.web.stop()
    await house.journal.aclose()
    house.track.close()
    house.texts.close()  # type: ignore[attr-defined]
    module.release(house._held)


async def test_an_interrupted_show_goes_on_and_stopped_stays_stopped(tmp_path: Path) -> None:
    crowd = Crowd()
    first = house_of(tmp_path, crowd)
    await first.open()
    crowd.say("Mika, how are you?")
    await until(lambda: any(isinstance(event, LineStarted) for event in facts(tmp_path)))
    await _die(first)
    line = first.inbox.show.air
    assert line is not None

    crowd = Crowd()
    crowd.count = 1
    second = house_of(tmp_path, crowd)
    await second.open()
    assert "lines lost: 1" in second.resumed
    assert any(isinstance(event, Resumed) for event in facts(tmp_path))
    assert second.inbox.show.air is None
    crowd.queue.put_nowait(ChatRow(at=0.0, platform="t", kind="message", id="1", user=User("ana"), text="Mika, hi?"))
    crowd.say("Juno, how are you?")
    await until(lambda: second.inbox.show.air is not None)
    assert second.inbox.show.air is not None
    assert second.inbox.show.air.id > line.id
    assert second.inbox.show.air.answers == ("t:2",)  # what was said before the end is not answered again
    second.press(StopPressed())
    await _die(second)

    third = house_of(tmp_path, Crowd())
    async with opened(third):
        assert third.inbox.show.mode == "stopped"
    path = latest(tmp_path / "state" / "journal")
    assert path is not None
    assert replay(path).exit_code == 0


async def test_what_the_host_asked_before_the_end_is_still_known(tmp_path: Path) -> None:
    crowd = Crowd()
    first = house_of(tmp_path, crowd)
    await first.open()
    crowd.queue.put_nowait(ChatRow(at=0.0, platform="host", kind="host_said", id="h1", text="Mika, what do you say?"))
    await until(lambda: first.inbox.show.next is not None or first.inbox.show.air is not None)
    await _die(first)
    async with opened(house_of(tmp_path, Crowd())) as second:
        quote = second.sayings.quote("host:h1")
        assert quote is not None
        assert quote.text == "Mika, what do you say?"


async def test_a_fresh_start_and_a_closed_show_are_new_shows(tmp_path: Path) -> None:
    first = house_of(tmp_path, Crowd())
    await first.open()
    await _die(first)
    async with opened(house_of(tmp_path, Crowd(), fresh=True)) as second:
        assert second.resumed == ""
    async with opened(house_of(tmp_path, Crowd())) as third:
        assert third.resumed == ""


async def test_a_folder_that_cannot_be_written_is_misconfigured(tmp_path: Path) -> None:
    put(tmp_path, "state", "a file where the folder should be")
    with pytest.raises(Misconfigured, match="cannot be written") as caught:
        await house_of(tmp_path).open()
    assert "--state DIR" in caught.value.fix


async def test_without_a_journal_the_show_runs_and_says_so(tmp_path: Path, caplog) -> None:
    caplog.set_level(logging.CRITICAL)
    put(tmp_path, "state/journal", "a file where the folder should be")
    put(tmp_path, "state/texts.jsonl/x", "a folder where the file should be")
    crowd = Crowd()
    async with opened(house_of(tmp_path, crowd)) as house:
        crowd.say("Mika, how are you?")
        await until(lambda: house.inbox.show.air is not None)
        assert ("journal", "broken") in [(row.part, row.state) for row in house.health()]


async def test_closing_twice_closes_once(tmp_path: Path) -> None:
    house = house_of(tmp_path, Crowd())
    await house.open()
    assert await house.close() == []
    assert await house.close() == []


async def test_a_dead_voice_is_a_degraded_part_and_captions_go_on(tmp_path: Path, voice: FakeVoice) -> None:
    from streamer.ports import Unavailable

    voice._plan = How(fail_at_ms=0, error=Unavailable("the voice is gone"))
    crowd = Crowd()
    async with opened(house_of(tmp_path, crowd)) as house:
        crowd.say("Mika, how are you?")
        await until(lambda: any(isinstance(event, LineStarted) for event in facts(tmp_path)))
        states = {row.part: row.state for row in house.health() if row.part.startswith("voice.")}
        assert set(states.values()) <= {"degraded", "broken", "ok"}
        assert house.hub.snapshot("overlay")["line"]["clauses"]


async def test_a_show_without_a_voice_says_so(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(module, "open_voices", lambda _settings: ({}, []))
    async with opened(House(quiet_plan(tmp_path), Site(port=0), sources=[Crowd()])) as house:
        (row,) = [each for each in house.health() if each.part == "voice"]
        assert (row.state, row.notice.code) == ("degraded", "voice.captions")


async def test_the_host_is_heard_by_the_house(tmp_path: Path, voice: FakeVoice) -> None:
    voice._plan = BRIEF
    house = House(quiet_plan(tmp_path), Site(port=0), pace=INSTANT)
    async with opened(house):
        assert "ear" in [health.part for health in house.health()]
        mic = house.chat.desk.commands.mic
        assert mic is not None
        assert mic(False, "mod", "chat") == "done"
        assert house.hearing.muted
        assert mic(False, "mod", "chat") == "already"
        assert mic(True, "mod", "chat") == "done"
        name = house.plan.cast[0].name
        house.hearing._turn(Turn(text=f"{name}, what is a moon?", began_s=0.0, ended_s=1.0))
        spoke = next(event for event in reversed(facts(tmp_path)) if isinstance(event, HostSpoke))
        assert spoke.uid == "host:ear-1"
        assert spoke.features.addressed == (house.plan.cast[0].id,)
        await asyncio.wait_for(_until(lambda: house.latencies.table()["queue"]["n"] == 1), 20)


async def test_a_device_that_plays_is_shown_and_changed_settings_wait(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(Outlets, "run", lambda _self: asyncio.sleep(3600))
    put(tmp_path / "home", "scenes/empty.yaml", "title: Quiet\n")
    settings = QUIET + "sound: {sink: device}\n"
    house = House(plan(tmp_path, settings), Site(port=0), pace=INSTANT, sources=[Crowd()])
    async with opened(house):

        def shown() -> dict[str, object]:
            return house.hub.snapshot("panel")["sound"]

        assert shown()["where"] == "nobody"
        house._sink_changed(SinkChanged(page=False, name="CABLE"))
        assert (shown()["where"], shown()["name"], shown()["warning"]) == ("device", "CABLE", "")
        house._show_sound(house.room.sound)
        assert shown()["where"] == "device", "a page that comes or goes changes nothing of it"
        house.outlets.watched[0].level._on_level(-20.0)
        assert house.hub.snapshot("panel")["level"] == -20.0
        assert "sound" not in [row.part for row in house.health()]
        house.plan = replace(house.plan, settings=house.plan.settings.model_copy(update={"sound": SoundPart()}))
        assert [row.notice.code for row in house.health() if row.part == "sound"] == ["sound.changed"]


async def _until(true: Callable[[], object]) -> None:
    while not true():
        await asyncio.sleep(0.05)
