"""Which device is meant by a name that a person wrote or chose. Pure: used on both sides of the pipe."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Literal

import msgspec

from streamer.ports import Misconfigured, Unavailable

Way = Literal["output", "input"]

PREFERRED: Mapping[str, tuple[str, ...]] = {
    "win32": ("Windows WASAPI",),  # MME, PortAudio's own default, buffers 90 ms and cuts names after 31 letters
    "darwin": ("Core Audio",),
    "linux": ("PulseAudio", "ALSA"),
}


class Device(msgspec.Struct, frozen=True):
    """`index` is PortAudio's, good until the library is loaded anew. `channels` and `rate_hz` of the wanted way."""

    name: str
    index: int
    channels: int
    rate_hz: int
    default: bool = False
    api: str = ""


def devices(
    found: Iterable[Mapping[str, Any]],
    apis: Sequence[Mapping[str, Any]],
    way: Way,
    *,
    default: int = -1,
    platform: str = sys.platform,
) -> list[Device]:
    """What `sounddevice.query_devices()` and `query_hostapis()` say, of the best interface that has such devices.

    The default is the interface's own, else `default`.
    """
    every = [
        Device(
            str(each["name"]),
            int(each["index"]),
            int(each[f"max_{way}_channels"]),
            round(each["default_samplerate"] or 48_000),
            api=str(apis[each["hostapi"]]["name"]),
        )
        for each in found
        if each[f"max_{way}_channels"] > 0
    ]
    for name in PREFERRED.get(platform, ()):
        chosen = [each for each in every if each.api == name]
        if chosen:
            every = chosen
            default = next((int(api[f"default_{way}_device"]) for api in apis if api["name"] == name), default)
            break
    return [msgspec.structs.replace(each, default=each.index == default) for each in every]


def choose(known: Sequence[Device], wanted: str, way: Way) -> Device:
    """The device called `wanted` (letter case and, when only one fits, the rest of the name do not matter); empty: the
    default. Raises Unavailable when there is no device at all, Misconfigured with the nearest name for a wrong one."""
    what = "to play sound on" if way == "output" else "to hear sound with"
    if not known:
        raise Unavailable(f"this computer has no device {what}")
    if not wanted.strip():
        return next((each for each in known if each.default), known[0])
    folded = wanted.strip().casefold()
    exact = [each for each in known if each.name.casefold() == folded]
    part = [each for each in known if folded in each.name.casefold()]
    if exact or len(part) == 1:
        return (exact or part)[0]
    if part:
        several = ", ".join(each.name for each in part[:6])
        raise Misconfigured(f'"{wanted.strip()}" fits several sound devices', fix=f"choose one of: {several}")
    names = {each.name.casefold(): each.name for each in known}
    close = get_close_matches(folded, list(names), 1, 0.4)
    fix = f'choose "{names[close[0]]}"' if close else f"choose one of: {', '.join(sorted(names.values())[:6])}"
    raise Misconfigured(f'there is no sound device "{wanted.strip()}"', fix=f"{fix}, plug it in, or leave the name out")
