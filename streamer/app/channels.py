"""The chats of a show: which are read, by which way, with which account."""

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple, Protocol

from streamer.adapters.chat.twitch_irc.settings import TwitchChat
from streamer.adapters.chat.youtube.api.source import YouTubeApi
from streamer.adapters.chat.youtube.resolve import resolve
from streamer.adapters.chat.youtube.settings import YouTubeChat
from streamer.adapters.chat.youtube.trouble import Trouble
from streamer.adapters.chat.youtube.wanted import wanted
from streamer.adapters.chat.youtube.web import Web
from streamer.app.again import Again
from streamer.app.demo import AudienceChat
from streamer.app.outward.keys import keyed_bot
from streamer.app.settings import Settings, secret
from streamer.app.setup.secrets import name_for
from streamer.app.spare import Spared
from streamer.cast import Persona
from streamer.ports import Account, AccountRole, ChatSource, Health, Misconfigured, Notice, Service, Unavailable

YOUTUBE_KEY = "SHOWRUNNER_CHAT__YOUTUBE__API_KEY"
AGAIN_S = 20.0
"""After a stream the channel is asked for its next one this often."""
_LACKING = {"fix.sign_in": "chat.not_signed_in", "fix.youtube.key": "chat.youtube.no_way"}
"""What is said of a chat that cannot be opened, by what helps."""
_NOT_YET = frozenset({"offline"})
_GIVEN = frozenset({"live", "upcoming", "unknown"})


class Signed(Protocol):
    """Who is signed in."""

    def get(self, service: Service, role: AccountRole) -> Account | None: ...


class ChatKey(NamedTuple):
    """`room`: the room whose messages have ids, so that two readers of it tell nothing twice; empty where they have
    none."""

    room: str
    way: object


class Nobody:
    """Nobody is."""

    def get(self, service: Service, role: AccountRole) -> Account | None:  # noqa: ARG002 - the same answer for all
        return None


def open_chats(
    settings: Settings,
    cast: Sequence[Persona],
    seed: int,
    signed: Signed | None = None,
    *,
    only: Collection[str] | None = None,
) -> tuple[list[ChatSource], list[Health]]:
    """Freshly made: what the settings name, else the demo's audience; and what of it cannot be opened. `only`: of these
    parts, such as `chat.twitch`, which are the names of the sources too."""
    signed = signed or Nobody()
    makers: list[tuple[str, Callable[[], ChatSource]]] = []
    twitch, youtube, bot = settings.channel, settings.youtube, settings.chat.streamerbot
    if twitch is not None:
        makers.append(("chat.twitch", lambda: open_twitch(twitch, signed)))
    if youtube is not None:
        makers.append(("chat.youtube", lambda: open_youtube(youtube, signed)))
    if bot is not None:
        makers.append(("chat.streamerbot", lambda: keyed_bot(bot).open()))
    if not settings.on_channel:
        makers.append(("chat.demo", lambda: AudienceChat(seed, [persona.name for persona in cast])))
    sources: list[ChatSource] = []
    broken: list[Health] = []
    for part, make in makers:
        if only is not None and part not in only:
            continue
        try:
            sources.append(make())
        except Misconfigured as wrong:
            code = _LACKING.get(wrong.fix, "part.misconfigured")
            broken.append(Health(part, "broken", Notice(code, {"reason": wrong.reason}, wrong.fix)))
    return sources, broken


def chat_keys(settings: Settings, signed: Signed) -> dict[str, ChatKey]:
    """For each chat that is wanted which one it is, and by which way it is read: equal for settings and accounts that
    read the same by the same way."""
    twitch, youtube, bot = settings.channel, settings.youtube, settings.chat.streamerbot
    keys: dict[str, ChatKey] = {}
    if twitch is not None:
        keys["chat.twitch"] = ChatKey(twitch.channel, (twitch, _people(signed, "twitch")))
    if youtube is not None:
        keys["chat.youtube"] = ChatKey(youtube.channel, (youtube, _key_of(youtube), _people(signed, "youtube")))
    if bot is not None:
        keys["chat.streamerbot"] = ChatKey("", bot.model_copy(update={"do": []}))
    if not settings.on_channel:
        keys["chat.demo"] = ChatKey("", None)
    return keys


def _people(signed: Signed, wanted_of: Service) -> list[tuple[str, frozenset[str]] | None]:
    """Who is signed in, and what they may do. A token that was renewed changes nothing."""
    accounts = [signed.get(service, role) for service, role in _ROLES if service == wanted_of]
    return [None if account is None else (account.login, account.scopes) for account in accounts]


_ROLES: tuple[tuple[Service, AccountRole], ...] = (
    ("twitch", "bot"), ("twitch", "broadcaster"), ("youtube", "broadcaster"),
)  # fmt: skip


# --- Twitch -----------------------------------------------------------------------------------------------------------


def open_twitch(part: TwitchChat, signed: Signed) -> ChatSource:
    """Signed in, with the guest's way beside it, so that nothing is lost when one of two connections drops; as a guest
    alone while nobody is signed in. Raises Misconfigured."""
    broadcaster = signed.get("twitch", "broadcaster")
    account = signed.get("twitch", "bot") or broadcaster
    if part.read == "irc" or (part.read == "auto" and (account is None or not part.client_id)):
        return part.open()
    if account is None:
        raise Misconfigured("nobody is signed in to Twitch", fix="fix.sign_in")
    from streamer.adapters.chat.twitch_eventsub.source import TwitchEventSub

    first = TwitchEventSub(
        part.channel,
        account,
        broadcaster,
        client_id=part.client_id,
        api_url=part.api_url,
        eventsub_url=part.eventsub_url,
        auth_url=part.auth_url,
        alerts=part.alerts,
    )
    return Spared(first, part.open, always=True) if part.read == "auto" else first


# --- YouTube ----------------------------------------------------------------------------------------------------------


def open_youtube(part: YouTubeChat, signed: Signed) -> ChatSource:
    """By the official API where there is an account or a key, with the public page beside it; else by the page."""
    account = signed.get("youtube", "broadcaster")
    key = _key_of(part)
    if part.read == "web" or (part.read == "auto" and account is None and not key):
        return part.open()
    if account is None and not key:
        raise Misconfigured("reading YouTube by its API needs a key or a sign-in", fix="fix.youtube.key")

    def make() -> ChatSource:
        return YouTubeApi(
            part.channel,
            lambda: video_of(part),
            api_key=key,
            account=account,
            api_url=part.api_url,
            deletions=part.open(),
        )

    return Again(make, AGAIN_S) if wanted(part.channel, part.base_url).kind == "channel" else make()


def _key_of(part: YouTubeChat) -> str:
    """The key of the settings, else the one that set-up keeps for this address."""
    return part.api_key.get_secret_value() or secret(name_for(YOUTUBE_KEY, part.api_url)).get_secret_value()


async def video_of(part: YouTubeChat) -> str:
    """The id of the stream that runs, or is announced. Raises Unavailable while there is none, Misconfigured when there
    cannot be one."""
    what = wanted(part.channel, part.base_url)
    if what.kind == "video" and not what.path:
        return what.video
    web = Web(part.base_url)
    try:
        found = await resolve(web, what)
    except Trouble as trouble:
        raise Unavailable(f"the channel's page could not be read ({trouble.code})") from None
    finally:
        await web.aclose()
    if found.state in _GIVEN and found.video:
        return found.video
    if found.state in _NOT_YET or found.state in _GIVEN:
        raise Unavailable("the channel has no stream at the moment")
    raise Misconfigured(f"YouTube has no stream there ({found.state})", fix="fix.youtube.channel")
