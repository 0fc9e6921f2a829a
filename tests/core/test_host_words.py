"""Whom the host's words are for: a name, everyone, a reply to a question, the listening window, the audience."""

import pytest

from streamer.core.commands import Prepare
from streamer.core.events import CastChanged, Features, HostSpoke, LineEnded, ResumePressed, StopPressed
from streamer.core.settings import Member, ShowSettings
from streamer.core.show import ASKED_MS, LISTEN_MS
from tests.core.scene import Scene, of

CALM = ShowSettings(idle_after_ms=0, banter_every_ms=0, answers_per_minute=600)
QUESTION = Features(question=True, words=4)
REPLY = Features(words=3, reply=True)
ANYTHING = Features(words=9)
AUDIENCE = Features(words=4, question=True, audience=True)


def said(scene: Scene, features: Features) -> Prepare | None:
    """Whom the cast lets answer."""
    orders = of(Prepare, scene.feed(HostSpoke(f"h:{scene.seq}", "m:h", features)))
    return orders[0] if orders else None


def answered(scene: Scene, persona: str = "juno", *, asks: bool = False, outcome: str = "finished") -> None:
    """The host spoke to a persona, and she answered."""
    order = said(scene, Features((persona,), words=3))
    assert order is not None
    finish(scene, order.line, asks=asks, outcome=outcome)


def finish(scene: Scene, line: int, *, asks: bool = False, outcome: str = "finished") -> None:
    scene.ready(line)
    scene.wait(1_000)
    scene.started(line)
    scene.wait(2_000)
    scene.feed(LineEnded(line=line, outcome=outcome, heard_ms=2_000, heard=f"l:{line}", asks=asks))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("features", "why"),
    [
        (ANYTHING, None),
        (QUESTION, None),
        (REPLY, None),
        (AUDIENCE, None),
        (Features(("juno",), words=3), "host"),
        (Features(everyone=True, words=3), "host"),
        (Features(everyone=True, words=3, audience=True), None),
        (Features(("juno",), words=5, audience=True), "host"),
    ],
)
def test_while_nobody_listens(features: Features, why: str | None) -> None:
    order = said(Scene(CALM), features)
    assert (order.why if order else None) == why


@pytest.mark.parametrize(
    ("features", "why"),
    [
        (ANYTHING, None),
        (QUESTION, "host"),
        (REPLY, "reply"),
        (AUDIENCE, None),
        (Features(words=3, audience=True, reply=True), None),
    ],
)
def test_after_a_persona_answered_the_host(features: Features, why: str | None) -> None:
    scene = Scene(CALM)
    answered(scene)
    order = said(scene, features)
    assert (order.why if order else None) == why
    assert order is None or order.persona == "juno"


@pytest.mark.parametrize("features", [QUESTION, REPLY])
def test_the_window_closes(features: Features) -> None:
    scene = Scene(CALM)
    answered(scene)
    scene.wait(LISTEN_MS)
    assert said(scene, features) is None


def test_an_answer_to_a_mere_reply_does_not_open_it_anew() -> None:
    scene = Scene(CALM)
    answered(scene)
    count = 0
    for _ in range(20):
        order = said(scene, REPLY)
        if order is None:
            break
        count += 1
        finish(scene, order.line)
    assert 1 < count <= 10


@pytest.mark.parametrize("features", [ANYTHING, QUESTION, REPLY, Features(everyone=True, words=3)])
def test_she_asked_so_his_next_words_are_her_answer(features: Features) -> None:
    scene = Scene(CALM)
    answered(scene, "juno", asks=True)
    order = said(scene, features)
    assert order is not None
    assert (order.persona, order.why) == ("juno", "host")
    scene.ended(order.line, 0, "failed")
    assert said(scene, ANYTHING) is None, "only the next ones"


def test_somebody_else_may_speak_in_between() -> None:
    scene = Scene(CALM)
    answered(scene, "juno", asks=True)
    scene.chat("ana", to=["mika"])
    assert scene.show.next is not None
    finish(scene, scene.show.next.id)
    order = said(scene, ANYTHING)
    assert order is not None
    assert order.persona == "juno"


def test_a_name_goes_before_her_question() -> None:
    scene = Scene(CALM)
    answered(scene, "juno", asks=True)
    order = said(scene, Features(("mika",), words=3))
    assert order is not None
    assert order.persona == "mika"


def test_what_he_says_to_the_audience_is_no_answer_and_leaves_the_question_open() -> None:
    scene = Scene(CALM)
    answered(scene, "juno", asks=True)
    assert said(scene, AUDIENCE) is None
    order = said(scene, ANYTHING)
    assert order is not None
    assert order.persona == "juno"


def test_a_question_is_open_for_so_long() -> None:
    scene = Scene(CALM)
    answered(scene, asks=True)
    scene.wait(ASKED_MS)
    assert said(scene, ANYTHING) is None


@pytest.mark.parametrize("outcome", ["cut", "failed"])
def test_a_question_that_was_not_heard_whole_is_none(outcome: str) -> None:
    scene = Scene(CALM)
    answered(scene, asks=True, outcome=outcome)
    assert said(scene, ANYTHING) is None


def test_a_question_to_a_viewer_is_none_to_the_host() -> None:
    scene = Scene(CALM)
    scene.chat("ana", to=["mika"])
    finish(scene, 1, asks=True)
    assert said(scene, ANYTHING) is None


def test_stopped_or_gone_she_waits_for_no_answer() -> None:
    scene = Scene(CALM)
    answered(scene, "juno", asks=True)
    scene.feed(StopPressed())
    scene.feed(ResumePressed())
    assert said(scene, ANYTHING) is None
    answered(scene, "juno", asks=True)
    scene.feed(CastChanged((Member("mika"), Member("juno", enabled=False))))
    assert said(scene, ANYTHING) is None
