"""The documentation: links, commands, the settings page, the pictures."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from streamer.app.cli import COMMANDS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"docs_{name}", DOCS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


check_docs: Any = script("check_docs")
make_settings: Any = script("make_settings")
make_pictures: Any = script("make_pictures")


@pytest.mark.parametrize("page", check_docs.pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_commands_and_paths_of_a_page(page: Path) -> None:
    found = [*check_docs.broken_links(page), *check_docs.wrong_commands(page), *check_docs.machine_paths(page)]
    assert not found


def test_the_whole_is_in_order() -> None:
    assert not check_docs.problems()


def test_every_command_is_described_somewhere() -> None:
    told = {given[0] for page in check_docs.pages() for given in check_docs.commands(page) if given}
    assert told >= {*COMMANDS, "test", "lint", "docs"} - {"run"}


def test_the_settings_page_is_current() -> None:
    assert make_settings.PAGE.read_text(encoding="utf-8") == make_settings.page()


def test_the_checks_find_what_is_wrong(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    lines = [
        "# A page",
        "[gone](gone.md) [no heading](#nothing) [fine](#a-page) [outside](https://example.org/x)",
        "`python3 run.py nonsense` and `python3 run.py --port N`, `python3 run.py rehearse CHAT.jsonl --sped 3`",
        "It lies in /" + "root/showrunner",
    ]
    page.write_text("\n".join(lines), encoding="utf-8")
    assert [each.partition(":")[0] for each in check_docs.broken_links(page)] == ["gone.md", "#nothing"]
    assert len(list(check_docs.wrong_commands(page))) == 2
    assert len(list(check_docs.machine_paths(page))) == 1


def test_every_page_is_reachable_from_the_readme() -> None:
    seen, todo = set[Path](), [ROOT / "README.md"]
    while todo:
        page = todo.pop()
        if page in seen or page.suffix != ".md" or not page.is_file():
            continue
        seen.add(page)
        targets = check_docs.LINK.findall(page.read_text(encoding="utf-8"))
        todo += [(page.parent / target.partition("#")[0]).resolve() for target in targets if ":" not in target]
    assert not [page for page in (DOCS.rglob("*.md")) if page not in seen]


# --- pictures


@pytest.mark.parametrize(
    ("name", "limit_kb"),
    [
        ("demo.webp", 3000), ("stage.webp", 200), ("panel.png", 200), ("panel-light.png", 200),
        ("panel-phone.png", 200), ("avatars/everybody.webp", 200), ("architecture.svg", 200),
    ],
)  # fmt: skip
def test_the_pictures_are_there_and_small(name: str, limit_kb: int) -> None:
    assert 4 < (DOCS / "pictures" / name).stat().st_size / 1000 < limit_kb


def test_the_animation_lasts_twenty_seconds_and_moves() -> None:
    from PIL import Image

    with Image.open(DOCS / "pictures" / "demo.webp") as picture:
        frames: int = getattr(picture, "n_frames", 1)
        assert frames > 100
        length = 0
        for index in range(frames):
            picture.seek(index)
            picture.load()
            length += picture.info["duration"]
        assert 19_500 <= length <= 20_500


def message(at: float, **changes: Any) -> tuple[float, dict[str, Any]]:
    return at, {"seq": 1, "now": at, "set": changes}


def line(persona: str, kind: str = "answer") -> dict[str, Any]:
    return {"line": {"persona": persona, "kind": kind}}


def test_the_best_twenty_seconds_have_both_personas_and_an_answer() -> None:
    rows = [
        message(0, **line("mika", "segment")), message(5_000, line=None),
        message(8_000, **line("mika")), message(11_000, line=None),
        message(30_000, **line("mika")), message(36_000, line=None),
        message(37_000, **line("juno")), message(44_000, line=None),
        message(60_000, **line("mika")), message(79_000, line=None),
        message(79_200, **line("juno")), message(86_000, line=None),
        message(120_000, stage={}),
    ]  # fmt: skip
    assert make_pictures.best_start(rows) == 30_000 - 700


def test_lines_are_read_from_the_feed() -> None:
    rows = [message(0, **line("mika", "idle")), message(900, line=None), message(2_000, stage={"answering": None})]
    assert make_pictures.lines_of(rows) == [(0, 900, "mika", False)]
