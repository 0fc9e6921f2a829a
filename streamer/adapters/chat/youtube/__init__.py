"""Reading a YouTube live chat without any account: only a channel, or the link of a stream.

`wanted` is what was typed, `pages` what YouTube's pages say, `resolve` the way from one to the other; `pytchat_engine`
and `innertube` poll a chat, `relay` lets one take over from the other, `source` is the ChatSource.
"""

from streamer.adapters.chat.youtube.relay import Timing
from streamer.adapters.chat.youtube.resolve import probe
from streamer.adapters.chat.youtube.settings import YouTubeChat
from streamer.adapters.chat.youtube.source import YouTubeWeb
from streamer.adapters.chat.youtube.wanted import URL, Wanted, wanted
from streamer.adapters.chat.youtube.words import fix_of

__all__ = ["URL", "Timing", "Wanted", "YouTubeChat", "YouTubeWeb", "fix_of", "probe", "wanted"]
