"""Looks at VTube Studio once, for `check`: whether it runs, knows us, and has the model of the settings loaded.

Nobody is asked for anything: where we were never let in, that is said, and no popup opens.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlsplit

from streamer.adapters.avatar.vts import messages
from streamer.adapters.avatar.vts.auth import DEVELOPER, PLUGIN, TokenStore
from streamer.adapters.avatar.vts.client import VtsClient
from streamer.adapters.avatar.vts.discovery import Discovery
from streamer.adapters.avatar.vts.names import same_model
from streamer.adapters.avatar.vts.protocol import VtsGone, VtsRefused
from streamer.adapters.avatar.vts.settings import VtsAvatar, place_of
from streamer.adapters.avatar.vts.status import Status
from streamer.ports import Health, Notice

LISTEN_S = 2.5
"""VTube Studio tells of itself every two seconds."""


async def probe_vts(
    persona: str, part: VtsAvatar, tokens: TokenStore, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> Sequence[Health]:
    """One row. Never raises."""
    name, place = f"avatar.{persona}", place_of(part.url)
    client, began = VtsClient(part.url), time.monotonic()
    try:
        await client.connect()
    except VtsGone:
        return [await _unreachable(name, part, place, sleep)]
    try:
        notice, good = await _asked(client, part, place, tokens)
    except (VtsGone, VtsRefused):
        return [Health(name, "broken", Notice("avatar.vts.no_answer", {"place": place}, "avatar.vts.no_answer.fix"))]
    finally:
        await client.aclose()
    return [Health(name, "ok" if good else "degraded", notice, (time.monotonic() - began) * 1000)]


async def _asked(client: VtsClient, part: VtsAvatar, place: str, tokens: TokenStore) -> tuple[Notice, bool]:
    """What it says of itself, and whether all is well. Raises VtsGone, VtsRefused."""
    params: dict[str, str | int | float] = {"place": place}
    await client.request(messages.api_state())
    kept = [await asyncio.to_thread(tokens.get, key) for key in (f"vts.{place}", "vts")]
    known = [token for token in dict.fromkeys(kept) if token]
    if not known:
        return Notice("avatar.vts.never_asked", params, "avatar.vts.asking.fix"), False
    for token in known:
        answer = await client.request(messages.authentication(PLUGIN, DEVELOPER, token))
        if answer.get("authenticated") is True:
            break
    else:
        return Notice("avatar.vts.revoked", params, "avatar.vts.ask_again.fix"), False
    told = await client.request(messages.current_model())
    loaded = bool(told.get("modelLoaded"))
    model, shown = (str(told.get(key) or "") if loaded else "" for key in ("modelID", "modelName"))
    if not model:
        return Notice("avatar.vts.no_model", {"wanted": part.model}, "avatar.vts.no_model.fix"), False
    if not same_model(part.model, model, shown):
        wanted: dict[str, str | int | float] = {"wanted": part.model, "found": shown}
        return Notice("avatar.vts.other_model", wanted, "avatar.vts.other_model.fix"), False
    return Notice("avatar.vts.ok", {"model": shown, "place": place}), True


async def _unreachable(name: str, part: VtsAvatar, place: str, sleep: Callable[[float], Awaitable[None]]) -> Health:
    """Nobody answers: VTube Studio may still tell the network why."""
    discovery, status = Discovery(part.discovery_port), Status(name, place)
    await discovery.open()
    try:
        await sleep(LISTEN_S if part.discovery_port else 0.0)
        split = urlsplit(part.url)
        status.unreachable(discovery, split.hostname or "", split.port or 80, lost=False)
    finally:
        discovery.close()
    return Health(name, "broken", status.notice)
