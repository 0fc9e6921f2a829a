"""What was told once."""

from streamer.adapters.chat.common.seen import Seen


def test_an_id_is_new_once():
    seen = Seen(10)
    assert [seen.again(each) for each in ("a", "b", "a", "b", "c")] == [False, False, True, True, False]


def test_only_the_newest_are_kept():
    seen = Seen(3)
    assert not any(seen.again(each) for each in "abcd")
    assert [seen.again(each) for each in "dcb"] == [True, True, True]
    assert not seen.again("a")
