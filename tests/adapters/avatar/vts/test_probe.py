"""What `check` says of a persona's VTube Studio, without a window and without a change."""

import asyncio
from typing import Any

import pytest

from streamer.adapters.avatar.vts.auth import DEVELOPER, PLUGIN
from streamer.adapters.avatar.vts.probe import probe_vts
from streamer.adapters.avatar.vts.settings import VtsAvatar
from streamer.ports import Health
from tests.adapters.avatar.vts.kit import Tokens
from tests.fakes.vts import FakeVts

READS = {
    "APIStateRequest", "AuthenticationRequest", "CurrentModelRequest", "AvailableModelsRequest",
    "HotkeysInCurrentModelRequest", "ExpressionStateRequest", "InputParameterListRequest",
}  # fmt: skip


GOOD = "good"


@pytest.fixture
async def vts():
    async with FakeVts() as vts:
        vts.tokens[GOOD] = f"{PLUGIN}/{DEVELOPER}"
        yield vts


async def shortly(seconds: float) -> None:
    await asyncio.sleep(min(seconds, 0.3))


async def probed(vts: FakeVts, token: str = GOOD, **settings: Any) -> list[tuple[str, str, str]]:
    tokens = Tokens({"vts": token} if token else {})
    part = VtsAvatar.model_validate({"url": vts.url, "discovery_port": 0, **settings})
    rows: list[Health] = [*await probe_vts("mika", part, tokens, sleep=shortly)]
    assert {kind for _, _, kind, _ in vts.ledger} <= READS
    assert (vts.popups, dict(tokens)) == (0, {"vts": token} if token else {})
    return [(row.part, row.state, row.notice.code) for row in rows]


async def test_all_is_well(vts: FakeVts):
    shown: Any = {"expressions": {"joy": {"params": {"ShowrunnerMouth": 1}}}}
    assert await probed(vts, model="Mika", **shown) == [("avatar.mika", "ok", "avatar.vts.ok")]


async def test_names_the_model_lacks(vts: FakeVts):
    assert await probed(vts, gestures={"wave": "Waves"}) == [
        ("avatar.mika", "ok", "avatar.vts.ok"), ("avatar.mika.gesture.wave", "degraded", "avatar.vts.no_gesture"),
    ]  # fmt: skip


@pytest.mark.parametrize(("token", "settings", "state", "code"), [
    ("", {}, "degraded", "avatar.vts.never_asked"), ("old", {}, "degraded", "avatar.vts.revoked"),
    ("good", {"model": "Ren"}, "degraded", "avatar.vts.other_model"),
    ("good", {"model": "Mikaa"}, "degraded", "avatar.vts.unknown_model"),
])  # fmt: skip
async def test_what_is_not_well(vts: FakeVts, token: str, settings: dict[str, Any], state: str, code: str):
    assert await probed(vts, token, **settings) == [("avatar.mika", state, code)]


async def test_nobody_there_and_the_api_switched_off(vts: FakeVts):
    from tests.adapters.avatar.vts.test_pairing import free_udp_port

    await vts.stop()
    assert await probed(vts) == [("avatar.mika", "broken", "avatar.vts.not_running")]
    vts.active = False
    port = free_udp_port()
    telling = asyncio.create_task(vts.broadcast(port, times=100))
    rows: list[tuple[str, str, str]] = []
    while ("avatar.mika", "broken", "avatar.vts.api_off") not in rows and not telling.done():
        rows = await probed(vts, discovery_port=port)
    telling.cancel()
    assert rows == [("avatar.mika", "broken", "avatar.vts.api_off")]
