"""PortAudio in the child: what devices there are, and opening one at whatever rate it takes."""

import contextlib
import sys
from collections.abc import Callable
from typing import Any

from streamer.adapters.audio.device.names import Device, Way, choose, devices
from streamer.adapters.worker_child import ChildMisconfigured, ChildUnavailable
from streamer.ports import Misconfigured, Unavailable

NOT_THERE, IN_USE, HOST_ERROR = (-9996, -9998), -9985, -9999
OPENED_RATE, LIBRARY = 48_000, "the PortAudio library is not installed"
LIBRARY_FIX = "install it: apt install libportaudio2 (Debian, Ubuntu), dnf install portaudio, pacman -S portaudio"
ALLOW = {
    "win32": "Settings > Privacy & security > Microphone: allow desktop apps to use the microphone",
    "darwin": "System Settings > Privacy & Security > Microphone: allow the terminal that runs Showrunner, start again",
}
"""Where the system can refuse a microphone."""


def library() -> Any:
    """`sounddevice`. Raises ModuleNotFoundError or ChildMisconfigured."""
    try:
        import sounddevice
    except OSError as error:  # "PortAudio library not found"; wheels for Windows and macOS bring it along
        raise ChildMisconfigured(LIBRARY, LIBRARY_FIX) from error
    return sounddevice


def look(sd: Any, way: Way, *, anew: bool = True) -> list[Device]:
    """Devices as they are now. `anew` loads the library's list again, which no open stream survives."""
    if anew:
        with contextlib.suppress(Exception):
            sd._terminate()  # noqa: SLF001 - the only way to see what was plugged in since
        try:
            sd._initialize()  # noqa: SLF001
        except sd.PortAudioError as error:
            raise ChildUnavailable(f"the sound system of this computer does not answer ({_words(error)})") from error
    found = list(sd.query_devices())
    default = sd.default.device[1 if way == "output" else 0]
    return devices(found, list(sd.query_hostapis()), way, default=default)


def opened(
    sd: Any, way: Way, wanted: str, rate_hz: int, latency_ms: int, make: Callable[[int, int], Any]
) -> tuple[Device, int, int, Any]:
    """(device, its rate, its channels, the callback's owner) with a stream that runs, as `owner.stream`.

    `make(rate, channels)` makes the owner, which has `.callback` and `.finished`. The wanted rate first, then the
    device's own. Raises ChildUnavailable or ChildMisconfigured.
    """
    known = look(sd, way)
    try:
        device = choose(known, wanted, way)
    except Misconfigured as wrong:
        raise ChildMisconfigured(wrong.reason, wrong.fix) from wrong
    except Unavailable as wrong:
        raise ChildUnavailable(wrong.reason) from wrong
    stream_of = sd.RawOutputStream if way == "output" else sd.RawInputStream
    last: Any = None
    for rate in dict.fromkeys((rate_hz, device.rate_hz, OPENED_RATE, 44_100)):
        for channels in dict.fromkeys((1, min(2, device.channels), device.channels)):
            owner = make(rate, channels)
            try:
                owner.stream = stream_of(
                    samplerate=rate, channels=channels, dtype="int16", device=device.index, latency=latency_ms / 1000,
                    blocksize=rate // 100, callback=owner.callback, finished_callback=owner.finished,
                    extra_settings=_extra(sd, device),
                )  # fmt: skip
                owner.stream.start()
            except sd.PortAudioError as error:
                last, owner.closing = error, True
                with contextlib.suppress(Exception):
                    owner.stream.close()
                if _code(error) == IN_USE:
                    break
                continue
            return device, rate, channels, owner
    raise _refused(last, device, way)


def _extra(sd: Any, device: Device) -> Any:
    return sd.WasapiSettings(auto_convert=True) if "WASAPI" in device.api else None


def _code(error: Any) -> int:
    return error.args[1] if len(error.args) > 1 and isinstance(error.args[1], int) else 0


def _words(error: Any) -> str:
    return str(error.args[0])[:120] if error.args else type(error).__name__


def _refused(error: Any, device: Device, way: Way) -> Exception:
    """The sentence for a device that did not open. Device names are the system's, not somebody's words."""
    code = _code(error)
    if code == IN_USE:
        return ChildUnavailable(f"{device.name} is taken by another program, or was just unplugged", 2.0)
    if code == HOST_ERROR and way == "input" and sys.platform in ALLOW:
        return ChildMisconfigured(f"the system does not let us hear {device.name}", ALLOW[sys.platform])
    return ChildUnavailable(f"{device.name} cannot be opened: {_words(error)}", 2.0)
