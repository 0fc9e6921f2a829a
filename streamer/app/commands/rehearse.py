"""`rehearse CHAT.jsonl`: a whole show from a chat log, touching no platform."""

import argparse
import gc
import json
import sys
import time
from pathlib import Path
from typing import Any

from streamer.adapters.chat.log import ChatLog, load
from streamer.app.folders import folders
from streamer.app.journal import Header, MemoryJournal
from streamer.app.plan import Plan, read_plan
from streamer.app.report import Report, build, to_json
from streamer.app.yamlfile import BadFiles
from streamer.ports import Misconfigured, Unavailable

BAD_SHOWN = 5


def main(options: argparse.Namespace) -> int:
    """0 done; 2 something cannot be read, or the words of the command are off."""
    speed = _speed(options.speed)
    if speed is None:
        print(f"--speed takes a number above 0 or `max`, not {options.speed!r}.", file=sys.stderr)
        return 2
    if options.report is not None and options.report.suffix.lower() in (".html", ".htm"):
        print("The report is JSON so far: name a file that ends in .json.", file=sys.stderr)
        return 2
    try:
        log = load(options.chat)
        plan = read_plan(folders(options.home, options.state), file=options.config, seed=options.seed)
    except Misconfigured as wrong:
        print(f"{options.chat}: {wrong.reason}. {wrong.fix}.", file=sys.stderr)
        return 2
    except BadFiles as error:
        print(error, file=sys.stderr)
        return 2
    _tell_bad(options.chat, log)
    began = time.perf_counter()
    try:
        report = _at_once(plan, log, options) if speed == 0 else _in_time(plan, log, options, speed)
    except (Misconfigured, Unavailable) as wrong:
        print(f"{wrong.reason}.", file=sys.stderr)
        return 2
    took_s = time.perf_counter() - began
    if options.report is not None:
        try:
            _write(options.report, to_json(report))
        except OSError as wrong:
            print(f"{options.report}: cannot be written: {wrong.strerror}", file=sys.stderr)
            return 2
    print(summary(report, took_s, options.report))
    return 0


def _speed(text: str) -> float | None:
    """0 stands for `max`."""
    if text == "max":
        return 0.0
    try:
        speed = float(text)
    except ValueError:
        return None
    return speed if 0 < speed < float("inf") else None


def _tell_bad(path: Path, log: ChatLog) -> None:
    for bad in log.bad[:BAD_SHOWN]:
        print(f"{path}:{bad.number}: {bad.reason}; skipped", file=sys.stderr)
    if log.bad_lines > BAD_SHOWN:
        print(f"{path}: {log.bad_lines - BAD_SHOWN} more bad lines were skipped", file=sys.stderr)


def _at_once(plan: Plan, log: ChatLog, options: argparse.Namespace) -> Report:
    from streamer.app.rehearsal import Rehearsal

    epoch = time.time_ns()
    journal = MemoryJournal(Header(seed=options.seed, show=f"rehearsal of {options.chat.name}", epoch=epoch))
    length_s = log.rows[-1].at if log.rows else 0.0
    gc.freeze()  # what was read stays; a show makes few cycles, so the collector may come by seldom
    gc.set_threshold(50_000, 50, 50)
    rehearsal = Rehearsal(plan, seed=options.seed, journal=journal, length_s=length_s)
    result = rehearsal.run(log.rows)
    path = plan.folders.state / "rehearsals" / f"{epoch}.jsonl"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        journal.write(path)
    except OSError as wrong:
        raise Misconfigured(f"{path}: cannot be written: {wrong.strerror}; choose a folder with --state") from wrong
    return build(
        result, bad_lines=log.bad_lines, bad_line_numbers=[bad.number for bad in log.bad], journal=str(path)
    )  # fmt: skip


def _in_time(plan: Plan, log: ChatLog, options: argparse.Namespace, speed: float) -> Report:
    from streamer.app.live_rehearsal import rehearse

    return rehearse(plan, log, speed=speed, seed=options.seed, show=f"rehearsal of {options.chat.name}")


def _write(path: Path, report: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def summary(report: Report, took_s: float, where: Path | None) -> str:
    minutes = report.duration_s / 60
    chat = (
        f"{minutes:.1f} minutes of show in {took_s:.1f} s: {report.messages} messages, {report.answered} answered, "
        f"{report.blocked} blocked, {report.held} held, {report.expired} expired, {report.bad_lines} bad lines."
    )
    stage = (
        f"{len(report.lines)} lines heard; longest silence {report.dead_air_s['max']:.1f} s; "
        f"interrupted by the host {report.interrupts} times; spoken after a deletion {report.spoken_after_delete}; "
        f"voices at once {report.voices_at_once_max}."
    )
    lines = [chat, stage]
    lines += [
        f"{name}: {row['lines']:.0f} lines, {row['seconds']:.0f} s" for name, row in sorted(report.per_persona.items())
    ]
    lines.append(f"Journal: {report.journal}")
    if where is not None:
        lines.append(f"Report: {where}")
    return "\n".join(lines)
