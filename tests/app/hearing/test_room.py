"""The ear in a running show: who hears, when it is deaf, what becomes of words, what the panel sees."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from streamer.app.hearing import room as module
from streamer.app.hearing.room import HearingHouse, HearingRoom
from streamer.app.hearing.said import CastSaid
from streamer.app.latencies import Latencies
from streamer.app.settings import Settings
from streamer.core.events import HostEarChanged, HostSpeechConfirmed, HostVoiceEnded, HostVoiceSuspected
from streamer.hearing.turn import Turn
from streamer.ports import EAR_FRAME_BYTES, ChatRow, Heard, Loading, Unavailable
from streamer.speech.view import ClauseView
from streamer.web.earroom import EarHello, EarRoom

FRAME = b"\1\0" * (EAR_FRAME_BYTES // 2)


class Detector:
    """Never hears anybody; dies when told to."""

    name = "none"
    dies = False

    async def open(self) -> None: ...

    async def score(self, window: bytes) -> float:
        if self.dies:
            raise Unavailable("died")
        return 0.0

    def reset(self) -> None: ...

    async def aclose(self) -> None: ...


class Stand:
    def __init__(self, settings: dict[str, Any]) -> None:
        self.settings = Settings.model_validate(settings)
        self.events: list[Any] = []
        self.rows: list[ChatRow] = []
        self.told: list[Any] = []
        self.tasks: list[asyncio.Task[None]] = []
        self.now = 0.0
        self.said = CastSaid(lambda: self.now)
        self.page = EarRoom()
        self.latencies = Latencies(lambda: 0.0, lambda: 0.0)
        house = HearingHouse(
            settings=lambda: self.settings, names=lambda: ["Mika"], language=lambda: "en", emit=self.events.append,
            say=self.rows.append, publish=self.told.append, start=self._start, show_s=lambda: 1.5,
            state=Path("state"), first_number=7,
        )  # fmt: skip
        self.room = HearingRoom(house, self.page, self.said, self.latencies)

    def _start(self, work: Any, name: str) -> "asyncio.Task[None]":
        task = asyncio.get_running_loop().create_task(work, name=name)
        self.tasks.append(task)
        return task

    def connect(self, *, on: bool = True) -> None:
        """A page of the panel takes the microphone, or leaves it."""
        self.page._hello = EarHello("page", "Microphone") if on else None
        self.page.on_change()

    async def until(self, true: Callable[[], Any]) -> None:
        async with asyncio.timeout(10):
            while not true():
                await asyncio.sleep(0.01)

    async def aclose(self) -> None:
        await self.room.aclose()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


@pytest.fixture
async def stand(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Callable[..., Any]]:
    made: list[Stand] = []

    async def detector() -> Detector:
        return Detector()

    monkeypatch.setattr(module, "open_detector", detector)

    async def stands(**settings: Any) -> Stand:
        one = Stand(settings)
        made.append(one)
        await one.room.change()
        return one

    yield stands
    for one in made:
        await one.aclose()


async def test_it_waits_for_a_page_and_hears_with_the_first(stand: Any):
    s: Stand = await stand()
    assert s.room.state == "waiting"
    assert s.events == []
    s.page.on_frame(FRAME)
    s.connect()
    assert s.room.state == "open"
    assert s.events == [HostVoiceEnded(), HostEarChanged(connected=True)]
    await s.until(lambda: s.room._ear is not None)
    s.connect(on=False)
    assert s.room.state == "waiting"
    assert s.events[-1] == HostEarChanged(connected=False)


async def test_what_is_said_while_the_detector_starts_is_kept_but_for_the_oldest(stand: Any):
    s: Stand = await stand()
    s.connect()
    for _ in range(module.EARLY + 20):
        s.page.on_frame(FRAME)
    assert len(s.room._early) == module.EARLY
    await s.until(lambda: s.room._ear is not None)
    fed: list[bytes] = []
    s.room._ear.feed = fed.append  # type: ignore[method-assign, union-attr]
    s.page.on_frame(FRAME)
    assert len(fed) == module.EARLY + 1


async def test_muted_is_closed_and_says_so(stand: Any):
    s: Stand = await stand(ears={"muted": True})
    s.connect()
    assert s.room.state == "muted"
    assert s.events == []
    assert s.room.mute(on=False)
    assert s.room.state == "open"
    assert not s.room.mute(on=False)
    assert s.room.mute(on=True)
    assert s.events[-1] == HostEarChanged(connected=False)
    assert s.room.healths()[0].notice.code == "ear.muted"
    assert not s.room.push(on=True), "push-to-talk opens no muted ear"


async def test_with_open_speakers_nobody_is_listened_to_while_the_cast_is_heard(stand: Any):
    s: Stand = await stand(ears={"open_speakers": True})
    s.connect()
    s.said.heard(Heard(1, 100))
    assert s.room.state == "deaf"
    assert s.page._state == "deaf"
    s.said.heard(Heard(1, 400, ended=True))
    s.now += 1.0
    s.room._follow()
    assert s.room.state == "open"
    assert s.room.push(on=True)
    s.said.heard(Heard(2, 100))
    assert s.room.state == "open", "who holds the key means it"
    assert s.room.push(on=False)
    assert s.room.state == "deaf"


async def test_what_is_said_before_a_mute_is_not_heard_after_it(stand: Any):
    s: Stand = await stand()
    s.page.on_frame(FRAME)
    assert len(s.room._early) == 1
    s.room.mute(on=True)
    assert len(s.room._early) == 0


async def test_a_language_that_is_chosen_is_listened_for(stand: Any):
    s: Stand = await stand()
    s.connect()
    await s.until(lambda: s.room._ear is not None)
    assert s.room._ear.language == "en"  # type: ignore[union-attr]
    s.settings = Settings.model_validate({"asr": {"language": "ja"}})
    await s.room.change()
    assert s.room._ear.language == "ja"  # type: ignore[union-attr]


async def test_who_presses_is_listened_to_at_once_and_until_the_key_is_let_go(stand: Any):
    s: Stand = await stand(ears={"open_speakers": True, "push_to_talk": True})
    s.connect()
    await s.until(lambda: s.room._ear is not None)
    s.said.heard(Heard(1, 100))
    assert not s.room._ear.is_open  # type: ignore[union-attr]
    assert s.room.push(on=True)
    assert s.room._ear.is_open  # type: ignore[union-attr]
    assert s.room._ear.speaking  # type: ignore[union-attr]
    assert s.room.push(on=False)
    assert s.room._ear.is_open, "what is on its way is taken first"  # type: ignore[union-attr]


async def test_what_was_not_understood_is_said_on_the_page(stand: Any):
    s: Stand = await stand()
    s.connect()
    s.room._troubled(Unavailable("the server is gone"))
    assert s.room.shown()["notice"]["params"] == {"reason": "the server is gone"}  # type: ignore[index]
    s.room._turn(Turn(text="hello", began_s=0.0, ended_s=1.0))
    assert s.room.shown()["notice"] is None
    s.said.erased(None, ())  # type: ignore[arg-type]
    assert s.room.shown()["last"] == ""


async def test_with_headphones_the_ear_stays_open(stand: Any):
    s: Stand = await stand()
    s.connect()
    s.said.heard(Heard(1, 100))
    assert s.room.state == "open"


async def test_the_ear_knows_better_than_the_meter(stand: Any):
    s: Stand = await stand()
    assert s.room.meter(HostVoiceSuspected()) == HostVoiceSuspected()
    assert s.room.meter(HostEarChanged(connected=True)) == HostEarChanged(connected=True)
    s.connect()
    assert s.room.meter(HostSpeechConfirmed()) is None
    assert s.room.meter(HostEarChanged(connected=False)) == HostEarChanged(connected=True), "the ear is still there"
    s.connect(on=False)
    assert s.room.meter(HostSpeechConfirmed()) == HostSpeechConfirmed()


async def test_words_go_the_way_of_all_words_with_numbers_of_their_own(stand: Any):
    s: Stand = await stand()
    s.connect()
    for text in ("Mika, hello", "and you?"):
        s.room._turn(Turn(text=text, began_s=1.0, ended_s=2.0, spans={"asr": 120.0}))
    assert [(row.kind, row.platform, row.id, row.text) for row in s.rows] == [
        ("host_said", "host", "ear-7", "Mika, hello"), ("host_said", "host", "ear-8", "and you?"),
    ]  # fmt: skip
    assert s.latencies.table()["asr"]["n"] == 2
    await s.until(lambda: s.told)
    assert s.told[-1]["ear"]["last"] == "and you?"


async def test_the_panel_sees_when_somebody_begins_to_speak(stand: Any):
    s: Stand = await stand()
    s.connect()
    await s.until(lambda: s.room._ear is not None and s.told)
    s.told.clear()
    s.room._ear.push(True)  # type: ignore[union-attr]
    await s.until(lambda: s.told)
    assert s.told[0]["ear"]["speaking"]


async def test_a_detector_that_dies_is_replaced(stand: Any, monkeypatch: pytest.MonkeyPatch):
    s: Stand = await stand()
    monkeypatch.setattr(Detector, "dies", True)
    s.connect()
    await s.until(lambda: s.room._ear is not None)
    while s.room._vad.name == "none":
        s.page.on_frame(FRAME)
        await asyncio.sleep(0)
    assert s.room.state == "open"
    assert s.room._vad.name == "energy"


async def test_off_and_meter_hear_nobody(stand: Any):
    for source in ("off", "meter"):
        s: Stand = await stand(ears={"source": source})
        s.connect()
        assert s.room.state == "off"
        assert s.events == []
        assert s.room.healths() == []


async def test_what_is_fetched_and_what_went_wrong_are_told(stand: Any):
    s: Stand = await stand()
    s.room.fetching(Loading("fetching", "base", 10, 100))
    assert s.room.shown()["loading"] == {"step": "fetching", "model": "base", "done": 10, "total": 100}
    s.room.fetching(None)
    s.room.fetch_failed(Unavailable("no network"))
    assert [health.notice.params for health in s.room.healths() if health.part == "ear.model"] == [
        {"reason": "no network"}
    ]


async def test_what_the_cast_said_lately_is_known_and_forgotten(stand: Any):
    s: Stand = await stand()
    clause = ClauseView(at=0, end=1_000, text="Cereal is a soup.", words=())
    s.said.clause(1, 0, clause)
    s.said.clause(1, 1, ClauseView(at=1_000, end=2_000, text="Not yet heard.", words=()))
    s.said.heard(Heard(1, 200))
    assert s.said.words() == ["Cereal is a soup."]
    s.now += 20
    assert s.said.words() == []
    s.said.heard(Heard(1, 1_600))
    assert s.said.words() == ["Not yet heard."]
    s.said.erased(None, ())  # type: ignore[arg-type]
    assert s.said.words() == []
