"""YAML for people: every problem with file, line and nearest key."""

from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict

from streamer.app.yamlfile import BadFiles, Problem, known_keys, parse_yaml, problems, read_yaml


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")
    port: int = 1
    mode: Literal["fast", "slow"] = "fast"


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    inner: Inner = Inner()
    many: list[Inner] = []
    named: dict[str, Inner] = {}


def found(text: str) -> list[Problem]:
    data, line_of = parse_yaml(text, "x.yaml")
    return problems(Outer, data, line_of, "x.yaml")


def test_all_problems_at_once_with_lines_and_nearest_keys():
    bad = found("inner:\n  prot: 3\n  mode: fats\nmany:\n  - port: no\n  - {port: 2}\nnamed:\n  a:\n    porrt: 1\n")
    assert [(each.line, each.where, each.nearest) for each in bad] == [
        (1, "name", ""),
        (2, "inner.prot", "port"),
        (3, "inner.mode", "fast"),
        (5, "many.0.port", ""),
        (9, "named.a.porrt", "port"),
    ]
    assert str(bad[1]) == "x.yaml:2: inner.prot: unknown key (did you mean 'port'?)"


def test_good():
    assert found("name: x\ninner: {port: 2}\n") == []


def test_an_unknown_key_far_from_all_lists_the_known_ones():
    assert "known here: mode, port" in found("name: x\ninner:\n  zzz: 1\n")[0].message


def test_yaml_traps_are_off():
    data, _ = parse_yaml("at: 20:00\non: yes\nno: 5:00\noct: 0123\nt: true\n", "x")
    assert data == {"at": "20:00", "on": "yes", "no": "5:00", "oct": 123, "t": True}


def test_syntax_errors_have_lines():
    with pytest.raises(BadFiles) as caught:
        parse_yaml("a: 1\nb: [1, 2\nc: 3\n", "x.yaml")
    assert caught.value.problems[0].line >= 2


def test_duplicate_keys_are_problems():
    with pytest.raises(BadFiles) as caught:
        parse_yaml("a: 1\nb: 2\na: 3\n", "x.yaml")
    assert caught.value.problems[0].line == 3


def test_files(tmp_path: Path):
    with pytest.raises(BadFiles, match="cannot be read"):
        read_yaml(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"a: 1\nb: caf\xe9\n")
    with pytest.raises(BadFiles) as caught:
        read_yaml(tmp_path / "latin.yaml", shown="latin.yaml")
    assert str(caught.value) == "latin.yaml:2: is not UTF-8 text"
    (tmp_path / "empty.yaml").write_text("# nothing\n", encoding="utf-8")
    assert read_yaml(tmp_path / "empty.yaml")[0] == {}
    (tmp_path / "bom.yaml").write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert read_yaml(tmp_path / "bom.yaml")[0] == {"a": 1}


def test_no_objects_are_made_from_tags():
    data, _ = parse_yaml("a: !!python/object/apply:os.system ['echo hi']\n", "x")
    assert data == {"a": ["echo hi"]}


def test_known_keys():
    assert known_keys(Outer, ()) == ["name", "inner", "many", "named"]
    assert known_keys(Outer, ("inner",)) == ["port", "mode"]
    assert known_keys(Outer, ("many", 3)) == ["port", "mode"]


def test_a_comment_behind_a_key_with_nothing_below_does_not_break_the_reader() -> None:
    data, line_of = parse_yaml("chat:  # nothing yet\n\n\n  # more\nweb: {port: 1}\n", "x")
    assert (data, line_of(("web", "port"))) == ({"chat": None, "web": {"port": 1}}, 5)


@pytest.mark.parametrize("text", ['who:\n  - "Mika"\n', "who: [Mika]\nsize: 3\n", "a: &one [1]\nb: *one\n"])
def test_what_was_read_belongs_to_the_caller_and_the_same_text_is_read_the_same_again(text: str) -> None:
    first, line_of = parse_yaml(text, "x.yaml")
    key = next(reversed(first))
    lines = line_of((key,))
    before = repr(first)
    for value in first.values():
        if isinstance(value, list):
            value.append("changed")
    first["more"] = "changed"
    again, line_of = parse_yaml(text, "y.yaml")
    assert repr(again) == before
    assert line_of((key,)) == lines


def test_a_bad_text_is_told_by_the_name_it_was_read_under() -> None:
    for name in ("x.yaml", "y.yaml"):
        with pytest.raises(BadFiles, match=f"{name}:2: "):
            parse_yaml("a: 'b\n", name)
