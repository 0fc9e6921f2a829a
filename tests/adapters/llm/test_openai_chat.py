import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr, ValidationError

from streamer.adapters.llm.openai_chat import OpenAiChat, OpenAiChatModel
from streamer.ports import Completion, Message, Misconfigured, Token, Unavailable, Usage
from tests.adapters.llm.contract import ASK, ModelContract, collect
from tests.fakes.openai import FakeOpenAi

KEY = "sk-very-secret"


@pytest.fixture
async def server() -> AsyncIterator[FakeOpenAi]:
    async with FakeOpenAi() as server:
        yield server


def open_model(server: FakeOpenAi, **more: object) -> OpenAiChatModel:
    values = {"base_url": server.url, "model": "fake", "api_key": SecretStr(KEY), "first_token_s": 20, **more}
    return OpenAiChat.model_validate({"between_tokens_s": 20, **values}).open()


@pytest.fixture
async def model(server: FakeOpenAi) -> AsyncIterator[OpenAiChatModel]:
    model = open_model(server)
    yield model
    await model.aclose()


class TestContract(ModelContract):
    pass


async def test_the_request_and_the_answer(model: OpenAiChatModel, server: FakeOpenAi) -> None:
    ask = Completion(
        messages=(Message("system", "Sé breve 🎉"), Message("user", '"}{\\')),
        max_tokens=50, temperature=0.5, stop=("a", "b", "c", "d", "e"), seed=2**40 + 5,
    )  # fmt: skip
    text, usages = await collect(model.stream(ask))
    assert text == "Hello there, nice to see you."
    assert usages == [Usage(11, 7, None, complete=True, provider="openai:fake")]
    assert server.requests[-1] == {
        "model": "fake",
        "messages": [{"role": "system", "content": "Sé breve 🎉"}, {"role": "user", "content": '"}{\\'}],
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0.5,
        "max_completion_tokens": 50,
        "stop": ["a", "b", "c", "d"],
        "seed": 5,
    }
    assert server.headers[-1]["Authorization"] == f"Bearer {KEY}"
    assert server.headers[-1]["Content-Type"] == "application/json"


async def test_our_bytes_are_what_the_typed_call_sends(model: OpenAiChatModel, server: FakeOpenAi) -> None:
    import openai

    async with openai.AsyncOpenAI(base_url=server.url, api_key=KEY, max_retries=0) as client:
        stream = await client.chat.completions.create(
            model="fake",
            messages=[{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi?"}],
            stream=True, stream_options={"include_usage": True}, temperature=0.9, max_completion_tokens=200,
        )  # fmt: skip
        theirs = "".join([c.choices[0].delta.content or "" async for c in stream if c.choices])
    ours, _ = await collect(model.stream(ASK))
    assert theirs == ours
    assert server.requests[0] == server.requests[1]
    differing = {name for name in server.headers[0] if server.headers[0][name] != server.headers[1].get(name)}
    assert differing <= {"Content-Length", "Accept", "X-Stainless-Read-Timeout", "x-stainless-read-timeout"}


async def test_broken_letters_are_replaced(model: OpenAiChatModel, server: FakeOpenAi) -> None:
    ask = Completion(messages=(Message("system", "fine é"), Message("user", "a\ud800b\x00")))
    assert (await collect(model.stream(ask)))[0]
    assert [message["content"] for message in server.requests[-1]["messages"]] == ["fine é", "a?b\x00"]


async def test_prices_and_extras(server: FakeOpenAi) -> None:
    model = open_model(
        server, profile="deepseek", prompt_price=1, completion_price=2, extra={"top_p": 0.5, "temperature": None}
    )
    _, usages = await collect(model.stream(ASK))
    assert usages[0].cost_usd == pytest.approx((11 * 1 + 7 * 2) / 1e6)
    sent = server.requests[-1]
    assert sent["top_p"] == 0.5
    assert "temperature" not in sent
    assert sent["max_tokens"] == 200
    await model.aclose()


@pytest.mark.parametrize("reason", ["length", "content_filter", None])
async def test_stopping_short_is_told(model: OpenAiChatModel, server: FakeOpenAi, reason: str | None) -> None:
    server.finish_reason = reason
    _, usages = await collect(model.stream(ASK))
    assert not usages[0].complete


async def test_a_clean_end_in_the_middle_is_told(model: OpenAiChatModel, server: FakeOpenAi) -> None:
    server.mode = "early_end"
    text, usages = await collect(model.stream(ASK))
    assert text == "Hello there, nice"
    assert not usages[0].complete


@pytest.mark.parametrize(
    ("tokens", "said"),
    [(["<think>", "hm", " ok", "</think>", "\n\nHello", " you"], "Hello you"),
     (["<th", "ink>secret</th", "ink>Hi"], "Hi"),
     (["<", "3 you"], "<3 you"), (["<thin"], "<thin"), (["\n", "<think>x</think>a"], "a"),
     (["a <think> b"], "a <think> b"),
     (["<think>" + "x" * 500, "y" * 500 + "</think> end"], "end")],
)  # fmt: skip
async def test_thoughts_are_not_spoken(
    model: OpenAiChatModel, server: FakeOpenAi, tokens: list[str], said: str
) -> None:
    server.tokens = tokens
    text, _ = await collect(model.stream(ASK))
    assert text == said


@pytest.mark.parametrize("mode", ["silent", "slow"])
async def test_no_first_token_in_time(server: FakeOpenAi, mode: str) -> None:
    server.mode, server.slow_s = mode, 30
    model = open_model(server, first_token_s=0.3)
    await model.warm()
    begin = time.monotonic()
    with pytest.raises(Unavailable):
        await collect(model.stream(ASK))
    assert time.monotonic() - begin < 10
    await model.aclose()


async def test_thinking_counts_as_waiting(server: FakeOpenAi) -> None:
    server.tokens = ["<think>"] + ["hm "] * 200
    server.token_delay_s = 0.02
    model = open_model(server, first_token_s=0.5)
    await model.warm()
    with pytest.raises(Unavailable):
        await collect(model.stream(ASK))
    await model.aclose()


@pytest.mark.parametrize("mode", ["stall", "cut", "error_event"])
async def test_what_breaks_in_the_middle_keeps_what_was_said(server: FakeOpenAi, mode: str) -> None:
    server.mode = mode
    model = open_model(server, between_tokens_s=0.8 if mode == "stall" else 20)
    said = ""
    stream = model.stream(ASK)
    while len(said) < 17:
        piece = await anext(stream)
        assert isinstance(piece, Token)
        said += piece.text
    with pytest.raises(Unavailable) as caught:
        await anext(stream)
    assert said == "Hello there, nice"
    assert "secret" not in str(caught.value)
    await model.aclose()


@pytest.mark.parametrize(
    ("mode", "kind", "word"),
    [("401", Misconfigured, "key"), ("403", Misconfigured, "key"), ("404", Misconfigured, "model"),
     ("quota", Misconfigured, "credit"), ("400", Unavailable, "400"), ("429", Unavailable, "slow down"),
     ("500", Unavailable, "500"), ("503", Unavailable, "503"), ("garbage", Unavailable, "not understood")],
)  # fmt: skip
async def test_refusals(
    model: OpenAiChatModel, server: FakeOpenAi, mode: str, kind: type[Exception], word: str
) -> None:
    server.mode = mode
    with pytest.raises(kind) as caught:
        await collect(model.stream(Completion(messages=(Message("user", "PRIVATE"),))))
    error = caught.value
    assert isinstance(error, Unavailable | Misconfigured)
    assert word in error.reason
    for hidden in (KEY, "PRIVATE", "Bearer"):
        assert hidden not in error.reason + repr(error) + getattr(error, "fix", "")
    if mode in ("429", "503"):
        assert isinstance(error, Unavailable)
        assert error.retry_after_s == 7
    if isinstance(error, Misconfigured):
        assert error.fix
    assert len(server.requests) == 1  # nothing is retried
    server.mode = "ok"
    assert (await collect(model.stream(ASK)))[0]


async def test_an_empty_answer_is_no_error(model: OpenAiChatModel, server: FakeOpenAi) -> None:
    server.mode = "empty"
    text, usages = await collect(model.stream(ASK))
    assert text == ""
    assert not usages[0].complete


async def test_a_web_page_is_no_answer(model: OpenAiChatModel, server: FakeOpenAi) -> None:
    server.mode = "html"
    text, usages = "", []
    try:
        text, usages = await collect(model.stream(ASK))
    except Unavailable:
        return
    assert text == ""
    assert not usages[0].complete


async def test_nobody_there() -> None:
    model = OpenAiChat(base_url="http://127.0.0.1:9/v1", model="x").open()
    await model.warm()
    with pytest.raises(Unavailable):
        await collect(model.stream(ASK))
    await model.aclose()
    with pytest.raises(Unavailable):
        await collect(model.stream(ASK))


@pytest.mark.parametrize("how", ["close", "cancel"])
async def test_leaving_reaches_the_server(model: OpenAiChatModel, server: FakeOpenAi, how: str) -> None:
    server.tokens = ["word "] * 2_000
    server.token_delay_s = 0.005
    await model.warm()
    stream = model.stream(ASK)
    await anext(stream)
    begin = time.perf_counter()
    if how == "close":
        await stream.aclose()  # pyright: ignore[reportAttributeAccessIssue]
    else:
        task = asyncio.ensure_future(collect(stream))
        await asyncio.sleep(0.02)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await server.left()
    print(f"left -> the server knows: {(time.perf_counter() - begin) * 1e3:.0f} ms")


async def test_leaving_before_the_answer_reaches_the_server(model: OpenAiChatModel, server: FakeOpenAi) -> None:
    await model.warm()
    server.mode = "silent"
    task = asyncio.create_task(collect(model.stream(ASK)))
    while not server.requests:
        await asyncio.sleep(0.005)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await server.left()


async def test_a_long_history_costs_next_to_nothing(model: OpenAiChatModel, server: FakeOpenAi) -> None:
    await model.warm()
    await collect(model.stream(ASK))
    figures: dict[int, float] = {}
    for count in (20, 300, 2_000):
        history = tuple(
            Message("user" if i % 2 else "assistant", f"Message {i}, about sixty letters long, as in a chat.")
            for i in range(count)
        )
        costs: list[float] = []
        for _ in range(5):
            begin = time.process_time()
            await collect(model.stream(Completion(messages=history)))
            costs.append(time.process_time() - begin)
        figures[count] = min(costs) * 1e3
    print(f"CPU ms per request, both sides: {figures}")
    assert figures[300] < figures[20] + 10  # the client's typed call takes 50 more
    assert figures[2_000] < figures[20] + 40  # 320 more


async def test_warming_up_costs_no_tokens(server: FakeOpenAi) -> None:
    model = open_model(server, profile="ollama")
    await model.warm()
    assert server.listed == 1
    assert server.requests == [{"model": "fake"}]  # Ollama is asked to load it
    assert server.received_ns == []
    await model.aclose()


@pytest.mark.parametrize(
    "values",
    [{}, {"profile": "groq"}, {"profile": "ollama"}, {"base_url": "localhost:1234"},
     {"base_url": "ftp://x/v1", "model": "m"}],
)  # fmt: skip
def test_settings_that_cannot_work(values: dict[str, str]) -> None:
    with pytest.raises(Misconfigured) as caught:
        OpenAiChat.model_validate(values).open()
    assert caught.value.fix


async def test_profiles_fill_in() -> None:
    assert OpenAiChat(profile="llamacpp").open().name == "llamacpp:default"
    assert OpenAiChat(profile="groq", api_key=SecretStr("k")).open()._base_url == "https://api.groq.com/openai/v1"
    with pytest.raises(ValidationError):
        OpenAiChat.model_validate({"profile": "nobody"})
    assert KEY not in repr(OpenAiChat(api_key=SecretStr(KEY)))


def test_importing_loads_no_vendor() -> None:
    modules = "streamer.adapters.llm.openai_chat, streamer.adapters.llm.discover, streamer.adapters.llm.ladder, "
    modules += "streamer.adapters.tts.edge, streamer.adapters.tts.espeak, streamer.adapters.tts.openai_speech, "
    modules += "streamer.adapters.tts.http_voice, streamer.adapters.demo.brain, streamer.adapters.demo.voice"
    vendors = "('openai', 'edge_tts', 'av', 'espeakng_loader', 'httpx2')"
    code = f"import {modules}, sys; print([m for m in sys.modules if m in {vendors}])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
