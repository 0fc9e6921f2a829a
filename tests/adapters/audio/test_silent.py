"""The silent clock in virtual time."""

import asyncio

from streamer.adapters.audio.silent import SilentClock, SilentSink
from streamer.ports import AudioSink, Heard
from tests.virtual_time import run_virtual

FRAME = b"\1\2" * 480


def test_it_is_a_sink():
    async def main() -> None:
        sink: AudioSink = SilentSink()
        assert (sink.name, sink.page) == ("silent clock", False)
        assert sink.heard() is None

    run_virtual(main())


def test_a_line_takes_as_long_as_it_is_and_is_reported_every_100_ms():
    async def main() -> None:
        loop = asyncio.get_running_loop()
        sink = SilentSink()
        heard: list[tuple[float, Heard]] = []
        sink.begin(7, "mika", lambda at: heard.append((loop.time(), at)))
        for _ in range(50):
            await sink.write(FRAME)
            now = sink.heard()
            assert now is not None
        last = await sink.finish()
        assert last == Heard(7, 1000, ended=True)
        assert abs(loop.time() - 1.0) < 0.005
        assert heard[0] == (0.0, Heard(7, 0))
        assert [at.ms for _, at in heard] == [0, *range(100, 1001, 100), 1000][: len(heard)]
        assert all(abs(when * 1000 - at.ms) <= 2 for when, at in heard)
        assert [at.ended for _, at in heard].count(True) == 1
        assert sink.heard() is None

    run_virtual(main())


def test_no_more_than_400_ms_are_taken_ahead():
    async def main() -> None:
        sink = SilentSink()
        sink.begin(1, "mika", lambda _at: None)
        loop = asyncio.get_running_loop()
        for index in range(100):
            await sink.write(FRAME)
            assert (index + 1) * 20 - loop.time() * 1000 <= 402
        sink.stop()

    run_virtual(main())


def test_a_producer_that_pauses_is_an_underrun():
    async def main() -> None:
        sink = SilentSink()
        heard: list[Heard] = []
        sink.begin(1, "mika", heard.append)
        for _ in range(10):
            await sink.write(FRAME)
        await asyncio.sleep(0.5)
        assert sink.heard() == Heard(1, 200)
        for _ in range(10):
            await sink.write(FRAME)
        last = await sink.finish()
        assert last.ms == 400
        assert 295 <= last.underrun_ms <= 305
        assert asyncio.get_running_loop().time() < 0.71

    run_virtual(main())


def test_stop_is_immediate_and_a_producer_still_running_changes_nothing():
    async def main() -> None:
        sink = SilentSink()
        heard: list[Heard] = []
        sink.begin(1, "mika", heard.append)

        async def produce() -> None:
            while True:
                await sink.write(FRAME)
                await asyncio.sleep(0.001)

        producer = asyncio.create_task(produce())
        await asyncio.sleep(1.05)
        last = sink.stop()
        assert last.ended
        assert last.ms == 1000
        count = len(heard)
        await asyncio.sleep(1)
        assert len(heard) == count
        assert sink.heard() is None
        assert await sink.finish() == last
        producer.cancel()

    run_virtual(main())


def test_one_line_after_the_other_from_within_the_last_report():
    async def main() -> None:
        sink = SilentSink()
        order: list[tuple[int, int]] = []

        def heard(at: Heard) -> None:
            order.append((at.line, at.ms))
            if at.ended and at.line == 1:
                sink.begin(2, "juno", heard)

        sink.begin(1, "mika", heard)
        await sink.write(FRAME)
        await sink.finish()
        await sink.write(FRAME)
        assert (await sink.finish()).line == 2
        assert order == [(1, 0), (1, 20), (2, 0), (2, 20)]

    run_virtual(main())


def test_an_empty_line_ends_at_once():
    async def main() -> None:
        sink = SilentSink()
        heard: list[Heard] = []
        sink.begin(3, "mika", heard.append)
        assert await sink.finish() == Heard(3, 0, ended=True)
        assert heard == [Heard(3, 0, ended=True)]

    run_virtual(main())


def test_the_clock_can_be_given():
    async def main() -> None:
        loop = asyncio.get_running_loop()
        offset = 1_000_000.0
        clock = SilentClock(now=lambda: loop.time() + offset)
        heard: list[Heard] = []
        clock.play(1, 40, heard.append)
        clock.push(FRAME)
        clock.push(FRAME)
        clock.end()
        await asyncio.sleep(0.2)
        assert heard == [Heard(1, 40), Heard(1, 80, ended=True)]
        clock.stop(0)

    run_virtual(main())


def test_an_hour_stays_on_time():
    async def main() -> None:
        sink = SilentSink()
        loop = asyncio.get_running_loop()
        for line in range(1, 37):
            sink.begin(line, "mika", lambda _at: None)
            for _ in range(500):
                await sink.write(FRAME)
            await sink.finish()
        assert abs(loop.time() - 360) < 0.1

    run_virtual(main())
