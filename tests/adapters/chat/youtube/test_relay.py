"""Who polls, who takes over and when it is over: hours on a clock that jumps, with engines that follow a script."""

import asyncio
import itertools
from collections.abc import Callable
from typing import Any, cast

from streamer.adapters.chat.common.clock import LoopClock
from streamer.adapters.chat.youtube.engine import Batch
from streamer.adapters.chat.youtube.relay import Relay, Timing, Verdict
from streamer.adapters.chat.youtube.trouble import Trouble
from tests.virtual_time import run_virtual

FINE = Batch(["x"], 5.0)
QUIET = Batch([], 5.0)


class Evening:
    """`answers[engine](second)` is a batch or the trouble of one poll; `page(second)` what the video's page says."""

    def __init__(self, answers: dict[str, Callable[[float], Any]], page: Callable[[float], Verdict], **timing: Any):
        self.answers = answers
        self.page = page
        self.polls: list[tuple[float, str]] = []
        self.taken: list[tuple[float, int]] = []
        self.said: list[tuple[float, Any, Any]] = []
        self.asked: list[float] = []
        self.open = 0
        self.open_max = 0
        self.relay = Relay(
            {name: lambda name=name: Scripted(self, name) for name in answers},  # type: ignore[misc]
            take=self.take, ask=self.ask, told=self.told, clock=LoopClock(), draw=lambda: 0.5, timing=Timing(**timing),
        )  # fmt: skip

    def now(self) -> float:
        return asyncio.get_running_loop().time()

    def take(self, batch: Batch, over_s: float) -> int:
        self.taken.append((self.now(), len(batch.actions)))
        return len(batch.actions)

    async def ask(self) -> Verdict:
        self.asked.append(self.now())
        return self.page(self.now())

    def told(self, engine: Any, trouble: Any) -> None:
        self.said.append((self.now(), engine, trouble))

    def run(self, hours: float) -> bool:
        """Whether it was over within that time."""

        async def evening() -> bool:
            task = asyncio.create_task(self.relay.run())
            done, _ = await asyncio.wait({task}, timeout=hours * 3600)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            return bool(done)

        over = run_virtual(evening())
        assert self.open == 0, "an engine was left open"
        assert self.open_max <= 2
        return over

    def engines(self) -> list[str]:
        """Who polled, each stretch once."""
        return [name for place, (_, name) in enumerate(self.polls) if not place or self.polls[place - 1][1] != name]


class Scripted:
    def __init__(self, evening: Evening, name: Any) -> None:
        self.evening = evening
        self.name: Any = name
        evening.open += 1
        evening.open_max = max(evening.open_max, evening.open)

    async def begin(self) -> None:
        await asyncio.sleep(0.2)

    async def poll(self) -> Batch:
        await asyncio.sleep(0.1)
        self.evening.polls.append((self.evening.now(), self.name))
        answer = self.evening.answers[self.name](self.evening.now())
        if isinstance(answer, Batch):
            return answer
        if answer == "hang":
            await asyncio.sleep(1e9)
        if isinstance(answer, Exception):
            raise answer
        raise Trouble(cast("Any", answer))

    async def aclose(self) -> None:
        self.evening.open -= 1


def live(_: float) -> Verdict:
    return "live"


def test_a_quiet_evening_is_polled_as_the_server_asks():
    evening = Evening({"pytchat": lambda _: FINE, "innertube": lambda _: FINE}, live)
    assert not evening.run(3)
    gaps = [after[0] - before[0] for before, after in zip(evening.polls, evening.polls[1:], strict=False)]
    assert evening.engines() == ["pytchat"]
    assert 5.0 <= min(gaps) <= max(gaps) < 6.0
    assert evening.asked == []


def test_never_more_often_than_once_a_second_nor_less_than_every_quarter_minute():
    for asked, wanted in ((0.0, 1.0), (500.0, 15.0)):
        evening = Evening({"pytchat": lambda _, asked=asked: Batch(["x"], asked)}, live)
        evening.run(0.1)
        gaps = [after[0] - before[0] for before, after in zip(evening.polls, evening.polls[1:], strict=False)]
        assert wanted <= min(gaps) <= max(gaps) <= wanted * 1.1 + 0.2


def test_a_single_failure_leaves_no_gap():
    """The other engine polls within a second, the first comes back after its rest."""
    evening = Evening({
        "pytchat": lambda now: "changed" if 100 < now < 110 else FINE, "innertube": lambda _: FINE,
    }, live)  # fmt: skip
    evening.run(1)
    assert evening.engines()[:2] == ["pytchat", "innertube"]
    assert evening.engines()[-1] == "pytchat"
    taken = [at for at, _ in evening.taken]
    assert max(after - before for before, after in itertools.pairwise(taken)) < 10.0


def test_a_fault_nobody_foresaw_in_an_engine_leaves_no_gap():
    evening = Evening({
        "pytchat": lambda now: UnicodeError() if now > 100 else FINE, "innertube": lambda _: FINE,
    }, live)  # fmt: skip
    assert not evening.run(1)
    taken = [at for at, _ in evening.taken]
    assert taken[-1] > 3_500
    assert max(after - before for before, after in itertools.pairwise(taken)) < 10.0


def test_an_engine_that_hangs_leaves_a_gap_of_less_than_15_seconds():
    evening = Evening({"pytchat": lambda now: "hang" if now > 100 else FINE, "innertube": lambda _: FINE}, live)
    evening.run(1)
    taken = [at for at, _ in evening.taken]
    assert max(after - before for before, after in itertools.pairwise(taken)) < 15.0


def test_an_engine_that_does_not_recover_is_tried_less_and_less():
    evening = Evening({"pytchat": lambda now: "changed" if now > 60 else FINE, "innertube": lambda _: FINE}, live)
    evening.run(5)
    tries = [at for at, name in evening.polls if name == "pytchat" and at > 60]
    assert 15 < len(tries) < 40
    assert tries[-1] - tries[-2] > 800
    taken = [at for at, _ in evening.taken]
    assert max(after - before for before, after in itertools.pairwise(taken)) < 10.0


def test_when_none_works_both_are_tried_on_with_growing_pauses():
    evening = Evening({name: lambda now: FINE if now < 60 or now > 1_800 else "unreachable"
                       for name in ("pytchat", "innertube")}, lambda _: "unknown")  # fmt: skip
    assert not evening.run(1)
    during = [at for at, _ in evening.polls if 60 < at < 1_800]
    assert 40 < len(during) < 120
    assert {name for at, name in evening.polls if 60 < at < 1_800} == {"pytchat", "innertube"}
    first = next(at for at, _ in evening.taken if at > 1_800)
    assert first < 1_800 + 40


def test_the_end_has_to_be_heard_three_times():
    evening = Evening({name: lambda now: FINE if now < 60 else "over" for name in ("pytchat", "innertube")},
                      lambda now: "over" if now > 60 else "live")  # fmt: skip
    assert evening.run(1)
    assert len(evening.asked) == 3
    assert evening.asked[2] - evening.asked[0] > 5.0


def test_a_page_that_says_over_once_is_not_believed():
    evening = Evening({name: lambda now: "over" if 60 < now < 63 else FINE for name in ("pytchat", "innertube")},
                      lambda now: "over" if now < 62 else "live")  # fmt: skip
    assert not evening.run(1)


def test_a_page_that_cannot_be_asked_ends_nothing():
    evening = Evening({name: lambda now: FINE if now < 60 else "over" for name in ("pytchat", "innertube")},
                      lambda _: "unknown")  # fmt: skip
    assert not evening.run(2)


def test_a_chat_that_is_still_offered_although_the_stream_is_over():
    evening = Evening({name: lambda _: QUIET for name in ("pytchat", "innertube")}, lambda _: "over")
    assert evening.run(1)
    assert len(evening.asked) == 3


def test_a_quiet_chat_is_looked_at_by_the_other_less_and_less():
    evening = Evening({name: lambda _: QUIET for name in ("pytchat", "innertube")}, live)
    assert not evening.run(3)
    looks = [at for at, name in evening.polls if name == "innertube"]
    assert 8 < len(looks) < 20
    assert sum(name == "pytchat" for _, name in evening.polls) > 1_500


def test_an_engine_that_goes_deaf_is_left():
    evening = Evening({"pytchat": lambda now: QUIET if now > 60 else FINE, "innertube": lambda _: FINE}, live)
    evening.run(0.5)
    assert evening.engines()[:2] == ["pytchat", "innertube"]
    assert next(at for at, name in evening.polls if name == "innertube") < 60 + 75


def test_one_engine_alone_is_begun_anew():
    evening = Evening({"innertube": lambda now: "changed" if 60 < now < 70 else FINE}, live)
    assert not evening.run(0.5)
    taken = [at for at, _ in evening.taken]
    assert max(after - before for before, after in itertools.pairwise(taken)) < 25.0


def test_asking_too_often_is_answered_by_waiting():
    evening = Evening(
        {name: lambda now: "rate_limited" if now > 60 else FINE for name in ("pytchat", "innertube")}, live
    )
    evening.run(1)
    assert len([at for at, _ in evening.polls if at > 60]) < 200
