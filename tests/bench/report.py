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
    "avatars_idle_js_ms",
    "first_word_s",
    "second_start_s",
    "first_page_interactive_ms",
)
NUMBERS = (
    "avatars_fps",
    "avatars_idle_fps",
    "first_page_kb",
    "night_report_s",
    "boot_s",
    "idle_rss_mb",
    "sim_speed_x",
    "step_per_s",
)
CHANGES = ("change_s",)
ASKED = ("fresh_start_s",)
"""Numbers that are measured only when asked for by name: they need the network, or take minutes."""
FIGURES: tuple[str, ...] = (*SPREADS, *CHANGES, *NUMBERS, *ASKED)
TARGETS = {
    "overhead_ms": "p50 <= 5, p95 <= 15",
    "overhead_mp3_ms": "within 5 of overhead_ms",
    "overhead_history_2000_ms": "as overhead_ms",
    "stop_frame_ms": "<= 20",
    "stop_silent_ms": "<= 150",
    "fanout_1000_ms": "p99 <= 100",
    "avatars_fps": ">= 30",
    "avatars_js_ms": "<= 2",
    "avatars_idle_fps": ">= 30",
    "avatars_idle_js_ms": "<= 2",
    "second_start_s": "<= 4",
    "fresh_start_s": "<= 90",
    "first_page_kb": "<= 300",
    "first_page_interactive_ms": "<= 1000",
    "change_s": "no line with the old one",
    "night_report_s": "<= 20",
    "boot_s": "<= 1.5",
    "idle_rss_mb": "<= 120",
    "sim_speed_x": ">= 3000",
}
UNITS = {
    "avatars_fps": "1/s", "avatars_idle_fps": "1/s", "idle_rss_mb": "MB", "first_page_kb": "KB",
    "sim_speed_x": "x real time", "step_per_s": "1/s",
}  # fmt: skip


class Spread(msgspec.Struct, frozen=True):
    """Quantiles by nearest rank, and of how many values."""

    p50: float
    p95: float
    p99: float
    n: int


class Change(msgspec.Struct, frozen=True):
    """How long requests to change one thing took, and what lines that were begun after them used.

    `lines` were begun after a change was accepted, `old_lines` of them still used what was there before.
    """

    p50: float
    p95: float
    p99: float
    n: int
    lines: int
    old_lines: int


Changes = dict[str, Change]
Value = Spread | Changes | float | None


def unit(name: str) -> str:
    """Of a figure: by its name, where nothing else is said."""
    return UNITS.get(name) or ("s" if name.endswith("_s") else "ms")


def quantile(values: Sequence[float], part: float) -> float:
    """The smallest value that at least `part` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)]


def spread(values: Sequence[float]) -> Spread:
    """At least one value."""
    p50, p95, p99 = (round(quantile(values, part), 3) for part in (0.50, 0.95, 0.99))
    return Spread(p50, p95, p99, len(values))


def change(values: Sequence[float], *, lines: int, old_lines: int) -> Change:
    """`values`: what each request took. At least one."""
    took = spread(values)
    return Change(took.p50, took.p95, took.p99, took.n, lines, old_lines)


class Bench:
    """The figures as they come in. A figure that stays null says why in its note; others may carry one, too."""

    def __init__(self, wanted: Sequence[str]) -> None:
        self.wanted = tuple(wanted)
        self.values: dict[str, Value] = dict.fromkeys(FIGURES)
        self.notes = {name: "not asked for" for name in FIGURES if name not in self.wanted}
        self.notes |= {name: f"only when asked for: --only {name}" for name in ASKED if name not in self.wanted}

    def wants(self, *names: str) -> bool:
        return any(name in self.wanted for name in names)

    def measured(self, name: str, value: Spread | Changes | float, note: str = "") -> None:
        self.values[name] = round(value, 3) if isinstance(value, float | int) else value
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
        if name in bench.wanted or bench.values[name] is not None:
            rows += [(*cells, TARGETS.get(name, ""), unit(name)) for cells in _cells(name, bench.values[name])]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines += [f"{name}: {note}" for name, note in bench.notes.items() if name in bench.wanted]
    return "\n".join(lines)


def _cells(name: str, value: Value) -> list[tuple[str, ...]]:
    """Name, quantiles and n; a row for each thing that was changed."""
    match value:
        case None:
            return [(name, "null", "", "", "")]
        case Spread():
            return [(name, _short(value.p50), _short(value.p95), _short(value.p99), str(value.n))]
        case dict():
            return [row for what, each in value.items() for row in _cells(f"{name} {what}", _plain(each))]
        case _:
            return [(name, _short(value), "", "", "")]


def _plain(value: Change) -> Spread:
    return Spread(value.p50, value.p95, value.p99, value.n)


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
