"""Words of a chat message: which carry its subject, and a light stemmer that makes near forms equal."""

import re
import zlib
from functools import lru_cache

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+")
_CJK_RUN = re.compile("[\u30a1-\u30fa\u30fc]{2,}|[\u4e00-\u9fff]+|[\uac00-\ud7af]{2,}")
_KANA_KANJI = re.compile("[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")


def word_set(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


STOP = word_set(
    "a about actually ah all also always am an and any are aren't as at be because been being bit but by can "
    "can't chat could cya d de did didn't do does doesn't don't done else er ever every everyone for from get "
    "gets getting give go going gonna gotta got guys ha had has have he hello her hers hey hi him his how i "
    "i'm i've if im in into is isn't it it's its just kinda know let lets like likes ll lol lmao lot many may "
    "maybe me mean might more most much must my need no not now of off oh ok okay omg on one only or our out "
    "over own please pls plz really right s say says see she should so some someone still such sure t than "
    "thanks that that's the their them then there these they thing things think this those though to today "
    "tonight too u ugh uh um up ur us very want wanna was wasn't wat we well were what what's whats when "
    "where which who who's whose why will with without would wouldn't wow y ya yeah yes yet you you're your "
    "you've yours youre favourite favorite fav favorito favorita lieblings honest "
    "honestly best worst ever tell question quick opinion opinions thoughts "
    "feel prefer rather love hate der die das ein eine einen und oder ist bist sind du ihr mir dir mich dich "
    "was wer wie wo wann warum wieso magst mag hast dein deine mein meine zu mit von auf für bei auch nicht "
    "noch mal eigentlich euer eure denn aber so el la los las un una y o es eres de que qué cómo como te tu "
    "tus mi por para con cuál cual gusta le les des et ou est tu es que quoi quel quelle ton ta mon ma pour "
    "avec aimes est-ce"
)
_IRREGULAR = {
    "favorites": "favorite", "mice": "mouse", "children": "child", "ate": "eat", "eaten": "eat", "slept": "sleep",
    "ran": "run", "movies": "movie", "cookies": "cookie", "does": "do", "series": "series", "news": "news",
    "gaming": "game", "gamer": "game",
}  # fmt: skip


@lru_cache(maxsize=4_096)
def stem(word: str) -> str:
    """A light English stem: plural, -ing, -ed, British -our; other languages pass through nearly untouched."""
    if len(word) > 3 and word.endswith(("'s", "’s")):
        word = word[:-2]
    if word in _IRREGULAR:
        word = _IRREGULAR[word]
    elif len(word) > 4 and word.endswith(("ies", "ches", "shes", "sses", "xes", "zes")):
        word = word[:-2]
    elif len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for suffix in ("ing", "ed"):
        base = word[: -len(suffix)]
        if len(base) > 2 and word.endswith(suffix) and base[-1] != "e" and any(char in "aeiouy" for char in base):
            word = base[:-1] if base[-1] == base[-2] and base[-1] not in "lse" else base
            break
    if len(word) > 5:
        word = word.replace("our", "or")
    if len(word) > 3 and word.endswith("y"):
        word = word[:-1] + "i"
    return word[:-1] if len(word) > 4 and word.endswith("e") else word


def content_words(folded: str) -> list[str]:
    """The words of a case-folded text that carry its subject, in order; runs of kanji and katakana count as words."""
    found = [word for word in WORD.findall(folded) if word not in STOP and (len(word) > 1 or not word.isascii())]
    if _KANA_KANJI.search(folded):
        found = [word for word in found if not _KANA_KANJI.search(word)] + _CJK_RUN.findall(folded)
    return found


def cluster_key(words: list[str]) -> int:
    """32 bits that are equal for the same set of subjects, in every process; 0 for no subject."""
    stems = sorted({stem(word) for word in words})
    return zlib.crc32("\x1f".join(stems).encode()) or 1 if stems else 0
