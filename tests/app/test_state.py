"""What the state folder keeps."""

from pathlib import Path

import pytest

from streamer.adapters.store.texts import FileTexts, MemoryTexts
from streamer.app import state
from streamer.app.state import hold, next_epoch, open_texts, release
from streamer.ports import Misconfigured


def test_every_holder_has_a_higher_epoch_also_when_the_clock_was_set_back(tmp_path: Path) -> None:
    first = next_epoch(tmp_path)
    assert next_epoch(tmp_path) > first
    (tmp_path / "epoch").write_text("99999999999\n", encoding="ascii")
    assert next_epoch(tmp_path) == 100_000_000_000


def test_a_damaged_epoch_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "epoch").write_text("not a number", encoding="ascii")
    assert next_epoch(tmp_path) > 1_700_000_000
    assert int((tmp_path / "epoch").read_text(encoding="ascii")) > 1_700_000_000


def test_words_are_kept_on_disk(tmp_path: Path) -> None:
    texts = open_texts(tmp_path / "state")
    assert isinstance(texts, FileTexts)
    texts.put("m:t:1", "hello")
    texts.close()
    again = open_texts(tmp_path / "state")
    assert isinstance(again, FileTexts)
    assert again.get("m:t:1") == "hello"
    again.close()


def test_without_a_disk_the_words_are_kept_in_memory(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("a file where the folder should be", encoding="ascii")
    texts = open_texts(blocked)
    assert isinstance(texts, MemoryTexts)
    texts.put("m:t:1", "hello")
    assert texts.get("m:t:1") == "hello"


def test_a_folder_is_held_by_one_show_at_a_time(tmp_path: Path) -> None:
    first = hold(tmp_path / "state")
    with pytest.raises(Misconfigured, match="another show is running") as caught:
        hold(tmp_path / "state")
    assert "--state DIR" in caught.value.fix
    release(first)
    release(hold(tmp_path / "state"))


def test_a_file_system_without_locks_does_not_keep_a_show_from_starting(tmp_path: Path, monkeypatch) -> None:
    def unsupported(_handle: int) -> bool:
        raise OSError(95, "not supported")

    monkeypatch.setattr(state, "seize", unsupported)
    handle = hold(tmp_path / "state")
    assert handle is not None
    release(handle)


def test_where_nothing_can_be_written_nothing_has_to_be_held(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="ascii")
    handle = hold(tmp_path / "file")
    assert handle is None
    release(handle)
