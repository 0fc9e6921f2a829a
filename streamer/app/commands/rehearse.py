"""`rehearse CHAT`: a whole show from a chat log, touching no platform."""

import argparse
import contextlib
import gc
import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from streamer.adapters.chat.log import ChatLog, load
from streamer.app.folders import folders
from streamer.app.journal import Header, MemoryJournal
from streamer.app.night.anonymous import anonymous
from streamer.app.night.progress import Progress
from streamer.app.plan import Plan, read_plan
from streamer.app.report import Report, build
from streamer.app.yamlfile import BadFiles
from streamer.ports import Misconfigured, Notice, Unavailable

if TYPE_CHECKING:
    from streamer.app.night.story import Played

BAD_SHOWN = 5
PAGES = (".html", ".htm")
NICE = 10
QUIET = Progress(on=False)


def main(options: argparse.Namespace) -> int:
    """0 done; 2 something cannot be read, or the words of the command are off."""
    speed = _speed(options.speed)
    if speed is None:
        print(f"--speed takes a number above 0 or `max`, not {options.speed!r}.", file=sys.stderr)
        return 2
    progress = Progress(on=options.progress)
    if options.progress:
        with contextlib.suppress(OSError, AttributeError):
            os.nice(NICE)  # a show may be running beside it; Windows lowers the class from outside
    try:
        return _run(options, speed, progress)
    except Misconfigured as wrong:
        where = f"{options.chat}: " if wrong.fix else ""
        fix = f" {wrong.fix}." if wrong.fix else ""
        print(f"{where}{wrong.reason}.{fix}", file=sys.stderr)
        return _failed(progress, Notice("rehearsal.unreadable", {"reason": wrong.reason}, wrong.fix))
    except Unavailable as away:
        print(f"{away.reason}.", file=sys.stderr)
        return _failed(progress, Notice("rehearsal.unreadable", {"reason": away.reason}))
    except BadFiles as error:
        print(error, file=sys.stderr)
        return _failed(progress, Notice("rehearsal.files", {"problems": str(error)}))


def _failed(progress: Progress, notice: Notice) -> int:
    progress.tell("failed", notice=notice)
    return 2


def _run(options: argparse.Namespace, speed: float, progress: Progress) -> int:
    progress.tell("reading")
    log = load(options.chat)
    if options.progress and not log.rows:
        return _failed(progress, Notice("rehearsal.empty", {"bad": log.bad_lines}, "rehearsal.empty.fix"))
    if options.anonymous:
        log = msgspec.structs.replace(log, rows=anonymous(log.rows))
    plan = read_plan(folders(options.home, options.state), file=options.config, seed=options.seed)
    _tell_bad(options.chat, log)
    began = time.perf_counter()
    progress.tell("rehearsing")
    played = _at_once(plan, log, options, progress) if speed == 0 else _in_time(plan, log, options, speed)
    took_s = time.perf_counter() - began
    told: dict[str, Any] = {}
    if options.report is not None:
        told = _reported(played, options.report, options, progress)
    if options.progress:
        progress.tell("done", summary=short(told, took_s))
    else:
        print(summary(played.report, took_s, options.report))
    return 0


def _reported(played: "Played", path: Path, options: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    """Make the report and write it."""
    from streamer.app.night.reportpage import page
    from streamer.app.night.story import tell

    progress.tell("choosing")
    told = tell(played, voices=not options.silent, on_progress=lambda share: progress.tell("voicing", share))
    text = page(told, played.plan.folders) if path.suffix.lower() in PAGES else _json(told)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as wrong:
        raise Misconfigured(f"{path}: cannot be written: {wrong.strerror}") from wrong
    return told


def _json(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


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


def _at_once(plan: Plan, log: ChatLog, options: argparse.Namespace, progress: Progress = QUIET) -> "Played":
    from streamer.app.night.story import Played
    from streamer.app.rehearsal import Rehearsal

    epoch = time.time_ns()
    journal = MemoryJournal(Header(seed=options.seed, show=f"rehearsal of {_name(options)}", epoch=epoch))
    length_s = log.rows[-1].at if log.rows else 0.0
    gc.freeze()  # what was read stays; a show makes few cycles, so the collector may come by seldom
    gc.set_threshold(50_000, 50, 50)
    rehearsal = Rehearsal(plan, seed=options.seed, journal=journal, length_s=length_s)
    result = rehearsal.run(progress.through(log.rows, len(log.rows), "rehearsing"))
    path = plan.folders.state / "rehearsals" / f"{epoch}.jsonl"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        journal.write(path)
    except OSError as wrong:
        raise Misconfigured(f"{path}: cannot be written: {wrong.strerror}; choose a folder with --state") from wrong
    report = build(
        result, bad_lines=log.bad_lines, bad_line_numbers=[bad.number for bad in log.bad], journal=str(path)
    )  # fmt: skip
    return Played(plan, log, report, result, rehearsal.notes, _name(options), options.anonymous)


def _in_time(plan: Plan, log: ChatLog, options: argparse.Namespace, speed: float) -> "Played":
    from streamer.app.live_rehearsal import play
    from streamer.app.night.story import Played

    show = f"rehearsal of {_name(options)}"
    report, result, notes = play(plan, log, speed=speed, seed=options.seed, show=show)
    return Played(plan, log, report, result, notes, _name(options), options.anonymous)


def _name(options: argparse.Namespace) -> str:
    return options.name or options.chat.name


def short(told: dict[str, Any], took_s: float) -> dict[str, Any]:
    """The figures a list of rehearsals shows."""
    keys = ("messages", "answered", "blocked", "held", "expired", "bad_lines", "duration_s", "stopped_total")
    bill = told.get("bill", {})
    return {
        **{key: told[key] for key in keys if key in told},
        "best": len(told.get("best", ())),
        "format": told.get("source", {}).get("format", ""),
        "began": told.get("source", {}).get("began", ""),
        "usd": bill.get("usd"),
        "took_s": round(took_s, 1),
    }


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
