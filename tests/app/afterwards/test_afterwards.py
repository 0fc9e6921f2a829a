"""A show is followed, and its files say what was heard: not more, and nothing that was taken back."""

import asyncio
from pathlib import Path

import pytest

from streamer.app.afterwards.afterwards import Afterwards, free_folder
from streamer.core.commands import Erase, Prepare
from streamer.core.events import ChatReceived, LineEnded, LineStarted
from streamer.core.verdict import Verdict
from streamer.ports import Heard
from streamer.speech.view import ClauseView

FILES = {"captions.srt", "captions.vtt", "transcript.md", "chapters.txt"}


class Show:
    """A conductor of few words: one clause a line, heard as fast as said."""

    def __init__(self, folder: Path) -> None:
        self.now_ms = 0
        self.after = Afterwards(
            folder, now_ms=lambda: self.now_ms, epoch_s=1_700_000_000.0, name_of=str.title, title=lambda: "Evening"
        )
        self.line = 0

    def chat(self, uid: str, text: str, user: str = "t:bob", **more) -> None:
        self.after.chat(ChatReceived(uid=uid, user=user, platform="t", **more), text, user[2:])

    def say(self, text: str, *, answers: tuple[str, ...] = (), heard_ms: int = 2_000, reason: str = "", **more) -> int:
        self.line += 1
        order = Prepare(cause=1, line=self.line, persona="mika", kind="answer", why="named", answers=answers, **more)
        self.after.ordered(order)
        whole = ClauseView(0, 2_000, text, ())
        self.after.clause(self.line, 0, whole)
        self.after.folded(LineStarted(self.line))
        for ms in range(0, heard_ms, 100):
            self.after.heard(Heard(self.line, ms))
            self.now_ms += 100
        self.after.heard(Heard(self.line, heard_ms, ended=True))
        words = text if heard_ms >= 2_000 else text[: len(text) * heard_ms // 2_000].rpartition(" ")[0]
        outcome = "finished" if heard_ms >= 2_000 else "cut"
        ended = LineEnded(line=self.line, outcome=outcome, heard_ms=heard_ms, heard=f"l:{self.line}", reason=reason)
        self.after.ended(ended, order, words or None)
        self.now_ms += 1_000
        return self.line


def read(folder: Path) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*")) if path.is_file())


async def test_at_the_end_there_are_four_files_of_what_was_heard(tmp_path: Path) -> None:
    show = Show(tmp_path)
    show.chat("t:1", "do you like cheese?")
    show.say("I do like cheese very much.", answers=("t:1",))
    show.say("This will be cut before its end.", heard_ms=900)
    place = await show.after.close()
    assert place is not None
    assert place.parent == tmp_path
    assert {path.name for path in place.iterdir()} == FILES
    assert not set(place.name) & set('<>:"/\\|?*')
    told = read(place)
    assert "do you like cheese?" in told
    assert "I do like cheese very much." in told
    assert "This will" in told
    assert "its end" not in told
    assert "cut short" in told
    assert show.after.healths()[0].notice.code == "afterwards.written"


async def test_a_show_in_which_nothing_was_heard_leaves_nothing(tmp_path: Path) -> None:
    show = Show(tmp_path)
    assert await show.after.close() is None
    assert not [*tmp_path.iterdir()]


async def test_tests_are_left_out(tmp_path: Path) -> None:
    show = Show(tmp_path)
    show.say("Only a test line.", test=True)
    show.chat("t:9", "boo", test=True)
    show.say("Thanks for the test.", answers=("t:9",))
    show.say("A real one.")
    told = read(await show.after.close() or tmp_path)
    assert "test" not in told
    assert "A real one." in told


async def test_words_that_were_held_are_not_quoted(tmp_path: Path) -> None:
    show = Show(tmp_path)
    show.chat("t:1", "held words", verdict=Verdict(action="hold"))
    show.say("Thank you.", answers=("t:1",))
    assert "held words" not in read(await show.after.close() or tmp_path)


@pytest.mark.parametrize(
    "erase",
    [
        Erase(cause=1, scope="message", key="t:1"),
        Erase(cause=1, scope="user", key="t:bob"),
        Erase(cause=1, scope="room", key="t"),
    ],
)
async def test_what_is_taken_back_goes_before_and_after_it_was_written(tmp_path: Path, erase: Erase) -> None:
    show = Show(tmp_path)
    show.chat("t:1", "SECRET question")
    about = show.say("The SECRET answer.", answers=("t:1",))
    quoting = show.say("Another with the SECRET word.")
    show.say("Innocent words.")
    show.after._write_soon(0)
    await until(lambda: "Innocent" in read(tmp_path))
    assert "SECRET" in read(tmp_path)
    show.after.erased(erase, [about, quoting])
    await until(lambda: "SECRET" not in read(tmp_path))
    show.say("Too late.", answers=("t:1",))
    show.chat("t:2", "SECRET again")
    show.after.erased(Erase(cause=1, scope="message", key="t:2"), [])
    show.say("An answer to nothing.", answers=("t:2",))
    place = await show.after.close()
    told = read(place or tmp_path)
    assert "SECRET" not in told
    assert "Innocent words." in told


async def test_a_line_that_was_cut_because_it_was_taken_back_is_left_out(tmp_path: Path) -> None:
    show = Show(tmp_path)
    show.say("Bad words that were stopped here.", heard_ms=1_500, reason="taken_back")
    show.say("Good words.")
    assert "Bad" not in read(await show.after.close() or tmp_path)


async def test_each_recording_has_files_by_its_own_clock(tmp_path: Path) -> None:
    show = Show(tmp_path)
    show.say("Before the recording.")
    show.after.recording("OBS_WEBSOCKET_OUTPUT_STARTING")
    show.after.recording("OBS_WEBSOCKET_OUTPUT_STARTED")
    show.now_ms += 500
    show.say("In the recording.")
    show.after.recording("OBS_WEBSOCKET_OUTPUT_STOPPED")
    await until(lambda: any(tmp_path.rglob("recording 1/captions.srt")))
    show.after.recording("started")
    show.say("In the second.")
    place = await show.after.close()
    assert place is not None
    first = (place / "recording 1" / "captions.srt").read_text(encoding="utf-8")
    assert first.startswith("1\n00:00:00,500 --> ")
    assert "In the recording." in first
    assert "Before" not in first
    second = (place / "recording 2" / "captions.srt").read_text(encoding="utf-8")
    assert second.startswith("1\n00:00:00,000 --> ")
    assert "Before the recording." in (place / "captions.srt").read_text(encoding="utf-8")


async def test_the_files_of_a_recording_that_is_over_are_not_written_again(tmp_path: Path) -> None:
    show = Show(tmp_path)
    show.after.recording("started")
    show.say("In the recording.")
    show.after.recording("stopped")
    await asyncio.sleep(0)
    while not (told := [*tmp_path.glob("*/recording 1/captions.srt")]):
        await asyncio.sleep(0.01)
    while show.after.healths() == []:
        await asyncio.sleep(0.01)
    before = told[0].stat()
    show.say("Behind it.")
    place = await show.after.close()
    assert place is not None
    assert (told[0].stat().st_ino, told[0].stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


async def test_with_a_stream_times_are_those_of_the_stream(tmp_path: Path) -> None:
    show = Show(tmp_path)
    show.now_ms = 5_000
    show.after.streaming("started")
    show.now_ms = 7_000
    show.say("On air.")
    place = await show.after.close()
    assert place is not None
    assert (place / "captions.vtt").read_text(encoding="utf-8").split("\n")[2].startswith("00:00:02.000")


async def test_a_second_show_of_the_same_second_gets_its_own_folder(tmp_path: Path) -> None:
    places: list[Path | None] = []
    show = Show(tmp_path)
    for _ in range(2):
        show = Show(tmp_path)
        show.say("Hello.")
        places.append(await show.after.close())
    assert len(set(places)) == 2
    began = show.after._moment(0)
    assert free_folder(tmp_path, began).name.endswith("(3)")


async def test_a_disk_that_fails_is_said_and_the_show_goes_on(tmp_path: Path) -> None:
    blocked = tmp_path / "shows"
    blocked.write_text("a file where the folder should be", encoding="utf-8")
    show = Show(blocked)
    show.say("Hello.")
    assert await show.after.close() is None
    [health] = show.after.healths()
    assert (health.state, health.notice.code) == ("degraded", "afterwards.failed")


async def test_names_of_files_and_memory_have_limits(tmp_path: Path) -> None:
    show = Show(tmp_path)
    for n in range(700):
        show.chat(f"t:{n}", "x" * 10)
        show.after.ordered(Prepare(cause=1, line=10_000 + n, persona="mika", kind="idle", why="idle"))
    assert len(show.after._said) <= 500
    assert len(show.after._begun) <= 50


async def until(true, within: float = 20.0) -> None:
    async with asyncio.timeout(within):
        while not true():
            await asyncio.sleep(0.02)
