"""What people may set of the devices of this machine."""

from typing import Literal

from pydantic import Field

from streamer.adapters.audio.device.microphone import DeviceMicrophone
from streamer.adapters.audio.device.outlet import PART, DeviceOutlet
from streamer.adapters.part import Part


class SoundDevice(Part):
    """Plays the voices on a device of this machine."""

    kind: Literal["device"] = "device"
    device: str = Field(default="", max_length=200, description="a device by name; empty: the system's default")
    latency_ms: int = Field(
        default=40, ge=10, le=500, description="what the device may hold; more when the voices are torn"
    )

    def open(self, *, part: str = PART) -> DeviceOutlet:
        """`part` names its health."""
        return DeviceOutlet(self.device, latency_ms=self.latency_ms, part=part)


class MicrophoneDevice(Part):
    """Hears the host with a device of this machine."""

    kind: Literal["device"] = "device"
    device: str = Field(default="", max_length=200, description="a device by name; empty: the system's default")

    def open(self) -> DeviceMicrophone:
        return DeviceMicrophone(self.device)
