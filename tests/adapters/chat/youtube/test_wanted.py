"""What somebody types as a YouTube channel or stream."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.adapters.chat.youtube import YouTubeChat, YouTubeWeb, wanted
from streamer.ports import Misconfigured

ID = "UCmikaaaaaaaaaaaaaaaaaaa"


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("@mika", "/@mika"), (" @Mika.Live-2 ", "/@Mika.Live-2"), ("@ミカ放送", "/@ミカ放送"), ("mika", "/@mika"),
        (ID, f"/channel/{ID}"), ("https://www.youtube.com/@mika", "/@mika"), ("youtube.com/@mika/live", "/@mika"),
        ("https://m.youtube.com/@mika?si=x", "/@mika"),
        (f"https://www.youtube.com/channel/{ID}/videos", f"/channel/{ID}"),
        ("https://www.youtube.com/c/MikaLive", "/c/MikaLive"), ("https://www.youtube.com/user/mika", "/user/mika"),
        ("https://www.youtube.com/MikaLive", "/MikaLive"), ("<https://youtube.com/@mika>", "/@mika"),
        ("https://www.youtube.com/@%E3%83%9F%E3%82%AB", "/@ミカ"), ("mirellelive", "/@mirellelive"),
        (f"https://studio.youtube.com/channel/{ID}/livestreaming", f"/channel/{ID}"),
    ],
)  # fmt: skip
def test_channels(typed, path):
    found = wanted(typed)
    assert (found.kind, found.path) == ("channel", path)


@pytest.mark.parametrize(
    "typed",
    [
        "dQw4w9WgXcQ", "https://www.youtube.com/watch?v=dQw4w9WgXcQ", "https://youtu.be/dQw4w9WgXcQ?si=abc&t=3",
        "https://www.youtube.com/live/dQw4w9WgXcQ?feature=share", "youtube.com/embed/dQw4w9WgXcQ",
        "https://studio.youtube.com/video/dQw4w9WgXcQ/livestreaming", "https://www.youtube.com/shorts/dQw4w9WgXcQ",
        "https://www.youtube.com/live_chat?is_popout=1&v=dQw4w9WgXcQ", "http://m.youtube.com/watch?app=m&v=dQw4w9WgXcQ",
        "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ", "www.youtube.com/watch?v=dQw4w9WgXcQ",
    ],
)  # fmt: skip
def test_videos(typed):
    found = wanted(typed)
    assert (found.kind, found.video) == ("video", "dQw4w9WgXcQ")


@pytest.mark.parametrize(
    "typed",
    [
        "", "  ", "@", "two words", "https://twitch.tv/mika", "https://youtube.com", "https://youtube.com/watch?v=short",
        "https://youtube.com.evil.example/@mika", "ftp://youtube.com/@mika", "https://youtube.com/playlist?list=x",
        "https://youtube.com/feed/subscriptions", "@a/../b", "https://[::1", "@" + "x" * 100, "https://youtu.be/",
    ],
)  # fmt: skip
def test_what_is_none(typed):
    with pytest.raises(Misconfigured) as wrong:
        wanted(typed)
    assert wrong.value.fix


def test_links_to_another_server_that_is_set():
    assert wanted("http://127.0.0.1:9/@mika", "http://127.0.0.1:9").path == "/@mika"
    with pytest.raises(Misconfigured):
        wanted("http://127.0.0.1:8/@mika", "http://127.0.0.1:9")


@given(st.text(max_size=60) | st.from_regex(r"(https?://)?(www\.)?youtube\.com/[^\s]{0,30}", fullmatch=True))
def test_anything_is_understood_or_refused(typed):
    try:
        found = wanted(typed)
    except Misconfigured:
        return
    assert found.path.startswith("/") or found.video


async def test_settings():
    chat = YouTubeChat(channel="youtube.com/@mika", engine="innertube", base_url="https://www.youtube.com/")
    source = chat.open()
    assert isinstance(source, YouTubeWeb)
    assert source.health().state == "off"
    assert chat.base_url == "https://www.youtube.com"
    assert YouTubeChat().channel == ""


@pytest.mark.parametrize(
    "fields", [{"channel": "two words"}, {"base_url": "nowhere"}, {"api_url": "ftp://x"}, {"engine": "magic"}]
)
def test_settings_that_cannot_work(fields):
    with pytest.raises(ValueError):
        YouTubeChat(**fields)
