"""Opens the parts that settings name: brain and voices. What cannot work is reported, the show goes on without."""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import SecretStr

from streamer.adapters.demo.brain import INSTANT, DemoBrain, Pace
from streamer.adapters.llm.common.profiles import PROFILES
from streamer.adapters.llm.discover import LocalServer
from streamer.adapters.llm.ladder import Ladder
from streamer.adapters.llm.openai_chat import OpenAiChat
from streamer.adapters.part import Part
from streamer.adapters.tts.azure import AzureVoice
from streamer.adapters.tts.elevenlabs import HOME as ELEVENLABS
from streamer.adapters.tts.elevenlabs import ElevenLabsVoice
from streamer.adapters.tts.http_voice import HttpVoice
from streamer.adapters.tts.openai_speech import OpenAiVoice
from streamer.app.scripted import ScriptedBrain
from streamer.app.settings import Engine, Settings, secret
from streamer.app.setup.secrets import name_for
from streamer.ports import Health, LanguageModel, Misconfigured, Notice, TextToSpeech
from streamer.speech.voicing import SpeechLimits

BRAIN_KEY, VOICE_KEY, ELEVENLABS_KEY, AZURE_KEY, HTTP_KEY = (
    "SHOWRUNNER_LLM__API_KEY",
    "SHOWRUNNER_TTS__OPENAI__API_KEY",
    "SHOWRUNNER_TTS__ELEVENLABS__API_KEY",
    "SHOWRUNNER_TTS__AZURE__API_KEY",
    "SHOWRUNNER_TTS__HTTP__HEADERS__AUTHORIZATION",
)
"""What a key is called in the environment; `name_for` adds the address for those given in the set-up."""
STAND_IN_S = 0.4
"""Of the time a line waits for its first word, this is kept for the prepared answer."""

KeyedT = TypeVar("KeyedT", OpenAiChat, OpenAiVoice, ElevenLabsVoice, AzureVoice)


def misconfigured(part: str, wrong: Misconfigured) -> Health:
    return Health(part, "broken", Notice("part.misconfigured", {"reason": wrong.reason}, wrong.fix))


def model_names(server: LocalServer) -> str:
    """The models of a server in words, the first five by name."""
    names = [model.name for model in server.models]
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def open_voices(settings: Settings) -> tuple[dict[str, TextToSpeech], list[Health]]:
    """The engines of the chain by name, and those that cannot work."""
    given: Mapping[Engine, Part | None] = settings.tts.parts
    opened: dict[str, TextToSpeech] = {}
    broken: list[Health] = []
    for engine in settings.voice_engines():
        part = given[engine]
        try:
            if part is None:
                raise Misconfigured(f"tts.chain names {engine}, which is not set up", fix=f"add a section tts.{engine}")
            opened[engine] = keyed_voice(part).open()
        except Misconfigured as wrong:
            broken.append(misconfigured(f"voice.{engine}", wrong))
    return opened, broken


def open_brain(
    settings: Settings, scripted: ScriptedBrain, *, seed: int, pace: Pace | None = None
) -> tuple[LanguageModel, bool, list[Health]]:
    """The language model, whether it is the scripted one, and what cannot work.

    Behind the models stands the cast's own material: it answers while none of them does.
    """
    broken: list[Health] = []
    rungs: list[LanguageModel] = []
    wanted = [each for each in (settings.llm, *settings.llm_fallbacks) if each is not None]
    for each in wanted:
        # The line waits for so long for a first token in all, so a silent model must leave the others their time.
        limit_s = min(each.first_token_s, (SpeechLimits().first_token_s - STAND_IN_S) / len(wanted))
        patient = each.model_copy(update={"first_token_s": limit_s})
        try:
            rungs.append(keyed_brain(patient).open())
        except Misconfigured as wrong:
            broken.append(misconfigured("llm", wrong))
    base = seed * 1_000_003

    def improvise(hints: Mapping[str, str]) -> str:
        return scripted(hints, base + int(hints.get("line", "0") or 0))

    if rungs:
        return Ladder(rungs, stand_in=DemoBrain(improvise, pace=INSTANT, seed=seed)), False, broken
    return DemoBrain(improvise, pace=pace or Pace(), seed=seed), True, broken


def brain_key(settings: Settings) -> object:
    """Equal for settings that open the same models with the same keys."""
    wanted = [each for each in (settings.llm, *settings.llm_fallbacks) if each is not None]
    return [keyed_brain(each) for each in wanted]


def voice_key(settings: Settings) -> object:
    """Equal for settings that open the same voices with the same keys, in the same order."""
    keyed = [keyed_voice(each) for each in settings.tts.parts.values() if each is not None]
    return settings.tts, keyed, [*settings.voice_engines()]


def address_of(part: OpenAiChat | OpenAiVoice | ElevenLabsVoice | AzureVoice | HttpVoice) -> str:
    """Where a part's key would be sent."""
    if isinstance(part, OpenAiChat):
        return part.base_url or PROFILES[part.profile].base_url
    if isinstance(part, AzureVoice):
        return part.endpoint or azure_address(part.region)
    return part.url if isinstance(part, HttpVoice) else part.base_url


def azure_address(region: str) -> str:
    """What a key of Azure belongs to: it is good for one region."""
    return f"azure://{region.strip().lower()}"


def keyed_brain(part: OpenAiChat) -> OpenAiChat:
    """The part with its key, when the settings hold none: the one given in the set-up for this address, else the
    provider's own from the environment or the keyring, which is not sent to another address."""
    return _with_key(part, BRAIN_KEY, PROFILES[part.profile].key_env, home=PROFILES[part.profile].base_url)


def keyed_voice(part: Part) -> Part:
    """The same for a voice."""
    if isinstance(part, OpenAiVoice):
        return _with_key(part, VOICE_KEY, "OPENAI_API_KEY", home=OpenAiVoice.model_fields["base_url"].default)
    if isinstance(part, ElevenLabsVoice):
        return _with_key(part, ELEVENLABS_KEY, "ELEVENLABS_API_KEY", home=ELEVENLABS)
    if isinstance(part, AzureVoice):
        return _with_key(part, AZURE_KEY, "", home="")
    if isinstance(part, HttpVoice) and not any(name.lower() == "authorization" for name in part.headers):
        key = secret(name_for(HTTP_KEY, part.url)).get_secret_value()
        if key:
            return part.model_copy(update={"headers": {**part.headers, "Authorization": SecretStr(f"Bearer {key}")}})
    return part


def _with_key(part: KeyedT, setting: str, provider: str, *, home: str) -> KeyedT:
    if part.api_key.get_secret_value():
        return part
    url = address_of(part)
    key = secret(name_for(setting, url))
    if not key.get_secret_value() and provider and url.rstrip("/") == home:
        key = secret(provider)
    return part.model_copy(update={"api_key": key}) if key.get_secret_value() else part
