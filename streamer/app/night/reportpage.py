"""The report as one HTML file that asks no host for anything: data, renderer, characters and style are in it.

The report is data in a script element of a type no browser runs, with every sign escaped that could end it. The page's
own policy forbids every connection, so nothing it contains can call home.
"""

import base64
import html
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from streamer import web
from streamer.app.night.bundle import bundle, find, import_map
from streamer.app.pictures import folder_of, served
from streamer.app.settings import Folders
from streamer.texts import LANGUAGES, texts

CSP: Final = (
    "default-src 'none'; script-src 'unsafe-inline' data:; style-src 'unsafe-inline'; img-src data: blob:; "
    "media-src data: blob:; font-src data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
)
PANEL: Final = Path(web.__file__).parent / "panel"
RENDERER: Final = "panel/night/report.js"
RIG: Final = ("overlays/lib/avatar.js", "overlays/lib/playhead.js")
"""Modules of the overlays; the renderer gets what they export as one object."""
STYLES: Final = ("overlays/design/tokens.css", "overlays/design/base.css", "panel/night/night.css")
TEXTS: Final = ("panel", "panel/night")
PREFIXES: Final = ("night.", "rehearsal.", "why.", "rule.", "drop.", "notice.", "span.")
_ADDRESS: Final = re.compile(r"^/pictures/(?P<persona>[^/?]+)/(?P<name>[^/?]+)")
_ESCAPES: Final = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_ENDS: Final = re.compile("[" + "".join(_ESCAPES) + "]")
_STYLE_URL: Final = re.compile(r"@import[^;]*;|url\(\s*(?!['\"]?data:)[^)]*\)", re.IGNORECASE)

_FRAME: Final = """
html, body { height: auto; min-height: 100%; overflow: auto; }
body { margin: 0; background: var(--bg0); color: var(--t1); }
.night-privacy { max-width: 1120px; margin: 0 auto; padding: 12px 20px 0; font-size: 12px; opacity: .8; }
#night { max-width: 1120px; margin: 0 auto; padding: 16px 20px 48px; }
"""
_PAGE: Final = """\
<!doctype html>
<!-- {privacy} -->
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{csp}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<meta name="robots" content="noindex">
<meta name="referrer" content="no-referrer">
<title>Showrunner: last night, again</title>
<link rel="icon" href="data:,">
<style>{style}</style>
<script type="importmap">{modules}</script>
<script type="application/json" id="report">{report}</script>
<script type="application/json" id="texts">{texts}</script>
</head>
<body>
<p class="night-privacy" id="privacy">{privacy}</p>
<main id="night"></main>
<noscript>This report needs JavaScript.</noscript>
<script type="module">{boot}</script>
</body>
</html>
"""
_BOOT: Final = """\
import {{ showReport }} from "sr/{renderer}";
{imports}
const read = (id) => JSON.parse(document.getElementById(id).textContent);
const report = read("report");
const tables = read("texts");
const lang = (navigator.languages || []).map((tag) => tag.slice(0, 2)).find((tag) => tag in tables) || "en";
const strings = {{ ...tables.en, ...tables[lang] }};
document.documentElement.lang = lang;
document.getElementById("privacy").textContent = strings[{privacy}];
showReport(document.getElementById("night"), report, {{ strings, lang, rig: {rig} }});
"""


def page(told: Mapping[str, Any], folders: Folders) -> str:
    """The whole file for a report as JSON. The overlays people changed at home are the ones in the file.

    Raises OSError and BundleError when the program's own files are not there.
    """
    roots: dict[str, Sequence[Path]] = {"overlays": folders.roots("overlays"), "panel": (PANEL,)}
    is_anonymous = told.get("source", {}).get("anonymous")
    privacy = "rehearsal.page.anonymous" if is_anonymous else "rehearsal.page.privacy"
    rig = RIG if all(_exists(roots, name) for name in RIG) else ()
    boot = _BOOT.format(
        renderer=RENDERER,
        imports="\n".join(f'import * as rig{at} from "sr/{name}";' for at, name in enumerate(rig)),
        rig=f"{{ {', '.join(f'...rig{at}' for at in range(len(rig)))} }}" if rig else "null",
        privacy=json.dumps(privacy),
    )
    return _PAGE.format(
        csp=CSP,
        privacy=html.escape(texts("en")[privacy]),
        style=_style(roots),
        modules=inert(import_map(bundle(roots, [RENDERER, *rig]))),
        report=inert({**told, "cast": with_pictures(told.get("cast", ()), folders.roots("characters"))}),
        texts=inert(words(roots)),
        boot=boot,
    )


def inert(value: object) -> str:
    """JSON that can stand inside a script element: nothing in it can end the element or a line of script."""
    return _ENDS.sub(lambda sign: _ESCAPES[sign[0]], json.dumps(value, ensure_ascii=False, allow_nan=False))


def words(roots: Mapping[str, Sequence[Path]]) -> dict[str, dict[str, str]]:
    """What people read on the page, by language: the notices, the panel's words for rules and reasons, its own."""
    out: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        table: dict[str, str] = dict(texts(language))
        for folder in TEXTS:
            name = f"{folder}/texts/{language}.json"
            if _exists(roots, name):
                table |= json.loads(find(roots, name).read_text(encoding="utf-8"))
        out[language] = {key: text for key, text in table.items() if key.startswith(PREFIXES)}
    return out


def with_pictures(cast: Sequence[Mapping[str, Any]], roots: Sequence[Path]) -> list[dict[str, Any]]:
    """The cast with the pictures themselves instead of their addresses; a picture that is gone is left out."""
    out: list[dict[str, Any]] = []
    for member in cast:
        look = dict(member.get("look") or {})
        if look.get("kind") == "png":
            look["pictures"] = {
                expression: {part: data for part, address in parts.items() if (data := _inlined(address, roots))}
                for expression, parts in look.get("pictures", {}).items()
            }
        out.append({**member, "look": look})
    return out


def _inlined(address: str, roots: Sequence[Path]) -> str:
    found = _ADDRESS.match(address)
    folder = folder_of(unquote(found["persona"]), roots) if found else None
    picture = served(folder, unquote(found["name"])) if found and folder else None
    return f"data:{picture[1]};base64,{base64.b64encode(picture[0]).decode()}" if picture else ""


def _style(roots: Mapping[str, Sequence[Path]]) -> str:
    """The style sheets without anything that would be loaded, and without the end of their element."""
    sheets = [find(roots, name).read_text(encoding="utf-8") for name in STYLES if _exists(roots, name)]
    return _STYLE_URL.sub("none", "\n".join([*sheets, _FRAME])).replace("</", "<\\/")


def _exists(roots: Mapping[str, Sequence[Path]], name: str) -> bool:
    root, _, rest = name.partition("/")
    return any((folder / rest).is_file() for folder in roots[root])
