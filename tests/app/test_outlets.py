"""Which outlet plays by the settings, what happens to one that is silent, and personas with a device of their own."""

import asyncio
from collections.abc import Callable

import pytest
from pydantic import ValidationError

from streamer.adapters.audio.common import Track
from streamer.adapters.audio.device import DeviceOutlet
from streamer.adapters.audio.obs_media import ObsMediaOutlet
from streamer.adapters.audio.silent import SilentClock
from streamer.app.outlets import Outlets, SoundPart, Tracks, WatchedOutlet, tracks
from streamer.core.events import SinkChanged
from streamer.ports import AudioSink, Health, Heard
from streamer.web.sinkwords import Holder, Sound
from tests.virtual_time import run_virtual

LOUD = b"\x00\x20\x00\xe0" * 240


class Speaker(SilentClock):
    """Plays in loop time; `level` is what it measures each 100 ms (None: nothing), `move` moves the player."""

    def __init__(self, name: str, player: str | None = "one", *, page: bool = True, level: float | None = None) -> None:
        super().__init__()
        self.name, self.page = name, page  # type: ignore[misc]
        self.player = player  # type: ignore[misc]
        self.level = level
        self.played: list[tuple[int, int]] = []
        self.ducked = False
        self.on_level: Callable[[float], None] = lambda _db: None
        self._changed: list[Callable[[], None]] = []

    def listen(self, on_change: Callable[[], None]) -> None:
        self._changed.append(on_change)

    def play(self, line: int, at_ms: int, on_heard: Callable[[Heard], None]) -> None:
        self.played.append((line, at_ms))

        def heard(at: Heard) -> None:
            if self.level is not None:
                self.on_level(self.level)
            on_heard(at)

        super().play(line, at_ms, heard)

    def duck(self, on: bool) -> None:
        self.ducked = on

    def move(self, player: str | None) -> None:
        self.stop(0)
        self.player = player  # type: ignore[misc]
        for changed in self._changed:
            changed()


def watched(inner: Speaker, **given: object) -> WatchedOutlet:
    loop = asyncio.get_running_loop()
    return WatchedOutlet(inner, now_ms=lambda: int(loop.time() * 1000), **given)  # type: ignore[arg-type]


async def speak(sink: AudioSink, ms: int, line: int = 1, persona: str = "mika") -> list[Heard]:
    heard: list[Heard] = []
    sink.begin(line, persona, heard.append)
    for _ in range(0, ms, 20):
        await sink.write(LOUD)
    await sink.finish()
    return heard


# --- one outlet, watched ----------------------------------------------------------------------------------------------


def test_a_silent_outlet_hands_the_line_to_the_next_and_rests():
    async def main() -> None:
        first, second = Speaker("device", level=-100.0, page=False), Speaker("page", level=-20.0)
        outer = watched(first)
        outer.others = lambda: True
        changes: list[str] = []
        track = Track([outer, second, SilentClock()], on_change=lambda at: changes.append(at.name))
        heard = await speak(track, 4_000)
        assert [line for line, _ in second.played] == [1]
        assert 1_500 <= second.played[0][1] <= 2_000
        assert heard[-1].ms == 4_000
        assert [at.ms for at in heard] == sorted(at.ms for at in heard)
        assert outer.healths()[0].notice.code == "sound.not_heard"
        assert changes == ["device", "page"]
        first.level = -20.0
        await asyncio.sleep(31)
        assert track.name == "device"
        await speak(track, 2_000, line=2)
        assert first.played[-1] == (2, 0)
        assert outer.healths() == []
        track.close()

    run_virtual(main())


def test_a_silent_outlet_without_another_is_told_and_kept():
    async def main() -> None:
        only = Speaker("page", level=-100.0)
        outer = watched(only)
        track = Track([outer, SilentClock()])
        await speak(track, 3_000)
        assert track.name == "page"
        assert outer.healths()[0].notice.code == "sound.not_heard"
        only.move("another")
        await asyncio.sleep(0.01)
        assert outer.healths() == []
        track.close()

    run_virtual(main())


def test_what_was_muted_by_hand_is_told_and_never_replaced():
    async def main() -> None:
        first, second = Speaker("Voices in OBS", level=-100.0, page=False), Speaker("page", level=-20.0)
        first.muted = True  # type: ignore[attr-defined]
        outer = watched(first)
        outer.others = lambda: True
        track = Track([outer, second, SilentClock()])
        await speak(track, 3_000)
        assert second.played == []
        assert outer.healths()[0].notice.code == "sound.not_heard_muted"
        track.close()

    run_virtual(main())


def test_what_obs_measures_of_a_page_goes_before_what_the_page_says():
    async def main() -> None:
        page = Speaker("page", level=-20.0)
        outer = watched(page)
        track = Track([outer, SilentClock()])
        speaking = asyncio.create_task(speak(track, 3_000))
        for _ in range(28):
            await asyncio.sleep(0.1)
            outer.measured(-100.0, deeper=True)
        await speaking
        assert outer.level.dead
        track.close()

    run_virtual(main())


def test_silence_after_a_stop_is_what_was_measured():
    async def main() -> None:
        silent: list[int] = []
        outer = watched(device := Speaker("device", page=False), on_silent=silent.append)
        outer.play(1, 0, lambda _at: None)
        outer.measured(-20.0)
        await asyncio.sleep(0.2)
        outer.stop(15)
        outer.stop(15)
        await asyncio.sleep(0.05)
        outer.measured(-30.0)
        assert silent == []
        await asyncio.sleep(0.1)
        outer.measured(-100.0)
        outer.measured(-100.0)
        assert silent == [150]
        outer.play(2, 0, lambda _at: None)
        outer.stop(15)
        outer.play(3, 0, lambda _at: None)
        outer.measured(-100.0)
        assert silent == [150], "a line that begins ends the wait"
        device.page = True  # type: ignore[misc]
        outer.stop(15)
        outer.measured(-100.0)
        assert silent == [150], "a page reports its silence by itself"

    run_virtual(main())


def test_levels_reach_the_panel_and_end_with_the_line():
    async def main() -> None:
        levels: list[float | None] = []
        track = Track([watched(Speaker("page", level=-23.0), on_level=levels.append), SilentClock()])
        await speak(track, 1_000)
        assert levels[0] == -23.0
        assert levels[-1] is None
        assert 8 <= len(levels) <= 13
        track.close()

    run_virtual(main())


def test_pages_that_come_and_go_are_seen_through_it():
    async def main() -> None:
        page = Speaker("page", player=None)
        changes: list[SinkChanged] = []
        track = Track([watched(page), SilentClock()], on_change=changes.append)
        page.move("two")
        assert track.name == "page"
        track.duck(True)
        assert page.ducked
        page.move(None)
        await asyncio.sleep(0.5)
        assert [at.name for at in changes] == ["silent clock", "page", "silent clock"]
        track.close()

    run_virtual(main())


# --- by the settings --------------------------------------------------------------------------------------------------


def outlets(part: dict[str, object], **given: object) -> Outlets:
    return Outlets(SoundPart.model_validate(part), Speaker("page"), now_ms=lambda: 0, **given)  # type: ignore[arg-type]


def kinds(of: Outlets) -> list[str]:
    return [type(getattr(each, "inner", each)).__name__ for each in of.all]


def test_a_page_is_the_default_and_always_stands_by():
    async def main() -> None:
        assert kinds(outlets({})) == ["Speaker", "SilentClock"]
        device = outlets({"sink": "device", "device": {"device": "CABLE", "latency_ms": 30}})
        assert kinds(device) == ["DeviceOutlet", "Speaker", "SilentClock"]
        assert isinstance(device.runs[0], DeviceOutlet)
        assert device.runs[0].device == "CABLE"
        assert [health.part for health in device.healths()] == ["sound.device"]
        obs = outlets({"sink": "obs", "obs": {"source": "Cast"}}, obs_url="ws://127.0.0.1:4455", link=lambda: None)
        assert kinds(obs) == ["ObsMediaOutlet", "Speaker", "SilentClock"]
        assert isinstance(obs.runs[0], ObsMediaOutlet)
        assert obs.runs[0].source == "Cast"

    run_virtual(main())


def test_an_outlet_that_fails_in_an_unforeseen_way_begins_anew(caplog: pytest.LogCaptureFixture):
    class Faulty:
        began = 0

        async def run(self) -> None:
            self.began += 1
            if self.began == 1:
                raise KeyError("unforeseen")
            await asyncio.sleep(3_600)

        async def aclose(self) -> None:
            raise OSError("also at the end")

        def healths(self) -> list[Health]:
            return []

    async def main() -> None:
        of, faulty = outlets({}), Faulty()
        of.runs.append(faulty)
        task = asyncio.create_task(of.run())
        await asyncio.sleep(5)
        assert faulty.began == 2
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await of.aclose()

    run_virtual(main())
    assert "an outlet failed and begins anew" in caplog.text


@pytest.mark.parametrize(("url", "code"), [("", "sound.obs_missing"), ("ws://192.168.1.9:4455", "sound.obs_far")])
def test_obs_that_cannot_play_is_a_sentence_and_a_page_plays(url: str, code: str):
    async def main() -> None:
        of = outlets({"sink": "obs"}, obs_url=url)
        assert kinds(of) == ["Speaker", "SilentClock"]
        assert [(each.state, each.notice.code) for each in of.healths()] == [("broken", code)]

    run_virtual(main())


@pytest.mark.parametrize("bad", [{"sink": "radio"}, {"device": {"latency_ms": 1}}, {"personas": {"": {}}}, {"x": 1}])
def test_wrong_settings_are_refused(bad: dict[str, object]):
    with pytest.raises(ValidationError):
        SoundPart.model_validate(bad)


def test_meters_of_obs_go_to_the_outlet_they_are_of():
    async def main() -> None:
        of = outlets({"sink": "obs"}, obs_url="ws://localhost:4455")
        media, page = of.watched
        rows = [
            {"inputName": "Showrunner voices", "inputLevelsMul": [[0.1, 0.2, 0.2]]},
            {"inputName": "Showrunner stage", "inputLevelsMul": [[0.01, 0.2, 0.2]]},
        ]
        seen: list[tuple[str, float]] = []
        media.level.measured = lambda db: seen.append(("obs", round(db)))  # type: ignore[method-assign]
        page.level.measured = lambda db: seen.append(("page", round(db)))  # type: ignore[method-assign]
        of.meters(rows)
        assert seen == [("obs", -20)]

    run_virtual(main())


@pytest.mark.parametrize(
    ("sink", "where", "name"), [("device", "device", "CABLE"), ("obs", "obs_media", "Showrunner voices")]
)
def test_what_plays_is_said_whether_it_is_a_page_or_not(sink: str, where: str, name: str):
    async def main() -> None:
        of = outlets({"sink": sink}, obs_url="ws://localhost:4455")
        nobody = Sound("nobody", muted=1, pages=1, warning="muted")
        assert of.shown(nobody, SinkChanged(page=False, name="CABLE")) == {
            "where": where, "name": name, "pages": 1, "muted": 1, "holder": None, "monitors": 0, "others": 0,
            "warning": "",
        }  # fmt: skip
        assert of.shown(nobody, SinkChanged(page=False, name=SilentClock.name))["warning"] == "muted"
        page = Sound("obs", "OBS", pages=1, holder=Holder("obs", "OBS", "stage"))
        assert of.shown(page, SinkChanged(page=True, name="OBS"))["holder"] == {
            "where": "obs", "name": "OBS", "kind": "stage", "browser": "",
        }  # fmt: skip
        assert of.shown(page, SinkChanged(page=False, name="CABLE"))["holder"] is None

    run_virtual(main())


def test_a_change_that_counts_from_the_next_start_is_said():
    async def main() -> None:
        url = "ws://localhost:4455"
        of, part = outlets({"sink": "obs"}, obs_url=url), SoundPart(sink="obs")
        assert of.waiting(part, url) == []
        for other, address in (
            (SoundPart(), url),
            (part.model_copy(update={"personas": {"mika": part.device}}), url),
            (part, "ws://192.168.1.9:4455"),
            (part, ""),
        ):
            (row,) = of.waiting(other, address)
            assert (row.part, row.state, row.notice.code) == ("sound", "degraded", "sound.changed")
        assert of.waiting(part, "ws://127.0.0.1:4466") == [], "the connection follows by itself"
        assert outlets({}).waiting(SoundPart(), url) == [], "only the OBS sink needs an address"

    run_virtual(main())


def test_each_outlet_has_a_row_of_its_own():
    async def main() -> None:
        of = outlets({"sink": "device", "personas": {"mika": {"device": "A"}, "juno": {"device": "B"}}})
        for each in (*of.watched, *of.own.values()):
            each.level.dead = True
        parts = [row.part for row in of.healths()]
        assert parts[:3] == ["sound.device", "sound.device.mika", "sound.device.juno"]
        assert len(parts) == len(set(parts)) == 7

    run_virtual(main())


# --- tracks of personas -----------------------------------------------------------------------------------------------


def test_a_persona_with_a_device_of_its_own_is_heard_there_and_nowhere_else():
    async def main() -> None:
        main_page, own = Speaker("page"), Speaker("device B", page=False)
        sink = Tracks(Track([main_page, SilentClock()]), {"juno": Track([own, SilentClock()])})
        port: AudioSink = sink
        assert (await speak(port, 200, line=1, persona="mika"))[-1].ms == 200
        assert (await speak(port, 200, line=2, persona="juno"))[-1].ms == 200
        assert (main_page.played, own.played) == ([(1, 0)], [(2, 0)])
        assert (sink.name, sink.page) == ("device B", False)
        sink.duck(True)
        assert main_page.ducked
        assert own.ducked
        sink.close()

    run_virtual(main())


def test_a_persona_whose_device_is_gone_speaks_with_the_others():
    async def main() -> None:
        main_page, own = Speaker("page"), Speaker("device B", player=None, page=False)
        sink = Tracks(Track([main_page, SilentClock()]), {"juno": Track([own, SilentClock()])})
        await speak(sink, 100, line=1, persona="juno")
        assert main_page.played == [(1, 0)]
        own.move("back")
        await speak(sink, 100, line=2, persona="juno")
        assert own.played == [(2, 0)]
        sink.close()

    run_virtual(main())


def test_one_voice_at_a_time_and_a_stop_is_for_all():
    async def main() -> None:
        sink = Tracks(
            Track([Speaker("page"), SilentClock()]), {"juno": Track([Speaker("B", page=False), SilentClock()])}
        )
        sink.begin(1, "mika", lambda _at: None)
        with pytest.raises(RuntimeError):
            sink.begin(2, "juno", lambda _at: None)
        await sink.write(LOUD)
        assert sink.stop().line == 1
        sink.begin(2, "juno", lambda _at: None, 400)
        await sink.write(LOUD)
        assert sink.heard() is not None
        assert sink.stop() == Heard(2, 400, ended=True)
        assert sink.heard() is None
        sink.close()

    run_virtual(main())


def test_without_personas_there_is_one_plain_track():
    async def main() -> None:
        assert isinstance(tracks(outlets({}), lambda _change: None), Track)
        both = tracks(outlets({"personas": {"juno": {"device": "B"}}}), lambda _change: None)
        assert isinstance(both, Tracks)
        both.close()

    run_virtual(main())
