"""Pieces of the panel's projection, each as a function of the show."""

from typing import Any, cast

import pytest

from streamer.app import panel_rows as rows
from streamer.core.commands import Drop
from streamer.core.events import (
    ChatReceived,
    CloseRequested,
    DialSet,
    Event,
    LineEnded,
    Money,
    PausePressed,
    QueueCleared,
    Resumed,
    ResumePressed,
    SayRequested,
    SegmentDue,
    SinkChanged,
    SkipPressed,
    StopPressed,
    Tombstoned,
    UserIgnored,
    UserUnignored,
)
from streamer.core.requests import best
from streamer.core.verdict import Verdict
from streamer.ports import Health, Notice
from tests.core.scene import Scene

WORDS = {"m:t:1": "Mika, hi?", "n:t:ana": "Ana", "o:1": "Welcome!", "l:1": "Hello Ana."}


def name(persona: str) -> str:
    return persona.title()


def logged(scene: Scene, event: Event) -> list[dict[str, Any]]:
    before = scene.show
    commands = scene.feed(event)
    return rows.log_entries(rows.Step(before, event, scene.show, commands), WORDS.get, name)  # type: ignore[return-value]


def on_air() -> Scene:
    scene = Scene()
    scene.chat("ana", to=["mika"], uid="t:1")
    scene.ready(1)
    scene.started(1)
    return scene


@pytest.mark.parametrize(
    ("event", "code", "params"),
    [
        (StopPressed(by="rin", via="panel"), "press.stop", {}),
        (PausePressed(by="rin"), "press.pause", {}),
        (ResumePressed(by="rin"), "press.resume", {}),
        (SkipPressed(by="rin"), "press.skip", {"persona": "Mika"}),
        (DialSet(dial="named", by="rin"), "press.dial", {"dial": "named"}),
        (
            SayRequested(uid="o:1", persona="juno", text="o:1", by="rin"),
            "press.say", {"persona": "Juno", "text": "Welcome!"},
        ),
        (
            SayRequested(uid="o:1", persona="juno", text="o:gone", exact=True, by="rin"),
            "press.exact", {"persona": "Juno", "text": ""},
        ),
        (QueueCleared(by="rin"), "press.clear", {}),
        (UserIgnored(user="t:ana", by="rin"), "press.ignore", {"name": "Ana"}),
        (UserIgnored(user="t:who", until_ms=600_000, by="rin"), "press.ignore_for", {"name": "who", "minutes": 10}),
        (UserUnignored(user="t:ana", by="rin"), "press.unignore", {"name": "Ana"}),
        (Tombstoned("message", "t:9"), "message.deleted", {}),
        (Tombstoned("user", "t:ana"), "user.cleared", {"name": "Ana"}),
        (Tombstoned("user", "t:who"), "user.cleared.nameless", {}),
        (Tombstoned("room", "y"), "room.cleared", {}),
        (SegmentDue("news", 0), "segment.due", {"title": "news"}),
        (Resumed(12.4), "show.resumed", {"gap_s": 12}),
        (CloseRequested(), "show.closing", {}),
        (
            LineEnded(line=1, outcome="finished", heard_ms=900, heard="l:1"),
            "line.finished", {"persona": "Mika", "text": "Hello Ana.", "reason": ""},
        ),
    ],
)  # fmt: skip
def test_what_happened_in_words(event: Event, code: str, params: dict[str, Any]) -> None:
    first = logged(on_air(), event)[0]
    assert (first["code"], first["params"]) == (code, params)
    assert first["by"] == getattr(event, "by", "")


@pytest.mark.parametrize(
    "event",
    [
        DialSet(dial="normal"),
        UserIgnored(user="t:ana"),
        SinkChanged(page=True),
        LineEnded(line=99, outcome="finished", heard_ms=1),
    ],
)
def test_what_changes_nothing_is_not_logged(event: Event) -> None:
    assert logged(on_air(), event) == []


def test_a_skip_of_nothing_is_not_logged() -> None:
    assert logged(Scene(), SkipPressed()) == []


def test_drops_are_listed_with_names_and_many_become_one_row() -> None:
    scene = Scene()
    scene.chat("ana", to=["mika"], uid="t:1")
    out = logged(scene, StopPressed())
    assert [(row["code"], row["params"]) for row in out[1:]] == [("drop", {"name": "Ana", "reason": "cleared"})]
    scene = Scene()
    for n in range(6):
        scene.chat(f"v{n}", to=["mika"], uid=f"t:{n}")
    out = logged(scene, StopPressed())
    assert [(row["code"], row["params"]) for row in out[1:]] == [("drops", {"n": 6, "reason": "cleared"})]


def test_a_drop_nobody_can_name() -> None:
    show = Scene().show
    step = rows.Step(show, SinkChanged(page=True), show, [Drop(cause=1, uid="t:x", reason="expired")])
    (row,) = rows.log_entries(step, WORDS.get, name)
    assert row["code"] == "drop.nameless"
    quiet = rows.Step(show, SinkChanged(page=True), show, [Drop(cause=1, uid="t:x", reason="taken_back")])
    assert rows.log_entries(quiet, WORDS.get, name) == []


def test_money() -> None:
    assert rows.money(None, 0) is None
    assert rows.money(None, 100) == {"micros": 0, "currency": "", "bits": 100}
    assert rows.money(Money(5, "EUR"), 0) == {"micros": 5, "currency": "EUR", "bits": 0}


def test_the_queue_is_in_the_order_it_will_be_taken() -> None:
    scene = Scene()
    scene.chat("zoe", to=["mika"])
    scene.chat("ben", question=True, uid="t:q")
    scene.chat("ana", to=["mika"], uid="t:1")
    queue = rows.queue(scene.show, WORDS.get, {})
    assert [row["uid"] for row in sorted(queue.values(), key=lambda row: int(str(row["n"])))] == ["t:1", "t:q"]
    first = min(queue.values(), key=lambda row: int(str(row["n"])))
    assert (first["name"], first["text"], first["platform"], first["why"]) == ("Ana", "Mika, hi?", "t", "named")


def test_the_queue_is_led_by_the_one_the_core_takes_next() -> None:
    scene = Scene()
    scene.chat("zoe", to=["mika"])
    scene.ready(1)
    scene.started(1)
    scene.chat("dov", to=["mika"])  # prepared ahead
    for user in ("ana", "zoe", "ben", "cleo"):
        scene.chat(user, to=["juno"], uid=f"t:{user}")
    listed = [request.uid for request in sorted(scene.show.requests, key=lambda r: rows.rank(scene.show, r))]
    assert all(0 < rows.rank(scene.show, request) < 2**53 for request in scene.show.requests)
    assert listed == ["t:cleo", "t:ben", "t:ana", "t:zoe"], "the newest first, who was just answered last"
    first = best(scene.show, chat_allowed=True)
    assert first is not None
    assert listed[0] == first.uid


def test_why_and_words_of_what_an_operator_asked() -> None:
    scene = Scene()
    scene.feed(SayRequested(uid="operator:1", persona="mika", text="o:1", exact=True))
    assert scene.show.next is not None
    request = scene.show.next.request
    assert rows.text_of(request, WORDS.get) == "Welcome!"
    why = rows.why(request, WORDS.get, start_ms=scene.now_ms)
    assert (why["code"], why["platform"], why["name"]) == ("operator", "", "")


def test_states_of_messages() -> None:
    scene = on_air()
    scene.chat("ben", to=["juno"], uid="t:2")
    scene.chat("cleo", to=["juno"], uid="t:3")
    states = rows.chat_states(scene.show)
    assert {uid: row["code"] for uid, row in states.items()} == {"t:1": "on_air", "t:2": "picked", "t:3": "waiting"}


@pytest.mark.parametrize(
    ("action", "code"), [("allow", None), ("replace", None), ("hold", "held"), ("drop", "blocked")]
)
def test_what_moderation_decided(action: Any, code: str | None) -> None:
    row = rows.judged(ChatReceived(uid="t:1", user="t:a", platform="t", verdict=Verdict(action, "a.rule")))
    assert (row["code"] if row else None) == code


def test_rows_of_the_same_part_are_numbered() -> None:
    health = rows.health(
        [Health("llm", "ok", Notice("llm_ok")), Health("llm", "broken", Notice("llm_failing", {}, "fix"))]
    )
    assert list(health) == ["llm", "llm.2"]
    assert (health["llm.2"]["state"], health["llm.2"]["fix"], health["llm.2"]["order"]) == ("broken", "fix", 1)


def test_what_is_said_at_the_panel_waits_with_its_words_and_goes_first():
    scene = Scene()
    scene.feed(PausePressed())
    scene.chat("ana", to=["mika"], uid="t:2")
    scene.chat("ana", direct=True, uid="t:1")
    waiting = sorted(rows.queue(scene.show, WORDS.get, {}).values(), key=lambda row: cast("int", row["n"]))
    assert (waiting[0]["why"], waiting[0]["text"], waiting[0]["platform"]) == ("direct", "Mika, hi?", "t")
    first = best(scene.show, chat_allowed=True)
    assert first is not None
    assert first.uid == waiting[0]["uid"]
