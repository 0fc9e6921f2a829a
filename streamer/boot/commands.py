"""`run.py test`, `run.py lint` and `run.py docs`, inside the test environment."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Mapping

from streamer.boot import checks, system

WORKERS_AT_MOST = 4


def run(command: str, arguments: list[str]) -> int:
    """The exit code of the command."""
    return {"lint": lint, "docs": docs}.get(command, test)(arguments)


def test(arguments: list[str]) -> int:
    """Every test, or what the pytest arguments select. A file's tests stay in one worker, in random order; files with
    slow tests come first (tests/conftest.py), so that no worker is left with a long one at the end.

    A worker that dies is not replaced: with `loadfile` xdist can wait for ever for what the dead one had in hand.
    """
    system.provide()
    workers = min(WORKERS_AT_MOST, max(2, os.cpu_count() or 2))
    parallel = (
        []
        if "no:xdist" in " ".join(arguments)
        else ["-n", str(workers), "--dist", "loadfile", "--no-loadscope-reorder", "--max-worker-restart=0"]
    )
    command = [sys.executable, "-X", "utf8", "-m", "pytest", *parallel, *arguments]
    return run_child(command, with_bytecode(os.environ))


def with_bytecode(given: Mapping[str, str]) -> dict[str, str]:
    """An environment in which bytecode is kept: the tests start hundreds of processes, and each would compile every
    module anew. Who wants none beside the sources gets it into the environment of the packages."""
    environment = dict(given)
    if environment.pop("PYTHONDONTWRITEBYTECODE", ""):
        environment.setdefault("PYTHONPYCACHEPREFIX", os.path.join(sys.prefix, "bytecode"))
    return environment


def docs(arguments: list[str]) -> int:
    """Write what is made for the documentation (settings page, pictures) and check it. `--check` only checks."""
    if "--check" not in arguments:
        system.provide()
    return run_child([sys.executable, "-X", "utf8", os.path.join("docs", "check_docs.py"), *arguments])


def run_child(command: list[str], environment: dict[str, str] | None = None) -> int:
    """Run it in the checkout; its exit code. Ctrl-C is the child's business: pytest still says what it had found."""
    with subprocess.Popen(command, cwd=checks.ROOT, env=environment) as child:
        while True:
            with contextlib.suppress(KeyboardInterrupt):
                return child.wait()


def lint(arguments: list[str]) -> int:
    """Every static check; all of them run, whichever fails. `--online` also resolves the wheels anew."""
    todo = checks.checks()
    if "--online" in arguments:
        todo["wheels, online"] = [sys.executable, os.path.join("requirements", "gate.py"), "online"]
    failed: list[str] = []
    for name, command in todo.items():
        code, said = checks.run_check(command)
        print(f"{'ok' if code == 0 else 'FAILED':<7} {name}", flush=True)
        if code:
            failed.append(name)
            print(said.rstrip(), flush=True)
    return 1 if failed else 0
