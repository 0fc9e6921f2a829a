"""What a show would have cost: tokens as its briefs really were, at the prices that are known; nothing is guessed."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from streamer.adapters.llm.common.profiles import PRICED, PRICES, PROFILES, price_of
from streamer.adapters.llm.openai_chat import OpenAiChat
from streamer.app.settings import Settings
from streamer.app.simulate import Result
from streamer.ports import Notice, TextToSpeech, Usage

FREE_VOICES: Final = frozenset({"espeak", "edge"})
"""Cost nothing whatever their settings say."""


class Spent(msgspec.Struct, frozen=True):
    """What the making of the report itself has used: real tokens of a real model."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    usd: float | None = 0.0


class Example(msgspec.Struct, frozen=True):
    """What the same show would have cost with a model whose price is known. `priced`: when it was (year and month)."""

    model: str
    usd: float
    per_hour_usd: float | None
    priced: str


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """`usd` is None when no price is known. `words` says how it came about."""

    model: str
    prompt_tokens: int
    completion_tokens: int
    usd: float | None
    per_hour_usd: float | None
    voice_chars: int
    voice_usd: float | None
    words: Notice
    spent: Spent = Spent()
    examples: tuple[Example, ...] = ()
    """Only without a configured model."""


def price(llm: OpenAiChat | None) -> tuple[float, float] | None:
    """US dollars for a million tokens in and out; (0, 0) for a model on this machine or network; None when unknown.

    The settings come first, then the provider's own price list.
    """
    if llm is None:
        return None
    if llm.prompt_price or llm.completion_price:
        return llm.prompt_price, llm.completion_price
    return price_of(llm.profile, llm.model or PROFILES[llm.profile].model, llm.base_url)


def bill(result: Result, settings: Settings, voices: Mapping[str, TextToSpeech], engines: Iterable[str]) -> Bill:
    """`engines`: names of the engines in the order they are tried; the first that is open speaks."""
    prompt = sum(take.script.prompt_tokens for take in result.takes.values())
    completion = sum(take.script.tokens - take.script.prompt_tokens for take in result.takes.values())
    chars = sum(len(clause) for take in result.takes.values() for clause in take.script.clauses)
    llm = settings.llm
    known = price(llm)
    usd = _usd(known, prompt, completion)
    voice = next((voices[name] for name in engines if name in voices), None)
    hours = result.end_ms / 3_600_000
    return Bill(
        model=_model(llm),
        prompt_tokens=prompt,
        completion_tokens=completion,
        usd=0.0 if llm is None else usd,
        per_hour_usd=0.0 if llm is None else round(usd / hours, 6) if usd is not None and hours > 0 else None,
        voice_chars=chars,
        voice_usd=_voice_usd(voice, chars),
        words=_words(llm, known, usd, prompt, completion, hours),
        examples=() if llm is not None else tuple(_examples(prompt, completion, hours)),
    )


def spent(usages: Iterable[Usage], known: tuple[float, float] | None) -> Spent:
    """The sum of what a model answered for the report."""
    every = list(usages)
    prompt, completion = sum(each.prompt_tokens for each in every), sum(each.completion_tokens for each in every)
    return Spent(prompt, completion, _usd(known, prompt, completion) if every else 0.0)


def _examples(prompt: int, completion: int, hours: float) -> Iterator[Example]:
    for (profile, model), known in PRICES.items():
        usd = _usd(known, prompt, completion) or 0.0
        yield Example(f"{profile}:{model}", usd, round(usd / hours, 6) if hours > 0 else None, PRICED)


def _usd(known: tuple[float, float] | None, prompt: int, completion: int) -> float | None:
    return None if known is None else round((prompt * known[0] + completion * known[1]) / 1e6, 6)


def _model(llm: OpenAiChat | None) -> str:
    return "" if llm is None else f"{llm.profile}:{llm.model or PROFILES[llm.profile].model}"


def _voice_usd(voice: TextToSpeech | None, chars: int) -> float | None:
    if voice is None or voice.caps.local or voice.caps.engine in FREE_VOICES:
        return 0.0
    rate = voice.caps.cost_per_1k_chars
    return round(chars / 1000 * rate, 6) if rate > 0 else None


def _words(
    llm: OpenAiChat | None, known: tuple[float, float] | None, usd: float | None, prompt: int, completion: int,
    hours: float,
) -> Notice:  # fmt: skip
    params: dict[str, Any] = {
        "model": _model(llm),
        "prompt": prompt,
        "completion": completion,
        "hours": round(hours, 2),
    }
    if llm is None:
        return Notice("rehearsal.bill.scripted", params)
    if known is None:
        return Notice("rehearsal.bill.unknown", params, "rehearsal.bill.unknown.fix")
    if known == (0.0, 0.0):
        return Notice("rehearsal.bill.local", params)
    return Notice("rehearsal.bill.priced", {**params, "usd": f"{usd or 0:.4f}", "in": known[0], "out": known[1]})
