"""A WebSocket written to directly, without a task or a queue of its own.

A message is framed once (RFC 6455 section 5.2, unmasked, uncompressed) and the same bytes go to every follower's
transport; the transport's buffer is the bounded outbox. Needs `WebSocketResponse(compress=False)`: a compressor would
have to see every byte.
"""

import asyncio
import struct

from aiohttp import web

OUTBOX_BYTES = 256 * 1024
CLOSE_WAIT_S = 1.0
"""A client that has not answered the close frame by then is cut off."""

GOING_AWAY = 1001
POLICY = 1008
TOO_SLOW = 1013
REPLACED = 4000
REVOKED = 4403

_TEXT, _BINARY, _CLOSE = 0x81, 0x82, 0x88


def _frame(first: int, payload: bytes) -> bytes:
    size = len(payload)
    if size < 126:
        return struct.pack("!BB", first, size) + payload
    if size < 65536:
        return struct.pack("!BBH", first, 126, size) + payload
    return struct.pack("!BBQ", first, 127, size) + payload


def text_frame(payload: bytes) -> bytes:
    return _frame(_TEXT, payload)


def binary_frame(payload: bytes) -> bytes:
    return _frame(_BINARY, payload)


def close_frame(code: int) -> bytes:
    return _frame(_CLOSE, struct.pack("!H", code))


class Link:
    """The sending side of one prepared WebSocket. Nothing here waits or raises."""

    def __init__(self, transport: asyncio.Transport, *, grant: str = "", limit: int = OUTBOX_BYTES) -> None:
        self._transport = transport
        self.grant = grant
        self._limit = limit
        self._abort: asyncio.TimerHandle | None = None
        self.closing = False

    @classmethod
    def of(cls, request: web.Request, *, grant: str = "", limit: int = OUTBOX_BYTES) -> "Link":
        """The link under a prepared WebSocket; `grant` is the id of the grant it was opened with."""
        transport = request.transport
        if transport is None:
            raise ConnectionResetError
        return cls(transport, grant=grant, limit=limit)

    def write(self, frame: bytes) -> bool:
        """Hand a frame over. False when the link is closing, also when just closed for a full outbox (1013)."""
        transport = self._transport
        if self.closing or transport.is_closing():
            return False
        if transport.get_write_buffer_size() > self._limit:
            self.close(TOO_SLOW)
            return False
        transport.write(frame)
        return True

    def close(self, code: int, *, wait_s: float = CLOSE_WAIT_S) -> None:
        """Say goodbye; cut the connection when there is no answer within `wait_s`."""
        if self.closing:
            return
        self.closing = True
        if not self._transport.is_closing():
            self._transport.write(close_frame(code))
            self._abort = asyncio.get_running_loop().call_later(wait_s, self._transport.abort)

    def gone(self) -> None:
        """The socket has ended."""
        self.closing = True
        if self._abort is not None:
            self._abort.cancel()
            self._abort = None
