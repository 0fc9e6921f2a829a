"""Notices that the user's own files were changed by hand, so that an edit is live at the next line."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

from streamer.app.yamlfile import BadFiles

log = logging.getLogger(__name__)

EVERY_S = 1.0
FOLDERS = ("config", "characters", "scenes")
MOST = 4_000
"""Files that are looked at; a folder with more was put there by mistake."""

Fingerprint = frozenset[tuple[str, int, int]]


def fingerprint(home: Path, *more: Path) -> Fingerprint:
    """Name, size and time of everything people edit: equal when nothing was changed. Follows no links to folders."""
    found: set[tuple[str, int, int]] = set()
    for path in (*_files(home), *more):
        try:
            known = path.stat()
        except OSError:
            continue
        found.add((str(path), known.st_size, known.st_mtime_ns))
        if len(found) >= MOST:
            break
    return frozenset(found)


def _files(home: Path) -> Iterator[Path]:
    for name in FOLDERS:
        for folder, folders, files in os.walk(home / name):
            folders[:] = sorted(each for each in folders if not each.startswith("."))
            for file in sorted(files):
                if not file.startswith(".") and not file.endswith(("~", ".tmp", ".swp")):
                    yield Path(folder, file)
    yield home / ".env"


class Watch:
    """Calls `reload` when the files have changed since this was made and then stayed the same for one look: editors
    write in steps."""

    def __init__(
        self,
        look: Callable[[], Fingerprint],
        reload: Callable[[], Awaitable[None]],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._look = look
        self._reload = reload
        self._sleep = sleep
        self._known = self._seen = look()
        self.problems: BadFiles | None = None
        """What is wrong with the files as they are; the show goes on with what it has."""

    async def run(self) -> None:
        """For as long as the show runs."""
        while True:
            await self._sleep(EVERY_S)
            now = await asyncio.to_thread(self._look)
            if now == self._known:
                self._seen = now
                continue
            if now != self._seen:
                self._seen = now
                continue
            self._known = now
            try:
                await self._reload()
            except BadFiles as bad:
                self.problems = bad
            except Exception:
                log.exception("the changed files could not be applied")
            else:
                self.problems = None
