"""Verdicts: what the offline layers say about viewers' words, their names, and what a persona is about to say."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import msgspec

from streamer.core.verdict import ALLOW, Action, Verdict
from streamer.moderation.fold import LEET, LEET_L, fold, fold_map, is_mark, latin
from streamer.moderation.rules import Hit, Rules
from streamer.moderation.signs import injection, links, personal, spam

_TRUSTED = frozenset({"broadcaster", "moderator"})
_GRAVITY: dict[Action, int] = {"allow": 0, "replace": 1, "hold": 2, "drop": 3}
_WORD = re.compile(r"\S+")
_CAMEL = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+|[^\W\d_]+")
_MASKS = {"link": "(link)", "personal": "(removed)"}
_SAME_BEFORE = 3
_NAMES = 10_000


class Said(Protocol):
    """A message said just before."""

    @property
    def user(self) -> str: ...
    @property
    def text(self) -> str: ...


class Before(msgspec.Struct, frozen=True):
    """A message said just before, by the name of who said it."""

    user: str
    text: str


def judge(
    rules: Rules,
    text: str,
    *,
    name: str = "",
    role: str = "",
    channel_terms: Iterable[str] = (),
    messages: Sequence[Said] = (),
) -> Verdict:
    """What to do with a viewer's message. Never raises, whatever the text.

    `name` is the writer's display name, `role` the highest role he holds, `channel_terms` more blocked terms,
    `messages` what was said just before (oldest first; only the writer's own count). The gravest finding wins.
    A finding about the name has no span.
    """
    rules = rules.with_terms(channel_terms) if channel_terms else rules
    verdict = ALLOW
    if len(text) > 300 or not rules.plain(text):
        verdict = _worst(_findings(rules, text, trusted=role in _TRUSTED))
    if name:
        verdict = _graver(verdict, judge_name(rules, name))
    if messages and verdict.action != "drop":
        own = [said.text for said in messages if said.user == name]
        if own:
            verdict = _graver(verdict, _after(rules, text, own))
    return verdict


def judge_line(rules: Rules, text: str, *, before: str = "") -> Verdict:
    """What to do with words a persona is about to say; `before` is the end of what it said just now.

    Swearing is replaced; everything else that is listed, links and personal data mean `drop`: a canned line is better.
    """
    joined = before[-40:] + text
    if rules.plain(joined):
        return ALLOW
    offset = len(joined) - len(text)
    verdict = _worst(
        Verdict(
            "drop" if each.action == "hold" or each.rule.startswith(("link", "personal")) else each.action,
            each.rule,
            each.span,
        )
        for each in _findings(rules, joined, trusted=False)
        if each.rule != "injection" and each.span and each.span[1] > offset
    )
    if verdict.span is None:
        return verdict
    return Verdict(verdict.action, verdict.rule, (max(0, verdict.span[0] - offset), verdict.span[1] - offset))


def judge_name(rules: Rules, name: str) -> Verdict:
    """`drop` for a name that is an attack, `replace` (speak and show an alias) for one that cannot be said; no span."""
    found = rules.names.get(key := hash(name))
    if found is None:
        if len(rules.names) >= _NAMES:
            rules.names.clear()
        found = rules.names[key] = _judge_name(rules, name)
    return found


def _judge_name(rules: Rules, name: str) -> Verdict:
    if len(name) > 60 or (not name.isascii() and sum(is_mark(ord(char)) for char in name) > 4):
        return Verdict("replace", "name.unreadable")
    if rules.plain(name):
        return ALLOW
    folded = fold(name)
    segments = [segment.lower() for segment in _CAMEL.findall(name)]
    plain = latin(folded)
    views = [re.sub(r"[\W\d_]+", "", each) for each in (plain, plain.translate(LEET), plain.translate(LEET_L))]
    hits: list[tuple[str, str]] = [
        (hit.category, hit.action) for segment in segments for hit in rules.token_hits(segment)
    ]
    hits += [(hit.category, hit.action) for each in folded.split() for hit in rules.token_hits(each)]
    hits += [(entry.category, entry.action) for view in views if (entry := rules.lookup(view, glued=True))]
    dropped = [category for category, action in hits if action == "drop"]
    if dropped:
        return Verdict("drop", f"name.{dropped[0]}")
    if hits:
        return Verdict("replace", f"name.{hits[0][0]}")
    if next(links(folded), None) or next(personal(folded), None):
        return Verdict("replace", "name.link")
    if not any(char.isalnum() for char in folded):
        return Verdict("replace", "name.unreadable")
    rules.remember(folded.split())
    return ALLOW


def apply(verdict: Verdict, text: str) -> str:
    """The text with the verdict's span masked when it says `replace`; empty for `drop`; else as it is."""
    if verdict.action == "drop":
        return ""
    if verdict.action != "replace" or verdict.span is None:
        return text
    start, end = verdict.span
    return text[:start] + _MASKS.get(verdict.rule.split(".", 1)[0], "***") + text[end:]


def text_out(rules: Rules, text: str, verdict: Verdict, *, role: str = "", channel_terms: Iterable[str] = ()) -> str:
    """What may be shown of the text: every place to replace masked, not only the first one."""
    if verdict.action != "replace" or verdict.span is None:
        return apply(verdict, text)
    rules = rules.with_terms(channel_terms)
    spots = [
        each for each in _findings(rules, text, trusted=role in _TRUSTED) if each.action == "replace" and each.span
    ]
    out, last = text, len(text) + 1
    for each in sorted(spots, key=lambda each: each.span or (0, 0), reverse=True):
        if each.span and each.span[1] <= last:
            out, last = apply(each, out), each.span[0]
    return out


def _worst(found: Iterable[Verdict]) -> Verdict:
    worst = ALLOW
    for each in found:
        worst = _graver(worst, each)
    return worst


def _graver(one: Verdict, other: Verdict) -> Verdict:
    return other if _GRAVITY[other.action] > _GRAVITY[one.action] else one


def _findings(rules: Rules, text: str, *, trusted: bool) -> Iterator[Verdict]:
    """Everything the layers find, each with its place in the original text."""
    text_read = text[:4_000]
    folded, origin = fold_map(text_read)
    tokens = [(match[0], match.start(), match.end()) for match in _WORD.finditer(folded)]

    def place(start: int, end: int) -> tuple[int, int]:
        return origin[start], origin[end - 1] + 1 if end > start else origin[start]

    for hit in _word_hits(rules, tokens, folded):
        yield Verdict(hit.action, f"list.{hit.category}", place(hit.start, hit.end))
    if span := injection(folded):
        yield Verdict("drop", "injection", place(*span))
    for what, start, end in personal(folded):
        yield Verdict("replace", f"personal.{what}", place(start, end))
    if not trusted:
        for start, end in links(folded):
            yield Verdict("replace", "link", place(start, end))
        if kind := spam(text, folded, [token for token, _, _ in tokens]):
            yield Verdict("drop", f"spam.{kind}", (0, len(text)))


def _word_hits(rules: Rules, tokens: list[tuple[str, int, int]], folded: str) -> Iterator[Hit]:
    for token, start, _ in tokens:
        for hit in rules.token_hits(token):
            if not rules.excused(folded, start + hit.start, start + hit.end):
                yield Hit(hit.category, hit.action, start + hit.start, start + hit.end)
    yield from rules.phrase_hits(tokens, folded)
    rules.remember(token for token, _, _ in tokens)


def _after(rules: Rules, text: str, own: Sequence[str]) -> Verdict:
    """What the writer's last messages add: the same thing again and again, or a word spread over several messages."""
    folded = fold(text).strip()
    if len(folded) >= 8 and sum(fold(each).strip() == folded for each in own) >= _SAME_BEFORE:
        return Verdict("drop", "spam.repeat", (0, len(text)))
    pieces = [fold(each).strip() for each in own[-8:]] + [folded]
    if not folded or any(len(piece) > 4 for piece in pieces[-2:]):
        return ALLOW
    tail: list[str] = []
    for piece in reversed(pieces):
        if len(piece) > 4 or " " in piece:
            break
        tail.insert(0, piece)
        if len(tail) > 1 and (entry := rules.lookup("".join(tail))):
            return Verdict(entry.action if entry.action != "replace" else "drop", "spam.split", (0, len(text)))
    return ALLOW
