"""A show as the control panel sees it: the panel's files under its real policy, a scripted feed, and an API that notes presses.

`PanelShow` speaks `docs/panel-feed.md` from the server's side. Faults: `refuse` (status by path), `down` (drops sockets and
answers nothing), `silent_api` (presses are taken, the feed does not move).
"""

import asyncio
import copy
import json
import time
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web

PANEL = Path(__file__).parents[2] / "streamer" / "web" / "panel"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
TYPES = {".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".svg": "image/svg+xml"}
BUILD = "abc123"
BASE = f"/p/{BUILD}/"
CODE = "one-use-code"
TOKEN = "s3cret-overlay-token"


class PanelShow:
    """`snapshot` is what a new page gets; `change` sends a difference and folds it in."""

    def __init__(self, snapshot: dict[str, Any], texts: dict[str, dict[str, str]] | None = None) -> None:
        self.snapshot = snapshot
        self.texts = texts or {}
        self.presses: list[tuple[str, Any]] = []
        self.keys: list[str] = []
        self.refuse: dict[str, int] = {}
        self.signed_in = True
        self.down = False
        self.seq = 1
        self.port = 0
        self._born = time.monotonic()
        self._clock0 = 4_364_000
        self._sockets: set[web.WebSocketResponse] = set()
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def now(self) -> int:
        return self._clock0 + round((time.monotonic() - self._born) * 1000)

    async def start(self) -> "PanelShow":
        app = web.Application()
        app.add_routes(
            [
                web.get("/panel/", self._page),
                web.get(BASE + "{name:.*}", self._file),
                web.get("/ws/feed", self._feed),
                web.get("/api/v1/grants", self._grants),
                web.get("/api/v1/texts/{lang}", self._texts),
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

    async def change(self, changes: dict[str, Any], removed: list[str] | None = None, *, skip_seq: bool = False) -> None:
        for path, value in changes.items():
            self._fold(path, value)
        for path in removed or []:
            self._fold(path, None, remove=True)
        self.seq += 2 if skip_seq else 1
        frame = json.dumps({"seq": self.seq, "now": self.now(), "set": changes, "del": removed or []})
        for socket in list(self._sockets):
            if not socket.closed:
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
        path = (PANEL / request.match_info["name"]).resolve()
        if not path.is_relative_to(PANEL) or not path.is_file():
            raise web.HTTPNotFound
        kind = TYPES.get(path.suffix, "application/octet-stream")
        headers = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff"}
        return web.Response(body=path.read_bytes(), content_type=kind, headers=headers)

    async def _feed(self, request: web.Request) -> web.WebSocketResponse:
        if self.down or not self.signed_in:
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
            for kind in ("avatar", "captions", "stage", "chat")
        ]
        return web.json_response({"items": [*items, {"id": "o1", "kind": "owner", "name": "owner"}]})

    async def _texts(self, request: web.Request) -> web.Response:
        return web.json_response(self.texts.get(request.match_info["lang"], {}))

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
        return web.json_response({"outcome": "done"})

    @staticmethod
    def _problem(status: int, code: str) -> web.Response:
        body = json.dumps({"title": "no", "status": status, "code": code})
        return web.Response(status=status, text=body, content_type="application/problem+json")


EPOCH = 1_793_300_400_000 - 4_364_000


def _message(n: int, name: str, text: str, platform: str = "twitch", **more: Any) -> dict[str, Any]:
    row = {"n": n, "at": 4_100_000 + n * 9000, "name": name, "text": text, "platform": platform, "color": "", "roles": [], "kind": "message",
           "question": text.rstrip().endswith(("?", "？")), "amount": None, "state": None}  # fmt: skip
    return row | more


def evening() -> dict[str, Any]:
    """Twenty minutes into an evening with two personas: something in every card."""
    chat = [
        _message(1, "marrow_mint", "this debate has been going on in my house for nine years"),
        _message(2, "Dr. Ladle", "soup needs heat, the court is biased", "youtube", state={"code": "dropped", "persona": "", "reason": "dial"}),
        _message(3, "hoshi_no_kakera", "is cereal soup or not, I need a ruling?", state={"code": "on_air", "persona": "mika", "reason": ""}),
        _message(4, "tofu_enjoyer", "KEKW the judge is in session"),
        _message(5, "みずき", "ミカちゃん、シリアルはスープですか？", "youtube", state={"code": "picked", "persona": "juno", "reason": ""}),
        _message(6, "brassmonkey", "gazpacho is cold and it is still soup, checkmate", roles=["vip"], state={"code": "answered", "persona": "mika", "reason": ""}),
        _message(7, "xx_drop_xx", "free viewers at bigviews dot example", state={"code": "blocked", "persona": "", "reason": "link"}),
        _message(8, "Lena Sommer", "Grüße aus Köln! Milch zuerst oder Flocken zuerst?", "youtube", state={"code": "waiting", "persona": "", "reason": "question"}),
        _message(9, "kaito_77", "you two are absolute clowns and I love this show so much", state={"code": "held", "persona": "", "reason": "harassment"}),
        _message(10, "pixelpaws", "first time here, who is the fox?", state={"code": "dropped", "persona": "", "reason": "expired"}),
        _message(11, "orbitjam", "juno pls defend the milk-first people, we are a minority and we are tired", state={"code": "waiting", "persona": "juno", "reason": "named"}),
        _message(12, "nia_mods", "keep it friendly please", roles=["moderator"]),
        _message(13, "Sam O.", "the spoon decides. spoon food = soup", "youtube", kind="superchat", amount={"micros": 5_000_000, "currency": "EUR", "bits": 0}, state={"code": "waiting", "persona": "", "reason": "paid"}),
        _message(14, "tofu_enjoyer", "objection!! a spoon also eats rice"),
        _message(15, "noodle_dad", "my kid is watching and now refuses breakfast"),
        _message(16, "ゆず茶", "ミルクが先派です、すみません", "youtube"),
        _message(17, "quietstorm", "what would change your mind, Mika?", state={"code": "waiting", "persona": "mika", "reason": "named"}),
    ]  # fmt: skip

    def why(code: str, name: str = "", text: str = "", **more: Any) -> dict[str, Any]:
        return {"code": code, "name": name, "text": text, "platform": "twitch", "uid": "", "waited_ms": 0, "asked": 1, "persona": ""} | more

    def waiting(n: int, code: str, name: str, text: str, at: int, **more: Any) -> dict[str, Any]:
        return {"n": n, "kind": "answer", "why": code, "name": name, "text": text, "platform": "twitch", "persona": "", "uid": f"twitch:{n}",
                "at": 4_364_000 - at, "expires": 4_364_000 - at + 45_000, "not_before": None, "asked": 1, "amount": None} | more  # fmt: skip

    def log(at: int, kind: str, code: str, by: str = "", **params: Any) -> dict[str, Any]:
        return {"at": 4_364_000 - at, "kind": kind, "by": by, "via": "panel", "code": code, "params": params, "fix": ""}

    logs = [
        log(360_000, "system", "show.started", title="Friday Night Banter"),
        log(300_000, "press", "press.dial", "Aya", dial="normal"),
        log(210_000, "line", "line.finished", persona="Mika", text="Gazpacho is a drink with ambitions."),
        log(120_000, "drop", "drop", name="pixelpaws", reason="expired"),
        log(70_000, "system", "sound.obs", name="OBS"),
        log(44_000, "drop", "drop", name="Dr. Ladle", reason="dial"),
        log(12_000, "press", "press.skip", "Rin", persona="Juno", text="Breakfast is a construct"),
    ]
    return {
        "build": BUILD, "beat": 1,
        "show": {"mode": "running", "title": "Friday Night Banter", "epoch": EPOCH, "started": 0, "dial": "normal", "demo": False, "scripted": False},
        "silence": None,
        "cast": {"mika": {"name": "Mika", "color": "#f59ac2", "order": 0, "enabled": True}, "juno": {"name": "Juno", "color": "#7cc8ff", "order": 1, "enabled": True}},
        "line": {
            "id": 12, "persona": "mika", "kind": "answer", "total": 9_800, "whole": True, "voiced": True,
            "why": why("question", "hoshi_no_kakera", "is cereal soup or not, I need a ruling?", waited_ms=14_000, asked=4),
            "clauses": {
                "0": {"at": 0, "end": 1840, "text": "Order, order!", "words": [[0, 400, 0, 6], [460, 420, 7, 13]]},
                "1": {"at": 1840, "end": 6400, "text": "The court finds that cereal is a cold soup with ambitions,", "words": [
                    [1840, 200, 0, 3], [2100, 400, 4, 9], [2600, 400, 10, 15], [3100, 200, 16, 20], [3400, 500, 21, 27],
                    [4000, 150, 28, 30], [4200, 100, 31, 32], [4350, 350, 33, 37], [4800, 300, 38, 42], [5200, 250, 43, 47], [5500, 900, 48, 58]]},
                "2": {"at": 6400, "end": 9800, "text": "and the milk is merely its lawyer.", "words": []},
            },
        },
        "playhead": {"line": 12, "ms": 5300, "at": 4_364_000, "playing": False},
        "next": {
            "13": {"id": 13, "persona": "juno", "kind": "banter", "state": "ready", "text": "By that logic the ocean is a stew, your honour.", "est_ms": 2900,
                   "since": 4_362_000, "not_before": None, "why": why("banter", persona="mika")},
        },
        "queue": {
            "40": waiting(1, "paid", "Sam O.", "the spoon decides. spoon food = soup", 41_000, kind="paid", platform="youtube", expires=4_364_000 + 559_000, amount={"micros": 5_000_000, "currency": "EUR", "bits": 0}),
            "41": waiting(2, "named", "orbitjam", "juno pls defend the milk-first people, we are a minority and we are tired", 24_000, persona="juno"),
            "42": waiting(3, "named", "quietstorm", "what would change your mind, Mika?", 8_000, persona="mika"),
            "43": waiting(4, "question", "Lena Sommer", "Grüße aus Köln! Milch zuerst oder Flocken zuerst?", 31_000, platform="youtube", asked=3),
        },
        "chat": {f"{m['platform']}:{m['n']}": m for m in chat},
        "chat_rate": 28,
        "sound": {"where": "obs", "name": "OBS", "pages": 1, "muted": 0},
        "health": {
            "chat.twitch": {"state": "ok", "code": "chat.connected", "params": {"channel": "friday"}, "fix": "", "latency_ms": 400, "order": 0},
            "llm": {"state": "ok", "code": "llm.ok", "params": {"provider": "ollama"}, "fix": "", "latency_ms": 610, "order": 1},
            "voice.mika": {"state": "ok", "code": "voice.ok", "params": {"engine": "edge"}, "fix": "", "latency_ms": 240, "order": 2},
            "voice.juno": {"state": "degraded", "code": "voice.fallback", "params": {"engine": "espeak"}, "fix": "fix.voice.retry", "latency_ms": 90, "order": 3},
            "journal": {"state": "ok", "code": "journal.ok", "params": {}, "fix": "", "latency_ms": None, "order": 4},
            "obs": {"state": "off", "code": "part.off", "params": {}, "fix": "", "latency_ms": None, "order": 5},
        },
        "log": {str(i): entry for i, entry in enumerate(logs)},
    }  # fmt: skip
