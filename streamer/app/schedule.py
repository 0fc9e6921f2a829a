"""The rundown: `scenes/<name>.yaml`, and when its segments are due.

APScheduler's triggers are used as pure functions of the time: nothing of its scheduler runs, so a simulated night
and a live one ask the same question and get the same answer.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import msgspec
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from streamer.app.yamlfile import BadFiles, Problem, problems, read_yaml
from streamer.core.settings import Segment

_DURATION = re.compile(r"^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$")
_CLOCK = re.compile(r"^([01]?\d|2[0-3]):([0-5]\d)$")

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]


def seconds(text: str) -> float:
    """`1h30m`, `12m`, `45s` as seconds. Raises ValueError for anything else."""
    found = _DURATION.match(text.strip())
    if not found or not any(found.groups()):
        raise ValueError("a duration looks like 45s, 12m or 1h30m")
    hours, minutes, secs = (int(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + secs


class SegmentFile(BaseModel):
    """One piece of the rundown. Exactly one of `at`, `after`, `every` and `cron` says when."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]
    say: Annotated[Text, Field(description="What the line is about; the persona finds the words.")]
    at: Annotated[str, Field(description="`start`, or a time of day such as 20:15.")] = ""
    after: Annotated[str, Field(description="Once, so long after the start: 5m.")] = ""
    every: Annotated[str, Field(description="Again and again: 12m.")] = ""
    cron: Annotated[str, Field(description="A crontab line with five fields.")] = ""
    persona: str = ""
    scene: str = ""
    banter: Annotated[bool, Field(description="The others may take it up.")] = False
    stale_after_s: Annotated[float, Field(gt=0, le=86_400)] = 60.0

    @field_validator("after", "every")
    @classmethod
    def _duration(cls, value: str) -> str:
        if value and seconds(value) < 1:
            raise ValueError("must be a second or more")
        return value

    @field_validator("at")
    @classmethod
    def _time(cls, value: str) -> str:
        if value not in ("", "start") and not _CLOCK.match(value):
            raise ValueError("must be `start` or a time of day such as 20:15")
        return value

    @field_validator("cron")
    @classmethod
    def _crontab(cls, value: str) -> str:
        if value:
            from apscheduler.triggers.cron import CronTrigger

            CronTrigger.from_crontab(value)
        return value

    @model_validator(mode="after")
    def _one_time(self) -> "SegmentFile":
        given = [name for name in ("at", "after", "every", "cron") if getattr(self, name)]
        if len(given) != 1:
            raise ValueError("says when exactly once: one of at, after, every, cron")
        return self


class RundownFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = ""
    segments: list[SegmentFile] = []

    @model_validator(mode="after")
    def _ids_differ(self) -> "RundownFile":
        ids = [segment.id for segment in self.segments]
        twice = {each for each in ids if ids.count(each) > 1}
        if twice:
            raise ValueError(f"segment ids are used once: {', '.join(sorted(twice))}")
        return self


class Rundown(msgspec.Struct, frozen=True):
    """A rundown that was read: what the core needs, what is said, and when."""

    title: str = ""
    segments: tuple[Segment, ...] = ()
    words: dict[str, str] = {}
    """Segment id -> what the line is about."""
    times: tuple[tuple[str, Any], ...] = ()
    """(segment id, `SegmentFile`), for `occurrences`."""


def find_rundown(roots: Sequence[Path], name: str) -> Path | None:
    return next((path for root in roots if (path := root / f"{name}.yaml").is_file()), None)


def load_rundown(roots: Sequence[Path], name: str) -> Rundown:
    """The rundown of that name; an empty name is no rundown. Raises `BadFiles` with every problem."""
    if not name:
        return Rundown()
    path = find_rundown(roots, name)
    if path is None:
        known = sorted({file.stem for root in roots if root.is_dir() for file in root.glob("*.yaml")})
        raise BadFiles([Problem(f"scenes/{name}.yaml", 0, "", f"there is no such rundown; found: {', '.join(known)}")])
    shown = f"scenes/{path.name}"
    data, line_of = read_yaml(path, shown=shown)
    bad = problems(RundownFile, data, line_of, shown)
    if bad:
        raise BadFiles(bad)
    read = RundownFile.model_validate(data)
    return Rundown(
        title=read.title,
        segments=tuple(
            Segment(
                id=each.id,
                persona=each.persona,
                stale_after_ms=int(each.stale_after_s * 1000),
                scene=each.scene,
                banter=each.banter,
            )
            for each in read.segments
        ),
        words={each.id: each.say for each in read.segments},
        times=tuple((each.id, each) for each in read.segments),
    )


def next_due(segment: SegmentFile, started: datetime, after: datetime) -> datetime | None:
    """The first time later than `after` at which the segment is due in a show that began at `started`; None for never.

    Both times carry a zone. `at: start` and `after` happen once.
    """
    if segment.at == "start":
        return started if started > after else None
    if segment.after:
        due = started + timedelta(seconds=seconds(segment.after))
        return due if due > after else None
    return _trigger_time(segment, started, after)


def _trigger_time(segment: SegmentFile, started: datetime, after: datetime) -> datetime | None:
    from apscheduler.triggers.cron import CronTrigger
    from apscheduler.triggers.interval import IntervalTrigger

    zone = started.tzinfo
    just_after = after + timedelta(microseconds=1)
    if segment.every:
        every = seconds(segment.every)
        first = started + timedelta(seconds=every)
        interval = IntervalTrigger(seconds=int(every), start_date=first, timezone=zone)
        return interval.get_next_fire_time(None, just_after)
    if segment.cron:
        return CronTrigger.from_crontab(segment.cron, timezone=zone).get_next_fire_time(None, just_after)
    clock = _CLOCK.match(segment.at)
    if clock is None:
        return None
    daily = CronTrigger(hour=int(clock[1]), minute=int(clock[2]), timezone=zone)
    return daily.get_next_fire_time(None, just_after)


def occurrences(rundown: Rundown, started: datetime, until: datetime) -> Iterator[tuple[datetime, str]]:
    """Everything due between the start (included) and `until`, in order of time."""
    due: list[tuple[datetime, str]] = []
    for segment_id, segment in rundown.times:
        at = next_due(segment, started, started - timedelta(microseconds=1))
        while at is not None and at <= until:
            due.append((at, segment_id))
            at = next_due(segment, started, at)
    yield from sorted(due)
