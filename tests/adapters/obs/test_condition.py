"""What is said of OBS' figures and of the sources that carry the voices."""

import pytest
from msgspec.structs import replace

from streamer.adapters.obs.condition import (
    ConditionWatch,
    Figures,
    VoiceSource,
    bitrate_kbps,
    conditions,
    dropped_pct,
)
from streamer.adapters.obs.link import ObsLink
from streamer.adapters.obs.setup.inventory import MONITOR_BOTH, MONITOR_ONLY
from streamer.texts import LANGUAGES, say
from tests.adapters.obs.collection import Hand, Setup, windows
from tests.fakes.obs_outputs import World

VOICE = VoiceSource(name="Showrunner stage", monitor=MONITOR_BOTH)
WELL = Figures(at=10.0, fps=60.0, fps_wanted=60.0, rendered=1000, encoded=1000, disk_mb=90_000.0, voices=(VOICE,))
LIVE = replace(WELL, streaming=True, recording=True, sent_frames=500, sent_bytes=1_000_000, recorded_bytes=1_000_000)
NEXT = replace(
    LIVE, at=12.0, rendered=1120, encoded=1120, sent_frames=620, sent_bytes=2_250_000, recorded_bytes=2_250_000
)
NAMES = {"mika": "Mika", "juno": "Juno"}


def codes(before: Figures | None, now: Figures) -> list[str]:
    return [row.notice.code for row in conditions(before, now, NAMES)]


def test_all_is_well() -> None:
    assert codes(None, WELL) == []
    assert codes(LIVE, NEXT) == []
    assert bitrate_kbps(LIVE, NEXT) == pytest.approx(5000)
    assert dropped_pct(LIVE, NEXT) == 0
    assert (bitrate_kbps(None, NEXT), bitrate_kbps(NEXT, LIVE)) == (None, None)


@pytest.mark.parametrize(
    ("now", "code"),
    [
        (replace(NEXT, fps=41.0), "obs.fps"),
        (replace(NEXT, render_skipped=30), "obs.render_skipped"),
        (replace(NEXT, encode_skipped=30), "obs.encode_skipped"),
        (replace(NEXT, dropped=6), "obs.dropped"),
        (replace(NEXT, sent_bytes=LIVE.sent_bytes), "obs.nothing_sent"),
        (replace(NEXT, reconnecting=True, sent_bytes=LIVE.sent_bytes), "obs.reconnecting"),
        (replace(NEXT, disk_mb=900.0), "obs.disk_minutes"),
        (replace(NEXT, disk_mb=4000.0, recorded_bytes=LIVE.recorded_bytes), "obs.disk"),
        (replace(NEXT, browser=False), "obs.no_browser"),
    ],
)
def test_one_thing_is_wrong(now: Figures, code: str) -> None:
    assert codes(LIVE, now) == [code]


def test_what_does_not_matter_is_not_said() -> None:
    assert codes(LIVE, replace(NEXT, recording=False, disk_mb=10.0)) == []
    still = replace(NEXT, streaming=False, recording=False, encode_skipped=60)
    assert codes(LIVE, still) == []
    assert codes(LIVE, replace(NEXT, rendered=3, render_skipped=1)) == []  # OBS was started again
    assert codes(LIVE, replace(LIVE, at=12.0, rendered=1004, render_skipped=4, sent_bytes=1_250_000)) == []


@pytest.mark.parametrize(
    ("voice", "code"),
    [
        (replace(VOICE, monitor="OBS_MONITORING_TYPE_NONE"), "obs.not_monitored"),
        (replace(VOICE, monitor=MONITOR_ONLY), "obs.monitor_only"),
        (replace(VOICE, muted=True), "obs.muted"),
        (replace(VOICE, tracks=False), "obs.track_off"),
        (replace(VOICE, volume_db=-60.0), "obs.quiet"),
        (replace(VOICE, rerouted=False), "obs.not_rerouted"),
        (replace(VOICE, on_air=False), "obs.not_on_air"),
    ],
)
def test_who_does_not_hear_whom(voice: VoiceSource, code: str) -> None:
    now = replace(NEXT, voices=(voice,))
    (row,) = conditions(LIVE, now, NAMES)
    assert row.notice.code == code
    assert row.notice.params == {"who": "Mika, Juno", "source": "Showrunner stage"}
    assert row.state == ("degraded" if code == "obs.not_monitored" else "broken")
    (mika,) = conditions(LIVE, replace(NEXT, voices=(replace(voice, persona="mika"),)), NAMES)
    assert mika.notice.params["who"] == "Mika"


def test_a_scene_without_the_voices_matters_only_while_viewers_watch() -> None:
    away = replace(WELL, voices=(replace(VOICE, on_air=False),))
    assert codes(None, away) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sentence_of_the_issue(language: str) -> None:
    muted = replace(VOICE, persona="mika", monitor="OBS_MONITORING_TYPE_NONE")
    (row,) = conditions(None, replace(WELL, voices=(muted,)), NAMES)
    words = say(row.notice, language)
    assert "{" not in words
    if language == "en":
        assert words.startswith("You do not hear Mika in OBS: monitoring of Showrunner stage is off. Fix: ")


def test_the_gravest_comes_first() -> None:
    both = replace(NEXT, fps=20.0, browser=False, reconnecting=True)
    assert [row.state for row in conditions(LIVE, both, NAMES)] == ["broken", "degraded", "degraded"]


async def test_the_watch_asks_little_and_sees_changes() -> None:
    setup = Setup(windows(fps=30))
    await setup.apply()
    world, times = setup.world, iter(range(100))
    hand = Hand(world)
    watch = ConditionWatch(lambda: NAMES, clock=lambda: float(next(times)))
    assert await watch.look(hand) == []
    first = len(hand.asked)
    assert await watch.look(hand) == []
    assert len(hand.asked) - first == 3
    world.inputs["Showrunner stage"].muted = True
    world.stats["activeFps"] = 12.0
    seen = [row.notice.code for _ in range(5) for row in await watch.look(hand)]
    assert seen.count("obs.fps") == 5
    assert "obs.muted" in seen
    watch.forget()
    assert watch.bitrate_kbps is None
    world.remove_everywhere("Showrunner stage")
    assert [row.notice.code for row in await watch.look(hand)] == ["obs.fps"]


async def test_the_figures_of_a_stream() -> None:
    world = World(fps=30)
    watch = ConditionWatch(clock=iter(map(float, range(0, 100, 2))).__next__, browser=lambda: True)
    hand = Hand(world)
    world.outputs["Stream"].active = True
    world.stream_frames = {"outputSkippedFrames": 0, "outputTotalFrames": 0, "outputCongestion": 0.0}
    await watch.look(hand)
    world.stream_frames = {"outputSkippedFrames": 9, "outputTotalFrames": 60, "outputCongestion": 0.5}
    rows = await watch.look(hand)
    assert watch.dropped_pct == 15.0
    assert "obs.dropped" in [row.notice.code for row in rows]


async def test_a_real_obs(clean_obs: ObsLink) -> None:
    watch = ConditionWatch()
    rows = [*await watch.look(clean_obs), *await watch.look(clean_obs)]
    assert "obs.no_browser" in [row.notice.code for row in rows]
    assert watch.figures is not None
    assert (watch.figures.fps_wanted, watch.figures.streaming) == (10.0, False)
    assert watch.figures.disk_mb > 0
