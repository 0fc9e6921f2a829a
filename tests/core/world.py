"""A small honest model of everything around the core: a chain that prepares and plays lines, with delays, failures and
facts that get lost. It knows what really sounds, which is what the property tests ask about."""

import heapq
import random
from dataclasses import dataclass, field

from streamer.core.commands import Air, Close, Command, Cut, Hush, Prepare, Unhush, Withdraw
from streamer.core.director import next_wake, step
from streamer.core.events import Event, Fact, LineEnded, LineReady, LineStarted, SentenceSpoken, ShowStarted, Woke
from streamer.core.settings import ShowSettings
from streamer.core.show import EMPTY, Show
from tests.core.scene import CAST

LOSSY = (LineReady, LineStarted, SentenceSpoken, LineEnded)


@dataclass
class Sound:
    line: int
    answers: tuple[str, ...]
    from_ms: int
    until_ms: int
    state: str = "preparing"
    before_ms: int = 0
    """What was heard of the line before this piece of it."""
    rest_ms: int = 0
    """What is left of it, while it is hushed."""
    again: bool = False
    """It goes on after it was hushed."""


@dataclass
class World:
    seed: int
    settings: ShowSettings
    loss: float = 0.01
    fail: float = 0.05
    show: Show = EMPTY
    now_ms: int = 0
    seq: int = 0
    queue: list[tuple[int, int, Event]] = field(default_factory=list)
    lines: dict[int, Sound] = field(default_factory=dict)
    commands: list[Command] = field(default_factory=list)
    spans: list[Sound] = field(default_factory=list)
    order: int = 0
    closed: bool = False

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.feed(ShowStarted(settings=self.settings, cast=CAST))

    def later(self, ms: int, event: Event) -> None:
        """A fact of the chain arrives in `ms`, unless it is one of those that get lost."""
        if isinstance(event, LOSSY) and self.random.random() < self.loss:
            return
        self.order += 1
        heapq.heappush(self.queue, (self.now_ms + ms, self.order, event))

    def feed(self, event: Event) -> None:
        self.seq += 1
        self.show, commands = step(self.show, Fact(self.seq, self.now_ms * 1_000_000, event))
        wake = next_wake(self.show)
        assert wake is None or wake > self.now_ms
        self.commands.extend(commands)
        for command in commands:
            self.run(command)
        self.check()

    def run(self, command: Command) -> None:
        match command:
            case Prepare(line=line, answers=answers):
                assert line not in self.lines, "a line id is never used twice"
                self.lines[line] = Sound(line, answers, -1, -1)
                if self.random.random() < self.fail:
                    self.later(self.random.randint(5, 4_000), LineEnded(line=line, outcome="failed"))
                else:
                    self.later(self.random.randint(5, 3_000), LineReady(line, self.random.randint(500, 9_000)))
            case Air(line=line, not_before_ms=at):
                sound = self.lines[line]
                assert sound.state == "preparing"
                sound.state = "aired"
                sound.from_ms = max(at, self.now_ms) + self.random.randint(0, 120)
                sound.until_ms = sound.from_ms + self.random.randint(300, 9_000)
                self.spans.append(sound)
                wait = sound.from_ms - self.now_ms
                total = sound.until_ms - sound.from_ms
                self.later(wait, LineStarted(line))
                self.later(wait + total // 2, SentenceSpoken(line, 0, total // 2))
                self.later(wait + total, LineEnded(line=line, outcome="finished", heard_ms=total))
            case Hush(line=line):
                self.hush(self.lines[line])
            case Unhush(line=line):
                self.unhush(self.lines[line])
            case Cut(line=line) | Withdraw(line=line):
                self.silence(line, "cut" if isinstance(command, Cut) else "withdrawn")
            case Close():
                self.closed = True
            case _:
                pass

    def hush(self, sound: Sound) -> None:
        if sound.state == "gone":
            return
        assert sound.state == "aired", "hushed twice, or never aired"
        begun_ms = max(0, min(self.now_ms, sound.until_ms) - sound.from_ms)
        sound.rest_ms = sound.until_ms - sound.from_ms - begun_ms
        sound.before_ms += begun_ms
        sound.until_ms = sound.from_ms + begun_ms
        sound.state = "hushed"
        self.forget(sound.line)

    def unhush(self, sound: Sound) -> None:
        if sound.state == "gone":
            return
        assert sound.state == "hushed"
        sound.state = "gone"
        from_ms = self.now_ms + self.random.randint(0, 120)
        more = Sound(sound.line, sound.answers, from_ms, from_ms + sound.rest_ms, "aired", sound.before_ms, again=True)
        self.lines[sound.line] = more
        self.spans.append(more)
        if not more.before_ms:
            self.later(from_ms - self.now_ms, LineStarted(more.line))
        total = more.before_ms + sound.rest_ms
        self.later(
            more.until_ms - self.now_ms, LineEnded(line=more.line, outcome="finished", heard_ms=total, asks=True)
        )

    def forget(self, line: int) -> None:
        """Nothing of what was to be told of the line happens any more."""
        self.queue = [item for item in self.queue if getattr(item[2], "line", 0) != line]
        heapq.heapify(self.queue)

    def silence(self, line: int, outcome: str) -> None:
        sound = self.lines[line]
        if sound.state == "gone":
            return
        heard = max(0, min(self.now_ms, sound.until_ms) - sound.from_ms) if sound.state == "aired" else 0
        if sound.state == "aired":
            sound.until_ms = min(sound.until_ms, max(self.now_ms, sound.from_ms)) if heard else sound.from_ms
        sound.state = "gone"
        heard += sound.before_ms
        self.forget(line)
        self.later(self.random.randint(0, 60), LineEnded(line=line, outcome=outcome, heard_ms=heard))  # type: ignore[arg-type]

    def sounding(self, at_ms: int | None = None) -> list[Sound]:
        at = self.now_ms if at_ms is None else at_ms
        return [sound for sound in self.spans if sound.from_ms <= at < sound.until_ms]

    def check(self) -> None:
        assert len(self.sounding()) <= 1, "two lines on air"
        hushed = [sound.line for sound in self.lines.values() if sound.state == "hushed"]
        assert not hushed or self.show.air is None or self.show.air.id in hushed, "somebody else has its floor"
        assert len(self.show.requests) <= self.show.settings.queue_max
        if self.show.mode in ("stopped", "closed"):
            assert not [sound for sound in self.spans if sound.until_ms > max(self.now_ms, sound.from_ms)], (
                "sound after stop"
            )

        if self.show.mode == "paused":
            starts = [s for s in self.spans if self.now_ms < s.from_ms < s.until_ms and not s.again]
            assert not starts, "a line starts while paused"

    def run_until(self, until_ms: int) -> None:
        while True:
            wake = next_wake(self.show)
            due = self.queue[0][0] if self.queue else None
            at = min((t for t in (wake, due) if t is not None), default=None)
            if at is None or at > until_ms:
                break
            self.now_ms = max(self.now_ms, at)
            if due is not None and due <= self.now_ms:
                self.feed(heapq.heappop(self.queue)[2])
            else:
                self.feed(Woke())
        self.now_ms = max(self.now_ms, until_ms)
