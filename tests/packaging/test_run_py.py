"""run.py on Pythons that cannot run the show: one sentence, whatever they are."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
RUN_PY = ROOT / "run.py"

# Syntax that Python 2.7 or 3.5 cannot parse, so that nothing would be said at all.
TOO_NEW = (
    ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.AsyncFunctionDef, ast.Await, ast.Match, ast.Nonlocal,
    ast.YieldFrom, ast.MatMult, ast.Starred,
)  # fmt: skip


def refusal(**pretended: Any) -> str:
    """What run.py says under a pretended interpreter."""

    class Sys:
        version_info = pretended.get("version_info", (3, 11, 7))
        version = pretended.get("version", "3.11.7 (main) [GCC]")
        maxsize = pretended.get("maxsize", 2**63 - 1)
        executable = "/opt/python"
        implementation = type("Implementation", (), {"name": pretended.get("name", "cpython")})

    names: dict[str, Any] = {"__name__": "run", "__file__": str(RUN_PY)}
    exec(compile(RUN_PY.read_text(encoding="utf-8"), str(RUN_PY), "exec"), names)  # noqa: S102 - its own source
    names["sys"] = Sys
    return names["refusal"]()


def test_every_python_can_parse_it() -> None:
    source = RUN_PY.read_text(encoding="utf-8")
    assert source.isascii(), "Python 2 refuses other characters without a declaration"
    tree = ast.parse(source)
    assert [node for node in ast.walk(tree) if isinstance(node, TOO_NEW)] == []
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert all(function.returns is None and not function.args.kwonlyargs for function in functions)


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 15), (3, 10, 13)])
def test_old_python_is_told_which_is_needed(version: tuple[int, int, int]) -> None:
    said = refusal(version_info=version)
    assert "needs Python 3.11 or newer" in said
    assert f"Python {version[0]}.{version[1]} (/opt/python)" in said


def test_other_builds_that_lack_wheels_are_refused() -> None:
    assert "32-bit" in refusal(maxsize=2**31 - 1)
    assert "free-threaded" in refusal(version="3.13.0 experimental free-threading build (main) [GCC]")
    assert "free-threaded" in refusal(version_info=(3, 14, 0), version="3.14.0 free-threading build (main) [GCC]")
    assert "pypy" in refusal(name="pypy")


@pytest.mark.parametrize("minor", [11, 12, 13, 14])
def test_supported_pythons_are_not_refused(minor: int) -> None:
    assert refusal(version_info=(3, minor, 0)) == ""


def old_pythons() -> list[str]:
    """Real old interpreters of this machine, as far as there are any."""
    roots = [Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"]
    found = [str(path) for root in roots for path in root.glob("*/bin/python")]
    found += filter(
        None, map(shutil.which, ("python2", "python2.7", "python3.6", "python3.8", "python3.9", "python3.10"))
    )
    return [path for path in found if path != sys.executable]


def test_real_old_pythons_print_the_sentence() -> None:
    asked = 0
    for python in old_pythons():
        probe = subprocess.run(
            [python, "-c", "import sys; print(sys.version_info < (3, 11))"],
            capture_output=True,
            text=True,
            check=False,
        )
        if probe.stdout.strip() != "True":
            continue
        asked += 1
        done = subprocess.run([python, RUN_PY], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("Showrunner needs Python 3.11 or newer; this is Python ")
        assert len(done.stderr.splitlines()) == 1
    if not asked:
        pytest.skip("no old Python on this machine")
