"""Which chats are read, and by which way."""

from typing import Any

import pytest

from streamer.adapters.chat.streamerbot.client import StreamerBot
from streamer.adapters.chat.twitch_eventsub.source import TwitchEventSub
from streamer.adapters.chat.twitch_irc.client import TwitchIrc
from streamer.adapters.chat.youtube.api.source import YouTubeApi
from streamer.adapters.chat.youtube.settings import YouTubeChat
from streamer.adapters.chat.youtube.source import YouTubeWeb
from streamer.app.again import Again
from streamer.app.channels import chat_keys, open_chats, video_of
from streamer.app.demo import AudienceChat
from streamer.app.settings import Settings
from streamer.app.spare import Spared
from streamer.ports import Account, Misconfigured, Unavailable
from tests.fakes.youtube_web import FakeYouTube

TWITCH = {"channel": "mika_live", "client_id": "client"}


class Signed:
    """Accounts by `service.role`."""

    def __init__(self, **logins: str) -> None:
        self.logins = logins

    def get(self, service: Any, role: Any) -> Account | None:
        login = self.logins.get(f"{service}_{role}")
        return Person(service, role, login) if login else None


class Person:
    def __init__(self, service: Any, role: Any, login: str) -> None:
        self.service, self.role, self.login = service, role, login
        self.user_id = f"id-{login}"
        self.scopes = frozenset({"user:read:chat"})

    async def token(self) -> str:
        return "token"

    async def refused(self, token: str) -> None:
        pass


def settings(**chat: Any) -> Settings:
    return Settings.model_validate({"chat": chat})


def opened(signed: Signed | None = None, **chat: Any) -> list[Any]:
    sources, broken = open_chats(settings(**chat), [], 1, signed)
    assert not broken, broken
    return sources


def test_without_any_the_audience_of_the_demo_writes() -> None:
    assert [type(each) for each in opened()] == [AudienceChat]
    assert [type(each) for each in opened(twitch={"client_id": "x"}, youtube={"read": "web"})] == [AudienceChat]


def test_as_a_guest_while_nobody_is_signed_in() -> None:
    for signed in (None, Signed(youtube_broadcaster="mika")):
        assert [type(each) for each in opened(signed, twitch=TWITCH)] == [TwitchIrc]
    [irc] = opened(Signed(twitch_bot="bot"), twitch={**TWITCH, "read": "irc"})
    assert isinstance(irc, TwitchIrc)
    [irc] = opened(Signed(twitch_bot="bot"), twitch={"channel": "mika_live"})
    assert isinstance(irc, TwitchIrc), "an account without a client id is of no use"


@pytest.mark.parametrize("role", ["twitch_bot", "twitch_broadcaster"])
def test_signed_in_the_guest_reads_beside(role: str) -> None:
    [both] = opened(Signed(**{role: "bot"}), twitch=TWITCH)
    assert isinstance(both, Spared)
    assert isinstance(both.first, TwitchEventSub)
    [alone] = opened(Signed(**{role: "bot"}), twitch={**TWITCH, "read": "eventsub"})
    assert isinstance(alone, TwitchEventSub)


def test_what_needs_a_sign_in_says_so_and_the_others_are_read() -> None:
    wanted = settings(
        twitch={**TWITCH, "read": "eventsub"}, youtube={"channel": "@mika", "read": "api"}, streamerbot={}
    )
    sources, broken = open_chats(wanted, [], 1)
    assert [type(each) for each in sources] == [StreamerBot]
    assert [(each.part, each.state, each.notice.fix) for each in broken] == [
        ("chat.twitch", "broken", "fix.sign_in"),
        ("chat.youtube", "broken", "fix.youtube.key"),
    ]


def test_youtube_by_its_page_by_a_key_or_by_an_account() -> None:
    assert [type(each) for each in opened(youtube={"channel": "@mika"})] == [YouTubeWeb]
    [followed] = opened(youtube={"channel": "@mika", "api_key": "key-1"})
    assert isinstance(followed, Again), "a channel's next stream is read too"
    [one] = opened(Signed(youtube_broadcaster="mika"), youtube={"channel": "https://youtu.be/abcdefghijk"})
    assert isinstance(one, YouTubeApi)
    [page] = opened(Signed(youtube_broadcaster="mika"), youtube={"channel": "@mika", "read": "web"})
    assert isinstance(page, YouTubeWeb)


def test_all_at_once() -> None:
    signed = Signed(twitch_bot="bot")
    found = opened(signed, twitch=TWITCH, youtube={"channel": "@mika"}, streamerbot={"password": "x"})
    assert [each.name for each in found] == ["chat.twitch", "chat.youtube", "chat.streamerbot"]
    wanted = settings(twitch=TWITCH, youtube={"channel": "@mika"}, streamerbot={})
    assert wanted.places == ["twitch.tv/mika_live", "YouTube @mika", "Streamer.bot"]


def test_chats_are_opened_again_only_for_what_changes_how_they_are_read() -> None:
    wanted, nobody = settings(twitch=TWITCH), Signed()
    key = chat_keys(wanted, nobody)
    assert key == chat_keys(settings(twitch=TWITCH), Signed())
    assert key == chat_keys(settings(twitch=TWITCH, write={"answers": True}, bots=["x"]), nobody)
    assert key != chat_keys(wanted, Signed(twitch_bot="bot"))
    assert key != chat_keys(settings(twitch={**TWITCH, "read": "irc"}), nobody)
    with_bot = settings(twitch=TWITCH, streamerbot={})
    assert key != chat_keys(with_bot, nobody)
    acting = settings(twitch=TWITCH, streamerbot={"do": [{"on": "line", "action": "Wave"}]})
    assert chat_keys(with_bot, nobody) == chat_keys(acting, nobody)


async def test_the_stream_behind_a_channel() -> None:
    async with FakeYouTube() as youtube:
        part = YouTubeChat(channel="@mika", base_url=youtube.url)
        assert await video_of(part) == youtube.current
        youtube.current = ""
        with pytest.raises(Unavailable):
            await video_of(part)
        with pytest.raises(Misconfigured):
            await video_of(YouTubeChat(channel="@nobody-here", base_url=youtube.url))
    with pytest.raises(Unavailable):
        await video_of(part)
    named = YouTubeChat(channel="https://youtu.be/abcdefghijk", base_url="http://127.0.0.1:9")
    assert await video_of(named) == "abcdefghijk", "a video that was named needs no page"
