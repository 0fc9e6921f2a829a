"""The languages of the offline voice, read from espeak-ng's own data files, each with the presets of `espeak`."""

import re
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from streamer.adapters.tts.common.listing import VoiceEntry

_FIELD = re.compile(r"^(name|language)\s+(.+?)\s*(?://.*)?$", re.MULTILINE)
_MAX_BYTES = 20_000
_PLACES = ("/usr/share/espeak-ng-data", "/usr/local/share/espeak-ng-data", "/opt/homebrew/share/espeak-ng-data")


def data_folder(pairs: list[tuple[str, str]]) -> Path | None:
    """The data that belongs to the libraries (library, data) of `espeak.libraries`, or what the system keeps."""
    told = [Path(data) for _, data in pairs if data]
    places = [*told, *map(Path, _PLACES)]
    if sys.platform.startswith("linux"):
        places += sorted(Path("/usr/lib").glob("*/espeak-ng-data"))
    return next((each for each in places if (each / "lang").is_dir()), None)


def list_voices(folder: Path | None, presets: Mapping[str, str]) -> list[VoiceEntry]:
    """`presets` names variants of the library (`bright` -> `f5`): each language in each of them.

    Without data only the presets by their own names, which speak the persona's language.
    """
    languages = _languages(folder) if folder is not None else ()
    if not languages:
        return [VoiceEntry(name, name.title()) for name in presets]
    return [
        VoiceEntry(f"{code}+{variant}", f"{name} · {preset}", tag, "female" if variant.startswith("f") else "male")
        for code, name, tag in languages
        for preset, variant in presets.items()
    ]


@cache
def _languages(folder: Path) -> tuple[tuple[str, str, str], ...]:
    """(espeak's code, name, language tag), by tag, English first."""
    found: dict[str, tuple[str, str, str]] = {}
    for path in sorted((folder / "lang").rglob("*")):
        if not path.is_file() or path.stat().st_size > _MAX_BYTES:
            continue
        fields: dict[str, str] = {}
        for field, value in _FIELD.findall(path.read_text(encoding="utf-8", errors="replace")):
            fields.setdefault(field, value)
        code = fields.get("language", "").split(" ")[0]
        if re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]+)*", code):
            found[code] = (code, fields.get("name", code), _tag(code))

    def order(each: tuple[str, str, str]) -> tuple[bool, bool, bool, str]:
        return each[2] != "en-US", each[2] != "en-GB", not each[2].startswith("en"), each[2]

    return tuple(sorted(found.values(), key=order))


def _tag(code: str) -> str:
    """`en-gb-x-rp` as `en-GB-x-rp`, and espeak's `cmn` as `zh`."""
    first, *rest = code.split("-")
    named = {"cmn": "zh", "nb": "nb"}.get(first, first)
    return "-".join([named, *(each.upper() if len(each) == 2 else each for each in rest)])
