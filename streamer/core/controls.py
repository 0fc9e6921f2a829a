"""What the people at the panel press."""

from msgspec.structs import replace

from streamer.core.commands import Command
from streamer.core.events import CloseRequested, DialSet, SkipPressed
from streamer.core.huff import forgotten
from streamer.core.requests import CROWD, NAMED, put_back, remove
from streamer.core.show import START_LIMIT_MS, Request, Show
from streamer.core.turns import cut, withdraw


def stop(show: Show) -> tuple[Show, list[Command]]:
    """Silence now: the line on air is cut, the prepared one given up, the queue cleared, until `resume`. A show that
    is closing goes on closing, without the rest of its last line."""
    if show.mode == "closed":
        return show, []
    show, out = cut(forgotten(show), "stop")
    if show.mode == "closing":
        return show, out
    show, more = withdraw(show, "stop", drop="cleared")
    out += more
    show, more = remove(show, show.requests, "cleared")
    out += more
    return replace(show, mode="stopped", asked="", wake_ms=0), out


def resume(show: Show) -> tuple[Show, list[Command]]:
    if show.mode not in ("stopped", "paused"):
        return show, []
    return replace(show, mode="running", voice_ms=show.now_ms, wake_ms=0), []


def pause(show: Show) -> tuple[Show, list[Command]]:
    """The line on air ends by itself; nothing starts until `resume`. The queue goes on ageing."""
    if show.mode != "running":
        return show, []
    show, out = withdraw(show, "paused", keep_request=True)
    if show.air is not None and show.air.state in ("on_air", "hushed") and show.air.started_ms < 0:
        show, more = put_back(show, show.air.request)
        out += more
        show, more = cut(show, "paused")
        out += more
    return replace(show, mode="paused", wake_ms=0), out


def skip(show: Show, press: SkipPressed) -> tuple[Show, list[Command]]:
    """End the line on air. A press that was meant for another line does nothing, but nobody huffs after it."""
    show, out = forgotten(show), []
    if show.next is not None and show.next.manner:
        show, out = withdraw(show, "skip", keep_request=True)
    if show.air is None or (press.saw and press.saw != show.air.id):
        return show, out
    show, more = cut(show, "skip")
    return show, out + more


def clear(show: Show) -> tuple[Show, list[Command]]:
    """Nobody waits any more, and the line prepared for one of them is given up. A segment of the rundown stays, and
    what the cast says by itself."""
    out: list[Command] = []
    if show.next is not None and _waited(show.next.request):
        show, out = withdraw(show, "cleared", drop="cleared")
    show, more = remove(show, [request for request in show.requests if _waited(request)], "cleared")
    return replace(show, wake_ms=0), out + more


def _waited(request: Request) -> bool:
    """Somebody asked for it: a viewer, the host, an operator."""
    return request.from_chat or request.direct or request.kind in ("host", "say", "exact")


def dial(show: Show, turned: DialSet) -> tuple[Show, list[Command]]:
    """How readily the cast speaks. What waits, or is prepared, and no longer fits is dropped."""
    if turned.dial == show.dial:
        return show, []
    show = replace(show, dial=turned.dial, wake_ms=0)
    waiting = (*show.requests, show.next.request) if show.next is not None else show.requests
    match turned.dial:
        case "named":
            unfit = [r for r in waiting if r.from_chat and not (r.persona and r.priority >= NAMED)]
        case "normal":
            unfit = [r for r in waiting if r.from_chat and r.priority <= CROWD]
        case "chatty":
            unfit = []
    show, out = withdraw(show, "dial", drop="dial") if show.next and show.next.request in unfit else (show, [])
    show, more = remove(show, unfit, "dial")
    return show, out + more


def close(show: Show, asked: CloseRequested) -> tuple[Show, list[Command]]:
    """The show ends: at once, or when the line on air has ended (within `START_LIMIT_MS`)."""
    if show.mode == "closed":
        return show, []
    show, out = withdraw(show, "closing", drop="closing")
    show, more = remove(show, show.requests, "closing")
    out += more
    if not asked.finish:
        show, more = cut(show, "closing")
        out += more
    elif show.air is not None:
        limit = min(show.air.deadline_ms, show.now_ms + START_LIMIT_MS)
        show = replace(show, air=replace(show.air, deadline_ms=limit))
    return replace(show, mode="closing", wake_ms=0), out
