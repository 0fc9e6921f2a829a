"""Every import contract fails when somebody breaks it: a violation is planted in a copy of the package."""

import re
import shutil
import subprocess
import sys
import tomllib
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


def lint(root: Path) -> tuple[int, str]:
    command = [sys.executable, "-c", LINT_IMPORTS, "--no-cache"]
    done = subprocess.run(
        command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", check=False
    )
    return done.returncode, done.stdout


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """By contract, what the linter says of the tree with everything planted at once: it names each violation."""
    root = tmp_path_factory.mktemp("contracts")
    shutil.copytree(ROOT / "streamer", root / "streamer", ignore=shutil.ignore_patterns("__pycache__", "*.js", "*.css"))
    shutil.copy(ROOT / "pyproject.toml", root)
    for name in ("adapters/planted.py", "adapters/tts/planted.py", "adapters/tts/planted_too.py"):
        (root / "streamer" / name).write_text("", encoding="utf-8")
    for _, module, line in CASES:
        path = root / "streamer" / module
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        path.write_text(f"{before}\n{line}\n", encoding="utf-8")
    code, said = lint(root)
    assert code == 1, said
    # A heading, ruled off below, begins what is said of each broken contract.
    parts = re.split(r"^(?=(.+)\n-{5,}\n)", said.partition("Broken contracts")[2], flags=re.MULTILINE)
    headed = dict(zip(parts[1::2], parts[2::2], strict=True))
    return {contract["id"]: headed.get(contract["name"], "") for contract in contracts()}


def contracts() -> list[dict[str, str]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return settings["tool"]["importlinter"]["contracts"]


@pytest.mark.parametrize(("contract", "module", "line"), CASES, ids=[f"{c}: {m} {ln}" for c, m, ln in CASES])
def test_planted_violation_is_found(told: dict[str, str], contract: str, module: str, line: str) -> None:
    importer = "streamer." + module.removesuffix(".py").replace("/", ".")
    said = " ".join(told[contract].split())
    assert "is not allowed to import" in said
    assert f"- {importer} -> {line.removeprefix('import ')} (l." in f" {said} ".replace(" & ", " - ")


def test_every_contract_has_a_planted_violation() -> None:
    assert {contract["id"] for contract in contracts()} == set(PLANTED)
