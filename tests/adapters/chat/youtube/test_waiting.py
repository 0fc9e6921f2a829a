"""From what was typed to a stream: waiting for it, following a channel, and what cannot be read."""

import asyncio
import time

import msgspec
import pytest

from streamer.adapters.chat.common.clock import LoopClock
from streamer.adapters.chat.youtube import probe
from streamer.ports import Misconfigured
from tests.adapters.chat.contract import Reading, until
from tests.adapters.chat.youtube.helpers import QUICK, code, reading, source, waiting
from tests.fakes.youtube_items import MIKA
from tests.fakes.youtube_web import FakeYouTube


@pytest.mark.parametrize(
    "channel",
    [
        "@mika", "vid-mika_01", MIKA, "https://www.youtube.com/@mika/streams", "youtube.com/c/mika",
        "https://youtu.be/vid-mika_01?t=5", "https://www.youtube.com/watch?v=vid-mika_01&list=x",
        "https://studio.youtube.com/video/vid-mika_01/livestreaming", f"https://m.youtube.com/channel/{MIKA}",
    ],
)  # fmt: skip
async def test_whatever_was_typed(channel):
    async with FakeYouTube() as youtube, reading(youtube, "innertube", channel=channel) as told:
        youtube.say("hello")
        await until(lambda: len(told.rows) > 0)


async def test_a_bare_word_that_is_no_video_is_a_handle():
    async with FakeYouTube() as youtube:
        youtube.handle = "@mika_stream"
        async with reading(youtube, "innertube", channel="mika_stream") as told:
            youtube.say("hello")
            await until(lambda: len(told.rows) > 0)


async def test_it_waits_for_a_stream_that_has_not_begun():
    async with FakeYouTube() as youtube:
        youtube.video.state, youtube.video.starts_at = "upcoming", time.time() + 30 * 60
        async with waiting(youtube, "waiting_until") as told:
            assert told.source.health().state == "starting"
            assert told.source.health().notice.params["minutes"] in (29, 30)
            assert not youtube.polls, "the waiting room is not read"
            youtube.video.starts_at = time.time() - 60
            await until(lambda: code(told) == "chat.youtube.waiting")
            youtube.video.state = "live"
            await until(lambda: told.source.health().state == "ok")


async def test_it_waits_for_a_channel_that_is_not_live():
    async with FakeYouTube() as youtube:
        youtube.current = ""
        async with waiting(youtube, "offline") as told:
            assert told.source.health().notice.params["channel"] == "Mika & friends"
            youtube.current = "vid-mika_01"
            await until(lambda: told.source.health().state == "ok")


async def test_what_is_said_between_two_looks_is_not_lost():
    """The stream begins right after a look; the next look is some seconds away."""
    async with FakeYouTube() as youtube:
        youtube.video.state = "upcoming"
        told = Reading(source(youtube, timing=msgspec.structs.replace(QUICK, look_s=1.0, look_max_s=1.0)))
        await until(lambda: code(told) == "chat.youtube.waiting")
        youtube.video.state = "live"
        youtube.say("hello")
        renderer = youtube.video.actions[0]["addChatItemAction"]["item"]["liveChatTextMessageRenderer"]
        renderer["timestampUsec"] = str(int(renderer["timestampUsec"]) - 4_000_000)
        await until(lambda: len(told.rows) == 1)
        await told.close()


async def test_a_server_under_a_path():
    async with FakeYouTube() as youtube:
        for engine in ("pytchat", "innertube"):
            youtube.prefix = "/youtube"
            told = Reading(source(youtube, engine))
            await until(lambda told=told: told.source.health().state == "ok")
            await told.close()


class Noting(LoopClock):
    """Notes how long is waited, and waits no longer than a moment."""

    def __init__(self) -> None:
        self.waited: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        await asyncio.sleep(0.001)


async def test_the_pauses_grow():
    async with FakeYouTube() as youtube:
        youtube.current = ""
        clock = Noting()
        timing = msgspec.structs.replace(QUICK, look_s=10.0, look_max_s=60.0)
        told = Reading(source(youtube, timing=timing, clock=clock))
        await until(lambda: len([each for each in clock.waited if each >= 5.0]) >= 7, "seven looks")
        await told.close()
        looks = [each for each in clock.waited if each >= 5.0]
        assert 5.0 <= looks[0] <= 15.0
        assert looks[0] < looks[2] < looks[5]
        assert all(each <= 70.0 for each in looks), "up to a longest pause"
        assert max(looks) >= 45.0


async def test_a_channel_is_followed_to_its_next_stream():
    async with FakeYouTube() as youtube, reading(youtube) as told:
        first = youtube.say("first evening")
        await until(lambda: told.ids == [first])
        youtube.end()
        youtube.current = ""
        await until(lambda: code(told) == "chat.youtube.next")
        youtube.begin("vid-mika_02")
        await until(lambda: told.source.health().state == "ok")
        assert told.source.health().notice.params["video"] == "vid-mika_02"
        second = youtube.say("second evening")
        await until(lambda: told.ids == [first, second])


async def test_a_video_is_not_followed():
    async with FakeYouTube() as youtube, reading(youtube, channel="vid-mika_01") as told:
        youtube.end()
        youtube.begin("vid-mika_02")
        await asyncio.wait_for(told.task, 20)
        assert code(told) == "chat.youtube.ended"


@pytest.mark.parametrize(
    ("state", "said"),
    [("private", "private"), ("members", "members_only"), ("age", "age"), ("robot", "rate_limited")],
)
async def test_what_cannot_be_read_now_is_said_and_asked_for_again(state, said):
    async with FakeYouTube() as youtube:
        youtube.video.state = state
        async with waiting(youtube, said, channel="vid-mika_01") as told:
            assert told.source.health().state == "broken"
            youtube.video.state = "live"
            await until(lambda: told.source.health().state == "ok")


async def test_a_chat_that_is_switched_off():
    async with FakeYouTube() as youtube:
        youtube.video.chat = False
        async with waiting(youtube, "chat_off") as told:
            assert told.source.health().notice.fix == "fix.youtube.chat_on"
            youtube.video.chat = True
            await until(lambda: told.source.health().state == "ok")
            youtube.video.chat = False
            await until(lambda: code(told) == "chat.youtube.chat_off")


@pytest.mark.parametrize(("state", "said"), [("ended", "over"), ("vod", "not_live"), ("gone", "no_video")])
async def test_a_video_that_will_not_begin_ends_the_reading(state, said):
    async with FakeYouTube() as youtube:
        youtube.video.state = state
        told = Reading(source(youtube, channel="vid-mika_01"))
        await asyncio.wait_for(told.task, 20)
        assert (told.source.health().state, code(told)) == ("broken", f"chat.youtube.{said}")
        assert sum(path.startswith("/watch") for path in youtube.pages) == 3
        await told.close()
        assert code(told) == f"chat.youtube.{said}", "it is still known why"


async def test_a_stream_that_is_hidden_when_it_is_over():
    async with FakeYouTube() as youtube, reading(youtube, channel="vid-mika_01") as told:
        youtube.video.state = "private"
        await asyncio.wait_for(told.task, 20)
        assert code(told) == "chat.youtube.ended"


async def test_a_channel_nobody_has():
    async with FakeYouTube() as youtube, waiting(youtube, "no_channel", channel="@nobody") as told:
        assert told.source.health().state == "broken"
        assert told.source.health().notice.params["channel"] == "@nobody"


async def test_a_watch_page_of_another_make_does_not_stop_the_engines():
    async with FakeYouTube() as youtube:
        youtube.video.state = "unreadable"
        told = Reading(source(youtube, channel="vid-mika_01"))
        await until(lambda: youtube.polls["pytchat"] > 0)
        youtube._watch = lambda video: "<html>new</html>"  # type: ignore[method-assign]
        youtube.video.state = "live"
        await until(lambda: told.source.health().state == "ok")
        await told.close()


def test_an_address_that_is_none_is_refused():
    async def make() -> None:
        from streamer.adapters.chat.youtube import YouTubeWeb

        YouTubeWeb("@mika", base_url="ftp://x")

    with pytest.raises(Misconfigured):
        asyncio.run(make())


@pytest.mark.parametrize(
    ("state", "channel", "expected"),
    [
        ("live", "@mika", (True, "Mika & friends", "chat.youtube.live")),
        ("upcoming", "vid-mika_01", (True, "Mika & friends", "chat.youtube.waiting")),
        ("ended", "vid-mika_01", (False, "Mika & friends", "chat.youtube.over")),
        ("members", "vid-mika_01", (False, "Mika & friends", "chat.youtube.members_only")),
        ("live", "@nobody", (False, "@nobody", "chat.youtube.no_channel")),
        ("live", "https://example.com/x", (False, "", "chat.youtube.not_a_channel")),
    ],
)
async def test_probe(state, channel, expected):
    async with FakeYouTube() as youtube:
        youtube.video.state = state
        assert await probe(channel, youtube.url) == expected


async def test_probe_of_a_channel_that_is_not_live_and_of_a_broken_site():
    async with FakeYouTube() as youtube:
        youtube.current = ""
        assert await probe("@mika", youtube.url) == (True, "Mika & friends", "chat.youtube.offline")
        youtube.page_faults.append("429")
        assert await probe("@mika", youtube.url) == (False, "@mika", "chat.youtube.rate_limited")
        youtube.consent = "always"
        assert (await probe("@mika", youtube.url))[2] == "chat.youtube.consent"
        url = youtube.url
    assert (await probe("@mika", url))[2] == "chat.youtube.unreachable"
