"""How the source is, in a code and its fix. Values in, values out."""

from collections.abc import Mapping

import msgspec

from streamer.adapters.chat.twitch_eventsub.heal import Kind
from streamer.adapters.chat.twitch_eventsub.wanted import Off, Want
from streamer.ports import Health, HealthState, Notice

_PATIENCE = 3
"""Failures in a row after which `connecting` becomes `unreachable`."""

Judgement = tuple[HealthState, str, str]


class State(msgspec.Struct, frozen=True, kw_only=True):
    channel: str
    reading: bool
    closed: bool
    no_channel: bool
    signed_out: bool
    wants: tuple[Want, ...]
    off: tuple[Off, ...]
    live: frozenset[Want]
    troubles: Mapping[Want, Kind]
    was_live: bool
    """The chat has been read at some time."""
    failed: int
    """Connections or look-ups that failed in a row."""
    tries: int
    """Of the subscription that resists most."""
    retries: int
    mended: int
    bad: int
    dropped: int
    twice: int
    last_event_s: float
    """Age of the newest event; -1 while there was none."""


def judged(part: str, state: State) -> Health:
    """`ok` as long as the chat itself is read in full; what is missing beside it is named."""
    kind, code, fix = _judged(state)
    params: dict[str, str | int | float] = {
        "channel": state.channel,
        "wanted": len(state.wants),
        "live": len(state.live),
        "off": ", ".join(_off(state)),
        "bad": state.bad,
        "unparsed": state.bad,
        "dropped": state.dropped,
        "twice": state.twice,
        "retries": state.retries,
        "mended": state.mended,
        "last_event_s": state.last_event_s,
    }
    return Health(part, kind, Notice(code, params, fix))


def _judged(state: State) -> Judgement:
    if state.no_channel:
        return "broken", "chat.no_such_channel", "chat.eventsub.no_channel.fix"
    if not state.reading or state.closed:
        return "off", "chat.closed" if state.closed else "chat.off", ""
    chat = [each for each in state.wants if each.group == "chat"]
    if chat and all(each in state.live for each in chat):
        return _read(state)
    why = next((state.troubles[each] for each in chat if each in state.troubles), None)
    if why == "signed_out" or (state.signed_out and (why == "revoked" or not state.live)):
        return "broken", "chat.eventsub.signed_out", "chat.eventsub.signed_out.fix"
    missing = next((each for each in state.off if each.group == "chat"), None)
    if missing is not None:
        code = "signed_out" if missing.no_account else "no_scope"
        return "broken", f"chat.eventsub.{code}", f"chat.eventsub.{'signed_out' if missing.no_account else 'scope'}.fix"
    lasting = {
        "forbidden": "forbidden", "removed": "forbidden", "connections": "connections", "cost": "cost",
        "version": "version", "refused": "version",
    }  # fmt: skip
    if why in lasting:
        return "broken", f"chat.eventsub.{lasting[why]}", f"chat.eventsub.{lasting[why]}.fix"
    stuck = max(state.failed, state.tries) > _PATIENCE
    if stuck:
        return "broken", "chat.eventsub.unreachable", "chat.eventsub.unreachable.fix"
    if state.was_live:
        return "degraded", "chat.reconnecting", ""
    return "starting", "chat.connecting", ""


def _read(state: State) -> Judgement:
    """The chat is read; is all that was switched on?"""
    if _off(state):
        fix = "owner" if any(each.no_account for each in state.off) else "scope"
        if any(why in ("signed_out", "revoked") for why in state.troubles.values()):
            fix = "signed_out"
        return "ok", "chat.eventsub.partly", f"chat.eventsub.{fix}.fix"
    return "ok", "chat.malformed" if state.bad else "chat.ok", ""


def _off(state: State) -> list[str]:
    """Names of the alerts that are switched on and not told, as they stand in the settings."""
    names = [each.group for each in state.off]
    names += [each.group for each in state.wants if each in state.troubles and each not in state.live]
    return [each for each in dict.fromkeys(names) if each not in ("chat", "stream", "extra")]
