"""A page plays the voices: sound, leases, generations, stop, reports. An AnalyserNode at its output is the ear."""

import itertools
import math
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.overlays.conftest import launch
from tests.overlays.fake_show import FRAME_MS, FakeShow, SinkSide, clause, now, tone, until, wait_for

# Loudest moment of what comes out from here on, and when it fell silent for good.
EAR = """(() => {
  const {sink} = showrunner, ear = sink.ctx.createAnalyser(), data = new Float32Array(512);
  ear.fftSize = 512; sink.output.connect(ear);
  window.ear = {level: 0, most: 0, loudAt: 0, log: []};
  setInterval(() => {
    ear.getFloatTimeDomainData(data);
    window.ear.level = Math.sqrt(data.reduce((sum, x) => sum + x * x, 0) / data.length);
    window.ear.most = Math.max(window.ear.most, window.ear.level);
    if (window.ear.level > 0.004) window.ear.loudAt = performance.now();
  }, 4);
})()"""
TWO_RUNNING = """(({voices}) => voices.length === 2 && voices[1].runs.length && voices.map(voice => voice.runs))
(showrunner.sink)"""


@pytest.fixture
def listening(show: FakeShow, open_page: Callable[..., Any]) -> tuple[Any, SinkSide]:
    """An avatar page of one person that holds the lease, with an ear on it."""
    page = open_page("avatar", "&persona=juno")
    side = show.sinks.get(timeout=20)
    until(page, "showrunner.state().holder && showrunner.state().audio === 'running'")
    page.evaluate(EAR)
    return page, side


def test_hello_tells_who_is_there(show: FakeShow, listening: tuple[Any, SinkSide]) -> None:
    _, side = listening
    hello = side.all("hello")[0]
    assert hello["obs"] is True
    assert hello["audio"] == "running"
    assert hello["epoch"] == 0
    assert len(hello["page"]) >= 16


def test_frames_become_sound_and_reports_are_monotonous_and_never_early(listening: tuple[Any, SinkSide]) -> None:
    page, side = listening
    side.begin(12)
    began = side.play(12, tone(1000))
    side.finish(12, 1000)
    ended = side.wait("ended")
    assert ended == {"line": 12, "generation": 1, "ms": 1000}
    # A sine of half the full scale has an RMS of 0.354.
    assert 0.3 < page.evaluate("ear.most") < 0.4
    heard = [(at - began, said["heard"]) for at, said in zip(side.at, side.said, strict=True) if "heard" in said]
    positions = [one["ms"] for _, one in heard]
    assert positions == sorted(positions)
    assert positions[0] < 150
    assert len(positions) >= 6, "a report each 100 ms"
    assert all(one["ms"] <= at for at, one in heard), "never more than can have left the speaker"
    assert {one["line"] for _, one in heard} == {12}
    assert page.evaluate("showrunner.sink.voices.length") == 0


def test_two_lines_in_a_row_do_not_overlap(listening: tuple[Any, SinkSide]) -> None:
    page, side = listening
    for line in (1, 2):
        side.begin(line)
        side.play(line, tone(2000), paced=False)
        side.finish(line, 2000)
    runs = until(page, TWO_RUNNING)
    assert runs[1][0]["start"] == pytest.approx(runs[0][-1]["end"], abs=0.001)
    side.wait("ended", 2)
    assert [one["line"] for one in side.all("ended")] == [1, 2]


def test_line_without_a_frame_ends_at_once(listening: tuple[Any, SinkSide]) -> None:
    _, side = listening
    side.begin(5)
    side.finish(5, 0)
    assert side.wait("ended") == {"line": 5, "generation": 1, "ms": 0}


def test_stop_is_silent_soon_and_for_good(listening: tuple[Any, SinkSide]) -> None:
    page, side = listening
    side.begin(7)
    side.play(7, tone(4000), paced=False)
    until(page, "ear.most > 0.2")
    page.evaluate("""(() => { const {sink} = showrunner, wait = setInterval(() => {
        if (sink.generation >= 2) { ear.stoppedAt = performance.now(); clearInterval(wait); } }, 1) })()""")
    stopped = now()
    side.send({"stop": {"generation": 2, "fade": 15}})
    for seq in range(200, 220):  # its producer is still running
        side.frame(7, seq, tone(20)[0], generation=1)
    silent = side.wait("silent")
    assert now() - stopped < 3000
    assert silent["generation"] == 2
    assert silent["line"] == 7
    assert 0 <= silent["ms"] < 4000
    time.sleep(0.2)
    took = page.evaluate("ear.loudAt - ear.stoppedAt")
    print(f"stop -> silent {took:.0f} ms")
    assert took < 150, "15 ms of fade and the window of the analyser"
    assert page.evaluate("showrunner.sink.stats.dropped") == 20
    assert not side.all("ended")
    # What comes afterwards in the new generation sounds.
    side.generation = 2
    page.evaluate("ear.most = 0")
    side.begin(8)
    side.play(8, tone(100), paced=False)
    until(page, "ear.most > 0.2")


def test_lease_that_is_not_renewed_fades_out_by_itself(listening: tuple[Any, SinkSide]) -> None:
    page, side = listening
    side.renew = False
    side.lease(ttl=1200)
    side.begin(1)
    side.play(1, tone(4000), paced=False)
    until(page, "ear.most > 0.2")
    until(page, "!showrunner.state().holder && showrunner.sink.lease.gain.value < 0.001")
    assert page.evaluate("showrunner.sink.voices.length") == 0
    dropped = page.evaluate("showrunner.sink.stats.dropped")
    side.frame(1, 200, tone(20)[0])
    until(page, f"showrunner.sink.stats.dropped === {dropped + 1}")
    page.evaluate("ear.most = 0")
    side.renew = True
    side.lease()
    until(page, "showrunner.state().holder")
    side.play(1, tone(1000), paced=False, first=201)
    until(page, "ear.most > 0.2")


def test_sound_ends_with_the_lease_even_when_the_page_hangs(listening: tuple[Any, SinkSide]) -> None:
    page, side = listening
    side.renew = False
    side.lease(ttl=1000)
    side.begin(1)
    side.play(1, tone(4000), paced=False)
    until(page, "ear.most > 0.2")
    # The script hangs until after the lease; the automation of the gain has run on the audio thread meanwhile.
    level = page.evaluate("""(() => {
        const {sink} = showrunner, data = new Float32Array(512);
        while (performance.now() < sink.leaseEnds + 200);
        sink.meter.getFloatTimeDomainData(data);
        return Math.max(...data.map(Math.abs)); })()""")
    assert level < 0.01


def test_page_without_the_lease_stays_silent(show: FakeShow, open_page: Callable[..., Any]) -> None:
    page = open_page("avatar", "&persona=juno")
    side = show.sinks.get(timeout=20)
    page.evaluate(EAR)
    side.holder = False
    side.lease()
    until(page, "!showrunner.state().holder")
    side.begin(1)
    side.play(1, tone(200), paced=False)
    time.sleep(0.25)
    assert page.evaluate("ear.most") == 0
    assert not side.all("heard")


def test_older_holder_of_the_show_is_ignored(show: FakeShow, listening: tuple[Any, SinkSide]) -> None:
    page, side = listening
    assert page.evaluate("showrunner.sink.epoch") == 1000
    show.epoch = 900
    side.holder = False
    side.lease()
    side.begin(1)
    side.play(1, tone(100), paced=False)
    until(page, "ear.most > 0.2")  # the word of the older one did not count
    show.epoch = 1100
    side.holder = True
    side.generation = 1
    side.lease()
    until(page, "showrunner.sink.epoch === 1100")


def test_duck_lowers_by_12_db(listening: tuple[Any, SinkSide]) -> None:
    page, side = listening
    side.send({"duck": {"on": True}})
    time.sleep(0.1)
    side.begin(1)
    side.play(1, tone(300), paced=False)
    side.finish(1, 300)
    side.wait("ended")
    ducked = page.evaluate("ear.most")
    assert 20 * math.log10(ducked / 0.3536) == pytest.approx(-12, abs=1)


def test_the_page_measures_what_it_plays(listening: tuple[Any, SinkSide]) -> None:
    page, side = listening
    side.begin(1)
    side.play(1, tone(1000), paced=False)
    side.finish(1, 1000)
    side.wait("ended")
    levels = [one["level"] for one in side.all("heard")][1:]
    assert len(levels) >= 4
    assert all(isinstance(each, int) for each in levels)
    assert max(levels) == pytest.approx(-9, abs=1), "a sine of half the full scale"
    page.evaluate("showrunner.sink.output.gain.value = 0")
    side.begin(2)
    side.play(2, tone(1000), paced=False)
    side.finish(2, 1000)
    side.wait("ended", 2)
    silent = [one["level"] for one in side.all("heard") if one["line"] == 2]
    assert min(silent[2:]) == -100, "what nobody can hear is not said to be loud"


def test_a_new_connection_begins_at_full_volume(show: FakeShow, listening: tuple[Any, SinkSide]) -> None:
    page, side = listening
    side.send({"duck": {"on": True}})
    until(page, "showrunner.sink.duck.gain.value < 0.3")
    show.drop()
    again = show.sinks.get(timeout=20)
    again.wait("hello")
    until(page, "showrunner.sink.duck.gain.value > 0.99")


def test_tone_is_played_and_answered(listening: tuple[Any, SinkSide]) -> None:
    page, side = listening
    side.send({"tone": {"hz": 440, "ms": 120}})
    side.wait("toned")
    assert page.evaluate("ear.most") > 0.1


def test_underrun_is_counted_and_the_rest_plays(show: FakeShow, listening: tuple[Any, SinkSide]) -> None:
    page, side = listening
    mouth = {"step": FRAME_MS, "open": [80] * 10, "shapes": []}
    show.say(1, "juno", {**clause("aah", ms_per_char=60), "mouth": mouth}, playing=False)
    side.begin(1)
    frames = tone(200)
    side.play(1, frames[:5], paced=False)
    side.wait("heard")
    until(page, "showrunner.sink.waiting(1) && showrunner.state().heard_ms === 100")
    until(page, "showrunner.state().mouth.juno < 0.05")  # no voice, no open mouth
    time.sleep(0.2)
    side.play(1, frames[5:], paced=False, first=5)
    side.finish(1, 200)
    assert side.wait("ended")["ms"] == 200
    assert max(one["under"] for one in side.all("heard")) > 200, "milliseconds of silence"


def test_strange_frames_are_dropped(listening: tuple[Any, SinkSide]) -> None:
    page, side = listening
    for frame in (b"", b"\x02" + bytes(30), b"\x01\x09" + bytes(40), bytes(24)):
        side.send(frame)
    until(page, "showrunner.sink.stats.dropped === 4")


def test_page_comes_back_with_the_epoch_it_saw(show: FakeShow, listening: tuple[Any, SinkSide]) -> None:
    page, side = listening
    side.begin(1)
    side.play(1, tone(400), paced=False)
    until(page, "ear.most > 0.2")
    show.drop()
    until(page, "!showrunner.state().holder")
    again = show.sinks.get(timeout=20)
    assert again.said[0]["hello"]["epoch"] == 1000
    assert again.said[0]["hello"]["page"] == side.said[0]["hello"]["page"]
    until(page, "showrunner.state().holder && ear.level < 0.01")


def test_line_goes_on_from_another_player(listening: tuple[Any, SinkSide]) -> None:
    _, side = listening
    side.send({"begin": {"line": 9, "generation": 1, "at": 2000}})
    side.play(9, tone(200), paced=False, first=100)
    side.finish(9, 2200)
    assert side.wait("ended")["ms"] == 2200
    assert all(2000 <= one["ms"] <= 2200 for one in side.all("heard"))


def test_silenced_line_goes_on_from_an_earlier_place(show: FakeShow, listening: tuple[Any, SinkSide]) -> None:
    page, side = listening
    mouth = {"step": FRAME_MS, "open": [80] * 200, "shapes": []}
    show.say(3, "juno", {**clause("aah, it goes on and on", ms_per_char=180), "mouth": mouth}, playing=False)
    side.begin(3)
    side.play(3, tone(4000), paced=False)
    until(page, "showrunner.state().heard_ms >= 600 && showrunner.state().mouth.juno > 0.3")
    side.send({"stop": {"generation": 2, "fade": 15}})
    stopped = side.wait("silent")["ms"]
    until(page, "showrunner.state().mouth.juno < 0.05 && ear.level < 0.004")
    assert page.evaluate("showrunner.state().heard_ms") == pytest.approx(stopped, abs=60), "the caption stays"
    count = len(side.all("heard"))
    at = (stopped - 300) // FRAME_MS * FRAME_MS
    side.generation = 2
    side.begin(3, at)
    side.play(3, tone(1000), paced=False, first=at // FRAME_MS)
    side.finish(3, at + 1000)
    until(page, "ear.level > 0.2 && showrunner.state().mouth.juno > 0.3")
    assert side.wait("ended") == {"line": 3, "generation": 2, "ms": at + 1000}
    again = side.all("heard")[count:]
    assert {one["generation"] for one in again} == {2}
    assert at <= again[0]["ms"] < at + 500
    assert [one["ms"] for one in again] == sorted(one["ms"] for one in again)


def test_mouth_is_shut_where_another_page_plays_while_the_line_is_silent(
    show: FakeShow, open_page: Callable[..., Any]
) -> None:
    page = open_page("stage", "&sound=0")
    mouth = {"step": FRAME_MS, "open": [80] * 400, "shapes": []}
    show.say(3, "juno", {**clause("aah, it goes on and on for ever", ms_per_char=260), "mouth": mouth})
    until(page, "showrunner.state().mouth.juno > 0.3")
    show.set({"playhead": {"line": 3, "ms": 900, "at": 0, "playing": False}})
    until(page, "showrunner.state().mouth.juno < 0.05")
    assert page.evaluate("showrunner.state().ms") == 900
    assert page.evaluate("showrunner.state().caption").startswith("aah")


# --- a page that plays along -----------------------------------------------------------------------------------------


@pytest.fixture
def along(show: FakeShow, open_page: Callable[..., Any]) -> tuple[Any, SinkSide]:
    """The sound page in a browser, told to play along, with an ear on it."""
    page = open_page("sound", "&monitor=1", obs=False)
    side = show.sinks.get(timeout=20)
    side.holder, side.monitor = False, True
    side.lease()
    until(page, "showrunner.state().monitor && showrunner.state().audio === 'running'")
    page.evaluate(EAR)
    return page, side


def test_monitor_plays_and_says_nothing_of_it(along: tuple[Any, SinkSide]) -> None:
    page, side = along
    hello = side.all("hello")[0]
    assert hello["monitor"] is True
    assert len(hello["browser"]) >= 9
    side.send({"begin": {"line": 3, "generation": 1, "at": 1000}})
    side.play(3, tone(600), paced=False, first=50)
    side.finish(3, 1600)
    until(page, "ear.most > 0.3 && showrunner.sink.voices.length === 0")
    assert page.evaluate("showrunner.sink.last") == {"line": 3, "ms": 1600}
    side.send({"tone": {"hz": 440, "ms": 60}})
    side.wait("toned")
    assert not side.all("heard") + side.all("ended")
    assert not page.evaluate("showrunner.state().holder")


def test_monitor_is_silent_after_a_stop_and_a_new_holder(along: tuple[Any, SinkSide]) -> None:
    page, side = along
    side.begin(7)
    side.play(7, tone(4000), paced=False)
    until(page, "ear.most > 0.2")
    side.send({"stop": {"generation": 2, "fade": 15}})
    side.frame(7, 200, tone(20)[0], generation=1)
    until(page, "showrunner.sink.voices.length === 0 && ear.level < 0.01")
    assert page.evaluate("showrunner.sink.stats.dropped") >= 1
    side.generation = 2
    side.begin(8)
    side.play(8, tone(4000), paced=False)
    until(page, "showrunner.sink.voices.length === 1")
    side.generation = 3
    side.lease()  # another page holds from here on
    until(page, "showrunner.sink.voices.length === 0 && showrunner.state().monitor")
    side.monitor = False
    side.lease()
    until(page, "!showrunner.sink.plays")
    assert not side.all("silent")


def test_monitor_that_fell_behind_leaves_out_what_is_late(along: tuple[Any, SinkSide]) -> None:
    page, side = along
    side.begin(1)
    side.play(1, tone(3000), paced=False)
    until(page, "showrunner.sink.stats.dropped > 80")
    assert page.evaluate("showrunner.sink.voices[0].next - showrunner.sink.ctx.currentTime") < 0.95
    side.finish(1, 3000)
    until(page, "showrunner.sink.voices.length === 0")


def test_sound_page_of_another_build_loads_itself_again(show: FakeShow, open_page: Callable[..., Any]) -> None:
    page = open_page("sound", obs=False)
    show.sinks.get(timeout=20)
    page.evaluate("window.old = true")
    show.build = "b2"
    show.drop()
    until(page, "!window.old && window.showrunner?.state().connected")


@pytest.mark.parametrize(("code", "comes_back"), [(1001, True), (1013, True), (4000, False), (4403, False)])
def test_close_codes(show: FakeShow, open_page: Callable[..., Any], code: int, comes_back: bool) -> None:
    page = open_page("avatar", "&persona=juno")
    show.sinks.get(timeout=20)
    show.drop(code)
    if comes_back:
        show.sinks.get(timeout=20)
        until(page, "showrunner.state().connected")
    else:
        time.sleep(0.9)
        assert show.sinks.empty()
        assert not page.evaluate("showrunner.state().connected")


def test_mouth_follows_the_sound_of_this_page_and_moves_with_the_envelope(
    show: FakeShow, listening: tuple[Any, SinkSide]
) -> None:
    page, side = listening
    envelope = [round(50 + 50 * math.sin(i * FRAME_MS / 1000 * math.tau * 1.5)) for i in range(70)]
    mouth = {"step": FRAME_MS, "open": envelope, "shapes": [[0, "aa"]]}
    show.say(
        4,
        "juno",
        {**clause("la la la", ms_per_char=175), "mouth": mouth, "cues": [[0, "joy", 0.8], [700, "angry", 1]]},
        ms=0,
    )
    show.seek(4, 99_000)  # the playhead says something else: the page that sounds asks its own clock
    page.evaluate("""(() => { window.seen = []; const rig = showrunner.rigs.juno, tick = rig.tick.bind(rig);
        rig.tick = (t, dt) => { tick(t, dt); const s = showrunner.state();
            if (s.heard_ms > 0) seen.push([s.heard_ms, s.mouth.juno, s.expression.juno]); }; })()""")
    side.begin(4)
    side.play(4, tone(1400))
    side.finish(4, 1400)
    side.wait("ended")
    seen = page.evaluate("seen")
    pairs = [(envelope[int(ms // FRAME_MS)] / 100, mouth) for ms, mouth, _ in seen if ms < 1380]
    assert len(pairs) > 8
    best = correlation(pairs)
    print(f"mouth against envelope: {best:.2f} over {len(pairs)} samples")
    assert best > 0.6
    assert {"joy", "angry"} <= {expression for _, _, expression in seen}
    frame = max(after[0] - before[0] for before, after in itertools.pairwise(seen))
    assert 680 <= next(ms for ms, _, expression in seen if expression == "angry") <= 780 + frame
    show.set({"line": None, "playhead": None})
    until(page, "showrunner.state().mouth.juno < 0.05")


def correlation(pairs: list[tuple[float, float]]) -> float:
    n = len(pairs)
    mx, my = sum(x for x, _ in pairs) / n, sum(y for _, y in pairs) / n
    top = sum((x - mx) * (y - my) for x, y in pairs)
    return top / math.sqrt(sum((x - mx) ** 2 for x, _ in pairs) * sum((y - my) ** 2 for _, y in pairs))


def test_page_that_may_not_sound_says_so_and_asks_for_a_click(playwright: Any, show: FakeShow) -> None:
    browser = launch(playwright, "--autoplay-policy=document-user-activation-required")
    try:
        page = browser.new_page(viewport={"width": 640, "height": 360})
        page.goto(f"{show.url}/overlay/avatar?token=good&persona=juno")
        side = show.sinks.get(timeout=20)
        assert side.said[0]["hello"]["audio"] == "suspended"
        hint = page.locator(".sr-hint--sound")
        hint.wait_for(state="visible")
        hint.click()
        hint.wait_for(state="hidden")
        assert "running" in side.wait("audio", len(side.all("audio")) or 1)
        wait_for(lambda: "running" in side.all("audio"))
    finally:
        browser.close()
