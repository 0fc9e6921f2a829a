"""Servers that speak OpenAI's chat protocol, by name: where they are, if they need a key, what they call things."""

import ipaddress
from typing import Literal, get_args
from urllib.parse import urlsplit

import msgspec

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


PROFILES: dict[ProfileName, Profile] = {
    "openai": Profile(
        "https://api.openai.com/v1",
        "gpt-4o-mini",
        "OPENAI_API_KEY",
        needs_key=True,
        limit_field="max_completion_tokens",
    ),
    "ollama": Profile("http://127.0.0.1:11434/v1", local=True),
    "lmstudio": Profile("http://127.0.0.1:1234/v1", local=True),
    "vllm": Profile("http://127.0.0.1:8000/v1", key_env="VLLM_API_KEY", local=True),
    "llamacpp": Profile("http://127.0.0.1:8080/v1", "default", key_env="LLAMA_API_KEY", local=True),
    "deepseek": Profile(
        "https://api.deepseek.com/v1", "deepseek-chat", "DEEPSEEK_API_KEY", needs_key=True, stops=16, seed=False
    ),
    "groq": Profile("https://api.groq.com/openai/v1", "llama-3.1-8b-instant", "GROQ_API_KEY", needs_key=True),
    "openrouter": Profile("https://openrouter.ai/api/v1", "", "OPENROUTER_API_KEY", needs_key=True),
}
NAMES: tuple[ProfileName, ...] = get_args(ProfileName)


def is_local(url: str) -> bool:
    """Loopback and private addresses: never sent through a proxy."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False
