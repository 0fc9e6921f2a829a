"""A local server with the pages and the InnerTube requests of a YouTube live chat, with ways to fail.

    async with FakeYouTube() as youtube:
        source = YouTubeWeb("@mika", base_url=youtube.url)
        ...
        youtube.say("hello", "bob")

It serves `/@handle/live`, `/channel/ID/live`, `/watch`, `/embed/ID`, `/live_chat` and `get_live_chat`, for the page's
own continuations and for those pytchat makes itself (its protobuf is looked through for the video and the channel).
Top chat leaves out every second item, as a reader of the wrong continuation notices. Without an answer to the consent
question (the SOCS cookie) every page leads to consent.youtube.com.
"""

import asyncio
import base64
import binascii
import html
import json
import ssl
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any, Literal, Self
from urllib.parse import unquote

from aiohttp import web

from tests.fakes import youtube_items as make
from tests.fakes.youtube_items import MIKA, Item, channel_of

__all__ = ["MIKA", "FakeYouTube", "Video", "channel_of"]

VERSION = "2.20261101.00.00"
"""Of the page's context; whoever sends it read the page."""
Fault = Literal["429", "403", "500", "html", "broken", "no_contents", "empty_error", "reset", "slow"]


@dataclass
class Video:
    ident: str
    state: str = "live"
    """live, upcoming, ended, vod, private, members, age, gone, robot, unreadable"""
    chat: bool = True
    starts_at: float = 0.0
    actions: list[Item] = field(default_factory=list)


class FakeYouTube:
    """`wait_ms`: the pause it asks for. `backlog`: how many of the last actions a first poll still gets."""

    def __init__(self, *, wait_ms: int = 50, backlog: int = 2_000, tls: ssl.SSLContext | None = None) -> None:
        self.wait_ms: Any = wait_ms
        self.backlog = backlog
        self.handle, self.name, self.channel_id = "@mika", "Mika & friends", MIKA
        self.videos = {"vid-mika_01": Video("vid-mika_01")}
        self.current = "vid-mika_01"
        """The video behind the channel's `/live`; empty: not live."""
        self.kind = "invalidation"
        self.menu = True
        """Whether the page of `/live_chat?v=` has the menu of Top chat and all chat."""
        self.embed = True
        """Whether the embedded player's page still tells the channel's id."""
        self.consent: Literal["cookie", "always"] = "cookie"
        self.page_faults: deque[Fault] = deque()
        self.pages_down: Fault | None = None
        self.faults: deque[Fault] = deque()
        """Of the next polls."""
        self.down: dict[str, Fault] = {}
        """An engine whose polls all fail: `pytchat`, `innertube`."""
        self.deaf: set[str] = set()
        """An engine that is answered but never told anything."""
        self.slow_s = 30.0
        self.polls: Counter[str] = Counter()
        self.pages: list[str] = []
        self.poll_times: list[float] = []
        self.prefix = ""
        """A path everything is under."""
        self._tls = tls
        self._number = 0
        self._port = 0
        self._slow: set[asyncio.Task[Any]] = set()

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=1 << 22)
        app.router.add_post("/{path:(.*/)?}youtubei/v1/live_chat/{name}", self._poll)
        app.router.add_get("/{path:.*}", self._page)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=self._tls)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._slow:
            task.cancel()
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        place = f"https://localhost:{self._port}" if self._tls else f"http://127.0.0.1:{self._port}"
        return place + self.prefix

    @property
    def hanging(self) -> int:
        """Requests that wait for an answer."""
        return len(self._slow)

    @property
    def video(self) -> Video:
        return self.videos[self.current or next(iter(self.videos))]

    # --- what happens in the chat -------------------------------------------------------------------------------------

    def act(self, action: Any) -> Any:
        self.video.actions.append(action)
        return action

    def next_id(self) -> str:
        self._number += 1
        return f"ChwKGkNQ{self._number:06}"

    def say(self, text: Any, user: str = "bob", *badges: Item) -> str:
        ident = self.next_id()
        self.act(make.message(ident, user, text, *badges))
        return ident

    def superchat(self, amount: str, text: str = "", user: str = "bob") -> str:
        """Also in the ticker, as YouTube shows it."""
        ident = self.next_id()
        self.act(make.superchat(ident, user, amount, text))
        self.act(make.ticker(ident, user, amount, text))
        return ident

    def gift(self, count: int, user: str = "bob", to: tuple[str, ...] = ()) -> str:
        ident = self.next_id()
        self.act(make.gift(ident, user, count))
        for each in to:
            self.act(make.gifted(self.next_id(), each, user))
        return ident

    def delete(self, ident: str) -> None:
        self.act(make.deleted(ident))

    def ban(self, user: str) -> None:
        self.act(make.banned(user))

    def end(self) -> None:
        self.video.state = "ended"

    def begin(self, ident: str) -> Video:
        """The channel's next stream."""
        self.videos[ident] = Video(ident)
        self.current = ident
        return self.videos[ident]

    # --- pages --------------------------------------------------------------------------------------------------------

    async def _page(self, request: web.Request) -> web.StreamResponse:
        self.pages.append(request.path_qs)
        fault = self.page_faults.popleft() if self.page_faults else self.pages_down
        if fault is not None:
            return await self._failed(request, fault)
        if self.consent == "always" or "SOCS=CAI" not in request.headers.get("Cookie", ""):
            place = f"https://consent.youtube.com/m?continue={request.url}&gl=DE"
            return web.Response(status=302, headers={"Location": place})
        path = request.path.removeprefix(self.prefix)
        if path in (f"/{self.handle}/live", f"/channel/{self.channel_id}/live", "/c/mika/live", "/user/mika/live"):
            found = self.videos.get(self.current)
            return _html(self._watch(found) if found else self._channel())
        video = self.videos.get(request.query.get("v", "")) or self.videos.get(path.removeprefix("/embed/"))
        if path == "/watch" and "Mobile" in request.headers.get("User-Agent", ""):
            return _html(f'<script>var x = {{"channelId":"{self.channel_id}"}};</script>' if video else "<html></html>")
        if path == "/watch":
            return _html(self._watch(video or Video(request.query.get("v", ""), "gone")))
        if path.startswith("/embed/"):
            tells = video is not None and self.embed
            return _html(f'<script>x = "{{\\"channelId\\":\\"{self.channel_id}\\"}}";</script>' if tells else "<p></p>")
        if path == "/live_chat":
            inner = request.query.get("continuation", "")
            if inner:
                video = self.videos.get(self._read(inner)[0])
            return _html(self._chat_page(video, menu=self.menu or bool(inner)))
        return web.Response(status=404, text="<html><title>404 Not Found</title></html>", content_type="text/html")

    def _channel(self) -> str:
        data = {"metadata": {"channelMetadataRenderer": {"title": self.name, "externalId": self.channel_id}}}
        return (
            f'<html><link rel="canonical" href="https://www.youtube.com/channel/{self.channel_id}">'
            f'<meta property="og:title" content="{html.escape(self.name)}">'
            f"<script>var ytInitialData = {json.dumps(data)};</script></html>"
        )

    def _watch(self, video: Video) -> str:
        if video.state == "unreadable":
            return "<html><script>var ytNewThing = {};</script></html>"
        bar: Item = {"liveChatRenderer": {"continuations": [_reload(self._token(video, "top"))]}}
        if not video.chat:
            said = {"messageRenderer": {"text": make.runs("Chat is disabled for this live stream.")}}
            bar = {"conversationBarRenderer": {"availabilityMessage": said}}
        data = {"contents": {"twoColumnWatchNextResults": {"conversationBar": bar}}}
        return (
            f'<html><link rel="canonical" href="https://www.youtube.com/watch?v={video.ident}">'
            f"<script>var ytInitialPlayerResponse = {json.dumps(self._player(video))};var meta = 1;</script>"
            f"<script>var ytInitialData = {json.dumps(data)};</script></html>"
        )

    def _player(self, video: Video) -> Item:
        refused = {
            "private": ("LOGIN_REQUIRED", "This video is private"), "gone": ("ERROR", "Video unavailable"),
            "members": ("UNPLAYABLE", "Join this channel to get access to members-only content like this video."),
            "age": ("LOGIN_REQUIRED", "Sign in to confirm your age"),
            "robot": ("LOGIN_REQUIRED", "Sign in to confirm you\u2019re not a bot"),
        }.get(video.state)  # fmt: skip
        details: Item = {
            "videoId": video.ident, "author": self.name, "channelId": self.channel_id, "title": "Evening {show};",
            "isLiveContent": video.state != "vod",
        }  # fmt: skip
        if refused:
            player: Item = {"playabilityStatus": {"status": refused[0], "reason": refused[1]}}
            return player | ({} if video.state == "gone" else {"videoDetails": details})
        live: Item = {"isLiveNow": video.state == "live"}
        status: Item = {"status": "OK"}
        if video.state == "live":
            details["isLive"] = True
        if video.state == "upcoming":
            details["isUpcoming"] = True
            slate = {"liveStreamOfflineSlateRenderer": {"scheduledStartTime": str(int(video.starts_at))}}
            status = {
                "status": "LIVE_STREAM_OFFLINE", "reason": "This live event will begin in a few moments.",
                "liveStreamability": {"liveStreamabilityRenderer": {"offlineSlate": slate}},
            }  # fmt: skip
        if video.state == "ended":
            live |= {"startTimestamp": "2026-11-21T18:00:00+00:00", "endTimestamp": "2026-11-21T20:00:00+00:00"}
        micro = {"playerMicroformatRenderer": {} if video.state == "vod" else {"liveBroadcastDetails": live}}
        return {"playabilityStatus": status, "videoDetails": details, "microformat": micro}

    def _chat_page(self, video: Video | None, *, menu: bool) -> str:
        if video is None or video.state != "live" or not video.chat:
            said = "Chat is disabled for this live stream." if video and not video.chat else "Chat is unavailable."
            data: Item = {"contents": {"messageRenderer": {"text": make.runs(said)}}}
        else:
            chat: Item = {"continuations": [_reload(self._token(video, "top"))], "actions": []}
            if menu:
                entries = [
                    {"title": title, "selected": not place, "continuation": _reload(self._token(video, which))}
                    for place, (title, which) in enumerate([("Top chat", "top"), ("Live chat", "all")])
                ]
                view = {"sortFilterSubMenuRenderer": {"subMenuItems": entries}}
                chat["header"] = {"liveChatHeaderRenderer": {"viewSelector": view}}
            data = {"contents": {"liveChatRenderer": chat}}
        config = {
            "INNERTUBE_API_KEY": "fake-key", "VISITOR_DATA": "visitor",
            "INNERTUBE_CONTEXT": {"client": {"clientName": "WEB", "clientVersion": VERSION, "hl": "de", "gl": "DE"}},
        }  # fmt: skip
        return (
            f"<html><script>ytcfg.set({{}});ytcfg.set({json.dumps(config)});</script>"
            f'<script>window["ytInitialData"] = {json.dumps(data)};</script></html>'
        )

    # --- polls --------------------------------------------------------------------------------------------------------

    async def _poll(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        client = body["context"]["client"]
        engine = "innertube" if client["clientVersion"] == VERSION else "pytchat"
        self.polls[engine] += 1
        self.poll_times.append(time.monotonic())
        fault = self.faults.popleft() if self.faults else self.down.get(engine)
        if fault is not None:
            return await self._failed(request, fault)
        if request.match_info["name"] != "get_live_chat" or "python-httpx" in request.headers.get("User-Agent", ""):
            return web.json_response({"error": {"code": 400, "message": "INVALID_ARGUMENT"}}, status=400)
        ident, which, index = self._read(body["continuation"])
        video = self.videos.get(ident)
        if video is None or video.state != "live" or not video.chat:
            return web.json_response({"responseContext": {"visitorData": "visitor"}})
        end = len(video.actions)
        told = [] if engine in self.deaf else video.actions[index:end]
        if which == "top":
            told = told[::2]
        chat: Item = {"continuations": [self._next(self._token(video, which, end))]}
        if told:
            chat["actions"] = told
        answer = {"responseContext": {"visitorData": "v"}, "continuationContents": {"liveChatContinuation": chat}}
        return web.json_response(answer)

    def _next(self, token: str) -> Item:
        if self.kind == "reload":
            return _reload(token)
        return {f"{self.kind}ContinuationData": {"timeoutMs": self.wait_ms, "continuation": token, "x": 1}}

    def _token(self, video: Video, which: str, index: int = -1) -> str:
        plain = f"page|{video.ident}|{which}|{index}".encode()
        return base64.urlsafe_b64encode(plain).decode().replace("=", "%3D")

    def _read(self, token: str) -> tuple[str, str, int]:
        """(video, top or all, first action) of a continuation: the page's own, or one of pytchat's making."""
        try:
            raw = base64.urlsafe_b64decode(unquote(token))
        except (binascii.Error, ValueError):
            return "", "", 0
        if raw.startswith(b"page|"):
            _, ident, which, index = raw.decode().split("|")
            video = self.videos.get(ident)
            first = max(0, len(video.actions) - self.backlog) if video and int(index) < 0 else int(index)
            return ident, which, first
        ident, channel, which = _made_by_pytchat(raw)
        video = self.videos.get(ident)
        if video is None or channel != self.channel_id:
            return "", "", 0
        return ident, which, max(0, len(video.actions) - self.backlog)

    async def _failed(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault == "slow":
            task = asyncio.current_task()
            assert task is not None
            self._slow.add(task)
            try:
                await asyncio.sleep(self.slow_s)
            finally:
                self._slow.discard(task)
        if fault == "reset" and request.transport is not None:
            request.transport.abort()
        answers: dict[str, tuple[int, str, str]] = {
            "429": (429, "text/html", "<html>429. That's an error.</html>"),
            "403": (403, "application/json", '{"error": {"code": 403}}'),
            "500": (500, "application/json", '{"error": {"code": 500, "status": "INTERNAL"}}'),
            "html": (200, "text/html", "<html><body>Sorry...</body></html>"),
            "broken": (200, "application/json", '{"responseContext": {"visitorData": "v"}, "continuationCon'),
            "no_contents": (200, "application/json", '{"responseContext": {"visitorData": "v"}}'),
            "empty_error": (200, "application/json", '{"responseContext": {"errors": [{"error": 1}]}}'),
        }
        status, kind, text = answers.get(fault, (500, "text/plain", ""))
        return web.Response(status=status, text=text, content_type=kind)


def _reload(token: str) -> Item:
    return {"reloadContinuationData": {"continuation": token, "clickTrackingParams": "x"}}


def _html(text: str) -> web.Response:
    return web.Response(text=text, content_type="text/html")


def _fields(data: bytes) -> dict[int, Any]:
    """A protobuf message of numbers and nested bytes, the last of each field."""
    out: dict[int, Any] = {}
    place = 0

    def number() -> int:
        nonlocal place
        value = shift = 0
        while True:
            byte = data[place]
            place += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while place < len(data):
        tag = number()
        if tag & 7 == 2:
            size = number()
            out[tag >> 3] = data[place : place + size]
            place += size
        else:
            out[tag >> 3] = number()
    return out


def _made_by_pytchat(raw: bytes) -> tuple[str, str, str]:
    """(video, channel, top or all) of the continuation pytchat makes; empty when it is none."""
    try:
        entity = _fields(_fields(raw)[119693434])
        ids = _fields(_fields(base64.urlsafe_b64decode(entity[3]))[1])[5]
        chat_type = _fields(entity[16])[1]
        return _fields(ids)[2].decode(), _fields(ids)[1].decode(), "all" if chat_type == 1 else "top"
    except (KeyError, IndexError, ValueError, TypeError):
        return "", "", ""
