"""Texts spoken by Azure's SDK. Its connections are kept, and the voice each one spoke with."""

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any, Final

import msgspec

from streamer.adapters.azure_worker.common import TICKS, Service, aside, failure_of, run
from streamer.adapters.worker_child import LATER, ChildUnavailable, Reply

KEPT: Final = 3
"""Idle synthesizers, each with an open connection."""
STOP_S: Final = 15.0
FRESH_S: Final = 240.0
"""A connection that was idle for longer is not trusted: one that died on its way keeps the SDK waiting for 40 s."""


class Synth:
    """One synthesizer with its connection; speaks one text at a time."""

    def __init__(self, sdk: Any, service: Service, release: "Callable[[Synth, bool], None]") -> None:
        self.service = service
        self.voice = ""
        self.idle_since = 0.0
        self._release = release
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._job: tuple[int, Reply] | None = None
        self._stopping = False
        config = service.config(sdk)
        config.set_speech_synthesis_output_format(sdk.SpeechSynthesisOutputFormat.Raw24Khz16BitMonoPcm)
        self._sdk = sdk
        self._it = sdk.SpeechSynthesizer(speech_config=config, audio_config=None)
        self._connection = sdk.Connection.from_speech_synthesizer(self._it)
        for signal, told in self._signals():
            signal.connect(told)

    def _signals(self) -> list[tuple[Any, Callable[[Any], None]]]:
        return [
            (self._it.synthesizing, self._on_sound),
            (self._it.synthesis_word_boundary, self._on_word),
            (self._it.viseme_received, self._on_viseme),
            (self._it.synthesis_completed, lambda _event: self._end(None)),
            (self._it.synthesis_canceled, self._on_canceled),
        ]

    def connect(self) -> None:
        """So that the first text does not wait for a connection. A failure shows when something is spoken."""
        with contextlib.suppress(RuntimeError):
            self._connection.open(True)

    def speak(self, number: int, ssml: str, reply: Reply) -> None:
        self._ended.clear()
        self._stopping = False
        self._job = (number, reply)
        self._it.start_speaking_ssml_async(ssml).get()

    def _tell(self, kind: str, data: dict[str, Any], pcm: bytes = b"") -> None:
        job = self._job
        if job is not None and not self._stopping:
            job[1].event(kind, {"id": job[0], **data}, pcm)

    def _on_sound(self, event: Any) -> None:
        self._tell("sound", {}, bytes(event.result.audio_data))

    def _on_word(self, event: Any) -> None:
        if event.boundary_type == self._sdk.SpeechSynthesisBoundaryType.Word:
            length = round(event.duration.total_seconds() * 1000)
            at = event.audio_offset // TICKS
            self._tell("word", {"at": at, "length": length, "text": event.text, "offset": event.text_offset})

    def _on_viseme(self, event: Any) -> None:
        self._tell("viseme", {"at": event.audio_offset // TICKS, "viseme": event.viseme_id})

    def _on_canceled(self, event: Any) -> None:
        self._end(failure_of(event.result.cancellation_details, self.service.part))

    def _end(self, failure: BaseException | None) -> None:
        with self._lock:
            job, self._job = self._job, None
            stopping = self._stopping
        self._ended.set()
        if job is None or stopping:  # who stops it gives it back
            return
        if failure is None:
            job[1].answer()
        else:
            job[1].fail(failure)
        self._release(self, failure is None)

    def abandon(self, number: int) -> None:
        """Nothing of it is wanted any more. At once; the stopping goes on behind."""
        with self._lock:
            if self._job is None or self._job[0] != number or self._stopping:
                return
            self._stopping = True
        aside(self._stop, "stop")

    def _stop(self) -> None:
        with contextlib.suppress(RuntimeError):
            self._it.stop_speaking_async().get()
        fit = self._ended.wait(STOP_S)
        if fit:
            self.connect()  # the SDK gave up the connection with the text
        self._release(self, fit)

    def retire(self) -> None:
        """Never on a thread of the SDK: it waits for those."""
        for signal, _told in self._signals():
            signal.disconnect_all()
        del self._connection, self._it


class Voices:
    """Speaks any number of texts at once; keeps a few synthesizers connected, and the voice they spoke with."""

    def __init__(self, sdk: Any) -> None:
        self._sdk = sdk
        self._lock = threading.Lock()
        self._idle: list[Synth] = []
        self._speaking: dict[int, Synth] = {}

    def speak(self, data: Any, _pcm: bytes, reply: Reply) -> Any:
        """`{id, ssml, voice, service}`; tells `sound`, `word`, `viseme`; the answer is the end."""
        number = int(data["id"])
        synth = self._take(msgspec.convert(data["service"], Service), data["voice"])
        with self._lock:
            self._speaking = {key: one for key, one in self._speaking.items() if one is not synth}
            self._speaking[number] = synth
        try:
            synth.speak(number, data["ssml"], reply)
        except RuntimeError as error:
            aside(synth.retire, "retire")
            raise ChildUnavailable("Azure's SDK does not start to speak") from error
        return LATER

    def cancel(self, data: Any, _pcm: bytes, _reply: Reply) -> None:
        """`{id}`."""
        with self._lock:
            synth = self._speaking.pop(int(data["id"]), None)
        if synth is not None:
            synth.abandon(int(data["id"]))

    def warm(self, data: Any, _pcm: bytes, _reply: Reply) -> None:
        """`{service, voice, count}`: so many connections ahead."""
        service = msgspec.convert(data["service"], Service)
        for _ in range(int(data["count"]) - len(self._idle)):
            synth = Synth(self._sdk, service, self._release)
            synth.voice = data["voice"]
            synth.connect()
            self._release(synth, True)

    def _take(self, service: Service, voice: str) -> Synth:
        with self._lock:
            late = time.monotonic() - FRESH_S
            old = [synth for synth in self._idle if synth.service != service or synth.idle_since < late]
            fit = [synth for synth in self._idle if synth not in old]
            own = [synth for synth in fit if synth.voice == voice]
            chosen = (own or fit or [None])[-1]
            self._idle = [synth for synth in fit if synth is not chosen]
        for each in old:
            aside(each.retire, "retire")
        chosen = chosen or Synth(self._sdk, service, self._release)
        chosen.voice = voice
        return chosen

    def _release(self, synth: Synth, fit: bool) -> None:  # noqa: FBT001
        with self._lock:
            self._speaking = {key: one for key, one in self._speaking.items() if one is not synth}
            if fit:
                synth.idle_since = time.monotonic()
                self._idle.append(synth)
            gone = [] if fit else [synth]
            while len(self._idle) > KEPT:
                gone.append(self._idle.pop(0))
        for each in gone:
            aside(each.retire, "retire")


if __name__ == "__main__":
    run(("speak", "cancel", "warm"), Voices)
