"""What is heard now, from clauses and reports of the sink."""

import pytest

from streamer.app.staging.performance import Performance, expression_at, mouth_at
from streamer.core.commands import Air, Prepare
from streamer.ports import Cue, Heard, Moment
from streamer.speech.view import ClauseView, MouthView

TEXT = "Order, order! The court is in session."
CLAUSE = ClauseView(
    at=0, end=2_000, text=TEXT, words=((0, 400, 0, 6), (460, 420, 7, 13), (1_000, 300, 14, 17), (1_300, 700, 18, 38)),
    cues=((0, "joy", 0.8), (500, "wave", 1.0), (1_000, "angry", 0.5)),
    mouth=MouthView(open=(0, 50, 100, 0), shapes=((0, "sil"), (20, "aa"), (60, "oh"))),
)  # fmt: skip


class Stand:
    def __init__(self) -> None:
        self.now = 0.0
        self.cues: list[Cue] = []
        self.show = Performance(
            now_ms=lambda: self.now, name_of=str.title, answering=lambda: {"name": "ana", "text": "why?"},
            on_cue=self.cues.append,
        )  # fmt: skip
        self.show.ordered(Prepare(cause=1, line=7, persona="mika", kind="answer", why="named"))
        self.show.clause(7, 0, CLAUSE)

    def air(self) -> None:
        self.show.ordered(Air(cause=2, line=7))


def test_before_the_first_sample_is_heard_nobody_speaks() -> None:
    stand = Stand()
    stand.air()
    assert stand.show.moment() == Moment()
    assert stand.show.caption() is None


def test_mouth_and_face_follow_the_playhead_between_two_reports() -> None:
    stand = Stand()
    stand.air()
    stand.show.heard(Heard(7, 20))
    now = stand.show.moment()
    assert (now.persona, now.ms, now.open, now.shape) == ("mika", 20, 0.5, "aa")
    assert (now.expression, now.intensity) == ("joy", 0.8)
    stand.now = 20.0
    assert stand.show.moment().open == 1.0


def test_each_cue_is_told_once_when_it_is_heard() -> None:
    stand = Stand()
    stand.air()
    stand.show.heard(Heard(7, 100))
    stand.show.heard(Heard(7, 200))
    assert [(cue.kind, cue.name, cue.size) for cue in stand.cues] == [("emotion", "joy", 0.8)]
    stand.show.clause(7, 0, CLAUSE)  # published again, longer
    stand.show.heard(Heard(7, 1_200))
    assert [cue.name for cue in stand.cues] == ["joy", "wave", "angry"]
    assert [cue.kind for cue in stand.cues] == ["emotion", "gesture", "emotion"]


def test_the_caption_of_the_moment_has_the_name_as_it_is_shown() -> None:
    stand = Stand()
    stand.air()
    stand.show.heard(Heard(7, 600))
    page = stand.show.caption()
    assert (page.name, page.line) == ("Mika", 7)
    assert " ".join(page.rows) == TEXT


def test_after_its_end_nothing_of_a_line_is_left() -> None:
    stand = Stand()
    stand.air()
    stand.show.heard(Heard(7, 600))
    stand.show.ended(7)
    assert (stand.show.moment(), stand.show.caption(), stand.show.words("speaker")) == (Moment(), None, "")


def test_the_last_caption_of_a_line_heard_whole_stays_until_it_could_be_read() -> None:
    stand = Stand()
    stand.air()
    stand.show.heard(Heard(7, 2_000, ended=True))
    stand.show.ended(7, heard_ms=2_000)
    assert stand.show.caption().line == 7
    assert (stand.show.moment(), stand.show.words("speaker")) == (Moment(), "")
    stand.now += 5_000
    assert stand.show.caption() is None


def test_a_caption_that_stays_goes_with_its_words_and_with_the_next_line() -> None:
    for act in (lambda stand: stand.show.forget([7]), lambda stand: stand.show.ordered(Air(cause=9, line=8))):
        stand = Stand()
        stand.air()
        stand.show.heard(Heard(7, 2_000, ended=True))
        stand.show.ended(7, heard_ms=2_000)
        act(stand)
        assert stand.show.caption() is None


def test_a_line_prepared_ahead_changes_nothing() -> None:
    stand = Stand()
    stand.air()
    stand.show.heard(Heard(7, 600))
    stand.show.ordered(Prepare(cause=3, line=8, persona="juno", kind="banter", why="banter"))
    stand.show.clause(8, 0, CLAUSE)
    assert stand.show.moment().persona == "mika"


def test_words_for_texts() -> None:
    stand = Stand()
    stand.air()
    asked = [stand.show.words(what) for what in ("speaker", "answering_name", "answering_text", "nothing")]
    assert asked == ["Mika", "ana", "why?", ""]


@pytest.mark.parametrize(("ms", "opening"), [(-1, 0.0), (0, 0.0), (10, 0.25), (40, 1.0), (79, 0.0), (80, 0.0)])
def test_the_mouth_is_closed_outside_the_voice(ms: int, opening: float) -> None:
    assert mouth_at({0: CLAUSE}, ms)[0] == pytest.approx(opening, abs=0.001)


def test_without_a_cue_the_face_is_neutral() -> None:
    assert expression_at({}, 500) == ("neutral", 1.0)
    assert expression_at({0: CLAUSE}, 999) == ("joy", 0.8)
    assert expression_at({0: CLAUSE}, 1_000) == ("angry", 0.5)
