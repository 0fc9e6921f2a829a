"""Opens the recognisers that settings name, with their keys."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from streamer.adapters.asr.azure import AzureEar
from streamer.adapters.asr.openai_transcribe import OpenAiEar
from streamer.adapters.asr.pocketsphinx import SphinxEar
from streamer.adapters.asr.whisper import WhisperEar
from streamer.adapters.part import Part
from streamer.app.parts import AZURE_KEY as VOICE_AZURE_KEY
from streamer.app.parts import BRAIN_KEY, VOICE_KEY, azure_address, misconfigured
from streamer.app.settings import AsrPart, EarEngine, Settings, secret
from streamer.app.setup.secrets import name_for
from streamer.ports import Health, Misconfigured, SpeechRecognizer

OPENAI_KEY = "SHOWRUNNER_ASR__OPENAI__API_KEY"
AZURE_KEY = "SHOWRUNNER_ASR__AZURE__API_KEY"
KeyedT = TypeVar("KeyedT", OpenAiEar, AzureEar)
MODELS = Path("models", "whisper")
"""Below the state folder."""


def part_of(asr: AsrPart, engine: EarEngine) -> Part | None:
    """The section of an engine; what needs no setting has one all the same."""
    match engine:
        case "whisper":
            return asr.whisper or WhisperEar()
        case "offline":
            return asr.offline or SphinxEar()
        case "openai":
            return None if asr.openai is None else keyed(asr.openai)
        case "azure":
            return None if asr.azure is None else keyed(asr.azure)


def keyed(part: KeyedT) -> KeyedT:
    """With its key, when the settings hold none: the one given for this address (for the ear, else for the voice or the
    model: a server that thinks or speaks with a key also hears with it), else OpenAI's own from the environment. None
    is ever sent to another address."""
    if part.api_key.get_secret_value():
        return part
    if isinstance(part, OpenAiEar):
        names = [name_for(each, part.base_url) for each in (OPENAI_KEY, VOICE_KEY, BRAIN_KEY)]
        if part.base_url.rstrip("/") == OpenAiEar.model_fields["base_url"].default:
            names.append("OPENAI_API_KEY")
    else:
        place = part.endpoint or azure_address(part.region)
        names = [name_for(each, place) for each in (AZURE_KEY, VOICE_AZURE_KEY)]
    for name in names:
        key = secret(name)
        if key.get_secret_value():
            return part.model_copy(update={"api_key": key})
    return part


def open_recognizers(settings: Settings, state: Path) -> tuple[dict[str, SpeechRecognizer], Sequence[Health]]:
    """The recognisers of the chain by name, and those that cannot work. Quick; loads nothing."""
    opened: dict[str, SpeechRecognizer] = {}
    broken: list[Health] = []
    for engine in settings.asr.engines:
        part = part_of(settings.asr, engine)
        try:
            if part is None:
                raise Misconfigured(f"asr.chain names {engine}, which is not set up", fix=f"add a section asr.{engine}")
            opened[engine] = part.open(state / MODELS) if isinstance(part, WhisperEar) else part.open()
        except Misconfigured as wrong:
            broken.append(misconfigured(f"ear.{engine}", wrong))
    return opened, broken


def asr_key(settings: Settings) -> object:
    """Equal for settings that open the same recognisers with the same keys."""
    asr = settings.asr
    openai = None if asr.openai is None else keyed(asr.openai)
    azure = None if asr.azure is None else keyed(asr.azure)
    return asr.chain, asr.language, asr.whisper, asr.offline, openai, azure
