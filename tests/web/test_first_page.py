"""What the first-run page weighs as it is sent: the panel, its set-up view, and the stage in its frame."""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path

from streamer.texts import texts

ROOT = Path(__file__).parents[2]
PANEL = ROOT / "streamer" / "web" / "panel"
OVERLAYS = ROOT / "overlays"
DESIGN = OVERLAYS / "design"
FIRST_VIEW = "setup"
HEAD_BYTES = 700
"""Of each answer: its status, its type, how long it may be kept, and the policy of the page."""
ANSWERS = 10
"""Of the interface: the session, the set-up, the links; small ones."""
ANSWER_BYTES = 1_500
MOST_BYTES = 300_000
IMPORT = re.compile(r"""^\s*(?:import|export)\b[^"';]*?["'](\.[^"']+)["']""", re.MULTILINE)


def modules(*entries: Path) -> set[Path]:
    """The modules and all they import before they run; not those that they ask for later."""
    found: set[Path] = set()
    todo = [entry.resolve() for entry in entries]
    while todo:
        path = todo.pop()
        if path not in found:
            found.add(path)
            todo += [(path.parent / name).resolve() for name in IMPORT.findall(path.read_text(encoding="utf-8"))]
    return found


def linked(page: Path, *folders: Path) -> Iterator[Path]:
    """Styles, scripts and pictures of a page, in the first of the folders that has them."""
    for name in re.findall(r"""(?:src|href)="(?:__BASE__)?(?!__)([\w./-]+)\"""", page.read_text(encoding="utf-8")):
        yield next(folder / name for folder in folders if (folder / name).is_file())


def panel_files() -> set[Path]:
    page = PANEL / "index.html"
    first = set(linked(page, PANEL, DESIGN))
    scripts = modules(*(path for path in first if path.suffix == ".js"), PANEL / FIRST_VIEW / "page.js")
    words = {PANEL / "texts" / "en.json", PANEL / FIRST_VIEW / "texts" / "en.json"}
    return {page, *first, *scripts, *words, PANEL / FIRST_VIEW / f"{FIRST_VIEW}.css"}


def stage_files() -> set[Path]:
    page = OVERLAYS / "stage" / "index.html"
    first = set(linked(page, OVERLAYS))
    return {page, *first, *modules(*(path for path in first if path.suffix == ".js"))}


def packed(body: bytes) -> int:
    return len(gzip.compress(body, 9, mtime=0))


def test_the_first_view_is_the_one_that_is_weighed() -> None:
    panel, stage = panel_files(), stage_files()
    assert {PANEL / "main.js", PANEL / "setup" / "talk.js", PANEL / "vendor" / "preact.js"} <= panel
    assert {
        OVERLAYS / "stage" / "stage.js",
        OVERLAYS / "lib" / "rig" / "hair.js",
        OVERLAYS / "lib" / "sink.js",
    } <= stage
    assert not any("night" in path.parts or "characters" in path.parts for path in panel), "these come when asked for"


def test_the_first_run_page_with_the_stage_is_sent_in_300_kb() -> None:
    files = [*panel_files(), *stage_files()]
    notices = json.dumps(dict(texts("en")), ensure_ascii=False).encode()
    bodies = sum(packed(path.read_bytes()) for path in files) + packed(notices)
    whole = bodies + (len(files) + 1) * HEAD_BYTES + ANSWERS * ANSWER_BYTES
    print(f"{len(files)} files, {bodies} bytes packed, {whole} with the heads of all answers")
    assert whole <= MOST_BYTES
