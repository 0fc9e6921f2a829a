"""Sentences people read, by language: one YAML file each, one key per notice, `{name}` where a parameter goes.

A notice travels as `ports.Notice(code, params, fix)`; its words are looked up where they are read.
"""

import re
from functools import cache
from importlib.resources import files

from streamer.ports import Notice

DEFAULT = "en"
LANGUAGES = ("en", "ja")

_PLACE = re.compile(r"\{(\w+)\}")


@cache
def _table(language: str) -> dict[str, str]:
    from ruamel.yaml import YAML

    source = files(__name__).joinpath(f"{language}.yaml").read_text(encoding="utf-8")
    rows = YAML(typ="safe", pure=True).load(source)
    return {str(key): str(value) for key, value in rows.items()}


def language_of(tag: str) -> str:
    """The language we have for a tag such as `ja-JP`; English for any other."""
    language = tag.replace("_", "-").split("-", 1)[0].lower()
    return language if language in LANGUAGES else DEFAULT


def texts(language: str) -> dict[str, str]:
    """All sentences of a language by key; what it lacks is in English. Unknown languages give English."""
    return {**_table(DEFAULT), **_table(language_of(language))}


def placeholders(text: str) -> frozenset[str]:
    return frozenset(_PLACE.findall(text))


def fill(text: str, params: dict[str, str | int | float]) -> str:
    """Put parameters into their places. A parameter is text only: places inside it stay as they are."""
    return _PLACE.sub(lambda place: str(params.get(place[1], place[0])), text)


def say(notice: Notice, language: str = DEFAULT) -> str:
    """The notice in words, and what to do about it. A code nobody worded is shown as it is."""
    table = texts(language)
    words = fill(table.get(notice.code, notice.code), notice.params)
    if not notice.fix:
        return words
    fix = fill(table.get(notice.fix, notice.fix), notice.params)
    return fill(table["notice.with_fix"], {"words": words.rstrip(".。"), "fix": fix})
