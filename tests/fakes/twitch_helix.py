"""The part of Twitch's Helix API that the show uses, as handlers of `FakeTwitch` (twitch_api.py)."""

import asyncio
import itertools
import json
import time
from collections.abc import Callable
from typing import Any

import msgspec
from aiohttp import web

from tests.fakes import twitch_events as events

PUBLIC = frozenset({"stream.online", "stream.offline", "channel.update", "channel.raid"})
SCOPES: dict[str, tuple[str, ...]] = {
    "channel.chat.message": ("user:read:chat",),
    "channel.chat.notification": ("user:read:chat",),
    "channel.chat.message_delete": ("user:read:chat",),
    "channel.chat.clear_user_messages": ("user:read:chat",),
    "channel.chat.clear": ("user:read:chat",),
    "channel.chat_settings.update": ("user:read:chat",),
    "channel.follow": ("moderator:read:followers",),
    "channel.bits.use": ("bits:read",),
    "channel.ban": ("channel:moderate",),
    "channel.channel_points_custom_reward_redemption.add": ("channel:read:redemptions", "channel:manage:redemptions"),
    "automod.message.hold": ("moderator:manage:automod",),
    "automod.message.update": ("moderator:manage:automod",),
    "channel.poll": ("channel:read:polls", "channel:manage:polls"),
    "channel.prediction": ("channel:read:predictions", "channel:manage:predictions"),
    "channel.hype_train": ("channel:read:hype_train",),
    "channel.ad_break": ("channel:read:ads",),
    "channel.goal": ("channel:read:goals",),
    "channel.shield_mode": ("moderator:read:shield_mode", "moderator:manage:shield_mode"),
}
"""One of these is needed, by type or by the type without its last word."""


class Known(msgspec.Struct, frozen=True):
    """Who a token belongs to and what it may do."""

    user_id: str
    login: str
    scopes: frozenset[str]


class Asked(msgspec.Struct, frozen=True):
    """A request as it came. `token` is the bearer token."""

    method: str
    path: str
    query: dict[str, str]
    token: str
    body: Any
    at: float


class Fault(msgspec.Struct):
    """What goes wrong with the next `times` requests whose path begins with `path`: `status` 400 and above is answered,
    0 resets the connection, -1 never answers."""

    path: str
    status: int
    times: int
    message: str
    method: str


class Sub(msgspec.Struct):
    id: str
    type: str
    version: str
    condition: dict[str, str]
    session: str
    user: str
    cost: int
    status: str = "enabled"

    def shown(self) -> dict[str, Any]:
        return {
            "id": self.id, "status": self.status, "type": self.type, "version": self.version, "cost": self.cost,
            "condition": self.condition, "transport": {"method": "websocket", "session_id": self.session},
            "created_at": events.STARTED,
        }  # fmt: skip


def scopes_of(type_: str) -> tuple[str, ...]:
    return SCOPES.get(type_) or SCOPES.get(type_.rpartition(".")[0], ())


class Problem(Exception):
    """An error as Helix words it."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class Helix:
    """Mixed into FakeTwitch. `mods` holds user ids; `banned` too; `deleted` message ids."""

    def __init__(self) -> None:
        self.client_id = "client"
        self.tokens: dict[str, Known] = {}
        self._numbered = itertools.count(1)
        self.valid: Callable[[str], Known | frozenset[str] | None] | None = None
        """Asked first when set (tests/fakes/twitch_id.py); plain scopes belong to the channel's owner."""
        self.people: dict[str, str] = {events.CHANNEL: events.CHANNEL_ID}
        """Login to id."""
        self.mods: set[str] = set()
        self.requests: list[Asked] = []
        self.faults: list[Fault] = []
        self.subs: dict[str, Sub] = {}
        self.sent: list[dict[str, Any]] = []
        """Bodies of the chat messages that were taken."""
        self.deleted: list[str] = []
        self.bans: list[dict[str, Any]] = []
        self.drop_next = ""
        """Code with which the next message to the chat is taken and not sent (`is_sent` false)."""
        self.echo = True
        """A message that was sent comes back over EventSub, as at Twitch."""
        self.connections_max = 3
        self.cost_max = 10
        self.hang = asyncio.Event()
        self.remaining = 800

    # --- accounts -----------------------------------------------------------------------------------------------------

    def sign_in(self, login: str, *scopes: str, token: str = "") -> str:
        """A token for this user; makes the user."""
        self.people.setdefault(login.lower(), events.user_id(login))
        token = token or f"token-{login.lower()}-{next(self._numbered)}"
        self.tokens[token] = Known(self.people[login.lower()], login.lower(), frozenset(scopes))
        return token

    def expire(self, token: str) -> None:
        self.tokens.pop(token, None)

    def known(self, token: str) -> Known | None:
        if self.valid is not None:
            found = self.valid(token)
            if isinstance(found, frozenset):
                return Known(events.CHANNEL_ID, events.CHANNEL, found)
            if found is not None:
                return found
        return self.tokens.get(token)

    # --- faults -------------------------------------------------------------------------------------------------------

    def fail(self, path: str, status: int, times: int = 1, message: str = "", method: str = "") -> None:
        """`path` as after /helix/: `fake.fail("eventsub/subscriptions", 500, times=3)`."""
        self.faults.append(Fault(path, status, times, message or f"scripted {status}", method))

    def asked(self, path: str, method: str = "") -> list[Asked]:
        return [each for each in self.requests if each.path.startswith(path) and method in ("", each.method)]

    # --- the door -----------------------------------------------------------------------------------------------------

    async def helix(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"].strip("/")
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        raw = await request.text()
        body = json.loads(raw) if raw else None
        self.requests.append(Asked(request.method, path, dict(request.query), token, body, time.monotonic()))
        for fault in self.faults:
            if fault.times > 0 and path.startswith(fault.path) and fault.method in ("", request.method):
                fault.times -= 1
                return await self._failed(request, fault)
        try:
            who = self._let_in(request, token)
            answer = await self._routed(request.method, path, request, who, body)
        except Problem as wrong:
            return self._answer({"error": "x", "status": wrong.status, "message": wrong.message}, wrong.status)
        return answer if isinstance(answer, web.Response) else self._answer(answer, 200)

    def _answer(self, data: object, status: int) -> web.Response:
        self.remaining = max(0, self.remaining - 1)
        limits = {
            "Ratelimit-Limit": "800", "Ratelimit-Remaining": str(self.remaining),
            "Ratelimit-Reset": str(int(time.time()) + 1),
        }  # fmt: skip
        return web.json_response(data, status=status, headers=limits)

    async def _failed(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.status == 0:
            assert isinstance(request.transport, asyncio.Transport)
            request.transport.abort()
            return web.Response()
        if fault.status < 0:
            await self.hang.wait()
            return web.Response(status=500)
        return self._answer({"error": "x", "status": fault.status, "message": fault.message}, fault.status)

    def _let_in(self, request: web.Request, token: str) -> Known:
        if not token:
            raise Problem(401, "OAuth token is missing")
        if request.headers.get("Client-Id", "") != self.client_id:
            raise Problem(401, "Client ID and OAuth token do not match")
        who = self.known(token)
        if who is None:
            raise Problem(401, "Invalid OAuth token")
        return who

    async def _routed(self, method: str, path: str, request: web.Request, who: Known, body: Any) -> Any:
        query = request.query
        match method, path:
            case "GET", "users":
                return self._users(query, who)
            case "POST", "eventsub/subscriptions":
                return await self.subscribe(body, who)
            case "GET", "eventsub/subscriptions":
                return self._listed(query, who)
            case "DELETE", "eventsub/subscriptions":
                if self.subs.pop(query.get("id", ""), None) is None:
                    raise Problem(404, "subscription not found")
                await self.changed()
                return web.Response(status=204)
            case "POST", "chat/messages":
                return await self._chat(body, who)
            case "DELETE", "moderation/chat":
                return await self._delete(query, who)
            case "POST", "moderation/bans":
                return await self._ban(query, body, who)
            case "GET", "moderation/moderators":
                self._needs(who, "moderation:read", "channel:manage:moderators")
                wanted = query.getall("user_id", [])
                return {"data": [{"user_id": each} for each in sorted(self.mods) if not wanted or each in wanted]}
            case "GET", "moderation/channels":
                self._needs(who, "user:read:moderated_channels")
                mine = [{"broadcaster_id": events.CHANNEL_ID, "broadcaster_login": events.CHANNEL}]
                return {"data": mine if who.user_id in self.mods else [], "pagination": {}}
            case "GET", "channels":
                return {"data": [{"broadcaster_id": events.CHANNEL_ID, "title": "A show", "game_name": "Chatting"}]}
            case _:
                raise Problem(404, f"no such endpoint: {method} {path}")

    def _needs(self, who: Known, *scopes: str) -> None:
        if not who.scopes & set(scopes):
            raise Problem(401, f"Missing scope: {scopes[0]}")

    # --- endpoints ----------------------------------------------------------------------------------------------------

    def _users(self, query: Any, who: Known) -> Any:
        logins, ids = query.getall("login", []), query.getall("id", [])
        found = [
            {"id": number, "login": login, "display_name": login.title(), "broadcaster_type": ""}
            for login, number in self.people.items()
            if login in logins or number in ids or (not logins and not ids and number == who.user_id)
        ]
        return {"data": found}

    def _listed(self, query: Any, who: Known) -> Any:
        mine = [each.shown() for each in self.subs.values() if each.user == who.user_id]
        if status := query.get("status"):
            mine = [each for each in mine if each["status"] == status]
        cost = sum(each.cost for each in self.subs.values() if each.user == who.user_id)
        return {
            "data": mine, "total": len(mine), "total_cost": cost, "max_total_cost": self.cost_max, "pagination": {},
        }  # fmt: skip

    async def subscribe(self, body: Any, who: Known) -> Any:
        type_, condition = body["type"], body["condition"]
        session = body["transport"]["session_id"]
        owner = self.session_owner(session)
        if owner is None:
            raise Problem(400, "websocket transport session does not exist or has already disconnected")
        if owner and owner != who.user_id:
            raise Problem(400, "websocket transport cannot have subscriptions created by different users")
        needed = scopes_of(type_)
        if not needed and type_ not in PUBLIC:
            raise Problem(400, "invalid subscription type and version")
        as_whom = condition.get("user_id") or condition.get("moderator_user_id")
        if needed and (not who.scopes & set(needed) or (as_whom and as_whom != who.user_id)):
            raise Problem(403, "subscription missing proper authorization")
        on_session = [each for each in self.subs.values() if each.session == session and each.status == "enabled"]
        if any(each.type == type_ and each.condition == condition for each in on_session):
            raise Problem(409, "subscription already exists")
        if len(on_session) >= 300:
            raise Problem(429, "number of subscriptions for the websocket transport exceeded")
        others = {each.session for each in self.subs.values() if each.user == who.user_id and each.status == "enabled"}
        if session not in others and len(others & self.open_sessions()) >= self.connections_max:
            raise Problem(429, "number of websocket transports limit exceeded")
        cost = 0 if who.user_id in condition.values() else 1
        spent = sum(each.cost for each in self.subs.values() if each.user == who.user_id and each.status == "enabled")
        if spent + cost > self.cost_max:
            raise Problem(429, "subscription cost exceeded: max_total_cost reached")
        sub = Sub(events.new_id(), type_, body["version"], condition, session, who.user_id, cost)
        self.subs[sub.id] = sub
        await self.subscribed(sub)
        answer = {"data": [sub.shown()], "total": 1, "total_cost": spent + cost, "max_total_cost": self.cost_max}
        return web.json_response(answer, status=202)

    async def _chat(self, body: Any, who: Known) -> Any:
        self._needs(who, "user:write:chat")
        if body["sender_id"] != who.user_id:
            raise Problem(400, "The sender_id must match the user of the token")
        text = body["message"]
        if not text or len(text) > 500:
            raise Problem(400, "The message is empty or too long")
        if any(each["user_id"] == who.user_id for each in self.bans):
            raise Problem(403, "The sender is not permitted to send chat messages to the broadcaster's chat room")
        if self.drop_next:
            code, self.drop_next = self.drop_next, ""
            dropped = {"code": code, "message": f"dropped: {code}"}
            return {"data": [{"message_id": "", "is_sent": False, "drop_reason": dropped}]}
        event = events.message(who.login, text)
        event |= {"chatter_user_id": who.user_id}
        if parent := body.get("reply_parent_message_id"):
            event["reply"] = events.reply_to(parent, "someone")
        if who.user_id in self.mods:
            event["badges"] = [events.badge("moderator")]
        self.sent.append(body)
        if self.echo:
            await self.notify("channel.chat.message", event)
        return {"data": [{"message_id": event["message_id"], "is_sent": True, "drop_reason": None}]}

    def _moderator(self, query: Any, who: Known, scope: str) -> None:
        self._needs(who, scope)
        if query.get("moderator_id") != who.user_id:
            raise Problem(401, "The moderator_id must match the user of the token")
        if who.user_id != events.CHANNEL_ID and who.user_id not in self.mods:
            raise Problem(403, "The user is not one of the broadcaster's moderators")

    async def _delete(self, query: Any, who: Known) -> Any:
        self._moderator(query, who, "moderator:manage:chat_messages")
        if query["message_id"].startswith("gone"):
            raise Problem(404, "The message was not found, or it is older than 6 hours")
        self.deleted.append(query["message_id"])
        if self.echo:
            await self.delete(query["message_id"])
        return web.Response(status=204)

    async def _ban(self, query: Any, body: Any, who: Known) -> Any:
        self._moderator(query, who, "moderator:manage:banned_users")
        asked = body["data"]
        if asked["user_id"] == events.CHANNEL_ID:
            raise Problem(400, "The user specified in the user_id field may not be banned")
        if any(each == asked for each in self.bans):
            raise Problem(400, "The user specified in the user_id field is already banned")
        self.bans.append(asked)
        return {"data": [{"user_id": asked["user_id"], "created_at": events.STARTED, "end_time": None}]}

    # --- what FakeTwitch brings ---------------------------------------------------------------------------------------

    def session_owner(self, session: str) -> str | None:
        """User of the session's subscriptions, empty while it has none; None when it does not exist."""
        raise NotImplementedError

    def open_sessions(self) -> set[str]:
        raise NotImplementedError

    async def subscribed(self, sub: Sub) -> None:
        raise NotImplementedError

    async def changed(self) -> None:
        """Wakes whoever waits in `until`."""
        raise NotImplementedError

    async def notify(self, type_: str, event: dict[str, Any], *, version: str = "1", message_id: str = "") -> int:
        raise NotImplementedError

    async def delete(self, message_id: str, user: str = "Bob") -> None:
        raise NotImplementedError
