"""A character of pictures: names, what is found in a folder, the look an overlay gets, and what is served."""

from pathlib import Path

import msgspec
import pytest

from streamer.app.characters import load_cast
from streamer.app.picturefile import BadPicture
from streamer.app.picturenames import EXPRESSIONS, PARTS, Shows, shows
from streamer.app.pictures import overlay_look, save, scan, served
from streamer.cast import STAGE_TAGS, Persona
from tests.fakes.pictures import GIF, JPEG, WEBP, png


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("idle.png", "idle"),
        ("neutral", "idle"),
        ("Default.PNG", "idle"),
        ("closed.png", "idle"),
        ("MouthClosed", "idle"),
        ("talk", "talk"),
        ("open.webp", "talk"),
        ("mouth_open.png", "talk"),
        ("speaking.gif", "talk"),
        ("blink", "blink"),
        ("eyes_closed.png", "blink"),
        ("closed-eyes", "blink"),
        ("EyesClosedMouthClosed", "blink"),
        ("talk_blink", "talk_blink"),
        ("open_mouth_closed_eyes", "talk_blink"),
        ("eyesclosed mouthopen", "talk_blink"),
        ("joy.png", "joy"),
        ("happy", "joy"),
        ("Nova-happy-mouthOpen-2.webp", "joy_talk"),
        ("mad_blink.jpg", "angry_blink"),
        ("crying.png", "sad"),
        ("sleepy_talk_blink", "sleepy_talk_blink"),
        ("怒り.png", "angry"),
        ("喜び_口開け", "joy_talk"),
        ("通常_目閉じ.png", "blink"),
        ("ｊｏｙ.png", "joy"),
        ("half open eyes", "idle"),
    ],
)
def test_names_say_what_is_shown(name: str, shown: str):
    found = shows(name)
    assert found is not None
    assert found.name == shown


@pytest.mark.parametrize("name", ["", "IMG_2231.png", "nova.png", "../../x", "0", "画像.png", "a" * 5_000])
def test_other_names_say_nothing(name: str):
    assert shows(name) is None


def test_the_names_that_are_written_are_understood_again():
    every = [Shows(expression, part) for expression in EXPRESSIONS for part in PARTS]
    assert [shows(each.name + ".webp") for each in every] == every
    assert set(EXPRESSIONS) <= set(STAGE_TAGS)


def folder(root: Path, **files: bytes) -> Path:
    here = root / "characters" / "nova"
    (here / "pictures").mkdir(parents=True)
    (here / "character.yaml").write_text("name: Nova\nlook: pictures\n", encoding="utf-8")
    for name, content in files.items():
        (here / "pictures" / name.replace("__", ".")).write_bytes(content)
    return here


def test_a_folder_is_told_apart(tmp_path: Path):
    here = folder(
        tmp_path, idle__png=png(), MouthOpen__webp=WEBP, joy__gif=GIF, happy__jpg=JPEG, IMG_1__png=png(),
        wide__psd=b"8BPS",        talk_blink__png=b"MZ no picture", sad__svg=b"<svg >", notes__txt=b"x",
        blink__png=b"\x89PNG" + b"x" * 10_000_001,
    )  # fmt: skip
    found = scan(here)
    assert {each.shows.name: each.name for each in found.used} == {
        "idle": "idle.png", "talk": "MouthOpen.webp", "joy": "happy.jpg",
    }  # fmt: skip
    said = {each.name: (each.code, each.reason) for each in found.refused}
    assert {name: code for name, (code, _) in said.items()} == {
        "joy.gif": "twice", "IMG_1.png": "name", "wide.psd": "kind", "talk_blink.png": "no_picture", "sad.svg": "svg",
        "blink.png": "too_large",
    }  # fmt: skip
    assert "happy.jpg shows the same" in said["joy.gif"][1]
    assert "10 MB" in said["blink.png"][1]


def test_a_replaced_picture_has_another_address(tmp_path: Path):
    here = folder(tmp_path, idle__png=png())
    (before,) = scan(here).used
    (here / "pictures" / "idle.png").write_bytes(png(5, 5))
    (after,) = scan(here).used
    assert before.hash != after.hash
    assert (after.file.width, after.file.height) == (5, 5)


def test_the_look_of_an_overlay(tmp_path: Path):
    folder(tmp_path, idle__png=png(), joy_talk__png=png(3, 3))
    roots = [tmp_path / "characters"]
    (nova,) = load_cast(roots).cast
    look = overlay_look(nova, roots)
    assert {key: look[key] for key in ("kind", "bounce", "squash", "height", "flip")} == {
        "kind": "png", "bounce": 0.5, "squash": 0.4, "height": 1.0, "flip": False,
    }  # fmt: skip
    assert look["pictures"]["neutral"]["idle"].startswith("/pictures/nova/idle.png?v=")
    assert set(look["pictures"]["joy"]) == {"talk"}
    assert msgspec.json.encode(look)
    drawn = Persona(id="x", name="X", look={"theme": "ren"})
    assert overlay_look(drawn, roots) == {"theme": "ren"}


def test_there_is_always_an_idle_picture(tmp_path: Path):
    folder(tmp_path, joy_talk__png=png(3, 3), sad__png=png())
    roots = [tmp_path / "characters"]
    (nova,) = load_cast(roots).cast
    table = overlay_look(nova, roots)["pictures"]
    assert table["neutral"]["idle"] == table["sad"]["idle"]


def test_without_pictures_somebody_is_drawn_and_it_is_said(tmp_path: Path):
    here = folder(tmp_path, idle__png=b"nonsense")
    roots = [tmp_path / "characters"]
    loaded = load_cast(roots)
    assert overlay_look(loaded.cast[0], roots) == {}
    assert [str(each) for each in loaded.problems] == [
        "characters/nova/pictures/idle.png: this is not a picture; PNG, WebP, GIF and JPEG can be shown",
        "characters/nova/pictures: there is no picture that can be shown; put one there, such as idle.png",
    ]
    (here / "pictures" / "idle.png").write_bytes(png())
    assert load_cast(roots).problems == ()


def test_only_pictures_of_the_folder_are_served(tmp_path: Path):
    here = folder(tmp_path, idle__png=png(), talk__png=b"<html>")
    (here / "picture.png").write_bytes(png(9, 9))
    found = served(here, "idle.png")
    assert found is not None
    assert found[:2] == (png(), "image/png")
    assert served(here, "picture.png") is not None
    for name in ("talk.png", "../character.yaml", "..", "", "none.png", "../pictures/idle.png", "character.yaml"):
        assert served(here, name) is None


def test_a_picture_is_put_whole_under_a_name_of_ours(tmp_path: Path):
    here = folder(tmp_path)
    path = save(here, Shows("joy", "talk"), WEBP)
    assert (path.name, path.read_bytes()) == ("joy_talk.webp", WEBP)
    with pytest.raises(BadPicture):
        save(here, Shows("joy", "talk"), b"nothing")
    assert [each.name for each in (here / "pictures").iterdir()] == ["joy_talk.webp"]
