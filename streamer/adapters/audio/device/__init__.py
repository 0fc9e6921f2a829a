"""Devices of this machine through PortAudio (`sounddevice`): one that plays the voices, one that hears the host.

Both live in a child process, for three reasons: its callback needs the interpreter every 10 ms, whatever the show does;
PortAudio knows only the devices there were when it was loaded; and a driver that hangs or dies takes nothing with it.
See docs/decisions/0021-the-device-in-a-child.md.
"""

from streamer.adapters.audio.device.microphone import DeviceMicrophone
from streamer.adapters.audio.device.names import Device
from streamer.adapters.audio.device.outlet import DeviceOutlet
from streamer.adapters.audio.device.settings import MicrophoneDevice, SoundDevice

__all__ = ["Device", "DeviceMicrophone", "DeviceOutlet", "MicrophoneDevice", "SoundDevice"]
