"""The same journal gives the same commands: in this process, in another, under another hash seed."""

import asyncio
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from streamer.app.journal import Damaged, FileJournal, Header, MemoryJournal, digest, encode_show, latest
from streamer.app.replay import recover, replay
from streamer.core.commands import Air, Cut, Prepare, Withdraw
from streamer.core.director import next_wake, step
from streamer.core.events import (
    ChatReceived,
    Event,
    Fact,
    Features,
    LineEnded,
    LineReady,
    LineStarted,
    Resumed,
    ShowStarted,
    SkipPressed,
    StopPressed,
    Tombstoned,
    Woke,
)
from streamer.core.settings import Member, ShowSettings
from streamer.core.show import EMPTY
from streamer.ports import Misconfigured

ROOT = Path(__file__).parents[2]


def played(seed: int, *, facts: int = 400, snapshots: int = 150, header: Header | None = None):
    """A made-up show and its journal."""
    draw, journal, show, now_ms = random.Random(seed), MemoryJournal(header or Header(seed=seed, epoch=1)), EMPTY, 0
    coming: list[Event] = [ShowStarted(settings=ShowSettings(seed=seed), cast=(Member("mika"), Member("juno")))]
    for seq in range(1, facts + 1):
        event = coming.pop(0) if coming else _something(draw, seq)
        fact = Fact(seq, now_ms * 1_000_000, event)
        show, commands = step(show, fact)
        journal.append(fact, digest(commands))
        for command in commands:
            match command:
                case Prepare(line=line):
                    coming.append(LineReady(line, 3000))
                case Air(line=line):
                    coming += [
                        LineStarted(line),
                        LineEnded(line=line, outcome="finished", heard_ms=3000, heard=f"l:{line}"),
                    ]
                case Cut(line=line) | Withdraw(line=line):
                    coming.append(LineEnded(line=line, outcome="cut"))
                case _:
                    pass
        if seq % snapshots == 0:
            journal.snapshot(encode_show(show), seq)
        now_ms += draw.randint(1, 2500)
        wake = next_wake(show)
        if not coming and wake is not None and wake <= now_ms:
            coming.append(Woke())
    return journal, show


def _something(draw: random.Random, seq: int) -> Event:
    roll = draw.random()
    if roll < 0.05:
        return Tombstoned("user", f"twitch:{draw.randint(1, 9)}")
    if roll < 0.07:
        return draw.choice((StopPressed(), SkipPressed()))
    addressed = draw.choice(((), ("mika",), ("juno", "mika")))
    features = Features(addressed=addressed, question=draw.random() < 0.5, words=4, topic=draw.randint(0, 3))
    return ChatReceived(
        uid=f"twitch:m{seq}",
        user=f"twitch:{draw.randint(1, 9)}",
        platform="twitch",
        text=f"m:twitch:m{seq}",
        features=features,
    )


def test_a_replay_is_the_same(tmp_path: Path):
    journal, _ = played(1)
    journal.write(tmp_path / "j.jsonl")
    result = replay(tmp_path / "j.jsonl")
    assert (result.rows, result.snapshots, result.differences, result.exit_code) == (400, 2, (), 0)
    assert len({row.commands_digest for row in journal.rows}) > 20


def test_other_commands_are_listed(tmp_path: Path):
    journal, _ = played(2)
    path = tmp_path / "j.jsonl"
    journal.write(path)

    def other(show, fact):
        show, commands = step(show, fact)
        return show, commands[:-1] if any(isinstance(each, Prepare) for each in commands) else commands

    result = replay(path, other)
    assert result.exit_code == 1
    assert result.different == len(result.differences) > 5
    assert result.differences[0].expected != result.differences[0].got


def test_another_show_at_a_snapshot_is_a_difference(tmp_path: Path):
    journal, show = played(3, facts=100, snapshots=1000)
    journal.snapshot(encode_show(EMPTY), 100)
    journal.write(tmp_path / "j.jsonl")
    assert show != EMPTY
    assert [each.event for each in replay(tmp_path / "j.jsonl").differences] == ["snapshot"]


def test_other_rules_are_said(tmp_path: Path):
    journal, _ = played(4, header=Header(version=99, epoch=1))
    journal.write(tmp_path / "j.jsonl")
    result = replay(tmp_path / "j.jsonl")
    assert (result.exit_code, result.same_rules, result.differences) == (3, False, ())


def test_gaps_and_unreadable_events_are_differences(tmp_path: Path):
    journal, _ = played(5, facts=10)
    path = tmp_path / "j.jsonl"
    journal.write(path)
    parts = path.read_bytes().splitlines(keepends=True)
    parts[5] = b'{"seq":5,"at_ns":5,"event":{"type":"Teleported"},"commands_digest":"0"}\n'
    del parts[8]
    path.write_bytes(b"".join(parts))
    assert {"unreadable", "gap"} <= {each.event for each in replay(path).differences}


def test_what_cannot_be_replayed(tmp_path: Path):
    path = tmp_path / "j.jsonl"
    with pytest.raises(Misconfigured):
        replay(path)
    played(6, facts=10)[0].write(path)
    path.write_bytes(path.read_bytes().replace(b'"seq":5,', b'"seq":5,,'))
    with pytest.raises(Damaged):
        replay(path)


def test_a_show_goes_on_where_it_ended(tmp_path: Path):
    journal, show = played(7)
    journal.write(tmp_path / "j.jsonl")
    found = recover(tmp_path / "j.jsonl")
    assert (found.show, found.seq, found.at_ns, found.skipped) == (show, 400, journal.rows[-1].at_ns, 0)


def test_a_show_without_snapshots_goes_on_too(tmp_path: Path):
    journal, show = played(8, facts=50)
    journal.write(tmp_path / "j.jsonl")
    assert recover(tmp_path / "j.jsonl").show == show


def test_under_other_rules_a_show_goes_on_from_its_snapshot(tmp_path: Path):
    journal, _ = played(9, facts=400, header=Header(version=99, epoch=1))
    journal.write(tmp_path / "j.jsonl")
    found = recover(tmp_path / "j.jsonl")
    assert (found.seq, found.skipped, found.show.seq) == (400, 100, 300)


def test_a_journal_that_begins_with_a_snapshot_replays(tmp_path: Path):
    """What a show under new rules begins with."""
    _, show = played(10, facts=100)
    journal = MemoryJournal(Header(epoch=2))
    journal.snapshot(encode_show(show), 100)
    fact = Fact(101, show.now_ms * 1_000_000, SkipPressed())
    after, commands = step(show, fact)
    journal.append(fact, digest(commands))
    journal.write(tmp_path / "j.jsonl")
    assert replay(tmp_path / "j.jsonl").exit_code == 0
    assert recover(tmp_path / "j.jsonl").show == after


def test_a_show_that_other_rules_began_goes_on_in_a_file_of_its_own(tmp_path: Path):
    journal, _ = played(12, header=Header(version=99, seed=12, epoch=5))
    old = tmp_path / "5.jsonl"
    journal.write(old)
    found = recover(old)
    new = FileJournal.take_over(old, found.header, encode_show(found.show), found.seq)
    fact = Fact(found.seq + 1, found.at_ns + 1, Resumed(gap_s=3.0))
    show, commands = step(found.show, fact)
    new.append(fact, digest(commands))
    asyncio.run(new.aclose())
    assert latest(tmp_path) == new.path != old
    assert replay(new.path).exit_code == 0
    again = recover(new.path)
    assert (again.show, again.header.epoch, again.header.seed) == (show, 5, 12)
    third = FileJournal.take_over(old, found.header, encode_show(show), 1)
    asyncio.run(third.aclose())
    assert third.path not in (old, new.path)


_SCRIPT = """
import sys
from pathlib import Path
from streamer.app.replay import replay
from tests.app.test_replay import played
mine, other = Path(sys.argv[1]), Path(sys.argv[2])
played(11, facts=1500)[0].write(mine)
result = replay(other)
print(result.rows, result.different, result.exit_code)
"""


def test_processes_and_hash_seeds_do_not_matter(tmp_path: Path):
    """Each process writes a journal; the second one replays the first one's."""

    def run(mine: Path, other: Path, seed: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", _SCRIPT, str(mine), str(other)], check=True, capture_output=True, text=True,
            cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed},
        )  # fmt: skip
        return done.stdout.strip()

    one, other = tmp_path / "0.jsonl", tmp_path / "1.jsonl"
    run(one, one, "0")
    assert run(other, one, "1") == "1500 0 0"
    assert one.read_bytes() == other.read_bytes()
