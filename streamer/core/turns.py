"""The floor: one voice at a time, one line prepared ahead, and the host before everybody.

`settle` is run after every fact. It does what has become due, so that a lost fact costs seconds and never the show.
"""

from msgspec.structs import replace

from streamer.core import huff, hushing, scenes
from streamer.core.casting import enabled, volunteer
from streamer.core.commands import Air, Command, Cut, Drop, DropReason, Duck, Prepare, Withdraw
from streamer.core.limits import PREPARE_MS, may_prepare_answer, next_answer_ms, remember_start, window_opens_ms
from streamer.core.requests import BANTER, DIRECT, best, put_back, remove
from streamer.core.rundown import idle_at_ms, idle_talk, is_unasked, may_talk_unasked, reaction
from streamer.core.show import (
    ALERT_AHEAD_MS,
    ALERT_HOLD_MS,
    CUT_LIMIT_MS,
    HELD_LIMIT_MS,
    HOST_LIMIT_MS,
    PROGRESS_LIMIT_MS,
    START_LIMIT_MS,
    SUSPECT_LIMIT_MS,
    Host,
    Line,
    Request,
    Show,
)

AHEAD_MS = 400
"""The floor is given this long before its time, so that the sink can start on the sample."""


def settle(show: Show) -> tuple[Show, list[Command]]:
    """Everything that is due at `show.now_ms`; afterwards nothing is until `show.wake_ms`."""
    out: list[Command] = []
    for rule in (
        _host_limits,
        _hushed,
        _line_limits,
        _expire,
        _no_small_talk,
        _preempt,
        _speak_into_silence,
        _choose,
        _give_floor,
        _choose,
        scenes.direct,
    ):
        show, commands = rule(show)
        out += commands
    return replace(show, wake_ms=_next_due(show)), out


# --- ending a line ---------------------------------------------------------------------------------------------------


def withdraw(
    show: Show, reason: str, *, keep_request: bool = False, drop: DropReason = "skipped"
) -> tuple[Show, list[Command]]:
    """Give up the prepared line. Its request goes back into the queue when it is kept and not too old."""
    line = show.next
    if line is None:
        return show, []
    show = replace(show, next=None, wake_ms=0)
    out: list[Command] = [Withdraw(cause=show.seq, line=line.id, reason=reason)]
    if keep_request and line.request.expires_ms > show.now_ms:
        show, more = put_back(show, line.request)
        return show, out + more
    if line.request.kind == "idle":
        show = replace(show, voice_ms=show.now_ms)
    return show, out + [Drop(cause=show.seq, uid=uid, reason=drop) for uid in line.answers]


def cut(show: Show, reason: str) -> tuple[Show, list[Command]]:
    """End the line on air. The floor is free when its end is reported, or after `CUT_LIMIT_MS`."""
    line = show.air
    if line is None or line.state == "cutting":
        return show, []
    cutting = replace(line, state="cutting", deadline_ms=show.now_ms + CUT_LIMIT_MS)
    show, out = _forget_reactions(huff.noted(replace(show, air=cutting, wake_ms=0), line, reason), line)
    return show, [Cut(cause=show.seq, line=line.id, reason=reason), *out]


def _forget_reactions(show: Show, line: Line) -> tuple[Show, list[Command]]:
    """What assumed that this line would be heard whole no longer fits."""
    show = replace(show, requests=tuple(r for r in show.requests if r.after != line.id))
    if show.next is not None and show.next.request.after == line.id:
        return withdraw(show, "unheard")
    return show, []


def free_floor(show: Show, *, whole: bool) -> tuple[Show, list[Command]]:
    """The line on air has ended. `whole`: it was heard to its end."""
    line = show.air
    if line is None:
        return show, []
    show = replace(show, air=None, free_ms=show.now_ms, wake_ms=0)
    return (show, []) if whole else _forget_reactions(show, line)


# --- limits ----------------------------------------------------------------------------------------------------------


def _host_limits(show: Show) -> tuple[Show, list[Command]]:
    host = show.host
    out: list[Command] = []
    if host.speaking and show.now_ms - host.since_ms >= _host_limit(host):
        host = replace(host, speaking=False, held=False, voice=False, quiet_ms=show.now_ms)
        out += louder(show)
    if host.suspected_ms >= 0 and show.now_ms - host.suspected_ms >= SUSPECT_LIMIT_MS:
        host = replace(host, suspected_ms=-1)
        if show.air is not None and show.air.state != "hushed":
            out.append(Duck(cause=show.seq, line=show.air.id, on=False))
    return (show if host is show.host else replace(show, host=host)), out


def louder(show: Show) -> list[Command]:
    """The host has stopped: the line he spoke over (`barge_in` is `duck`) is as loud as before."""
    line = show.air
    return [Duck(cause=show.seq, line=line.id, on=False)] if line is not None and line.state == "on_air" else []


def _hushed(show: Show) -> tuple[Show, list[Command]]:
    """The hushed line goes on, or is cut, when it is clear what the host wanted."""
    line = show.air
    if line is None or line.state != "hushed":
        return show, []
    if hushing.speaks(show):
        return cut(show, "host")
    return hushing.unhushed(show, line) if hushing.may_go_on(show, line) else (show, [])


def _host_limit(host: Host) -> int:
    return HELD_LIMIT_MS if host.held else HOST_LIMIT_MS


def _line_limits(show: Show) -> tuple[Show, list[Command]]:
    out: list[Command] = []
    air = show.air
    if air is not None and show.now_ms >= air.deadline_ms:
        if air.state == "cutting":
            if air.request.from_chat and air.started_ms < 0:  # it may have been heard all the same
                show = replace(show, answered_ms=remember_start(show.answered_ms, air.aired_ms))
            show, out = free_floor(show, whole=False)
        else:
            show, out = cut(show, "host" if air.state == "hushed" else "lost")
    if show.next is not None and show.now_ms >= show.next.deadline_ms:
        show, commands = withdraw(show, "late", drop="failed")
        out += commands
    return show, out


def _expire(show: Show) -> tuple[Show, list[Command]]:
    now_ms = show.now_ms
    old = [r for r in show.requests if r.expires_ms <= now_ms]
    return remove(show, old, "expired") if old else (show, [])


def _no_small_talk(show: Show) -> tuple[Show, list[Command]]:
    """Small talk that nobody may start any more is given up."""
    if may_talk_unasked(show):
        return show, []
    if any(map(is_unasked, show.requests)):
        show = replace(show, requests=tuple(r for r in show.requests if not is_unasked(r)))
    if show.next is not None and is_unasked(show.next.request):
        return withdraw(show, "unasked")
    return show, []


def _preempt(show: Show) -> tuple[Show, list[Command]]:
    """A prepared line steps back for an operator, the host, somebody at the panel, or, when it is mere small talk, for
    anybody who waits."""
    line = show.next
    if line is None or not show.requests:
        return show, []
    waiting = _best_near(show)
    if waiting is None or waiting.priority <= line.request.priority:
        return show, []
    if waiting.priority < DIRECT and line.request.priority > BANTER:
        return show, []
    return withdraw(show, "overtaken", keep_request=line.request.from_chat or line.request.priority > BANTER)


# --- preparing and airing --------------------------------------------------------------------------------------------


def _choose(show: Show) -> tuple[Show, list[Command]]:
    """Take the best request into preparation."""
    if show.next is not None or show.mode != "running" or not show.requests:
        return show, []
    request = _best_near(show)
    if request is None or (request.kind == "paid" and request.ready_ms - show.now_ms > ALERT_AHEAD_MS):
        return show, []  # nobody speaks into the sound of an alert, and a storm of gifts may still grow
    show = replace(show, requests=tuple(r for r in show.requests if r.id != request.id))
    persona = _who(show, request)
    if not persona:
        return show, [Drop(cause=show.seq, uid=uid, reason="nobody") for uid in (request.uid, *request.also) if uid]
    return _prepare(show, request, persona)


def _best_near(show: Show) -> Request | None:
    """The best request; an alert that is not spoken for long yet keeps nobody else waiting."""
    chat_allowed = may_prepare_answer(show)
    request = best(show, chat_allowed=chat_allowed)
    far_ms = show.now_ms + ALERT_HOLD_MS
    if request is None or request.kind != "paid" or request.ready_ms <= far_ms:
        return request
    near = tuple(each for each in show.requests if each.kind != "paid" or each.ready_ms <= far_ms)
    return best(replace(show, requests=near), chat_allowed=chat_allowed)


def _who(show: Show, request: Request) -> str:
    on_stage = {member.id for member in enabled(show)}
    if request.persona in on_stage:
        return request.persona
    given = request.kind == "exact" and request.persona  # nobody says the words that were given to another
    return "" if given else volunteer(show)


def _prepare(show: Show, request: Request, persona: str) -> tuple[Show, list[Command]]:
    settings = show.settings
    line_id = show.next_line
    causes = {request.uid, *request.also}
    line = Line(
        id=line_id,
        persona=persona,
        state="preparing",
        request=request,
        born_ms=show.now_ms,
        deadline_ms=show.now_ms + settings.prepare_limit_ms,
        context=(
            *request.about,
            *(said for said in show.recent if said[0] not in causes and said not in request.about),
        ),
        behind=_behind(show),
        manner=huff.manner(show, request, persona),
    )
    after = request.after or (show.heard[-1].line if show.heard else 0)
    command = Prepare(
        cause=show.seq,
        line=line_id,
        persona=persona,
        kind=request.kind,
        why=request.why,
        answers=line.answers,
        context=tuple(uid for uid, _ in line.context),
        prompt=request.prompt,
        exact=request.exact,
        wordless=request.wordless,
        count=request.count,
        test=request.test,
        partner=request.partner,
        after=after,
        turn=request.turn,
        last_turn=request.turn >= settings.banter_turns,
        seed=settings.seed * 1_000_003 + line_id,
        manner=line.manner,
    )
    return replace(show, next=line, next_line=line_id + 1), [command]


def _behind(show: Show) -> tuple[tuple[str, str], ...]:
    """Whose words may be in the lines that a brief may show: those heard lately, and the one on air."""
    air = show.air
    on_air = (*(air.causes if air.from_viewers else ()), *air.request.about, *air.context) if air is not None else ()
    return tuple(dict.fromkeys((*(said for line in show.heard for said in (*line.about, *line.knew)), *on_air)))


def floor_opens_ms(show: Show, line: Line) -> int:
    """The earliest moment the line may be heard, as far as is known."""
    settings = show.settings
    gap = 0 if line.request.kind == "exact" else settings.gap_ms
    opens_ms = max(show.free_ms + gap, line.request.ready_ms, show.host.quiet_ms + settings.host_quiet_ms)
    return max(opens_ms, next_answer_ms(show)) if line.request.from_chat else opens_ms


def _give_floor(show: Show) -> tuple[Show, list[Command]]:
    line = show.next
    if line is None or line.state != "ready" or show.air is not None or show.mode != "running":
        return show, []
    if show.host.speaking or show.host.suspected_ms >= 0:
        return show, []
    opens_ms = floor_opens_ms(show, line)
    if opens_ms - show.now_ms > AHEAD_MS:
        return show, []
    not_before_ms = max(opens_ms, show.now_ms)
    aired = replace(line, state="on_air", aired_ms=not_before_ms, deadline_ms=not_before_ms + START_LIMIT_MS)
    show = replace(show, air=aired, next=None)
    show = show if line.request.test else huff.aired(show, aired)
    out: list[Command] = [Air(cause=show.seq, line=line.id, not_before_ms=not_before_ms)]
    show = scenes.begun(show, aired)
    return (show if line.request.test else reaction(show, aired)), out


def _speak_into_silence(show: Show) -> tuple[Show, list[Command]]:
    at = idle_at_ms(show)
    if at is None or show.now_ms < at or show.host.speaking:
        return show, []
    return idle_talk(show), []


# --- the alarm clock -------------------------------------------------------------------------------------------------


def progressed(show: Show, line: Line) -> Line:
    """The line on air gave a sign of life."""
    return replace(line, deadline_ms=min(show.now_ms + PROGRESS_LIMIT_MS, line.aired_ms + show.settings.line_limit_ms))


def _next_due(show: Show) -> int:
    """When something is due without a new fact; 2**62 for never. Always later than now."""
    due: list[int] = [2**62]
    host = show.host
    if host.speaking:
        due.append(host.since_ms + _host_limit(host))
    if host.suspected_ms >= 0:
        due.append(host.suspected_ms + SUSPECT_LIMIT_MS)
    due.extend(line.deadline_ms for line in (show.air, show.next) if line is not None)
    if show.air is not None and show.air.state == "hushed":
        due.append(hushing.due_ms(show, show.air))
    if show.requests:
        due.append(min([request.expires_ms for request in show.requests]))
        for request in show.requests:
            if request.kind == "paid":
                due += (request.ready_ms - ALERT_HOLD_MS, request.ready_ms - ALERT_AHEAD_MS)
        opens = window_opens_ms(show)
        if opens is not None:
            due += (opens - PREPARE_MS, opens)
    line = show.next
    if line is not None and line.state == "ready" and show.air is None and show.mode == "running":
        due.append(floor_opens_ms(show, line) - AHEAD_MS)
    idle = idle_at_ms(show)
    if idle is not None:
        due.append(idle)
    cut_ms = scenes.direct_at_ms(show)
    if cut_ms is not None:
        due.append(cut_ms)
    now_ms = show.now_ms
    return min([at for at in due if at > now_ms])
