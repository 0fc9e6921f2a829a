"""Least scopes, a sentence for each, and what a sign-in there is lacks."""

import pytest

from streamer.adapters.chat.twitch_irc.settings import Alert
from streamer.app.signin.scopes import ALERTS, PIECES, allowed, missing, roles_of, scopes_for, wanted_of
from streamer.texts import LANGUAGES, texts


def test_the_bot_reads_and_nothing_else_unless_asked() -> None:
    assert scopes_for("twitch", "bot", ()) == ("user:read:chat",)
    assert scopes_for("twitch", "bot", ("write",)) == ("user:read:chat", "user:write:chat")
    assert scopes_for("twitch", "bot", ("follows", "ads")) == ("user:read:chat",)  # those are the broadcaster's


def test_the_broadcaster_adds_what_is_switched_on() -> None:
    assert scopes_for("twitch", "broadcaster", wanted_of("broadcaster", ["follows", "subs"])) == (
        "user:read:chat", "moderator:read:followers",
    )  # fmt: skip
    assert wanted_of("bot", ["follows", "ads"]) == ()


def test_what_is_missing_is_named() -> None:
    have = ("user:read:chat", "channel:read:polls")
    assert missing("twitch", "broadcaster", ("polls", "follows"), have) == ("follows",)
    assert missing("twitch", "bot", (), ()) == ("read",)
    assert allowed("twitch", have) == ("read", "polls")
    assert allowed("twitch", ("channel:manage:redemptions",)) == ("redemptions",)  # managing is more


def test_youtube_has_one_permission_for_one_account() -> None:
    assert roles_of("youtube") == ("broadcaster",)
    assert scopes_for("youtube", "broadcaster", ()) == ("https://www.googleapis.com/auth/youtube",)


def test_every_alert_that_needs_a_scope_is_a_setting() -> None:
    assert set(ALERTS) <= set(Alert.__args__)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_piece_has_its_sentence(language: str) -> None:
    table = texts(language)
    sentences = [table[f"signin.allow.{each.service}.{each.name}"] for each in PIECES]
    assert len(set(sentences)) == len(PIECES)
