"""Between the platforms and a whole house: what is opened again and what stays, what a rehearsal does not have, and a
close that nothing holds up."""

import asyncio
import time
from collections.abc import AsyncIterator, Collection, Sequence
from pathlib import Path
from typing import Any

import pytest

from streamer.adapters.demo.brain import INSTANT
from streamer.app import chatroom
from streamer.app import house as module
from streamer.app.chatroom import ChatRoom
from streamer.app.house import House
from streamer.app.plan import read_plan
from streamer.ports import ChatRow, ChatSource, Health, Notice, User
from streamer.web.gate import Site
from tests.app.kit import folders, put
from tests.app.test_channels import Signed
from tests.app.test_house import opened, until
from tests.fakes.tts import FakeVoice, How

QUIET = {"idle_after_s": 0, "banter_every_s": 0, "gap_s": 0, "rundown": "empty", "read_delay_s": 0}
TWITCH = {"channel": "mika_live", "client_id": "client"}
BOTH = {"twitch": TWITCH, "youtube": {"channel": "@mika"}}


class Source:
    """A chat that says what a test puts into it. `slow`: it takes time until it reads."""

    def __init__(self, name: str, *, slow: bool = False, stuck: bool = False) -> None:
        self.name = name
        self.state: Any = "starting" if slow else "ok"
        self.stuck = stuck
        self.queue: asyncio.Queue[ChatRow] = asyncio.Queue()
        self.closed = False

    def say(self, ident: str, text: str = "hello") -> None:
        who = User("7", "ana", "Ana")
        platform = self.name.partition(".")[2]
        row = ChatRow(at=0.0, platform=platform, kind="message", id=ident, user=who, text=text, source=f"w-{platform}")
        self.queue.put_nowait(row)

    async def rows(self) -> AsyncIterator[ChatRow]:
        while True:
            yield await self.queue.get()

    def health(self) -> Health:
        return Health(self.name, "off" if self.closed else self.state, Notice("chat.ok", {"channel": "x"}))

    async def aclose(self) -> None:
        if self.stuck:
            await asyncio.sleep(3_600)
        self.closed = True


class Opened:
    """Every source that was opened, in the order of opening, in place of the real ones."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made: list[Source] = []
        self.slow = False
        monkeypatch.setattr(chatroom, "open_chats", self._open)

    def _open(
        self, settings: Any, _cast: object, _seed: int, _signed: object, *, only: Collection[str]
    ) -> tuple[list[ChatSource], list[Health]]:
        wanted = [("chat.twitch", settings.channel), ("chat.youtube", settings.youtube)]
        made = [Source(name, slow=self.slow) for name, part in wanted if part is not None and name in only]
        self.made += made
        return [*made], []

    def named(self, name: str) -> list[Source]:
        return [each for each in self.made if each.name == name]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    made = FakeVoice("espeak", How(pace=0.0))
    monkeypatch.setattr(module, "open_voices", lambda _settings: ({"espeak": made}, []))
    monkeypatch.setattr(chatroom, "LOOK_S", 0.02)

    async def nothing(*_: object) -> Sequence[object]:
        return []

    monkeypatch.setattr(module, "discover", nothing)


def house_of(tmp_path: Path, chat: dict[str, Any], **more: Any) -> House:
    put(tmp_path / "home", "scenes/empty.yaml", "title: Quiet\n")
    show = read_plan(folders(tmp_path), given={"show": QUIET, "chat": chat})
    return House(show, Site(port=0), pace=INSTANT, fresh=True, **more)


def sign(room: ChatRoom, monkeypatch: pytest.MonkeyPatch, **logins: str) -> None:
    """Somebody signs in: the accounts tell of it as they do."""
    monkeypatch.setattr(room.accounts, "get", Signed(**logins).get)
    room.accounts.on_change()
    room.beat()


def told(house: House) -> list[str]:
    return list(dict(house.hub.snapshot("panel"))["chat"])  # type: ignore[union-attr]


def chats_of(house: House) -> list[str]:
    """Chats in the order the panel shows them."""
    return [health.part for health in house.health() if health.part in ("chat.twitch", "chat.youtube")]


async def test_a_chat_that_crashed_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = Opened(monkeypatch)
    async with opened(house_of(tmp_path, BOTH)) as house:
        [first] = sources.named("chat.twitch")
        first.queue.put_nowait(None)  # type: ignore[arg-type] - reading it is a fault of our own
        await until(lambda: len(sources.named("chat.twitch")) == 2)
        assert first.closed
        sources.named("chat.twitch")[1].say("m1")
        await until(lambda: told(house) == ["twitch:m1"])
        assert not house.crashed
        assert len(sources.named("chat.youtube")) == 1, "the other chat was left alone"


async def test_a_sign_in_opens_only_its_own_chat_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = Opened(monkeypatch)
    async with opened(house_of(tmp_path, BOTH)) as house:
        [twitch], [youtube] = sources.named("chat.twitch"), sources.named("chat.youtube")
        sign(house.chat, monkeypatch, twitch_bot="bot")
        await until(lambda: twitch.closed)
        assert len(sources.named("chat.twitch")) == 2
        assert sources.named("chat.youtube") == [youtube]
        assert not youtube.closed
        assert youtube in house.chat.chats.sources
        assert chats_of(house) == ["chat.twitch", "chat.youtube"], "it keeps its place"

        sign(house.chat, monkeypatch, twitch_bot="bot")  # a token that was renewed
        await house.chat.change()
        assert len(sources.made) == 3

        sign(house.chat, monkeypatch, twitch_bot="bot", youtube_broadcaster="mika")
        await until(lambda: youtube.closed)
        assert [len(sources.named(each)) for each in ("chat.twitch", "chat.youtube")] == [2, 2]


async def test_the_old_way_is_read_until_the_new_one_is_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Red before: the old connection went first, and nobody tells again what was said until the new one was there."""
    sources = Opened(monkeypatch)
    async with opened(house_of(tmp_path, {"twitch": TWITCH})) as house:
        [old] = sources.made
        sources.slow = True
        sign(house.chat, monkeypatch, twitch_bot="bot")
        await until(lambda: len(sources.made) == 2)
        new = sources.made[1]
        old.say("1")
        await until(lambda: "twitch:1" in told(house))
        assert not old.closed
        assert [row.part for row in house.health() if row.part.startswith("chat.twitch")] == ["chat.twitch"]
        new.state = "ok"
        old.say("2")
        new.say("2")
        new.say("3")
        await until(lambda: old.closed)
        await until(lambda: "twitch:3" in told(house))
        assert told(house) == ["twitch:1", "twitch:2", "twitch:3"]
        assert house.chat.chats.sources == [house.chat.inject, new]


async def test_another_room_is_not_read_beside_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = Opened(monkeypatch)
    async with opened(house_of(tmp_path, {"twitch": TWITCH})) as house:
        sources.slow = True
        settings = house.plan.settings
        other = settings.chat.model_copy(
            update={"twitch": settings.chat.twitch.model_copy(update={"channel": "another_live"})}  # type: ignore[union-attr]
        )
        house.plan = _with_settings(house, settings.model_copy(update={"chat": other}))
        await house.chat.change()
        assert sources.made[0].closed
        assert house.chat.chats.sources == [house.chat.inject, sources.made[1]]


def _with_settings(house: House, settings: Any) -> Any:
    from msgspec.structs import replace

    return replace(house.plan, settings=settings)


async def test_a_new_way_that_never_reads_is_waited_for_no_longer_than_its_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chatroom, "BOTH_S", 0.3)
    sources = Opened(monkeypatch)
    async with opened(house_of(tmp_path, {"twitch": TWITCH})) as house:
        sources.slow = True
        sign(house.chat, monkeypatch, twitch_bot="bot")
        await until(lambda: sources.made[0].closed)
        assert not sources.made[1].closed


async def test_a_rehearsal_has_no_accounts_writes_nothing_and_tells_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("a rehearsal opened a chat")

    monkeypatch.setattr(chatroom, "open_chats", never)
    chat = {**BOTH, "webhooks": [{"url": "http://127.0.0.1:9/hook"}], "write": {"answers": True}}
    crowd = Source("chat.crowd")
    house = house_of(tmp_path, chat, sources=[crowd], rehearsal=True)
    async with opened(house):
        monkeypatch.setattr(house.chat.accounts, "get", Signed(twitch_bot="bot").get)
        house.chat.accounts.on_change()
        house.chat.beat()
        await house.chat.change()
        crowd.say("1", "Mika, how are you?")
        await until(lambda: "crowd:1" in told(house))
        await until(lambda: house.inbox.show.next_request > 1)
        parts = [row.part for row in house.health()]
        assert [part for part in parts if part.startswith(("account.", "webhook", "chat.write"))] == []
        assert dict(house.hub.snapshot("panel"))["write"] == {}
        assert house.chat.chats.sources == [house.chat.inject, crowd]
    assert not (tmp_path / "state" / "signin.json").exists()


async def test_a_source_that_hangs_holds_up_neither_the_close_nor_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = Opened(monkeypatch)
    house = house_of(tmp_path, BOTH)
    await house.open()
    ended: list[str] = []
    close = house.chat.accounts.close

    async def closing() -> None:
        await close()
        ended.append("accounts")

    monkeypatch.setattr(house.chat.accounts, "close", closing)
    sources.named("chat.twitch")[0].stuck = True
    began = time.monotonic()
    late = await house.close()
    assert time.monotonic() - began < 10  # well under two, on a machine with nothing else to do
    assert late == ["a part"]
    assert sources.named("chat.youtube")[0].closed
    assert ended == ["accounts"]


async def test_a_chat_that_cannot_be_opened_is_a_row_and_the_others_are_read(tmp_path: Path) -> None:
    chat = {"twitch": {**TWITCH, "read": "eventsub"}, "streamerbot": {"url": "ws://127.0.0.1:9/"}}
    async with opened(house_of(tmp_path, chat)) as house:
        rows = {row.part: row for row in house.health()}
        assert (rows["chat.twitch"].state, rows["chat.twitch"].notice.code) == ("broken", "chat.not_signed_in")
        assert rows["chat.twitch"].notice.fix == "fix.sign_in"
        assert "chat.streamerbot" in rows
        assert [each.name for each in house.chat.chats.sources] == ["chat.inject", "chat.streamerbot"]
