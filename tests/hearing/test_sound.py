"""Rules about sound: windows, loudness, onset."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.hearing.limits import EarLimits
from streamer.hearing.noise import NoiseFloor, level_db
from streamer.hearing.onset import Onset
from streamer.hearing.windows import Windows
from streamer.ports import EAR_FRAME_BYTES, WINDOW_BYTES


@given(st.integers(1, 40))
def test_windows_hold_every_sample_once_and_in_order(count: int) -> None:
    windows = Windows()
    frames = [bytes([at % 251]) * EAR_FRAME_BYTES for at in range(count)]
    cut = [window for frame in frames for window in windows.feed(frame)]
    assert all(len(window) == WINDOW_BYTES for window in cut)
    whole = b"".join(frames)
    rest = windows.flush()
    assert (b"".join(cut) + rest)[: len(whole)] == whole
    assert len(rest) in (0, WINDOW_BYTES)
    assert windows.flush() == b""


@pytest.mark.parametrize("size", [0, 1, 639, 641, 960, 1_024, 1_920])
def test_a_frame_of_another_rate_is_refused_in_words(size: int) -> None:
    with pytest.raises(ValueError, match=rf"an ear takes 640 bytes .*16,000 Hz.*, not {size}"):
        Windows().feed(bytes(size))


def test_levels_in_decibels_of_full_scale() -> None:
    assert level_db(bytes(WINDOW_BYTES)) == -96
    assert level_db(b"\xff\x7f" * 512) == pytest.approx(0, abs=0.01)
    assert level_db((1_000).to_bytes(2, "little") * 512) == pytest.approx(20 * math.log10(1_000 / 32_768))


def test_the_noise_is_the_middle_of_what_was_quiet_lately() -> None:
    floor = NoiseFloor()
    assert floor.db == -65
    for level in (-50, -30, -52, -51, -49, -50, -90, -50, -50, -50):
        floor.add(level)
    assert floor.db == -50
    for _ in range(300):
        floor.add(-40)
    assert floor.db == -40
    assert len(floor._sorted) == len(floor._order) == 300


def steps(scores: str, **more: object) -> list[str]:
    """Of digits: tenths."""
    onset = Onset(EarLimits(**more))  # type: ignore[arg-type]
    return [onset.step(int(each) / 9, loud=True) for each in scores]


def test_the_first_window_of_a_voice_is_suspected_and_160_ms_confirm_it() -> None:
    assert steps("0077777") == ["", "", "suspected", "", "", "", "confirmed"]
    assert steps("0049977") == ["", "", "suspected", "", "", "", "confirmed"]
    assert steps("00999990")[:6] == ["", "", "suspected", "", "", "confirmed"], "sooner when there is no doubt"
    assert steps("0090999") == ["", "", "suspected", "", "", "", "confirmed"], "one window between may be a consonant"


def test_a_click_is_suspected_and_gone() -> None:
    assert steps("0900000") == ["", "suspected", "", "", "", "gone", ""]
    assert "confirmed" not in steps("9090" * 30)
    assert "confirmed" not in steps("900" * 30)
    assert "confirmed" not in steps("5" * 30), "hardly a voice, however long"


def test_what_is_not_loud_enough_is_no_voice() -> None:
    onset = Onset(EarLimits())
    assert [onset.step(1.0, loud=False) for _ in range(9)] == [""] * 9
