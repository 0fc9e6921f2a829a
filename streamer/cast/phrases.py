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
    "please www wwww lol lmao mika juno think thinking said make made anything something everything nothing been "
    "going know "
    "been being back just stream streams streamer today time times day people person way name ask asking "
    "answer talk talking hear look looks looking first last next new old little big whole same other another "
    "lot kind sort type stuff bit idea watch play playing eat eating drink happen happens happened happening "
    "mean means call called understand explain seen heard hear read try tried settle rate"
)  # fmt: skip
_VERDICTS = word_set("overrated underrated good bad right wrong true false wrong okay fine yay nay")
_KANA = re.compile("[\u3041-\u30ff]")
_JA_LETTERS = "[\u3041-\u3096\u30a1-\u30fa\u30fc\u4e00-\u9fff々]"
_JA_BEFORE = re.compile(f"({_JA_LETTERS}{{2,14}}?)(?:は|って|が|を|について|のこと|の話)")
_JA_WORD = re.compile("([\u30a1-\u30fa\u30fc]{2,10}|[\u4e00-\u9fff々]{2,6})")
_JA_TRIM = re.compile("^.*(?:な|い|の|は|が|で|と|に|も|たち|ちゃん|さん|くん)(?=[\u30a1-\u30fa\u4e00-\u9fff])")
_JA_SOLID = re.compile("[\u30a1-\u30fa\u4e00-\u9fff々][\u3041-\u3096]{0,1}(?:[\u30a1-\u30fa\u30fc\u4e00-\u9fff々]|$)")
_JA_OR = re.compile(
    "([^\\s、。？?！!]{1,10}?)と([^\\s、。？?！!]{1,10}?)(?:、|だと|だったら|なら|は|って|の)?(?:どっち|どちら)"
)
_JA_DULL = word_set("今日 最近 今度 昨日 明日 好き 大好き 一番 何 本当 質問 配信 皆 自分 今 時 人 方 事 貴方 君")
_PLAIN = re.compile(r"^[^\W\d_]{2,14}$")


def topic_phrase(folded: str, names: frozenset[str] = frozenset()) -> str:
    """What the text is about, in one to three plain words (letters only), or an empty string.

    Never a clause: words that could carry an order or an insult by their grammar are left out with the grammar.
    Of Japanese text it is the noun before a particle, or a word in katakana or kanji.
    """
    if _KANA.search(folded):
        return _japanese_topic(folded, names)
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


def _japanese_topic(folded: str, names: frozenset[str]) -> str:
    for match in (*_JA_BEFORE.finditer(folded), *_JA_WORD.finditer(folded)):
        word = _JA_TRIM.sub("", match[1])
        solid = _JA_SOLID.search(word)
        if solid and 1 < len(word) <= 10 and word not in _JA_DULL and word not in names:
            return word
    return ""


def choice(folded: str, names: frozenset[str] = frozenset()) -> tuple[str, str] | None:
    """The two things of a "this or that" question, one or two plain words each."""
    if (japanese := _JA_OR.search(folded)) is not None:
        pair = japanese[1].rpartition("、")[2], japanese[2]
        return pair if pair[0] != pair[1] and not names & {*pair} else None
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
