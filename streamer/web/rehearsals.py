"""Last night, again: a chat log comes in, its rehearsal goes out. `/api/v1/rehearsals`, for owners only."""

import re
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final, Literal, Protocol
from urllib.parse import quote

import msgspec
from aiohttp import web

from streamer.ports import Notice
from streamer.web.grants import Grant
from streamer.web.rest import Call, Problem, RawRoute, Route, route

ROOT: Final = "/api/v1/rehearsals"
UPLOAD_MAX: Final = 300_000_000
"""Bytes of one log."""
CHUNK: Final = 1 << 18
NAME_MAX: Final = 120
_ODD: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]+")

State = Literal["queued", "reading", "rehearsing", "choosing", "voicing", "done", "failed"]


class Rehearsed(msgspec.Struct, frozen=True):
    """One rehearsal. `progress` is 0..1, `created` UNIX seconds; `summary` holds the figures of a list, when done."""

    id: str
    name: str
    state: State
    progress: float
    created: float
    notice: Notice | None = None
    summary: Mapping[str, Any] | None = None


class RehearsedItems(msgspec.Struct, frozen=True):
    """Newest first."""

    items: list[Rehearsed]


class Accepted(msgspec.Struct, frozen=True):
    id: str


class RehearsalsDesk(Protocol):
    """What runs the rehearsals. Methods raise `Problem` for what cannot be done."""

    def items(self) -> list[Rehearsed]:
        """The newest ones, newest first."""
        ...

    def find(self, rehearsal: str) -> Rehearsed | None: ...

    async def take(self, name: str, chunks: AsyncIterator[bytes]) -> str:
        """Keep a log and rehearse it when those before it are done; its id. What came is removed when it breaks off."""
        ...

    async def report(self, rehearsal: str) -> bytes | None:
        """The report as JSON; None until it is done."""
        ...

    async def page(self, rehearsal: str, *, anonymous: bool) -> bytes | None:
        """The report as one HTML file; None until it is done."""
        ...

    async def remove(self, rehearsal: str) -> bool:
        """Cancel it when it runs, and forget it; false when there is none."""
        ...


def shown_name(name: str) -> str:
    """What a file is called on the page: its last part, without signs that are not shown, of bounded length."""
    last = re.split(r"[/\\]", _ODD.sub("", name))[-1].strip()
    return last[:NAME_MAX] or "chat log"


def routes(desk: RehearsalsDesk) -> list[Route]:
    async def every(_call: Call) -> RehearsedItems:
        """The newest rehearsals of chat logs."""
        return RehearsedItems(desk.items())

    async def one(_call: Call, rehearsal: str) -> Rehearsed:
        """How far a rehearsal is."""
        return _there(desk.find(rehearsal))

    async def remove(_call: Call, rehearsal: str) -> None:
        """Cancel a rehearsal, or forget it with its report."""
        if not await desk.remove(rehearsal):
            raise _gone()

    return [
        route("GET", ROOT, every, scope="setup"),
        route("GET", ROOT + "/{rehearsal}", one, scope="setup", problems=(404,)),
        route("DELETE", ROOT + "/{rehearsal}", remove, scope="setup", status=204, problems=(404,)),
    ]


def raw_routes(desk: RehearsalsDesk) -> list[RawRoute]:
    async def take(request: web.Request, _grant: Grant) -> web.Response:
        """The body is the file; `?name=` is what it is called."""
        if (request.content_length or 0) > UPLOAD_MAX:
            raise _too_large()
        made = await desk.take(shown_name(request.query.get("name", "")), _chunks(request))
        return web.Response(status=201, body=msgspec.json.encode(Accepted(made)), content_type="application/json")

    async def report(request: web.Request, _grant: Grant) -> web.Response:
        body = await desk.report(request.match_info["rehearsal"])
        if body is None:
            raise _gone()
        return web.Response(body=body, content_type="application/json")

    async def page(request: web.Request, _grant: Grant) -> web.Response:
        """A download. `?anonymous=true`: without the names of viewers."""
        rehearsal = request.match_info["rehearsal"]
        anonymous = request.query.get("anonymous", "") in ("true", "1")
        body = await desk.page(rehearsal, anonymous=anonymous)
        if body is None:
            raise _gone()
        stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", _there(desk.find(rehearsal)).name)[:60]
        name = quote(f"{stem or 'rehearsal'}{' (anonymous)' if anonymous else ''}.html")
        headers = {"Content-Disposition": f"attachment; filename=\"rehearsal.html\"; filename*=UTF-8''{name}"}
        return web.Response(body=body, content_type="text/html", charset="utf-8", headers=headers)

    return [
        RawRoute("POST", ROOT, take, "setup"),
        RawRoute("GET", ROOT + "/{rehearsal}/report", report, "setup"),
        RawRoute("GET", ROOT + "/{rehearsal}/report.html", page, "setup"),
    ]


async def _chunks(request: web.Request) -> AsyncIterator[bytes]:
    """The body piece by piece. Problem 413 when it is too long, 422 when it is empty."""
    size = 0
    async for chunk in request.content.iter_chunked(CHUNK):
        size += len(chunk)
        if size > UPLOAD_MAX:
            raise _too_large()
        yield chunk
    if not size:
        raise Problem(422, "empty", "the file is empty")


def _too_large() -> Problem:
    return Problem(413, "too_large", f"a chat log may have {UPLOAD_MAX // 1_000_000} MB")


def _gone() -> Problem:
    return Problem(404, "not_found", "there is no such rehearsal, or it is not done")


def _there(found: Rehearsed | None) -> Rehearsed:
    if found is None:
        raise _gone()
    return found
