"""The protocol without a socket."""

import json

from hypothesis import given
from hypothesis import strategies as st

from streamer.adapters.chat.common.unread import Unread
from streamer.adapters.chat.streamerbot.protocol import Session, Timing, proof

WANTED = {"Twitch": ("ChatMessage", "Raid"), "YouTube": ("Message",)}


def session(password: str = "") -> Session:
    made = Session(password, WANTED, Timing(), Unread())
    made.begin(0.0)
    return made


def hello(*, challenge: bool = False) -> str:
    given = {"request": "Hello", "info": {"version": "1.0.4"}}
    if challenge:
        given["authentication"] = {"salt": "c2FsdA==", "challenge": "Y2hhbA=="}
    return json.dumps(given)


def test_the_proof_is_the_documented_one() -> None:
    assert proof("supersecret", "c2FsdA==", "Y2hhbA==") == "MS/wcZjB8EGYnnIYH+tloNRO2qWzeif7DiJZkyCuuio="


def answer(frame: str, **more: object) -> str:
    return json.dumps({"id": json.loads(frame)["id"], "status": "ok", **more})


def test_from_greeting_to_ready() -> None:
    one = session("pw")
    (frame,) = one.receive(hello(challenge=True), 1.0).send
    assert json.loads(frame)["request"] == "Authenticate"
    (frame,) = one.receive(answer(frame), 1.1).send
    assert json.loads(frame)["request"] == "GetEvents"
    (frame,) = one.receive(answer(frame, events={"twitch": ["ChatMessage"], "youTube": ["Message"]}), 1.2).send
    asked = json.loads(frame)
    assert (asked["request"], asked["events"]) == ("Subscribe", {"Twitch": ["ChatMessage"], "YouTube": ["Message"]})
    assert one.missing == ("Twitch.Raid",)
    (frame,) = one.receive(answer(frame), 1.3).send
    one.receive(answer(frame, actions=[{"name": "Wave", "id": "A0"}, 5, {"name": None}]), 1.4)
    assert one.actions == {"wave", "a0"}
    assert (one.ready, one.version, one.ended) == (True, "1.0.4", "")


def test_a_late_greeting_is_still_answered_with_the_password() -> None:
    one = session("pw")
    (early,) = one.tick(2.0).send
    assert json.loads(early)["request"] == "GetEvents"
    (frame,) = one.receive(hello(challenge=True), 2.1).send
    assert json.loads(frame)["request"] == "Authenticate"
    assert one.receive(json.dumps({"id": json.loads(early)["id"], "status": "error"}), 2.2).send == ()
    (frame,) = one.receive(answer(frame), 2.3).send
    assert (json.loads(frame)["request"], one.ended) == ("GetEvents", "")


def test_a_second_greeting_changes_nothing() -> None:
    one = session()
    assert len(one.receive(hello(), 1.0).send) == 1
    assert one.receive(hello(), 1.1).send == ()


def test_no_answer_is_noticed() -> None:
    one = session()
    one.receive(hello(), 0.0)
    assert one.deadline() == Timing().answer_s
    one.tick(Timing().answer_s)
    assert one.ended == "no_hello"


def test_a_program_that_falls_silent_is_left_so_early_that_nobody_is_deaf_for_ten_seconds() -> None:
    one = session()
    (frame,) = one.receive(hello(), 1.0).send
    (frame,) = one.receive(answer(frame, events={"twitch": ["ChatMessage"]}), 1.0).send
    (frame,) = one.receive(answer(frame), 1.0).send
    one.receive(answer(frame, actions=[]), 1.0)
    assert one.ready
    now = 1.0
    while not one.ended:
        now = one.deadline()
        one.tick(now)
    assert one.ended == "silent"
    assert now - 1.0 <= 8.5, "closing and connecting again take their time too"


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["request", "id", "status", "event", "source", "type", "info", "authentication", "salt"]), inner
    ),
    max_leaves=10,
)  # fmt: skip


@given(st.lists(ANY | st.just({"request": "Hello", "authentication": {"salt": 1}}), max_size=6), st.binary(max_size=20))
def test_nothing_is_raised(messages: list[object], noise: bytes) -> None:
    one = session("pw")
    one.receive(noise, 0.0)
    for at, message in enumerate(messages):
        one.receive(json.dumps(message), float(at))
        one.tick(float(at))
