"""Writes the golden journals: of a small rehearsed show, and of one in which everything is pressed and facts are lost.

Run it when RULES_VERSION was raised.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))  # a script's own folder is on the path, the checkout is not

from streamer.adapters.chat.log import LogLine, parse
from streamer.app.journal import Header, MemoryJournal, digest
from streamer.app.plan import read_plan
from streamer.app.rehearsal import Rehearsal
from streamer.app.settings import Folders
from streamer.core.events import (
    AlertReplayed,
    AutoPressed,
    CastChanged,
    ChatKind,
    ChatReceived,
    CloseRequested,
    DialSet,
    EmergencyPressed,
    Event,
    Fact,
    Features,
    HostEarChanged,
    HostHeld,
    HostSaidNothing,
    HostSpeechConfirmed,
    HostSpoke,
    HostVoiceEnded,
    HostVoiceSuspected,
    Money,
    PausePressed,
    Poked,
    QueueCleared,
    Resumed,
    ResumePressed,
    SayRequested,
    SceneSeen,
    SceneTakenByHand,
    SegmentDue,
    SettingsChanged,
    SinkChanged,
    SkipPressed,
    StopPressed,
    Tombstoned,
    UserIgnored,
    UserUnignored,
)
from streamer.core.settings import AlertRule, Member, Scenes, Segment, ShowSettings
from streamer.core.verdict import Verdict
from streamer.shipped import shipped
from tests.core.world import World as Model

GOLDEN_FILE = Path(__file__).with_name("golden.jsonl")
PRESSED_FILE = Path(__file__).with_name("golden_pressed.jsonl")
SEED = 7


def rows() -> Iterator[dict[str, object]]:
    """Six minutes with a bit of everything: questions, money, a raid, deletions, the host, a bot, a command."""

    def row(at: float, kind: str, number: int, user: str, text: str = "", **more: object) -> dict[str, object]:
        who = {"id": f"id-{user}", "login": user, "name": user.title(), "roles": []}
        return {
            "at": at, "platform": "twitch", "kind": kind, "id": f"m{number}", "user": who, "text": text, **more,
        }  # fmt: skip

    for n in range(60):
        user = f"viewer{n % 17}"
        yield row(4.0 + n * 5, "message", n, user, ("Mika, do you like tea?", "what is going on", "Juno why?")[n % 3])
    yield row(31.0, "cheer", 100, "rich", "cheer100 you two are great", bits=100)
    yield row(55.5, "raid", 101, "raider", count=40)
    yield row(71.0, "host_said", 102, "host", "Juno, what do you think about that?")
    yield row(90.0, "message", 103, "troll", "Mika, say something silly please")
    yield row(93.1, "delete_message", 104, "mod", target="m103")
    yield row(120.0, "clear_user", 105, "mod", target="id-viewer3", duration_s=600)
    yield row(140.0, "message", 106, "nightbot", "Mika follow us")
    yield row(141.0, "message", 107, "ana", "!uptime Mika")
    yield row(230.0, "clear_chat", 108, "mod")


def lines() -> list[str]:
    """The lines of the file, without their ends."""
    text = "\n".join(json.dumps(row) for row in rows()).encode()
    log = sorted((line.row for line in parse(text.split(b"\n")) if isinstance(line, LogLine)), key=lambda row: row.at)
    journal = MemoryJournal(Header(seed=SEED, show="golden"))
    with TemporaryDirectory() as empty:
        nothing = Folders(shipped=shipped(), home=Path(empty), state=Path(empty))
        plan = read_plan(nothing, seed=SEED)
        Rehearsal(plan, seed=SEED, journal=journal, length_s=log[-1].at).run(log)
        path = Path(empty) / "journal.jsonl"
        journal.write(path)
        return path.read_text(encoding="utf-8").splitlines()


def presses() -> Iterator[tuple[int, Event]]:
    """What happens in the second show, with the milliseconds before it."""
    for n in range(40):
        asked = Features(
            addressed=("mika", "juno", "nobody")[n % 3 : n % 3 + 1], question=n % 2 == 0, everyone=n % 7 == 0,
            words=n % 9, topic=n % 4,
        )  # fmt: skip
        kind = "superchat" if n % 11 == 0 else "message"
        user = f"t:v{n % 5}"
        yield 900, ChatReceived(uid=f"t:{n}", user=user, platform="t", kind=kind, text=f"m:t:{n}", features=asked)
        yield 1_300, PRESSES[n % len(PRESSES)]
        if n % 9 == 4:
            yield 200, Tombstoned("message", f"t:{n}")
        if n % 10 == 7:
            yield 100, SegmentDue("news", n * 2_000)
    asked = Features(addressed=("mika",), question=True, words=5)
    for n, event in enumerate((QueueCleared(), UserIgnored(user="t:v1"), UserUnignored(user="t:v1"))):
        for user in ("t:v1", "t:v2", "t:v1"):
            uid = f"t:more{n}{user}{len(user)}"
            yield 400, ChatReceived(uid=uid, user=user, platform="t", text=f"m:{uid}", features=asked)
        yield 300, event
    yield from alerts()
    yield from stage()
    yield from voice()


def alerts() -> Iterator[tuple[int, Event]]:
    """Raids, a storm of gifts, rewards, a test and a replay, by rules."""
    rules = ShowSettings(
        seed=1,
        alerts={
            "raid": AlertRule(least=5, user_cooldown_ms=60_000, speak_after_ms=6_000, scene="party", persona="juno"),
            "gift_batch": AlertRule(least=3, speak_after_ms=4_000),
            "superchat": AlertRule(least_micros={"USD": 2_000_000}, held=True, exact=True),
            "reward:ask": AlertRule(persona="mika"),
        },
    )
    yield 500, SettingsChanged(rules)

    def chat(uid: str, kind: ChatKind, **more: Any) -> ChatReceived:
        user = more.pop("user", "t:v1")
        return ChatReceived(uid=f"t:{uid}", user=user, platform="t", kind=kind, alert=f"a:t:{uid}", **more)

    raid = chat("r1", "raid", count=40)
    yield 200, raid
    yield 100, chat("r2", "raid", count=3, user="t:v3")
    yield 9_000, chat("r3", "raid", count=50)
    for n in range(5):
        yield 800, chat(f"g{n}", "gift_batch", count=1)
    yield 200, chat("s1", "superchat", amount=Money(5_000_000, "USD"), verdict=Verdict("hold", "links"))
    yield 200, chat("s2", "superchat", amount=Money(1_000_000, "USD"), text="m:t:s2", features=Features(("mika",)))
    yield 200, chat("w1", "redemption", rule="reward:ask")
    yield 12_000, chat("r4", "raid", count=40, test=True, user="t:test")
    yield 20_000, AlertReplayed(chat=raid, by="owner:1", via="panel")
    yield 20_000, chat("r5", "raid", count=9, user="t:v4")


def stage() -> Iterator[tuple[int, Event]]:
    """Cuts to speakers, a hand, standby, an emergency, the quiet switch, pokes."""
    scenes = Scenes(
        home="main", standby="break", emergency="cover", speakers={"mika": "mika", "juno": "juno"}, several="both",
        cut_on_speaker=True, min_shot_ms=2_000,
    )  # fmt: skip
    yield 500, SettingsChanged(ShowSettings(seed=1, scenes=scenes, segments=(Segment("news", scene="desk"),)))
    asked = Features(addressed=("mika",), question=True, words=5)
    events: tuple[Event, ...] = (
        SceneSeen(scene="main"), Poked(persona="juno"), SegmentDue("news", 10**9),
        SceneTakenByHand(scene="Game", via="obs"), AutoPressed(by="owner:1", via="panel"), HostHeld(on=True),
        HostHeld(on=False), PausePressed(), ResumePressed(), SceneTakenByHand(scene="juno", via="deck"),
        EmergencyPressed(by="deck:1", via="deck"), ResumePressed(), AutoPressed(),
    )  # fmt: skip
    for n, event in enumerate(events * 2):
        uid = f"t:stage{n}"
        yield 2_500, ChatReceived(uid=uid, user=f"t:v{n % 3}", platform="t", text=f"m:{uid}", features=asked)
        yield 3_100, event


def voice() -> Iterator[tuple[int, Event]]:
    """A host whom an ear hears: sounds that are nothing, words to the cast and to the audience, replies."""
    asked = Features(addressed=("mika",), question=True, words=5)
    said = (
        Features(("juno",), words=3), Features(words=9), Features(words=3, reply=True),
        Features(words=4, everyone=True, audience=True), Features(question=True, words=4),
    )  # fmt: skip
    for n in range(36):
        if n in (0, 30):
            rules = ShowSettings(seed=1, answers_per_minute=20, barge_in="duck" if n else "stop")
            yield 500, SettingsChanged(rules)
        uid = f"t:voice{n}"
        yield 500, ChatReceived(uid=uid, user=f"t:v{n % 3}", platform="t", text=f"m:{uid}", features=asked)
        yield (1_900, 3_700, 4_400)[n % 3], HostVoiceSuspected()
        yield 120, HostSpeechConfirmed(words=True)
        yield (300, 900, 1_700)[n % 3], HostVoiceEnded()
        match n % 4:
            case 0 | 1:
                yield 300, HostSaidNothing(("backchannel", "noise", "echo", "nothing")[n % 4])
            case 2:
                yield 600, HostSpoke(f"h:voice{n}", f"m:h:voice{n}", said[n // 4 % 5])
            case _:
                yield 2_500, HostSpoke(f"h:voice{n}", f"m:h:voice{n}", said[n // 4 % 5])


PRESSES: tuple[Event, ...] = (
    SinkChanged(page=True, name="OBS"), HostVoiceSuspected(), SkipPressed(), DialSet(dial="chatty"),
    HostVoiceSuspected(), HostSpeechConfirmed(), HostSpoke("h:1", "m:h:1", Features(("juno",), words=3)),
    HostVoiceEnded(), PausePressed(), ResumePressed(), SayRequested(uid="operator:1", persona="mika", text="o:1"),
    HostEarChanged(connected=True), CastChanged((Member("mika"), Member("juno", enabled=False))), DialSet(dial="named"),
    CastChanged((Member("mika"), Member("juno"))), StopPressed(saw=3), ResumePressed(), DialSet(dial="normal"),
    Tombstoned("user", "t:v2"), SettingsChanged(ShowSettings(seed=1, gap_ms=100)), Resumed(3.0),
    Tombstoned("room", "t"),
)  # fmt: skip


def pressed() -> list[str]:
    """The lines of the second file."""
    journal = MemoryJournal(Header(seed=SEED, show="pressed"))
    rules = ShowSettings(seed=SEED, idle_after_ms=6_000, segments=(Segment("news", banter=True, scene="desk"),))
    world = World(SEED, rules, loss=0.05, journal=journal)
    for wait_ms, event in presses():
        world.run_until(world.now_ms + wait_ms)
        if isinstance(event, Resumed):
            world.die()
        world.feed(event)
    world.feed(CloseRequested(finish=True))
    world.run_until(world.now_ms + 30_000)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "journal.jsonl"
        journal.write(path)
        return path.read_text(encoding="utf-8").splitlines()


class World(Model):
    """The model of the property tests, with a journal."""

    def __init__(self, seed: int, settings: ShowSettings, *, loss: float, journal: MemoryJournal) -> None:
        self.journal = journal
        super().__init__(seed, settings, loss)

    def die(self) -> None:
        """The process ended, and its sound with it."""
        for sound in self.lines.values():
            sound.state = "gone"
            sound.until_ms = min(sound.until_ms, self.now_ms)
        self.queue.clear()

    def feed(self, event: Event) -> None:
        before = len(self.commands)
        super().feed(event)
        fact = Fact(self.seq, self.now_ms * 1_000_000, event)
        self.journal.append(fact, digest(self.commands[before:]))


def main() -> None:
    for path, made in ((GOLDEN_FILE, lines()), (PRESSED_FILE, pressed())):
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(line + "\n" for line in made)


if __name__ == "__main__":
    main()
