"""What else the in-memory OBS does: recording, stream, replay, virtual camera, studio mode, figures, hotkeys."""

import asyncio
import base64
from typing import Any

from tests.fakes.obs_sources import Sources
from tests.fakes.obs_state import JPEG, KINDS, Fields, Output, Refuse
from tests.fakes.obs_world import ANSWERS, Answer, answers

NAMES = {"Record": "Record", "Stream": "Stream", "ReplayBuffer": "ReplayBuffer", "VirtualCam": "Virtualcam"}
"""Request name of an output -> the name in its event."""
START_S, STOP_S = 0.05, 0.1
STATE = "OBS_WEBSOCKET_OUTPUT_"


class World(Sources):
    """A whole OBS. What it was told is in `captions`, `hotkeys_pressed`; what it says of itself in `stats`."""

    def __init__(
        self,
        *,
        obs: str = "29.0.2",
        websocket: str = "5.1.0",
        platform: str = "debian",
        fps: int = 60,
        kinds: tuple[str, ...] = KINDS,
        browser: bool = False,
        virtual_camera: bool = False,
        replay: bool = True,
    ) -> None:
        super().__init__(fps=fps, kinds=(*kinds, *(["browser_source"] if browser else [])))
        self.obs, self.websocket, self.platform = obs, websocket, platform
        self.virtual_camera, self.replay = virtual_camera, replay
        self.outputs = {name: Output() for name in NAMES}
        self.stream_fails = False
        """The stream's server does not take it: StartStream succeeds, then it stops."""
        self.kbps = 2500.0
        self.stream_frames = {"outputSkippedFrames": 0, "outputTotalFrames": 0, "outputCongestion": 0.0}
        self.stats: dict[str, Any] = {
            "activeFps": float(fps), "availableDiskSpace": 75169.4, "averageFrameRenderTime": 0.4, "cpuUsage": 4.0,
            "memoryUsage": 180.0, "outputSkippedFrames": 0, "outputTotalFrames": 0, "renderSkippedFrames": 0,
            "renderTotalFrames": 1000,
        }  # fmt: skip
        self.canvas: tuple[int, int] = (1920, 1080)
        self.captions: list[tuple[float, str]] = []
        self.hotkeys = ["OBSBasic.StartStreaming", "OBSBasic.StopStreaming", "OBSBasic.StartRecording"]
        self.hotkeys_pressed: list[str] = []
        self.collection, self.collections = "Headless", ["Headless"]
        self.replay_path = ""
        self._numbers = 0

    def handle(self, name: str, data: object = None) -> dict[str, Any]:
        """One request. Raises Refuse."""
        answer = ANSWERS.get(name)
        if answer is None:
            raise Refuse(204, "Your request type is not valid.")
        return answer(self, Fields(data)) or {}

    def do(self, name: str, **data: Any) -> dict[str, Any]:
        """The same, as the streamer's own hand in OBS."""
        return self.handle(name, data)

    def remove_everywhere(self, source: str) -> None:
        """As the streamer deletes a source out of every scene: then it is gone, whatever is shown."""
        for scene in list(self.scenes.values()):
            for item in [one for one in scene.items if one.source == source]:
                self.do("RemoveSceneItem", sceneName=scene.name, sceneItemId=item.id)

    @answers("GetVersion")
    def _version(self, ask: Fields) -> Answer:
        return {
            "availableRequests": sorted(ANSWERS), "obsVersion": self.obs, "obsWebSocketVersion": self.websocket,
            "platform": self.platform, "platformDescription": "in memory", "rpcVersion": 1,
            "supportedImageFormats": ["bmp", "jpeg", "jpg", "png"],
        }  # fmt: skip

    @answers("GetStats")
    def _stats(self, ask: Fields) -> Answer:
        return self.stats | {"webSocketSessionIncomingMessages": 1, "webSocketSessionOutgoingMessages": 1}

    @answers("GetVideoSettings")
    def _video(self, ask: Fields) -> Answer:
        width, height = self.canvas
        return {
            "baseHeight": height, "baseWidth": width, "fpsDenominator": 1, "fpsNumerator": self.fps,
            "outputHeight": height, "outputWidth": width,
        }  # fmt: skip

    # -------------------------------------------------------------------------------------------------------- outputs
    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _an_output(self, name: str) -> Output:
        if name == "VirtualCam" and not self.virtual_camera:
            raise Refuse(604, "VirtualCam is not available.")
        if name == "ReplayBuffer" and not self.replay:
            raise Refuse(604, "Replay buffer is not available.")
        return self.outputs[name]

    def _turned(self, name: str, state: str, *, active: bool) -> None:
        output = self.outputs[name]
        output.state, output.active = state, active
        output.reconnecting = state == "RECONNECTING"
        said: dict[str, Any] = {
            "outputActive": state in ("STARTED", "RECONNECTED", "RESUMED"),
            "outputState": STATE + state,
        }
        if name == "Record":
            said["outputPath"] = output.path if state in ("STARTED", "STOPPED") else None
        self.emit(f"{NAMES[name]}StateChanged", **said)

    def start_output(self, name: str) -> Answer:
        output = self._an_output(name)
        if output.active or output.state == "STARTING":
            raise Refuse(500)
        self._numbers += 1
        output.path = f"/recordings/{self._numbers}.mkv"
        output.paused = False
        self._turned(name, "STARTING", active=False)

        def started() -> None:
            output.since = self._now()
            if name == "Stream" and self.stream_fails:
                self._turned(name, "STOPPED", active=False)
            else:
                self._turned(name, "STARTED", active=True)

        self.later(START_S, started)
        return None

    def stop_output(self, name: str) -> Answer:
        output = self._an_output(name)
        if not output.active:
            raise Refuse(501)
        output.active = False
        self._turned(name, "STOPPING", active=False)
        self.later(STOP_S, lambda: self._turned(name, "STOPPED", active=False))
        return {"outputPath": output.path} if name == "Record" else None

    def _ran_ms(self, name: str) -> int:
        output = self.outputs[name]
        return int(1000 * (self._now() - output.since)) if output.active else 0

    def _status(self, name: str) -> dict[str, Any]:
        ms = self._ran_ms(name)
        code = f"{ms // 3600000:02}:{ms // 60000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"
        size = int(self.kbps * ms / 8)
        active = self.outputs[name].active
        return {"outputActive": active, "outputBytes": size, "outputDuration": ms, "outputTimecode": code}

    @answers("GetRecordStatus")
    def _record(self, ask: Fields) -> Answer:
        return self._status("Record") | {"outputPaused": self.outputs["Record"].paused}

    @answers("GetStreamStatus")
    def _stream(self, ask: Fields) -> Answer:
        again = {"outputReconnecting": self.outputs["Stream"].reconnecting}
        return self._status("Stream") | self.stream_frames | again

    @answers("GetReplayBufferStatus")
    def _replay(self, ask: Fields) -> Answer:
        return {"outputActive": self._an_output("ReplayBuffer").active}

    @answers("GetVirtualCamStatus")
    def _camera(self, ask: Fields) -> Answer:
        return {"outputActive": self._an_output("VirtualCam").active}

    @answers("PauseRecord")
    def _pause(self, ask: Fields) -> Answer:
        return self._paused(paused=True)

    @answers("ResumeRecord")
    def _resume(self, ask: Fields) -> Answer:
        return self._paused(paused=False)

    def _paused(self, *, paused: bool) -> Answer:
        """Version 5.1 does not ask whether anything is recorded: a pause of nothing succeeds."""
        output = self.outputs["Record"]
        if output.paused == paused:
            raise Refuse(502 if paused else 503)
        if not output.active:
            return None
        output.paused = paused
        self._turned("Record", "PAUSED" if paused else "RESUMED", active=True)
        return None

    @answers("SaveReplayBuffer")
    def _save(self, ask: Fields) -> Answer:
        if not self._an_output("ReplayBuffer").active:
            raise Refuse(501)
        self._numbers += 1
        self.replay_path = f"/recordings/Replay {self._numbers}.mkv"
        path = self.replay_path
        self.later(STOP_S, lambda: self.emit("ReplayBufferSaved", savedReplayPath=path))
        return None

    @answers("GetLastReplayBufferReplay")
    def _last_replay(self, ask: Fields) -> Answer:
        if not self._an_output("ReplayBuffer").active:
            raise Refuse(501)
        return {"savedReplayPath": self.replay_path}

    @answers("SendStreamCaption")
    def _caption(self, ask: Fields) -> Answer:
        text = ask.text("captionText", empty=True)
        if not self.outputs["Stream"].active:
            raise Refuse(501)
        self.captions.append((self._now(), text))
        return None

    def stream_breaks(self) -> None:
        """The stream's server is lost; OBS tries again. `stream_returns` ends it."""
        self._turned("Stream", "RECONNECTING", active=True)

    def stream_returns(self) -> None:
        self._turned("Stream", "RECONNECTED", active=True)

    # ------------------------------------------------------------------------------------------------------------ rest
    @answers("GetStudioModeEnabled")
    def _studio(self, ask: Fields) -> Answer:
        return {"studioModeEnabled": self.studio}

    @answers("SetStudioModeEnabled")
    def _set_studio(self, ask: Fields) -> Answer:
        wanted = ask.flag("studioModeEnabled")
        if wanted != self.studio:
            self.studio, self.preview = wanted, self.program
            self.stuck = frozenset()
            self.emit("StudioModeStateChanged", studioModeEnabled=wanted)
        return None

    @answers("TriggerStudioModeTransition")
    def _cut_preview(self, ask: Fields) -> Answer:
        if not self.studio:
            raise Refuse(506)
        self.switch(self.preview)
        return None

    @answers("GetHotkeyList")
    def _hotkeys(self, ask: Fields) -> Answer:
        return {"hotkeys": list(self.hotkeys)}

    @answers("TriggerHotkeyByName")
    def _hotkey(self, ask: Fields) -> Answer:
        if (name := ask.text("hotkeyName")) not in self.hotkeys:
            raise Refuse(600, "No hotkeys were found by that name.")
        self.hotkeys_pressed.append(name)
        return None

    @answers("GetSourceScreenshot")
    def _screenshot(self, ask: Fields) -> Answer:
        name, form = self.a_source(ask), ask.text("imageFormat")
        if form not in ("bmp", "jpeg", "jpg", "png"):
            raise Refuse(400, "Your specified image format is invalid or not supported by this system.")
        for key, low, high in (("imageWidth", 8, 4096), ("imageHeight", 8, 4096), ("imageCompressionQuality", -1, 100)):
            if ask.has(key):
                ask.number(key, low, high)
        if name in self.inputs and 0.0 in self.inputs[name].size():
            raise Refuse(702, "Failed to render screenshot.")
        return {"imageData": f"data:image/{form};base64,{base64.b64encode(JPEG).decode()}"}

    @answers("GetSourceActive")
    def _active(self, ask: Fields) -> Answer:
        name = self.a_source(ask)
        scene = self.scenes[self.program]
        active = name == self.program or any(item.source == name and item.enabled for item in scene.items)
        return {"videoActive": active, "videoShowing": active}

    @answers("GetSceneCollectionList")
    def _collections(self, ask: Fields) -> Answer:
        return {"currentSceneCollectionName": self.collection, "sceneCollections": list(self.collections)}

    @answers("GetProfileList")
    def _profiles(self, ask: Fields) -> Answer:
        return {"currentProfileName": "Headless", "profiles": ["Headless"]}

    @answers("GetRecordDirectory")
    def _folder(self, ask: Fields) -> Answer:
        return {"recordDirectory": "/recordings"}


def _for_each_output() -> None:
    for name in NAMES:
        answers(f"Start{name}")(lambda world, _ask, name=name: world.start_output(name))
        answers(f"Stop{name}")(lambda world, _ask, name=name: world.stop_output(name))

        def toggle(world: World, _ask: Fields, name: str = name) -> Answer:
            active = world.outputs[name].active
            _ = world.stop_output(name) if active else world.start_output(name)
            return {"outputActive": not active}

        answers(f"Toggle{name}")(toggle)


_for_each_output()
