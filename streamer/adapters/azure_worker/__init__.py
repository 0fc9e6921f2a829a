"""The programs that run Azure's Speech SDK, one for the voice and one for the ear: processes of their own (`worker`).

The SDK is proprietary and native; the show talks to it over pipes only and never loads it. They are run as
`python -m streamer.adapters.azure_worker.voice` and `.ear`. Fixed to the behaviour of SDK 1.53, measured against a
local server:

- events come on threads of the SDK, in order, until the one that ends the utterance;
- the future of `start_speaking_ssml_async` must be asked for its result (it has one at once), or the synthesizer, its
  connection and five threads stay for good;
- stopping may take ten seconds and more while a server says nothing, so it is done on threads of its own;
- the SDK waits 80 s for a server that says nothing: the other side keeps the time limits.
"""
