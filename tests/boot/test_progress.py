"""What is shown while pip works."""

from pathlib import Path

import pytest

from streamer.boot import progress
from streamer.boot.places import Place
from streamer.boot.progress import Progress, plain_name


@pytest.fixture
def place(tmp_path: Path) -> Place:
    (tmp_path / "requirements").mkdir()
    lock = "".join(f"pack-{n}==1.{n} \\\n    --hash=sha256:0\n" for n in range(20))
    (tmp_path / "requirements" / "core.lock").write_text(lock, encoding="utf-8")
    return Place(str(tmp_path), str(tmp_path), "core")


def test_names_are_plain() -> None:
    assert plain_name("aiohttp==3.14.5") == "aiohttp 3.14.5"
    assert plain_name("/wheels/pydantic_core-2.50.4-cp311-cp311-linux.whl") == "pydantic-core 2.50.4"


def test_counts_names_and_big_sizes(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    shown = Progress(place, place.lock_file, updating=False)
    shown.hear("Ignoring pywin32: markers 'sys_platform == \"win32\"' don't match your environment\n")
    shown.hear("Collecting pack-0==1.0 (from -r core.lock (line 1))\n")
    shown.hear("  Downloading pack_0-1.0-py3-none-any.whl (92.4 MB)\n")
    shown.hear("Collecting pack-1==1.1 (from -r core.lock (line 3))\n")
    shown.hear("  Downloading pack_1-1.1-py3-none-any.whl (31 kB)\n")
    shown.hear("Installing collected packages: pack-0, pack-1\n")
    shown.done()
    assert capsys.readouterr().out.splitlines() == [
        "First start: installing the packages Showrunner needs into .venv. The next start installs nothing.",
        "[1/19] pack-0 1.0",
        "[1/19] pack-0 1.0, 92 MB, downloading",
        "[2/19] pack-1 1.1",
        "Unpacking 2 packages",
    ]


def test_remaining_time_is_said_once_per_word(
    place: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(0, 10_000, 8))
    monkeypatch.setattr(progress.time, "monotonic", lambda: float(next(clock)))
    shown = Progress(place, place.lock_file, updating=True)
    for n in range(20):
        shown.hear(f"Collecting pack-{n}==1.{n}\n")
    said = capsys.readouterr().out
    assert "Update:" in said
    assert "about 3 min left" in said
    assert said.count("almost there") == 1
    assert "left" not in said.splitlines()[-1]


def test_silence_on_a_slow_line_is_broken_now_and_then(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    shown = Progress(place, place.lock_file, updating=False)
    shown.hear("Collecting pack-0==1.0\n")
    shown.hear(None)
    shown.said_at -= 60
    shown.hear(None)
    shown.hear(None)
    assert capsys.readouterr().out.count("still downloading") == 1


def test_terminal_line_changes_in_place_and_counts_what_is_unpacked(
    place: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress.sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr(Progress, "walk", lambda _self: [("", ["a-1.dist-info", "a", "b-1.dist-info"], [])])
    shown = Progress(place, place.lock_file, updating=False)
    shown.hear("Installing collected packages: a, b, c\n")
    shown.hear(None)
    shown.done()
    said = capsys.readouterr().out
    assert "\rUnpacking, 2 of 3 packages" in said
    assert said.count("\n") == 1


def test_bytes_of_a_big_file_are_shown_in_place(
    place: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress.sys.stdout, "isatty", lambda: True)
    shown = Progress(place, place.lock_file, updating=False)
    shown.hear("Collecting pack-0==1.0\n")
    shown.hear("Progress 500000 of 2000000\n")
    shown.hear("Progress 2000000 of 2000000\n")
    shown.hear("Collecting pack-1==1.1\n")
    shown.hear("Progress 18200000 of 43000000\n")
    shown.hear("Progress 43000000 of 43000000\n")
    said = capsys.readouterr().out
    assert "[2/20] pack-1 1.1, 18 of 43 MB, 20 MB in all" in said
    assert "of 2 MB" not in said
    assert "43 of 43" not in said


def test_wheels_may_be_fetched_after_all_were_found(
    place: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An index that gives metadata by itself."""
    shown = Progress(place, place.lock_file, updating=False)
    for n in range(2):
        shown.hear(f"Collecting pack-{n}==1.{n}\n")
        shown.hear(f"  Downloading pack_{n}-1.{n}-py3-none-any.whl.metadata (6.6 kB)\n")
    shown.hear("Downloading pack_0-1.0-py3-none-any.whl (92.4 MB)\n")
    shown.hear("Downloading pack_1-1.1-py3-none-any.whl (31 kB)\n")
    assert capsys.readouterr().out.splitlines()[1:] == [
        "[1/20] pack-0 1.0",
        "[2/20] pack-1 1.1",
        "pack-0 1.0, 92 MB, downloading",
    ]
    monkeypatch.setattr(shown, "terminal", True)
    shown.hear("Downloading pack_1-1.1-py3-none-any.whl (31 kB)\n")
    assert "pack-1 1.1, 31 kB, downloading" in capsys.readouterr().out


def test_bytes_in_a_file_are_rare(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    shown = Progress(place, place.lock_file, updating=False)
    shown.hear("Collecting pack-0==1.0\n")
    for have in range(1, 100):
        shown.hear(f"Progress {have}000000 of 100000000\n")
    assert " of 100 MB" not in capsys.readouterr().out
    shown.said_at -= 60
    shown.hear("Progress 50000000 of 100000000\n")
    shown.hear("Progress 51000000 of 100000000\n")
    assert capsys.readouterr().out == "[1/20] pack-0 1.0, 50 of 100 MB\n"


def test_what_the_environment_is_made_for_comes_first(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.purpose = "Adding whisper"
    Progress(place, place.lock_file, updating=True)
    said = capsys.readouterr().out
    assert said.startswith("Adding whisper: installing")
    assert "beside the old one" in said
