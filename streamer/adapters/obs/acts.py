"""Recording, streaming, replay buffer and virtual camera: what they are doing, and starting and stopping them.

An answer of OBS only says that a request was taken: StartStream to a server that is not there is answered well. What
counts is the event that follows (STARTED, STOPPED), which is waited for.
"""

import asyncio
import base64
import binascii
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal

import msgspec

from streamer.adapters.obs.errors import ObsGone, ObsRefused
from streamer.ports import Misconfigured, Unavailable

Request = Callable[[str, Mapping[str, Any] | None], Awaitable[dict[str, Any]]]
Output = Literal["record", "stream", "replay", "virtual_camera"]
Act = Literal["record", "stream", "replay", "virtual_camera", "replay_save"]
Phase = Literal["starting", "on", "stopping", "off", "reconnecting", "paused"]

ALREADY_RUNNING, NOT_RUNNING, NOT_THERE = 500, 501, 604
LIMIT_S: Mapping[Output, float] = {"record": 10.0, "stream": 30.0, "replay": 10.0, "virtual_camera": 10.0}
"""An output that has not begun or ended by then has not. RTMP servers may take long to answer."""
AGAIN_S = 0.25
RETRIES = 8
"""A start that OBS has just taken is refused to be stopped (501) until it has begun, under load after a second."""


class _Names(msgspec.Struct, frozen=True):
    event: str
    status: str
    start: str
    stop: str


OUTPUTS: tuple[Output, ...] = ("record", "stream", "replay", "virtual_camera")
NAMES: Mapping[Output, _Names] = {
    "record": _Names("RecordStateChanged", "GetRecordStatus", "StartRecord", "StopRecord"),
    "stream": _Names("StreamStateChanged", "GetStreamStatus", "StartStream", "StopStream"),
    "replay": _Names("ReplayBufferStateChanged", "GetReplayBufferStatus", "StartReplayBuffer", "StopReplayBuffer"),
    "virtual_camera": _Names("VirtualcamStateChanged", "GetVirtualCamStatus", "StartVirtualCam", "StopVirtualCam"),
}
EVENTS: Mapping[str, Output] = {NAMES[output].event: output for output in OUTPUTS}
_PHASES: Mapping[str, Phase] = {
    "STARTING": "starting", "STARTED": "on", "STOPPING": "stopping", "STOPPED": "off",
    "RECONNECTING": "reconnecting", "RECONNECTED": "on", "PAUSED": "paused", "RESUMED": "on",
}  # fmt: skip


def _unknown() -> dict[Output, Phase | None]:
    return {"record": None, "stream": None, "replay": None, "virtual_camera": None}


class Outputs:
    """`phases` holds None for what this OBS does not have, or what is not known."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self.phases: dict[Output, Phase | None] = _unknown()
        self.file = ""
        """The newest recording, as OBS names it."""
        self._changed = asyncio.Condition()
        self._count = 0
        self._starts: Counter[Output] = Counter()
        """How often each was heard to start."""
        self._tasks: set[asyncio.Task[None]] = set()

    def on(self, output: Output) -> bool | None:
        phase = self.phases[output]
        return None if phase is None else phase not in ("off", "starting")

    def lost(self) -> None:
        """The connection is gone: nothing is known."""
        self.phases = _unknown()
        self._tell()

    async def read(self) -> None:
        """Raises ObsGone."""
        for output in OUTPUTS:
            self.phases[output] = await self._read(output, NAMES[output].status)
        self._tell()

    async def _read(self, output: Output, status: str) -> Phase | None:
        before = self._count
        try:
            answer = await self._request(status, None)
        except ObsRefused:
            return None
        if self._count != before:
            return self.phases[output]
        if answer.get("outputReconnecting"):
            return "reconnecting"
        if answer.get("outputPaused"):
            return "paused"
        return "on" if answer["outputActive"] else "off"

    def heard(self, event: str, data: Mapping[str, Any]) -> bool:
        """Whether the event was about an output."""
        output = EVENTS.get(event)
        if output is None:
            return False
        phase = _PHASES.get(str(data.get("outputState", "")).removeprefix("OBS_WEBSOCKET_OUTPUT_"))
        self.phases[output] = phase or ("on" if data.get("outputActive") else "off")
        if output == "record" and data.get("outputPath"):
            self.file = str(data["outputPath"])
        self._count += 1
        self._starts[output] += self.phases[output] in ("starting", "on")
        self._tell()
        return True

    def _tell(self) -> None:
        async def tell() -> None:
            async with self._changed:
                self._changed.notify_all()

        task = asyncio.get_running_loop().create_task(tell())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ------------------------------------------------------------------------------------------------------------ acts
    async def act(self, name: Act, *, on: bool | None = None) -> None:
        """Starts (`on`) or stops an output and returns when it has; `on` None turns it over. What is so already is
        left so. Raises Unavailable (with what OBS says) or Misconfigured (this OBS does not have it)."""
        try:
            if name == "replay_save":
                await self._save()
                return
            begin = not self.on(name) if on is None else on
            await self._bring(name, begin)
        except ObsGone as gone:
            raise Unavailable(str(gone)) from None

    async def _bring(self, output: Output, begin: bool) -> None:  # noqa: FBT001 - a value
        names = NAMES[output]
        starts = self._starts[output] - (self.phases[output] == "starting")
        for attempt in range(RETRIES + 1):
            phase = self.phases[output]
            if phase == ("on" if begin else "off") or (begin and phase in ("reconnecting", "paused")):
                return
            if phase == ("starting" if begin else "stopping"):
                break
            try:
                await self._request(names.start if begin else names.stop, None)
                break
            except ObsRefused as refused:
                self._explain(refused, output)
                same = ALREADY_RUNNING if begin else NOT_RUNNING
                if refused.code != same or attempt == RETRIES:
                    raise Unavailable(refused.comment or f"OBS refuses ({refused.code})") from None
                self.phases[output] = await self._read(output, names.status)
                await asyncio.sleep(AGAIN_S)
        await self._wait(output, begin=begin, since=starts)

    async def _wait(self, output: Output, *, begin: bool, since: int) -> None:
        """For STARTED or STOPPED. A start that ends in STOPPED has failed; a STOPPED before it is an older one."""
        goal: Phase = "on" if begin else "off"

        def over() -> bool:
            phase = self.phases[output]
            return phase == goal or phase is None or (begin and phase == "off" and self._starts[output] > since)

        try:
            async with asyncio.timeout(LIMIT_S[output]), self._changed:
                await self._changed.wait_for(over)
        except TimeoutError:
            self.phases[output] = await self._read(output, NAMES[output].status)
        if self.phases[output] != goal:
            reason = "OBS began and stopped again at once" if begin else "OBS does not stop"
            raise Unavailable("the connection to OBS was lost" if self.phases[output] is None else reason)

    async def _save(self) -> None:
        try:
            await self._request("SaveReplayBuffer", None)
        except ObsRefused as refused:
            self._explain(refused, "replay")
            raise Unavailable(refused.comment or "the replay buffer is not running") from None

    def _explain(self, refused: ObsRefused, output: Output) -> None:
        if refused.code != NOT_THERE:
            return
        if output == "replay":
            raise Misconfigured(
                "the replay buffer is switched off in OBS", fix="OBS, Settings, Output, Replay Buffer: switch it on"
            )
        raise Misconfigured("this OBS does not have it", fix="install OBS's virtual camera") from None


async def screenshot(request: Request, scene: str, *, width: int = 640) -> bytes:
    """A JPEG of a scene as it is composed, which is not quite what goes out: transitions are not in it.
    Raises Unavailable."""
    data = {"sourceName": scene, "imageFormat": "jpg", "imageWidth": width, "imageCompressionQuality": 80}
    try:
        answer = await request("GetSourceScreenshot", data)
        return base64.b64decode(str(answer["imageData"]).partition(",")[2], validate=True)
    except ObsGone as gone:
        raise Unavailable(str(gone)) from None
    except (ObsRefused, KeyError, binascii.Error) as error:
        raise Unavailable(f"OBS has no picture of {scene!r}: {error}") from None
