"""What a sign-in may be allowed, in pieces people understand, and the least scopes for the pieces that are wanted.

Sources: dev.twitch.tv/docs/authentication/scopes and the reference of each EventSub subscription; Google's list of
scopes for limited-input devices. Each piece has a sentence under `signin.allow.<service>.<name>` in the texts.
`channel.chat.notification` (scope `user:read:chat`) already tells of subscriptions, gifts and raids: they cost nothing.
"""

from collections.abc import Collection

import msgspec

from streamer.adapters.auth.google import SCOPE as YOUTUBE
from streamer.ports import AccountRole, Service

BOTH: tuple[AccountRole, ...] = ("bot", "broadcaster")
OWN: tuple[AccountRole, ...] = ("broadcaster",)


class Piece(msgspec.Struct, frozen=True):
    """`fixed`: nothing works without it. `alert`: the word in `chat.twitch.alerts` that switches it on; without one the
    person decides at sign-in."""

    service: Service
    name: str
    roles: tuple[AccountRole, ...]
    scopes: tuple[str, ...]
    fixed: bool = False
    alert: str = ""


PIECES: tuple[Piece, ...] = (
    Piece("twitch", "read", BOTH, ("user:read:chat",), fixed=True),
    Piece("twitch", "write", BOTH, ("user:write:chat",)),
    Piece("twitch", "moderate", BOTH, ("moderator:manage:chat_messages", "moderator:manage:banned_users")),
    Piece("twitch", "follows", OWN, ("moderator:read:followers",), alert="follows"),
    Piece("twitch", "redemptions", OWN, ("channel:read:redemptions",), alert="redemptions"),
    Piece("twitch", "bits", OWN, ("bits:read",)),
    Piece("twitch", "polls", OWN, ("channel:read:polls",), alert="polls"),
    Piece("twitch", "hype_train", OWN, ("channel:read:hype_train",), alert="hype_train"),
    Piece("twitch", "ads", OWN, ("channel:read:ads",), alert="ads"),
    Piece("twitch", "automod", OWN, ("moderator:manage:automod",), alert="automod"),
    Piece("youtube", "all", OWN, (YOUTUBE,), fixed=True),
)
ALERTS = tuple(piece.alert for piece in PIECES if piece.alert)


def roles_of(service: Service) -> tuple[AccountRole, ...]:
    """YouTube has one permission for everything, so a second account would add nothing."""
    return BOTH if service == "twitch" else OWN


def pieces(service: Service, role: AccountRole | None = None) -> tuple[Piece, ...]:
    return tuple(each for each in PIECES if each.service == service and (role is None or role in each.roles))


def scopes_for(service: Service, role: AccountRole, wanted: Collection[str]) -> tuple[str, ...]:
    """The scopes of the wanted pieces that suit the role, and of what nothing works without."""
    chosen = (each for each in pieces(service, role) if each.fixed or each.name in wanted)
    return tuple(dict.fromkeys(scope for each in chosen for scope in each.scopes))


def allowed(service: Service, scopes: Collection[str]) -> tuple[str, ...]:
    """Names of the pieces that these scopes cover."""
    return tuple(each.name for each in pieces(service) if set(each.scopes) <= _covered(scopes))


def missing(service: Service, role: AccountRole, wanted: Collection[str], scopes: Collection[str]) -> tuple[str, ...]:
    """Names of wanted pieces of the role that these scopes do not cover: sign in again to allow them."""
    have = _covered(scopes)
    chosen = (each for each in pieces(service, role) if each.fixed or each.name in wanted)
    return tuple(each.name for each in chosen if not set(each.scopes) <= have)


def _covered(scopes: Collection[str]) -> set[str]:
    """On Twitch to manage something is to read it, too."""
    return {*scopes, *(each.replace(":manage:", ":read:") for each in scopes)}


def wanted_of(role: AccountRole, alerts: Collection[str]) -> tuple[str, ...]:
    """The pieces that the settings switch on: those of alerts belong to the broadcaster."""
    return tuple(each.name for each in pieces("twitch", role) if each.alert and each.alert in alerts)
