"""Facts as values: one tag each, readable again, no words inside."""

from typing import Any, get_args

import msgspec
import pytest

from streamer.core.events import ChatReceived, Event, Fact, Features, Money, ShowStarted
from streamer.core.settings import Member, ShowSettings
from streamer.core.verdict import Verdict

KINDS: tuple[Any, ...] = get_args(Event)
EXAMPLE: dict[str, Any] = {
    "settings": ShowSettings(), "cast": (Member("mika"),), "gap_s": 1.5, "uid": "t:1", "user": "t:ana",
    "platform": "t", "scope": "room", "key": "t", "text": "m:t:1", "connected": True, "segment": "news", "due_ms": 5,
    "line": 1, "est_ms": 900, "index": 2, "heard_ms": 40, "outcome": "cut", "dial": "chatty", "persona": "mika",
    "page": True, "on": True, "scene": "main",
    "chat": ChatReceived(uid="t:1", user="t:ana", platform="t", kind="raid", count=4),
}  # fmt: skip


def example(kind: Any) -> Any:
    required = [field.name for field in msgspec.structs.fields(kind) if field.required]
    return kind(**{name: EXAMPLE[name] for name in required})


@pytest.mark.parametrize("kind", KINDS)
def test_written_and_read_again_it_is_the_same(kind: Any) -> None:
    fact = Fact(7, 1_000_000, example(kind))
    assert msgspec.json.decode(msgspec.json.encode(fact), type=Fact) == fact


@pytest.mark.parametrize("kind", KINDS)
def test_it_cannot_be_changed(kind: Any) -> None:
    event = example(kind)
    with pytest.raises(AttributeError):
        event.line = 5


def test_names_are_unique() -> None:
    assert len({kind.__name__ for kind in KINDS}) == len(KINDS)


def test_a_whole_message() -> None:
    chat = ChatReceived(
        uid="y:1", user="y:ana", platform="y", kind="superchat", text="m:y:1", name="n:y:ana", roles=("moderator",),
        verdict=Verdict("replace", "x", (0, 1)), features=Features(("mika",), question=True, topic=9),
        amount=Money(5_000_000, "EUR"), reply_to="y:0",
    )  # fmt: skip
    assert msgspec.json.decode(msgspec.json.encode(chat), type=Event) == chat


def test_what_an_older_journal_does_not_say_is_the_default() -> None:
    old = b'{"type":"ShowStarted","settings":{},"cast":[{"id":"mika"}]}'
    assert msgspec.json.decode(old, type=Event) == ShowStarted(ShowSettings(), (Member("mika"),))
