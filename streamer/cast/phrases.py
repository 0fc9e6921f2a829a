"""Little pieces of a viewer's words that a persona may say: a subject of a few plain words, a choice."""

import re

from streamer.cast.words import STOP, WORD, word_set

_LEAD = re.compile(
    r"\b(?:about|of|favou?rite|fav|like|likes|love|loves|hate|hates|prefer|play|playing|played|watch"
    r"|watching|eat|eating|eats|drink|rate|try"
    r"|tried|with|without|on|my|your|the|a|an|best|worst|seen|read|enjoy|into|know|make|over|versus|vs|is"
    r"|are|does)\s+((?:[^\W\d_]+[ ]?){1,4})"
)
_OR = re.compile(
    r"((?:[^\W\d_]+ ){0,2}[^\W\d_]+)\s+(?:or|oder|vs\.?|versus|ou|それとも)\s+((?:[^\W\d_]+ ){0,2}[^\W\d_]+)"
)
_DULL = STOP | word_set(
    "wrote taught argue argues fight fights brother sister grandma mom dad friend legs one two three four five ten "
    "mind minds part parts changed sigh sighs "
    "survive keep keeps actually worth hype invented wish wishes "
    "please mika juno think thinking said make made anything something everything nothing been going know "
    "been being back just stream streams streamer today time times day people person way name ask asking "
    "answer talk talking hear look looks looking first last next new old little big whole same other another "
    "lot kind sort type stuff bit idea watch play playing eat eating drink happen happens happened happening "
    "mean means call called understand explain seen heard hear read try tried settle rate"
)  # fmt: skip
_VERDICTS = word_set("overrated underrated good bad right wrong true false wrong okay fine yay nay")
_PLAIN = re.compile(r"^[^\W\d_]{2,14}$")


def topic_phrase(folded: str, names: frozenset[str] = frozenset()) -> str:
    """What the text is about, in one to three plain words (letters only), or an empty string.

    Never a clause: words that could carry an order or an insult by their grammar are left out with the grammar.
    """
    dull = _DULL | names
    for match in _LEAD.finditer(folded):
        words: list[str] = []
        for word in match[1].split():
            if word in dull or word.endswith("ly") or not _PLAIN.match(word):
                break
            words.append(word)
        if words and not (len(words) == 1 and len(words[0]) < 3):
            return " ".join(words[:3])
    plain = [
        word
        for word in WORD.findall(folded)
        if _PLAIN.match(word) and word not in dull and word.isascii() and not word.endswith(("ly", "ed", "ing"))
    ]
    return max(plain, key=len, default="")


def choice(folded: str, names: frozenset[str] = frozenset()) -> tuple[str, str] | None:
    """The two things of a "this or that" question, one or two plain words each."""
    match = _OR.search(folded)
    if match is None:
        return None
    dull = _DULL | _VERDICTS | names

    def trimmed(words: list[str], *, end: bool) -> str:
        kept: list[str] = []
        for word in reversed(words) if end else words:
            if word in dull or not _PLAIN.match(word):
                if kept:
                    break
                continue
            kept.append(word)
        kept = kept[:2]
        return " ".join(reversed(kept) if end else kept)

    one, other = trimmed(match[1].split(), end=True), trimmed(match[2].split(), end=False)
    return (one, other) if one and other and one != other else None
