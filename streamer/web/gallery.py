"""The gallery of overlays: which pages there are for browser sources, and what their addresses and styles can be told.

`GET /api/v1/overlays`. The pages that come with the program are described here; a page of the streamer's own, in
`overlays/<name>/` of the home folder, is found by itself and may describe itself in `overlay.json` beside its
`index.html`, with the keys of `About`.
"""

from collections.abc import Callable
from typing import Final, Literal, Protocol

import msgspec

from streamer.web.rest import Call, Route, route

PATH: Final = "/api/v1/overlays"
WIDTH: Final = 1920
HEIGHT: Final = 1080

ParamKind = Literal["choice", "several", "number", "switch", "text", "time", "persona"]
StyleKind = Literal["size", "colour", "number", "font"]


class Param(msgspec.Struct, frozen=True, omit_defaults=True):
    """One parameter of the address. `default` is what counts without it. `options` of a `choice` or of `several`, which
    are joined by commas (none chosen: all); a `switch` is `1` or `0`; `least`, `most` and `unit` of a number."""

    name: str
    kind: ParamKind
    default: str = ""
    options: tuple[str, ...] = ()
    least: float = 0
    most: float = 1_000_000
    unit: str = ""


class Style(msgspec.Struct, frozen=True, omit_defaults=True):
    """One variable for the box "Custom CSS"."""

    name: str
    kind: StyleKind
    default: str


class About(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a page tells about itself. `sound`: it can play the voices; `picture` false: nothing is to be seen."""

    title: str = ""
    words: str = ""
    params: tuple[Param, ...] = ()
    styles: tuple[Style, ...] = ()
    width: int = WIDTH
    height: int = HEIGHT
    sound: bool = False
    picture: bool = True


class Overlay(About, frozen=True, omit_defaults=True):
    """`own`: it does not come with the program. `trouble`: why its `overlay.json` could not be read."""

    kind: str = ""
    own: bool = False
    trouble: str = ""


class Overlays(msgspec.Struct, frozen=True):
    """Those that come with the program first."""

    items: list[Overlay]


class Pages(Protocol):
    """The files of all overlays, as `Assets` has them."""

    def kinds(self) -> list[str]: ...

    def read(self, name: str) -> bytes | None: ...


def routes(pages: Callable[[], Pages]) -> list[Route]:
    """`pages` is asked for with each request: the routes are there before the server."""

    async def every(_call: Call) -> Overlays:
        """The overlays there are, and what their addresses and styles can be told."""
        return Overlays(gallery(pages()))

    return [route("GET", PATH, every, scope="panel")]


def gallery(pages: Pages) -> list[Overlay]:
    """All pages: those that come with the program in the order of `SHIPPED`, then the streamer's own by name."""
    there = pages.kinds()
    known = [kind for kind in SHIPPED if kind in there]
    return [
        *(_overlay(kind, pages) for kind in known),
        *(_overlay(kind, pages) for kind in there if kind not in SHIPPED),
    ]


def _overlay(kind: str, pages: Pages) -> Overlay:
    about, trouble = SHIPPED.get(kind, About()), ""
    if kind not in SHIPPED and (told := pages.read(f"{kind}/overlay.json")) is not None:
        try:
            about = msgspec.json.decode(told, type=About)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            trouble = str(error)[:200]
    return Overlay(**msgspec.structs.asdict(about), kind=kind, own=kind not in SHIPPED, trouble=trouble)


# --- those that come with the program ---------------------------------------------------------------------------------

_PLACES = ("top-left", "top", "top-right", "left", "center", "right", "bottom-left", "bottom", "bottom-right")
_PERSONA = Param("persona", "persona")
_THEMES = ("aiko", "ren", "zuri", "kai", "emil", "vega")
_THEME = Param("theme", "choice", options=("", *_THEMES))
_CAPTIONS = Param("captions", "choice", "box", ("box", "outline"))
_VOICES = Param("sound", "switch", "1")
_PLATFORM = Param("platform", "choice", options=("", "all", "twitch", "youtube"))
_TITLE = Param("title", "text")
_END = Param("end", "text")
_LANG = Param("lang", "choice", options=("", "en", "ja"))


def _at(default: str) -> Param:
    return Param("at", "choice", default, _PLACES)


def _rows(default: int, most: int) -> Param:
    return Param("rows", "number", str(default), least=1, most=most)


_FONT = Style("--sr-font", "font", "Atkinson Hyperlegible")
_SAFE = (Style("--sr-safe-x", "size", "5vw"), Style("--sr-safe-y", "size", "5vh"))
_PEOPLE = (Style("--sr-avatar-height", "size", "66vh"), Style("--sr-avatar-gap", "size", "-9vh"))
_TEXT = (
    Style("--sr-caption-size", "size", "4.3vh"), Style("--sr-caption-width", "size", "1300px"),
    Style("--sr-caption-columns", "number", "40"), Style("--sr-caption-bottom", "size", "5vh"),
    Style("--sr-caption-ground", "colour", "rgba(10, 10, 16, .78)"), Style("--sr-caption-color", "colour", "#ffffff"),
    Style("--sr-caption-upcoming", "number", "0.72"), Style("--sr-caption-radius", "size", ".4em"),
)  # fmt: skip
_BUBBLE = (
    Style("--sr-bubble-size", "size", "2.6vh"), Style("--sr-bubble-width", "size", "21em"),
    Style("--sr-bubble-ground", "colour", "rgba(16, 16, 26, .86)"), Style("--sr-bubble-color", "colour", "#ffffff"),
)  # fmt: skip
_CARD = (
    Style("--sr-card-size", "size", "3.4vh"), Style("--sr-card-width", "size", "21em"),
    Style("--sr-card-ground", "colour", "rgba(16, 16, 26, .86)"), Style("--sr-card-color", "colour", "#ffffff"),
    Style("--sr-card-accent", "colour", "#b7a6ff"), Style("--sr-card-radius", "size", ".9em"), *_SAFE, _FONT,
)  # fmt: skip
_CHAT = (
    Style("--sr-chat-size", "size", "3.4vh"), Style("--sr-chat-ground", "colour", "rgba(10, 10, 16, .62)"),
    Style("--sr-chat-color", "colour", "#ffffff"), _FONT,
)  # fmt: skip
_ALERTS = ("raid", "gift_batch", "member_new", "resub", "milestone", "cheer", "superchat", "sticker", "follow")
_CREDITS = ("raid", "gift", "sub", "paid", "cheer", "follow", "chat")
_COUNTS = ("", "follows", "subs", "gifts", "bits", "raiders", "messages")

SHIPPED: Final[dict[str, About]] = {
    "stage": About(
        params=(
            Param("layout", "choice", "center", ("center", "left", "right", "corners")),
            Param("host", "choice", options=("", "left", "right", "up", "down")),
            _CAPTIONS,
            _VOICES,
        ),
        styles=(*_PEOPLE, *_TEXT, *_BUBBLE, *_SAFE, _FONT),
        sound=True,
    ),
    "avatar": About(params=(_PERSONA, _THEME, _VOICES), styles=_PEOPLE, sound=True),
    "captions": About(params=(_PERSONA, _CAPTIONS), styles=(*_TEXT, *_SAFE, _FONT)),
    "chat": About(
        params=(_rows(12, 40), Param("seconds", "number", "0", most=600, unit="s"), _PLATFORM),
        styles=_CHAT,
        width=600,
        height=800,
    ),
    "alert": About(
        params=(
            _at("top"),
            Param("only", "several", options=_ALERTS),
            Param("least", "number", "4", least=1, most=60, unit="s"),
            Param("most", "number", "8", least=1, most=120, unit="s"),
            Param("sound", "choice", options=("", "chime", "bell")),
            _PLATFORM,
            _LANG,
        ),
        styles=_CARD,
    ),
    "answering": About(params=(_at("bottom-left"), _PERSONA, _LANG), styles=_CARD),
    "poll": About(
        params=(_at("right"), Param("seconds", "number", "20", most=600, unit="s"), _PLATFORM, _LANG), styles=_CARD
    ),
    "queue": About(
        params=(_at("top-left"), _rows(5, 8), Param("thanks", "switch", "0"), _TITLE, _PLATFORM, _LANG), styles=_CARD
    ),
    "countdown": About(
        params=(
            _at("center"),
            Param("minutes", "number", "0", most=1440, unit="min"),
            Param("to", "time"),
            _TITLE,
            _END,
            _LANG,
        ),
        styles=_CARD,
    ),
    "goal": About(
        params=(
            _at("top-right"),
            _TITLE,
            Param("goal", "number", "0"),
            Param("now", "number", "0"),
            Param("count", "choice", options=_COUNTS),
            Param("train", "switch", "1"),
            _rows(3, 6),
            _PLATFORM,
            _LANG,
        ),
        styles=_CARD,
    ),
    "credits": About(
        params=(
            _TITLE,
            _END,
            Param("speed", "number", "90", least=20, most=400),
            Param("loop", "switch", "1"),
            Param("only", "several", options=_CREDITS),
            _PLATFORM,
            _LANG,
        ),
        styles=(
            Style("--sr-credits-width", "size", "27em"),
            Style("--sr-credits-ground", "colour", "rgba(10, 10, 16, .78)"),
            _FONT,
        ),
    ),
    "sound": About(sound=True, picture=False, width=320, height=180),
}
"""By name, in the order of the gallery."""
