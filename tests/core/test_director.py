"""Properties that hold for every show, whatever is pressed, said, lost or failing."""

import random
from typing import get_args

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from streamer.core.commands import Command
from streamer.core.director import next_wake, step
from streamer.core.events import (
    ChatKind,
    ChatReceived,
    CloseRequested,
    Dial,
    DialSet,
    Event,
    Fact,
    Features,
    HostSaidNothing,
    HostSpeechConfirmed,
    HostSpoke,
    HostVoiceEnded,
    HostVoiceSuspected,
    PausePressed,
    QueueCleared,
    Resumed,
    ResumePressed,
    SayRequested,
    SegmentDue,
    SkipPressed,
    StopPressed,
    Tombstoned,
    UserIgnored,
    UserUnignored,
    Woke,
)
from streamer.core.settings import Segment, ShowSettings
from streamer.core.show import Show
from tests.core.scene import Scene
from tests.core.world import World

SETTINGS = ShowSettings(
    queue_max=6, idle_after_ms=8_000, banter_every_ms=20_000, segments=(Segment("news", banter=True),)
)
DIALS = st.sampled_from(get_args(Dial))
KINDS: tuple[ChatKind, ...] = (*(["message"] * 8), "superchat", "raid")  # pyright: ignore[reportAssignmentType]
USERS = st.sampled_from(["a", "b", "c", "d"])


@st.composite
def chats(draw: st.DrawFn) -> tuple[str, Event]:
    user = draw(USERS)
    features = Features(
        addressed=tuple(draw(st.lists(st.sampled_from(["mika", "juno", "nobody"]), max_size=2))),
        everyone=draw(st.booleans()), question=draw(st.booleans()), words=draw(st.integers(0, 9)),
        topic=draw(st.integers(0, 2)), command=draw(st.integers(0, 9)) == 0,
    )  # fmt: skip
    kind = draw(st.sampled_from(KINDS))
    uid = f"t:{draw(st.integers(0, 10**9))}"
    return "chat", ChatReceived(uid=uid, user=f"t:{user}", platform="t", kind=kind, text="m", features=features)


EVENTS = st.one_of(
    chats(), chats(), chats(), chats(),
    st.builds(lambda n: ("stone", n), st.integers(0, 5)),
    st.builds(lambda u: ("stone_user", u), USERS),
    st.just(("press", StopPressed())), st.just(("press", ResumePressed())), st.just(("press", ResumePressed())),
    st.just(("press", PausePressed())), st.just(("press", SkipPressed())),
    st.just(("press", QueueCleared())),
    USERS.map(lambda u: ("press", UserIgnored(user=f"t:{u}", until_ms=30_000))),
    USERS.map(lambda u: ("press", UserUnignored(user=f"t:{u}"))),
    DIALS.map(lambda d: ("press", DialSet(dial=d))),
    st.just(("host", HostVoiceSuspected())), st.just(("host", HostSpeechConfirmed())),
    st.just(("host", HostSpeechConfirmed(words=True))), st.just(("host", HostSpeechConfirmed(words=True))),
    st.just(("host", HostSaidNothing())),
    st.just(("host", HostVoiceEnded())), st.just(("host", HostVoiceEnded())),
    st.just(("host", HostSpoke("h:1", "m:h", Features(addressed=("mika",))))),
    st.just(("press", SayRequested(uid="o:1", persona="juno", text="o:1", exact=True))),
    st.just(("segment", "news")), st.just(("resumed", 1.0)),
)  # fmt: skip
SCRIPTS = st.lists(st.tuples(st.integers(0, 6_000), EVENTS), max_size=60)


def play(world: World, script: list[tuple[int, tuple[str, object]]]) -> None:
    said: list[str] = []
    for wait, (kind, what) in script:
        world.run_until(world.now_ms + wait)
        event: Event
        match kind:
            case "stone":
                event = Tombstoned("message", said[-1 - int(str(what)) % len(said)] if said else "t:none")
            case "stone_user":
                event = Tombstoned("user", f"t:{what}")
            case "segment":
                event = SegmentDue("news", world.now_ms)
            case "resumed":
                for sound in world.lines.values():  # the process died, and its sound with it
                    sound.state = "gone"
                    sound.until_ms = min(sound.until_ms, world.now_ms)
                world.queue.clear()
                event = Resumed(1.0)
            case _:
                event = what  # type: ignore[assignment]
        if isinstance(event, ChatReceived):
            said.append(event.uid)
        world.feed(event)
        if isinstance(event, Tombstoned) and event.scope == "message":
            assert not [s for s in world.sounding(world.now_ms + 150) if event.key in s.answers], "heard after deletion"


@given(seed=st.integers(0, 2**32), script=SCRIPTS)
def test_one_voice_at_a_time_and_silence_when_told_with_one_percent_of_facts_lost(
    seed: int, script: list[tuple[int, tuple[str, object]]]
) -> None:
    play(World(seed, SETTINGS), script)  # World.check asserts after every single fact


@given(seed=st.integers(0, 2**32), script=SCRIPTS, loss=st.sampled_from([0.0, 0.01, 0.3, 1.0]))
def test_no_request_waits_for_ever(seed: int, script: list[tuple[int, tuple[str, object]]], loss: float) -> None:
    world = World(seed, msgspec.structs.replace(SETTINGS, idle_after_ms=0, banter_every_ms=0), loss=loss)
    play(world, script)
    world.feed(ResumePressed())
    world.run_until(world.now_ms + 600_000 + 300_000)
    assert world.show.requests == ()
    assert world.show.air is None
    assert world.show.next is None
    assert next_wake(world.show) is None


@given(seed=st.integers(0, 2**32), script=SCRIPTS)
def test_a_show_always_closes(seed: int, script: list[tuple[int, tuple[str, object]]]) -> None:
    world = World(seed, SETTINGS, loss=0.2)
    play(world, script)
    world.feed(CloseRequested(finish=bool(seed % 2)))
    world.run_until(world.now_ms + 30_000)
    assert world.closed
    assert world.show.mode == "closed"


@given(seed=st.integers(0, 2**32), script=SCRIPTS)
def test_folding_again_gives_the_same_commands_and_a_show_survives_its_snapshot(
    seed: int, script: list[tuple[int, tuple[str, object]]]
) -> None:
    world = World(seed, SETTINGS)
    facts: list[Fact] = []
    feed = world.feed

    def recorded(event: Event) -> None:
        facts.append(Fact(world.seq + 1, world.now_ms * 1_000_000, event))
        feed(event)

    world.feed = recorded  # type: ignore[method-assign]
    start = world.show
    before = len(world.commands)
    play(world, script)
    show, again = start, list[Command]()
    for fact in facts:
        show, commands = step(show, fact)
        again.extend(commands)
        packed = msgspec.json.encode(show)
        assert msgspec.json.decode(packed, type=Show) == show
    assert again == world.commands[before:]
    assert show == world.show


def test_a_clock_that_jumps_back_does_not_move_the_show_back() -> None:
    scene = Scene()
    scene.wait(5_000)
    scene.feed(Woke())
    show, _ = step(scene.show, Fact(99, 1_000_000, Woke()))
    assert show.now_ms == scene.show.now_ms


def test_every_collection_of_the_show_stays_bounded_through_a_day_of_chat() -> None:
    world = World(7, SETTINGS)
    rng = random.Random(3)
    for n in range(6_000):
        world.run_until(world.now_ms + rng.randint(0, 4_000))
        features = Features(question=rng.random() < 0.3, words=4, topic=rng.randint(0, 50))
        world.feed(ChatReceived(uid=f"t:{n}", user=f"t:u{n % 900}", platform="t", text="m", features=features))
        if n % 7 == 0:
            world.feed(Tombstoned("message", f"t:{n}"))
    show = world.show
    assert len(show.viewers) < 60
    assert len(show.tombstones) < 600
    assert len(show.heard) <= 12
    assert len(show.recent) <= 6
    assert len(show.answered_ms) <= 10
