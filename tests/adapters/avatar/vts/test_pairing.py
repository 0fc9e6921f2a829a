"""Being let in by VTube Studio, and why not."""

import asyncio
import base64
import json
import socket
import struct
from pathlib import Path
from typing import Any

import pytest

from streamer.adapters.avatar.vts.auth import DEVELOPER, PLUGIN
from streamer.adapters.avatar.vts.discovery import Discovery, heard
from streamer.adapters.avatar.vts.icon import icon
from streamer.adapters.avatar.vts.tools import Tools
from tests.adapters.avatar.vts.kit import Stand, until
from tests.fakes.vts import FakeVts


@pytest.fixture
async def vts():
    async with FakeVts() as vts:
        yield vts


def free_udp_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        return udp.getsockname()[1]


def test_the_icon_is_one_that_is_taken():
    png = base64.b64decode(icon())
    assert struct.unpack(">II", png[16:24]) == (128, 128)
    assert len(png) < 4096


async def test_the_popup_is_explained_and_the_token_kept(vts: FakeVts):
    vts.popup = "wait"
    async with Stand(vts) as stand:
        await until(lambda: stand.state == "asking")
        assert stand.code == "avatar.vts.asking"
        told: Any = stand.told.states["avatar.mika"]["notice"]
        assert told["fix"] == "avatar.vts.asking.fix"
        await until(lambda: vts.asking)
        vts.answer("allow")
        await stand.ready()
    data = stand.sent("AuthenticationTokenRequest")[0]
    assert (data["pluginName"], data["pluginDeveloper"]) == (PLUGIN, DEVELOPER)
    assert stand.tokens.get(f"vts.127.0.0.1:{vts.port}")
    async with Stand(vts) as second:
        second.tokens.update(stand.tokens)
        await second.ready()
    assert vts.popups == 1


async def test_a_second_instance_of_one_installation_asks_no_second_time(vts: FakeVts):
    async with Stand(vts) as stand:
        await stand.ready()
    async with FakeVts() as other:
        other.tokens = vts.tokens
        second = Stand(other)
        second.tokens.update(stand.tokens)
        async with second:
            await second.ready()
    assert other.popups == 0


async def test_the_popup_is_not_repeated_while_it_is_open(vts: FakeVts):
    vts.popup = "never"
    async with Stand(vts) as stand:
        await until(lambda: vts.asking)
        await asyncio.sleep(0.5)
        assert len(stand.sent("AuthenticationTokenRequest")) == 1
        assert stand.state == "asking"
        vts.answer("deny")
        await until(lambda: stand.state == "refused")


async def test_somebody_elses_popup_is_waited_for(vts: FakeVts):
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if seconds == 10.0:  # the other window is answered meanwhile
            del vts.refuse["AuthenticationTokenRequest"]
        await asyncio.sleep(min(seconds, 0.05))

    vts.refuse["AuthenticationTokenRequest"] = 51
    stand = Stand(vts)
    stand.driver._pairing._sleep = sleep
    codes: list[str] = []
    stand.told.state = lambda part, state: codes.append(state["notice"]["code"])  # type: ignore[method-assign, index]
    async with stand:
        await until(lambda: stand.driver.healths()[0].state == "ok")
    assert pauses == [10.0]
    assert "avatar.vts.other_popup" in codes
    assert codes.index("avatar.vts.other_popup") < codes.index("avatar.vts.ok")


async def test_a_denial_is_final_until_somebody_says_so(vts: FakeVts):
    vts.popup = "deny"
    async with Stand(vts) as stand:
        await until(lambda: stand.state == "refused")
        assert stand.code == "avatar.vts.denied"
        assert stand.driver.healths()[0].state == "broken"
        seen = vts.connections
        await asyncio.sleep(0.6)
        assert (vts.popups, vts.connections) == (1, seen)
        vts.popup = "allow"
        stand.driver.ask_again()
        await stand.ready()
        assert vts.popups == 2


async def test_a_revoked_token_is_said_and_no_popup_comes_by_itself(vts: FakeVts):
    async with Stand(vts) as stand:
        await stand.ready()
        vts.revoke()
        await until(lambda: stand.state == "refused")
        assert stand.code == "avatar.vts.revoked"
        assert vts.popups == 1
        assert not any(stand.tokens.values())
        stand.driver.ask_again()
        await stand.ready()
        assert vts.popups == 2
        await until(lambda: "ShowrunnerMouth" in vts.world.customs)


async def test_our_own_parameters_are_made_once(vts: FakeVts):
    async with Stand(vts) as stand:
        await stand.ready()
        vts.drop()
        await until(lambda: stand.state == "lost")
        await stand.ready()
    names = [data["parameterName"] for data in stand.sent("ParameterCreationRequest")]
    assert names == ["ShowrunnerMouth", "ShowrunnerTalking", "ShowrunnerValence", "ShowrunnerArousal"]


async def test_the_api_switched_off_is_told_by_discovery(vts: FakeVts):
    port = free_udp_port()
    await vts.stop()
    vts.active = False
    async with Stand(vts, discovery_port=port) as stand:
        await until(lambda: stand.code == "avatar.vts.not_running")
        assert stand.state == "off"

        async def said() -> None:
            while stand.code != "avatar.vts.api_off":
                await vts.broadcast(port)

        await asyncio.wait_for(said(), 15)
        found = stand.told.states["avatar.mika"]["found"]
        assert found == [{"host": "127.0.0.1", "port": vts.port, "active": False, "title": "VTube Studio"}]
        vts.active = True
        await vts.start()
        await stand.ready()


async def test_the_wrong_port_offers_the_one_that_was_found(vts: FakeVts):
    port = free_udp_port()
    async with Stand(vts, url="ws://127.0.0.1:9", discovery_port=port) as stand:

        async def said() -> None:
            while stand.code != "avatar.vts.other_port":
                await vts.broadcast(port)

        await asyncio.wait_for(said(), 15)
        assert stand.driver.healths()[0].notice.params["found"] == vts.port


async def test_several_instances_are_told_apart(vts: FakeVts):
    port = free_udp_port()
    discovery = Discovery(port)
    await discovery.open()
    try:
        async with FakeVts(title="VTube Studio Window 2") as second:

            async def both() -> None:
                while len(discovery.seen()) < 2:
                    await vts.broadcast(port)
                    await second.broadcast(port)

            await asyncio.wait_for(both(), 15)
            titles = {one.port: one.title for one in discovery.seen()}
            assert titles == {vts.port: "VTube Studio", second.port: "VTube Studio Window 2"}
            assert discovery.finding("127.0.0.1", second.port)[0] == "here"
    finally:
        discovery.close()


@pytest.mark.parametrize("message", [
    b"", b"{", b"[]", b'{"messageType": "VTubeStudioAPIStateBroadcast", "data": {"active": true, "port": 0}}',
    b'{"messageType": "Other", "data": {"active": true, "port": 8001}}', b"\xff" * 100, b"a" * 5000,
])  # fmt: skip
def test_what_anybody_sends_to_the_port_is_passed_over(message: bytes):
    assert heard(message, "10.0.0.1", 0.0) is None


def test_titles_from_the_network_are_cut():
    title = "x" * 500
    data = {"active": True, "port": 1, "windowTitle": title}
    message = json.dumps({"messageType": "VTubeStudioAPIStateBroadcast", "data": data})
    seen = heard(message.encode(), "10.0.0.1", 0.0)
    assert seen is not None
    assert len(seen.title) == 64


async def test_it_stops_at_once_when_nothing_was_reached(tmp_path: Path):
    async with FakeVts() as vts:
        await vts.stop()
        stand = Stand(vts, memory=tmp_path / "m.json")
        async with stand:
            await until(lambda: stand.state == "off")
        assert not (tmp_path / "m.json").exists()


def test_the_tools_are_the_real_ones_by_default():
    assert Tools().sleep is asyncio.sleep
