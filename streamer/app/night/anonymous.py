"""People without names: `Viewer 1`, `Viewer 2`, in a chat log before it is played, or in a report that was made."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from streamer.app.bots import KNOWN_BOTS
from streamer.ports import ChatRow
from streamer.speech import captions

_AT = re.compile(r"(?<!\w)@(\w{2,60})")


def anonymous(rows: Sequence[ChatRow]) -> list[ChatRow]:
    """The names that are shown and spoken, also where a text says `@name`. Ids, logins of bots and texts stay."""
    names: dict[tuple[str, str], str] = {}
    known: dict[str, str] = {}
    for row in rows:
        user = row.user
        if user is None or "broadcaster" in user.roles or user.login.lower() in KNOWN_BOTS:
            continue
        key = (row.platform, user.id or user.login)
        name = names.setdefault(key, f"Viewer {len(names) + 1}")
        for each in (user.name, user.login):
            if each:
                known.setdefault(each.lower(), name)

    def called(found: "re.Match[str]") -> str:
        return "@" + known.get(found[1].lower(), found[1]).replace(" ", "")

    out: list[ChatRow] = []
    for row in rows:
        user = row.user
        name = names.get((row.platform, user.id or user.login)) if user is not None else None
        if user is not None and name is not None and user.login.lower() not in KNOWN_BOTS:
            row = replace(row, user=replace(user, name=name, login=""))  # noqa: PLW2901
        text = _AT.sub(called, row.text) if "@" in row.text and not row.emotes else row.text
        out.append(replace(row, text=text) if text != row.text else row)
    return out


def nameless(told: Mapping[str, Any]) -> dict[str, Any]:
    """A report without the names of viewers. What was written stays; a line that says a name loses its voice."""
    names: dict[str, str] = {}

    def of(name: str) -> str:
        return names.setdefault(name, f"Viewer {len(names) + 1}") if name else ""

    waits = [{**row, "name": of(row["name"])} for row in told["waits"]]
    stopped = [{**row, "name": of(row["name"])} for row in told["stopped"]]
    best = [{**each, "asked": [{**row, "name": of(row["name"])} for row in each["asked"]]} for each in told["best"]]
    called = _calls(names)
    best = [{**each, "lines": [_unnamed(line, called, names) for line in each["lines"]]} for each in best]
    lines = [{**line, **{key: _without(line[key], called, names) for key in ("generated", "heard")}}
             for line in told["lines"]]  # fmt: skip
    source = {**told["source"], "anonymous": True}
    return {**told, "source": source, "waits": waits, "stopped": stopped, "best": best, "lines": lines}


def _calls(names: Mapping[str, str]) -> "re.Pattern[str] | None":
    """Any of the names as a word of its own; names of one sign are left where they are."""
    known = sorted((re.escape(name) for name in names if len(name) > 1), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(known)})(?!\w)", re.IGNORECASE) if known else None


def _without(text: str, called: "re.Pattern[str] | None", names: Mapping[str, str]) -> str:
    if called is None:
        return text
    folded = {name.lower(): new for name, new in names.items()}
    return called.sub(lambda found: folded.get(found[0].lower(), "a viewer"), text)


def _unnamed(line: Mapping[str, Any], called: "re.Pattern[str] | None", names: Mapping[str, str]) -> dict[str, Any]:
    text = _without(line["text"], called, names)
    if text == line["text"]:
        return dict(line)
    clauses: list[dict[str, Any]] = []
    for clause in line["clauses"]:
        words = _without(clause["text"], called, names)
        times = captions.estimated(words, clause["end"] - clause["at"], at_ms=clause["at"])
        clauses.append({**clause, "text": words, "words": [list(word) for word in times]})
    return {**line, "text": text, "clauses": clauses, "audio": ""}
