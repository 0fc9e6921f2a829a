"""The process that runs pocketsphinx. See `pocketsphinx` for the side that asks, `worker_child` for how they talk.

    load {words} -> {words}
    hear {names}, s16le mono at 16,000 Hz -> {text, sure}

The model is the one inside the package: CMU's en-us, its trigram model of conversations, and CMUdict, of which only the
most frequent words are used.
"""

import array
import contextlib
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

from streamer.adapters.asr.common.spelling import phones_of
from streamer.adapters.worker_child import ChildUnavailable, Reply, serve

DITHER_RMS = 100
"""Of 32,768. The front end takes logarithms of energies; digital silence, and what a noise gate makes of a room,
breaks it. Of 30 to 150 this heard most (docs/ears.md)."""
PAD = 4_800
"""Samples of 0.3 s of noise before and after: the means of the features are taken over the whole clip."""
NAME_WEIGHT = 3_000.0
"""How many times likelier a name of the cast is than any word that the language model has not heard of."""
MARK = "_"
"""Ends the word under which a name is known, so that it never meets one of the dictionary."""
MOST_NAMES = 200
_SOFTER = {"JH ": ("D Y ", "D "), "CH ": ("T Y ",)}
"""How the first sound of a name is heard when nothing was said before it: its beginning is a silence."""


class _Sphinx:
    """The decoder with the names that it has learned."""

    def __init__(self, words: int) -> None:
        import pocketsphinx

        self._dictionary = _dictionary(Path(pocketsphinx.get_model_path("en-us/cmudict-en-us.dict")))
        self._names: dict[str, str] = {}
        whole: Any = pocketsphinx.NGramModel.readfile(pocketsphinx.get_model_path("en-us/en-us.lm.bin"))
        frequent = sorted(self._dictionary, key=lambda word: -whole.prob([word]))[:words]
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            file = Path(folder) / "words.dict"
            file.write_text("".join(map(self._entry, frequent)), encoding="utf-8")
            self._decoder: Any = pocketsphinx.Decoder(samprate=16_000, loglevel="FATAL", dict=str(file))
        draw = random.Random(1)
        self._noise = array.array("h", (round(draw.gauss(0, DITHER_RMS)) for _ in range(16_000)))

    def _entry(self, word: str) -> str:
        return "".join(
            f"{word}{f'({number})' if number > 1 else ''} {phones}\n"
            for number, phones in enumerate(self._dictionary[word], 1)
        )

    def learn(self, names: list[str]) -> None:
        """Words of names; those that cannot be read as English are left out."""
        for word in (word for name in names for word in name.split()):
            key = "".join(c for c in word.lower() if c.isalnum())
            if len(key) < 2 or key + MARK in self._names or len(self._names) >= MOST_NAMES:
                continue
            readings = self._dictionary.get(key) or [phones_of(key)]
            readings = [each for each in readings if each]
            softer = [
                new + each[len(old) :]
                for each in readings
                for old, news in _SOFTER.items()
                if each.startswith(old)
                for new in news
            ]
            for number, phones in enumerate([*readings, *softer], 1):
                if number == 1:
                    self._names[key + MARK] = word
                    self._decoder.get_lm().add_word(key + MARK, NAME_WEIGHT)
                suffix = "" if number == 1 else f"({number})"
                with contextlib.suppress(RuntimeError):
                    self._decoder.add_word(key + MARK + suffix, phones, True)

    def hear(self, pcm: bytes) -> tuple[str, float]:
        """What is said, and how sure that is (0..1)."""
        sound = array.array("h", pcm)
        if sys.byteorder == "big":
            sound.byteswap()
        noise = self._noise * (len(sound) // len(self._noise) + 2)
        spoken = array.array("h", bytes(2 * PAD)) + sound + array.array("h", bytes(2 * PAD))
        noisy = array.array("h", (max(-32768, min(32767, s + n)) for s, n in zip(spoken, noise, strict=False)))
        decoder = self._decoder
        decoder.start_utt()
        try:
            decoder.process_raw(noisy.tobytes(), False, True)
        finally:
            decoder.end_utt()
        found = decoder.hyp()
        if found is None or not found.hypstr:
            return "", 0.0
        # The posterior of the whole sentence falls with every word; its mean for a word does not.
        said = found.hypstr.split()
        return self._written(said), min(1.0, max(0.0, found.prob)) ** (1 / len(said))

    def _written(self, words: list[str]) -> str:
        return " ".join(
            self._names.get(word) or ("I" + word[1:] if word == "i" or word.startswith("i'") else word)
            for word in words
        )


def _dictionary(file: Path) -> dict[str, list[str]]:
    """Word to its readings."""
    found: dict[str, list[str]] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        word, _, phones = line.partition(" ")
        found.setdefault(word.split("(", maxsplit=1)[0], []).append(phones.strip())
    return found


_sphinx: list[_Sphinx] = []


def ready(_reply: Reply) -> None:
    import pocketsphinx  # noqa: F401


def load(data: dict[str, Any], _pcm: bytes, _reply: Reply) -> dict[str, Any]:
    _sphinx[:] = [_Sphinx(data["words"])]
    return {"words": data["words"]}


def hear(data: dict[str, Any], pcm: bytes, _reply: Reply) -> dict[str, Any]:
    """Raises ChildUnavailable when nothing is loaded."""
    if not _sphinx:
        raise ChildUnavailable("the offline recogniser is not loaded")
    _sphinx[0].learn(data["names"])
    text, sure = _sphinx[0].hear(pcm)
    return {"text": text, "sure": sure}


if __name__ == "__main__":
    serve({"load": load, "hear": hear}, ready=ready)
