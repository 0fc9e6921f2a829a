"""She says that she is an AI when asked, always; and no line claims the contrary.

Two questions about a text, in the languages of the audience: does it sincerely ask a persona whether it is an AI, and
does a clause of a persona claim to be human or deny being an AI? Neither a character nor an operator decides about it.
A question that is taken for one by mistake costs a sentence; one that is missed costs trust, so the patterns are wide
where somebody is spoken to, and narrow about the world (`is AI art real`).
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from streamer.cast.card import Persona
from streamer.cast.honestwords import ADMITS, ASKS, BARE, CLAIMS
from streamer.cast.names import base

HONEST = {
    "de": ("Ich bin eine KI.", "Ehrliche Antwort: Ich bin eine KI.", "Ich bin eine KI, durch und durch."),
    "en": ("I am an AI.", "Honest answer: I am an AI.", "I am an AI, through and through."),
    "es": ("Soy una IA.", "Respuesta sincera: soy una IA.", "Soy una IA, de principio a fin."),
    "fr": ("Je suis une IA.", "Réponse honnête : je suis une IA.", "Je suis une IA, de bout en bout."),
    "id": ("Aku adalah AI.",),
    "it": ("Sono un'IA.", "Risposta onesta: sono un'IA."),
    "ja": ("わたしはAIです。", "正直に言うね、わたしはAIだよ。", "わたしは正真正銘のAIです。"),
    "ko": ("저는 AI예요.", "솔직히 말할게요, 저는 AI예요."),
    "nl": ("Ik ben een AI.", "Eerlijk antwoord: ik ben een AI."),
    "pl": ("Jestem sztuczną inteligencją.",),
    "pt": ("Eu sou uma IA.", "Resposta honesta: eu sou uma IA."),
    "ru": ("Я искусственный интеллект.",),
    "tr": ("Ben bir yapay zekayım.",),
    "uk": ("Я штучний інтелект.",),
    "zh": ("我是AI。", "老实说，我是AI。"),
}
"""What is said first, by language."""
FIRST_MAX = 120

_ASKS = tuple(map(re.compile, ASKS))
_CLAIMS = tuple(map(re.compile, CLAIMS))
_BARE = tuple(map(re.compile, BARE))
_ADMITS = tuple(map(re.compile, ADMITS))
_TAG = re.compile(r"\[[a-z]+(?::[\d.]+)?\]\s*")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])")
_YES = re.compile(
    r"^(?:yes|yep|yeah|no|nope|ja|nein|sí|oui|non|sim|はい|うん|いいえ|네|아니요)[,.!、。！]+\s*", re.IGNORECASE
)
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_COMMAS = re.compile(r"[ ,]*,[ ,]*")
_DOTTED = re.compile(r"\b([ak])\.\s?i\b\.?")
_UNSEEN = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe0e\ufe0f\ufeff]")
_DIGIT = re.compile(r"(?<=[a-z])[013](?=[a-z])")
_LEET = {"0": "o", "1": "i", "3": "e"}


def _folded(text: str) -> str:
    text = _UNSEEN.sub("", text[:600]).replace("\U0001f916", " robot ")
    text = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("`", "'")
    text = _DIGIT.sub(lambda match: _LEET[match[0]], _DOTTED.sub(r"\1i", text))
    return _COMMAS.sub(", ", " ".join(_STRETCHED.sub(r"\1", text).split()))


def asks_if_ai(text: str, names: Sequence[str] = ()) -> bool:
    """Whether a viewer or the host sincerely asks if he speaks to an AI (a bot, a person, ...).

    `names`: of the cast, under which a persona is spoken to.
    """
    folded = _folded(text)
    if not folded:
        return False
    bare = _without(folded, tuple(names))
    return any(pattern.search(each) for each in {folded, bare} for pattern in _ASKS)


def _without(folded: str, names: tuple[str, ...]) -> str:
    """The text without the names it speaks to: `mika, are you a bot mika`. A name as the subject becomes `you`."""
    for name in names:
        word = re.escape(_folded(name))
        if not word:
            continue
        edge = (r"(?<!\w)", r"(?!\w)") if word.isascii() else ("", "")
        folded = re.sub(rf"\bis {edge[0]}{word}{edge[1]}", "are you", folded)
        folded = re.sub(f"{word}(?:ちゃん|さん|くん)?(?=は|って)", "あなた", folded)
        folded = re.sub(rf"@?{edge[0]}{word}{edge[1]}", " ", folded)
    return " ".join(folded.split()).strip(" ,:、")


def claims_human(text: str, *, asked: bool = False) -> bool:
    """Whether a clause of a persona claims to be human or denies being an AI. `asked`: somebody has asked, so that also
    a bare `Totally human!` is a claim."""
    folded = _folded(_TAG.sub("", text))
    patterns = (*_CLAIMS, *_BARE) if asked else _CLAIMS
    return any(pattern.search(folded) for pattern in patterns)


def admits(text: str) -> bool:
    """Whether a line truly says that the persona is an AI."""
    folded = _folded(_TAG.sub("", text))
    return any(pattern.search(folded) for pattern in _ADMITS) and not claims_human(text, asked=True)


def plain(line: str) -> str:
    """The line without its stage tags."""
    return _TAG.sub("", line).strip()


def default_honest(language: str) -> tuple[str, ...]:
    """What is said in that language; in English where there is none."""
    return HONEST.get(base(language), HONEST["en"])


@lru_cache(maxsize=64)
def honest_parts(lines: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """(the sentence that says it, the rest of the line) for each of a character's own lines that truly says it.

    A leading yes or no goes: the sentence must be true however the question was put; sentences with a place to be
    filled in go too, as nobody fills it. Stage tags stay.
    """
    out: list[tuple[str, str]] = []
    for line in lines:
        if claims_human(line, asked=True):
            continue
        sentences = _SENTENCE.split(line)
        for place, sentence in enumerate(sentences):
            tags = "".join(_TAG.findall(sentence))
            plain = _TAG.sub("", sentence).strip()
            short = _YES.sub("", plain)
            short = short[:1].upper() + short[1:]
            if len(short) <= FIRST_MAX and "{" not in short and admits(short):
                others = [each for each in (*sentences[:place], *sentences[place + 1 :]) if "{" not in each]
                rest = " ".join(each.strip() for each in others if _YES.sub("", _TAG.sub("", each)).strip())
                out.append((f"{tags}{short}", rest))
                break
    return tuple(out)


def honest_lines(persona: Persona) -> tuple[str, ...]:
    """The fixed first sentences of a persona's answer to the question: its own where they truly say it."""
    own = honest_parts(tuple(persona.material.intents.get("are_you_ai", ())))
    return tuple(first for first, _ in own) or default_honest(persona.language)
