"""The show's port: every request passes the gate, then finds a page, a socket, the API or a deck.

Nothing here logs an address of a request: tokens are part of some.
"""

import asyncio
import errno
import logging
import socket
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import msgspec
from aiohttp import web

from streamer import __version__
from streamer.ports import Misconfigured
from streamer.shipped import shipped
from streamer.web.api import V1, Api, Parts
from streamer.web.assets import Assets
from streamer.web.deck import Deck
from streamer.web.earroom import EarRoom
from streamer.web.ears import EarDesk
from streamer.web.ears import routes as ear_routes
from streamer.web.feed import VIEWS
from streamer.web.gate import Gate, Site
from streamer.web.grants import Grant, Scope
from streamer.web.metrics import Metrics
from streamer.web.openapi import document
from streamer.web.rest import MAX_BODY, Problem, RawRoute, Route, endpoint
from streamer.web.retries import Conflict, Retries

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

PANEL_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'{sockets}; media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-src 'self'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
OVERLAY_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data: https://static-cdn.jtvnw.net https://yt3.ggpht.com; connect-src 'self' ws: wss:; "
    "font-src 'self'; base-uri 'self'; media-src 'self' blob:; frame-ancestors 'self'"
)
BARE_CSP = "default-src 'none'; frame-ancestors 'none'"
PANEL_POLICY = "microphone=(self), camera=(), display-capture=(), geolocation=()"
"""The panel hears the host; the overlays it shows in frames say for themselves that they hear nobody."""
BARE_POLICY = "microphone=(), camera=(), display-capture=(), geolocation=()"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Server": "showrunner",
}
GOODBYE_S = 0.08
"""How long pages have to answer the close frame when the show ends."""
SHIPPED_PANEL = Path(__file__).parent / "panel"
SHIPPED_DESIGN = shipped() / "overlays" / "design"


class _Quiet(logging.Filter):
    """Scanners send malformed requests; aiohttp answers 400 and would log each with its content."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.ERROR and not (record.exc_info and record.exc_info[0] is not None)


http_log = logging.getLogger(f"{__name__}.http")
http_log.addFilter(_Quiet())


class WebServer:
    """Serves one show. `overlays`: folders of browser sources, later ones override by name; `panel`: the panel's files.

    Files are read when this is made. `site.port` 0 takes any free port; `port` is the one bound.
    """

    def __init__(  # noqa: PLR0913 - the parts of a show, by name
        self,
        site: Site,
        parts: Parts,
        *,
        overlays: Sequence[Path],
        panel: Path = SHIPPED_PANEL,
        metrics: Metrics | None = None,
        more: Sequence[Route] = (),
        raw: Sequence[RawRoute] = (),
        ears: EarDesk | None = None,
        ear: EarRoom | None = None,
    ) -> None:
        """`more` and `raw`: routes of parts that only the house knows. `ears` and `ear`: how the host is heard, and the
        room his microphone in a page of the panel speaks to."""
        self.site = site
        self.port = site.port
        self.parts = parts
        self.overlays = Assets(overlays, "/o/")
        self.panel = Assets([SHIPPED_DESIGN, panel], "/p/")
        self.metrics = metrics or Metrics()
        self._requests = self.metrics.counter("http_refused_total", "Requests refused, by reason")
        self._gate = Gate(site, site.port)
        self._api = Api(parts, lambda: self.base_url, self.overlays.kinds, secure=site.public_url.startswith("https:"))
        self._ears, self._ear = ears, ear
        self.routes: list[Route] = [*self._api.routes(), *more, *([] if ears is None else ear_routes(ears))]
        self._raw = [*raw, *([] if ear is None else [RawRoute("GET", "/ws/ear", ear.serve, "command")])]
        self._document = msgspec.json.encode(document(self.routes, version=__version__))
        self._runner: web.AppRunner | None = None
        parts.room.build = self.overlays.build
        parts.grants.on_revoked = self._revoked

    # --- addresses --------------------------------------------------------------------------------------------------

    @property
    def base_url(self) -> str:
        """By name, never by number: passkeys and cookies need it."""
        return self.site.public_url.rstrip("/") or f"http://localhost:{self.port}"

    def panel_link(self, *, for_s: float | None = None) -> str:
        """The address to print: its code makes whoever opens it first the owner, within `for_s` where that is given."""
        return f"{self.base_url}/panel/#code={self.parts.grants.issue_code(for_s=for_s)}"

    def overlay_link(self, kind: str = "stage", *, host: str = "") -> str:
        """The address for a browser source, the same at every start. `host`: this machine for a second PC."""
        base = f"http://{host}:{self.port}" if host else self.base_url
        return f"{base}/overlay/{kind}?token={self.parts.grants.overlay()[1]}"

    # --- life -------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Bind and serve. Misconfigured when the port is taken or the address is none of this machine's."""
        sockets = _bind(self.site)
        self.port = sockets[0].getsockname()[1]
        self._gate = Gate(self.site, self.port)
        self._runner = web.AppRunner(
            self._app(), access_log=None, handle_signals=False, shutdown_timeout=GOODBYE_S, logger=http_log
        )
        try:
            await self._runner.setup()
            for sock in sockets:
                await web.SockSite(self._runner, sock).start()
        except BaseException:
            for sock in sockets:
                sock.close()
            await self._runner.cleanup()
            raise
        for view, build in zip(VIEWS, (self.panel.build, self.overlays.build), strict=True):
            self.parts.feed.publish(view, {"build": build})

    async def stop(self) -> None:
        """Close every socket with 1001 and the port; pages have 80 ms to say goodbye."""
        runner, self._runner = self._runner, None
        if runner is None:
            return
        try:
            if self._ear is not None:
                self._ear.close(wait_s=GOODBYE_S)
            self.parts.room.close(wait_s=GOODBYE_S)
            self.parts.feed.close(wait_s=GOODBYE_S)
        except Exception:
            log.exception("saying goodbye to the pages failed")
        await asyncio.sleep(0)
        await runner.cleanup()

    # --- the application --------------------------------------------------------------------------------------------

    def _app(self) -> web.Application:
        app = web.Application(middlewares=[self._problems, self._guard], client_max_size=MAX_BODY)
        app.on_response_prepare.append(self._headers)
        retries = Retries()
        for spec in self.routes:
            app.router.add_route(spec.method, spec.path, endpoint(spec, self._allow, retries, self._cookie))
        for each in self._raw:
            app.router.add_route(each.method, each.path, self._streamed(each))
        deck = Deck(self.parts.grants, self.parts.operator, ears=self._ears)
        get = app.router.add_get
        get(f"{V1}/openapi.json", self._openapi)
        get("/", self._home)
        get("/panel", self._home)
        get("/panel/", self._panel_page)
        get("/p/{build}/{name:.+}", self._panel_file)
        get("/overlay/{kind}", self._overlay_page)
        get("/o/{build}/{name:.+}", self._overlay_file)
        get("/ws/feed", self._feed)
        get("/ws/sink", self._sink)
        get("/deck/{token}/{command}", deck.handle, allow_head=False)
        get("/metrics", self._metrics)
        get("/healthz", self._healthz)
        get("/readyz", self._readyz)
        return app

    def _streamed(self, spec: RawRoute) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            if spec.scope == "overlay":
                return await spec.handler(request, self._allow_socket(request, "overlay"))
            grant = self._allow(request, spec.scope)
            if grant is None:
                raise Problem(403, "sign_in")
            return await spec.handler(request, grant)

        return handle

    @property
    def _cookie(self) -> str:
        return f"sr_{self.port}"

    @web.middleware
    async def _problems(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Every error leaves as a problem, none with a word about the inside."""
        try:
            return await handler(request)
        except Problem as problem:
            return problem.response()
        except Conflict:
            return Problem(409, "key_reused", "this Idempotency-Key was used for something else").response()
        except web.HTTPException as error:
            if error.status < 400:
                raise
            headers = {name: error.headers[name] for name in ("Allow", "Retry-After") if name in error.headers}
            return Problem(error.status, error.reason.lower().replace(" ", "_"), headers=headers).response()
        except (ConnectionResetError, asyncio.CancelledError):
            raise
        except Exception:
            resource = request.match_info.route.resource
            log.exception("a request failed: %s %s", request.method, resource.canonical if resource else "?")
            return Problem(500, "failed").response()

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        reason = self._gate.refuse(request)
        if reason is not None:
            self._requests.add(reason=reason)
            raise Problem(403, "refused")
        elsewhere = self._gate.to_localhost(request)
        if elsewhere is not None:
            raise web.HTTPTemporaryRedirect(elsewhere)
        return await handler(request)

    async def _headers(self, _request: web.Request, response: web.StreamResponse) -> None:
        headers = response.headers
        headers.update(HEADERS)
        headers.setdefault("Content-Security-Policy", BARE_CSP)
        headers.setdefault("Permissions-Policy", BARE_POLICY)
        headers.setdefault("Cache-Control", "no-store")

    # --- who --------------------------------------------------------------------------------------------------------

    def _grant(self, request: web.Request, *, query: bool = False) -> Grant | None:
        """The grant of a request. A token that is given must be right, also beside a good cookie."""
        token = request.cookies.get(self._cookie)
        if query and "token" in request.query:
            token = request.query["token"]
        if "Authorization" in request.headers:
            scheme, _, token = request.headers["Authorization"].partition(" ")
            token = token.strip() if scheme.lower() == "bearer" else ""
        return self.parts.grants.find(token) if token else None

    def _allow(self, request: web.Request, scope: Scope | None) -> Grant | None:
        if scope is None:
            return None
        grant = self._grant(request)
        if grant is None or grant.kind == "overlay" or scope not in grant.scopes:
            self._requests.add(reason="grant")
            raise Problem(403, "grant" if grant else "sign_in")
        return grant

    def _allow_socket(self, request: web.Request, scope: Scope) -> Grant:
        grant = self._grant(request, query=True)
        if grant is None or scope not in grant.scopes:
            self._requests.add(reason="grant")
            raise Problem(403, "grant")
        return grant

    def _revoked(self, grant: str) -> None:
        self.parts.feed.revoke(grant)
        self.parts.room.revoke(grant)
        if self._ear is not None:
            self._ear.revoke(grant)

    # --- pages and sockets ------------------------------------------------------------------------------------------

    async def _home(self, _request: web.Request) -> web.Response:
        raise web.HTTPTemporaryRedirect("/panel/")

    async def _panel_page(self, _request: web.Request) -> web.Response:
        # Safari 15 does not count ws: of the same host as 'self'.
        sockets = " " + self.base_url.replace("http", "ws", 1)
        page = (self.panel.page("") or b"").replace(b"__OVERLAYS__", self.overlays.base.encode())
        answer = _html(page or None, PANEL_CSP.replace("{sockets}", sockets))
        answer.headers["Permissions-Policy"] = PANEL_POLICY
        return answer

    async def _overlay_page(self, request: web.Request) -> web.Response:
        self._allow_socket(request, "overlay")
        return _html(self.overlays.page(request.match_info["kind"]), OVERLAY_CSP)

    async def _panel_file(self, request: web.Request) -> web.Response:
        return self.panel.respond(request, **request.match_info)

    async def _overlay_file(self, request: web.Request) -> web.Response:
        return self.overlays.respond(request, **request.match_info)

    async def _feed(self, request: web.Request) -> web.StreamResponse:
        view = self.parts.feed.view(request.query.get("view", ""))
        if view is None:
            raise Problem(404, "no_view")
        return await self.parts.feed.serve(request, view, self._allow_socket(request, view).id)

    async def _sink(self, request: web.Request) -> web.StreamResponse:
        grant = self._allow_socket(request, "overlay")
        kind = request.query.get("kind", "stage")
        if kind not in self.overlays.kinds():
            kind = "other"
        return await self.parts.room.serve(request, kind, grant.id)

    # --- machines ---------------------------------------------------------------------------------------------------

    async def _openapi(self, _request: web.Request) -> web.Response:
        return web.Response(body=self._document, content_type="application/json")

    async def _metrics(self, request: web.Request) -> web.Response:
        """Open to programs of this machine that ask by a loopback name; a grant is needed from elsewhere."""
        if not self._gate.is_loopback(request):
            self._allow(request, "panel")
        return web.Response(
            text=self.metrics.render(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
        )

    async def _healthz(self, _request: web.Request) -> web.Response:
        """The process serves. Asks nothing else."""
        return web.json_response({"ok": True})

    async def _readyz(self, _request: web.Request) -> web.Response:
        ready = self.parts.ready()
        return web.json_response({"ready": ready}, status=200 if ready else 503)


def _html(body: bytes | None, csp: str) -> web.Response:
    if body is None:
        raise web.HTTPNotFound
    return web.Response(body=body, headers={"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": csp})


def _bind(site: Site) -> list[socket.socket]:
    """Listening sockets on one port, the first on a loopback (or every) IPv4 address."""
    sockets: list[socket.socket] = []
    try:
        for host in site.addresses:
            port = sockets[0].getsockname()[1] if sockets else site.port
            try:
                sockets.append(_listen(host, port))
            except OSError:
                if host != "::1":
                    raise
                log.debug("this machine has no IPv6 loopback")
    except BaseException:
        for sock in sockets:
            sock.close()
        raise
    return sockets


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        sock = socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            raise Misconfigured(
                f"port {port} is taken by another program",
                fix=f"end that program, or choose another port: --port {port + 1}",
            ) from None
        if host == "::1":
            raise
        raise Misconfigured(
            f"cannot serve on {host}:{port}: {error.strerror}", fix="give an address of this machine: --host ADDR"
        ) from None
    sock.setblocking(False)
    return sock
