"""Which of several sentences is this? By the sound against each sentence as the same voice says it.

Where pauses were inserted or a piece is missing, time is warped to fit (subsequence dynamic time warping), so a busy
machine that tears the sound does not change the answer; a recogniser of words gives up long before.
"""

import array
import math
from collections.abc import Sequence
from itertools import pairwise

from streamer.adapters.tts.espeak import EspeakVoice
from streamer.ports import Pcm, SpeechRequest, VoiceSpec

HZ = 16_000
STEP = HZ // 50
Shape = list[tuple[float, float, float]]
"""Each 20 ms: loudness against the loudest, and how bright and how hissing the sound is."""


async def as_spoken(texts: Sequence[str], voice: str) -> dict[str, Shape]:
    """Each text as the offline voice says it."""
    out: dict[str, Shape] = {}
    engine = EspeakVoice().open()
    try:
        for text in texts:
            made = bytearray()
            async for piece in engine.synthesize(SpeechRequest(text, VoiceSpec(name=voice))):
                if isinstance(piece, Pcm):
                    made += piece.data
            whole = array.array("h", bytes(made))
            out[text] = shape_of(array.array("h", (whole[at * 3 // 2] for at in range(len(whole) * 2 // 3))))
    finally:
        await engine.aclose()
    return out


def shape_of(samples: "array.array[int]") -> Shape:
    """Of sound with `HZ` samples a second."""
    powers: list[tuple[float, float, float]] = []
    for begin in range(0, len(samples) - STEP, STEP):
        frame = samples[begin : begin + STEP]
        slope = [b - a for a, b in pairwise(frame)]
        bend = [b - a for a, b in pairwise(slope)]
        powers.append((_power(frame), _power(slope), _power(bend)))
    top = max((power for power, _, _ in powers), default=1.0) or 1.0
    out: Shape = []
    for power, bright, hiss in powers:
        loud = max(-6.0, math.log(power / top + 1e-6) / 2)
        heard = loud > -4.5
        out.append((loud, _ratio(bright, power) if heard else 0.0, _ratio(hiss, bright) if heard else 0.0))
    return out


def _power(values: Sequence[int]) -> float:
    return sum(value * value for value in values) / len(values)


def _ratio(one: float, other: float) -> float:
    return math.log((one + 1) / (other + 1))


def distance(sentence: Shape, heard: Shape) -> float:
    """How far the sentence is from the place in the sound that is most like it; for each step of the sentence."""
    row = [0.0] * len(heard)
    for at, (loud, bright, hiss) in enumerate(sentence):
        new: list[float] = []
        for place, (other, light, air) in enumerate(heard):
            apart = abs(loud - other) + abs(bright - light) + abs(hiss - air)
            if at:
                before = (row[place], row[place - 1], new[place - 1]) if place else (row[0],)
                apart += min(before)
            new.append(apart)
        row = new
    return min(row) / len(sentence)


def likest(samples: "array.array[int]", sentences: dict[str, Shape]) -> str:
    """The sentence that this sound is most like."""
    heard = shape_of(samples)
    return min(sentences, key=lambda text: distance(sentences[text], heard))
