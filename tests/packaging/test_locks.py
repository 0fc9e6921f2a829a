"""The locks say what they have to, and the committed gate result belongs to them."""

import importlib.util
import json
import re
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from streamer.boot.extras import EXTRAS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The gate, looking at a copy of the requirements that a test may break."""
    spec = importlib.util.spec_from_file_location("gate", ROOT / "requirements" / "gate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for path in (ROOT / "requirements").iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(module, "HERE", tmp_path)
    monkeypatch.setattr(module, "RESULT", tmp_path / "wheels.json")
    monkeypatch.setattr(module, "SIZES", tmp_path / "extras.json")
    return module


def names_of(path: str) -> dict[str, str]:
    """Requirement name -> the rest of its line."""
    lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
    found = (re.match(r"([A-Za-z0-9._-]+)(.*)", line) for line in lines)
    return {match[1]: match[2].strip() for match in found if match}


def versions(name: str) -> dict[str, set[str]]:
    text = (ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8")
    result: dict[str, set[str]] = {}
    for package, version in re.findall(r"^([a-z0-9][a-z0-9._-]*)==([^\s;\\]+)", text, re.MULTILINE):
        result.setdefault(package, set()).add(version)
    return result


def test_the_gate_has_proved_the_committed_locks(gate: ModuleType) -> None:
    assert gate.offline_problems() == []


def test_the_promise_covers_every_python_system_and_processor(gate: ModuleType) -> None:
    table: dict[str, Any] = json.loads((ROOT / "requirements" / "wheels.json").read_text(encoding="utf-8"))["table"]
    assert set(table["core"]) == {"3.11", "3.12", "3.13", "3.14"}
    for targets in table["core"].values():
        assert {"windows-x64", "macos-arm64", "macos-x64", "linux-x64", "linux-arm64"} <= set(targets)
    assert all(reason.strip() for reason in gate.EXCEPTIONS.values())


def test_a_changed_lock_needs_the_gate_again(gate: ModuleType) -> None:
    path: Path = gate.lock_path("core")
    path.write_text(path.read_text(encoding="utf-8").replace("sha256:", "sha256:0", 1), encoding="utf-8")
    assert any("core.lock is not the one" in problem for problem in gate.offline_problems())


def test_line_ends_of_a_checkout_do_not_matter(gate: ModuleType) -> None:
    before = gate.digest("core")
    path: Path = gate.lock_path("core")
    path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    assert gate.digest("core") == before


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("--index-url http://mirror/simple", "an address"),
        ("--find-links wheels", "an option"),
        ("loose>=1 --hash=sha256:00", "no exact version"),
        ("bare==1.0", "no hash"),
    ],
)
def test_what_may_not_be_in_a_lock(gate: ModuleType, line: str, problem: str) -> None:
    path: Path = gate.lock_path("core")
    path.write_text(path.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    assert any(problem in found for found in gate.lock_problems("core"))


def test_a_missing_wheel_is_a_problem_unless_it_is_excepted(gate: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    result = json.loads(gate.RESULT.read_text(encoding="utf-8"))
    result["table"]["core"]["3.14"]["macos-x64"] = "missing"
    gate.RESULT.write_text(json.dumps(result), encoding="utf-8")
    assert gate.offline_problems() == ["core.lock on Python 3.14, macos-x64: missing"]
    monkeypatch.setitem(gate.EXCEPTIONS, ("core", "3.14", "macos-x64"), "a reason")
    assert gate.offline_problems() == []


def test_core_has_the_same_bits_on_every_python() -> None:
    assert {name: found for name, found in versions("core").items() if len(found) > 1} == {}


def test_test_lock_holds_the_core_in_the_same_versions() -> None:
    core, test = versions("core"), versions("test")
    assert {name: test.get(name) for name in core} == core


def test_what_the_show_needs_is_said_once_in_two_places() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    in_core = {name + bounds for name, bounds in names_of("requirements/core.in").items()}
    assert set(project["dependencies"]) == in_core


def test_extras_are_the_same_for_run_py_and_for_pip() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(project["optional-dependencies"]) == set(EXTRAS)
    for name, wanted in project["optional-dependencies"].items():
        lines = (ROOT / "requirements" / f"extra-{name}.in").read_text(encoding="utf-8").splitlines()
        assert wanted == [line for line in lines if line and not line.startswith("#")], name


def test_the_gate_and_run_py_know_the_same_extras(gate: ModuleType) -> None:
    assert {name: extra.package for name, extra in EXTRAS.items()} == gate.EXTRAS


def test_extras_hold_what_comes_on_top_of_the_core_and_agree_with_each_other() -> None:
    core, seen = versions("core"), dict[str, set[str]]()
    for name in EXTRAS:
        extra = versions(f"extra-{name}")
        assert not set(extra) & set(core), name
        for package, found in extra.items():
            assert seen.setdefault(package, found) == found, (name, package)
    test = versions("test")
    assert {name: test.get(name) for name in seen} == seen, "the tests speak with the same ones"


def test_extras_that_fit_nowhere_have_a_reason(gate: ModuleType) -> None:
    sizes = json.loads(gate.SIZES.read_text(encoding="utf-8"))
    for (lock, python, target), reason in gate.EXCEPTIONS.items():
        assert sizes["none"][lock.removeprefix("extra-")][f"{python} {target}"] == reason
    assert not any(lock in ("core", "test") for lock, _, _ in gate.EXCEPTIONS)


def test_proprietary_and_heavy_parts_are_in_no_image_and_no_core() -> None:
    """The image installs the core's lock and nothing else; no extra is named in it, nor copied into it."""
    image = (ROOT / "docker" / "Dockerfile").read_text(encoding="utf-8")
    assert re.findall(r"pip install [^\n]*", image) == [
        "pip install --no-cache-dir --require-hashes --only-binary :all: --no-deps -r requirements/core.lock"
    ]
    assert "extra-" not in image
    assert re.findall(r"^COPY requirements\S*", image, re.MULTILINE) == ["COPY requirements/core.lock"]
    assert not re.search(r"run\.py +add|\.venv", image)
    extras = {package for name in EXTRAS for package in versions(f"extra-{name}")}
    assert not extras & set(versions("core"))
    for package in extras:
        assert package not in image, package
    assert [path.name for path in (ROOT / "docker").iterdir()] == ["Dockerfile"], (
        "another file would need this check, too"
    )


def test_the_package_for_pip_has_no_extra_among_its_dependencies() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {re.split(r"[<>=\[ ]", wanted, maxsplit=1)[0] for wanted in project["dependencies"]}
    assert not names & {extra.package for extra in EXTRAS.values()}


def test_off_the_live_path_is_not_in_the_core() -> None:
    assert not {"numpy", "pydub", "azure-cognitiveservices-speech", "pip", "setuptools"} & set(versions("core"))
