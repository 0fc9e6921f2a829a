"""Slides and fades by the clock, and the memory of where things were."""

import pytest

from streamer.adapters.obs.memory import Held, Memory
from streamer.adapters.obs.motion import Motions, amount_of, eased, place_at
from streamer.adapters.obs.target import Aim, Away, Lowered, Muted, Visible
from streamer.adapters.obs.world import Item, World

MIKA, MUSIC = Away("Main", "Mika"), Lowered("Music")
OUT, HOME = Aim(1.0, 300, (-400.0, 0.0), "ends"), Aim(0.0, 300, (-400.0, 0.0), "speaks")


@pytest.fixture
def world():
    return World(items={"Main": [Item(3, "Mika", x=100.1, y=200.0)]}, volumes={"Music": 0.7})


def run(motions, world, start, *, step=0.033):
    out = []
    while motions.due():
        out.append(motions.step(MIKA, world, start))
        start += step
    return out


def test_eases_and_ends_exactly(world):
    motions = Motions()
    motions.found(MIKA, (100.1, 200.0), OUT)
    motions.aim(MIKA, OUT, 10.0)
    places = [each.value[0] for each in run(motions, world, 10.0)]
    assert places == sorted(places, reverse=True)
    assert len(places) == 11
    assert places[-1] == 100.1 - 400
    motions.aim(MIKA, HOME, 20.0)
    assert run(motions, world, 20.0)[-1].value == (100.1, 200.0)


def test_late_steps_are_wider_and_turning_round_is_shorter(world):
    motions = Motions()
    motions.found(MIKA, (100.0, 200.0), OUT)
    motions.aim(MIKA, OUT, 10.0)
    assert motions.step(MIKA, world, 10.15).value == (pytest.approx(-100.0), 200.0)
    motions.aim(MIKA, HOME, 10.15)
    assert motions.glides[MIKA].ms == pytest.approx(150)
    assert motions.step(MIKA, world, 99.0).value == (100.0, 200.0)
    assert not motions.due()


def test_the_users_place_wins_and_an_echo_does_not(world):
    motions = Motions()
    motions.found(MIKA, (100.0, 200.0), OUT)
    motions.aim(MIKA, OUT, 10.0)
    sent = motions.step(MIKA, world, 10.1).value
    assert motions.heard(MIKA, sent, 10.11) == "echo"
    assert motions.heard(MIKA, (640.0, 64.0), 10.12) == "hand"
    motions.aim(MIKA, OUT, 10.2)
    assert not motions.due()
    assert motions.checks(10.5) == [MIKA]
    assert motions.seen(MIKA, sent, world, 10.5).value == (640.0, 64.0)  # a step of ours had come later
    motions.aim(MIKA, HOME, 11.0)
    assert not motions.due()
    motions.aim(MIKA, OUT, 12.0)
    assert run(motions, world, 12.0)[-1].value == (240.0, 64.0)


def test_what_we_left_on_the_way_is_known_again():
    motions, held = Motions(), Held((100.0, 200.0), (-400.0, 0.0), moving=True)
    motions.found(MIKA, (-57.0, 200.0), OUT, [held])
    assert motions.glides[MIKA].held.rest == (100.0, 200.0)
    motions.found(MIKA, (-57.0, 260.0), OUT, [held])
    assert motions.glides[MIKA].held.rest == (-57.0, 260.0)
    still = Held((100.0, 200.0), (-400.0, 0.0))
    motions = Motions()
    motions.found(MIKA, (-57.0, 200.0), OUT, [still])
    assert motions.glides[MIKA].held.rest == (-57.0, 200.0)  # the user moved it along
    motions.found(MIKA, (-300.0, 200.0), OUT, [still])
    assert motions.glides[MIKA].held.rest == (100.0, 200.0)


@pytest.mark.parametrize("x", [99.6, -299.7])
def test_a_hair_short_of_an_end_is_brought_there(world, x):
    """We died just before the last step."""
    for aim, end in ((HOME, 100.0), (OUT, -300.0)):
        motions = Motions()
        motions.found(MIKA, (x, 200.0), aim, [Held((100.0, 200.0), (-400.0, 0.0), moving=True)])
        motions.aim(MIKA, aim, 5.0)
        assert run(motions, world, 5.0)[-1].value == (end, 200.0)


def test_fades_are_in_decibels_and_come_back_exactly():
    held = Held((0.7, 0.0), (12.0, 0.0))
    assert place_at(MUSIC, held, 0.0)[0] == 0.7
    assert place_at(MUSIC, held, 0.5)[0] == pytest.approx(0.7 * 10 ** (-6 / 20))
    assert amount_of(MUSIC, held, place_at(MUSIC, held, 0.25)) == pytest.approx(0.25)
    assert amount_of(MUSIC, held, (0.9, 0.0)) is None
    assert (eased(0), eased(1)) == (0, 1)


def test_the_memory_survives_and_belongs_to_its_collection(tmp_path):
    path = tmp_path / "state" / "obs.json"
    memory = Memory(path)
    memory.enter("Show")
    memory.hold(MIKA, Held((1.0, 2.0), (-400.0, 0.0), moving=True))
    memory.keep(Visible("Main", "Glow"), True)
    memory.keep(Visible("Main", "Glow"), False)  # only the first is the user's
    memory.flush()
    memory.enter("Other")
    memory.keep(Muted("Music"), False)
    memory.flush()

    again = Memory(path)
    again.enter("Show")
    assert again.courses == {MIKA: [Held((1.0, 2.0), (-400.0, 0.0), moving=True)]}
    assert again.props == {Visible("Main", "Glow"): True}
    assert again.moved("Other") == [Muted("Music")]
    again.renamed("Main", "Main 2")
    assert set(again.moved("Show")) == {Away("Main 2", "Mika"), Visible("Main 2", "Glow")}
    for prop in list(again.props):
        again.forget(prop)
    for course in list(again.courses):
        again.let(course)
    again.enter("Other")
    again.forget(Muted("Music"))
    again.flush()
    assert not path.exists()


def test_a_memory_that_cannot_be_read_or_written_costs_only_itself(tmp_path):
    path = tmp_path / "obs.json"
    path.write_text("{broken", encoding="utf-8")
    memory = Memory(path)
    memory.enter("Show")
    memory.hold(MIKA, Held((1.0, 2.0), (3.0, 4.0)))
    memory.flush()
    assert Memory(path).moved("Show") == [MIKA]
    blocked = Memory(path / "below a file" / "obs.json")
    blocked.enter("Show")
    blocked.keep(Muted("Music"), True)
    blocked.flush()
