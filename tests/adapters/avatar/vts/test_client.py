"""One connection: requests by id, events apart from them, and whatever can go wrong on a socket."""

import asyncio
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamer.adapters.avatar.vts import messages
from streamer.adapters.avatar.vts.client import VtsClient
from streamer.adapters.avatar.vts.protocol import Event, Reply, VtsGone, VtsRefused, read, response_of, written
from tests.adapters.avatar.vts.kit import logged_in, until
from tests.fakes import vts_shapes as shapes
from tests.fakes.vts import FakeVts


@pytest.fixture
async def vts():
    async with FakeVts() as vts:
        yield vts


@pytest.fixture
async def client(vts: FakeVts):
    client = await logged_in(vts)
    yield client
    await client.aclose()


ALL = [
    messages.token("Some plugin", "Somebody", "x"), messages.authentication("Some plugin", "Somebody", "x"),
    messages.move_model(9, relative=True, x=1e9, y=0, rotation=0, size=0), messages.hotkey("x"), messages.expressions(),
    messages.expression("a.exp3.json", active=True), messages.tint((1, 2, 3, 4)), messages.input_value("x"),
    messages.create_parameter("Name", 0, 1, 0), messages.delete_parameter("Name"),
    messages.inject([("MouthOpen", 2e6, 3)]), messages.items(), messages.load_item("a.png", 0, 0, 9, 0),
    messages.move_item("x", 99, 0, 0, 0, "zip"), messages.unload_items(["x"]), messages.permission(),
    messages.subscription("TestEvent"),
]  # fmt: skip


@pytest.mark.parametrize("request_", ALL, ids=lambda one: one[0])
def test_requests_have_documented_fields_only(request_: messages.Request):
    kind, data = request_
    assert shapes.names(data) <= shapes.documented(shapes.REQUESTS[kind])


def test_values_stay_inside_their_limits():
    data = messages.move_model(9, relative=True, x=1e9, rotation=-999)[1]
    assert data == {
        "timeInSeconds": 2, "valuesAreRelativeToModel": True, "positionX": 1000, "rotation": -360,
    }  # fmt: skip
    assert messages.inject([("A", 2e6, 3)])[1]["parameterValues"] == [{"id": "A", "value": 1e6, "weight": 1}]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=50) | st.binary(max_size=50))
@settings(max_examples=30)
def test_no_message_is_too_odd_to_read(text: str | bytes):
    assert read(text) == "garbage"


def test_unknown_fields_are_passed_over_and_events_known_by_their_name():
    text = '{"apiName": "VTubeStudioPublicAPI", "new": 1, "messageType": "%s", "requestID": "s1", "data": {"a": 1}}'
    assert read(text % "TestEvent") == Event("TestEvent", {"a": 1})
    assert read(text % "MoveModelResponse") == Reply("MoveModelResponse", "s1", {"a": 1})
    assert read(text.replace("VTube", "Other") % "X") == "garbage"
    assert response_of("InjectParameterDataRequest") == "InjectParameterDataResponse"
    assert '"data":null' in written("APIStateRequest", None, "s1")


async def test_a_burst_of_requests_beside_events_crosses_nothing(vts: FakeVts, client: VtsClient):
    """What breaks a client that takes the next message for its answer."""
    events: list[str] = []
    client.on_event = lambda name, _data: events.append(name)
    for name in ("TestEvent", "ModelOutlineEvent", "HotkeyTriggeredEvent"):
        await client.request(messages.subscription(name))
    vts.shuffle = True
    names = ["MouthOpen", "MouthSmile", "Brows", "FaceAngleX", "CheekPuff"]

    async def one(number: int) -> None:
        kind = number % 4
        if kind == 0:
            await client.request(messages.inject([("MouthOpen", 0.5, 1)]))
        elif kind == 1:
            name = names[number % len(names)]
            assert (await client.request(messages.input_value(name)))["name"] == name
        elif kind == 2:
            with pytest.raises(VtsRefused) as caught:
                await client.request(messages.hotkey("no such hotkey"))
            assert caught.value.code == 202
        else:
            assert (await client.request(messages.current_model()))["modelName"] == "Mika"

    order = list(range(200))
    random.Random(3).shuffle(order)
    await asyncio.gather(*(one(number) for number in order))
    await until(lambda: "ModelOutlineEvent" in events)
    assert (client.crossed, client.strays, client.late, client.unanswered) == (0, 0, 0, 0)


async def test_strays_and_garbage_disturb_nobody(vts: FakeVts, client: VtsClient):
    asking = asyncio.create_task(client.request(messages.current_model()))
    vts.stray("SomeID")
    vts.garbage()
    vts.garbage("\x00[]")
    assert (await asking)["modelLoaded"] is True
    await client.request(messages.api_state())
    assert (client.strays, client.garbage, client.crossed) == (1, 2, 0)


async def test_an_answer_of_another_type_is_no_answer(vts: FakeVts, client: VtsClient):
    vts.silent = True
    asking = asyncio.create_task(client.request(messages.current_model(), timeout_s=0.3))
    await until(lambda: client.unanswered)
    vts.stray("s3", "HotkeyTriggerResponse")
    with pytest.raises(VtsGone):
        await asking
    assert client.crossed == 1


async def test_a_late_answer_is_not_taken_for_the_next_one(vts: FakeVts, client: VtsClient):
    vts.silent = True
    with pytest.raises(VtsGone):
        await client.request(messages.current_model(), timeout_s=0.05)
    vts.silent = False
    vts.stray("s3", "CurrentModelResponse")
    assert (await client.request(messages.hotkeys()))["modelName"] == "Mika"
    assert client.late == 1


async def test_a_lost_socket_fails_everything_that_waits(vts: FakeVts, client: VtsClient):
    vts.silent = True
    waiting = [asyncio.create_task(client.request(messages.current_model(), timeout_s=0)) for _ in range(5)]
    posted = await client.post(messages.inject([("MouthOpen", 1, 1)]))
    await until(lambda: client.unanswered == 6)
    vts.drop()
    results = await asyncio.gather(*waiting, posted, return_exceptions=True)
    assert [type(one) for one in results] == [VtsGone] * 6
    await client.wait_ended()
    with pytest.raises(VtsGone):
        await client.request(messages.current_model())


async def test_nobody_there():
    client = VtsClient("ws://127.0.0.1:9")
    with pytest.raises(VtsGone):
        await client.connect()
    await client.aclose()


async def test_somebody_else_there(vts: FakeVts):
    vts.active = False  # answers as a plain web server does
    client = VtsClient(vts.url)
    with pytest.raises(VtsGone):
        await client.connect()
    await client.aclose()


async def test_a_fault_in_an_event_does_not_end_the_reading(
    vts: FakeVts, client: VtsClient, caplog: pytest.LogCaptureFixture
):
    def broken(_name: str, _data: object) -> None:
        raise ValueError

    client.on_event = broken
    await client.request(messages.subscription("ModelClickedEvent"))
    vts.click()
    assert (await client.request(messages.current_model()))["modelLoaded"]
    await until(lambda: "not understood" in caplog.text)


async def test_ids_are_such_as_the_documentation_allows(vts: FakeVts, client: VtsClient):
    for _ in range(50):
        await client.request(messages.api_state())
    assert not vts.bad_ids
