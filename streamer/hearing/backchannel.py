"""Words that only show that somebody listens. They are a backchannel when they are the whole utterance, and never when
they ask something ("huh?")."""

import re
from collections.abc import Sequence
from typing import Final

from streamer.hearing.languages import base, plain, unspaced, words

LONGEST_MS: Final = 1_500
"""Of voice: who draws it out longer says something with it."""
MOST_WORDS: Final = 5


def _phrases(text: str) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(words(each)) for each in text.split(","))


SOUNDS: Final[dict[str, frozenset[tuple[str, ...]]]] = {
    "en": _phrases(
        "mhm,mm,mmhm,mm-hm,mm-hmm,mmhmm,mm hmm,mm hm,uh-huh,uh huh,uhhuh,hm,hmm,huh,ah,ahh,oh,ohh,aha,uh,um,er,erm,ooh,"
        "haha,ha,heh,hehe,aw,aww,mh,mhmm,ah-ha"
    ),
    "es": _phrases("mm,mhm,ajá,aja,eh,ah,oh,hum,hm,uh,uy,jaja,ja,mjm,jeje"),
    "fr": _phrases("mm,mmh,mh,hm,hmm,hum,hein,ah,oh,euh,bah,ben,mhm,haha,ha,oh là là,ah ah"),
    "de": _phrases("mhm,mh,hm,hmm,mm,aha,ach,ah,oh,äh,ähm,tja,oha,haha,ha,hehe,ach ja,ah ja"),
}
"""No words at all."""
ANSWERS: Final[dict[str, frozenset[tuple[str, ...]]]] = {
    "en": _phrases(
        "yeah,yea,yep,yup,ya,yes,right,okay,ok,kay,sure,i see,got it,gotcha,true,nice,cool,alright,all right,exactly,"
        "totally,indeed,of course,good,great,fair enough,makes sense,for sure,wow,oh wow,that's right"
    ),
    "es": _phrases("sí,si,claro,vale,ya,bueno,exacto,de acuerdo,ok,okay,bien,cierto,por supuesto,así es,ya veo,guau"),
    "fr": _phrases(
        "oui,ouais,mouais,ok,okay,d'accord,voilà,exact,exactement,bien sûr,c'est vrai,c'est ça,je vois,ah bon,"
        "tout à fait,bien,carrément"
    ),
    "de": _phrases(
        "ja,jaja,jo,jep,jup,genau,okay,ok,klar,stimmt,gut,achso,ach so,verstehe,richtig,na klar,alles klar,eben,doch,"
        "natürlich,ach wirklich,krass,so so"
    ),
}
"""Words that may be an answer as well: a backchannel only while somebody of the cast speaks."""
JA_SOUNDS: Final = (
    "うん", "へえ", "へー", "へぇ", "ほう", "ほー", "ふーん", "ふうん", "ふん", "ああ", "あー", "あ", "ん", "んー",
    "おお", "おー", "お", "ほほう", "えへへ", "あはは", "はは", "ははは", "うーん",
)  # fmt: skip
JA_ANSWERS: Final = (
    "はい", "ええ", "そう", "そうだね", "そうですね", "そうですか", "なるほど", "なるほどね", "たしかに", "確かに",
    "わかる", "わかった", "オッケー", "おっけー", "OK", "そっか", "そうか", "そうなんだ", "まあね", "だよね",
    "ですよね", "ほんと", "すごい", "いいね", "了解",
)  # fmt: skip


def _japanese(parts: Sequence[str]) -> re.Pattern[str]:
    longest_first = sorted((plain(each) for each in parts), key=len, reverse=True)
    return re.compile(rf"(?:(?:{'|'.join(map(re.escape, longest_first))})[ーっッ〜]*)+")


JA_SOUND: Final = _japanese(JA_SOUNDS)
JA_EITHER: Final = _japanese((*JA_SOUNDS, *JA_ANSWERS))


def is_backchannel(text: str, language: str = "", *, voiced_ms: int = 0, spoken_over: bool = True) -> bool:
    """`spoken_over`: somebody of the cast was speaking. `language` empty: any that is known here."""
    if voiced_ms > LONGEST_MS or re.search(r"[?？]\s*$", text):
        return False
    if unspaced(text):
        flat = re.sub(r"[^\wー]", "", plain(text))
        return (JA_EITHER if spoken_over else JA_SOUND).fullmatch(flat) is not None
    found = words(text)
    if not 0 < len(found) <= MOST_WORDS:
        return False
    code = base(language)
    codes = ("en", code) if code in SOUNDS else tuple(SOUNDS)
    known = frozenset[tuple[str, ...]]().union(*(SOUNDS[each] for each in codes))
    if spoken_over:
        known = known.union(*(ANSWERS[each] for each in codes))
    return _made_of(found, known)


def _made_of(found: Sequence[str], known: frozenset[tuple[str, ...]]) -> bool:
    """Whether the words can be cut into known phrases without a rest."""
    reached = {0}
    for end in range(1, len(found) + 1):
        if any(start in reached and tuple(found[start:end]) in known for start in range(max(0, end - 3), end)):
            reached.add(end)
    return len(found) in reached
