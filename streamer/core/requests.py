"""Who deserves an answer, and in which order."""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from streamer.core.casting import named
from streamer.core.commands import Command, Drop, DropReason
from streamer.core.events import ChatReceived, HostSpoke, SayRequested
from streamer.core.limits import had_a_turn, may_prepare_answer, stands_back
from streamer.core.policy import treatment
from streamer.core.show import ASKED_MS, CONTEXT_MESSAGES, LISTEN_MS, TOMBSTONE_MS, Request, Show

EXACT = 450
HOST = 400
DIRECT = 375
SEGMENT = 350
PAID = 300
REWARD = 250
NAMED = 200
EVERYONE = 150
QUESTION = 120
BANTER = 100
CROWD = 60
IDLE = 20

ALSO_MAX = 4
TESTS_MAX = 20
"""Test events that can wait at one time."""


def received(show: Show, chat: ChatReceived) -> tuple[Show, list[Command]]:
    """A message came: it may become context, a request, part of a request, or nothing. (Alerts: `core.alerts`.)"""
    if treatment(chat.verdict) != "use" or chat.bot or is_buried(show, chat.uid) or is_ignored(show, chat.user):
        return show, []
    asked = _asks_directly(show, chat) if chat.direct else _asks(show, chat)
    show = remembered(show, chat)
    if asked is None or show.mode not in ("running", "paused"):
        return show, []
    return _merge(show, asked) or add(show, asked)


def remembered(show: Show, chat: ChatReceived) -> Show:
    """Its words are shown to the personas who speak next."""
    if not chat.text or chat.guest or chat.features.command or chat.features.emote_only or chat.test:
        return show
    return replace(show, recent=(*show.recent[1 - CONTEXT_MESSAGES :], (chat.uid, chat.user)))


def _asks_directly(show: Show, chat: ChatReceived) -> Request | None:
    """Words said at the panel: answered whatever the dial, the pace and the viewer's last turn, and by themselves."""
    if not chat.text:
        return None
    return Request(
        id=show.next_request,
        kind="answer",
        priority=DIRECT,
        born_ms=show.now_ms,
        expires_ms=show.now_ms + show.settings.paid_age_ms,
        why="direct",
        cause=show.seq,
        uid=chat.uid,
        user=chat.user,
        direct=True,
        persona=named(show, chat.features.addressed),
        test=chat.test,
    )


def _asks(show: Show, chat: ChatReceived) -> Request | None:
    ranked = _rank(show, chat)
    if ranked is None:
        return None
    priority, why = ranked
    return Request(
        id=show.next_request,
        kind="answer",
        priority=priority,
        born_ms=show.now_ms,
        expires_ms=show.now_ms + show.settings.chat_age_ms,
        ready_ms=show.now_ms + show.settings.read_delay_ms,
        why=why,
        cause=show.seq,
        uid=chat.uid,
        user=chat.user,
        from_chat=not chat.test,
        direct=chat.test,
        persona=named(show, chat.features.addressed),
        topic=0 if chat.test else chat.features.topic,
        test=chat.test,
    )


def _rank(show: Show, chat: ChatReceived) -> tuple[int, str] | None:
    """Priority and reason, or None when the message is not for the cast at this dial."""
    features = chat.features
    if chat.guest or features.command:
        return None
    is_named = bool(named(show, features.addressed))
    if show.dial == "named" and not is_named:
        return None
    if features.emote_only or not chat.text:
        return None
    if is_named:
        return NAMED, "named"
    to_another_viewer = bool(chat.reply_to)
    if features.everyone and not to_another_viewer:
        return EVERYONE, "everyone"
    if features.question and not to_another_viewer:
        return QUESTION, "question"
    if show.dial == "chatty" and features.words >= 2:  # one word is rarely something to answer
        return CROWD, "picked"
    return None


def _merge(show: Show, asked: Request) -> tuple[Show, list[Command]] | None:
    """Somebody already waits with the same question: answer both at once. Who asks again, or comes after so many
    others that the line cannot speak to all of them, gets no answer of his own."""
    if not asked.topic or asked.kind != "answer":
        return None
    topic = asked.topic
    for index, other in enumerate(show.requests):
        if other.topic != topic or other.persona != asked.persona or other.kind != "answer":
            continue
        if asked.user in (other.user, *other.also_users) or len(other.also) >= ALSO_MAX:
            return show, _drops(show, asked, "crowded")
        joined = replace(
            other,
            also=(*other.also, asked.uid),
            also_users=(*other.also_users, asked.user),
            priority=max(other.priority, asked.priority),
            ready_ms=max(other.ready_ms, asked.ready_ms),
        )
        return replace(show, requests=(*show.requests[:index], joined, *show.requests[index + 1 :])), []
    return None


def add(show: Show, request: Request) -> tuple[Show, list[Command]]:
    """Put a request into the queue. A full queue loses its last in rank; a viewer who already has several waiting gives
    way when others wait."""
    waiting = show.requests
    if request.test:
        return _add_test(show, request)
    if len(waiting) >= show.settings.queue_max and not _speaks_too_much(show, request):
        least = _least(waiting)
        if request.priority < least.priority:
            kept, gone = waiting, request
        else:
            at = waiting.index(least)
            kept, gone = (*waiting[:at], *waiting[at + 1 :], request), least
        matters = gone is not request and _matters_now(show, request)
        wake_ms = 0 if matters else min(show.wake_ms, request.expires_ms)
        show = replace(show, requests=kept, next_request=show.next_request + 1, wake_ms=wake_ms)
        return show, _drops(show, gone, "crowded")
    requests = (*waiting, request)
    wake_ms = 0 if _matters_now(show, request) else min(show.wake_ms, request.expires_ms)
    show = replace(show, requests=requests, next_request=show.next_request + 1, wake_ms=wake_ms)
    if _speaks_too_much(show, request):
        return remove(show, (_least([r for r in requests if r.user == request.user and r.from_chat]),), "crowded")
    return show, []


def _add_test(show: Show, request: Request) -> tuple[Show, list[Command]]:
    """A test takes nobody's place in the queue."""
    show = replace(show, next_request=show.next_request + 1)
    if sum(each.test for each in show.requests) >= TESTS_MAX:
        return show, _drops(show, request, "crowded")
    return replace(show, requests=(*show.requests, request), wake_ms=0), []


def _speaks_too_much(show: Show, request: Request) -> bool:
    """The viewer has several waiting already, and others wait."""
    user = request.user
    if not user:
        return False
    mine = [r for r in show.requests if r.user == user and r.from_chat and r.id != request.id]
    if len(mine) < show.settings.per_viewer_max:
        return False
    return any(r.from_chat and r.user != user for r in show.requests)


def _matters_now(show: Show, request: Request) -> bool:
    """Whether anything can follow from a new request at once. In a full room most only wait."""
    if show.next is not None:
        return request.priority > show.next.request.priority
    others_wait_already = request.from_chat and any(r.from_chat for r in show.requests)
    return not others_wait_already or may_prepare_answer(show)


def put_back(show: Show, request: Request) -> tuple[Show, list[Command]]:
    """A request whose line was given up waits again, in its old place."""
    show = replace(show, requests=(request, *show.requests), wake_ms=0)
    if len(show.requests) > show.settings.queue_max and not request.test:
        return remove(show, (_least([each for each in show.requests if not each.test]),), "crowded")
    return show, []


def _least(requests: Sequence[Request]) -> Request:
    """The one to give up: last in priority. Of two equals the newer one is worth keeping: it is still on the screen."""
    least = requests[0]
    for each in requests:
        if each.priority < least.priority or (each.priority == least.priority and each.id < least.id):
            least = each
    return least


def remove(show: Show, gone: Iterable[Request], reason: DropReason) -> tuple[Show, list[Command]]:
    ids = {request.id for request in gone}
    if not ids:
        return show, []
    dropped: list[Command] = []
    for request in show.requests:
        if request.id in ids:
            dropped += _drops(show, request, reason)
    return replace(show, requests=tuple([r for r in show.requests if r.id not in ids])), dropped


def _drops(show: Show, request: Request, reason: DropReason) -> list[Command]:
    return [Drop(cause=show.seq, uid=uid, reason=reason) for uid in (request.uid, *request.also) if uid]


def best(show: Show, *, chat_allowed: bool) -> Request | None:
    """The request to take next, or None.

    By priority. Of equals, viewers who had no turn lately go first; then, among messages of a chat, the newest (an
    answer to what is still on the screen beats one to what has scrolled away), among all others the oldest.
    Viewers who have just been answered come last while somebody else waits.
    """
    open_ = show.requests if chat_allowed else [r for r in show.requests if not r.from_chat]
    if not open_:
        return None
    fresh = [r for r in open_ if not (r.from_chat and r.user in show.viewers and stands_back(show, r))]
    if not any(r.from_chat for r in fresh):
        fresh = open_  # no other viewer waits
    first = max([r.priority for r in fresh])
    return max(
        [r for r in fresh if r.priority == first],
        key=lambda r: (
            not (r.from_chat and had_a_turn(show, r)),
            r.id if r.kind == "answer" and r.from_chat else -r.id,
        ),
    )


def host_spoke(show: Show, said: HostSpoke) -> tuple[Show, list[Command]]:
    """The host is answered when he speaks to the cast: by name, to everyone, at the panel, replying to a persona who
    asked him, or going on while they listen. What he says to the audience is not for the cast, unless it names one."""
    features = said.features
    persona = named(show, features.addressed)
    to_audience = features.audience and not persona and not said.direct
    asked = "" if to_audience else _asked(show)
    listening = show.now_ms - show.host_answered_ms < LISTEN_MS
    show = replace(show, voice_ms=show.now_ms, asked=show.asked if to_audience else "")
    spoken_to = said.direct or persona or features.everyone or asked or (features.question and listening)
    if show.mode not in ("running", "paused") or to_audience or not (spoken_to or (features.reply and listening)):
        return show, []
    listener = asked or (show.last_persona if listening else "")
    request = Request(
        id=show.next_request,
        kind="host",
        priority=HOST,
        born_ms=show.now_ms,
        expires_ms=show.now_ms + show.settings.host_age_ms,
        why="host" if spoken_to else "reply",
        cause=show.seq,
        uid=said.uid,
        persona=persona or listener,
        prompt=said.text,
    )
    return add(show, request)


def _asked(show: Show) -> str:
    """The persona on stage who waits for the host's reply to her question; empty for none."""
    return named(show, (show.asked,)) if show.now_ms - show.asked_ms < ASKED_MS else ""


def say_requested(show: Show, said: SayRequested) -> tuple[Show, list[Command]]:
    if show.mode not in ("running", "paused"):
        return show, [Drop(cause=show.seq, uid=said.uid, reason="cleared")]
    request = Request(
        id=show.next_request,
        kind="exact" if said.exact else "say",
        priority=EXACT,
        born_ms=show.now_ms,
        expires_ms=show.now_ms + show.settings.paid_age_ms,
        why="operator",
        cause=show.seq,
        uid=said.uid,
        persona=said.persona,
        prompt=said.text,
    )
    return add(show, request)


def is_ignored(show: Show, user: str) -> bool:
    """An operator does not want the cast to hear this user, for now or for good."""
    until_ms = show.ignored.get(user)
    return until_ms is not None and (until_ms == 0 or show.now_ms < until_ms)


def is_buried(show: Show, uid: str) -> bool:
    """The message was deleted before it came. (A user's or a room's clearing covers earlier messages only.)"""
    at = show.tombstones.get(f"message:{uid}")
    return at is not None and show.now_ms - at < TOMBSTONE_MS
