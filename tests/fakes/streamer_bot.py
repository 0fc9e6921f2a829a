"""A local server that speaks Streamer.bot's WebSocket protocol: greeting, password, subscriptions, actions, and faults.

Written from the public documentation (docs.streamer.bot, WebSocket Server); never compared with the real program.
`version` below 0.2.5 does not greet; `generation` chooses the payloads' form: 1 (from 0.3), 0 (0.2).
"""

import base64
import contextlib
import hashlib
import json
import os
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any, Self

from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer

KNOWN = {
    "general": ["Custom"],
    "twitch": [
        "Follow", "Cheer", "Sub", "ReSub", "GiftSub", "GiftBomb", "Raid", "HypeTrainStart", "HypeTrainUpdate",
        "HypeTrainLevelUp", "HypeTrainEnd", "RewardRedemption", "PollCreated", "PollUpdated", "PollCompleted",
        "ChatMessage", "ChatMessageDeleted", "UserTimedOut", "UserBanned", "Announcement", "AdRun", "GoalBegin",
        "GoalProgress", "GoalEnd", "ShieldModeBegin", "ShieldModeEnd", "StreamOnline", "StreamOffline", "ChatCleared",
        "AutoModMessageHeld", "AutoModMessageUpdate", "WatchStreak", "PrimePaidUpgrade", "GiftPaidUpgrade",
        "BitsBadgeTier", "SharedChatMessageDeleted", "SharedChatUserBanned", "SharedChatUserTimedout",
    ],
    "youTube": [
        "BroadcastStarted", "BroadcastEnded", "Message", "MessageDeleted", "UserBanned", "SuperChat", "SuperSticker",
        "NewSponsor", "MemberMileStone", "MembershipGift", "GiftMembershipReceived", "NewSubscriber", "PollStarted",
        "PollUpdated", "PollClosed", "UserTimedOut",
    ],
}  # fmt: skip


class FakeStreamerBot:
    """`async with FakeStreamerBot() as bot:` serves on a free port of the loopback. Faults are attributes."""

    def __init__(
        self, *, password: str = "", enforce: bool = False, version: str = "1.0.4", generation: int = 1
    ) -> None:
        self.password, self.enforce, self.version, self.generation = password, enforce, version, generation
        self.actions = {"Wave": "a0ff6f91-a51e-4b7d-948b-5e03ff4a82f0"}
        self.done: list[tuple[str, dict[str, Any]]] = []
        self.requests: list[str] = []
        self.connections = 0
        self.refuse_sockets = False
        self.silent = False
        """Takes everything and answers nothing."""
        self.no_events_list = False
        """An old version that does not know GetEvents."""
        self._sockets: dict[web.WebSocketResponse, bool] = {}
        self._wanted: dict[web.WebSocketResponse, set[tuple[str, str]]] = defaultdict(set)
        self._numbers = 0

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/", self._connected)
        self._server = TestServer(app)
        await self._server.start_server()
        return self

    @property
    def subscribed(self) -> dict[str, set[str]]:
        """Source -> types that somebody who is connected wants."""
        out: dict[str, set[str]] = defaultdict(set)
        for source, kind in (each for wanted in self._wanted.values() for each in wanted):
            out[source].add(kind)
        return out

    @property
    def listening(self) -> bool:
        """Somebody has signed in."""
        return any(ready and not socket.closed for socket, ready in self._sockets.items())

    async def __aexit__(self, *_: object) -> None:
        for socket in list(self._sockets):
            await socket.close()
        await self._server.close()

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self._server.port}/"

    # --- what the test does -------------------------------------------------------------------------------------------

    async def event(self, source: str, kind: str, data: object, *, stamp: str = "") -> None:
        """Sent to those who subscribed to it."""
        stamp = stamp or datetime.now(UTC).isoformat()
        told = json.dumps({"timeStamp": stamp, "event": {"source": source, "type": kind}, "data": data})
        await self.frame(told, wanted=(source, kind))

    async def say(self, text: str, *, user: str = "Bob", **more: object) -> str:
        """A message on Twitch; returns its id."""
        self._numbers += 1
        message = f"00000000-0000-4000-8000-{self._numbers:012d}"
        await self.event("Twitch", "ChatMessage", self.message(text, message, user, **more))
        return message

    def message(self, text: str, message: str, user: str = "Bob", **more: object) -> dict[str, Any]:
        """The data of a ChatMessage in the form of this generation."""
        login = user.lower()
        if self.generation == 0:
            inside = {
                "internal": False, "msgId": message, "userId": f"id-{login}", "username": login, "role": 1,
                "subscriber": False, "displayName": user, "color": "#1E90FF", "channel": "mika", "message": text,
                "isHighlighted": False, "isMe": False, "isCustomReward": False, "isAnonymous": False, "isReply": False,
                "bits": 0, "firstMessage": False, "hasBits": False, "emotes": [], "cheerEmotes": [], "badges": [],
                "monthsSubscribed": 0, "isTest": False,
            }  # fmt: skip
            return {"message": inside | more}
        shown = {"id": f"id-{login}", "login": login, "name": user, "type": "twitch", "role": 1, "badges": [],
                 "color": "#1E90FF", "subscribed": False, "monthsSubscribed": 0}  # fmt: skip
        given: dict[str, Any] = {
            "messageId": message, "user": shown, "text": text, "emotes": [], "isReply": False, "isTest": False,
            "parts": [{"type": "text", "text": text}], "isFromSharedChatGuest": False, "isInSharedChat": False,
            "meta": {"firstMessage": False, "isHighlighted": False, "isMe": False, "isCustomReward": False},
        }  # fmt: skip
        return given | more

    async def frame(self, text: str, *, wanted: tuple[str, str] | None = None) -> None:
        """These very characters, to everybody; with `wanted` to those who subscribed to this source and type."""
        for socket in list(self._sockets):
            is_for_it = wanted is None or wanted in self._wanted.get(socket, ())
            if is_for_it and not socket.closed and not self.silent:
                with contextlib.suppress(ConnectionError):  # it is just being lost
                    await socket.send_str(text)

    async def drop(self) -> None:
        """The connections end without a word."""
        for socket in list(self._sockets):
            await socket.close()

    # --- the protocol -------------------------------------------------------------------------------------------------

    async def _connected(self, request: web.Request) -> web.StreamResponse:
        if self.refuse_sockets:
            return web.Response(status=503)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.connections += 1
        self._sockets[socket] = not self.password
        salt, challenge = (base64.b64encode(os.urandom(32)).decode() for _ in range(2))
        if tuple(map(int, self.version.split(".")[:3])) >= (0, 2, 5) and not self.silent:
            hello: dict[str, Any] = {"timestamp": "2026-01-01T00:00:00", "session": "1", "request": "Hello"}
            hello["info"] = self._info()
            if self.password:
                hello["authentication"] = {"salt": salt, "challenge": challenge}
            await socket.send_json(hello)
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT and not self.silent:
                    await self._request(socket, json.loads(message.data), salt, challenge)
        finally:
            self._sockets.pop(socket, None)
            self._wanted.pop(socket, None)
        return socket

    def _info(self) -> dict[str, object]:
        return {"instanceId": "b6", "name": "Streamer.bot", "version": self.version, "os": "windows", "mode": "ui"}

    async def _request(self, socket: web.WebSocketResponse, given: dict[str, Any], salt: str, challenge: str) -> None:
        what = given.get("request", "")
        self.requests.append(what)
        answer: dict[str, Any] = {"id": given.get("id"), "status": "ok"}
        if what == "Authenticate":
            secret = base64.b64encode(hashlib.sha256((self.password + salt).encode()).digest()).decode()
            right = base64.b64encode(hashlib.sha256((secret + challenge).encode()).digest()).decode()
            self._sockets[socket] = given.get("authentication") == right
            if not self._sockets[socket]:
                answer |= {"status": "error", "error": "authentication failed"}
        elif self.enforce and not self._sockets[socket]:
            answer |= {"status": "error", "error": "authentication required"}
        else:
            answer |= self._done(what, given, socket)
        await socket.send_json(answer)

    def _done(self, what: str, given: dict[str, Any], socket: web.WebSocketResponse) -> dict[str, Any]:
        match what:
            case "GetInfo":
                return {"info": self._info()}
            case "GetEvents" if not self.no_events_list:
                return {"events": KNOWN}
            case "Subscribe":
                for source, names in given["events"].items():
                    self._wanted[socket] |= {(source, name) for name in names}
                return {"events": given["events"]}
            case "GetActions":
                return {"actions": [{"id": guid, "name": name} for name, guid in self.actions.items()]}
            case "DoAction":
                return self._act(given)
            case _:
                return {"status": "error", "error": "unknown request"}

    def _act(self, given: dict[str, Any]) -> dict[str, Any]:
        action = given["action"]
        name = next((name for name, guid in self.actions.items() if guid == action.get("id")), action.get("name"))
        if name not in self.actions:
            return {"status": "error", "error": "action not found"}
        self.done.append((name, given.get("args", {})))
        return {}
