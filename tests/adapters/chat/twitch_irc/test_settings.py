"""What people write under `chat.twitch`."""

import pytest
from pydantic import ValidationError

from streamer.adapters.chat.twitch_irc import URL, TwitchChat, TwitchIrc


def test_opens_the_source():
    source = TwitchChat(channel="https://twitch.tv/Mika_Live").open()
    assert isinstance(source, TwitchIrc)
    assert (source.channel, source._url) == ("mika_live", URL)


def test_own_server():
    source = TwitchChat(channel="mika", irc_url="ws://localhost:1").open()
    assert isinstance(source, TwitchIrc)
    assert source._url == "ws://localhost:1"


@pytest.mark.parametrize("wrong", [{"channel": "mi ka"}, {"channel": "mika", "irc": 1}, {"channel": ""}])
def test_mistakes(wrong):
    with pytest.raises(ValidationError):
        TwitchChat(**wrong)


def test_a_server_may_be_named_before_the_channel():
    assert TwitchChat(irc_url="ws://localhost:1").channel == ""
