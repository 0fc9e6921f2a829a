"""The state of an in-memory OBS, and how obs-websocket reads the fields of a request. Values as OBS 29.0.2 has them."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

KINDS = (
    "image_source", "color_source_v3", "slideshow", "ffmpeg_source", "text_ft2_source_v2", "pulse_input_capture",
    "pulse_output_capture", "v4l2_input", "xshm_input",
)  # fmt: skip
WINDOWS_KINDS = (
    "image_source", "color_source_v3", "slideshow", "browser_source", "ffmpeg_source", "text_gdiplus_v2",
    "monitor_capture", "window_capture", "game_capture", "dshow_input", "wasapi_input_capture", "wasapi_output_capture",
)  # fmt: skip
AUDIO = ("ffmpeg_source", "browser_source", "pulse_", "wasapi_", "coreaudio_", "dshow_input", "vlc_source")
MEDIA = ("ffmpeg_source", "vlc_source", "slideshow")
FILTER_KINDS = (
    "color_filter_v2",
    "crop_filter",
    "gain_filter",
    "mask_filter_v2",
    "sharpness_filter_v2",
    "scroll_filter",
)
DEFAULTS: dict[str, dict[str, Any]] = {
    "browser_source": {
        "url": "https://obsproject.com/browser-source", "width": 800, "height": 600, "fps": 30, "fps_custom": False,
        "shutdown": False, "restart_when_active": False, "reroute_audio": False, "webpage_control_level": 1,
        "css": "body { background-color: rgba(0, 0, 0, 0); margin: 0px auto; overflow: hidden; }",
    },
    "color_source_v3": {"color": 4291940817, "width": 1920, "height": 1080},
    "text_ft2_source_v2": {
        "antialiasing": True, "color1": 4294967295, "color2": 4294967295, "drop_shadow": False, "log_lines": 6,
        "font": {"face": "Sans Serif", "flags": 0, "size": 256, "style": ""}, "outline": False, "word_wrap": False,
    },
    "ffmpeg_source": {
        "buffering_mb": 2, "clear_on_media_end": True, "is_local_file": True, "linear_alpha": False, "looping": False,
        "reconnect_delay_sec": 10, "restart_on_activate": True, "speed_percent": 100,
    },
}  # fmt: skip
FILTER_DEFAULTS: dict[str, dict[str, Any]] = {
    "gain_filter": {"db": 0.0},
    "color_filter_v2": {
        "brightness": 0.0, "color_add": 0, "color_multiply": 16777215, "contrast": 0.0, "gamma": 0.0, "hue_shift": 0.0,
        "opacity": 1.0, "saturation": 0.0,
    },
}  # fmt: skip
TRANSFORM: dict[str, Any] = {
    "alignment": 5, "boundsAlignment": 0, "boundsHeight": 0.0, "boundsType": "OBS_BOUNDS_NONE", "boundsWidth": 0.0,
    "cropBottom": 0, "cropLeft": 0, "cropRight": 0, "cropTop": 0, "height": 0.0, "positionX": 0.0, "positionY": 0.0,
    "rotation": 0.0, "scaleX": 1.0, "scaleY": 1.0, "sourceHeight": 0.0, "sourceWidth": 0.0, "width": 0.0,
}  # fmt: skip
LIMITS = {
    "positionX": (-90001.0, 90001.0), "positionY": (-90001.0, 90001.0), "rotation": (-360.0, 360.0),
    "scaleX": (-90001.0, 90001.0), "scaleY": (-90001.0, 90001.0), "alignment": (0, 4294967295),
    "boundsAlignment": (0, 4294967295), "boundsWidth": (1.0, 90001.0), "boundsHeight": (1.0, 90001.0),
    "cropLeft": (0, 100000), "cropRight": (0, 100000), "cropTop": (0, 100000), "cropBottom": (0, 100000),
}  # fmt: skip
BOUNDS = tuple(
    f"OBS_BOUNDS_{name}"
    for name in ("NONE", "STRETCH", "SCALE_INNER", "SCALE_OUTER", "SCALE_TO_WIDTH", "SCALE_TO_HEIGHT", "MAX_ONLY")
)
MONITORING = tuple(f"OBS_MONITORING_TYPE_{name}" for name in ("NONE", "MONITOR_ONLY", "MONITOR_AND_OUTPUT"))
JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////"
    "wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA="
)
"""One grey pixel."""


class Refuse(Exception):
    """An answer with an error: obs-websocket's RequestStatus and its comment."""

    def __init__(self, code: int, comment: str = "") -> None:
        super().__init__(code, comment)
        self.code, self.comment = code, comment


class Fields:
    """The data of a request. A wrong field raises Refuse with the code obs-websocket 5.1 gives."""

    def __init__(self, data: object) -> None:
        self.given = isinstance(data, Mapping)
        self.data: Mapping[str, Any] = data if isinstance(data, Mapping) else {}

    def has(self, name: str) -> bool:
        return self.data.get(name) is not None

    def _basic(self, name: str) -> Any:
        if not self.given:
            raise Refuse(301, "Your request data is missing or invalid (non-object)")
        if not self.has(name):
            raise Refuse(300, f"Your request is missing the `{name}` field.")
        return self.data[name]

    def text(self, name: str, *, empty: bool = False) -> str:
        value = self._basic(name)
        if not isinstance(value, str):
            raise Refuse(401, f"The field value of `{name}` must be a string.")
        if not value and not empty:
            raise Refuse(403, f"The field value of `{name}` must not be empty.")
        return value

    def number(self, name: str, low: float = float("-inf"), high: float = float("inf")) -> float:
        value = self._basic(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Refuse(401, f"The field value of `{name}` must be a number.")
        if value < low:
            raise Refuse(402, f"The field value of `{name}` is below the minimum of `{low:f}`")
        if value > high:
            raise Refuse(402, f"The field value of `{name}` is above the maximum of `{high:f}`")
        return value

    def flag(self, name: str) -> bool:
        value = self._basic(name)
        if not isinstance(value, bool):
            raise Refuse(401, f"The field value of `{name}` must be boolean.")
        return value

    def object(self, name: str, *, empty: bool = True) -> dict[str, Any]:
        value = self._basic(name)
        if not isinstance(value, Mapping):
            raise Refuse(401, f"The field value of `{name}` must be an object.")
        if not value and not empty:
            raise Refuse(403, f"The field value of `{name}` must not be empty.")
        return dict(value)

    def flag_or(self, name: str, default: bool) -> bool:
        return self.flag(name) if self.has(name) else default


@dataclass
class Filter:
    name: str
    kind: str
    settings: dict[str, Any] = field(default_factory=dict)
    enabled: bool = True


@dataclass
class Input:
    name: str
    kind: str
    settings: dict[str, Any] = field(default_factory=dict)
    volume: float = 1.0
    muted: bool = False
    monitor: str = MONITORING[0]
    filters: list[Filter] = field(default_factory=list)
    removed: bool = False
    """Only items of scenes that are not shown still hold it."""
    playing: bool = False
    played: int = 0
    """How often its media were started."""

    @property
    def has_audio(self) -> bool:
        if self.kind == "browser_source":
            return bool(self.settings.get("reroute_audio", False))
        return self.kind.startswith(AUDIO)

    @property
    def plain_kind(self) -> str:
        head, _, tail = self.kind.rpartition("_v")
        return head if head and tail.isdecimal() else self.kind

    def size(self) -> tuple[float, float]:
        every = DEFAULTS.get(self.kind, {}) | self.settings
        if "width" in every and "height" in every:
            return float(every["width"]), float(every["height"])
        if self.kind.startswith("text_"):
            return 12.0 * len(str(self.settings.get("text", ""))), 32.0
        return 0.0, 0.0


@dataclass
class Item:
    id: int
    source: str
    enabled: bool = True
    locked: bool = False
    transform: dict[str, Any] = field(default_factory=lambda: dict(TRANSFORM))


@dataclass
class Scene:
    name: str
    items: list[Item] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    override: tuple[str | None, int | None] = (None, None)
    last_id: int = 0


@dataclass
class Transition:
    name: str
    kind: str
    fixed: bool = False
    """Always as long as it is: a Cut, a stinger."""


@dataclass
class Output:
    """`state` is the end of obs-websocket's outputState."""

    state: str = "STOPPED"
    active: bool = False
    paused: bool = False
    since: float = 0.0
    path: str = ""
    reconnecting: bool = False
