"""How much memory is free on this machine, and how much a local model takes."""

import ctypes
import subprocess
import sys
from pathlib import Path

WEIGHTS = 1.2
CONTEXT_BYTES = 500_000_000
SMALLEST = 0.25


def free_bytes() -> int | None:
    """Memory that a new program could take without pushing others out, in bytes; None where that is unknown.

    Of the machine, not of a graphics card: what fits here runs, only slower than on a card.
    """
    try:
        if sys.platform == "win32":
            return _windows()
        if sys.platform == "darwin":
            return _macos()
        return _linux(Path("/proc/meminfo").read_text(encoding="ascii"))
    except (OSError, ValueError, AttributeError, subprocess.SubprocessError):
        return None


def _linux(text: str) -> int | None:
    for line in text.splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return None


def _macos() -> int | None:
    said = subprocess.run(["/usr/bin/vm_stat"], capture_output=True, text=True, timeout=2, check=True).stdout
    return vm_stat(said)


def vm_stat(text: str) -> int | None:
    """Free, inactive and speculative pages: what the system gives away when asked."""
    head, _, rest = text.partition("\n")
    size = next((int(word) for word in head.replace(")", " ").split() if word.isdigit()), 4096)
    pages = 0
    for line in rest.splitlines():
        name, _, count = line.partition(":")
        if name.strip() in ("Pages free", "Pages inactive", "Pages speculative"):
            pages += int(count.strip().rstrip("."))
    return pages * size or None


def _windows() -> int | None:
    class MemoryStatus(ctypes.Structure):  # MEMORYSTATUSEX of the Windows API
        _fields_ = (
            ("length", ctypes.c_ulong), ("load", ctypes.c_ulong), ("total", ctypes.c_ulonglong),
            ("free", ctypes.c_ulonglong), ("total_page", ctypes.c_ulonglong), ("free_page", ctypes.c_ulonglong),
            ("total_virtual", ctypes.c_ulonglong), ("free_virtual", ctypes.c_ulonglong),
            ("free_extended", ctypes.c_ulonglong),
        )  # fmt: skip

    status = MemoryStatus()
    status.length = ctypes.sizeof(status)
    kernel = ctypes.windll.kernel32  # pyright: ignore[reportAttributeAccessIssue] - on Windows only
    return int(status.free) if kernel.GlobalMemoryStatusEx(ctypes.byref(status)) else None


def need_bytes(size_bytes: int, parameters: str = "") -> int:
    """Memory a model takes while it answers, estimated; 0 when its size is unknown.

    Its file on disk times 1.2 (weights and working buffers), and for a context of 4,096 tokens half a gigabyte per
    8 billion parameters (16-bit keys and values with grouped heads, as in Llama 3), at least an eighth of one.
    """
    if size_bytes <= 0:
        return 0
    return int(size_bytes * WEIGHTS + CONTEXT_BYTES * max(SMALLEST, _billions(parameters, size_bytes) / 8))


def _billions(parameters: str, size_bytes: int) -> float:
    """From "8.0B" or "270M"; else as if every parameter took 0.6 bytes, as in 4-bit files."""
    text = parameters.strip().upper()
    try:
        number = float(text[:-1])
    except ValueError:
        return size_bytes / 0.6e9
    return number / 1000 if text.endswith("M") else number
