"""Rows of health: voices carry the name of whoever speaks with them."""

import pytest

from streamer.adapters.demo.brain import INSTANT, DemoBrain
from streamer.app.healths import brain_health, voice_health
from streamer.ports import VoiceSpec
from streamer.speech.chain import VoiceState
from streamer.speech.speaker import Speaker, Voice


def speaker(name: str, **voices: str) -> Speaker:
    chain = tuple(Voice(engine, VoiceSpec(name=voice)) for engine, voice in voices.items())
    return Speaker(id=name, name=name.title(), voices=chain)


def test_a_voice_is_called_by_whoever_speaks_with_it() -> None:
    cast = [speaker("mika", edge="en-Aria", espeak="en"), speaker("juno", edge="en-Guy", espeak="en")]
    states = [
        VoiceState("edge", "en-Aria", "closed"),
        VoiceState("edge", "en-Guy", "open", "no answer"),
        VoiceState("espeak", "en", "closed"),
        VoiceState("http", "", "misconfigured", "no url", "set it"),
    ]
    rows = [(row.part, row.state) for row in voice_health(states, cast, any_voice=True)]
    assert rows == [
        ("voice.mika.edge", "ok"), ("voice.juno.edge", "degraded"), ("voice.espeak.en", "ok"), ("voice.http", "broken")
    ]  # fmt: skip


def test_no_voice_at_all_is_one_row() -> None:
    (row,) = voice_health([], [], any_voice=False)
    assert (row.part, row.state, row.notice.code) == ("voice", "degraded", "voice.captions")


@pytest.mark.parametrize(("broken", "codes"), [(False, ["llm.scripted"]), (True, [])])
def test_a_model_that_could_not_be_opened_is_not_called_unconfigured(broken: bool, codes: list[str]) -> None:
    brain = DemoBrain(lambda _hints: "", pace=INSTANT, seed=0)
    assert [row.notice.code for row in brain_health(brain, scripted=True, broken=broken)] == codes
