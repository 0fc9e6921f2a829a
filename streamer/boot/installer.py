"""pip, called so that it does exactly what the lock says: which pip, with what settings, and what its errors mean."""

import contextlib
import importlib.metadata
import importlib.util
import os
import queue
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

# Of a person's pip settings those that say where packages come from are kept; the others (user, target, no-deps, a
# constraint ...) would change what is installed.
KEPT_SETTINGS = frozenset(
    "PIP_" + name
    for name in (
        "INDEX_URL", "EXTRA_INDEX_URL", "FIND_LINKS", "NO_INDEX", "TRUSTED_HOST", "CERT", "CLIENT_CERT", "PROXY",
        "TIMEOUT", "DEFAULT_TIMEOUT", "RETRIES", "CACHE_DIR", "NO_CACHE_DIR", "CONFIG_FILE", "KEYRING_PROVIDER",
    )
)  # fmt: skip
POISON = ("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONPLATLIBDIR", "PYTHONSAFEPATH", "__PYVENV_LAUNCHER__")

# `pip --python` exists since 22.3.
OLDEST_PIP = (22, 3)
# Since 24.1 pip can tell the bytes of a download as lines, "Progress 4096 of 8192".
RAW_PROGRESS = (24, 1)
FLAGS = ("--require-hashes", "--only-binary", ":all:", "--no-deps", "--no-compile")

UNREACHABLE = re.compile(
    r"Failed to establish a new connection|NewConnectionError|Name or service not known|name resolution|getaddrinfo|"
    r"ConnectTimeout|Read timed out|Connection refused|ConnectionResetError|Network is unreachable|ProxyError|"
    r"Max retries exceeded|Could not fetch URL",
    re.IGNORECASE,
)
MISSING = re.compile(r"No matching distribution found for ([^\s;]+)")
FULL = re.compile(
    r"No space left on device|Errno 28\b|not enough space on the disk|WinError 112|Disk quota", re.IGNORECASE
)
HASH = re.compile(r"THESE PACKAGES DO NOT MATCH THE HASHES|Hashes are required|Expected sha256", re.IGNORECASE)
HASH_NAME = re.compile(r"^\s{2,}(\S+==\S+).*from", re.MULTILINE)


def clean_environment() -> dict[str, str]:
    """The environment for pip: this one without what would change the result."""
    names = (name for name in os.environ if name not in POISON)
    result = {n: os.environ[n] for n in names if not n.upper().startswith("PIP_") or n.upper() in KEPT_SETTINGS}
    result.setdefault("PIP_RETRIES", "2")
    return result | {"PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}


def find_pip(python: str) -> list[str]:
    """The beginning of a pip command that installs into the environment of `python`; empty if there is no pip.

    In this order: this interpreter's own pip, ensurepip (missing on Debian without python3-venv), a pip on PATH.
    """
    if importlib.util.find_spec("pip") is not None and numbers(importlib.metadata.version("pip")) >= OLDEST_PIP:
        return [sys.executable, "-m", "pip", "--python", python]
    if importlib.util.find_spec("ensurepip") is not None and works([python, "-m", "ensurepip"]):
        return [python, "-m", "pip"]
    for name in ("pip3", "pip"):
        program = shutil.which(name)
        if program and works([program, "--python", python, "--version"]):
            return [program, "--python", python]
    return []


def numbers(version: str) -> tuple[int, ...]:
    """The first two numbers of a version."""
    return tuple(map(int, re.findall(r"\d+", version)[:2]))


def progress_flags(pip: list[str]) -> tuple[str, ...]:
    """How this pip is to tell how far it is: bytes as lines where it can, else nothing."""
    if pip[:3] == [sys.executable, "-m", "pip"]:  # a start of pip costs half a second
        return ("--progress-bar", "raw" if numbers(importlib.metadata.version("pip")) >= RAW_PROGRESS else "off")
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        said = subprocess.run(
            [*pip, "--version"], env=clean_environment(), capture_output=True, text=True, encoding="utf-8",
            errors="replace", timeout=120, check=False,
        ).stdout  # fmt: skip
        if (found := re.match(r"pip (\S+)", said)) and numbers(found[1]) >= RAW_PROGRESS:
            return ("--progress-bar", "raw")
    return ("--progress-bar", "off")


def works(command: list[str]) -> bool:
    """Whether the command runs and succeeds. Shims and store aliases exist and do not run."""
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        return (
            subprocess.run(command, env=clean_environment(), capture_output=True, timeout=120, check=False).returncode
            == 0
        )
    return False


def install(pip: list[str], lock_file: str, held: int, each_line: Callable[[str | None], None]) -> tuple[int, str]:
    """Install what the lock says; pip's exit code and all it said.

    `each_line` is given every line, and None once a second while there is none. `held` is the descriptor of the lock
    that pip keeps holding if this process dies.
    """
    command = [*pip, "install", *FLAGS, *progress_flags(pip), "-r", lock_file]
    inherit = () if os.name == "nt" else (held,)
    process = subprocess.Popen(
        command, env=clean_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, encoding="utf-8", errors="replace", pass_fds=inherit,
    )  # fmt: skip
    said: list[str] = []
    try:
        for line in lines_of(process):
            if line is not None and not line.startswith("Progress "):
                said.append(line)
            each_line(line)
        return process.wait(), "".join(said)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


def lines_of(process: "subprocess.Popen[str]") -> Iterator[str | None]:
    """What the process says, line by line; None after each second of silence."""
    lines: queue.Queue[str | None] = queue.Queue()

    def read() -> None:
        if process.stdout is not None:
            with process.stdout:
                for line in process.stdout:
                    lines.put(line)
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    while True:
        try:
            line = lines.get(timeout=1)
        except queue.Empty:
            yield None
            continue
        if line is None:
            return
        yield line


def explain(said: str) -> str:
    """What went wrong, in a sentence or two, from what pip said."""
    if FULL.search(said):
        return "The disk is full. Make room and start again."
    if HASH.search(said):
        name = HASH_NAME.search(said)
        which = name[1] if name else "A package"
        return (
            f"{which} does not match its hash, so it is not the file the lock was made from. Nothing was installed.\n"
            "A mirror that changes packages does this; so does a broken download: try once more, then another index."
        )
    missing = MISSING.search(said)
    if UNREACHABLE.search(said):
        return (
            "The package index cannot be reached (no network, or a mirror that lacks a package"
            + (f": {missing[1]}" if missing else "")
            + "). Only the first start and an update need it."
        )
    if missing:
        return (
            f"No package index offered {missing[1]}: it cannot be reached, lacks it, or has no wheel for this Python "
            f"({sys.version_info[0]}.{sys.version_info[1]} on {sys.platform}). docs/install.md lists what is supported."
        )
    last = "\n".join("    " + line for line in said.strip().splitlines()[-12:])
    return "pip could not install the packages. Its last words:\n" + last
