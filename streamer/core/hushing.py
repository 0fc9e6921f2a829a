"""A hushed line: the host made a sound, so it is silent, and it keeps the floor until it is clear whether he spoke.

Words, or a voice that goes on, cut it. Where nothing was said it goes on from the word at which it was silenced.
"""

from msgspec.structs import replace

from streamer.core.commands import Command, Hush, Unhush
from streamer.core.show import START_LIMIT_MS, Line, Show

VOICE_MS = 1_500
"""Nobody says "mhm" for so long: the host speaks."""
WORDS_MS = 2_000
"""So long after his voice ended it is no longer expected that words of his will be told."""
LATE_MS = 4_000
"""Words that are told even later, after the line went on for want of them, still cut it."""
LIMIT_MS = 10_000
"""No line is hushed longer, however often the host begins and stops."""


def hushed(show: Show) -> tuple[Show, list[Command]]:
    """The host's voice is there: the line on air is silenced and kept. One that is being cut is left alone."""
    line = show.air
    if line is None or line.state == "cutting":
        return show, []
    if line.state == "hushed":
        return replace(show, air=replace(line, nothing=False), wake_ms=0), []
    kept = replace(
        line,
        state="hushed",
        hushed_ms=show.now_ms,
        left_ms=max(0, line.deadline_ms - show.now_ms),
        deadline_ms=show.now_ms + LIMIT_MS,
        nothing=False,
        doubt_ms=-1,
    )
    return replace(show, air=kept, wake_ms=0), [Hush(cause=show.seq, line=line.id)]


def said_nothing(show: Show) -> Show:
    """The voice that was heard was no turn of the host. Told while he speaks it is about a voice before this one."""
    line = show.air
    if line is None or show.host.speaking:
        return show
    return replace(show, air=replace(line, nothing=line.state == "hushed", doubt_ms=-1), wake_ms=0)


def goes_on_ms(show: Show, line: Line) -> int:
    """When the hushed line goes on, if the host says no more."""
    quiet_ms = show.host.quiet_ms
    return quiet_ms + (
        show.settings.host_quiet_ms // 2 if line.nothing else max(WORDS_MS, show.settings.host_quiet_ms // 2)
    )


def due_ms(show: Show, line: Line) -> int:
    """When something becomes of the hushed line without a new fact; while a voice is suspected, nothing does."""
    if show.host.speaking:
        return show.host.began_ms + VOICE_MS
    return goes_on_ms(show, line) if show.host.suspected_ms < 0 else line.deadline_ms


def speaks(show: Show) -> bool:
    """The voice that hushed the line has gone on for too long to be nothing."""
    return show.host.speaking and show.now_ms - show.host.began_ms >= VOICE_MS


def may_go_on(show: Show, line: Line) -> bool:
    host = show.host
    return not host.speaking and host.suspected_ms < 0 and show.now_ms >= goes_on_ms(show, line)


def unhushed(show: Show, line: Line) -> tuple[Show, list[Command]]:
    """The line goes on. The time it was silent counts towards none of its limits."""
    left_ms = min(line.left_ms, START_LIMIT_MS) if show.mode == "closing" else line.left_ms
    on_air = replace(
        line,
        state="on_air",
        aired_ms=line.aired_ms + show.now_ms - line.hushed_ms,
        deadline_ms=show.now_ms + left_ms,
        doubt_ms=-1 if line.nothing else show.now_ms,
        nothing=False,
    )
    return replace(show, air=on_air, voice_ms=show.now_ms, wake_ms=0), [Unhush(cause=show.seq, line=line.id)]


def is_spoken_over(show: Show) -> bool:
    """Words of the host that are told now are those he spoke over the line on air."""
    line = show.air
    if line is None:
        return False
    late = line.state == "on_air" and line.doubt_ms >= 0 and show.now_ms - line.doubt_ms < LATE_MS
    return line.state == "hushed" or late
