"""Utterances understood by Azure's SDK, each over a connection of its own."""

import contextlib
import json
import threading
from typing import Any, Final

import msgspec

from streamer.adapters.azure_worker.common import Service, aside, failure_of, run
from streamer.adapters.worker_child import LATER, ChildMisconfigured, ChildUnavailable, Reply

GRACE_S: Final = 0.25
"""After the sound was closed and a phrase came, so long is waited for another one."""
EAR_HZ: Final = 16_000


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
        wanted = msgspec.convert(data, Wanted)
        ear = self._ears[wanted.id] = Ear(self._sdk, wanted, reply)
        ear.check(reply)
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


if __name__ == "__main__":
    run(("check", "hear", "feed", "finish", "drop"), Ears)
