"""Numbers for people who watch many shows: counters, gauges, histograms, in the Prometheus text format 0.0.4.

Labels are fixed words of this program, never a viewer, a message or a line.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

PREFIX = "showrunner_"
BUCKETS_MS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0, 10_000.0)

Labels = tuple[tuple[str, str], ...]


def _labels(labels: Mapping[str, str]) -> Labels:
    return tuple(sorted(labels.items()))


def _text(labels: Labels, *more: tuple[str, str]) -> str:
    pairs = (*labels, *more)
    if not pairs:
        return ""
    quoted = ((name, value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")) for name, value in pairs)
    return "{" + ",".join(f'{name}="{value}"' for name, value in quoted) + "}"


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)


@dataclass
class Counter:
    """Only rises."""

    values: dict[Labels, float] = field(default_factory=dict)

    def add(self, amount: float = 1, **labels: str) -> None:
        key = _labels(labels)
        self.values[key] = self.values.get(key, 0) + amount

    def rows(self, name: str) -> list[str]:
        values = self.values or {(): 0}
        return [f"{name}{_text(labels)} {_number(value)}" for labels, value in sorted(values.items())]


@dataclass
class Gauge:
    """Rises and falls; either set, or read from a function at the moment of asking."""

    read: Callable[[], float] | None = None
    values: dict[Labels, float] = field(default_factory=dict)

    def set(self, value: float, **labels: str) -> None:
        self.values[_labels(labels)] = value

    def rows(self, name: str) -> list[str]:
        values = {(): self.read()} if self.read is not None else self.values
        return [f"{name}{_text(labels)} {_number(value)}" for labels, value in sorted(values.items())]


@dataclass
class Histogram:
    """Counts of observations up to each bound."""

    bounds: tuple[float, ...] = BUCKETS_MS
    counts: dict[Labels, list[int]] = field(default_factory=dict)
    sums: dict[Labels, float] = field(default_factory=dict)

    def observe(self, value: float, **labels: str) -> None:
        key = _labels(labels)
        counts = self.counts.setdefault(key, [0] * (len(self.bounds) + 1))
        counts[bisect_left(self.bounds, value)] += 1
        self.sums[key] = self.sums.get(key, 0.0) + value

    def rows(self, name: str) -> list[str]:
        rows: list[str] = []
        for labels, counts in sorted(self.counts.items()):
            total = 0
            for bound, count in zip((*map(_number, self.bounds), "+Inf"), counts, strict=True):
                total += count
                rows.append(f"{name}_bucket{_text(labels, ('le', bound))} {total}")
            rows += [f"{name}_sum{_text(labels)} {_number(self.sums[labels])}", f"{name}_count{_text(labels)} {total}"]
        return rows


class Metrics:
    """One registry for one process. Asking twice for a name gives the same metric."""

    def __init__(self) -> None:
        self._all: dict[str, tuple[str, str, Counter | Gauge | Histogram]] = {}

    def counter(self, name: str, help_: str) -> Counter:
        known = self._all.setdefault(name, ("counter", help_, Counter()))[2]
        if not isinstance(known, Counter):
            raise TypeError(f"{name} is not a counter")
        return known

    def gauge(self, name: str, help_: str, read: Callable[[], float] | None = None) -> Gauge:
        known = self._all.setdefault(name, ("gauge", help_, Gauge(read)))[2]
        if not isinstance(known, Gauge):
            raise TypeError(f"{name} is not a gauge")
        return known

    def histogram(self, name: str, help_: str, bounds: tuple[float, ...] = BUCKETS_MS) -> Histogram:
        known = self._all.setdefault(name, ("histogram", help_, Histogram(bounds)))[2]
        if not isinstance(known, Histogram):
            raise TypeError(f"{name} is not a histogram")
        return known

    def render(self) -> str:
        out: list[str] = []
        for name, (kind, help_, metric) in sorted(self._all.items()):
            full = PREFIX + name
            out += [f"# HELP {full} {help_}", f"# TYPE {full} {kind}", *metric.rows(full)]
        return "\n".join(out) + "\n"
