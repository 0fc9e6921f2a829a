"""A persona in VTube Studio: the driver that keeps one model as the stage wants it, whatever happens to the program."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from streamer.adapters.avatar.vts import messages
from streamer.adapters.avatar.vts.auth import Pairing, TokenStore
from streamer.adapters.avatar.vts.client import VtsClient
from streamer.adapters.avatar.vts.discovery import Discovery
from streamer.adapters.avatar.vts.items import wants
from streamer.adapters.avatar.vts.memory import Memory
from streamer.adapters.avatar.vts.names import model_of
from streamer.adapters.avatar.vts.play import Play
from streamer.adapters.avatar.vts.protocol import VtsGone, VtsRefused
from streamer.adapters.avatar.vts.settings import VtsAvatar, place_of
from streamer.adapters.avatar.vts.status import Status
from streamer.adapters.avatar.vts.tools import WORLD, Tools
from streamer.core.events import Poked
from streamer.core.stage import Stage
from streamer.ports import Cue, Health, Reports, StageView

log = logging.getLogger(__name__)

AGAIN_S: Final = (0.2, 1.5, 5.0)
"""Between two attempts: the first, the most on this machine, where an attempt costs nothing, and the most elsewhere."""
POKE_S: Final = 0.5
RELEASE_S: Final = 1.5
EVENTS: Final = ("ModelLoadedEvent", "ModelConfigChangedEvent", "HotkeyTriggeredEvent")


class Opener:
    """Makes the driver of one persona: what `VtsAvatar.open` gives."""

    def __init__(self, part: VtsAvatar) -> None:
        self._part = part

    def __call__(
        self, persona: str, view: StageView, reports: Reports, tokens: TokenStore, *, memory: Path | None = None
    ) -> "VtsDriver":
        """`memory`: a file of the state folder, one per persona."""
        return VtsDriver(persona, self._part, view, reports, tokens, memory=memory)


class VtsDriver:
    """A StageDriver. It sends nothing to a model other than the one of the settings."""

    def __init__(
        self,
        persona: str,
        part: VtsAvatar,
        view: StageView,
        reports: Reports,
        tokens: TokenStore,
        *,
        memory: Path | None = None,
        tools: Tools = WORLD,
    ) -> None:
        self.name = f"avatar.{persona}"
        self._persona = persona
        self._part = part
        self._view = view
        self._reports = reports
        self._tools = tools
        self._memory = Memory(memory)
        split = urlsplit(part.url)
        self._host, self._port = split.hostname or "", split.port or (443 if split.scheme == "wss" else 80)
        place = place_of(part.url)
        self._local = place.startswith("127.")
        self._status = Status(self.name, place)
        self._pairing = Pairing(place, tokens, tools.sleep)
        self._discovery = Discovery(part.discovery_port, clock=tools.clock)
        self._listening = False
        self._stage: Stage | None = None
        self._client: VtsClient | None = None
        self._play: Play | None = None
        self._model_changed = asyncio.Event()
        self._ask_pictures = asyncio.Event()
        self._ask_pictures.set()
        self._poked_at = float("-inf")
        self._was_ready = False
        self._inner: asyncio.Task[None] | None = None
        self._closing = False
        self._told: object = None

    # ---------------------------------------------------------------------------------------------- the port
    def want(self, stage: Stage) -> None:
        self._stage = stage
        if self._play is not None:
            self._play.stage = stage

    def cue(self, cue: Cue) -> None:
        """What comes while there is no model is not made up for."""
        play = self._play
        if play is None:
            return
        if cue.kind == "gesture" and cue.persona == self._persona:
            play.gesture(cue.name)
        elif wants(self._part.throw, cue):
            play.throw(cue)

    def healths(self) -> Sequence[Health]:
        if self._play is not None:
            self._status.latency_ms = self._play.latency_ms
        return self._status.healths()

    def ask_again(self) -> None:
        """The streamer says that VTube Studio may ask him once more, after he had denied it or taken it back."""
        self._ask_pictures.set()
        self._pairing.ask_again()

    async def run(self) -> None:
        if self._closing:
            return
        self._tell()
        inner = self._inner = asyncio.create_task(self._connections(), name=self.name)
        try:
            await asyncio.wait({inner})
        except asyncio.CancelledError:
            inner.cancel()
            await asyncio.wait({inner})
            raise
        if not inner.cancelled():
            inner.result()

    async def aclose(self) -> None:
        """Gives everything back, if VTube Studio still answers. Within two seconds."""
        self._closing = True
        if self._inner is not None and not self._inner.done():
            self._inner.cancel()
            await asyncio.wait({self._inner})
        play, self._play = self._play, None
        if play is not None and self._client is not None and self._client.connected:
            with suppress(VtsGone, TimeoutError):
                async with asyncio.timeout(RELEASE_S):
                    await play.release()
        await self._end_client()
        await self._hear(on=False)

    # ---------------------------------------------------------------------------------------------- connections
    async def _connections(self) -> None:
        wait_s = AGAIN_S[0]
        while True:
            await self._pairing.wait_again()
            try:
                if await self._one_connection():
                    wait_s = AGAIN_S[0]
            except Exception:
                log.exception("%s: a fault of our own; connecting again", self.name)
                self._play = None
                await self._end_client()
                self._status.lost()
                self._tell()
            await self._tools.sleep(wait_s)
            wait_s = min(wait_s * 1.6, AGAIN_S[1] if self._local else AGAIN_S[2])

    async def _one_connection(self) -> bool:
        """From connecting to the end of the connection. False when there was none. The client stays when cancelled, for
        what has to be given back."""
        client = VtsClient(self._part.url)
        try:
            await client.connect()
        except VtsGone:
            await self._unreachable()
            return False
        self._client = client
        client.on_event = self._event
        try:
            await self._session(client)
        except VtsGone as gone:
            log.info("%s: %s", self.name, gone)
        except VtsRefused as refused:
            # Not logged in any more, or the API was switched off: the next log-in finds out which.
            log.info("%s: refused with error %s", self.name, refused.code)
        self._play = None
        await self._end_client()
        if self._pairing.stopped is None:
            self._status.lost()
            self._tell()
        return True

    async def _session(self, client: VtsClient) -> None:
        await self._hear(on=False)
        verdict = await self._pairing.log_in(client, self._step)
        if verdict != "in":
            self._status.refused(verdict)
            self._tell()
            return
        await asyncio.gather(*(client.request(messages.subscription(name)) for name in EVENTS))
        if self._part.pokes:
            on_model = {"onlyClicksOnModel": True}
            await client.request(messages.subscription("ModelClickedEvent", config=on_model))
        while True:
            self._model_changed.clear()
            await self._with_model(client)

    async def _with_model(self, client: VtsClient) -> None:
        """Until another model is loaded. Raises VtsGone."""
        found = await model_of(client.request, self._part.model)
        if not found.wanted:
            self._play = None
            self._status.other_model(self._part.model, found.name, found.nearest, known=found.known)
            self._tell()
            await self._first(self._model_changed.wait(), client.wait_ended())
            return
        play = Play(
            client, self._persona, self._part, self._view, self._memory, self._tools,
            told=self._trouble, stopped=self._model_changed.is_set,
        )  # fmt: skip
        play.stage = self._stage
        self._play = play  # before it begins, so that it hears of every hotkey that is pressed meanwhile
        await play.begin(found.id, found.told)
        self._was_ready = True
        self._status.ready(found.name or found.id)
        self._trouble()
        jobs = [play.run(), self._model_changed.wait(), client.wait_ended()]
        if self._part.throw is not None and self._part.throw.pictures:
            jobs.append(self._pictures(play))
        await self._first(*jobs)
        self._play = None

    async def _pictures(self, play: Play) -> None:
        """Asks once, and again only when the streamer says so. Never ends by itself."""
        while True:
            may_ask = self._ask_pictures.is_set()
            self._ask_pictures.clear()
            await play.ask_for_pictures(may_ask=may_ask, told=self._trouble)
            await self._ask_pictures.wait()

    async def _first(self, *jobs: Any) -> None:
        """Until one of them is done; then none is left. Raises what it raised, VtsGone when the connection ended."""
        tasks = [asyncio.ensure_future(job) for job in jobs]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            task.result()
        if self._client is None or not self._client.connected:
            raise VtsGone("the connection is lost")

    # ---------------------------------------------------------------------------------------------- what is told
    async def _unreachable(self) -> None:
        await self._hear(on=True)
        self._status.unreachable(self._discovery, self._host, self._port, lost=self._was_ready)
        self._tell()

    def _step(self, step: str) -> None:
        self._status.asking(other=step == "other_popup")
        self._tell()

    def _event(self, name: str, data: dict[str, Any]) -> None:
        match name:
            case "ModelLoadedEvent":
                self._model_changed.set()
            case "ModelConfigChangedEvent" if self._play is not None:
                self._play.names_changed()
            case "HotkeyTriggeredEvent" if self._play is not None:
                self._play.hotkey_pressed(data)
            case "ModelClickedEvent" if self._play is not None and data.get("modelWasClicked"):
                self._poked(data)
            case _:
                pass

    def _poked(self, data: dict[str, Any]) -> None:
        now = self._tools.clock()
        if self._play is None or now - self._poked_at < POKE_S:
            return
        self._poked_at = now
        place = data.get("clickPosition")
        across = place.get("x") if isinstance(place, dict) else 0
        self._play.flinch(0.3 if not isinstance(across, int | float) else max(-1.0, min(1.0, across * 2)), 0.5)
        self._reports.fact(Poked(persona=self._persona, what=_touched(data)))

    def _trouble(self) -> None:
        """Something about single names, parameters or items has changed."""
        if self._play is not None:
            self._status.missing = self._play.missing
            self._status.taken = self._play.taken
            self._status.permission(self._play.granted)
            self._status.item(self._play.missing_item)
        self._tell()

    def _tell(self) -> None:
        now = self._status.panel()
        if now != self._told:
            self._told = now
            self._reports.state(self.name, now)

    # ---------------------------------------------------------------------------------------------- ends
    async def _hear(self, *, on: bool) -> None:
        if on and not self._listening:
            self._listening = True
            await self._discovery.open()
        elif self._listening and not on:
            self._listening = False
            self._discovery.close()

    async def _end_client(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()


def _touched(data: dict[str, Any]) -> str:
    """The id of the uppermost ArtMesh that was hit, as the model's author named it."""
    hits = data.get("artMeshHits")
    first = hits[0] if isinstance(hits, list) and hits else None
    info = first.get("hitInfo") if isinstance(first, dict) else None
    return str(info.get("artMeshID") or "")[:64] if isinstance(info, dict) else ""
