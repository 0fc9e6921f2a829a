"""The program that runs Azure's Speech SDK, for the voice and for the ear: a process of its own, see `worker`.

The SDK is proprietary and native; the show talks to it over pipes only and never loads it. It is run as
`python -m streamer.adapters.azure_worker`. Fixed to the behaviour of SDK 1.53, measured against a local server:

- events come on threads of the SDK, in order, until the one that ends the utterance;
- the future of `start_speaking_ssml_async` must be asked for its result (it has one at once), or the synthesizer, its
  connection and five threads stay for good;
- stopping may take ten seconds and more while a server says nothing, so it is done on threads of its own;
- the SDK waits 80 s for a server that says nothing: the other side keeps the time limits.
"""

import contextlib
import importlib
import json
import re
import threading
from collections.abc import Callable
from typing import Any, Final

import msgspec

from streamer.adapters.worker_child import LATER, ChildMisconfigured, ChildUnavailable, Reply, serve

SDK: Final = "azure.cognitiveservices.speech"
KEPT: Final = 3
"""Idle synthesizers, each with an open connection."""
STOP_S: Final = 15.0
GRACE_S: Final = 0.25
"""After the sound was closed and a phrase came, so long is waited for another one."""
EAR_HZ: Final = 16_000
TICKS: Final = 10_000
"""Of 100 ns in a millisecond."""
REFUSED: Final = "Azure refuses the text"


class Service(msgspec.Struct, frozen=True):
    """Where and with which key. `part` is the settings' name in a fix: `tts.azure`."""

    key: str
    region: str
    endpoint: str
    part: str

    def config(self, sdk: Any) -> Any:
        """Raises ChildMisconfigured."""
        try:
            if self.endpoint:
                return sdk.SpeechConfig(endpoint=self.endpoint, subscription=self.key)
            return sdk.SpeechConfig(region=self.region, subscription=self.key)
        except (ValueError, RuntimeError) as error:
            fix = f"check {self.part}.region and {self.part}.endpoint"
            raise ChildMisconfigured("Azure's SDK does not take the address", fix) from error


def failure_of(details: Any, part: str) -> ChildMisconfigured | ChildUnavailable:
    """What a cancellation means. The service's own words are left out: they may repeat the text."""
    code = details.error_code.name if hasattr(details, "error_code") else details.code.name
    said = str(details.error_details or "")
    status = re.search(r"\((\d{3})\)", said)
    shown = f" ({status[1]})" if status else ""
    fix = f"check {part}.api_key and {part}.region"
    if code == "Forbidden" or (status and status[1] == "403"):
        return ChildMisconfigured(f"Azure refuses the key, or its quota is used up{shown}", fix)
    if code == "AuthenticationFailure":
        return ChildMisconfigured(f"Azure refuses the key{shown}", fix)
    if code == "TooManyRequests" or "quota" in said.lower():
        return ChildUnavailable(f"Azure asks to slow down{shown}", 10.0)
    if code == "BadRequest":
        if "voice" in said.lower():
            return ChildMisconfigured("Azure does not have this voice", f"choose another voice for {part}")
        return ChildUnavailable(REFUSED)
    if code == "ServiceTimeout":
        return ChildUnavailable("Azure does not answer")
    if code in ("ServiceUnavailable", "ServiceError"):
        return ChildUnavailable(f"Azure is out of order{shown}", 30.0)
    if code == "ConnectionFailure":
        return ChildUnavailable(f"the connection to Azure fails{shown}")
    return ChildUnavailable(f"Azure's SDK fails ({code})")


def aside(work: Callable[[], None], name: str) -> None:
    """On a thread that nobody waits for."""
    threading.Thread(target=work, name=name, daemon=True).start()


# --- voice ------------------------------------------------------------------------------------------------------------


class Synth:
    """One synthesizer with its connection; speaks one text at a time."""

    def __init__(self, sdk: Any, service: Service, release: "Callable[[Synth, bool], None]") -> None:
        self.service = service
        self.voice = ""
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
        self._release(self, self._ended.wait(STOP_S))

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
            self._release(synth, True)  # noqa: FBT003 - whether it is fit

    def _take(self, service: Service, voice: str) -> Synth:
        with self._lock:
            fit = [synth for synth in self._idle if synth.service == service]
            own = [synth for synth in fit if synth.voice == voice]
            chosen = (own or fit or [None])[-1]
            if chosen is not None:
                self._idle.remove(chosen)
        chosen = chosen or Synth(self._sdk, service, self._release)
        chosen.voice = voice
        return chosen

    def _release(self, synth: Synth, fit: bool) -> None:  # noqa: FBT001
        with self._lock:
            self._speaking = {key: one for key, one in self._speaking.items() if one is not synth}
            if fit:
                self._idle.append(synth)
            gone = [] if fit else [synth]
            while len(self._idle) > KEPT:
                gone.append(self._idle.pop(0))
        for each in gone:
            aside(each.retire, "retire")


# --- ear --------------------------------------------------------------------------------------------------------------


class Wanted(msgspec.Struct, frozen=True):
    """How an utterance is to be heard. Several `languages`: one of them is spoken."""

    id: int
    service: Service
    languages: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    silence_ms: int = 2_000
    stable: int = 2


class Ear:
    """One utterance at a recogniser with a connection of its own."""

    def __init__(self, sdk: Any, wanted: Wanted, reply: Reply) -> None:
        self._sdk, self._number, self._part = sdk, wanted.id, wanted.service.part
        self._tell = reply.event
        self._lock = threading.Lock()
        self._phrases: list[tuple[str, float]] = []
        self._language = wanted.languages[0] if len(wanted.languages) == 1 else ""
        self._before = ""
        self._failure: ChildMisconfigured | ChildUnavailable | None = None
        self._ended = self._open = self._grace = False
        self._answer: Reply | None = None
        self._stream = sdk.audio.PushAudioInputStream(sdk.audio.AudioStreamFormat(EAR_HZ, 16, 1))
        self._it = self._recognizer(wanted)
        phrases = sdk.PhraseListGrammar.from_recognizer(self._it)
        for hint in wanted.hints:
            phrases.addPhrase(hint)
        self._connection = sdk.Connection.from_recognizer(self._it)

    def _recognizer(self, wanted: Wanted) -> Any:
        sdk, config = self._sdk, wanted.service.config(self._sdk)
        names = sdk.PropertyId
        config.output_format = sdk.OutputFormat.Detailed
        config.set_profanity(sdk.ProfanityOption.Raw)  # what may be heard is decided by the show's own rules
        config.set_property(names.Speech_SegmentationSilenceTimeoutMs, str(wanted.silence_ms))
        config.set_property(names.SpeechServiceResponse_StablePartialResultThreshold, str(wanted.stable))
        more: dict[str, Any] = {}
        if len(wanted.languages) > 1:
            kind = sdk.languageconfig.AutoDetectSourceLanguageConfig
            more["auto_detect_source_language_config"] = kind(languages=list(wanted.languages))
        elif wanted.languages:
            config.speech_recognition_language = wanted.languages[0]
        audio = sdk.audio.AudioConfig(stream=self._stream)
        return sdk.SpeechRecognizer(speech_config=config, audio_config=audio, **more)

    def start(self) -> None:
        it = self._it
        it.recognizing.connect(self._on_partial)
        it.recognized.connect(self._on_phrase)
        it.canceled.connect(self._on_canceled)
        it.session_stopped.connect(lambda _event: self._end())
        self._open = True
        self._started = it.start_continuous_recognition_async()

    def check(self, reply: Reply) -> None:
        """Answers when there is a connection, or why there is none."""
        self._answer = reply
        self._connection.connected.connect(lambda _event: self._end())
        self._it.canceled.connect(self._on_canceled)
        self._connection.open(True)

    def feed(self, pcm: bytes) -> None:
        if self._open:
            self._stream.write(pcm)

    def finish(self, reply: Reply) -> None:
        """No more sound. The answer comes when everything was understood."""
        with self._lock:
            self._answer = reply
            ended = self._ended
        if ended:
            self._report()
        elif self._open:
            self._open = False
            self._stream.close()

    def drop(self) -> None:
        with self._lock:
            ended, self._ended, self._answer = self._ended, True, None
        if not ended:
            aside(self._close, "drop")

    def _on_partial(self, event: Any) -> None:
        words = " ".join([text for text, _sure in self._phrases] + [str(event.result.text).strip()])
        if self._ended or not words or words == self._before:
            return
        same = 0
        for one, other in zip(words, self._before, strict=False):
            if one != other:
                break
            same += 1
        self._before = words
        self._tell("partial", {"id": self._number, "text": words, "stable": same})

    def _on_phrase(self, event: Any) -> None:
        text = str(event.result.text).strip()
        if event.result.reason != self._sdk.ResultReason.RecognizedSpeech or not text:
            return
        told = json.loads(event.result.json or "{}")
        best = (told.get("NBest") or [{}])[0]
        self._language = told.get("PrimaryLanguage", {}).get("Language") or self._language
        with self._lock:
            self._phrases.append((text, float(best.get("Confidence", 1.0))))
            wait = self._answer is not None and not self._grace
            self._grace = self._grace or wait
        if wait:
            later = threading.Timer(GRACE_S, self._end)
            later.daemon = True
            later.start()

    def _on_canceled(self, event: Any) -> None:
        details = event.cancellation_details
        if details.reason == self._sdk.CancellationReason.Error:
            self._failure = self._failure or failure_of(details, self._part)
            self._end()

    def _end(self) -> None:
        with self._lock:
            if self._ended:
                return
            self._ended = True
        self._report()
        aside(self._close, "end")

    def _report(self) -> None:
        with self._lock:
            reply, self._answer = self._answer, None
        if reply is None:
            return
        if self._failure is not None:
            reply.fail(self._failure)
            return
        text = " ".join(text for text, _sure in self._phrases)
        sure = min([sure for _text, sure in self._phrases], default=1.0)
        reply.answer({"text": text, "confidence": sure, "language": self._language})

    def _close(self) -> None:
        """Never on a thread of the SDK. Takes up to 20 s while a server says nothing."""
        it, self._open = self._it, False
        self._stream.close()
        with contextlib.suppress(RuntimeError, AttributeError):  # it was only checked
            self._started.get()
            del self._started
            it.stop_continuous_recognition_async().get()
        for signal in (it.recognizing, it.recognized, it.canceled, it.session_stopped, self._connection.connected):
            signal.disconnect_all()
        del it, self._it, self._connection, self._stream


class Ears:
    """Hears any number of utterances at once."""

    def __init__(self, sdk: Any) -> None:
        self._sdk = sdk
        self._ears: dict[int, Ear] = {}

    def check(self, data: Any, _pcm: bytes, reply: Reply) -> Any:
        """`Wanted`: is there a server that takes the key?"""
        Ear(self._sdk, msgspec.convert(data, Wanted), reply).check(reply)
        return LATER

    def hear(self, data: Any, _pcm: bytes, reply: Reply) -> None:
        """`Wanted`; tells `partial`."""
        wanted = msgspec.convert(data, Wanted)
        ear = self._ears[wanted.id] = Ear(self._sdk, wanted, reply)
        ear.start()

    def feed(self, data: Any, pcm: bytes, _reply: Reply) -> None:
        """`{id}` and sound."""
        ear = self._ears.get(int(data["id"]))
        if ear is not None:
            ear.feed(pcm)

    def finish(self, data: Any, _pcm: bytes, reply: Reply) -> Any:
        """`{id}`; the answer is `{text, confidence, language}`."""
        ear = self._ears.get(int(data["id"]))
        if ear is None:
            raise ChildUnavailable("the process for Azure was started anew")
        ear.finish(reply)
        return LATER

    def drop(self, data: Any, _pcm: bytes, _reply: Reply) -> None:
        """`{id}`: also when all was said, so that it is forgotten."""
        ear = self._ears.pop(int(data["id"]), None)
        if ear is not None:
            ear.drop()


def main() -> None:
    """Serves until stdin ends."""
    parts: dict[str, Any] = {}

    def ready(_reply: Reply) -> str:
        sdk: Any = importlib.import_module(SDK)
        parts.update(voices=Voices(sdk), ears=Ears(sdk))
        return str(sdk.__version__)

    def part(owner: str, name: str) -> Callable[[Any, bytes, Reply], Any]:
        return lambda data, pcm, reply: getattr(parts[owner], name)(data, pcm, reply)

    handlers = {name: part("voices", name) for name in ("speak", "cancel", "warm")}
    handlers |= {name: part("ears", name) for name in ("check", "hear", "feed", "finish", "drop")}
    serve(handlers, ready=ready)


if __name__ == "__main__":
    main()
