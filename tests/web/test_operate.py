"""Presses and the bucket that slows down repeated ones."""

import pytest

from streamer.core.events import DialSet, SkipPressed
from streamer.web.operate import DECK, Bucket, press


def test_every_command_makes_its_event():
    for command in DECK:
        event = press(command, by="owner:1", via="panel", saw=4)
        assert (event.by, event.via) == ("owner:1", "panel")  # type: ignore[union-attr]
    assert press("skip", by="a", via="b", saw=4) == SkipPressed(by="a", via="b", saw=4)
    assert press("dial-chatty", by="a", via="b") == DialSet(dial="chatty", by="a", via="b")
    with pytest.raises(KeyError):
        press("ban", by="a", via="b")


def test_a_bucket_allows_a_burst_then_a_rate():
    bucket = Bucket(2, 3)
    assert [bucket.take(0) for _ in range(3)] == [0, 0, 0]
    assert bucket.take(0) == pytest.approx(0.5)
    assert bucket.take(0.5) == 0
    assert bucket.take(0.5) > 0
    assert [bucket.take(100) for _ in range(3)] == [0, 0, 0]
    assert bucket.take(100) > 0
