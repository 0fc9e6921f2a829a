"""What the tests of VTube Studio share: a token store in memory, and waiting for something to be true."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from streamer.adapters.avatar.vts.auth import DEVELOPER, PLUGIN
from streamer.adapters.avatar.vts.client import VtsClient
from streamer.adapters.avatar.vts.driver import VtsDriver
from streamer.adapters.avatar.vts.settings import VtsAvatar
from streamer.adapters.avatar.vts.tools import Tools
from tests.adapters.stage.contract import FixedView, Told
from tests.fakes.vts import FakeVts

WHO = f"{PLUGIN}/{DEVELOPER}"


class Tokens(dict[str, str]):
    def get(self, key: str) -> str:  # pyright: ignore[reportIncompatibleMethodOverride]
        return super().get(key, "")

    def put(self, key: str, token: str) -> None:
        self[key] = token


async def until(probe: Callable[[], Any], *, within_s: float = 15.0, what: str = "") -> Any:
    """Looks until it is true, and returns it."""
    end = time.monotonic() + within_s
    while not (found := probe()):
        assert time.monotonic() < end, f"not within {within_s:g} s: {what or probe}"
        await asyncio.sleep(0.01)
    return found


async def logged_in(vts: FakeVts) -> VtsClient:
    """A client that is let in, past the popup."""
    from streamer.adapters.avatar.vts import messages

    client = VtsClient(vts.url)
    await client.connect()
    token = (await client.request(messages.token(PLUGIN, DEVELOPER)))["authenticationToken"]
    assert (await client.request(messages.authentication(PLUGIN, DEVELOPER, token)))["authenticated"]
    return client


class Pace:
    """A clock and a sleep by it that can be made faster than real time while they run."""

    def __init__(self) -> None:
        self._factor = 1.0
        self._began = self._real_began = time.monotonic()

    def clock(self) -> float:
        return self._began + (time.monotonic() - self._real_began) * self._factor

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._factor)

    def hurry(self, factor: float) -> None:
        self._began, self._real_began, self._factor = self.clock(), time.monotonic(), factor


class HurriedEnd(VtsDriver):
    """It gives the face back in as many frames as any other, but does not let a test wait for them."""

    def __init__(self, *given: Any, **more: Any) -> None:
        self._pace = Pace()
        super().__init__(*given, **more, tools=Tools(clock=self._pace.clock, sleep=self._pace.sleep))

    async def aclose(self) -> None:
        self._pace.hurry(8.0)
        await super().aclose()


class Stand:
    """A driver before a local VTube Studio, with everything it is told to look at and everything it tells."""

    def __init__(self, vts: FakeVts, memory: Path | None = None, persona: str = "mika", **settings: Any) -> None:
        self.vts = vts
        self.view = FixedView()
        self.told = Told()
        self.tokens = Tokens()
        given = {"url": vts.url, "discovery_port": 0, **settings}
        self.part = VtsAvatar.model_validate(given)
        self.driver: VtsDriver = HurriedEnd(persona, self.part, self.view, self.told, self.tokens, memory=memory)
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self.driver.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.driver.aclose()
        assert self._task is not None
        await asyncio.wait_for(self._task, 10)

    @property
    def state(self) -> str:
        return str(self.told.states.get(self.driver.name, {}).get("state", ""))

    @property
    def code(self) -> str:
        return self.driver.healths()[0].notice.code

    async def ready(self) -> Self:
        await until(lambda: self.state == "ready", what="ready")
        return self

    def sent(self, kind: str) -> list[dict[str, Any]]:
        return [data for _, _, name, data in self.vts.ledger if name == kind]
