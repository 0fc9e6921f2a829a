"""What was written in the chat of a rehearsal, with its words, for the report. Words taken back are let go."""

from collections.abc import Iterator, Mapping

import msgspec

from streamer.app.sayings import fact
from streamer.core.events import ChatKind, ChatReceived, Features, HostSpoke, Scope
from streamer.core.verdict import ALLOW, Verdict
from streamer.speech.brief import Quote

HOST = "host"


class Note(msgspec.Struct):
    """One message. `at` is seconds of the show. `text` may be shown; the verdict's span counts in `original`."""

    uid: str
    id: str
    user: str
    platform: str
    at: float
    kind: ChatKind | str
    name: str = ""
    text: str = ""
    original: str = ""
    what: str = ""
    verdict: Verdict = ALLOW
    features: Features = Features()
    outsider: bool = False
    """A bot, or written in a partner's room."""
    order: str = ""
    """What was to be said about an alert."""
    gone: bool = False
    """Taken back: its words are not here any more."""

    @property
    def paid(self) -> bool:
        return self.kind in ("cheer", "superchat", "sticker")


class Notes:
    """All messages of a rehearsal by uid, in the order they came."""

    def __init__(self) -> None:
        self._notes: dict[str, Note] = {}
        self._by_user: dict[str, list[Note]] = {}

    def __iter__(self) -> Iterator[Note]:
        return iter(self._notes.values())

    def __len__(self) -> int:
        return len(self._notes)

    def find(self, uid: str) -> Note | None:
        return self._notes.get(uid)

    def chat(self, event: ChatReceived, at: float, *, native: str, name: str, text: str, original: str = "") -> None:
        """A message as it may be shown; `original` when that is not what was written."""
        note = Note(
            event.uid, native, event.user, event.platform, at, event.kind, name, text, original or text, fact(event),
            event.verdict, event.features, event.bot or event.guest,
        )  # fmt: skip
        self._notes[event.uid] = note
        self._by_user.setdefault(event.user, []).append(note)

    def ordered(self, ref: str, order: str) -> None:
        """The words under `a:<uid>`, as a line was made with them."""
        note = self._notes.get(ref.removeprefix("a:")) if ref.startswith("a:") else None
        if note is not None and not note.gone:
            note.order = order

    def host(self, event: HostSpoke, at: float, *, native: str, text: str) -> None:
        self._notes[event.uid] = Note(
            event.uid, native, "", HOST, at, "host_said", "", text, text, features=event.features
        )

    def forget(self, scope: Scope, key: str) -> None:
        """Words were taken back: a message's, all of a user so far, or all of a room so far."""
        match scope:
            case "message":
                found = self._notes.get(key)
                notes = [found] if found is not None else []
            case "user":
                notes = self._by_user.get(key, [])
            case "room":
                notes = [note for note in self._notes.values() if note.platform == key]
        for note in notes:
            note.gone = True
            note.name = note.text = note.original = note.what = note.order = ""

    def quote(self, uid: str) -> Quote | None:
        """For a brief; None when unknown or taken back."""
        note = self._notes.get(uid)
        if note is None:
            return Quote(uid=uid) if uid.startswith(("segment:", "operator:", "o:")) else None
        if note.gone or (not note.text and not note.what):
            return None
        name = "the host" if note.platform == HOST else note.name
        return Quote(uid=uid, user=note.user, name=name, text=note.text, what=note.what)

    def natives(self) -> Mapping[str, str]:
        return {uid: note.id for uid, note in self._notes.items()}
