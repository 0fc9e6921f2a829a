"""Names that are likely to be said, made safe for an engine: few, short, letters only."""

import unicodedata
from collections.abc import Iterable

MOST = 24
LONGEST = 40
_BETWEEN = frozenset(" '-.")


def bounded(hints: Iterable[str]) -> tuple[str, ...]:
    """At most `MOST` different names of at most `LONGEST` letters. What holds anything but letters, digits and
    what stands between them in names is left out, so that no hint can be an instruction or a special token."""
    kept: list[str] = []
    for hint in hints:
        if len(hint) > 4 * LONGEST:
            continue
        name = " ".join(unicodedata.normalize("NFKC", hint).split())
        if name and len(name) <= LONGEST and name not in kept and all(_fits(c) for c in name) and name[0].isalnum():
            kept.append(name)
        if len(kept) == MOST:
            break
    return tuple(kept)


def _fits(letter: str) -> bool:
    return letter.isalnum() or letter in _BETWEEN or unicodedata.category(letter) in ("Mn", "Mc", "Lm")


def base_of(language: str) -> str:
    """The base code of a BCP 47 tag: `pt` of `pt-BR`; empty for none."""
    return language.replace("_", "-").split("-", maxsplit=1)[0].strip().lower()
