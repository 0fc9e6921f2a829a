"""Who wrote a line of Twitch's IRC: names, roles, badges, months and tier, from its tags.

Source: dev.twitch.tv/docs/chat/irc (tags `badges`, `badge-info`, `color`, `msg-param-sub-plan`,
`msg-param-recipient-*`).
"""

import re
from functools import lru_cache

from streamer.core.events import Role
from streamer.ports import Badge, User

_ROLES: dict[str, Role] = {
    "broadcaster": "broadcaster",
    "moderator": "moderator",
    "lead_moderator": "moderator",
    "vip": "vip",
    "subscriber": "subscriber",
    "founder": "subscriber",
    "partner": "verified",
}
_MARKS: tuple[tuple[str, Role], ...] = (("mod", "moderator"), ("subscriber", "subscriber"))
_PLANS = {"1000": "1000", "2000": "2000", "3000": "3000", "Prime": "prime"}
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}", re.ASCII)
_ANONYMOUS = frozenset({"274598607", "407665396"})
"""The accounts AnAnonymousGifter and AnAnonymousCheerer."""
_BADGES_MAX = 20


def number(value: str) -> int:
    """A tag's number, 0 for anything else."""
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else 0


def plan(tags: dict[str, str]) -> str:
    """Of the subscription that was bought or given: `1000`, `2000`, `3000`, `prime`; empty when the line says none."""
    return _PLANS.get(tags.get("msg-param-sub-plan", ""), "")


@lru_cache(maxsize=2048)  # the same few badges come again and again
def _standing(badges: str, info: str) -> tuple[tuple[Badge, ...], tuple[Role, ...], str, int]:
    """Badges, roles, tier and months from the two tags. A subscriber's badge is 2,000 up for tier 2, 3,000 for tier 3.

    Of more than twenty badges the first twenty are kept.
    """
    more = dict(_pairs(info))
    shown: list[Badge] = []
    roles: list[Role] = []
    tier, months = "", 0
    for name, version in _pairs(badges):
        shown.append(Badge(name, version, more.get(name, "")))
        role = _ROLES.get(name)
        if role is not None and role not in roles:
            roles.append(role)
        if name in ("subscriber", "founder"):
            months = number(more.get(name, "")) or months
        if name == "subscriber":
            level = number(version)
            tier = "3000" if level >= 3000 else "2000" if level >= 2000 else "1000"
    return tuple(shown), tuple(roles), tier, months


def _pairs(tag: str) -> list[tuple[str, str]]:
    found = (item.partition("/") for item in tag.split(",", _BADGES_MAX)[:_BADGES_MAX])
    return [(name, value) for name, _, value in found if name]


def user_of(tags: dict[str, str], nick: str, user_id: str) -> User:
    """The author of a line whose `user-id` is known. `nick` is the login in the line's prefix."""
    badges = tags.get("badges", "")
    shown, roles, tier, months = _standing(badges, tags.get("badge-info", "")) if badges else ((), (), "", 0)
    for mark, role in _MARKS:
        if tags.get(mark) == "1" and role not in roles:
            roles = (*roles, role)
    login = tags.get("login") or nick
    color = tags.get("color", "")
    return User(
        id=user_id,
        login=login,
        name=tags.get("display-name", "").strip() or login,
        roles=roles,
        badges=shown,
        color=color if color and _COLOR.fullmatch(color) else "",
        tier=tier,
        months=months,
        anonymous=user_id in _ANONYMOUS,
    )


def recipient_of(tags: dict[str, str]) -> User | None:
    """Who was given a subscription; None when the line does not say."""
    user_id = tags.get("msg-param-recipient-id", "")
    if not user_id:
        return None
    login = tags.get("msg-param-recipient-user-name", "")
    return User(id=user_id, login=login, name=tags.get("msg-param-recipient-display-name", "").strip() or login)
