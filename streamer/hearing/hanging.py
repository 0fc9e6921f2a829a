"""Whether what was said so far is a whole sentence: who ends with "and" has not finished, whatever the silence says.

The last words decide, with the punctuation of recognisers that write any. Most of them put a full stop everywhere, so
a full stop is worth less than a word that cannot end a sentence.
"""

import re
from collections.abc import Sequence
from typing import Final, Literal

from streamer.hearing.languages import base, plain, unspaced, words

Completeness = Literal["complete", "unknown", "hanging"]


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


LAST: Final[dict[str, frozenset[str]]] = {
    "en": _set(
        "and or but because cause cuz so if when while although though unless until since as than then the a an to of "
        "with from my your our their his its i we they he she um uh er erm uhm hmm like well and/or plus which whose "
        "where's what's that's it's i'm you're we're they're i'll we'll gonna wanna every each very really some into "
        "about for is are was were also however therefore"
    ),
    "es": _set(
        "y e o u pero porque que si cuando como mientras aunque pues entonces de del la el los las lo un una unos unas "
        "con para por en a al mi tu su mis tus sus nuestro eh em este osea muy es son era sin sobre entre ni sino desde"
    ),
    "fr": _set(
        "et ou mais parce que qu'on car donc si quand comme alors puis de du des d' le la les l' un une à au aux avec "
        "pour dans sur sans par mon ma mes ton ta tes son sa ses notre votre leur euh ben bah je tu il elle on nous "
        "c'est est sont très qui dont où lorsque puisque afin chez entre"
    ),
    "de": _set(
        "und oder aber weil dass wenn als ob denn sondern damit obwohl während bis bevor nachdem der die den dem des "
        "ein eine einen einem einer mit für von vom im am beim zum zur ohne gegen durch mein meine meinen dein deine "
        "sein seine ich wir äh ähm also sehr ist sind war waren sowie falls sodass"
    ),
}  # fmt: skip
PHRASES: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        "you know",
        "i mean",
        "let me see",
        "let me think",
        "kind of",
        "sort of",
        "such as",
        "for example",
        "let's see",
    ),
    "es": ("es que", "o sea", "por ejemplo", "a ver", "es decir", "quiero decir"),
    "fr": ("parce que", "c'est à dire", "par exemple", "tu vois", "je veux dire", "du coup", "en fait"),
    "de": ("zum beispiel", "ich meine", "das heißt", "weißt du", "mal sehen", "und zwar", "so wie"),
}  # fmt: skip
WHOLE: Final[dict[str, tuple[str, ...]]] = {
    "en": ("think so", "hope so", "guess so", "say so", "or so", "even so", "i am", "you are", "what for", "like that",
           "it is", "there is", "as well", "very well", "not really", "oh well", "me too", "what about", "look like",
           "i'd like", "you like", "who is", "where is", "what is", "how are", "i was", "how about", "go for"),
    "es": ("creo que si", "ya está", "no lo es", "así es", "lo es"),
    "fr": ("on y est", "où est", "qui est", "et toi", "et nous", "pour qui"),
    "de": ("was ist", "wer ist", "wo ist", "so ist", "und ich", "warum denn", "was denn", "wie denn"),
}  # fmt: skip
"""Ends that look like the ones above and are none."""
ASKS: Final[dict[str, frozenset[str]]] = {
    "en": _set("what who where when why how which do does did is are was were can could would will should have has"),
    "es": _set("qué quién dónde cuándo por cómo cuál cuánto puedes crees tienes"),
    "fr": _set("que quoi qui où quand pourquoi comment combien est-ce quel quelle tu peux"),
    "de": _set("was wer wo wann warum wieso wie welche welcher kannst könntest willst hast bist ist"),
}
JA_HANGING: Final = re.compile(
    r"(?:けど|けれど|けれども|から|ので|のに|んで|って|たら|なら|れば|えば|けば|とか|たり|だり|ながら|それで|でも|だから|そして|あと|しかし|"
    r"ただ|まあ|えっと|えーっと|えーと|えと|あの|あのー|その|そのー|うーん|んー|なんか|ていうか|というか|つまり|例えば|たとえば|"
    r"(?<![ま])で|て|(?<![るうくすつぬむぶぐたいだなん])の|は|が|を|に|へ|も|と|し|や)[ー〜…]*$"
)
JA_COMPLETE: Final = re.compile(
    r"(?:です|ます|ました|ません|でした|でしょう|だろう|ください|下さい|だよ|だね|だな|だよね|よね|かな|かね|ですか|ますか|のか|たい|ない|"
    r"だった|した|った|てる|いる|ある|する|思う|おもう|て(?:よ|ね)|よ|ね|ぞ|ぜ|わ|さ|か|かい|だ|い)[ー〜]*$"
)
JA_WHOLE: Final = re.compile(
    r"(?:まし(?:て|た)ね|って何|待って|やめて|見て|聞いて|教えて|来て|助けて|してみて|言って|ちょっと待って)$"
)
_TRAILS: Final = re.compile(r"(?:[,，、;:—–-]|\.\.+|…|‥)\s*[\"'”’」』)]*$")
_ENDS: Final = re.compile(r"[.!。！｡]\s*[\"'”’」』)]*$")
_ASKED: Final = re.compile(r"[?？]\s*[\"'”’」』)]*$")


def completeness(text: str, language: str = "") -> Completeness:
    """Of the words of an utterance so far. A language that is not known here goes by punctuation."""
    said = text.strip()
    if not said:
        return "unknown"
    if _ASKED.search(said):
        return "complete"
    if unspaced(said):
        return _japanese(said)
    found = words(said)
    code = base(language) if base(language) in LAST else ("" if language else "en")
    if not found:
        return "unknown"
    if _hangs(found, code) or _TRAILS.search(said):
        return "hanging"
    asks = len(found) >= 4 and found[0] in ASKS.get(code, frozenset())
    return "complete" if _ENDS.search(said) or asks else "unknown"


def _hangs(found: Sequence[str], code: str) -> bool:
    tail = " ".join(found[-3:])
    if any(_ends_with(tail, phrase) for phrase in WHOLE.get(code, ())):
        return False
    cannot_end = found[-1] in LAST.get(code, frozenset()) or found[-1].endswith("-")
    return cannot_end or any(_ends_with(tail, phrase) for phrase in PHRASES.get(code, ()))


def _ends_with(tail: str, phrase: str) -> bool:
    return tail == phrase or tail.endswith(f" {phrase}")


def _japanese(said: str) -> Completeness:
    if _TRAILS.search(said):
        return "hanging"
    flat = re.sub(r"[^\w]+$", "", plain(said))
    if JA_WHOLE.search(flat):
        return "complete"
    if JA_HANGING.search(flat):
        return "hanging"
    if JA_COMPLETE.search(flat) or _ENDS.search(said):
        return "complete"
    return "unknown"
