"""Secrets of what is told outward: from the environment, else from what the system's keyring keeps for the address."""

from streamer.adapters.chat.streamerbot.settings import StreamerBotChat
from streamer.app.outward.settings import Webhook
from streamer.app.settings import secret
from streamer.app.setup.secrets import name_for

WEBHOOK_KEY = "SHOWRUNNER_CHAT__WEBHOOKS__SECRET"
"""In the keyring, with the receiver's address: `name_for`. In the environment the place in the list is part of the
name: `SHOWRUNNER_CHAT__WEBHOOKS__0__SECRET`."""
STREAMERBOT_KEY = "SHOWRUNNER_CHAT__STREAMERBOT__PASSWORD"


def keyed_webhook(hook: Webhook) -> Webhook:
    """The webhook with its secret, when the settings hold none."""
    if hook.secret.get_secret_value():
        return hook
    kept = secret(name_for(WEBHOOK_KEY, hook.url))
    return hook.model_copy(update={"secret": kept}) if kept.get_secret_value() else hook


def keyed_bot(part: StreamerBotChat) -> StreamerBotChat:
    """Streamer.bot with its password, when the settings hold none."""
    if part.password.get_secret_value():
        return part
    kept = secret(name_for(STREAMERBOT_KEY, part.url))
    return part.model_copy(update={"password": kept}) if kept.get_secret_value() else part
