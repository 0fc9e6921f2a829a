"""Prepared lines."""

from streamer.speech.speaker import Speaker, pick


def test_the_same_seed_picks_the_same_line():
    assert [pick(("a", "b", "c"), seed) for seed in (0, 1, 4, 4)] == ["a", "b", "b", "b"]
    assert pick((), 3) == ""


def test_defaults():
    speaker = Speaker(id="mika", name="Mika")
    assert speaker.voices == ()
    assert speaker.language == "en"
