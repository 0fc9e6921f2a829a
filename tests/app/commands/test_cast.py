"""`cast import` and `cast export`, as they are typed."""

import json
from pathlib import Path

import msgspec
import pytest

from streamer.app.cards_io import read_card
from streamer.app.characters import load_cast, load_character
from streamer.app.cli import main
from streamer.app.folders import folders
from streamer.app.plan import read_plan
from tests.app.test_cards_io import DATA, PICTURE, RAW, TREE, charx, png_file, with_icon

SHIPPED = Path(__file__).parents[3] / "characters"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def cast(home: Path, *words: str | Path) -> int:
    return main(["cast", *map(str, words), "--home", str(home)])


def put(tmp_path: Path, name: str, content: bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def test_an_imported_persona_is_live_at_the_next_start(tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]):
    assert cast(home, "import", put(tmp_path, "rin.png", png_file(TREE, PICTURE))) == 0
    folder = home / "characters" / "rin"
    assert sorted(each.name for each in folder.iterdir()) == ["card.json", "character.yaml", "picture.png"]
    assert json.loads((folder / "card.json").read_bytes()) == TREE
    assert (folder / "picture.png").read_bytes() == PICTURE
    plan = read_plan(folders(home, tmp_path / "state"))
    assert [persona.id for persona in plan.cast] == ["juno", "mika", "rin"]
    assert plan.defaulted == (("rin", "voice"), ("rin", "look"))
    rin = plan.cast[-1]
    assert (rin.name, rin.sentences, rin.material.greetings) == ("Rin", "Guards.", ("Hi.",))
    said = capsys.readouterr().out
    assert "on stage at the next start" in said
    assert "default voice" in said


def test_the_original_is_kept_byte_for_byte(tmp_path: Path, home: Path):
    odd = b'{ "name":"Rin","description" : "x",\r\n "n": 1.0e5, "u":"\\u00e9" }'
    assert cast(home, "import", put(tmp_path, "a.json", odd)) == 0
    assert (home / "characters" / "rin" / "card.json").read_bytes() == odd


@pytest.mark.parametrize("kind", ["json", "png", "charx"])
@pytest.mark.parametrize("name", ["mika", "juno"])
def test_out_and_in_again_is_the_same_persona(tmp_path: Path, home: Path, name: str, kind: str):
    card = tmp_path / f"out.{kind}"
    assert cast(home, "export", name, card) == 0
    assert cast(home, "import", card) == 0
    assert load_character(home / "characters" / name) == load_character(SHIPPED / name)
    again = tmp_path / f"again.{kind}"
    assert cast(home, "export", name, again) == 0
    first, second = read_card(card).card.tree, read_card(again).card.tree
    assert {**first["data"], "modification_date": 0} == {**second["data"], "modification_date": 0}


def test_a_strangers_card_out_again_is_still_theirs(tmp_path: Path, home: Path):
    book = {"entries": [{"keys": ["gate"], "content": "x", "odd": [1]}], "name": "B"}
    more = {"character_book": book, "tags": ["t"], "creator_notes": "n", "mes_example": "<START>"}
    tree = {**TREE, "mine": 1, "data": {**DATA, **more}}
    assert cast(home, "import", put(tmp_path, "rin.json", json.dumps(tree).encode())) == 0
    for kind in ("json", "png", "charx"):
        out = tmp_path / f"out.{kind}"
        assert cast(home, "export", "rin", out) == 0
        got = read_card(out).card.tree
        assert got["mine"] == 1
        assert {key: got["data"][key] for key in tree["data"] if key != "extensions"} == {
            key: value for key, value in tree["data"].items() if key != "extensions"
        }


def test_the_picture_goes_along(tmp_path: Path, home: Path):
    icon = with_icon("embeded://x.png")
    assert cast(home, "import", put(tmp_path, "rin.charx", charx(("card.json", icon), ("x.png", PICTURE)))) == 0
    for kind in ("png", "charx"):
        assert cast(home, "export", "rin", tmp_path / f"out.{kind}") == 0
        assert read_card(tmp_path / f"out.{kind}").picture == PICTURE


def test_a_broken_picture_is_replaced_by_a_plain_one(tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]):
    assert cast(home, "import", put(tmp_path, "rin.png", png_file(TREE, PICTURE))) == 0
    (home / "characters" / "rin" / "picture.png").write_bytes(b"nonsense")
    assert cast(home, "export", "rin", tmp_path / "out.png") == 0
    assert read_card(tmp_path / "out.png").picture
    assert "plain picture" in capsys.readouterr().err


def test_nothing_is_written_over_unasked(tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]):
    card = put(tmp_path, "rin.json", RAW)
    assert cast(home, "import", card) == 0
    file = home / "characters" / "rin" / "character.yaml"
    file.write_text("name: Mine\n", encoding="utf-8")
    (file.parent / "material.yaml").write_text('idle:\n  - "Hm."\n', encoding="utf-8")
    (file.parent / "notes.txt").write_text("mine", encoding="utf-8")
    assert cast(home, "import", card) == 1
    assert "--replace" in capsys.readouterr().err
    assert file.read_text(encoding="utf-8") == "name: Mine\n"
    assert cast(home, "import", card, "--name", "rin2") == 0
    assert cast(home, "import", card, "--replace") == 0
    assert load_character(file.parent).name == "Rin"
    assert sorted(each.name for each in file.parent.iterdir()) == ["card.json", "character.yaml", "notes.txt"]
    assert cast(home, "export", "rin", card) == 1
    assert card.read_bytes() == RAW
    assert cast(home, "export", "rin", card, "--replace") == 0
    assert sorted(each.name for each in (home / "characters").iterdir()) == ["rin", "rin2"]


def test_what_was_changed_in_the_file_is_in_the_export(tmp_path: Path, home: Path):
    assert cast(home, "import", put(tmp_path, "rin.json", RAW)) == 0
    file = home / "characters" / "rin" / "character.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("Guards.", "Sleeps."), encoding="utf-8")
    assert cast(home, "export", "rin", tmp_path / "out.json") == 0
    data = read_card(tmp_path / "out.json").card.data
    assert (data["description"], data["first_mes"]) == ("Sleeps.", "Hi.")
    assert cast(home, "import", tmp_path / "out.json", "--name", "two") == 0
    two = load_character(home / "characters" / "two")
    assert msgspec.structs.replace(two, id="rin") == load_character(file.parent)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("import", "missing.json"), 2, "No such file"),
        (("import", "."), 2, ""),
        (("import", "bad.json"), 2, "not JSON"),
        (("import", "good.json", "--name", "../x"), 2, "--name takes"),
        (("import", "good.json", "--name", "con"), 2, "--name takes"),
        (("export", "nobody", "out.json"), 2, "juno, mika"),
        (("export", "../mika", "out.json"), 2, "no such character"),
        (("export", "mika", "out.webp"), 2, ".charx"),
        (("export", "mika", "blocked/out.json"), 1, "cannot be written"),
    ],
)
def test_what_goes_wrong_is_said(
    words: tuple[str, ...], code: int, said: str, tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):  # fmt: skip
    monkeypatch.chdir(tmp_path)
    put(tmp_path, "bad.json", b"{")
    put(tmp_path, "good.json", RAW)
    put(tmp_path, "blocked", b"")
    assert cast(home, *words) == code
    assert said in capsys.readouterr().err
    assert not list(home.glob("characters/*"))


def test_wrong_words_are_usage(capsys: pytest.CaptureFixture[str]):
    for words in (["cast"], ["cast", "lose"], ["cast", "import"], ["cast", "export", "mika"]):
        with pytest.raises(SystemExit) as left:
            main(words)
        assert left.value.code == 2


def test_what_is_in_the_way_of_the_stage_is_said(tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]):
    (home / "config").mkdir(parents=True)
    (home / "config" / "streamer.yaml").write_text("show:\n  cast: [mika, juno]\n", encoding="utf-8")
    assert cast(home, "import", put(tmp_path, "rin.json", RAW)) == 0
    assert "add rin to show.cast" in capsys.readouterr().out
    assert cast(home, "import", tmp_path / "rin.json", "--name", "mika") == 0
    assert "takes the place of the mika" in capsys.readouterr().out


def test_a_broken_kept_card_does_not_stop_an_export(tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]):
    assert cast(home, "import", put(tmp_path, "rin.json", RAW)) == 0
    (home / "characters" / "rin" / "card.json").write_bytes(b"{")
    assert cast(home, "export", "rin", tmp_path / "out.json") == 0
    assert "card.json was not used" in capsys.readouterr().err
    assert read_card(tmp_path / "out.json").card.data["description"] == "Guards."


def test_names_in_any_script(tmp_path: Path, home: Path):
    tree = {**TREE, "data": {**DATA, "name": "凛", "description": "凛は門を守る。"}}
    assert cast(home, "import", put(tmp_path, "門番.json", json.dumps(tree).encode())) == 0
    (persona,) = load_cast([home / "characters"]).cast
    assert (persona.id, persona.name, persona.language) == ("character", "凛", "ja")


def test_a_new_character_without_a_question(home: Path, capsys: pytest.CaptureFixture[str]):
    assert cast(home, "new", "ジュノ", "--yes", "--look", "kai", "--sentences", "Brave.") == 0
    folder = home / "characters" / "juno-2"
    juno = load_character(folder)
    assert (juno.name, juno.sentences, juno.look) == ("ジュノ", "Brave.", {"theme": "kai"})
    said = capsys.readouterr().out
    assert str(folder / "character.yaml") in said
    assert "on stage at the next start" in said
    assert "?" not in said


def test_a_new_character_by_its_answers(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    answers = iter(["She naps.", "en", "2", "1", ""])
    monkeypatch.setattr("builtins.input", lambda _prompt: next(answers))
    assert cast(home, "new", "Nova") == 0
    nova = load_character(home / "characters" / "nova")
    assert (nova.sentences, nova.voice.ids["edge"], nova.look) == ("She naps.", "en-GB-SoniaNeural", {"theme": "aiko"})
    assert "5/5" in capsys.readouterr().out


def test_a_new_character_where_nobody_types(home: Path, monkeypatch: pytest.MonkeyPatch):
    def nobody(_prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)
    assert cast(home, "new", "Nova") == 0
    assert load_character(home / "characters" / "nova").sentences


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("new", " "), "A name has"),
        (("new", "X", "--yes", "--voice", "nobody"), "no such voice"),
        (("new", "X", "--look", "rem", "--yes"), "Did you mean ren?"),
    ],
)
def test_answers_that_cannot_be_taken_make_nothing(
    words: tuple[str, ...], said: str, home: Path, capsys: pytest.CaptureFixture[str]
):
    assert cast(home, *words) == 2
    assert said in capsys.readouterr().err
    assert not (home / "characters").exists()


def test_own_pictures_are_told_where_to_go(home: Path, capsys: pytest.CaptureFixture[str]):
    (home / "config").mkdir(parents=True)
    (home / "config" / "streamer.yaml").write_text("show:\n  cast: [mika]\n", encoding="utf-8")
    assert cast(home, "new", "Nova", "--yes", "--look", "pictures") == 0
    said = capsys.readouterr().out
    assert "idle.png" in said
    assert "[mika, nova]" in said


def test_the_list_says_who_is_there_and_what_is_wrong(home: Path, capsys: pytest.CaptureFixture[str]):
    assert cast(home, "new", "Nova", "--yes", "--look", "pictures") == 0
    broken = home / "characters" / "broken"
    broken.mkdir()
    (broken / "character.yaml").write_text("nam: x\n", encoding="utf-8")
    capsys.readouterr()
    assert cast(home, "list") == 0
    said = capsys.readouterr().out
    assert "Mika (on stage, comes with the program)" in said
    assert "Nova (on stage, yours)" in said
    assert "cannot be used (yours)" in said
    assert "character.yaml:1: nam: unknown key (did you mean 'name'?)" in said
    assert "no picture that can be shown" in said
