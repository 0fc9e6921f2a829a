"""The messages of Azure's speech protocol ("USP"), as the SDK sends and takes them over one WebSocket.

A text message is headers (`Name:Value`, CRLF), an empty line, a body. A binary one is the length of its headers (u16,
big-endian), the headers, bytes. `Path` names the message, `X-RequestId` the turn it belongs to.
"""

import json
from typing import Any

import msgspec


class Message(msgspec.Struct, frozen=True):
    path: str
    request: str
    body: bytes
    kind: str = ""
    """Its Content-Type."""

    def json(self) -> Any:
        return json.loads(self.body)


def read(raw: str | bytes) -> Message:
    """Of either kind."""
    if isinstance(raw, str):
        head, _, body = raw.partition("\r\n\r\n")
        data = body.encode()
    else:
        length = int.from_bytes(raw[:2], "big")
        head, data = raw[2 : 2 + length].decode(), raw[2 + length :]
    headers = dict[str, str]()
    for line in head.split("\r\n"):
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    return Message(headers.get("path", ""), headers.get("x-requestid", ""), data, headers.get("content-type", ""))


def text(path: str, request: str, body: dict[str, Any]) -> str:
    head = f"X-RequestId:{request}\r\nContent-Type:application/json; charset=utf-8\r\nPath:{path}\r\n\r\n"
    return head + json.dumps(body)


def sound(request: str, stream: str, data: bytes, content_type: str = "audio/pcm") -> bytes:
    lines = f"X-RequestId:{request}\r\nX-StreamId:{stream}\r\nContent-Type:{content_type}\r\nPath:audio\r\n"
    head = lines.encode()
    return len(head).to_bytes(2, "big") + head + data
