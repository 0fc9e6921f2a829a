"""The envelope of VTube Studio's public API, version 1.0: JSON text over a WebSocket.

Source: https://github.com/DenchiSoft/VTubeStudio (README.md, Events/README.md, Files/ErrorID.cs). Replies carry the id
of their request and come in any order; events carry an id of their own, so what ends in `Event` is told apart first.
"""

from typing import Any, Final, Literal

import msgspec

API: Final = "VTubeStudioPublicAPI"
VERSION: Final = "1.0"
ERROR: Final = "APIError"


class VtsGone(Exception):
    """Not connected, lost, or no answer in time. Whether the request was done is unknown."""


class VtsRefused(Exception):
    """VTube Studio answered with an error. `code` is its ErrorID; `request` the message type that was refused."""

    def __init__(self, code: int, message: str, request: str) -> None:
        super().__init__(f"{request}: error {code}")
        self.code = code
        self.message = message
        self.request = request


class ErrorId:
    """The errors that change what we do."""

    API_OFF: Final = 1
    NEEDS_AUTH: Final = 8
    NEEDS_PERMISSION: Final = 9
    DENIED: Final = 50
    POPUP_OPEN: Final = 51
    NO_SUCH_HOTKEY: Final = 202
    NO_SUCH_INPUT: Final = 453
    OTHER_PLUGIN: Final = 454
    NO_SUCH_EXPRESSION: Final = 651
    NO_SUCH_ITEM: Final = 751


class Reply(msgspec.Struct, frozen=True):
    """`kind` is the message type; of an error, `APIError`."""

    kind: str
    id: str
    data: dict[str, Any]


class Event(msgspec.Struct, frozen=True):
    name: str
    data: dict[str, Any]


class _Envelope(msgspec.Struct, rename={"kind": "messageType", "id": "requestID", "api": "apiName"}):
    kind: str = ""
    id: str = ""
    api: str = ""
    data: Any = None


_decoder = msgspec.json.Decoder(_Envelope)
_encoder = msgspec.json.Encoder()


def envelope(kind: str, data: object, request_id: str) -> dict[str, object]:
    return {"apiName": API, "apiVersion": VERSION, "requestID": request_id, "messageType": kind, "data": data}


def written(kind: str, data: object, request_id: str) -> str:
    return _encoder.encode(envelope(kind, data, request_id)).decode()


def read(text: str | bytes) -> Reply | Event | Literal["garbage"]:
    """One message from VTube Studio. Unknown fields are passed over: new ones may come within the same version."""
    try:
        message = _decoder.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return "garbage"
    if message.api != API or not message.kind:
        return "garbage"
    data: dict[str, Any] = message.data if isinstance(message.data, dict) else {}
    if message.kind.endswith("Event"):
        return Event(message.kind, data)
    return Reply(message.kind, message.id, data)


def response_of(request: str) -> str:
    """`XRequest` is answered by `XResponse`."""
    return request.removesuffix("Request") + "Response"
