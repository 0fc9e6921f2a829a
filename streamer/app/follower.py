"""Whoever follows a running show from outside of it: the chats that are written into, other programs that are told."""

from collections.abc import Iterable
from typing import Protocol

from streamer.core.commands import Command, Erase, Prepare
from streamer.core.events import ChatReceived, Event, LineEnded
from streamer.ports import Heard
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


class Nobody:
    """Follows nothing."""

    def ordered(self, command: Command) -> None: ...

    def folded(self, event: Event) -> None: ...

    def clause(self, line: int, index: int, value: ClauseView) -> None: ...

    def heard(self, heard: Heard) -> None: ...

    def chat(self, event: ChatReceived, text: str, name: str) -> None: ...

    def erased(self, erased: Erase, lines: Iterable[int]) -> None: ...

    def ended(self, ended: LineEnded, order: Prepare, text: str | None) -> None: ...
