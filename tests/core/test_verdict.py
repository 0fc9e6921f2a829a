"""A verdict as a value: what it says by default, and that it survives the journal."""

import msgspec

from streamer.core.verdict import ALLOW, Verdict


def test_nothing_matched() -> None:
    assert Verdict() == ALLOW
    assert (ALLOW.action, ALLOW.rule, ALLOW.span) == ("allow", "", None)


def test_written_and_read_again() -> None:
    verdict = Verdict("replace", "slur.en", (3, 9))
    assert msgspec.json.decode(msgspec.json.encode(verdict), type=Verdict) == verdict
