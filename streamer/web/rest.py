"""A typed HTTP API in small: routes read from signatures, msgspec bodies, errors as problems (RFC 9457)."""

import gzip
import inspect
import math
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, cast, get_type_hints

import msgspec
from aiohttp import web

from streamer.web.grants import Grant, Scope
from streamer.web.retries import Retries

Handler = Callable[..., Awaitable[Any]]
PROBLEM_JSON = "application/problem+json"
MAX_BODY = 256_000


class Problem(Exception):
    """An answer that is an error. `code` is for programs, `detail` for people, `path` points into the request."""

    def __init__(
        self, status: int, code: str, detail: str = "", *, path: str = "", headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.path = path
        self.headers = headers or {}
        self.errors: list[RowError] = []
        self.params: dict[str, str | int | float] = {}

    def response(self) -> web.Response:
        body = ProblemBody(
            HTTPStatus(self.status).phrase, self.status, self.code, self.detail, self.path, self.errors, self.params
        )
        return web.Response(
            status=self.status, body=msgspec.json.encode(body), content_type=PROBLEM_JSON, headers=self.headers
        )


class RowError(msgspec.Struct, frozen=True):
    """What is wrong with one of several rows."""

    index: int
    detail: str


class ProblemBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """RFC 9457 with `code`, `path` and, for lists, `errors`; `params` fill the words for `code` in other languages."""

    title: str
    status: int
    code: str
    detail: str = ""
    path: str = ""
    errors: list[RowError] = []
    params: dict[str, str | int | float] = {}


@dataclass
class Call:
    """One request as a handler sees it. `headers` go into the answer."""

    request: web.Request
    grant: Grant | None
    headers: dict[str, str] = field(default_factory=dict)
    cookie: str = ""
    """Name of the session cookie."""

    @property
    def who(self) -> Grant:
        if self.grant is None:
            raise Problem(403, "sign_in")
        return self.grant

    @property
    def by(self) -> str:
        return f"{self.who.kind}:{self.who.id}"

    @property
    def via(self) -> str:
        return "panel" if self.who.session else "api"


@dataclass(frozen=True)
class Route:
    """`scope` None: open to everybody who came through the gate."""

    method: str
    path: str
    handler: Handler
    scope: Scope | None
    summary: str
    status: int = 200
    loose_body: bool = False
    """The body may be missing or of any type; it counts only when it is JSON."""
    raw_body: type | None = None
    """For the document: the handler reads the body itself."""
    problems: tuple[int, ...] = ()
    packed: bool = False
    """The answer is long and holds no secret: it is sent compressed to whoever takes that."""
    body: type | None = None
    query: type | None = None
    result: type | None = None

    @property
    def params(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.path)


@dataclass(frozen=True)
class RawRoute:
    """A route that streams bytes in or out by itself: no limit of the body, no JSON, no place in the document.

    `handler` gets the request and the grant that let it in. With the scope `overlay` a token in the address counts too.
    """

    method: str
    path: str
    handler: Callable[[web.Request, Grant], Awaitable[web.StreamResponse]]
    scope: Scope


def route(method: str, path: str, handler: Handler, *, scope: Scope | None, **more: Any) -> Route:
    """Read `body`, `query` and the result from the signature; the first line of the docstring is the summary."""
    hints = get_type_hints(handler)
    result = hints.get("return")
    is_struct = isinstance(result, type) and issubclass(result, msgspec.Struct)
    typed = is_struct or getattr(result, "__origin__", None) in (list, dict)
    return Route(
        method,
        path,
        handler,
        scope,
        (inspect.getdoc(handler) or "").split("\n")[0],
        body=hints.get("body"),
        query=hints.get("query"),
        result=cast("type", result) if typed else None,
        **more,
    )


def whole_numbers(value: Any) -> Any:
    """JSON Schema calls 10.0 an integer, msgspec does not: integral floats as ints, all the way down."""
    if isinstance(value, float) and math.isfinite(value) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, list):
        return [whole_numbers(item) for item in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {key: whole_numbers(item) for key, item in cast("dict[str, Any]", value).items()}
    return value


def decode(data: bytes, kind: Any) -> Any:
    """A body as a typed value. Problem 400 for something that is no JSON, 422 for JSON that does not fit."""
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.ValidationError as error:
        first = error
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise Problem(400, "not_json", "the body is no JSON in UTF-8") from None
    try:
        return msgspec.convert(whole_numbers(msgspec.json.decode(data)), kind)
    except msgspec.ValidationError:
        raise invalid(first) from None


def invalid(error: msgspec.ValidationError) -> Problem:
    """422 from a message such as "Expected `int`, got `str` - at `$.saw`"."""
    detail, _, where = str(error).partition(" - at ")
    return Problem(422, "invalid", detail, path=where.strip("`"))


async def _body(request: web.Request, spec: Route) -> Any:
    data = await request.read()
    is_json = request.content_type == "application/json" or request.content_type.endswith("+json")
    kind = cast("type", spec.body)
    if spec.loose_body and (not data.strip() or not is_json):
        return kind()
    if not is_json:
        raise Problem(415, "not_json", "send application/json")
    return decode(data, kind)


def _query(request: web.Request, kind: Any) -> Any:
    names = [name for name, _ in request.query.items()]  # keys() names a repeated one once
    known = {info.encode_name for info in msgspec.structs.fields(kind)} if kind is not None else set[str]()
    if len(set(names)) != len(names) or set(names) - known:
        raise Problem(422, "invalid", "unknown or repeated query parameter")
    if kind is None:
        return None
    try:
        return msgspec.convert(dict(request.query), kind, strict=False)
    except msgspec.ValidationError as error:
        raise invalid(error) from None


def endpoint(
    spec: Route, allow: Callable[[web.Request, Scope | None], Grant | None], retries: Retries, cookie: str
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The aiohttp handler of a route. `allow` returns the grant or raises a Problem."""

    async def run(request: web.Request, grant: Grant | None) -> web.Response:
        call = Call(request, grant, cookie=cookie)
        given: dict[str, Any] = dict(request.match_info)
        query = _query(request, spec.query)
        if spec.query is not None:
            given["query"] = query
        if spec.body is not None:
            given["body"] = await _body(request, spec)
        result = await spec.handler(call, **given)
        if isinstance(result, web.Response):
            return result
        if result is None:
            return web.Response(status=204, headers=call.headers)
        body = msgspec.json.encode(result)
        if spec.packed:
            call.headers["Vary"] = "Accept-Encoding"
            if "gzip" in request.headers.get("Accept-Encoding", ""):
                body = gzip.compress(body, 6, mtime=0)
                call.headers["Content-Encoding"] = "gzip"
        return web.Response(status=spec.status, body=body, content_type="application/json", headers=call.headers)

    async def handle(request: web.Request) -> web.StreamResponse:
        grant = allow(request, spec.scope)
        key = request.headers.get("Idempotency-Key", "")
        if not key or request.method != "POST":
            return await run(request, grant)
        print_ = retries.fingerprint(request.method, request.path, await request.read())
        return await retries.once(f"{grant.id if grant else 'nobody'} {key}", print_, lambda: run(request, grant))

    return handle
