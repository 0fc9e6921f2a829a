"""A persona as the line chain needs it: who speaks, in which voices, and what is said when nothing else works."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from streamer.ports import VoiceSpec
from streamer.speech.spoken import Reading

LINE_S: Final = 20.0


class Voice(msgspec.Struct, frozen=True):
    """One link of a voice chain: the name of an engine and how the persona sounds there, also by emotion."""

    engine: str
    spec: VoiceSpec = VoiceSpec()
    moods: Mapping[str, VoiceSpec] = {}

    def feeling(self, emotion: str) -> VoiceSpec:
        """How it sounds with an emotion (`joy`, `joy:0.6`)."""
        return self.moods.get(emotion.split(":", maxsplit=1)[0], self.spec) if self.moods else self.spec


class Speaker(msgspec.Struct, frozen=True, kw_only=True):
    """`voices` are tried in order; after the last the line goes on as captions only.

    `late` is said when the language model is late or away, `safe` when the guard ends a line; like `honest` and
    `thanks` they may hold stage tags.
    """

    id: str
    name: str
    description: str = ""
    """The compiled persona: the first part of the system message."""
    language: str = "en"
    voices: tuple[Voice, ...] = ()
    late: tuple[str, ...] = ()
    safe: tuple[str, ...] = ()
    honest: tuple[str, ...] = ()
    """First sentences of the answer to whether it is an AI; empty: those of its language."""
    thanks: tuple[str, ...] = ()
    """Said instead of `late` where thanks are due, with `{name}`."""
    max_sentences: int = 3
    max_tokens: int = 200
    temperature: float = 0.9
    line_s: float = LINE_S
    """A line ends with the sentence before the one that would make it longer than this, by estimate."""
    reading: Reading = Reading()
    """How its words are spoken where that differs from how they are written."""


def pick(lines: Sequence[str], seed: int) -> str:
    """One of the prepared lines, the same for the same seed; "" when there is none."""
    return lines[seed % len(lines)] if lines else ""
