"""The show's clock: it goes on where the wall says, never back."""

from streamer.app.clock import ShowClock


class Time:
    def __init__(self, monotonic: int, wall: int) -> None:
        self.monotonic, self.wall = monotonic, wall

    def clock(self, **more: int) -> ShowClock:
        return ShowClock(monotonic_ns=lambda: self.monotonic, wall_ns=lambda: self.wall, **more)


def test_a_new_show_starts_at_zero_with_the_wall_time_as_its_epoch() -> None:
    time = Time(5_000, 1_000_000_000_000)
    clock = time.clock()
    assert (clock.epoch_ns, clock.now_ns()) == (1_000_000_000_000, 0)
    time.monotonic += 2_500_000
    time.wall -= 10**12  # a wall clock that is set back does not matter any more
    assert (clock.now_ns(), clock.now_ms()) == (2_500_000, 2)


def test_a_resumed_show_goes_on_where_the_wall_says() -> None:
    assert Time(7, 5_000_000_000).clock(epoch_ns=1_000_000_000).now_ns() == 4_000_000_000


def test_it_never_begins_before_its_last_fact() -> None:
    clock = Time(7, 1_000_000_000).clock(epoch_ns=2_000_000_000, least_ns=900)  # the wall was set back
    assert clock.now_ns() == 900


def test_a_moment_of_the_show_on_the_clock_of_a_loop() -> None:
    assert Time(0, 10**9).clock().at_loop_s(1_500, 20.0) == 21.5
