"""Who a text speaks to and what kind of thing it is: what the rules need to know so that they need no words."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from functools import lru_cache

from msgspec.structs import replace

from streamer.cast.audience import is_reply, to_audience
from streamer.cast.card import Persona
from streamer.cast.words import cluster_key, content_words, word_set
from streamer.core.events import Features

_CJK = "\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af"
_HONORIFIC = "ちゃん|さん|くん|様|さま|たん|先輩|せんぱい|氏|先生"
_PARTICLE = "は|が|を|に|も|の|と|って|、|，|,|！|!|？|\\?|\\s|$|へ|で|よ|ね|だ|です"
# Names that are everyday words: only an address (`@joy`, `joy, ...`, `..., joy`, `hey joy`) counts as one.
_WORDLIKE = word_set(
    "ace ai al angel april art ash autumn bill bunny dawn echo eve faith fox grace hope hunter ivy jade joy "
    "june king luck max mark may melody misty noble nova pat pepper rain ray red rich rob rose ruby sky snow "
    "star storm summer sunny tiger violet will winter ame rin"
)  # fmt: skip
_EVERYONE = re.compile(
    r"\b(?:both of you|you (?:two|both|guys|all)|y'all|the two of you|all of you|either of you|each of you"
    r"|(?:hey|hi|hello) (?:girls|ladies|team)"
    r"|ihr (?:beide[n]?|zwei)|euch beide[n]?|(?:vo)?usted?es dos|(?:vosotr|nosotr)[oa]s|las dos|los dos"
    r"|vous deux|toutes les deux)\b"
    r"|(?:お|御)?二人(?:とも|は|って|の|に|で|、|とも)|ふたりとも|お二方|两位|你们"
)
_EVERYONE_HINTS = (
    "you",
    "y'all",
    "ihr",
    "euch",
    " dos",
    "otr",
    "deux",
    "girls",
    "ladies",
    "team",
    "人",
    "方",
    "ふたり",
    "们",
    "位",
)
_ASKS_JA = re.compile(
    "(?:か|何|なに|誰|だれ|どこ|いつ|どれ|どっち|かな|の|っけ|でしょう?|かい)[。!！〜~ｗw\\s]*$|^(?:何|なに|なん|誰|だれ|いつ|どこ|どう|なぜ"
    "|なんで|どんな|どっち|どれ)|(?:何|誰|どう|どっち|どこ|なぜ)[^。]{0,12}(?:か|の|ですか)"
    "|(?:吗|呢|什么|为什么|怎么|哪)[。!！]*$|^(?:为什么|怎么|什么|谁|哪)"
)
_WH = "what|whats|what's|who|whos|who's|why|how|hows|how's|when|where|wheres|where's|which|whose"
_WH_OTHER = (
    "was|wer|wie|warum|wieso|weshalb|wann|wo|welche[rsn]?|qué|que tal|quién|cómo|cuándo|dónde|cuál|por qué|porque no"
    "|est-ce|pourquoi|comment|quand|où|quel(?:le)?s?|qui|come|perché|quando|dove|chi|o que|quem|por que"
)
_AUX = (
    "is|are|am|was|were|do|does|did|can|could|would|will|should|shall|have|has|had|may|might|isn't|aren't"
    "|don't|doesn't|didn't"
    "|can't|couldn't|won't|wouldn't|shouldn't|haven't"
)
_SUBJECT = (
    "i|you|u|we|they|he|she|it|this|that|these|those|there|the|a|an|my|your|our|his|her|their|any|anyone"
    "|anybody|someone|chat|cats?|dogs?"
)
_ASKS = re.compile(
    rf"^(?:(?:so|and|but|ok|okay|hey|hi|hello|yo|wait|well|oh|um|also|btw|quick question|question"
    rf"|honest question)[,:.!]?\s+)*"
    rf"(?:(?:{_WH})\b(?!\s+(?:a|an|cute|nice|dare|sweet|lovely|ever|beautiful|fun|funny)\b)"
    rf"|(?:{_AUX})\s+(?:{_SUBJECT})\b"
    rf"|(?:{_WH_OTHER})\s+\S+|(?:magst|hast|kannst|bist|willst|findest|kennst|spielst|isst|mögt|habt|könnt"
    rf"|seid) (?:du|ihr)\b"
    rf"|(?:te gusta|puedes|tienes|eres|sabes|as-tu|es-tu|tu aimes|peux-tu)\b|any (?:tips|advice"
    rf"|recommendations?|ideas)\b"
    rf"|(?:rate|rank|recommend|settle|explain|thoughts on|opinions? on)\b)"
)
_LINKISH = re.compile(r"\S*(?:://|www\.)\S*")
_EMOTE_CODE = re.compile(
    r"^(?::[\w+-]{1,32}:|[a-z][a-z0-9]{2,11}[A-Z][A-Za-z0-9]{1,24}|[xXoO]_[xXoO]|<3+"
    r"|[:;=8xX][-']?[()\[\]dDpPoO3/\\|*]+|\^_*\^|[oO]7|T_+T|>_+<)$"
)
_EMOTES = word_set(
    "Kappa KappaPride Keepo LUL LULW KEKW OMEGALUL PogChamp Pog POG POGGERS PogU Poggers monkaS monkaW Pepega "
    "PepeHands FeelsBadMan FeelsGoodMan FeelsStrongMan BibleThump Kreygasm ResidentSleeper NotLikeThis "
    "TriHard 4Head SeemsGood WutFace HeyGuys VoHiYo bleedPurple TwitchUnity catJAM widepeepoHappy peepoHappy "
    "peepoClap PepeLaugh Sadge Clap EZ GIGACHAD xdd PETPET HYPERS D: Prayge Bedge Wokege DinoDance CoolCat "
    "PopNemo SUBprise MercyWing1 MercyWing2 GlitchCat StinkyGlitch PridePog AYAYA Jebaited SourPls COGGERS "
    "modCheck Copium COPIUM HmmOk Hmmge NODDERS NOPERS o7 WW www ｗｗｗ 草 lul kekw lol lmao xD XD"
)  # fmt: skip
_NAME_WORD = re.compile(r"[^\W_]+")
_DOUBLED = re.compile(r"(.)\1+")
_SPACED_NAME = re.compile(r"\s+")


class _Names:
    """The names of a cast, ready to look for."""

    def __init__(self, cast: tuple[tuple[str, tuple[str, ...]], ...]) -> None:
        self.owner: dict[str, str] = {}
        """Persona by name in one word, without doubled letters."""
        self.longer: list[tuple[re.Pattern[str], str]] = []
        """Names of several words, or with signs in them."""
        self.scripts: list[tuple[re.Pattern[str], str]] = []
        for persona, names in cast:
            for name in (folded for each in names if (folded := _fold(each).strip())):
                if re.search(f"[{_CJK}]", name):
                    self.scripts.append((_script_pattern(name), persona))
                    continue
                if _NAME_WORD.fullmatch(name):
                    self.owner.setdefault(_squeeze(name), persona)
                else:
                    self.longer.append((_name_pattern(name), persona))
        self.first = frozenset(name[0] for name in self.owner)


def _name_pattern(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_]){_stretchy(name)}(?![^\W_])")


def _stretchy(name: str) -> str:
    """`mika` also as `miiika`; a space as any white space."""
    return "".join(r"\s+" if char.isspace() else re.escape(char) + "+" for char in _SPACED_NAME.sub(" ", name))


def _squeeze(name: str) -> str:
    return _DOUBLED.sub(r"\1", name)


def _script_pattern(name: str) -> re.Pattern[str]:
    escaped = re.escape(name)
    if re.fullmatch("[\u30a1-\u30ff]+", name):
        return re.compile(f"(?<![\u30a1-\u30ff]){escaped}(?![\u30a1-\u30ff])")
    if re.fullmatch("[\u3041-\u309f\u30fc]+", name):
        return re.compile(f"(?<![\u3041-\u309f]){escaped}(?=(?:{_HONORIFIC}|{_PARTICLE}))")
    if re.fullmatch("[\u4e00-\u9fff]+", name):
        return re.compile(f"(?<![\u4e00-\u9fff]){escaped}(?![\u4e00-\u9fff])|{escaped}(?={_HONORIFIC})")
    return re.compile(escaped)


@lru_cache(maxsize=16)
def _names_of(cast: tuple[tuple[str, tuple[str, ...]], ...]) -> _Names:
    return _Names(cast)


def _names(cast: Sequence[Persona]) -> _Names:
    return _names_of(tuple([(persona.id, (persona.name, persona.id, *persona.names)) for persona in cast]))


def _fold(text: str) -> str:
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


def addressed(text: str, cast: Sequence[Persona]) -> tuple[tuple[str, ...], bool]:
    """Ids of the personas the text names, in order of first mention, and whether it speaks to all of them.

    Names match whole words (`Al` is not in `also`), stretched (`miiika`), with `@`, with `'s`; katakana and kanji names
    match between other letters of Japanese text but not inside a longer word (`ミカ` is not in `ミカン`).
    """
    found, everyone = _addressed(_fold(text), _names(cast))
    return tuple(dict.fromkeys(persona for _, _, persona in found)), everyone


def _addressed(folded: str, names: _Names) -> tuple[list[tuple[int, int, str]], bool]:
    """(start, end, persona) of each name by place, and whether everybody is spoken to."""
    found: list[tuple[int, int, str]] = []
    for match in _NAME_WORD.finditer(folded):
        word = match[0]
        if word[0] not in names.first:
            continue
        persona = names.owner.get(_squeeze(word))
        if persona is not None and (_squeeze(word) not in _WORDLIKE or _vocative(folded, match)):
            found.append((match.start(), match.end(), persona))
    for pattern, persona in (*names.longer, *(names.scripts if not folded.isascii() else ())):
        if match := pattern.search(folded):
            # The longer name covers a shorter one inside it.
            found = [each for each in found if not match.start() <= each[0] < match.end()]
            found.append((match.start(), match.end(), persona))
    found.sort()
    everyone = any(hint in folded for hint in _EVERYONE_HINTS) and _EVERYONE.search(folded) is not None
    return found, everyone


def _vocative(folded: str, match: re.Match[str]) -> bool:
    before, after = folded[: match.start()].rstrip(), folded[match.end() :].lstrip()
    if before.endswith("@"):
        return True
    if re.search(r"(?:^|\s)(?:hey|hi|hello|yo|ok|okay|dear|thanks|sorry)$", before):
        return True
    return (not before and after[:1] in {",", ":", "!", "?", ""}) or (
        before.endswith(",") and after[:1] in {"", "?", "!", "."}
    )


def is_question(text: str) -> bool:
    """Whether the text asks something: by its mark, or by how it begins or ends (several languages)."""
    return _is_question(_fold(text))


def _is_question(folded: str) -> bool:
    if "?" in folded:
        stripped = _LINKISH.sub("", folded) if "://" in folded or "www." in folded else folded
        if "?" in stripped and re.search(r"[^\W_]", stripped):
            return True
    if not folded.isascii() and _ASKS_JA.search(folded):
        return True
    return _ASKS.match(folded) is not None


_CLOSES = " \t\n\"'”’»)]）」』】~〜～♪♡♥☆★…ｗw"
_ASKS_LAST_JA = re.compile(
    "(?:(?:ます|ません|です|でした|ました|でしょう|だろう|ない|たい|いい|の)か|っけ|かな|かい|でしょう?|吗|嗎|呢)[。.]?$"
)
_MUSES_JA = re.compile("(?:そう|なるほど|やっぱり|そういうこと)(?:です|なの|だったの|なん|だったん)?か[。.]?$")


def ends_with_question(text: str) -> bool:
    """Whether what somebody said ends with a question, so that a reply is expected. Written text has a mark there;
    Japanese and Chinese may have a particle instead."""
    last = _fold(text).rstrip(_CLOSES)
    if last.endswith("?"):
        return re.search(r"[^\W_]", last) is not None
    return not last.isascii() and _ASKS_LAST_JA.search(last) is not None and _MUSES_JA.search(last) is None


def is_emote_only(text: str, emotes: Collection[str] = ()) -> bool:
    """Whether the text holds emotes, emoji and faces and no words. `emotes` are the codes the platform marked."""
    tokens = text.split()
    return bool(tokens) and all(_is_emote(token, emotes) for token in tokens)


def _is_emote(token: str, emotes: Collection[str]) -> bool:
    if token in _EMOTES or token in emotes or _EMOTE_CODE.match(token):
        return True
    return not any(char.isalnum() for char in token) and any(
        unicodedata.category(char) in {"So", "Sk"} for char in token
    )


def features(text: str, cast: Sequence[Persona], emotes: Collection[str] = ()) -> Features:
    """What ingress notes about a text. Never raises; the same in every process."""
    text = text.strip()[:2_000]
    folded = _fold(text)
    names = _names(cast)
    found, everyone = _addressed(folded, names)
    rest = folded
    if found:
        for start, end, _ in reversed(found):
            rest = f"{rest[:start]} {rest[end:]}"
        rest = rest.strip(" ,:!@、")
    words = content_words(rest)
    tokens = text.split()
    count = len(tokens)
    if not text.isascii():
        count += sum(1 for char in text if "\u3040" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7af") // 2
    return Features(
        addressed=tuple(dict.fromkeys(persona for _, _, persona in found)),
        everyone=everyone,
        question=_is_question(rest) if rest else False,
        command=text.startswith("!") and len(text) > 1 and not text[1].isspace() and text[1] != "!",
        emote_only=bool(tokens) and all(_is_emote(token, emotes) for token in tokens),
        words=count,
        topic=cluster_key(words),
    )


def spoken_by_host(text: str, noted: Features) -> Features:
    """What `features` noted about a text, and whom the host speaks to with it when he names nobody."""
    folded = _fold(text.strip()[:2_000])
    audience = to_audience(folded)
    return replace(noted, audience=audience, reply=not audience and is_reply(folded, noted.words))
