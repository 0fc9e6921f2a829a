"""The state of a line, without anything that runs."""

from streamer.core.commands import Prepare
from streamer.core.verdict import ALLOW
from streamer.ports import WordMark
from streamer.speech.brief import Brief
from streamer.speech.guard import Guard
from streamer.speech.levels import SILENCE
from streamer.speech.line import TAIL_FRAMES, Line
from streamer.speech.mouth import Envelope
from streamer.speech.script import Said, Script, prepared
from streamer.speech.speaker import Speaker
from streamer.speech.tags import Cue
from tests.fakes.tts import tone

LOUD = tone(20, 8000)


def a_line() -> Line:
    cmd = Prepare(cause=1, line=7, persona="mika", kind="idle", why="idle")
    return Line(cmd, Speaker(id="mika", name="Mika"), Brief.empty(), Script(Guard(lambda text: ALLOW)))


def test_sound_stays_in_order():
    line = a_line()
    one, two = line.add(Said("One.")), line.add(Said("Two."))
    line.deliver(two, [b"2"])
    line.place(one)
    line.deliver(one, [b"1"])
    one.done = True
    line.place(two)
    line.deliver(two, [b"2b"])
    assert line.frames == [b"1", b"2", b"2b"]
    assert (one.at_ms, two.at_ms) == (0, 20)


def test_what_the_sink_has_is_not_taken_away():
    line = a_line()
    clause = line.add(Said("One."))
    line.place(clause)
    line.deliver(clause, [LOUD] * 10)
    line.written = 4
    line.take_away(clause, 2)
    assert len(line.frames) == clause.count == 4


def test_waiting_sound_is_taken_away():
    line = a_line()
    line.place(line.add(Said("One.")))
    clause = line.add(Said("Two."))
    line.deliver(clause, [LOUD] * 10)
    line.take_away(clause, 0)
    assert clause.pending == []


def test_long_silence_at_the_end_is_shortened_and_never_all_of_it():
    line = a_line()
    clause = line.add(Said("One."))
    line.place(clause)
    line.deliver(clause, [LOUD] * 5 + [SILENCE] * 40)
    line.trim_tail(clause)
    assert clause.count == 5 + TAIL_FRAMES
    quiet = a_line()
    clause = quiet.add(Said("One."))
    quiet.place(clause)
    quiet.deliver(clause, [SILENCE] * 40)
    quiet.trim_tail(clause)
    assert clause.count == 40


def test_heard_text_by_marks():
    line = a_line()
    one, two = line.add(Said("One two.")), line.add(Said("三四。", joined=True))
    line.place(one)
    line.deliver(one, [LOUD] * 20)
    one.marks += [WordMark(0, 150, 0, 3), WordMark(200, 150, 4, 7)]
    one.done = True
    line.place(two)
    line.deliver(two, [LOUD] * 20)
    two.done = True
    assert [line.heard_text(ms) for ms in (0, 149, 150, 349, 400, 800)] == [
        "", "", "One", "One", "One two.", "One two.三四。",
    ]  # fmt: skip


def test_emotion_goes_on_until_the_next():
    line = a_line()
    cues = [(Cue(0, "joy"),), (), (Cue(0, "sad"), Cue(3, "angry")), ()]
    assert [line.add(Said("Some words.", each)).emotion for each in cues] == ["joy", "joy", "sad", "angry"]


def test_cues_are_timed_by_the_words():
    line = a_line()
    clause = line.add(Said("One two.", (Cue(0, "joy"), Cue(4, "sad", 0.5), Cue(8, "shy"))))
    line.place(clause)
    line.deliver(clause, [LOUD] * 20)
    clause.marks += [WordMark(20, 100, 0, 3), WordMark(200, 100, 4, 7)]
    clause.done = True
    clause.voiced = True
    line.measure(Envelope(), 100)
    view = line.view(clause)
    assert view.cues == ((0, "joy", 1.0), (200, "sad", 0.5), (400, "shy", 1.0))
    assert view.mouth is not None
    assert len(view.mouth.open) == 20


def test_a_clause_without_its_place_was_not_heard():
    line = a_line()
    one = line.add(Said("One."))
    line.add(Said("Two."))
    line.place(one)
    line.deliver(one, [LOUD] * 20)
    one.done = True
    assert line.heard_text(5000) == "One."


def test_a_gesture_leaves_the_face_and_the_mood_of_the_voice():
    line = a_line()
    line.add(prepared("[joy] One."))
    waved = line.add(prepared("[wave] Two."))
    assert (waved.emotion, line.emotion) == ("joy", "joy")
    assert [(cue.expression, cue.intensity) for cue in waved.cues] == [("wave", 1.0)]
    assert line.add(prepared("[nod] [sad] Three.")).emotion == "sad"
