"""A recording or a stream as stretches of the show's time: what was paused is not in the file."""

from collections.abc import Iterator

import msgspec


class Take:
    """Times in milliseconds of the show's clock."""

    def __init__(self, start_ms: int) -> None:
        self.start_ms = start_ms
        self._stretches: list[list[int | None]] = [[start_ms, None]]

    @property
    def running(self) -> bool:
        return self._stretches[-1][1] is None

    def pause(self, at_ms: int) -> None:
        """Also its end: whoever never goes on is over."""
        if self.running:
            self._stretches[-1][1] = at_ms

    def resume(self, at_ms: int) -> None:
        if not self.running:
            self._stretches.append([at_ms, None])

    def frozen(self) -> "Span":
        return Span(tuple((start or 0, end) for start, end in self._stretches))


class Span(msgspec.Struct, frozen=True):
    """The stretches of a take as a value; the last one may go on."""

    stretches: tuple[tuple[int, int | None], ...]

    @property
    def start_ms(self) -> int:
        return self.stretches[0][0]

    def clip(self, start_ms: int, end_ms: int) -> Iterator[tuple[int, int]]:
        """The parts of a time that are in the file, by the file's own clock."""
        before = 0
        for start, end in self.stretches:
            first = max(start, start_ms)
            last = end_ms if end is None else min(end, end_ms)
            if first < last:
                yield before + first - start, before + last - start
            if end is None:
                return
            before += end - start

    def place(self, at_ms: int) -> int:
        """Where a moment is in the file; one that is not in it is where the file goes on."""
        before = 0
        for start, end in self.stretches:
            if end is None or at_ms < end:
                return before + max(0, at_ms - start)
            before += end - start
        return before


ALWAYS = Span(((0, None),))
