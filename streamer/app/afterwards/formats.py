"""The files: SRT, WebVTT, a transcript in Markdown, chapters as YouTube reads them. Pure; words of strangers make no
markup in any of them."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from streamer.app.afterwards.lines import HeardLine, Subtitle
from streamer.app.afterwards.takes import Span
from streamer.texts import fill

CHAPTER_GAP_MS: Final = 10_000
CHAPTERS_LEAST: Final = 3
"""YouTube makes chapters of a list that begins at 00:00, has three or more, each of ten seconds or more."""
ASKED_MAX: Final = 300
_MARKDOWN = re.compile(r"([\\`*_\[\]~])")
_BEGINS_LIST = re.compile(r"^(\d{1,9}(?=[.)](?:\s|$))|(?=[-+=#>]))")
_LINKS = (("://", "&#58;//"), ("www.", "www&#46;"), ("@", "&#64;"))
_ARROW = re.compile(r"-->")


class Chapter(msgspec.Struct, frozen=True):
    at_ms: int
    title: str


def srt(subtitles: Sequence[Subtitle]) -> str:
    """SubRip; who speaks stands before the first words after somebody else."""
    out: list[str] = []
    before = ""
    for number, each in enumerate(subtitles, 1):
        rows = [*each.rows]
        if each.name and each.name != before:
            rows[0] = f"{each.name}: {rows[0]}"
        before = each.name
        text = "\n".join(_plain(row) for row in rows)
        out.append(f"{number}\n{_stamp(each.start_ms, ',')} --> {_stamp(each.end_ms, ',')}\n{text}\n")
    return "\n".join(out)


def _plain(row: str) -> str:
    """Players take what is in angle brackets for a tag."""
    return _ARROW.sub("→", row).replace("<", "＜").replace(">", "＞")


def vtt(subtitles: Sequence[Subtitle]) -> str:
    """WebVTT (W3C); each cue is a voice span of who speaks."""
    out = ["WEBVTT\n"]
    for each in subtitles:
        text = "\n".join(_escaped(row) for row in each.rows)
        voice = f"<v {' '.join(_escaped(each.name).split())}>" if each.name.strip() else ""
        out.append(f"{_stamp(each.start_ms, '.')} --> {_stamp(each.end_ms, '.')}\n{voice}{text}\n")
    return "\n".join(out)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _stamp(ms: int, point: str) -> str:
    seconds, rest = divmod(max(0, ms), 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{rest:03}"


def clock(ms: int) -> str:
    """`4:05`, `1:02:03`."""
    seconds = max(0, ms) // 1000
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes:02}:{seconds % 60:02}"


def found_chapters(lines: Sequence[HeardLine], span: Span, opening: str) -> list[Chapter]:
    """Where the segments of the rundown began; the first one at 0, those that follow too soon left out."""
    out = [Chapter(0, opening)]
    for line in lines:
        if not line.segment or not any(span.clip(line.at_ms, line.end_ms + 1)):
            continue
        at_ms, title = span.place(line.at_ms), title_of(line.segment)
        if at_ms - out[-1].at_ms >= CHAPTER_GAP_MS:
            out.append(Chapter(at_ms, title))
        elif len(out) == 1:
            out[0] = Chapter(0, title)
    return out


def title_of(segment: str) -> str:
    """`opening-words` as people write it."""
    words = " ".join(re.split(r"[-_\s]+", segment)).strip()
    return words[:1].upper() + words[1:]


def chapters(found: Sequence[Chapter], words: Mapping[str, str]) -> str:
    """One line each, as a description on YouTube holds them; a note when they are too few."""
    rows = [f"{clock(each.at_ms)} {each.title}" for each in found]
    if len(found) < CHAPTERS_LEAST:
        rows.append(f"# {fill(words['afterwards.few_chapters'], {'least': CHAPTERS_LEAST})}")
    return "\n".join(rows) + "\n"


def transcript(
    lines: Sequence[HeardLine],
    span: Span,
    *,
    title: str,
    began: datetime,
    words: Mapping[str, str],
    why: Callable[[HeardLine], str],
) -> str:
    """Who said what, when, and why. Markdown."""
    out = [f"# {safe(title or words['afterwards.title'])}", "", f"{began:%Y-%m-%d %H:%M}", ""]
    there = [line for line in lines if any(span.clip(line.at_ms, line.end_ms + 1))]
    if not there:
        out += [words["afterwards.nothing"], ""]
    for line in there:
        at_ms = span.place(line.at_ms)
        if line.segment:
            out += [f"## {clock(at_ms)} {safe(title_of(line.segment))}", ""]
        reason = why(line)
        out += [f"**{clock(at_ms)} {safe(line.name)}**" + (f" ({safe(reason)})" if reason else "")]
        asked = [f"> {safe(each.name)}: {safe(_short(each.text))}" for each in line.asked if each.text or each.name]
        out += ["", "\n>\n".join(asked)] if asked else []
        said = safe(line.text)
        cut = "" if line.outcome == "finished" else f" *({words['afterwards.cut_short']})*"
        out += ["", f"{said}{cut}", ""]
    return "\n".join(out)


def _short(text: str) -> str:
    return text if len(text) <= ASKED_MAX else f"{text[: ASKED_MAX - 1].rstrip()}…"


def safe(text: str) -> str:
    """One line in which nothing is markup: no links, pictures or HTML of strangers."""
    line = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;")
    line = _BEGINS_LIST.sub(r"\1\\", _MARKDOWN.sub(r"\\\1", line))
    for sign, harmless in _LINKS:
        line = line.replace(sign, harmless)
    return line
