"""The short ways to write a character are the long ones, and their mistakes have a place."""

from pathlib import Path
from typing import Any

import pytest

from streamer.app.characters import load_cast, load_character
from streamer.app.yamlfile import BadFiles
from streamer.cast import Persona, Voice


def read(root: Path, text: str) -> Persona:
    folder = root / "nova"
    folder.mkdir(exist_ok=True)
    (folder / "character.yaml").write_text("name: Nova\n" + text, encoding="utf-8")
    return load_character(folder)


@pytest.mark.parametrize(
    ("text", "voice"),
    [
        ("voice: en-GB-SoniaNeural", Voice(ids={"edge": "en-GB-SoniaNeural"})),
        ("voice: zh-CN-liaoning-XiaobeiNeural", Voice(ids={"edge": "zh-CN-liaoning-XiaobeiNeural"})),
        ("voice: nova", Voice(ids={"openai": "nova"})),
        ("voice: en-gb+f3", Voice(ids={"espeak": "en-gb+f3"})),
        ("voice: {edge: a-b-CNeural, pitch: 2}", Voice(2, 1, {"edge": "a-b-CNeural"})),
        ("voice: {espeak: calm, openai: sage, rate: 1.1}", Voice(0, 1.1, {"espeak": "calm", "openai": "sage"})),
        ("voice: {pitch: 3, ids: {edge: x}}", Voice(3, 1, {"edge": "x"})),
        ("voice: {pitch: 3, ids: {edge: x}, espeak: dry}", Voice(3, 1, {"edge": "x", "espeak": "dry"})),
        ("voice:", Voice()),
    ],
)
def test_voices(tmp_path: Path, text: str, voice: Voice):
    assert read(tmp_path, text).voice == voice


@pytest.mark.parametrize(
    ("text", "look"),
    [
        ("look: ren", {"theme": "ren"}),
        ("look: pictures", {"theme": "pictures"}),
        ('look: {theme: ren, hair_colour: "#abc", glasses: false}',
         {"theme": "ren", "hair_colour": "#aabbcc", "glasses": False}),
        ("look: {theme: pictures, bounce: 1}", {"theme": "pictures", "bounce": 1}),
        ("look:", {}),
    ],
)  # fmt: skip
def test_looks(tmp_path: Path, text: str, look: dict[str, Any]):
    assert read(tmp_path, text).look == look


def test_other_short_forms(tmp_path: Path):
    nova = read(tmp_path, 'sentences:\n  - One.\n  - Two.\nnames: Novi\ncolour: "#f0f"\ncatchphrases: Hm.\n')
    assert (nova.sentences, nova.names, nova.colour, nova.catchphrases) == ("One. Two.", ("Novi",), "#ff00ff", ("Hm.",))
    folder = tmp_path / "nova"
    (folder / "character.yaml").write_text("name: 9\n", encoding="utf-8")
    assert load_character(folder).name == "9"


@pytest.mark.parametrize(
    ("text", "line", "where", "words"),
    [
        ("language: en\nvoice: Sonia", 3, "voice", "which engine has this voice?"),
        ("voice: 3", 2, "voice", "the name of a voice, or a mapping"),
        ("voice:\n  edge: x-y-ZNeural\n  pich: 2", 4, "voice.pich", "did you mean 'pitch'?"),
        ("voice:\n  egde: x", 3, "voice.egde", "did you mean 'edge'?"),
        ("voice:\n  pitch: 2\n  edge: 7", 4, "voice.edge", "must be the name of a voice"),
        ("voice: {pitch: 99}", 2, "voice.pitch", "12"),
        ("look: rem", 2, "look", "did you mean 'ren'?"),
        ("look:\n  theme: ren\n  hair_color: '#fff'", 4, "look.hair_color", "did you mean 'hair_colour'?"),
        ("look:\n  theme: ren\n  eye_size: 9", 4, "look.eye_size", "from 0.8 to 1.2"),
        ("look:\n  hair_colour: #fff", 3, "look.hair_colour", "# begins a remark"),
        ("colour: #fff", 2, "colour", "in quotes"),
        ("colour: pink", 2, "colour", '"#rrggbb"'),
        ("look: [ren]", 2, "look", ""),
    ],
)
def test_mistakes_have_a_place(tmp_path: Path, text: str, line: int, where: str, words: str):
    with pytest.raises(BadFiles) as caught:
        read(tmp_path, text)
    (problem,) = caught.value.problems
    assert problem.line == line
    assert problem.where.startswith(where)
    assert words in str(problem)


def test_one_bad_character_does_not_stop_the_others(tmp_path: Path):
    good = read(tmp_path, "look: ren\n")
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "character.yaml").write_text("nam: Bad\n", encoding="utf-8")
    with pytest.raises(BadFiles):
        load_cast([tmp_path])
    loaded = load_cast([tmp_path], keep={})
    assert [each.id for each in loaded.cast] == ["nova"]
    assert all("bad/character.yaml" in each.file for each in loaded.problems)
    kept = load_cast([tmp_path], ["bad", "nova"], keep={"bad": Persona(id="bad", name="As before"), "nova": good})
    assert [each.name for each in kept.cast] == ["As before", "Nova"]
    with pytest.raises(BadFiles):
        load_cast([tmp_path], ["bad"], keep={})
    with pytest.raises(BadFiles):
        load_cast([tmp_path], ["nobody"], keep={})


def test_a_text_is_read_in_the_place_of_the_file(tmp_path: Path):
    read(tmp_path, "language: en\n")
    assert load_character(tmp_path / "nova", text="name: Other\n").name == "Other"
    with pytest.raises(BadFiles, match=r"nova/character\.yaml:1"):
        load_character(tmp_path / "nova", text="nme: Other\n")
