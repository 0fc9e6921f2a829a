"""A journal that was written once folds to the same commands for ever, or the version of the rules goes up."""

import json
from collections import Counter
from pathlib import Path

from streamer.app.journal import RULES_VERSION
from streamer.app.replay import replay

GOLDEN = Path(__file__).with_name("golden.jsonl")


def test_the_rules_answer_as_they_did() -> None:
    result = replay(GOLDEN)
    assert result.header.version == RULES_VERSION, "the rules have a new version: run tests/shows/make_golden.py"
    assert result.differences == (), "other commands come out: raise RULES_VERSION and run tests/shows/make_golden.py"
    assert result.exit_code == 0


def test_there_is_something_in_it() -> None:
    lines = [json.loads(line) for line in GOLDEN.read_text(encoding="utf-8").splitlines()[1:]]
    kinds = Counter(line["event"]["type"] for line in lines)
    for kind in ("ChatReceived", "LineReady", "LineStarted", "LineEnded", "HostSpoke", "SegmentDue", "CloseRequested"):
        assert kinds[kind], kind
    assert kinds["Tombstoned"] == 3
    assert len({line["commands_digest"] for line in lines}) > 50
