"""A performer with fakes around it, for the tests of this folder."""

import asyncio
from typing import Any

from streamer.core.commands import LineKind, Prepare
from streamer.core.events import Event, LineEnded, LineReady, LineStarted, SentenceSpoken
from streamer.core.verdict import ALLOW, Verdict
from streamer.ports import VoiceSpec
from streamer.speech.brief import BriefWriter, Quote
from streamer.speech.perform import Performer
from streamer.speech.speaker import Speaker, Voice
from streamer.speech.view import ClauseView, LineRecord
from streamer.speech.voicing import SpeechLimits
from tests.fakes.llm import FakeModel
from tests.fakes.sink import FakeSink
from tests.fakes.tts import FakeVoice


class Texts:
    """The text store."""

    def __init__(self) -> None:
        self._texts: dict[str, tuple[str, str]] = {}

    def put(self, ref: str, text: str, *, owner: str = "") -> None:
        self._texts[ref] = (text, owner)

    def get(self, ref: str) -> str | None:
        found = self._texts.get(ref)
        return found[0] if found else None

    def erase(self, ref: str) -> None:
        self._texts.pop(ref, None)

    def erase_owner(self, owner: str) -> list[str]:
        refs = [ref for ref, (_, whose) in self._texts.items() if whose == owner]
        for ref in refs:
            self.erase(ref)
        return refs


class House:
    """Everything around one performer. `events` are (virtual ms, event)."""

    def __init__(
        self,
        llm: FakeModel | None = None,
        *voices: Any,
        sink: FakeSink | None = None,
        judge: Any = None,
        late: tuple[str, ...] = ("[think] Give me a second, chat.",),
        safe: tuple[str, ...] = ("[shy] Let us talk about something else.",),
        **limits: Any,
    ) -> None:
        self.loop = asyncio.get_running_loop()
        self.llm = llm or FakeModel()
        engines = voices or (FakeVoice(),)
        self.voices = engines
        chain = tuple(Voice(engine.caps.engine, VoiceSpec(name="v")) for engine in engines)
        self.cast = {
            "mika": Speaker(id="mika", name="Mika", description="A fox.", voices=chain, late=late, safe=safe),
            "rex": Speaker(id="rex", name="Rex", description="A robot.", voices=chain, late=late, safe=safe),
        }
        self.sink = sink or FakeSink()
        self.texts = Texts()
        self.quotes: dict[str, Quote] = {}
        self.events: list[tuple[int, Event]] = []
        self.records: list[LineRecord] = []
        self.views: dict[tuple[int, int], list[ClauseView]] = {}
        self.erased: set[str] = set()
        self.brief = BriefWriter(self.texts, self.quotes.get)
        self.performer = Performer(
            llm=self.llm,
            voices={engine.caps.engine: engine for engine in engines},
            sink=self.sink,
            texts=self.texts,
            brief=self.brief,
            cast=lambda: self.cast,
            judge=judge or allow,
            emit=lambda event: self.events.append((self.now(), event)),
            on_clause=lambda line, index, view: self.views.setdefault((line, index), []).append(view),
            on_record=self.records.append,
            now_ms=lambda: self.loop.time() * 1000,
            gone=self.erased.__contains__,
            limits=SpeechLimits(**limits),
        )

    def now(self) -> int:
        return round(self.loop.time() * 1000)

    def prepare(self, line: int = 1, persona: str = "mika", kind: LineKind = "idle", **more: Any) -> None:
        self.performer.prepare(Prepare(cause=1, line=line, persona=persona, kind=kind, why="idle", **more))

    async def ready(self, line: int = 1) -> None:
        await self.until(lambda: any(isinstance(e, LineReady | LineEnded) and e.line == line for _, e in self.events))

    async def ended(self, line: int = 1) -> LineEnded:
        await self.until(lambda: any(isinstance(e, LineEnded) and e.line == line for _, e in self.events))
        return self.ends(line)[0]

    async def until(self, what: Any, limit_s: float = 120) -> None:
        began = self.loop.time()
        while not what():
            await asyncio.sleep(0.01)
            assert self.loop.time() - began < limit_s, "never happened"

    async def perform(self, line: int = 1, **more: Any) -> LineEnded:
        """Prepare and air at once, to the end."""
        self.prepare(line, **more)
        self.performer.air(line)
        return await self.ended(line)

    def ends(self, line: int = 1) -> list[LineEnded]:
        return [event for _, event in self.events if isinstance(event, LineEnded) and event.line == line]

    def times(self, kind: type) -> list[int]:
        return [at for at, event in self.events if isinstance(event, kind)]

    def spoken(self, line: int = 1) -> list[int]:
        return [event.index for _, event in self.events if isinstance(event, SentenceSpoken) and event.line == line]

    def started(self, line: int = 1) -> int | None:
        return next((at for at, e in self.events if isinstance(e, LineStarted) and e.line == line), None)

    def heard(self, line: int = 1) -> str:
        return self.texts.get(f"l:{line}") or ""

    async def close(self) -> None:
        late = await self.performer.aclose()
        assert list(late) == []
        await asyncio.sleep(0)
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        assert others == []


def allow(text: str) -> Verdict:
    return ALLOW
