"""The brain step: providers, model servers on this machine, and one real question to a model before it is taken."""

import asyncio
import difflib
import re
import zlib
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Any

import msgspec
from pydantic import SecretStr

from streamer.adapters.http_client import is_local
from streamer.adapters.llm.common.profiles import PROFILES, price_of
from streamer.adapters.llm.discover import LocalServer, listing
from streamer.adapters.llm.openai_chat import OpenAiChat
from streamer.app.setup.memory import free_bytes, need_bytes
from streamer.app.setup.wording import notice
from streamer.ports import Completion, Message, Misconfigured, Notice, Token, Unavailable, Usage
from streamer.web.setup import BrainTried, FoundModel, FoundServer, Provider

QUESTION = "Is cereal a soup?"
TOTAL_S = 60.0
LOCAL_FIRST_TOKEN_S = 50.0
"""A local server may have to load the model first."""
FIRST_TOKEN_S = 20.0
LIST_S = 3.0
ANSWER_MAX = 4_000
"""Characters. A line is limited to far fewer, and a server that keeps to its limit never comes near."""
STYLE = (
    "You speak aloud on a live stream. Answer in one or two short sentences of plain spoken words: no lists, no "
    "markdown, no emoji. Tags such as [joy] or [think] may move your face and are not spoken."
)
_TAGS = re.compile(r"\[[^\]]{0,40}\]|<[^>]{0,200}>|[*_`#>|~\-=]+")
_CASES = (
    ("needs a key", "no_key"),
    ("needs the name of a model", "no_model_named"),
    ("no http(s) address", "bad_address"),
    ("key is refused", "wrong_key"),
    ("no credit", "no_credit"),
    ("slow down", "brain_limited"),
    ("no words in time", "brain_timeout"),
    ("cannot be reached", "brain_unreachable"),
)
"""What the adapter says, and the case it is."""
_STATUS = re.compile(r"\b([1-5]\d\d)\b")


def providers() -> tuple[Provider, ...]:
    """Every provider, the ones on the net first."""
    rows = [
        Provider(name, each.label, each.local, each.needs_key, each.key_page, each.models)
        for name, each in PROFILES.items()
    ]
    return tuple(sorted(rows, key=lambda row: row.local))


def offered(servers: Sequence[LocalServer], free: int | None) -> tuple[FoundServer, ...]:
    """Servers as the panel shows them: each model with the memory it takes, and whether that is free (bytes)."""
    return tuple(
        FoundServer(
            server.profile,
            server.base_url,
            tuple(_offered(each.name, each.size_bytes, each.parameters, free) for each in server.models),
        )
        for server in servers
    )


def _offered(name: str, size: int, parameters: str, free: int | None) -> FoundModel:
    need = need_bytes(size, parameters)
    return FoundModel(name, size, parameters, need, None if not need or free is None else need <= free)


async def found(find: Callable[[], Awaitable[Sequence[LocalServer]]]) -> tuple[tuple[FoundServer, ...], int | None]:
    """Looks for servers again; also the free memory."""
    servers, free = await asyncio.gather(find(), asyncio.to_thread(free_bytes))
    return offered(servers, free), free


# --- one question -----------------------------------------------------------------------------------------------------


class _Heard(msgspec.Struct):
    text: str = ""
    first_ms: int | None = None
    total_ms: int = 0
    usage: Usage = Usage()


async def ask(part: OpenAiChat, persona: str, question: str, *, total_s: float = TOTAL_S) -> BrainTried:
    """One question through the adapter that the show uses. `part` has its key; `persona` is who it is told to be.

    Never raises for what the server does: `notice` says what is wrong and what can be done.
    """
    url = part.base_url or PROFILES[part.profile].base_url
    wanted = part.model or PROFILES[part.profile].model
    patience = LOCAL_FIRST_TOKEN_S if is_local(url) else FIRST_TOKEN_S
    patient = part.model_copy(update={"first_token_s": min(total_s, patience), "between_tokens_s": 20.0})
    heard = _Heard()
    wrong: Notice | None = None
    try:
        async with asyncio.timeout(total_s):
            await _listen(patient, persona, question, heard)
    except TimeoutError:
        wrong = notice("brain_timeout", seconds=round(total_s))
    except (Misconfigured, Unavailable) as error:
        wrong = await _wrong(error.reason, patient, url, wanted)
    if len(heard.text) > ANSWER_MAX:
        wrong = notice("brain_endless")
    text = " ".join(heard.text.split())
    wrong = wrong or _nonsense(text)
    if wrong is not None:
        return BrainTried(False, text[:600], wanted, heard.first_ms, heard.total_ms or None, notice=wrong)
    usage = heard.usage
    cost = await cost_of(patient, wanted, usage)
    unknown = notice("price_unknown") if cost is None else None
    return BrainTried(
        True, text, wanted, heard.first_ms, heard.total_ms, usage.prompt_tokens, usage.completion_tokens, cost, unknown
    )


async def _listen(part: OpenAiChat, persona: str, question: str, heard: _Heard) -> None:
    model = part.open()
    loop = asyncio.get_running_loop()
    messages = (Message("system", f"{persona}\n\n{STYLE}".strip()), Message("user", question.strip() or QUESTION))
    try:
        await model.load()  # the client's own start is not the model's time
        began = loop.time()
        async with aclosing(model.stream(Completion(messages=messages))) as pieces:  # type: ignore[type-var]
            async for piece in pieces:
                if isinstance(piece, Token):
                    if heard.first_ms is None:
                        heard.first_ms = round((loop.time() - began) * 1000)
                    heard.text += piece.text
                    if len(heard.text) > ANSWER_MAX:
                        break
                else:
                    heard.usage = piece
        heard.total_ms = round((loop.time() - began) * 1000)
    finally:
        await model.aclose()


async def _wrong(reason: str, part: OpenAiChat, url: str, model: str) -> Notice:
    """The adapter's words as a case people can act on."""
    if "no such model" in reason:
        return await _no_model(part, url, model)
    local = is_local(url)
    home = url.rstrip("/") == PROFILES[part.profile].base_url
    who = PROFILES[part.profile].label if home else _host(url)  # at another address it is not that provider
    params: dict[str, str | float] = {"provider": who, "address": _host(url)}
    params["seconds"] = round(part.first_token_s)
    params["status"] = next((int(found[1]) for found in _STATUS.finditer(reason.rpartition(": ")[2])), 0)
    for words, code in _CASES:
        if words in reason:
            return notice(f"{code}_far" if code == "brain_unreachable" and not local else code, **params)
    return notice("brain_refuses" if params["status"] else "brain_strange", **params)


async def _no_model(part: OpenAiChat, url: str, model: str) -> Notice:
    """A wrong name when the server lists others, else a wrong address."""
    answer = await _listed(part, url)
    names = _names(answer)
    if answer is None:
        return notice("no_such_address", address=_host(url), model=model)
    near = difflib.get_close_matches(model, names, n=3, cutoff=0.4) or names[:3]
    return notice("no_model", model=model, near=", ".join(near)) if near else notice("no_model_at_all", model=model)


async def _listed(part: OpenAiChat, url: str) -> Any:
    key = part.api_key.get_secret_value()
    return await listing(url.rstrip("/") + "/models", key=key, limit_s=LIST_S)


def _names(answer: Any) -> list[str]:
    rows = answer.get("data") if isinstance(answer, dict) else None
    return [str(row["id"]) for row in rows if isinstance(row, dict) and row.get("id")] if isinstance(rows, list) else []


def _host(url: str) -> str:
    return re.sub(r"^\w+://(?:[^@/]*@)?", "", url).partition("/")[0][:100]


def _nonsense(text: str) -> Notice | None:
    """An answer that nobody could speak: nothing, only markup, or the same again and again."""
    words = _TAGS.sub(" ", text)
    if not text:
        return notice("brain_empty")
    if sum(char.isalnum() for char in words) < 2:
        return notice("brain_markup")
    raw = words.encode("utf-8", "replace")
    if len(raw) > 120 and len(zlib.compress(raw)) < len(raw) * 0.2:
        return notice("brain_repeats")
    return None


# --- prices -----------------------------------------------------------------------------------------------------------


def known_price(part: OpenAiChat) -> tuple[float, float] | None:
    """US dollars per million tokens (request, answer): from the settings, else as published; None when not known."""
    if part.prompt_price or part.completion_price:
        return part.prompt_price, part.completion_price
    return price_of(part.profile, part.model or PROFILES[part.profile].model, part.base_url)


async def cost_of(part: OpenAiChat, model: str, usage: Usage) -> float | None:
    """What an answer cost in US dollars; None when its price, or what it used, is not known."""
    price = known_price(part)
    if price is None and part.profile == "openrouter":
        price = _openrouter(await _listed(part, part.base_url or PROFILES["openrouter"].base_url), model)
    if price is None or (any(price) and not (usage.prompt_tokens or usage.completion_tokens)):
        return None
    return (usage.prompt_tokens * price[0] + usage.completion_tokens * price[1]) / 1e6


def _openrouter(answer: Any, model: str) -> tuple[float, float] | None:
    """OpenRouter lists dollars per token, as text."""
    rows = answer.get("data") if isinstance(answer, dict) else None
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, dict) and row.get("id") == model and isinstance(row.get("pricing"), dict):
            try:
                prices = [float(row["pricing"][side]) * 1e6 for side in ("prompt", "completion")]
            except (KeyError, TypeError, ValueError):
                return None
            return (prices[0], prices[1]) if min(prices) >= 0 else None
    return None


def with_key(part: OpenAiChat, key: str) -> OpenAiChat:
    return part.model_copy(update={"api_key": SecretStr(key)}) if key else part
