"""The best exchanges: what may be one, what it is worth, and that five are not the same five times."""

from streamer.app.night.exchanges import best, exchanges
from streamer.app.night.notes import Note, Notes
from streamer.app.night.story import Played
from streamer.app.simulate import Result, Script, Take
from streamer.core.commands import Prepare
from streamer.core.events import ChatReceived, Features
from streamer.core.verdict import Verdict


def take(
    line: int, uid: str, text: str = "[joy] Here is an answer that is long enough to be worth hearing.", **more
) -> Take:
    fields = {"persona": "mika", "kind": "answer", "why": "named", "at": line * 200.0, "after": 0, **more}
    order = Prepare(
        cause=1, line=line, persona=fields["persona"], kind=fields["kind"], why=fields["why"], after=fields["after"],
        answers=(uid,) if uid else (),
    )  # fmt: skip
    spoken = text.rpartition("] ")[2]
    made = Take(order, Script(text, (spoken,)), int(fields["at"] * 1000))
    made.start_ms, made.lengths_ms, made.heard_ms, made.outcome = int(fields["at"] * 1000), (4_000,), 4_000, "finished"
    made.end_ms, made.heard = made.start_ms + 4_000, spoken
    return made


def show(*takes: Take) -> Result:
    return Result(takes={each.order.line: each for each in takes})


def asked(
    notes: Notes, uid: str, at: float, text: str = "Mika, how is the weather up there?", user: str = "", **more
) -> None:
    verdict = more.pop("verdict", Verdict())
    features = Features(addressed=("mika",), question="?" in text, words=len(text.split()), **more.pop("features", {}))
    event = ChatReceived(uid=uid, user=user or f"t:{uid}", platform="t", verdict=verdict, features=features, **more)
    notes.chat(event, at, native=uid, name=uid, text=text)


def scores(result: Result, notes: Notes) -> dict[int, float]:
    return {each.takes[0].order.line: each.score for each in exchanges(result, notes)}


def test_a_rehearsal_has_exchanges_that_may_be_shown(played: Played) -> None:
    chosen = best(played.result, played.notes)
    assert 3 <= len(chosen) <= 5
    shown = [note.id for each in chosen for note in each.asked]
    assert not {"bad", "gone", "bot"} & set(shown)
    assert "p1" in shown
    assert len(set(shown)) == len(shown)
    assert {each.persona for each in chosen} == {"mika", "juno"}


def test_what_may_not_be_shown() -> None:
    notes = Notes()
    asked(notes, "held", 199, verdict=Verdict("hold", "x"))
    asked(notes, "masked", 399, verdict=Verdict("replace", "x", (0, 1)))
    asked(notes, "bot", 599, bot=True)
    asked(notes, "guest", 799, guest=True)
    asked(notes, "deleted", 999)
    asked(notes, "cleared", 1199, user="t:troll")
    asked(notes, "good", 1399)
    notes.forget("message", "deleted")
    notes.forget("user", "t:troll")
    cut = take(8, "good")
    cut.outcome = "cut"
    names = ["held", "masked", "bot", "guest", "deleted", "cleared", "good"]
    result = show(*(take(line, uid) for line, uid in enumerate(names, 1)), cut, take(9, ""), take(10, "unknown"))
    assert list(scores(result, notes)) == [7]


def test_worth() -> None:
    notes = Notes()
    for line in range(1, 8):
        asked(notes, f"m{line}", line * 200.0 - 10)
    asked(notes, "paid", 1590.0, kind="cheer")
    asked(notes, "wordless", 1790.0, "LUL", features={"emote_only": True})
    asked(notes, "slow", 1950.0)
    result = show(
        take(1, "m1"), take(2, "m2", "Here is an answer that is long enough to be worth hearing."),
        take(3, "m3", "[joy] Yes."), take(4, "m4"),
        take(5, "", persona="juno", kind="banter", after=4, at=806.0), take(8, "paid", kind="paid"),
        take(9, "wordless"), take(10, "slow"),
    )  # fmt: skip
    worth = scores(result, notes)
    assert worth[2] == worth[1] - 0.5  # no expression
    assert worth[3] == worth[1] - 1.0 - 2.0  # not long, but short
    assert worth[4] == worth[1] + 2.5  # banter
    assert worth[8] == worth[1] + 2.0  # paid
    assert worth[10] == worth[1] - 0.5 - 1.0  # not soon, but late
    assert worth[9] < worth[1] - 3
    (chatter,) = [each for each in exchanges(result, notes) if each.takes[0].order.line == 4]
    assert [each.order.persona for each in chatter.takes] == ["mika", "juno"]
    assert chatter.reasons == ("banter", "question", "named")


def test_five_are_not_the_same_five_times() -> None:
    notes = Notes()
    for line in range(1, 9):
        asked(notes, f"m{line}", line * 200.0 - 2, "Mika, is cereal a soup in your court?", user="t:fan")
    asked(notes, "other", 1999.0, "mika what do clouds dream about", user="t:new")
    takes = [take(line, f"m{line}") for line in range(1, 9)]
    result = show(
        *takes, take(10, "other", "[think] Clouds dream of being soup, and that is all I will say about them.")
    )
    chosen = best(result, notes)
    assert len(chosen) == 5
    assert chosen[1].asked[0].id == "other"


def test_an_empty_show_has_none() -> None:
    assert best(Result(), Notes()) == []


def test_forgetting_a_room_takes_all_words() -> None:
    notes = Notes()
    asked(notes, "a", 1.0)
    notes.forget("room", "t")
    (note,) = notes
    assert isinstance(note, Note)
    assert (note.gone, note.name, note.text, note.original) == (True, "", "", "")
    assert notes.quote("a") is None
