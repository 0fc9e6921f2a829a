"""A small stage for script-like tests of the core: say what happens, look at what is ordered."""

from collections.abc import Iterable
from typing import TypeVar

from streamer.core.commands import Air, Command, Prepare
from streamer.core.director import next_wake, step
from streamer.core.events import (
    ChatReceived,
    Event,
    Fact,
    Features,
    LineEnded,
    LineReady,
    LineStarted,
    ShowStarted,
    Woke,
)
from streamer.core.settings import Member, ShowSettings
from streamer.core.show import EMPTY, Show

T = TypeVar("T")
CAST = (Member("mika", talkativeness=0.6), Member("juno", talkativeness=0.5))


class Scene:
    """Folds facts on a clock that only moves when told to; wakes the core whenever it asked for it."""

    def __init__(self, settings: ShowSettings | None = None, cast: tuple[Member, ...] = CAST) -> None:
        self.show: Show = EMPTY
        self.now_ms = 0
        self.seq = 0
        self.log: list[Command] = []
        self.start = settings or ShowSettings(idle_after_ms=0, banter_every_ms=0)
        self.feed(ShowStarted(settings=self.start, cast=cast))

    def feed(self, event: Event) -> list[Command]:
        self.seq += 1
        self.show, commands = step(self.show, Fact(self.seq, self.now_ms * 1_000_000, event))
        wake = next_wake(self.show)
        assert wake is None or wake > self.now_ms, f"the core wants to be woken in the past: {wake}"
        self.log.extend(commands)
        return list(commands)

    def wait(self, ms: int) -> list[Command]:
        """Let time pass; the core is woken as often as it wants."""
        until = self.now_ms + ms
        out: list[Command] = []
        while (wake := next_wake(self.show)) is not None and wake <= until:
            self.now_ms = wake
            out += self.feed(Woke())
        self.now_ms = until
        return out

    def chat(
        self,
        user: str,
        *,
        platform: str = "t",
        to: Iterable[str] = (),
        uid: str = "",
        question: bool = False,
        everyone: bool = False,
        topic: int = 0,
        words: int = 4,
        **more: object,
    ) -> list[Command]:
        features = Features(
            addressed=tuple(to), question=question, everyone=everyone, topic=topic, words=words,
            command=bool(more.pop("command", False)), emote_only=bool(more.pop("emote_only", False)),
        )  # fmt: skip
        uid = uid or f"t:{self.seq + 1}"
        fields = {"text": f"m:{uid}", **more}
        fields = {"user": f"{platform}:{user}", "platform": platform, **fields}
        return self.feed(ChatReceived(uid=uid, features=features, **fields))  # pyright: ignore[reportArgumentType]

    def ready(self, line: int, est_ms: int = 3_000) -> list[Command]:
        return self.feed(LineReady(line, est_ms))

    def started(self, line: int) -> list[Command]:
        return self.feed(LineStarted(line))

    def ended(self, line: int, heard_ms: int = 3_000, outcome: str = "finished") -> list[Command]:
        return self.feed(LineEnded(line=line, outcome=outcome, heard_ms=heard_ms, heard=f"l:{line}"))  # pyright: ignore[reportArgumentType]

    def speak(self, line: int, ms: int = 3_000) -> list[Command]:
        """The line is prepared, gets the floor and is heard to its end."""
        out = self.ready(line)
        out += self.wait(1_000)
        out += self.started(line)
        out += self.wait(ms)
        return out + self.ended(line, ms)


def of(kind: type[T], commands: Iterable[Command]) -> list[T]:
    return [command for command in commands if isinstance(command, kind)]


def prepared(commands: Iterable[Command]) -> Prepare:
    """The one line ordered."""
    (command,) = of(Prepare, commands)
    return command


def aired(commands: Iterable[Command]) -> Air:
    (command,) = of(Air, commands)
    return command
