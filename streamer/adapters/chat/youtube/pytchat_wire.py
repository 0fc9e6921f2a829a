"""What pytchat's HTTP client is given as its transport: it carries the requests, and decides what pytchat sees.

pytchat answers broken JSON and lost connections by eleven blocking tries of two seconds, takes one error for the end
of the stream, and then falls back to the replay of the finished video. Here passing faults are asked once more, all
others raise Trouble, which pytchat does not know and lets through.
"""

import json
import socket
import ssl
import threading
import urllib.request
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import urlsplit

from streamer.adapters.chat.common.walk import at
from streamer.adapters.chat.youtube.pages import refuse_walls
from streamer.adapters.chat.youtube.trouble import Trouble, of_status
from streamer.adapters.chat.youtube.wanted import URL
from streamer.adapters.chat.youtube.web import server_time

if TYPE_CHECKING:
    from httpx import Request, Response

_AGAIN: Final = 2
_OPENED: Final = ("connection.connect_tcp.complete", "connection.start_tls.complete")


class Wire:
    """An httpx transport by its shape, so that httpx is imported only when it is used. Lives in one thread;
    `hang_up` may be called from another."""

    def __init__(self, base_url: str, *, tls: ssl.SSLContext | None, again_s: float) -> None:
        import httpx

        parts = urlsplit(base_url)
        self._to = None if base_url.rstrip("/") == URL else httpx.URL(base_url)
        loopback = parts.hostname in ("localhost", "127.0.0.1", "::1")
        proxy = "" if loopback else urllib.request.getproxies().get("https", "")
        verify = tls or parts.scheme == "https"  # there is nothing to verify without TLS: no redirect is followed
        self._inner = httpx.HTTPTransport(verify=verify, http2=True, proxy=proxy or None)
        self._again_s = again_s
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()
        self._gone = threading.Event()
        self.server_s = 0.0

    def hang_up(self) -> None:
        """End what is under way, from any thread: a read that waits is woken by the end of its socket."""
        self._gone.set()
        with self._lock:
            sockets, self._sockets = self._sockets, []
        for each in sockets:
            try:
                socket.socket.shutdown(each, socket.SHUT_RDWR)  # not SSLSocket's own: it would touch its TLS state
            except (OSError, ValueError):
                continue

    def close(self) -> None:
        self._inner.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def handle_request(self, request: "Request") -> "Response":
        if request.url.path.endswith("/get_live_chat_replay"):
            raise Trouble("over", "no contents")
        if self._to is not None:
            path = self._to.path.rstrip("/").encode() + request.url.raw_path
            request.url = self._to.copy_with(raw_path=path)
            request.headers["Host"] = self._to.netloc.decode("ascii")
        request.extensions = {**request.extensions, "trace": self._traced}
        for attempt in range(_AGAIN + 1):
            try:
                return self._carried(request)
            except Trouble as trouble:
                if not trouble.again or attempt == _AGAIN or self._gone.wait(self._again_s * (attempt + 1)):
                    raise
        raise AssertionError

    def _carried(self, request: "Request") -> "Response":
        import httpx

        if self._gone.is_set():
            raise Trouble("unreachable", "closing")
        try:
            answer = self._inner.handle_request(request)
            body = answer.read()
        except (httpx.HTTPError, OSError, ValueError) as wrong:
            again = not isinstance(wrong, httpx.TimeoutException)
            raise Trouble("unreachable", type(wrong).__name__, again=again) from None
        if "://consent." in answer.headers.get("Location", ""):
            raise Trouble("consent")
        if trouble := of_status(answer.status_code, answer.headers.get("Retry-After", "")):
            raise trouble
        if request.method == "POST":
            self.server_s = server_time(answer.headers.get("Date", ""))
            _looked_through(body)
        else:
            refuse_walls(body.decode("utf-8", "replace"))
        kind = answer.headers.get("Content-Type", "text/html; charset=utf-8")
        return httpx.Response(answer.status_code, headers={"Content-Type": kind}, content=body, request=request)

    def _traced(self, event: str, info: dict[str, Any]) -> None:
        if event not in _OPENED:
            return
        found = info["return_value"].get_extra_info("socket")
        if found is not None:
            with self._lock:
                self._sockets = [*(each for each in self._sockets if each.fileno() >= 0), found]
            if self._gone.is_set():
                self.hang_up()


def _looked_through(body: bytes) -> None:
    """Whether pytchat can make something of it. Raises Trouble."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise Trouble("changed", "not JSON") from None
    if at(value, "continuationContents", "liveChatContinuation", "continuations", 0) is None:
        raise Trouble("over", "no contents")
