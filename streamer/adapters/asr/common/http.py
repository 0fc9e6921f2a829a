"""One clip sent to a server over HTTP, its words read from the answer, every failure told apart."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import aiohttp
import msgspec
from yarl import URL

from streamer.adapters import http_client
from streamer.ports import Unavailable

MAX_BYTES = 1 << 20
"""Of an answer: the words of half a minute are a few kilobytes."""


class Words(msgspec.Struct, frozen=True):
    """How people read of the server, and what they can do when it refuses the key or the address."""

    server: str
    fix_key: str
    fix_url: str


def refuse(status: int, headers: Mapping[str, str], words: Words) -> None:
    """Raises what a status means."""
    if status == 413:
        raise Unavailable(f"the sentence is too long for {words.server} (413)")
    if status in (400, 415, 422):
        raise Unavailable(f"{words.server} does not understand the request ({status})")
    http_client.refuse(status, headers, words.server, fix_key=words.fix_key, fix_url=words.fix_url)


class Refused(Exception):
    """A status that the caller may answer with another form of the request (400, 415, 422)."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


async def ask(
    session: aiohttp.ClientSession,
    url: URL,
    form: Callable[[], aiohttp.FormData],
    *,
    headers: Mapping[str, str],
    words: Words,
    limit_s: float,
    on_event: Callable[[Any], None],
) -> Any:
    """POST a form; the JSON of the answer. An answer in server-sent events is told to `on_event` one by one, and the
    last one is returned. Raises Unavailable, Misconfigured, Refused."""
    try:
        async with (
            asyncio.timeout(limit_s),
            session.post(url, data=form(), headers=headers, allow_redirects=False) as response,
        ):
            if response.status in (400, 415, 422):
                raise Refused(response.status)
            refuse(response.status, response.headers, words)
            if response.content_type == "text/event-stream":
                last: Any = None
                async for event in _events(response):
                    on_event(event)
                    last = event
                return last
            return json.loads(await _body(response))
    except TimeoutError:
        raise Unavailable(f"{words.server} did not answer within {limit_s:g} s") from None
    except aiohttp.ClientConnectorError:
        raise Unavailable(f"{words.server} cannot be reached") from None
    except (aiohttp.ClientError, OSError) as error:
        raise Unavailable(f"{words.server} broke off ({type(error).__name__})") from None
    except (ValueError, RecursionError):  # the latter: nested a hundred thousand times
        raise Unavailable(f"{words.server} sent something that is no transcription") from None


async def _body(response: aiohttp.ClientResponse) -> bytes:
    raw = bytearray()
    while data := await response.content.readany():
        raw += data
        if len(raw) > MAX_BYTES:
            raise ValueError("too long")
    return bytes(raw)


async def _events(response: aiohttp.ClientResponse) -> AsyncIterator[Any]:
    """The JSON of every `data:` line; lines of other fields and the closing `[DONE]` are left out."""
    rest, total = b"", 0
    ended = False
    while not ended:
        data = await response.content.readany()
        ended = not data
        total += len(data)
        if total > MAX_BYTES:
            raise ValueError("too long")
        *lines, rest = (rest + data + (b"\n" if ended else b"")).split(b"\n")
        for line in lines:
            field, _, value = line.strip().partition(b":")
            if field == b"data" and value.strip() not in (b"", b"[DONE]"):
                yield json.loads(value)
