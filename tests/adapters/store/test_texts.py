"""What every text store does, and what the one with a file does with its file."""

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.adapters.store import texts as module
from streamer.adapters.store.texts import FileTexts, MemoryTexts
from streamer.ports import TextStore, Unavailable


class Now:
    def __init__(self):
        self.s = 1000.0

    def __call__(self):
        return self.s


@pytest.fixture
def now():
    return Now()


@pytest.fixture(params=["memory", "file"])
def make(request, tmp_path, now):
    """Makes a store; closes it afterwards."""
    made = []

    def store(**limits):
        if request.param == "memory":
            return MemoryTexts(now=now, **limits)
        made.append(FileTexts(tmp_path / "texts.jsonl", now=now, **limits))
        return made[-1]

    yield store
    for each in made:
        each.close()


# --- every store ------------------------------------------------------------------------------------------------------


def test_put_and_get(make):
    store: TextStore = make()
    store.put("m:twitch:1", "hello \N{GRINNING FACE} \x00 \n", owner="twitch:7")
    assert store.get("m:twitch:1") == "hello \N{GRINNING FACE} \x00 \n"
    assert store.get("m:twitch:2") is None
    store.put("m:twitch:1", "changed")
    assert store.get("m:twitch:1") == "changed"


def test_an_empty_text_is_a_text(make):
    store = make()
    store.put("m:1", "")
    assert store.get("m:1") == ""


def test_erase(make):
    store = make()
    store.put("m:1", "hello", owner="u")
    store.erase("m:1")
    store.erase("m:1")
    store.erase("never there")
    assert store.get("m:1") is None
    assert list(store.erase_owner("u")) == []


def test_erase_all_of_an_owner(make):
    store = make()
    store.put("m:1", "one", owner="u")
    store.put("m:2", "two", owner="v")
    store.put("m:3", "three", owner="u")
    store.put("n:u", "Bob", owner="u")
    assert sorted(store.erase_owner("u")) == ["m:1", "m:3", "n:u"]
    assert [store.get(ref) for ref in ("m:1", "m:2", "m:3", "n:u")] == [None, "two", None, None]
    assert list(store.erase_owner("u")) == []


def test_a_text_that_changes_hands(make):
    store = make()
    store.put("l:1", "about bob", owner="u")
    store.put("l:1", "about nobody")
    assert list(store.erase_owner("u")) == []
    assert store.get("l:1") == "about nobody"


def test_erase_a_room(make):
    store = make()
    for ref in ("m:twitch:1", "m:youtube:1", "m:twitch:2"):
        store.put(ref, "words")
    assert sorted(store.erase_prefix("m:twitch:")) == ["m:twitch:1", "m:twitch:2"]
    assert store.get("m:youtube:1") == "words"


def test_old_texts_go(make, now):
    store = make(max_age_s=60)
    store.put("m:1", "old")
    store.put("s:opening", "of the show itself")
    now.s += 59
    assert store.get("m:1") == "old"
    now.s += 2
    assert store.get("m:1") is None
    assert store.get("s:opening") == "of the show itself"
    assert len(store) == 1


def test_the_oldest_go_when_there_are_too_many(make):
    store = make(max_count=3)
    for number in range(5):
        store.put(f"m:{number}", "words", owner="u")
    store.put("m:3", "again")
    store.put("m:5", "words")
    assert [number for number in range(6) if store.get(f"m:{number}") is not None] == [3, 4, 5]
    assert list(store.erase_owner("u")) == ["m:4"]


_REFS = st.sampled_from(["m:1", "m:2", "n:u", "s:1"])
_OWNERS = st.sampled_from(["", "u", "v"])


@given(
    st.lists(
        st.tuples(st.just("put"), _REFS, st.text(), _OWNERS)
        | st.tuples(st.just("erase"), _REFS)
        | st.tuples(st.just("owner"), st.sampled_from(["u", "v"]))
        | st.tuples(st.just("reopen"))
    )
)
def test_both_are_a_dictionary_with_owners(tmp_path_factory, steps):
    path = tmp_path_factory.mktemp("texts") / "texts.jsonl"
    file, memory, model = FileTexts(path), MemoryTexts(), {}
    try:
        for step in steps:
            match step:
                case ("put", ref, text, owner):
                    file.put(ref, text, owner=owner)
                    memory.put(ref, text, owner=owner)
                    model[ref] = (text, owner)
                case ("erase", ref):
                    file.erase(ref)
                    memory.erase(ref)
                    model.pop(ref, None)
                case ("owner", owner):
                    gone = sorted(ref for ref, (_, whose) in model.items() if whose == owner)
                    assert sorted(file.erase_owner(owner)) == sorted(memory.erase_owner(owner)) == gone
                    model = {ref: kept for ref, kept in model.items() if kept[1] != owner}
                case _:
                    file.close()
                    file = FileTexts(path)
            for ref in ("m:1", "m:2", "n:u", "s:1"):
                expected = model[ref][0] if ref in model else None
                assert file.get(ref) == memory.get(ref) == expected
    finally:
        file.close()


# --- the one with a file ----------------------------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path: Path):
    return tmp_path / "texts.jsonl"


def test_a_new_process_reads_what_was_put(path: Path):
    """Without any flush or close: as after kill -9."""
    code = (
        "import os, sys; from streamer.adapters.store.texts import FileTexts; s = FileTexts(sys.argv[1]);"
        "s.put('m:1', 'hello', owner='u'); s.put('m:2', 'gone'); s.erase('m:2'); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=False, cwd=Path(module.__file__).parents[3])
    store = FileTexts(path)
    assert (store.get("m:1"), store.get("m:2")) == ("hello", None)
    assert list(store.erase_owner("u")) == ["m:1"]
    store.close()


def test_erased_words_are_not_in_the_file(path: Path):
    store = FileTexts(path)
    store.put("m:1", "a secret word", owner="u")
    store.put("m:2", "another word", owner="v")
    store.put("m:2", "changed word", owner="v")
    assert b"secret" in path.read_bytes()
    assert b"another" not in path.read_bytes()
    store.erase_owner("u")
    assert b"secret" not in path.read_bytes()
    assert b"m:1" not in path.read_bytes()
    assert b"changed" in path.read_bytes()
    store.close()
    assert len(FileTexts(path)) == 1


def test_evicted_words_are_not_in_the_file(path: Path, now):
    store = FileTexts(path, max_age_s=10, now=now)
    store.put("m:1", "secret")
    now.s += 11
    store.put("m:2", "fresh")
    assert b"secret" not in path.read_bytes()
    store.close()
    now.s += 11
    store = FileTexts(path, max_age_s=10, now=now)
    assert path.read_bytes() == b""
    store.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_only_the_owner_may_read(path: Path):
    path.write_bytes(b"")
    path.chmod(0o644)
    store = FileTexts(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    store.close()


def test_torn_and_foreign_lines_are_passed_over(path: Path):
    store = FileTexts(path)
    store.put("m:1", "hello")
    store.close()
    with path.open("ab") as file:
        file.write(b'["m:2","",5\n\xff\xfe\n{"a":1}\n   \n["m:3","",99999999999.0,"whole"]\n["m:4","",1.0,"secre')
    store = FileTexts(path)
    assert (store.get("m:1"), store.get("m:3")) == ("hello", "whole")
    assert b"secre" not in path.read_bytes()
    store.close()


def test_a_left_over_rewrite_does_no_harm(path: Path):
    path.with_name("texts.jsonl.new").write_bytes(b"half")
    store = FileTexts(path)
    store.put("m:1", "hello")
    store.compact()
    store.put("m:2", "there")
    store.erase("m:1")
    store.flush()
    store.close()
    assert b"hello" not in path.read_bytes()
    assert not path.with_name("texts.jsonl.new").exists()


def test_a_place_that_cannot_be_written(tmp_path: Path):
    with pytest.raises(Unavailable):
        FileTexts(tmp_path / "missing" / "texts.jsonl")


def test_a_full_disk_leaves_a_store_in_memory(path: Path, monkeypatch):
    store = FileTexts(path)
    store.put("m:1", "before")
    real = module._write_at

    def full(fd, data, offset):
        real(fd, data[:5], offset)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "_write_at", full)
    store.put("m:2", "on a full disk")
    store.erase("m:1")
    assert (store.get("m:1"), store.get("m:2")) == (None, "on a full disk")
    assert store.trouble is not None
    monkeypatch.setattr(module, "_write_at", real)
    store.put("m:3", "after")
    store.flush()
    assert store.trouble is None
    assert b"before" not in path.read_bytes(), "what could not be overwritten is overwritten as soon as it can be"
    store.close()
    again = FileTexts(path)
    assert (again.get("m:1"), again.get("m:3")) == (None, "after")
    again.close()


def test_a_closed_store_still_answers(path: Path):
    store = FileTexts(path)
    store.put("m:1", "hello")
    store.close()
    store.close()
    store.put("m:2", "there")
    store.erase("m:1")
    store.flush()
    assert (store.get("m:1"), store.get("m:2")) == (None, "there")


def test_speed(path: Path):
    store = FileTexts(path)
    begin = time.thread_time()
    for number in range(5000):
        store.put(f"m:{number}", "a message of ordinary length, as they are", owner=f"u{number % 100}")
    put_us = (time.thread_time() - begin) / 5000 * 1e6
    begin = time.thread_time()
    for number in range(5000):
        store.erase(f"m:{number}")
    erase_us = (time.thread_time() - begin) / 5000 * 1e6
    store.close()
    print(f"put {put_us:.1f} us, erase {erase_us:.1f} us")
    assert put_us < 200
    assert erase_us < 200
    assert os.path.getsize(path) > 0  # noqa: PTH202 - the gaps are still there
