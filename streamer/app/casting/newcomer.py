"""A new character in ten lines: what was answered, completed with what fits beside the others, written as a file."""

import hashlib
import json
import tempfile
import textwrap
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import msgspec

from streamer.app.casting.names import folder_name
from streamer.app.casting.voices import as_voice, as_written, choices
from streamer.app.characterfile import scalar
from streamer.app.characters import character_folders, load_character
from streamer.app.looks import PICTURES, Looks, looks
from streamer.app.yamlfile import BadFiles
from streamer.cast import Persona
from streamer.cast.card import Scalar, Voice
from streamer.cast.fit import word

COLOURS = (
    "#8fd3a5", "#ffb86b", "#c3a6ff", "#ff8f8f", "#6fd3e3", "#f2d06b", "#f59ac2", "#7cc8ff", "#b5d96b", "#e0a3f0",
)  # fmt: skip
"""Colours for names and captions that can be told apart and read on dark and on light ground."""
_WHO = {
    "en": "{name} is a friendly and curious AI co-host, who likes chat better than silence. Small things that went "
    "well today are {name}'s favourite subject. {name} says plainly what is what, and takes a joke.",
    "ja": "{name}は、好奇心いっぱいで親しみやすいAIの配信パートナー。静けさよりもチャットが好き。"
    "今日うまくいった小さなことの話がいちばんの好物で、思ったことは素直に言い、冗談も通じる。",
}  # fmt: skip


class Wishes(msgspec.Struct, frozen=True, kw_only=True):
    """What was answered; empty means "as you like"."""

    name: str
    sentences: str = ""
    language: str = "en"
    voice: Voice | None = None
    look: Mapping[str, Scalar] = {}
    colour: str = ""


class AlreadyThereError(Exception):
    """There is a folder of that name; nothing was written."""


def completed(wishes: Wishes, others: Sequence[Persona], *, table: Looks | None = None) -> Wishes:
    """The wishes with something in every place that fits the name and is unlike the others."""
    language = wishes.language or "en"
    spoken = choices(language)
    used = {voice.ids.get("edge", "") or voice.ids.get("espeak", "") for voice in (each.voice for each in others)}
    free = [each for each in spoken if (each.ids.get("edge") or each.ids.get("espeak")) not in used]
    voice = as_voice((free or spoken)[_number(wishes.name, len(free or spoken))])
    who = _WHO.get(language.split("-")[0], _WHO["en"])
    return Wishes(
        name=word(wishes.name) or "Unnamed",
        sentences=wishes.sentences or who.format(name=wishes.name),
        language=language,
        voice=voice if wishes.voice is None else wishes.voice,
        look=wishes.look or {"theme": suggested_theme(wishes.name, others, table=table)},
        colour=wishes.colour or suggested_colour(wishes.name, [each.colour for each in others]),
    )


def suggested_colour(name: str, taken: Collection[str]) -> str:
    """A colour that nobody has, by the name: the same one each time it is asked."""
    free = [colour for colour in COLOURS if colour not in {each.lower() for each in taken}] or list(COLOURS)
    return free[_number(name, len(free))]


def suggested_theme(name: str, others: Sequence[Persona], *, table: Looks | None = None) -> str:
    """A theme that nobody has, by the name."""
    themes = list((looks() if table is None else table).themes) or ["aiko"]
    worn = {each.look.get("theme") for each in others}
    free = [theme for theme in themes if theme not in worn] or themes
    return free[_number(name, len(free))]


def _number(name: str, below: int) -> int:
    return int.from_bytes(hashlib.sha256(name.encode("utf-8", "replace")).digest()[:4], "big") % max(1, below)


def words_of(theme: str, *, table: Looks | None = None) -> str:
    """A theme in a few words, from its values: `long hair, cat ears, headphones`."""
    values = (looks() if table is None else table).themes.get(theme, {})
    said = [f"{values['hair']} hair"] if isinstance(values.get("hair"), str) else []
    for key, noun in (("ears", "ears"), ("glasses", "glasses"), ("headphones", "headphones"), ("hat", "hat")):
        match values.get(key):
            case True:
                said.append(noun)
            case str(kind) if kind not in ("none", "human", "round" if key == "ears" else ""):
                said.append(f"{kind} {noun}")
            case _:
                pass
    return ", ".join(said).replace("_", " ")


# ------------------------------------------------------------------------------------------------------------- writing
def character_text(wishes: Wishes) -> str:
    """`character.yaml` in about ten commented lines. The wishes have to be complete (`completed`)."""
    voice = as_written(wishes.voice or Voice())
    theme = wishes.look.get("theme")
    look = _flow(wishes.look) if len(wishes.look) > 1 or not isinstance(theme, str) else scalar(theme)
    hint = (
        "your own pictures, in the folder pictures/ beside this file"
        if theme == PICTURES
        else "a theme, or {theme: " + str(theme) + ', hair_colour: "#3d5a80"}'
    )
    rows = (
        (f"voice: {_flow(voice)}", "by engine; pitch in semitones"),
        (f"look: {look}", hint),
        (f'colour: "{wishes.colour}"', "of the name and the captions"),
        (f"language: {scalar(wishes.language)}", "what it speaks by itself"),
    )
    width = min(64, max(len(row) for row, _ in rows))
    return "\n".join(
        (
            f"# {_remark(wishes.name)}. Change a line and save: it counts at once. Every key: docs/characters.md",
            f"name: {scalar(wishes.name)}",
            "# Who it is, in three sentences: this is what the brain is told.",
            f"sentences: {_prose(wishes.sentences)}",
            *(f"{row.ljust(width)}  # {remark}" for row, remark in rows),
            "",
        )
    )


def _remark(text: str) -> str:
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def _flow(data: Mapping[str, object]) -> str:
    return "{" + ", ".join(f"{key}: {_in_flow(value)}" for key, value in data.items()) + "}"


def _in_flow(value: object) -> str:
    if isinstance(value, Mapping):
        return _flow({str(key): each for key, each in value.items()})
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str) and value.replace("-", "").isalnum() and value.isascii():
        return scalar(value) if not value[0].isdigit() else json.dumps(value)
    return json.dumps(value, ensure_ascii=False)


def _prose(text: str) -> str:
    """A folded block where that keeps the text, else in quotes on one line."""
    words = " ".join(text.split())
    if words != text or not words or not words[0].isalnum():
        return json.dumps(text, ensure_ascii=False)
    lines = textwrap.wrap(words, 110, break_long_words=False, break_on_hyphens=False)
    return ">-\n" + "\n".join(f"  {line}" for line in lines)


def write_new(home: Path, wishes: Wishes, taken: Collection[str]) -> Path:
    """A folder with the character's file, made whole or not at all; its name comes from the character's.

    `taken` are ids that are not to be used (the shipped ones). Raises `BadFiles` when the wishes make no character,
    `AlreadyThereError` and `OSError`.
    """
    root = home / "characters"
    taken = {*taken, *(each.name for each in _inside(root))}
    return put_new(root, folder_name(wishes.name, taken), {"character.yaml": character_text(wishes).encode()})


def put_new(root: Path, id_: str, contents: Mapping[str, bytes]) -> Path:
    """A character's folder from its files: written beside, read as a show would read it, and only then moved there.

    Raises `BadFiles`, `AlreadyThereError` and `OSError`.
    """
    root.mkdir(parents=True, exist_ok=True)
    target = root / id_
    with tempfile.TemporaryDirectory(prefix=".new-", dir=root) as beside:
        new = Path(beside) / id_
        new.mkdir()
        for name, content in contents.items():
            (new / name).write_bytes(content)
        try:
            load_character(new)
        except BadFiles as wrong:
            shown = [msgspec.structs.replace(each, file=each.file.replace(Path(beside).name, root.name))
                     for each in wrong.problems]  # fmt: skip
            raise BadFiles(shown) from wrong
        if target.exists():
            raise AlreadyThereError(str(target))
        new.replace(target)
    return target


def _inside(root: Path) -> list[Path]:
    return list(root.iterdir()) if root.is_dir() else []


def present(roots: Sequence[Path]) -> list[Persona]:
    """The characters there are, as far as they can be read."""
    found: list[Persona] = []
    for folder in character_folders(roots).values():
        try:
            found.append(load_character(folder))
        except BadFiles:
            continue
    return found
