"""A show as the control panel sees it: the panel's files under its real policy, a scripted feed, an API with notes.

`PanelShow` speaks `docs/panel-feed.md` from the server's side. `answers`: what a GET of the API is told, by path, and
what a press is answered, by "POST path" (bytes are a picture); `asked` notes the GETs. Faults: `refuse` (status by
path), `down` (refuses sockets, breaks off requests), `signed_in` false, and `change(skip_seq=True)` for a gap.
"""

import asyncio
import contextlib
import copy
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web

PANEL = Path(__file__).parents[2] / "streamer" / "web" / "panel"
DESIGN = Path(__file__).parents[2] / "overlays" / "design"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-src 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types 'none'"
)
TYPES = {".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".svg": "image/svg+xml"}
BUILD = "abc123"
BASE = f"/p/{BUILD}/"
CODE = "one-use-code"
TOKEN = "s3cret-overlay-token"


class PanelShow:
    """`snapshot` is what a new page gets; `change` sends a difference and folds it in."""

    def __init__(
        self,
        snapshot: dict[str, Any],
        texts: dict[str, dict[str, str]] | None = None,
        more: Sequence[web.RouteDef] = (),
    ) -> None:
        """`more`: routes beside these."""
        self.texts = texts or {}
        self._more = more
        self.port = 0
        self.reset(snapshot)
        self._sockets: set[web.WebSocketResponse] = set()
        self._runner: web.AppRunner | None = None

    def reset(self, snapshot: dict[str, Any]) -> None:
        """As new, at the same address."""
        self.snapshot = snapshot
        self.presses: list[tuple[str, Any]] = []
        self.keys: list[str] = []
        self.refuse: dict[str, int] = {}
        self.answers: dict[str, Any] = {}
        self.asked: list[str] = []
        self.signed_in = True
        self.turned_away = 0
        self.down = False
        self.seq = 1
        self._born = time.monotonic()
        self._clock0 = 4_364_000

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def now(self) -> int:
        return self._clock0 + round((time.monotonic() - self._born) * 1000)

    async def start(self) -> "PanelShow":
        app = web.Application()
        app.add_routes(
            [
                *self._more,
                web.get("/panel/", self._page),
                web.get(BASE + "{name:.*}", self._file),
                web.get("/ws/feed", self._feed),
                web.get("/overlay/{kind}", self._overlay),
                web.get("/api/v1/grants", self._grants),
                web.get("/api/v1/texts/{lang}", self._texts),
                web.get("/api/v1/{path:.*}", self._get),
                web.post("/api/v1/{path:.*}", self._post),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def stop(self) -> None:
        await self.drop_sockets()
        if self._runner is not None:
            await self._runner.cleanup()

    async def drop_sockets(self) -> None:
        for socket in list(self._sockets):
            await socket.close()

    async def change(
        self, changes: dict[str, Any], removed: list[str] | None = None, *, skip_seq: bool = False
    ) -> None:
        for path, value in changes.items():
            self._fold(path, value)
        for path in removed or []:
            self._fold(path, None, remove=True)
        self.seq += 2 if skip_seq else 1
        frame = json.dumps({"seq": self.seq, "now": self.now(), "set": changes, "del": removed or []})
        for socket in list(self._sockets):
            if not socket.closed:
                with contextlib.suppress(ConnectionError):  # a page that is just leaving
                    await socket.send_str(frame)

    def _fold(self, path: str, value: Any, *, remove: bool = False) -> None:
        parts = [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")]
        node = self.snapshot
        for part in parts[:-1]:
            if not isinstance(node.get(part), dict):
                node[part] = {}
            node = node[part]
        if remove:
            node.pop(parts[-1], None)
        else:
            node[parts[-1]] = copy.deepcopy(value)

    async def _page(self, request: web.Request) -> web.Response:
        body = (PANEL / "index.html").read_text(encoding="utf-8").replace("__BASE__", BASE)
        return web.Response(text=body, content_type="text/html", headers={"Content-Security-Policy": POLICY})

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        path = next((folder / name for folder in (PANEL, DESIGN) if (folder / name).is_file()), None)
        if path is None or ".." in name:
            raise web.HTTPNotFound
        kind = TYPES.get(path.suffix, "application/octet-stream")
        headers = {
            "Cache-Control": "public, max-age=3600, immutable",
            "Content-Security-Policy": POLICY,
            "X-Content-Type-Options": "nosniff",
        }
        return web.Response(body=path.read_bytes(), content_type=kind, headers=headers)

    async def _overlay(self, request: web.Request) -> web.Response:
        """A page in a frame that says nothing."""
        text = f"<!doctype html><title>{request.match_info['kind']}</title>"
        return web.Response(text=text, content_type="text/html")

    async def _feed(self, request: web.Request) -> web.WebSocketResponse:
        if self.down or not self.signed_in:
            self.turned_away += 1
            raise web.HTTPForbidden
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets.add(socket)
        try:
            await socket.send_str(json.dumps({"seq": self.seq, "now": self.now(), "snapshot": self.snapshot}))
            async for message in socket:
                if message.type is WSMsgType.ERROR:
                    break
        finally:
            self._sockets.discard(socket)
        return socket

    async def _grants(self, request: web.Request) -> web.Response:
        if not self.signed_in:
            return self._problem(401, "sign_in")
        items = [
            {"id": kind, "kind": "overlay", "name": kind, "url": f"{self.url}/overlay/{kind}?token={TOKEN}"}
            for kind in ("avatar", "captions", "stage", "chat", "sound")
        ]
        return web.json_response({"items": [*items, {"id": "o1", "kind": "owner", "name": "owner"}]})

    async def _texts(self, request: web.Request) -> web.Response:
        answer = web.json_response(self.texts.get(request.match_info["lang"], {}))
        answer.enable_compression()
        return answer

    async def _get(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        self.asked.append(path)
        if path not in self.answers or path in self.refuse:
            return self._problem(self.refuse.get(path, 404), "refused")
        answer = self.answers[path]
        if isinstance(answer, bytes):
            return web.Response(body=answer, content_type="image/jpeg")
        return web.json_response(answer)

    async def _post(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        if self.down:
            assert request.transport is not None
            request.transport.abort()
            await asyncio.sleep(0)
            raise web.HTTPServiceUnavailable
        body = await request.json()
        self.presses.append((path, body))
        self.keys.append(request.headers.get("Idempotency-Key", ""))
        if path == "session":
            ok = body.get("code") == CODE
            self.signed_in = self.signed_in or ok
            return web.json_response({}) if ok else self._problem(403, "code_used")
        if path in self.refuse:
            return self._problem(self.refuse[path], "refused")
        return web.json_response(self.answers.get(f"POST {path}", {"outcome": "done"}))

    @staticmethod
    def _problem(status: int, code: str) -> web.Response:
        body = json.dumps({"title": "no", "status": status, "code": code})
        return web.Response(status=status, text=body, content_type="application/problem+json")


def evening() -> dict[str, Any]:
    """An hour into an evening with two personas: something in every card. Its clock stands at 4,364,000 ms."""
    return json.loads((Path(__file__).parent / "panel_evening.json").read_text(encoding="utf-8"))
