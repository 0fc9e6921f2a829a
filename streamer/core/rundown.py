"""What the show does of its own accord: timed segments, bits between personas, a word when the room is quiet."""

from msgspec.structs import replace

from streamer.core.casting import enabled, named, volunteer
from streamer.core.commands import Command, Drop
from streamer.core.events import Poked, SegmentDue
from streamer.core.requests import BANTER, IDLE, SEGMENT, add
from streamer.core.settings import Segment
from streamer.core.show import POKE_EVERY_MS, Line, Request, Show

BANTER_AGE_MS = 20_000


def find_segment(show: Show, segment_id: str) -> Segment | None:
    return next((segment for segment in show.settings.segments if segment.id == segment_id), None)


def segment_due(show: Show, due: SegmentDue) -> tuple[Show, list[Command]]:
    """A segment starts now, before anything of the chat; it is skipped when stale, unknown or already waiting."""
    segment = find_segment(show, due.segment)
    if segment is None or show.mode not in ("running", "paused"):
        return show, []
    expires_ms = due.due_ms + segment.stale_after_ms
    if expires_ms <= show.now_ms:
        return show, [Drop(cause=show.seq, uid=f"segment:{segment.id}", reason="expired")]
    if any(request.segment == segment.id for request in show.requests):
        return show, []
    request = Request(
        id=show.next_request,
        kind="segment",
        priority=SEGMENT,
        born_ms=show.now_ms,
        expires_ms=expires_ms,
        why="segment",
        cause=show.seq,
        uid=f"segment:{segment.id}",
        persona=named(show, (segment.persona,)),
        prompt=f"s:{segment.id}",
        turn=1 if segment.banter else 0,
        segment=segment.id,
    )
    return add(show, request)


def may_talk_unasked(show: Show) -> bool:
    """Nobody talks over a host that cannot be noticed."""
    return show.dial != "named" and (show.settings.unattended or show.host.connected)


def is_unasked(request: Request) -> bool:
    """Small talk of the cast's own accord; a bit of a segment was asked for by the rundown."""
    return request.kind in ("idle", "banter") and not request.prompt


def idle_at_ms(show: Show) -> int | None:
    """When the silence has lasted long enough for a word of its own; None when that never happens."""
    if show.settings.idle_after_ms <= 0 or not may_talk_unasked(show) or show.mode != "running":
        return None
    if show.air is not None or show.next is not None or not volunteer(show):
        return None
    if any(request.kind == "idle" or request.from_chat or request.direct for request in show.requests):
        return None  # somebody who waits is no silence
    return max(show.voice_ms, show.host.quiet_ms) + show.settings.idle_after_ms


def idle_talk(show: Show) -> Show:
    """Ask for a word into the silence. It opens a bit, when there is somebody to answer it."""
    opens_bit = show.settings.banter_turns > 1 and len(enabled(show)) > 1 and _bit_allowed(show)
    request = Request(
        id=show.next_request,
        kind="idle",
        priority=IDLE,
        born_ms=show.now_ms,
        expires_ms=show.now_ms + show.settings.idle_after_ms,
        why="idle",
        cause=show.seq,
        turn=1 if opens_bit else 0,
    )
    show, _ = add(show, request)
    return replace(show, bit_ms=show.now_ms) if opens_bit else show


def _bit_allowed(show: Show) -> bool:
    every = show.settings.banter_every_ms
    return every > 0 and may_talk_unasked(show) and show.now_ms - show.bit_ms >= every


def reaction(show: Show, line: Line) -> Show:
    """What the line that has just got the floor invites from the others: the next turn of its bit, or, now and then, a
    remark on an answer. A bit ends after `banter_turns` lines."""
    turn = line.request.turn
    if turn == 0:
        if line.request.kind not in ("answer", "paid") or show.requests or not _bit_allowed(show):
            return show
        turn = 1
        show = replace(show, bit_ms=show.now_ms)
    if turn >= show.settings.banter_turns or (line.request.kind != "segment" and not may_talk_unasked(show)):
        return show
    if line.request.kind != "segment" and any(request.from_chat or request.direct for request in show.requests):
        return show  # the chat has something to say: the bit ends here
    partner = volunteer(show, other_than=line.persona)
    if not partner:
        return show
    request = Request(
        id=show.next_request,
        kind="banter",
        priority=BANTER,
        born_ms=show.now_ms,
        expires_ms=show.now_ms + BANTER_AGE_MS + line.est_ms,
        why="banter",
        cause=show.seq,
        persona=partner,
        partner=line.persona,
        prompt="" if line.request.kind == "paid" else line.request.prompt,
        after=line.id,
        about=(*(line.causes if line.from_viewers else ()), *line.request.about),
        turn=turn + 1,
    )
    return add(show, request)[0]


def poked(show: Show, poke: Poked) -> tuple[Show, list[Command]]:
    """A persona that was poked says something, unless it just did or somebody has more to say."""
    busy = show.mode != "running" or bool(show.requests) or show.next is not None
    if busy or not show.settings.pokes or show.now_ms - show.poked_ms < POKE_EVERY_MS or not may_talk_unasked(show):
        return show, []
    request = Request(
        id=show.next_request,
        kind="say",
        priority=BANTER,
        born_ms=show.now_ms,
        expires_ms=show.now_ms + POKE_EVERY_MS,
        why="poke",
        cause=show.seq,
        persona=named(show, (poke.persona,)),
        prompt="s:_poke",
    )
    return add(replace(show, poked_ms=show.now_ms), request) if request.persona else (show, [])
