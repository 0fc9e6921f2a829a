"""What a listener hears: pocketsphinx with a closed grammar. Digital silence breaks its front end, hence the dither."""

import array
import functools
import random
from pathlib import Path
from typing import Any

import pytest

SENTENCES = (
    "hello everyone and welcome back to the show",
    "the dragon is hiding behind the old castle",
    "please remember to drink some water today",
    "my favourite game has a very long name",
    "we are going to build a house of glass",
    "nobody expected the robot to win the race",
    "there are seven green apples on the table",
    "can you read the next question for me",
)


def to_16k(pcm: bytes) -> "array.array[int]":
    import av

    resampler: Any = av.AudioResampler(format="s16", layout="mono", rate=16_000)
    frame: Any = av.AudioFrame(format="s16", layout="mono", samples=len(pcm) // 2)
    frame.sample_rate = 24_000
    frame.planes[0].update(pcm.ljust(frame.planes[0].buffer_size, b"\0"))
    out = array.array("h")
    for part in [*resampler.resample(frame), *resampler.resample(None)]:
        out.frombytes(bytes(part.planes[0])[: part.samples * 2])
    return out


@functools.cache
def _model(folder: str) -> Any:
    pocketsphinx = pytest.importorskip("pocketsphinx", reason="needs pocketsphinx, which this machine does not have")
    grammar = Path(folder) / "sentences.gram"
    rules = " | ".join(SENTENCES)
    grammar.write_text(f"#JSGF V1.0;\ngrammar s;\npublic <s> = {rules};\n", encoding="utf-8")
    return pocketsphinx.Decoder(jsgf=str(grammar), samprate=16_000, loglevel="FATAL")


def heard(pcm: bytes, folder: Path) -> str:
    """The sentence of `SENTENCES` that the sound says, or ""."""
    draw = random.Random(1)
    pad = array.array("h", bytes(2 * 4_800))
    samples = pad + to_16k(pcm) + pad
    noisy = array.array("h", [max(-32768, min(32767, s + round(draw.gauss(0, 60)))) for s in samples])
    model = _model(str(folder))
    model.start_utt()
    model.process_raw(noisy.tobytes(), False, True)
    model.end_utt()
    found = model.hyp()
    return found.hypstr if found is not None else ""
