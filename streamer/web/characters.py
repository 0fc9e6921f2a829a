"""The routes of `/api/v1/characters`: who there is, making, changing and taking in characters; and `/pictures/...`.

What is behind them is a `CastDesk`; nothing here touches a file.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Protocol

import msgspec
from aiohttp import web

from streamer.web.grants import Grant
from streamer.web.rest import Call, Problem, RawRoute, Route, route

BASE = "/api/v1/characters"
CARD_MAX = 30_000_000
PICTURE_MAX = 10_000_000
_CHUNK = 65_536

Scalar = str | int | float | bool
Look = dict[str, Scalar]
Colour = Annotated[str, msgspec.Meta(pattern="^#[0-9a-fA-F]{6}$")]
Language = Annotated[str, msgspec.Meta(pattern="^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=40)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
Sentences = Annotated[str, msgspec.Meta(max_length=4_000)]
VoiceId = Annotated[str, msgspec.Meta(max_length=200)]


class VoiceOf(msgspec.Struct, frozen=True):
    """Pitch in semitones, rate as a factor, the voice to take, by engine, and the engine that is tried first."""

    pitch: Annotated[float, msgspec.Meta(ge=-12, le=12)] = 0.0
    rate: Annotated[float, msgspec.Meta(ge=0.5, le=2)] = 1.0
    ids: dict[str, VoiceId] = {}
    engine: Annotated[str, msgspec.Meta(pattern="^(openai|elevenlabs|azure|voicevox|http|edge|espeak)?$")] = ""


class NewCharacter(msgspec.Struct, frozen=True):
    """What was answered; what is left out is as the program likes."""

    name: Name
    sentences: Sentences = ""
    language: Language = "en"
    colour: Colour | Literal[""] = ""
    voice: VoiceOf | None = None
    look: Look = {}


class Change(msgspec.Struct, frozen=True):
    """What is to be otherwise. `look` and `voice` are the whole new value."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    names: list[Name] | msgspec.UnsetType = msgspec.UNSET
    sentences: Sentences | msgspec.UnsetType = msgspec.UNSET
    language: Language | msgspec.UnsetType = msgspec.UNSET
    colour: Colour | msgspec.UnsetType = msgspec.UNSET
    talkativeness: Annotated[float, msgspec.Meta(ge=0, le=1)] | msgspec.UnsetType = msgspec.UNSET
    voice: VoiceOf | msgspec.UnsetType = msgspec.UNSET
    look: Look | msgspec.UnsetType = msgspec.UNSET


class PictureNames(msgspec.Struct, frozen=True):
    names: Annotated[list[Annotated[str, msgspec.Meta(max_length=200)]], msgspec.Meta(max_length=200)]


class OnStage(msgspec.Struct, frozen=True):
    on: bool


class FileProblem(msgspec.Struct, frozen=True):
    """One thing wrong in a file; `line` 0 is the file as a whole."""

    file: str
    line: int
    where: str
    message: str


class PictureOf(msgspec.Struct, frozen=True):
    """A picture file of a character: what it shows, or why it is not shown (`problem`, and `code` for programs)."""

    name: str
    expression: str = ""
    part: str = ""
    url: str = ""
    code: str = ""
    problem: str = ""


class Character(msgspec.Struct, frozen=True):
    """One character. With `problems` the rest is what could be read. `picture`: address of its card's."""

    id: str
    name: str
    own: bool
    on_stage: bool
    sentences: str = ""
    language: str = "en"
    colour: str = ""
    talkativeness: float = 0.5
    voice: VoiceOf = VoiceOf()
    look: Mapping[str, Any] = {}
    names: tuple[str, ...] = ()
    greetings: tuple[str, ...] = ()
    problems: tuple[FileProblem, ...] = ()
    picture: str = ""
    pictures: tuple[PictureOf, ...] = ()
    shown: Mapping[str, Any] = {}
    """The look as an overlay gets it, for drawing it beside the show."""
    usable: bool = True
    """Whether it can go on stage: problems of pictures are in nobody's way."""


class RigTable(msgspec.Struct, frozen=True):
    """What a look may say: as in `overlays/lib/rig/looks.js`, and under `pictures` what it may say of pictures."""

    groups: tuple[str, ...]
    params: Mapping[str, Any]
    themes: Mapping[str, Any]
    pictures: Mapping[str, Any]


class Suggestion(msgspec.Struct, frozen=True):
    """A voice to choose from: `like` is bright, calm, warm, clear or deep."""

    id: str
    name: str
    like: str
    voice: VoiceOf


class Undoable(msgspec.Struct, frozen=True):
    """What `undo` would take back."""

    what: Literal["made", "changed", "stage", "removed", "imported", "pictures"]
    id: str
    name: str


class Characters(msgspec.Struct, frozen=True):
    items: tuple[Character, ...]
    rig: RigTable
    max_on_stage: int
    voices: Mapping[str, tuple[Suggestion, ...]] = {}
    """By language."""
    colours: tuple[str, ...] = ()
    undo: Undoable | None = None


class Imported(msgspec.Struct, frozen=True):
    """A character from a card. `kept`: fields of the card that are kept and not used; `notes`: what else to know."""

    item: Character
    kept: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class CastDesk(Protocol):
    """Whoever keeps the files. Methods raise `Problem`; a change that cannot be used leaves everything as it was."""

    async def all(self) -> Characters: ...
    async def create(self, wishes: NewCharacter) -> Character: ...
    async def change(self, persona: str, /, change: Change) -> Character: ...
    async def stage(self, persona: str, /, *, on: bool) -> Characters: ...
    async def remove(self, persona: str, /) -> Characters: ...
    async def undo(self) -> Characters: ...
    async def bring(self, name: str, raw: bytes) -> Imported: ...
    async def add_picture(self, persona: str, /, name: str, raw: bytes) -> Character: ...
    async def drop_picture(self, persona: str, /, name: str) -> Character: ...
    async def use_card_picture(self, persona: str, /) -> Character: ...
    def guess(self, names: list[str]) -> list[PictureOf]:
        """What pictures of these file names would show."""
        ...

    async def picture(self, persona: str, /, name: str) -> tuple[bytes, str, str] | None:
        """Bytes, media type, hash."""
        ...


class _Routes:
    def __init__(self, desk: CastDesk) -> None:
        self._desk = desk

    async def all(self, call: Call) -> Characters:
        """Everybody there is, what a look may say, and voices to choose from."""
        del call
        return await self._desk.all()

    async def create(self, call: Call, body: NewCharacter) -> Character:
        """Make a character; it goes on stage when there is room."""
        del call
        return await self._desk.create(body)

    async def change(self, call: Call, persona: str, body: Change) -> Character:
        """Change a character's file; a shipped character is copied first."""
        del call
        return await self._desk.change(persona, body)

    async def stage(self, call: Call, persona: str, body: OnStage) -> Characters:
        """Put a character on stage or take it off."""
        del call
        return await self._desk.stage(persona, on=body.on)

    async def remove(self, call: Call, persona: str) -> Characters:
        """Move a character's folder aside."""
        del call
        return await self._desk.remove(persona)

    async def undo(self, call: Call) -> Characters:
        """Take the last change back."""
        del call
        return await self._desk.undo()

    async def card_picture(self, call: Call, persona: str) -> Character:
        """Show the picture of the card on stage instead of a drawing."""
        del call
        return await self._desk.use_card_picture(persona)

    async def guess(self, call: Call, body: PictureNames) -> list[PictureOf]:
        """What pictures of these file names would show, before they are sent."""
        del call
        return self._desk.guess(body.names)

    async def drop_picture(self, call: Call, persona: str, name: str) -> Character:
        """Move a picture aside."""
        del call
        return await self._desk.drop_picture(persona, name)


def routes(desk: CastDesk) -> list[Route]:
    """The JSON part. Only owners have the scope `setup`."""
    its = _Routes(desk)
    one = f"{BASE}/{{persona}}"
    return [
        route("GET", BASE, its.all, scope="setup"),
        route("POST", BASE, its.create, scope="setup", status=201),
        route("POST", f"{BASE}/undo", its.undo, scope="setup", loose_body=True),
        route("POST", f"{BASE}/picture-names", its.guess, scope="setup"),
        route("PATCH", one, its.change, scope="setup"),
        route("DELETE", one, its.remove, scope="setup"),
        route("POST", f"{one}/stage", its.stage, scope="setup"),
        route("POST", f"{one}/card-picture", its.card_picture, scope="setup", loose_body=True),
        route("DELETE", f"{one}/pictures/{{name}}", its.drop_picture, scope="setup"),
    ]


# ------------------------------------------------------------------------------------------------------- bytes in, out
def raw_routes(desk: CastDesk) -> list[RawRoute]:
    """Files in and pictures out."""

    async def bring(request: web.Request, _grant: Grant) -> web.Response:
        raw = await _body(request, CARD_MAX, "card_too_large", f"a card has at most {CARD_MAX // 1_000_000} MB")
        return _json(await desk.bring(_file_name(request), raw), 201)

    async def add(request: web.Request, _grant: Grant) -> web.Response:
        name = _file_name(request)
        said = f"the picture has more than {PICTURE_MAX // 1_000_000} MB: make it smaller"
        raw = await _body(request, PICTURE_MAX, "picture_too_large", said)
        return _json(await desk.add_picture(request.match_info["persona"], name, raw), 201)

    async def picture(request: web.Request, _grant: Grant) -> web.Response:
        found = await desk.picture(request.match_info["persona"], request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound
        body, kind, version = found
        # An address with another version is of a picture that was replaced: it is answered, and not kept.
        lasting = request.query.get("v") == version
        headers = {
            "Cache-Control": "private, max-age=31536000, immutable" if lasting else "no-cache",
            "Content-Type": kind,
            "ETag": f'"{version}"',
        }
        if request.headers.get("If-None-Match") == headers["ETag"]:
            return web.Response(status=304, headers=headers)
        return web.Response(body=body, headers=headers)

    return [
        RawRoute("POST", f"{BASE}/import", bring, "setup"),
        RawRoute("POST", f"{BASE}/{{persona}}/pictures", add, "setup"),
        RawRoute("GET", "/pictures/{persona}/{name}", picture, "overlay"),
    ]


async def _body(request: web.Request, most: int, code: str, detail: str) -> bytes:
    """The whole body, of at most so many bytes: what is longer is refused before it is read where it says so."""
    if (request.content_length or 0) > most:
        raise Problem(413, code, detail)
    body = bytearray()
    async for chunk in request.content.iter_chunked(_CHUNK):
        body += chunk
        if len(body) > most:
            raise Problem(413, code, detail)
    return bytes(body)


def _file_name(request: web.Request) -> str:
    name = request.query.get("name", "")
    if not 0 < len(name) <= 200:
        raise Problem(422, "invalid", "give the file's name: ?name=...", path="name")
    return name


def _json(result: msgspec.Struct, status: int) -> web.Response:
    return web.Response(status=status, body=msgspec.json.encode(result), content_type="application/json")
