"""Personas as cards: nothing is lost on the way out and back, and what others wrote stays word for word."""

import json
from typing import Any

import msgspec
from hypothesis import given

from streamer.cast.card import Material, Persona, Topic, Voice
from streamer.cast.cards import Card, parse_card, persona_of
from streamer.cast.cardwrite import card_of, v2_of
from streamer.cast.fit import fit
from tests.cast.test_cards import V1, V2, V3, card
from tests.cast.test_fit import PERSONAS

RIN = Persona(
    id="rin", name="Rin", names=("Rinny", "凛"), language="ja", sentences="Rin guards.\n\nShe is calm.",
    colour="#112233", talkativeness=0.8, voice=Voice(pitch=2.0, rate=1.1, ids={"edge": "x"}),
    look={"theme": "ren", "n": 2.0, "b": True},
    catchphrases=("Hm.",), facts=("She has a gate.",),
    material=Material(
        greetings=("[joy] Hi, {name}!", "Oh."), idle=("...",), topics=(Topic("tea", takes=("[shy] Good.",)),)
    ),
)  # fmt: skip


def written(persona: Persona, base: Card | None = None, **options: Any) -> tuple[dict[str, Any], Card]:
    tree = card_of(persona, base, at=1_700_000_000, **options)
    return tree, parse_card(json.dumps(tree).encode())


def test_a_persona_comes_back_equal():
    _, read = written(RIN)
    assert persona_of(read, "rin").persona == RIN


@given(PERSONAS)
def test_any_persona_comes_back_equal(persona: Persona):
    persona = fit(persona)
    _, read = written(persona)
    assert persona_of(read, persona.id).persona == persona


def test_other_programs_read_the_standard_fields():
    tree, _ = written(RIN)
    data = tree["data"]
    assert (tree["spec"], tree["spec_version"], data["name"]) == ("chara_card_v3", "3.0", "Rin")
    assert data["description"] == "Rin guards.\n\nShe is calm.\n\n- She has a gate.\n\nLikes to say: Hm."
    assert (data["first_mes"], data["alternate_greetings"]) == ("Hi, {{user}}!", ["Oh."])
    assert data["mes_example"] == "<START>\n{{user}}: tea?\n{{char}}: Good."
    assert data["group_only_greetings"] == []
    assert data["extensions"]["talkativeness"] == 0.8
    assert data["creation_date"] == data["modification_date"] == 1_700_000_000


def test_without_the_extension_it_is_still_the_same_character():
    tree, _ = written(RIN)
    del tree["data"]["extensions"]["showrunner"]
    persona = persona_of(card(tree), "rin").persona
    assert persona.name == "Rin"
    assert persona.material.greetings == ("Hi, chat!", "Oh.")
    assert "She has a gate." in persona.sentences


def test_what_an_imported_card_says_stays_word_for_word():
    odd = {
        **V3, "root": {"x": [1, 2.5, None]},
        "data": {**V3["data"], "unknown": {"deep": ["é", 1]}, "description": "  {{char}}\r\n\r\nspaces   kept ",
                 "creator_notes": "Note.", "system_prompt": "S",
                 "character_book": {"entries": [{"id": "x", "keys": ["a"]}]}},
    }  # fmt: skip
    base = card(odd)
    persona = persona_of(base, "rin").persona
    tree, _ = written(persona, base)
    for key, value in odd["data"].items():
        if key != "extensions":
            assert tree["data"][key] == value, key
    assert tree["root"] == odd["root"]
    assert tree["data"]["extensions"]["other"] == {"a": 1}


def test_old_cards_become_v3_with_all_they_had():
    for base in (card({**V1, "mine": 7}), card({**V2, "data": {**V2["data"], "mine": 7}})):
        tree, read = written(persona_of(base, "rin").persona, base)
        assert (read.version, tree["data"]["mine"], tree["data"]["mes_example"]) == (3, 7, V1["mes_example"])
        assert tree["data"]["first_mes"] == V1["first_mes"]


def test_only_what_was_changed_here_is_written_over():
    base = card(V2)
    persona = msgspec.structs.replace(persona_of(base, "rin").persona, facts=("New.",))
    tree, read = written(persona, base)
    assert tree["data"]["description"].endswith("- New.")
    assert tree["data"]["first_mes"] == V1["first_mes"]
    assert persona_of(read, "rin").persona == persona


def test_what_was_changed_elsewhere_wins_over_the_extension():
    tree, _ = written(RIN)
    tree["data"] |= {"name": "Rin II", "first_mes": "Changed."}
    persona = persona_of(card(tree), "rin").persona
    assert (persona.name, persona.names) == ("Rin II", RIN.names)
    assert persona.material.greetings == ("Changed.", "Oh.")
    assert (persona.sentences, persona.facts, persona.voice) == (RIN.sentences, RIN.facts, RIN.voice)
    tree["data"]["description"] = "Another."
    persona = persona_of(card(tree), "rin").persona
    assert (persona.sentences, persona.facts, persona.catchphrases) == ("Another.", (), ())


def test_white_space_of_other_programs_is_no_change():
    tree, _ = written(RIN)
    tree["data"]["description"] = tree["data"]["description"].replace("\n", "\r\n") + "\r\n"
    assert persona_of(card(tree), "rin").persona == RIN


def test_importing_and_exporting_again_and_again_settles():
    base = card(V3)
    persona = persona_of(base, "rin").persona
    first, read = written(persona, base)
    second, _ = written(persona_of(read, "rin").persona, read)
    assert first == second


def test_the_v2_mirror_has_no_v3_fields():
    tree, _ = written(RIN, card(V3))
    mirror = v2_of(tree)
    assert (mirror["spec"], mirror["spec_version"]) == ("chara_card_v2", "2.0")
    assert not {"nickname", "group_only_greetings", "assets", "creation_date"} & set(mirror["data"])
    assert persona_of(card(mirror), "rin").persona == persona_of(card(tree), "rin").persona


def test_assets_that_stay_behind_are_not_promised():
    assets = [
        {"type": "icon", "name": "main", "uri": "embeded://x.png", "ext": "png"},
        {"type": "emotion", "name": "joy", "uri": "__asset:1", "ext": "png"},
        {"type": "background", "name": "b", "uri": "https://x.example/b", "ext": "png"},
        "odd",
    ]
    base = card({**V3, "data": {**V1, "assets": assets}})
    persona = persona_of(base, "rin").persona
    tree, _ = written(persona, base, icon="ccdefault:")
    assert [each if isinstance(each, str) else each["uri"] for each in tree["data"]["assets"]] == [
        "ccdefault:", "https://x.example/b", "odd",
    ]  # fmt: skip
    assert written(persona, base)[0]["data"]["assets"] == assets[2:]
