"""Tries a persona's VTube Studio once, for `check`: nothing is changed in it, and nobody is asked by a window."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlsplit

import msgspec

from streamer.adapters.avatar.vts import messages
from streamer.adapters.avatar.vts.auth import TokenStore, log_in_with_kept
from streamer.adapters.avatar.vts.client import VtsClient
from streamer.adapters.avatar.vts.discovery import Discovery
from streamer.adapters.avatar.vts.faces import OWN
from streamer.adapters.avatar.vts.names import Has, files_of, hotkeys_of, inputs_of, model_of, plan
from streamer.adapters.avatar.vts.protocol import VtsGone, VtsRefused
from streamer.adapters.avatar.vts.settings import VtsAvatar, place_of
from streamer.adapters.avatar.vts.status import Status
from streamer.ports import Health, Notice

LISTEN_S = 2.5
"""VTube Studio tells of itself every two seconds."""
Sleep = Callable[[float], Awaitable[None]]


async def probe_vts(
    persona: str, part: VtsAvatar, tokens: TokenStore, *, sleep: Sleep = asyncio.sleep
) -> Sequence[Health]:
    """The first row is the persona's; names that the model lacks have rows of their own. Never raises."""
    status = Status(f"avatar.{persona}", place_of(part.url))
    client, began = VtsClient(part.url), time.monotonic()
    try:
        await client.connect()
    except VtsGone:
        await _listen(status, part, sleep)
        return [Health(status.part, "broken", status.notice)]
    try:
        rows = await _inside(client, status, part, tokens)
        return [msgspec.structs.replace(rows[0], latency_ms=(time.monotonic() - began) * 1000), *rows[1:]]
    except (VtsGone, VtsRefused):
        notice = Notice("avatar.vts.no_answer", {"place": status.place}, "avatar.vts.no_answer.fix")
        return [Health(status.part, "broken", notice)]
    finally:
        await client.aclose()


async def _listen(status: Status, part: VtsAvatar, sleep: Sleep) -> None:
    """Nobody answers: VTube Studio may still tell the network why."""
    split = urlsplit(part.url)
    discovery = Discovery(part.discovery_port)
    await discovery.open()
    try:
        await sleep(LISTEN_S if part.discovery_port else 0.0)
        status.unreachable(discovery, split.hostname or "", split.port or 80, lost=False)
    finally:
        discovery.close()


async def _inside(client: VtsClient, status: Status, part: VtsAvatar, tokens: TokenStore) -> Sequence[Health]:
    await client.request(messages.api_state())
    let_in = await log_in_with_kept(client, status.place, tokens)
    if let_in is None:
        notice = Notice("avatar.vts.never_asked", {"place": status.place}, "avatar.vts.asking.fix")
        return [Health(status.part, "degraded", notice)]
    if not let_in:
        status.refused("revoked")
        return [Health(status.part, "degraded", status.notice)]
    found = await model_of(client.request, part.model)
    if not found.wanted:
        status.other_model(part.model, found.name, found.nearest, known=found.known)
        return status.healths()
    keys, expressions, inputs = await asyncio.gather(
        client.request(messages.hotkeys()), client.request(messages.expressions()), client.request(messages.inputs())
    )
    has = Has(found.id, found.name, hotkeys_of(keys), files_of(expressions), inputs_of(inputs) | frozenset(OWN))
    status.ready(found.name or found.id)
    status.missing = plan(part, has).missing
    return status.healths()
