"""The soak's own judgement: what went wrong is counted, and a soak in which nothing was at stake proves nothing."""

import time
from collections.abc import Callable

import pytest

from streamer.core.events import ChatReceived, Fact, Tombstoned
from tests.bench.soak import Ears, Soaked, result, soak
from tests.bench.soak_world import FAULTS, Said, Sent, World


def world_of(count: int = 4, *, ways: tuple[str, ...] = ("irc",)) -> World:
    """So many messages of Twitch, said a long time after each other."""
    world = World(1)
    for number in range(count):
        said = Said(number, "twitch", (f"twitch:m-{number}", f"twitch:bot-{number}"), Sent(number * 10.0, set(ways)))
        world.said.append(said)
        world.by_uid |= dict.fromkeys(said.uids, said)
    world.counts["twitch"] = count
    return world


def hear(ears: Ears, *events: ChatReceived | Tombstoned) -> None:
    for number, event in enumerate(events):
        ears.observe(Fact(number + 1, time.monotonic_ns(), event), ())


def message(number: int, ident: str = "") -> ChatReceived:
    uid = f"twitch:{ident or f'm-{number}'}"
    return ChatReceived(uid=uid, user="twitch:ann", platform="twitch", kind="message", text=f"m:tea ({number})")


def judged(world: World, *events: ChatReceived | Tombstoned, well_again: bool = True) -> Soaked:
    ears = Ears(world)
    ears.words = lambda ref: ref.removeprefix("m:")
    hear(ears, *events)
    return result(world, ears, 1.0, merged=0, well_again=well_again)


ALL = [message(number) for number in range(4)]


def test_everything_told_once_is_clean() -> None:
    found = judged(world_of(), *ALL)
    assert found.clean
    assert (found.told, found.excused) == (4, {})


@pytest.mark.parametrize(
    ("events", "wrong"),
    [
        (ALL[:3], {"lost": 1}),
        ([*ALL, message(2, "bot-2")], {"doubled": 1}),
        ([*ALL, message(2, "nobody")], {"doubled": 1, "strange": 1}),
        ([*ALL, Tombstoned("message", "twitch:m-3"), message(3, "m-3")], {"doubled": 1, "told_after_delete": 1}),
    ],
)
def test_what_was_told_wrongly_is_counted(events: list[ChatReceived | Tombstoned], wrong: dict[str, int]) -> None:
    found = judged(world_of(), *events)
    names = ("lost", "doubled", "strange", "told_after_delete")
    assert {name: value for name in names if (value := getattr(found, name))} == wrong
    assert not found.clean


def test_a_deletion_that_never_comes_is_not_a_deletion_that_was_obeyed() -> None:
    world = world_of()
    world.said[1].deleted = Sent(15.0, {"irc"})
    assert judged(world, *ALL).deletions_lost == 1
    assert not judged(world, *ALL).clean
    assert judged(world, *ALL, Tombstoned("message", "twitch:m-1")).clean


def test_a_message_may_die_with_its_only_connection_and_not_with_one_of_two() -> None:
    one, two = world_of(), world_of(ways=("irc", "eventsub"))
    for world in (one, two):
        world.broke["irc"].append(30.2)
    assert judged(one, *ALL[:3]).excused == {"twitch": 1}
    assert judged(one, *ALL[:3]).clean
    assert judged(two, *ALL[:3]).lost == 1
    later = world_of()
    later.broke["irc"].append(31.0)
    assert judged(later, *ALL[:3]).lost == 1


def test_a_chat_that_nobody_could_read_proves_nothing() -> None:
    found = judged(world_of(ways=()))
    assert (found.lost, found.excused) == (0, {"twitch": 4})
    assert not found.clean
    assert not judged(world_of(), *ALL, well_again=False).clean


async def test_a_failure_counts_when_there_was_something_to_break(monkeypatch: pytest.MonkeyPatch) -> None:
    acts: list[str] = []

    def act(name: str) -> Callable[[World], object]:
        async def done(_: World) -> None:
            acts.append(name)

        return done

    faults = tuple((name, way, act(name)) for name, way, _ in FAULTS if name in ("irc drop", "page fault"))
    monkeypatch.setattr("tests.bench.soak_world.FAULTS", faults)
    world = World(2)
    for _ in range(40):
        await world.fault()
    assert set(world.faults) == set(acts) == {"page fault"}, "nobody reads the IRC of a world that is not open"
    assert set(world.idle) == {"irc drop"}


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.needs("espeak-ng")
async def test_a_few_seconds_in_which_nothing_breaks() -> None:
    found = await soak(0.1, rate=4.0, fault_every_s=1_000.0, answers_s=0.0)
    assert set(found.said) == {"twitch", "page", "api", "bot"}
    assert (found.lost, found.doubled, found.strange, found.deletions_lost) == (0, 0, 0, 0)
    assert (found.told_after_delete, found.violations, found.faults) == (0, (), {})
