"""The running show: what goes in, what comes out, and what the audience sees of it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from unittest.mock import Mock

import pytest

from streamer.adapters.store.texts import MemoryTexts
from streamer.app.conductor import Conductor
from streamer.app.ears import open_ingress
from streamer.app.inbox import Inbox
from streamer.app.journal import MemoryJournal
from streamer.app.overlay_view import OverlayView
from streamer.app.panel_view import PanelView
from streamer.app.sayings import Sayings
from streamer.app.speakers import speaker_of
from streamer.cast import Persona
from streamer.core.commands import Prepare
from streamer.core.events import (
    ChatKind,
    ChatReceived,
    CloseRequested,
    DialSet,
    Fact,
    HostSaidNothing,
    HostSpeechConfirmed,
    HostVoiceEnded,
    HostVoiceSuspected,
    LineEnded,
    LineReady,
    LineStarted,
    PausePressed,
    ResumePressed,
    SayRequested,
    ShowStarted,
    SkipPressed,
    StopPressed,
    Woke,
)
from streamer.core.settings import ShowSettings
from streamer.core.stage import Stage
from streamer.moderation import Rules
from streamer.ports import ChatRow, Heard, User
from streamer.speech.brief import BriefWriter
from streamer.speech.playhead import SinkPlayhead
from streamer.speech.view import ClauseView
from streamer.web.feed import Projection
from tests.core.scene import CAST

PERSONAS = (Persona(id="mika", name="Mika"), Persona(id="juno", name="Juno"))


def conductor(event: ChatReceived, staged: Mock | None = None) -> tuple[Conductor, Mock]:
    texts, overlay, ingress = MemoryTexts(), Mock(), Mock()
    texts.put("n:twitch:7", "Ann")
    ingress.hear.return_value = (event,)
    made = Conductor(
        ingress=ingress,
        texts=texts,
        sayings=Sayings(texts),
        overlay=overlay,
        panel=Mock(),
        now_ms=lambda: 0,
        on_closed=lambda: None,
        staged=staged,
    )
    made.join(Mock(), Mock())
    return made, overlay


def received(kind: ChatKind, **more: Any) -> ChatReceived:
    return ChatReceived(uid="twitch:1", user="twitch:7", platform="twitch", kind=kind, name="n:twitch:7", **more)


@pytest.mark.parametrize(
    ("kind", "more", "shown"),
    [
        ("gift_batch", {"count": 5}, "gave 5 subscriptions to others"),
        ("raid", {"count": 30}, "raided the show with 30"),
    ],
)
def test_what_happened_stands_for_words(kind: ChatKind, more: dict[str, int], shown: str) -> None:
    event = received(kind, **more)
    made, overlay = conductor(event)
    made.on_row(ChatRow(at=0, platform="twitch", kind=kind))
    assert overlay.chat.call_args.args[2].startswith(shown)
    stage = Stage("running", "mika", 1, "twitch:1", {}, "")
    answering = made._answering(stage)
    assert answering is not None
    assert answering["name"] == "Ann"
    assert answering["text"].startswith(shown)


def test_a_follow_has_nothing_to_show() -> None:
    made, overlay = conductor(received("follow"))
    made.on_row(ChatRow(at=0, platform="twitch", kind="follow"))
    overlay.chat.assert_not_called()


def test_the_stage_is_told_of_alerts_before_their_fact_is_folded() -> None:
    event = received("raid", count=30)
    staged = Mock()
    made, _ = conductor(event, staged)
    row = ChatRow(at=0, platform="twitch", kind="raid")
    staged.alert.side_effect = lambda *_: made.inbox.emit.assert_not_called()  # type: ignore[attr-defined]
    made.on_row(row)
    staged.alert.assert_called_once_with(event, row)
    made.on_row(row, aside=True)
    staged.alert.assert_called_once()


def test_what_is_said_at_the_panel_is_not_shown_as_chat() -> None:
    event = received("message", direct=True, text="m:x:1")
    made, overlay = conductor(event)
    made.on_row(ChatRow(at=0.0, platform="panel", kind="message", id="1", text="hello"))
    overlay.chat.assert_not_called()


# --- a show with everything but the chain, which only notes what it is told


class Chain:
    """Stands where the performer stands."""

    def __init__(self) -> None:
        self.told: list[tuple[Any, ...]] = []
        self.says: dict[int, str] = {}
        self.playhead = SinkPlayhead(lambda: 0.0)

    def prepare(self, order: Prepare) -> None:
        self.told.append(("prepare", order.line))

    def air(self, line: int, not_before_ms: float = 0) -> None:
        self.told.append(("air", line, not_before_ms))

    def cut(self, line: int, reason: str) -> None:
        self.told.append(("cut", line, reason))

    def withdraw(self, line: int, reason: str) -> None:
        self.told.append(("withdraw", line, reason))

    def duck(self, line: int, *, on: bool) -> None:
        self.told.append(("duck", line, on))

    def hush(self, line: int) -> None:
        self.told.append(("hush", line))
        self.playhead.report(Heard(line, 100, ended=True))

    def unhush(self, line: int) -> None:
        self.told.append(("unhush", line))

    def taken_back(self, scope: str, key: str) -> None:
        self.told.append(("taken_back", scope, key))

    def words(self, line: int) -> str:
        return self.says.get(line, "")


class Show:
    """Facts go in as rows and presses; `seen` are the two projections, `chain` what the line chain was told."""

    def __init__(self) -> None:
        self.now_ms = 0
        self.texts = MemoryTexts()
        self.sayings = Sayings(self.texts)
        self.seen = {"overlay": Projection(), "panel": Projection()}
        self.sent: dict[str, list[str]] = {"overlay": [], "panel": []}
        self.overlay = OverlayView(lambda changes, gone: self.publish("overlay", changes, gone), build="b")
        self.panel = PanelView(lambda changes, gone: self.publish("panel", changes, gone), words=self.texts.get)
        self.chain = Chain()
        self.records: list[object] = []
        self.facts: list[Fact] = []
        self.closed = False
        rules = Rules.standard(["blockedword"], [])
        self.conductor = Conductor(
            ingress=open_ingress(PERSONAS, rules, self.texts, now=lambda: self.now_ms / 1000),
            texts=self.texts,
            sayings=self.sayings,
            overlay=self.overlay,
            panel=self.panel,
            now_ms=lambda: self.now_ms,
            on_closed=self.close,
            on_record=self.records.append,
            observe=lambda fact, _commands: self.facts.append(fact),
        )
        self.inbox = Inbox(
            now_ns=lambda: self.now_ms * 1_000_000,
            journal=MemoryJournal(),
            run=self.conductor.run,
            after=self.conductor.after,
        )
        self.conductor.join(self.inbox, self.chain)  # type: ignore[arg-type]
        self.inbox.emit(ShowStarted(ShowSettings(idle_after_ms=0, banter_every_ms=0), CAST))

    def close(self) -> None:
        self.closed = True

    def publish(self, view: str, changes: Mapping[str, object], gone: Sequence[str]) -> None:
        self.sent[view].append(json.dumps([changes, list(gone)], default=str))
        for path in gone:
            self.seen[view].remove(path)
        for path, value in changes.items():
            self.seen[view].set(path, value)

    def say(self, text: str, *, uid: str = "1", user: str = "ana") -> None:
        who = User(user, user, user.title())
        self.conductor.on_row(ChatRow(at=0.0, platform="t", kind="message", id=uid, user=who, text=text))

    def row(self, kind: str, target: str = "") -> None:
        self.conductor.on_row(ChatRow(at=0.0, platform="t", kind=kind, target=target))  # type: ignore[arg-type]

    def on_air(self, words: str = "Hello Ana", line: int = 1) -> None:
        self.inbox.emit(LineReady(line, 900))
        self.conductor.clause(line, 0, ClauseView(0, 900, words, ()))
        self.inbox.emit(LineStarted(line))
        self.conductor.heard(Heard(line, 100))

    @property
    def audience(self) -> dict[str, Any]:
        return self.seen["overlay"].snapshot


async def test_a_message_goes_all_the_way_and_the_audience_sees_who_is_answered() -> None:
    show = Show()
    show.say("Mika, how are you?")
    assert show.chain.told == [("prepare", 1)]
    assert show.audience["chat"]["t:1"]["text"] == "Mika, how are you?"
    show.on_air()
    assert ("air", 1, 0) in show.chain.told
    assert show.audience["stage"]["speaker"] == "mika"
    assert show.audience["stage"]["answering"] == {"name": "Ana", "text": "Mika, how are you?", "platform": "t"}
    assert show.audience["line"]["clauses"]["0"]["text"] == "Hello Ana"
    assert show.audience["playhead"]["ms"] == 100
    assert show.seen["panel"].snapshot["line"]["persona"] == "mika"
    show.inbox.emit(LineEnded(line=1, outcome="finished", heard_ms=900))
    assert (show.audience["line"], show.audience["stage"]["speaker"]) == (None, None)
    assert show.audience["stage"]["answering"] is None


async def test_a_hushed_line_stands_still_with_its_speaker_and_goes_on() -> None:
    show = Show()
    show.say("Mika, how are you?")
    show.on_air()
    assert show.audience["playhead"]["playing"]
    show.inbox.emit(HostSpeechConfirmed(words=True))
    assert show.chain.told[-1] == ("hush", 1)
    for view in show.seen.values():
        assert view.snapshot["line"]["clauses"] if view is show.seen["overlay"] else view.snapshot["line"]
        head = view.snapshot["playhead"]
        assert (head["line"], head["ms"], head["playing"]) == (1, 100, False)
    assert show.audience["stage"]["speaker"] == "mika"
    show.inbox.emit(HostVoiceEnded())
    show.inbox.emit(HostSaidNothing("backchannel"))
    show.now_ms += 400
    show.inbox.emit(Woke())
    assert show.chain.told[-1] == ("unhush", 1)
    show.conductor.heard(Heard(1, 60))
    assert show.audience["playhead"]["playing"]


async def test_what_is_held_never_reaches_the_audience() -> None:
    show = Show()
    show.say("Mika, you blockedword person", uid="9")
    assert "blockedword" not in "".join(show.sent["overlay"])


@pytest.mark.parametrize(("kind", "target"), [("delete_message", "1"), ("clear_user", "ana"), ("clear_chat", "")])
async def test_an_erasure_goes_everywhere(kind: str, target: str) -> None:
    show = Show()
    show.say("Mika, say tangerine")
    show.say("tangerine again, Juno", uid="1b")
    show.on_air("You said tangerine")
    show.row(kind, target)
    if kind == "delete_message":
        show.row(kind, "1b")
    names = [told[0] for told in show.chain.told]
    assert names.index("taken_back") < names.index("cut")  # the words are gone before anything else happens
    show.inbox.emit(LineEnded(line=1, outcome="cut", heard_ms=100))
    assert show.sayings.quote("t:1") is None
    assert show.texts.get("m:t:1") is None
    for view in show.seen.values():
        assert "tangerine" not in json.dumps(view.snapshot, default=str)
    assert show.audience["chat"] == {}


@pytest.mark.parametrize(("kind", "target"), [("delete_message", "1"), ("clear_user", "ana"), ("clear_chat", "")])
async def test_what_was_said_about_it_earlier_goes_with_it(kind: str, target: str) -> None:
    show = Show()
    show.say("Mika, say tangerine")
    show.on_air("You said tangerine")
    show.texts.put("l:1", "You said tangerine", owner="t:ana")  # as the chain keeps what was heard
    show.inbox.emit(LineEnded(line=1, outcome="finished", heard_ms=900, heard="l:1"))
    show.say("Mika, and what about tea?", uid="2", user="ben")
    show.on_air("Tea is fine", 2)
    show.texts.put("l:2", "Tea is fine", owner="t:ben")
    show.inbox.emit(LineEnded(line=2, outcome="finished", heard_ms=900, heard="l:2"))
    assert "You said tangerine" in json.dumps(show.seen["panel"].snapshot, default=str)
    show.row(kind, target)
    assert show.texts.get("l:1") is None
    for view in show.seen.values():
        assert "tangerine" not in json.dumps(view.snapshot, default=str)
    if kind != "clear_chat":
        assert show.texts.get("l:2") == "Tea is fine"
        assert "Tea is fine" in json.dumps(show.seen["panel"].snapshot, default=str)


async def test_words_that_were_passed_on_by_another_line_go_too() -> None:
    show = Show()
    show.say("purple monkeys dance at noon", uid="m")

    def order(line: int, **more: Any) -> None:
        show.conductor.run(Prepare(cause=0, line=line, persona="mika", kind="answer", why="named", **more))

    order(101)
    show.texts.put("l:101", "purple monkeys dance at noon, I always say")  # before anybody knew the message
    order(102, context=("t:m",))
    show.texts.put("l:102", "they say purple monkeys dance at noon")
    order(103)
    show.texts.put("l:103", "did you hear, purple monkeys dance at noon")  # it has them from 102
    order(104)
    show.chain.says[104] = "and purple monkeys dance at noon, too"
    order(105)
    show.chain.says[105] = "I had soup today"
    show.row("delete_message", "m")
    assert [told for told in show.chain.told if told[0] == "cut"] == [
        ("cut", 103, "taken_back"),
        ("cut", 104, "taken_back"),
    ]
    assert [show.texts.get(f"l:{line}") is None for line in (101, 102, 103)] == [False, True, True]


async def test_outcomes_of_presses() -> None:
    show = Show()
    press = show.conductor.press
    assert press(ResumePressed()) == "already"
    assert press(PausePressed()) == "done"
    assert press(PausePressed()) == "already"
    assert press(ResumePressed()) == "done"
    assert press(DialSet(dial="normal")) == "already"
    assert press(DialSet(dial="chatty")) == "done"
    assert press(SkipPressed()) == "already"
    show.say("Mika, how are you?")
    show.on_air()
    count = len(show.facts)
    assert press(SkipPressed(saw=77)) == "stale"
    assert len(show.facts) == count  # nothing was done
    assert press(SkipPressed(saw=1)) == "done"
    assert ("cut", 1, "skip") in show.chain.told
    assert press(StopPressed()) == "done"
    assert press(StopPressed()) == "already"
    assert show.inbox.show.mode == "stopped"


async def test_an_operators_words_can_be_made_into_a_line() -> None:
    show = Show()
    show.texts.put("o:operator:1", "Welcome everybody!")
    said = SayRequested(uid="operator:1", persona="mika", text="o:operator:1", exact=True)
    assert show.conductor.press(said) == "done"
    order = show.conductor._orders[1]
    brief = BriefWriter(show.texts, show.sayings.quote).write(order, speaker_of(PERSONAS[0], ()))
    assert brief.exact == "Welcome everybody!"


async def test_the_host_is_heard_by_the_cast_and_not_shown_as_chat() -> None:
    show = Show()
    show.conductor.on_row(ChatRow(at=0.0, platform="host", kind="host_said", id="1", text="Mika, what do you say?"))
    assert show.audience["chat"] == {}
    assert show.chain.told == [("prepare", 1)]
    quote = show.sayings.quote("host:1")
    assert quote is not None
    assert quote.text == "Mika, what do you say?"


async def test_ducking_withdrawing_and_the_end() -> None:
    show = Show()
    show.say("Mika, how are you?")
    show.on_air()
    show.say("Juno, and you?", uid="2", user="ben")
    show.inbox.emit(HostVoiceSuspected())
    assert ("duck", 1, True) in show.chain.told
    show.inbox.emit(CloseRequested())
    assert ("withdraw", 2, "closing") in show.chain.told
    assert ("cut", 1, "closing") in show.chain.told
    assert not show.closed
    show.inbox.emit(LineEnded(line=1, outcome="cut", heard_ms=100))
    assert show.closed
    assert show.audience["show"]["mode"] == "closing"
    assert show.conductor._orders == {2: show.conductor._orders[2]}
    show.inbox.emit(LineEnded(line=2, outcome="withdrawn"))
    assert show.conductor._orders == {}


async def test_records_go_to_who_asked_for_them() -> None:
    show = Show()
    record: Any = object()
    show.conductor.record(record)
    assert show.records == [record]
    conductor(received("follow"))[0].record(record)  # nobody asked: no fault
