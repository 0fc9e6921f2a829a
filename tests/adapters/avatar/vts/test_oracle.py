"""pyvts, written by others against the real VTube Studio, and our client pass the same tests against the local server;
and what we send is what pyvts sends.

pyvts is the unchanged 0.3.3 under tests/oracles; it wants OpenCV for reading icon files, which is not used here.
"""

import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from streamer.adapters.avatar.vts import messages
from streamer.adapters.avatar.vts.auth import DEVELOPER, PLUGIN
from streamer.adapters.avatar.vts.client import VtsClient
from streamer.adapters.avatar.vts.protocol import VtsRefused, envelope, response_of
from tests.fakes.vts import FakeVts
from tests.fakes.vts_world import Model

ORACLES = Path(__file__).parents[3] / "oracles"
Answer = tuple[str, dict[str, Any]]
"""Message type and data."""


@pytest.fixture(scope="module")
def pyvts() -> Iterator[types.ModuleType]:
    before = set(sys.modules)
    sys.modules["cv2"] = types.ModuleType("cv2")
    sys.path.insert(0, str(ORACLES))
    try:
        import pyvts  # pyright: ignore[reportMissingImports]

        yield pyvts
    finally:
        sys.path.remove(str(ORACLES))
        for name in set(sys.modules) - before:
            if name.split(".")[0] in ("cv2", "pyvts"):
                del sys.modules[name]


class Face(Protocol):
    """What both can do."""

    async def open(self, vts: FakeVts) -> None: ...

    async def token(self) -> str: ...

    async def log_in(self, token: str) -> bool: ...

    async def ask(self, kind: str, data: dict[str, Any] | None = None) -> Answer: ...

    async def close(self) -> None: ...


class Theirs:
    def __init__(self, pyvts: Any, folder: Path) -> None:
        self._pyvts = pyvts
        self._folder = folder
        self._vts: Any = None

    async def open(self, vts: FakeVts) -> None:
        info = {"plugin_name": PLUGIN, "developer": DEVELOPER, "authentication_token_path": str(self._folder / "t")}
        where = {"version": "1.0", "name": "VTubeStudioPublicAPI", "host": "127.0.0.1", "port": vts.port}
        self._vts = self._pyvts.vts(plugin_info=info, vts_api_info=where)
        await self._vts.connect()

    async def token(self) -> str:
        await self._vts.request_authenticate_token()
        return self._vts.authentic_token or ""

    async def log_in(self, token: str) -> bool:
        self._vts.authentic_token = token
        return await self._vts.request_authenticate()

    async def ask(self, kind: str, data: dict[str, Any] | None = None) -> Answer:
        answer = await self._vts.request(self._vts.vts_request.BaseRequest(kind, data))
        return answer["messageType"], answer["data"]

    async def close(self) -> None:
        await self._vts.close()


class Ours:
    def __init__(self) -> None:
        self._client: VtsClient | None = None

    async def open(self, vts: FakeVts) -> None:
        self._client = VtsClient(vts.url)
        await self._client.connect()

    async def token(self) -> str:
        kind, data = await self.ask(*messages.token(PLUGIN, DEVELOPER))
        return data.get("authenticationToken", "") if kind != "APIError" else ""

    async def log_in(self, token: str) -> bool:
        return bool((await self.ask(*messages.authentication(PLUGIN, DEVELOPER, token)))[1].get("authenticated"))

    async def ask(self, kind: str, data: dict[str, Any] | None = None) -> Answer:
        assert self._client is not None
        try:
            return response_of(kind), await self._client.request((kind, data))
        except VtsRefused as refused:
            return "APIError", {"errorID": refused.code, "message": refused.message}

    async def close(self) -> None:
        assert self._client is not None
        await self._client.aclose()


@pytest.fixture(params=["pyvts", "ours"])
def face(request: pytest.FixtureRequest, pyvts: types.ModuleType, tmp_path: Path) -> Face:
    return Theirs(pyvts, tmp_path) if request.param == "pyvts" else Ours()


@pytest.fixture
async def vts():
    async with FakeVts() as vts:
        yield vts


@pytest.fixture
async def inside(face: Face, vts: FakeVts):
    """A client that is let in."""
    await face.open(vts)
    assert await face.log_in(await face.token())
    yield face
    await face.close()


async def test_a_popup_once_and_the_token_for_ever(face: Face, vts: FakeVts):
    await face.open(vts)
    token = await face.token()
    assert 0 < len(token) <= 64
    assert await face.log_in(token)
    await face.close()
    await face.open(vts)
    assert await face.log_in(token)
    await face.close()
    assert vts.popups == 1


async def test_a_denied_popup_gives_no_token(face: Face, vts: FakeVts):
    vts.popup = "deny"
    await face.open(vts)
    assert not await face.token()
    await face.close()


async def test_a_revoked_token_does_not_let_in(face: Face, vts: FakeVts):
    await face.open(vts)
    token = await face.token()
    vts.revoke()
    assert not await face.log_in(token)
    await face.close()


async def test_nothing_is_answered_before_the_log_in_but_the_state(face: Face, vts: FakeVts):
    await face.open(vts)
    kind, data = await face.ask("APIStateRequest")
    assert (kind, data["active"], data["currentSessionAuthenticated"]) == ("APIStateResponse", True, False)
    kind, data = await face.ask("StatisticsRequest")
    assert (kind, data["errorID"]) == ("APIError", 8)
    await face.close()


async def test_hotkeys(inside: Face, vts: FakeVts):
    kind, data = await inside.ask("HotkeysInCurrentModelRequest")
    assert kind == "HotkeysInCurrentModelResponse"
    assert [key["name"] for key in data["availableHotkeys"]] == ["Wave", "Happy", "Cry", "Nod"]
    kind, data = await inside.ask("HotkeyTriggerRequest", {"hotkeyID": "wave"})
    assert (kind, data["hotkeyID"]) == ("HotkeyTriggerResponse", "11" * 16)
    assert (await inside.ask("HotkeyTriggerRequest", {"hotkeyID": "bow"}))[1]["errorID"] == 202


async def test_a_parameter_is_made_fed_read_and_taken_away(inside: Face, vts: FakeVts):
    spec = {"parameterName": "MyParam", "explanation": "", "min": 0, "max": 1, "defaultValue": 0}
    assert (await inside.ask("ParameterCreationRequest", spec))[1] == {"parameterName": "MyParam"}
    values = [{"id": "MyParam", "weight": 1, "value": 0.7}]
    fed = {"faceFound": True, "mode": "set", "parameterValues": values}
    assert (await inside.ask("InjectParameterDataRequest", fed)) == ("InjectParameterDataResponse", {})
    kind, data = await inside.ask("ParameterValueRequest", {"name": "MyParam"})
    assert (kind, data["value"], data["max"]) == ("ParameterValueResponse", 0.7, 1)
    kind, data = await inside.ask("InputParameterListRequest")
    assert [row["name"] for row in data["customParameters"]] == ["MyParam"]
    assert (await inside.ask("ParameterDeletionRequest", {"parameterName": "MyParam"}))[0].endswith("Response")
    assert (await inside.ask("ParameterValueRequest", {"name": "MyParam"}))[1]["errorID"] == 500


async def test_a_model_is_moved_and_tinted(inside: Face, vts: FakeVts):
    move = {"timeInSeconds": 0.2, "valuesAreRelativeToModel": True, "positionX": 0.1, "positionY": 0, "rotation": 5,
            "size": 1}  # fmt: skip
    assert (await inside.ask("MoveModelRequest", move))[0] == "MoveModelResponse"
    assert vts.world.place == {"positionX": 0.1, "positionY": -0.2, "rotation": 5.0, "size": -49.0}
    kind, data = await inside.ask(*messages.tint((255, 0, 0, 255), ["hair"]))
    assert (kind, data) == ("ColorTintResponse", {"matchedArtMeshes": 2})


async def test_a_subscription_is_confirmed(inside: Face, vts: FakeVts):
    config = {"modelID": []}
    asked = {"eventName": "ModelLoadedEvent", "subscribe": True, "config": config}
    kind, data = await inside.ask("EventSubscriptionRequest", asked)
    assert (kind, data["subscribedEvents"]) == ("EventSubscriptionResponse", ["ModelLoadedEvent"])
    assert (await inside.ask("EventSubscriptionRequest", {**asked, "eventName": "NoEvent"}))[1]["errorID"] == 950


async def test_no_model_loaded(inside: Face, vts: FakeVts):
    vts.world.load(None)
    assert (await inside.ask("HotkeyTriggerRequest", {"hotkeyID": "Wave"}))[1]["errorID"] == 201
    assert (await inside.ask("HotkeysInCurrentModelRequest"))[1]["modelLoaded"] is False


async def test_a_model_is_loaded_by_id(inside: Face, vts: FakeVts):
    other = vts.world.models[1]
    assert (await inside.ask("ModelLoadRequest", {"modelID": other.id}))[1] == {"modelID": other.id}
    assert isinstance(vts.world.model, Model)
    assert (await inside.ask("ModelLoadRequest", {"modelID": other.id}))[1]["errorID"] == 153


@pytest.mark.parametrize("kind", ["NoSuchRequest", "ExpressionActivationRequest"])
async def test_errors_come_as_answers(inside: Face, kind: str):
    answered, data = await inside.ask(kind, {"expressionFile": "no", "active": True})
    assert (answered, data["errorID"]) == ("APIError", 7 if kind == "NoSuchRequest" else 650)


def test_our_bodies_are_theirs(pyvts: Any):
    """The twelve types of request that both have, as whole messages."""
    theirs = pyvts.VTSRequest(developer=DEVELOPER, plugin_name=PLUGIN, plugin_icon="icon")
    tint = theirs.ColorTintRequest(255, 150, 0, 255, name_contains=["mouth"])
    del tint["data"]["colorTint"]["jeb_"]  # a private joke of theirs, in no documentation
    pairs: list[tuple[messages.Request, dict[str, Any]]] = [
        (messages.token(PLUGIN, DEVELOPER, "icon"), theirs.authentication_token()),
        (messages.authentication(PLUGIN, DEVELOPER, "secret"), theirs.authentication("secret")),
        (
            messages.move_model(0.2, relative=True, x=0.1, y=-0.7, rotation=16.3, size=-22.5),
            theirs.requestMoveModel(0.1, -0.7, 16.3, -22.5, relative=True, move_time=0.2),
        ),
        (messages.hotkeys(), theirs.requestHotKeyList()),
        (messages.hotkey("Wave"), theirs.requestTriggerHotKey("Wave")),
        (messages.inputs(), theirs.requestTrackingParameterList()),
        (messages.input_value("MouthOpen"), theirs.requestParameterValue("MouthOpen")),
        (
            messages.create_parameter("ShowrunnerMouth", 0, 1, 0, "how far"),
            theirs.requestCustomParameter("ShowrunnerMouth", 0, 1, 0, "how far"),
        ),
        (
            messages.inject([("MouthOpen", 0.7, 0.5)], face_found=True),
            theirs.requestSetParameterValue("MouthOpen", 0.7, 0.5, face_found=True),
        ),
        (
            messages.inject([("MouthOpen", 0.7, 1), ("MouthSmile", 0.2, 1)]),
            theirs.requestSetMultiParameterValue(["MouthOpen", "MouthSmile"], [0.7, 0.2]),
        ),
        (messages.delete_parameter("ShowrunnerMouth"), theirs.requestDeleteCustomParameter("ShowrunnerMouth")),
        (messages.tint((255, 150, 0, 255), ["mouth"]), tint),
        (
            messages.subscription("ModelLoadedEvent", config={"modelID": []}),
            theirs.eventSubscriptionModelLoaded(),
        ),
    ]
    assert len({body["messageType"] for _, body in pairs}) == 12
    for (kind, data), body in pairs:
        assert envelope(kind, data, "SomeID") == body
