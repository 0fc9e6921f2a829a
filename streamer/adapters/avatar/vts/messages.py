"""The requests we send: (message type, data). One function per request; nothing here knows a connection.

Limits are VTube Studio's own (README.md of its API); values outside are brought inside, because one bad value would
have the whole message refused.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal

Request = tuple[str, dict[str, Any] | None]
Injected = tuple[str, float, float]
"""Parameter, value, weight 0..1."""

INJECT: Final = "InjectParameterDataRequest"
VALUE_MAX: Final = 1_000_000.0
_KEEP: Final = -1000


def _between(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)


def api_state() -> Request:
    return "APIStateRequest", None


def token(plugin: str, developer: str, icon: str = "") -> Request:
    data = {"pluginName": plugin, "pluginDeveloper": developer}
    return "AuthenticationTokenRequest", {**data, "pluginIcon": icon} if icon else data


def authentication(plugin: str, developer: str, secret: str) -> Request:
    data = {"pluginName": plugin, "pluginDeveloper": developer, "authenticationToken": secret}
    return "AuthenticationRequest", data


def current_model() -> Request:
    return "CurrentModelRequest", None


def available_models() -> Request:
    return "AvailableModelsRequest", None


def hotkeys() -> Request:
    return "HotkeysInCurrentModelRequest", None


def hotkey(name_or_id: str) -> Request:
    return "HotkeyTriggerRequest", {"hotkeyID": name_or_id}


def expressions() -> Request:
    return "ExpressionStateRequest", {"details": False, "expressionFile": ""}


def expression(file: str, *, active: bool, fade_s: float = 0.25) -> Request:
    data = {"expressionFile": file, "fadeTime": _between(fade_s, 0, 2), "active": active}
    return "ExpressionActivationRequest", data


def inputs() -> Request:
    return "InputParameterListRequest", None


def input_value(name: str) -> Request:
    return "ParameterValueRequest", {"name": name}


def create_parameter(name: str, low: float, high: float, default: float, explanation: str = "") -> Request:
    data = {"parameterName": name, "explanation": explanation[:255], "min": low, "max": high, "defaultValue": default}
    return "ParameterCreationRequest", data


def delete_parameter(name: str) -> Request:
    return "ParameterDeletionRequest", {"parameterName": name}


def inject(
    values: Iterable[Injected], *, face_found: bool = False, mode: Literal["set", "add"] = "set"
) -> tuple[str, dict[str, Any]]:
    out = [
        {"id": name, "weight": _between(weight, 0, 1), "value": _between(value, -VALUE_MAX, VALUE_MAX)}
        for name, value, weight in values
    ]
    return INJECT, {"faceFound": face_found, "mode": mode, "parameterValues": out}


def move_model(seconds: float, *, relative: bool, **place: float) -> Request:
    """`place`: any of x, y (1 is half the window), rotation (degrees), size (-100..100); what is left out stays."""
    limits = {"x": 1000.0, "y": 1000.0, "rotation": 360.0, "size": 100.0}
    names = {"x": "positionX", "y": "positionY", "rotation": "rotation", "size": "size"}
    data: dict[str, Any] = {"timeInSeconds": _between(seconds, 0, 2), "valuesAreRelativeToModel": relative}
    for key, value in place.items():
        data[names[key]] = _between(value, -limits[key], limits[key])
    return "MoveModelRequest", data


def tint(color: tuple[int, int, int, int], meshes: Sequence[str] = ()) -> Request:
    """`color`: red, green, blue, alpha 0..255; white takes a tint back. `meshes`: parts of names; none: all."""
    red, green, blue, alpha = color
    shade = {"colorR": red, "colorG": green, "colorB": blue, "colorA": alpha, "mixWithSceneLightingColor": 1}
    matcher = {
        "tintAll": not meshes,
        "artMeshNumber": [],
        "nameExact": [],
        "nameContains": list(meshes),
        "tagExact": [],
        "tagContains": [],
    }
    return "ColorTintRequest", {"colorTint": shade, "artMeshMatcher": matcher}


def subscription(event: str, *, on: bool = True, config: Mapping[str, object] | None = None) -> Request:
    return "EventSubscriptionRequest", {"eventName": event, "subscribe": on, "config": dict(config or {})}


def permission(name: str = "") -> Request:
    """With a name VTube Studio asks the user, unless it was granted before; without one the list comes back."""
    return "PermissionRequest", {"requestedPermission": name}


def load_item(file: str, x: float, y: float, size: float, rotation: float, custom: str = "") -> Request:
    """`custom`: a picture as base64 instead of a file of the Items folder; needs a permission."""
    data = {
        "fileName": file,
        "positionX": _between(x, -1000, 1000),
        "positionY": _between(y, -1000, 1000),
        "size": _between(size, 0, 1),
        "rotation": rotation,
        "fadeTime": 0.05,
        "order": 20,
        "failIfOrderTaken": False,
        "smoothing": 0,
        "censored": False,
        "flipped": False,
        "locked": False,
        "unloadWhenPluginDisconnects": True,
        "customDataBase64": custom,
        "customDataAskUserFirst": False,
        "customDataSkipAskingUserIfWhitelisted": True,
        "customDataAskTimer": -1,
    }
    return "ItemLoadRequest", data


FadeMode = Literal["linear", "easeIn", "easeOut", "easeBoth", "overshoot", "zip"]


def move_item(instance: str, seconds: float, x: float, y: float, rotation: float, fade: FadeMode) -> Request:
    """Size, order and flip stay as they are."""
    data = {
        "itemInstanceID": instance,
        "timeInSeconds": _between(seconds, 0, 30),
        "fadeMode": fade,
        "positionX": x,
        "positionY": y,
        "size": _KEEP,
        "rotation": rotation,
        "order": _KEEP,
        "setFlip": False,
        "flip": False,
        "userCanStop": False,
    }
    return "ItemMoveRequest", {"itemsToMove": [data]}


def unload_items(instances: Sequence[str]) -> Request:
    data = {
        "unloadAllInScene": False,
        "unloadAllLoadedByThisPlugin": False,
        "allowUnloadingItemsLoadedByUserOrOtherPlugins": False,
        "instanceIDs": list(instances),
        "fileNames": [],
    }
    return "ItemUnloadRequest", data


def items() -> Request:
    data = {
        "includeAvailableSpots": False,
        "includeItemInstancesInScene": False,
        "includeAvailableItemFiles": True,
        "onlyItemsWithFileName": "",
        "onlyItemsWithInstanceID": "",
    }
    return "ItemListRequest", data
