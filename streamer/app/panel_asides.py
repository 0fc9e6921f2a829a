"""What happens in a chat beside messages and events, as quiet rows of the panel's log: polls, hype trains, ad breaks,
goals, messages that AutoMod holds, the stream's beginning and end."""

from collections import OrderedDict

from streamer.app.panel_rows import Params, Row, entry
from streamer.ports import ChatRow, Detail

WORDS_MAX = 200
KEPT = 50
"""Trains, goals and held messages that are remembered."""
_RESOLVED = frozenset({"approved", "denied", "expired"})


class Asides:
    """Remembers how far trains and goals have come, so that only what is new is told."""

    def __init__(self) -> None:
        self._reached: OrderedDict[str, int] = OrderedDict()

    def told(self, row: ChatRow, at_ms: int) -> Row | None:
        """The row of the log; None for what is not worth one: of a train its levels are, of a goal its beginning and
        that it was reached."""
        made = _aside(row, at_ms)
        if made is None or row.kind not in ("hype_train_begin", "hype_train_progress", "goal"):
            return made
        detail = row.detail or Detail()
        step = detail.level if row.kind != "goal" else 1 + (detail.total >= detail.goal)
        key = f"{row.platform}:{row.kind == 'goal'}:{row.id}"
        if step <= self._reached.get(key, 0):
            return None
        self._reached[key] = step
        if len(self._reached) > KEPT:
            self._reached.popitem(last=False)
        return made


def _aside(row: ChatRow, at_ms: int) -> Row | None:
    detail = row.detail or Detail()
    match row.kind:
        case "poll_begin" | "poll_end":
            return _poll(row.kind, detail, at_ms)
        case "hype_train_begin":
            return entry(at_ms, "aside", "aside.hype_train_begin", _train(detail))
        case "hype_train_progress" | "hype_train_end" if detail.level:
            return entry(at_ms, "aside", f"aside.{row.kind}", _train(detail))
        case "ad_break":
            return entry(at_ms, "aside", "aside.ad_break", {"seconds": round(row.duration_s or detail.ends_in_s)})
        case "goal" if detail.goal:
            reached = "aside.goal_reached" if detail.total >= detail.goal else "aside.goal"
            return entry(at_ms, "aside", reached, {"title": _cut(detail.title), "n": detail.total, "of": detail.goal})
        case "held":
            name = (row.user.name or row.user.login) if row.user is not None else ""
            code = "aside.held" if row.text else "aside.held_wordless"
            return entry(at_ms, "aside", code, {"name": _cut(name), "text": _cut(row.text)})
        case "held_resolved":
            how = detail.title if detail.title in _RESOLVED else ""
            return entry(at_ms, "aside", f"aside.held_{how or 'resolved'}")
        case "shield":
            return entry(at_ms, "aside", "aside.shield_on" if row.count else "aside.shield_off")
        case "stream_on" | "stream_off":
            return entry(at_ms, "aside", f"aside.{row.kind}")
        case _:
            return None


def _poll(kind: str, detail: Detail, at_ms: int) -> Row:
    params: Params = {"title": _cut(detail.title)}
    if kind == "poll_begin":
        params["choices"] = _cut(" / ".join(choice.title for choice in detail.choices))
        return entry(at_ms, "aside", "aside.poll_begin", params)
    votes = sum(choice.votes for choice in detail.choices)
    best = max(detail.choices, key=lambda choice: choice.votes, default=None)
    if best is None or not best.votes:
        return entry(at_ms, "aside", "aside.poll_end_open", params)
    share = round(100 * best.votes / votes)
    return entry(at_ms, "aside", "aside.poll_end", {**params, "winner": _cut(best.title), "share": share})


def _train(detail: Detail) -> Params:
    share = round(100 * min(detail.total, detail.goal) / detail.goal) if detail.goal else 0
    return {"level": detail.level or 1, "share": share}


def _cut(text: str) -> str:
    return text if len(text) <= WORDS_MAX else f"{text[: WORDS_MAX - 1]}…"
