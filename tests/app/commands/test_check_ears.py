"""`check` on ears and ways out: a row for each recogniser and device that is switched on."""

from pathlib import Path
from typing import Any

import pytest

from streamer.adapters.audio.device.names import Device
from streamer.app.commands import checkears
from streamer.app.commands.checkears import probe_ears
from streamer.ports import Misconfigured, Unavailable
from tests.app.kit import plan


class Microphone:
    def __init__(self, wrong: Exception | None = None) -> None:
        self.wrong = wrong
        self.health = checkears.Health("ears.device", "ok", checkears.Notice("ears.device_hears", {"device": "Blue"}))
        self.closed = False

    async def frames(self) -> Any:
        if self.wrong is not None:
            raise self.wrong
        for _ in range(100):
            yield b""

    async def aclose(self) -> None:
        self.closed = True


async def test_with_nothing_chosen_there_is_nothing_to_say(tmp_path: Path) -> None:
    assert await probe_ears(plan(tmp_path)) == []
    assert await probe_ears(plan(tmp_path, "ears: {source: off}\nasr: {chain: [whisper]}\n")) == []


async def test_a_recogniser_that_lacks_something_is_broken_with_the_fix(tmp_path: Path) -> None:
    settings = "asr: {chain: [whisper, azure], whisper: {model: ./nowhere}}\n"
    rows = {row.part: row for row in await probe_ears(plan(tmp_path, settings))}
    assert {row.state for row in rows.values()} == {"broken"}
    assert rows["ear.azure"].notice.fix == "add a section asr.azure"
    assert "nowhere" in str(rows["ear.whisper"].notice.params["reason"])


@pytest.mark.parametrize(
    ("wrong", "state", "fix"),
    [
        (None, "ok", ""),
        (Unavailable("the device is gone"), "broken", "fix.ears.device"),
        (Misconfigured("not installed", fix="python3 run.py add device"), "broken", "python3 run.py add device"),
    ],
)
async def test_the_microphone_is_opened_for_a_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: Exception | None, state: str, fix: str
) -> None:
    device = Microphone(wrong)
    monkeypatch.setattr(checkears, "DeviceMicrophone", lambda _name: device)
    (row,) = await probe_ears(plan(tmp_path, "ears: {source: device, device: Blue}\n"))
    assert (row.part, row.state, row.notice.fix) == ("ears.device", state, fix)
    assert device.closed


async def test_a_device_for_the_voices_that_is_not_there_is_named_with_the_nearest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def two(_way: str) -> list[Device]:
        return [Device("Speakers", api="ALSA", index=0, channels=2, rate_hz=48_000, default=True)]

    monkeypatch.setattr(checkears, "list_devices", two)
    settings = "sound: {sink: device, device: {device: Speekers}, personas: {mika: {device: Speakers}}}\n"
    rows = {row.part: row for row in await probe_ears(plan(tmp_path, settings))}
    assert rows["sound.device"].state == "broken"
    assert "Speakers" in str(rows["sound.device"].notice)
    assert rows["sound.device.mika"].state == "ok"
