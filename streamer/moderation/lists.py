"""Word lists as data: categories, what follows from a match, and the ordinary words that must pass.

A list file starts with `# action: drop|hold|replace`, then one term a line:
`term` is a whole word and its plural, `term*` a beginning, `~term` stands anywhere inside a word,
`two words` is a phrase. `#` begins a comment. `allow.txt` names ordinary words that contain a listed term.
"""

from importlib import resources
from typing import Literal, cast, get_args

import msgspec

ListAction = Literal["hold", "replace", "drop"]
Reach = Literal["word", "start", "inside"]


class Term(msgspec.Struct, frozen=True):
    """One listed term, as written in the list (`words` is split at spaces)."""

    words: tuple[str, ...]
    reach: Reach
    category: str
    action: ListAction


class Lists(msgspec.Struct, frozen=True):
    """What a preset consists of."""

    terms: tuple[Term, ...] = ()
    allowed: tuple[str, ...] = ()


def word_set(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


def parse_terms(text: str, category: str, action: ListAction | None = None) -> tuple[Term, ...]:
    """Terms of one list file. Raises `ValueError` when no action is known."""
    terms: list[Term] = []
    for raw in text.splitlines():
        line = raw.strip()
        if line.startswith("# action:"):
            word = line.removeprefix("# action:").strip()
            if word not in get_args(ListAction):
                raise ValueError(f"{category}: unknown action {word!r}")
            action = cast("ListAction", word)
            continue
        line = line.split("#", 1)[0].strip()
        if not line:
            continue
        if action is None:
            raise ValueError(f"{category}: the list says no action")
        terms.append(parse_term(line, category, action))
    return tuple(terms)


def parse_term(line: str, category: str, action: ListAction) -> Term:
    """One line of a list: `term`, `term*`, `~term` or `two words`."""
    reach: Reach = "word"
    if line.startswith("~"):
        reach, line = "inside", line[1:]
    elif line.endswith("*"):
        reach, line = "start", line[:-1]
    return Term(tuple(line.split()), reach, category, action)


def load_standard() -> Lists:
    """The lists shipped with the program (package data; the one place of this package that reads files)."""
    folder = resources.files("streamer.moderation") / "lists"
    terms: list[Term] = []
    allowed: list[str] = []
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if not file.name.endswith(".txt"):
            continue
        text = file.read_text(encoding="utf-8")
        if file.name == "allow.txt":
            allowed.extend(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))
        else:
            terms.extend(parse_terms(text, file.name.removesuffix(".txt")))
    return Lists(tuple(terms), tuple(allowed))
