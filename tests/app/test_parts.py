"""Opening brain and voices: what cannot work is reported with its fix, keys go only where they belong."""

from typing import Any

import pytest

from streamer.adapters.demo.brain import DemoBrain
from streamer.adapters.llm.ladder import Ladder
from streamer.app import parts
from streamer.app.parts import open_brain, open_voices
from streamer.app.scripted import ScriptedBrain
from streamer.app.settings import Settings
from streamer.cast import Material, Persona
from streamer.ports import Completion, Token

TWITCH = {"twitch": {"channel": "mika_live"}}


def settings(**fields: Any) -> Settings:
    return Settings.model_validate(fields)


@pytest.fixture
def keys(monkeypatch) -> list[tuple[str, str]]:
    """(what for, key) of every part that is opened with one. No key comes from this machine."""
    seen: list[tuple[str, str]] = []
    for name in ("OPENAI_API_KEY", "GROQ_API_KEY"):
        monkeypatch.setenv(name, f"key-of-{name}")
    for kind in (parts.OpenAiChat, parts.OpenAiVoice):
        real = kind.open

        def opened(self: Any, real: Any = real) -> Any:
            seen.append((type(self).__name__, self.api_key.get_secret_value()))
            return real(self)

        monkeypatch.setattr(kind, "open", opened)
    return seen


def test_the_chain_is_opened_in_order_and_what_is_missing_is_said():
    given = settings(chat=TWITCH, tts={"chain": ["edge", "http", "espeak"], "edge": {}})
    opened, broken = open_voices(given)
    assert list(opened) == ["espeak"]
    assert [(each.part, each.state) for each in broken] == [("voice.edge", "broken"), ("voice.http", "broken")]
    assert broken[1].notice.fix == "add a section tts.http"
    assert broken[0].notice.fix


def test_no_voice_is_captions_and_no_fault():
    assert open_voices(settings(chat=TWITCH)) == ({}, [])


async def test_without_a_model_the_cast_speaks_for_itself():
    brain, scripted, broken = open_brain(settings(), ScriptedBrain(()), seed=3)
    assert isinstance(brain, DemoBrain)
    assert (scripted, broken) == (True, [])
    given = [piece async for piece in brain.stream(Completion(messages=(), hints={"persona": "x", "line": "7"}))]
    assert not any(isinstance(piece, Token) for piece in given)  # nobody of that name is in the cast


def test_a_model_and_those_that_stand_in(keys):
    given = settings(llm={"model": "a"}, llm_fallbacks=[{"profile": "groq"}, {"profile": "openrouter"}])
    brain, scripted, broken = open_brain(given, ScriptedBrain(()), seed=1)
    assert isinstance(brain, Ladder)
    assert not scripted
    assert keys[:2] == [("OpenAiChat", "key-of-OPENAI_API_KEY"), ("OpenAiChat", "key-of-GROQ_API_KEY")]
    assert [each.part for each in broken] == ["llm"]  # openrouter: no key, no model


def test_when_no_model_can_be_opened_the_cast_speaks_and_the_fault_is_shown(monkeypatch):
    monkeypatch.setattr(parts, "secret", lambda _name: settings().llm or parts.OpenAiChat().api_key)
    _, scripted, broken = open_brain(settings(llm={}), ScriptedBrain(()), seed=1)
    assert scripted
    assert broken[0].notice.fix == "set OPENAI_API_KEY"


def test_a_providers_key_is_not_sent_to_another_address(keys):
    own = "http://127.0.0.1:9/v1"
    open_brain(settings(llm={"base_url": own, "model": "x"}), ScriptedBrain(()), seed=1)
    open_voices(settings(tts={"openai": {"base_url": own}}))
    assert keys == [("OpenAiChat", ""), ("OpenAiVoice", "")]


def test_the_providers_own_address_gets_its_key_and_a_key_of_its_own_goes_first(keys):
    home = parts.PROFILES["openai"].base_url
    open_brain(settings(llm={"base_url": home + "/", "model": "x"}), ScriptedBrain(()), seed=1)
    open_brain(settings(llm={"model": "x", "api_key": "mine"}), ScriptedBrain(()), seed=1)
    open_voices(settings(tts={"openai": {}}))
    assert [key for _, key in keys] == ["key-of-OPENAI_API_KEY", "mine", "key-of-OPENAI_API_KEY"]


def test_with_fallbacks_a_silent_model_leaves_the_others_their_time() -> None:
    first = {"base_url": "http://127.0.0.1:1/v1", "model": "a"}
    both = settings(llm=first, llm_fallbacks=[{"base_url": "http://127.0.0.1:2/v1", "model": "b", "first_token_s": 1}])
    brain, scripted, broken = open_brain(both, ScriptedBrain(()), seed=0)
    assert (scripted, broken) == (False, [])
    assert isinstance(brain, Ladder)
    patience = [rung._settings.first_token_s for rung in brain.rungs]  # pyright: ignore[reportAttributeAccessIssue]
    assert patience == [2.8, 1.0]


async def test_a_dead_model_leaves_the_word_to_the_cast_s_own_material():
    mika = Persona(id="mika", name="Mika", material=Material(greetings=("Hello from Mika.",)))
    dead = {"base_url": "http://127.0.0.1:9/v1", "model": "a", "first_token_s": 1}
    brain, scripted, _ = open_brain(settings(llm=dead), ScriptedBrain((mika,)), seed=1)
    assert not scripted
    hints = {"persona": "mika", "line": "1", "kind": "segment", "segment": "opening"}
    said = [piece async for piece in brain.stream(Completion(messages=(), hints=hints))]
    assert "".join(piece.text for piece in said if isinstance(piece, Token)) == "Hello from Mika."
    assert isinstance(brain, Ladder)
    assert [row.part for row in brain.health()] == ["llm", "llm.prepared"]
    await brain.aclose()
