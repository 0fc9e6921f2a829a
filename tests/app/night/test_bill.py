"""The bill: tokens as the briefs were, prices as far as they are known."""

from typing import Any

import pytest
from pydantic import SecretStr

from streamer.adapters.llm.openai_chat import OpenAiChat
from streamer.app.night.bill import bill, price, spent
from streamer.app.settings import Settings
from streamer.app.simulate import Result, Script, Take
from streamer.core.commands import Prepare
from streamer.ports import Usage, VoiceCaps
from tests.fakes.tts import FakeVoice


def result() -> Result:
    takes = {}
    for line in (1, 2):
        order = Prepare(cause=1, line=line, persona="mika", kind="answer", why="named")
        takes[line] = Take(order, Script("x", ("a" * 300, "b" * 200), tokens=1_100, prompt_tokens=1_000), 0)
    return Result(takes=takes, end_ms=1_800_000)


def priced(**more: Any) -> OpenAiChat:
    return OpenAiChat(
        profile="openai", api_key=SecretStr("k"), model="m", base_url="https://api.example.org/v1", **more
    )


def voice(**caps: object) -> FakeVoice:
    made = FakeVoice()
    made.caps = VoiceCaps(**{"engine": "openai", **caps})  # type: ignore[arg-type]
    return made


def test_tokens_and_dollars() -> None:
    settings = Settings(llm=priced(prompt_price=2.0, completion_price=10.0))
    told = bill(result(), settings, {"openai": voice(cost_per_1k_chars=0.5)}, ["edge", "openai"])
    assert (told.model, told.prompt_tokens, told.completion_tokens) == ("openai:m", 2_000, 200)
    assert told.usd == pytest.approx(2_000 * 2 / 1e6 + 200 * 10 / 1e6)
    assert told.per_hour_usd == pytest.approx(told.usd * 2)
    assert (told.voice_chars, told.voice_usd) == (1_000, 0.5)
    assert told.words.code == "rehearsal.bill.priced"


def test_no_model_costs_nothing() -> None:
    told = bill(result(), Settings(), {}, [])
    assert (told.model, told.usd, told.per_hour_usd, told.voice_usd, told.words.code) == (
        "", 0.0, 0.0, 0.0, "rehearsal.bill.scripted",
    )  # fmt: skip
    mini = next(each for each in told.examples if each.model == "openai:gpt-4o-mini")
    assert mini.usd == pytest.approx(2_000 * 0.15 / 1e6 + 200 * 0.60 / 1e6)
    assert mini.per_hour_usd == pytest.approx(mini.usd * 2)


def test_what_is_not_known_is_none() -> None:
    told = bill(result(), Settings(llm=priced()), {"openai": voice()}, ["openai"])
    assert (told.usd, told.per_hour_usd, told.voice_usd) == (None, None, None)
    assert (told.words.code, told.words.fix) == ("rehearsal.bill.unknown", "rehearsal.bill.unknown.fix")


def test_a_model_on_this_machine_is_free() -> None:
    assert price(OpenAiChat(profile="ollama", model="m")) == (0.0, 0.0)
    told = bill(result(), Settings(llm=OpenAiChat(profile="ollama", model="m")), {"x": voice(local=True)}, ["x"])
    assert (told.usd, told.voice_usd, told.words.code) == (0.0, 0.0, "rehearsal.bill.local")


def test_what_the_report_itself_used() -> None:
    told = spent([Usage(100, 20), Usage(50, 10)], (1.0, 2.0))
    assert (told.prompt_tokens, told.completion_tokens, told.usd) == (150, 30, pytest.approx(0.00021))
    assert spent([Usage(1, 1)], None).usd is None
    assert spent([], None).usd == 0.0
