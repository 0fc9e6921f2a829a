"""What a rehearsal's process is told beside the files."""

from pathlib import Path

import pytest

from streamer.app import desks
from streamer.app.desks import keys_of_this_run
from streamer.app.parts import BRAIN_KEY, HTTP_KEY, VOICE_KEY, keyed_voice
from streamer.app.plan import read_plan
from streamer.app.setup.secrets import Keys, name_for
from tests.app.kit import folders, put
from tests.app.setup.show import Ring

FILE = """
llm: {profile: openai, model: m, base_url: "http://localhost:1/v1"}
tts:
  chain: [openai, http]
  openai: {base_url: "http://localhost:2/v1"}
  http: {url: "http://localhost:3/?text={text}"}
"""


def test_keys_no_keyring_holds_are_told_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    where = folders(tmp_path)
    put(where.home, "config/streamer.yaml", FILE)
    ring = Ring()
    keys = Keys(ring)
    monkeypatch.setattr(desks, "KEYS", keys)
    settings = read_plan(where).settings
    assert keys_of_this_run(settings) == {}
    assert keys.put(name_for(VOICE_KEY, "http://localhost:2/v1"), "kept")  # the child asks the keyring itself
    ring.broken = True
    keys.put(name_for(BRAIN_KEY, "http://localhost:1/v1"), "brain")
    keys.put(name_for(BRAIN_KEY, "http://elsewhere/v1"), "another")
    keys.put(name_for(HTTP_KEY, "http://localhost:3/?text={text}"), "voice")
    told = keys_of_this_run(settings)
    assert told == {BRAIN_KEY: "brain", HTTP_KEY: "Bearer voice"}
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    child = read_plan(where).settings
    assert child.llm is not None
    assert child.llm.api_key.get_secret_value() == "brain"
    assert child.tts.http is not None
    headers = keyed_voice(child.tts.http).model_dump()["headers"]
    assert {name.lower(): value.get_secret_value() for name, value in headers.items()} == {
        "authorization": "Bearer voice"
    }
