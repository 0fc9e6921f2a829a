"""What the overlays' files may not hold: anything newer than Chromium 103, markup from strings, addresses of others."""

import re
from pathlib import Path

import pytest

OVERLAYS = Path(__file__).parents[2] / "overlays"
FILES = sorted(path for path in OVERLAYS.rglob("*") if path.suffix in (".js", ".css", ".html"))
EMOTE_HOSTS = {"static-cdn.jtvnw.net", "yt3.ggpht.com"}

# The first Chromium that knows it is later than 103, the browser of OBS 29 and 30. Checked against MDN's compat data.
TOO_NEW_CSS = {
    "translate, rotate, scale as properties": r"(?m)^\s*(translate|rotate|scale)\s*:",
    ":has()": r":has\(",
    "container queries": r"@container|container-(type|name)\s*:|\d(cq[wihb]|cqmin|cqmax)\b",
    "dynamic viewport units": r"\d[dsl]v[hwib]\b",
    "color-mix and new colour spaces": r"color-mix\(|oklch\(|oklab\(|\blab\(|\blch\(",
    "linear()": r"(?<!-)\blinear\(",
    "text-wrap": r"text-wrap\s*:",
    "subgrid": r"\bsubgrid\b",
    "@starting-style": r"@starting-style|transition-behavior|allow-discrete",
    "nesting": r"(?m)^\s*&",
    "unprefixed mask": r"(?<![-\w])mask(-image|-size|-repeat)?\s*:",
    "light-dark": r"light-dark\(",
    "scope": r"@scope",
    "stroked text": r"text-stroke|paint-order",
    "view transitions": r"view-transition",
    "individual inset shorthands of anchors": r"anchor\(|position-anchor",
    "relative colours": r"(rgb|hsl)a?\(\s*from\b",
    "trigonometry": r"\b(sin|cos|tan|atan2|pow|hypot)\(",
}
TOO_NEW_JS = {
    "copying array methods": r"\.(toSorted|toReversed|toSpliced)\(",
    "setSinkId": r"setSinkId",
    "view transitions": r"startViewTransition",
    "popover": r"popover|showPopover",
    "groupBy": r"(Object|Map)\.groupBy",
    "withResolvers": r"withResolvers",
    "set methods": r"\.(union|intersection|difference|symmetricDifference|isSubsetOf)\(",
    "import attributes": r"\bimport\b[^;\n]*\bwith\s*\{",
    "iterator helpers": r"\.values\(\)\.(map|filter|take|drop|toArray)\(",
    "Array.fromAsync": r"fromAsync",
    "regular expression v flag": r"/[gimsuy]*v[gimsuy]*\.(test|exec)\(",
    "URL.canParse, URL.parse": r"URL\.(canParse|parse)\(",
    "Promise.try": r"Promise\.try",
    "isWellFormed": r"isWellFormed|toWellFormed",
    "scheduler": r"scheduler\.(yield|postTask)",
    "resizable buffers": r"\.transfer\(|maxByteLength",
}
UNSAFE = {
    "markup from strings": r"(inner|outer|insertAdjacent)HTML|document\.write|createContextual|DOMParser|srcdoc",
    "code from strings": r"\beval\(|new Function\(|setTimeout\(\s*[\"'`]|javascript:",
    "inline style": r"setAttribute\(\s*[\"']style|cssText|<[^>]*\sstyle\s*=",
    "audio worklets": r"AudioWorklet",
}


def found(rules: dict[str, str], text: str) -> list[str]:
    return [name for name, pattern in rules.items() if re.search(pattern, text)]


def test_there_is_something_to_check() -> None:
    assert {path.name for path in FILES} >= {"sink.js", "feed.js", "rig.js", "overlay.css", "stage.js"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(OVERLAYS).as_posix())
def test_file_keeps_the_rules(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not found(TOO_NEW_CSS if path.suffix == ".css" else TOO_NEW_JS, text)
    assert not found(UNSAFE, text)
    hosts = {host for host in re.findall(r"https?://([^/\s\"'`)]+)", text) if not host.startswith("www.w3.org")}
    assert hosts <= EMOTE_HOSTS
    if path.suffix == ".html":
        assert "<style" not in text
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), "inline script"
        assert not re.search(r"\son\w+=", text), "inline handler"
        assert '<base href="__BASE__">' in text
        assert 'content="__BUILD__"' in text


@pytest.mark.parametrize(
    ("rules", "sample"),
    [
        (TOO_NEW_CSS, "a {\n  translate: 3px;\n}"),
        (TOO_NEW_CSS, "a:has(b) {}"),
        (TOO_NEW_CSS, "a { height: 100dvh }"),
        (TOO_NEW_CSS, "a { -webkit-text-stroke: 2px }"),
        (TOO_NEW_CSS, "a { width: 3cqw }"),
        (TOO_NEW_JS, "x.toSorted()"),
        (TOO_NEW_JS, "a.union(b)"),
        (TOO_NEW_JS, 'import x from "./x.json" with { type: "json" }'),
        (UNSAFE, "node.innerHTML = text"),
        (UNSAFE, 'node.setAttribute("style", "x")'),
    ],
)
def test_rule_catches(rules: dict[str, str], sample: str) -> None:
    assert found(rules, sample)


@pytest.mark.parametrize("sample", ["linear-gradient(red, blue)", "transform: translate(1px)", "-webkit-mask: none"])
def test_rule_lets_old_css_pass(sample: str) -> None:
    assert not found(TOO_NEW_CSS, sample)
