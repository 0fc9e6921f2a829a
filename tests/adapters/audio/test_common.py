"""The track over scripted outlets, in virtual time: pacing, falling back, going on, stopping."""

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.adapters.audio.common import Track
from streamer.adapters.audio.silent import SilentClock
from streamer.core.events import SinkChanged
from streamer.ports import Heard
from tests.virtual_time import run_virtual


def frame(index: int) -> bytes:
    return index.to_bytes(4, "little") * 240


class Speaker:
    """An outlet that plays in loop time; `leave` and `come` move the player. `sounded`: (when, index of the frame)."""

    page = True

    def __init__(self, name: str = "stage page in OBS", player: str | None = "p1") -> None:
        self.name = name
        self.player = player
        self.calls: list[str] = []
        self.sounded: list[tuple[float, int]] = []
        self.ducked = False
        self._change: Callable[[], None] = lambda: None
        self._task: asyncio.Task[None] | None = None

    def listen(self, on_change: Callable[[], None]) -> None:
        self._change = on_change

    def play(self, line: int, at_ms: int, on_heard: Callable[[Heard], None]) -> None:
        self.calls.append(f"play {line} at {at_ms}")
        self._queue: list[bytes] = []
        self._ended = False
        self._task = asyncio.get_running_loop().create_task(self._run(line, at_ms, on_heard))

    def push(self, frame: bytes) -> None:
        assert self._task is not None, "a frame for nobody"
        self._queue.append(frame)

    def end(self) -> None:
        self._ended = True

    def stop(self, fade_ms: int) -> None:
        self._silence()

    def duck(self, on: bool) -> None:
        self.ducked = on

    def _silence(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def leave(self) -> None:
        self._silence()
        self.player = None
        self._change()

    def come(self, player: str) -> None:
        self._silence()
        self.player = player
        self._change()

    async def _run(self, line: int, at_ms: int, on_heard: Callable[[Heard], None]) -> None:
        ms = at_ms
        while not (self._ended and not self._queue):
            if self._queue:
                index = int.from_bytes(self._queue.pop(0)[:4], "little")
                self.sounded.append((asyncio.get_running_loop().time(), index))
                if ms == at_ms:
                    on_heard(Heard(line, ms))
                await asyncio.sleep(0.02)
                ms += 20
                if ms % 100 == 0:
                    on_heard(Heard(line, ms))
            else:
                await asyncio.sleep(0.005)
        self._task = None
        on_heard(Heard(line, ms, ended=True))


async def speak(track: Track, frames: int, heard: list[Heard], line: int = 1) -> Heard:
    track.begin(line, "mika", heard.append)
    for index in range(frames):
        await track.write(frame(index))
    return await track.finish()


def test_a_line_plays_through_the_page_and_paces():
    async def main() -> None:
        speaker, heard = Speaker(), list[Heard]()
        changes: list[SinkChanged] = []
        track = Track([speaker, SilentClock()], on_change=changes.append)
        assert changes == [SinkChanged(page=True, name="stage page in OBS")]
        assert await speak(track, 60, heard) == Heard(1, 1200, ended=True)
        assert [index for _, index in speaker.sounded] == list(range(60))
        assert heard[0] == Heard(1, 0)
        assert heard[-1].ended
        assert sum(at.ended for at in heard) == 1
        track.close()

    run_virtual(main())


def test_without_a_page_the_silent_clock_has_it_from_the_start():
    async def main() -> None:
        changes: list[SinkChanged] = []
        track = Track([Speaker(player=None), SilentClock()], on_change=changes.append)
        assert changes == [SinkChanged(page=False, name="silent clock")]
        heard: list[Heard] = []
        assert (await speak(track, 50, heard)).ms == 1000
        track.close()

    run_virtual(main())


def test_a_page_lost_within_a_line_is_followed_by_the_silent_clock_within_300_ms():
    async def main() -> None:
        loop = asyncio.get_running_loop()
        speaker, heard = Speaker(), list[Heard]()
        changes: list[tuple[float, SinkChanged]] = []
        track = Track([speaker, SilentClock()], on_change=lambda change: changes.append((loop.time(), change)))
        loop.call_later(0.53, speaker.leave)
        last = await speak(track, 100, heard)
        assert last == Heard(1, 2000, ended=True, underrun_ms=last.underrun_ms)
        assert changes[1][1] == SinkChanged(page=False, name="silent clock")
        assert changes[1][0] == pytest.approx(0.83)
        assert [at.ms for at in heard] == sorted(at.ms for at in heard)
        # 500 ms were reported; 300 ms of grace; the rest in real time.
        assert loop.time() == pytest.approx(0.83 + 1.5, abs=0.03)
        track.close()

    run_virtual(main())


def test_a_page_that_is_back_in_time_goes_on_where_it_was_heard():
    async def main() -> None:
        loop = asyncio.get_running_loop()
        speaker, heard = Speaker(), list[Heard]()
        changes: list[SinkChanged] = []
        track = Track([speaker, SilentClock()], on_change=changes.append)
        loop.call_later(0.53, speaker.leave)
        loop.call_later(0.75, speaker.come, "p2")
        assert (await speak(track, 100, heard)).ms == 2000
        assert speaker.calls == ["play 1 at 0", "play 1 at 500"]
        assert all(change.page for change in changes)
        again = [index for when, index in speaker.sounded if when > 0.6]
        assert again == list(range(25, 100))
        track.close()

    run_virtual(main())


def test_a_page_that_opens_within_a_line_takes_over_from_the_silent_clock():
    async def main() -> None:
        loop = asyncio.get_running_loop()
        speaker, heard = Speaker(player=None), list[Heard]()
        track = Track([speaker, SilentClock()])
        loop.call_later(0.55, speaker.come, "p1")
        assert (await speak(track, 100, heard)).ms == 2000
        assert speaker.calls == ["play 1 at 500"]
        assert [index for _, index in speaker.sounded] == list(range(25, 100))
        assert track.page
        track.close()

    run_virtual(main())


def test_another_page_takes_over_at_once():
    async def main() -> None:
        loop = asyncio.get_running_loop()
        speaker, heard = Speaker(), list[Heard]()
        track = Track([speaker, SilentClock()])
        track.duck(True)
        loop.call_later(0.31, speaker.come, "p2")
        assert (await speak(track, 50, heard)).ms == 1000
        assert speaker.calls == ["play 1 at 0", "play 1 at 300"]
        assert speaker.ducked
        assert loop.time() == pytest.approx(1.01, abs=0.02)
        track.close()

    run_virtual(main())


def test_a_page_lost_while_the_line_finishes_does_not_hold_it_up():
    async def main() -> None:
        loop = asyncio.get_running_loop()
        speaker, heard = Speaker(), list[Heard]()
        track = Track([speaker, SilentClock()])
        loop.call_later(0.1, speaker.leave)
        assert (await speak(track, 15, heard)).ms == 300
        assert loop.time() < 0.75
        track.close()

    run_virtual(main())


def test_stop_is_immediate_and_final_also_during_the_grace_time():
    async def main() -> None:
        speaker, heard = Speaker(), list[Heard]()
        track = Track([speaker, SilentClock()])
        task = asyncio.create_task(speak(track, 1000, heard))
        await asyncio.sleep(0.51)
        speaker.leave()
        await asyncio.sleep(0.1)
        assert track.stop() == Heard(1, 500, ended=True)
        assert await task == Heard(1, 500, ended=True)
        count = len(heard)
        await asyncio.sleep(1)
        assert len(heard) == count
        speaker.come("p2")
        assert speaker.calls == ["play 1 at 0"]
        track.begin(2, "juno", heard.append)
        assert speaker.calls[-1] == "play 2 at 0"
        track.close()

    run_virtual(main())


def test_mistakes_of_the_caller():
    async def main() -> None:
        track = Track([SilentClock()])
        track.begin(1, "mika", lambda _at: None)
        with pytest.raises(RuntimeError):
            track.begin(2, "juno", lambda _at: None)
        for bad in (b"x" * 961, b"x" * 962, b"x" * 3):
            with pytest.raises(ValueError):
                await track.write(bad)
        await track.write(b"\1\1")
        assert (await track.finish()).ms == 20
        assert track.stop().ms == 20
        track.close()

    run_virtual(main())


def test_a_listener_that_fails_does_not_hold_the_line_up(caplog):
    async def main() -> None:
        track = Track([SilentClock()])

        def broken(_at: Heard) -> None:
            raise RuntimeError

        track.begin(1, "mika", broken)
        for index in range(10):
            await track.write(frame(index))
        assert (await track.finish()).ms == 200

    run_virtual(main())
    assert "a listener of the sink failed" in caplog.text


@given(
    st.lists(st.tuples(st.floats(0, 2.5), st.sampled_from(["leave", "page"])), max_size=8),
    st.integers(1, 80),
)
def test_whatever_pages_do_the_line_ends_once_and_no_frame_is_lost(moves: list[tuple[float, str]], frames: int):
    async def main() -> None:
        loop = asyncio.get_running_loop()
        speaker, heard = Speaker(), list[Heard]()
        track = Track([speaker, SilentClock()])
        for number, (when, what) in enumerate(moves):
            come = f"{what}, time {number}"
            loop.call_later(when, speaker.leave if what == "leave" else lambda come=come: speaker.come(come))
        last = await speak(track, frames, heard)
        assert (last.ms, last.ended) == (frames * 20, True)
        assert sum(at.ended for at in heard) == 1
        assert [at.ms for at in heard] == sorted(at.ms for at in heard)
        assert loop.time() <= frames * 0.02 + len(moves) * (0.3 + 0.12) + 0.1
        if not moves:
            assert [index for _, index in speaker.sounded] == list(range(frames))
        track.close()

    run_virtual(main())


def test_a_line_goes_on_where_it_was_silenced():
    async def main() -> None:
        speaker, heard = Speaker(), list[Heard]()
        track = Track([speaker, SilentClock()])
        line = asyncio.create_task(speak(track, 1000, heard))
        await asyncio.sleep(0.51)
        assert track.stop() == Heard(1, 500, ended=True)
        await line
        count = len(heard)
        track.begin(1, "mika", heard.append, 460)
        assert track.heard() == Heard(1, 460)
        for index in range(23, 40):
            await track.write(frame(index))
        assert await track.finish() == Heard(1, 800, ended=True)
        assert speaker.calls == ["play 1 at 0", "play 1 at 460"]
        assert [index for when, index in speaker.sounded if when > 0.505] == list(range(23, 40))
        assert heard[count] == Heard(1, 460)
        track.begin(1, "mika", heard.append, 800)
        assert await track.finish() == Heard(1, 800, ended=True)
        for bad in (-20, 30):
            with pytest.raises(ValueError):
                track.begin(2, "juno", heard.append, bad)
        track.close()

    run_virtual(main())
