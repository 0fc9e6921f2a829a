"""A local server that speaks obs-websocket 5.1 for an OBS in memory, and a link to the same without sockets.

`FakeObs` is for everything that a connection can do wrong; `FakeLink` has ObsLink's face and waits on nothing but the
loop's clock, so that hours of a show can pass in virtual time.
"""

import asyncio
import base64
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from typing import Any, Literal, Self

from aiohttp import WSMsgType, web

from streamer.adapters.obs.errors import FaultCode, ObsGone, ObsRefused
from streamer.adapters.obs.link import LinkState, ObsLink
from streamer.adapters.obs.wire_session import ObsInfo
from tests.fakes.obs_outputs import World
from tests.fakes.obs_state import Refuse
from tests.fakes.serving import listen

METERS, TRANSFORMS = 1 << 16, 1 << 19
METER_S = 0.05


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


class _Client:
    def __init__(self, ws: web.WebSocketResponse, challenge: str) -> None:
        self.ws, self.challenge = ws, challenge
        self.subs = -1
        self.out: asyncio.Queue[dict[str, Any]] = asyncio.Queue()


class FakeObs:
    """`async with FakeObs() as obs:` serves on a free port of the loopback. Faults are attributes, heeded at once."""

    def __init__(self, world: World | None = None, *, password: str = "obs-secret", **options: Any) -> None:  # noqa: S107
        self.world = world or World(**options)
        self.password = password
        self.port = 0
        self.ledger: list[tuple[str, dict[str, Any]]] = []
        """Every request that came over a connection, with its data."""
        self.connections = 0
        self.logins_refused = 0
        self.silent = False
        """Takes everything and answers nothing, not even pings: frozen."""
        self.slow_s = 0.0
        self.refuse: dict[str, int] = {}
        """Requests that fail, with the code."""
        self.drop_on: set[str] = set()
        """Requests that end the connection instead of an answer."""
        self.garbage_on: set[str] = set()
        self.cross_on: set[str] = set()
        """Requests whose answer carries the id of another."""
        self.dialect: Literal["5", "4", "http", "mute"] = "5"
        """`4` speaks obs-websocket 4.9, `http` no WebSocket, `mute` says nothing."""
        self.meters: dict[str, float] = {}
        """Peak (0..1) of each input, sent 20 times a second to who asked."""
        self._clients: set[_Client] = set()
        self._runner: web.AppRunner | None = None
        self._meter_task: asyncio.Task[None] | None = None
        self.world.listeners.append(self._event)

    def __repr__(self) -> str:
        return f"FakeObs({self.url})"

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def link(self, **options: Any) -> ObsLink:
        return ObsLink(self.url, self.password, **options)

    def asked(self, name: str) -> list[dict[str, Any]]:
        """The data of every request of that name."""
        return [data for one, data in self.ledger if one == name]

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Again on the same port after `stop`."""
        app = web.Application()
        app.router.add_get("/", self._connected)
        self._runner, self.port = await listen(app, self.port)
        self._meter_task = asyncio.create_task(self._send_meters())

    async def stop(self) -> None:
        """As OBS exits: says goodbye to everybody."""
        if self._meter_task is not None:
            self._meter_task.cancel()
        self.world.halt()
        for client in list(self._clients):
            await client.ws.close(code=1001, message=b"Server stopping.")
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def drop(self) -> None:
        """Cuts every connection in the middle, as a crash does."""
        for client in list(self._clients):
            self._cut(client)

    async def say(self, text: str) -> None:
        """A raw frame to whoever listens to events."""
        for client in list(self._clients):
            if client.subs > 0:
                await client.ws.send_str(text)

    async def kick(self, code: int = 4011) -> None:
        for client in list(self._clients):
            await client.ws.close(code=code, message=b"Your session has been invalidated.")

    def _cut(self, client: _Client) -> None:
        transport = client.ws._req.transport if client.ws._req is not None else None
        if transport is not None:
            transport.abort()

    # ------------------------------------------------------------------------------------------------------ connection
    async def _connected(self, request: web.Request) -> web.StreamResponse:
        self.connections += 1
        if self.dialect == "http":
            return web.Response(text="It works!")
        ws = web.WebSocketResponse(autoping=False)
        await ws.prepare(request)
        client = _Client(ws, base64.b64encode(os.urandom(8)).decode())
        self._clients.add(client)
        sender = asyncio.create_task(self._sender(client))
        try:
            if self.dialect == "5":
                self._hello(client)
            async for message in ws:
                if message.type is WSMsgType.PING and not self.silent:
                    await ws.pong(message.data)
                elif message.type is WSMsgType.TEXT:
                    await self._message(client, message.data)
        finally:
            self._clients.discard(client)
            sender.cancel()
        return ws

    async def _sender(self, client: _Client) -> None:
        while True:
            message = await client.out.get()
            while self.silent:
                await asyncio.sleep(0.02)
            try:
                await client.ws.send_str(json.dumps(message))
            except (ConnectionError, RuntimeError):
                return

    def _hello(self, client: _Client) -> None:
        hello: dict[str, Any] = {"obsWebSocketVersion": self.world.websocket, "rpcVersion": 1}
        if self.password:
            hello["authentication"] = {"challenge": client.challenge, "salt": "salt"}
        client.out.put_nowait({"op": 0, "d": hello})

    async def _message(self, client: _Client, text: str) -> None:
        try:
            message = json.loads(text)
        except ValueError:
            await client.ws.close(code=4002, message=b"Unable to decode Json")
            return
        if self.dialect != "5":
            self._four(client, message)
            return
        data = message.get("d")
        match message.get("op"):
            case 1 | 3 if isinstance(data, dict):
                await self._identify(client, data)
            case 6 if client.subs < 0:
                await client.ws.close(code=4007, message=b"You attempted to send a non-Identify message")
            case 6 if isinstance(data, dict):
                await self._request(client, data)
            case _:
                await client.ws.close(code=4006, message=b"Unknown OpCode")

    def _four(self, client: _Client, message: dict[str, Any]) -> None:
        """obs-websocket 4.9 answers a GetVersion to anybody."""
        if self.dialect == "4" and message.get("request-type") == "GetVersion":
            client.out.put_nowait(
                {"message-id": message.get("message-id"), "status": "ok", "version": 1.1,
                 "obs-websocket-version": "4.9.1", "obs-studio-version": "27.2.4"}
            )  # fmt: skip

    async def _identify(self, client: _Client, data: dict[str, Any]) -> None:
        secret = _digest(self.password + "salt")
        if self.password and client.subs < 0 and data.get("authentication") != _digest(secret + client.challenge):
            self.logins_refused += 1
            await client.ws.close(code=4009, message=b"Authentication failed.")
            return
        client.subs = int(data.get("eventSubscriptions", 0x7FF))
        client.out.put_nowait({"op": 2, "d": {"negotiatedRpcVersion": 1}})

    async def _request(self, client: _Client, data: dict[str, Any]) -> None:
        name, given = str(data.get("requestType")), data.get("requestData")
        self.ledger.append((name, dict(given) if isinstance(given, dict) else {}))
        if name in self.drop_on:
            self._cut(client)
            return
        if name in self.garbage_on:
            await client.ws.send_str("{this is no JSON")
            return
        status: dict[str, Any] = {"result": True, "code": 100}
        reply: dict[str, Any] = {}
        try:
            if name in self.refuse:
                raise Refuse(self.refuse[name])
            reply = self.world.handle(name, given)
        except Refuse as refused:
            status = {"result": False, "code": refused.code}
            if refused.comment:
                status["comment"] = refused.comment
        number = -1 if name in self.cross_on else data.get("requestId")
        body = {"requestType": name, "requestId": number, "requestStatus": status}
        if reply:
            body["responseData"] = reply
        if self.slow_s:
            await asyncio.sleep(self.slow_s)
        client.out.put_nowait({"op": 7, "d": body})

    # ---------------------------------------------------------------------------------------------------------- events
    def _event(self, name: str, data: dict[str, Any]) -> None:
        mask = TRANSFORMS if name == "SceneItemTransformChanged" else 0x7FF
        for client in self._clients:
            if client.subs > 0 and client.subs & mask:
                intent = {"eventType": name, "eventIntent": mask, "eventData": data}
                client.out.put_nowait({"op": 5, "d": json.loads(json.dumps(intent))})

    async def _send_meters(self) -> None:
        while True:
            await asyncio.sleep(METER_S)
            rows = [
                {"inputName": name, "inputLevelsMul": [[peak * 0.7, peak, peak]] * 2}
                for name, peak in self.meters.items()
            ]
            for client in self._clients:
                if client.subs > 0 and client.subs & METERS:
                    event = {"eventType": "InputVolumeMeters", "eventIntent": METERS, "eventData": {"inputs": rows}}
                    client.out.put_nowait({"op": 5, "d": event})


class FakeLink:
    """ObsLink's face on a World in the same loop. `lose` and `come_back` are OBS going and coming."""

    def __init__(self, world: World | None = None, *, delay_s: float = 0.002) -> None:
        self.world = world or World()
        self.delay_s = delay_s
        self.state: LinkState = "off"
        self.code: FaultCode | Literal[""] = ""
        self.reason = ""
        self.info: ObsInfo | None = None
        self.generation = 0
        self.sent_at = 0.0
        self.ledger: list[tuple[str, dict[str, Any]]] = []
        self.refuse: dict[str, int] = {}
        self.on_event: Callable[[str, dict[str, Any]], None] = lambda *_: None
        self.on_meters: Callable[[list[dict[str, Any]]], None] = lambda *_: None
        self.on_state: Callable[[LinkState], None] = lambda *_: None
        self.away = False
        self._changed = asyncio.Event()
        self._queue = asyncio.Lock()
        self.world.listeners.append(self._heard)

    def asked(self, name: str) -> list[dict[str, Any]]:
        return [data for one, data in self.ledger if one == name]

    def _become(self, state: LinkState) -> None:
        if state != self.state:
            self.state = state
            self.on_state(state)

    def _heard(self, name: str, data: dict[str, Any]) -> None:
        if self.state == "ready":
            self.on_event(name, json.loads(json.dumps(data)))

    def lose(self, reason: str = "OBS closed the connection") -> None:
        """OBS has crashed. Whatever was under way in it is over."""
        self.away, self.reason, self.code = True, reason, "closed"
        self.world.halt()
        self._become("lost")
        self._changed.set()

    def come_back(self, world: World | None = None) -> None:
        """OBS is there again, with the same scenes or as another world."""
        if world is not None:
            self.world.listeners.remove(self._heard)
            self.world = world
            self.world.listeners.append(self._heard)
        self.away = False
        self._changed.set()

    async def run(self) -> None:
        self._become("connecting")
        while self.state != "off":
            self._changed.clear()
            if not self.away and self.state != "ready":
                await asyncio.sleep(self.delay_s)
                if self.away:
                    continue
                version = self.world.handle("GetVersion")
                self.info = ObsInfo(
                    obs=version["obsVersion"], websocket=version["obsWebSocketVersion"], rpc=1,
                    platform=version["platform"], kinds=frozenset(self.world.kinds),
                    requests=frozenset(version["availableRequests"]),
                )  # fmt: skip
                self.generation += 1
                self.reason, self.code = "", ""
                self._become("ready")
            await self._changed.wait()

    async def ready(self) -> None:
        while self.state != "ready":
            await asyncio.sleep(self.delay_s)

    async def request(self, name: str, data: Mapping[str, Any] | None = None) -> dict[str, Any]:
        generation = self.generation
        if self.state != "ready":
            raise ObsGone(self.reason or "OBS is not connected")
        given = json.loads(json.dumps(dict(data), allow_nan=False)) if data else None
        async with self._queue:
            if self.state != "ready" or self.generation != generation:
                raise ObsGone(self.reason)
            self.sent_at = asyncio.get_running_loop().time()
            self.ledger.append((name, given or {}))
            try:
                if name in self.refuse:
                    raise Refuse(self.refuse[name])
                answer = json.loads(json.dumps(self.world.handle(name, given)))
            except Refuse as refused:
                answer = ObsRefused(name, refused.code, refused.comment)
            await asyncio.sleep(self.delay_s)
        if self.state != "ready" or self.generation != generation:
            raise ObsGone(self.reason)
        if isinstance(answer, ObsRefused):
            raise answer
        return answer

    def renew(self, password: str, url: str = "") -> None:
        self._changed.set()

    async def aclose(self) -> None:
        self._become("off")
        self._changed.set()
