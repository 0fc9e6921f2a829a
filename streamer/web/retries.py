"""A press that is sent twice counts once: `Idempotency-Key`.

A simultaneous second request waits for the first and gets the same answer; another body under the same key is 409. Keys
are kept ten minutes. A handler that crashed frees its key.
"""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from time import monotonic

from aiohttp import web

KEEP_S = 600.0
MAX_KEYS = 10_000


_KEPT = ("Content-Type", "Set-Cookie", "ETag")


class Conflict(Exception):
    """The key was used for something else."""


class _Answer:
    def __init__(self, response: web.Response) -> None:
        self.status = response.status
        self.body = bytes(response.body) if isinstance(response.body, bytes) else b""
        self.headers = {name: response.headers[name] for name in _KEPT if name in response.headers}

    def again(self) -> web.Response:
        headers = {**self.headers, "Idempotency-Replayed": "true"}
        return web.Response(status=self.status, body=self.body or None, headers=headers)


class Retries:
    def __init__(self, *, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._known: OrderedDict[str, tuple[float, str, asyncio.Future[_Answer]]] = OrderedDict()

    @staticmethod
    def fingerprint(method: str, path: str, body: bytes) -> str:
        return hashlib.sha256(b"\0".join((method.encode(), path.encode(), body))).hexdigest()

    async def once(self, key: str, print_: str, run: Callable[[], Awaitable[web.Response]]) -> web.Response:
        """Run, or answer as the first time. Raises Conflict."""
        self._forget()
        known = self._known.get(key)
        if known is not None:
            if known[1] != print_:
                raise Conflict
            return (await asyncio.shield(known[2])).again()
        answer: asyncio.Future[_Answer] = asyncio.get_running_loop().create_future()
        self._known[key] = (self._now(), print_, answer)
        try:
            response = await run()
        except BaseException as error:
            self._known.pop(key, None)
            answer.set_exception(error if isinstance(error, Exception) else ConnectionAbortedError())
            answer.exception()  # nobody may be waiting for it
            raise
        answer.set_result(_Answer(response))
        return response

    def _forget(self) -> None:
        old = self._now() - KEEP_S
        while self._known and (len(self._known) >= MAX_KEYS or next(iter(self._known.values()))[0] < old):
            self._known.popitem(last=False)
