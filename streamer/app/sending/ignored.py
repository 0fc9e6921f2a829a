"""Users whom the cast does not hear, kept over restarts; and who is meant by a name.

`state/ignored.json`: `{"version": 1, "users": [{"user", "name", "platform", "until", "by"}, ...]}`, `until` in seconds
since 1970, 0 for always. Readable by its owner only: it names people.
"""

import contextlib
import logging
import os
import tempfile
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path
from time import time

import msgspec

from streamer.core.show import IGNORED_MAX
from streamer.ports import ChatRow

log = logging.getLogger(__name__)

SPEAKERS_MAX = 5_000
ID_MAX = 128
"""Longer ids are keyed otherwise at ingress."""


class Entry(msgspec.Struct, frozen=True):
    """`user` is a user key (`twitch:1234`), `by` who asked for it."""

    user: str
    name: str
    platform: str
    until: float = 0.0
    by: str = ""


class _File(msgspec.Struct, frozen=True):
    version: int
    users: list[Entry]


class Ignored:
    """`path` None keeps it in memory. `now`: seconds since 1970."""

    def __init__(self, path: Path | None, *, now: Callable[[], float] = time) -> None:
        self._path = path
        self.now = now
        self._entries: OrderedDict[str, Entry] = OrderedDict((each.user, each) for each in self._read())

    def all(self) -> Sequence[Entry]:
        """Who is ignored now, the newest last."""
        now = self.now()
        for user in [each.user for each in self._entries.values() if each.until and each.until <= now]:
            del self._entries[user]
        return list(self._entries.values())

    def find(self, user: str) -> Entry | None:
        return next((each for each in self.all() if each.user == user), None)

    def add(self, user: str, name: str, *, minutes: float = 0.0, by: str = "") -> Entry:
        """`minutes` 0: until somebody takes it back."""
        until = self.now() + minutes * 60 if minutes else 0.0
        self.all()
        entry = Entry(user, name, user.partition(":")[0], until, by)
        self._entries.pop(user, None)
        while len(self._entries) >= IGNORED_MAX:
            self._entries.popitem(last=False)
        self._entries[user] = entry
        self._write()
        return entry

    def remove(self, user: str) -> Entry | None:
        """The entry that was taken back; None when the user was not ignored."""
        self.all()
        entry = self._entries.pop(user, None)
        if entry is not None:
            self._write()
        return entry

    def _read(self) -> list[Entry]:
        if self._path is None:
            return []
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=_File).users[-IGNORED_MAX:]
        except FileNotFoundError:
            return []
        except (OSError, msgspec.MsgspecError, UnicodeError):
            log.warning("ignored.json cannot be read; it is set aside as ignored.json.bad")
            with contextlib.suppress(OSError):
                self._path.replace(self._path.with_suffix(".json.bad"))
            return []

    def _write(self) -> None:
        if self._path is None:
            return
        data = msgspec.json.format(msgspec.json.encode(_File(1, list(self._entries.values()))))
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle, made = tempfile.mkstemp(dir=self._path.parent, prefix=".ignored-")  # 0600 from its birth
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                Path(made).replace(self._path)
            except BaseException:
                Path(made).unlink(missing_ok=True)
                raise
        except OSError as wrong:
            log.warning("who is ignored cannot be kept: %s", wrong.strerror or type(wrong).__name__)


def user_key(platform: str, native: str) -> str:
    """The key of a user, as ingress makes it; empty for one without a usable id."""
    return f"{platform.replace(':', '_') or 'unknown'}:{native}" if 0 < len(native) <= ID_MAX else ""


def folded(name: str) -> str:
    """Equal for names that read the same: wide letters, case, an @ in front."""
    return " ".join(unicodedata.normalize("NFKC", name).lstrip("@\uff20 ").split()).casefold()


class Speaker(msgspec.Struct, frozen=True):
    user: str
    platform: str
    login: str
    name: str
    host: bool = False

    @property
    def shown(self) -> str:
        return self.name or self.login


class Speakers:
    """The newest who wrote, for finding out who is meant by a name."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Speaker] = OrderedDict()

    def heard(self, row: ChatRow) -> None:
        user = row.user
        key = user_key(row.platform, user.id or user.login) if user is not None else ""
        if user is None or not key or user.anonymous:
            return
        host = "broadcaster" in user.roles and not row.guest
        known = self._known.get(key)
        if known is not None and known.name == user.name and known.host == host:
            self._known.move_to_end(key)
            return
        self._known[key] = Speaker(key, row.platform, folded(user.login), user.name, host)
        self._known.move_to_end(key)
        if len(self._known) > SPEAKERS_MAX:
            self._known.popitem(last=False)

    def by_key(self, user: str) -> Speaker | None:
        return self._known.get(user)

    def named(self, name: str, platform: str = "") -> Sequence[Speaker]:
        """Who may be meant, the newest first; one when it is certain. A login goes before a name that is only shown,
        which anybody may choose; `platform` before the others."""
        wanted = folded(name)
        if not wanted:
            return []
        found = list(reversed(self._known.values()))
        for fits in (
            lambda each: each.login == wanted and each.platform == platform,
            lambda each: folded(each.name) == wanted and each.platform == platform,
            lambda each: each.login == wanted,
            lambda each: folded(each.name) == wanted,
        ):  # fmt: skip
            matching = [each for each in found if fits(each)]
            if matching:
                return matching
        return []

    def near(self, name: str) -> str:
        """The name of a recent speaker that looks like it; empty for none."""
        names = {each.login: each.login for each in self._known.values() if each.login}
        names |= {folded(each.name): each.name for each in self._known.values() if each.name}
        close = get_close_matches(folded(name), list(names), 1, 0.75)
        return names[close[0]] if close else ""
