"""What people write under `chat.twitch` for the signed-in source."""

import pytest
from pydantic import ValidationError

from streamer.adapters.chat.twitch_eventsub.source import API_URL, AUTH_URL, EVENTSUB_URL
from streamer.adapters.chat.twitch_eventsub.wanted import ALERTS
from streamer.adapters.chat.twitch_irc import TwitchChat


def test_defaults_are_the_sources_own():
    """No vendor knows another, so both write the addresses down."""
    chat = TwitchChat()
    assert (chat.api_url, chat.auth_url, chat.eventsub_url) == (API_URL, AUTH_URL, EVENTSUB_URL)
    assert (set(chat.alerts), chat.read, chat.client_id) == (ALERTS, "auto", "")


def test_own_servers():
    chat = TwitchChat(api_url="http://localhost:1/helix/", eventsub_url="ws://localhost:1/ws")
    assert (chat.api_url, chat.eventsub_url) == ("http://localhost:1/helix", "ws://localhost:1/ws")


@pytest.mark.parametrize(
    "wrong",
    [
        {"api_url": "localhost"},
        {"api_url": "ws://localhost"},
        {"auth_url": ""},
        {"eventsub_url": "https://x"},
        {"read": "eventsubs"},
        {"alerts": ["raids"]},
    ],
)
def test_mistakes(wrong):
    with pytest.raises(ValidationError):
        TwitchChat(**wrong)
