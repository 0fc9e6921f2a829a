"""Whoever follows a running show from outside of it: the chats that are written into, other programs that are told."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from streamer.core.commands import Command, Erase, Prepare
from streamer.core.events import ChatReceived, Event, LineEnded
from streamer.core.show import Show
from streamer.core.stage import Stage
from streamer.ports import ChatRow, Heard
from streamer.speech.view import ClauseView


class Follower(Protocol):
    """As the conductor calls it; every call is quick and none raises."""

    def ordered(self, command: Command) -> None: ...

    def folded(self, event: Event) -> None: ...

    def clause(self, line: int, index: int, value: ClauseView) -> None: ...

    def heard(self, heard: Heard) -> None: ...

    def chat(self, event: ChatReceived, text: str, name: str) -> None: ...

    def erased(self, erased: Erase, lines: Iterable[int]) -> None: ...

    def ended(self, ended: LineEnded, order: Prepare, text: str | None) -> None:
        """A line has ended; `text` are the words that were heard."""
        ...


class Staged(Protocol):
    """Whoever brings the stage about."""

    def stage(self, stage: Stage, answering: Mapping[str, str] | None) -> None:
        """The desired stage has changed; `answering`: name, text and platform of the message that is answered."""
        ...

    def after(self, show: Show) -> None:
        """A fact was folded."""
        ...

    def alert(self, event: ChatReceived, row: ChatRow | None) -> None:
        """Something happened in a chat; called before its event is folded."""
        ...


class Nobody:
    """Follows nothing."""

    def ordered(self, command: Command) -> None: ...

    def folded(self, event: Event) -> None: ...

    def clause(self, line: int, index: int, value: ClauseView) -> None: ...

    def heard(self, heard: Heard) -> None: ...

    def chat(self, event: ChatReceived, text: str, name: str) -> None: ...

    def erased(self, erased: Erase, lines: Iterable[int]) -> None: ...

    def ended(self, ended: LineEnded, order: Prepare, text: str | None) -> None: ...


class Several:
    """Tells all of them, in order."""

    def __init__(self, *followers: Follower) -> None:
        self._all = followers

    def ordered(self, command: Command) -> None:
        for each in self._all:
            each.ordered(command)

    def folded(self, event: Event) -> None:
        for each in self._all:
            each.folded(event)

    def clause(self, line: int, index: int, value: ClauseView) -> None:
        for each in self._all:
            each.clause(line, index, value)

    def heard(self, heard: Heard) -> None:
        for each in self._all:
            each.heard(heard)

    def chat(self, event: ChatReceived, text: str, name: str) -> None:
        for each in self._all:
            each.chat(event, text, name)

    def erased(self, erased: Erase, lines: Iterable[int]) -> None:
        kept = list(lines)
        for each in self._all:
            each.erased(erased, kept)

    def ended(self, ended: LineEnded, order: Prepare, text: str | None) -> None:
        for each in self._all:
            each.ended(ended, order, text)
