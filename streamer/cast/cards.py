"""Character cards, V1, V2 and V3, read into personas. Pure; `cardwrite` is the way back.

Formats: https://github.com/malfoyslastname/character-card-spec-v2 (`spec_v2.md`) and
https://github.com/kwaroran/character-card-spec-v3 (`SPEC_V3.md`). A card is kept as the tree it was read as, so that
fields nobody here knows survive. What a persona has beyond a card lies under `data.extensions.showrunner`, with a
digest of the standard fields beside it: where another program has edited those since, the edit wins.
"""

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal, cast

import msgspec

from streamer.cast.card import Material, Persona, persona_from
from streamer.cast.cardtext import clean, crowd, cut, guess_language, paragraphs, resolve, slug, spoken
from streamer.cast.fit import GREETINGS_MAX, LINE_MAX, SENTENCES_MAX, fit, is_id, word
from streamer.cast.intents import STAGE_TAGS

Tree = dict[str, Any]

EXTENSION = "showrunner"
TEXT_MAX = 100_000
"""Characters of one field that are looked at."""
DEPTH_MAX = 64

V1_FIELDS = ("name", "description", "personality", "scenario", "first_mes", "mes_example")
# Names that programs before V1 was written down gave the same fields.
_ALIASES = {
    "name": "char_name", "description": "char_persona", "scenario": "world_scenario", "first_mes": "char_greeting",
    "mes_example": "example_dialogue",
}  # fmt: skip
HELD = ("embeded://", "__asset:")  # the misspelling is the specification's
# What of a persona each group of standard fields says, and which fields those are.
GROUPS: dict[str, tuple[str, ...]] = {
    "name": ("name", "nickname"),
    "who": ("description", "personality", "scenario"),
    "greetings": ("first_mes", "alternate_greetings", "group_only_greetings"),
    "talkativeness": ("talkativeness",),
}


class BadCard(Exception):
    """Not a card that can be used; the message says why and quotes nothing of it."""


class Card(msgspec.Struct, frozen=True):
    """A card as it was read."""

    tree: Tree
    """The whole of it: unknown fields too. Half characters are `\ufffd` and numbers without a value are null in it."""
    version: Literal[1, 2, 3]

    @property
    def data(self) -> Tree:
        """The fields of the character, under their standard names."""
        inner = self.tree.get("data")
        if self.version > 1 and isinstance(inner, dict):
            return cast("Tree", inner)
        return {
            **{key: value for key, value in self.tree.items() if key not in ("spec", "spec_version", "data")},
            **{key: self.tree[old] for key, old in _ALIASES.items() if not self.tree.get(key) and old in self.tree},
        }


class Imported(msgspec.Struct, frozen=True):
    persona: Persona
    notes: tuple[str, ...] = ()
    """What of the card is kept but not used, in plain sentences."""


# ------------------------------------------------------------------------------------------------------------- reading
def parse_card(raw: bytes) -> Card:
    """A card from JSON in UTF-8 (a byte order mark may be there; UTF-16 with one is read too). Raises `BadCard`."""
    try:
        text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
        loaded = json.loads(text)
    except UnicodeDecodeError as wrong:
        raise BadCard("the card is not UTF-8 text") from wrong
    except RecursionError as wrong:
        raise BadCard("the card is nested too deeply") from wrong
    except ValueError as wrong:
        raise BadCard("the card is encrypted" if raw.startswith(b"rcc||") else "the card is not JSON") from wrong
    tree = _sound(loaded, 0)
    if not isinstance(tree, dict):
        raise BadCard("the card is not a JSON object")
    return _recognised(cast("Tree", tree))


def _sound(node: Any, depth: int) -> Any:
    """The tree with nothing in it that cannot be written again."""
    if depth > DEPTH_MAX:
        raise BadCard("the card is nested too deeply")
    match node:
        case str():
            return _half(node)
        case dict():
            items = cast("Tree", node).items()
            return {_half(key): _sound(value, depth + 1) for key, value in items}
        case list():
            return [_sound(value, depth + 1) for value in cast("list[Any]", node)]
        case float() if not math.isfinite(node):
            return None
        case _:
            return node


def _half(text: str) -> str:
    return text if text.isascii() else re.sub("[\ud800-\udfff]", "\ufffd", text)


def _recognised(tree: Tree) -> Card:
    spec = tree.get("spec")
    name = spec if isinstance(spec, str) else ""
    if name.startswith("lorebook"):
        raise BadCard("this is a lorebook, not a character card")
    # Some cards have the specification's name and an empty `data`, with everything at the root.
    later: Literal[2, 3] = 3 if name == "chara_card_v3" else 2
    versions: tuple[Literal[1, 2, 3], ...] = (later, 1) if isinstance(tree.get("data"), dict) else (1,)
    for version in versions:
        card = Card(tree, version)
        known = [key for key in (*V1_FIELDS, "nickname") if text_of(card.data, key)]
        if known and (name or version > 1 or known != ["name"]):
            return card
    raise BadCard("the JSON is not a character card: it has neither a name nor a description")


def newer_than_known(card: Card) -> bool:
    """Whether the card follows a later specification than V3 (`spec_version` is compared as a number)."""
    return number_of(card.tree.get("spec_version"), 0) > 3 or str(card.tree.get("spec", "")) not in (
        "", "None", "chara_card_v1", "chara_card_v2", "chara_card_v3",
    )  # fmt: skip


def suggested_id(card: Card, fallback: str) -> str:
    """A folder name for the persona: the one it had here, else from its name, else from `fallback` (a file's name)."""
    kept = _extension(card.data).get("id")
    names = (kept if isinstance(kept, str) else "", slug(text_of(card.data, "name")), slug(fallback), "character")
    return next(
        (each if is_id(each) else f"{each}-1" for each in names if is_id(each) or is_id(f"{each}-1")), "character"
    )


def icon_of(card: Card) -> str:
    """The URI of the main icon; `ccdefault:` when the card names none (as V3 wants it)."""
    icons = [each for each in _assets(card.data) if each.get("type") == "icon" and isinstance(each.get("uri"), str)]
    main = [each for each in icons if each.get("name") == "main"]
    return str((main or icons)[0]["uri"]) if icons else "ccdefault:"


def held_assets(card: Card) -> int:
    """How many assets lie inside the file the card came in, the main icon not counted."""
    icon = icon_of(card)
    return sum(str(each.get("uri", "")).startswith(HELD) for each in _assets(card.data) if each.get("uri") != icon)


def persona_of(card: Card, id_: str) -> Imported:
    """The persona a card describes, always within the limits of a character file."""
    data = card.data
    said = _standard(data, id_)
    own, notes = _own(data, id_)
    if own is not None:
        seen = _extension(data).get("seen")
        same = cast("Tree", seen) if isinstance(seen, dict) else {}
        changed = [group for group in GROUPS if same.get(group) != digest(data, group)]
        said = _with(own, said, changed)
    return Imported(fit(said), (*notes, *_unused(card)))


def _standard(data: Tree, id_: str) -> Persona:
    """What the standard fields say."""
    name = word(text_of(data, "name")) or word(text_of(data, "nickname")) or "Unnamed"
    nickname = word(text_of(data, "nickname"))
    language = guess_language(f"{text_of(data, 'description')}\n{text_of(data, 'first_mes')}")
    char, user = nickname or name, crowd(language)

    def resolved(key: str) -> str:
        return paragraphs(resolve(text_of(data, key), char=char, user=user))

    greetings = (spoken(resolve(each, char=char, user=user), stage_tags=STAGE_TAGS, limit=LINE_MAX)
                 for each in _greetings(data))  # fmt: skip
    return fit(Persona(
        id=id_,
        name=name,
        names=(nickname,) if nickname and nickname != name else (),
        language=language,
        sentences=_sentences(resolved("description"), resolved("personality"), resolved("scenario")),
        talkativeness=_talkativeness(data),
        material=Material(greetings=tuple(dict.fromkeys(each for each in greetings if each))),
    ))  # fmt: skip


def _sentences(description: str, personality: str, scenario: str) -> str:
    parts = [description, personality and f"Personality: {personality}", scenario and f"Scenario: {scenario}"]
    if sum(len(part) + 2 for part in parts) > SENTENCES_MAX:
        tail = [cut(part, SENTENCES_MAX // 5) for part in parts[1:]]
        parts = [cut(description, SENTENCES_MAX - sum(len(part) + 2 for part in tail) - 2), *tail]
    return "\n\n".join(part for part in parts if part)


def _greetings(data: Tree) -> list[str]:
    several: list[Any] = [data.get("first_mes")]
    for key in ("alternate_greetings", "group_only_greetings"):
        if isinstance(value := data.get(key), list):
            several += cast("list[Any]", value)
    return [each[:TEXT_MAX] for each in several if isinstance(each, str)][:GREETINGS_MAX]


def _talkativeness(data: Tree) -> float:
    extensions = data.get("extensions")
    given = cast("Tree", extensions).get("talkativeness") if isinstance(extensions, dict) else None
    return min(max(number_of(data.get("talkativeness") if given is None else given, 0.5), 0.0), 1.0)


def _own(data: Tree, id_: str) -> tuple[Persona | None, list[str]]:
    """The persona as an earlier export kept it."""
    kept = _extension(data).get("persona")
    if not isinstance(kept, dict):
        return None, []
    try:
        return persona_from({**cast("Tree", kept), "id": id_}), []
    except (msgspec.ValidationError, ValueError, OverflowError):
        return None, ["Its showrunner extension is damaged and was not used."]


def _with(own: Persona, said: Persona, changed: Iterable[str]) -> Persona:
    for group in changed:
        match group:
            case "name":
                own = msgspec.structs.replace(own, name=said.name, names=said.names + own.names)
            case "who":
                # An export writes facts and catchphrases into the description, so an edited one holds them.
                own = msgspec.structs.replace(own, sentences=said.sentences, facts=(), catchphrases=())
            case "greetings":
                greetings = said.material.greetings
                own = msgspec.structs.replace(own, material=msgspec.structs.replace(own.material, greetings=greetings))
            case _:
                own = msgspec.structs.replace(own, talkativeness=said.talkativeness)
    return own


def _unused(card: Card) -> list[str]:
    data = card.data
    notes: list[str] = []
    if text_of(data, "system_prompt") or text_of(data, "post_history_instructions"):
        notes.append("Its own instructions to the model are kept, but not used.")
    if isinstance(data.get("character_book"), dict):
        notes.append("Its lorebook is kept, but not used.")
    if sum(len(text_of(data, key)) for key in GROUPS["who"]) > SENTENCES_MAX:
        notes.append(f"Its description is longer than {SENTENCES_MAX} characters; the beginning is used.")
    if not any(text_of(data, key) for key in GROUPS["who"]):
        notes.append("It has no description; write one into `sentences`.")
    name = word(text_of(data, "name"))
    if " " in name and not text_of(data, "nickname"):
        notes.append(f"It listens to {name} only as a whole; put shorter names into `names`.")
    if newer_than_known(card):
        notes.append("It follows a later specification than V3; what is unknown is kept.")
    return notes


# -------------------------------------------------------------------------------------------------------------- pieces
def text_of(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    return clean(value[:TEXT_MAX]).strip() if isinstance(value, str) else ""


def number_of(value: Any, otherwise: float) -> float:
    """The number a value is or, as some programs write it, spells."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return otherwise
    try:
        number = float(value[:40] if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        return otherwise
    return number if math.isfinite(number) else otherwise


def _assets(data: Tree) -> list[Tree]:
    given = data.get("assets")
    several = cast("list[Any]", given) if isinstance(given, list) else []
    return [cast("Tree", each) for each in several if isinstance(each, dict)]


def _extension(data: Tree) -> Tree:
    extensions = data.get("extensions")
    own = cast("Tree", extensions).get(EXTENSION) if isinstance(extensions, dict) else None
    return cast("Tree", own) if isinstance(own, dict) else {}


def digest(data: Tree, group: str) -> str:
    """Of a group of standard fields as far as they mean something: no white space at the ends, no carriage returns."""
    if group == "talkativeness":
        said: list[Any] = [_talkativeness(data)]
    elif group == "greetings":
        said = [clean(each).strip() for each in _greetings(data)]
    else:
        said = [text_of(data, key) for key in GROUPS[group]]
    said = [each for each in said if each != ""] if group == "greetings" else said
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]
