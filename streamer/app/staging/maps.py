"""Scene maps: `scenes/<name>.yaml`, chosen by `obs.map`. The user's own folder goes first."""

from collections.abc import Collection, Sequence
from difflib import get_close_matches
from pathlib import Path

from streamer.adapters.obs.settings import SceneMap
from streamer.app.alerting.rules import KINDS as NAMES_OF_ALERTS
from streamer.app.alerting.settings import Alerts
from streamer.app.schedule import Rundown
from streamer.app.settings import Settings
from streamer.app.yamlfile import BadFiles, Problem, problems, read_yaml


def load_map(roots: Sequence[Path], name: str) -> SceneMap:
    """The scene map of that name; an empty name is an empty map. Raises `BadFiles` with every problem."""
    if not name:
        return SceneMap()
    path = next((path for root in roots if (path := root / f"{name}.yaml").is_file()), None)
    if path is None:
        known = sorted({file.stem for root in roots if root.is_dir() for file in root.glob("*.yaml")})
        raise BadFiles(
            [Problem(f"scenes/{name}.yaml", 0, "", f"there is no such scene map; found: {', '.join(known)}")]
        )
    shown = f"scenes/{path.name}"
    data, line_of = read_yaml(path, shown=shown)
    bad = problems(SceneMap, data or {}, line_of, shown)
    if bad:
        raise BadFiles(bad)
    return SceneMap.model_validate(data or {})


def strangers_on_stage(settings: Settings, scenes: SceneMap, known: Collection[str]) -> list[Problem]:
    """Avatars, shots and sources of characters that nobody knows."""
    shown = f"scenes/{settings.obs.map}.yaml" if settings.obs is not None else ""
    named = [("config/streamer.yaml", f"avatars.{who}", who) for who in settings.avatars]
    named += [(shown, f"speakers.{who}", who) for who in scenes.speakers]
    named += [(shown, f"people.{who}", who) for who in scenes.people]
    return [
        Problem(file, 0, where, f"there is no character called {who}{_nearest(who, known)}")
        for file, where, who in named
        if who not in known
    ]


def _nearest(name: str, known: Collection[str]) -> str:
    near = get_close_matches(name, list(known), 1)
    return f"; did you mean {near[0]}?" if near else ""


def scene_places(scenes: SceneMap, rundown: Rundown, alerts: Alerts) -> dict[str, str]:
    """The OBS scenes that anything in the files asks for, by the place that asks first."""
    out = scenes.used_scenes()
    asked = [(f"segments.{each.id}.scene", each.scene) for each in rundown.segments]
    asked += [(f"alerts.{name}.scene", getattr(alerts, name).scene) for name in NAMES_OF_ALERTS]
    asked += [(f"alerts.rewards.{at}.scene", each.scene) for at, each in enumerate(alerts.rewards)]
    for place, scene in asked:
        if scene:
            out.setdefault(scenes.scene(scene), place)
    return out
