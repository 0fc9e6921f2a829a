"""The report as one file: nothing in it can break out, and a real browser shows it from disk without asking anybody."""

import html.parser
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from streamer.app.night.anonymous import nameless
from streamer.app.night.bundle import BundleError, bundle, import_map
from streamer.app.night.reportpage import inert, page
from tests.app.kit import folders
from tests.conftest import needs
from tests.overlays.conftest import launch
from tests.overlays.fake_show import until

HOSTILE = '</script><script>window.broken = 1</script><img src=x onerror="window.broken = 2">\u2028\u2029 & {curly}'


@pytest.fixture(scope="module")
def told(plain: dict[str, Any]) -> dict[str, Any]:
    """A report with a hostile name and hostile words in every place a viewer can write to."""
    made: dict[str, Any] = json.loads(json.dumps(plain))
    made["source"]["name"] = HOSTILE
    for row in (*made["waits"], *made["stopped"], *(each for best in made["best"] for each in best["asked"])):
        row["name"] = row["text"] = HOSTILE
    for line in (line for best in made["best"] for line in best["lines"]):
        line["text"] = HOSTILE
    return made


class Scripts(html.parser.HTMLParser):
    """The elements of a page, and what stands in its scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] == "script":
            self.inside.append(data)


def test_the_data_is_inert(told: dict[str, Any], tmp_path: Path) -> None:
    text = page(told, folders(tmp_path))
    read = Scripts()
    read.feed(text)
    assert [dict(attrs).get("type") for tag, attrs in read.tags if tag == "script"] == [
        "importmap", "application/json", "application/json", "module",
    ]  # fmt: skip
    assert "img" not in [tag for tag, _ in read.tags]
    assert "\u2028" not in text
    found = re.search(r'<script type="application/json" id="report">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    assert json.loads(found[1])["source"]["name"] == HOSTILE
    addresses = [value for _, attrs in read.tags for key, value in attrs.items() if key in ("src", "href")]
    assert addresses == ["data:,"]


@pytest.mark.parametrize("text", ["</script>", "<!--<script>", "]]>", "\u2028", "&lt;", "a\\u003c"])
def test_json_in_a_script_says_the_same(text: str) -> None:
    made = inert({"x": text})
    assert not set("<>&\u2028") & set(made)
    assert json.loads(made) == {"x": text}


def test_a_bundle_holds_all_it_imports(tmp_path: Path) -> None:
    (tmp_path / "lib" / "deep").mkdir(parents=True)
    (tmp_path / "lib" / "a.js").write_text(
        'import { b } from "./deep/b.js";\nimport\n  * as c\n  from \'./c.js\';\nexport { b } from "./deep/b.js";\n'
        "export const later = () => import(`./x.js`) || import(\"./c.js\");\nconst text = 'no import here';\n",
        encoding="utf-8",
    )
    (tmp_path / "lib" / "deep" / "b.js").write_text('import "../c.js";\nexport const b = "ü";\n', encoding="utf-8")
    (tmp_path / "lib" / "c.js").write_text("export default 1;\n", encoding="utf-8")
    made = bundle({"o": [tmp_path / "none", tmp_path]}, ["o/lib/a.js"])
    assert set(made) == {"o/lib/a.js", "o/lib/deep/b.js", "o/lib/c.js"}
    assert made["o/lib/a.js"].count('"sr/o/lib/deep/b.js"') == 2
    assert "from 'sr/o/lib/c.js'" in made["o/lib/a.js"]
    assert 'import("sr/o/lib/c.js")' in made["o/lib/a.js"]
    assert 'import "sr/o/lib/c.js"' in made["o/lib/deep/b.js"]
    assert all(url.startswith("data:text/javascript") for url in import_map(made)["imports"].values())


def test_a_bundle_does_not_leave_its_folders(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "secret.js").write_text("", encoding="utf-8")
    (tmp_path / "in" / "a.js").write_text('import "../../secret.js";', encoding="utf-8")
    with pytest.raises(BundleError):
        bundle({"o": [tmp_path / "in"]}, ["o/a.js"])


def test_without_names(plain: dict[str, Any]) -> None:
    made = json.loads(json.dumps(plain))
    for best in made["best"]:
        for line in best["lines"]:
            line["audio"] = "sound"
    best = made["best"][0]
    name = best["asked"][0]["name"] or "Ana"
    best["lines"][0]["text"] = f"Thank you, {name}!"
    best["lines"][0]["clauses"] = [{"at": 0, "end": 900, "text": f"Thank you, {name}!", "words": [], "cues": []}]
    hidden = nameless(made)
    names = {row["name"] for row in (*hidden["waits"], *hidden["stopped"])}
    assert names <= {"", *(f"Viewer {n}" for n in range(1, 40))}
    assert not {"Ana", "Ben", "Cleo", "Dora"} & names
    line = hidden["best"][0]["lines"][0]
    assert (line["audio"], hidden["source"]["anonymous"]) == ("", True)
    assert re.fullmatch(r"Thank you, Viewer \d+!", line["clauses"][0]["text"])
    assert line["clauses"][0]["words"][-1][3] == len(line["clauses"][0]["text"])
    assert [row["text"] for row in hidden["waits"]] == [row["text"] for row in made["waits"]]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    needs("playwright")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        made = launch(playwright, "--autoplay-policy=no-user-gesture-required")
        yield made
        made.close()


@pytest.mark.parametrize("locale", ["en-GB", "ja-JP"])
def test_a_browser_shows_it_from_disk(told: dict[str, Any], tmp_path: Path, browser: Any, locale: str) -> None:
    path = tmp_path / "evening.html"
    path.write_text(page(told, folders(tmp_path)), encoding="utf-8")
    assert path.stat().st_size < 3_000_000
    wrong: list[str] = []
    context = browser.new_context(locale=locale, offline=True)
    shown = context.new_page()
    shown.on("pageerror", lambda error: wrong.append(str(error)))
    shown.on("console", lambda said: said.type in ("error", "warning") and wrong.append(said.text))
    shown.on("request", lambda asked: asked.url.startswith(("file:", "data:", "blob:")) or wrong.append(asked.url))
    shown.goto(path.as_uri())
    until(shown, "document.querySelectorAll('.nr-card').length > 2")
    assert shown.evaluate("document.documentElement.lang") == locale[:2]
    assert shown.evaluate("window.broken === undefined")
    assert shown.evaluate("document.querySelector('#night').textContent.includes('</script><script>')")
    assert shown.evaluate("document.querySelector('#privacy').textContent.length") > 20
    until(shown, "document.querySelectorAll('#night svg').length > 2")
    shown.click(".nr-card button")
    until(shown, "document.querySelector('.nr-card.is-playing') !== null")
    context.close()
    assert wrong == []
