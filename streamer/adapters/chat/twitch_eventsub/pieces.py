"""People and words of an event: users with roles, messages in fragments."""

from streamer.adapters.chat.common.fragments import emotes_of, text_of
from streamer.adapters.chat.twitch_eventsub.reading import Json, clean, needed, number, part, parts, text
from streamer.core.events import Role
from streamer.ports import Badge, Fragment, User

_ROLES: dict[str, Role] = {
    "broadcaster": "broadcaster",
    "moderator": "moderator",
    "lead_moderator": "moderator",
    "vip": "vip",
    "subscriber": "subscriber",
    "founder": "subscriber",
    "partner": "verified",
}
_EMOTE_URL = "https://static-cdn.jtvnw.net/emoticons/v2/{id}/default/dark/2.0"
_COLOR_LENGTH = 7

Words = tuple[str, tuple[tuple[int, int, str], ...], tuple[Fragment, ...]]
"""text, emotes, fragments of a ChatRow."""


def anyone(event: Json, prefix: str = "") -> User | None:
    """The user under `<prefix>user_id`, `_login`, `_name`; None when no id is there."""
    return someone(event, prefix) if text(event, f"{prefix}user_id") else None


def someone(event: Json, prefix: str = "") -> User:
    """Like `anyone`; raises Malformed when no id is there."""
    login = text(event, f"{prefix}user_login")
    name = text(event, f"{prefix}user_name").strip() or login
    return User(id=needed(event, f"{prefix}user_id"), login=login, name=name)


def chatter(event: Json, *, tier: str = "") -> User:
    """Who wrote. Roles come from the badges worn here, never from those of a partner's room (`source_badges`)."""
    login = text(event, "chatter_user_login")
    badges = tuple(
        Badge(set=name, id=text(each, "id"), info=text(each, "info"))
        for each in parts(event, "badges")
        if (name := text(each, "set_id"))
    )
    color = text(event, "color")
    return User(
        id=needed(event, "chatter_user_id"),
        login=login,
        name=text(event, "chatter_user_name").strip() or login,
        roles=roles_of(badges),
        badges=badges,
        color=color if len(color) == _COLOR_LENGTH and color.startswith("#") else "",
        tier=tier,
        months=_months(badges),
        anonymous=event.get("chatter_is_anonymous") is True,
    )


def roles_of(badges: tuple[Badge, ...]) -> tuple[Role, ...]:
    """In the order the badges are worn, each once."""
    return tuple(dict.fromkeys(role for each in badges if (role := _ROLES.get(each.set)) is not None))


def _months(badges: tuple[Badge, ...]) -> int:
    """`info` of a subscriber's badge counts all months."""
    for each in badges:
        if each.set in ("subscriber", "founder") and each.info.isascii() and each.info.isdecimal():
            return int(each.info[:6])
    return 0


def words(event: Json) -> Words:
    """Of the event's `message`, which is an object, or null, or (older kinds) a plain text."""
    message = event.get("message")
    if isinstance(message, str):
        return clean(message), (), ()
    found = part(event, "message")
    fragments = tuple(_fragment(each) for each in parts(found, "fragments"))
    whole = text(found, "text")
    if not whole:
        whole = text_of(fragments)
    if text_of(fragments) != whole:  # the pieces say something else: the text counts, without places of emotes
        return whole, (), ()
    if all(each.type == "text" for each in fragments):
        return whole, (), ()
    return whole, emotes_of(fragments), fragments


def _fragment(piece: Json) -> Fragment:
    kind, shown = text(piece, "type"), text(piece, "text")
    if kind == "emote":
        number_ = text(part(piece, "emote"), "id")
        return Fragment("emote", shown, id=number_, url=_url(number_))
    if kind == "cheermote":
        mote = part(piece, "cheermote")
        return Fragment("cheermote", shown, id=text(mote, "prefix"), bits=number(mote, "bits"))
    if kind == "mention":
        return Fragment("mention", shown, user=text(part(piece, "mention"), "user_id"))
    if kind == "gif":
        gif = part(piece, "gif")
        address = text(gif, "url")
        return Fragment("gif", shown, id=text(gif, "id"), url=address if address.startswith("https://") else "")
    return Fragment("text", shown)


def _url(emote: str) -> str:
    """Ids are Twitch's, and still nothing that could leave the path gets into it."""
    return _EMOTE_URL.format(id=emote) if emote and emote.replace("_", "").isalnum() and emote.isascii() else ""
