"""Reading characters: the shipped ones are whole, broken ones name every problem."""

from pathlib import Path

import pytest

from streamer.app.characters import load_cast, load_character
from streamer.app.yamlfile import BadFiles

SHIPPED = Path(__file__).parents[2] / "characters"


def write(root: Path, name: str, character: str, material: str = "") -> Path:
    folder = root / name
    folder.mkdir(parents=True)
    (folder / "character.yaml").write_text(character, encoding="utf-8")
    if material:
        (folder / "material.yaml").write_text(material, encoding="utf-8")
    return folder


def test_the_shipped_cast():
    loaded = load_cast([SHIPPED], ["mika", "juno"])
    mika, juno = loaded.cast
    assert (mika.id, mika.colour, mika.look["theme"]) == ("mika", "#f59ac2", "aiko")
    assert (juno.id, juno.colour, juno.look["theme"]) == ("juno", "#7cc8ff", "ren")
    assert loaded.defaulted == ()
    assert mika.voice.pitch > juno.voice.pitch
    assert "ミカ" in mika.names
    assert mika.sentences.count(".") == 3


def test_all_by_default_in_order_of_ids():
    assert [persona.id for persona in load_cast([SHIPPED]).cast] == ["juno", "mika"]


def test_home_wins_over_shipped(tmp_path: Path):
    write(tmp_path, "mika", "name: Other\n")
    loaded = load_cast([tmp_path, SHIPPED], ["mika", "juno"])
    assert [persona.name for persona in loaded.cast] == ["Other", "Juno"]


def test_defaults_are_named_once(tmp_path: Path):
    write(tmp_path, "bare", "name: Bare\n")
    loaded = load_cast([tmp_path])
    assert loaded.defaulted == (("bare", "voice"), ("bare", "look"))
    assert loaded.cast[0].look["theme"]


def test_every_problem_of_every_file_at_once(tmp_path: Path):
    write(
        tmp_path,
        "one",
        "nam: One\ncolour: pink\ntalkativeness: 3\nvoice:\n  pich: 2\n",
        'idle:\n  - "[happy] hi"\n  - "hi {nmae}"\nidel: []\n',
    )
    write(tmp_path, "two", "name: Two\n  bad indent: x\n")
    write(tmp_path, "three", "- a list\n")
    with pytest.raises(BadFiles) as caught:
        load_cast([tmp_path], ["one", "two", "three", "fuor"])
    shown = [
        (Path(each.file).parent.name, Path(each.file).name, each.line, each.nearest) for each in caught.value.problems
    ]
    assert ("one", "character.yaml", 1, "name") in shown
    assert ("one", "character.yaml", 2, "") in shown
    assert ("one", "character.yaml", 3, "") in shown
    assert ("one", "character.yaml", 5, "pitch") in shown
    assert ("one", "material.yaml", 4, "idle") in shown
    assert ("one", "material.yaml", 3, "name") in shown
    assert any(line == 2 and file == "material.yaml" for _, file, line, _ in shown)
    assert any(folder == "two" for folder, *_ in shown)
    assert any(folder == "three" for folder, *_ in shown)
    assert any(folder == "fuor" for folder, *_ in shown)


def test_material_inside_the_character_file(tmp_path: Path):
    folder = write(
        tmp_path, "tori", 'name: Tori\nmaterial:\n  idle: ["[joy:0.4] Hm."]\n  topics: {tea: {takes: [Tea is fine.]}}\n'
    )
    persona = load_character(folder)
    assert persona.material.idle == ("[joy:0.4] Hm.",)
    assert persona.material.topics[0].id == "tea"


def test_folder_names_are_ids(tmp_path: Path):
    with pytest.raises(BadFiles, match="folder is named"):
        load_character(write(tmp_path, "Bad Name", "name: X\n"))


def test_tags_have_a_closed_vocabulary_and_strength(tmp_path: Path):
    folder = write(tmp_path, "x", 'name: X\ncatchphrases: ["[joy:2] a", "[joy:0.5] b", "[JOY] c", "d [smgu] e"]\n')
    with pytest.raises(BadFiles) as caught:
        load_character(folder)
    assert [each.where for each in caught.value.problems] == ["catchphrases.0", "catchphrases.2", "catchphrases.3"]
    assert caught.value.problems[2].nearest == "smug"


def test_unreadable_places(tmp_path: Path):
    assert load_cast([tmp_path / "nowhere"]).cast == ()
