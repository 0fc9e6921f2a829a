"""Which subscriptions the signed-in accounts allow, and what stays off and why. Values in, values out.

Two reports of one thing are never subscribed to together: subscriptions, gifts and raids come as
channel.chat.notification, bits with channel.chat.message; channel.bits.use adds only what is not a cheer.
Source of scopes and conditions: dev.twitch.tv/docs/eventsub/eventsub-subscription-types.
"""

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

Group = Literal["chat", "stream", "follows", "redemptions", "subs", "polls", "hype_train", "ads", "automod", "extra"]
ALERTS: frozenset[str] = frozenset({"follows", "redemptions", "subs", "polls", "hype_train", "ads", "automod"})


class Who(msgspec.Struct, frozen=True):
    """A sign-in. One user may have signed in twice; each token is good only for what it was given."""

    user_id: str
    scopes: frozenset[str] = frozenset()
    key: str = ""
    """Under which its token is asked for; empty: the user's id."""


class Want(msgspec.Struct, frozen=True):
    """A subscription and the user whose token creates it."""

    type: str
    version: str
    condition: tuple[tuple[str, str], ...]
    user: str
    group: Group
    token: str = ""
    """The key of the sign-in whose token has the scope; empty: the user's id."""


class Off(msgspec.Struct, frozen=True):
    """What is switched on and cannot be: `scope` is missing, from the account `role` (not signed in: `no_account`)."""

    group: Group
    scope: str
    role: Literal["bot", "broadcaster"]
    no_account: bool = False


class Plan(msgspec.Struct, frozen=True):
    wants: tuple[Want, ...] = ()
    off: tuple[Off, ...] = ()


class _Topic(msgspec.Struct, frozen=True):
    group: Group
    types: tuple[str, ...]
    scopes: tuple[str, ...]
    """One of them is enough; none needed when empty. The first is the one to ask for."""
    by: Literal["chatter", "moderator", "owner", "anyone"]
    """Whose token it takes, which also gives the condition."""
    version: str = "1"
    tell: bool = True
    """Whether it is worth a word when it is missing."""


_TOPICS = (
    _Topic(
        "chat",
        (
            "channel.chat.message", "channel.chat.message_delete", "channel.chat.clear_user_messages",
            "channel.chat.clear", "channel.chat.notification", "channel.chat_settings.update",
        ),
        ("user:read:chat",),
        "chatter",
    ),
    _Topic("follows", ("channel.follow",), ("moderator:read:followers",), "moderator", "2"),
    _Topic(
        "redemptions",
        ("channel.channel_points_custom_reward_redemption.add",),
        ("channel:read:redemptions", "channel:manage:redemptions"),
        "owner",
    ),
    _Topic("subs", ("channel.bits.use",), ("bits:read",), "owner", tell=False),
    _Topic(
        "automod", ("automod.message.hold", "automod.message.update"), ("moderator:manage:automod",), "moderator", "2"
    ),
    _Topic(
        "polls",
        ("channel.poll.begin", "channel.poll.progress", "channel.poll.end"),
        ("channel:read:polls", "channel:manage:polls"),
        "owner",
    ),
    _Topic(
        "polls",
        (
            "channel.prediction.begin", "channel.prediction.progress", "channel.prediction.lock",
            "channel.prediction.end",
        ),
        ("channel:read:predictions", "channel:manage:predictions"),
        "owner",
        tell=False,
    ),
    _Topic(
        "hype_train",
        ("channel.hype_train.begin", "channel.hype_train.progress", "channel.hype_train.end"),
        ("channel:read:hype_train",),
        "owner",
        "2",
    ),
    _Topic("ads", ("channel.ad_break.begin",), ("channel:read:ads",), "owner"),
    _Topic("extra", ("channel.ban",), ("channel:moderate",), "owner", tell=False),
    _Topic(
        "extra", ("channel.goal.begin", "channel.goal.progress", "channel.goal.end"), ("channel:read:goals",), "owner",
        tell=False,
    ),
    _Topic(
        "extra",
        ("channel.shield_mode.begin", "channel.shield_mode.end"),
        ("moderator:read:shield_mode", "moderator:manage:shield_mode"),
        "moderator",
        tell=False,
    ),
    _Topic("stream", ("stream.online", "stream.offline"), (), "anyone", tell=False),
    _Topic("stream", ("channel.update",), (), "anyone", "2", tell=False),
)  # fmt: skip


def plan(channel: str, bot: Who | None, broadcaster: Who | None, alerts: Iterable[str]) -> Plan:
    """`channel` is the user id of the channel's owner; each account may be him, or the other one, or missing."""
    people = list(dict.fromkeys(each for each in (bot, broadcaster) if each is not None and each.user_id))
    owners = [each for each in people if each.user_id == channel]
    on = {"chat", "stream", "extra", *alerts}
    wants: list[Want] = []
    off: list[Off] = []
    reader: Who | None = None
    for topic in _TOPICS:
        if topic.group not in on:
            continue
        able = _able(topic, people, owners)
        if able is None:
            if topic.tell:
                off.append(_missing(topic, people, owners))
            continue
        if topic.group == "chat":
            reader = able
        who = reader or able if topic.by == "anyone" else able
        condition = tuple(_condition(topic, channel, who.user_id))
        wants += [Want(each, topic.version, condition, who.user_id, topic.group, who.key) for each in topic.types]
    return Plan(tuple(wants), tuple(off))


def _able(topic: _Topic, people: list[Who], owners: list[Who]) -> Who | None:
    if topic.by == "anyone":
        return people[0] if people else None
    # The owner may moderate without being asked; a bot has to be made a moderator first.
    rest = [each for each in people if each not in owners]
    order = {"chatter": people, "moderator": owners + rest, "owner": owners}
    return next((each for each in order[topic.by] if each.scopes & set(topic.scopes)), None)


def _missing(topic: _Topic, people: list[Who], owners: list[Who]) -> Off:
    scope = topic.scopes[0] if topic.scopes else ""
    if topic.by == "chatter":
        return Off(topic.group, scope, "bot", no_account=not people)
    return Off(topic.group, scope, "broadcaster", no_account=not owners)


def _condition(topic: _Topic, channel: str, user: str) -> Iterator[tuple[str, str]]:
    yield "broadcaster_user_id", channel
    if topic.by == "chatter":
        yield "user_id", user
    elif topic.by == "moderator":
        yield "moderator_user_id", user
