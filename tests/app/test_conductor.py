"""What viewers did without words is shown in ours."""

from typing import Any
from unittest.mock import Mock

import pytest

from streamer.adapters.store.texts import MemoryTexts
from streamer.app.conductor import Conductor
from streamer.app.sayings import Sayings
from streamer.core.events import ChatKind, ChatReceived
from streamer.core.stage import Stage
from streamer.ports import ChatRow


def conductor(event: ChatReceived) -> tuple[Conductor, Mock]:
    texts, overlay, ingress = MemoryTexts(), Mock(), Mock()
    texts.put("n:twitch:7", "Ann")
    ingress.hear.return_value = (event,)
    made = Conductor(
        ingress=ingress,
        texts=texts,
        sayings=Sayings(texts),
        overlay=overlay,
        panel=Mock(),
        now_ms=lambda: 0,
        on_closed=lambda: None,
    )
    made.join(Mock(), Mock())
    return made, overlay


def received(kind: ChatKind, **more: Any) -> ChatReceived:
    return ChatReceived(uid="twitch:1", user="twitch:7", platform="twitch", kind=kind, name="n:twitch:7", **more)


@pytest.mark.parametrize(
    ("kind", "more", "shown"),
    [
        ("gift_batch", {"count": 5}, "gave 5 subscriptions to others"),
        ("raid", {"count": 30}, "raided the show with 30"),
    ],
)
def test_what_happened_stands_for_words(kind: ChatKind, more: dict[str, int], shown: str) -> None:
    event = received(kind, **more)
    made, overlay = conductor(event)
    made.on_row(ChatRow(at=0, platform="twitch", kind=kind))
    assert overlay.chat.call_args.args[2].startswith(shown)
    stage = Stage("running", "mika", 1, "twitch:1", {}, "")
    answering = made._answering(stage)
    assert answering is not None
    assert answering["name"] == "Ann"
    assert answering["text"].startswith(shown)


def test_a_follow_has_nothing_to_show() -> None:
    made, overlay = conductor(received("follow"))
    made.on_row(ChatRow(at=0, platform="twitch", kind="follow"))
    overlay.chat.assert_not_called()
