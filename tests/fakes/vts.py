"""A local VTube Studio: its public API 1.0 on a WebSocket, with the streamer's hands on it and ways to fail.

    async with FakeVts() as vts:
        client = VtsClient(vts.url)
        ...
        vts.click()                     # a popup answered: vts.popup = "wait"; vts.answer("allow")
        vts.drop()

Answers leave at once, or with `fps` at the beginning of a frame, as the real program's do. Replies come back in any
order while a popup is open. `ledger` holds every request that came: (when, session number, message type, data).
Source of shapes and errors: https://github.com/DenchiSoft/VTubeStudio; timings of the real program are not known.
"""

import asyncio
import base64
import itertools
import json
import random
import secrets
import socket
import struct
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from aiohttp import WSMsgType, web

from tests.fakes.serving import listen
from tests.fakes.vts_world import EVENTS, FRAMES, PERMISSION, Hotkey, Model, No, World

Popup = Literal["allow", "deny", "never", "wait"]
_OPEN = ("APIStateRequest", "AuthenticationTokenRequest", "AuthenticationRequest")


@dataclass(eq=False)
class Session:
    number: int
    ws: web.WebSocketResponse
    transport: asyncio.Transport | None
    plugin: str = ""
    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    outbox: list[str] = field(default_factory=list)


class FakeVts:
    """`popup`: what the streamer does when he is asked; `wait` leaves it open until `answer()`.

    `silent`: takes everything and says nothing. `refuse`: message type -> ErrorID that is answered instead.
    """

    def __init__(
        self, *, popup: Popup = "allow", fps: float = 0.0, model: Model | None = None, port: int = 0, title: str = ""
    ) -> None:
        self.world = World(time.monotonic, fps or 60.0, model)
        self.world.on_hotkey = self._hotkey
        self.world.on_model = self._model
        self.world.on_moved = self._moved
        self.popup: Popup = popup
        self.permit: Popup = "allow"
        self.fps = fps
        self.port = port
        self.title = title or "VTube Studio"
        self.instance = secrets.token_hex(16)
        self.active = True
        """`Allow Plugin API access`; off: nobody can connect, the broadcast goes on."""
        self.silent = False
        self.shuffle = False
        self.refuse: dict[str, int] = {}
        self.tokens: dict[str, str] = {}
        """token -> plugin and developer."""
        self.popups = 0
        """How many popups the streamer has seen."""
        self.permission_popups = 0
        self.ledger: list[tuple[float, int, str, dict[str, Any]]] = []
        self.sessions: list[Session] = []
        self.connections = 0
        self.bad_ids: list[str] = []
        self._asking: asyncio.Future[Popup] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._runner: web.AppRunner | None = None
        self._started = time.monotonic()

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    # ---------------------------------------------------------------------------------------------------- life
    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/", self._serve)
        self._runner, self.port = await listen(app, self.port)
        self._spawn(self._frames())
        self._spawn(self._streams())

    async def stop(self) -> None:
        """The program is gone: nothing listens; its tokens and models are kept for `start`."""
        self.drop()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def drop(self) -> None:
        """Every connection breaks without a word."""
        for session in list(self.sessions):
            if session.transport is not None:
                session.transport.abort()

    # ---------------------------------------------------------------------------------------------------- the user
    def answer(self, how: Popup) -> None:
        """The open popup is answered."""
        if self._asking is not None and not self._asking.done():
            self._asking.set_result(how)

    @property
    def asking(self) -> bool:
        return self._asking is not None and not self._asking.done()

    def revoke(self) -> None:
        """The streamer takes back what he allowed; custom parameters of the plugin go with it."""
        self.tokens.clear()
        self.world.customs.clear()
        for session in self.sessions:
            session.plugin = ""

    def click(self, *, button: int = 0, mesh: str = "face_skin", on_model: bool = True) -> None:
        model = self.world.model
        hit = {"modelID": model.id if model else "", "artMeshID": mesh, "angle": 0.0, "size": 1.0,
               "vertexID1": 0, "vertexID2": 1, "vertexID3": 2,
               "vertexWeight1": 0.4, "vertexWeight2": 0.3, "vertexWeight3": 0.3}  # fmt: skip
        self.emit("ModelClickedEvent", {
            "modelLoaded": model is not None, "loadedModelID": model.id if model else "",
            "loadedModelName": model.name if model else "", "modelWasClicked": on_model, "mouseButtonID": button,
            "clickPosition": {"x": 0.1, "y": 0.2}, "windowSize": {"x": 1920, "y": 1080},
            "clickedArtMeshCount": int(on_model),
            "artMeshHits": [{"artMeshOrder": 0, "isMasked": False, "hitInfo": hit}] if on_model else [],
        })  # fmt: skip

    def change_hotkeys(self, hotkeys: list[Hotkey]) -> None:
        assert self.world.model is not None
        self.world.model.hotkeys = hotkeys
        shown = {"modelID": self.world.model.id, "modelName": self.world.model.name}
        self.emit("ModelConfigChangedEvent", {**shown, "hotkeyConfigChanged": True})

    # ---------------------------------------------------------------------------------------------------- events
    def emit(self, name: str, data: Mapping[str, Any]) -> None:
        for session in self.sessions:
            if name in session.events:
                # A fresh id each time, which no request had.
                self._put(session, name, secrets.token_hex(8), dict(data))

    def garbage(self, text: str = '{"apiName": "VTubeStudioPublicAPI", "messageType"') -> None:
        for session in self.sessions:
            session.outbox.append(text)
        self._flush_now()

    def stray(self, request_id: str, kind: str = "HotkeyTriggerResponse") -> None:
        """A reply that nobody, or somebody else, asked for."""
        for session in self.sessions:
            self._put(session, kind, request_id, {})

    def _hotkey(self, hotkey: Hotkey, by_api: bool) -> None:
        model = self.world.model
        self.emit("HotkeyTriggeredEvent", {
            "hotkeyID": hotkey.id, "hotkeyName": hotkey.name, "hotkeyAction": hotkey.type, "hotkeyFile": hotkey.file,
            "hotkeyTriggeredByAPI": by_api, "modelID": model.id if model else "",
            "modelName": model.name if model else "", "isLive2DItem": False,
        })  # fmt: skip

    def _model(self, model: Model, loaded: bool) -> None:
        self.emit("ModelLoadedEvent", {"modelLoaded": loaded, "modelName": model.name, "modelID": model.id})

    def _moved(self) -> None:
        model = self.world.model
        if model is not None:
            shown = {"modelID": model.id, "modelName": model.name}
            self.emit("ModelMovedEvent", {**shown, "modelPosition": dict(self.world.place)})

    async def _streams(self) -> None:
        """What comes by itself: the outline 15 times a second, the test event each second."""
        for count in itertools.count():
            await asyncio.sleep(1 / 15)
            hull = [{"x": 0.2, "y": 0.8}, {"x": 0.5, "y": -0.2}, {"x": 0.1, "y": -1.1}]
            if self.world.model is not None:
                self.emit("ModelOutlineEvent", {
                    "modelName": self.world.model.name, "modelID": self.world.model.id, "convexHull": hull,
                    "convexHullCenter": {"x": 0.3, "y": -0.2}, "windowSize": {"x": 1920, "y": 1080},
                })  # fmt: skip
            if count % 15 == 0:
                for session in self.sessions:
                    config = session.events.get("TestEvent")
                    if config is not None:
                        said = {"yourTestMessage": config.get("testMessageForEvent", ""), "counter": count // 15}
                        self._put(session, "TestEvent", secrets.token_hex(8), said)

    # ---------------------------------------------------------------------------------------------------- discovery
    async def broadcast(self, port: int, *, times: int = 1, every_s: float = 0.05) -> None:
        """What the real program sends to everybody on port 47779 every two seconds; here to one port of loopback."""
        data = {"active": self.active, "port": self.port, "instanceID": self.instance, "windowTitle": self.title}
        message = self._message("VTubeStudioAPIStateBroadcast", "VTubeStudioAPIStateBroadcast", data).encode()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            for _ in range(times):
                udp.sendto(message, ("127.0.0.1", port))
                await asyncio.sleep(every_s)

    # ---------------------------------------------------------------------------------------------------- requests
    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if not self.active:
            return web.Response(status=503)
        ws = web.WebSocketResponse(max_msg_size=16 << 20, compress=False)
        await ws.prepare(request)
        self.connections += 1
        transport = request.transport
        session = Session(self.connections, ws, transport if isinstance(transport, asyncio.Transport) else None)
        self.sessions.append(session)
        try:
            async for message in ws:
                if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                    self._take(session, message.data)
        finally:
            self.sessions.remove(session)
            if session.plugin and all(other.plugin != session.plugin for other in self.sessions):
                self.world.left(session.plugin)
        return ws

    def _take(self, session: Session, text: str | bytes) -> None:
        try:
            asked: dict[str, Any] = json.loads(text)
        except ValueError:
            self._error(session, secrets.token_hex(8), 2, "no JSON")
            return
        kind, request_id = str(asked.get("messageType") or ""), str(asked.get("requestID") or secrets.token_hex(16))
        data = asked.get("data") or {}
        self.ledger.append((time.perf_counter(), session.number, kind, data))
        if not (request_id.isascii() and 1 <= len(request_id) <= 64):
            self.bad_ids.append(request_id)
        if self.silent:
            return
        try:
            if asked.get("apiName") != "VTubeStudioPublicAPI":
                raise No(3)
            if asked.get("apiVersion") != "1.0":
                raise No(4)
            if not kind:
                raise No(6)
            if kind in self.refuse:
                raise No(self.refuse[kind])
            if not session.plugin and kind not in _OPEN:
                raise No(8, "not authenticated")
            answer = self._answer(session, kind, request_id, data)
        except No as no:
            self._error(session, request_id, no.code, no.message)
            return
        if answer is not None:
            self._put(session, kind.removesuffix("Request") + "Response", request_id, answer)

    def _answer(self, session: Session, kind: str, request_id: str, data: dict[str, Any]) -> dict[str, Any] | None:
        match kind:
            case "APIStateRequest":
                shown = {"active": True, "vTubeStudioVersion": "1.32.0"}
                return {**shown, "currentSessionAuthenticated": bool(session.plugin)}
            case "AuthenticationTokenRequest":
                self._check_identity(data)
                if self.asking:
                    raise No(51, "a popup is open")
                self._spawn(self._ask_user(session, request_id, data))
                return None
            case "AuthenticationRequest":
                for key, code in (("authenticationToken", 100), ("pluginName", 101), ("pluginDeveloper", 102)):
                    if not data.get(key):
                        raise No(code)
                who = f"{data['pluginName']}/{data['pluginDeveloper']}"
                good = self.tokens.get(data["authenticationToken"]) == who
                session.plugin = who if good else session.plugin
                return {"authenticated": good, "reason": "Token valid." if good else "Token invalid or revoked."}
            case "EventSubscriptionRequest":
                return self._subscribe(session, data)
            case "PermissionRequest":
                return self._permission(session, request_id, str(data.get("requestedPermission") or ""))
            case _:
                return self.world.ask(kind, data, session.plugin)

    def _check_identity(self, data: Mapping[str, Any]) -> None:
        for key, code in (("pluginName", 52), ("pluginDeveloper", 53)):
            if not 3 <= len(str(data.get(key) or "")) <= 32:
                raise No(code)
        icon = data.get("pluginIcon")
        if icon:
            try:
                raw = base64.b64decode(icon, validate=True)
                good = raw[:8] == b"\x89PNG\r\n\x1a\n" and struct.unpack(">II", raw[16:24]) == (128, 128)
            except (ValueError, struct.error):
                good = False
            if not good:
                raise No(54, "icon")

    async def _ask_user(self, session: Session, request_id: str, data: Mapping[str, Any]) -> None:
        self.popups += 1
        how = self.popup
        if how in ("wait", "never"):
            self._asking = asyncio.get_running_loop().create_future()
            how = await self._asking
        if how != "allow":
            self._error(session, request_id, 50, "User has denied API access for your plugin.")
            return
        token = secrets.token_urlsafe(40)
        self.tokens[token] = f"{data['pluginName']}/{data['pluginDeveloper']}"
        self._put(session, "AuthenticationTokenResponse", request_id, {"authenticationToken": token})

    def _subscribe(self, session: Session, data: Mapping[str, Any]) -> dict[str, Any]:
        name, config = str(data.get("eventName") or ""), data.get("config") or {}
        if name and name not in EVENTS:
            raise No(950)
        if name == "TestEvent" and len(str(config.get("testMessageForEvent", ""))) > 32:
            raise No(100_000)
        if data.get("subscribe"):
            session.events[name] = dict(config)
        elif name:
            session.events.pop(name, None)
        else:
            session.events.clear()
        if name == "ModelMovedEvent" and data.get("subscribe"):
            asyncio.get_running_loop().call_soon(self._moved)
        return {"subscribedEventCount": len(session.events), "subscribedEvents": list(session.events)}

    def _permission(self, session: Session, request_id: str, wanted: str) -> dict[str, Any] | None:
        if wanted and wanted != PERMISSION:
            raise No(1100)
        granted = self.world.granted.get(session.plugin, False)
        if wanted and not granted:
            self._spawn(self._ask_permission(session, request_id))
            return None
        shown = [{"name": PERMISSION, "granted": granted}]
        return {"grantSuccess": bool(wanted), "requestedPermission": wanted, "permissions": shown}

    async def _ask_permission(self, session: Session, request_id: str) -> None:
        self.permission_popups += 1
        if self.permit in ("wait", "never"):
            self._asking = asyncio.get_running_loop().create_future()
            granted = await self._asking == "allow"
        else:
            granted = self.permit == "allow"
        self.world.granted[session.plugin] = granted
        shown = [{"name": PERMISSION, "granted": granted}]
        answer = {"grantSuccess": granted, "requestedPermission": PERMISSION, "permissions": shown}
        self._put(session, "PermissionResponse", request_id, answer)

    # ---------------------------------------------------------------------------------------------------- the wire
    @staticmethod
    def _message(kind: str, request_id: str, data: Mapping[str, Any]) -> str:
        return json.dumps({
            "apiName": "VTubeStudioPublicAPI", "apiVersion": "1.0", "timestamp": int(time.time() * 1000),
            "messageType": kind, "requestID": request_id, "data": data,
        })  # fmt: skip

    def _error(self, session: Session, request_id: str, code: int, message: str) -> None:
        self._put(session, "APIError", request_id, {"errorID": code, "message": message})

    def _put(self, session: Session, kind: str, request_id: str, data: Mapping[str, Any]) -> None:
        session.outbox.append(self._message(kind, request_id, data))
        if not self.fps and not self.shuffle:
            self._flush_now()

    def _flush_now(self) -> None:
        self._spawn(self._flush())

    async def _flush(self) -> None:
        for session in list(self.sessions):
            out, session.outbox = session.outbox, []
            if self.shuffle:
                random.Random(len(self.ledger)).shuffle(out)
            for text in out:
                try:
                    await session.ws.send_str(text)
                except (ConnectionError, RuntimeError):
                    break

    async def _frames(self) -> None:
        """The program's frames: hotkeys are taken from their queue, and with `fps` answers go out."""
        for count in itertools.count(1):
            await asyncio.sleep(self.world.frame_s)
            if count % FRAMES == 0:
                self.world.tick()
            if self.fps or self.shuffle:
                await self._flush()

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
