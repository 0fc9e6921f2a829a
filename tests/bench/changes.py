"""`change_s`: brain, voice and character are changed while somebody speaks: what is heard from then on is the new one.

Two model servers, two voices and two characters take turns. Each answer carries a number, and each piece of sound has
a pitch of its own, so that what is heard at the page leads back to the very requests that made it.
"""

import array
import re
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from itertools import pairwise
from typing import Any

from aiohttp import web

from tests.bench.report import Bench, Change, change
from tests.bench.stand import Stand, stand, to_wav, tone
from tests.fakes.openai import FakeOpenAi

LINE_S = 20.0
SPEED = 2.0
LONG_S, SHORT_S = 1.2, 0.3
LOUD = 300
"""Of 32,767."""
HZ = 200
"""The first piece of sound of a round; the others are multiples."""
VOICES = ("alloy", "nova")
CHARACTERS = ("You collect pebbles.", "You collect copper.")
COLLECTED = re.compile(r"You collect (pebbles|copper)\.")
NUMBER = re.compile(r"number (\d+)")
WHAT = ("brain", "voice", "character")


class Brain(FakeOpenAi):
    """Answers with a number that is given once among all brains of `asked`, where its questions are noted."""

    def __init__(self, name: str, asked: "list[Asked]") -> None:
        super().__init__()
        self._name, self._asked = name, asked

    async def _begin(self, request: web.Request) -> web.Response | None:
        refusal = await super()._begin(request)
        found = COLLECTED.search(str(self.requests[-1]["messages"]))
        collected = found[0] if found else ""
        self._asked.append(Asked(time.perf_counter(), self._name, collected))
        self.tokens = ["This", " is", " answer", " number", f" {len(self._asked)}", "."]
        return refusal


class Asked:
    """One question to a model: when, which one, and as which character."""

    def __init__(self, at: float, brain: str, character: str) -> None:
        self.at, self.brain, self.character = at, brain, character


class Voice(FakeOpenAi):
    """Its first piece of sound after `again` is the lowest and the longest."""

    def __init__(self) -> None:
        super().__init__(sound=self._next)
        self.spoken: list[tuple[str, str]] = []
        """Text and voice."""

    def again(self) -> None:
        self.spoken = []

    def _next(self, text: str) -> bytes:
        self.spoken.append((text, str(self.requests[-1]["voice"])))
        count = len(self.spoken)
        return to_wav(tone(LONG_S if count == 1 else SHORT_S, HZ * count))


async def changes(bench: Bench, *, quick: bool) -> None:
    """While a line is heard and the next one is prepared, a change is asked for; what is said after it is looked at."""
    times = 1 if quick else 5
    asked: list[Asked] = []
    async with AsyncExitStack() as stack:
        brains = {name: Brain(name, asked) for name in ("one", "two")}
        other = await stack.enter_async_context(brains["two"])
        voice = Voice()
        on_air = await stack.enter_async_context(stand("wav", llm=brains["one"], tts=voice))
        on_air.page.speed = SPEED
        bed = _Bed(on_air, asked, voice, {"one": brains["one"].url, "two": other.url})
        await bed.settle()
        found = {what: await bed.measure(what, times) for what in WHAT}
    early = f"; {bed.early} lines that were being made already were still heard as they were" if bed.early else ""
    bench.measured("change_s", found, ", ".join(_words(what, each) for what, each in found.items()) + early)


def _words(what: str, each: Change) -> str:
    return f"{what}: {each.old_lines} of {each.lines} lines used the old one"


class _Bed:
    """One show, its changes and what was heard after each."""

    def __init__(self, on_air: Stand, asked: list[Asked], voice: Voice, urls: dict[str, str]) -> None:
        self._on_air, self._asked, self._voice, self._urls = on_air, asked, voice, urls
        self._turn = 0
        self.early = 0
        """Lines that had been begun before and were heard after a change."""

    async def settle(self) -> None:
        """Everything as the first of two, and what is done only once (a look around, own files) done."""
        for what in WHAT:
            await self._change(what, second=False)
            await self._change(what, second=True)
            await self._change(what, second=False)

    async def measure(self, what: str, times: int) -> Change:
        took, lines, old = [], 0, 0
        for number in range(times):
            seconds, used = await self._round(what, second=number % 2 == 0)
            took.append(seconds)
            lines += len(used)
            wanted = self._names(what)[number % 2 == 0]
            old += sum(each != wanted for each in used)
        if times % 2:
            await self._change(what, second=False)
        return change(took, lines=lines, old_lines=old)

    def _names(self, what: str) -> Sequence[str]:
        return {"brain": ("one", "two"), "voice": VOICES, "character": CHARACTERS}[what]

    async def _round(self, what: str, *, second: bool) -> tuple[float, list[str]]:
        """How long the change took, and what each line used that was begun after it."""
        on_air, page, asked = self._on_air, self._on_air.page, len(self._asked)
        self._voice.again()
        frames, ended = len(page.frames), len(page.told("finish"))
        await on_air.say("Mika, tell me about the soup")
        await page.until(lambda: len(page.frames) > frames + 5, LINE_S)
        await on_air.say("Mika, and what about bread?")
        seconds = await self._change(what, second=second)
        accepted = time.perf_counter()
        await on_air.say("Mika, do you like cheese?")
        await page.until(lambda: len(page.told("finish")) >= ended + 3, LINE_S)
        await self._quiet()
        used: list[str] = []
        for text, voice in self._heard(frames):
            made = self._asked[_number(text) - 1]
            now = {"brain": made.brain, "voice": voice, "character": made.character}[what]
            if made.at > accepted:
                used.append(now)
            elif _number(text) > asked + 1:
                self.early += now != self._names(what)[second]
        return seconds, used

    async def _quiet(self) -> None:
        page = self._on_air.page
        await page.until(lambda: page.idle, LINE_S)
        await self._on_air.quiet()

    def _heard(self, since: int) -> list[tuple[str, str]]:
        """Text and voice of each line that was heard, by its pitch."""
        lines: dict[int, bytes] = {}
        for frame in self._on_air.page.frames[since:]:
            lines[frame.line] = lines.get(frame.line, b"") + frame.samples
        return [self._voice.spoken[round(pitch(samples) / HZ) - 1] for samples in lines.values()]

    async def _change(self, what: str, *, second: bool) -> float:
        match what:
            case "brain":
                return await self._ask("POST", "setup/brain", self._brain(second=second))
            case "voice":
                choice = {"persona": "mika", "engine": "openai", "voice": VOICES[second]}
                return await self._ask("POST", "setup/voices", choice)
            case _:
                return await self._ask("PATCH", "characters/mika", {"sentences": CHARACTERS[second]})

    def _brain(self, *, second: bool) -> dict[str, str]:
        return {"profile": "vllm", "model": "fake", "base_url": self._urls["two" if second else "one"]}

    async def _ask(self, method: str, path: str, body: dict[str, Any]) -> float:
        base = self._on_air.product.base
        began = time.perf_counter()
        async with self._on_air.session.request(
            method, f"{base}/api/v1/{path}", json=body, headers={"Origin": base}
        ) as answer:
            said = await answer.text()
            assert answer.status == 200, said
        return time.perf_counter() - began


def _number(text: str) -> int:
    found = NUMBER.search(text)
    assert found is not None, text
    return int(found[1])


def pitch(samples: bytes) -> float:
    """Hz of a tone in s16le at 24,000 Hz, whatever silence is around it."""
    loud = [(at, value > 0) for at, value in enumerate(array.array("h", samples)) if abs(value) > LOUD]
    rises = sum(now and not before for (_, before), (_, now) in pairwise(loud))
    return rises * 24_000 / (loud[-1][0] - loud[0][0])
