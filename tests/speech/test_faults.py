"""Whatever fails, whenever somebody stops: one end per line, one voice at a time, nothing left behind."""

import asyncio

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from streamer.core.events import LineReady, LineStarted
from streamer.core.verdict import ALLOW, Verdict
from streamer.ports import Misconfigured, SpeechRequest, Unavailable
from streamer.speech.brief import Quote
from tests.fakes.llm import FakeModel, Say, tokens_of
from tests.fakes.sink import FakeSink
from tests.fakes.tts import FakeVoice, How
from tests.speech.stage import House
from tests.virtual_time import run_virtual

TEXT = "[joy] Well hello, my dear friends! Today we play 1,000 games. Some are good. [sad] Others cost 3.14 coins."
SECONDS = st.sampled_from([0.0, 0.01, 0.1, 0.9, 3.0])
ERRORS = st.sampled_from([Unavailable("x"), Misconfigured("x"), ValueError("x")])
SAYS = st.builds(
    Say,
    tokens=st.sampled_from([tokens_of(TEXT), tokens_of(TEXT, 1), [TEXT], [], ["[joy]"]]),
    first_s=st.sampled_from([0.0, 0.5, 7.0]),
    each_s=st.sampled_from([0.0, 0.02, 0.4]),
    hang_after=st.one_of(st.none(), st.integers(0, 30)),
    error=st.one_of(st.none(), ERRORS),
    fail_after=st.one_of(st.none(), st.integers(0, 30)),
    stubborn_s=st.sampled_from([0.0, 1.0]),
)
POSITIONS = st.one_of(st.none(), st.none(), st.integers(0, 2000))
HOWS = st.builds(
    How,
    first_s=SECONDS,
    pace=st.sampled_from([0.0, 0.3, 1.5]),
    stall_at_ms=POSITIONS,
    fail_at_ms=POSITIONS,
    short_at_ms=POSITIONS,
    error=ERRORS,
    silent=st.sampled_from([False, False, False, True]),
    marks=st.booleans(),
    odd=st.booleans(),
    stubborn=st.booleans(),
    tail_ms=st.sampled_from([0, 600]),
)
SINKS = st.tuples(
    st.one_of(st.none(), st.none(), st.integers(0, 200)), st.one_of(st.none(), st.none(), st.integers(0, 4000))
)
STOPS = st.lists(
    st.tuples(st.floats(0, 8), st.sampled_from(["cut", "withdraw", "taken_back", "duck"]), st.integers(1, 3)),
    max_size=3,
)


def judge(text: str) -> Verdict:
    at = text.find("games")
    return Verdict("replace", "games", (at, at + 5)) if at >= 0 else ALLOW


def check_line(house: House, line: int, stopped_at: int | None) -> None:
    """What holds for every line. `stopped_at`: frames that had sounded when somebody stopped it."""
    assert len(house.ends(line)) == 1
    end = house.ends(line)[0]
    record = next(record for record in house.records if record.line == line)
    assert record.heard == house.heard(line)
    assert bool(end.heard) == bool(record.heard)
    assert record.sent.startswith(record.heard)
    assert "[" not in record.sent
    assert "games" not in record.sent
    sounded = len([1 for played, _, _ in house.sink.played if played == line]) * 20
    assert end.heard_ms <= sounded
    if end.outcome == "finished":
        assert end.heard_ms + 150 >= record.total_ms
    if stopped_at is not None:
        assert sounded == stopped_at * 20
    if not sounded:
        assert not record.heard
    if end.outcome == "finished":
        assert house.spoken(line) == list(range(len(house.spoken(line))))
        assert record.heard == record.sent
    events = [event for _, event in house.events if getattr(event, "line", 0) == line]
    assert len([event for event in events if isinstance(event, LineReady)]) <= 1
    assert len([event for event in events if isinstance(event, LineStarted)]) <= 1
    assert events[-1] is end


@settings(max_examples=40, phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink])
@given(
    says=st.lists(SAYS, min_size=3, max_size=3),
    hows=st.lists(HOWS, min_size=4, max_size=4),
    sink=SINKS,
    stops=STOPS,
    air_s=st.sampled_from([0.0, 0.2, 2.0]),
)
def test_exactly_one_end(
    says: list[Say],
    hows: list[How],
    sink: tuple[int | None, int | None],
    stops: list[tuple[float, str, int]],
    air_s: float,
):
    async def main() -> None:
        turn = 0

        def plan(request: SpeechRequest) -> How:
            nonlocal turn
            turn += 1
            return hows[turn % len(hows)]

        house = House(
            FakeModel(*says),
            FakeVoice("a", plan),
            FakeVoice("b", plan),
            sink=FakeSink(fail_at_frame=sink[0], vanish_at_ms=sink[1]),
            judge=judge,
            close_s=40.0,
        )
        loop = asyncio.get_running_loop()
        gone: dict[int, int] = {}

        def stop(what: str, line: int) -> None:
            if what == "duck":
                house.performer.duck(line, on=True)
            elif what == "taken_back":
                house.performer.taken_back("message", f"t:{line}")
            else:
                getattr(house.performer, what)(line, "stop")
            if what != "duck":
                gone.setdefault(line, len([1 for played, _, _ in house.sink.played if played == line]))

        for line in (1, 2, 3):
            house.quotes[f"t:{line}"] = Quote(uid=f"t:{line}", text="hi")
            house.prepare(line, persona="mika" if line % 2 else "rex", kind="answer", answers=(f"t:{line}",))
        for at, what, line in stops:
            loop.call_later(at, stop, what, line)
        await asyncio.sleep(air_s)
        for line in (1, 2, 3):
            house.performer.air(line)
        for line in (1, 2, 3):
            await house.ended(line)
        await asyncio.sleep(120)
        for line in (1, 2, 3):
            check_line(house, line, gone.get(line))
        order = [line for line, _, _ in house.sink.played]
        assert order == [
            line for index, line in enumerate(order) if line not in order[:index] or order[index - 1] == line
        ]
        assert house.sink.late == []
        assert len(house.records) == 3
        await house.close()

    run_virtual(main())
