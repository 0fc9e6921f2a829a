"""What people type as a channel, and a real join to see whether it is there."""

import pytest

from streamer.app.setup.channel import read_channel, try_channel
from tests.fakes.twitch_irc import FakeTwitchIrc
from tests.fakes.youtube_web import FakeYouTube


@pytest.mark.parametrize(
    "text",
    ["mika_live", "#mika_live", " twitch.tv/mika_live ", "https://www.twitch.tv/Mika_live?x=1#y",
     "http://m.twitch.tv/mika_live/", "https://dashboard.twitch.tv/u/mika_live/stream-manager",
     "https://www.twitch.tv/popout/mika_live/chat?popout=", "https://www.twitch.tv/moderator/mika_live",
     "https://player.twitch.tv/?channel=mika_live&parent=x", "https://www.twitch.tv/mika_live/videos",
     "<https://twitch.tv/mika_live>", "https://www.twitch.tv/embed/mika_live/chat"],
)  # fmt: skip
def test_a_twitch_channel_in_all_its_forms(text: str) -> None:
    found = read_channel(text)
    assert (found.platform, found.name, found.notice) == ("twitch", "mika_live", None)


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "channel_empty"), ("   ", "channel_empty"), ("two words", "channel_name"), ("ミカ", "channel_name"),
     ("a" * 26, "channel_name"), ("https://example.org/mika", "channel_address"), ("twitch.tv", "channel_address"),
     ("https://www.twitch.tv/directory/game", "channel_address"), ("twitch.tv/mi-ka", "channel_address"),
     ("youtube.com/feed/subscriptions", "youtube_none"), ("https://youtu.be/", "youtube_none"), ("@", "youtube_none"),
     ("kick.com/mika", "channel_platform"), ("ftp://x", "channel_address"), ("\x00\r\nJOIN #x", "channel_name")],
)  # fmt: skip
def test_what_is_none_is_said(text: str, code: str) -> None:
    found = read_channel(text)
    assert (found.name, found.notice.code) == ("", code)


async def test_a_channel_that_is_there() -> None:
    async with FakeTwitchIrc("mika_live") as twitch:
        tried = await try_channel("twitch.tv/Mika_Live", twitch.url, limit_s=30)
        assert (tried.ok, tried.platform, tried.name, tried.notice) == (True, "twitch", "mika_live", None)
        assert twitch.violations == []


@pytest.mark.slow
async def test_a_channel_nobody_has() -> None:
    async with FakeTwitchIrc("mika_live") as twitch:
        tried = await try_channel("nobody_here", twitch.url, limit_s=30)
    assert (tried.ok, tried.notice.code, tried.notice.params) == (False, "no_such_channel", {"channel": "nobody_here"})


async def test_no_connection() -> None:
    assert (await try_channel("mika", "ws://127.0.0.1:9/", limit_s=0.5)).notice.code == "chat_unreachable"
    assert (await try_channel("mika", "http://x/", limit_s=0.5)).notice.code == "chat_unreachable"
    async with FakeTwitchIrc("mika") as twitch:
        twitch.silent = True
        assert (await try_channel("mika", twitch.url, limit_s=0.5)).notice.code == "chat_unreachable"


async def test_a_server_that_refuses() -> None:
    async with FakeTwitchIrc("mika") as twitch:
        twitch.refuse_login = True
        assert (await try_channel("mika", twitch.url, limit_s=30)).notice.code == "chat_refused"


@pytest.mark.parametrize(
    "text",
    ["https://www.youtube.com/@mika/live", "@mika", "@mika-live", "https://m.youtube.com/watch?v=abcdefghijk",
     "youtu.be/abcdefghijk", "UCabcdefghijklmnopqrstuv", "https://studio.youtube.com/video/abcdefghijk/livestreaming"],
)  # fmt: skip
def test_a_youtube_channel_or_stream_in_all_its_forms(text: str) -> None:
    found = read_channel(f" {text} ")
    assert (found.platform, found.name, found.notice) == ("youtube", text, None)


async def test_youtube_is_looked_up() -> None:
    async with FakeYouTube() as youtube:
        tried = await try_channel(youtube.handle, youtube_url=youtube.url)
        assert (tried.ok, tried.platform, tried.notice) == (True, "youtube", None)
        assert tried.name
        nobody = await try_channel("@nobody-here", youtube_url=youtube.url)
        assert (nobody.ok, nobody.notice.code) == (False, "youtube_none")
    away = await try_channel("@mika", youtube_url="http://127.0.0.1:9")
    assert (away.ok, away.notice.code) == (False, "youtube_away")


async def test_nonsense_is_never_joined() -> None:
    tried = await try_channel("https://example.org/x", "ws://127.0.0.1:9/")
    assert (tried.ok, tried.platform, tried.notice.code) == (False, "", "channel_address")
