"""What a look may say: the rig's own table is read, and everything outside it has a place and a way out."""

from pathlib import Path
from typing import Any

import pytest

from streamer.app.looks import PICTURE_PARAMS, Looks, look_problems, looks, plain_look, read_looks, usable_look

TABLE = """// A remark with { a brace.
export default {
 "groups": ["face"],
 "params": {
  "hair": {"kind": "choice", "options": ["long", "bob"], "group": "face"},
  "glasses": {"kind": "choice", "options": ["none", "round"], "group": "face"},
  "hair_colour": {"kind": "colour", "group": "face"},
  "eye_size": {"kind": "number", "min": 0.8, "max": 1.3, "default": 1, "group": "face"},
  "freckles": {"kind": "flag", "group": "face"}
 },
 "themes": {"aiko": {"hair": "long"}, "ren": {"hair": "bob"}}
};
"""


@pytest.fixture
def table(tmp_path: Path) -> Looks:
    (tmp_path / "looks.js").write_text(TABLE, encoding="utf-8")
    return read_looks(tmp_path / "looks.js")


def wrong(look: Any, table: Looks) -> list[tuple[str, str, str]]:
    found = look_problems(plain_look(look), len, "x.yaml", table=table)
    return [(each.where, each.message, each.nearest) for each in found]


def test_the_shipped_table_is_read_and_its_themes_keep_to_it():
    table = looks()
    assert len(table.themes) == 6
    assert {"aiko", "ren"} <= set(table.themes)
    assert {each.group for each in table.params.values()} <= set(table.groups)
    for theme, values in table.themes.items():
        assert look_problems({"theme": theme, **values}, lambda _place: 0, theme) == []


@pytest.mark.parametrize(
    "look",
    [
        "ren", {"theme": "ren"}, {"hair": "bob", "glasses": True, "freckles": False}, {"glasses": "round"},
        {"eye_size": 1},        {"hair_colour": "#abc"}, {"hair_colour": "#AABBCC"}, "pictures",
        {"theme": "pictures", "bounce": 1, "flip": True},        {"theme": "pictures", "hair": "long"}, {},
    ],
)  # fmt: skip
def test_what_people_write_is_taken(look: Any, table: Looks):
    assert wrong(look, table) == []


@pytest.mark.parametrize(
    ("look", "where", "message", "nearest"),
    [
        ("rem", "look.theme", "there is no such theme; there are: aiko, ren, pictures", "ren"),
        ({"haircolour": "#aabbcc"}, "look.haircolour", "unknown key", "hair_colour"),
        ({"zzz": 1}, "look.zzz", "known here: eye_size", ""),
        ({"eye_size": 2}, "look.eye_size", "must be a number from 0.8 to 1.3", ""),
        ({"eye_size": "big"}, "look.eye_size", "must be a number", ""),
        ({"eye_size": True}, "look.eye_size", "must be a number", ""),
        ({"hair": "bop"}, "look.hair", "must be one of: long, bob", "bob"),
        ({"hair": True}, "look.hair", "must be one of", ""),
        ({"freckles": "yes"}, "look.freckles", "must be true or false", ""),
        ({"hair_colour": None}, "look.hair_colour", "in quotes", ""),
        ({"hair_colour": "pink"}, "look.hair_colour", 'must be a colour as "#rrggbb"', ""),
        ({"hair_colour": ["#fff"]}, "look.hair_colour", "a single value", ""),
        ({"bounce": 0.5}, "look.bounce", "unknown key", ""),
        (7, "look", "must be a theme (aiko, ren, pictures)", ""),
    ],
)
def test_every_mistake_is_told_in_words(look: Any, where: str, message: str, nearest: str, table: Looks):
    (found,) = wrong(look, table)
    assert found[0] == where
    assert message in found[1]
    assert found[2] == nearest


def test_of_a_strangers_look_what_is_right_is_taken(table: Looks):
    look: dict[str, Any] = {"theme": "nobody", "hair": "bob", "eye_size": 9.0, "hair_colour": "#abc"}
    assert usable_look(look, table=table) == {"hair": "bob", "hair_colour": "#aabbcc"}


@pytest.mark.parametrize("text", ["", "export default", "export default {", "export default }{", "let a = {}"])
def test_a_broken_table_is_no_table(text: str, tmp_path: Path):
    (tmp_path / "looks.js").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError):
        read_looks(tmp_path / "looks.js")


def test_without_a_table_single_values_pass():
    assert wrong({"theme": "x", "y": 1}, Looks()) == []
    assert wrong({"y": [1]}, Looks()) == [("look.y", "must be a single value", "")]
    assert set(PICTURE_PARAMS) == {"bounce", "squash", "height", "flip"}
