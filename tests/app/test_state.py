"""What the state folder keeps."""

from pathlib import Path

from streamer.adapters.store.texts import FileTexts, MemoryTexts
from streamer.app.state import next_epoch, open_texts


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
