"""Real speech for the fake servers: espeak-ng inside the test process, 24,000 Hz s16le mono, with its word times."""

import functools
from collections.abc import Sequence

import pytest

from streamer.adapters.tts import espeak_worker
from streamer.adapters.tts.espeak import libraries


@functools.cache
def _espeak() -> espeak_worker.Espeak:
    for library, data in libraries():
        try:
            return espeak_worker.Espeak(library, data)
        except (OSError, AttributeError):
            continue
    pytest.skip("needs espeak-ng, which this machine does not have")


@functools.cache
def _speech(text: str) -> tuple[bytes, tuple[tuple[str, int, int], ...]]:
    espeak = _espeak()
    espeak.select("en-us+f3")
    espeak.shape(165, 55, 60)
    sound = espeak_worker.Voice(espeak.rate_hz, 1.5)
    out: list[bytes] = []
    found: list[tuple[int, int, int]] = []

    def on_piece(samples: Sequence[int], events: list[espeak_worker.Event]) -> bool:
        out.append(sound.feed(samples))
        marks = [event for event in events if event.type == 1 and event.length]  # some have no letters
        found.extend((mark.text_position - 1, mark.length, mark.audio_position) for mark in marks)
        return True

    assert espeak.synth(text, on_piece) == 0
    out.append(sound.finish())
    ends = [at for _start, _length, at in found[1:]] + [sound.samples // 24]
    words = tuple(
        (text[start : start + length], at, end - at) for (start, length, at), end in zip(found, ends, strict=True)
    )
    return b"".join(out), words


def spoken(text: str) -> bytes:
    return _speech(text)[0]


def words(text: str) -> list[tuple[str, int, int]]:
    return list(_speech(text)[1])
