"""The sink as the show uses it: everything heard is told twice, to the line and to the views."""

from streamer.app.sinks import WatchedSink
from streamer.ports import FRAME_BYTES, Heard
from tests.fakes.sink import FakeSink
from tests.virtual_time import run_virtual


def test_the_line_and_the_views_hear_the_same():
    async def play():
        inner = FakeSink()
        seen: list[Heard] = []
        told: list[Heard] = []
        sink = WatchedSink(inner, seen.append)  # type: ignore[arg-type]
        assert (sink.name, sink.page) == ("fake", True)
        sink.begin(5, "mika", told.append)
        for _ in range(10):
            await sink.write(bytes(FRAME_BYTES))
        playing = sink.heard()
        assert playing is not None
        assert playing.line == 5
        heard = await sink.finish()
        assert heard.ms == 200
        assert seen == told
        assert seen[-1].ended
        assert sink.heard() is None

    run_virtual(play())


def test_stop_and_duck_go_through():
    async def play():
        inner = FakeSink()
        sink = WatchedSink(inner, lambda _: None)  # type: ignore[arg-type]
        sink.begin(1, "mika", lambda _: None)
        sink.duck(True)
        assert sink.stop(5).line == 1
        assert (inner.ducks, inner.stops) == ([True], [1])

    run_virtual(play())


def test_a_line_that_goes_on_begins_where_it_is_told():
    async def play():
        inner = FakeSink()
        seen: list[Heard] = []
        sink = WatchedSink(inner, seen.append)  # type: ignore[arg-type]
        sink.begin(5, "mika", lambda _: None, 400)
        await sink.write(bytes(FRAME_BYTES))
        assert (await sink.finish()).ms == 420
        assert (seen[0].ms, inner.begun_at) == (400, [400])

    run_virtual(play())
