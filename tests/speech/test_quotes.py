"""Whether a line touches or repeats what was taken back."""

import pytest

from streamer.speech import quotes
from streamer.speech.brief import Quote
from streamer.speech.quotes import is_hit, repeats

BOB = Quote(uid="twitch:1", user="twitch:bob", name="Bob_99", text="the Moon is made of cheese!")


@pytest.mark.parametrize(
    ("scope", "key", "hit"),
    [
        ("message", "twitch:1", True),
        ("message", "twitch:2", False),
        ("user", "twitch:bob", True),
        ("user", "youtube:bob", False),
        ("room", "twitch", True),
        ("room", "youtube", False),
    ],
)
def test_what_a_tombstone_covers(scope, key, hit):
    assert is_hit([BOB], ["twitch:1"], scope, key) is hit


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("Well, they say moon is made of something.", True),
        ("MOON, is made... OF what?", True),
        ("Thank you bob 99 for that.", True),
        ("The moon is far.", False),
        ("", False),
    ],
)
def test_repeating(text, quoted):
    assert repeats(text, [BOB], "message", "twitch:1") is quoted
    assert repeats(text, [BOB], "message", "twitch:7") is False


def test_nothing_is_folded_when_nothing_in_the_brief_is_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked for every line of the show at every deletion."""
    monkeypatch.setattr(quotes, "_words", lambda _: pytest.fail("words were folded"))
    assert not repeats("the moon is made of cheese", [BOB], "message", "twitch:2")
    assert not repeats("the moon is made of cheese", [], "room", "twitch")
