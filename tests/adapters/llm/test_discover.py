import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from streamer.adapters.llm.discover import LocalModel, LocalServer, discover, listing
from tests.fakes.openai import FakeOpenAi


@pytest.fixture
async def server() -> AsyncIterator[FakeOpenAi]:
    async with FakeOpenAi() as server:
        yield server


async def test_running_servers_are_offered_with_their_models(server: FakeOpenAi) -> None:
    root = server.root
    found = await discover([("ollama", root), ("lmstudio", root + "/")], limit_s=10)
    assert found == [
        LocalServer("ollama", root + "/v1", (LocalModel("llama3:8b", 4_661_224_676, "8.0B"),)),
        LocalServer("lmstudio", root + "/v1", (LocalModel("fake-8b"),)),
    ]
    assert server.requests == []  # nothing is asked of a model


async def test_nobody_there() -> None:
    assert await discover([("ollama", "http://127.0.0.1:9"), ("lmstudio", "http://127.0.0.1:9")], limit_s=10) == []


@pytest.mark.parametrize(
    "body",
    ["<html>", "[]", "null", '{"models": 5}', '{"models": [{"size": 1}]}', '{"data": [null]}', '{"models": [7]}', ""],
)
async def test_strangers_are_not_there(body: str) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(text=body)

    app = web.Application()
    app.router.add_get("/{any:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    root = f"http://127.0.0.1:{runner.addresses[0][1]}"
    assert await discover([("ollama", root), ("lmstudio", root)], limit_s=10) == []
    await runner.cleanup()


async def test_a_silent_server_does_not_hold_up_the_others(server: FakeOpenAi) -> None:
    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    silent = await asyncio.start_server(hang, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    begin = time.monotonic()
    found = await discover([("lmstudio", f"http://127.0.0.1:{port}"), ("ollama", server.root)], limit_s=1.5)
    assert [one.profile for one in found] == ["ollama"]
    assert time.monotonic() - begin < 4
    silent.close()
    await silent.wait_closed()


async def test_a_list_is_read_with_a_key_or_is_not_there(server: FakeOpenAi) -> None:
    assert (await listing(server.url + "/models", key="x"))["data"][0] == {"id": "fake-8b"}
    assert await listing(server.root + "/nowhere") is None
    assert await listing("http://127.0.0.1:9/v1/models") is None
