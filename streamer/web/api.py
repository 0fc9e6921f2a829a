"""The routes of `/api/v1`: session, state, commands, inject, sound, grants."""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Annotated, Any, Literal

import msgspec
from aiohttp import web

from streamer.core.events import Dial, DialSet, SayRequested
from streamer.ports import ChatRow, TextStore, Unavailable, User
from streamer.web.feed import FeedHub
from streamer.web.grants import DEFAULT_OVERLAY, Grant, GrantKind, Grants, Scope
from streamer.web.inject import read_rows
from streamer.web.operate import PLAIN, SCENE, Bucket, Operator, Outcome, press
from streamer.web.rest import Call, Problem, Route, RowError, invalid, route
from streamer.web.sinkroom import NoAnswer, SinkRoom

V1 = "/api/v1"
INJECT_PER_S = 50.0
INJECT_BURST = 1_000.0
CODES_PER_S = 0.2
CODES_BURST = 20.0

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern="^[A-Za-z0-9_.-]+$")]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


class Code(msgspec.Struct, frozen=True):
    """The part of the panel link after `#code=`."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Session(msgspec.Struct, frozen=True):
    id: str
    kind: GrantKind
    name: str
    scopes: tuple[Scope, ...]


class Link(msgspec.Struct, frozen=True):
    """An address that contains a secret."""

    url: str


class Press(msgspec.Struct, frozen=True):
    """`saw`: the line the operator was looking at, 0 for none."""

    saw: Annotated[int, msgspec.Meta(ge=0, lt=2**53)] = 0


class SetDial(msgspec.Struct, frozen=True):
    dial: Dial


class SetScene(msgspec.Struct, frozen=True):
    """A key of the scene map."""

    scene: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


class Say(msgspec.Struct, frozen=True):
    """`exact`: these very words; else the persona says it in its own."""

    persona: Id
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
    exact: bool = False


class Talk(msgspec.Struct, frozen=True):
    """Somebody at the panel talks to the cast, as a viewer or as the host; `exact`: a persona says these very words.

    `to` is a persona, empty for whoever fits. `name` is what a viewer is called.
    """

    as_: Literal["viewer", "host", "exact"] = msgspec.field(name="as")
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    to: Annotated[str, msgspec.Meta(max_length=64, pattern="^[A-Za-z0-9_.-]*$")] = ""
    name: Annotated[str, msgspec.Meta(max_length=40)] = ""


class Pressed(msgspec.Struct, frozen=True, omit_defaults=True):
    """The press arrived. `id` names what was asked for, where it has a name."""

    outcome: Outcome
    id: str = ""


class Fields(msgspec.Struct, frozen=True):
    """`fields`: names of top-level keys, separated by commas; empty for all."""

    fields: Annotated[str, msgspec.Meta(max_length=500)] = ""


class Injected(msgspec.Struct, frozen=True):
    accepted: int
    errors: list[RowError]


class Tone(msgspec.Struct, frozen=True):
    hz: Annotated[int, msgspec.Meta(ge=50, le=8000)] = 440
    ms: Annotated[int, msgspec.Meta(ge=20, le=5000)] = 400
    to: Literal["holder", "monitor"] = "holder"
    page: Annotated[str, msgspec.Meta(max_length=64)] = ""
    """Instead of `to`: the page that called itself so in its hello."""


class Toned(msgspec.Struct, frozen=True):
    outcome: Literal["done"]
    page: str


class NewGrant(msgspec.Struct, frozen=True):
    kind: Literal["operator", "overlay", "deck", "inject"]
    name: Name
    scopes: tuple[Scope, ...] | None = None


class GrantMade(msgspec.Struct, frozen=True):
    """`token` is shown here and never again, except for overlays."""

    grant: Grant
    token: str


class GrantItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """A grant as it is listed; an overlay's once for each page, with its `url`, which contains the token."""

    id: str
    kind: GrantKind
    name: str
    scopes: tuple[Scope, ...]
    created: float
    session: bool = False
    url: str = ""


class GrantItems(msgspec.Struct, frozen=True):
    items: list[GrantItem]


@dataclass(frozen=True)
class Parts:
    """What the web needs of the house. `on_row` gets injected chat; `show_s` is seconds since the show began."""

    grants: Grants
    feed: FeedHub
    room: SinkRoom
    operator: Operator
    texts: TextStore
    on_row: Callable[[ChatRow], None]
    words: Callable[[str], Mapping[str, str]] = lambda _language: {}
    """What people read, by key, in a language; empty for one nobody wrote."""
    ready: Callable[[], bool] = lambda: True
    show_s: Callable[[], float] = lambda: 0.0


@dataclass
class Api:
    """Handlers. `links` names the outer address and the kinds of overlays, known once the port is bound."""

    parts: Parts
    base_url: Callable[[], str]
    kinds: Callable[[], list[str]]
    secure: bool = False
    now: Callable[[], float] = monotonic
    _inject: dict[str, Bucket] = field(default_factory=dict)
    _codes: Bucket = field(default_factory=lambda: Bucket(CODES_PER_S, CODES_BURST))

    def routes(self) -> list[Route]:
        loose: dict[str, Any] = {"loose_body": True}
        return [
            route("POST", f"{V1}/session", self.sign_in, scope=None, problems=(429,)),
            route("GET", f"{V1}/session", self.who, scope="panel"),
            route("DELETE", f"{V1}/session", self.sign_out, scope="panel"),
            route("POST", f"{V1}/codes", self.new_code, scope="grants"),
            route("GET", f"{V1}/state", self.state, scope="panel"),
            *(route("POST", f"{V1}/commands/{name}", self._presser(name), scope="command", **loose) for name in PLAIN),
            route("POST", f"{V1}/commands/dial", self.dial, scope="command"),
            route("POST", f"{V1}/stage/scene", self.scene, scope="command"),
            route("POST", f"{V1}/commands/say", self.say, scope="say"),
            route("POST", f"{V1}/talk", self.talk, scope="say"),
            route("POST", f"{V1}/inject", self.inject, scope="inject", raw_body=list[dict[str, Any]], problems=(429,)),
            route("POST", f"{V1}/sound/tone", self.tone, scope="sound", **loose),
            route("GET", f"{V1}/texts/{{language}}", self.texts, scope="panel", packed=True),
            route("GET", f"{V1}/grants", self.list_grants, scope="panel"),
            route("POST", f"{V1}/grants", self.make_grant, scope="grants", status=201),
            route("DELETE", f"{V1}/grants/{{grant}}", self.revoke, scope="grants"),
        ]

    # --- session ----------------------------------------------------------------------------------------------------

    async def sign_in(self, call: Call, body: Code) -> Session:
        """Exchange a one-use code for the session cookie."""
        wait = self._codes.take(self.now())
        if wait:
            raise Problem(429, "slow_down", headers={"Retry-After": str(int(wait) + 1)})
        made = self.parts.grants.exchange(body.code)
        if made is None:
            raise Problem(403, "code", "this link was used already, or is too old")
        grant, token = made
        flags = "HttpOnly; SameSite=Strict; Path=/; Max-Age=2592000" + ("; Secure" if self.secure else "")
        call.headers["Set-Cookie"] = f"{call.cookie}={token}; {flags}"
        return Session(grant.id, grant.kind, grant.name, grant.scopes)

    async def who(self, call: Call) -> Session:
        """Who this session or token belongs to."""
        grant = call.who
        return Session(grant.id, grant.kind, grant.name, grant.scopes)

    async def sign_out(self, call: Call) -> None:
        """End this session."""
        if call.who.session:
            self.parts.grants.revoke(call.who.id)
        call.headers["Set-Cookie"] = f"{call.cookie}=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0"

    async def new_code(self, _call: Call) -> Link:
        """A panel link for another browser or an OBS dock; works once, for ten minutes."""
        code = self.parts.grants.issue_code(name="browser, linked from the panel")
        return Link(f"{self.base_url()}/panel/#code={code}")

    # --- state ------------------------------------------------------------------------------------------------------

    async def state(self, call: Call, query: Fields) -> web.Response:
        """What the panel shows, as JSON; answers 304 to a matching If-None-Match."""
        wanted = [name for name in query.fields.split(",") if name]
        if wanted:
            whole = self.parts.feed.snapshot("panel")
            body = msgspec.json.encode({name: whole[name] for name in wanted if name in whole})
        else:
            body = self.parts.feed.snapshot_json("panel")
        etag = f'"{hashlib.blake2b(body, digest_size=10).hexdigest()}"'
        if call.request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        return web.Response(body=body, content_type="application/json", headers={"ETag": etag})

    async def texts(self, _call: Call, language: str) -> dict[str, str]:
        """What people read, by key, in a language (`en`, `ja`, ...)."""
        return dict(self.parts.words(language))

    # --- commands ---------------------------------------------------------------------------------------------------

    def _presser(self, command: str) -> Callable[..., Any]:
        async def handler(call: Call, body: Press) -> Pressed:
            event = press(command, by=call.by, via=call.via, saw=body.saw)
            return Pressed(self.parts.operator.press(event))

        handler.__doc__ = {
            "stop": "End the line on air, clear the queue, stay silent until resume.",
            "resume": "End a stop or a pause.",
            "pause": "Finish the line on air, then stay quiet; the queue is kept.",
            "skip": "End the line on air.",
            "clear": "Drop everybody who waits for an answer; the line on air goes on.",
            "emergency": "Silence as with stop, and the emergency scene, until resume.",
            "auto": "Let the show cut the scenes again after one was taken by hand.",
            "host-on": "The host has the floor: the line on air ends and nobody starts, until host-off.",
            "host-off": "The host gives the floor back.",
        }[command]
        return handler

    async def dial(self, call: Call, body: SetDial) -> Pressed:
        """How much the cast talks: only when named, normal, chatty."""
        return Pressed(self.parts.operator.press(DialSet(dial=body.dial, by=call.by, via=call.via)))

    async def scene(self, call: Call, body: SetScene) -> Pressed:
        """Cut to a scene; the show leaves it there until auto."""
        outcome = self.parts.operator.press(press(f"{SCENE}{body.scene}", by=call.by, via=call.via))
        if outcome == "unknown":
            raise Problem(404, "no_scene", "the scene map has no such scene", path="$.scene")
        return Pressed(outcome)

    async def say(self, call: Call, body: Say) -> Pressed:
        """Have a persona say something."""
        uid = f"operator:{secrets.token_hex(8)}"
        ref = f"o:{uid}"
        self.parts.texts.put(ref, body.text)
        said = SayRequested(uid=uid, persona=body.persona, text=ref, exact=body.exact, by=call.by, via=call.via)
        return Pressed(self.parts.operator.press(said), uid)

    async def talk(self, call: Call, body: Talk) -> Pressed:
        """Talk to the cast: what is said here is answered next, whatever the dial says."""
        if not any(char.isprintable() and not char.isspace() for char in body.text):
            raise Problem(422, "invalid", "there are no words in it", path="$.text")
        if body.as_ == "exact":
            if not body.to:
                raise Problem(422, "invalid", "choose who is to say it", path="$.to")
            return await self.say(call, Say(body.to, body.text, exact=True))
        native, direct = secrets.token_hex(8), body.to or "*"
        user = User(f"panel-{call.who.id}", name=body.name.strip() or "You") if body.as_ == "viewer" else None
        kind = "message" if body.as_ == "viewer" else "host_said"
        at = self.parts.show_s()
        self.parts.on_row(ChatRow(at, "panel", kind, native, user=user, text=body.text, direct=direct))
        return Pressed("done", f"panel:{native}")

    async def inject(self, call: Call) -> Injected:
        """Chat from a program of yours: one row of a chat log or a list of them; bad rows are answered by index."""
        if not (call.request.content_type == "application/json" or call.request.content_type.endswith("+json")):
            raise Problem(415, "not_json", "send application/json")
        try:
            rows, errors = read_rows(await call.request.read(), self.parts.show_s())
        except msgspec.ValidationError as error:
            raise invalid(error) from None
        bucket = self._inject.setdefault(call.who.id, Bucket(INJECT_PER_S, INJECT_BURST))
        wait = bucket.take(self.now(), max(1, len(rows)))
        if wait:
            raise Problem(429, "slow_down", headers={"Retry-After": str(int(wait) + 1)})
        if errors and not rows:
            problem = Problem(422, "invalid", "no row could be read", path=f"$[{errors[0].index}]")
            problem.errors = errors
            raise problem
        for row in rows:
            self.parts.on_row(row)
        return Injected(len(rows), errors)

    async def tone(self, _call: Call, body: Tone) -> Toned:
        """Play a test tone at the page that plays the sound, at the pages that play along, or at one page."""
        try:
            return Toned("done", await self.parts.room.tone(body.hz, body.ms, to=body.to, page=body.page))
        except NoAnswer as error:
            raise Problem(409, "no_answer", error.reason) from None
        except Unavailable as error:
            raise Problem(409, "no_page", error.reason) from None

    # --- grants -----------------------------------------------------------------------------------------------------

    async def list_grants(self, call: Call) -> GrantItems:
        """The links to hand out, and, for the owner, everybody who may do something here."""
        self.parts.grants.overlay()
        all_ = "grants" in call.who.scopes
        items: list[GrantItem] = []
        for grant in self.parts.grants.all():
            token = self.parts.grants.overlay_token(grant)
            if token is not None:
                items += [self._link(grant, page, token) for page in self.kinds()]
            elif all_:
                items.append(
                    GrantItem(grant.id, grant.kind, grant.name, grant.scopes, grant.created, session=grant.session)
                )
        return GrantItems(items)

    def _link(self, grant: Grant, page: str, token: str) -> GrantItem:
        name = page if grant.name == DEFAULT_OVERLAY else f"{page}: {grant.name}"
        url = f"{self.base_url()}/overlay/{page}?token={token}"
        return GrantItem(grant.id, grant.kind, name, grant.scopes, grant.created, url=url)

    async def make_grant(self, _call: Call, body: NewGrant) -> GrantMade:
        """A token for a moderator, a browser source, a deck or a program."""
        try:
            grant, token = self.parts.grants.create(body.kind, body.name, body.scopes)
        except ValueError as error:
            raise Problem(422, "invalid", str(error), path="$.scopes") from None
        return GrantMade(grant, token)

    async def revoke(self, _call: Call, grant: str) -> None:
        """Take a grant back; its open sockets are closed."""
        if not self.parts.grants.revoke(grant):
            raise Problem(404, "no_grant")
