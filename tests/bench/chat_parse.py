"""`chat_parse_per_s`: how many messages a second each source could take: its own decoder, then the way in.

What the wire carries is written down first by the local platforms; then it is read as the client reads it, each row is
normalised and judged by the standard rules, its words are stored. One core, no sockets.
"""

import asyncio
import gc
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from streamer.adapters.chat.common.unread import Unread
from streamer.adapters.chat.common.walk import at, items
from streamer.adapters.chat.streamerbot.protocol import Session as BotSession
from streamer.adapters.chat.streamerbot.protocol import Timing as BotTiming
from streamer.adapters.chat.streamerbot.rows import Rows as BotRows
from streamer.adapters.chat.streamerbot.rows import events_of
from streamer.adapters.chat.twitch_eventsub.reading import frame_of
from streamer.adapters.chat.twitch_eventsub.rows import Rows as EventSubRows
from streamer.adapters.chat.twitch_irc.rows import Rows as IrcRows
from streamer.adapters.chat.twitch_irc.session import Allowance, Session, Timing
from streamer.adapters.chat.youtube.api.rows import Rows as ApiRows
from streamer.adapters.chat.youtube.api.stream import ArrayReader
from streamer.adapters.chat.youtube.engine import Batch
from streamer.adapters.chat.youtube.intake import Intake
from streamer.adapters.store.texts import MemoryTexts
from streamer.app.ears import open_ingress
from streamer.app.folders import folders
from streamer.app.merge import Merger
from streamer.app.plan import read_plan
from streamer.cast import Persona
from streamer.moderation import Rules
from streamer.ports import ChatRow
from streamer.web.inject import read_rows
from tests.bench.chat_clients import Words, show
from tests.bench.report import Bench
from tests.fakes import twitch_events
from tests.fakes.streamer_bot import FakeStreamerBot
from tests.fakes.twitch_api import FakeTwitch
from tests.fakes.twitch_irc import FakeTwitchIrc
from tests.fakes.youtube_api import FakeYouTubeApi
from tests.fakes.youtube_web import FakeYouTube

BATCH = 50
"""Messages in an answer of YouTube, and in a request to inject."""

Decoder = Callable[[Sequence[Any]], Iterable[ChatRow]]
"""From all that came over the wire, in its pieces, to rows."""


class _Irc(FakeTwitchIrc):
    """Writes its frames down."""

    def __init__(self) -> None:
        super().__init__("mika")
        self.frames: list[str] = []

    async def frame(self, data: str | bytes) -> None:
        self.frames.append(str(data))


class _Bot(FakeStreamerBot):
    """The same."""

    def __init__(self) -> None:
        super().__init__()
        self.frames: list[str] = []

    async def frame(self, text: str, *, wanted: tuple[str, str] | None = None) -> None:
        self.frames.append(text)


# --- what the wire carries --------------------------------------------------------------------------------------------


async def _irc_wire(words: Sequence[Words]) -> Sequence[str]:
    fake = _Irc()
    for user, text in words:
        await fake.say(user, text)
    return fake.frames


async def _eventsub_wire(words: Sequence[Words]) -> Sequence[str]:
    subscription = {"id": "sub-1", "status": "enabled", "type": "channel.chat.message", "version": "1"}
    return [
        FakeTwitch.frame(
            "notification", {"subscription": subscription, "event": twitch_events.message(user, text)},
            type_="channel.chat.message",
        )
        for user, text in words
    ]  # fmt: skip


async def _page_wire(words: Sequence[Words]) -> Sequence[bytes]:
    fake = FakeYouTube()
    for user, text in words:
        fake.say(text, user)
    actions = fake.video.actions
    return [
        json.dumps({
            "continuationContents": {"liveChatContinuation": {"continuations": [], "actions": actions[n : n + BATCH]}}
        }).encode()
        for n in range(0, len(actions), BATCH)
    ]  # fmt: skip


async def _api_wire(words: Sequence[Words]) -> Sequence[bytes]:
    fake = FakeYouTubeApi()
    for user, text in words:
        await fake.say(user, text)
    return [fake._batch(n, min(n + BATCH, len(words))) + b",\n" for n in range(0, len(words), BATCH)]  # pyright: ignore[reportPrivateUsage]


async def _bot_wire(words: Sequence[Words]) -> Sequence[str]:
    fake = _Bot()
    for user, text in words:
        await fake.say(text, user=user)
    return fake.frames


async def _inject_wire(words: Sequence[Words]) -> Sequence[bytes]:
    rows = [
        {"id": f"i-{n}", "platform": "twitch", "kind": "message", "user": {"id": user, "login": user}, "text": text}
        for n, (user, text) in enumerate(words)
    ]
    return [json.dumps(rows[n : n + BATCH]).encode() for n in range(0, len(rows), BATCH)]


# --- the decoders -----------------------------------------------------------------------------------------------------


def _irc(wire: Sequence[str]) -> Iterable[ChatRow]:
    session = Session("mika", "justinfan1", IrcRows(), Timing(), Allowance())
    for frame in wire:
        yield from session.receive(frame, time.monotonic())[0]


def _eventsub(wire: Sequence[str]) -> Iterable[ChatRow]:
    rows = EventSubRows()
    for frame in wire:
        row = rows.decode(*frame_of(frame), time.monotonic())
        if row is not None:
            yield row


def _page(wire: Sequence[bytes]) -> Iterable[ChatRow]:
    intake = Intake(Unread(), time.monotonic, time.time)
    for raw in wire:
        chat = at(msgspec.json.decode(raw), "continuationContents", "liveChatContinuation")
        yield from intake.rows(Batch(items(chat, "actions"), 1.0, 0.0))


def _api(wire: Sequence[bytes]) -> Iterable[ChatRow]:
    reader, rows = ArrayReader(), ApiRows(Unread())
    for raw in wire:
        for element in reader.feed(raw):
            if isinstance(element, dict):
                yield from (row for _, row in rows.page(element).rows)


def _bot(wire: Sequence[str]) -> Iterable[ChatRow]:
    unread = Unread()
    session, rows = BotSession("", events_of(("twitch",)), BotTiming(), unread), BotRows(unread)
    for frame in wire:
        for event in session.receive(frame, time.monotonic()).events:
            yield from rows.decode(event, time.monotonic())


def _inject(wire: Sequence[bytes]) -> Iterable[ChatRow]:
    for raw in wire:
        yield from read_rows(raw, 0.0)[0]


SOURCES = {
    "twitch irc": (_irc_wire, _irc),
    "twitch eventsub": (_eventsub_wire, _eventsub),
    "youtube page": (_page_wire, _page),
    "youtube api": (_api_wire, _api),
    "streamer.bot": (_bot_wire, _bot),
    "inject": (_inject_wire, _inject),
}


def once(decoder: Decoder, wire: Sequence[Any], cast: Sequence[Persona], rules: Rules) -> tuple[int, float]:
    """How many messages became facts, and the seconds it took; everything that remembers is fresh."""
    merger = Merger(time.monotonic)
    ingress = open_ingress(cast, rules, MemoryTexts(), now=time.monotonic)
    gc.collect()
    told = 0
    began = time.perf_counter()
    for row in decoder(wire):
        kept = merger.take(row)
        if kept is not None:
            told += len(ingress.hear(kept))
    return told, time.perf_counter() - began


async def chat_parse(bench: Bench, *, quick: bool) -> None:
    """Median of several rounds for each source. Raises AssertionError when a message is not told."""
    rounds = 2 if quick else 5
    words = list(show())[: 500 if quick else None]
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as empty:
        plan = await asyncio.to_thread(read_plan, folders(Path(empty), Path(empty)))
    rules = Rules.standard()
    for name, (written, decoder) in SOURCES.items():
        wire = await written(words)
        once(decoder, wire[: len(wire) // 4], plan.cast, rules)
        speeds: list[float] = []
        for _ in range(rounds):
            told, took_s = once(decoder, wire, plan.cast, rules)
            if told != len(words):
                raise AssertionError(f"{name}: {told} of {len(words)} messages were told")
            speeds.append(told / took_s)
        found[name] = round(statistics.median(speeds))
    bench.measured("chat_parse_per_s", found, f"{len(words)} messages of an hour's chat, median of {rounds} rounds")
