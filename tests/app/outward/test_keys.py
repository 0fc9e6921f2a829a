"""Where the secrets of what is told outward come from."""

from typing import Any

import pytest

from streamer.adapters.chat.streamerbot import StreamerBotChat
from streamer.app.outward.keys import STREAMERBOT_KEY, WEBHOOK_KEY, keyed_bot, keyed_webhook
from streamer.app.outward.settings import Webhook
from streamer.app.settings import Folders, read_settings
from streamer.app.setup.secrets import KEYS, name_for


def test_the_keyring_gives_what_the_settings_lack(monkeypatch: pytest.MonkeyPatch) -> None:
    hook, bot = Webhook(url="http://10.0.0.5:9000/a"), StreamerBotChat()
    kept = {name_for(WEBHOOK_KEY, hook.url): "from the ring", name_for(STREAMERBOT_KEY, bot.url): "ring too"}
    monkeypatch.setattr(KEYS, "get", lambda name: kept.get(name, ""))
    assert keyed_webhook(hook).secret.get_secret_value() == "from the ring"
    assert keyed_bot(bot).password.get_secret_value() == "ring too"
    other = Webhook(url="http://10.0.0.6:9000/a")
    assert keyed_webhook(other) == other, "a secret goes to the address it was given for"
    own = Webhook.model_validate({"url": hook.url, "secret": "own"})
    assert keyed_webhook(own) is own


def test_the_environment_gives_each_its_own(tmp_path: Any) -> None:
    file = tmp_path / "streamer.yaml"
    file.write_text(
        "chat:\n  webhooks:\n    - {url: http://127.0.0.1:1/a}\n    - {url: http://127.0.0.1:1/b}\n  streamerbot: {}\n",
        encoding="utf-8",
    )
    folders = Folders(tmp_path / "shipped", tmp_path / "home", tmp_path / "state")
    environment = {
        "SHOWRUNNER_CHAT__WEBHOOKS__1__SECRET": "second",
        "SHOWRUNNER_CHAT__STREAMERBOT__PASSWORD": "pw",
    }
    chat = read_settings(folders, file, environment=environment).chat
    assert [each.secret.get_secret_value() for each in chat.webhooks] == ["", "second"]
    assert chat.streamerbot is not None
    assert chat.streamerbot.password.get_secret_value() == "pw"
