"""Files are changed in one step, keep their line ends and rights, and nothing written by hand is lost."""

import errno
import os
import sys
import threading
from pathlib import Path

import pytest

from streamer.app.setup import yamledit
from streamer.app.setup.yamledit import DELETE, digest, edit, put_back, read_data, write_whole
from streamer.app.yamlfile import BadFiles

KEY = ("llm", "model")


def test_a_missing_file_is_made_with_its_head(tmp_path: Path) -> None:
    path = tmp_path / "home" / "config" / "streamer.yaml"
    made = edit(path, {KEY: "llama3.2"}, head="# Mine.\n# Two lines.")
    assert path.read_text(encoding="utf-8") == "# Mine.\n# Two lines.\n\nllm:\n  model: llama3.2\n"
    assert (made.before, made.after, made.changed) == (None, path.read_bytes(), True)
    assert put_back(made)
    assert not path.exists()


def test_line_ends_and_the_byte_order_mark_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbf# caf\xc3\xa9\r\nllm:\r\n  model: a # b\r\n")
    edit(path, {KEY: "c", ("llm", "profile"): "ollama"})
    assert path.read_bytes() == b"\xef\xbb\xbf# caf\xc3\xa9\r\nllm:\r\n  model: c # b\r\n  profile: ollama\r\n"


def test_nothing_is_written_when_nothing_changes(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("llm:\n  model: a\n", encoding="utf-8")
    os.utime(path, (1, 1))
    assert not edit(path, {KEY: "a", ("x",): DELETE}).changed
    assert path.stat().st_mtime == 1


@pytest.mark.skipif(sys.platform == "win32", reason="rights are another matter there")
def test_rights_stay_and_links_are_followed(tmp_path: Path) -> None:
    real, link = tmp_path / "real.yaml", tmp_path / "link.yaml"
    real.write_text("a: 1\n", encoding="utf-8")
    real.chmod(0o640)
    link.symlink_to(real)
    edit(link, {("a",): 2})
    assert link.is_symlink()
    assert (real.read_text(encoding="utf-8"), real.stat().st_mode & 0o777) == ("a: 2\n", 0o640)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["link.yaml", "real.yaml"]


def test_an_edit_by_hand_in_between_is_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("llm:\n  model: a\n", encoding="utf-8")
    seen: list[int] = []

    def by_hand() -> None:
        if not seen:
            path.write_text("# mine\nshow:\n  title: x\nllm:\n  model: b\n", encoding="utf-8")
        seen.append(1)

    edit(path, {KEY: "c"}, between=by_hand)
    assert path.read_text(encoding="utf-8") == "# mine\nshow:\n  title: x\nllm:\n  model: c\n"


def test_a_file_that_never_rests_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("n: 0\n", encoding="utf-8")

    def other() -> None:
        path.write_text(path.read_text(encoding="utf-8") + "# more\n", encoding="utf-8")

    with pytest.raises(BadFiles, match="all the time"):
        edit(path, {KEY: "c"}, between=other)
    assert KEY[0] not in path.read_text(encoding="utf-8")


def test_a_change_thought_for_another_content_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: 1\n", encoding="utf-8")
    data, seen = read_data(path)
    assert (data, seen) == ({"a": 1}, digest(b"a: 1\n"))
    edit(path, {("a",): 2}, seen=seen)
    with pytest.raises(BadFiles, match="by hand"):
        edit(path, {("a",): 3}, seen=seen)
    assert read_data(tmp_path / "none.yaml") == ({}, "")


def test_a_change_is_put_back_unless_somebody_wrote_since(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: 1 # one\n", encoding="utf-8")
    changed = edit(path, {("a",): DELETE})
    assert put_back(changed)
    assert path.read_text(encoding="utf-8") == "a: 1 # one\n"
    changed = edit(path, {("a",): 2})
    path.write_text("a: 3\n", encoding="utf-8")
    assert not put_back(changed)
    assert path.read_text(encoding="utf-8") == "a: 3\n"


@pytest.mark.parametrize("content", [b"a: [1\n", b"\xff\xfe", b"- 1\n", b"x: \t@\n"])
def test_a_broken_file_is_refused_with_its_place_and_stays(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(content)
    with pytest.raises(BadFiles) as refused:
        edit(path, {("a",): 2}, shown="home/config/streamer.yaml")
    assert refused.value.problems[0].file == "home/config/streamer.yaml"
    assert path.read_bytes() == content


def test_many_at_once_all_arrive(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    threads = [threading.Thread(target=edit, args=(path, {("n", f"k{at}"): at})) for at in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read_data(path)[0] == {"n": {f"k{at}": at for at in range(8)}}


def test_a_file_that_another_program_holds_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, tries, slept = tmp_path / "a.yaml", [0], list[float]()
    path.write_bytes(b"old")
    real = Path.replace

    def held(self: Path, target: Path) -> Path:
        tries[0] += 1
        if tries[0] < 4:
            raise PermissionError(errno.EACCES, "held")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", held)
    write_whole(path, b"new", sleep=slept.append)
    assert (path.read_bytes(), tries[0], len(slept)) == (b"new", 4, 3)


@pytest.mark.parametrize("code", [errno.EBUSY, errno.EXDEV])
def test_a_file_that_cannot_be_replaced_is_written_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"a longer old content")

    def refused(_self: Path, _target: Path) -> Path:
        raise OSError(code, "mount point")

    monkeypatch.setattr(Path, "replace", refused)
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert [each.name for each in tmp_path.iterdir()] == ["a.yaml"]


def test_a_full_disk_leaves_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: 1\n", encoding="utf-8")

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(yamledit.os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        edit(path, {("a",): 2})
    assert path.read_text(encoding="utf-8") == "a: 1\n"
    assert [each.name for each in tmp_path.iterdir()] == ["a.yaml"]
