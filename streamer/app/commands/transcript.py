"""`transcript [JOURNAL]`: subtitles, transcript and chapters of a show, made again from its journal."""

import argparse
import sys
from pathlib import Path

from streamer.app import journal
from streamer.app.afterwards.fromjournal import told_again
from streamer.app.characters import load_cast
from streamer.app.settings import Folders
from streamer.app.yamlfile import BadFiles
from streamer.ports import Misconfigured
from streamer.shipped import shipped
from streamer.texts import DEFAULT, language_of

JOURNALS = "journal"
SHOWS = "shows"


def main(options: argparse.Namespace) -> int:
    """0 written; 1 nothing is left to write; 2 unreadable, or it cannot be written."""
    state: Path = options.state
    path: Path | None = options.journal or journal.latest(state / JOURNALS)
    if path is None:
        print(f"There is no journal in {state / JOURNALS}.", file=sys.stderr)
        return 2
    out: Path = options.out or options.home / SHOWS
    try:
        names, language = _names(options)
        told = told_again(path, state / "texts.jsonl", out, names, language)
    except Misconfigured as wrong:
        print(f"{path}: {wrong.reason}. {wrong.fix}.", file=sys.stderr)
        return 2
    except journal.Damaged as wrong:
        print(f"{path}: {wrong}.", file=sys.stderr)
        return 2
    except OSError as wrong:
        print(f"{out}: {wrong.strerror or wrong}", file=sys.stderr)
        return 2
    if not told.same_rules:
        print("The journal was written under other rules: lines may be missing.")
    if told.missing:
        print(f"The words of {told.missing} lines are not kept any more.")
    if told.folder is None:
        print("Nothing that was heard is left to write.")
        return 1
    print(f"{told.lines} lines: {told.folder}")
    return 0


def _names(options: argparse.Namespace) -> tuple[dict[str, str], str]:
    """What the personas are called, and the language of the first one. Who cannot be read goes by his id."""
    folders = Folders(shipped(), options.home, options.state)
    try:
        cast = load_cast(folders.roots("characters"), keep={}).cast
    except BadFiles:
        return {}, DEFAULT
    languages = [language_of(persona.language) for persona in cast]
    return {persona.id: persona.name for persona in cast}, languages[0] if languages else DEFAULT
