"""Which device a name means, as PortAudio lists them on three systems."""

import pytest

from streamer.adapters.audio.device.names import Device, choose, devices
from streamer.ports import Misconfigured, Unavailable


def entry(index: int, name: str, api: int, outs: int, ins: int = 0) -> dict[str, object]:
    return {"index": index, "name": name, "hostapi": api, "max_output_channels": outs, "max_input_channels": ins,
            "default_samplerate": 44_100.0}  # fmt: skip


WINDOWS_APIS = [
    {"name": "MME", "default_output_device": 0, "default_input_device": -1},
    {"name": "Windows WASAPI", "default_output_device": 3, "default_input_device": 4},
]
WINDOWS = [
    entry(0, "Speakers (Realtek High Definiti", 0, 2), entry(1, "CABLE Input (VB-Audio Virtual C", 0, 2),
    entry(2, "CABLE Input (VB-Audio Virtual Cable)", 1, 2), entry(3, "Speakers (Realtek High Definition Audio)", 1, 2),
    entry(4, "Microphone (Blue Yeti)", 1, 0, 2),
]  # fmt: skip


def test_windows_devices_are_those_of_wasapi_with_their_whole_names():
    found = devices(WINDOWS, WINDOWS_APIS, "output", default=0, platform="win32")
    assert [(each.name, each.default) for each in found] == [
        ("CABLE Input (VB-Audio Virtual Cable)", False), ("Speakers (Realtek High Definition Audio)", True),
    ]  # fmt: skip
    assert [each.name for each in devices(WINDOWS, WINDOWS_APIS, "input", platform="win32")] == [
        "Microphone (Blue Yeti)"
    ]


def test_an_interface_nobody_prefers_is_used_all_the_same():
    found = devices([entry(5, "hw:0", 0, 2)], [{"name": "OSS", "default_output_device": 5}], "output", default=5,
                    platform="linux")  # fmt: skip
    assert found == [Device("hw:0", 5, 2, 44_100, default=True, api="OSS")]


KNOWN = [Device("CABLE Input (VB-Audio)", 2, 2, 48_000), Device("Speakers (Realtek)", 3, 2, 48_000, default=True)]


@pytest.mark.parametrize(
    ("wanted", "index"),
    [("", 3), ("  ", 3), ("Speakers (Realtek)", 3), ("speakers (realtek)", 3), ("cable", 2), ("VB-Audio", 2)],
)
def test_a_name_or_the_only_part_that_fits(wanted, index):
    assert choose(KNOWN, wanted, "output").index == index


def test_a_wrong_name_is_answered_with_the_nearest():
    with pytest.raises(Misconfigured) as caught:
        choose(KNOWN, "Speaker Realtec", "output")
    assert caught.value.reason == 'there is no sound device "Speaker Realtec"'
    assert caught.value.fix.startswith('choose "Speakers (Realtek)"')


def test_a_part_that_fits_two_is_no_answer():
    two = [Device("USB Audio A", 1, 2, 48_000), Device("USB Audio B", 2, 2, 48_000)]
    with pytest.raises(Misconfigured) as caught:
        choose(two, "USB", "output")
    assert "USB Audio A" in caught.value.fix


def test_without_any_device_it_says_so():
    with pytest.raises(Unavailable, match="no device to play sound on"):
        choose([], "", "output")
    with pytest.raises(Unavailable, match="no device to hear sound with"):
        choose([], "Yeti", "input")


def test_no_default_means_the_first():
    assert choose(KNOWN[:1], "", "output").index == 2
