"""What was measured, as the JSON that is promised and as a table."""

import math
from collections.abc import Sequence
from typing import Any

import msgspec

SPREADS = (
    "overhead_ms",
    "overhead_mp3_ms",
    "overhead_history_2000_ms",
    "first_turn_ms",
    "stop_frame_ms",
    "stop_silent_ms",
    "fanout_1000_ms",
    "avatars_js_ms",
)
NUMBERS = ("avatars_fps", "boot_s", "idle_rss_mb", "sim_speed_x", "step_per_s")
FIGURES: tuple[str, ...] = (*SPREADS, *NUMBERS)
TARGETS = {
    "overhead_ms": "p50 <= 5, p95 <= 15",
    "overhead_mp3_ms": "within 5 of overhead_ms",
    "overhead_history_2000_ms": "as overhead_ms",
    "stop_frame_ms": "<= 20",
    "stop_silent_ms": "<= 150",
    "fanout_1000_ms": "p99 <= 100",
    "avatars_fps": ">= 30",
    "avatars_js_ms": "<= 2",
    "boot_s": "<= 1.5",
    "idle_rss_mb": "<= 120",
    "sim_speed_x": ">= 3000",
}
UNITS = {"avatars_fps": "1/s", "boot_s": "s", "idle_rss_mb": "MB", "sim_speed_x": "x real time", "step_per_s": "1/s"}


class Spread(msgspec.Struct, frozen=True):
    """Quantiles by nearest rank, and of how many values."""

    p50: float
    p95: float
    p99: float
    n: int


Value = Spread | float | None


def quantile(values: Sequence[float], part: float) -> float:
    """The smallest value that at least `part` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)]


def spread(values: Sequence[float]) -> Spread:
    """At least one value."""
    p50, p95, p99 = (round(quantile(values, part), 3) for part in (0.50, 0.95, 0.99))
    return Spread(p50, p95, p99, len(values))


class Bench:
    """The figures as they come in. A figure that stays null says why in its note; others may carry one, too."""

    def __init__(self, wanted: Sequence[str]) -> None:
        self.wanted = tuple(wanted)
        self.values: dict[str, Value] = dict.fromkeys(FIGURES)
        self.notes = {name: "not asked for" for name in FIGURES if name not in self.wanted}

    def wants(self, *names: str) -> bool:
        return any(name in self.wanted for name in names)

    def measured(self, name: str, value: Spread | float, note: str = "") -> None:
        self.values[name] = value if isinstance(value, Spread) else round(value, 3)
        self.notes.pop(name, None)
        if note:
            self.notes[name] = note

    def missed(self, name: str, reason: str) -> None:
        """A figure that was asked for and could not be had."""
        if name in self.wanted:
            self.notes[name] = reason

    @property
    def complete(self) -> bool:
        return all(self.values[name] is not None for name in self.wanted)

    def to_json(self, machine: dict[str, Any]) -> dict[str, Any]:
        figures: dict[str, Any] = msgspec.to_builtins(self.values)
        return {**figures, "machine": machine, "notes": dict(self.notes)}


def table(bench: Bench) -> str:
    """For people: what was asked for, row by row, then the notes."""
    rows: list[tuple[str, ...]] = [("figure", "p50", "p95", "p99", "n", "target", "unit")]
    for name in FIGURES:
        value = bench.values[name]
        if isinstance(value, Spread):
            numbers = (_short(value.p50), _short(value.p95), _short(value.p99), str(value.n))
        elif value is not None:
            numbers = (_short(value), "", "", "")
        elif name in bench.wanted:
            numbers = ("null", "", "", "")
        else:
            continue
        rows.append((name, *numbers, TARGETS.get(name, ""), UNITS.get(name, "ms")))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines += [f"{name}: {note}" for name, note in bench.notes.items() if name in bench.wanted]
    return "\n".join(lines)


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
