"""What is written as a character's files is read again, value for value."""

import tempfile
from pathlib import Path

import msgspec
from hypothesis import given

from streamer.app.characterfile import character_files
from streamer.app.characters import load_cast, load_character
from streamer.app.looks import usable_look
from streamer.cast import Persona, Voice
from streamer.cast.card import Material
from streamer.cast.fit import fit
from tests.cast.test_fit import PERSONAS

SHIPPED = Path(__file__).parents[2] / "characters"


def read_back(persona: Persona, root: Path) -> Persona:
    folder = root / persona.id
    folder.mkdir(exist_ok=True)
    for name, text in character_files(persona, source="a.png\n- x").items():
        (folder / name).write_bytes(text.encode())
    return load_character(folder)


def plain(persona: Persona) -> Persona:
    """A file always has the five occasions for thanks, and of a look what the rig knows."""
    thanks = {**dict.fromkeys(("paid", "sub", "gift", "raid", "follow"), ()), **persona.material.thanks}
    material = msgspec.structs.replace(persona.material, thanks=thanks)
    return msgspec.structs.replace(persona, look=usable_look(persona.look), material=material)


@given(PERSONAS)
def test_any_persona_within_the_limits_is_read_again(persona: Persona):
    persona = fit(persona)
    with tempfile.TemporaryDirectory() as root:
        assert plain(read_back(persona, Path(root))) == plain(persona)


def test_the_shipped_ones_are_read_again(tmp_path: Path):
    for name in ("mika", "juno"):
        persona = load_character(SHIPPED / name)
        assert read_back(persona, tmp_path) == persona


def test_the_largest_persona_is_read_again(tmp_path: Path):
    """The limits of `fit` leave each file below what its reader takes, even in letters of four bytes."""
    line = "𝔸" * 600
    many = tuple(f"{n}{line[:590]}" for n in range(1_000))
    persona = fit(
        Persona(id="x", name="X", sentences=line * 9, facts=many, catchphrases=many, names=many,
                material=Material(idle=many[:550]))
    )  # fmt: skip
    assert len(persona.material.idle) == 550
    assert read_back(persona, tmp_path).facts == persona.facts


def test_paragraphs_are_folded_and_stay(tmp_path: Path):
    text = f"{'word ' * 80}end.\nNext line.\n\nAfter an empty one: # no comment\n- no list\n---\n{{x}} [y]"
    persona = Persona(id="x", name="X", sentences=text)
    assert "sentences: >-\n" in character_files(persona)["character.yaml"]
    assert max(map(len, character_files(persona)["character.yaml"].splitlines())) <= 130
    assert read_back(persona, tmp_path).sentences == text


def test_odd_words_stay_words(tmp_path: Path):
    odd = ("null", "true", "yes", "1.5", "0x1f", "- a", "a: b", "#x", "'", '"', "\\", "&a", "*a", "!t", "%", "@", "~")
    for name in odd:
        persona = Persona(id="x", name=name, names=odd, voice=Voice(ids=dict.fromkeys(odd, "yes")))
        again = read_back(persona, tmp_path)
        assert (again.name, again.names, again.voice) == (name, odd, persona.voice)


def test_a_strangers_look_leaves_behind_what_nobody_can_draw(tmp_path: Path):
    look = {"theme": "ren", "hair_colour": "#abc", "eye_size": 99.0, "tail": "fox", "headphones": True}
    assert read_back(Persona(id="x", name="X", look=look), tmp_path).look == {
        "theme": "ren", "hair_colour": "#aabbcc", "headphones": True,
    }  # fmt: skip


def test_files_with_little_are_one_and_defaults_are_left_out(tmp_path: Path):
    persona = Persona(id="x", name="X", material=Material(greetings=("[joy] Hi.",)))
    files = character_files(persona, source="x.png")
    assert list(files) == ["character.yaml"]
    assert files["character.yaml"].startswith("# X, imported from x.png.")
    assert read_back(persona, tmp_path).material.greetings == ("[joy] Hi.",)
    assert load_cast([tmp_path]).defaulted == (("x", "voice"), ("x", "look"))
