"""Personas as values."""

import msgspec
import pytest

from streamer.cast import Persona, Voice, missing_parts, persona_from, with_defaults


def test_from_plain_data():
    persona = persona_from(
        {
            "id": "tori",
            "name": "Tori",
            "names": ["Tor"],
            "voice": {"pitch": 2, "ids": {"edge": "x"}},
            "look": {"theme": "ren", "glasses": True},
            "material": {
                "topics": [{"id": "tea", "words": ["kettle"], "takes": ["Tea."]}],
                "intents": {"hello": ["Hi."]},
            },
            "unknown": 1,
        }
    )
    assert persona.voice == Voice(pitch=2.0, ids={"edge": "x"})
    assert persona.material.topics[0].takes == ("Tea.",)
    assert persona.look["glasses"] is True
    assert missing_parts(persona) == ()


def test_wrong_shape():
    with pytest.raises(msgspec.ValidationError):
        persona_from({"id": "x", "name": 3})
    with pytest.raises(msgspec.ValidationError):
        persona_from({"id": "x"})


def test_defaults():
    bare = Persona(id="x", name="X")
    assert missing_parts(bare) == ("voice", "look")
    assert with_defaults(bare).look["theme"]
    dressed = Persona(id="x", name="X", look={"theme": "ren"})
    assert with_defaults(dressed) is dressed


def test_survives_the_wire(cast):
    for persona in cast:
        assert msgspec.json.decode(msgspec.json.encode(persona), type=Persona) == persona
