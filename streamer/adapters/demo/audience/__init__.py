"""A synthetic audience: chat rows as they would come from real channels, made from a seed.

Arrivals are a Hawkes process (each message draws others for a few seconds) with hype pulses; viewers have habits,
languages and roles; moderators delete, raids and gift storms happen. The rows are those of a chat log, so the demo, the
rehearsal and the tests read one format.
"""

from streamer.adapters.demo.audience._crowd import DEMO, HOUR, Room, Row, audience, show_rows

__all__ = ["DEMO", "HOUR", "Room", "Row", "audience", "show_rows"]
