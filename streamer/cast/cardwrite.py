"""Personas written as character cards: V3, and the V2 mirror of it. Pure.

The card a persona was imported from is edited in place, so everything in it that still holds stays word for word.
"""

import copy
from typing import Any, cast

import msgspec

from streamer.cast.card import Persona
from streamer.cast.cards import EXTENSION, GROUPS, HELD, V1_FIELDS, Card, Tree, digest, number_of, persona_of, text_of
from streamer.cast.fit import fit, word
from streamer.cast.improv import strip_tags

_REQUIRED: dict[str, str | list[Any] | Tree] = {
    **dict.fromkeys(V1_FIELDS, ""), "creator_notes": "", "system_prompt": "", "post_history_instructions": "",
    "alternate_greetings": [], "tags": [], "creator": "", "character_version": "", "extensions": {},
    "group_only_greetings": [],
}  # fmt: skip
_V3_ONLY = (
    "assets", "nickname", "creator_notes_multilingual", "source", "group_only_greetings", "creation_date",
    "modification_date",
)  # fmt: skip


def card_of(persona: Persona, base: Card | None = None, *, at: int, icon: str | None = None) -> Tree:
    """The persona as a V3 card (the JSON tree).

    `base` is the card it was imported from: everything in it that still holds stays as it is, word for word. `at` is
    the time of the export in seconds since 1970. `icon` is the URI of the picture the file will carry; without one the
    card's own is kept unless it lay inside the file it came in.
    """
    tree, data = _start(base)
    extensions: Tree = data["extensions"]
    before = persona_of(base, persona.id).persona if base else None
    after = fit(persona)
    if before is None or (before.name, before.names) != (after.name, after.names):
        data["name"] = after.name
        if word(text_of(data, "nickname")) not in after.names:
            data.pop("nickname", None)
    if before is None or _who(before) != _who(after):
        data |= {"description": _description(after), "personality": "", "scenario": ""}
    if before is None or before.material.greetings != after.material.greetings:
        greetings = [_for_others(each) for each in after.material.greetings]
        data |= {"first_mes": "".join(greetings[:1]), "alternate_greetings": greetings[1:], "group_only_greetings": []}
    if before is None or before.talkativeness != after.talkativeness:
        extensions["talkativeness"] = after.talkativeness
    if before is None and not data["mes_example"]:
        data["mes_example"] = _examples(after)
    data["modification_date"] = at
    _put_icon(data, icon)
    # Programs that mirror the V1 fields beside `data` read either.
    tree |= {key: data[key] for key in V1_FIELDS if isinstance(tree.get(key), str)}
    data.setdefault("creation_date", at)
    seen = {group: digest(data, group) for group in GROUPS}
    extensions[EXTENSION] = {"version": 1, "id": persona.id, "persona": _kept(after), "seen": seen}
    return tree


def v2_of(tree: Tree) -> Tree:
    """The V2 mirror of a V3 tree, for programs that read only that."""
    data = {key: value for key, value in tree["data"].items() if key not in _V3_ONLY}
    return {**tree, "spec": "chara_card_v2", "spec_version": "2.0", "data": data}


def _start(base: Card | None) -> tuple[Tree, Tree]:
    """The tree to edit and the `data` in it, every field that V3 requires there."""
    tree: Tree = copy.deepcopy(base.tree) if base else {}
    data: Tree = copy.deepcopy(base.data) if base else {}
    if base and base.version == 1:
        tree = {}
    known_version = str(tree.get("spec_version")) if number_of(tree.get("spec_version"), 0) >= 3 else "3.0"
    tree = {"spec": "chara_card_v3", "spec_version": known_version,
            **{key: value for key, value in tree.items() if key not in ("spec", "spec_version")}}  # fmt: skip
    for key, default in _REQUIRED.items():
        if not isinstance(data.get(key), type(default)):
            data[key] = copy.copy(default)
    if data.get("character_book", 0) is None:
        del data["character_book"]
    tree["data"] = data
    return tree, data


def _who(persona: Persona) -> tuple[object, ...]:
    return persona.sentences, persona.facts, persona.catchphrases


def _description(persona: Persona) -> str:
    parts = [persona.sentences, "\n".join(f"- {fact}" for fact in persona.facts)]
    parts.append(f"Likes to say: {' / '.join(persona.catchphrases)}" if persona.catchphrases else "")
    return "\n\n".join(part for part in parts if part)


def _for_others(line: str) -> str:
    """A line of the material as other programs write it."""
    return strip_tags(line).replace("{name}", "{{user}}").strip()


def _examples(persona: Persona) -> str:
    return "\n".join(
        f"<START>\n{{{{user}}}}: {topic.id}?\n{{{{char}}}}: {_for_others(topic.takes[0])}"
        for topic in persona.material.topics[:5]
    )


def _put_icon(data: Tree, icon: str | None) -> None:
    """The list of assets without those that stay behind in the file the card came in."""
    given = data.get("assets")
    if icon is None and not isinstance(given, list):
        return
    several = cast("list[Any]", given) if isinstance(given, list) else []
    left = [each for each in several if not _stays(each, replaced=icon is not None)]
    data["assets"] = [{"type": "icon", "uri": icon, "name": "main", "ext": "png"}, *left] if icon else left


def _stays(asset: Any, *, replaced: bool) -> bool:
    """Whether an asset of the card does not go into the new file."""
    if not isinstance(asset, dict):
        return False
    asset = cast("Tree", asset)
    held = str(asset.get("uri", "")).startswith(HELD)
    return held or (replaced and asset.get("type") == "icon" and asset.get("name") == "main")


def _kept(persona: Persona) -> Tree:
    """The persona as plain data, without its id and what is as it would be anyway."""
    plain, usual = (
        cast("Tree", msgspec.json.decode(msgspec.json.encode(each))) for each in (persona, Persona(id="", name=""))
    )
    material = {key: value for key, value in plain.pop("material").items() if value}
    short = {key: value for key, value in plain.items() if key != "id" and value != usual.get(key)}
    return {**short, "name": persona.name, **({"material": material} if material else {})}
