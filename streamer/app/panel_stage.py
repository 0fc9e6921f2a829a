"""The stage on the panel: which scene is wanted and why, who has the scenes in hand, the host, the devices.

Keys `stage`, `obs` and `avatars` of `docs/panel-feed.md`.
"""

from collections.abc import Callable, Mapping, Sequence

from streamer.core.show import Show

Publish = Callable[[Mapping[str, object], Sequence[str]], None]


class PanelStage:
    """Publishes what changed, and nothing twice."""

    def __init__(self, publish: Publish) -> None:
        self._publish = publish
        self._scenes: Sequence[tuple[str, str]] = ()
        self._ear = ("", "")
        self._level_db: float | None = None
        self._stage: dict[str, object] = {}
        self._devices: dict[str, Mapping[str, object] | None] = {}
        publish({"stage": None, "obs": None, "avatars": {}}, ())

    def scenes(self, scenes: Sequence[tuple[str, str]]) -> None:
        """Key and name of every scene that can be chosen."""
        self._scenes = scenes

    def ear(self, ear: str, source: str, level_db: float | None = None) -> None:
        """What notices the host (`meter`, or nothing), by which input, and from which level on."""
        self._ear, self._level_db = (ear, source), level_db

    def folded(self, show: Show) -> None:
        host = show.host
        now: dict[str, object] = {
            "scene": show.scene or show.scene_on,
            "why": show.scene_why,
            "hand": show.scene_hand,
            "hand_via": show.scene_via if show.scene_hand else "",
            "emergency": show.emergency,
            "scenes": [{"key": key, "name": name} for key, name in self._scenes],
            "cut_on_speaker": show.settings.scenes.cut_on_speaker,
            "emergency_scene": show.settings.scenes.emergency,
            "host": {
                "ear": self._ear[0] if host.connected else "", "input": self._ear[1], "speaking": host.speaking,
                "held": host.held, "threshold_db": self._level_db,
            },
        }  # fmt: skip
        if now != self._stage:
            self._stage = now
            self._publish({"stage": now}, ())

    def device(self, part: str, state: Mapping[str, object] | None) -> None:
        """The state of `obs` or `avatar.<persona>`, whole; None when it is no longer driven."""
        if self._devices.get(part) == state:
            return
        self._devices[part] = dict(state) if state is not None else None
        kind, _, persona = part.partition(".")
        if kind == "obs":
            self._publish({"obs": self._devices[part]}, ())
        elif state is None:
            self._publish({}, [f"avatars/{persona}"])
        else:
            self._publish({f"avatars/{persona}": self._devices[part]}, ())
