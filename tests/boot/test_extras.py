"""What is known of the extras: sizes, gaps, locks, terms."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from streamer.boot import adding, build, extras
from streamer.boot.extras import EXTRAS, Sizes, megabytes, merged, room_mb
from streamer.boot.places import Place

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A checkout with a core and two extras that share a package; `sounds` was added."""
    folder = tmp_path / "requirements"
    folder.mkdir()
    hashed = " \\\n    --hash=sha256:0\n"
    (folder / "core.lock").write_text(f"aiohttp==1{hashed}", encoding="utf-8")
    (folder / "core.in").write_text("aiohttp\n", encoding="utf-8")
    (folder / "extra-sounds.lock").write_text(f"numpy==2{hashed}pydub==1{hashed}", encoding="utf-8")
    (folder / "extra-device.lock").write_text(
        f"numpy==2{hashed}soxr==1 ; sys_platform != 'win32'{hashed}", encoding="utf-8"
    )
    (tmp_path / ".venv.extras").write_text("sounds\n", encoding="utf-8")
    return Place(str(tmp_path), str(tmp_path), "core")


@pytest.mark.parametrize(
    ("system", "machine", "cell"),
    [
        ("linux", "x86_64", "linux-x64"),
        ("linux", "aarch64", "linux-arm64"),
        ("darwin", "arm64", "macos-arm64"),
        ("darwin", "x86_64", "macos-x64"),
        ("win32", "AMD64", "windows-x64"),
        ("win32", "ARM64", "windows-arm64"),
        ("freebsd14", "amd64", "freebsd14-x64"),
    ],
)
def test_every_machine_has_its_cell(monkeypatch: pytest.MonkeyPatch, system: str, machine: str, cell: str) -> None:
    monkeypatch.setattr(extras.sys, "platform", system)
    monkeypatch.setattr(extras.platform, "machine", lambda: machine)
    monkeypatch.setattr(extras.sys, "version_info", (3, 13, 1))
    assert extras.here() == f"3.13 {cell}"


def test_the_committed_sizes_are_plausible() -> None:
    known: dict[str, Any] = json.loads((ROOT / "requirements" / "extras.json").read_text(encoding="utf-8"))
    assert set(known["download"]) == set(EXTRAS)
    for cell in known["cells"]:
        sizes = Sizes(str(ROOT), cell)
        for name, extra in EXTRAS.items():
            packages = sizes.packages((name,))
            assert (extra.package in packages) is not bool(sizes.missing(name)), (cell, name)
            if packages:
                assert 10_000 < sum(packages.values()) < 200_000_000, (cell, name)
                assert sizes.room((name,)) > sum(packages.values()) * 0.9, (cell, name)


def test_several_together_are_counted_once() -> None:
    sizes = Sizes(str(ROOT), "3.12 linux-x64")
    both = sum(sizes.packages(("whisper", "device")).values())
    assert both < sum(sum(sizes.packages((name,)).values()) for name in ("whisper", "device"))
    assert adding.size_text(sizes, ("device",), ("device",)) == "size not known here"
    assert adding.size_text(sizes, ("whisper",)).startswith("9")
    assert adding.size_text(Sizes(str(ROOT), "3.14 linux-x64"), ("offline-ear",)) == ""


def test_a_machine_nobody_resolved_for_has_no_sizes_and_no_refusal(place: Place) -> None:
    sizes = Sizes(str(ROOT), "3.99 plan9-x64")
    assert sizes.packages(tuple(EXTRAS)) == {}
    assert sizes.missing("whisper") == ""
    assert adding.size_text(sizes, ("whisper",)) == "size not known here"
    assert Sizes(place.root).packages(("whisper",)) == {}, "no file at all"


def test_sizes_are_never_nothing() -> None:
    assert [megabytes(size) for size in (1, 1_400_000, 95_000_000)] == ["1 MB", "1 MB", "95 MB"]


def test_what_pip_is_given(place: Place) -> None:
    place.extras = ("device", "sounds")
    names = re.findall(r"^[a-z]+==\d.*?(?= \\)", merged(place), re.MULTILINE)
    assert names == ["aiohttp==1", "numpy==2", "soxr==1 ; sys_platform != 'win32'", "pydub==1"]
    assert merged(place).count("--hash") == 4


def test_the_stamp_names_the_extras(place: Place) -> None:
    python = Path(place.python(place.folder))
    python.parent.mkdir(parents=True)
    python.touch()
    assert place.extras == ("sounds",)
    Path(place.folder, "stamp").write_bytes(place.stamp())
    assert place.fits(place.folder)
    assert place.extras_in(place.folder) == ("sounds",)
    place.extras = ()
    assert not place.fits(place.folder)
    assert place.fits_but_for_extras(place.folder)
    Path(place.extra_lock("sounds")).write_text("pydub==2\n", encoding="utf-8")
    assert not place.fits_but_for_extras(place.folder), "an update of an extra is an update"
    Path(place.extra_lock("sounds")).unlink()
    assert not place.fits_but_for_extras(place.folder), "its lock is gone"
    assert place.extras_in(place.fresh) == ()


@pytest.mark.parametrize("content", [b"\xff\xfe", b"", b"../core gone /etc/passwd", b"sounds/../sounds"])
def test_a_broken_memory_is_no_extras(place: Place, content: bytes) -> None:
    Path(place.memory).write_bytes(content)
    assert place.remembered() == ()


def test_the_environment_of_the_tests_has_them_all_anyway(place: Place) -> None:
    assert Place(place.root, place.base, "test").extras == ()


def test_room_and_imports_of_an_extra(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    def run(command: list[str], **_more: Any) -> "subprocess.CompletedProcess[str]":
        asked.append(command)
        return subprocess.CompletedProcess(command, 1, "", "pydub: ImportError: no\n")

    monkeypatch.setattr(build.subprocess, "run", run)
    with pytest.raises(build.CannotBuildError, match="pydub: ImportError"):
        build.check_imports(place)
    assert asked[0][-2:] == ["aiohttp", "pydub"]
    assert room_mb(place) == 0
    monkeypatch.setattr(Sizes, "room", lambda _self, _names: 1_000_001)
    assert room_mb(place) == 2
    assert extras.imports("unknown") == ()


@pytest.mark.parametrize(("missing", "code"), [("json", 0), ("json?", 0), ("not_there?", 0), ("not_there", 1)])
def test_an_import_may_be_missing_where_it_has_no_wheel(missing: str, code: int) -> None:
    import sys

    done = subprocess.run(
        [sys.executable, "-c", build.IMPORT_CHECK, missing], capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    assert ("not_there: ModuleNotFoundError" in done.stderr) is bool(code)


class Terminal:
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("answer", "agreed"), [("y", True), (" YES ", True), ("", False), ("n", False), ("sure", False)]
)
def test_terms_are_agreed_to_by_a_yes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answer: str, agreed: bool
) -> None:
    monkeypatch.setattr(adding.sys, "stdin", Terminal())
    monkeypatch.setattr("builtins.input", lambda _question: answer)
    assert adding.agreed("azure") is agreed
    assert "https://aka.ms/csspeech/license/" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [EOFError, KeyboardInterrupt])
def test_no_answer_is_no(monkeypatch: pytest.MonkeyPatch, wrong: type[BaseException]) -> None:
    def ask(_question: str) -> str:
        raise wrong

    monkeypatch.setattr(adding.sys, "stdin", Terminal())
    monkeypatch.setattr("builtins.input", ask)
    assert not adding.agreed("azure")


def test_what_the_system_lacks_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adding.sys, "platform", "linux")
    monkeypatch.setattr(adding.ctypes.util, "find_library", lambda _name: None)
    monkeypatch.setattr(adding.shutil, "which", lambda _name: None)
    assert "libportaudio2" in adding.note("device")
    assert "ffmpeg" in adding.note("sounds")
    assert adding.note("whisper") == ""
    monkeypatch.setattr(adding.ctypes.util, "find_library", lambda name: name)
    assert adding.note("device") == ""


def test_only_proprietary_parts_have_terms() -> None:
    assert [name for name, extra in EXTRAS.items() if extra.terms] == ["azure"]
    assert [name for name, extra in EXTRAS.items() if "proprietary" in extra.licence] == ["azure"]
