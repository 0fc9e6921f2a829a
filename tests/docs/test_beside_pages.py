"""docs/webhooks.md and docs/streamer-bot.md say what the code does."""

import re
import time
from pathlib import Path
from typing import Any, get_args

from ruamel.yaml import YAML

from streamer.adapters.chat.streamerbot.settings import On, StreamerBotChat
from streamer.app.outward.settings import Kind, Webhook
from streamer.app.outward.told import Told
from streamer.app.outward.webhooks import encoded, signature

DOCS = Path(__file__).resolve().parents[2] / "docs"
WEBHOOKS = (DOCS / "webhooks.md").read_text(encoding="utf-8")
STREAMER_BOT = (DOCS / "streamer-bot.md").read_text(encoding="utf-8")


def named(page: str) -> set[str]:
    """What the first column of its tables names."""
    return {
        name for row in re.findall(r"^\| (`.*?) \|", page, flags=re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
    }


def block(page: str, language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", page, flags=re.DOTALL)
    assert found is not None
    return found[1]


def test_every_event_is_described() -> None:
    assert set(get_args(Kind)) <= named(WEBHOOKS)
    assert set(get_args(On)) <= named(STREAMER_BOT)


def test_the_settings_on_the_pages_can_be_used() -> None:
    chat = YAML(typ="safe").load(block(WEBHOOKS, "yaml"))["chat"]
    assert [Webhook.model_validate(each).on for each in chat["webhooks"]] == [["line_started", "line_ended", "alert"]]
    chat = YAML(typ="safe").load(block(STREAMER_BOT, "yaml"))["chat"]
    assert [each.wanted for each in StreamerBotChat.model_validate(chat["streamerbot"]).do] == ["joy", "raid", "mika"]


def test_the_check_of_the_signature_works() -> None:
    names: dict[str, Any] = {}
    exec(block(WEBHOOKS, "python"), names)  # noqa: S102 - our own page
    body, now = encoded(Told("e1", "stop", 1.0, {})), int(time.time())
    assert names["is_ours"]("k", signature("k", body, now), body)
    assert not names["is_ours"]("k", signature("wrong", body, now), body)
    assert not names["is_ours"]("k", signature("k", body, now - 1_000), body)
