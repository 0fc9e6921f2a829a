"""The last look at a clause before it is spoken.

Judges every clause together with the last words before it, so that a phrase spread over two clauses is found when its
second half arrives and is never completed aloud. Costs no waiting: nothing of a clause is held back for the next one.
Fails closed: a judge that raises blocks the clause.
"""

from collections.abc import Callable
from typing import Final, Literal

import msgspec

from streamer.core.verdict import Verdict

CARRY_WORDS: Final = 8
CARRY_CHARS: Final = 96
MASK: Final = "…"

Judge = Callable[[str], Verdict]
Ruling = Literal["speak", "skip", "end"]


class Judged(msgspec.Struct, frozen=True):
    """`speak` this text, `skip` the clause, or `end` the line here. `rule` is what matched, "" when nothing did."""

    ruling: Ruling
    text: str = ""
    rule: str = ""


class Guard:
    """One per line. A verdict of `replace` masks the words, `hold` skips the clause, `drop` ends the line."""

    def __init__(self, judge: Judge, *, mask: str = MASK) -> None:
        self._judge = judge
        self._mask = mask
        self._carry = ""

    def check(self, clause: str, *, joined: bool = False) -> Judged:
        """Judge the next clause. `joined`: no white space stood between it and the one before (Japanese, Chinese)."""
        text, rule = clause, ""
        for _ in range(4):
            verdict = self._verdict(text, joined=joined)
            if verdict.action == "allow":
                if not _speakable(text):
                    return Judged("skip", rule=rule)
                self._remember(text, joined=joined)
                return Judged("speak", text, rule)
            rule = verdict.rule
            if verdict.action == "drop":
                return Judged("end", rule=rule)
            if verdict.action == "hold":
                return Judged("skip", rule=rule)
            if verdict.span is None:
                break
            text = self._masked(text, verdict.span)
        return Judged("skip", rule=rule)

    def _masked(self, text: str, span: tuple[int, int]) -> str:
        start, end = max(0, span[0]), min(len(text), span[1])
        return text[:start] + self._mask + text[end:] if start < end else self._mask

    def _verdict(self, text: str, *, joined: bool) -> Verdict:
        """What the judge says about the clause after what was said; the span is one of the clause."""
        lead = self._carry if joined or not self._carry else self._carry + " "
        verdict = self._ask(lead + text)
        if verdict.action == "allow" or not lead:
            return verdict
        alone = self._ask(text)
        if alone.action != "allow":
            return alone
        if verdict.span is None:
            return verdict
        start, end = verdict.span[0] - len(lead), verdict.span[1] - len(lead)
        if end <= 0:
            return alone  # all of it was said before and allowed there
        return Verdict(verdict.action, verdict.rule, (max(0, start), end))

    def _ask(self, text: str) -> Verdict:
        try:
            return self._judge(text)
        except Exception:  # noqa: BLE001 - a broken rule must not open the gate
            return Verdict("drop", "guard_failed")

    def _remember(self, text: str, *, joined: bool) -> None:
        tail = (self._carry + text if joined else f"{self._carry} {text}").strip()
        tail = " ".join(tail.split()[-CARRY_WORDS:])
        if len(tail) > CARRY_CHARS:
            tail = tail[-CARRY_CHARS:]
            space = tail.find(" ")
            tail = tail[space + 1 :] if 0 <= space < CARRY_CHARS // 2 else tail
        self._carry = tail


def _speakable(text: str) -> bool:
    return any(char.isalnum() for char in text)
