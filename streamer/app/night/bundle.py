"""ES modules of several folders as one import map of `data:` addresses, so that a page needs no server.

A module's relative imports cannot be resolved from a `data:` address; they are rewritten to names that the map knows:
`./svg.js` inside `overlays/lib/rig/face.js` becomes `sr/overlays/lib/rig/svg.js`.
"""

import base64
import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

PREFIX: Final = "sr/"
_IMPORT: Final = re.compile(
    r"""(?P<head>(?:^|[;}\s])(?:import|export)\s*(?:[\w$*{}\s,]*?\bfrom\s*)?|\bimport\(\s*)"""
    r"""(?P<quote>["'])(?P<path>\.{1,2}/[^"'\n]+)(?P=quote)"""
)


class BundleError(Exception):
    """A module that is imported is not there."""


def bundle(roots: Mapping[str, Sequence[Path]], entries: Iterable[str]) -> dict[str, str]:
    """Every module that the entries need, by name (`overlays/lib/rig.js`), with its imports rewritten.

    `roots`: folders by the first part of a name, earlier ones first. Raises BundleError, and OSError of reading.
    """
    done: dict[str, str] = {}
    waiting = list(entries)
    while waiting:
        name = waiting.pop()
        if name in done:
            continue
        source = find(roots, name).read_text(encoding="utf-8")
        needed: list[str] = []

        def rewritten(found: "re.Match[str]", name: str = name, needed: list[str] = needed) -> str:
            path = posixpath.normpath(posixpath.join(posixpath.dirname(name), found["path"]))
            needed.append(path)
            return f"{found['head']}{found['quote']}{PREFIX}{path}{found['quote']}"

        done[name] = _IMPORT.sub(rewritten, source)
        waiting += needed
    return done


def find(roots: Mapping[str, Sequence[Path]], name: str) -> Path:
    """The file of a module. A name that leads out of its folder is not found."""
    root, _, rest = name.partition("/")
    for folder in roots.get(root, ()):
        path = folder / rest
        if rest and ".." not in rest.split("/") and path.is_file():
            return path
    raise BundleError(f"{name} is missing")


def import_map(modules: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The map for `<script type="importmap">`."""
    return {"imports": {PREFIX + name: data_url(source) for name, source in sorted(modules.items())}}


def data_url(source: str) -> str:
    return "data:text/javascript;charset=utf-8;base64," + base64.b64encode(source.encode()).decode()
