"""Which files are watched, and when a change counts."""

import asyncio
from pathlib import Path

import pytest

from streamer.app.watch import Watch, fingerprint
from streamer.app.yamlfile import BadFiles, Problem
from tests.app.kit import put


class Files:
    """Looks that were decided before, and what came of them."""

    def __init__(self, *looks: str, error: Exception | None = None) -> None:
        self.looks = list(looks)
        self.error = error
        self.reloads = 0
        self.watch = Watch(self._look, self._reload, sleep=self._sleep)

    def _look(self) -> frozenset[tuple[str, int, int]]:
        return frozenset({(self.looks.pop(0), 0, 0)})

    async def _reload(self) -> None:
        self.reloads += 1
        if self.error is not None:
            raise self.error

    async def _sleep(self, _seconds: float) -> None:
        if not self.looks:
            raise asyncio.CancelledError

    async def run(self) -> int:
        with pytest.raises(asyncio.CancelledError):
            await self.watch.run()
        return self.reloads


async def test_the_same_files_are_left_alone() -> None:
    assert await Files("a", "a", "a").run() == 0


async def test_a_change_counts_once_it_has_settled() -> None:
    assert await Files("a", "b").run() == 0
    assert await Files("a", "b", "b", "b").run() == 1
    assert await Files("a", "b", "c", "d", "d").run() == 1


async def test_a_change_that_was_undone_at_once_is_none() -> None:
    assert await Files("a", "b", "a", "a").run() == 0


async def test_problems_are_kept_until_the_files_are_right_again() -> None:
    bad = BadFiles([Problem("home/config/streamer.yaml", 3, "show", "is wrong")])
    files = Files("a", "b", "b", error=bad)
    await files.run()
    assert files.watch.problems is bad
    files.looks, files.error = ["c", "c"], None
    await files.run()
    assert files.watch.problems is None


async def test_a_fault_of_ours_does_not_end_the_watch(caplog: pytest.LogCaptureFixture) -> None:
    assert await Files("a", "b", "b", "c", "c", error=RuntimeError("ours")).run() == 2
    assert "could not be applied" in caplog.text


def test_edits_new_files_and_removals_show(tmp_path: Path) -> None:
    before = fingerprint(tmp_path)
    path = put(tmp_path, "characters/pip/character.yaml", "name: Pip\n")
    added = fingerprint(tmp_path)
    path.write_text("name: Pippa\n", encoding="utf-8")
    edited = fingerprint(tmp_path)
    path.unlink()
    assert len({before, added, edited}) == 3
    assert fingerprint(tmp_path) == before


def test_what_editors_leave_behind_is_not_looked_at(tmp_path: Path) -> None:
    before = fingerprint(tmp_path)
    for name in ("config/.streamer.yaml.swp", "config/streamer.yaml~", "config/streamer.yaml.tmp", "other/notes.txt"):
        put(tmp_path, name, "x")
    assert fingerprint(tmp_path) == before


def test_a_file_named_on_the_command_line_is_looked_at(tmp_path: Path) -> None:
    path = put(tmp_path, "elsewhere.yaml", "show: {}\n")
    before = fingerprint(tmp_path / "home", path)
    path.write_text("show: {dial: chatty}\n", encoding="utf-8")
    assert fingerprint(tmp_path / "home", path) != before
