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
CHAT = ("chat_100_per_s", "chat_500_per_s", "chat_deaf_s", "chat_parse_per_s", "chat_delete_ms")
"""Of the chat readers: a row for each client, kind of failure or way."""
STAGE = (
    "obs_request_ms",
    "obs_picture_ms",
    "obs_back_s",
    "vts_60hz",
    "vts_back_s",
    "mouth_sound_ms",
    "caption_sound_ms",
    "stage_converge",
)
"""Of OBS, VTube Studio and what a page shows while a voice is heard."""
HEARING = (
    "vad_core_percent",
    "ear_onset_ms",
    "false_barge_ins",
    "turn_queue_ms",
    "hush_own_ms",
    "hush_page_ms",
    "hush_silent_ms",
    "unhush_ms",
    "asr_stall_ms",
    "asr_final_ms",
    "offline_words",
    "voice_first_audio_ms",
    "voice_frame_ms",
    "device_heard_ms",
    "device_silent_ms",
    "device_torn",
    "obs_heard_ms",
    "obs_silent_ms",
    "stalls_percent",
)
"""Of ears, voices and sinks."""
ASKED = ("fresh_start_s",)
"""Numbers that are measured only when asked for by name: they need the network, or take minutes."""
FIGURES: tuple[str, ...] = (*SPREADS, *CHANGES, *CHAT, *STAGE, *HEARING, *NUMBERS, *ASKED)
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
    "chat_100_per_s": "each once, in order",
    "chat_500_per_s": "each once, in order",
    "chat_deaf_s": "<= 10, 0 lost",
    "chat_parse_per_s": ">= 2000",
    "chat_delete_ms": "<= 150",
    "obs_request_ms": "<= 10",
    "obs_picture_ms": "<= 100 (3 frames)",
    "obs_back_s": "<= 2",
    "vts_60hz": "0 crossed, <= 8 % of a core",
    "vts_back_s": "<= 2",
    "mouth_sound_ms": "p50 <= 40, p95 <= 100",
    "caption_sound_ms": "p50 <= 40, p95 <= 100",
    "stage_converge": "always",
    "vad_core_percent": "<= 3",
    "ear_onset_ms": "suspected p95 <= 150",
    "false_barge_ins": "0",
    "turn_queue_ms": "<= 20",
    "hush_own_ms": "<= 60",
    "hush_silent_ms": "with the confirmation p95 <= 350",
    "asr_stall_ms": "<= 20",
    "device_torn": "0",
    "stalls_percent": "<= 0.2",
}
UNITS = {
    "avatars_fps": "1/s", "avatars_idle_fps": "1/s", "idle_rss_mb": "MB", "first_page_kb": "KB",
    "sim_speed_x": "x real time", "step_per_s": "1/s", "chat_parse_per_s": "1/s", "chat_100_per_s": "messages",
    "chat_500_per_s": "messages", "vts_60hz": "frames", "stage_converge": "changes",
    "vad_core_percent": "% of a core", "false_barge_ins": "times", "offline_words": "%", "device_torn": "holes",
    "stalls_percent": "% of a core",
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


class Flow(msgspec.Struct, frozen=True):
    """What became of the messages that were sent to one client.

    `lost` were never told, `doubled` copies were told on top of the first, `strange` have ids nobody sent, `changed`
    have other words, `disordered` came after a later one. `rows_per_s` is the rate at which they went out,
    `cpu_percent` the client's processor time meanwhile (100: one core). `p50_ms`, `p95_ms`: sent -> told.
    """

    sent: int
    received: int
    lost: int
    doubled: int
    strange: int
    changed: int
    disordered: int
    rows_per_s: float
    cpu_percent: float
    p50_ms: float
    p95_ms: float

    @property
    def wrong(self) -> int:
        return self.lost + self.doubled + self.strange + self.changed + self.disordered

    @property
    def clean(self) -> bool:
        return not self.wrong and self.sent > 0


class Deaf(msgspec.Struct, frozen=True):
    """Seconds of silence after failures of one kind, of all ways together, and of the way that failed by itself.

    Of `said` messages `lost` were never told although a platform could still deliver them, `missed` were never told
    because no way was up, `doubled` were told twice.
    """

    p50: float
    p95: float
    max: float
    n: int
    alone_p95: float
    alone_max: float
    said: int
    lost: int
    missed: int
    doubled: int


class Injected(msgspec.Struct, frozen=True):
    """Parameters sent to VTube Studio beside hotkeys and events.

    `crossed` replies reached the wrong call, came for nobody or too late. `cpu_percent` is the processor time of the
    process that sends (100: one core).
    """

    crossed: int
    frames_per_s: float
    hotkeys: int
    events: int
    cpu_percent: float


class Converged(msgspec.Struct, frozen=True):
    """Random changes of the stage, in several evenings: after each evening OBS is to be as it should.

    `apart`: evenings after which it was not. `worst_requests`, `worst_s`: the most it took from the last change on.
    """

    changes: int
    restarts: int
    evenings: int
    apart: int
    worst_requests: int
    worst_s: float


Changes = dict[str, Change]
Several = Changes | dict[str, Flow] | dict[str, Deaf] | dict[str, Spread] | dict[str, Injected] | dict[str, Converged]
Value = Spread | Several | dict[str, float] | float | None


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

    def __init__(self, wanted: Sequence[str], *, long: bool = False) -> None:
        """`long`: what can be measured for minutes is."""
        self.wanted = tuple(wanted)
        self.long = long
        self.values: dict[str, Value] = dict.fromkeys(FIGURES)
        self.notes = {name: "not asked for" for name in FIGURES if name not in self.wanted}
        self.notes |= {name: f"only when asked for: --only {name}" for name in ASKED if name not in self.wanted}

    def wants(self, *names: str) -> bool:
        return any(name in self.wanted for name in names)

    def measured(self, name: str, value: Value, note: str = "") -> None:
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
    """Name, quantiles and n; a row for each thing of several."""
    match value:
        case None:
            return [(name, "null", "", "", "")]
        case dict():
            return [_row(f"{name} {what}", each) for what, each in value.items()]
        case _:
            return [_row(name, value)]


def _row(name: str, value: Spread | Change | Flow | Deaf | Injected | Converged | float) -> tuple[str, ...]:
    match value:
        case Spread() | Change():
            return name, _short(value.p50), _short(value.p95), _short(value.p99), str(value.n)
        case Flow():
            return name, f"{value.lost} lost", f"{value.doubled} doubled", f"{value.disordered} late", str(value.sent)
        case Deaf():
            return name, _short(value.p50), _short(value.p95), f"max {_short(value.max)}", str(value.n)
        case Injected():
            rate, cpu = f"{_short(value.frames_per_s)}/s", f"{_short(value.cpu_percent)} % of a core"
            return name, f"{value.crossed} crossed", rate, cpu, str(value.hotkeys)
        case Converged():
            most = f"{value.worst_requests} requests"
            return name, f"{value.apart} apart", most, f"{_short(value.worst_s)} s", str(value.changes)
        case _:
            return name, _short(value), "", "", ""


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
