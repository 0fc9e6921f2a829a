"""The extras: what each is for, under which licence, how big, where it does not exist, and what pip is given for them.

Sizes and gaps come from requirements/extras.json, which the gate writes beside the locks.
"""

import json
import os
import platform
import re
import sys
from typing import Any, NamedTuple

from streamer.boot.places import Place

ENTRY = re.compile(r"^([A-Za-z0-9][^\n]*(?:\n[ \t]+[^\n]*)*)", re.MULTILINE)


class Extra(NamedTuple):
    """One extra: `package` makes it one, `module` is how that is imported.

    `loads`: what has to be loadable before an environment with it counts ("?": only where it has a wheel).
    `terms`: the address of what has to be agreed to; empty where a free licence asks nothing of a user.
    """

    package: str
    module: str
    purpose: str
    licence: str
    loads: tuple[str, ...]
    terms: str = ""


EXTRAS = {
    "whisper": Extra(
        "faster-whisper",
        "faster_whisper",
        "Understands what the host says, on this computer (faster-whisper), and hears a voice from noise (Silero).",
        "MIT, parts Apache-2.0 and BSD",
        ("faster_whisper", "onnxruntime"),
    ),
    "azure": Extra(
        "azure-cognitiveservices-speech",
        "azure.cognitiveservices.speech",
        "Microsoft's speech services: understands the host, and voices with styles. Needs a key of Azure.",
        "proprietary (Microsoft)",
        ("azure.cognitiveservices.speech",),
        "https://aka.ms/csspeech/license/",
    ),
    "offline-ear": Extra(
        "pocketsphinx",
        "pocketsphinx",
        "A small recogniser of English with its model inside: needs no download later, understands less.",
        "BSD-2-Clause",
        ("pocketsphinx",),
    ),
    "device": Extra(
        "sounddevice",
        "sounddevice",
        "Plays on a sound device of this computer and listens to its microphone, without a browser.",
        "MIT, soxr LGPL-2.1-or-later",
        # Not sounddevice: without the system's PortAudio it cannot be imported, and that can be installed later.
        ("soxr?",),
    ),
    "sounds": Extra(
        "pydub",
        "pydub",
        "Tools that cut, level and mix the sounds of a show. Needs ffmpeg.",
        "MIT",
        ("pydub",),
    ),
}


def imports(name: str) -> tuple[str, ...]:
    """What has to load in an environment with this extra."""
    extra = EXTRAS.get(name)
    return extra.loads if extra else ()


def here() -> str:
    """The cell of the gate's table that this Python belongs to: "3.11 linux-x64"."""
    system = {"win32": "windows", "darwin": "macos"}.get(sys.platform, sys.platform)
    machine = platform.machine().lower()
    processor = {"amd64": "x64", "x86_64": "x64", "aarch64": "arm64"}.get(machine, machine)
    return f"{sys.version_info[0]}.{sys.version_info[1]} {system}-{processor}"


class Sizes:
    """What an extra adds on this Python and system. Empty where nobody has resolved it: then pip has the last word."""

    def __init__(self, root: str, cell: str = "") -> None:
        self.cell = cell or here()
        try:
            with open(os.path.join(root, "requirements", "extras.json"), encoding="utf-8") as file:
                known: dict[str, Any] = json.load(file)
        except (OSError, ValueError):
            known = {}
        cells: list[str] = known.get("cells", [])
        self.unpacked: dict[str, float] = known.get("unpacked", {})
        self.none: dict[str, dict[str, str]] = known.get("none", {})
        self.download: dict[str, dict[str, int]] = {}
        if self.cell in cells:
            column = cells.index(self.cell)
            rows: dict[str, dict[str, list[int | None]]] = known["download"]
            self.download = {
                extra: {name: size for name, row in packages.items() if (size := row[column]) is not None}
                for extra, packages in rows.items()
            }

    def missing(self, extra: str) -> str:
        """Why the extra does not exist here, or an empty text."""
        return self.none.get(extra, {}).get(self.cell, "")

    def packages(self, extras: tuple[str, ...]) -> dict[str, int]:
        """Bytes to download of each package that these extras bring, each package once."""
        return {name: size for extra in extras for name, size in self.download.get(extra, {}).items()}

    def room(self, extras: tuple[str, ...]) -> int:
        """Bytes on disk of these extras, about."""
        return round(sum(size * self.unpacked.get(name, 3.0) for name, size in self.packages(extras).items()))


def megabytes(size: int) -> str:
    """A size for people: never 0."""
    return f"{max(1, round(size / 1e6))} MB"


def room_mb(place: Place) -> int:
    """MB of disk that the place's extras take."""
    return -(-Sizes(place.root).room(place.extras) // 1_000_000) if place.extras else 0


def merged(place: Place) -> str:
    """What pip installs: the lock of the core and those of the extras, in which a package may be named twice."""
    found: dict[str, str] = {}
    for path in (place.lock_file, *(place.extra_lock(name) for name in place.extras)):
        with open(path, encoding="utf-8") as file:
            found |= {entry.splitlines()[0]: entry for entry in ENTRY.findall(file.read())}
    return "".join(f"{entry}\n" for entry in found.values())
