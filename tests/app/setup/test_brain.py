"""One real question to a local server with OpenAI's protocol: right, and wrong in every way that happens."""

import json
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from pydantic import SecretStr

from streamer.adapters.llm.discover import LocalModel, LocalServer
from streamer.adapters.llm.openai_chat import OpenAiChat
from streamer.app.setup import brain
from streamer.app.setup.brain import ask, cost_of, offered
from streamer.app.setup.memory import _linux, free_bytes, need_bytes, vm_stat
from streamer.ports import Completion, Notice, Token, Usage
from streamer.texts import say
from tests.fakes.openai import FakeOpenAi

KEY = "sk-canary-1234567890"


@pytest.fixture
async def server() -> AsyncIterator[FakeOpenAi]:
    async with FakeOpenAi() as server:
        yield server


def part(server: FakeOpenAi, **more: object) -> OpenAiChat:
    return OpenAiChat.model_validate({"base_url": server.url, "model": "fake-8b", "api_key": SecretStr(KEY), **more})


async def test_an_answer_with_its_times_and_cost(server: FakeOpenAi) -> None:
    told = await ask(part(server, prompt_price=1.0, completion_price=2.0), "You are Mika.", "Is cereal a soup?")
    assert (told.ok, told.text, told.model, told.notice) == (True, "Hello there, nice to see you.", "fake-8b", None)
    assert told.first_token_ms is not None
    assert told.total_ms is not None
    assert 0 <= told.first_token_ms <= told.total_ms
    assert (told.prompt_tokens, told.completion_tokens) == (11, 7)
    assert told.cost_usd == pytest.approx(25e-6)
    asked = server.requests[-1]["messages"]
    assert asked[0]["content"].startswith("You are Mika.")
    assert asked[1]["content"] == "Is cereal a soup?"


@pytest.mark.parametrize(
    ("mode", "code"),
    [("401", "wrong_key"), ("403", "wrong_key"), ("429", "brain_limited"), ("quota", "no_credit"),
     ("404", "no_model"), ("500", "brain_refuses"), ("400", "brain_refuses"), ("silent", "brain_timeout"),
     ("stall", "brain_timeout"), ("cut", "brain_unreachable"), ("empty", "brain_empty"),
     ("garbage", "brain_strange"), ("html", "brain_empty")],
)  # fmt: skip
async def test_what_goes_wrong_is_said_in_words(server: FakeOpenAi, mode: str, code: str) -> None:
    server.mode = mode
    told = await ask(part(server), "", "", total_s=0.6 if code == "brain_timeout" else 30.0)
    assert not told.ok
    assert told.notice is not None
    if mode in ("cut", "garbage", "html"):  # how a client sees a torn or foreign answer is its own matter
        assert told.notice.code.startswith("brain_")
    else:
        assert told.notice.code == code
    assert KEY not in repr(told)
    assert "OpenAI" not in told.notice.params.values()  # it is a server at another address


async def test_near_names_are_offered_for_a_wrong_model(server: FakeOpenAi) -> None:
    server.mode = "404"
    told = await ask(part(server, model="fake-7b"), "", "")
    assert told.notice is not None
    assert str(told.notice.params["near"]).startswith("fake-8b")
    for language in ("en", "ja"):
        words = say(Notice(f"setup.problem.{told.notice.code}", told.notice.params), language)
        assert "fake-7b" in words
        assert "fake-8b" in words


async def test_a_server_without_a_list_is_a_wrong_address() -> None:
    app = web.Application()
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/v2"
    try:
        told = await ask(OpenAiChat(base_url=url, model="x"), "", "")
    finally:
        await runner.cleanup()
    assert told.notice.code == "no_such_address"


async def test_a_dead_server_and_no_key(server: FakeOpenAi) -> None:
    told = await ask(OpenAiChat(profile="ollama", base_url="http://127.0.0.1:9/v1", model="x"), "", "")
    assert (told.notice.code, told.notice.params["address"]) == ("brain_unreachable", "127.0.0.1:9")
    assert (await ask(OpenAiChat(profile="groq"), "", "")).notice.code == "no_key"
    assert (await ask(OpenAiChat(profile="ollama"), "", "")).notice.code == "no_model_named"


@pytest.mark.parametrize(
    ("tokens", "code"),
    [
        (["```", "\n", "***", "[joy]", "</s>"], "brain_markup"),
        (["Cereal. "] * 60, "brain_repeats"),
        ([" "], "brain_empty"),
    ],
)
async def test_nonsense_is_recognised(server: FakeOpenAi, tokens: list[str], code: str) -> None:
    server.tokens = tokens
    told = await ask(part(server), "", "")
    assert (told.ok, told.notice.code) == (False, code)


async def test_speech_in_other_scripts_is_no_nonsense(server: FakeOpenAi) -> None:
    server.tokens = ["[joy] シリアルは", "スープですか？", "いいえ、朝ごはんです。"]
    assert (await ask(part(server), "", "")).ok


async def test_prices(monkeypatch: pytest.MonkeyPatch) -> None:
    used = Usage(1_000_000, 1_000_000)
    assert await cost_of(OpenAiChat(profile="openai", model="gpt-4o-mini"), "gpt-4o-mini", used) == pytest.approx(0.75)
    assert await cost_of(OpenAiChat(profile="ollama", model="x"), "x", used) == 0
    assert (
        await cost_of(OpenAiChat(profile="openai", model="gpt-4o-mini", base_url="https://a.example/v1"), "", used)
        is None
    )
    assert await cost_of(OpenAiChat(profile="deepseek"), "deepseek-chat", used) is None
    listed = {"data": [{"id": "a/b", "pricing": {"prompt": "0.0000001", "completion": "0.0000004"}}, {"id": "c"}]}

    async def listing(url: str, **_: object) -> object:
        assert url == "https://openrouter.ai/api/v1/models"
        return json.loads(json.dumps(listed))

    monkeypatch.setattr(brain, "listing", listing)
    assert await cost_of(OpenAiChat(profile="openrouter", model="a/b"), "a/b", used) == pytest.approx(0.5)
    assert await cost_of(OpenAiChat(profile="openrouter", model="c"), "c", used) is None


def test_models_are_offered_with_the_memory_they_take() -> None:
    server = LocalServer("ollama", "", (LocalModel("a", 4_700_000_000, "8.0B"), LocalModel("b")))
    big, unknown = offered([server], 4_000_000_000)[0].models
    assert big.need_bytes == pytest.approx(6_140_000_000)
    assert (big.fits, unknown.need_bytes, unknown.fits) == (False, 0, None)
    assert offered([server], 8_000_000_000)[0].models[0].fits
    assert offered([server], None)[0].models[0].fits is None


def test_memory() -> None:
    assert free_bytes() is None or free_bytes() > 1_000_000
    assert _linux("MemTotal: 8 kB\nMemAvailable:    1024 kB\n") == 1_048_576
    assert _linux("MemTotal: 8 kB\n") is None
    said = "Statistics: (page size of 16384 bytes)\nPages free:   10.\nPages active: 5.\nPages inactive:  20.\n"
    assert vm_stat(said) == 30 * 16384
    assert need_bytes(0, "8B") == 0
    assert need_bytes(300_000_000, "270M") == pytest.approx(485_000_000)
    assert need_bytes(600_000_000) == pytest.approx(845_000_000)


async def test_a_model_that_never_ends_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[bool] = []

    class Endless:
        async def load(self) -> None: ...

        async def stream(self, request: Completion) -> AsyncIterator[Token | Usage]:
            del request
            for n in range(1_000_000):
                yield Token(f"And {n} more things about cereal. ")

        async def aclose(self) -> None:
            closed.append(True)

    monkeypatch.setattr(OpenAiChat, "open", lambda _self: Endless())
    told = await ask(OpenAiChat(base_url="http://localhost:1/v1", model="m"), "", "")
    assert len(told.text) <= brain.ANSWER_MAX
    assert not told.ok
    assert told.notice is not None
    assert told.notice.code == "brain_endless"
    assert closed
