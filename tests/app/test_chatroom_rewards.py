"""A guest's connection tells a reward without its title; who is signed in tells the title too."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from streamer.app import chatroom
from streamer.app.chatroom import ChatRoom
from streamer.app.merge import Merger
from streamer.app.spare import Spared
from streamer.ports import ChatRow, Reward, User
from tests.adapters.chat.contract import until


class Room:
    """The way of a row through the room, without a house around it."""

    def __init__(self, *sources: Any) -> None:
        self.told: list[ChatRow] = []
        self.room = ChatRoom.__new__(ChatRoom)
        self.room.chats = SimpleNamespace(sources=sources)  # pyright: ignore[reportAttributeAccessIssue]
        self.room.merger = Merger(lambda: 0.0)
        self.room.desk = SimpleNamespace(hear=lambda _row: False)  # pyright: ignore[reportAttributeAccessIssue]
        conductor = SimpleNamespace(on_row=lambda row, aside: self.told.append(row))
        self.room._house = SimpleNamespace(closing=False, conductor=conductor)  # pyright: ignore[reportAttributeAccessIssue]


def redeemed(source: str, title: str = "", **more: Any) -> ChatRow:
    fields: dict[str, Any] = {"at": 0.0, "platform": "twitch", "kind": "redemption", "id": source, "user": User("7")}
    return ChatRow(**{**fields, "text": "sing!", "reward": Reward("r1", title), "source": source, **more})


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chatroom, "WHOLE_S", 0.02)


def both() -> Spared:
    return Spared(SimpleNamespace(name="chat.twitch"), SimpleNamespace)  # type: ignore[arg-type]


@pytest.mark.usefixtures("soon")
async def test_the_one_with_the_title_is_told() -> None:
    it = Room(both())
    it.room.on_row(redeemed("irc"))
    it.room.on_row(redeemed("eventsub", "Sing a song"))
    await asyncio.sleep(0.05)
    assert [(row.source, row.reward.title) for row in it.told if row.reward] == [("eventsub", "Sing a song")]


@pytest.mark.usefixtures("soon")
async def test_a_title_that_never_comes_is_not_waited_for_long() -> None:
    it = Room(both())
    it.room.on_row(redeemed("irc"))
    assert it.told == []
    await until(lambda: len(it.told) == 1)


async def test_without_anybody_signed_in_nothing_waits() -> None:
    it = Room(SimpleNamespace(name="chat.twitch"))
    it.room.on_row(redeemed("irc"))
    it.room.on_row(redeemed("inject", test=True))
    assert len(it.told) == 2
