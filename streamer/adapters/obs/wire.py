"""One connection to obs-websocket 5, for one thread, on obsws-python's client.

Guarded here, each seen with obsws-python 1.8: it logs the password when it connects, puts it into its `repr`, reads
`config.toml` of the working directory, hides the code of a close frame, and checks no request id, so that after one
timeout each answer goes to the next caller. Therefore the client is built without its constructor, has a logger that
says nothing, and is never used again after any error.
"""

import contextlib
import functools
import json
import logging
import selectors
import socket
import struct
import threading
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec

from streamer.adapters.obs.errors import LinkFault, ObsRefused

PORT = 4455
SLICE_S = 0.05
MUTE = logging.getLogger("streamer.adapters.obs.muted")
MUTE.disabled = True
CLOSED_TOO_EARLY = "OBS closed the connection"
TOO_OLD = "this OBS is too old ({}): install OBS 28 or newer"
NOT_OBS = "something else than OBS answers at {}: check the address, and in OBS Tools > WebSocket Server Settings"


class Address(msgspec.Struct, frozen=True):
    host: str
    port: int

    @classmethod
    def parse(cls, url: str) -> "Address":
        """From `ws://host[:port]` or `host[:port]`. ValueError for anything else; obs-websocket knows no TLS."""
        parts = urlsplit(url if "://" in url else f"ws://{url}")
        if parts.scheme != "ws" or not parts.hostname or parts.username or parts.path.strip("/") or parts.query:
            raise ValueError("an OBS address looks like ws://127.0.0.1:4455")
        return cls(host=parts.hostname, port=parts.port or PORT)

    def __str__(self) -> str:
        return f"{self._host}:{self.port}"

    @property
    def _host(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def url(self) -> str:
        return f"ws://{self}"


@functools.cache
def _parts() -> tuple[type[Any], type[Any]]:
    """The library's client and its socket, made safe. Built once, when the first connection is opened."""
    import websocket
    from obsws_python.baseclient import ObsClient

    logging.getLogger("obsws_python").setLevel(logging.CRITICAL + 1)

    class Socket(websocket.WebSocket):
        """Remembers why the other side closed, and what was asked last."""

        close_code = 0
        asked = ""

        def send(self, payload: Any, opcode: int = websocket.ABNF.OPCODE_TEXT) -> int:
            if opcode == websocket.ABNF.OPCODE_TEXT:
                self.asked = payload
            return super().send(payload, opcode)

        def recv_data_frame(self, control_frame: bool = False) -> Any:  # noqa: FBT001, FBT002
            opcode, frame = super().recv_data_frame(control_frame)
            if opcode == websocket.ABNF.OPCODE_CLOSE:
                self.close_code = struct.unpack(">H", frame.data[:2])[0] if len(frame.data) > 1 else 1005
            return opcode, frame

    class Client(ObsClient):
        """`authenticate` and `req` are the library's; see the module for why its constructor is not called."""

        def __init__(self, ws: Socket, password: str, subs: int) -> None:
            self.ws, self.password, self.subs = ws, password, subs
            self.logger = MUTE
            self.server_hello: dict[str, Any] = {}

        def __repr__(self) -> str:
            return "Client()"

    return Client, Socket


class Wire:
    """`open` first. `ask`, or `receive`, belong to the thread that opened it; `abort` and `goodbye` to any."""

    def __init__(
        self, address: Address, password: str, *, subs: int = 0, timeout_s: float, quiet_s: float = 0.0
    ) -> None:
        """`quiet_s`: `receive` raises TimeoutError after so long without a frame, and can be called again."""
        self.address, self.timeout_s, self.quiet_s, self.subs = address, timeout_s, quiet_s, subs
        self._password = password
        self._aborted = threading.Event()
        self._sock: socket.socket | None = None
        self._client: Any = None

    def __repr__(self) -> str:
        return f"Wire({self.address})"

    # -------------------------------------------------------------------------------------------------------- opening
    def open(self) -> None:
        """Connect and log in. Raises LinkFault."""
        client_type, socket_type = _parts()
        try:
            self._sock = self._dial()
            if self._aborted.is_set():
                self.abort()
            ws = socket_type()
            self._client = client_type(ws, self._password, self.subs)
            ws.connect(self.address.url, timeout=self.timeout_s, socket=self._sock, redirect_limit=0)
            self._client.server_hello = self._hello(ws)
            self._identify()
            if self.quiet_s:
                ws.settimeout(self.quiet_s)
        except LinkFault:
            raise
        except Exception as error:  # noqa: BLE001 - any of the library's ends this connection
            raise self._fault(error) from None

    def _dial(self) -> socket.socket:
        """A connected socket. In slices, so that `abort` is heard also while nobody answers."""
        end = time.monotonic() + self.timeout_s
        try:
            found = socket.getaddrinfo(self.address.host, self.address.port, type=socket.SOCK_STREAM)
        except OSError:
            raise LinkFault("no_answer", f"there is no computer named {self.address.host}") from None
        # obs-websocket listens on IPv4 always and on IPv6 mostly; a refusal costs two seconds on Windows.
        for family, kind, proto, _, where in sorted(found, key=lambda one: one[0] != socket.AF_INET):
            sock = socket.socket(family, kind, proto)
            sock.setblocking(False)
            sock.connect_ex(where)
            if self._connected(sock, end):
                sock.settimeout(self.timeout_s)
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return sock
            sock.close()
        raise LinkFault(
            "no_answer", f"OBS does not answer at {self.address}: is it running, with its WebSocket server on?"
        )

    def _connected(self, sock: socket.socket, end: float) -> bool:
        with selectors.DefaultSelector() as selector:
            selector.register(sock, selectors.EVENT_WRITE)
            while time.monotonic() < end and not self._aborted.is_set():
                if selector.select(SLICE_S):
                    return sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0
        return False

    def _hello(self, ws: Any) -> dict[str, Any]:
        """obs-websocket 5 speaks first. Version 4 waits to be asked, and its GetVersion needs no password."""
        import websocket

        try:
            hello = self._decode(ws.recv())
        except websocket.WebSocketTimeoutException:
            ws.send(json.dumps({"request-type": "GetVersion", "message-id": "1"}))
            try:
                old = self._decode(ws.recv())
            except websocket.WebSocketTimeoutException:
                old = None
            if isinstance(old, dict) and "obs-websocket-version" in old:
                version = f"obs-websocket {str(old['obs-websocket-version'])[:16]}"
                raise LinkFault("too_old", TOO_OLD.format(version)) from None
            raise LinkFault("silent", f"OBS at {self.address} takes the connection but says nothing") from None
        if ws.close_code:
            raise LinkFault("closed", CLOSED_TOO_EARLY)
        match hello:
            case {"op": 0, "d": {"obsWebSocketVersion": str(), "rpcVersion": int()}}:
                return hello
            case _:
                raise LinkFault("not_obs", NOT_OBS.format(self.address))

    def _decode(self, text: Any) -> Any:
        try:
            return json.loads(text) if text else None
        except ValueError:
            return None

    def _identify(self) -> None:
        from obsws_python.error import OBSSDKError

        asks = self._client.server_hello["d"].get("authentication")
        if asks and not self._password:
            raise LinkFault("password_missing", "OBS asks for its WebSocket password: give it in the panel")
        try:
            self._client.authenticate()
        except OBSSDKError:
            raise self._closed() from None

    def _closed(self) -> LinkFault:
        """From obs-websocket's WebSocketCloseCode."""
        match self._client.ws.close_code if self._client else 0:
            case 4009:
                return LinkFault(
                    "password", "OBS does not accept this WebSocket password: give the right one in the panel"
                )
            case 4011:
                return LinkFault("kicked", "OBS was told to throw us out; connect again from the panel")
            case 4010:
                return LinkFault(
                    "newer", "this OBS speaks a newer language than we know: install the newest version of us"
                )
            case 0:
                return LinkFault("broken", "what came from OBS made no sense")
            case _:
                return LinkFault("closed", CLOSED_TOO_EARLY)

    def _fault(self, error: Exception) -> LinkFault:
        import websocket
        from obsws_python.error import OBSSDKTimeoutError

        if self._aborted.is_set():
            return LinkFault("closed", "the connection was given up")
        if isinstance(error, (OBSSDKTimeoutError, websocket.WebSocketTimeoutException, TimeoutError)):
            return LinkFault("silent", f"OBS did not answer within {self.timeout_s:g} s")
        if self._client is not None and self._client.ws.close_code:
            return self._closed()
        if isinstance(error, websocket.WebSocketBadStatusException):
            return LinkFault("not_obs", NOT_OBS.format(self.address))
        if isinstance(error, (websocket.WebSocketConnectionClosedException, OSError)):
            return LinkFault("closed", "the connection to OBS broke off")
        if isinstance(error, websocket.WebSocketException) and not (self._client and self._client.server_hello):
            return LinkFault("not_obs", NOT_OBS.format(self.address))
        return LinkFault("broken", "what came from OBS made no sense")

    # --------------------------------------------------------------------------------------------------------- talking
    def ask(self, name: str, data: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """One request and its answer. ObsRefused: ask on. LinkFault: the connection is of no use any more."""
        try:
            answer = self._client.req(name, dict(data) if data else None)
            asked = json.loads(self._client.ws.asked)["d"]
            if answer["requestId"] != asked["requestId"] or answer["requestType"] != name:
                raise LinkFault("broken", "OBS answered another question")
            status = answer["requestStatus"]
            if not status["result"]:
                raise ObsRefused(name, int(status["code"]), str(status.get("comment") or ""))
            result = answer.get("responseData") or {}
            if not isinstance(result, dict):
                raise LinkFault("broken", "what came from OBS made no sense")
            return result
        except (LinkFault, ObsRefused):
            raise
        except Exception as error:  # noqa: BLE001 - any of the library's ends this connection
            raise self._fault(error) from None

    def receive(self) -> tuple[str, dict[str, Any]] | None:
        """The next event, or None for a frame that is none. Raises TimeoutError after `quiet_s`, LinkFault."""
        import websocket

        try:
            opcode, data = self._client.ws.recv_data(control_frame=True)
            if opcode == websocket.ABNF.OPCODE_TEXT:
                message = json.loads(data)
                if message["op"] != 5:
                    return None
                event = message["d"]
                return str(event["eventType"]), dict(event.get("eventData") or {})
            if opcode == websocket.ABNF.OPCODE_CLOSE:
                raise self._closed()
        except websocket.WebSocketTimeoutException:
            raise TimeoutError from None
        except LinkFault:
            raise
        except Exception as error:  # noqa: BLE001 - any of the library's ends this connection
            raise self._fault(error) from None
        return None

    def ping(self) -> None:
        """A frame that the other side must answer with a pong. Raises LinkFault."""
        try:
            self._client.ws.ping()
        except Exception as error:  # noqa: BLE001 - any of the library's ends this connection
            raise self._fault(error) from None

    # ---------------------------------------------------------------------------------------------------------- ending
    def goodbye(self) -> None:
        """Ask the other side to close. Its answer ends `receive`."""
        if self._client is not None and self._client.ws.connected:
            with contextlib.suppress(Exception):
                self._client.ws.send_close()

    def abort(self) -> None:
        """End whatever the owner waits for."""
        self._aborted.set()
        if (sock := self._sock) is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """By the owner, when its thread ends."""
        if self._sock is not None:
            self._sock.close()
