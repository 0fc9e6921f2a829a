"""`streamer transcript`: the same files from the journal of a show, as far as its words are kept."""

import json
from pathlib import Path

from streamer.adapters.store.texts import FileTexts
from streamer.app import cli
from streamer.app.journal import FileJournal, Header, digest
from streamer.core.commands import Command
from streamer.core.events import Event, Fact
from tests.core.scene import Scene, prepared


class Written(Scene):
    """A scene whose facts are journaled."""

    def __init__(self) -> None:
        self.facts: list[tuple[Fact, list[Command]]] = []
        super().__init__()

    def feed(self, event: Event) -> list[Command]:
        out = super().feed(event)
        self.facts.append((Fact(self.seq, self.now_ms * 1_000_000, event), out))
        return out

    async def write(self, folder: Path) -> None:
        journal = FileJournal.create(folder, Header(epoch=1_700_000_000_000_000_000, show="Evening"))
        for fact, commands in self.facts:
            journal.append(fact, digest(commands))
        await journal.aclose()


async def a_show(state: Path) -> None:
    scene = Written()
    words = FileTexts(state / "texts.jsonl")
    scene.wait(5_000)
    for user, asked, said in (("ana", "who are you?", "I am Mika."), ("bob", "SECRET?", "The SECRET answer.")):
        line = prepared(scene.chat(user, to=["mika"], uid=f"t:{user}", name=f"n:t:{user}"))
        words.put(f"m:t:{user}", asked)
        words.put(f"n:t:{user}", user)
        words.put(f"l:{line.line}", said)
        scene.speak(line.line)
        scene.wait(40_000)
    words.erase("l:2")
    words.flush()
    words.close()
    await scene.write(state / "journal")


async def test_the_last_show_is_written_again(tmp_path: Path, capsys) -> None:
    state, home = tmp_path / "state", tmp_path / "home"
    state.mkdir()
    await a_show(state)
    kept = (state / "texts.jsonl").read_bytes()
    assert cli.main(["transcript", "--state", str(state), "--home", str(home)]) == 0
    out = capsys.readouterr().out
    assert "1 lines: " in out
    assert "The words of 1 lines are not kept any more." in out
    [place] = (home / "shows").iterdir()
    told = (place / "transcript.md").read_text(encoding="utf-8")
    assert "# Evening" in told
    assert "ana: who are you?" in told
    assert "I am Mika." in told
    assert "SECRET" not in told
    assert (place / "captions.srt").read_text(encoding="utf-8").startswith("1\n00:00:0")
    assert (state / "texts.jsonl").read_bytes() == kept, "the text store is only read"


async def test_nothing_left_and_nothing_there(tmp_path: Path, capsys) -> None:
    state = tmp_path / "state"
    assert cli.main(["transcript", "--state", str(state), "--home", str(tmp_path)]) == 2
    state.mkdir()
    await a_show(state)
    (state / "texts.jsonl").unlink()
    assert cli.main(["transcript", "--state", str(state), "--home", str(tmp_path / "home")]) == 1
    assert "Nothing that was heard is left" in capsys.readouterr().out
    assert not (tmp_path / "home" / "shows").exists()


def test_what_is_no_journal_is_refused(tmp_path: Path, capsys) -> None:
    odd = tmp_path / "odd.jsonl"
    odd.write_text(json.dumps({"hello": 1}) + "\n", encoding="utf-8")
    assert cli.main(["transcript", str(odd), "--state", str(tmp_path), "--home", str(tmp_path)]) == 2
    assert "not a journal" in capsys.readouterr().err
