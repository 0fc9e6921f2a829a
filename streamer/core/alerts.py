"""Alerts: raids, gifts, money, rewards. What is thanked, when, by whom, and what of it is remembered.

An alert that is not thanked (switched off, below the least, too soon) is still a message, if it has words. Words that
moderation does not let through are neither answered nor read, whatever was paid for them.
"""

from msgspec.structs import replace

from streamer.core.casting import named
from streamer.core.commands import Command, Drop, DropReason
from streamer.core.events import AlertReplayed, ChatReceived
from streamer.core.policy import treatment
from streamer.core.requests import PAID, REWARD, add, is_buried, is_ignored, remembered
from streamer.core.requests import received as message
from streamer.core.settings import AlertRule
from streamer.core.show import Request, Show
from streamer.core.turns import withdraw

MONEY = frozenset({"cheer", "superchat", "sticker"})
THANKED = frozenset({*MONEY, "member_new", "resub", "milestone", "gift_batch", "raid"})
"""Kinds that are thanked also where the settings have no rule for them."""
TOGETHER = frozenset({"gift_batch", "raid"})
"""Kinds that are one thank-you while the first of the same user waits."""
STORM_MS = 20_000
"""A storm of gifts is thanked no later than this after it began, and gifts further apart are not added up."""
REMEMBERED = 500
"""Users, and rules, of which is known when they were thanked; as many whose gifts are being added up."""

_PLAIN = AlertRule()


def received(show: Show, chat: ChatReceived) -> tuple[Show, list[Command]]:
    """Something that is no plain message: thanked by its rule, answered as a message, or neither."""
    rule = rule_of(show, chat)
    if rule is None or chat.guest or chat.direct:
        return message(show, chat)
    if not _may_use(show, chat, rule) or (chat.rule and not rule.on):
        return show, []
    if show.mode not in ("running", "paused"):
        return show, []
    if _is_gift(chat) and rule.on and (waiting := _waiting(show, chat)) is not None:
        return _together(show, waiting, chat, rule)
    count = chat.count
    if _is_gift(chat) and rule.on and not chat.test:
        show, count = _added_up(show, chat, rule)
    refused = _refused(show, chat, rule, count)
    if refused:
        return _as_message(show, chat, refused)
    show = show if chat.test else _noted(show, chat, rule, count)
    if chat.kind == "raid" and (waiting := _waiting(show, chat)) is not None:
        return _together(show, waiting, chat, rule)
    return _thank(show, _request(show, chat, rule, count=count, free=chat.test), chat)


def replayed(show: Show, again: AlertReplayed) -> tuple[Show, list[Command]]:
    """An operator wants it once more: no least, no cooldown, no pace and no dial holds, and none is left behind."""
    chat = again.chat
    rule = rule_of(show, chat) or _PLAIN
    waits = (*show.requests, show.next.request) if show.next is not None else show.requests
    if show.mode not in ("running", "paused") or not _may_use(show, chat, rule):
        return show, []
    if any(request.uid == chat.uid for request in waits):
        return show, []
    return add(show, _request(show, chat, rule, count=chat.count, free=True))


def rule_of(show: Show, chat: ChatReceived) -> AlertRule | None:
    """The rule that holds; None for what is no alert."""
    rules = show.settings.alerts
    rule = rules.get(chat.rule or chat.kind)
    return rule if rule is not None or chat.kind not in THANKED else _PLAIN


def why_not(show: Show, chat: ChatReceived) -> DropReason | None:
    """Why an alert is not thanked at this moment by its rule; None when it is, or when no rule speaks against it."""
    rule = rule_of(show, chat)
    return "off" if rule is None else _refused(show, chat, rule, chat.count)


# --- the rules --------------------------------------------------------------------------------------------------------


def _may_use(show: Show, chat: ChatReceived, rule: AlertRule) -> bool:
    if chat.bot or is_buried(show, chat.uid) or is_ignored(show, chat.user):
        return False
    use = treatment(chat.verdict)
    return use == "use" or (use == "hold" and rule.held)


def _refused(show: Show, chat: ChatReceived, rule: AlertRule, count: int) -> DropReason | None:
    if not rule.on:
        return "off"
    asked_for = named(show, (*chat.features.addressed, rule.persona) if chat.rule else chat.features.addressed)
    if show.dial == "named" and not asked_for:
        return "dial"
    if chat.test:
        return None
    if _below(chat, rule, count):
        return "least"
    return "cooldown" if _too_soon(show, chat, rule, count) else None


def _below(chat: ChatReceived, rule: AlertRule, count: int) -> bool:
    if chat.amount is not None and rule.least_micros:
        least = rule.least_micros
        return chat.amount.micros < least.get(chat.amount.currency, least.get("other", 0))
    if chat.kind in ("superchat", "sticker"):
        return False  # an amount that could not be read is no small one
    return _size(chat, count) < rule.least


def _size(chat: ChatReceived, count: int) -> int:
    if chat.kind == "cheer":
        return chat.bits
    if chat.amount is not None:
        return chat.amount.micros
    return max(count, 1) if _is_gift(chat) else count


def _too_soon(show: Show, chat: ChatReceived, rule: AlertRule, count: int) -> bool:
    if not show.alerted:
        return False
    every, mine = _keys(chat)
    last_ms, _ = show.alerted.get(every, (-(2**62), 0))
    if show.now_ms - last_ms < rule.cooldown_ms:
        return True
    last_ms, size = show.alerted.get(mine, (-(2**62), 0))
    if show.now_ms - last_ms >= rule.user_cooldown_ms:
        return False
    return chat.kind not in MONEY | {"gift_batch"} or _size(chat, count) <= size


def _keys(chat: ChatReceived) -> tuple[str, str]:
    """Of the rule, and of the user under it; amounts of two currencies cannot be compared."""
    name = chat.rule or chat.kind
    return name, f"{name}/{chat.amount.currency if chat.amount is not None else ''}/{chat.user}"


def _noted(show: Show, chat: ChatReceived, rule: AlertRule, count: int) -> Show:
    """It is going to be thanked: the cooldowns begin."""
    if rule.cooldown_ms <= 0 and rule.user_cooldown_ms <= 0:
        return show
    every, mine = _keys(chat)
    alerted = {key: at for key, at in show.alerted.items() if key not in (every, mine)}
    if rule.cooldown_ms > 0:
        alerted[every] = (show.now_ms, 0)
    if rule.user_cooldown_ms > 0 and _is_known(chat.user):
        alerted[mine] = (show.now_ms, _size(chat, count))
    return replace(show, alerted=_newest(alerted))


def _is_known(user: str) -> bool:
    """Not somebody of whom only the platform is told: two of them are no one person."""
    return bool(user.partition(":")[2])


def _newest(table: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """The newest entries; a table is in the order in which they were made."""
    return table if len(table) <= REMEMBERED else dict(list(table.items())[-REMEMBERED:])


# --- storms -----------------------------------------------------------------------------------------------------------


def _is_gift(chat: ChatReceived) -> bool:
    return chat.kind == "gift_batch"


def _waiting(show: Show, chat: ChatReceived) -> Request | None:
    """The thank-you of the same kind that the same user still waits for."""
    if not _is_known(chat.user):
        return None
    waits = (*show.requests, show.next.request) if show.next is not None else show.requests
    return next((r for r in waits if (r.user, r.why, r.test) == (chat.user, chat.kind, chat.test)), None)


def _together(show: Show, waiting: Request, chat: ChatReceived, rule: AlertRule) -> tuple[Show, list[Command]]:
    """One thank-you for both, when the sound of the second has ended. A line that is being made is made again."""
    out: list[Command] = []
    if show.next is not None and show.next.request.id == waiting.id:
        show, out = withdraw(show, "merged", keep_request=True)
    count = waiting.count + max(chat.count, 1) if _is_gift(chat) else max(waiting.count, chat.count)
    ready_ms = min(_ready_ms(show, rule), waiting.born_ms + STORM_MS + rule.speak_after_ms)
    joined = replace(waiting, count=count, ready_ms=max(waiting.ready_ms, ready_ms))
    requests = tuple(joined if request.id == waiting.id else request for request in show.requests)
    out.append(Drop(cause=show.seq, uid=chat.uid, reason="merged"))
    return replace(show, requests=requests, wake_ms=0), out


def _added_up(show: Show, chat: ChatReceived, rule: AlertRule) -> tuple[Show, int]:
    """How many gifts of the user came within a storm's length; those that do not come up to the least are kept."""
    count = max(chat.count, 1)
    if rule.least <= 1 or not _is_known(chat.user):
        return show, count
    last_ms, before = show.gifts.get(chat.user, (-(2**62), 0))
    count += before if show.now_ms - last_ms < STORM_MS else 0
    gifts = {user: at for user, at in show.gifts.items() if user != chat.user and show.now_ms - at[0] < STORM_MS}
    if count < rule.least:
        gifts[chat.user] = (show.now_ms, count)
    return replace(show, gifts=_newest(gifts)), count


# --- what comes of it -------------------------------------------------------------------------------------------------


def _ready_ms(show: Show, rule: AlertRule) -> int:
    return show.now_ms + max(show.settings.read_delay_ms, rule.speak_after_ms)


def _request(show: Show, chat: ChatReceived, rule: AlertRule, *, count: int, free: bool) -> Request:
    """`free`: asked for by an operator; no limit of pace holds, and none is used up."""
    features = chat.features
    said, ruled = named(show, features.addressed), named(show, (rule.persona,))
    return Request(
        id=show.next_request,
        kind="paid",
        priority=REWARD if chat.kind == "redemption" else PAID,
        born_ms=show.now_ms,
        expires_ms=show.now_ms + rule.speak_after_ms + show.settings.paid_age_ms,
        ready_ms=_ready_ms(show, rule),
        why="paid" if chat.kind in MONEY else chat.kind,
        cause=show.seq,
        uid=chat.uid,
        user=chat.user,
        from_chat=not free,
        direct=free,
        persona=(ruled or said) if chat.rule else (said or ruled),
        topic=features.topic,
        prompt=chat.alert,
        scene=rule.scene,
        exact=rule.exact and bool(chat.alert),
        wordless=treatment(chat.verdict) != "use",
        count=max(count, 1) if _is_gift(chat) else count if chat.kind == "raid" else 0,
        test=chat.test,
    )


def _thank(show: Show, request: Request, chat: ChatReceived) -> tuple[Show, list[Command]]:
    return add(show if request.wordless else remembered(show, chat), request)


def _as_message(show: Show, chat: ChatReceived, reason: DropReason) -> tuple[Show, list[Command]]:
    """Not thanked; what was written may be answered like anything else that is written."""
    if treatment(chat.verdict) != "use":
        return show, []
    after, out = message(show, chat)
    if after.requests is show.requests and not out and reason in ("least", "cooldown"):
        out.append(Drop(cause=show.seq, uid=chat.uid, reason=reason))
    return after, out
