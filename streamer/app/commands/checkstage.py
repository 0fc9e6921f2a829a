"""What `check` finds on the stage: OBS, and the programs that show a persona. Nothing is changed, nobody is asked."""

import asyncio

from streamer.app.plan import Plan
from streamer.app.staging.maps import scene_places
from streamer.app.staging.opening import avatar_health, keyed_obs
from streamer.app.staging.tokens import TokenFile
from streamer.ports import Health


async def probe_stage(plan: Plan) -> list[Health]:
    """All devices at the same time."""
    found = await asyncio.gather(_obs(plan), *(_avatar(plan, persona) for persona in plan.settings.avatars))
    return [*(row for rows in found for row in rows), *avatar_health(plan)]


async def _obs(plan: Plan) -> list[Health]:
    part = plan.settings.obs
    if part is None:
        return []
    from streamer.adapters.obs.probe import probe_obs

    keyed = await asyncio.to_thread(keyed_obs, part)
    places = scene_places(plan.scenes, plan.rundown, plan.settings.alerts)
    return [*await probe_obs(keyed, plan.scenes, places)]


async def _avatar(plan: Plan, persona: str) -> list[Health]:
    if f"avatar.{persona}" in {row.part for row in avatar_health(plan)}:
        return []
    from streamer.adapters.avatar.vts.probe import probe_vts

    return [*await probe_vts(persona, plan.settings.avatars[persona], TokenFile(plan.folders.state))]
