"""The names of the fields of VTube Studio's messages, as its documentation shows them: key(keys inside). No text of it.

Source: https://github.com/DenchiSoft/VTubeStudio, README.md, Events/README.md and Permissions/README.md, 2026-08.
"""

from typing import Any

_HIT = (
    "artMeshOrder isMasked hitInfo(modelID artMeshID angle size vertexID1 vertexID2 vertexID3 vertexWeight1 "
    "vertexWeight2 vertexWeight3)"
)
_ROW = "name addedBy value min max defaultValue"
_MODEL = "modelLoaded modelName modelID"
ANSWERS = {
    "APIStateResponse": "active vTubeStudioVersion currentSessionAuthenticated",
    "AuthenticationTokenResponse": "authenticationToken",
    "APIError": "errorID message",
    "AuthenticationResponse": "authenticated reason",
    "StatisticsResponse": "uptime framerate vTubeStudioVersion allowedPlugins connectedPlugins startedWithSteam "
    "windowWidth windowHeight windowIsFullscreen",
    "CurrentModelResponse": f"{_MODEL} vtsModelName vtsModelIconName live2DModelName modelLoadTime "
    "timeSinceModelLoaded numberOfLive2DParameters numberOfLive2DArtmeshes hasPhysicsFile numberOfTextures "
    "textureResolution modelPosition(positionX positionY rotation size)",
    "AvailableModelsResponse": "numberOfModels availableModels(modelLoaded modelName modelID vtsModelName "
    "vtsModelIconName)",
    "ModelLoadResponse": "modelID",
    "MoveModelResponse": "",
    "HotkeysInCurrentModelResponse": f"{_MODEL} availableHotkeys(name type description file hotkeyID keyCombination "
    "onScreenButtonID)",
    "HotkeyTriggerResponse": "hotkeyID",
    "ExpressionStateResponse": f"{_MODEL} expressions(name file active deactivateWhenKeyIsLetGo "
    "autoDeactivateAfterSeconds secondsRemaining usedInHotkeys parameters)",
    "ExpressionActivationResponse": "",
    "ColorTintResponse": "matchedArtMeshes",
    "FaceFoundResponse": "found",
    "InputParameterListResponse": f"{_MODEL} customParameters({_ROW}) defaultParameters({_ROW})",
    "ParameterValueResponse": _ROW,
    "ParameterCreationResponse": "parameterName",
    "ParameterDeletionResponse": "parameterName",
    "InjectParameterDataResponse": "",
    "ItemListResponse": "itemsInSceneCount totalItemsAllowedCount canLoadItemsRightNow availableSpots "
    "itemInstancesInScene(fileName instanceID order type censored flipped locked smoothing framerate frameCount "
    "currentFrame pinnedToModel pinnedModelID pinnedArtMeshID groupName sceneName fromWorkshop) "
    "availableItemFiles(fileName type loadedCount)",
    "ItemLoadResponse": "instanceID fileName",
    "ItemUnloadResponse": "unloadedItems(instanceID fileName)",
    "ItemMoveResponse": "movedItems(itemInstanceID success errorID)",
    "PermissionResponse": "grantSuccess requestedPermission permissions(name granted)",
    "EventSubscriptionResponse": "subscribedEventCount subscribedEvents",
}
EVENTS = {
    "TestEvent": "yourTestMessage counter",
    "ModelLoadedEvent": _MODEL,
    "ModelConfigChangedEvent": "modelID modelName hotkeyConfigChanged",
    "ModelMovedEvent": "modelID modelName modelPosition(positionX positionY size rotation)",
    "ModelOutlineEvent": "modelName modelID convexHull(x y) convexHullCenter(x y) windowSize(x y)",
    "HotkeyTriggeredEvent": "hotkeyID hotkeyName hotkeyAction hotkeyFile hotkeyTriggeredByAPI modelID modelName "
    "isLive2DItem",
    "ModelClickedEvent": "modelLoaded loadedModelID loadedModelName modelWasClicked mouseButtonID clickPosition(x y) "
    f"windowSize(x y) clickedArtMeshCount artMeshHits({_HIT})",
}
REQUESTS = {
    "AuthenticationTokenRequest": "pluginName pluginDeveloper pluginIcon",
    "AuthenticationRequest": "pluginName pluginDeveloper authenticationToken",
    "MoveModelRequest": "timeInSeconds valuesAreRelativeToModel positionX positionY rotation size",
    "HotkeyTriggerRequest": "hotkeyID itemInstanceID",
    "ExpressionStateRequest": "details expressionFile",
    "ExpressionActivationRequest": "expressionFile fadeTime active",
    "ColorTintRequest": "colorTint(colorR colorG colorB colorA mixWithSceneLightingColor) artMeshMatcher(tintAll "
    "artMeshNumber nameExact nameContains tagExact tagContains artMeshGroupIDExact)",
    "ParameterValueRequest": "name",
    "ParameterCreationRequest": "parameterName explanation min max defaultValue",
    "ParameterDeletionRequest": "parameterName",
    "InjectParameterDataRequest": "faceFound mode parameterValues(id value weight)",
    "ItemListRequest": "includeAvailableSpots includeItemInstancesInScene includeAvailableItemFiles "
    "onlyItemsWithFileName onlyItemsWithInstanceID",
    "ItemLoadRequest": "fileName positionX positionY size rotation fadeTime order failIfOrderTaken smoothing censored "
    "flipped locked unloadWhenPluginDisconnects customDataBase64 customDataAskUserFirst "
    "customDataSkipAskingUserIfWhitelisted customDataAskTimer",
    "ItemUnloadRequest": "unloadAllInScene unloadAllLoadedByThisPlugin allowUnloadingItemsLoadedByUserOrOtherPlugins "
    "instanceIDs fileNames",
    "ItemMoveRequest": "itemsToMove(itemInstanceID timeInSeconds fadeMode positionX positionY size rotation order "
    "setFlip flip userCanStop)",
    "PermissionRequest": "requestedPermission",
    "EventSubscriptionRequest": "eventName subscribe config",
}
OPEN = frozenset({"config", "usedInHotkeys", "parameters"})
"""Fields whose inside is free, or not filled here."""


def names(value: Any) -> set[str]:
    """Every name in a message, with the names it stands under: `a`, `a.b`."""
    out: set[str] = set()
    if isinstance(value, list):
        for one in value:
            out |= names(one)
    elif isinstance(value, dict):
        for key, inside in value.items():
            out.add(key)
            if key not in OPEN:
                out |= {f"{key}.{name}" for name in names(inside)}
    return out


def documented(shape: str) -> set[str]:
    """The same of a line of the tables above."""
    out: set[str] = set()
    above: list[str] = []
    last = ""
    for word in shape.replace("(", " ( ").replace(")", " ) ").split():
        match word:
            case "(":
                above.append(last)
            case ")":
                above.pop()
            case name:
                last = name
                out.add(".".join([*above, name]))
    return out
