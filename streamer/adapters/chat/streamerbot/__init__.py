"""Streamer.bot beside us: its WebSocket server as a source of events and as a target that runs actions.

`protocol` is its request protocol without sockets or clocks, `fields`, `twitch`, `youtube` and `rows` what its events
mean, `client` the socket. Source: docs.streamer.bot "WebSocket Server" (guide, requests, events).
"""

from streamer.adapters.chat.streamerbot.client import StreamerBot
from streamer.adapters.chat.streamerbot.protocol import URL, Timing
from streamer.adapters.chat.streamerbot.settings import ActionRule, StreamerBotChat

__all__ = ["URL", "ActionRule", "StreamerBot", "StreamerBotChat", "Timing"]
