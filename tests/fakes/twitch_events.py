"""What Twitch puts into the `event` of each EventSub subscription, after its public documentation.

Each function gives one event as the documentation shows it: every documented key is there, null where it is null.
`KINDS` has one of every kind the fake can send, for tests that go through all of them.
"""

import itertools
from typing import Any

Event = dict[str, Any]
CHANNEL_ID = "1000"
CHANNEL = "mika_live"
CHANNEL_NAME = "Mika_Live"
STARTED = "2026-11-20T18:00:00Z"
ENDS = "2026-11-20T18:03:00Z"

_ids = itertools.count(1)


def new_id() -> str:
    return f"00000000-0000-4000-8000-{next(_ids):012d}"


def user_id(name: str) -> str:
    """The id every fake gives to a name; the channel's own is fixed."""
    return CHANNEL_ID if name.lower() == CHANNEL else f"id-{name.lower()}"


def person(prefix: str, name: str | None) -> Event:
    """Three keys, `<prefix>user_id`, `_login`, `_name`; null without a name."""
    if not name:
        return {f"{prefix}user_id": None, f"{prefix}user_login": None, f"{prefix}user_name": None}
    return {f"{prefix}user_id": user_id(name), f"{prefix}user_login": name.lower(), f"{prefix}user_name": name}


def here() -> Event:
    return person("broadcaster_", CHANNEL_NAME)


def text_piece(text: str) -> Event:
    return {"type": "text", "text": text, "cheermote": None, "emote": None, "mention": None}


def emote_piece(text: str, emote: str = "25") -> Event:
    emote_ = {"id": emote, "emote_set_id": "0", "owner_id": "0", "format": ["static"]}
    return text_piece(text) | {"type": "emote", "emote": emote_}


def cheer_piece(prefix: str = "Cheer", bits: int = 100) -> Event:
    mote = {"prefix": prefix.lower(), "bits": bits, "tier": 100 if bits >= 100 else 1}
    return text_piece(f"{prefix}{bits}") | {"type": "cheermote", "cheermote": mote}


def mention_piece(name: str) -> Event:
    return text_piece(f"@{name}") | {"type": "mention", "mention": person("", name)}


def words(text: str, *pieces: Event) -> Event:
    """`message` of an event: the pieces as given, or the text as one piece."""
    made = list(pieces) or ([text_piece(text)] if text else [])
    return {"text": "".join(piece["text"] for piece in made), "fragments": made}


def badge(set_id: str, number: str = "1", info: str = "") -> Event:
    return {"set_id": set_id, "id": number, "info": info}


def shared(channel: str | None = None, message: str | None = None) -> Event:
    """The keys of a shared chat; null when the message was written here."""
    return {
        "source_broadcaster_user_id": user_id(channel) if channel else None,
        "source_broadcaster_user_login": channel.lower() if channel else None,
        "source_broadcaster_user_name": channel,
        "source_message_id": message,
        "source_badges": [badge("subscriber", "6", "8")] if channel else None,
    }


def message(user: str, text: str = "", *pieces: Event, badges: tuple[Event, ...] = (), **more: Any) -> Event:
    """channel.chat.message 1."""
    return {
        **here(), **person("chatter_", user), "message_id": new_id(), "message": words(text, *pieces),
        "color": "#1E90FF", "badges": list(badges), "message_type": "text", "cheer": None, "reply": None,
        "channel_points_custom_reward_id": None, "channel_points_animation_id": None, **shared(),
        "is_source_only": None, **more,
    }  # fmt: skip


def reply_to(parent: str, user: str, text: str = "") -> Event:
    """`reply` of a message."""
    return {
        "parent_message_id": parent, "parent_message_body": text, **person("parent_", user),
        "thread_message_id": parent, **person("thread_", user),
    }  # fmt: skip


NOTICES = (
    "sub", "resub", "sub_gift", "community_sub_gift", "gift_paid_upgrade", "prime_paid_upgrade", "raid", "unraid",
    "pay_it_forward", "announcement", "bits_badge_tier", "charity_donation", "watch_streak",
)  # fmt: skip
SHARED_NOTICES = (
    "sub", "resub", "sub_gift", "community_sub_gift", "gift_paid_upgrade", "prime_paid_upgrade", "raid",
    "pay_it_forward", "announcement",
)  # fmt: skip


def notice(user: str, kind: str, detail: Event | None, text: str = "", **more: Any) -> Event:
    """channel.chat.notification 1. `detail` goes under the key named like the notice; all others are null."""
    empty: Event = dict.fromkeys(NOTICES) | {f"shared_chat_{name}": None for name in SHARED_NOTICES}
    return {
        **here(), **person("chatter_", user), "chatter_is_anonymous": False, "color": "", "badges": [],
        "system_message": f"{user} did something!", "message_id": new_id(), "message": words(text),
        "notice_type": kind, **empty, kind: detail, **shared(), **more,
    }  # fmt: skip


def sub(user: str, tier: str = "1000", *, prime: bool = False) -> Event:
    return notice(user, "sub", {"sub_tier": tier, "is_prime": prime, "duration_months": 1})


def resub(user: str, months: int, text: str = "", tier: str = "1000") -> Event:
    detail = {
        "cumulative_months": months, "duration_months": 1, "streak_months": None, "sub_tier": tier, "is_prime": False,
        "is_gift": False, "gifter_is_anonymous": None, **person("gifter_", None),
    }  # fmt: skip
    return notice(user, "resub", detail, text)


def sub_gift(user: str, recipient: str, community: str | None = None, tier: str = "1000") -> Event:
    detail = {
        "duration_months": 1, "cumulative_total": 5, **person("recipient_", recipient), "sub_tier": tier,
        "community_gift_id": community,
    }  # fmt: skip
    return notice(user, "sub_gift", detail)


def gift_storm(user: str, total: int, community: str, tier: str = "1000") -> Event:
    detail = {"id": community, "total": total, "sub_tier": tier, "cumulative_total": total + 7}
    return notice(user, "community_sub_gift", detail)


def raid(user: str, viewers: int) -> Event:
    detail = {**person("", user), "viewer_count": viewers, "profile_image_url": "https://example.invalid/eve.png"}
    return notice(user, "raid", detail)


def follow(user: str) -> Event:
    """channel.follow 2."""
    return {**person("", user), **here(), "followed_at": STARTED}


def redemption(user: str, title: str, text: str = "", *, reward: str = "reward-1", cost: int = 300) -> Event:
    """channel.channel_points_custom_reward_redemption.add 1."""
    return {
        "id": new_id(), **here(), **person("", user), "user_input": text, "status": "unfulfilled",
        "reward": {"id": reward, "title": title, "cost": cost, "prompt": "say it"}, "redeemed_at": STARTED,
    }  # fmt: skip


def held(user: str, text: str, message_id: str = "") -> Event:
    """automod.message.hold 2."""
    return {
        **here(), **person("", user), "message_id": message_id or new_id(), "message": words(text), "held_at": STARTED,
        "reason": "automod", "blocked_term": None,
        "automod": {"category": "aggressive", "level": 1, "boundaries": [{"start_pos": 0, "end_pos": 3}]},
    }  # fmt: skip


def held_resolved(user: str, text: str, message_id: str, status: str = "approved") -> Event:
    """automod.message.update 2."""
    return {**held(user, text, message_id), **person("moderator_", "Mod"), "status": status}


def poll(poll_id: str = "poll-1", votes: tuple[int, int] = (0, 0), **more: Any) -> Event:
    """channel.poll.begin, .progress, .end 1."""
    choices = [
        {"id": str(number), "title": title, "bits_votes": 0, "channel_points_votes": 0, "votes": count}
        for number, (title, count) in enumerate(zip(("Yes", "No"), votes, strict=True))
    ]
    voting = {"is_enabled": False, "amount_per_vote": 0}
    return {
        "id": poll_id, **here(), "title": "Another round?", "choices": choices, "bits_voting": voting,
        "channel_points_voting": voting, "started_at": STARTED, "ends_at": ENDS, **more,
    }  # fmt: skip


def prediction(prediction_id: str = "prediction-1", users: tuple[int, int] = (0, 0), **more: Any) -> Event:
    """channel.prediction.begin, .progress, .lock, .end 1."""
    outcomes = [
        {
            "id": str(number), "title": title, "color": color, "users": count, "channel_points": count * 100,
            "top_predictors": [],
        }
        for number, (title, color, count) in enumerate(
            zip(("Win", "Lose"), ("blue", "pink"), users, strict=True)
        )
    ]  # fmt: skip
    return {
        "id": prediction_id, **here(), "title": "Will she win?", "outcomes": outcomes, "started_at": STARTED,
        "locks_at": ENDS, **more,
    }  # fmt: skip


def hype_train(train: str = "train-1", *, level: int = 1, total: int = 700, goal: int = 1800, **more: Any) -> Event:
    """channel.hype_train.begin, .progress, .end 2."""
    return {
        "id": train, **here(), "total": total, "progress": total, "goal": goal, "level": level,
        "top_contributions": [{**person("", "Zoe"), "type": "bits", "total": total}],
        "shared_train_participants": None, "started_at": STARTED, "expires_at": ENDS, "is_shared_train": False,
        "type": "regular", "all_time_high_level": 4, "all_time_high_total": 2845, **more,
    }  # fmt: skip


def ad_break(seconds: int = 60) -> Event:
    """channel.ad_break.begin 1."""
    return {
        "duration_seconds": seconds, "started_at": STARTED, "is_automatic": False, **here(),
        **person("requester_", CHANNEL_NAME),
    }  # fmt: skip


def goal(current: int = 10, target: int = 100, **more: Any) -> Event:
    """channel.goal.begin, .progress, .end 1."""
    return {
        "id": "goal-1", **here(), "type": "follow", "description": "A hundred!", "current_amount": current,
        "target_amount": target, "started_at": STARTED, **more,
    }  # fmt: skip


def shield(**more: Any) -> Event:
    """channel.shield_mode.begin, .end 1."""
    return {**here(), **person("moderator_", "Mod"), **more}


def ban(user: str, seconds: int = 0, reason: str = "") -> Event:
    """channel.ban 1; `seconds` 0 is for good."""
    ends = f"2026-11-20T{18 + seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}Z" if seconds else None
    return {
        **person("", user), **here(), **person("moderator_", "Mod"), "reason": reason, "banned_at": STARTED,
        "ends_at": ends, "is_permanent": not seconds,
    }  # fmt: skip


def bits_use(user: str, bits: int, kind: str = "power_up", text: str = "") -> Event:
    """channel.bits.use 1."""
    power = {"type": "celebration", "emote": {"id": "25", "name": "Kappa"}, "message_effect_id": None}
    return {
        **person("", user), **here(), "bits": bits, "type": kind, "power_up": power if kind == "power_up" else None,
        "custom_power_up": None, "message": words(text) if text else None,
    }  # fmt: skip


def chat_settings(**more: Any) -> Event:
    """channel.chat_settings.update 1."""
    return {
        **here(), "emote_mode": False, "follower_mode": False, "follower_mode_duration_minutes": None,
        "slow_mode": False, "slow_mode_wait_time_seconds": None, "subscriber_mode": False, "unique_chat_mode": False,
        **more,
    }  # fmt: skip


def channel_update(title: str, category: str = "Just Chatting") -> Event:
    """channel.update 2."""
    return {
        **here(), "title": title, "language": "en", "category_id": "509658", "category_name": category,
        "content_classification_labels": [],
    }  # fmt: skip


def every_kind() -> list[tuple[str, str, Event]]:
    """(type, version, event): one of each subscription type, and of each notice and message type."""
    gifter = {"gifter_is_anonymous": False, **person("gifter_", "Zoe")}
    money = {"value": 500, "decimal_place": 2, "currency": "USD"}
    notices = [
        sub("Ann"), sub("Ann", "1000", prime=True), resub("Ann", 7, "seven!"), sub_gift("Zoe", "Ann"),
        gift_storm("Zoe", 3, "storm-1"), sub_gift("Zoe", "Ann", "storm-1"), raid("Eve", 33),
        notice("Ann", "gift_paid_upgrade", gifter), notice("Ann", "prime_paid_upgrade", {"sub_tier": "1000"}),
        notice("Ann", "pay_it_forward", gifter), notice("Eve", "unraid", {}),
        notice("Mod", "announcement", {"color": "PRIMARY"}, "be nice"),
        notice("Ann", "bits_badge_tier", {"tier": 1000}),
        notice("Ann", "charity_donation", {"charity_name": "Trees", "amount": money}),
        notice("Ann", "watch_streak", {"streak_count": 5, "channel_points_awarded": 350}, "five!"),
        notice("Ann", "shared_chat_sub", {"sub_tier": "1000", "is_prime": False, "duration_months": 1})
        | shared("Partner", new_id()),
        notice("Mod", "shared_chat_announcement", {"color": "BLUE"}, "over there") | shared("Partner", new_id()),
    ]  # fmt: skip
    messages = [
        message("Bob", "hello"),
        message("Bob", "", emote_piece("Kappa"), text_piece(" hi "), mention_piece("Ann")),
        message("Bob", "", cheer_piece("Cheer", 100), text_piece(" go"), cheer={"bits": 100}),
        message("Bob", "yes", reply=reply_to(new_id(), "Ann", "really?")),
        message("Bob", "shine", message_type="channel_points_highlighted"),
        message("Bob", "new here", message_type="user_intro"),
        message("Bob", "wow", message_type="power_ups_message_effect", channel_points_animation_id="rainbow-eclipse"),
        message("Bob", "sing", channel_points_custom_reward_id="reward-1"),
        message("Pat", "from there", **shared("Partner", new_id())),
        message("Mod", "careful", badges=(badge("moderator"), badge("subscriber", "12", "14"))),
    ]
    done: Event = {"ended_at": ENDS}
    rest: list[tuple[str, str, Event]] = [
        ("channel.chat.message_delete", "1", {**here(), **person("target_", "Bob"), "message_id": new_id()}),
        ("channel.chat.clear_user_messages", "1", {**here(), **person("target_", "Bob")}),
        ("channel.chat.clear", "1", here()),
        ("channel.chat_settings.update", "1", chat_settings(slow_mode=True, slow_mode_wait_time_seconds=30)),
        ("channel.bits.use", "1", bits_use("Bob", 50)),
        ("channel.follow", "2", follow("Ann")),
        ("channel.channel_points_custom_reward_redemption.add", "1", redemption("Ann", "Drink water")),
        ("automod.message.hold", "2", held("Bob", "rude")),
        ("automod.message.update", "2", held_resolved("Bob", "rude", new_id())),
        ("channel.poll.begin", "1", poll()),
        ("channel.poll.progress", "1", poll(votes=(3, 1))),
        ("channel.poll.end", "1", poll(votes=(3, 1), status="completed", **done)),
        ("channel.prediction.begin", "1", prediction()),
        ("channel.prediction.progress", "1", prediction(users=(2, 1))),
        ("channel.prediction.lock", "1", prediction(users=(2, 1), locked_at=ENDS)),
        ("channel.prediction.end", "1", prediction(users=(2, 1), status="resolved", winning_outcome_id="0", **done)),
        ("channel.hype_train.begin", "2", hype_train()),
        ("channel.hype_train.progress", "2", hype_train(level=2)),
        ("channel.hype_train.end", "2", hype_train(level=2, cooldown_ends_at=ENDS, **done)),
        ("channel.ad_break.begin", "1", ad_break()),
        ("channel.goal.begin", "1", goal()),
        ("channel.goal.progress", "1", goal(50)),
        ("channel.goal.end", "1", goal(100, is_achieved=True, **done)),
        ("channel.shield_mode.begin", "1", shield(started_at=STARTED)),
        ("channel.shield_mode.end", "1", shield(**done)),
        ("stream.online", "1", {"id": "9001", **here(), "type": "live", "started_at": STARTED}),
        ("stream.offline", "1", here()),
        ("channel.ban", "1", ban("Bob", 600)),
        ("channel.ban", "1", ban("Bob")),
        ("channel.update", "2", channel_update("New game")),
    ]
    return [
        *(("channel.chat.message", "1", event) for event in messages),
        *(("channel.chat.notification", "1", event) for event in notices),
        *rest,
    ]
