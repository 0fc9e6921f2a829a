"""Azure's voices through Microsoft's Speech SDK, which runs in a process of its own (`adapters/azure_worker`).

`ssml` writes what is sent, `styles` says how a mood is spoken, `marks` brings words and mouth shapes back to the text,
`voice` is the engine, `voices` lists what a region offers.
"""

from streamer.adapters.tts.azure.voice import REGION, SDK, AzureSpeech, AzureVoice
from streamer.adapters.tts.azure.voices import kept_voices, list_voices

__all__ = ["REGION", "SDK", "AzureSpeech", "AzureVoice", "kept_voices", "list_voices"]
