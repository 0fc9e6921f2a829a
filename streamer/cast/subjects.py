"""What a persona talks about: subjects and whole sentences picked out of its description."""

import re
import unicodedata

from streamer.cast.card import Persona
from streamer.cast.honesty import claims_human
from streamer.cast.names import base
from streamer.cast.words import STOP, word_set

SUBJECTS_MAX = 10
FACT_MAX = 140

_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|\n+")
_VERBS = (
    r"loves?|likes?|adores?|hates?|collects?|plays?|bakes?|cooks?|draws?|paints?|builds?|fixes|repairs?|grows?|studies"
    r"|watches|reads?|sings?|knits?|keeps?|sells?|hunts?|chases?|explores?|worships?|fears?|misses|enjoys?|tells?"
    r"|writes?|invents?|knows?|dreams? (?:of|about)|talks? (?:of|about)|thinks? (?:of|about)|busy with"
    r"|(?:obsessed|fascinated) (?:with|by)|fond of|afraid of|proud of|expert (?:in|on|at)|fan of|into|made of"
    r"|interest in|passion for|opinions (?:on|about)|stories (?:of|about)|collection of|weakness for"
)
_AFTER = re.compile(rf"\b(?:{_VERBS})\s+(?=([^.;:!?()]+))", re.IGNORECASE)
_AND = re.compile(r",\s*(?:and\s+|or\s+)?|\s+and\s+|\s+or\s+|\s+but\s+|\s+than\s+")
_PREPOSITION = re.compile(
    r"\s+(?:who|which|that|when|while|because|as|from|with|in|at|on|to|for|by|about|of|like|if|after|before|under"
    r"|over)\s+"
)
_LEAD = re.compile(
    r"^(?:(?:all|every|each|some|many|any|two|three|really|especially|only|even|both|strange|most)\s+)+", re.IGNORECASE
)
_PLAIN = re.compile(r"^[^\W\d_]+(?:['’-][^\W\d_]+)*(?: [^\W\d_]+(?:['’-][^\W\d_]+)*){0,2}$")
_DULL = STOP | word_set(
    "she he they them something everything anything someone everyone everybody people things stuff life world day"
    " days night time times name way ways lot bit co-host cohost host stream streamer ai viewer viewers chat character"
    " voice words jokes joke questions question being herself himself smell sound taste feeling stories story soft spot"
    " argues sake end beginning rest weakness passion collection interest kind sort habit edge middle top bottom name"
)
_NOUN = re.compile(r"\b((?:the|her|his|their)\s+(?:[a-z][a-z'-]+ ){0,2}[a-z][a-z'-]{2,})\b")

_JA_LIKED = re.compile(
    "([\u3041-\u30ff\u4e00-\u9fff々ー]{1,14}?)(?:が|を|に|の話が|のことが)"
    "(?:大好き|好き|得意|苦手|集め|愛し|夢中|こだわ|作|育て|研究|大切)"
)
_JA_RUN = re.compile("[\u30a1-\u30fa\u30fc]{3,10}|[\u4e00-\u9fff々]{2,6}")
_JA_DULL = word_set(
    " 配信 配信者 視聴者 一人 二人 自分 今日 名前 時間 大好 毎日 毎晩 本当 人間 質問"
    " コメント キャラクター 相棒 言葉 性格 口癖 苦手 得意 本気 全力 普段 最近 存在"
    " 意外 大事 大切 元気 一番 全部 少女 少年 女性 男性 関西弁"
)
_JA_LEAD = re.compile("^.*(?:は|が|と|や|も|の|で|、|より|から)(?=.)")


def subjects_of(persona: Persona) -> tuple[str, ...]:
    """Up to ten things of one to three plain words that the persona is about, the most characteristic first."""
    text = unicodedata.normalize("NFKC", " ".join((persona.sentences, *persona.facts)))
    names = {part.casefold() for name in (persona.name, persona.id, *persona.names) for part in name.split()}
    found = _japanese(text, names) if base(persona.language) == "ja" else _latin(text, names)
    return tuple(dict.fromkeys(found))[:SUBJECTS_MAX]


def _latin(text: str, names: set[str]) -> list[str]:
    liked = [part for match in _AFTER.finditer(text) for part in _AND.split(match[1])[:4]]
    out: list[str] = []
    for raw in (*liked, *(match[1] for match in _NOUN.finditer(text))):
        phrase = next((said for part in _PREPOSITION.split(raw)[:2] if (said := _phrase(part, names))), "")
        folded = phrase.casefold()
        if phrase and not any(folded in each.casefold() or each.casefold() in folded for each in out):
            out.append(phrase)
    return out


def _phrase(raw: str, names: set[str]) -> str:
    """A subject as the persona would put it: `old radios`, `the tide`, `my parrot`; empty for what is none."""
    words = _LEAD.sub("", raw.strip(" \"'“”")).split()
    article = ""
    if words and words[0].casefold() in {"the", "her", "his", "their", "its"}:
        article = "the " if words[0].casefold() == "the" else "my "
        words = words[1:]
    if words and words[0].casefold() in {"a", "an"}:
        return ""  # one of many: `I could talk about lamp` is no sentence
    kept: list[str] = []
    for word in words:
        if word.casefold() in _DULL or word.casefold() in names or len(kept) == 3:
            break
        kept.append(word)
    phrase = " ".join(kept)
    if not _PLAIN.match(phrase) or len(phrase) < 4 or (len(kept) == 1 and phrase.casefold().endswith(("ly", "ed"))):
        return ""
    return article + phrase


def _japanese(text: str, names: set[str]) -> list[str]:
    liked = [_JA_LEAD.sub("", match[1]) for match in _JA_LIKED.finditer(text)]
    runs = _JA_RUN.findall(text)
    out: list[str] = []
    for phrase in (*liked, *runs):
        known = any(phrase in each or each in phrase for each in out)
        if len(phrase) > 1 and phrase not in _JA_DULL and phrase.casefold() not in names and not known:
            out.append(phrase)
    return out


def facts_of(persona: Persona) -> tuple[str, ...]:
    """Sentences about the persona that can be read aloud as they are, its facts first."""
    told = (*persona.facts, *_SENTENCE.split(persona.sentences))
    name = persona.name.casefold()
    out: list[str] = []
    for each in told:
        fact = " ".join(each.split())
        folded = fact.casefold()
        about = folded.startswith((name, "she ", "he ", "they ", "it ", "her ", "his ", "their ")) or not fact.isascii()
        if about and 12 <= len(fact) <= FACT_MAX and "{" not in fact and "[" not in fact and not claims_human(fact):
            out.append(
                (fact if fact[-1] in ".!?。！？" else f"{fact}.")
                if base(persona.language) != "ja"
                else fact.rstrip("。")
            )
    return tuple(dict.fromkeys(out))
