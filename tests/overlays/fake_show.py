"""A small show that speaks docs/overlay-protocol.md to real browser pages: feed, sink, files; on its own thread.

Tests say what it sends; it answers nothing by itself but the greeting of both sockets and the renewal of the lease.
"""

import array
import asyncio
import contextlib
import copy
import json
import math
import queue
import socket
import struct
import threading
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from aiohttp import WSMsgType, web

HEADER = struct.Struct("<BBHQIII")
RATE = 24_000
FRAME = 480
FRAME_MS = 20
RENEW_S = 0.25
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https://static-cdn.jtvnw.net "
    "https://yt3.ggpht.com; connect-src 'self' ws:; font-src 'self'; base-uri 'self'"
)
TYPES = {
    ".png": "image/png", ".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".woff2": "font/woff2",
}  # fmt: skip
CAST = {
    "mika": {"name": "Mika", "color": "#b7a6ff", "order": 0, "look": {"theme": "aiko"}},
    "juno": {"name": "Juno", "color": "#ffb27a", "order": 1, "look": {"theme": "ren"}},
}


def now() -> float:
    return time.monotonic() * 1000


def tone(ms: int, hz: float = 440.0, level: float = 0.5) -> list[bytes]:
    """Frames of 20 ms of a sine."""
    frames: list[bytes] = []
    for first in range(0, ms * RATE // 1000, FRAME):
        values = (round(32767 * level * math.sin(math.tau * hz * (first + i) / RATE)) for i in range(FRAME))
        frames.append(array.array("h", values).tobytes())
    return frames


def clause(text: str, *, at: int = 0, ms_per_char: int = 60, **more: Any) -> dict[str, Any]:
    """A clause whose words take equal time per character."""
    words: list[list[int]] = []
    start = 0
    for word in text.split(" "):
        words.append([at + start * ms_per_char, len(word) * ms_per_char, start, start + len(word)])
        start += len(word) + 1
    return {"at": at, "end": at + len(text) * ms_per_char, "text": text, "words": words, "cues": [], **more}


def png(colour: tuple[int, int, int], width: int = 40, height: int = 60) -> bytes:
    """A picture of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes(colour) * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


class SinkSide:
    """The show's side of one `/ws/sink`: `said` is what the page told, `at` when (ms)."""

    def __init__(self, show: "FakeShow", ws: web.WebSocketResponse) -> None:
        self._show = show
        self._ws = ws
        self.said: list[dict[str, Any]] = []
        self.at: list[float] = []
        self.generation = 1
        self.renew = True
        self.holder = True
        self.monitor = False

    def send(self, message: dict[str, Any] | bytes) -> None:
        text = message if isinstance(message, bytes) else json.dumps(message)
        self._show.call(self._ws.send_bytes(text) if isinstance(text, bytes) else self._ws.send_str(text))

    def lease(self, ttl: int = 750) -> None:
        self.send({"lease": self.lease_message(ttl)})

    def lease_message(self, ttl: int = 750) -> dict[str, Any]:
        return {
            "track": 0, "holder": self.holder, "generation": self.generation, "epoch": self._show.epoch, "ttl": ttl,
            **({"monitor": True} if self.monitor else {}),
        }  # fmt: skip

    def begin(self, line: int, at: int = 0) -> None:
        self.send({"begin": {"line": line, "generation": self.generation, "at": at}})

    def frame(self, line: int, seq: int, samples: bytes, generation: int | None = None) -> None:
        self.send(self._packed(line, seq, samples, self.generation if generation is None else generation))

    @staticmethod
    def _packed(line: int, seq: int, samples: bytes, generation: int) -> bytes:
        return HEADER.pack(1, 1, 0, line, seq, seq * FRAME_MS, generation) + samples

    def play(self, line: int, frames: list[bytes], *, paced: bool = True, first: int = 0) -> float:
        """Send a line's frames, at most 400 ms ahead of time or all at once; returns when the first one left (ms)."""
        began = now()
        if not paced:
            packed = [self._packed(line, seq, frame, self.generation) for seq, frame in enumerate(frames, start=first)]

            async def burst() -> None:
                for frame in packed:
                    await self._ws.send_bytes(frame)

            self._show.call(burst())
            return began
        for seq, samples in enumerate(frames):
            ahead = seq * FRAME_MS - (now() - began)
            if ahead > 300:
                time.sleep((ahead - 300) / 1000)
            self.frame(line, seq, samples)
        return began

    def finish(self, line: int, total: int) -> None:
        self.send({"finish": {"line": line, "generation": self.generation, "total": total}})

    def all(self, key: str) -> list[dict[str, Any]]:
        return [message[key] for message in list(self.said) if key in message]

    def wait(self, key: str, count: int = 1, within: float = 15.0) -> Any:
        wait_for(lambda: len(self.all(key)) >= count, within, f"no {key} of the page, only {self.said[-3:]}")
        return self.all(key)[count - 1]


def wait_for(true: Callable[[], bool], within: float = 15.0, what: str = "it did not happen") -> None:
    end = time.monotonic() + within
    while not true():
        if time.monotonic() > end:
            raise AssertionError(what)
        time.sleep(0.005)


def until(page: Any, expression: str, within: float = 25.0) -> Any:
    """The first true value of an expression in the page. (`wait_for_function` evals, which the policy forbids.)"""
    end = time.monotonic() + within
    while not (value := _value(page, expression)):
        if time.monotonic() > end:
            raise AssertionError(f"never true: {expression}; {page.evaluate('window.showrunner?.state()')}")
        time.sleep(0.025)
    return value


def passing(page: Any, expression: str, within: float = 60.0) -> Any:
    """As `until`, for a page that was opened with `clock`: its time passes in steps of 50 ms, however slow the machine
    is. `within`: seconds of that time."""
    for _ in range(round(within * 20)):
        if value := _value(page, expression):
            return value
        page.clock.run_for(50)
    raise AssertionError(f"never true: {expression}; {page.evaluate('window.showrunner?.state()')}")


def _value(page: Any, expression: str) -> Any:
    from playwright.sync_api import Error

    try:
        return page.evaluate(expression)
    except Error as error:  # the page is being loaded again
        if "context was destroyed" in str(error):
            return None
        raise


def listening() -> socket.socket:
    """A port of this machine for one show after another: a browser finds the overlays' files of the last in its cache,
    which depends on the port."""
    made = socket.socket()
    made.bind(("127.0.0.1", 0))
    made.listen(128)
    made.setblocking(False)
    return made


class FakeShow:
    def __init__(self, overlays: Path, port: socket.socket | None = None) -> None:
        """`port` is one of `listening` that outlives the show; without it the show has its own."""
        self._overlays = overlays
        self._port = port or listening()
        self._lent = port is not None
        self.build = "b1"
        self.epoch = 1000
        self.state: dict[str, Any] = {
            "build": "b1", "show": {"mode": "running"}, "cast": copy.deepcopy(CAST), "chat": {},
            "line": None, "playhead": None,
            "stage": {"speaker": None, "answering": None, "alert": None, "faces": {}},
            "sound": {"page": False, "name": ""},
        }  # fmt: skip
        self.pictures: dict[str, bytes] = {}
        """By name; asked for as `/pictures/<name>` with the token."""
        self.asked_pictures: list[str] = []
        self.seq = 0
        self.snapshots = 0
        self.accept = True
        self.sinks: queue.Queue[SinkSide] = queue.Queue()
        self.open_sinks: list[SinkSide] = []
        self._feeds: set[web.WebSocketResponse] = set()
        self._sockets: set[web.WebSocketResponse] = set()

    # --- life -------------------------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, args=(ready,), name="fake show")
        self._thread.start()
        assert ready.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self.call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._open())
        ready.set()
        self._loop.run_forever()

    async def _open(self) -> None:
        app = web.Application()
        app.router.add_get("/overlay/{kind}", self._page)
        app.router.add_get("/o/{build}/{name:.+}", self._file)
        app.router.add_get("/pictures/{name}", self._picture)
        app.router.add_get("/ws/feed", self._feed)
        app.router.add_get("/ws/sink", self._sink)
        self._runner = web.AppRunner(app, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.SockSite(self._runner, self._port.dup()).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._renewal = asyncio.create_task(self._renew())

    async def _close(self) -> None:
        self._renewal.cancel()
        for ws in tuple(self._sockets):
            await ws.close()
        await self._runner.cleanup()
        with contextlib.suppress(BlockingIOError):  # who still knocks does not mean the next show
            while True:
                self._port.accept()[0].close()
        if not self._lent:
            self._port.close()

    def call(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(30)

    # --- files ------------------------------------------------------------------------------------------------------

    async def _page(self, request: web.Request) -> web.Response:
        text = (self._overlays / request.match_info["kind"] / "index.html").read_text(encoding="utf-8")
        text = text.replace("__BASE__", f"/o/{self.build}/").replace("__BUILD__", self.build)
        return web.Response(text=text, content_type="text/html", headers={"Content-Security-Policy": CSP})

    async def _file(self, request: web.Request) -> web.Response:
        path = self._overlays / request.match_info["name"]
        if not path.is_file():
            raise web.HTTPNotFound
        return web.Response(
            body=path.read_bytes(),
            content_type=TYPES[path.suffix],
            headers={"Cache-Control": "public, max-age=31536000, immutable"},
        )

    async def _picture(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if request.query.get("token") != "good" or name not in self.pictures:
            raise web.HTTPNotFound
        self.asked_pictures.append(name)
        return web.Response(body=self.pictures[name], content_type="image/png")

    # --- feed -------------------------------------------------------------------------------------------------------

    async def _feed(self, request: web.Request) -> web.StreamResponse:
        if not self.accept or request.query.get("token") != "good":
            raise web.HTTPForbidden
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        self.snapshots += 1
        await ws.send_json({"seq": self.seq, "now": now(), "snapshot": self.state})
        self._feeds.add(ws)
        self._sockets.add(ws)
        async for _ in ws:
            pass
        self._feeds.discard(ws)
        self._sockets.discard(ws)
        return ws

    def set(self, changes: dict[str, Any], gone: tuple[str, ...] = (), *, skip: bool = False) -> None:
        """Change the state and tell the pages; `skip` loses the message on the way."""
        for path in gone:
            *keys, last = path.split("/")
            node = self.state
            for key in keys:
                node = node[key]
            node.pop(last, None)
        for path, value in changes.items():
            *keys, last = (part.replace("~1", "/").replace("~0", "~") for part in path.split("/"))
            node = self.state
            for key in keys:
                if not isinstance(node.get(key), dict):
                    node[key] = {}
                node = node[key]
            node[last] = value
        self.seq += 1
        if not skip:
            self.tell({"seq": self.seq, "now": now(), "set": changes, "del": list(gone)})

    def tell(self, message: Any) -> None:
        async def send() -> None:
            for ws in tuple(self._feeds):
                await ws.send_str(message if isinstance(message, str) else json.dumps(message))

        self.call(send())

    def drop(self, code: int = 1001) -> None:
        """Every connection breaks."""

        async def close() -> None:
            for ws in tuple(self._sockets):
                await ws.close(code=code)

        self.call(close())

    def say(self, line: int, persona: str, *clauses: dict[str, Any], ms: float = 0, playing: bool = True) -> None:
        """A line goes on air, heard from `ms` on."""
        self.set({
            "line": {"id": line, "persona": persona, "kind": "answer", "clauses": dict(enumerate(clauses))},
            "playhead": {"line": line, "ms": ms, "at": now(), "playing": playing},
            "stage/speaker": persona,
        })  # fmt: skip

    def alert(self, n: int, kind: str, size: float = 0.5) -> None:
        self.set({"stage/alert": {"n": n, "kind": kind, "name": "somebody", "size": size}})

    def seek(self, line: int, ms: float, *, playing: bool = False) -> None:
        self.set({"playhead": {"line": line, "ms": ms, "at": now(), "playing": playing}})

    def remove(self, *paths: str) -> None:
        self.set({}, paths)

    # --- sink -------------------------------------------------------------------------------------------------------

    async def _sink(self, request: web.Request) -> web.StreamResponse:
        if not self.accept or request.query.get("token") != "good":
            raise web.HTTPForbidden
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        self._sockets.add(ws)
        side = SinkSide(self, ws)
        async for message in ws:
            if message.type is not WSMsgType.TEXT:
                continue
            said = json.loads(message.data)
            side.said.append(said)
            side.at.append(now())
            if "hello" in said:
                await ws.send_json({"hello": {"epoch": self.epoch, "build": self.build}})
                await ws.send_json({"lease": side.lease_message()})
                self.open_sinks.append(side)
                self.sinks.put(side)
        side.renew = False
        self._sockets.discard(ws)
        return ws

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(RENEW_S)
            for side in list(self.open_sinks):
                if side.renew and not side._ws.closed:
                    await side._ws.send_json({"lease": side.lease_message()})
