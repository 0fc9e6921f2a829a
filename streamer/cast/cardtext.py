"""The texts of character cards, made fit for a show: macros resolved, narration taken out, language guessed. Pure.

Cards are written for typed role play between two: `*smiles* "Hello, {{user}}!"`. A stage speaks to a crowd, aloud.
"""

import re
import unicodedata

# What YAML cannot hold, what breaks its lines, and marks that only direct the display of text.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
_BREAK = re.compile("\r\n|[\r\x85\u2028\u2029]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_MACRO = re.compile(r"\{\{([^{}]*)\}\}")
_OLD_MACRO = re.compile(r"<(user|bot|char|start)>", re.IGNORECASE)
# `**bold**` is stress, `*one star*` is narration.
_NARRATION = re.compile(r"(?<!\*)\*(?!\*)[^*]*\*(?!\*)")
_BRACKETED = re.compile(r"\[[^\[\]]*\]")
_LINK = re.compile(r"!?\[([^\[\]]{0,200})\]\([^()\s]{0,500}\)")
_MARKUP = re.compile(r"<[^<>]{0,300}>|[*_`~#]{2,}|[*`#]")
_QUOTED = re.compile(r'["“«「]([^"“”«»「」]*[^\s"“”«»「」])["”»」]')
_SPOKEN_END = (".", "!", "?", "…", ",", "~", "—", "-", "。", "！", "？", "、")
_SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]++[\"')\]]*+(?=\s)|[。！？]++[」』]?")
_STAGE_TAG = re.compile(r"^[a-z]+(?::(?:0(?:\.\d+)?|1(?:\.0+)?))?$")

_CROWD = {"ja": "みんな", "ko": "여러분", "zh": "大家", "ru": "чат"}
_SCRIPTS = (
    ("ja", re.compile("[\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9d]")),
    ("ko", re.compile("[\uac00-\ud7a3\u1100-\u11ff]")),
    ("zh", re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("hi", re.compile("[\u0900-\u097f]")),
)
_LITTLE_WORDS = {
    tag: frozenset(words.split())
    for tag, words in {
        "en": "the and is of to in with she he her his that you for are",
        "de": "der die das und ist nicht ein eine mit sie er ihr den für auf",
        "es": "el la los las y es de que una con su en por para ella",
        "fr": "le la les et est des une avec elle il dans pour que qui sur",
        "pt": "o a os as e é de que uma com ela ele em para não",
        "it": "il lo la gli e è di che una con lei per non sono della",
    }.items()
}


def clean(text: str) -> str:
    """The text without what a YAML file or a screen cannot show; line breaks are `\\n`, half characters `\ufffd`."""
    return _CONTROL.sub("", _SURROGATE.sub("\ufffd", _BREAK.sub("\n", text)))


def one_line(text: str) -> str:
    return " ".join(clean(text).split())


def paragraphs(text: str) -> str:
    """Each line trimmed and its spaces collapsed, at most one empty line between two."""
    lines = "\n".join(" ".join(line.split()) for line in clean(text).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def resolve(text: str, *, char: str, user: str) -> str:
    """The text with the macros of the V3 specification filled in (case-insensitive, also the old `<USER>` and `<BOT>`).

    A choice (`random`, `pick`, `roll`) takes its first value, so that an import is the same each time; comments, hidden
    keys and macros nobody knows leave nothing. At most eight levels of macros inside macros are looked at.
    """
    # A name that holds a macro would grow with every level.
    char, user = (each.replace("{", "(").replace("}", ")") for each in (char, user))

    def old(match: re.Match[str]) -> str:
        return {"user": user, "start": ""}.get(match[1].lower(), char)

    def put(match: re.Match[str]) -> str:
        word = match[1].strip()
        name, _, rest = word.partition(":")
        match name.strip().lower():
            case "char" | "bot":
                return char
            case "user":
                return user
            case "random" | "pick":
                return _first_choice(rest)
            case "reverse":
                return rest.strip()[::-1]
            case "roll":
                return "1"
            case _:
                return ""

    for _ in range(8):
        resolved = _MACRO.sub(put, text)
        if resolved == text:
            break
        text = resolved
    return _OLD_MACRO.sub(old, text)


def _first_choice(rest: str) -> str:
    """Of `a,b` or `:a::b`; an escaped comma belongs to its choice."""
    parts = rest[1:].split("::") if rest.startswith(":") else re.split(r"(?<!\\),", rest)
    return parts[0].replace("\\,", ",").strip()


def spoken(text: str, *, stage_tags: tuple[str, ...], limit: int) -> str:
    """What of a greeting can be said aloud: narration between asterisks, remarks in brackets and markup are left out.

    Where direct speech is quoted (`She waves. "Hello there!"`), only that is kept. Stage tags stay. Empty when nothing
    is left to say.
    """

    def bracket(match: re.Match[str]) -> str:
        tag = match[0][1:-1]
        return match[0] if _STAGE_TAG.match(tag) and tag.partition(":")[0] in stage_tags else " "

    text = _MARKUP.sub(" ", _LINK.sub(lambda link: "" if link[0][0] == "!" else link[1], _NARRATION.sub(" ", text)))
    text = _BRACKETED.sub(bracket, text)
    speech = [part for part in _QUOTED.findall(text) if part.endswith(_SPOKEN_END)]
    if speech:
        text = " ".join(part[:-1] + "." if part.endswith(",") else part for part in speech)
    return cut(one_line(text), limit)


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, ended after a whole sentence if one fits in them, else after a whole word."""
    if len(text) <= limit:
        return text.strip()
    ends = [match.end() for match in _SENTENCE_END.finditer(text[: limit + 1]) if match.end() <= limit]
    if ends and ends[-1] >= limit // 4:
        return text[: ends[-1]].strip()
    head = text[: limit - 1]
    return head[: head.rfind(" ") if " " in head[limit // 2 :] else len(head)].strip() + "…"


def crowd(language: str) -> str:
    """What `{{user}}` becomes: a show talks to all of its chat."""
    return _CROWD.get(language.partition("-")[0], "chat")


def guess_language(text: str) -> str:
    """A BCP 47 tag from the script, for Latin ones from the little words; `en` when in doubt."""
    text = text[:20_000]
    letters = sum(character.isalpha() for character in text)
    if not letters:
        return "en"
    counts = {tag: len(script.findall(text)) for tag, script in _SCRIPTS}
    if counts["ja"] and (counts["ja"] + counts["zh"]) * 5 > letters * 2 and counts["ja"] * 20 > counts["zh"]:
        return "ja"
    tag = max(counts, key=lambda each: counts[each])
    if counts[tag] * 5 > letters * 2:
        return tag
    words = re.findall(r"[^\W\d_]+", text.lower())
    scores = {tag: sum(word in known for word in words) for tag, known in _LITTLE_WORDS.items()}
    best = max(scores, key=lambda each: scores[each])
    return best if scores[best] > scores["en"] * 1.5 and scores[best] >= 5 else "en"


def slug(text: str) -> str:
    """A folder name: a-z, 0-9, `-` and `_`, at most 32; empty when the text has none of these."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9_]+", "-", plain).strip("-_")[:32].strip("-_")
