"""The rhythm of polled batches."""

from typing import Any

from streamer.adapters.chat.common.spread import spread
from streamer.ports import ChatRow


def row(kind: Any = "message", **fields: Any) -> ChatRow:
    return ChatRow(**{"at": 0.0, "platform": "youtube", "kind": kind, "id": "m1", **fields})


def test_a_batch_is_spread_in_its_own_rhythm():
    rows = [
        row(id="b", at=12.0),
        row(id="a", at=10.0),
        row("delete_message", target="x", at=13.0),
        row(id="c", at=14.0),
    ]
    assert [(wait, each.id or each.target) for wait, each in spread(rows, 5.0)] == [
        (0.0, "m1"), (0.0, "a"), (2.0, "b"), (4.0, "c"),
    ]  # fmt: skip
    assert [wait for wait, _ in spread(rows, 2.0)] == [0.0, 0.0, 1.0, 2.0]
    assert [wait for wait, _ in spread([row(id=str(n)) for n in range(4)], 2.0)] == [0.0, 0.5, 1.0, 1.5]
    assert spread([], 5.0) == []


def test_a_held_message_that_was_denied_does_not_wait():
    rows = [row(id="a", at=1.0), row("replace_message", id="x", target="x", at=2.0)]
    assert [(wait, each.id) for wait, each in spread(rows, 5.0)] == [(0.0, "x"), (0.0, "a")]
