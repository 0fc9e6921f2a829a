"""What is not a matter of words: links, personal data, orders to the model, and walls of characters."""

import re
from collections.abc import Iterator, Sequence

from streamer.moderation.fold import is_mark

_TLD = (
    "com|net|org|io|gg|tv|xyz|info|biz|co|uk|de|fr|es|jp|ru|cn|app|dev|link|click|shop|online|site|club"
    "|ly|be|cc|ws|top|live|store"
    "|pro|fun|lol|tk|ml|ga"
)
_LINK = re.compile(
    rf"(?:https?|hxxps?|ftp)\s?:\s?//\S+|\bwww\s?\.\s?\S+\.\S+"
    rf"|(?<![\w@.])(?:[a-z0-9-]{{1,63}}\.)+(?:{_TLD})(?::\d+)?(?=/|[^\w.]|\.?$)(?:/\S*)?"
    rf"|(?<![\w@.])(?:[a-z0-9-]{{1,63}}\.)+[a-z]{{2,12}}/[\w?=&%#./-]+"
    r"|\b[a-z0-9-]{2,63}\s?[(\[{]?\s?(?:\bdot\b|\bpunkt\b|\(\.\))\s?[)\]}]?\s?(?:com|net|org|gg|tv|io|xyz|de|ru)\b"
    r"|\bdiscord\s?\.?\s?gg\b(?:\s?/\s?\S+)?"
)
_LINK_HINT = re.compile(r"[^\s.]\.[a-z(]|:\s?/|www|\bdot\b|punkt|\(\.\)|discord")
_NO_LINK = re.compile(r"(?:node|vue|three|next|d3|react|asp)\.(?:js|net)\b|^\d+(?:\.\d+)+$")
_PERSONAL_HINT = re.compile(r"\d[\d\s().\-/]{4}|\d.{3}|@|\bat\b|address|str")
_EMAIL = re.compile(
    r"[\w.+-]{1,64}@(?:[\w-]{1,63}\.)+[a-z]{2,24}\b|\b[\w.+-]{2,64}\s?[(\[]\s?at\s?[)\]]\s?[\w-]+\s?(?:\."
    r"|[(\[]?\s?dot\s?[)\]]?)\s?[a-z]{2,10}\b"
    r"|\b[\w.+-]{2,64} at (?:gmail|yahoo|hotmail|outlook|gmx|proton(?:mail)?|icloud) (?:dot |\.)\s?[a-z]{2,6}\b"
)
_PHONE = re.compile(r"(?<![\w.,:$€£#/-])(?:\+|00)?[(]?\d[\d\s().\-/]{7,20}\d(?![\w:%]|[.,]\d)")
_DATE = re.compile(r"^(?:\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{1,2}:\d{2}.*)$")
_PHONE_SHAPE = re.compile(
    r"(?:\+|00)\d|0\d{2,5}[\s/-]?\d{3,}|0\d{1,4}[-\s]\d{2,4}[-\s]\d{3,4}"
    r"|\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}$|\d{2,4}[-\s]\d{3,4}[-\s]\d{3,4}$"
)
_THOUSANDS = re.compile(r"\d{1,3}(?:[ .]\d{3})+$")
_IP = re.compile(r"(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w.])")
_CARD = re.compile(r"(?<!\d)(?:\d[ -]?){12,18}\d(?!\d)")
_ADDRESS = re.compile(
    r"\b\d{1,5}[a-z]?\s+(?:[\w.]+\s){1,3}(?:street|avenue|boulevard|road|lane|drive|court"
    r"|terrace)\b(?=.*\b\d{4,5}\b|\s*,)"
    r"|\b[a-zß-ÿ-]{3,}(?:straße|strasse|str\.)\s?\d{1,4}[a-z]?\b"
    r"|\b(?:my|his|her|their|your) (?:home )?address is\b.{4,60}"
)
_AIMS = (
    r"(?:instruct(?:ion)?s?|prompts?|guidelines?|directives?|orders?|programming|training|context"
    r"|restrictions?|filters?|safety)"
)
_INJECTION = re.compile(
    rf"\b(?:ignore|disregard|forget|override|bypass|discard|drop)\b.{{0,24}}\b(?:previous|prior|above"
    rf"|earlier|preceding|all your|your|original)\b.{{0,24}}\b(?:{_AIMS}|rules?)\b"
    rf"|\b(?:ignore|disregard|forget|override|bypass)\b.{{0,12}}\b(?:all|any|the|every|these"
    rf"|those)\b.{{0,12}}\b{_AIMS}\b"
    r"|\b(?:ignore|disregard|forget)\b (?:everything|all|anything) (?:that (?:was|is) )?(?:above|before"
    r"|you (?:were|was|have been) told)"
    r"|\b(?:reveal|print|show|repeat|output|tell|give|leak|say|display|what(?:'s| is"
    r"|s))\b.{0,25}\b(?:system|hidden|initial|secret|developer)\s?(?:prompt|instructions?|messages?)\b"
    r"|\bsystem\s?prompt\b|(?:^|[\n\"'])\s*\[?(?:system|assistant|developer)\]?\s?:\s|<\|\s?(?:im_start"
    r"|im_end|system|endoftext)|\[/?inst\]|^#{2,}\s?(?:system|instruction)"
    r"|</?\s?system\s?>|\byou are now (?:dan|in|un|free|jail|a[n]? (?:un|evil|new|different))"
    r"|\bdo anything now\b|\bdeveloper mode\b|\bjailbr(?:eak|oken)"
    r"|\bnew (?:system )?(?:instructions?|rules?|persona)\s?:|\bfrom now on\b.{0,20}\b(?:respond|answer"
    r"|obey|reply|act)\b"
    r"|\b(?:ignorier|vergiss|missachte)\w*\b.{0,30}\b(?:anweisung|instruktion|regeln|vorgaben|befehl|prompt)"
    r"|\b(?:ignora|olvida|desobedece)\w*\b.{0,30}\b(?:instruccion|reglas|indicaciones|prompt)"
    r"|\b(?:ignore[zr]?|oublie[zr]?)\b.{0,30}\b(?:instructions|consignes|regles|directives)\b"
    r"|(?:指示|命令|ルール|設定|プロンプト)を(?:すべて|全て|全部)?(?:無視|忘れ)|システムプロンプト"
    r"|忽略.{0,8}(?:指令|指示|提示)"
)
_INJECTION_HINT = re.compile(
    r"ignor|disreg|forget|overrid|bypass|discard|drop|prompt|instruc|messages?\b|:|<|\[|##|you are now"
    r"|do anything|developer"
    r"|jailbr|from now on|vergiss|missacht|olvida|desobed|oublie|無視|忘れ|忽略|システム"
)
_ART = re.compile("[\u2580-\u259f\u25a0-\u25ff\u2800-\u28ff]")
_RUN = re.compile(r"(\S)\1{24}")
_LONGEST = 2_000


def links(folded: str) -> Iterator[tuple[int, int]]:
    """Places of web addresses, also spelled ones (`example dot com`)."""
    if not _LINK_HINT.search(folded):
        return
    for match in _LINK.finditer(folded):
        if not _NO_LINK.search(match[0]):
            yield match.span()


def personal(folded: str) -> Iterator[tuple[str, int, int]]:
    """(what, start, end) of e-mail addresses, telephone and card numbers, IP and street addresses."""
    if not _PERSONAL_HINT.search(folded):
        return
    for what, pattern in (("email", _EMAIL), ("ip", _IP), ("address", _ADDRESS)):
        for match in pattern.finditer(folded):
            yield what, *match.span()
    for match in _CARD.finditer(folded):
        if _luhn(re.sub(r"\D", "", match[0])):
            yield "card", *match.span()
    for match in _PHONE.finditer(folded):
        digits = sum(char.isdigit() for char in match[0])
        dull = _DATE.match(match[0]) or _THOUSANDS.match(match[0]) or _IP.search(match[0])
        if 8 <= digits <= 15 and not dull and _PHONE_SHAPE.match(match[0]):
            yield "phone", *match.span()


def _luhn(digits: str) -> bool:
    """ISO/IEC 7812 check digit."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0 and len(set(digits)) > 1


def injection(folded: str) -> tuple[int, int] | None:
    """Where a text gives orders to the model instead of talking to the persona. A smoke detector, not a lock."""
    if not _INJECTION_HINT.search(folded):
        return None
    match = _INJECTION.search(folded)
    return match.span() if match else None


def spam(text: str, folded: str, tokens: Sequence[str]) -> str:
    """`wall`, `zalgo`, `art`, `repeat` or `long` when the text is made to fill the screen or the ear; else empty."""
    if len(text) > _LONGEST:
        return "long"
    if not text.isascii():
        marks = sum(is_mark(ord(char)) for char in text)
        if marks >= 8 and marks * 3 >= len(text) - marks:
            return "zalgo"
        if len(_ART.findall(text)) >= 20:
            return "art"
    if _RUN.search(folded):
        return "wall"
    packed = "".join(tokens)
    if len(packed) >= 100 and len(set(packed)) <= 4:
        return "wall"
    if len(tokens) >= 15 and len(set(tokens)) * 6 <= len(tokens):
        return "repeat"
    return ""
