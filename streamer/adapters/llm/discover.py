"""Finds model servers that already run on this machine, to offer them. Finding one never means using it."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import aiohttp
import msgspec

from streamer.adapters.http_client import is_local
from streamer.adapters.llm.common.profiles import PROFILES, ProfileName

LIMIT_S = 0.3
MAX_ANSWER = 1 << 20
MAX_LIST = 1 << 24
"""OpenRouter's list of models with prices is about a megabyte."""
MAX_MODELS = 200
ROOTS: tuple[tuple[ProfileName, str], ...] = (
    ("ollama", "http://127.0.0.1:11434"),
    ("lmstudio", "http://127.0.0.1:1234"),
)


class LocalModel(msgspec.Struct, frozen=True):
    """`size_bytes` on disk and `parameters` ("8.0B") as the server says; 0 and "" when it does not."""

    name: str
    size_bytes: int = 0
    parameters: str = ""


class LocalServer(msgspec.Struct, frozen=True):
    """A server that answered. `base_url` is what `llm.base_url` takes; empty when it is the profile's own."""

    profile: ProfileName
    base_url: str
    models: tuple[LocalModel, ...]


async def discover(roots: Sequence[tuple[ProfileName, str]] = ROOTS, *, limit_s: float = LIMIT_S) -> list[LocalServer]:
    """All servers at once, each within `limit_s`; one that is silent, foreign or broken is simply not there."""
    timeout = aiohttp.ClientTimeout(total=limit_s)
    async with aiohttp.ClientSession(timeout=timeout, trust_env=False) as session:
        found = await asyncio.gather(*(_ask(session, profile, root) for profile, root in roots))
    return [server for server in found if server is not None]


async def listing(url: str, *, key: str = "", limit_s: float = 3.0) -> Any:
    """The JSON behind `GET url`, such as a server's list of models; None when there is no JSON to be had in time."""
    timeout = aiohttp.ClientTimeout(total=limit_s)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=not is_local(url)) as session,
            session.get(url, headers=headers, allow_redirects=False) as response,
        ):
            return json.loads(await _body(response, MAX_LIST)) if response.status == 200 else None
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return None


async def _body(response: aiohttp.ClientResponse, limit: int) -> bytes:
    raw = await response.content.read(limit)
    while not response.content.at_eof() and len(raw) < limit:
        raw += await response.content.read(limit - len(raw))
    return raw


async def _ask(session: aiohttp.ClientSession, profile: ProfileName, root: str) -> LocalServer | None:
    path = "/api/tags" if profile == "ollama" else "/v1/models"
    try:
        async with session.get(root.rstrip("/") + path, allow_redirects=False) as response:
            if response.status != 200:
                return None
            raw = await _body(response, MAX_ANSWER)
        models = _ollama(json.loads(raw)) if profile == "ollama" else _openai(json.loads(raw))
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError, TypeError, AttributeError, KeyError):
        return None
    base = root.rstrip("/") + "/v1"
    return LocalServer(profile, "" if base == PROFILES[profile].base_url else base, tuple(models[:MAX_MODELS]))


def _ollama(answer: Any) -> list[LocalModel]:
    models = [
        LocalModel(
            str(model["name"]), int(model.get("size") or 0), str((model.get("details") or {}).get("parameter_size", ""))
        )
        for model in answer["models"]
    ]
    return [model for model in models if _talks(model.name)]


def _openai(answer: Any) -> list[LocalModel]:
    return [LocalModel(str(model["id"])) for model in answer["data"] if _talks(str(model["id"]))]


def _talks(name: str) -> bool:
    """Embedding models answer the same list and cannot chat."""
    return "embed" not in name.lower()
