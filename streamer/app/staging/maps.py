"""Scene maps: `scenes/<name>.yaml`, chosen by `obs.map`. The user's own folder goes first."""

from collections.abc import Sequence
from pathlib import Path

from streamer.adapters.obs.settings import SceneMap
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
