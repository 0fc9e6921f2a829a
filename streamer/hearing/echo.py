"""Whether the microphone heard the cast: what was understood, laid beside what the cast said in the last seconds.

Words are aligned, one with one, one with two that a recogniser made of it, and as alike as they sound. An echo is a
stretch of what the cast said with some words wrong. The host who quotes the cast adds words of his own, most often at
the beginning or the end; a short answer proves nothing, because every talk is full of "yes".
"""

import functools
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Final

from streamer.hearing.languages import plain, unspaced, words

SHORT_WORDS: Final = 2
SHORT_LETTERS: Final = 5
"""The same for languages without spaces."""
ALIKE: Final = 0.6
"""Words less alike than this are different words."""
SHARE: Final = 0.62
"""Of the words of an echo, weighed by how alike they are."""
SHARE_FEW: Final = 0.75
"""The same for an echo of three or four words."""
SHARE_LETTERS: Final = 0.8
"""The same for languages without spaces, letter by letter."""
SHARE_ASKED: Final = 0.9
"""The same when a question was heard and the cast asked none: who repeats words as a question is the host."""
SURELY: Final = 0.15
"""Of the words heard, those that the cast surely said somewhere; with fewer there is nothing to align."""
OWN_WORDS: Final = 2
"""So many at one end that nobody of the cast said, and the host spoke."""
LEAST: Final = 0.4
"""Letters that two words have in common at least, of all; the same for words of up to three letters."""
LEAST_SHORT: Final = 0.66
JOINED: Final = 0.75
"""How alike one word must be to two that were made of it."""
SKIPPED: Final = 0.25
"""What a word of the cast costs that was not heard in the middle of others."""
LATEST: Final = 120
"""Words of the cast that are looked at; older ones are no echo."""


def is_echo(text: str, said: Sequence[str]) -> bool:
    """`said`: sentences of the cast, the oldest first."""
    heard = words(text)
    if not heard or not any(said):
        return False
    letters = unspaced(text)
    if len(heard) <= (SHORT_LETTERS if letters else SHORT_WORDS):
        return any(_same(heard, words(each)) for each in said)
    spoken = [word for each in said for word in words(each)][-LATEST:]
    if not spoken:
        return False
    share = SHARE_LETTERS if letters else SHARE_FEW if len(heard) <= SHORT_WORDS + 2 else SHARE
    if _asks(text) and not any(map(_asks, said)):
        if len(heard) <= SHORT_WORDS + 2:
            return False
        share = SHARE_ASKED
    return _is_stretch(heard, spoken, share, letters=letters)


def _asks(text: str) -> bool:
    return "?" in text or "？" in text


def _same(heard: Sequence[str], spoken: Sequence[str]) -> bool:
    """A short answer is an echo of nothing but itself."""
    return "".join(heard) == "".join(spoken) or (
        len(spoken) <= len(heard) + 1
        and len("".join(heard)) > 4
        and SequenceMatcher(None, "".join(heard), "".join(spoken), autojunk=False).ratio() >= 0.85
    )


def _is_stretch(heard: Sequence[str], spoken: Sequence[str], share: float, *, letters: bool) -> bool:
    sounds = {_skeleton(word) for word in spoken}
    if sum(_skeleton(word) in sounds for word in heard) < SURELY * len(heard):
        return False
    alike = aligned(heard, spoken, exact=letters)
    if sum(alike) < share * len(alike):
        return False
    strange = 3 if letters else OWN_WORDS
    before = _until_known(alike)
    after = _until_known(alike[::-1])
    return before < strange and after < strange and _longest_strange(alike) <= max(strange + 1, len(heard) // 4)


def _until_known(alike: Iterable[float]) -> int:
    count = 0
    for each in alike:
        if each >= ALIKE:
            return count
        count += 1
    return count


def _longest_strange(alike: Sequence[float]) -> int:
    longest = run = 0
    for each in alike:
        run = 0 if each >= ALIKE else run + 1
        longest = max(longest, run)
    return longest


def aligned(heard: Sequence[str], spoken: Sequence[str], *, exact: bool = False) -> list[float]:
    """For each word heard how alike it is, 0..1, to the word beside it in the best alignment of all that was heard with
    one stretch of what was spoken."""
    rows = len(heard)
    columns = len(spoken)
    alike = _exactly if exact else likeness
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    step = [[(0, 0)] * (columns + 1) for _ in range(rows + 1)]
    for i in range(1, rows + 1):
        for j in range(columns + 1):
            choices = [(best[i - 1][j], (1, 0))]
            if j:
                if i > 1:  # what follows must not jump within the stretch for nothing
                    choices.append((best[i][j - 1] - SKIPPED, (0, 1)))
                one = alike(heard[i - 1], spoken[j - 1])
                choices.append((best[i - 1][j - 1] + (one if one >= ALIKE else 0.0), (1, 1)))
                if not exact and i > 1:
                    two = alike(heard[i - 2] + heard[i - 1], spoken[j - 1])
                    choices.append((best[i - 2][j - 1] + 2 * two * (two > JOINED), (2, 1)))
                if not exact and j > 1:
                    two = alike(heard[i - 1], spoken[j - 2] + spoken[j - 1])
                    choices.append((best[i - 1][j - 2] + two * (two > JOINED), (1, 2)))
            best[i][j], step[i][j] = max(choices)
    return _walked(heard, spoken, best, step, exact=exact)


def _walked(
    heard: Sequence[str],
    spoken: Sequence[str],
    best: Sequence[Sequence[float]],
    step: Sequence[Sequence[tuple[int, int]]],
    *,
    exact: bool,
) -> list[float]:
    """Back from the best end of the stretch."""
    alike = _exactly if exact else likeness
    i = len(heard)
    j = max(range(len(spoken) + 1), key=lambda at: (best[i][at], at))
    found = [0.0] * i
    while i > 0:
        back, along = step[i][j]
        if back and along:
            value = alike("".join(heard[i - back : i]), "".join(spoken[j - along : j]))
            found[i - back : i] = [value if value >= ALIKE else 0.0] * back
        i, j = i - back, j - along
        if (back, along) == (0, 0):
            break
    return found


def _exactly(one: str, other: str) -> float:
    return 1.0 if one == other else 0.0


@functools.lru_cache(maxsize=20_000)
def likeness(one: str, other: str) -> float:
    """0..1: by letters, and by what they sound like: recognisers keep consonants and guess at vowels."""
    if one == other:
        return 1.0
    shorter = min(len(one), len(other))
    if shorter < 0.4 * max(len(one), len(other)):
        return 0.0
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.quick_ratio() < LEAST or (letters := matcher.ratio()) < (LEAST_SHORT if shorter <= 3 else LEAST):
        return 0.0
    sounds = SequenceMatcher(None, _skeleton(one), _skeleton(other), autojunk=False).ratio()
    return 0.6 * letters + 0.4 * sounds


_SOUNDS: Final = (
    ("ough", "o"), ("igh", "i"), ("tion", "sn"), ("sch", "s"), ("ph", "f"), ("ck", "k"), ("qu", "kw"), ("kn", "n"),
    ("wr", "r"), ("wh", "w"), ("gh", "g"), ("ch", "s"), ("sh", "s"), ("th", "t"), ("x", "ks"),
)  # fmt: skip
_CLASSES: Final = str.maketrans("cqgdbvzjy", "kkktpfssi", "'-’")


@functools.lru_cache(maxsize=20_000)
def _skeleton(word: str) -> str:
    """Sounds that recognisers confuse as one letter, vowels after the first sound as `a`."""
    flat = plain(word)
    for letters, sound in _SOUNDS:
        flat = flat.replace(letters, sound)
    flat = flat.translate(_CLASSES)
    out = ""
    for each in flat:
        sound = "a" if each in "aeiouäöüáéíóúàèùâêîôûœæ" else each
        if not out.endswith(sound):
            out += sound
    return out
