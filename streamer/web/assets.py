"""Files for browsers, read once at boot: an update on disk changes nothing on air, and no request touches the disk.

The build id is a hash of all contents and part of every address, so that files may be cached for ever and a page
notices that it is of another build. Pages name all modules they begin with (`<link rel="modulepreload">`): a browser
would find them one level of imports at a time.
"""

import gzip
import hashlib
import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

# The registry of Windows may say text/plain for .js; a module is refused then.
TYPES = {
    ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css",
    ".json": "application/json", ".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg", ".webp": "image/webp", ".gif": "image/gif", ".ico": "image/x-icon",
    ".woff2": "font/woff2", ".wav": "audio/wav", ".mp3": "audio/mpeg", ".ogg": "audio/ogg", ".webm": "video/webm",
    ".txt": "text/plain", ".map": "application/json",
}  # fmt: skip
_PACKED = (".html", ".js", ".mjs", ".css", ".json", ".svg", ".txt", ".map")
_PACK_FROM = 512
_SCRIPT = re.compile(rb"""<script type="module" src="(__BASE__)?([^"]+)\"""")
_IMPORT = re.compile(rb"""^\s*(?:import|export)\b[^"';]*?["'](\.[^"']+)["']""", re.MULTILINE)


@dataclass(frozen=True)
class Asset:
    body: bytes
    packed: bytes | None
    type: str


class Assets:
    """The files under some folders. Of two with the same name the one in the later folder counts."""

    def __init__(self, folders: Sequence[Path], prefix: str) -> None:
        """`prefix`: first part of the address, such as `/o/`. Files of unknown types and hidden ones are left out."""
        found: dict[str, Path] = {}
        for folder in folders:
            for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
                name = path.relative_to(folder).as_posix()
                if path.suffix.lower() in TYPES and not any(part.startswith(".") for part in name.split("/")):
                    found[name] = path
        contents = {name: path.read_bytes() for name, path in sorted(found.items()) if path.is_file()}
        whole = hashlib.sha256()
        for name, body in contents.items():
            whole.update(f"{name}\0{len(body)}\0".encode())
            whole.update(body)
        self.build = whole.hexdigest()[:12]
        self.base = f"{prefix}{self.build}/"
        self._files = {name: _asset(name, body) for name, body in contents.items()}
        self._pages = {
            name.removesuffix("index.html").rstrip("/"): self._page(_with_preloads(body, contents))
            for name, body in contents.items()
            if name.split("/")[-1] == "index.html"
        }

    def _page(self, body: bytes) -> bytes:
        return body.replace(b"__BASE__", self.base.encode()).replace(b"__BUILD__", self.build.encode())

    def kinds(self) -> list[str]:
        """Folders that hold a page."""
        return sorted(kind for kind in self._pages if kind and "/" not in kind)

    def read(self, name: str) -> bytes | None:
        """The content of a file by its path below the folders; None when there is none."""
        asset = self._files.get(name)
        return asset.body if asset is not None else None

    def page(self, kind: str) -> bytes | None:
        """The page of a folder ("" for the top one), with `__BASE__` and `__BUILD__` filled in."""
        return self._pages.get(kind)

    def respond(self, request: web.Request, build: str, name: str) -> web.Response:
        """A file by its address; 404 for another build."""
        asset = self._files.get(name) if build == self.build else None
        if asset is None:
            raise web.HTTPNotFound
        headers = {
            "Cache-Control": "public, max-age=31536000, immutable",
            "Content-Type": asset.type,
            "ETag": f'"{self.build}"',
            "Vary": "Accept-Encoding",
        }
        if request.headers.get("If-None-Match") == headers["ETag"]:
            return web.Response(status=304, headers=headers)
        if asset.packed is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
            return web.Response(body=asset.packed, headers=headers | {"Content-Encoding": "gzip"})
        return web.Response(body=asset.body, headers=headers)


def imported(entry: str, contents: Mapping[str, bytes]) -> list[str]:
    """The modules that a module imports before it runs, and those that these import; not those it asks for later."""
    found: dict[str, None] = {}
    todo = [entry]
    while todo:
        name = todo.pop(0)
        if name in contents and name not in found:
            found[name] = None
            folder = posixpath.dirname(name)
            todo += [posixpath.normpath(posixpath.join(folder, each.decode(errors="replace")))
                     for each in _IMPORT.findall(contents[name])]  # fmt: skip
    return [name for name in found if name != entry]


def _with_preloads(page: bytes, contents: Mapping[str, bytes]) -> bytes:
    script = _SCRIPT.search(page)
    if script is None:
        return page
    base = script[1] or b""
    names = imported(script[2].decode(errors="replace"), contents)
    links = b"".join(b'<link rel="modulepreload" href="%s%s">\n' % (base, name.encode()) for name in names)
    return page[: script.start()] + links + page[script.start() :]


def _asset(name: str, body: bytes) -> Asset:
    suffix = "." + name.rsplit(".", 1)[-1].lower()
    kind = TYPES[suffix]
    if kind.startswith("text/"):
        kind += "; charset=utf-8"
    packed = None
    if suffix in _PACKED and len(body) >= _PACK_FROM:
        packed = gzip.compress(body, 9, mtime=0)
        packed = packed if len(packed) < len(body) else None
    return Asset(body, packed, kind)
