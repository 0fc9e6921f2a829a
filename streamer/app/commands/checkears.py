"""What `check` finds of ears and ways out: recognisers are loaded, devices opened for a moment. Nothing is said."""

import asyncio
from collections.abc import Sequence

from streamer.adapters.audio.device.microphone import PART as MICROPHONE
from streamer.adapters.audio.device.microphone import DeviceMicrophone
from streamer.adapters.audio.device.names import choose
from streamer.adapters.audio.device.outlet import PART as DEVICE
from streamer.adapters.audio.device.outlet import list_devices
from streamer.app.hearing.chain import ChainRecognizer
from streamer.app.hearing.opening import open_recognizers
from streamer.app.plan import Plan
from streamer.ports import Health, Misconfigured, Notice, Unavailable

FRAMES = 10
FRAMES_S = 10.0


async def probe_ears(plan: Plan) -> list[Health]:
    """A row for each recogniser of the chain, for the microphone and for the device that plays the voices, as far as
    they are switched on."""
    found = await asyncio.gather(_recognisers(plan), _microphone(plan), _devices(plan))
    return [row for rows in found for row in rows]


async def _recognisers(plan: Plan) -> Sequence[Health]:
    if plan.settings.ears.source not in ("browser", "device"):
        return []
    engines, broken = await asyncio.to_thread(open_recognizers, plan.settings, plan.folders.state)
    chain = ChainRecognizer(engines, asyncio.get_running_loop().time, lambda: None)
    try:
        await chain.load(lambda _: None)
        return [*broken, *chain.healths()]
    finally:
        await chain.aclose()


async def _microphone(plan: Plan) -> Sequence[Health]:
    ears = plan.settings.ears
    if ears.source != "device":
        return []
    device = DeviceMicrophone(ears.device)
    try:
        async with asyncio.timeout(FRAMES_S):
            await _frames(device)
        return [device.health]
    except Misconfigured as wrong:
        return [Health(MICROPHONE, "broken", Notice("part.misconfigured", {"reason": wrong.reason}, wrong.fix))]
    except (Unavailable, TimeoutError) as wrong:
        reason = getattr(wrong, "reason", "no sound came")
        return [Health(MICROPHONE, "broken", Notice("part.unavailable", {"reason": reason}, "fix.ears.device"))]
    finally:
        await device.aclose()


async def _frames(device: DeviceMicrophone) -> None:
    count = 0
    async for _ in device.frames():
        count += 1
        if count == FRAMES:
            return


async def _devices(plan: Plan) -> Sequence[Health]:
    """Whether the devices for the voices are there, by name."""
    sound = plan.settings.sound
    wanted = [("", sound.device.device)] if sound.sink == "device" else []
    wanted += [(f".{persona}", own.device) for persona, own in sound.personas.items()]
    if not wanted:
        return []
    rows: list[Health] = []
    try:
        known = await list_devices("output")
    except (Misconfigured, Unavailable) as wrong:
        fix = wrong.fix if isinstance(wrong, Misconfigured) else ""
        return [Health(DEVICE, "broken", Notice("part.misconfigured", {"reason": wrong.reason}, fix))]
    for suffix, name in wanted:
        try:
            device = choose(known, name, "output")
            rows.append(Health(DEVICE + suffix, "ok", Notice("sound.device_plays", {"device": device.name})))
        except (Misconfigured, Unavailable) as wrong:
            fix = wrong.fix if isinstance(wrong, Misconfigured) else ""
            notice = Notice("part.misconfigured", {"reason": wrong.reason}, fix)
            rows.append(Health(DEVICE + suffix, "broken", notice))
    return rows
