"""A local YouTube Data API v3: what the show uses of it, with ways to fail.

    async with FakeYouTubeApi() as youtube:
        source = YouTubeApi("mika", youtube.resolve, api_key="key-1", api_url=youtube.url)
        ...
        await youtube.ready()                   # somebody reads the stream
        await youtube.say("Bob", "hello")

It does what Google documents: `videos.list`, `liveChatMessages` list, insert and delete, `liveChatBans` insert, errors
as `{"error": {code, message, errors: [{reason, domain}], status, details}}`; and what is said of `messages/stream`: one
JSON array a connection, a response a batch, `nextPageToken` to go on from, RESOURCE_EXHAUSTED for whoever comes back
before `pollingIntervalMillis`. The first answer without a token holds the newest of what was said before. How the live
service frames its chunks is not documented; here a batch is cut anywhere. `violations` lists what a real server would
have held against the client; a key in an address is one.
"""

import asyncio
import base64
import datetime as dt
import json
import time
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Self

from aiohttp import web

from tests.fakes.serving import listen

CHAT = "Cg0KC2FiY2RlZmdoaWpr"
VIDEO = "abcdefghijk"
_DOMAINS = {"quotaExceeded": "youtube.quota", "keyInvalid": "global", "accessNotConfigured": "usageLimits"}
_DETAILS = {"keyInvalid": "API_KEY_INVALID", "accessNotConfigured": "SERVICE_DISABLED"}
_STATUSES = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND"}
HISTORY = 75


def page_id(number: int) -> str:
    """The id of a message as the page writes it: base64url of {1: {1: text}}, padding as %3D."""
    raw = bytes([0x0A, 0x1C, 0x0A, 0x1A]) + _core(number)
    return base64.urlsafe_b64encode(raw).decode("ascii").replace("=", "%3D")


def api_id(number: int) -> str:
    """The same message's id as the API writes it (a guess): `LCC.` and {2: {1: text}}."""
    raw = bytes([0x12, 0x1C, 0x0A, 0x1A]) + _core(number)
    return "LCC." + base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")


def _core(number: int) -> bytes:
    return f"CN{number:010d}xyzFQABCDefghi".encode("ascii")


def error(code: int, reason: str, *, detail: str = "", quota_limit: str = "") -> web.Response:
    """Google's error JSON."""
    body: dict[str, Any] = {
        "code": code,
        "message": f"The request cannot be completed: {reason}.",
        "errors": [{"message": reason, "domain": _DOMAINS.get(reason, "youtube.liveChat"), "reason": reason}],
        "status": _STATUSES.get(code, "RESOURCE_EXHAUSTED" if code == 429 else "INTERNAL"),
    }
    detail = detail or _DETAILS.get(reason, "")
    if detail:
        info: dict[str, Any] = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": detail}
        if quota_limit:
            info["metadata"] = {"quota_limit": quota_limit}
        body["details"] = [info]
    return web.json_response({"error": body}, status=code)


class _Stream:
    def __init__(self, response: web.StreamResponse, transport: asyncio.Transport, place: int) -> None:
        self.response = response
        self.transport = transport
        self.place = place
        self.silent = False
        self.closing = False


class FakeYouTubeApi:
    """`token`: which bearer tokens are good. `polling_ms` is what it asks for and, with `strict`, insists on."""

    def __init__(self, *, key: str = "key-1", token: Callable[[str], bool] | None = None, polling_ms: int = 0) -> None:
        self.keys = {key}
        self.token = token or (lambda _: False)
        self.polling_ms = polling_ms
        self.video, self.chat = VIDEO, CHAT
        self.strict = True
        self.items: list[dict[str, Any]] = []
        self.state = "live"
        """`live`, `upcoming`, `ended`, `no_chat`, `missing`: what `videos.list` shows."""
        self.offline = False
        """Responses carry `offlineAt`."""
        self.answers: deque[web.Response] = deque()
        """The next answers to anything, instead of the right ones."""
        self.refuse: dict[str, Callable[[], web.Response]] = {}
        """By call (videos, stream, list, insert, delete, ban): answers with this as long as it stands there."""
        self.hang_up = False
        """Every stream ends after its first response."""
        self.quota_left = 1_000_000
        self.cut = 0
        """Streams write so many bytes at a time (0: a batch at once)."""
        self.batch = 500
        self.calls: Counter[str] = Counter()
        self.asked: list[tuple[str, float]] = []
        self.page_tokens: list[str] = []
        self.violations: list[str] = []
        self.deleted: list[str] = []
        self.bans: list[dict[str, Any]] = []
        self.said: list[dict[str, Any]] = []
        """What was inserted, as the request's `snippet`."""
        self.port = 0
        self._streams: list[_Stream] = []
        self._last_stream = float("-inf")
        self._changed = asyncio.Condition()
        self._number = 0
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/youtube/v3"

    async def resolve(self) -> str:
        return VIDEO

    async def __aenter__(self) -> Self:
        app = web.Application()
        base = "/youtube/v3"
        app.router.add_get(f"{base}/videos", self._call("videos", 1, self._videos))
        app.router.add_get(f"{base}/liveChat/messages", self._call("list", 5, self._list))
        app.router.add_get(f"{base}/liveChat/messages/stream", self._call("stream", 5, self._stream))
        app.router.add_post(f"{base}/liveChat/messages", self._call("insert", 50, self._insert))
        app.router.add_delete(f"{base}/liveChat/messages", self._call("delete", 50, self._delete))
        app.router.add_post(f"{base}/liveChat/bans", self._call("ban", 50, self._ban))
        self._runner, self.port = await listen(app)
        return self

    async def __aexit__(self, *_: object) -> None:
        for stream in list(self._streams):
            stream.transport.abort()
        if self._runner is not None:
            await self._runner.cleanup()

    # --- what tests wait for ------------------------------------------------------------------------------------------

    async def ready(self, times: int = 1, *, within_s: float = 20.0) -> None:
        """Returns when the stream has been opened `times` times in all and somebody reads it."""
        await self.until(lambda: self.calls["stream"] >= times and bool(self._streams), within_s=within_s)

    async def until(self, condition: Callable[[], bool], *, within_s: float = 20.0) -> None:
        async with asyncio.timeout(within_s), self._changed:
            await self._changed.wait_for(condition)

    @property
    def streams(self) -> int:
        return len(self._streams)

    # --- what happens in the chat -------------------------------------------------------------------------------------

    async def say(self, name: str, text: str, **more: Any) -> str:
        return await self.event(name, "textMessageEvent", {"textMessageDetails": {"messageText": text}}, text, **more)

    async def event(self, name: str, kind: str, details: dict[str, Any], shown: str = "", **more: Any) -> str:
        """Any message; returns its id. `more`: id, age_s, roles."""
        item = self.item(name, kind, details, shown, **more)
        await self.push(item)
        return item["id"]

    def item(
        self, name: str, kind: str, details: dict[str, Any], shown: str = "", *, id: str = "", age_s: float = 0.0,  # noqa: A002
        roles: tuple[str, ...] = (),
    ) -> dict[str, Any]:  # fmt: skip
        self._number += 1
        stamp = dt.datetime.fromtimestamp(time.time() - age_s, dt.UTC).isoformat().replace("+00:00", "Z")
        user = f"UC{name.lower()}"
        return {
            "kind": "youtube#liveChatMessage",
            "etag": f"etag{self._number}",
            "id": id or api_id(self._number),
            "snippet": {
                "type": kind, "liveChatId": self.chat, "authorChannelId": user, "publishedAt": stamp,
                "hasDisplayContent": bool(shown), "displayMessage": shown, **details,
            },
            "authorDetails": {
                "channelId": user, "channelUrl": f"http://www.youtube.com/channel/{user}", "displayName": f"@{name}",
                "profileImageUrl": "https://yt3.ggpht.com/x.jpg", "isVerified": "isVerified" in roles,
                "isChatOwner": "isChatOwner" in roles, "isChatSponsor": "isChatSponsor" in roles,
                "isChatModerator": "isChatModerator" in roles,
            },
        }  # fmt: skip

    async def push(self, *items: dict[str, Any]) -> None:
        """These very messages, in one batch."""
        self.items += items
        for stream in list(self._streams):
            await self._pump(stream)
        await self._notify()

    async def end(self) -> None:
        """The stream ends: the chat says so, and so does everything that is asked from here on."""
        self.state, self.offline = "ended", True
        self.refuse["stream"] = self.refuse["list"] = lambda: error(403, "liveChatEnded")
        await self.event("x", "chatEndedEvent", {})
        await self.close()

    def begin(self, video: str) -> None:
        """The next stream of the channel, with a chat of its own."""
        self.video, self.chat = video, CHAT + video
        self.state, self.offline = "live", False
        self.items.clear()
        self.refuse.clear()

    # --- faults -------------------------------------------------------------------------------------------------------

    async def drop(self) -> None:
        """The connections break without a good-bye."""
        for stream in self._streams:
            stream.transport.abort()
        self._streams.clear()
        await asyncio.sleep(0)

    async def drop_inside(self, item: dict[str, Any]) -> None:
        """A batch with this message is cut in its middle by the end of the connection."""
        self.items.append(item)
        for stream in list(self._streams):
            raw = self._batch(stream.place, len(self.items))
            with suppress(ConnectionError):
                await stream.response.write(raw[: len(raw) // 2])
            stream.transport.abort()
        self._streams.clear()
        await asyncio.sleep(0)

    async def close(self) -> None:
        """The server ends the arrays as it should."""
        for stream in list(self._streams):
            stream.closing = True
            with suppress(ConnectionError):
                await stream.response.write(b"]")
        self._streams.clear()

    def silence(self) -> None:
        """The connections stay up and nothing comes on them any more; new ones are well."""
        for stream in self._streams:
            stream.silent = True

    async def raw(self, data: bytes) -> None:
        """These very bytes on every stream."""
        for stream in self._streams:
            await stream.response.write(data)

    # --- the protocol -------------------------------------------------------------------------------------------------

    def _call(self, name: str, units: int, answer: Any) -> Any:
        async def handle(request: web.Request) -> web.StreamResponse:
            self.calls[name] += 1
            self.asked.append((name, time.monotonic()))
            try:
                if self.answers:
                    return self.answers.popleft()
                if (wrong := self._refused(request)) is not None:
                    return wrong
                if name in self.refuse:
                    return self.refuse[name]()
                if self.quota_left < units:
                    return error(403, "quotaExceeded")
                self.quota_left -= units
                return await answer(request)
            finally:
                await self._notify()

        return handle

    def _refused(self, request: web.Request) -> web.Response | None:
        if "key" in request.query or "access_token" in request.query:
            self.violations.append("a secret in an address")
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if bearer:
            return None if self.token(bearer) else error(401, "authError")
        key = request.headers.get("X-Goog-Api-Key", "")
        if request.method != "GET":
            return error(401, "required")
        return None if key in self.keys else error(400, "keyInvalid")

    async def _videos(self, request: web.Request) -> web.Response:
        details: dict[str, Any] = {"scheduledStartTime": "2026-11-21T20:00:00Z"}
        if self.state != "upcoming":
            details["actualStartTime"] = "2026-11-21T20:00:03Z"
        if self.state == "ended":
            details["actualEndTime"] = "2026-11-21T22:00:00Z"
        if self.state == "live":
            details["activeLiveChatId"] = self.chat
        item = {
            "kind": "youtube#video", "id": self.video, "liveStreamingDetails": details,
            "snippet": {"channelId": "UCmika", "title": "a stream", "liveBroadcastContent": "live"},
        }  # fmt: skip
        found = request.query.get("id") == self.video and self.state != "missing"
        return web.json_response({"kind": "youtube#videoListResponse", "items": [item] if found else []})

    def _place(self, request: web.Request) -> int | web.Response:
        """Where to go on, or the error that says why not."""
        if request.query.get("liveChatId") != self.chat:
            return error(404, "liveChatNotFound")
        if not {"id", "snippet"} <= set(request.query.get("part", "").split(",")):
            self.violations.append("no part")
        token = request.query.get("pageToken", "")
        self.page_tokens.append(token)
        if not token:
            return max(0, len(self.items) - HISTORY)
        if not (token.startswith("T") and token[1:].isdecimal()):
            return error(400, "pageTokenInvalid")
        return int(token[1:])

    async def _list(self, request: web.Request) -> web.Response:
        place = self._place(request)
        if isinstance(place, web.Response):
            return place
        return web.Response(body=self._batch(place, len(self.items)), content_type="application/json")

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        now = time.monotonic()
        early = now - self._last_stream < self.polling_ms / 1000
        self._last_stream = now
        if early and self.strict:
            return error(429, "rateLimitExceeded", detail="RATE_LIMIT_EXCEEDED")
        place = self._place(request)
        if isinstance(place, web.Response):
            return place
        response = web.StreamResponse(headers={"Content-Type": "application/json; charset=UTF-8"})
        transport = request.transport
        assert isinstance(transport, asyncio.Transport)
        stream = _Stream(response, transport, place)
        with suppress(ConnectionError):
            await response.prepare(request)
            await response.write(b"[")
            if not request.query.get("pageToken") or place < len(self.items) or self.hang_up:
                await self._pump(stream, first=True)
            if self.hang_up:
                await response.write(b"]")
                return response
            self._streams.append(stream)
            await self._pump(stream)
            await self._notify()
            while not (stream.closing or transport.is_closing()):
                await asyncio.sleep(0.02)
        if stream in self._streams:
            self._streams.remove(stream)
        await self._notify()
        return response

    async def _pump(self, stream: _Stream, *, first: bool = False) -> None:
        while not stream.silent and not stream.closing and (stream.place < len(self.items) or first):
            end = min(len(self.items), stream.place + self.batch)
            raw, stream.place = self._batch(stream.place, end) + b",\n", end
            first = False
            step = self.cut or len(raw)
            with suppress(ConnectionError):
                for at in range(0, len(raw), step):
                    await stream.response.write(raw[at : at + step])

    def _batch(self, place: int, end: int) -> bytes:
        body: dict[str, Any] = {
            "kind": "youtube#liveChatMessageListResponse", "etag": "e", "pollingIntervalMillis": self.polling_ms,
            "pageInfo": {"totalResults": end - place, "resultsPerPage": end - place}, "nextPageToken": f"T{end}",
            "items": self.items[place:end],
        }  # fmt: skip
        if self.offline:
            body["offlineAt"] = "2026-11-21T22:00:00Z"
        return json.dumps(body, ensure_ascii=False, indent=1).encode()

    async def _insert(self, request: web.Request) -> web.Response:
        snippet = (await request.json())["snippet"]
        text = snippet["textMessageDetails"]["messageText"]
        if snippet["liveChatId"] != self.chat:
            return error(404, "liveChatNotFound")
        if not text or len(text) > 200:
            return error(400, "messageTextInvalid")
        self.said.append(snippet)
        item = self.item("mika", "textMessageEvent", {"textMessageDetails": {"messageText": text}}, text)
        await self.push(item)
        return web.json_response(item)

    async def _delete(self, request: web.Request) -> web.Response:
        message = request.query.get("id", "")
        if message not in {item["id"] for item in self.items}:
            return error(404, "liveChatMessageNotFound")
        self.deleted.append(message)
        return web.Response(status=204)

    async def _ban(self, request: web.Request) -> web.Response:
        snippet = (await request.json())["snippet"]
        if snippet["type"] == "temporary" and not int(snippet["banDurationSeconds"]):
            return error(400, "invalidBanDuration")
        self.bans.append(snippet)
        return web.json_response({"kind": "youtube#liveChatBan", "id": f"ban{len(self.bans)}", "snippet": snippet})

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()
