"""What a show keeps in its state folder beside the journal and the grants: its words, and how often it was held."""

import contextlib
import logging
import time
from pathlib import Path

from streamer.adapters.store.texts import FileTexts, MemoryTexts
from streamer.app.ingress import Texts
from streamer.ports import Unavailable

log = logging.getLogger(__name__)


def next_epoch(state: Path) -> int:
    """A number higher than that of every earlier holder of this state folder, also when the clock was set back."""
    path = state / "epoch"
    try:
        last = int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        last = 0
    epoch = max(last + 1, int(time.time()))
    with contextlib.suppress(OSError):
        path.write_text(f"{epoch}\n", encoding="ascii")
    return epoch


def open_texts(state: Path) -> Texts:
    """The words of the show, on disk so that a killed show can go on; in memory where there is no disk to write to."""
    try:
        state.mkdir(parents=True, exist_ok=True)
        return FileTexts(state / "texts.jsonl")
    except (Unavailable, OSError):
        log.warning("the text store cannot be written; words are kept in memory only")
        return MemoryTexts()
