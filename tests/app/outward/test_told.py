"""What other programs hear of the show."""

from itertools import count
from typing import Any

from streamer.app.outward.told import Teller, Told
from streamer.core.commands import Erase, Prepare, TakeScene
from streamer.core.events import ChatReceived, LineEnded, LineStarted, Money, PausePressed, ResumePressed, StopPressed
from streamer.core.verdict import Verdict
from streamer.ports import Heard
from streamer.speech.view import ClauseView


class Show:
    """A show as the conductor tells it."""

    def __init__(self) -> None:
        numbers = count(1)
        self.out: list[Told] = []
        self.words: dict[str, str] = {}
        self.teller = Teller(
            self.out.append, name_of=str.title, words=self.words.get, new_id=lambda: f"e{next(numbers)}",
            wall=lambda: 1_000.5,
        )  # fmt: skip

    @property
    def types(self) -> list[str]:
        return [told.type for told in self.out]

    def order(self, line: int, *answers: str) -> None:
        self.teller.ordered(Prepare(cause=1, line=line, persona="mika", kind="answer", why="named", answers=answers))

    def speak(self, line: int, words: str, *answers: str, reason: str = "") -> None:
        self.order(line, *answers)
        self.teller.folded(LineStarted(line))
        self.words[f"l:{line}"] = words
        self.teller.folded(LineEnded(line=line, outcome="finished", heard_ms=900, heard=f"l:{line}", reason=reason))

    def event(self, kind: Any = "raid", uid: str = "twitch:1", **more: Any) -> None:
        chat = ChatReceived(uid=uid, user="twitch:u7", platform="twitch", kind=kind, **more)
        self.teller.chat(chat, "hello <b>", "Zoe")


def test_a_line_from_its_first_sample_to_its_words() -> None:
    show = Show()
    show.speak(4, "Cereal is a soup.", "twitch:9")
    about = {"line": 4, "persona": "mika", "name": "Mika", "kind": "answer", "why": "named"}
    assert [(told.type, told.data) for told in show.out] == [
        ("line_started", about),
        ("line_ended", about | {"outcome": "finished", "heard_ms": 900, "text": "Cereal is a soup."}),
    ]
    assert (show.out[0].id, show.out[0].at, show.out[0].test) == ("e1", 1_000.5, False)


def test_a_line_that_never_sounded_is_not_told() -> None:
    show = Show()
    show.order(4)
    show.teller.folded(LineEnded(line=4, outcome="withdrawn", reason="crowded"))
    show.teller.folded(LineStarted(99))
    assert show.out == []


def test_a_face_is_told_when_the_sound_reaches_it_and_once() -> None:
    show = Show()
    show.order(4)
    cues = ((0, "joy", 0.8), (700, "nod", 1.0))
    show.teller.clause(4, 0, ClauseView(at=0, end=900, text="", words=(), cues=cues))
    show.teller.heard(Heard(4, 0))
    assert show.out == [], "not before the line began"
    show.teller.folded(LineStarted(4))
    for ms in (0, 100, 600, 720, 800):
        show.teller.heard(Heard(4, ms))
        show.teller.clause(4, 0, ClauseView(at=0, end=900, text="", words=(), cues=cues))
    shown = [(told.data["emotion"], told.data["gesture"], told.data["intensity"]) for told in show.out[1:]]
    assert shown == [("joy", False, 0.8), ("nod", True, 1.0)]


def test_alerts_and_what_is_none() -> None:
    show = Show()
    show.event("superchat", amount=Money(5_000_000, "EUR"))
    show.event("message", uid="twitch:2")
    show.event("gift_received", uid="twitch:3")
    show.event("raid", uid="twitch:4", guest=True)
    show.event("raid", uid="twitch:5", verdict=Verdict("hold", "slur"))
    show.event("raid", uid="twitch:6", verdict=Verdict("drop", "slur"))
    (told,) = show.out
    assert told.data == {
        "kind": "superchat", "platform": "twitch", "uid": "twitch:1", "name": "Zoe", "text": "hello <b>", "count": 0,
        "bits": 0, "amount": {"micros": 5_000_000, "currency": "EUR"},
    }  # fmt: skip


def test_switches_and_scenes() -> None:
    show = Show()
    for event in (StopPressed(by="ann"), PausePressed(), ResumePressed()):
        show.teller.folded(event)
    show.teller.ordered(TakeScene(cause=1, scene="brb"))
    assert [(told.type, told.data) for told in show.out] == [
        ("stop", {}), ("pause", {}), ("resume", {}), ("scene", {"scene": "brb"})
    ]  # fmt: skip


def test_a_test_and_the_line_that_answers_it_are_marked() -> None:
    show = Show()
    show.event("raid", uid="twitch:t", test=True)
    show.speak(4, "Welcome!", "twitch:t")
    show.speak(5, "Hello.", "twitch:9")
    assert [told.test for told in show.out] == [True, True, True, False, False]


def test_words_taken_back_leave_what_was_told_and_receivers_hear_of_it() -> None:
    show = Show()
    show.speak(4, "You said soup.", "twitch:1")
    show.speak(5, "Something else.")
    show.event("cheer", uid="twitch:1")
    show.event("cheer", uid="twitch:2")
    show.teller.erased(Erase(cause=1, scope="message", key="twitch:1"), [4])
    ended, other, alert, kept, back = show.out[1], show.out[3], show.out[4], show.out[5], show.out[6]
    assert ("text" in ended.data, ended.data["taken_back"]) == (False, True)
    assert other.data["text"] == "Something else."
    assert ("text" in alert.data, "name" in alert.data, alert.data["taken_back"]) == (False, False, True)
    assert kept.data["text"] == "hello <b>"
    assert (back.type, back.data) == ("taken_back", {"lines": [4], "alerts": ["twitch:1"]})


def test_a_user_or_a_room_is_taken_back() -> None:
    show = Show()
    show.event("cheer", uid="twitch:1")
    show.teller.erased(Erase(cause=1, scope="user", key="twitch:u7"), [])
    show.event("raid", uid="twitch:2")
    show.teller.erased(Erase(cause=1, scope="room", key="twitch"), [])
    show.teller.erased(Erase(cause=1, scope="message", key="youtube:2"), [])
    assert show.out[1].data == {"lines": [], "alerts": ["twitch:1"]}
    assert show.out[3].data == {"lines": [], "alerts": ["twitch:1", "twitch:2"]}
    assert len(show.out) == 4, "what nobody was told need not be taken back"


def test_a_line_cut_because_of_a_deletion_never_gives_its_words() -> None:
    show = Show()
    show.speak(4, "You said soup.", "twitch:1", reason="taken_back")
    assert ("text" in show.out[1].data, show.out[1].data["taken_back"]) == (False, True)
    show.speak(5, "erased by now", "twitch:1")
    show.order(6, "twitch:1")
    show.teller.folded(LineStarted(6))
    show.teller.erased(Erase(cause=1, scope="message", key="twitch:1"), [6])
    assert show.out[-1].data == {"lines": [6], "alerts": []}, "it is on air and has no words outside yet"


def test_what_is_remembered_is_bounded() -> None:
    show = Show()
    for number in range(2_000):
        show.order(number)
        show.event("raid", uid=f"twitch:{number}", test=True)
    assert len(show.teller._lines) == 500
    assert len(show.teller._tests) == 500
    assert len(show.teller._out) == 1_000
