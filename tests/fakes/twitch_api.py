"""A local Twitch: EventSub over WebSocket and the part of Helix that the show uses, with ways to fail.

    async with FakeTwitch() as twitch:
        token = twitch.sign_in("mika_bot", "user:read:chat", "user:write:chat")
        ...                                     # a client at twitch.api_url and twitch.eventsub_url
        await twitch.ready()                    # somebody has subscribed to the chat
        await twitch.say("Bob", "hello")

It does what Twitch documents: welcome, keepalive, notification, session_reconnect, revocation; 4001 when a client
writes, 4003 when nothing is subscribed `unused_s` after the welcome, 4004 when the old connection of a hand-over stays
open for `grace_s`, 4007 for a wrong address to reconnect to. What happens while nobody is subscribed reaches nobody,
then or later: it is in `lost`. Beyond the documentation: `same_id` lets a session keep its id over a hand-over, since
nobody has told whether Twitch does.
"""

import asyncio
import datetime as dt
import itertools
import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Self

from aiohttp import WSMsgType, web

from tests.fakes import twitch_events as events
from tests.fakes.serving import listen
from tests.fakes.twitch_helix import Helix, Known, Sub

__all__ = ["FakeTwitch", "Known"]


class Session:
    """One connection. `frozen`: it answers nothing, not even pings; `silent`: it says nothing, but answers pings."""

    def __init__(
        self, number: str, ws: web.WebSocketResponse, transport: asyncio.Transport, keepalive_s: float
    ) -> None:
        self.id = number
        self.ws = ws
        self.transport = transport
        self.keepalive_s = keepalive_s
        self.user = ""
        self.silent = False
        self.frozen = False
        self.leaving = ""
        """The token of the address this session was asked to move to."""
        self.tasks: list[asyncio.Task[None]] = []
        self.said = asyncio.Event()

    @property
    def open(self) -> bool:
        return not self.ws.closed and not self.transport.is_closing()

    async def send(self, frame: str) -> None:
        if self.open and not self.silent:
            self.said.set()
            with suppress(ConnectionError):
                await self.ws.send_str(frame)


class FakeTwitch(Helix):
    """`keepalive_s` overrides what the client asks for. Helper methods return the id of the chat message or event."""

    def __init__(self, *, keepalive_s: float = 0.0, unused_s: float = 10.0, grace_s: float = 30.0) -> None:
        super().__init__()
        self.channel = events.CHANNEL
        self.channel_id = events.CHANNEL_ID
        self.keepalive_s = keepalive_s
        self.unused_s = unused_s
        self.grace_s = grace_s
        self.same_id = False
        self.refuse_sockets = False
        """Answers the WebSocket handshake with 503."""
        self.minds_pings = False
        """A ping is inbound traffic, too: 4001."""
        self.mute_welcome = False
        self.auth_asked: list[str] = []
        """Paths somebody asked under /oauth2: this is not id.twitch.tv, and reading chat has no business there."""
        self.duplicates = 1
        """How often each notification is sent."""
        self.connections = 0
        self.close_codes: list[int] = []
        """With which code the fake closed connections."""
        self.closed_by_client = 0
        self.lost: list[str] = []
        """message_id of notifications nobody was subscribed to."""
        self.delivered: list[str] = []
        self.violations: list[str] = []
        self.sessions: list[Session] = []
        self.port = 0
        self._moves: dict[str, Session] = {}
        self._numbers = itertools.count(1)
        self._changed = asyncio.Condition()
        self._runner: web.AppRunner | None = None

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/helix"

    @property
    def eventsub_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ws"

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Again on the same port after a `stop()`."""
        app = web.Application()
        app.router.add_get("/ws", self._connected)
        app.router.add_route("*", "/helix/{path:.*}", self.helix)
        app.router.add_route("*", "/oauth2/{path:.*}", self._auth)
        self._runner, self.port = await listen(app, self.port)

    async def stop(self) -> None:
        self.hang.set()
        for session in list(self.sessions):
            session.transport.abort()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        self.hang.clear()

    # --- what tests wait for ------------------------------------------------------------------------------------------

    async def until(self, condition: Callable[[], bool], *, within_s: float = 15.0) -> None:
        async with asyncio.timeout(within_s), self._changed:
            await self._changed.wait_for(condition)

    def live(self, type_: str = "channel.chat.message") -> list[Sub]:
        """Subscriptions of this type that would receive something."""
        open_ = self.open_sessions()
        return [
            each
            for each in self.subs.values()
            if each.type == type_ and each.status == "enabled" and each.session in open_
        ]

    async def ready(self, *types: str, within_s: float = 15.0) -> None:
        """Returns when somebody is subscribed to all of these (the chat's messages when none is named)."""
        wanted = types or ("channel.chat.message",)
        await self.until(lambda: all(self.live(each) for each in wanted), within_s=within_s)

    # --- what happens in the channel ----------------------------------------------------------------------------------

    async def say(self, user: str, text: str = "", *pieces: events.Event, **more: Any) -> str:
        event = events.message(user, text, *pieces, **more)
        await self.notify("channel.chat.message", event)
        return event["message_id"]

    async def cheer(self, user: str, bits: int, text: str = "") -> str:
        pieces = (events.cheer_piece("Cheer", bits), events.text_piece(f" {text}"))
        return await self.say(user, "", *pieces, cheer={"bits": bits})

    async def reply(self, user: str, text: str, parent: str, parent_user: str = "Ann") -> str:
        return await self.say(user, text, reply=events.reply_to(parent, parent_user))

    async def delete(self, message_id: str, user: str = "Bob") -> None:
        event = {**events.here(), **events.person("target_", user), "message_id": message_id}
        await self.notify("channel.chat.message_delete", event)

    async def clear_user(self, user: str, seconds: int | None = None) -> None:
        """Words of a user are taken back; with `seconds` (0: for good) the ban behind it is told too."""
        await self.notify("channel.chat.clear_user_messages", {**events.here(), **events.person("target_", user)})
        if seconds is not None:
            await self.notify("channel.ban", events.ban(user, seconds))

    async def clear(self) -> None:
        await self.notify("channel.chat.clear", events.here())

    async def notice(self, event: events.Event) -> str:
        """A channel.chat.notification made with twitch_events: `await twitch.notice(events.resub("Ann", 7))`."""
        await self.notify("channel.chat.notification", event)
        return event["message_id"]

    async def raid(self, viewers: int = 40, user: str = "Eve") -> str:
        return await self.notice(events.raid(user, viewers))

    async def sub(self, user: str, months: int = 1, text: str = "") -> str:
        return await self.notice(events.sub(user) if months == 1 else events.resub(user, months, text))

    async def gift(self, user: str, recipient: str) -> str:
        return await self.notice(events.sub_gift(user, recipient))

    async def gift_storm(self, user: str, total: int) -> str:
        """The batch, then its gifts; returns the id of the batch's notification."""
        community = f"storm-{events.new_id()}"
        batch = await self.notice(events.gift_storm(user, total, community))
        for number in range(total):
            await self.notice(events.sub_gift(user, f"Lucky{number}", community))
        return batch

    async def follow(self, user: str) -> None:
        await self.notify("channel.follow", events.follow(user), version="2")

    async def redeem(self, user: str, title: str, text: str = "", *, reward: str = "reward-1") -> str:
        """A reward; with a text the chat message comes too, as at Twitch. Returns the redemption's id."""
        event = events.redemption(user, title, text, reward=reward)
        await self.notify("channel.channel_points_custom_reward_redemption.add", event)
        if text:
            await self.say(user, text, channel_points_custom_reward_id=reward)
        return event["id"]

    async def hold(self, user: str, text: str) -> str:
        event = events.held(user, text)
        await self.notify("automod.message.hold", event, version="2")
        return event["message_id"]

    async def resolve(self, user: str, text: str, message_id: str, status: str = "approved") -> None:
        """An approved message then appears in the chat under the id it was held with."""
        await self.notify("automod.message.update", events.held_resolved(user, text, message_id, status), version="2")
        if status == "approved":
            await self.say(user, text, message_id=message_id)

    async def notify(self, type_: str, event: dict[str, Any], *, version: str = "1", message_id: str = "") -> int:
        """Sends any event to whoever is subscribed to its type; returns to how many."""
        sent = 0
        number = message_id or events.new_id()
        for sub in self.live(type_):
            session = self._session(sub.session)
            if session is None:
                continue
            frame = self.frame(
                "notification", {"subscription": sub.shown(), "event": event},
                message_id=number if not sent else f"{number}-{sent}", type_=type_, version=version,
            )  # fmt: skip
            for _ in range(self.duplicates):
                await session.send(frame)
            sent += 1
        (self.delivered if sent else self.lost).append(event.get("message_id") or number)
        return sent

    @staticmethod
    def frame(kind: str, payload: object, *, message_id: str = "", type_: str = "", version: str = "1") -> str:
        stamp = dt.datetime.now(dt.UTC).isoformat().replace("+00:00", "Z")
        metadata = {"message_id": message_id or events.new_id(), "message_type": kind, "message_timestamp": stamp}
        if type_:
            metadata |= {"subscription_type": type_, "subscription_version": version}
        return json.dumps({"metadata": metadata, "payload": payload})

    # --- faults -------------------------------------------------------------------------------------------------------

    async def raw(self, frame: str) -> None:
        """These very characters on every connection."""
        for session in list(self.sessions):
            await session.send(frame)

    async def drop(self) -> None:
        """Every connection breaks without a good-bye."""
        for session in list(self.sessions):
            session.transport.abort()
            self._forget(session, "websocket_disconnected")
        await asyncio.sleep(0)

    async def close(self, code: int) -> None:
        """Every connection is closed with this code (4000-4007)."""
        for session in list(self.sessions):
            await self._close(session, code, "websocket_internal_error")

    def silence(self) -> None:
        """The connections stay up and answer pings; nothing else comes."""
        for session in self.sessions:
            session.silent = True

    def freeze(self) -> None:
        """The connections stay up and nothing at all comes any more."""
        for session in self.sessions:
            session.silent = session.frozen = True

    async def reconnect(self, *, url: str = "") -> None:
        """Every client is asked to move; its old connection still carries events until the new one is welcomed."""
        for session in list(self.sessions):
            if session.leaving:
                continue
            session.leaving = f"move-{next(self._numbers)}"
            self._moves[session.leaving] = session
            new = url or f"{self.eventsub_url}?reconnect={session.leaving}"
            shown = {"id": session.id, "status": "reconnecting", "reconnect_url": new, "connected_at": events.STARTED}
            shown["keepalive_timeout_seconds"] = None  # pyright: ignore[reportArgumentType] - as documented
            await session.send(self.frame("session_reconnect", {"session": shown}))
            session.tasks.append(asyncio.create_task(self._end_grace(session)))

    async def revoke(self, status: str = "authorization_revoked", types: Iterable[str] = ()) -> None:
        """Takes subscriptions away (all, or these types) and tells so: `authorization_revoked`, `user_removed`,
        `version_removed`, `moderator_removed`."""
        named = set(types)
        for sub in list(self.subs.values()):
            if sub.status != "enabled" or (named and sub.type not in named):
                continue
            sub.status = status
            session = self._session(sub.session)
            if session is not None:
                frame = self.frame("revocation", {"subscription": sub.shown()}, type_=sub.type, version=sub.version)
                await session.send(frame)

    def forget(self, type_: str) -> None:
        """A subscription goes without a word."""
        for sub in self.live(type_):
            del self.subs[sub.id]

    # --- the protocol -------------------------------------------------------------------------------------------------

    def _session(self, number: str) -> Session | None:
        """The newest open session of this id: over a hand-over with the same id there are two."""
        return next((each for each in reversed(self.sessions) if each.id == number and each.open), None)

    def session_owner(self, session: str) -> str | None:
        found = self._session(session)
        return None if found is None else found.user

    def open_sessions(self) -> set[str]:
        return {each.id for each in self.sessions if each.open}

    async def subscribed(self, sub: Sub) -> None:
        session = self._session(sub.session)
        if session is not None:
            session.user = sub.user
        await self.changed()

    async def _connected(self, request: web.Request) -> web.StreamResponse:
        if self.refuse_sockets:
            return web.Response(status=503)
        ws = web.WebSocketResponse(autoping=False, compress=False, timeout=0.5)
        await ws.prepare(request)
        assert isinstance(request.transport, asyncio.Transport)
        self.connections += 1
        asked = request.query.get("keepalive_timeout_seconds", "10")
        keepalive_s = self.keepalive_s or float(asked)
        session = Session(f"session-{next(self._numbers)}", ws, request.transport, keepalive_s)
        move = request.query.get("reconnect", "")
        old = self._moves.pop(move, None)
        if move and (old is None or not old.open):
            self.close_codes.append(4007)
            await ws.close(code=4007)
            return ws
        if not self.mute_welcome:
            await self._welcome(session, old)
        try:
            await self._serve(session)
        finally:
            self._forget(session, "websocket_disconnected")
            await self.changed()
        return ws

    async def _auth(self, request: web.Request) -> web.StreamResponse:
        self.auth_asked.append(request.path)
        return web.Response(status=404)

    async def _welcome(self, session: Session, old: Session | None) -> None:
        if old is not None:
            session.user = old.user
            if self.same_id:
                session.id = old.id
        shown = {
            "id": session.id, "status": "connected", "connected_at": events.STARTED, "reconnect_url": None,
            "keepalive_timeout_seconds": max(1, int(session.keepalive_s)),
        }  # fmt: skip
        self.sessions.append(session)
        if old is not None:  # from the welcome on, events go to the new connection
            for sub in self.subs.values():
                if sub.session == old.id:
                    sub.session = session.id
        await session.send(self.frame("session_welcome", {"session": shown}))
        session.tasks.append(asyncio.create_task(self._keep_alive(session)))
        if old is None:
            session.tasks.append(asyncio.create_task(self._end_unused(session)))
        await self.changed()

    async def _serve(self, session: Session) -> None:
        while True:
            message = await session.ws.receive()
            if message.type is WSMsgType.PING:
                if self.minds_pings:
                    await self._close(session, 4001, "websocket_received_inbound_traffic")
                    return
                if not session.frozen:
                    await session.ws.pong(message.data)
            elif message.type is WSMsgType.PONG:
                continue
            elif message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                self.violations.append("a client wrote to EventSub")
                await self._close(session, 4001, "websocket_received_inbound_traffic")
                return
            else:
                self.closed_by_client += message.type is WSMsgType.CLOSE
                return

    async def _keep_alive(self, session: Session) -> None:
        while session.open:
            session.said.clear()
            try:
                async with asyncio.timeout(session.keepalive_s):
                    await session.said.wait()
            except TimeoutError:
                await session.send(self.frame("session_keepalive", {}))

    async def _end_unused(self, session: Session) -> None:
        await asyncio.sleep(self.unused_s)
        if session.open and not any(each.session == session.id for each in self.subs.values()):
            await self._close(session, 4003, "websocket_connection_unused")

    async def _end_grace(self, session: Session) -> None:
        await asyncio.sleep(self.grace_s)
        if session.open:
            await self._close(session, 4004, "websocket_disconnected")

    async def _close(self, session: Session, code: int, status: str) -> None:
        self.close_codes.append(code)
        self._forget(session, status)
        with suppress(ConnectionError):
            await session.ws.close(code=code, drain=False)

    def _forget(self, session: Session, status: str) -> None:
        if session not in self.sessions:
            return
        self.sessions.remove(session)
        for task in session.tasks:
            if task is not asyncio.current_task():
                task.cancel()
        if self._session(session.id) is None:
            for sub in self.subs.values():
                if sub.session == session.id and sub.status == "enabled":
                    sub.status = status

    async def changed(self) -> None:
        async with self._changed:
            self._changed.notify_all()
