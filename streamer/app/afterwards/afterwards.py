"""Follows a show and writes, at its end and at the end of each recording, what was heard: subtitles, transcript,
chapters.

Once a minute the files are written as far as the show is, so that a crash costs little. Words that are taken back leave
the files at once; a line that was about them is left out whole.
"""

import asyncio
import hashlib
import logging
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from streamer.app.afterwards.formats import chapters, found_chapters, srt, transcript, vtt
from streamer.app.afterwards.lines import Asked, HeardLine, heard_pages, subtitles
from streamer.app.afterwards.takes import Span, Take
from streamer.app.setup.yamledit import write_whole
from streamer.core.commands import Command, Erase, Prepare
from streamer.core.events import ChatReceived, Event, LineEnded, LineStarted
from streamer.ports import Health, Heard, Notice
from streamer.speech.view import ClauseView
from streamer.texts import texts as worded

log = logging.getLogger(__name__)

PART: Final = "afterwards"
LINES_KEPT: Final = 20_000
TAKES_KEPT: Final = 100
ASKED_KEPT: Final = 500
BEGUN_KEPT: Final = 50
EVERY_S: Final = 60.0
OFFSET_MS: Final = 150
"""Sound that comes later than this against its place in the line has waited."""
SUBTITLES, WEBVTT, TRANSCRIPT, CHAPTERS = "captions.srt", "captions.vtt", "transcript.md", "chapters.txt"


class _Begun(msgspec.Struct):
    """A line that is not over."""

    order: Prepare
    name: str
    asked: tuple[Asked, ...]
    test: bool
    clauses: dict[int, ClauseView] = {}
    offsets: list[tuple[int, int]] = []
    at_ms: int = -1


class Files(msgspec.Struct, frozen=True):
    """What the files of one folder are made of."""

    lines: tuple[HeardLine, ...]
    span: Span
    began: datetime
    title: str
    language: str

    def texts(self) -> Mapping[str, str]:
        words = worded(self.language)
        cues = subtitles(self.lines, self.span)
        found = found_chapters(self.lines, self.span, self.title or words["afterwards.opening"])

        def why(line: HeardLine) -> str:
            return words.get(f"why.{line.why}", "")

        return {
            SUBTITLES: srt(cues),
            WEBVTT: vtt(cues),
            TRANSCRIPT: transcript(
                self.lines, self.span, title=self.title, began=self.began, words=words, why=why
            ),
            CHAPTERS: chapters(found, words),
        }  # fmt: skip


class Afterwards:
    """A `Follower`. `folder` is `home/shows`; `now_ms` the show's clock, `epoch_s` the wall time of its 0 (seconds
    since 1970); `name_of` gives a persona's shown name. Made inside the running loop."""

    def __init__(
        self,
        folder: Path,
        *,
        now_ms: Callable[[], int],
        epoch_s: float,
        name_of: Callable[[str], str],
        title: Callable[[], str] = lambda: "",
        language: Callable[[], str] = lambda: "en",
    ) -> None:
        self._folder = folder
        self._now_ms = now_ms
        self._epoch_s = epoch_s
        self._name_of = name_of
        self._title = title
        self._language = language
        self._begun: OrderedDict[int, _Begun] = OrderedDict()
        self._lines: deque[HeardLine] = deque(maxlen=LINES_KEPT)
        self._said: OrderedDict[str, Asked] = OrderedDict()
        self._tests: OrderedDict[str, None] = OrderedDict()
        self._began_ms = now_ms()
        self._recordings: list[Take] = []
        self._streams: list[Take] = []
        self._place: Path | None = None
        self._dirty = False
        self._closed = False
        self._timer: asyncio.TimerHandle | None = None
        self._writing: asyncio.Task[None] | None = None
        self._notice: Notice | None = None
        self._failed = False
        self._written: dict[Path, str] = {}
        """What stands in each file: that of a recording that is over is not written again every minute."""

    # --- told as a follower -------------------------------------------------------------------------------------------

    def ordered(self, command: Command) -> None:
        if isinstance(command, Prepare):
            asked = tuple(self._said[uid] for uid in command.answers if uid in self._said)
            test = command.test or (bool(command.answers) and all(uid in self._tests for uid in command.answers))
            name = self._name_of(command.persona)
            self._begun[command.line] = _Begun(command, name, asked, test, {}, [])
            while len(self._begun) > BEGUN_KEPT:
                self._begun.popitem(last=False)

    def folded(self, event: Event) -> None:
        match event:
            case LineStarted(line=line) if line in self._begun:
                self._begun[line].at_ms = self._now_ms()
            case _:
                pass

    def clause(self, line: int, index: int, value: ClauseView) -> None:
        begun = self._begun.get(line)
        if begun is not None:
            begun.clauses[index] = ClauseView(value.at, value.end, value.text, value.words)

    def heard(self, heard: Heard) -> None:
        """Where the line is against the show's clock: it stands still while it waits for its sound."""
        begun = self._begun.get(heard.line)
        if begun is None or heard.ended:
            return
        offset = self._now_ms() - heard.ms
        if not begun.offsets or offset - begun.offsets[-1][1] > OFFSET_MS:
            begun.offsets.append((heard.ms if begun.offsets else 0, offset))

    def chat(self, event: ChatReceived, text: str, name: str) -> None:
        """`text` and `name` are what moderation left of them."""
        if event.test:
            self._tests[event.uid] = None
            while len(self._tests) > ASKED_KEPT:
                self._tests.popitem(last=False)
        shown = text if event.verdict.action in ("allow", "replace") else ""
        self._said[event.uid] = Asked(event.uid, event.user, name, shown)
        while len(self._said) > ASKED_KEPT:
            self._said.popitem(last=False)

    def erased(self, erased: Erase, lines: Iterable[int]) -> None:
        gone = set(lines)
        for uid in [uid for uid, asked in self._said.items() if _is_hit(asked, erased)]:
            del self._said[uid]
        for begun in self._begun.values():
            begun.asked = tuple(asked for asked in begun.asked if not _is_hit(asked, erased))
        before = len(self._lines)
        kept = [line for line in self._lines if line.line not in gone and not _about(line, erased)]
        if len(kept) != before:
            self._lines = deque(kept, maxlen=LINES_KEPT)
            self._write_soon(0)

    def ended(self, ended: LineEnded, order: Prepare, text: str | None) -> None:
        begun = self._begun.pop(order.line, None)
        if begun is None or begun.test or not text or not text.strip() or ended.reason == "taken_back":
            return
        offsets = tuple(begun.offsets)
        at_ms = offsets[0][1] if offsets else begun.at_ms if begun.at_ms >= 0 else self._now_ms() - ended.heard_ms
        clauses = [clause for _, clause in sorted(begun.clauses.items())]
        self._lines.append(HeardLine(
            line=order.line, persona=order.persona, name=begun.name, kind=order.kind, why=order.why, at_ms=at_ms,
            heard_ms=ended.heard_ms, outcome=ended.outcome, text=text.strip(), offsets=offsets, asked=begun.asked,
            pages=heard_pages(clauses, ended.heard_ms, text.strip()), segment=segment_of(order),
        ))  # fmt: skip
        self._write_soon(EVERY_S)

    # --- what OBS does ------------------------------------------------------------------------------------------------

    def recording(self, state: str, at_ms: int | None = None) -> None:
        """`started`, `paused`, `resumed` or `stopped`, or OBS's own word that ends so. When it stops, its files are
        written."""
        if self._take(self._recordings, state, at_ms) == "stopped":
            self._write_soon(0)

    def streaming(self, state: str, at_ms: int | None = None) -> None:
        """The same for the stream."""
        self._take(self._streams, state, at_ms)

    def _take(self, takes: list[Take], state: str, at_ms: int | None) -> str:
        word = state.rpartition("_")[2].lower()
        now_ms = self._now_ms() if at_ms is None else at_ms
        running = bool(takes) and (takes[-1].running or word == "resumed")
        if word == "started" and not running:
            takes.append(Take(now_ms))
            del takes[:-TAKES_KEPT]
        elif word in ("paused", "stopped") and running:
            takes[-1].pause(now_ms)
        elif word == "resumed" and running:
            takes[-1].resume(now_ms)
        return word

    # --- writing ------------------------------------------------------------------------------------------------------

    def healths(self) -> Sequence[Health]:
        return [Health(PART, "degraded" if self._failed else "ok", self._notice)] if self._notice is not None else []

    async def close(self) -> Path | None:
        """Writes what there is; the folder, or None when nothing was heard."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._dirty = True
        while self._dirty or self._writing is not None:
            if self._writing is None:
                self._start()
            if self._writing is not None:
                await asyncio.wait([self._writing])
        return self._place if self._lines and not self._failed else None

    def _write_soon(self, seconds: float) -> None:
        self._dirty = True
        if self._closed:
            return
        if self._timer is not None and seconds:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._due)

    def _due(self) -> None:
        self._timer = None
        if self._writing is None:
            self._start()

    def _start(self) -> None:
        self._dirty = False
        if not self._lines and self._place is None:
            return
        pages = self._pages()
        if self._place is None:
            self._place = free_folder(self._folder, self._moment(self._began_ms))
        self._writing = asyncio.get_running_loop().create_task(self._write(self._place, pages))

    async def _write(self, place: Path, pages: Mapping[str, Files]) -> None:
        try:
            await asyncio.to_thread(write_pages, place, pages, self._written)
        except OSError as wrong:
            self._failed = True
            reason = wrong.strerror or type(wrong).__name__
            log.warning("subtitles and transcript cannot be written: %s", reason)
            self._notice = Notice("afterwards.failed", {"reason": reason}, "fix.afterwards.disk")
        else:
            self._failed = False
            self._notice = Notice("afterwards.written", {"folder": str(place)})
        finally:
            self._writing = None
            if self._dirty and not self._closed and self._timer is None:
                self._write_soon(EVERY_S if self._failed else 0)

    def _pages(self) -> Mapping[str, Files]:
        """By folder: that of the show, and one for each recording."""
        lines = tuple(sorted(self._lines, key=lambda line: line.at_ms))
        recordings = [take.frozen() for take in self._recordings]
        if self._streams:
            whole = (
                self._streams[-1].frozen() if len(self._streams) == 1 else Span(((self._streams[0].start_ms, None),))
            )
        elif len(recordings) == 1:
            whole = recordings[0]
        else:
            whole = Span(((self._began_ms, None),))
        out = {"": self._page(lines, whole)}
        for number, span in enumerate(recordings, 1):
            out[f"recording {number}"] = self._page(lines, span)
        return out

    def _page(self, lines: tuple[HeardLine, ...], span: Span) -> Files:
        return Files(lines, span, self._moment(span.start_ms), self._title(), self._language())

    def _moment(self, at_ms: int) -> datetime:
        return datetime.fromtimestamp(self._epoch_s + at_ms / 1000).astimezone()


def segment_of(order: Prepare) -> str:
    """The segment that a line opens; empty for none."""
    return order.prompt.removeprefix("s:") if order.kind == "segment" and order.prompt.startswith("s:") else ""


def _is_hit(asked: Asked, erased: Erase) -> bool:
    match erased.scope:
        case "message":
            return asked.uid == erased.key
        case "user":
            return asked.user == erased.key
        case "room":
            return asked.uid.partition(":")[0] == erased.key


def _about(line: HeardLine, erased: Erase) -> bool:
    return any(_is_hit(asked, erased) for asked in line.asked)


def free_folder(folder: Path, began: datetime) -> Path:
    """`2026-11-22 20-15-03`, a number behind it when it is taken. Good on every file system."""
    name = f"{began:%Y-%m-%d %H-%M-%S}"
    tried = [folder / name, *(folder / f"{name} ({number})" for number in range(2, 100))]
    return next((path for path in tried if not path.exists()), tried[-1])


def write_pages(place: Path, pages: Mapping[str, Files], written: dict[Path, str] | None = None) -> None:
    """Each file whole or not at all. `written`: by file, a digest of what was written before; what is the same is left.
    Blocks. Raises OSError."""
    written = {} if written is None else written
    for name, page in pages.items():
        inside = place / name if name else place
        inside.mkdir(parents=True, exist_ok=True)
        for file, text in page.texts().items():
            data = text.encode()
            digest = hashlib.sha256(data).hexdigest()
            if written.get(inside / file) != digest:
                write_whole(inside / file, data)
                written[inside / file] = digest
