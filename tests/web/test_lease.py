"""The lease without sockets: scripts of what pages do, and properties over any order of it."""

import json
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from streamer.web.lease import HEADER, Lease
from streamer.web.sinkwords import Hello, Holder, Position, Sound

SAMPLES = b"\0\1" * 480


def hello(
    name: str = "a", *, obs: bool = False, audio: Any = "running", epoch: float = 0, monitor: Any = False,
    browser: str = "",
) -> Hello:  # fmt: skip
    return Hello(name, obs, audio, epoch, monitor, browser)


def take(lease: Lease) -> list[tuple[int, Any]]:
    """What was to be sent: messages as objects, frames as (line, seq, at, generation)."""
    sends, lease.sends = lease.sends, []
    told: list[tuple[int, Any]] = []
    for page, message in sends:
        if isinstance(message, str):
            told.append((page, json.loads(message)))
        else:
            _, _, _, line, seq, at, generation = HEADER.unpack_from(message)
            told.append((page, (line, seq, at, generation)))
    return told


def at(lease: Lease, line: int, ms: float, under: float = 0) -> Position:
    return Position(lease.generation, line, ms, under)


def test_the_first_running_page_gets_the_lease():
    lease = Lease(epoch=9, build="b1")
    lease.join(1, "stage", hello(audio="suspended"), 0)
    assert lease.holder is None
    assert take(lease)[0] == (1, {"hello": {"epoch": 9, "build": "b1"}})
    lease.audio(1, running=True, now=10)
    assert lease.holder == 1
    assert take(lease) == [(1, {"lease": {"track": 0, "holder": True, "generation": 2, "epoch": 9, "ttl": 750}})]
    assert lease.label() == "stage page in a browser"


def test_obs_outranks_a_tab_also_within_a_line():
    lease = Lease(epoch=1)
    lease.join(1, "stage", hello("tab"), 0)
    lease.begin(5, 0)
    lease.frame(SAMPLES, 0)
    before = lease.generation
    take(lease)
    lease.join(2, "stage", hello("obs", obs=True), 50)
    told = take(lease)
    assert lease.holder == 2
    assert (1, {"stop": {"generation": before + 1, "fade": 15}}) in told
    assert [message["lease"]["holder"] for page, message in told if page == 1 and "lease" in message] == [False]
    lease.frame(SAMPLES, 60)
    assert take(lease) == [], "the line has to be begun again at the new page"
    assert lease.heard(1, Position(before, 5, 20), 70) is None


def test_a_second_page_of_the_same_rank_waits():
    lease = Lease(epoch=1)
    lease.join(1, "stage", hello("one", obs=True), 0)
    lease.join(2, "stage", hello("two", obs=True), 1)
    assert lease.holder == 1
    lease.leave(1, 2)
    assert lease.holder == 2


def test_a_page_that_knows_a_later_holder_is_left_alone():
    lease = Lease(epoch=7)
    lease.join(1, "stage", hello(epoch=8), 0)
    assert lease.holder is None
    lease.join(2, "stage", hello(epoch=7), 0)
    assert lease.holder == 2


def test_the_lease_is_renewed_every_250_ms():
    lease = Lease(epoch=1)
    lease.join(1, "stage", hello(), 0)
    take(lease)
    renewed = []
    for now in range(0, 2001, 50):
        lease.tick(now)
        renewed += [now for _page, message in take(lease) if "lease" in message]
    assert renewed == list(range(250, 2001, 250))


def test_a_page_that_reports_nothing_for_a_second_loses_the_lease_and_may_come_back():
    lease = Lease(epoch=1)
    lease.join(1, "stage", hello(), 0)
    lease.begin(3, 0)
    lease.frame(SAMPLES, 100)
    lease.tick(1000)
    assert lease.holder == 1
    lease.tick(1100)
    assert lease.holder is None
    lease.tick(7000)
    assert lease.holder is None, "it has not said anything since"
    lease.alive(1)
    lease.tick(7250)
    assert lease.holder == 1


def test_a_page_that_has_played_all_it_was_sent_owes_nothing():
    lease = Lease(epoch=1)
    lease.join(1, "stage", hello(), 0)
    lease.begin(3, 0)
    lease.frame(SAMPLES, 0)
    assert lease.heard(1, at(lease, 3, 20), 40)
    lease.tick(5000)
    assert lease.holder == 1
    lease.finish(5000)
    lease.tick(6000)
    assert lease.holder is None, "it owes the end"


def test_what_a_page_claims_is_kept_within_what_was_sent():
    lease = Lease(epoch=1)
    lease.join(1, "stage", hello(), 0)
    lease.begin(3, 40)
    for _ in range(3):
        lease.frame(SAMPLES, 0)
    told = [message for _, message in take(lease) if isinstance(message, tuple)]
    assert told == [(3, 2, 40, 2), (3, 3, 60, 2), (3, 4, 80, 2)]
    for claimed, believed in ((1e300, 100), (-5, 100), (float("nan"), 100)):
        progress = lease.heard(1, at(lease, 3, claimed), 0)
        assert progress is not None
        assert progress.ms == believed
        assert not progress.ended
    assert lease.heard(1, at(lease, 4, 60), 0) is None
    assert lease.heard(2, at(lease, 3, 60), 0) is None
    assert lease.heard(1, Position(lease.generation - 1, 3, 60), 0) is None


def test_the_end_is_reported_once_even_without_ended():
    lease = Lease(epoch=1)
    lease.join(1, "stage", hello(), 0)
    lease.begin(3, 0)
    lease.frame(SAMPLES, 0)
    early = lease.heard(1, at(lease, 3, 20), 0, ended=True)
    assert early is not None
    assert not early.ended, "nobody said that no more comes"
    lease.finish(0)
    last = lease.heard(1, at(lease, 3, 20), 0)
    assert last is not None
    assert last.ended
    assert lease.heard(1, at(lease, 3, 20), 0, ended=True) is None


def test_after_a_stop_nothing_of_the_line_is_sent():
    lease = Lease(epoch=1)
    lease.join(1, "stage", hello(), 0)
    lease.begin(3, 0)
    lease.frame(SAMPLES, 0)
    take(lease)
    lease.stop(15, 1000)
    assert take(lease) == [(1, {"stop": {"generation": 3, "fade": 15}})]
    lease.frame(SAMPLES, 0)
    lease.finish(0)
    assert take(lease) == []
    assert lease.silent(1, Position(3, None, 1210), 1080) == 80
    assert lease.silent(1, Position(3, None, 1210), 1080) is None
    assert lease.silent(1, Position(1e300, None, 1210), 1080) is None


def test_ducking_follows_the_lease():
    lease = Lease(epoch=1)
    lease.duck(on=True)
    lease.join(1, "stage", hello(), 0)
    assert take(lease)[-1] == (1, {"duck": {"on": True}})
    lease.duck(on=True)
    assert take(lease) == []
    lease.duck(on=False)
    assert take(lease) == [(1, {"duck": {"on": False}})]
    assert lease.tone(440, 100) == {1}
    lease.leave(1, 0)
    assert lease.tone(440, 100) == set()


# --- pages that play along --------------------------------------------------------------------------------------------


def along(lease: Lease) -> list[int]:
    return [page for page in sorted(lease._pages) if lease._pages[page].along]


def test_a_monitor_never_holds_and_hears_what_the_holder_plays():
    lease = Lease(epoch=1)
    lease.join(1, "sound", hello("ear", monitor=True), 0)
    assert lease.holder is None
    lease.begin(3, 0)
    lease.frame(SAMPLES, 0)
    assert [message for _, message in take(lease)][1:] == [
        {"lease": {"track": 0, "holder": False, "generation": 1, "epoch": 1, "ttl": 750, "monitor": True}}
    ]
    lease.join(2, "stage", hello("obs", obs=True), 10)
    lease.begin(3, 0)
    take(lease)
    lease.frame(SAMPLES, 20)
    lease.finish(30)
    told = take(lease)
    assert [page for page, _ in told] == [2, 1, 2, 1]
    assert told[0][1] == told[1][1]
    assert told[2][1] == told[3][1]
    lease.stop(15, 40)
    assert take(lease) == [(2, {"stop": {"generation": 3, "fade": 15}}), (1, {"stop": {"generation": 3, "fade": 15}})]
    assert lease.silent(1, Position(3, None, 0), 50) is None
    assert lease.silent(2, Position(3, None, 0), 60) == 20, "the word of a monitor took nothing away"


def test_a_monitor_joins_where_the_holder_is():
    lease = Lease(epoch=1)
    lease.join(1, "stage", hello("obs", obs=True), 0)
    lease.begin(3, 0)
    for _ in range(30):
        lease.frame(SAMPLES, 0)
    lease.heard(1, at(lease, 3, 200), 1000)
    take(lease)
    lease.join(2, "sound", hello("ear", monitor=True), 1050)
    told = [message for page, message in take(lease) if page == 2]
    assert told[2] == {"begin": {"line": 3, "generation": 2, "at": 240}}
    assert told[3:] == [(3, ms // 20, ms, 2) for ms in range(240, 600, 20)]
    lease.leave(2, 1060)
    lease.finish(1060)
    take(lease)
    lease.join(4, "sound", hello("late", monitor=True), 9000)
    told = [message for page, message in take(lease) if page == 4]
    assert told[2:] == [
        {"begin": {"line": 3, "generation": 2, "at": 600}},
        {"finish": {"line": 3, "generation": 2, "total": 600}},
    ], "everything was heard: nothing is played again"


def test_auto_holds_while_nobody_better_is_there_and_plays_along_otherwise():
    lease = Lease(epoch=1)
    lease.join(1, "sound", hello("here", monitor="auto"), 0)
    assert (lease.holder, along(lease)) == (1, [])
    lease.join(2, "stage", hello("obs", obs=True), 1)
    assert (lease.holder, along(lease)) == (2, [1])
    last = [message for page, message in take(lease) if page == 1][-1]
    assert last["lease"]["monitor"] is True
    assert last["lease"]["generation"] == lease.generation
    lease.leave(2, 2)
    assert (lease.holder, along(lease)) == (1, [])


def test_one_page_of_a_browser_sounds_and_none_twice_in_obs():
    lease = Lease(epoch=1)
    lease.join(1, "stage", hello("tab", browser="b1"), 0)
    lease.join(2, "sound", hello("ear", browser="b1", monitor="auto"), 0)
    lease.join(3, "sound", hello("other", browser="b2", monitor=True), 0)
    lease.join(4, "sound", hello("more", browser="b2", monitor=True), 0)
    assert (lease.holder, along(lease)) == (1, [3])
    assert lease.sound().warning == "two"
    lease.join(5, "stage", hello("obs", obs=True), 0)
    lease.join(6, "sound", hello("ear in obs", obs=True, monitor=True), 0)
    assert (lease.holder, along(lease)) == (5, [2, 3])
    lease.leave(3, 0)
    assert along(lease) == [2, 4]


def test_ducking_reaches_a_page_that_plays_later():
    lease = Lease(epoch=1)
    lease.join(1, "stage", hello("obs", obs=True), 0)
    lease.duck(on=True)
    take(lease)
    lease.join(2, "sound", hello("ear", monitor=True), 0)
    assert (2, {"duck": {"on": True}}) in take(lease)
    lease.duck(on=False)
    assert take(lease) == [(1, {"duck": {"on": False}}), (2, {"duck": {"on": False}})]


def test_what_the_panel_is_told_and_warned_of():
    lease = Lease(epoch=1)
    assert lease.sound() == Sound("nobody", warning="nobody")
    lease.join(1, "stage", hello("obs", obs=True, audio="suspended"), 0)
    assert (lease.sound().muted, lease.sound().warning) == (1, "muted")
    lease.join(2, "stage", hello("tab", browser="b"), 0)
    sound = lease.sound()
    assert sound.holder == Holder("tab", "stage page in a browser", "stage", "b")
    assert (sound.where, sound.pages, sound.muted, sound.others, sound.warning) == ("tab", 2, 1, 0, "muted_obs")
    lease.audio(1, running=True, now=1)
    assert (lease.sound().where, lease.sound().others, lease.sound().warning) == ("obs", 1, "")
    lease.join(3, "avatar", hello("obs2", obs=True), 2)
    assert (lease.sound().holder.kind, lease.sound().warning) == ("stage", "two_obs")  # type: ignore[union-attr]
    for page in (1, 2):
        lease.leave(page, 3)
    lease.begin(1, 0)
    lease.frame(SAMPLES, 3)
    lease.tick(2000)
    assert (lease.sound().where, lease.sound().warning) == ("nobody", "hung")
    lease.join(9, "stage", hello("tab"), 2000)
    assert (lease.sound().where, lease.sound().warning) == ("tab", "muted_obs"), "the one in OBS hangs"


def test_tones_by_way():
    lease = Lease(epoch=1)
    lease.join(1, "sound", hello("ear", monitor=True), 0)
    assert lease.tone(440, 100) == set()
    assert lease.tone(440, 100, "monitor") == {1}
    assert lease.tone(440, 100, page=1) == {1}
    assert lease.tone(440, 100, page=7) == set()


class AnyOrder(RuleBasedStateMachine):
    """Pages come, go, hang and lie, lines begin, run and are stopped, in any order."""

    @initialize()
    def begin_all(self) -> None:
        self.lease = Lease(epoch=5)
        self.now = 0.0
        self.count = 0
        self.line = 0
        self.pages: dict[int, Hello] = {}
        self.holds: dict[int, bool] = {}
        self.along: dict[int, bool] = {}
        self.generation_of: dict[int, int] = {}
        self.generation = 0
        self.next_at: dict[int, int | None] = {}
        """Of the frames of a page, once it was told that a line begins."""
        self.sent = 0

    def _read(self) -> None:
        """What every page now believes; every frame is checked as it passes."""
        for page, message in take(self.lease):
            if isinstance(message, tuple):
                line, seq, at_ms, generation = message
                assert self.holds[page] or self.along[page], "a frame for a page that may not sound"
                assert generation == self.generation == max(self.generation_of.values()), "a frame of before the stop"
                assert generation == self.generation_of[page]
                assert line == self.line
                assert (at_ms, seq) == (self.next_at[page], at_ms // 20)
                self.next_at[page] = at_ms + 20
                self.sent = max(self.sent, at_ms + 20)
                continue
            for part in message.values():
                if isinstance(part, dict) and "generation" in part:
                    assert part["generation"] >= self.generation, "the generation fell"
                    self.generation = part["generation"]
                    self.generation_of[page] = part["generation"]
            if "lease" in message:
                self.holds[page] = message["lease"]["holder"]
                self.along[page] = message["lease"].get("monitor", False)
            if "begin" in message:
                self.next_at[page] = message["begin"]["at"]
            if "stop" in message:
                self.next_at[page] = None

    @rule(
        obs=st.booleans(), audio=st.sampled_from(["running", "suspended"]), epoch=st.sampled_from([0, 5, 6]),
        monitor=st.sampled_from([False, True, "auto"]), browser=st.sampled_from(["", "b1", "b2"]),
    )  # fmt: skip
    def join(self, obs: bool, audio: Any, epoch: int, monitor: Any, browser: str) -> None:
        self.count += 1
        self.pages[self.count] = Hello(f"p{self.count}", obs, audio, epoch, monitor, browser)
        self.lease.join(self.count, "stage", self.pages[self.count], self.now)
        self._read()

    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        if self.pages:
            page = data.draw(st.sampled_from(sorted(self.pages)))
            del self.pages[page]
            self.holds.pop(page, None)
            self.along.pop(page, None)
            self.generation_of.pop(page, None)
            self.lease.leave(page, self.now)
            self._read()

    @rule(data=st.data(), running=st.booleans())
    def audio(self, data: st.DataObject, running: bool) -> None:
        if self.pages:
            page = data.draw(st.sampled_from(sorted(self.pages)))
            self.lease.alive(page)
            self.lease.audio(page, running=running, now=self.now)
            self._read()

    @rule(gap=st.sampled_from([20, 250, 900, 6000]))
    def time_passes(self, gap: int) -> None:
        for _ in range(0, gap, 250):
            self.now += min(gap, 250)
            self.lease.tick(self.now)
            self._read()

    @rule(at_frame=st.integers(0, 3))
    def begin(self, at_frame: int) -> None:
        self.lease.stop(15, self.now)
        self._read()
        self.line += 1
        self.sent = at_frame * 20
        self.lease.begin(self.line, at_frame * 20)
        self._read()

    @rule(count=st.integers(1, 5))
    def frames(self, count: int) -> None:
        for _ in range(count):
            self.lease.frame(SAMPLES, self.now)
        self._read()

    @rule()
    def finish(self) -> None:
        self.lease.finish(self.now)
        self._read()

    @rule()
    def stop(self) -> None:
        before = self.lease.generation
        self.lease.stop(15, self.now)
        assert self.lease.generation == before + 1
        self._read()

    @rule(data=st.data(), ms=st.floats(-100, 1e6), ended=st.booleans(), old=st.booleans())
    def report(self, data: st.DataObject, ms: float, ended: bool, old: bool) -> None:
        if self.pages:
            page = data.draw(st.sampled_from(sorted(self.pages)))
            said = Position(self.lease.generation - old, self.line, ms)
            progress = self.lease.heard(page, said, self.now, ended=ended)
            if progress is not None:
                assert page == self.lease.holder
                assert not old
                assert 0 <= progress.ms <= self.sent
            self._read()

    @invariant()
    def one_holder_and_the_best(self) -> None:
        holders = [page for page, holds in self.holds.items() if holds]
        assert holders == ([self.lease.holder] if self.lease.holder is not None else [])
        assert not any(self.pages[page].monitor is True for page in holders), "a monitor never holds"
        if holders and not self.pages[holders[0]].obs:
            able = self.lease._pages.values()
            assert not any(p.obs and p.able and p.hello.monitor is not True for p in able)

    @invariant()
    def nobody_hears_it_twice(self) -> None:
        playing = [page for page, plays in self.along.items() if plays]
        assert playing == [page for page in sorted(playing) if self.lease.plays(page)]
        assert not any(self.pages[page].obs or not self.pages[page].monitor for page in playing)
        sounding = playing + [page for page, holds in self.holds.items() if holds and not self.pages[page].obs]
        browsers = [self.pages[page].browser for page in sounding if self.pages[page].browser]
        assert len(browsers) == len(set(browsers)), "two pages of one browser"


AnyOrder.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestAnyOrder = AnyOrder.TestCase
