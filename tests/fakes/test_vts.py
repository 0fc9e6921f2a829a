"""The local VTube Studio itself: its messages have the documented shapes, and its rules are the documented ones."""

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest

from tests.fakes import vts_shapes as shapes
from tests.fakes.vts import FakeVts
from tests.fakes.vts_world import DEFAULT_INPUTS, Hotkey, No, World

ME = {"pluginName": "Some plugin", "pluginDeveloper": "Somebody"}


class Raw:
    """A socket and nothing more."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws
        self.other: list[dict[str, Any]] = []

    async def ask(self, kind: str, data: dict[str, Any] | None = None, request_id: str = "id") -> dict[str, Any]:
        await self.send(kind, data, request_id)
        while (got := await self.next())["requestID"] != request_id:
            self.other.append(got)
        return got

    async def send(self, kind: str, data: dict[str, Any] | None, request_id: str) -> None:
        message = {"apiName": "VTubeStudioPublicAPI", "apiVersion": "1.0", "messageType": kind, "requestID": request_id}
        await self.ws.send_json({**message, "data": data})

    async def next(self) -> dict[str, Any]:
        return json.loads((await self.ws.receive(timeout=10)).data)


@pytest.fixture
async def vts():
    async with FakeVts() as vts:
        yield vts


@pytest.fixture
async def raw(vts: FakeVts):
    async with aiohttp.ClientSession() as session, session.ws_connect(vts.url) as ws:
        yield Raw(ws)


@pytest.fixture
async def inside(raw: Raw):
    token = (await raw.ask("AuthenticationTokenRequest", ME))["data"]["authenticationToken"]
    await raw.ask("AuthenticationRequest", {**ME, "authenticationToken": token})
    return raw


def every_request() -> Iterator[tuple[str, dict[str, Any]]]:
    yield "APIStateRequest", {}
    yield "StatisticsRequest", {}
    yield "CurrentModelRequest", {}
    yield "AvailableModelsRequest", {}
    yield "MoveModelRequest", {"timeInSeconds": 0, "valuesAreRelativeToModel": True}
    yield "HotkeysInCurrentModelRequest", {}
    yield "HotkeyTriggerRequest", {"hotkeyID": "Wave"}
    yield "ExpressionStateRequest", {}
    yield "ExpressionActivationRequest", {"expressionFile": "happy.exp3.json", "active": True}
    yield "ColorTintRequest", {"colorTint": dict.fromkeys(("colorR", "colorG", "colorB", "colorA"), 9),
                               "artMeshMatcher": {"tintAll": True}}  # fmt: skip
    yield "FaceFoundRequest", {}
    yield "ParameterCreationRequest", {"parameterName": "Mine1", "min": 0, "max": 1, "defaultValue": 0}
    yield "InputParameterListRequest", {}
    yield "ParameterValueRequest", {"name": "Mine1"}
    yield "InjectParameterDataRequest", {"parameterValues": [{"id": "Mine1", "value": 1}]}
    yield "ParameterDeletionRequest", {"parameterName": "Mine1"}
    yield "ItemLoadRequest", {"fileName": "heart.png"}
    yield "ItemListRequest", {"includeItemInstancesInScene": True, "includeAvailableItemFiles": True}
    move = {"itemInstanceID": f"{1:032x}", "fadeMode": "zip", "positionX": 0, "positionY": 0}
    yield "ItemMoveRequest", {"itemsToMove": [move]}
    yield "ItemUnloadRequest", {"instanceIDs": [f"{1:032x}"]}
    yield "PermissionRequest", {"requestedPermission": "LoadCustomImagesAsItems"}
    yield "EventSubscriptionRequest", {"eventName": "TestEvent", "subscribe": True}
    yield "ModelLoadRequest", {"modelID": ""}


async def test_answers_have_the_documented_shapes(inside: Raw):
    asked = set()
    for kind, data in every_request():
        answer = await inside.ask(kind, data)
        asked.add(answer["messageType"])
        assert set(answer) == {"apiName", "apiVersion", "timestamp", "messageType", "requestID", "data"}
        assert shapes.names(answer["data"]) == shapes.documented(shapes.ANSWERS[answer["messageType"]]), kind
    told = {"AuthenticationTokenResponse", "AuthenticationResponse", "APIError"}
    assert asked == set(shapes.ANSWERS) - told


async def test_events_have_the_documented_shapes(inside: Raw, vts: FakeVts):
    for name in shapes.EVENTS:
        await inside.ask("EventSubscriptionRequest", {"eventName": name, "subscribe": True, "config": {}})
    vts.click()
    vts.world.press("Wave")
    vts.change_hotkeys([Hotkey("1" * 32, "New")])
    vts.world.load(vts.world.models[1])
    seen: dict[str, set[str]] = {}
    while set(seen) != set(shapes.EVENTS):
        for got in [*inside.other, await inside.next()]:
            seen.setdefault(got["messageType"], shapes.names(got["data"]))
        inside.other.clear()
    assert seen == {name: shapes.documented(shape) for name, shape in shapes.EVENTS.items()}


async def test_only_the_state_and_the_log_in_are_open(raw: Raw):
    assert (await raw.ask("APIStateRequest"))["data"]["currentSessionAuthenticated"] is False
    assert (await raw.ask("CurrentModelRequest"))["data"]["errorID"] == 8
    assert (await raw.ask("AuthenticationRequest", ME))["data"]["errorID"] == 100
    answer = await raw.ask("AuthenticationRequest", {**ME, "authenticationToken": "x"})
    assert answer["data"]["authenticated"] is False


@pytest.mark.parametrize(("data", "code"), [
    ({**ME, "pluginName": "ab"}, 52), ({**ME, "pluginDeveloper": "x" * 33}, 53), ({**ME, "pluginIcon": "AAAA"}, 54),
])  # fmt: skip
async def test_who_asks_must_have_a_name(raw: Raw, data: dict[str, Any], code: int):
    assert (await raw.ask("AuthenticationTokenRequest", data))["data"]["errorID"] == code


async def test_other_requests_are_answered_while_a_popup_is_open(raw: Raw, vts: FakeVts):
    vts.popup = "wait"
    await raw.send("AuthenticationTokenRequest", ME, "popup")
    while not vts.asking:
        await asyncio.sleep(0.01)
    assert (await raw.ask("APIStateRequest", request_id="after"))["requestID"] == "after"
    assert (await raw.ask("AuthenticationTokenRequest", ME, "second"))["data"]["errorID"] == 51
    vts.answer("deny")
    assert (await raw.next())["data"]["errorID"] == 50


async def test_malformed_requests(raw: Raw, vts: FakeVts):
    await raw.ws.send_str("{")
    assert (await raw.next())["data"]["errorID"] == 2
    for key, value, code in (("apiName", "Other", 3), ("apiVersion", "9.0", 4), ("messageType", "", 6)):
        message = {"apiName": "VTubeStudioPublicAPI", "apiVersion": "1.0", "messageType": "APIStateRequest"}
        await raw.ws.send_json({**message, key: value})
        assert (await raw.next())["data"]["errorID"] == code


async def test_the_broadcast(vts: FakeVts):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        udp.setblocking(False)
        vts.active = False
        await vts.broadcast(udp.getsockname()[1])
        told = json.loads(await asyncio.get_running_loop().sock_recv(udp, 4096))
    assert told["messageType"] == "VTubeStudioAPIStateBroadcast"
    assert told["data"] == {
        "active": False, "port": vts.port, "instanceID": vts.instance, "windowTitle": "VTube Studio",
    }  # fmt: skip


async def test_answers_wait_for_the_frame():
    async with (
        FakeVts(fps=10) as vts, aiohttp.ClientSession() as session, session.ws_connect(vts.url) as ws,
    ):  # fmt: skip
        raw = Raw(ws)
        await raw.ask("APIStateRequest")
        start = time.monotonic()
        await raw.ask("APIStateRequest")
        assert time.monotonic() - start > 0.03


class Now:
    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def code_of(world: World, kind: str, data: dict[str, Any], plugin: str = "a") -> int:
    try:
        world.ask(kind, data, plugin)
    except No as no:
        return no.code
    return 0


def test_a_value_is_lost_after_a_second():
    now = Now()
    world = World(now)
    value = {"parameterValues": [{"id": "MouthOpen", "value": 0.5}], "faceFound": True}
    world.ask("InjectParameterDataRequest", value, "a")
    assert (world.value("MouthOpen"), world.face_found) == (0.5, True)
    now.at += 1.01
    assert (world.value("MouthOpen"), world.face_found) == (None, False)


def test_one_plugin_per_parameter_but_any_number_may_add():
    now = Now()
    world = World(now)
    value = {"parameterValues": [{"id": "MouthOpen", "value": 0.5}]}
    assert code_of(world, "InjectParameterDataRequest", value, "a") == 0
    assert code_of(world, "InjectParameterDataRequest", value, "b") == 454
    assert code_of(world, "InjectParameterDataRequest", {**value, "mode": "add"}, "b") == 0
    now.at += 1.5
    assert code_of(world, "InjectParameterDataRequest", value, "b") == 0


@pytest.mark.parametrize(("data", "code"), [
    ({"parameterValues": []}, 450), ({"parameterValues": [{"id": "MouthOpen", "value": 2e6}]}, 451),
    ({"parameterValues": [{"id": "MouthOpen", "value": 1, "weight": 2}]}, 452),
    ({"parameterValues": [{"id": "Nothing", "value": 1}]}, 453),
    ({"parameterValues": [{"id": "MouthOpen", "value": 1}], "mode": "mix"}, 455),
])  # fmt: skip
def test_what_is_refused_of_parameters(data: dict[str, Any], code: int):
    assert code_of(World(Now()), "InjectParameterDataRequest", data) == code


def test_parameters_of_plugins():
    world = World(Now())
    made = {"parameterName": "Mine", "min": 0, "max": 1, "defaultValue": 0}
    assert code_of(world, "ParameterCreationRequest", made) == 0
    assert code_of(world, "ParameterCreationRequest", made) == 0
    assert code_of(world, "ParameterCreationRequest", made, "b") == 352
    assert code_of(world, "ParameterCreationRequest", {**made, "parameterName": "My name"}) == 350
    assert code_of(world, "ParameterCreationRequest", {**made, "parameterName": DEFAULT_INPUTS[0][0]}) == 354
    assert code_of(world, "ParameterDeletionRequest", {"parameterName": "Mine"}, "b") == 402


def test_hotkeys_cool_down_and_queue():
    now = Now()
    world = World(now)
    world.model.hotkeys += [Hotkey(f"{n:032x}", f"n{n}") for n in range(40)]
    assert code_of(world, "HotkeyTriggerRequest", {"hotkeyID": "wave"}) == 0
    assert code_of(world, "HotkeyTriggerRequest", {"hotkeyID": "Wave"}) == 203
    assert [code_of(world, "HotkeyTriggerRequest", {"hotkeyID": f"n{n}"}) for n in range(33)] == [0] * 31 + [200] * 2
    now.at += 0.1
    world.tick()
    assert world.done == [(now.at, "Wave")]


def test_loading_models_cools_down():
    world = World(Now())
    assert code_of(world, "ModelLoadRequest", {"modelID": "none"}) == 152
    assert code_of(world, "ModelLoadRequest", {"modelID": world.models[1].id}) == 0
    assert code_of(world, "ModelLoadRequest", {"modelID": ""}) == 153


def test_own_pictures_need_a_permission():
    world = World(Now())
    item = {"fileName": "emote-12345678.png", "customDataBase64": "AAAA"}
    assert code_of(world, "ItemLoadRequest", item) == 9
    world.granted["a"] = True
    assert code_of(world, "ItemLoadRequest", item) == 0
    assert code_of(world, "ItemLoadRequest", {**item, "fileName": "a b.png"}) == 758
    assert code_of(world, "ItemLoadRequest", {"fileName": "nothing.png"}) == 751
