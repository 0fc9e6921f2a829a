"""Journals that were written once fold to the same commands for ever, or the version of the rules goes up."""

import json
from collections import Counter
from pathlib import Path
from typing import get_args

import pytest

from streamer.app.journal import RULES_VERSION
from streamer.app.replay import replay
from streamer.core.events import Event

HERE = Path(__file__).parent
FILES = ("golden.jsonl", "golden_pressed.jsonl")


@pytest.mark.parametrize("name", FILES)
def test_the_rules_answer_as_they_did(name: str) -> None:
    result = replay(HERE / name)
    assert result.header.version == RULES_VERSION, "the rules have a new version: run tests/shows/make_golden.py"
    assert result.differences == (), "other commands come out: raise RULES_VERSION and run tests/shows/make_golden.py"
    assert result.exit_code == 0


def test_every_kind_of_fact_is_in_them() -> None:
    lines = [json.loads(line) for name in FILES for line in (HERE / name).read_text(encoding="utf-8").splitlines()[1:]]
    kinds = Counter(line["event"]["type"] for line in lines)
    assert set(kinds) == {kind.__name__ for kind in get_args(Event)}
    assert len({line["commands_digest"] for line in lines}) > 100
