"""Makes the locks, and proves that every locked package has a wheel on every machine of the promise.

    python requirements/gate.py                 compare the locks with the committed result (offline)
    python requirements/gate.py online          resolve every lock for every Python and target, write wheels.json
                                                and extras.json (what `run.py add` shows: sizes, where there is nothing)
    python requirements/gate.py lock [-P NAME]  make all locks anew (-P: upgrade only this package)

pip cannot be the gate: its --platform does not change environment markers. uv resolves per target from metadata alone.
The online gate needs the package index, so it belongs to a release and to a change of a lock, not to the unit tests.
"""

import argparse
import datetime as dt
import hashlib
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
# Name of an extra -> the package that makes it one: where it has no wheel, there is no such extra.
EXTRAS = {
    "whisper": "faster-whisper",
    "azure": "azure-cognitiveservices-speech",
    "offline-ear": "pocketsphinx",
    "device": "sounddevice",
    "sounds": "pydub",
}
# An extra's lock holds what comes on top of the core; each keeps the versions of those before it, so any of them fit
# together. The tests have all of them.
LOCKS = ("core", *(f"extra-{name}" for name in EXTRAS), "test")
RESULT = HERE / "wheels.json"
SIZES = HERE / "extras.json"

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

# (lock, python, target) -> why this cell may fail. The core and the tests have none: their promise holds everywhere.
NO_CTRANSLATE = "ctranslate2 is not made for Windows on ARM"
NO_ONNX = "onnxruntime is not made for Intel Macs with Python 3.14"
NO_SPHINX = "pocketsphinx is not made for it"
EXCEPTIONS: dict[tuple[str, str, str], str] = {
    **{("extra-whisper", python, "windows-arm64"): NO_CTRANSLATE for python in PYTHONS},
    ("extra-whisper", "3.14", "macos-x64"): NO_ONNX,
    **{("extra-offline-ear", python, "windows-arm64"): NO_SPHINX for python in PYTHONS},
    **{("extra-offline-ear", "3.14", target): NO_SPHINX for target in TARGETS},
    ("extra-offline-ear", "3.12", "linux-arm64"): NO_SPHINX,
}

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
    """core.lock first; every other lock keeps its versions. One version per package for all Pythons (`fewest`)."""
    newest = (dt.datetime.now(dt.UTC) - DELAY).date().isoformat()
    common = ["--universal", "--python-version", "3.11", "--generate-hashes", "--fork-strategy", "fewest", *FLAGS]
    common += ["--exclude-newer", newest, "-c", str(HERE / "constraints.txt")]
    for name in upgrade:
        common += ["--upgrade-package", name]
    if not upgrade:
        common.append("--upgrade")
    for number, lock in enumerate(LOCKS):
        extra = [part for name in LOCKS[:number] for part in ("-c", str(lock_path(name)))]
        done = uv(str(HERE / f"{lock}.in"), "-o", str(lock_path(lock)), *extra, *common)
        print(f"{lock}: {done.stderr.strip()}")
        if done.returncode:
            return done.returncode
        if lock.startswith("extra-"):
            strip_core(lock)
    return 0


def entries(lock: str) -> dict[str, str]:
    """First line of each requirement of a lock -> all its lines."""
    found = re.findall(
        r"^([A-Za-z0-9][^\n]*(?:\n[ \t]+[^\n]*)*)", lock_path(lock).read_text(encoding="utf-8"), re.MULTILINE
    )
    return {entry.splitlines()[0]: entry for entry in found}


def name_of(entry: str) -> str:
    return re.split(r"[=\s;]", entry, maxsplit=1)[0]


def strip_core(lock: str) -> None:
    """Leave out of an extra's lock what the core brings."""
    core = {name_of(entry) for entry in entries("core")}
    kept = [text for entry, text in entries(lock).items() if name_of(entry) not in core]
    lock_path(lock).write_text("".join(text + "\n" for text in kept), encoding="utf-8", newline="\n")


class Cell(NamedTuple):
    """What a lock comes to on one Python and target: why it fails (empty: it does not), bytes of each wheel."""

    reason: str
    wheels: dict[str, int]


def resolve(cell: tuple[str, str, str]) -> tuple[tuple[str, str, str], Cell]:
    """Whether every package of the lock has a wheel for this Python and target, and nothing is left out."""
    lock, python, target = cell
    where = ["--python-version", python, "--python-platform", TARGETS[target], *FLAGS]
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "pylock.toml"
        named = ["-q", "--format", "pylock.toml", "-o", str(out)]
        done = uv(str(lock_path(lock)), "--no-deps", *where, *named, MACOSX_DEPLOYMENT_TARGET=MACOS)
        if done.returncode:
            return cell, Cell(" ".join(done.stderr.split()) or f"uv ended with {done.returncode}", {})
        packages: list[dict[str, Any]] = tomllib.loads(out.read_text(encoding="utf-8")).get("packages", [])
    wheels = {package["name"]: max(wheel["size"] for wheel in package["wheels"]) for package in packages}
    extra = lock.removeprefix("extra-")
    if extra == lock:
        return cell, Cell("", wheels)
    if EXTRAS[extra] not in wheels:
        return cell, Cell(f"no wheel of {EXTRAS[extra]}", {})
    return cell, Cell(incomplete(lock, where), wheels)


def incomplete(lock: str, where: list[str]) -> str:
    """What the extra needs and neither its lock nor the core's has; empty if nothing."""
    locks = [part for name in ("core", lock) for part in ("-c", str(lock_path(name)))]
    done = uv(str(HERE / f"{lock}.in"), *where, *locks, MACOSX_DEPLOYMENT_TARGET=MACOS)
    if done.returncode:
        return " ".join(done.stderr.split()) or f"uv ended with {done.returncode}"
    known = {re.split(r"[\s;]", entry, maxsplit=1)[0] for name in ("core", lock) for entry in entries(name)}
    needed = set(re.findall(r"^[A-Za-z0-9._-]+==[^\s;]+", done.stdout, re.MULTILINE))
    return f"not in the lock: {', '.join(sorted(needed - known))}" if needed - known else ""


def online() -> int:
    cells = [(lock, python, target) for lock in LOCKS for python in PYTHONS for target in TARGETS]
    with ThreadPoolExecutor(max_workers=2) as pool:
        found = dict(pool.map(resolve, cells))
    table: dict[str, dict[str, dict[str, str]]] = {}
    for cell in cells:
        (lock, python, target), reason = cell, found[cell].reason
        word = "ok" if not reason else "excepted" if cell in EXCEPTIONS else "missing"
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
    write_sizes(found)
    print(f"{len(cells)} combinations resolved, result in {RESULT.name}.")
    return 1 if offline_problems() else 0


def write_sizes(found: dict[tuple[str, str, str], Cell]) -> None:
    """extras.json: bytes of each wheel on top of the core, per Python and target; how much each grows unpacked.

    `download`: extra -> package -> one number for each of `cells`, null where it is not needed. `unpacked`: package ->
    bytes on disk for one byte of wheel, measured on what is installed beside the gate, for all platforms alike.
    """
    cells = [(python, target) for python in PYTHONS for target in TARGETS]
    download: dict[str, dict[str, list[int | None]]] = {}
    for extra in EXTRAS:
        per_cell = [found[f"extra-{extra}", python, target].wheels for python, target in cells]
        names = sorted({name for wheels in per_cell for name in wheels})
        download[extra] = {name: [wheels.get(name) for wheels in per_cell] for name in names}
    before: dict[str, float] = json.loads(SIZES.read_text(encoding="utf-8"))["unpacked"] if SIZES.exists() else {}
    mine = [wheels for cell, wheels in ((cell, entry.wheels) for cell, entry in found.items()) if is_here(cell)]
    sizes = {name: size for wheels in mine for name, size in wheels.items()}
    names = sorted({name for packages in download.values() for name in packages})
    unpacked = {name: growth(name, sizes) or before.get(name, 3.0) for name in names}
    none: dict[str, dict[str, str]] = {extra: {} for extra in EXTRAS}
    for (lock, python, target), reason in EXCEPTIONS.items():
        none[lock.removeprefix("extra-")][f"{python} {target}"] = reason
    lines = [f'"cells": {json.dumps([" ".join(cell) for cell in cells])}', f'"unpacked": {json.dumps(unpacked)}']
    lines.append(f'"none": {json.dumps(none)}')
    packages = [
        f'"{extra}": {{\n'
        + ",\n".join(f'"{name}": {json.dumps(row, separators=(",", ":"))}' for name, row in rows.items())
        + "\n}"
        for extra, rows in download.items()
    ]
    lines.append('"download": {\n' + ",\n".join(packages) + "\n}")
    SIZES.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8", newline="\n")


def is_here(cell: tuple[str, str, str]) -> bool:
    """Whether this is a cell of the machine that the gate runs on."""
    here = f"{sys.platform}-{platform.machine().lower()}"
    target = {"linux-x86_64": "linux-x64", "linux-aarch64": "linux-arm64", "darwin-arm64": "macos-arm64"}
    return cell[1:] == (f"{sys.version_info[0]}.{sys.version_info[1]}", target.get(here))


def growth(name: str, sizes: dict[str, int]) -> float | None:
    """Bytes on disk for one byte of wheel; None if the package is not installed here."""
    try:
        files = metadata.distribution(name).files or []
    except metadata.PackageNotFoundError:
        return None
    paths = [Path(str(file.locate())) for file in files if file.suffix != ".pyc"]
    total = sum(path.stat().st_size for path in paths if path.is_file())
    return round(total / sizes[name], 2) if sizes.get(name) and total else None


def lock_problems(name: str) -> list[str]:
    """What must never be in a lock: an address, a requirement without a version or without hashes."""
    text = lock_path(name).read_text(encoding="utf-8")
    problems = [f"{name}.lock holds an address: {line}" for line in text.splitlines() if "://" in line]
    problems += [f"{name}.lock holds an option: {line}" for line in text.splitlines() if re.match(r"-", line)]
    found = entries(name)
    if not found:
        problems.append(f"{name}.lock is empty")
    problems += [
        f"{name}.lock: no exact version or no hash: {first}"
        for first, entry in found.items()
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
