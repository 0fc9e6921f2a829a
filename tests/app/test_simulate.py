"""A show on a clock that jumps: real core, modelled chain."""

from collections.abc import Sequence

from streamer.app.report import build, gini, spread
from streamer.app.simulate import Script, Simulation
from streamer.core.commands import Prepare
from streamer.core.events import ChatReceived, Event, Features, HostSpoke, ShowStarted, Tombstoned
from streamer.core.settings import ShowSettings
from streamer.ports import ChatRow, User
from tests.core.scene import CAST


def hear(row: ChatRow) -> Sequence[Event]:
    match row.kind:
        case "delete_message":
            return [Tombstoned("message", f"t:{row.target}")]
        case "host_said":
            return [HostSpoke(f"t:{row.id}", f"m:{row.id}", Features(addressed=("mika",), words=4))]
        case _:
            who = row.user.id if row.user else "?"
            return [
                ChatReceived(
                    uid=f"t:{row.id}", user=f"t:{who}", platform="t", text=f"m:{row.id}",
                    features=Features(addressed=("mika",), words=5),
                )
            ]  # fmt: skip


def write(order: Prepare) -> Script:
    return Script("Hello there, my dear friend of the night.", ("Hello there,", "my dear friend of the night."), 9)


def simulation(seed: int = 1, **settings: object) -> Simulation:
    rules = ShowSettings(idle_after_ms=0, banter_every_ms=0, **settings)  # type: ignore[arg-type]
    return Simulation(started=ShowStarted(rules, CAST), hear=hear, write=write, seed=seed)


def message(at: float, uid: str, user: str = "ana") -> ChatRow:
    return ChatRow(at=at, platform="t", kind="message", id=uid, user=User(user), text="mika, how are you?")


def test_a_message_is_answered_and_the_report_says_when_why_and_how_long() -> None:
    report = build(simulation().run([message(1.0, "a")]))
    assert (report.messages, report.answered) == (1, 1)
    (line,) = report.lines
    assert line.answers == ("a",)
    assert (line.why, line.outcome) == ("named", "finished")
    assert line.heard == "Hello there, my dear friend of the night."
    assert 1.0 < line.ready_at < line.at < line.end
    assert report.first_audio_ms.n == 1
    assert report.voices_at_once_max == 1
    assert report.overhead_ms is None
    assert report.dead_air_s["max"] == round(line.at, 3)


def test_the_same_seed_gives_the_same_show_and_another_another() -> None:
    rows = [message(n * 7.0, f"m{n}", f"v{n}") for n in range(30)]
    assert build(simulation(3).run(rows)) == build(simulation(3).run(rows))
    assert build(simulation(3).run(rows)) != build(simulation(4).run(rows))


def test_a_deletion_in_the_middle_of_the_answer_cuts_it_within_the_limit() -> None:
    deleted = ChatRow(at=3.2, platform="t", kind="delete_message", target="a")
    report = build(simulation().run([message(1.0, "a"), deleted]))
    (line,) = report.lines
    assert line.outcome == "cut"
    assert line.end <= 3.2 + 0.15
    assert report.spoken_after_delete == 0
    assert line.heard != line.generated


def test_the_host_interrupts() -> None:
    host = ChatRow(at=3.0, platform="t", kind="host_said", id="h", text="Mika, stop for a moment please")
    report = build(simulation().run([message(1.0, "a"), host]))
    assert report.interrupts == 1
    assert [line.kind for line in report.lines] == ["answer", "host"]
    assert report.lines[1].at > 3.0 + 30 / 16 + 0.8


def test_a_brain_with_nothing_to_say_fails_the_line_and_not_the_show() -> None:
    silent = Simulation(
        started=ShowStarted(ShowSettings(idle_after_ms=0), CAST), hear=hear, write=lambda order: Script("", ()), seed=1
    )
    report = build(silent.run([message(1.0, "a")]))
    assert report.lines == ()
    assert report.drops == {"failed": 1}


def test_spread_is_nearest_rank() -> None:
    values = spread(range(1, 101))
    assert (values.p50, values.p95, values.p99, values.n) == (50, 95, 99, 100)
    assert spread([]).p50 is None
    assert spread([7]).p99 == 7


def test_gini() -> None:
    assert gini([1, 1, 1, 1]) == 0
    assert gini([0, 0, 0, 8]) == 0.75
    assert gini([]) == 0
