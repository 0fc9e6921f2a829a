"""The same files once more, from a journal and the words that are still kept beside it."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import msgspec

from streamer.app import journal
from streamer.app.afterwards.afterwards import Files, free_folder, segment_of, write_pages
from streamer.app.afterwards.lines import Asked, HeardLine, heard_pages
from streamer.app.afterwards.takes import Span
from streamer.core.commands import Erase, Prepare
from streamer.core.director import step
from streamer.core.events import ChatReceived, LineEnded, LineStarted
from streamer.core.show import EMPTY, Show

_TEXTS = msgspec.json.Decoder(tuple[str, str, float, str])


class Told(msgspec.Struct, frozen=True):
    """`missing`: lines that were heard and whose words are not kept any more."""

    folder: Path | None
    lines: int
    missing: int
    same_rules: bool = True


def kept_words(path: Path) -> dict[str, str]:
    """What a text store holds, read beside a show that may be using it."""
    found: dict[str, str] = {}
    try:
        rows = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return found
    for row in rows:
        try:
            ref, _, _, text = _TEXTS.decode(row)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            continue
        found[ref] = text
    return found


class _Folding:
    """Facts of a journal, folded, as lines."""

    def __init__(self, words: Mapping[str, str], names: Mapping[str, str]) -> None:
        self._words = words
        self._names = names
        self._show: Show = EMPTY
        self._orders: dict[int, Prepare] = {}
        self._started: dict[int, int] = {}
        self._chats: dict[str, ChatReceived] = {}
        self.lines: list[HeardLine] = []
        self.missing = 0
        self.first_ms: int | None = None

    def take(self, row: journal.Row) -> None:
        at_ms = row.at_ns // 1_000_000
        self.first_ms = at_ms if self.first_ms is None else self.first_ms
        event = row.event
        match event:
            case ChatReceived():
                self._chats[event.uid] = event
            case LineStarted(line=line):
                self._started[line] = at_ms
            case LineEnded() if event.line in self._orders:
                self._ended(self._orders.pop(event.line), event, at_ms)
            case _:
                pass
        self._show, commands = step(self._show, row.fact)
        for command in commands:
            if isinstance(command, Prepare):
                self._orders[command.line] = command
            elif isinstance(command, Erase):
                self._erase(command)

    def snapshot(self, item: journal.Snapshot) -> None:
        """A journal that was taken over begins with one."""
        if self._show is EMPTY:
            self._show = journal.decode_show(item.show)

    def _ended(self, order: Prepare, event: LineEnded, at_ms: int) -> None:
        test = order.test or (bool(order.answers) and all(self._is_test(uid) for uid in order.answers))
        if not event.heard or test or event.reason == "taken_back":
            return
        text = self._words.get(event.heard, "").strip()
        if not text:
            self.missing += 1
            return
        self.lines.append(HeardLine(
            line=order.line, persona=order.persona, name=self._names.get(order.persona, order.persona), kind=order.kind,
            why=order.why, at_ms=self._started.pop(order.line, at_ms - event.heard_ms), heard_ms=event.heard_ms,
            outcome=event.outcome, text=text, pages=heard_pages((), event.heard_ms, text),
            asked=tuple(asked for uid in order.answers if (asked := self._asked(uid)) is not None),
            segment=segment_of(order),
        ))  # fmt: skip

    def _is_test(self, uid: str) -> bool:
        chat = self._chats.get(uid)
        return chat is not None and chat.test

    def _asked(self, uid: str) -> Asked | None:
        chat = self._chats.get(uid)
        if chat is None:
            return None
        use = chat.verdict.action in ("allow", "replace")
        text = self._words.get(chat.text, "") if use and chat.text else ""
        return Asked(uid, chat.user, self._words.get(chat.name, "") if chat.name else "", text)

    def _erase(self, erased: Erase) -> None:
        def is_hit(asked: Asked) -> bool:
            match erased.scope:
                case "message":
                    return asked.uid == erased.key
                case "user":
                    return asked.user == erased.key
                case "room":
                    return asked.uid.partition(":")[0] == erased.key

        self.lines = [line for line in self.lines if not any(map(is_hit, line.asked))]


def told_again(path: Path, words: Path, out: Path, names: Mapping[str, str], language: str) -> Told:
    """Folds a journal and writes what was heard into a folder of its own in `out`. Times are those of the show, spread
    over each line by its length. Raises Misconfigured for what is no journal, Damaged for a broken one, OSError."""
    header, items = journal.read(path)
    folding = _Folding(kept_words(words), names)
    for item in items:
        match item:
            case journal.Row():
                folding.take(item)
            case journal.Snapshot():
                folding.snapshot(item)
            case journal.Foreign():
                pass
    same = header.version == journal.RULES_VERSION
    if not folding.lines:
        return Told(None, 0, folding.missing, same)
    start_ms = folding.first_ms or 0
    began = datetime.fromtimestamp(header.epoch / 1e9 + start_ms / 1000).astimezone()
    place = free_folder(out, began)
    lines = tuple(sorted(folding.lines, key=lambda line: line.at_ms))
    write_pages(place, {"": Files(lines, Span(((start_ms, None),)), began, header.show, language)})
    return Told(place, len(lines), folding.missing, same)
