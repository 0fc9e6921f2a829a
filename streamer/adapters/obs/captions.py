"""Captions through OBS itself: a text source of the streamer's, and closed captions (CEA-608) in the stream.

Only `text` of the source is set, by whoever calls `show` at each page; its looks are the streamer's. OBS neither paces
nor clears captions in the stream, so that is done here.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final, Protocol

from streamer.adapters.obs import cea608
from streamer.adapters.obs.errors import ObsGone, ObsRefused
from streamer.ports import CaptionPage, Health, Notice

TEXT_PART: Final = "obs.captions"
STREAM_PART: Final = "obs.stream_captions"
TEXT_KINDS: Final = ("text_gdiplus", "text_ft2_source")
"""Kinds of text inputs without their version: Windows; Linux and macOS."""
NOT_RUNNING: Final = 501
LEAST_S: Final = 1.0
"""A caption of the stream is followed by the next no sooner."""
NAME_MAX: Final = 16
_MANY_LETTERS = (
    "cjk", "gothic", "mincho", "ipa", "takao", "meiryo", "hiragino", "pingfang", "source han", "wenquanyi", "fallback",
    "m plus", "mplus", "kosugi", "sawarabi", "biz ud", "malgun", "nanum", "simsun", "simhei", "yahei", "heiti",
    "noto sans jp", "noto sans kr", "noto sans sc", "noto sans tc", "noto serif jp", "rounded", "unifont", "unicode",
    "ゴシック", "明朝", "ヒラギノ", "メイリオ",
)  # fmt: skip
"""In the names of fonts that have letters of East Asia."""


class CaptionLink(Protocol):
    """What is needed of an ObsLink."""

    @property
    def generation(self) -> int: ...

    async def request(self, name: str, data: Mapping[str, Any] | None = None) -> dict[str, Any]: ...


class CaptionSettings(Protocol):
    """`obs.captions`: the name of a text input, empty for none, and whether captions go into the stream."""

    @property
    def text(self) -> str: ...

    @property
    def stream(self) -> bool: ...


class CaptionWriter:
    """`show` each page when it comes, and None when there is none. Raises ObsGone: what OBS shows is not known then."""

    def __init__(
        self,
        link: CaptionLink,
        part: CaptionSettings,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._text = TextSource(link, part.text) if part.text else None
        self._stream = StreamCaptions(link, sleep) if part.stream else None

    async def show(self, page: CaptionPage | None) -> None:
        try:
            if self._text is not None:
                await self._text.show(page)
        finally:
            if self._stream is not None:
                await self._stream.show(page)

    def healths(self) -> Sequence[Health]:
        parts = (self._text, self._stream)
        return [part.health for part in parts if part is not None and part.health is not None]

    async def aclose(self) -> None:
        """Nothing is sent any more. `show(None)` before it takes away what is on."""
        if self._stream is not None:
            await self._stream.aclose()


class TextSource:
    """The text input `name`; looked at once in each connection, and again while it is not as it should be."""

    def __init__(self, link: CaptionLink, name: str) -> None:
        self._link = link
        self._name = name
        self._generation = -1
        self._usable = False
        self._no_fallback = ""
        """The font of a source that has no other to fall back on."""
        self._shown: str | None = None
        self._first = (0, 0)
        self.health: Health | None = None

    async def show(self, page: CaptionPage | None) -> None:
        if self._link.generation != self._generation:
            await self._look()
        elif not self._usable and page is not None and (page.line, page.at) != self._first:
            self._first = (page.line, page.at)  # one look for each line
            await self._look()
        if not self._usable:
            return
        text = self._worded(page)
        if text == self._shown:
            return
        if page is not None and self._no_fallback and not has_letters(self._no_fallback, text):
            params: dict[str, str | int | float] = {"input": self._name, "font": self._no_fallback}
            self._say("degraded", Notice("captions.obs_font", params, "fix.captions.obs_font"))
        try:
            await self._link.request(
                "SetInputSettings",
                {"inputName": self._name, "inputSettings": {"text": text}, "overlay": True},
            )
        except ObsRefused:
            self._shown, self._usable = None, False
            self._say("degraded", Notice("captions.obs_refused", {"input": self._name}, "fix.captions.overlay"))
        except ObsGone:
            self._shown, self._generation = None, -1
            raise
        else:
            self._shown = text

    def _worded(self, page: CaptionPage | None) -> str:
        """The first page of a line begins with the name."""
        if page is None:
            return ""
        if page.line != self._first[0]:
            self._first = (page.line, page.at)
        text = "\n".join(page.rows)
        return f"{page.name}: {text}" if page.name and page.at <= self._first[1] else text

    async def _look(self) -> None:
        generation = self._link.generation
        self._shown, self._usable, self._no_fallback = None, False, ""
        try:
            found = await self._link.request("GetInputSettings", {"inputName": self._name})
        except ObsRefused:
            await self._missing()
        else:
            kind = str(found.get("inputKind", ""))
            self._usable = kind.startswith(TEXT_KINDS)
            if self._usable:
                self._no_fallback = _face(found) if kind.startswith("text_ft2") else ""
                self._say("ok", Notice("captions.obs_ok", {"input": self._name}))
            else:
                self._say("degraded", Notice("captions.obs_not_text", {"input": self._name}, "fix.captions.obs_name"))
        self._generation = generation

    async def _missing(self) -> None:
        kinds = (await self._link.request("GetInputKindList")).get("inputKinds", ())
        if not any(str(kind).startswith(TEXT_KINDS) for kind in kinds):
            self._say("degraded", Notice("captions.obs_no_kind", {}, "fix.captions.overlay"))
            return
        inputs = (await self._link.request("GetInputList")).get("inputs", ())
        names = [str(each["inputName"]) for each in inputs if str(each.get("inputKind", "")).startswith(TEXT_KINDS)]
        nearest = next(iter(get_close_matches(self._name, names, 1, 0.5)), "")
        params: dict[str, str | int | float] = {"input": self._name, "nearest": nearest}
        fix = "fix.captions.obs_nearest" if nearest else "fix.captions.obs_name"
        self._say("degraded", Notice("captions.obs_missing", params, fix))

    def _say(self, state: str, notice: Notice) -> None:
        self.health = Health(TEXT_PART, "ok" if state == "ok" else "degraded", notice)


def _face(found: Mapping[str, Any]) -> str:
    font = found.get("inputSettings", {}).get("font")
    face = font.get("face") if isinstance(font, Mapping) else None
    return str(face or "Sans Serif")


def has_letters(font: str, text: str) -> bool:
    """Whether a font probably has all letters of a text, by its name: nothing tells what is in a font of OBS."""
    if all(char < "\u0590" or "\u1e00" <= char <= "\u214f" for char in text):
        return True
    return any(sign in font.casefold() for sign in _MANY_LETTERS)


class StreamCaptions:
    """CEA-608 in the stream, while it runs."""

    def __init__(self, link: CaptionLink, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._link = link
        self._sleep = sleep
        self._task: asyncio.Task[None] | None = None
        self._on = False
        """Something is on the screens of those who watch with captions."""
        self._line = 0
        self._persona = ""
        self._named_at = -1
        """Where the page begins that names who speaks: the first one after somebody else."""
        self._sent: tuple[int, int, str] = (0, 0, "")
        self.health: Health | None = None

    async def show(self, page: CaptionPage | None) -> None:
        if page is None:
            await self._end()
            await self._clear()
            return
        text = self._worded(page)
        if not text:
            await self._end()
            await self._clear()
            return
        line, at, before = self._sent
        if (line, at) == (page.line, page.at) and text.startswith(before):
            text, rest = text[len(before) :], before  # the page has grown: what is sent stays, the rest follows it
            if not text.strip():
                return
            previous, self._task = self._task, None
            self._sent = (line, at, rest + text)
        else:
            await self._end()
            previous = None
            self._sent = (page.line, page.at, text)
        seconds = max(0.0, (page.end - page.at) / 1000)
        self._task = asyncio.get_running_loop().create_task(self._paced(cea608.captions(text), seconds, previous))

    def _worded(self, page: CaptionPage) -> str:
        text = cea608.transliterated(" ".join(page.rows))
        if not text:
            if any(char.isalpha() for row in page.rows for char in row):
                notice = Notice("captions.stream_latin", {"name": page.name}, "fix.captions.stream_off")
                self.health = Health(STREAM_PART, "degraded", notice)
            return ""
        if page.line != self._line:
            self._named_at = page.at if page.persona != self._persona else -1
            self._line, self._persona = page.line, page.persona
        name = cea608.transliterated(page.name)[:NAME_MAX]
        return f"{name}: {text}" if name and page.at == self._named_at else text

    async def _paced(self, texts: Sequence[str], seconds: float, previous: asyncio.Task[None] | None) -> None:
        """One caption after the other, each for its share of the time."""
        if previous is not None:
            await asyncio.wait([previous])
        whole = sum(map(len, texts)) or 1
        for place, text in enumerate(texts):
            if not await self._send(text):
                return
            if place + 1 < len(texts) or previous is not None:
                await self._sleep(max(LEAST_S, seconds * len(text) / whole))

    async def _send(self, text: str) -> bool:
        """Whether OBS took it."""
        try:
            status = await self._link.request("GetStreamStatus")
            if not status.get("outputActive") or status.get("outputReconnecting"):
                self._on = False
                return False
            await self._link.request("SendStreamCaption", {"captionText": text})
        except ObsGone:
            self._on = False
            return False
        except ObsRefused as refused:
            if refused.code != NOT_RUNNING:
                self.health = Health(STREAM_PART, "degraded", Notice("captions.stream_refused"))
            self._on = False
            return False
        self._on = bool(text)
        if self.health is None and self._on:
            self.health = Health(STREAM_PART, "ok", Notice("captions.stream_ok"))
        return True

    async def _clear(self) -> None:
        self._sent = (0, 0, "")
        if self._on:
            await self._send("")

    async def _end(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    async def aclose(self) -> None:
        await self._end()
