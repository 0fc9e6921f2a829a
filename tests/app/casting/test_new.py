"""A new character: names of folders, voices, what is asked, and the ten lines that are written."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from streamer.app.casting.names import folder_name
from streamer.app.casting.newcomer import (
    COLOURS,
    Wishes,
    character_text,
    completed,
    present,
    suggested_colour,
    words_of,
    write_new,
)
from streamer.app.casting.questions import Answers, BadAnswer, answered
from streamer.app.casting.voices import LANGUAGES, as_voice, as_written, choices, voice_of
from streamer.app.characters import load_character
from streamer.app.looks import looks
from streamer.app.yamlfile import BadFiles
from streamer.cast import Persona, Voice
from streamer.cast.fit import word

SHIPPED = Path(__file__).parents[3] / "characters"


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("Nova", "nova"),
        ("ジュノ", "juno"),
        ("みか", "mika"),
        ("ﾐｶ", "mika"),
        ("きっぺい", "kippei"),
        ("シェリル", "sheriru"),
        ("하나", "hana"),
        ("Зоя", "zoya"),
        ("Zoë", "zoe"),
        ("Łucja", "lucja"),
        ("Nova Star!", "nova-star"),
        ("李白", "character"),
        ("!!!", "character"),
        ("con", "con-2"),
        ("../../etc", "etc"),
        ("x" * 60, "x" * 32),
        ("7", "7"),
    ],
)
def test_any_name_gives_a_safe_folder(name: str, folder: str):
    assert folder_name(name) == folder
    again = folder_name(name, {folder})
    assert again != folder
    assert len(again) <= 32


def test_voices_are_found_by_number_name_and_engine():
    assert voice_of("1", "en") == as_voice(choices("en")[0])
    assert voice_of(" sonia ", "en") == as_voice(choices("en")[1])
    assert voice_of("en-GB-SoniaNeural", "ja") == Voice(ids={"edge": "en-GB-SoniaNeural"})
    assert voice_of("espeak:en-gb+f2", "en") == Voice(ids={"espeak": "en-gb+f2"})
    assert voice_of("warm", "xx") == as_voice(choices("xx")[2])
    for wrong in ("0", "99", "", "nobody", "edge:", "what:x", "²"):
        assert voice_of(wrong, "en") is None
    for language in (*LANGUAGES, "fi"):
        assert len({each.id for each in choices(language)}) == len(choices(language)) >= 2


def asker(*answers: str) -> Callable[[str], str]:
    left: Iterator[str] = iter(answers)

    def ask(_prompt: str) -> str:
        try:
            return next(left)
        except StopIteration:
            raise EOFError from None

    return ask


def test_five_questions_are_asked_and_bad_answers_again():
    said: list[str] = []
    ask = asker("She is  brave.", "日本語", "9", "2", "rem", "6", "blue", "#FA0")
    wishes = answered(" Nova ", Answers(), (), ask=ask, say=said.append)
    assert (wishes.name, wishes.sentences, wishes.language, wishes.colour) == ("Nova", "She is brave.", "ja", "#ffaa00")
    assert wishes.voice == as_voice(choices("ja")[1])
    assert wishes.look == {"theme": list(looks().themes)[5]}
    told = "\n".join(said)
    assert [n for n in range(1, 6) if f"{n}/5 " in told] == [1, 2, 3, 4, 5]
    assert "There is no such voice: a number from 1 to 4" in told
    assert "Did you mean ren?" in told
    assert "Colours are written as #rrggbb" in told


def test_enter_takes_what_fits_beside_the_others():
    others = present([SHIPPED])
    said: list[str] = []
    wishes = answered("Nova", Answers(), others, ask=asker("", "", "", "", ""), say=said.append)
    assert wishes.sentences.startswith("Nova is")
    assert wishes.voice
    assert wishes.voice.ids["edge"] not in {each.voice.ids["edge"] for each in others}
    assert wishes.look["theme"] not in {"aiko", "ren"}
    assert wishes.colour not in {each.colour for each in others}
    assert f"[{wishes.colour}]" in said[-1]
    assert wishes == answered("Nova", Answers(), others, ask=None, say=said.append)


def test_somebody_who_goes_away_gets_the_rest_as_suggested():
    wishes = answered("ジュノ", Answers(), (), ask=asker("とても元気。"), say=lambda _: None)
    assert (wishes.sentences, wishes.language) == ("とても元気。", "ja")
    assert wishes.voice
    assert wishes.voice.ids["edge"].startswith("ja-JP")


def test_given_answers_are_not_asked_for():
    given = Answers(sentences="A.", language="de", voice="nova", look="kai", colour="abc")
    wishes = answered("X", given, (), ask=asker(), say=lambda _: None)
    assert (wishes.voice, wishes.look, wishes.colour) == (Voice(ids={"openai": "nova"}), {"theme": "kai"}, "#aabbcc")


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("", Answers(), "1 to 60"), ("x" * 61, Answers(), "1 to 60"), ("a\x07b", Answers(), "1 to 60"),
        ("X", Answers(language="Klingon!"), "codes"), ("X", Answers(voice="99"), "no such voice"),
        ("X", Answers(look="99"), "no such look"), ("X", Answers(colour="red"), "#rrggbb"),
        ("X", Answers(sentences="x" * 4_001), "too long"),
    ],
)  # fmt: skip
def test_given_answers_that_cannot_be_taken_are_refused(name: str, given: Answers, words: str):
    with pytest.raises(BadAnswer, match=words):
        answered(name, given, (), ask=None, say=lambda _: None)


@pytest.mark.parametrize(
    "name", ["Nova", "ジュノ", 'He said "no": #1', "null", "- x", "O'Neil", "1e5", "a" * 60, "{x}", "&a"]
)
@pytest.mark.parametrize(
    "sentences", ["", "Plain words.", '"Quoted": # no remark', "- a list?\n\n{x}: [y]", "日本語。" * 60]
)
def test_what_is_written_is_read_again(tmp_path: Path, name: str, sentences: str):
    wishes = completed(
        Wishes(name=name, sentences=" ".join(sentences.split()), look={"theme": "ren", "eye_size": 1.1}), ()
    )
    text = character_text(wishes)
    assert text.count("\n") <= 12
    folder = write_new(tmp_path, wishes, ())
    nova = load_character(folder)
    assert (nova.name, nova.sentences, nova.language) == (word(name), wishes.sentences, "en")
    assert (nova.voice, nova.look, nova.colour) == (wishes.voice, wishes.look, wishes.colour)


def test_a_usual_one_has_ten_commented_lines(tmp_path: Path):
    text = character_text(completed(Wishes(name="Nova", look={"theme": "ren"}), ()))
    lines = text.splitlines()
    assert len(lines) == 10
    assert sum("#" in line for line in lines) >= 6
    assert "look: ren" in text
    folder = write_new(tmp_path, completed(Wishes(name="Nova"), ()), {"nova"})
    assert folder.name == "nova-2"
    assert write_new(tmp_path, completed(Wishes(name="Nova"), ()), ()).name == "nova"
    assert write_new(tmp_path, completed(Wishes(name="Nova"), ()), ()).name == "nova-3"
    assert sorted(each.name for each in (tmp_path / "characters").iterdir()) == ["nova", "nova-2", "nova-3"]


def test_wishes_that_make_no_character_write_nothing(tmp_path: Path):
    with pytest.raises(BadFiles, match=r"characters/nova/character\.yaml:\d+: look\.theme"):
        write_new(tmp_path, completed(Wishes(name="Nova", look={"theme": "nobody"}), ()), ())
    assert list((tmp_path / "characters").iterdir()) == []


def test_colours_go_round_and_themes_have_words():
    assert suggested_colour("x", COLOURS) in COLOURS
    assert "cat ears" in words_of("aiko")
    assert all(words_of(theme) for theme in looks().themes)
    assert words_of("nobody") == ""
    assert as_written(Voice(2.0, 1.1, {"strange": "x"})) == {"ids": {"strange": "x"}, "pitch": 2.0, "rate": 1.1}
    assert completed(Wishes(name="X"), [Persona(id="y", name="Y")] * 9).look
