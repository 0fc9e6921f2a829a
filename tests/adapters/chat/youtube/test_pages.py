"""What is read out of YouTube's pages, whatever they hold."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.adapters.chat.youtube.pages import chat_page, found_in, next_of
from streamer.adapters.chat.youtube.trouble import Trouble, of_status
from streamer.adapters.chat.youtube.web import server_time
from tests.fakes.youtube_web import FakeYouTube, Video


def watch(player: Any, data: Any = None, head: str = "") -> str:
    return (
        f"<html>{head}<script>var ytInitialPlayerResponse = {json.dumps(player)};</script>"
        f"<script>var ytInitialData = {json.dumps(data or {})};</script></html>"
    )


def test_braces_and_script_ends_inside_text_do_not_matter():
    player = {"playabilityStatus": {"status": "OK"}, "videoDetails": {
        "videoId": "vid-mika_01", "author": 'M"i}k{a; </b> ytInitialData = {', "isLive": True}}  # fmt: skip
    found = found_in(watch(player))
    assert (found.state, found.video, found.channel) == ("live", "vid-mika_01", 'M"i}k{a; </b> ytInitialData = {')


@pytest.mark.parametrize(
    ("status", "details", "state"),
    [
        ({"status": "OK"}, {"isLive": True}, "live"),
        ({"status": "OK"}, {"isLiveContent": True}, "ended"),
        ({"status": "OK"}, {"isLiveContent": False}, "not_live"),
        ({"status": "LIVE_STREAM_OFFLINE"}, {"isUpcoming": True}, "upcoming"),
        ({"status": "LIVE_STREAM_OFFLINE"}, {"isLiveContent": True}, "ended"),
        ({"status": "AGE_CHECK_REQUIRED"}, {}, "age"),
        ({"status": "ERROR", "reason": "This video isn't available anymore"}, None, "no_video"),
        ({"status": "LOGIN_REQUIRED", "messages": ["This is a private video. Please sign in"]}, {}, "private"),
        ({"status": "UNPLAYABLE", "errorScreen": {"playerLegacyDesktopYpcOfferRenderer": {}}}, {}, "members_only"),
    ],
)
def test_states(status, details, state):
    player = {"playabilityStatus": status} | ({"videoDetails": details} if details is not None else {})
    assert found_in(watch(player), "vid-mika_01").state == state


def test_a_premiere_waits_and_says_when():
    fake = FakeYouTube()
    found = found_in(fake._watch(Video("vid-mika_01", "upcoming", starts_at=1_900_000_000.0)))
    assert (found.state, found.starts_at, found.title) == ("upcoming", 1_900_000_000.0, "Evening {show};")


@pytest.mark.parametrize(
    ("page", "code"),
    [
        ("<html>nothing</html>", "changed"), ("", "changed"),
        ('<form action="https://consent.youtube.com/save" method="POST">', "consent"),
        ("<html>Our systems have detected unusual traffic from your network</html>", "rate_limited"),
        ("<script>var ytInitialPlayerResponse = {broken", "changed"),
    ],
)  # fmt: skip
def test_pages_that_are_something_else(page, code):
    for reader in (found_in, chat_page):
        with pytest.raises(Trouble) as trouble:
            reader(page)
        assert trouble.value.code == code


def test_the_chat_page():
    fake = FakeYouTube()
    page = chat_page(fake._chat_page(fake.video, menu=True))
    assert (page.key, page.visitor) == ("fake-key", "visitor")
    assert page.all_chat
    assert page.all_chat != page.top_chat
    assert chat_page(fake._chat_page(fake.video, menu=False)).all_chat == ""
    fake.video.chat = False
    with pytest.raises(Trouble, match="chat_off"):
        chat_page(fake._chat_page(fake.video, menu=True))
    with pytest.raises(Trouble, match="over"):
        chat_page(fake._chat_page(None, menu=True))


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        ({"invalidationContinuationData": {"timeoutMs": 2_500, "continuation": "a"}}, ("a", 2.5)),
        ({"timedContinuationData": {"timeoutMs": "750", "continuation": "b"}}, ("b", 0.75)),
        ({"reloadContinuationData": {"continuation": "c"}}, ("c", 5.0)),
        ({"newContinuationData": {"timeoutMs": 0, "continuation": "d"}}, ("d", 0.0)),
        ({"playerSeekContinuationData": {"playerOffsetMs": "1", "continuation": "e"}}, ("", 0.0)),
        ({}, ("", 0.0)), (None, ("", 0.0)),
    ],
)  # fmt: skip
def test_continuations(first, expected):
    assert next_of({"continuations": [first]}) == expected


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([
        "videoDetails", "playabilityStatus", "status", "reason", "messages", "microformat", "contents", "videoId",
        "playerMicroformatRenderer", "liveBroadcastDetails", "isLiveNow", "endTimestamp", "startTimestamp",
        "liveChatRenderer", "continuations", "reloadContinuationData", "continuation", "header", "author",
    ]), inner, max_size=4), max_leaves=20,
)  # fmt: skip


@given(VALUES, VALUES, st.sampled_from(["", "vid-mika_01"]))
def test_any_page_is_understood_or_trouble(player, data, video):
    page = watch(player, data) + f"<script>ytcfg.set({json.dumps(data)});</script>"
    for read in (lambda: found_in(page, video), lambda: chat_page(page)):
        try:
            read()
        except Trouble:
            continue


@given(st.text(max_size=200) | st.text(max_size=40).map(lambda text: f"ytInitialPlayerResponse = {{{text}"))
def test_any_text_is_understood_or_trouble(page):
    for read in (lambda: found_in(page), lambda: chat_page(page)):
        try:
            read()
        except Trouble:
            continue


def test_statuses():
    assert of_status(200) is None
    assert of_status(404) is None
    told = [of_status(status, after) for status, after in ((429, "30"), (403, ""), (503, "x"), (429, "99999"))]
    assert [(trouble.code, trouble.retry_after_s) for trouble in told if trouble] == [
        ("rate_limited", 30.0), ("refused", 0.0), ("unreachable", 0.0), ("rate_limited", 600.0),
    ]  # fmt: skip


def test_server_time():
    assert server_time("Sat, 21 Nov 2026 20:00:00 GMT") == 1_795_291_200.0
    assert server_time("yesterday") == server_time("") == 0.0
