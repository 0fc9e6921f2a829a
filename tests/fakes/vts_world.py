"""What is inside the VTube Studio of the tests: models, hotkeys, expressions, parameters, items. No sockets.

Every `ask` returns the data of the answer or raises `No` with an ErrorID, as the API's documentation says.
"""

# ruff: noqa: N802 - each method is called as the message type it answers
import math
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

DEFAULT_INPUTS = (
    ("FaceAngleX", -30, 30, 0), ("FaceAngleY", -30, 30, 0), ("FaceAngleZ", -30, 30, 0),
    ("FacePositionX", -15, 15, 0), ("FacePositionY", -15, 15, 0), ("FacePositionZ", -10, 10, 0),
    ("MouthSmile", 0, 1, 0), ("MouthOpen", 0, 1, 0), ("MouthX", -1, 1, 0), ("TongueOut", 0, 1, 0),
    ("Brows", 0, 1, 0), ("BrowLeftY", 0, 1, 0), ("BrowRightY", 0, 1, 0), ("CheekPuff", 0, 1, 0), ("FaceAngry", 0, 1, 0),
    ("EyeOpenLeft", 0, 1, 0), ("EyeOpenRight", 0, 1, 0), ("EyeLeftX", -1, 1, 0), ("EyeLeftY", -1, 1, 0),
    ("EyeRightX", -1, 1, 0), ("EyeRightY", -1, 1, 0),
    ("VoiceA", 0, 1, 0), ("VoiceI", 0, 1, 0), ("VoiceU", 0, 1, 0), ("VoiceE", 0, 1, 0), ("VoiceO", 0, 1, 0),
)  # fmt: skip
EVENTS = frozenset({
    "TestEvent", "ModelLoadedEvent", "TrackingStatusChangedEvent", "BackgroundChangedEvent", "ModelConfigChangedEvent",
    "ModelMovedEvent", "ModelOutlineEvent", "HotkeyTriggeredEvent", "ModelAnimationEvent", "ItemEvent",
    "ModelClickedEvent", "PostProcessingEvent", "Live2DCubismEditorConnectedEvent",
})  # fmt: skip
PERMISSION = "LoadCustomImagesAsItems"
FRAMES = 5
"""Between two hotkeys, and between one hotkey and itself."""
QUEUE = 32


class No(Exception):
    def __init__(self, code: int, message: str = "refused") -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass
class Hotkey:
    id: str
    name: str
    type: str = "TriggerAnimation"
    file: str = ""


@dataclass
class Model:
    """`meshes`: names of its ArtMeshes. `expressions`: file -> active."""

    id: str
    name: str
    hotkeys: list[Hotkey] = field(default_factory=list)
    expressions: dict[str, bool] = field(default_factory=dict)
    meshes: tuple[str, ...] = ("face_skin", "hair_front", "hair_back", "mouth")


@dataclass
class Item:
    instance: str
    file: str
    plugin: str
    place: tuple[float, float]
    leaves: bool
    custom: bool = False


@dataclass
class Injected:
    value: float
    weight: float
    at: float
    plugin: str
    mode: str = "set"


@dataclass
class Custom:
    name: str
    plugin: str
    low: float
    high: float
    default: float


def mika() -> Model:
    return Model(
        id="d87b771d2902473bbaa0226d03ef4754",
        name="Mika",
        hotkeys=[
            Hotkey("11" * 16, "Wave", "TriggerAnimation", "wave.motion3.json"),
            Hotkey("22" * 16, "Happy", "ToggleExpression", "happy.exp3.json"),
            Hotkey("33" * 16, "Cry", "ToggleExpression", "cry.exp3.json"),
            Hotkey("44" * 16, "Nod", "TriggerAnimation", "nod.motion3.json"),
        ],
        expressions={"happy.exp3.json": False, "angry.exp3.json": False, "cry.exp3.json": False},
    )


class World:
    """`plugin` arguments name who asks. `clock` in seconds; `fps` is what frames are counted by."""

    def __init__(self, clock: Callable[[], float], fps: float = 60.0, model: Model | None = None) -> None:
        self.clock = clock
        self.frame_s = 1 / fps
        self.model: Model | None = model or mika()
        self.models = [self.model, Model(id="ab" * 16, name="Ren")]
        self.place = {"positionX": 0.0, "positionY": -0.2, "rotation": 0.0, "size": -50.0}
        self.customs: dict[str, Custom] = {}
        self.injected: dict[str, Injected] = {}
        self.face_found_at = -math.inf
        self.items: dict[str, Item] = {}
        self.files = {"heart.png": "PNG", "akari_fly (@walfieee)": "AnimationFolder"}
        self.granted: dict[str, bool] = {}
        self.tints: dict[str, tuple[int, ...]] = {}
        self.done: list[tuple[float, str]] = []
        """Hotkeys that were executed: (when, name)."""
        self.queue: deque[Hotkey] = deque()
        self._last_hotkey: dict[str, float] = {}
        self._last_load = -math.inf
        self._number = 0
        self.on_hotkey: Callable[[Hotkey, bool], None] = lambda _hotkey, _by_api: None
        self.on_model: Callable[[Model, bool], None] = lambda _model, _loaded: None
        self.on_moved: Callable[[], None] = lambda: None

    # ------------------------------------------------------------------------------------------------------ the user
    def load(self, model: Model | None) -> None:
        if self.model is not None:
            self.on_model(self.model, False)
        self.model = model
        self.injected.clear()
        self.tints.clear()
        if model is not None:
            if model not in self.models:
                self.models.append(model)
            self.on_model(model, True)

    def press(self, name: str) -> None:
        """The streamer presses a hotkey."""
        assert self.model is not None
        self._execute(next(h for h in self.model.hotkeys if h.name == name), by_api=False)

    def value(self, name: str) -> float | None:
        """What the model sees of a parameter that somebody sends; None when nobody did for a second."""
        held = self.injected.get(name)
        return held.value * held.weight if held is not None and self.clock() - held.at <= 1.0 else None

    @property
    def face_found(self) -> bool:
        return self.clock() - self.face_found_at <= 1.0

    # ------------------------------------------------------------------------------------------------------ requests
    def ask(self, kind: str, data: Mapping[str, Any], plugin: str) -> dict[str, Any]:
        answer = getattr(self, f"_{kind.removesuffix('Request')}", None)
        if answer is None:
            raise No(7, f"unknown request type {kind}")
        return answer(data, plugin)

    def _Statistics(self, _data: Mapping[str, Any], _plugin: str) -> dict[str, Any]:
        return {
            "uptime": 1439384, "framerate": round(1 / self.frame_s), "vTubeStudioVersion": "1.32.0",
            "allowedPlugins": 1, "connectedPlugins": 1, "startedWithSteam": True,
            "windowWidth": 1920, "windowHeight": 1080, "windowIsFullscreen": False,
        }  # fmt: skip

    def _CurrentModel(self, _data: Mapping[str, Any], _plugin: str) -> dict[str, Any]:
        model = self.model
        return {
            "modelLoaded": model is not None, "modelName": model.name if model else "",
            "modelID": model.id if model else "", "vtsModelName": f"{model.name}.vtube.json" if model else "",
            "vtsModelIconName": "", "live2DModelName": f"{model.name}.model3.json" if model else "",
            "modelLoadTime": 3021 if model else 0, "timeSinceModelLoaded": 419903 if model else 0,
            "numberOfLive2DParameters": 29, "numberOfLive2DArtmeshes": 136, "hasPhysicsFile": True,
            "numberOfTextures": 2, "textureResolution": 4096, "modelPosition": dict(self.place),
        }  # fmt: skip

    def _AvailableModels(self, _data: Mapping[str, Any], _plugin: str) -> dict[str, Any]:
        models = [
            {
                "modelLoaded": one is self.model, "modelName": one.name, "modelID": one.id,
                "vtsModelName": f"{one.name}.vtube.json", "vtsModelIconName": "",
            }
            for one in self.models
        ]  # fmt: skip
        return {"numberOfModels": len(models), "availableModels": models}

    def _ModelLoad(self, data: Mapping[str, Any], _plugin: str) -> dict[str, Any]:
        if "modelID" not in data:
            raise No(150)
        if self.clock() - self._last_load < 2.0:
            raise No(153, "cooldown")
        wanted = data["modelID"]
        model = next((one for one in self.models if one.id == wanted), None)
        if wanted and model is None:
            raise No(152, "no such model")
        self._last_load = self.clock()
        self.load(model)
        return {"modelID": wanted}

    def _MoveModel(self, data: Mapping[str, Any], _plugin: str) -> dict[str, Any]:
        if self.model is None:
            raise No(300)
        if "timeInSeconds" not in data or "valuesAreRelativeToModel" not in data:
            raise No(301)
        limits = {"positionX": 1000, "positionY": 1000, "rotation": 360, "size": 100}
        if not 0 <= data["timeInSeconds"] <= 2 or any(abs(data.get(key, 0)) > top for key, top in limits.items()):
            raise No(302)
        for key in limits:
            if key in data:
                self.place[key] = data[key] + (self.place[key] if data["valuesAreRelativeToModel"] else 0)
        self.place["rotation"] %= 360
        self.on_moved()
        return {}

    def _HotkeysInCurrentModel(self, data: Mapping[str, Any], _plugin: str) -> dict[str, Any]:
        wanted = data.get("modelID")
        model = next((one for one in self.models if one.id == wanted), None) if wanted else self.model
        if wanted and model is None:
            raise No(152)
        rows = [
            {
                "name": key.name, "type": key.type, "description": "", "file": key.file, "hotkeyID": key.id,
                "keyCombination": [], "onScreenButtonID": -1,
            }
            for key in (model.hotkeys if model else [])
        ]  # fmt: skip
        shown = {"modelName": model.name if model else "", "modelID": model.id if model else ""}
        return {"modelLoaded": model is not None and model is self.model, **shown, "availableHotkeys": rows}

    def _HotkeyTrigger(self, data: Mapping[str, Any], _plugin: str) -> dict[str, Any]:
        if self.model is None:
            raise No(201)
        wanted = str(data.get("hotkeyID", ""))
        found = next(
            (k for k in self.model.hotkeys if k.id == wanted or (k.name and k.name.lower() == wanted.lower())), None
        )
        if found is None:
            raise No(202, "no such hotkey")
        now = self.clock()
        if now - self._last_hotkey.get(found.id, -math.inf) < FRAMES * self.frame_s:
            raise No(203, "cooldown")
        if len(self.queue) >= QUEUE:
            raise No(200, "queue full")
        self._last_hotkey[found.id] = now
        self.queue.append(found)
        return {"hotkeyID": found.id}

    def tick(self) -> None:
        """Every five frames one hotkey is taken from the queue."""
        if self.queue:
            self._execute(self.queue.popleft(), by_api=True)

    def _execute(self, hotkey: Hotkey, *, by_api: bool) -> None:
        self.done.append((self.clock(), hotkey.name))
        if hotkey.type == "ToggleExpression" and self.model is not None:
            self.model.expressions[hotkey.file] = not self.model.expressions.get(hotkey.file, False)
        self.on_hotkey(hotkey, by_api)

    def _ExpressionState(self, data: Mapping[str, Any], _plugin: str) -> dict[str, Any]:
        model, wanted = self.model, str(data.get("expressionFile") or "")
        if wanted and not wanted.endswith(".exp3.json"):
            raise No(600)
        if wanted and (model is None or wanted not in model.expressions):
            raise No(601)
        rows = [
            {
                "name": file.removesuffix(".exp3.json"), "file": file, "active": active,
                "deactivateWhenKeyIsLetGo": False, "autoDeactivateAfterSeconds": False, "secondsRemaining": 0,
                "usedInHotkeys": [], "parameters": [],
            }
            for file, active in (model.expressions.items() if model else ())
            if not wanted or file == wanted
        ]  # fmt: skip
        shown = {"modelName": model.name if model else "", "modelID": model.id if model else ""}
        return {"modelLoaded": model is not None, **shown, "expressions": rows}

    def _ExpressionActivation(self, data: Mapping[str, Any], _plugin: str) -> dict[str, Any]:
        file = str(data.get("expressionFile", ""))
        if self.model is None:
            raise No(652)
        if not file.endswith(".exp3.json"):
            raise No(650)
        if file not in self.model.expressions:
            raise No(651, "no such expression")
        self.model.expressions[file] = bool(data.get("active"))
        return {}

    def _FaceFound(self, _data: Mapping[str, Any], _plugin: str) -> dict[str, Any]:
        return {"found": self.face_found}

    def _known(self, name: str) -> bool:
        return name in self.customs or any(name == one[0] for one in DEFAULT_INPUTS)

    def _row(self, name: str) -> dict[str, Any]:
        custom = self.customs.get(name)
        if custom is not None:
            by, low, high, default = custom.plugin, custom.low, custom.high, custom.default
        else:
            _, low, high, default = next(one for one in DEFAULT_INPUTS if one[0] == name)
            by = "VTube Studio"
        value = self.value(name)
        shown = default if value is None else value
        return {"name": name, "addedBy": by, "value": shown, "min": low, "max": high, "defaultValue": default}

    def _InputParameterList(self, _data: Mapping[str, Any], _plugin: str) -> dict[str, Any]:
        model = self.model
        shown = {"modelName": model.name if model else "", "modelID": model.id if model else ""}
        return {
            "modelLoaded": model is not None, **shown,
            "customParameters": [self._row(name) for name in self.customs],
            "defaultParameters": [self._row(one[0]) for one in DEFAULT_INPUTS],
        }  # fmt: skip

    def _ParameterValue(self, data: Mapping[str, Any], _plugin: str) -> dict[str, Any]:
        if not self._known(str(data.get("name"))):
            raise No(500)
        return self._row(str(data["name"]))

    def _ParameterCreation(self, data: Mapping[str, Any], plugin: str) -> dict[str, Any]:
        name = str(data.get("parameterName", ""))
        if not (4 <= len(name) <= 32 and name.isascii() and name.isalnum()):
            raise No(350)
        if any(name == one[0] for one in DEFAULT_INPUTS):
            raise No(354)
        if name in self.customs and self.customs[name].plugin != plugin:
            raise No(352)
        if len(str(data.get("explanation", ""))) >= 256:
            raise No(353)
        if sum(custom.plugin == plugin for custom in self.customs.values()) >= 100 and name not in self.customs:
            raise No(355)
        self.customs[name] = Custom(name, plugin, data["min"], data["max"], data["defaultValue"])
        return {"parameterName": name}

    def _ParameterDeletion(self, data: Mapping[str, Any], plugin: str) -> dict[str, Any]:
        name = str(data.get("parameterName", ""))
        if any(name == one[0] for one in DEFAULT_INPUTS):
            raise No(403)
        if name not in self.customs:
            raise No(401)
        if self.customs[name].plugin != plugin:
            raise No(402)
        del self.customs[name]
        return {"parameterName": name}

    def _InjectParameterData(self, data: Mapping[str, Any], plugin: str) -> dict[str, Any]:
        values, mode, now = data.get("parameterValues") or [], data.get("mode") or "set", self.clock()
        if not values:
            raise No(450)
        if mode not in ("set", "add"):
            raise No(455)
        for one in values:
            value, weight = one.get("value"), one.get("weight", 1)
            if not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > 1_000_000:
                raise No(451)
            if not 0 <= weight <= 1:
                raise No(452)
            if not self._known(one.get("id", "")):
                raise No(453, "no such parameter")
            held = self.injected.get(one["id"])
            taken = held is not None and held.mode == "set" and held.plugin != plugin and now - held.at <= 1.0
            if mode == "set" and taken:
                raise No(454, "controlled by another plugin")
        for one in values:
            self.injected[one["id"]] = Injected(one["value"], one.get("weight", 1), now, plugin, mode)
        if data.get("faceFound"):
            self.face_found_at = now
        return {}

    def _ColorTint(self, data: Mapping[str, Any], _plugin: str) -> dict[str, Any]:
        if self.model is None:
            raise No(250)
        shade, match = data.get("colorTint"), data.get("artMeshMatcher")
        if shade is None or match is None or any(f"color{c}" not in shade for c in "RGBA"):
            raise No(251)
        color = tuple(shade[f"color{c}"] for c in "RGBA")
        if any(not 0 <= one <= 255 for one in color):
            raise No(252)
        parts = [part.lower() for part in match.get("nameContains") or []]
        hit = [m for m in self.model.meshes if match.get("tintAll") or any(part in m.lower() for part in parts)]
        self.tints |= dict.fromkeys(hit, color)
        return {"matchedArtMeshes": len(hit)}

    def _ItemList(self, data: Mapping[str, Any], _plugin: str) -> dict[str, Any]:
        shown = [
            {
                "fileName": i.file, "instanceID": i.instance, "order": 1, "type": "PNG", "censored": False,
                "flipped": False, "locked": False, "smoothing": 0.0, "framerate": 0.0, "frameCount": -1,
                "currentFrame": -1, "pinnedToModel": False, "pinnedModelID": "", "pinnedArtMeshID": "",
                "groupName": "", "sceneName": "", "fromWorkshop": False,
            }
            for i in self.items.values()
        ]  # fmt: skip
        files = [{"fileName": name, "type": kind, "loadedCount": 0} for name, kind in self.files.items()]
        return {
            "itemsInSceneCount": len(shown), "totalItemsAllowedCount": 60, "canLoadItemsRightNow": True,
            "availableSpots": [], "itemInstancesInScene": shown if data.get("includeItemInstancesInScene") else [],
            "availableItemFiles": files if data.get("includeAvailableItemFiles") else [],
        }  # fmt: skip

    def _ItemLoad(self, data: Mapping[str, Any], plugin: str) -> dict[str, Any]:
        file, custom = str(data.get("fileName", "")), str(data.get("customDataBase64") or "")
        if not file:
            raise No(750)
        if custom and not self.granted.get(plugin):
            raise No(9, "needs a permission")
        stem, _, end = file.rpartition(".")
        if custom and not (8 <= len(file) <= 32 and end in ("png", "jpg", "gif") and stem.replace("-", "").isalnum()):
            raise No(758)
        if not custom and file not in self.files:
            raise No(751)
        if not 0 <= data.get("size", 0.32) <= 1 or not 0 <= data.get("fadeTime", 0) <= 2:
            raise No(757)
        self._number += 1
        instance = f"{self._number:032x}"
        if custom:
            file = f"vts_generated_{self._number}.{end}"
            self.files[file] = end.upper()
        place = (data.get("positionX", 0), data.get("positionY", 0))
        leaves = bool(data.get("unloadWhenPluginDisconnects"))
        self.items[instance] = Item(instance, file, plugin, place, leaves, bool(custom))
        return {"instanceID": instance, "fileName": file}

    def _ItemMove(self, data: Mapping[str, Any], _plugin: str) -> dict[str, Any]:
        out: list[dict[str, Any]] = []
        for move in (data.get("itemsToMove") or [])[:64]:
            item = self.items.get(move.get("itemInstanceID", ""))
            if item is not None:
                item.place = (move["positionX"], move["positionY"])
            code = -1 if item is not None else 900
            if move.get("fadeMode") not in ("linear", "easeIn", "easeOut", "easeBoth", "overshoot", "zip"):
                code = 901
            out.append({"itemInstanceID": move.get("itemInstanceID", ""), "success": code == -1, "errorID": code})
        return {"movedItems": out}

    def _ItemUnload(self, data: Mapping[str, Any], plugin: str) -> dict[str, Any]:
        others = bool(data.get("allowUnloadingItemsLoadedByUserOrOtherPlugins"))
        gone = [
            item
            for item in self.items.values()
            if (
                data.get("unloadAllInScene")
                or (data.get("unloadAllLoadedByThisPlugin") and item.plugin == plugin)
                or item.instance in (data.get("instanceIDs") or ())
                or item.file in (data.get("fileNames") or ())
            )
            and (others or item.plugin == plugin)
        ]
        for item in gone:
            del self.items[item.instance]
        return {"unloadedItems": [{"instanceID": item.instance, "fileName": item.file} for item in gone]}

    def left(self, plugin: str) -> None:
        """A session of the plugin ended: what VTube Studio takes back by itself."""
        self.items = {k: item for k, item in self.items.items() if not (item.leaves and item.plugin == plugin)}
        self.tints.clear()
