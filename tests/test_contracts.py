"""Every import contract fails when somebody breaks it: a violation is planted in a copy of the package."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from streamer.boot.checks import LINT_IMPORTS, ROOT

# contract id -> (module that breaks it, relative to streamer/; the line that does)
PLANTED: dict[str, list[tuple[str, str]]] = {
    "floors": [
        ("core/planted.py", "import streamer.cast"),
        ("cast/planted.py", "import streamer.moderation"),
        ("moderation/planted.py", "import streamer.ports"),
        ("ports.py", "import streamer.adapters.planted"),
        ("web/planted.py", "import streamer.speech"),
        ("speech/planted.py", "import streamer.app"),
    ],
    "core-is-pure": [("core/planted.py", f"import {name}") for name in ("asyncio", "time", "random", "os", "aiohttp")],
    "rules-do-no-io": [("cast/planted.py", "import sqlite3"), ("cast/planted.py", "import time")],
    "vendors-stay-in-adapters": [("speech/planted.py", "import openai"), ("web/planted.py", "import av")],
    "boot-stands-alone": [("boot/planted.py", "import streamer.core"), ("boot/planted.py", "import msgspec")],
    "ports-folders-are-strangers": [("adapters/llm/planted.py", "import streamer.adapters.tts.planted")],
    "vendors-are-strangers": [("adapters/tts/planted.py", "import streamer.adapters.tts.planted_too")],
}
CASES = [(contract, *case) for contract, cases in PLANTED.items() for case in cases]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The modules of the package without their bodies' weight: the tree as it is, plus what the plants import."""
    root = tmp_path_factory.mktemp("contracts")
    shutil.copytree(ROOT / "streamer", root / "streamer", ignore=shutil.ignore_patterns("__pycache__", "*.js", "*.css"))
    shutil.copy(ROOT / "pyproject.toml", root)
    for name in ("adapters/planted.py", "adapters/tts/planted.py", "adapters/tts/planted_too.py"):
        (root / "streamer" / name).write_text("", encoding="utf-8")
    return root


def lint(root: Path, contract: str) -> tuple[int, str]:
    command = [sys.executable, "-c", LINT_IMPORTS, "--contract", contract]
    done = subprocess.run(
        command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", check=False
    )
    return done.returncode, done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(("contract", "module", "line"), CASES, ids=[f"{c}: {m} {ln}" for c, m, ln in CASES])
def test_planted_violation_is_found(copy: Path, contract: str, module: str, line: str) -> None:
    path = copy / "streamer" / module
    before = path.read_text(encoding="utf-8") if path.exists() else None
    path.write_text(f"{before or ''}\n{line}\n", encoding="utf-8")
    try:
        code, said = lint(copy, contract)
    finally:
        path.write_text(before, encoding="utf-8") if before is not None else path.unlink()
    assert code == 1, said
    assert "BROKEN" in said
    assert "not allowed to import" in said


def test_every_contract_has_a_planted_violation() -> None:
    import tomllib

    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    assert {contract["id"] for contract in contracts} == set(PLANTED)
