"""Polls of a YouTube live chat: opened, counted and closed by three actions of the page."""

from typing import Any, Final

from streamer.adapters.chat.common.walk import at, items, number, text
from streamer.adapters.chat.common.youtube_words import words
from streamer.ports import ChatRow, Choice, Detail, RowKind

PLATFORM: Final = "youtube"
_CHOICES_MAX: Final = 20


class Polls:
    """Remembers the poll that is open: its end names only the panel it stood in."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._open: tuple[str, str, Detail] | None = None

    def read(self, action: object) -> tuple[ChatRow, ...] | None:
        """Rows of an action about polls; None for any other action."""
        if (shown := at(action, "showLiveChatActionPanelAction")) is not None:
            panel = at(shown, "panelToShow", "liveChatActionPanelRenderer")
            poll = at(panel, "contents", "pollRenderer")
            return self._told("poll_begin", text(panel, "id"), poll) if poll is not None else ()
        if (changed := at(action, "updateLiveChatPollAction")) is not None:
            poll = at(changed, "pollToUpdate", "pollRenderer")
            return self._told("poll_progress", "", poll) if poll is not None else ()
        if (closed := at(action, "closeLiveChatActionPanelAction")) is not None:
            return self._closed(text(closed, "targetPanelId"))
        return None

    def _told(self, kind: RowKind, panel: str, poll: Any) -> tuple[ChatRow, ...]:
        ident = text(poll, "liveChatPollId")
        detail = _detail(poll)
        if self._open is not None and (not ident or self._open[1] in ("", ident)):
            panel, detail = panel or self._open[0], _merged(self._open[2], detail)
        self._open = (panel, ident, detail)
        return (self._row(kind, ident, detail),)

    def _closed(self, panel: str) -> tuple[ChatRow, ...]:
        if self._open is None or (panel and self._open[0] and panel != self._open[0]):
            return ()
        _, ident, detail = self._open
        self._open = None
        return (self._row("poll_end", ident, detail),)

    def _row(self, kind: RowKind, ident: str, detail: Detail) -> ChatRow:
        return ChatRow(
            at=0.0, platform=PLATFORM, kind=kind, target=ident, text=detail.title, detail=detail, source=self._source
        )


def _detail(poll: Any) -> Detail:
    head = at(poll, "header", "pollHeaderRenderer")
    total = _votes(head)
    choices = [
        Choice(words(at(each, "text")), round(total * min(max(number(each, "voteRatio") or 0.0, 0.0), 1.0)))
        for each in items(poll, "choices")[:_CHOICES_MAX]
    ]
    return Detail(title=words(at(head, "pollQuestion")), choices=tuple(choices), total=total)


def _votes(head: Any) -> int:
    """The last number of `@owner • just now • 1,234 votes`."""
    shown = words(at(head, "metadataText")).split("•")[-1]
    found = "".join(char for char in shown if char.isascii() and char.isdecimal())
    return int(found) if 0 < len(found) < 10 else 0


def _merged(before: Detail, now: Detail) -> Detail:
    """An update may leave out the question."""
    return Detail(title=now.title or before.title, choices=now.choices or before.choices, total=now.total)
