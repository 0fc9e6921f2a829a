"""How an English speaker would read a name that is in no dictionary, in the phones of CMUdict."""

import unicodedata

_LONG = (
    ("tsch", "CH"), ("sch", "SH"), ("tch", "CH"), ("igh", "AY"), ("eau", "OW"), ("dge", "JH"),
    ("ch", "CH"), ("sh", "SH"), ("th", "TH"), ("ph", "F"), ("wh", "W"), ("ck", "K"), ("qu", "K W"), ("ng", "NG"),
    ("gh", "G"), ("kn", "N"), ("wr", "R"), ("ts", "T S"), ("ee", "IY"), ("ea", "IY"), ("oo", "UW"), ("ou", "AW"),
    ("ow", "OW"), ("oi", "OY"), ("oy", "OY"), ("ai", "EY"), ("ay", "EY"), ("ei", "EY"), ("ey", "IY"), ("ie", "IY"),
    ("au", "AO"), ("aw", "AO"), ("ew", "Y UW"), ("ue", "UW"), ("ui", "UW IY"), ("ia", "IY AH"), ("io", "IY OW"),
    ("ya", "Y AA"), ("yo", "Y OW"), ("yu", "Y UW"), ("ar", "AA R"), ("er", "ER"), ("ir", "ER"), ("ur", "ER"),
    ("or", "AO R"),
)  # fmt: skip
_SINGLE = {
    "a": "AA", "b": "B", "c": "K", "d": "D", "e": "EH", "f": "F", "g": "G", "h": "HH", "i": "IY", "j": "JH", "k": "K",
    "l": "L", "m": "M", "n": "N", "o": "OW", "p": "P", "q": "K", "r": "R", "s": "S", "t": "T", "u": "UW", "v": "V",
    "w": "W", "x": "K S", "y": "IY", "z": "Z",
    "0": "Z IH R OW", "1": "W AH N", "2": "T UW", "3": "TH R IY", "4": "F AO R", "5": "F AY V", "6": "S IH K S",
    "7": "S EH V AH N", "8": "EY T", "9": "N AY N",
}  # fmt: skip
_SOFT = frozenset("eiy")
_VOWELS = frozenset("aeiouy")
"""A vowel before `r` keeps its sound when another one follows: `Kuro`, but `Kurt`."""


def phones_of(name: str) -> str:
    """Phones with spaces between them; empty for a name in other letters than Latin ones."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.lower()) if c.isascii() and c.isalnum())
    latin = sum(c.isalnum() for c in name)
    if not plain or len(plain) * 2 < latin:
        return ""
    phones: list[str] = []
    at = 0
    while at < len(plain):
        long = next(((letters, phone) for letters, phone in _LONG if plain.startswith(letters, at)), None)
        opened = long is not None and long[0][1:] == "r" and plain[at + 2 : at + 3] in _VOWELS
        if long is not None and not opened:
            phones.append(long[1])
            at += len(long[0])
            continue
        letter, after = plain[at], plain[at + 1 : at + 2]
        if letter == after and letter not in "aeiou":
            at += 1  # a double consonant sounds once
            continue
        at += 1
        if letter == "e" and at == len(plain) and len(plain) > 3 and plain[-2] not in "aeiou" and plain[-3] in "aiou":
            continue  # the silent end of `Blaze`
        if letter == "a" and at == len(plain) and len(plain) > 1:
            phones.append("AH")
        elif letter == "c" and after in _SOFT and after:
            phones.append("S")
        else:
            phones.append(_SINGLE[letter])
    return " ".join(phones)
