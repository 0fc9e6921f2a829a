"""What people write about OBS."""

import pytest
from pydantic import ValidationError

from streamer.adapters.obs.settings import ObsPart, SceneMap


def test_the_core_gets_keys_as_written():
    scenes = SceneMap.model_validate(
        {
            "scenes": {"main": "Main", "close": "Mika close"},
            "home": "main",
            "emergency": "Some other scene",
            "speakers": {"mika": "close"},
            "cut_on_speaker": True,
            "min_shot_s": 2.5,
        }
    )
    core = scenes.core()
    assert (core.home, core.emergency, core.speakers["mika"], core.min_shot_ms) == (
        "main", "Some other scene", "close", 2500,
    )  # fmt: skip
    assert scenes.scene("close") == "Mika close"
    assert scenes.scene("Some other scene") == "Some other scene"
    assert (scenes.key("Mika close"), scenes.key("Elsewhere")) == ("close", "Elsewhere")
    assert scenes.used_scenes() == {
        "Main": "scenes.main",
        "Mika close": "scenes.close",
        "Some other scene": "emergency",
    }


def test_an_empty_map_cuts_nothing():
    assert SceneMap().core().home == ""
    assert SceneMap().used_scenes() == {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"scnes": {}},
        {"on": [{"when": "alert"}]},
        {"on": [{"when": "alert", "media": "a", "hotkey": "b"}]},
        {"on": [{"when": "sunset", "media": "a"}]},
        {"texts": [{"input": "a", "text": "{viewer}"}]},
        {"texts": [{"input": "a", "text": "{name"}]},
        {"texts": [{"input": "a", "text": "{name.__class__}"}]},
        {"texts": [{"input": "a", "text": "{name!r:>1000000}"}]},
        {"people": {"mika": {"slide": {"scene": "a", "source": "b", "from": "below"}}}},
        {"people": {"mika": {"slide": {"scene": "a", "source": "b", "from": "left", "by": 0}}}},
        {"duck": {"inputs": ["a"], "by_db": -3}},
        {"transition": {"name": "Fade", "ms": 10}},
        {"scenes": {"main": ""}},
    ],
)
def test_what_cannot_be_meant_is_refused(wrong):
    with pytest.raises(ValidationError):
        SceneMap.model_validate(wrong)


@pytest.mark.parametrize("url", ["ws://127.0.0.1:4455", "192.168.1.7:4455", "ws://[::1]:4455"])
def test_addresses_of_obs(url):
    assert ObsPart(url=url).url.startswith("ws://")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:4455", "ws://", "ws://me:secret@host:4455", "ws://a b:1", "ws://h:99999"]
)
def test_other_addresses_are_refused(url):
    with pytest.raises(ValidationError):
        ObsPart(url=url)


def test_the_password_is_not_shown():
    assert "hunter2" not in repr(ObsPart.model_validate({"password": "hunter2"}))
