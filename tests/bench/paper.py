"""Runs all figures and writes them into the table of `docs/performance.md`.

    python -m tests.bench.paper                     everything, into the column of a quiet machine
    python -m tests.bench.paper --busy              into the column of a busy one
    python -m tests.bench.paper --chat --long       the chat readers alone, for as long as it is promised
    python -m tests.bench.paper --stage             OBS, VTube Studio, mouth and captions alone
    python -m tests.bench.paper --hearing           ears, voices and sinks alone
    python -m tests.bench.paper --from bench.json   what `python3 run.py bench --json bench.json` measured

Only the table between the two marks is written; rows without a new number keep the one they have.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bench.command import main as bench
from tests.bench.report import ASKED, CHAT, FIGURES, HEARING, STAGE, TARGETS, unit

PAPER = Path(__file__).parents[2] / "docs" / "performance.md"
BEGIN, END = "<!-- figures -->\n", "<!-- end of the figures -->\n"
HEAD = ("figure", "target", "quiet", "busy", "unit", "command")
LOAD = "load average before → after"
COMMAND = "python3 run.py bench --only "
WRONG = {
    "lost": "lost", "doubled": "doubled", "strange": "of nobody", "changed": "changed", "disordered": "out of order",
}  # fmt: skip


def cells(report: dict[str, Any]) -> dict[str, str]:
    """What stands in the table for each row of the report that has a number."""
    out: dict[str, str] = {}
    for name in FIGURES:
        value = report.get(name)
        if isinstance(value, dict) and "p50" in value:
            out[name] = _spread(value)
        elif isinstance(value, dict):
            out |= {f"{name} {what}": _one(each) for what, each in value.items()}
        elif value is not None:
            out[name] = _short(value)
    about = report.get("machine", {})
    before, after = (" ".join(map(str, about.get(key, ()))) for key in ("load", "load_after"))
    return {LOAD: f"{before} → {after}", **out}


def _one(value: Any) -> str:
    """One of several things that a figure is about."""
    match value:
        case {"old_lines": old}:
            return f"{_spread(value)}; old: {old}"
        case {"received": received, "sent": sent}:
            wrong = ", ".join(f"{value[key]} {word}" for key, word in WRONG.items() if value[key]) or "in order"
            delay = f"{_short(value['p50_ms'])} / {_short(value['p95_ms'])} ms"
            return f"{received:,} of {sent:,}, {wrong}; {delay}; {_short(value['cpu_percent'])} % of a core"
        case {"alone_max": alone}:
            told = "" if alone == value["max"] else f" (the way alone {_short(alone)})"
            wrong = ", ".join(f"{value[key]} {key}" for key in ("lost", "doubled", "missed") if value[key]) or "0 lost"
            return f"{_short(value['p50'])} / {_short(value['p95'])} / max {_short(value['max'])}{told}; {wrong}"
        case {"crossed": crossed, "frames_per_s": rate, "cpu_percent": cpu}:
            return f"{crossed} crossed; {_short(rate)} a second; {_short(cpu)} % of a core"
        case {"apart": apart, "changes": changes}:
            took = f"{value['worst_requests']} requests, {_short(value['worst_s'])} s"
            return f"{apart} of {value['evenings']} apart, {changes:,} changes; at most {took}"
        case {"p99": _}:
            return _spread(value)
        case _:
            return _short(value)


def _spread(value: dict[str, Any]) -> str:
    return f"{' / '.join(_short(value[key]) for key in ('p50', 'p95', 'p99'))} (n={value['n']})"


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def filled(paper: str, report: dict[str, Any], column: str) -> str:
    """The document with the numbers of the report in `quiet` or `busy`; raises ValueError without the marks."""
    before, _, rest = paper.partition(BEGIN)
    table, end, after = rest.partition(END)
    if not end:
        raise ValueError("the marks of the table are missing")
    old = dict(_rows(table))
    new = cells(report)
    rows: list[str] = [_line(HEAD), _line(["---"] * len(HEAD))]
    for name in (LOAD, *_names([*old, *new])):
        kept = old.get(name, {})
        row = {
            "quiet": kept.get("quiet", ""),
            "busy": kept.get("busy", ""),
            column: new.get(name, kept.get(column, "")),
        }
        rows.append(_line(_row(name, row["quiet"], row["busy"])))
    return before + BEGIN + "\n" + "".join(rows) + "\n" + END + after


def _names(known: list[str]) -> list[str]:
    """Rows in the order of the figures; what has several rows needs to have been measured once."""
    several = {name: [each for each in dict.fromkeys(known) if each.startswith(name + " ")] for name in FIGURES}
    return [row for name in FIGURES for row in several[name] or [name]]


def _row(name: str, quiet: str, busy: str) -> tuple[str, ...]:
    if name == LOAD:
        return (LOAD, "", quiet, busy, "", "")
    figure = name.partition(" ")[0]
    target = TARGETS.get(figure, "").replace("<=", "≤").replace(">=", "≥")
    shown = name.replace(figure, f"`{figure}`", 1)
    return (shown, target, quiet, busy, unit(figure), f"`{COMMAND}{figure}`")


def _line(columns: "tuple[str, ...] | list[str]") -> str:
    return "|" + "|".join(f" {each} " if each else " " for each in columns) + "|\n"


def _rows(table: str) -> list[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []
    for line in table.splitlines():
        columns = [each.strip() for each in line.strip().strip("|").split("|")]
        if len(columns) == len(HEAD) and columns[0] != HEAD[0] and set(columns[0]) != {"-"}:
            found.append((columns[0].replace("`", ""), dict(zip(HEAD, columns, strict=True))))
    return found


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.bench.paper", description="The table of the figures.")
    options.add_argument("--busy", action="store_true", help="fill the column of a busy machine")
    options.add_argument("--from", dest="file", metavar="FILE", type=Path, help="a report that was written before")
    options.add_argument("--fresh", action="store_true", help="also what is only measured when asked for")
    options.add_argument("--chat", action="store_true", help="only the figures of the chat readers")
    options.add_argument("--stage", action="store_true", help="only the figures of the stage")
    options.add_argument("--hearing", action="store_true", help="only the figures of ears, voices and sinks")
    options.add_argument("--long", action="store_true", help="ten minutes of messages instead of 20 seconds")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = given.file or Path(folder) / "bench.json"
        if given.file is None:
            known = CHAT if given.chat else STAGE if given.stage else HEARING if given.hearing else FIGURES
            only = [name for name in known if given.fresh or name not in ASKED]
            bench(argparse.Namespace(only=only, quick=False, long=given.long, json=file))
        report = json.loads(file.read_text(encoding="utf-8"))
    text = filled(PAPER.read_text(encoding="utf-8"), report, "busy" if given.busy else "quiet")
    PAPER.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
