"""A local server that speaks Twitch's IRC over WebSocket, with ways to fail.

    async with FakeTwitchIrc("mika_live") as twitch:
        source = TwitchIrc("mika_live", twitch.url)
        ...
        await twitch.joined()
        await twitch.say("bob", "hello")

It refuses what Twitch refuses: a log-in that is not anonymous or has no nick, JOIN before NICK, a channel nobody has
(no answer at all). `violations` lists what a real server would have held against the client. `sent` holds the
`time.perf_counter_ns()` at which each message went out, by its id.
"""

import asyncio
import contextlib
import re
import time
from collections import deque
from collections.abc import Mapping
from typing import Self

from aiohttp import WSMsgType, web

_NICK = re.compile(r"justinfan[0-9]{1,9}")
_ESCAPES = (("\\", "\\\\"), (";", "\\:"), (" ", "\\s"), ("\r", "\\r"), ("\n", "\\n"))


def escaped(value: str) -> str:
    for char, escape in _ESCAPES:
        value = value.replace(char, escape)
    return value


class _Client:
    def __init__(self, ws: web.WebSocketResponse, transport: asyncio.Transport) -> None:
        self.ws = ws
        self.transport = transport
        self.tags = False
        self.nick = ""
        self.channels: set[str] = set()


class FakeTwitchIrc:
    """`ping_s`: how often it pings by itself (0: only when told to). `silent`: it takes everything and says nothing."""

    def __init__(self, *channels: str, room_id: str = "1000", ping_s: float = 0.0, line_ends: bool = True) -> None:
        self.channels = {name.lower() for name in channels}
        self.room_id = room_id
        self.silent = False
        self.refuse_login = False
        self.refuse_tags = False
        self.refuse_sockets = False
        """Answers the WebSocket handshake with 503."""
        self.violations: list[str] = []
        self.received: list[str] = []
        self.connections = 0
        self.joins = 0
        self.sent: dict[str, int] = {}
        self.port = 0
        self._ping_s = ping_s
        self._end = "\r\n" if line_ends else ""
        self._clients: list[_Client] = []
        self._join_times: deque[float] = deque()
        self._changed = asyncio.Condition()
        self._number = 0
        self._runner: web.AppRunner | None = None
        self._pinger: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/"

    @property
    def listening(self) -> bool:
        """Somebody is in a room."""
        return any(client.channels and not client.transport.is_closing() for client in self._clients)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self, port: int = 0) -> None:
        app = web.Application()
        app.router.add_get("/", self._connected)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port or self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        if self._ping_s:
            self._pinger = asyncio.create_task(self._keep_pinging())

    async def stop(self) -> None:
        if self._pinger is not None:
            self._pinger.cancel()
        for client in list(self._clients):
            client.transport.abort()
        if self._runner is not None:
            await self._runner.cleanup()

    # --- what tests wait for ------------------------------------------------------------------------------------------

    async def joined(self, times: int = 1, *, within_s: float = 10.0) -> None:
        """Returns when JOIN has succeeded `times` times in all."""
        await self.until(lambda: self.joins >= times, within_s=within_s)

    async def until(self, condition, *, within_s: float = 10.0) -> None:
        async with asyncio.timeout(within_s), self._changed:
            await self._changed.wait_for(condition)

    # --- what happens in the chat -------------------------------------------------------------------------------------

    async def say(self, user: str, text: str, *, user_id: str = "", msg_id: str = "", **tags: str | int) -> str:
        """A message of `user`; returns its id. Tag names are written with `_` for `-`."""
        msg_id = msg_id or self._new_id()
        line = self._line(
            "PRIVMSG", text, nick=user.lower(), tags={**self._viewer(user, user_id), "id": msg_id, **_dashed(tags)}
        )
        self.sent[msg_id] = time.perf_counter_ns()
        await self.line(line)
        return msg_id

    async def delete(self, msg_id: str, *, login: str = "", text: str = "") -> None:
        await self.line(self._line("CLEARMSG", text, tags={"login": login, "target-msg-id": msg_id}))

    async def timeout(self, user_id: str, seconds: int = 600, *, login: str = "someone") -> None:
        """`seconds` 0 is a ban."""
        tags = {"target-user-id": user_id} | ({"ban-duration": str(seconds)} if seconds else {})
        await self.line(self._line("CLEARCHAT", login, tags=tags))

    async def clear(self) -> None:
        await self.line(self._line("CLEARCHAT", None))

    async def raid(self, user: str, viewers: int) -> str:
        return await self.notice(user, "raid", msg_param_viewerCount=viewers, msg_param_displayName=user)

    async def sub(self, user: str, months: int = 1, text: str = "") -> str:
        what = "sub" if months == 1 else "resub"
        return await self.notice(user, what, text=text, msg_param_cumulative_months=months, msg_param_sub_plan="1000")

    async def gift(self, user: str, recipient: str, *, community: str = "") -> str:
        extra = {"msg_param_community_gift_id": community} if community else {}
        return await self.notice(
            user, "subgift", msg_param_recipient_id=f"id-{recipient.lower()}",
            msg_param_recipient_user_name=recipient.lower(), msg_param_recipient_display_name=recipient, **extra,
        )  # fmt: skip

    async def gift_storm(self, user: str, count: int) -> str:
        """The batch, then its gifts, as Twitch sends them. Returns the batch's id."""
        community = f"community-{self._new_id()}"
        batch = await self.notice(
            user, "submysterygift", msg_param_mass_gift_count=count, msg_param_community_gift_id=community
        )
        for number in range(count):
            await self.gift(user, f"Lucky{number}", community=community)
        return batch

    async def announce(self, user: str, text: str) -> str:
        return await self.notice(user, "announcement", text=text, msg_param_color="PRIMARY")

    async def notice(self, user: str, what: str, *, text: str = "", user_id: str = "", **tags: str | int) -> str:
        """Any USERNOTICE. `msg_param_*` keep their own capitals and digits; `_` becomes `-`."""
        msg_id = self._new_id()
        all_tags = {
            **self._viewer(user, user_id), "id": msg_id, "login": user.lower(), "msg-id": what,
            "system-msg": f"{user} did something!", **_dashed(tags),
        }  # fmt: skip
        self.sent[msg_id] = time.perf_counter_ns()
        await self.line(self._line("USERNOTICE", text or None, tags=all_tags))
        return msg_id

    async def room(self, **modes: str | int) -> None:
        """A ROOMSTATE that names what changed."""
        await self.line(self._line("ROOMSTATE", None, tags=_dashed(modes)))

    # --- faults -------------------------------------------------------------------------------------------------------

    async def reconnect(self) -> None:
        """Twitch asks its clients to move; the old connections stay open until the client closes them."""
        await self.frame(":tmi.twitch.tv RECONNECT\r\n")

    async def drop(self) -> None:
        """The connection breaks without a good-bye."""
        for client in list(self._clients):
            client.transport.abort()
        await asyncio.sleep(0)

    def silence(self) -> None:
        """The connection stays up and nothing comes any more, not even PONG."""
        self.silent = True

    async def garbage(self) -> int:
        """Lines nobody can read; returns how many."""
        lines = (
            "\x00\x01\x02",
            "@id=1;user-id=2",
            "@@@ ::: ???",
            "PRIVMSG",
            ":x!x@x 12 #y",
            "PRIVMSG #a b c d :" + "x" * 40_000,
        )
        for line in lines:
            await self.frame(line + "\r\n")
        nameless = [
            self._line("PRIVMSG", "no id", nick="x", tags={"user-id": "5"}),
            self._line("CLEARMSG", "x", tags={}),
        ]
        for line in nameless:
            await self.frame(line + "\r\n")
        return len(lines) + len(nameless)

    async def half(self, user: str, text: str, *, cut: int = 40) -> str:
        """A message in two frames, broken in the middle of its line."""
        msg_id = self._new_id()
        line = self._line("PRIVMSG", text, nick=user.lower(), tags={**self._viewer(user, ""), "id": msg_id}) + "\r\n"
        await self.frame(line[:cut])
        await self.frame(line[cut:])
        return msg_id

    async def ping(self, text: str = "tmi.twitch.tv") -> None:
        await self.frame(f"PING :{text}\r\n")

    async def line(self, line: str) -> None:
        await self.frame(line + self._end)

    async def frame(self, data: str | bytes) -> None:
        """These very characters, to everybody in the channel; who is just being lost gets none of them."""
        if self.silent:
            return
        for client in list(self._clients):
            if client.ws.closed:
                continue
            with contextlib.suppress(ConnectionError):
                await (client.ws.send_str(data) if isinstance(data, str) else client.ws.send_bytes(data))

    # --- the protocol -------------------------------------------------------------------------------------------------

    async def _connected(self, request: web.Request) -> web.StreamResponse:
        if self.refuse_sockets:
            return web.Response(status=503)
        ws = web.WebSocketResponse(compress=False)
        await ws.prepare(request)
        transport = request.transport
        assert isinstance(transport, asyncio.Transport)
        client = _Client(ws, transport)
        self.connections += 1
        await self._notify()
        try:
            async for message in ws:
                if message.type is not WSMsgType.TEXT:
                    break
                for line in message.data.split("\r\n"):
                    if line:
                        self.received.append(line)
                        await self._received(client, line)
                await self._notify()
        finally:
            if client in self._clients:
                self._clients.remove(client)
            await self._notify()
        return ws

    async def _received(self, client: _Client, line: str) -> None:
        if self.silent:
            return
        command, _, rest = line.partition(" ")
        match command:
            case "CAP":
                await self._capabilities(client, rest)
            case "PASS":
                self.violations.append("PASS sent by an anonymous client")
            case "NICK":
                await self._welcome(client, rest.strip())
            case "JOIN":
                await self._join(client, rest.strip())
            case "PING":
                await client.ws.send_str(f":tmi.twitch.tv PONG tmi.twitch.tv :{rest.removeprefix(':')}{self._end}")
            case "PONG":
                pass
            case _:
                self.violations.append(f"unknown command {command}")

    async def _capabilities(self, client: _Client, rest: str) -> None:
        wanted = rest.partition(":")[2].split()
        answer = "NAK" if self.refuse_tags else "ACK"
        client.tags = answer == "ACK" and "twitch.tv/tags" in wanted
        if not {"twitch.tv/tags", "twitch.tv/commands"} <= set(wanted):
            self.violations.append("tags and commands were not asked for")
        await client.ws.send_str(f":tmi.twitch.tv CAP * {answer} :{' '.join(wanted)}{self._end}")

    async def _welcome(self, client: _Client, nick: str) -> None:
        if self.refuse_login or not _NICK.fullmatch(nick):
            await client.ws.send_str(f":tmi.twitch.tv NOTICE * :Login authentication failed{self._end}")
            await client.ws.close()
            return
        client.nick = nick
        texts = {
            "001": "Welcome, GLHF!", "002": "Your host is tmi.twitch.tv", "003": "This server is rather new",
            "004": "-", "375": "-", "372": "You are in a maze of twisty passages, all alike.", "376": ">",
        }  # fmt: skip
        lines = [f":tmi.twitch.tv {number} {nick} :{text}\r\n" for number, text in texts.items()]
        if self._end:
            await client.ws.send_str("".join(lines))
        else:
            for line in lines:
                await client.ws.send_str(line.strip())

    async def _join(self, client: _Client, channel: str) -> None:
        now = time.monotonic()
        self._join_times.append(now)
        while self._join_times and now - self._join_times[0] > 10:
            self._join_times.popleft()
        if len(self._join_times) > 20:
            self.violations.append("more than 20 JOINs in 10 s")
        if not client.nick:
            self.violations.append("JOIN before NICK")
            return
        if channel.removeprefix("#") not in self.channels:
            return
        client.channels.add(channel)
        nick = client.nick
        host = f"{nick}.tmi.twitch.tv"
        room = (
            f"@emote-only=0;followers-only=-1;r9k=0;room-id={self.room_id};slow=0;subs-only=0 "
            f":tmi.twitch.tv ROOMSTATE {channel}"
        )
        lines = [
            f":{nick}!{nick}@{host} JOIN {channel}", f":{host} 353 {nick} = {channel} :{nick}",
            f":{host} 366 {nick} {channel} :End of /NAMES list", room,
        ]  # fmt: skip
        if client not in self._clients:
            self._clients.append(client)
        if self._end:
            await client.ws.send_str("\r\n".join(lines) + "\r\n")
        else:
            for line in lines:
                await client.ws.send_str(line)
        self.joins += 1

    async def _keep_pinging(self) -> None:
        while True:
            await asyncio.sleep(self._ping_s)
            await self.ping()

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    def _new_id(self) -> str:
        self._number += 1
        return f"00000000-0000-4000-8000-{self._number:012d}"

    def _viewer(self, user: str, user_id: str) -> dict[str, str]:
        return {
            "badge-info": "", "badges": "", "color": "#1E90FF", "display-name": user, "emotes": "", "first-msg": "0",
            "flags": "", "mod": "0", "returning-chatter": "0", "subscriber": "0", "turbo": "0",
            "user-id": user_id or f"id-{user.lower()}", "user-type": "",
        }  # fmt: skip

    def _line(self, command: str, text: str | None, *, nick: str = "", tags: Mapping[str, str] | None = None) -> str:
        stamped = {"room-id": self.room_id, "tmi-sent-ts": str(time.time_ns() // 1_000_000), **(tags or {})}
        head = ";".join(f"{key}={escaped(value)}" for key, value in stamped.items())
        prefix = f"{nick}!{nick}@{nick}.tmi.twitch.tv" if nick else "tmi.twitch.tv"
        channel = min(self.channels) if self.channels else "nobody"
        return f"@{head} :{prefix} {command} #{channel}" + (f" :{text}" if text is not None else "")


def _dashed(tags: Mapping[str, str | int]) -> dict[str, str]:
    return {name.replace("_", "-"): str(value) for name, value in tags.items()}
