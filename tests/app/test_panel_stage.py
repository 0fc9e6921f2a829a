"""The stage on the panel."""

from collections.abc import Mapping, Sequence
from typing import Any

from streamer.app.panel_stage import PanelStage
from streamer.core.events import HostHeld, HostVoiceSuspected, SceneSeen, SceneTakenByHand
from streamer.core.settings import Scenes, ShowSettings
from tests.core.scene import Scene


class Feed:
    def __init__(self) -> None:
        self.sent: list[tuple[dict[str, Any], list[str]]] = []

    def __call__(self, changes: Mapping[str, object], gone: Sequence[str]) -> None:
        self.sent.append((dict(changes), list(gone)))


def test_a_show_without_devices_says_so() -> None:
    feed = Feed()
    PanelStage(feed)
    assert feed.sent == [({"stage": None, "obs": None, "avatars": {}}, [])]


def test_the_scene_its_reason_and_whose_it_is() -> None:
    feed = Feed()
    panel = PanelStage(feed)
    panel.scenes([("main", "Main"), ("mika", "Mika close")])
    panel.ear("meter", "Mic/Aux", -40.0)
    scene = Scene(ShowSettings(idle_after_ms=0, scenes=Scenes(home="main", emergency="cover")))
    panel.folded(scene.show)
    told = feed.sent[-1][0]["stage"]
    assert (told["scene"], told["why"], told["hand"], told["emergency_scene"]) == ("main", "home", False, "cover")
    assert told["scenes"] == [{"key": "main", "name": "Main"}, {"key": "mika", "name": "Mika close"}]
    assert told["host"] == {"ear": "", "input": "Mic/Aux", "speaking": False, "held": False, "threshold_db": -40.0}
    scene.feed(SceneTakenByHand(scene="Game", via="obs"))
    panel.folded(scene.show)
    told = feed.sent[-1][0]["stage"]
    assert (told["scene"], told["why"], told["hand"], told["hand_via"]) == ("Game", "hand", True, "obs")


def test_nothing_is_told_twice() -> None:
    feed = Feed()
    panel = PanelStage(feed)
    scene = Scene()
    panel.folded(scene.show)
    before = len(feed.sent)
    scene.wait(1_000)
    panel.folded(scene.show)
    panel.device("obs", None)
    panel.device("obs", {"state": "ready"})
    panel.device("obs", {"state": "ready"})
    assert len(feed.sent) == before + 1


def test_the_host() -> None:
    feed = Feed()
    panel = PanelStage(feed)
    panel.ear("meter", "Mic")
    scene = Scene()
    scene.feed(HostVoiceSuspected())
    scene.feed(HostHeld(on=True))
    panel.folded(scene.show)
    assert feed.sent[-1][0]["stage"]["host"] == {
        "ear": "meter",
        "input": "Mic",
        "speaking": True,
        "held": True,
        "threshold_db": None,
    }


def test_without_a_map_the_scene_is_what_is_on() -> None:
    feed = Feed()
    panel = PanelStage(feed)
    scene = Scene()
    scene.feed(SceneSeen(scene="Game"))
    panel.folded(scene.show)
    assert feed.sent[-1][0]["stage"]["scene"] == "Game"


def test_devices_come_and_go() -> None:
    feed = Feed()
    panel = PanelStage(feed)
    panel.device("avatar.mika", {"state": "asking"})
    panel.device("obs", {"state": "lost"})
    panel.device("avatar.mika", None)
    panel.device("obs", None)
    assert feed.sent[1:] == [
        ({"avatars/mika": {"state": "asking"}}, []), ({"obs": {"state": "lost"}}, []), ({}, ["avatars/mika"]),
        ({"obs": None}, []),
    ]  # fmt: skip
