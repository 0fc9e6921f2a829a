"""One thing told by two sources is told once, and nothing that one source tells is lost."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from streamer.app.merge import DELETED_S, HAPPENED_S, SAID_S, Merger
from streamer.core.events import Money
from streamer.ports import ChatRow, Reward, User

BOB = User("7", "bob", "Bob")


def row(source: str = "irc", kind: Any = "message", **fields: Any) -> ChatRow:
    return ChatRow(
        **{"at": 0.0, "platform": "twitch", "kind": kind, "id": "m1", "user": BOB, "text": "hi", "source": source}
        | fields
    )


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_message_told_by_two_ways_is_told_once_whatever_its_ids():
    merger = Merger(Clock())
    assert merger.take(row("irc", id="a")) is not None
    assert merger.take(row("eventsub", id="a")) is None
    assert merger.take(row("streamerbot", id="c")) is None
    assert merger.merged == 2


def test_a_viewer_may_repeat_himself():
    merger = Merger(Clock())
    told = [
        merger.take(row(source, id=f"{source}{number}")) for number in range(3) for source in ("irc", "streamerbot")
    ]
    assert [each is not None for each in told] == [True, False] * 3


def test_one_way_alone_never_loses_anything():
    merger = Merger(Clock())
    assert all(merger.take(row(id=str(number))) is not None for number in range(50))


def test_the_other_way_may_be_late_but_not_for_ever():
    clock = Clock()
    merger = Merger(clock)
    merger.take(row("irc"))
    clock.now += SAID_S + 0.1
    assert merger.take(row("eventsub")) is not None
    merger.take(row("irc", "raid", count=40, text=""))
    clock.now += HAPPENED_S - 0.1
    assert merger.take(row("eventsub", "raid", count=40, text="")) is None


def test_other_words_other_viewers_and_other_sums_are_other_things():
    merger = Merger(Clock())
    kept = [
        row("irc"), row("eventsub", text="ho"), row("eventsub", user=User("8")), row("eventsub", platform="youtube"),
        row("irc", "cheer", bits=100), row("eventsub", "cheer", bits=200),
        row("irc", "superchat", amount=Money(1, "EUR")), row("eventsub", "superchat", amount=Money(1, "USD")),
        row("irc", "redemption", reward=Reward("1")), row("eventsub", "redemption", reward=Reward("2")),
    ]  # fmt: skip
    assert all(merger.take(each) is not None for each in kept)


def test_a_deletion_of_the_other_id_is_a_deletion_of_the_kept_one():
    merger = Merger(Clock())
    merger.take(row("irc", id="a"))
    merger.take(row("streamerbot", id="b"))
    deleted = merger.take(row("streamerbot", "delete_message", target="b", id=""))
    assert deleted is not None
    assert deleted.target == "a"
    answer = merger.take(row("streamerbot", id="c", text="yes", reply_to="b"))
    assert answer is not None
    assert answer.reply_to == "a"


def test_what_takes_words_back_and_what_is_tried_always_passes():
    merger = Merger(Clock())
    for source in ("irc", "eventsub"):
        assert merger.take(row(source, "clear_user", target="7")) is not None
        assert merger.take(row(source, "clear_chat")) is not None
        assert merger.take(row(source, "raid", count=40, test=True)) is not None


@given(st.lists(st.tuples(st.sampled_from(("irc", "streamerbot")), st.integers(0, 2)), max_size=60))
def test_as_often_told_as_by_the_way_that_told_it_most(told: list[tuple[str, int]]):
    merger = Merger(Clock())
    passed = [
        text
        for number, (source, text) in enumerate(told)
        if merger.take(row(source, id=str(number), text=str(text))) is not None
    ]
    for text in range(3):
        most = max(told.count((source, text)) for source in ("irc", "streamerbot"))
        assert passed.count(text) == most


def test_what_the_other_way_knows_is_handed_on():
    more: list[tuple[str, str, bool]] = []
    merger = Merger(Clock(), more=lambda kept, row: more.append((kept, row.id, row.first)))
    merger.take(row("eventsub", id="a"))
    merger.take(row("irc", id="a", first=True))
    assert more == [("a", "a", True)]


def deletion(source: str, target: str, **fields: Any) -> ChatRow:
    return ChatRow(0.0, "twitch", "delete_message", target=target, source=source, **fields)


def test_a_deletion_that_comes_before_the_pair_is_known_takes_the_kept_one_back():
    merger = Merger(Clock())
    assert merger.take(deletion("streamerbot", "b")) is not None
    assert merger.take(row("irc", id="a")) is not None
    taken = merger.take(row("streamerbot", id="b"))
    assert taken is not None
    assert (taken.kind, taken.target, taken.text) == ("delete_message", "a", "")


def test_a_reward_deleted_before_its_other_half_came_is_taken_back():
    merger = Merger(Clock())
    merger.take(deletion("irc", "message"))
    assert merger.take(row("eventsub", "redemption", id="redemption", reward=Reward("1", "Ask"))) is not None
    taken = merger.take(row("irc", "redemption", id="message", reward=Reward("1")))
    assert taken is not None
    assert (taken.kind, taken.target) == ("delete_message", "redemption")


def test_a_deletion_is_not_waited_for_for_ever():
    clock = Clock()
    merger = Merger(clock)
    merger.take(deletion("streamerbot", "b"))
    clock.now += DELETED_S
    merger.take(row("irc", id="a"))
    assert merger.take(row("streamerbot", id="b")) is None


def agreed() -> Merger:
    """One that has seen both ways of Twitch give a message the same id."""
    merger = Merger(Clock())
    assert [merger.take(row(source, id="m0", text="first")) is None for source in ("irc", "eventsub")] == [False, True]
    return merger


def test_the_same_words_twice_are_two_messages_when_the_second_comes_by_the_other_way_only():
    merger = agreed()
    assert merger.take(row("eventsub", id="m1", text="lol")) is not None
    assert merger.take(row("irc", id="m2", text="lol")) is not None, "eventsub was gone, and the message was lost"


def test_a_deletion_hits_the_message_it_names_whichever_way_was_faster():
    merger = agreed()
    told = [merger.take(row(source, id=native)) for source, native in (("eventsub", "m1"), ("irc", "m2"))]
    told.append(merger.take(row("eventsub", id="m2")))
    assert [each is not None for each in told] == [True, True, False]
    deleted = merger.take(deletion("irc", "m2"))
    assert deleted is not None
    assert deleted.target == "m2"


def test_a_message_that_one_way_tells_again_does_nothing():
    merger = Merger(Clock())
    merger.take(row("irc", id="a"))
    merger.take(row("streamerbot", id="b"))
    assert merger.take(row("streamerbot", id="b")) is None


def test_a_replacement_of_the_other_id_replaces_the_kept_one():
    merger = Merger(Clock())
    merger.take(row("ytapi", id="a"))
    merger.take(row("innertube", id="b"))
    for fields in ({"text": "", "user": None}, {"text": "[removed]"}):
        replaced = merger.take(row("innertube", "replace_message", id="", target="b", **fields))
        assert replaced is not None
        assert replaced.target == "a"


def test_a_held_message_that_is_let_through_is_told_once_by_two_ways():
    released = row("innertube", "replace_message", id="", target="b")
    merger = Merger(Clock())
    assert merger.take(row("ytapi", id="a")) is not None
    assert merger.take(released) is None
    deleted = merger.take(deletion("innertube", "b"))
    assert deleted is not None
    assert deleted.target == "a"
    merger = Merger(Clock())
    assert merger.take(released) is released
    assert merger.take(row("ytapi", id="a")) is None


def test_a_message_replaced_by_the_way_that_told_it_is_told_to_be_replaced():
    merger = Merger(Clock())
    merger.take(row("innertube", id="a"))
    merger.take(row("streamerbot", id="b"))
    replaced = row("innertube", "replace_message", id="", target="a")
    assert merger.take(replaced) is replaced


def test_until_two_native_ways_are_seen_to_agree_on_ids_a_message_is_known_by_its_words():
    merger = Merger(Clock())
    assert merger.take(row("irc", id="a1")) is not None
    assert merger.take(row("eventsub", id="b1")) is None, "it is told once, should the ids differ for good"
    assert merger.take(row("irc", id="c", text="ho")) is not None
    assert merger.take(row("eventsub", id="c", text="ho")) is None
    assert merger.take(row("irc", id="d", text="hey")) is not None
    assert merger.take(row("eventsub", id="e", text="hey")) is not None, "two ids are two messages from here on"
