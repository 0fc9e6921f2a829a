"""Signed-in reading and writing of a Twitch chat: EventSub over WebSocket and Helix, carried by TwitchIO.

`wanted` says what to subscribe to, `line` keeps it alive (`heal` knows what a failure means), `rows` reads events from
the JSON as it came, `source` is the port, `writer` the other direction. `helix` and `wire` are all that knows TwitchIO.
"""

from streamer.adapters.chat.twitch_eventsub.heal import Timing
from streamer.adapters.chat.twitch_eventsub.source import TwitchEventSub
from streamer.adapters.chat.twitch_eventsub.wire import Limits
from streamer.adapters.chat.twitch_eventsub.writer import TwitchWriter

__all__ = ["Limits", "Timing", "TwitchEventSub", "TwitchWriter"]
