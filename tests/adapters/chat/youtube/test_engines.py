"""Each engine, and the source that owns both, on real sockets: the real pytchat, and our own requests."""

import asyncio
from typing import cast

import pytest

from streamer.adapters.chat.youtube import Timing, YouTubeWeb
from tests.adapters.chat.contract import check_life, until
from tests.adapters.chat.youtube.helpers import ENGINES, no_thread_is_left, reading, source
from tests.fakes.youtube_web import FakeYouTube


@pytest.mark.parametrize("engine", ["auto", *ENGINES])
async def test_its_life(engine):
    async with FakeYouTube() as youtube:

        async def say(text: str) -> None:
            youtube.say(text)

        await check_life(source(youtube, engine), say)


@pytest.mark.parametrize("engine", ENGINES)
async def test_only_the_engine_that_was_asked_for_polls(engine):
    async with FakeYouTube() as youtube, reading(youtube, engine) as told:
        await until(lambda: youtube.polls[engine] > 3)
        assert set(youtube.polls) == {engine}
        assert told.source.health().notice.params["engine"] == engine
        assert told.source.health().notice.params["channel"] == "Mika & friends"


async def test_auto_begins_with_pytchat():
    async with FakeYouTube() as youtube, reading(youtube):
        await until(lambda: youtube.polls["pytchat"] > 3)
        assert youtube.polls["innertube"] == 0


async def test_a_row_has_what_the_page_tells():
    async with FakeYouTube() as youtube, reading(youtube) as told:
        ident = youtube.say("hello")
        await until(lambda: len(told.rows) > 0)
        row = told.rows[0]
        assert (row.id, row.platform, row.source, row.text) == (ident, "youtube", "innertube", "hello")
        assert row.user is not None
        assert (row.user.login, row.user.name) == ("@bob", "bob")
        assert 0 <= row.at < 30
        assert cast("YouTubeWeb", told.source).video == "vid-mika_01"


@pytest.mark.parametrize("engine", ENGINES)
async def test_what_was_said_before_is_history(engine):
    async with FakeYouTube() as youtube:
        youtube.say("long ago")
        renderer = youtube.video.actions[0]["addChatItemAction"]["item"]["liveChatTextMessageRenderer"]
        renderer["timestampUsec"] = str(int(renderer["timestampUsec"]) - 60_000_000)
        youtube.say("just now")
        async with reading(youtube, engine) as told:
            await until(lambda: len(told.rows) > 0)
            assert [row.text for row in told.rows] == ["just now"]


@pytest.mark.parametrize("menu", [True, False])
async def test_all_of_the_chat_is_read_and_not_top_chat(menu):
    async with FakeYouTube() as youtube:
        youtube.menu = menu  # since the end of 2025 only the page of the continuation has it
        async with reading(youtube, "innertube") as told:
            for number in range(10):
                youtube.say(str(number))
            await until(lambda: len(told.rows) == 10)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("kind", ["timed", "reload"])
async def test_any_continuation_is_followed(engine, kind):
    async with FakeYouTube() as youtube:
        youtube.kind = kind
        quick = Timing(floor_s=0.03, jitter=0.0, ceiling_s=0.05)  # reload asks for 5 s
        async with reading(youtube, engine, timing=quick) as told:
            await until(lambda: youtube.polls[engine] > 3)
            youtube.say("hello")
            await until(lambda: len(told.rows) > 0)


async def test_pytchat_finds_the_channel_on_the_mobile_page_too():
    async with FakeYouTube() as youtube:
        youtube.embed = False
        async with reading(youtube, "pytchat"):
            assert any(path.startswith("/embed/") for path in youtube.pages)


@pytest.mark.parametrize("engine", ENGINES)
async def test_the_pause_the_server_asks_for_is_kept(engine):
    """pytchat alone would poll hundreds of times a second."""
    async with FakeYouTube(wait_ms=200) as youtube, reading(youtube, engine):
        await until(lambda: youtube.polls[engine] >= 5)
        gaps = [after - before for before, after in zip(youtube.poll_times, youtube.poll_times[1:], strict=False)]
        assert min(gaps) > 0.15


async def test_closing_is_quick_whatever_pytchat_is_doing():
    async with FakeYouTube() as youtube, reading(youtube, "pytchat") as told:
        youtube.down["pytchat"] = "slow"
        await until(lambda: youtube.hanging > 0)
        loop = asyncio.get_running_loop()
        began = loop.time()
        await told.close()
        assert loop.time() - began < 2.0
        await until(no_thread_is_left)


@pytest.mark.parametrize("engine", ENGINES)
async def test_500_a_second_for_5_seconds(engine):
    """2,500 messages, faster than that: each exactly once, in order."""
    async with FakeYouTube(wait_ms=30) as youtube, reading(youtube, engine, buffer_max=20_000) as told:
        sent: list[str] = []
        for number in range(100):
            sent += [youtube.say(f"{number}.{each}", f"user{each}") for each in range(25)]
            await asyncio.sleep(0.01)
        await until(lambda: len(told.rows) >= 2_500, "all of them")
        assert told.ids == sent
        assert told.source.health().notice.params["dropped"] == 0


@pytest.mark.parametrize("engine", ENGINES)
async def test_100_a_second(engine):
    async with FakeYouTube(wait_ms=100) as youtube, reading(youtube, engine) as told:
        sent: list[str] = []
        for number in range(40):
            sent += [youtube.say(f"{number}.{each}") for each in range(5)]
            await asyncio.sleep(0.05)
        await until(lambda: len(told.rows) >= 200, "all of them")
        assert told.ids == sent
