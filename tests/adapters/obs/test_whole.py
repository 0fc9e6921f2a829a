"""Everything of one OBS: whoever listens to its meters."""

from pathlib import Path
from typing import Any

from streamer.adapters.obs.settings import ObsPart, SceneMap
from streamer.adapters.obs.whole import Obs
from streamer.core.events import HostEarChanged
from tests.adapters.obs.driver_kit import FixedView, Told


async def test_meters_go_to_the_ear_and_to_whoever_else_wants_them(tmp_path: Path) -> None:
    seen: list[list[dict[str, Any]]] = []
    told = Told()
    part = ObsPart(host_mic="Mic")
    obs = Obs(part, SceneMap(), FixedView(), told, memory=tmp_path / "obs.json", on_meters=seen.append)
    rows = [{"inputName": "Mic", "inputLevelsMul": [[0.1, 0.1, 0.1]]}]
    obs.link.on_meters(rows)
    assert seen == [rows]
    assert HostEarChanged(connected=True) in told.facts
    await obs.aclose()


async def test_without_anybody_who_wants_them_no_connection_is_made_for_meters(tmp_path: Path) -> None:
    quiet = Obs(ObsPart(), SceneMap(), FixedView(), Told(), memory=tmp_path / "obs.json")
    wanted = Obs(ObsPart(), SceneMap(), FixedView(), Told(), memory=tmp_path / "two.json", on_meters=lambda _: None)
    assert not quiet.link._meters
    assert wanted.link._meters
    await quiet.aclose()
    await wanted.aclose()
