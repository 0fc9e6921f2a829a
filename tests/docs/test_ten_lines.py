"""The ten lines that `docs/characters.md` shows are a whole character: they are read, and she speaks."""

import re
from pathlib import Path

import pytest

from streamer.adapters.tts.espeak import EspeakVoice
from streamer.app.characters import load_cast
from streamer.app.scripted import ScriptedBrain
from streamer.app.speakers import description, voice_spec
from streamer.cast import greet
from streamer.ports import Done, Misconfigured, Pcm, SpeechRequest

GUIDE = Path(__file__).parents[2] / "docs" / "characters.md"
FILE = "# home/characters/nova/character.yaml\n"


def ten_lines() -> str:
    blocks = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    return next(block for block in blocks if block.startswith(FILE))


async def test_the_ten_lines_are_a_character_that_speaks(tmp_path: Path) -> None:
    assert len(ten_lines().removeprefix(FILE).splitlines()) <= 10
    folder = tmp_path / "characters" / "nova"
    folder.mkdir(parents=True)
    (folder / "character.yaml").write_text(ten_lines(), encoding="utf-8")
    loaded = load_cast([tmp_path / "characters"])
    (nova,) = loaded.cast
    assert (nova.name, nova.language, loaded.defaulted, loaded.problems) == ("Nova", "en", (), ())
    assert nova.look["theme"] == "vega"
    assert "space cat" in description(nova)
    assert greet(nova, seed=1)
    line = ScriptedBrain(loaded.cast)({"persona": "nova", "kind": "answer", "text": "how are you?", "viewer": "ana"}, 3)
    assert line
    voice = EspeakVoice().open()
    try:
        await voice.warm()
    except Misconfigured:
        pytest.skip("needs espeak-ng, which this machine does not have")
    try:
        words = re.sub(r"\[[^\]]*\]", "", line)
        pieces = [each async for each in voice.synthesize(SpeechRequest(words, voice_spec(nova, "espeak")))]
    finally:
        await voice.aclose()
    assert sum(len(each.data) for each in pieces if isinstance(each, Pcm)) > 10_000
    assert isinstance(pieces[-1], Done)
