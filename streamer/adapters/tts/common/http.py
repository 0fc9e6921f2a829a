"""Speech over HTTP: one request, its answer turned into sound while it arrives, every failure told apart."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any, Protocol

import aiohttp
import msgspec
from yarl import URL

from streamer.adapters import http_client
from streamer.adapters.http_client import Sessions
from streamer.adapters.tts.common.sound import BadSound, Decoder, Format, Mp3Stream, decoder_for, is_silent, kind_of
from streamer.ports import RATE_HZ, Done, Pcm, Unavailable

MP3_SLICE, PCM_SLICE = 720, 9_600
"""Bytes decoded before the next piece leaves: 120 ms at 48 kbit/s, 200 ms at 24,000 Hz."""
KEEP_ALIVE_S = 90.0
"""A cast is silent for longer than aiohttp's usual 15 s; a new TLS connection costs the first word 0.1 to 0.3 s."""
MAX_EXPLANATION = 4096
MIN_MS_PER_LETTER = 20
"""Nobody speaks faster: below it a body without a length was cut."""


class Limits(msgspec.Struct, frozen=True):
    """`first_s`: request to first sound; `stall_s`: between pieces; `total_s`: all of it; `max_bytes`: of the body."""

    first_s: float = 6.0
    stall_s: float = 3.0
    total_s: float = 60.0
    max_bytes: int = 32 << 20


Explain = Callable[[int, Mapping[str, str], bytes], None]
"""(status, headers, the first 4 kB of the body) of a refusal: raises what it means, returns where it knows nothing."""


class Unwrap(Protocol):
    """Sound that comes inside something else. Both raise BadSound."""

    def feed(self, data: bytes) -> bytes: ...

    def finish(self) -> bytes: ...


class Answer(msgspec.Struct, frozen=True):
    """How to read the answer: what was asked for (None: tell by its look), the rate of raw PCM; words for people."""

    asked: Format | None
    pcm_rate_hz: int = RATE_HZ
    server: str = "the speech server"
    fix_key: str = ""
    fix_url: str = ""
    explain: Explain | None = None


def sessions(*, proxies: bool) -> Sessions:
    """For one voice."""
    return Sessions("the voice", proxies=proxies, keep_alive_s=KEEP_ALIVE_S)


def refuse(status: int, headers: Mapping[str, str], answer: Answer) -> None:
    """Raises what a status means."""
    http_client.refuse(status, headers, answer.server, fix_key=answer.fix_key, fix_url=answer.fix_url)


async def speak(
    session: aiohttp.ClientSession,
    method: str,
    url: URL,
    text: str,
    *,
    answer: Answer,
    limits: Limits,
    unwrap: Unwrap | None = None,
    **request: Any,
) -> AsyncIterator[Pcm | Done]:
    """Send one request (`json`, `headers`, `data` as aiohttp takes them) and stream its sound.

    Raises Unavailable or Misconfigured before the first sound; after it, ends with `Done(complete=False)`.
    """
    flow, patience = _Flow(text, answer, limits, unwrap), _Patience(limits)
    response: aiohttp.ClientResponse | None = None
    try:
        async with patience.waiting(heard=False):
            response = await session.request(method, url, allow_redirects=False, **request)
            if response.status >= 300 and answer.explain is not None:
                answer.explain(response.status, response.headers, await response.content.read(MAX_EXPLANATION))
        refuse(response.status, response.headers, answer)
        flow.look(response)
        more = True
        while more:
            async with patience.waiting(heard=flow.ms > 0):
                chunk = await response.content.readany()
            more = bool(chunk)
            for pcm in flow.feed(chunk) if more else flow.finish():
                yield pcm
    except (aiohttp.ClientError, TimeoutError, OSError, BadSound) as error:
        if not flow.ms:
            raise Unavailable(f"{answer.server}: {_name(error)}") from error
        yield Done(flow.ms, complete=False)
    else:
        yield flow.done()
    finally:
        if response is not None:
            response.release()  # unread bytes close the connection, which is how the server learns of it


class _Patience:
    """Counts only the time spent waiting for the server: what a listener does with a piece is not its fault."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._spent = 0.0

    @contextlib.asynccontextmanager
    async def waiting(self, *, heard: bool) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        begin = loop.time()
        limits = self._limits
        left = min(limits.stall_s, limits.total_s - self._spent) if heard else limits.first_s - self._spent
        try:
            async with asyncio.timeout(max(0.0, left)):
                yield
        finally:
            self._spent += loop.time() - begin


def _name(error: Exception) -> str:
    """A failure in words that hold nothing of the request."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, BadSound):
        return f"sent something that is not sound ({error})"
    if isinstance(error, aiohttp.ClientConnectorError):
        return "cannot be reached"
    return f"broke off ({type(error).__name__})"


class _Flow:
    """Bytes of one body turned into sound, with what is known about their end."""

    def __init__(self, text: str, answer: Answer, limits: Limits, unwrap: Unwrap | None) -> None:
        self._unwrap = unwrap
        self._letters = sum(c.isalnum() for c in text)
        self._answer, self._limits = answer, limits
        self._decoder: Decoder | None = None
        self._content_type = ""
        self._framed = True
        self._body = self._sound = 0
        self._audible = False

    @property
    def ms(self) -> int:
        return self._sound // (RATE_HZ * 2 // 1000)

    def look(self, response: aiohttp.ClientResponse) -> None:
        self._content_type = response.headers.get("Content-Type", "")
        self._framed = "Content-Length" in response.headers or "chunked" in response.headers.get(
            "Transfer-Encoding", ""
        )
        if self._unwrap is not None:
            self._content_type = ""
        elif self._content_type.startswith(("text/", "application/json")):
            raise BadSound(self._content_type.split(";", maxsplit=1)[0])

    def feed(self, chunk: bytes) -> Iterator[Pcm]:
        """In slices: the first sound of a big chunk is not held up by the decoding of its rest."""
        self._body += len(chunk)
        if self._body > self._limits.max_bytes:
            raise BadSound("too long")
        if self._unwrap is not None:
            chunk = self._unwrap.feed(chunk)
        yield from self._decoded(chunk)

    def _decoded(self, chunk: bytes) -> Iterator[Pcm]:
        if not chunk:
            return
        if self._decoder is None:
            kind = kind_of(self._content_type, chunk, self._answer.asked)
            self._decoder = decoder_for(kind, self._answer.pcm_rate_hz)
        slice_bytes = MP3_SLICE if isinstance(self._decoder, Mp3Stream) else PCM_SLICE
        for at in range(0, len(chunk), slice_bytes):
            yield from self._pieces(self._decoder.feed(chunk[at : at + slice_bytes]))

    def finish(self) -> Iterator[Pcm]:
        if self._unwrap is not None:
            yield from self._decoded(self._unwrap.finish())
        if self._decoder is None:
            raise BadSound("empty")
        yield from self._pieces(self._decoder.finish())

    def _pieces(self, data: bytes) -> Iterator[Pcm]:
        if data:
            piece = Pcm(data, self.ms)
            self._sound += len(data)
            self._audible = self._audible or not is_silent(data)
            yield piece

    def done(self) -> Done:
        """Raises Unavailable when all that came was silence."""
        if not self._audible:
            raise Unavailable(f"{self._answer.server} sent silence")
        short = self._decoder is not None and self._decoder.short
        plausible = self._framed or self.ms >= self._letters * MIN_MS_PER_LETTER
        return Done(self.ms, complete=plausible and not short)
