"""Makes the locks, and proves that every locked package has a wheel on every machine of the promise.

    python requirements/gate.py                 compare the locks with the committed result (offline)
    python requirements/gate.py online          resolve both locks for every Python and target, write wheels.json
    python requirements/gate.py lock [-P NAME]  make core.lock and test.lock anew (-P: upgrade only this package)

pip cannot be the gate: its --platform does not change environment markers. uv resolves per target from metadata alone.
The online gate needs the package index, so it belongs to a release and to a change of a lock, not to the unit tests.
"""

import argparse
import datetime as dt
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
LOCKS = ("core", "test")
RESULT = HERE / "wheels.json"

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
TARGETS = {
    "windows-x64": "x86_64-pc-windows-msvc",
    "windows-arm64": "aarch64-pc-windows-msvc",
    "macos-arm64": "aarch64-apple-darwin",
    "macos-x64": "x86_64-apple-darwin",
    "linux-x64": "x86_64-manylinux_2_28",
    "linux-arm64": "aarch64-manylinux_2_28",
}
# uv assumes macOS 13 by default; the promise is macOS 14 and newer (the av wheels for Apple silicon ask for it).
MACOS = "14.0"

# (lock, python, target) -> why this cell may fail. Empty: the promise holds everywhere.
EXCEPTIONS: dict[tuple[str, str, str], str] = {}

# A package published by an attacker is usually found within days, so the locks stay a week behind.
DELAY = dt.timedelta(days=7)

FLAGS = ("--only-binary", ":all:", "--no-header", "--no-annotate", "--no-python-downloads")


def lock_path(name: str) -> Path:
    return HERE / f"{name}.lock"


def digest(name: str) -> str:
    """SHA-256 of a lock, independent of the line ends a checkout may have."""
    return hashlib.sha256(lock_path(name).read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def uv(*args: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "uv", "pip", "compile", *args]
    return subprocess.run(command, env=os.environ | env, capture_output=True, text=True, encoding="utf-8", check=False)


def make_locks(upgrade: list[str]) -> int:
    """core.lock first; test.lock keeps every version of it. One version per package for all Pythons (`fewest`)."""
    newest = (dt.datetime.now(dt.UTC) - DELAY).date().isoformat()
    common = ["--universal", "--python-version", "3.11", "--generate-hashes", "--fork-strategy", "fewest", *FLAGS]
    common += ["--exclude-newer", newest, "-c", str(HERE / "constraints.txt")]
    for name in upgrade:
        common += ["--upgrade-package", name]
    if not upgrade:
        common.append("--upgrade")
    for lock in LOCKS:
        extra = ["-c", str(lock_path("core"))] if lock == "test" else []
        done = uv(str(HERE / f"{lock}.in"), "-o", str(lock_path(lock)), *extra, *common)
        print(done.stderr.strip())
        if done.returncode:
            return done.returncode
    return 0


def resolve(cell: tuple[str, str, str]) -> tuple[tuple[str, str, str], str]:
    """Empty text if every package of the lock has a wheel for this Python and target, else uv's reason."""
    lock, python, target = cell
    with tempfile.TemporaryDirectory() as scratch:
        out = ["-q", "-o", str(Path(scratch) / "out.txt")]
        where = ["--no-deps", "--python-version", python, "--python-platform", TARGETS[target]]
        done = uv(str(lock_path(lock)), *where, *FLAGS, *out, MACOSX_DEPLOYMENT_TARGET=MACOS)
    return cell, "" if done.returncode == 0 else " ".join(done.stderr.split()) or f"uv ended with {done.returncode}"


def online() -> int:
    cells = [(lock, python, target) for lock in LOCKS for python in PYTHONS for target in TARGETS]
    with ThreadPoolExecutor(max_workers=2) as pool:
        reasons = dict(pool.map(resolve, cells))
    table: dict[str, dict[str, dict[str, str]]] = {}
    for (lock, python, target), reason in reasons.items():
        word = "ok" if not reason else "excepted" if (lock, python, target) in EXCEPTIONS else "missing"
        table.setdefault(lock, {}).setdefault(python, {})[target] = word
        if reason:
            print(f"{lock} on {python} {target}: {word}: {reason}")
    result = {
        "locks": {lock: digest(lock) for lock in LOCKS},
        "macos": MACOS,
        "exceptions": {" ".join(cell): reason for cell, reason in EXCEPTIONS.items()},
        "table": table,
    }
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8", newline="\n")
    print(f"{len(cells)} combinations resolved, result in {RESULT.name}.")
    return 1 if offline_problems() else 0


def lock_problems(name: str) -> list[str]:
    """What must never be in a lock: an address, a requirement without a version or without hashes."""
    text = lock_path(name).read_text(encoding="utf-8")
    problems = [f"{name}.lock holds an address: {line}" for line in text.splitlines() if "://" in line]
    problems += [f"{name}.lock holds an option: {line}" for line in text.splitlines() if re.match(r"-", line)]
    entries = re.findall(r"^([A-Za-z0-9][^\n]*(?:\n[ \t]+[^\n]*)*)", text, re.MULTILINE)
    if not entries:
        problems.append(f"{name}.lock is empty")
    problems += [
        f"{name}.lock: no exact version or no hash: {entry.splitlines()[0]}"
        for entry in entries
        if not re.match(r"[A-Za-z0-9._-]+==", entry) or "--hash=sha256:" not in entry
    ]
    return problems


def offline_problems() -> list[str]:
    """Reasons why the committed result does not prove the committed locks."""
    problems = [problem for name in LOCKS for problem in lock_problems(name)]
    result: dict[str, Any] = json.loads(RESULT.read_text(encoding="utf-8"))
    problems += [
        f"{name}.lock is not the one the gate has seen: run `python requirements/gate.py online` and commit wheels.json"
        for name in LOCKS
        if result["locks"].get(name) != digest(name)
    ]
    for lock in LOCKS:
        for python in PYTHONS:
            for target in TARGETS:
                word = result["table"].get(lock, {}).get(python, {}).get(target, "not tried")
                if word != "ok" and (lock, python, target) not in EXCEPTIONS:
                    problems.append(f"{lock}.lock on Python {python}, {target}: {word}")
    return problems


def main() -> int:
    parser = argparse.ArgumentParser(description="Locks and the proof that their wheels exist.")
    parser.add_argument("action", nargs="?", choices=("offline", "online", "lock"), default="offline")
    parser.add_argument("-P", "--upgrade-package", action="append", default=[], metavar="NAME")
    args = parser.parse_args()
    if args.action == "lock":
        return make_locks(args.upgrade_package)
    if args.action == "online":
        return online()
    problems = offline_problems()
    print("\n".join(problems) or "The committed locks are the ones the gate has proved.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
