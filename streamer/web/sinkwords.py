"""What pages that sound say to the show, and what the show says about them."""

from typing import Literal

import msgspec


class Hello(msgspec.Struct, frozen=True):
    """`monitor`: true plays what the holder plays and never holds; "auto" holds while no better page is there, and
    plays along otherwise. `browser`: a random word all pages of one browser profile share, "" when it has none."""

    page: str
    obs: bool = False
    audio: Literal["running", "suspended"] = "suspended"
    epoch: float = 0
    monitor: bool | Literal["auto"] = False
    browser: str = ""


class Position(msgspec.Struct, frozen=True):
    """`heard`, `ended` and `silent`; numbers as JavaScript has them. `level`: what sounded since the last report, in dB
    below full scale, as the page measured it; pages may leave it out."""

    generation: float
    line: float | None = None
    ms: float = 0
    under: float = 0
    level: float | None = None


class PageMessage(msgspec.Struct, frozen=True):
    """What a page may say: exactly one of these is set."""

    hello: Hello | None = None
    audio: Literal["running", "suspended"] | None = None
    heard: Position | None = None
    ended: Position | None = None
    silent: Position | None = None
    toned: dict[str, object] | None = None


class Holder(msgspec.Struct, frozen=True):
    """The page that plays. `kind`: its overlay; `browser` as it said."""

    where: Literal["obs", "tab"]
    name: str
    kind: str
    browser: str = ""


Trouble = Literal["", "nobody", "muted", "muted_obs", "hung", "two", "two_obs"]
"""What the person at the panel should know: nobody plays; the only pages that could are blocked by their browser; a
page in OBS is blocked or hangs and a tab plays in its place; a page stopped answering; a tab plays and another browser
plays along; two pages in OBS could play and one does."""


class Sound(msgspec.Struct, frozen=True):
    """Who plays the voices: a page in OBS, one in a browser tab, or nobody. `muted`: pages not allowed to sound yet;
    `monitors`: pages that play along; `others`: pages that could and are silent. For `warning` see
    docs/panel-feed.md."""

    where: Literal["obs", "tab", "nobody"]
    name: str = ""
    pages: int = 0
    muted: int = 0
    holder: Holder | None = None
    monitors: int = 0
    others: int = 0
    warning: Trouble = ""
