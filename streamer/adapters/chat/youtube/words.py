"""What is said of a chat that is not read, and what helps: codes of `texts`."""

from typing import Final

from streamer.adapters.chat.youtube.pages import State
from streamer.ports import HealthState

PREFIX: Final = "chat.youtube."
_FIXES: Final = {
    "no_channel": "fix.youtube.channel", "no_video": "fix.youtube.channel", "not_live": "fix.youtube.channel",
    "over": "fix.youtube.channel", "not_a_channel": "fix.youtube.channel", "members_only": "fix.youtube.public",
    "age": "fix.youtube.public", "private": "fix.youtube.public", "chat_off": "fix.youtube.chat_on",
    "unreachable": "fix.check_network", "consent": "fix.youtube.other_way", "changed": "fix.youtube.other_way",
    "refused": "fix.youtube.other_way", "rate_limited": "fix.youtube.wait",
}  # fmt: skip
_CODES: Final[dict[State, str]] = {"upcoming": "waiting", "ended": "over", "unknown": "live"}
_WAITS: Final = frozenset({"waiting", "offline", "next", "live"})


def code_of(state: State) -> str:
    """The last part of the code that says it."""
    return _CODES.get(state, state)


def fix_of(code: str) -> str:
    """What helps, for a code with or without its prefix; empty where nothing needs to be done."""
    return _FIXES.get(code.removeprefix(PREFIX), "")


def level_of(code: str) -> HealthState:
    """Waiting for a stream is no fault."""
    return "starting" if code in _WAITS else "broken"
