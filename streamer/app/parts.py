"""Opens the parts that settings name: brain and voices. What cannot work is reported, the show goes on without."""

from collections.abc import Mapping
from typing import TypeVar

from streamer.adapters.demo.brain import DemoBrain, Pace
from streamer.adapters.llm.common.profiles import PROFILES
from streamer.adapters.llm.discover import LocalServer
from streamer.adapters.llm.ladder import Ladder
from streamer.adapters.llm.openai_chat import OpenAiChat
from streamer.adapters.part import Part
from streamer.adapters.tts.openai_speech import OpenAiVoice
from streamer.app.scripted import ScriptedBrain
from streamer.app.settings import Engine, Settings, secret
from streamer.ports import Health, LanguageModel, Misconfigured, Notice, TextToSpeech
from streamer.speech.voicing import SpeechLimits

KeyedT = TypeVar("KeyedT", OpenAiChat, OpenAiVoice)


def misconfigured(part: str, wrong: Misconfigured) -> Health:
    return Health(part, "broken", Notice("part.misconfigured", {"reason": wrong.reason}, wrong.fix))


def model_names(server: LocalServer) -> str:
    """The models of a server in words, the first five by name."""
    names = [model.name for model in server.models]
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def open_voices(settings: Settings) -> tuple[dict[str, TextToSpeech], list[Health]]:
    """The engines of the chain by name, and those that cannot work."""
    given: Mapping[Engine, Part | None] = {
        "openai": settings.tts.openai,
        "http": settings.tts.http,
        "edge": settings.tts.edge,
        "espeak": settings.tts.espeak,
    }
    opened: dict[str, TextToSpeech] = {}
    broken: list[Health] = []
    for engine in settings.voice_engines():
        part = given[engine]
        try:
            if part is None:
                raise Misconfigured(f"tts.chain names {engine}, which is not set up", fix=f"add a section tts.{engine}")
            if engine == "openai" and settings.tts.openai is not None:
                part = _with_key(settings.tts.openai, "OPENAI_API_KEY")
            opened[engine] = part.open()
        except Misconfigured as wrong:
            broken.append(misconfigured(f"voice.{engine}", wrong))
    return opened, broken


def open_brain(
    settings: Settings, scripted: ScriptedBrain, *, seed: int, pace: Pace | None = None
) -> tuple[LanguageModel, bool, list[Health]]:
    """The language model, whether it is the scripted one, and what cannot work."""
    broken: list[Health] = []
    rungs: list[LanguageModel] = []
    wanted = [each for each in (settings.llm, *settings.llm_fallbacks) if each is not None]
    for each in wanted:
        # The line waits for so long for a first token in all, so a silent model must leave the others their time.
        limit_s = min(each.first_token_s, SpeechLimits().first_token_s / len(wanted))
        patient = each if len(wanted) == 1 else each.model_copy(update={"first_token_s": limit_s})
        try:
            rungs.append(_with_key(patient, PROFILES[each.profile].key_env).open())
        except Misconfigured as wrong:
            broken.append(misconfigured("llm", wrong))
    if rungs:
        return Ladder(rungs), False, broken
    base = seed * 1_000_003

    def improvise(hints: Mapping[str, str]) -> str:
        return scripted(hints, base + int(hints.get("line", "0") or 0))

    return DemoBrain(improvise, pace=pace or Pace(), seed=seed), True, broken


def brain_key(settings: Settings) -> object:
    """Equal for settings that open the same models with the same keys."""
    wanted = [each for each in (settings.llm, *settings.llm_fallbacks) if each is not None]
    return [_with_key(each, PROFILES[each.profile].key_env) for each in wanted]


def voice_key(settings: Settings) -> object:
    """Equal for settings that open the same voices with the same keys, in the same order."""
    speech = settings.tts.openai
    keyed = _with_key(speech, "OPENAI_API_KEY") if speech is not None else None
    return settings.tts, keyed, [*settings.voice_engines()]


def _with_key(part: KeyedT, name: str) -> KeyedT:
    """The part with its key from the environment or the keyring, when the settings hold none.

    The provider's own key is not sent to another address: there only a key set for this part counts.
    """
    if not name or part.api_key.get_secret_value() or _elsewhere(part):
        return part
    return part.model_copy(update={"api_key": secret(name)})


def _elsewhere(part: OpenAiChat | OpenAiVoice) -> bool:
    if isinstance(part, OpenAiChat):
        return bool(part.base_url) and part.base_url.rstrip("/") != PROFILES[part.profile].base_url
    return part.base_url.rstrip("/") != OpenAiVoice.model_fields["base_url"].default
