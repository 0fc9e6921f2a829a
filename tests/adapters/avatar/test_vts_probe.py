"""One look at VTube Studio, for `check`: no popup, one row, the fix."""

import pytest

from streamer.adapters.avatar.vts.probe import probe_vts
from streamer.adapters.avatar.vts.settings import VtsAvatar, place_of
from streamer.ports import Health
from tests.fakes.vts import FakeVts


class Tokens:
    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def get(self, key: str) -> str:
        return self.kept.get(key, "")

    def put(self, key: str, token: str) -> None:
        self.kept[key] = token


async def nothing(_seconds: float) -> None: ...


async def look(url: str, tokens: Tokens, *, model: str = "") -> Health:
    part = VtsAvatar(url=url, model=model, discovery_port=0)
    (row,) = await probe_vts("mika", part, tokens, sleep=nothing)
    return row


async def let_in(vts: FakeVts, tokens: Tokens) -> None:
    from streamer.adapters.avatar.vts import messages
    from streamer.adapters.avatar.vts.auth import DEVELOPER, PLUGIN
    from streamer.adapters.avatar.vts.client import VtsClient

    client = VtsClient(vts.url)
    await client.connect()
    answer = await client.request(messages.token(PLUGIN, DEVELOPER))
    tokens.put(f"vts.{place_of(vts.url)}", answer["authenticationToken"])
    await client.aclose()


async def test_one_that_was_never_let_in_is_not_asked_for_it() -> None:
    async with FakeVts() as vts:
        row = await look(vts.url, Tokens())
        assert (row.part, row.state, row.notice.code) == ("avatar.mika", "degraded", "avatar.vts.never_asked")
        assert "AuthenticationTokenRequest" not in {kind for _, _, kind, _ in vts.ledger}


async def test_all_is_well() -> None:
    tokens = Tokens()
    async with FakeVts() as vts:
        await let_in(vts, tokens)
        row = await look(vts.url, tokens)
        assert (row.state, row.notice.code) == ("ok", "avatar.vts.ok")


async def test_another_model_and_a_token_that_was_taken_back() -> None:
    tokens = Tokens()
    async with FakeVts() as vts:
        await let_in(vts, tokens)
        row = await look(vts.url, tokens, model="Somebody else")
        assert (row.state, row.notice.code) == ("degraded", "avatar.vts.unknown_model")
        vts.revoke()
        row = await look(vts.url, tokens)
        assert (row.state, row.notice.code) == ("degraded", "avatar.vts.revoked")


@pytest.mark.parametrize("silent", [False, True])
async def test_nobody_there_or_nobody_who_answers(silent: bool) -> None:
    if not silent:
        row = await look("ws://127.0.0.1:9", Tokens())
        assert (row.state, row.notice.code) == ("broken", "avatar.vts.not_running")
        return
    async with FakeVts() as vts:
        vts.refuse = {"APIStateRequest": 1}
        row = await look(vts.url, Tokens())
        assert (row.state, row.notice.code) == ("broken", "avatar.vts.no_answer")
