"""Between two reports of the sink."""

from streamer.ports import Heard, Playhead
from streamer.speech.playhead import PlayheadState, SinkPlayhead


class Clock:
    ms = 0.0

    def __call__(self) -> float:
        return self.ms


def test_moves_with_the_clock_and_follows_reports():
    clock = Clock()
    head = SinkPlayhead(clock)
    assert isinstance(head, Playhead)
    assert head.position() is None
    head.report(Heard(7, 0))
    clock.ms = 60
    assert head.position() == (7, 60)
    clock.ms = 100
    head.report(Heard(7, 100))
    clock.ms = 150
    assert head.position() == (7, 150)
    assert head.state() == PlayheadState(7, 100, 100, playing=True)


def test_never_runs_backwards_or_away():
    clock = Clock()
    head = SinkPlayhead(clock)
    head.report(Heard(7, 0))
    clock.ms = 120
    assert head.position() == (7, 120)
    head.report(Heard(7, 100))
    assert head.position() == (7, 120)
    clock.ms = 5000
    assert head.position() == (7, 400)
    head.ends_at(7, 250)
    head.report(Heard(8, 0))
    assert head.position() == (8, 0)


def test_stops_at_the_end():
    clock = Clock()
    head = SinkPlayhead(clock)
    head.report(Heard(7, 0))
    head.ends_at(7, 80)
    clock.ms = 200
    assert head.position() == (7, 80)
    head.report(Heard(7, 80, ended=True))
    assert head.position() is None
    head.report(Heard(8, 0))
    head.clear()
    assert head.position() is None


def test_goes_back_to_the_word_at_which_a_silenced_line_goes_on():
    clock = Clock()
    head = SinkPlayhead(clock)
    head.report(Heard(7, 500))
    clock.ms = 80
    assert head.position() == (7, 580)
    head.report(Heard(7, 500, ended=True))
    assert head.position() is None
    clock.ms = 2_000
    head.report(Heard(7, 420))
    clock.ms = 2_050
    assert head.position() == (7, 470)
    head.report(Heard(7, 440))
    assert head.position() == (7, 470)
