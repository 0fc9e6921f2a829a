"""The quick reader of plain YAML: the same data and lines as the full reader, or nothing."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from streamer.app.yamlplain import read_plain

SHIPPED = Path(__file__).parents[2] / "characters"


@pytest.mark.parametrize("persona", ["mika", "juno"])
def test_same_data_as_the_full_reader(persona):
    text = (SHIPPED / persona / "material.yaml").read_text(encoding="utf-8")
    plain = read_plain(text)
    assert plain is not None, "the shipped material is meant to be plain"
    assert plain[0] == YAML(typ="safe", pure=True).load(text)


def test_lines():
    plain = read_plain('# head\na:\n  b:\n    - "x"\n    - "y"\nc: [one, "two", three four]\n')
    assert plain is not None
    data, lines = plain
    assert data == {"a": {"b": ["x", "y"]}, "c": ["one", "two", "three four"]}
    assert lines[("a", "b", 1)] == 5
    assert lines[("c",)] == 6
    assert lines[("a",)] == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a:\n",
        "a: 1\n",
        "a:\n  - x\n",
        'a:\n- "x"\n',
        'a:\n  - "x" # no\n',
        "a: [yes]\nb:\n",
        "a: [true]\n",
        'a:\n  - "\\n"\n',
        'a:\n  - "x"\na:\n  - "y"\n',
        'a:\n    - "x"\n',
        'a:\n  b:\n    - "x"\n  - "y"\n',
        "a: [one,two]\n",
        "a: &x [one]\n",
        "a: [no, on]\nb: |\n  t\n",
        'a:\n  - "x"\n  b:\n    - "y"\n',
        "a: [one, ]\n",
        "a: []\n",
        '\ta:\n  - "x"\n',
    ],
)
def test_leaves_the_rest_to_the_full_reader(text):
    assert read_plain(text) is None


@given(st.text(alphabet=' ab:-"[],#\n\\1', max_size=60))
def test_never_disagrees_with_the_full_reader(text):
    plain = read_plain(text)
    if plain is not None:
        assert plain[0] == YAML(typ="safe", pure=True).load(text)
