"""Servers that speak OpenAI's chat protocol, by name: where they are, if they need a key, what they call things."""

from typing import Literal, get_args

import msgspec

from streamer.adapters.http_client import is_local

ProfileName = Literal["openai", "ollama", "lmstudio", "vllm", "llamacpp", "deepseek", "groq", "openrouter"]


class Profile(msgspec.Struct, frozen=True):
    """`key_env` is the environment variable people know for its key. `model` is empty when only the user can know it.

    `limit_field` is what the server calls the limit of tokens; `stops` how many stop texts it takes at most.
    """

    base_url: str
    model: str = ""
    key_env: str = ""
    needs_key: bool = False
    limit_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    stops: int = 4
    seed: bool = True
    local: bool = False
    label: str = ""
    """What people call it."""
    key_page: str = ""
    """Where a key is made."""
    models: tuple[str, ...] = ()
    """Models to begin with, the best fitting first: quick, cheap, and good at short talk."""


PROFILES: dict[ProfileName, Profile] = {
    "openai": Profile(
        "https://api.openai.com/v1",
        "gpt-4o-mini",
        "OPENAI_API_KEY",
        needs_key=True,
        limit_field="max_completion_tokens",
        label="OpenAI",
        key_page="https://platform.openai.com/api-keys",
        models=("gpt-4o-mini", "gpt-4.1-mini", "gpt-4.1-nano", "gpt-4o"),
    ),
    "ollama": Profile(
        "http://127.0.0.1:11434/v1", local=True, label="Ollama", models=("llama3.2:3b", "gemma3:4b", "qwen2.5:7b")
    ),
    "lmstudio": Profile("http://127.0.0.1:1234/v1", local=True, label="LM Studio"),
    "vllm": Profile("http://127.0.0.1:8000/v1", key_env="VLLM_API_KEY", local=True, label="vLLM"),
    "llamacpp": Profile(
        "http://127.0.0.1:8080/v1", "default", key_env="LLAMA_API_KEY", local=True, label="llama.cpp",
        models=("default",),
    ),
    "deepseek": Profile(
        "https://api.deepseek.com/v1", "deepseek-chat", "DEEPSEEK_API_KEY", needs_key=True, stops=16, seed=False,
        label="DeepSeek", key_page="https://platform.deepseek.com/api_keys", models=("deepseek-chat",),
    ),
    "groq": Profile(
        "https://api.groq.com/openai/v1", "llama-3.1-8b-instant", "GROQ_API_KEY", needs_key=True,
        label="Groq", key_page="https://console.groq.com/keys",
        models=("llama-3.3-70b-versatile", "llama-3.1-8b-instant"),
    ),
    "openrouter": Profile(
        "https://openrouter.ai/api/v1", "", "OPENROUTER_API_KEY", needs_key=True,
        label="OpenRouter", key_page="https://openrouter.ai/keys",
        models=("meta-llama/llama-3.3-70b-instruct", "openai/gpt-4o-mini", "google/gemini-2.5-flash-lite"),
    ),
}  # fmt: skip
NAMES: tuple[ProfileName, ...] = get_args(ProfileName)

PRICED = "2025-08"
"""When `PRICES` were the published ones. They change: `llm.prompt_price` and `llm.completion_price` win over them."""
PRICES: dict[tuple[ProfileName, str], tuple[float, float]] = {
    ("openai", "gpt-4o-mini"): (0.15, 0.60),
    ("openai", "gpt-4o"): (2.50, 10.00),
    ("openai", "gpt-4.1"): (2.00, 8.00),
    ("openai", "gpt-4.1-mini"): (0.40, 1.60),
    ("openai", "gpt-4.1-nano"): (0.10, 0.40),
    ("groq", "llama-3.3-70b-versatile"): (0.59, 0.79),
    ("groq", "llama-3.1-8b-instant"): (0.05, 0.08),
}
"""US dollars per million tokens, of the request and of the answer, as the provider's own price page had them."""


def price_of(profile: ProfileName, model: str, base_url: str = "") -> tuple[float, float] | None:
    """US dollars per million tokens (request, answer); zeros on this machine's own servers, None when not known.

    The price list is the provider's: another address has its own prices.
    """
    url = (base_url or PROFILES[profile].base_url).rstrip("/")
    if is_local(url):
        return 0.0, 0.0
    return PRICES.get((profile, model)) if url == PROFILES[profile].base_url else None
