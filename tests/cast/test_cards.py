"""Cards of all versions, whole and broken, become personas; no JSON breaks the reader."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.cast.cards import (
    BadCard,
    Card,
    held_assets,
    icon_of,
    newer_than_known,
    parse_card,
    persona_of,
    suggested_id,
)
from streamer.cast.cardwrite import card_of
from streamer.cast.fit import fit, is_id

V1 = {
    "name": "Rin",
    "description": "{{char}} guards the gate.",
    "personality": "calm, dry",
    "scenario": "{{char}} meets {{user}}.",
    "first_mes": '*Rin nods.* "Welcome, {{user}}."',
    "mes_example": "<START>\n{{char}}: Hm.",
}
V2 = {
    "spec": "chara_card_v2",
    "spec_version": "2.0",
    "data": {**V1, "alternate_greetings": ["Again you."], "tags": ["knight"], "extensions": {"other": {"a": 1}}},
}
V3 = {
    "spec": "chara_card_v3",
    "spec_version": "3.0",
    "data": {**V2["data"], "nickname": "Rinny", "group_only_greetings": ["Hello, all."], "assets": []},
}


def card(tree: Any) -> Card:
    return parse_card(json.dumps(tree).encode())


@pytest.mark.parametrize(("tree", "version"), [(V1, 1), (V2, 2), (V3, 3)])
def test_versions(tree: dict[str, Any], version: int):
    read = card(tree)
    persona = persona_of(read, "rin").persona
    assert read.version == version
    assert persona.name == "Rin"
    assert (
        persona.sentences
        == {
            1: "Rin guards the gate.\n\nPersonality: calm, dry\n\nScenario: Rin meets chat.",
            2: "Rin guards the gate.\n\nPersonality: calm, dry\n\nScenario: Rin meets chat.",
            3: "Rinny guards the gate.\n\nPersonality: calm, dry\n\nScenario: Rinny meets chat.",
        }[version]
    )
    assert persona.material.greetings == {
        1: ("Welcome, chat.",),
        2: ("Welcome, chat.", "Again you."),
        3: ("Welcome, chat.", "Again you.", "Hello, all."),
    }[version]  # fmt: skip
    assert persona.names == (("Rinny",) if version == 3 else ())


def test_names_of_old_programs():
    old = {
        "char_name": "Rin",
        "char_persona": "Guards.",
        "world_scenario": "A gate.",
        "char_greeting": "Hi.",
        "example_dialogue": "x",
    }
    persona = persona_of(card(old), "rin").persona
    assert (persona.name, persona.sentences, persona.material.greetings) == (
        "Rin",
        "Guards.\n\nScenario: A gate.",
        ("Hi.",),
    )


def test_data_wins_over_the_mirror_at_the_root():
    mirrored = {**V2, "name": "Old", "description": "Old."}
    assert persona_of(card(mirrored), "rin").persona.name == "Rin"


@pytest.mark.parametrize(
    "tree",
    [
        {"data": V1},
        {"spec": "chara_card_v2", **V1},
        {"spec": "chara_card_v2", "data": None, **V1},
        {"spec": "chara_card_v3", "data": {}, **V1},
        {"spec": "chara_card_v3", "data": {**V1, "alternate_greetings": None, "character_book": None, "tags": "x"}},
        {"spec": 2, "data": V1},
        {**V3, "spec_version": 3.5},
        {"spec": "chara_card_v9", "spec_version": "9", "data": V1},
    ],
)
def test_crooked_cards_are_read(tree: dict[str, Any]):
    persona = persona_of(card(tree), "rin").persona
    assert persona.name == "Rin"
    assert persona.material.greetings[0].startswith("Welcome")


def test_a_later_specification_is_said():
    assert newer_than_known(card({**V3, "spec_version": "3.1"}))
    assert not newer_than_known(card(V3))
    assert any("later" in note for note in persona_of(card({**V3, "spec_version": "4.0"}), "rin").notes)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"[]", "not a JSON object"),
        (b"3", "not a JSON object"),
        (b"{}", "neither a name"),
        (b'{"name": "only"}', "neither a name"),
        (b'{"spec": "lorebook_v3", "data": {"name": "x"}}', "lorebook"),
        (b"rcc||abc", "encrypted"),
        (b'{"name": "\xff"}', "UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"name": "a", "description": "b", "x": ' + b"[" * 200 + b"]" * 200 + b"}", "nested too deeply"),
    ],
)
def test_what_is_no_card(raw: bytes, why: str):
    with pytest.raises(BadCard, match=why):
        parse_card(raw)


def test_encodings_and_broken_characters():
    text = json.dumps(V1, ensure_ascii=False)
    assert parse_card(b"\xef\xbb\xbf" + text.encode()).data["name"] == "Rin"
    assert parse_card(text.encode("utf-16")).data["name"] == "Rin"
    half = parse_card(b'{"name": "R\\ud83d", "description": "a\\u0000b", "n": NaN, "i": 1e999}')
    assert (half.data["name"], half.data["n"], half.data["i"]) == ("R\ufffd", None, None)
    assert persona_of(half, "r").persona.sentences == "ab"


@pytest.mark.parametrize(
    ("given", "expected"),
    [(0.8, 0.8), ("0.3", 0.3), (7, 1), (-1, 0), ("much", 0.5), (None, 0.5), (True, 0.5), (10**400, 0.5), ("nan", 0.5)],
)
def test_talkativeness_however_it_is_written(given: Any, expected: float):
    tree = {"spec": "chara_card_v2", "data": {**V1, "extensions": {"talkativeness": given}}}
    assert persona_of(card(tree), "rin").persona.talkativeness == expected


def test_a_long_description_leaves_room_for_the_rest():
    data = {**V1, "description": "A fact about Rin. " * 2_000, "personality": "dry " * 1_000}
    imported = persona_of(card(data), "rin")
    assert len(imported.persona.sentences) <= 4_000
    assert "Personality: dry" in imported.persona.sentences
    assert "Scenario: Rin meets chat." in imported.persona.sentences
    assert any("longer than" in note for note in imported.notes)


def test_what_is_not_used_is_said():
    data = {**V1, "system_prompt": "Obey.", "character_book": {"entries": []}}
    notes = " ".join(persona_of(card({"spec": "chara_card_v2", "data": data}), "rin").notes)
    assert "instructions" in notes
    assert "lorebook" in notes
    assert "Obey" not in persona_of(card({"spec": "chara_card_v2", "data": data}), "rin").persona.sentences


@pytest.mark.parametrize(
    ("name", "stem", "expected"),
    [("Rin Doe", "x", "rin-doe"), ("凛", "rin_v3", "rin_v3"), ("凛", "凛", "character"), ("CON", "x", "con-1"),
     ("../../x", "y", "x"), ("", "a.b", "a-b")],
)  # fmt: skip
def test_suggested_folder_names(name: str, stem: str, expected: str):
    assert suggested_id(card({**V1, "name": name}), stem) == expected


def test_icons_and_files_left_behind():
    assets = [
        {"type": "icon", "name": "sad", "uri": "embeded://a/sad.png"},
        {"type": "icon", "name": "main", "uri": "embeded://a/main.png"},
        {"type": "emotion", "name": "joy", "uri": "__asset:3"},
        {"type": "background", "name": "b", "uri": "https://x.example/b.png"},
        "nonsense",
        {"uri": 3},
    ]
    read = card({**V3, "data": {**V1, "assets": assets}})
    assert icon_of(read) == "embeded://a/main.png"
    assert held_assets(read) == 2
    assert icon_of(card(V1)) == "ccdefault:"


@pytest.mark.parametrize(
    "extension",
    [
        3,
        [],
        {},
        {"persona": 3},
        {"persona": {"name": 3}},
        {"persona": {"name": "E"}, "seen": 3},
        {"persona": {"name": "E", "voice": {"pitch": 10**400}}},
    ],
)
def test_a_damaged_extension_leaves_the_standard_fields(extension: Any):
    tree = {**V2, "data": {**V1, "extensions": {"showrunner": extension}}}
    assert persona_of(card(tree), "rin").persona.name == "Rin"


def test_an_extension_stays_within_the_limits():
    persona = {
        "name": "[x]",
        "voice": {"pitch": 900},
        "colour": "url(x)",
        "facts": ["[bad] {worse}"],
        "look": {"a": "\x1b"},
    }
    read = card({**V2, "data": {**V1, "extensions": {"showrunner": {"id": "../x", "persona": persona}}}})
    got = persona_of(read, "rin").persona
    assert got.voice.pitch == 12
    assert got == fit(got)
    assert suggested_id(read, "f") == "rin"


# ---------------------------------------------------------------------------------------------------------- properties
WORDS = (
    *V3["data"], *V3, "extensions", "showrunner", "persona", "seen", "talkativeness", "material", "greetings", "assets",
    "uri", "type", "char_name", "character_book",
)  # fmt: skip
ODD = ("{{char}}", "<USER>", "*x*", '"Hi."', "[x]", "{y}", "embeded://a", "data:,", "chara_card_v3", "\ud800")
KEYS = st.sampled_from(WORDS) | st.text(max_size=4)
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
    | st.sampled_from(ODD)
)  # fmt: skip
TREES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6))
CARDS = st.fixed_dictionaries(
    {"spec": st.sampled_from(["chara_card_v2", "chara_card_v3"]) | TREES,
     "data": st.dictionaries(KEYS, TREES, max_size=8).map(lambda data: {"name": "N", **data})}
)  # fmt: skip


@given(TREES | CARDS | st.dictionaries(KEYS, TREES, max_size=8))
def test_no_json_breaks_the_reader(tree: Any):
    try:
        read = card(tree)
    except BadCard:
        return
    persona = persona_of(read, "x").persona
    assert persona == fit(persona)
    assert is_id(suggested_id(read, "x"))
    again = parse_card(json.dumps(card_of(persona, read, at=1)).encode())
    assert persona_of(again, "x").persona == persona


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(raw: bytes):
    try:
        parse_card(raw)
    except BadCard:
        return
