"""What becomes of the host's sound: whether somebody speaks, when a turn is over, and what was said in it."""

from streamer.hearing.ear import Ear
from streamer.hearing.limits import EarLimits
from streamer.hearing.turn import Turn

__all__ = ["Ear", "EarLimits", "Turn"]
