"""What was taken back, and until when."""

from hypothesis import given
from hypothesis import strategies as st

from streamer.app.tombstones import KEEP_S, MAX_COUNT, Tombstones


def test_a_message():
    stones = Tombstones()
    assert not stones.cover("t:1", "t:u", 5.0)
    assert stones.bury("message", "t:1", 10.0)
    assert not stones.bury("message", "t:1", 11.0), "once is enough"
    assert stones.cover("t:1", "t:u", 5.0)
    assert stones.cover("t:1", "t:u", 15.0), "also when it comes after its own deletion"
    assert not stones.cover("t:2", "t:u", 5.0)


def test_a_user_up_to_now():
    stones = Tombstones()
    assert stones.bury("user", "t:u", 10.0, at=100.0)
    assert stones.cover("t:1", "t:u", 9.0)
    assert not stones.cover("t:1", "t:u", 11.0)
    assert not stones.cover("t:1", "t:v", 9.0)
    assert stones.cover("t:1", "t:u", 11.0, at=99.5), "delayed: written before the clearing"
    assert not stones.cover("t:1", "t:u", 11.0, at=100.5)
    assert stones.cover("t:1", "t:u", None), "of unknown age: not trusted"
    assert stones.bury("user", "t:u", 20.0), "again, and of unknown platform time"
    assert stones.cover("t:1", "t:u", 19.0)
    assert stones.cover("t:1", "t:u", 25.0, at=99.5)


def test_a_room_up_to_now():
    stones = Tombstones()
    stones.bury("room", "t", 10.0)
    assert stones.cover("t:1", "t:u", 9.0)
    assert not stones.cover("t:1", "t:u", 11.0)
    assert not stones.cover("y:1", "y:u", 9.0)


def test_they_are_forgotten_after_a_while():
    stones = Tombstones()
    stones.bury("message", "t:1", 0.0)
    stones.bury("message", "t:2", KEEP_S)
    assert stones.cover("t:1", "", 0.0)
    stones.bury("message", "t:3", KEEP_S + 1)
    assert not stones.cover("t:1", "", 0.0)
    assert len(stones) == 2


@given(st.lists(st.tuples(st.sampled_from(["message", "user", "room"]), st.integers(0, 30), st.floats(0, 2000))))
def test_they_are_bounded(steps):
    stones = Tombstones(max_count=5)
    for scope, key, at in steps:
        stones.bury(scope, str(key), at)
        assert len(stones) <= 5
        assert (scope, str(key)) in stones._stones
    assert MAX_COUNT > 1000
