"""The milestones of a line, as the chain reports them. Facts about a line that is not ours any more are ignored."""

from msgspec.structs import replace

from streamer.core.commands import Command, Drop
from streamer.core.events import LineEnded, LineReady, LineStarted, SentenceSpoken
from streamer.core.huff import MODERATED, forgotten
from streamer.core.limits import remember_answer, remember_start
from streamer.core.show import HEARD_LINES, HeardLine, Line, Show
from streamer.core.turns import free_floor, progressed, withdraw

PREPARED_LIMIT_MS = 120_000
"""How long a ready line may wait for the floor."""


def ready(show: Show, fact: LineReady) -> tuple[Show, list[Command]]:
    line = show.next
    if line is None or line.id != fact.line or line.state != "preparing":
        return show, []
    deadline_ms = show.now_ms + PREPARED_LIMIT_MS
    waiting = replace(line, state="ready", est_ms=fact.est_ms, deadline_ms=deadline_ms)
    return replace(show, next=waiting, wake_ms=0), []


def started(show: Show, fact: LineStarted) -> tuple[Show, list[Command]]:
    line = show.air
    if line is None or line.id != fact.line or line.started_ms >= 0:
        return show, []
    line = replace(line if line.state == "hushed" else progressed(show, line), started_ms=show.now_ms)
    last = show.last_persona if line.request.test else line.persona
    show = replace(show, air=line, voice_ms=show.now_ms, last_persona=last, wake_ms=0)
    if line.request.from_chat:
        users = (line.request.user, *line.request.also_users)
        answered = remember_start(show.answered_ms, show.now_ms)
        show = replace(show, answered_ms=answered, viewers=remember_answer(show, users))
    if line.request.kind == "host" and line.request.why != "reply":  # else each remark of his would invite the next one
        show = replace(show, host_answered_ms=show.now_ms)
    return show, []


def spoken(show: Show, fact: SentenceSpoken) -> tuple[Show, list[Command]]:
    line = show.air
    if line is None or line.id != fact.line or line.state not in ("on_air", "hushed"):
        return show, []
    line = line if line.state == "hushed" else progressed(show, line)
    line = replace(line, heard_ms=max(line.heard_ms, fact.heard_ms))
    return replace(show, air=line, voice_ms=show.now_ms, wake_ms=0), []


def ended(show: Show, fact: LineEnded) -> tuple[Show, list[Command]]:
    """The floor is free, or the preparation came to nothing."""
    if show.next is not None and show.next.id == fact.line:
        failed: list[Command] = [Drop(cause=show.seq, uid=uid, reason="failed") for uid in show.next.answers]
        if show.next.request.kind == "idle":
            show = replace(show, voice_ms=show.now_ms)  # else a dead chain would be asked again at once, for ever
        return replace(show, next=None, wake_ms=0), failed
    line = show.air
    if line is None or line.id != fact.line:
        return show, []
    if line.started_ms < 0 and fact.heard_ms > 0:
        show, _ = started(show, LineStarted(line.id))  # that fact was lost, or was overtaken
    if fact.heard_ms > 0:
        show = _asked(_heard(show, line, fact), line, fact)
    elif line.request.kind == "idle":
        show = replace(show, voice_ms=show.now_ms)  # else a sink that fails would be tried again at once, for ever
    show, out = free_floor(show, whole=fact.outcome == "finished")
    if fact.reason in MODERATED:  # the chain ends a line that repeats words taken back before it is told to
        show = forgotten(show)
        if show.next is not None and show.next.manner:
            show, more = withdraw(show, fact.reason, keep_request=True)
            out += more
    return show, out


def _asked(show: Show, line: Line, fact: LineEnded) -> Show:
    """A persona who speaks with the host and ends with a question waits for his reply."""
    if not fact.asks or fact.outcome != "finished" or line.request.kind != "host":
        return show
    return replace(show, asked=line.persona, asked_ms=show.now_ms)


def _heard(show: Show, line: Line, fact: LineEnded) -> Show:
    if line.request.test:
        return replace(show, voice_ms=show.now_ms)
    spoken_ms = dict(show.spoken)
    spoken_ms[line.persona] = spoken_ms.get(line.persona, 0) + fact.heard_ms
    about = (*(line.causes if line.from_viewers else ()), *line.request.about)
    heard = HeardLine(line.id, line.persona, line.request.kind, show.now_ms, fact.heard_ms, about, line.context)
    return replace(
        show, spoken=spoken_ms, heard=(*show.heard[1 - HEARD_LINES :], heard), voice_ms=show.now_ms,
        last_persona=line.persona,
    )  # fmt: skip
