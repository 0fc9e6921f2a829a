"""Pieces of the `panel` projection (`docs/panel-feed.md`): pure functions of the show and of the words in the store."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from streamer.core.commands import Command, Drop, Erase
from streamer.core.events import (
    AlertReplayed,
    AutoPressed,
    ChatReceived,
    CloseRequested,
    DialSet,
    EmergencyPressed,
    Event,
    HostHeld,
    LineEnded,
    Money,
    PausePressed,
    QueueCleared,
    Resumed,
    ResumePressed,
    SayRequested,
    SceneTakenByHand,
    SegmentDue,
    SkipPressed,
    StopPressed,
    Tombstoned,
    UserIgnored,
    UserUnignored,
)
from streamer.core.limits import had_a_turn, per_minute, stands_back, window_opens_ms
from streamer.core.show import Line, Request, Show
from streamer.ports import ChatRow, Health

Words = Callable[[str], str | None]
"""Text of a `TextRef`; None when it was never there or was erased."""
Row = dict[str, object]
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")

Params = dict[str, str | int | float]

QUIET_DROPS = frozenset({"taken_back", "closing", "merged", "least", "cooldown"})
DROPS_MAX = 3
"""Drops of one reason in one step that are listed one by one."""
NEVER_MS = 2**62
PRIORITIES = 1_000
"""Above every priority of a request."""
REQUESTS = 2**40
"""Twice as many as a show can ever have."""


class Step(msgspec.Struct, frozen=True):
    """One step of the show: what it was, what happened, what it became and what it ordered."""

    before: Show
    event: Event
    show: Show
    commands: Sequence[Command]


def text_of(request: Request, words: Words) -> str | None:
    """What is answered: the viewer's message, or the operator's or the host's words; None when it was taken back."""
    if request.from_chat or request.direct:
        return words(f"m:{request.uid}")
    return words(request.prompt) if request.kind in ("say", "exact", "host") and request.prompt else ""


def name_of(request: Request, words: Words) -> str:
    return (words(f"n:{request.user}") or "") if request.user else ""


def platform_of(uid: str) -> str:
    return uid.split(":", 1)[0] if ":" in uid else ""


def why(request: Request, words: Words, *, start_ms: int) -> Row:
    """Why a line exists; `start_ms` is when it got the floor, or now."""
    return {
        "code": request.why,
        "name": name_of(request, words),
        "text": text_of(request, words),
        "platform": platform_of(request.uid) if request.from_chat or request.direct else "",
        "uid": request.uid,
        "waited_ms": max(0, start_ms - request.born_ms) if request.uid else 0,
        "asked": 1 + len(request.also),
        "persona": request.partner,
    }


def money(amount: Money | None, bits: int) -> Row | None:
    if amount is None and not bits:
        return None
    return {
        "micros": amount.micros if amount is not None else 0,
        "currency": amount.currency if amount is not None else "",
        "bits": bits,
    }


def rank(show: Show, request: Request) -> int:
    """Its place among those who wait, by the rules of `core.requests.best`: the lowest is taken first.

    It does not depend on the other requests, so that a new one moves nobody's row; below 2**53 for JavaScript.
    """
    chat = request.from_chat
    groups = (chat and stands_back(show, request), PRIORITIES - request.priority, chat and had_a_turn(show, request))
    group = (groups[0] * PRIORITIES + groups[1]) * 2 + groups[2]
    age = -request.id if request.kind == "answer" and chat else request.id
    return group * REQUESTS + REQUESTS // 2 + age


def tried_out(request: Request) -> Row:
    """The mark of what a test event asked for."""
    return {"test": True} if request.test else {}


def queue(show: Show, words: Words, amounts: Mapping[str, Row]) -> dict[str, Row]:
    """Waiting requests by their id. `amounts` by message uid."""
    rows: dict[str, Row] = {}
    for request in show.requests:
        rows[str(request.id)] = {
            "n": rank(show, request),
            "kind": request.kind,
            "why": request.why,
            "uid": request.uid,
            "name": name_of(request, words),
            "text": text_of(request, words),
            "platform": platform_of(request.uid) if request.from_chat or request.direct else "",
            "persona": request.persona,
            "at": request.born_ms,
            "expires": request.expires_ms if request.expires_ms < NEVER_MS else None,
            "not_before": request.ready_ms or None,
            "asked": 1 + len(request.also),
            "amount": amounts.get(request.uid),
            **tried_out(request),
        }
    return rows


def pace(show: Show) -> Row:
    """How many chat answers a minute there may be, and when the next one may start (None: at once)."""
    return {"per_minute": per_minute(show), "opens": window_opens_ms(show)}


def next_line(line: Line, words: Words, text: str, since_ms: int) -> Row:
    """The line prepared ahead; `text` is what is known of it, `since_ms` when its state began."""
    return {
        "id": line.id,
        "persona": line.persona,
        "kind": line.request.kind,
        "state": "ready" if line.state == "ready" else "preparing",
        "why": why(line.request, words, start_ms=line.born_ms),
        "text": text,
        "est_ms": line.est_ms or None,
        "since": since_ms,
        "not_before": line.request.ready_ms or None,
        **tried_out(line.request),
    }


def chat_states(show: Show) -> dict[str, Row]:
    """State of every message that waits, is being answered, or is being answered aloud, by its uid."""
    states: dict[str, Row] = {}
    for request in show.requests:
        for uid in (request.uid, *request.also):
            states[uid] = {"code": "waiting", "persona": request.persona, "reason": request.why}
    for line, code in ((show.next, "picked"), (show.air, "on_air")):
        if line is not None:
            for uid in line.answers:
                states[uid] = {"code": code, "persona": line.persona, "reason": ""}
    states.pop("", None)
    return states


def is_hit(erased: Erase, uid: str, user: str) -> bool:
    """Whether a message was taken back."""
    match erased.scope:
        case "message":
            return uid == erased.key
        case "user":
            return user == erased.key
        case "room":
            return platform_of(uid) == erased.key


def judged(event: ChatReceived) -> Row | None:
    """What moderation decided about a message, as the state of its row."""
    match event.verdict.action:
        case "drop":
            return {"code": "blocked", "persona": "", "reason": event.verdict.rule}
        case "hold":
            return {"code": "held", "persona": "", "reason": event.verdict.rule}
        case _:
            return None


def chat_row(
    event: ChatReceived, n: int, at_ms: int, text: str, name: str, row: ChatRow | None = None, reply_name: str = ""
) -> Row:
    """`row`: as the chat told it; what the rules do not need is only there."""
    user = row.user if row is not None else None
    colour = user.color if user is not None else ""
    return {
        "n": n,
        "at": at_ms,
        "name": name,
        "text": text,
        "platform": event.platform,
        "color": colour if _COLOUR.fullmatch(colour) else "",
        "roles": list(event.roles),
        "months": user.months if user is not None else 0,
        "first": row is not None and row.first,
        "reply_name": reply_name,
        "kind": event.kind,
        "question": event.features.question,
        "amount": money(event.amount, event.bits),
        "count": event.count,
        "reward": row.reward.title if row is not None and row.reward is not None else "",
        "guest": event.guest,
        "test": event.test,
        "source": row.source if row is not None else "",
        "state": judged(event),
    }


def health(items: Iterable[Health]) -> dict[str, Row]:
    """By part; a second row of the same part (another rung of a ladder) is called `<part>.2`."""
    table: dict[str, Row] = {}
    seen: dict[str, int] = {}
    for order, item in enumerate(items):
        seen[item.part] = seen.get(item.part, 0) + 1
        table[item.part if seen[item.part] == 1 else f"{item.part}.{seen[item.part]}"] = {
            "state": item.state,
            "code": item.notice.code,
            "params": dict(item.notice.params),
            "fix": item.notice.fix,
            "latency_ms": item.latency_ms,
            "order": order,
        }
    return table


# --- the log ---------------------------------------------------------------------------------------------------------


def entry(at_ms: int, kind: str, code: str, params: Params | None = None, *, by: str = "", via: str = "") -> Row:
    return {"at": at_ms, "kind": kind, "by": by, "via": via, "code": code, "params": params or {}, "fix": ""}


def log_entries(step: Step, words: Words, name: Callable[[str], str]) -> list[Row]:
    """What of one step belongs into the log. `name` gives the name of a persona."""
    rows = [row for row in (_press(step, words, name), _happened(step, words, name)) if row]
    return rows + _drops(step, words)


def _press(step: Step, words: Words, name: Callable[[str], str]) -> Row | None:
    before, at = step.before, step.show.now_ms
    match step.event:
        case StopPressed(by=by, via=via):
            return entry(at, "press", "press.stop", by=by, via=via)
        case ResumePressed(by=by, via=via):
            return entry(at, "press", "press.resume", by=by, via=via)
        case PausePressed(by=by, via=via):
            return entry(at, "press", "press.pause", by=by, via=via)
        case SkipPressed(by=by, via=via):
            if before.air is None:
                return None
            return entry(at, "press", "press.skip", {"persona": name(before.air.persona)}, by=by, via=via)
        case DialSet(by=by, via=via, dial=dial):
            return entry(at, "press", "press.dial", {"dial": dial}, by=by, via=via) if dial != before.dial else None
        case SayRequested(by=by, via=via, persona=persona, text=text, exact=exact):
            code = "press.exact" if exact else "press.say"
            return entry(at, "press", code, {"persona": name(persona), "text": words(text) or ""}, by=by, via=via)
        case _:
            return _pressed(step, words)


def _pressed(step: Step, words: Words) -> Row | None:
    at = step.show.now_ms
    match step.event:
        case QueueCleared() | AlertReplayed() as event:
            return _ordering(event, at, words)
        case EmergencyPressed() | AutoPressed() | HostHeld() | SceneTakenByHand() as event:
            return _staged(event, step.before, at)
        case UserIgnored() | UserUnignored() as event:
            return _ignoring(event, at, words)
        case _:
            return None


def _staged(
    event: EmergencyPressed | AutoPressed | HostHeld | SceneTakenByHand, before: Show, at_ms: int
) -> Row | None:
    """Presses that belong to the stage."""
    by, via = event.by, event.via
    match event:
        case EmergencyPressed():
            return entry(at_ms, "press", "press.emergency", by=by, via=via)
        case AutoPressed():
            return entry(at_ms, "press", "press.auto", by=by, via=via) if before.scene_hand else None
        case HostHeld(on=on):
            if on == before.host.held:
                return None
            return entry(at_ms, "press", "press.host_on" if on else "press.host_off", by=by, via=via)
        case SceneTakenByHand(scene=scene):
            code = "scene.hand" if via == "obs" else "press.scene"
            return entry(at_ms, "system" if via == "obs" else "press", code, {"scene": scene}, by=by, via=via)


def _ordering(event: QueueCleared | AlertReplayed, at_ms: int, words: Words) -> Row:
    if isinstance(event, QueueCleared):
        return entry(at_ms, "press", "press.clear", by=event.by, via=event.via)
    name = words(f"n:{event.chat.user}") or ""
    return entry(at_ms, "press", "press.replay", {"name": name}, by=event.by, via=event.via)


def _ignoring(event: UserIgnored | UserUnignored, at_ms: int, words: Words) -> Row | None:
    """What is only remembered from an earlier show was pressed by nobody."""
    if not event.by:
        return None
    name = words(f"n:{event.user}") or event.user.partition(":")[2]
    if isinstance(event, UserUnignored):
        return entry(at_ms, "press", "press.unignore", {"name": name}, by=event.by, via=event.via)
    if not event.until_ms:
        return entry(at_ms, "press", "press.ignore", {"name": name}, by=event.by, via=event.via)
    minutes = max(1, round((event.until_ms - at_ms) / 60_000))
    return entry(at_ms, "press", "press.ignore_for", {"name": name, "minutes": minutes}, by=event.by, via=event.via)


def _happened(step: Step, words: Words, name: Callable[[str], str]) -> Row | None:
    at = step.show.now_ms
    match step.event:
        case LineEnded(line=line, outcome=outcome, heard=heard, reason=reason):
            mine = [each for each in (step.before.air, step.before.next) if each is not None and each.id == line]
            if not mine:
                return None
            params: Params = {"persona": name(mine[0].persona), "text": words(heard) or "", "reason": reason}
            return entry(at, "line", f"line.{outcome}", params)
        case Tombstoned(scope="room"):
            return entry(at, "system", "room.cleared")
        case Tombstoned(scope="user", key=key):
            who = words(f"n:{key}")
            return entry(at, "system", "user.cleared" if who else "user.cleared.nameless", {"name": who} if who else {})
        case Tombstoned(scope="message"):
            return entry(at, "system", "message.deleted")
        case SegmentDue(segment=segment):
            return entry(at, "system", "segment.due", {"title": segment})
        case Resumed(gap_s=gap):
            return entry(at, "system", "show.resumed", {"gap_s": round(gap)})
        case CloseRequested():
            return entry(at, "system", "show.closing")
        case _:
            return None


def _drops(step: Step, words: Words) -> list[Row]:
    """Requests that ended without an answer; many of one reason become one row."""
    before, at = step.before, step.show.now_ms
    asked = {uid: request for request in before.requests for uid in (request.uid, *request.also)}
    asked |= {uid: line.request for line in (before.next, before.air) if line is not None for uid in line.answers}
    by_reason: dict[str, list[str]] = {}
    for command in step.commands:
        if isinstance(command, Drop) and command.reason not in QUIET_DROPS:
            by_reason.setdefault(command.reason, []).append(command.uid)
    rows: list[Row] = []
    for reason, uids in by_reason.items():
        if len(uids) > DROPS_MAX:
            rows.append(entry(at, "drop", "drops", {"n": len(uids), "reason": reason}))
            continue
        for uid in uids:
            request = asked.get(uid)
            viewer = name_of(request, words) if request is not None and request.uid == uid else ""
            code = "drop" if viewer else "drop.nameless"
            rows.append(entry(at, "drop", code, {"name": viewer, "reason": reason}))
    return rows
