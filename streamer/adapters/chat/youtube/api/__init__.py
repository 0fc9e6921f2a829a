"""YouTube's live chat by the official API (YouTube Data API v3): reading with a key or an account, writing with one.

`stream` reads the never-ending array, `rows` what the messages mean, `reader` follows one chat, `pairing` matches what
a second reader sees, `source` is the ChatSource, `writer` the ChatWriter. Nothing of it was tried on the live service:
formats come from Google's documentation and are marked where they are unsure.
"""

from streamer.adapters.chat.youtube.api.calls import URL
from streamer.adapters.chat.youtube.api.quota import Quota
from streamer.adapters.chat.youtube.api.source import Resolve, YouTubeApi
from streamer.adapters.chat.youtube.api.timing import Timing
from streamer.adapters.chat.youtube.api.writer import YouTubeWriter

__all__ = ["URL", "Quota", "Resolve", "Timing", "YouTubeApi", "YouTubeWriter"]
