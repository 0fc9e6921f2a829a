"""The sources this program makes: their settings, and how one is recognised again after it was renamed or moved.

A browser source is known by its address, a text source by the setting `showrunner` that OBS keeps with the others.
Keys, types and defaults of `browser_source` are those of obs-browser (`browser_source_get_defaults`).
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import msgspec

from streamer.adapters.obs.setup.inventory import Input

MARK = "showrunner"
WIDTH, HEIGHT, FPS = 1920, 1080, 60
BROWSER_DEFAULTS: Mapping[str, Any] = {
    "url": "https://obsproject.com/browser-source",
    "width": 800,
    "height": 600,
    "fps": 30,
    "fps_custom": False,
    "shutdown": False,
    "restart_when_active": False,
    "reroute_audio": False,
}
SOUNDING = ("stage", "avatar", "sound")
"""Overlays that can play the voices."""

_FACES = {"windows": ("Segoe UI", "Yu Gothic UI"), "macos": ("Helvetica Neue", "Hiragino Sans")}
_OTHER_FACES = ("DejaVu Sans", "Noto Sans CJK JP")


class Overlay(msgspec.Struct, frozen=True):
    """An overlay's address in parts. `silent`: it is told never to sound (`sound=0`)."""

    kind: str
    persona: str = ""
    silent: bool = False
    base: str = ""
    token: str = ""

    @property
    def sounds(self) -> bool:
        return self.kind in SOUNDING and not self.silent


def overlay_of(url: object) -> Overlay | None:
    """The overlay an address leads to; None for any other page."""
    try:
        parts = urlsplit(str(url or ""))
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
    except ValueError:
        return None
    folder, _, kind = parts.path.strip("/").rpartition("/")
    if folder.rpartition("/")[2] != "overlay" or not kind or "token" not in query:
        return None
    above = parts.path[: parts.path.rindex("/overlay/")]
    base = urlunsplit((parts.scheme, parts.netloc, above, "", ""))
    return Overlay(kind, query.get("persona", ""), query.get("sound") == "0", base, query["token"])


def address(base: str, token: str, kind: str, params: Mapping[str, str]) -> str:
    """The link of an overlay, as the panel's Links card gives it, with what is asked of the page behind it."""
    query = urlencode({"token": token, **params})
    return f"{base}/overlay/{kind}?{query}"


def corrected(url: str, base: str, token: str, *, silent: bool) -> str:
    """An overlay's address with another beginning, token and voice; whatever else it asks of the page stays."""
    parts = urlsplit(url)
    kind = parts.path.rstrip("/").rpartition("/")[2]
    query = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key != "token"]
    if silent != (dict(query).get("sound") == "0"):
        query = [pair for pair in query if pair[0] != "sound"] + ([("sound", "0")] if silent else [])
    return address(base, token, kind, dict(query))


def browser_settings(url: str, *, sounds: bool) -> dict[str, Any]:
    """Of a new browser source: the whole canvas at 60 pictures a second, never asleep while it is hidden."""
    return {
        "url": url,
        "width": WIDTH,
        "height": HEIGHT,
        "fps_custom": True,
        "fps": FPS,
        "reroute_audio": sounds,
        "shutdown": False,
        "restart_when_active": False,
    }


def mark_of(source: Input) -> str:
    """The role we wrote into a text source; "" for those of others."""
    return str(source.settings.get(MARK) or "") if source.is_text else ""


def face_for(language: str, platform: str) -> str:
    """A font that is there and has the letters: text sources of OBS do not look for missing letters elsewhere."""
    latin, cjk = _FACES.get(platform.lower(), _OTHER_FACES)
    return cjk if language.split("-", maxsplit=1)[0].lower() in ("ja", "zh", "ko") else latin


def text_settings(kind: str, role: str, *, language: str, platform: str, width: int, height: int) -> dict[str, Any]:
    """Of a new text source: white, outlined, wrapped within the canvas. Sizes in points of the canvas' height.

    Colours are 0xAABBGGRR; GDI+ (Windows) and FreeType name the same things differently.
    """
    size = max(24, round(height * 0.05))
    font = {"face": face_for(language, platform), "size": size, "style": "Bold", "flags": 1}
    common: dict[str, Any] = {MARK: role, "text": "", "font": font}
    if kind.startswith("text_gdiplus"):
        return {
            **common,
            "color": 0xFFFFFF,
            "opacity": 100,
            "outline": True,
            "outline_size": max(2, size // 12),
            "outline_color": 0x000000,
            "outline_opacity": 100,
            "align": "center",
            "valign": "bottom",
            "extents": True,
            "extents_wrap": True,
            "extents_cx": round(width * 0.8),
            "extents_cy": size * 3,
        }
    return {
        **common,
        "color1": 0xFFFFFFFF,
        "color2": 0xFFFFFFFF,
        "outline": True,
        "drop_shadow": True,
        "custom_width": round(width * 0.8),
        "word_wrap": True,
    }
