"""What a device is handed, by a clock of our own."""

import array
from itertools import pairwise

import pytest

from streamer.adapters.audio.mixer import DUCKED, Mixer

RATE = 24_000
BLOCK = 240


def flat(ms: int, level: int = 10_000) -> array.array:
    return array.array("h", [level] * (RATE * ms // 1000))


def samples(pcm: bytes) -> array.array:
    out = array.array("h")
    out.frombytes(pcm)
    return out


class Deck:
    """A device of 10 ms blocks that sound 40 ms after they are asked for."""

    def __init__(self, channels: int = 1) -> None:
        self.mixer = Mixer(RATE, channels)
        self.now = 100.0
        self.out: list[int] = []

    def run(self, blocks: int) -> list[int]:
        got: list[int] = []
        for _ in range(blocks):
            got += samples(self.mixer.fill(BLOCK, self.now + 0.04))
            self.now += 0.01
        self.out += got
        return got


def test_it_is_silent_without_a_line():
    deck = Deck()
    assert set(deck.run(5)) == {0}
    assert deck.mixer.progress(deck.now) is None
    assert deck.mixer.level_db() == -100.0


def test_a_position_is_what_the_device_has_played():
    deck = Deck()
    deck.mixer.play(1, 500)
    deck.mixer.push(1, flat(100))
    deck.run(2)
    at = deck.mixer.progress(deck.now)
    assert (at.play, at.ms, at.begun, at.ended) == (1, 500, False, False)
    deck.run(4)  # the first block began to sound 20 ms ago
    at = deck.mixer.progress(deck.now)
    assert at.begun
    assert at.ms == pytest.approx(520, abs=1)
    deck.mixer.end(1)
    deck.run(4)
    assert not deck.mixer.progress(deck.now).ended
    deck.run(4)
    at = deck.mixer.progress(deck.now)
    assert (at.ms, at.ended, at.under_ms) == (600, True, 0)


def test_samples_that_come_late_are_counted_and_positions_never_fall():
    deck = Deck()
    deck.mixer.play(1, 0)
    deck.mixer.push(1, flat(50))
    deck.run(10)
    deck.mixer.push(1, flat(50))
    seen = []
    for _ in range(12):
        deck.run(1)
        seen.append(deck.mixer.progress(deck.now).ms)
    assert seen == sorted(seen)
    deck.mixer.end(1)
    at = deck.mixer.progress(deck.now + 1)
    assert (at.ms, at.ended) == (100, True)
    assert at.under_ms >= 50


def test_a_stop_fades_and_then_is_silent_whatever_was_waiting():
    deck = Deck()
    deck.mixer.play(1, 0)
    deck.mixer.push(1, flat(400))
    deck.run(3)
    deck.mixer.stop(15)
    assert deck.mixer.progress(deck.now) is None
    rest = deck.run(5)
    fade = rest[: RATE * 15 // 1000]
    assert fade[0] > 9_000
    assert fade == sorted(fade, reverse=True)
    assert set(rest[len(fade) :]) == {0}


def test_a_line_after_a_stop_begins_behind_the_fade_and_has_its_own_positions():
    deck = Deck()
    deck.mixer.play(1, 0)
    deck.mixer.push(1, flat(400))
    deck.run(3)
    deck.mixer.stop(15)
    deck.mixer.push(1, flat(400))  # a frame that was on its way
    deck.mixer.play(2, 0)
    deck.mixer.push(1, flat(400))
    deck.mixer.push(2, flat(20, -5_000))
    deck.mixer.end(2)
    rest = deck.run(10)
    assert min(rest) == -5_000
    assert deck.mixer.progress(deck.now).ms == 20


def test_ducking_ramps_to_12_db_below_and_back():
    deck = Deck()
    deck.mixer.play(1, 0)
    deck.mixer.push(1, flat(1_000))
    deck.run(2)
    deck.mixer.duck(on=True)
    down = deck.run(6)
    assert down == sorted(down, reverse=True)
    assert max(abs(a - b) for a, b in pairwise(down)) < 50, "no click"
    assert down[-1] == pytest.approx(10_000 * DUCKED, abs=2)
    deck.mixer.duck(on=False)
    assert deck.run(13)[-1] == 10_000


def test_a_line_that_begins_ducked_stays_so():
    deck = Deck()
    deck.mixer.duck(on=True)
    deck.run(2)
    deck.mixer.play(1, 0)
    deck.mixer.push(1, flat(100))
    assert max(deck.run(10)) == pytest.approx(10_000 * DUCKED, abs=2)


def test_a_line_that_goes_on_in_the_middle_begins_softly():
    deck = Deck()
    deck.mixer.play(1, 700)
    deck.mixer.push(1, flat(100))
    first = deck.run(1)
    assert first[0] < 200
    assert first[-1] == 10_000


def test_every_channel_gets_the_same():
    deck = Deck(channels=2)
    deck.mixer.play(1, 0)
    deck.mixer.push(1, flat(30))
    out = deck.run(3)
    assert len(out) == 3 * BLOCK * 2
    assert out[0::2] == out[1::2]


def test_the_level_is_of_what_was_handed_over_since_it_was_asked():
    deck = Deck()
    deck.mixer.play(1, 0)
    deck.mixer.push(1, flat(200, 16_384))
    deck.run(10)
    deck.mixer.level_db()
    deck.run(10)
    assert deck.mixer.level_db() == pytest.approx(-6.0, abs=0.1)
    assert deck.mixer.level_db() == -100.0


def test_a_line_that_is_over_does_not_take_the_next_one_with_it():
    deck = Deck()
    deck.mixer.play(1, 0)
    deck.mixer.push(1, flat(10))
    deck.mixer.end(1)
    deck.run(10)
    assert deck.mixer.progress(deck.now).ended
    deck.mixer.play(2, 0)
    deck.mixer.over(1)
    deck.mixer.push(2, flat(10))
    deck.run(10)
    assert deck.mixer.progress(deck.now).ms == 10
    deck.mixer.over(2)
    assert deck.mixer.progress(deck.now) is None
