"""The panel's files as they lie there: what they import, what they weigh, what they may not use, and their words."""

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

from streamer.texts import texts

PANEL = Path(__file__).parents[2] / "streamer" / "web" / "panel"
DESIGN = PANEL.parents[2] / "overlays" / "design"
VENDOR = PANEL / "vendor"
OWN = sorted(path for path in PANEL.rglob("*.js") if VENDOR not in path.parents)
VIEWS = sorted({path.parent.parent.name for path in PANEL.glob("*/texts/*.json")})
"""Folders of views that come with their own words when they are asked for."""
STYLES = sorted([*PANEL.rglob("*.css"), *DESIGN.glob("*.css")])
LANGUAGES = sorted(path.stem for path in (PANEL / "texts").glob("*.json"))
PLACE = re.compile(r"\{(\w+)\}")


def words(language: str) -> dict[str, str]:
    """The words of the panel and of all its views; no view may change a word of another."""
    found: dict[str, str] = {}
    for folder in (PANEL, *(PANEL / view for view in VIEWS)):
        path = folder / "texts" / f"{language}.json"
        own: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        assert not set(own) & set(found), path
        found |= own
    return found


def at_first(path: Path) -> bool:
    """Whether a file belongs to the first load, not to a view that comes later."""
    return path.parent == PANEL or path.parent.name == "parts" or DESIGN in path.parents


# --- vendored --------------------------------------------------------------------------------------------------------


def test_vendored_files_are_those_of_the_list() -> None:
    listed = {
        name: digest for digest, name in (line.split() for line in (VENDOR / "SHA256SUMS").read_text().splitlines())
    }
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in VENDOR.iterdir()}
    for undescribed in ("README.md", "SHA256SUMS"):
        found.pop(undescribed)
    assert found == listed


def test_every_vendored_licence_is_beside_the_code() -> None:
    readme = (VENDOR / "README.md").read_text(encoding="utf-8")
    licences = sorted(path.name for path in VENDOR.glob("LICENSE.*"))
    assert len(licences) == 4
    assert all(name in readme for name in licences)


# --- code -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_imports_are_relative_and_lead_to_files(path: Path) -> None:
    imports = re.findall(r"""(?:from|import)\s+["']([^"']+)["']""", path.read_text(encoding="utf-8"))
    assert [name for name in imports if not name.startswith(".")] == []
    assert [name for name in imports if not (path.parent / name).is_file()] == []


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_nothing_makes_markup_from_text(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    banned = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|\balert\(|\bconfirm\(|\bprompt\("
    )
    assert re.findall(banned, source) == []
    assert re.findall(r"randomUUID\(", source) == []
    assert re.findall(r'\sstyle="', source) == []


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_styles_stay_below_chromium_103(path: Path) -> None:
    source = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    later = r":has\(|color-mix\(|@container|\btext-wrap:|\b\d+(?:cq[wh]|dvh|svh)\b|^\s*&"
    assert re.findall(later, source, re.MULTILINE) == []


def selectors(path: Path) -> list[str]:
    source = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return [one.strip() for group in re.findall(r"([^{}]+)\{", source) for one in group.split(",")]


@pytest.mark.parametrize("path", sorted(PANEL.glob("*/*.css")), ids=lambda path: path.name)
def test_styles_of_views_leave_shared_classes_alone(path: Path) -> None:
    """The style of a view stays when the view is left: a rule for a bare shared class would change the other views."""
    shared = {
        name
        for style in [*DESIGN.glob("*.css"), *PANEL.glob("*.css")]
        for one in selectors(style)
        for name in re.findall(r"\.([a-zA-Z][\w-]*)", one)
    }
    bare = re.compile(r"\.([\w-]+)(?::[\w-]+|\[[^\]]*\])*")
    found = [(one, bare.fullmatch(one)) for one in selectors(path)]
    assert [one for one, match in found if match and match[1] in shared] == []


def test_the_page_has_no_inline_code_and_one_place_for_its_address() -> None:
    page = (PANEL / "index.html").read_text(encoding="utf-8")
    assert "<base" not in page
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=", page) == []
    files = re.findall(r"""(?:src|href)="__BASE__([^"]+)\"""", page)
    assert len(files) == len(re.findall(r"""(?:src|href)=""", page))
    assert [name for name in files if not (PANEL / name).is_file() and not (DESIGN / name).is_file()] == []


def test_the_first_load_is_light() -> None:
    files = [
        *(path for path in [*OWN, *STYLES] if at_first(path)),
        VENDOR / "preact.js",
        PANEL / "index.html",
        PANEL / "texts" / "en.json",
    ]
    # The chip of the microphone came to the header; what captures and shows it comes later.
    assert sum(len(gzip.compress(path.read_bytes(), 9, mtime=0)) for path in files) < 90_000


# --- words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", [name for name in LANGUAGES if name != "en"])
def test_languages_have_the_same_keys_and_places(language: str) -> None:
    english, other = words("en"), words(language)
    assert set(other) == set(english)
    assert {key: sorted(PLACE.findall(text)) for key, text in other.items()} == {
        key: sorted(PLACE.findall(text)) for key, text in english.items()
    }
    assert [key for key, text in other.items() if not text.strip()] == []


def used_keys() -> tuple[set[str], set[str]]:
    """Keys written out in the code, and beginnings of those that are put together."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in OWN)
    calls = re.findall(r"""\b(?:t|tn|parts)\(\s*(["'`])([^"'`]*)\1""", source)
    ternaries = re.findall(r"""\bt\([^()"]*\? "([\w.]+)" : "([\w.]+)\"""", source)
    plain = {key for quote, key in calls if quote != "`"} | {key for pair in ternaries for key in pair}
    begun = {key.split("${", 1)[0] for quote, key in calls if quote == "`"}
    return plain, begun


def test_every_key_in_the_code_has_words() -> None:
    known = set(words("en")) | set(texts("en"))
    known |= {key.rsplit(".", 1)[0] for key in known if key.endswith(".other")}
    plain, begun = used_keys()
    assert len(plain) > 80
    assert sorted(plain - known) == []
    assert sorted(start for start in begun if start and not any(key.startswith(start) for key in known)) == []


def test_no_words_are_left_over() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in OWN)
    _, begun = used_keys()
    begun |= {"chat.", "platform.", "overlay.", "part.", "role.", "quiet.", "mode."}
    begun |= {f"overlays.{each}." for each in ("param", "option", "style")}  # of the gallery: see test_gallery
    left = [
        key
        for key in words("en")
        if f'"{re.sub(r"[.](one|other)$", "", key)}"' not in source
        and not any(start and key.startswith(start) for start in begun)
    ]
    assert left == []


def test_panel_words_and_notices_do_not_fight() -> None:
    """The panel's own words win over notices of the same key: there must be none."""
    assert sorted(set(words("en")) & set(texts("en"))) == []


# --- colours --------------------------------------------------------------------------------------------------------

ON = {
    "t1": ("bg0", "bg1", "bg2", "bg3", "bg4"),
    "t2": ("bg0", "bg1", "bg2", "bg3"),
    "t3": ("bg0", "bg1", "bg2"),
    "accent": ("bg1", "bg2", "accent-bg"),
    "live": ("bg1", "live-bg"),
    "ready": ("bg1", "ready-bg"),
    "held": ("bg1", "bg2", "held-bg"),
    "block": ("bg1", "block-bg"),
    "tw": ("tw-bg",),
    "yt": ("yt-bg",),
    "stop-t": ("stop", "stop-hi"),
    "go-t": ("go", "go-hi"),
}


def tokens(theme: str) -> dict[str, str]:
    source = (DESIGN / "tokens.css").read_text(encoding="utf-8")
    dark, light = source.split("@media (prefers-color-scheme: light)", 1)
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", dark))
    if theme == "light":
        found |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light.split("@media", 1)[0]))
    return found


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_text_can_be_read_on_what_it_stands_on(theme: str) -> None:
    colours = tokens(theme)
    bad: list[str] = []
    for text, grounds in ON.items():
        for ground in grounds:
            high, low = sorted((luminance(colours[text]), luminance(colours[ground])), reverse=True)
            ratio = (high + 0.05) / (low + 0.05)
            if ratio < 4.5:
                bad.append(f"{text} on {ground}: {ratio:.2f}")
    assert bad == []
