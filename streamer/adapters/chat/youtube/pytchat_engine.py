"""YouTube's live chat by the pytchat library: the first engine. pytchat is the transport only; the actions stay raw.

pytchat 0.5.5 makes its first continuation itself, from the video's and the channel's id; that the service of today
takes it is not verified. All of the library runs in one thread of ours.
"""

import logging
import ssl
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from streamer.adapters.chat.common.walk import items, number
from streamer.adapters.chat.youtube.engine import Batch, EngineName
from streamer.adapters.chat.youtube.pytchat_wire import Wire
from streamer.adapters.chat.youtube.trouble import Trouble
from streamer.adapters.chat.youtube.wanted import URL
from streamer.adapters.chat.youtube.web import HEADERS, TIMEOUT_S
from streamer.adapters.chat.youtube.worker import Worker

if TYPE_CHECKING:
    from httpx import Client

_CLOSE_S: Final = 1.5
_OVER: Final = frozenset({"NoContents", "ResponseContextError", "ChatDataFinished", "NoContinuation"})


class _Core(Protocol):
    """What is used of `pytchat.core.pytchat.PytchatCore`."""

    def get(self) -> Any: ...
    def is_alive(self) -> bool: ...
    def terminate(self) -> None: ...


class _Raw:
    """A pytchat processor that hands on what it gets: `{"timeout": seconds, "chatdata": [action, ...] | None}`."""

    def process(self, components: list[Any]) -> Any:
        return components[0] if components else None

    def finalize(self) -> None:
        """pytchat calls this at the end; there is nothing to end."""


class Pytchat:
    """An Engine."""

    name: EngineName = "pytchat"

    def __init__(
        self,
        video: str,
        *,
        base_url: str = URL,
        tls: ssl.SSLContext | None = None,
        timeout_s: float = TIMEOUT_S,
        again_s: float = 1.0,
    ) -> None:
        self._video = video
        self._base_url = base_url
        self._tls = tls
        self._timeout_s = timeout_s
        self._again_s = again_s
        self._worker = Worker(f"pytchat {video}")
        self._wire: Wire | None = None
        self._client: Client | None = None
        self._core: _Core | None = None
        self._closed = False

    async def begin(self) -> None:
        await self._worker.call(self._open)

    async def poll(self) -> Batch:
        return await self._worker.call(self._get)

    async def aclose(self) -> None:
        self._closed = True
        if self._wire is not None:
            self._wire.hang_up()
        await self._worker.stop(self._end, _CLOSE_S)

    # --- in the thread ------------------------------------------------------------------------------------------------

    def _open(self) -> None:
        import httpx
        from pytchat.core.pytchat import PytchatCore  # pyright: ignore[reportMissingTypeStubs]

        wire = self._wire = Wire(self._base_url, tls=self._tls, again_s=self._again_s)
        if self._closed:
            wire.hang_up()
        timeout = httpx.Timeout(self._timeout_s, connect=min(4.0, self._timeout_s))
        self._client = httpx.Client(transport=cast("Any", wire), headers=HEADERS, timeout=timeout)
        make: Any = PytchatCore
        try:
            self._core = make(
                self._video, client=self._client, processor=_Raw(), interruptable=False, hold_exception=False,
                logger=_quiet(),
            )  # fmt: skip
        except Exception as wrong:  # noqa: BLE001 - pytchat lets anything through
            raise _trouble(wrong) from None

    def _get(self) -> Batch:
        if self._core is None or self._wire is None:
            raise Trouble("changed", "not begun")
        if not self._core.is_alive():
            raise Trouble("over", "not alive")
        try:
            component = self._core.get()
        except Exception as wrong:  # noqa: BLE001 - pytchat lets anything through
            raise _trouble(wrong) from None
        wait_s = number(component, "timeout")
        if wait_s is None:
            raise Trouble("over", "nothing")
        return Batch(items(component, "chatdata"), wait_s, self._wire.server_s)

    def _end(self) -> None:
        if self._core is not None:
            self._core.terminate()
            self._core = None
        if self._client is not None:
            self._client.close()


def _trouble(wrong: Exception) -> Trouble:
    """By the class's name: the library's own errors live in a module that is imported only here."""
    if isinstance(wrong, Trouble):
        return wrong
    name = type(wrong).__name__
    return Trouble("over" if name in _OVER else "changed", name)


def _quiet() -> logging.Logger:
    """pytchat logs tracebacks that may quote a viewer."""
    logger = logging.getLogger("streamer.pytchat")
    logger.propagate = False
    logger.setLevel(logging.CRITICAL)
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    return logger
