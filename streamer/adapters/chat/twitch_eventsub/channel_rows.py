"""Everything beside the chat's own words: removals, follows, rewards, held messages, polls, hype trains, the stream."""

from typing import Any

from streamer.adapters.chat.twitch_eventsub.chat_rows import PLATFORM, SOURCE
from streamer.adapters.chat.twitch_eventsub.pieces import anyone, someone, words
from streamer.adapters.chat.twitch_eventsub.reading import Json, flag, needed, number, part, parts, stamp, text
from streamer.ports import ChatRow, Choice, Detail, Reward, RowKind

_DIGITS_MAX = 6


def _row(kind: RowKind, event: Json, at: float, **more: Any) -> ChatRow:
    channel = text(event, "broadcaster_user_login")
    return ChatRow(at=at, platform=PLATFORM, source=SOURCE, kind=kind, channel=channel, **more)


def message_delete(event: Json, at: float) -> ChatRow:
    return _row("delete_message", event, at, target=needed(event, "message_id"))


def clear_user(event: Json, at: float) -> ChatRow:
    return _row("clear_user", event, at, target=needed(event, "target_user_id"))


def clear_chat(event: Json, at: float) -> ChatRow:
    return _row("clear_chat", event, at)


def ban(event: Json, at: float) -> ChatRow:
    """A ban, or a timeout when it ends. The reason is moderators' business and stays out of the row."""
    ends = 0.0 if flag(event, "is_permanent") else stamp(event, "ends_at")
    began = stamp(event, "banned_at")
    duration = max(0.0, ends - began) if ends and began else 0.0
    return _row("clear_user", event, at, target=needed(event, "user_id"), duration_s=duration)


def follow(event: Json, at: float) -> ChatRow:
    """Who follows, leaves and follows again has one id, so that he is thanked once."""
    user = someone(event)
    return _row("follow", event, at, id=f"follow-{user.id}", user=user)


def redemption(event: Json, at: float) -> ChatRow:
    reward = part(event, "reward")
    number_ = needed(event, "id")
    return _row(
        "redemption",
        event,
        at,
        id=number_,
        user=someone(event),
        text=text(event, "user_input"),
        reward=Reward(needed(reward, "id"), text(reward, "title"), number(reward, "cost"), number_),
    )


def power_up(event: Json, at: float) -> ChatRow | None:
    """Bits of a cheer come with its chat message; what else they are spent on is told here, without the words."""
    kind = needed(event, "type")
    if kind == "cheer":
        return None
    power = part(event, "power_up") or part(event, "custom_power_up")
    title = text(power, "title") or text(power, "type") or kind
    return _row("cheer", event, at, user=someone(event), bits=number(event, "bits"), detail=Detail(title=title))


def held(event: Json, at: float) -> ChatRow:
    """The words are for the panel alone until the message is let through and comes as a chat message of this id."""
    whole, emotes, fragments = words(event)
    return _row(
        "held", event, at, id=needed(event, "message_id"), user=someone(event), text=whole, emotes=emotes,
        fragments=fragments, detail=Detail(title=text(part(event, "automod"), "category") or text(event, "reason")),
    )  # fmt: skip


def held_resolved(event: Json, at: float) -> ChatRow:
    """`detail.title` is `approved`, `denied`, `expired` or `invalid`."""
    status = text(event, "status").lower()
    return _row(
        "held_resolved", event, at, target=needed(event, "message_id"), user=anyone(event), detail=Detail(title=status)
    )


def _poll(kind: RowKind, event: Json, at: float) -> ChatRow:
    choices = tuple(Choice(text(each, "title"), number(each, "votes")) for each in parts(event, "choices"))
    total = sum(each.votes for each in choices)
    detail = Detail(text(event, "title"), choices, total=total, ends_in_s=_left(event, "ends_at"))
    return _row(kind, event, at, id=needed(event, "id"), detail=detail)


def _prediction(kind: RowKind, event: Json, at: float) -> ChatRow:
    """Told as a poll: who believes in what, `total` in channel points."""
    outcomes = parts(event, "outcomes")
    choices = tuple(Choice(text(each, "title"), number(each, "users")) for each in outcomes)
    total = sum(number(each, "channel_points") for each in outcomes)
    detail = Detail(text(event, "title"), choices, total=total, ends_in_s=_left(event, "locks_at"))
    return _row(kind, event, at, id=needed(event, "id"), detail=detail)


def _train(kind: RowKind, event: Json, at: float) -> ChatRow:
    level = number(event, "level")
    detail = Detail(
        title=text(event, "type"), level=level, total=number(event, "total"), goal=number(event, "goal"),
        ends_in_s=_left(event, "expires_at"),
    )  # fmt: skip
    return _row(kind, event, at, id=needed(event, "id"), count=level, detail=detail)


def _left(event: Json, key: str) -> float:
    """How long it lasts from its beginning: the event's own times are all there is to count from."""
    if text(event, "ended_at") or text(event, "locked_at"):
        return 0.0
    ends, began = stamp(event, key), stamp(event, "started_at")
    return max(0.0, ends - began) if ends and began else 0.0


def ad_break(event: Json, at: float) -> ChatRow:
    told = text(event, "duration_seconds")  # a number; in Twitch's own example it is text
    written = int(told) if told.isascii() and told.isdecimal() and len(told) <= _DIGITS_MAX else 0
    seconds = float(number(event, "duration_seconds") or written)
    return _row("ad_break", event, at, duration_s=seconds, detail=Detail(ends_in_s=seconds))


def goal(event: Json, at: float) -> ChatRow:
    title = text(event, "description") or text(event, "type")
    detail = Detail(title=title, total=number(event, "current_amount"), goal=number(event, "target_amount"))
    return _row("goal", event, at, id=needed(event, "id"), detail=detail)


def shield_on(event: Json, at: float) -> ChatRow:
    return _row("shield", event, at, count=1)


def shield_off(event: Json, at: float) -> ChatRow:
    return _row("shield", event, at)


def stream_on(event: Json, at: float) -> ChatRow:
    return _row("stream_on", event, at, id=text(event, "id"))


def stream_off(event: Json, at: float) -> ChatRow:
    return _row("stream_off", event, at)


_MODES = (
    ("emote_mode", "emote-only", ""),
    ("follower_mode", "followers-only", "follower_mode_duration_minutes"),
    ("slow_mode", "slow", "slow_mode_wait_time_seconds"),
    ("subscriber_mode", "subs-only", ""),
    ("unique_chat_mode", "r9k", ""),
)


def chat_settings(event: Json, at: float) -> ChatRow:
    """Modes of the room, named as a guest reads them (IRC's ROOMSTATE): `slow=30`, `followers-only=-1` when off."""
    shown: list[str] = []
    for key, name, amount in _MODES:
        on = flag(event, key)
        value = number(event, amount) if amount and on else int(on)
        shown.append(f"{name}={-1 if name == 'followers-only' and not on else value}")
    return _row("settings", event, at, text=" ".join(sorted(shown)))


def channel_update(event: Json, at: float) -> ChatRow:
    title, category = text(event, "title"), text(event, "category_name")
    return _row("settings", event, at, text=f"category={category}", detail=Detail(title=title))


def poll_begin(event: Json, at: float) -> ChatRow:
    return _poll("poll_begin", event, at)


def poll_progress(event: Json, at: float) -> ChatRow:
    return _poll("poll_progress", event, at)


def poll_end(event: Json, at: float) -> ChatRow:
    return _poll("poll_end", event, at)


def prediction_begin(event: Json, at: float) -> ChatRow:
    return _prediction("poll_begin", event, at)


def prediction_progress(event: Json, at: float) -> ChatRow:
    return _prediction("poll_progress", event, at)


def prediction_end(event: Json, at: float) -> ChatRow:
    return _prediction("poll_end", event, at)


def train_begin(event: Json, at: float) -> ChatRow:
    return _train("hype_train_begin", event, at)


def train_progress(event: Json, at: float) -> ChatRow:
    return _train("hype_train_progress", event, at)


def train_end(event: Json, at: float) -> ChatRow:
    return _train("hype_train_end", event, at)
