"""Listening for VTube Studio: it tells the local network every two seconds where its API is, and whether it is on.

UDP port 47779, "API Server Discovery" of its documentation. Used while no connection can be made, to say why: the
program does not run, its API is switched off, or it listens on another port.
"""

import asyncio
import logging
import socket
import sys
from collections.abc import Callable, Sequence
from typing import Any, Literal

import msgspec

log = logging.getLogger(__name__)

PORT = 47779
FRESH_S = 5.0
_KEPT = 16
_LOCAL = frozenset({"127.0.0.1", "::1"})


class Seen(msgspec.Struct, frozen=True):
    """An instance that was heard. `host` is where from; `title` tells several on one Windows machine apart."""

    host: str
    port: int
    active: bool
    instance: str
    title: str
    at: float


class _Data(msgspec.Struct, rename={"instance": "instanceID", "title": "windowTitle"}):
    active: bool
    port: int
    instance: str = ""
    title: str = ""


class _Broadcast(msgspec.Struct, rename={"kind": "messageType"}):
    kind: str
    data: _Data


_decoder = msgspec.json.Decoder(_Broadcast)


def heard(message: bytes, host: str, at: float) -> Seen | None:
    """What a datagram says, or None: anybody on the network can send one."""
    if len(message) > 4096:
        return None
    try:
        told = _decoder.decode(message)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if told.kind != "VTubeStudioAPIStateBroadcast" or not 0 < told.data.port < 65536:
        return None
    title = "".join(char for char in told.data.title if char.isprintable())[:64]
    instance = "".join(char for char in told.data.instance if char.isalnum())[:64]
    return Seen(host, told.data.port, told.data.active, instance or f"{host}:{told.data.port}", title, at)


class _Protocol(asyncio.DatagramProtocol):
    def __init__(self, take: Callable[[bytes, str], None]) -> None:
        self._take = take

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        self._take(data, str(addr[0]))

    def error_received(self, exc: Exception) -> None:
        log.debug("discovery: %s", type(exc).__name__)


Finding = Literal["nothing", "api_off", "other_port", "here"]


class Discovery:
    """Listens while open; several personas may share one. `port` 0 hears nothing."""

    def __init__(self, port: int = PORT, *, clock: Callable[[], float] | None = None) -> None:
        self.port = port
        self._clock = clock or (lambda: asyncio.get_running_loop().time())
        self._transport: asyncio.DatagramTransport | None = None
        self._seen: dict[str, Seen] = {}
        self._users = 0
        self._opening = asyncio.Lock()
        self.failed = ""

    async def open(self) -> None:
        """Counted: each `open` wants its `close`. A port that cannot be had is no error, it is only silent."""
        self._users += 1
        async with self._opening:
            if self._transport is not None or not self.port:
                return
            try:
                self._transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
                    lambda: _Protocol(self._take), sock=_shared_socket(self.port)
                )
                self.failed = ""
            except OSError as error:
                self.failed = type(error).__name__
                log.info("discovery of VTube Studio: port %s cannot be read (%s)", self.port, self.failed)

    def close(self) -> None:
        self._users = max(0, self._users - 1)
        if not self._users and self._transport is not None:
            self._transport.close()
            self._transport = None

    def seen(self) -> Sequence[Seen]:
        """The instances heard in the last seconds, by port."""
        now = self._clock()
        fresh = [one for one in self._seen.values() if now - one.at <= FRESH_S]
        return sorted(fresh, key=lambda one: (one.port, one.instance))

    def finding(self, host: str, port: int) -> tuple[Finding, Seen | None]:
        """Why nobody answers at an address, as far as was heard."""
        seen = self.seen()
        local = host in _LOCAL or host == "localhost"
        same = [one for one in seen if one.host == host or local]
        for one in same:
            if one.port == port:
                return ("here" if one.active else "api_off"), one
        on = next((one for one in same if one.active), None)
        if on is not None:
            return "other_port", on
        return ("api_off", same[0]) if same else ("nothing", None)

    def _take(self, message: bytes, host: str) -> None:
        seen = heard(message, host, self._clock())
        if seen is None:
            return
        if len(self._seen) >= _KEPT and seen.instance not in self._seen:
            del self._seen[min(self._seen.values(), key=lambda one: one.at).instance]
        self._seen[seen.instance] = seen


def _shared_socket(port: int) -> socket.socket:
    """Other plugins listen too, so the port is shared; a broadcast reaches all who do."""
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if sys.platform not in ("win32", "linux") and hasattr(socket, "SO_REUSEPORT"):
            udp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # Linux would give it to one of them only
        udp.setblocking(False)
        udp.bind(("", port))
    except OSError:
        udp.close()
        raise
    return udp
