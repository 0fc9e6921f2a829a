"""The journal: what is written is read, whatever happens to the process and the disk."""

import asyncio
import errno
import os
import time
import types
import typing
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.app import journal as module
from streamer.app.journal import (
    Damaged,
    FileJournal,
    Foreign,
    Header,
    MemoryJournal,
    NullJournal,
    Row,
    Snapshot,
    decode_show,
    digest,
    encode_show,
    latest,
    prune,
    read,
    read_tail,
)
from streamer.core.commands import Command
from streamer.core.events import ChatReceived, Event, Fact, StopPressed, Woke
from streamer.core.show import EMPTY, Show
from streamer.ports import Journal, Misconfigured, Unavailable

HEADER = Header(seed=7, show="evening", epoch=1234)


def values(kind: object) -> st.SearchStrategy:
    """Any value of a type of the core."""
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Literal:
        return st.sampled_from(args)
    if origin is tuple:
        if args[-1] is ...:
            return st.lists(values(args[0]), max_size=3).map(tuple)
        return st.tuples(*map(values, args))
    if origin is Mapping:
        return st.dictionaries(*map(values, args), max_size=3)
    if origin is types.UnionType or origin is typing.Union:
        return st.one_of(*map(values, args))
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return st.builds(kind, **{field.name: values(field.type) for field in msgspec.structs.fields(kind)})
    simple = {
        str: st.text(max_size=8), int: st.integers(-(2**63), 2**63 - 1), bool: st.booleans(), type(None): st.none(),
        float: st.floats(allow_nan=False, allow_infinity=False),
    }  # fmt: skip
    return simple[kind]


EVENTS = values(Event)
FACTS = st.builds(Fact, st.integers(0, 2**62), st.integers(0, 2**62), EVENTS)


def fact(seq: int, event: Event | None = None) -> Fact:
    return Fact(seq, seq * 1000, event or Woke())


def lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines()


# --- what is written is read ------------------------------------------------------------------------------------------


@given(st.lists(FACTS, max_size=5))
def test_every_event_comes_back(tmp_path_factory, facts):
    journal = MemoryJournal(HEADER)
    for each in facts:
        journal.append(each, "0" * 16)
    path = tmp_path_factory.mktemp("journal") / "j.jsonl"
    journal.write(path)
    header, items = read(path)
    assert header == HEADER
    rows = list(items)
    assert [row.fact for row in rows if isinstance(row, Row)] == facts
    assert len(rows) == len(facts)


def test_every_event_type_is_tried():
    assert len(typing.get_args(Event)) >= 25


async def test_the_file(tmp_path: Path):
    journal = FileJournal.create(tmp_path / "journal", HEADER)
    journal.append(fact(1, ChatReceived(uid="twitch:1", user="twitch:7", platform="twitch")), digest(()))
    journal.snapshot(encode_show(EMPTY), 1)
    await journal.flush()
    await journal.aclose()
    await journal.aclose()
    assert journal.path == tmp_path / "journal" / "1234.jsonl"
    first, row, snapshot = lines(journal.path)
    assert msgspec.json.decode(first) == {"format": 1, "version": 1, "seed": 7, "show": "evening", "epoch": 1234}
    assert set(msgspec.json.decode(row)) == {"seq", "at_ns", "event", "commands_digest"}
    assert set(msgspec.json.decode(snapshot)) == {"snapshot", "show"}
    _, items = read(journal.path)
    kept_row, kept = items
    assert isinstance(kept_row, Row)
    assert isinstance(kept, Snapshot)
    assert decode_show(kept.show) == EMPTY


def test_a_row_is_in_the_file_before_append_returns(tmp_path: Path):
    journal = FileJournal.create(tmp_path, HEADER)
    journal.append(fact(1), digest(()))
    assert len(lines(journal.path)) == 2
    asyncio.run(journal.aclose())


async def test_the_disk_follows_within_a_second_and_off_the_loop(tmp_path: Path, monkeypatch):
    synced = []
    monkeypatch.setattr(module, "SYNC_S", 0.01)
    monkeypatch.setattr(os, "fsync", lambda fd: synced.append(time.sleep(0.05)))
    journal = FileJournal.create(tmp_path, HEADER)
    task = asyncio.create_task(journal.run())
    journal.append(fact(1), digest(()))
    begin = time.perf_counter()
    async with asyncio.timeout(5):
        while not synced:
            await asyncio.sleep(0.001)
            assert time.perf_counter() - begin < 5
    await asyncio.sleep(0.1)
    assert len(synced) == 1, "nothing new, nothing to bring"
    task.cancel()
    await asyncio.wait({task})
    await journal.aclose()


def test_modes_are_private(tmp_path: Path):
    journal = FileJournal.create(tmp_path, HEADER)
    if os.name == "posix":
        assert journal.path.stat().st_mode & 0o077 == 0
    asyncio.run(journal.aclose())


def test_all_journals_take_the_same(tmp_path: Path):
    file = FileJournal.create(tmp_path, HEADER)
    journals: list[Journal] = [NullJournal(), MemoryJournal(HEADER), file]
    for journal in journals:
        journal.append(fact(1), digest(()))
        journal.snapshot(encode_show(EMPTY), 1)
        asyncio.run(journal.flush())
        asyncio.run(journal.aclose())


def test_a_snapshot_is_due_now_and_then(tmp_path: Path):
    for journal in (MemoryJournal(HEADER), FileJournal.create(tmp_path, HEADER)):
        for seq in range(module.SNAPSHOT_EVERY):
            assert not journal.snapshot_due
            journal.append(fact(seq + 1), digest(()))
        assert journal.snapshot_due
        journal.snapshot(encode_show(EMPTY), 5000)
        assert not journal.snapshot_due
        asyncio.run(journal.aclose())


# --- what is damaged --------------------------------------------------------------------------------------------------


def written(path: Path, count: int = 3) -> bytes:
    journal = MemoryJournal(HEADER)
    for seq in range(count):
        journal.append(fact(seq + 1), digest(()))
    journal.write(path)
    return path.read_bytes()


def test_a_torn_end_is_left_out_and_cut_off(tmp_path: Path):
    path = tmp_path / "j.jsonl"
    whole = written(path)
    last = whole.rindex(b"\n", 0, -1) + 1
    for cut in range(last, len(whole)):
        path.write_bytes(whole[:cut])
        assert len(list(read(path)[1])) == 2
    journal = FileJournal.resume(path)
    assert path.read_bytes() == whole[:last]
    journal.append(fact(3), digest(()))
    asyncio.run(journal.aclose())
    assert path.read_bytes() == whole


def test_zeros_at_the_end_are_a_torn_end(tmp_path: Path):
    path = tmp_path / "j.jsonl"
    whole = written(path)
    path.write_bytes(whole + b"\0" * 4096)
    assert len(list(read(path)[1])) == 3
    asyncio.run(FileJournal.resume(path).aclose())
    assert path.read_bytes() == whole


def test_damage_in_the_middle_is_named(tmp_path: Path):
    path = tmp_path / "j.jsonl"
    parts = written(path).splitlines(keepends=True)
    path.write_bytes(b"".join([*parts[:2], b'{"seq":\n', *parts[2:]]))
    with pytest.raises(Damaged) as wrong:
        list(read(path)[1])
    assert wrong.value.number == 3
    with pytest.raises(Damaged):
        FileJournal.resume(path)


def test_events_of_other_rules_are_foreign(tmp_path: Path):
    path = tmp_path / "j.jsonl"
    parts = written(path).splitlines(keepends=True)
    parts.insert(2, b'{"seq":9,"at_ns":5,"event":{"type":"Teleported"},"commands_digest":"0"}\n')
    path.write_bytes(b"".join(parts))
    assert list(read(path)[1])[1] == Foreign(9, 5)


@pytest.mark.parametrize(
    "text", [b"", b"\n", b"{}\n", b"hello\n", b'{"format":99}\n', b'{"format":1}', b"\xff\n", b"[" * 70_000]
)
def test_what_is_no_journal(tmp_path: Path, text):
    path = tmp_path / "j.jsonl"
    path.write_bytes(text)
    for use in (read, read_tail, FileJournal.resume):
        with pytest.raises(Misconfigured):
            use(path)


def test_a_missing_file(tmp_path: Path):
    for path in (tmp_path / "no.jsonl", tmp_path):
        with pytest.raises(Misconfigured):
            read(path)


@given(st.binary(max_size=200), st.integers(0, 300))
def test_no_bytes_raise_anything_else(tmp_path_factory, rubbish, at):
    path = tmp_path_factory.mktemp("journal") / "j.jsonl"
    whole = written(path)
    path.write_bytes(whole[:at] + rubbish + whole[at:])
    with suppress(Misconfigured, Damaged):
        list(read(path)[1])


# --- disks ------------------------------------------------------------------------------------------------------------


def test_a_full_disk_never_stops_the_show(tmp_path: Path, monkeypatch):
    told = []
    journal = FileJournal.create(tmp_path, HEADER, on_trouble=told.append)
    journal.append(fact(1), digest(()))
    before = journal.path.read_bytes()
    real = os.write

    def full(fd, data):
        if len(data) > 5:
            return real(fd, data[:5])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        patched.setattr(module.os, "write", full)
        journal.append(fact(2), digest(()))
    journal.append(fact(3), digest(()))
    journal.snapshot(encode_show(EMPTY), 3)
    asyncio.run(journal.flush())
    asyncio.run(journal.aclose())
    assert journal.path.read_bytes() == before, "no half row stays behind"
    assert (journal.lost, [notice.code for notice in told]) == (2, ["journal.disk"])
    assert told[0].fix


def test_a_disk_that_does_not_sync_is_reported(tmp_path: Path, monkeypatch):
    told = []

    def broken(fd):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(module.os, "fsync", broken)
    journal = FileJournal.create(tmp_path, HEADER, on_trouble=told.append)
    for seq in (1, 2):
        journal.append(fact(seq), digest(()))
        asyncio.run(journal.flush())
    asyncio.run(journal.aclose())
    assert len(told) == 1
    assert len(lines(journal.path)) == 3


def test_a_folder_that_cannot_be_made(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable):
        FileJournal.create(tmp_path / "file" / "journal", HEADER)


def test_two_shows_of_one_epoch_do_not_share_a_file(tmp_path: Path):
    asyncio.run(FileJournal.create(tmp_path, HEADER).aclose())
    with pytest.raises(Unavailable):
        FileJournal.create(tmp_path, HEADER)


# --- the folder -------------------------------------------------------------------------------------------------------


def test_the_latest_and_the_oldest(tmp_path: Path):
    assert latest(tmp_path / "missing") is None
    assert latest(tmp_path) is None
    for name in ("9.jsonl", "10.jsonl", "8.jsonl", "notes.txt", "x.jsonl"):
        (tmp_path / name).write_text("")
    assert latest(tmp_path) == tmp_path / "10.jsonl"
    prune(tmp_path, keep=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["10.jsonl", "9.jsonl", "notes.txt", "x.jsonl"]


def test_the_tail_begins_with_the_last_snapshot(tmp_path: Path):
    path = tmp_path / "j.jsonl"
    journal = MemoryJournal(HEADER)
    for seq in range(1, 7):
        journal.append(fact(seq), digest(()))
        if seq in (2, 4):
            journal.snapshot(encode_show(EMPTY), seq)
    journal.write(path)
    _, items = read_tail(path)
    first, *rest = items
    assert isinstance(first, Snapshot)
    assert first.snapshot == 4
    assert [row.seq for row in rest if isinstance(row, Row)] == [5, 6]
    path.write_bytes(path.read_bytes() + b'{"snapshot":6,"show":{')
    assert isinstance(next(read_tail(path)[1]), Snapshot)


# --- digests ----------------------------------------------------------------------------------------------------------

COMMANDS = st.lists(values(Command), max_size=3)


@given(COMMANDS)
def test_a_digest_is_short_and_depends_on_nothing_else(commands):
    assert digest(commands) == digest(tuple(commands))
    assert len(digest(commands)) == 16
    assert set(digest(commands)) <= set("0123456789abcdef")


@given(COMMANDS, COMMANDS)
def test_other_commands_have_another_digest(one, other):
    assert (digest(one) == digest(other)) == (one == other)


@given(values(Show.__annotations__["settings"]), st.dictionaries(st.text(max_size=3), st.integers(0, 99)))
def test_a_show_comes_back(settings, viewers):
    show = Show(settings=settings, viewers=viewers, spoken=dict(reversed(viewers.items())))
    assert decode_show(encode_show(show)) == show
    assert encode_show(Show(viewers=viewers)) == encode_show(Show(viewers=dict(reversed(viewers.items()))))


def test_speed(tmp_path: Path):
    """At most 15 us a row; the limit here leaves room for a busy machine."""
    journal = FileJournal.create(tmp_path, HEADER)
    event = ChatReceived(
        uid="twitch:abcdef", user="twitch:12345", platform="twitch", text="m:twitch:abcdef", name="n:twitch:12345"
    )
    code, best = digest((StopPressed(),)), 1e9  # type: ignore[arg-type]
    for turn in range(5):
        begin = time.thread_time()
        for seq in range(1000):
            journal.append(Fact(turn * 1000 + seq, seq, event), code)
        best = min(best, (time.thread_time() - begin) / 1000 * 1e6)
    asyncio.run(journal.aclose())
    print(f"append {best:.1f} us")
    assert best < 100


def test_a_show_of_a_journal_from_before_alerts_had_rules_is_read() -> None:
    request = {"id": 1, "kind": "paid", "priority": 300, "born_ms": 0, "expires_ms": 9, "why": "raid", "cause": 1}
    show = decode_show(msgspec.json.encode({"requests": [request], "settings": {"seed": 3}}))
    assert (show.alerted, show.gifts, show.settings.alerts) == ({}, {}, {})
    assert (show.requests[0].test, show.requests[0].count, show.requests[0].exact) == (False, 0, False)
