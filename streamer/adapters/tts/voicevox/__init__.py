"""VOICEVOX and engines with its interface: `voice` is the engine, `voices` lists characters, styles and terms, `kana`
brings moras back to the text."""

from streamer.adapters.tts.voicevox.voice import VoicevoxSpeech, VoicevoxVoice
from streamer.adapters.tts.voicevox.voices import list_voices, terms_of

__all__ = ["VoicevoxSpeech", "VoicevoxVoice", "list_voices", "terms_of"]
