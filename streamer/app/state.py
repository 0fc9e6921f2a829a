"""What a show keeps in its state folder beside the journal and the grants: its words, and how often it was held."""

import contextlib
import logging
import os
import time
from pathlib import Path

from streamer.adapters.store.texts import FileTexts, MemoryTexts
from streamer.app.ingress import Texts
from streamer.boot.locks import seize
from streamer.ports import Misconfigured, Unavailable
from streamer.web.grants import Grants

log = logging.getLogger(__name__)


def hold(state: Path) -> int | None:
    """Keep the folder for this process: two shows in one journal would be neither. Returns the handle to close at the
    end; None where nothing can be written, so nothing can be spoilt. Raises Misconfigured when another show has it."""
    try:
        state.mkdir(parents=True, exist_ok=True)
        handle = os.open(state / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        return None
    try:
        free = seize(handle)
    except OSError:  # a file system without locks
        free = True
    if not free:
        os.close(handle)
        raise Misconfigured(
            f"another show is running with the folder {state}",
            fix="end it first, or give this one a folder and a port of its own: --state DIR --port N",
        )
    return handle


def release(handle: int | None) -> None:
    if handle is not None:
        os.close(handle)


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


def open_grants(state: Path) -> Grants:
    """Links and tokens have to be the same at the next start, so there is no show without a place for them."""
    try:
        return Grants(state)
    except OSError as wrong:
        reason = f"the folder {state} cannot be written: {wrong.strerror or wrong}"
        raise Misconfigured(reason, fix="choose another one: --state DIR") from wrong


def open_texts(state: Path) -> Texts:
    """The words of the show, on disk so that a killed show can go on; in memory where there is no disk to write to."""
    try:
        state.mkdir(parents=True, exist_ok=True)
        return FileTexts(state / "texts.jsonl")
    except (Unavailable, OSError):
        log.warning("the text store cannot be written; words are kept in memory only")
        return MemoryTexts()
