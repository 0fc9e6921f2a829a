"""Anonymous reading of a Twitch chat: IRC over WebSocket, no account, only a channel name.

`irc` is the grammar, `rows` what Twitch means by it, `session` the protocol without sockets or clocks, `client` the
socket.
"""

from streamer.adapters.chat.twitch_irc.client import TwitchIrc
from streamer.adapters.chat.twitch_irc.session import URL, Timing, channel_name
from streamer.adapters.chat.twitch_irc.settings import TwitchChat

__all__ = ["URL", "Timing", "TwitchChat", "TwitchIrc", "channel_name"]
