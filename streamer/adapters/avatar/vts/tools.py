"""What the driver needs of the world, so that tests can bring their own."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from streamer.adapters.avatar.vts.pictures import fetch


def loop_time() -> float:
    return asyncio.get_running_loop().time()


class Tools(msgspec.Struct, frozen=True):
    """`clock` in seconds, `sleep` by the same clock, `fetch` the bytes of a picture or nothing."""

    clock: Callable[[], float] = loop_time
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    fetch: Callable[[str], Awaitable[bytes]] = fetch


WORLD = Tools()
"""The real one."""
