"""Keys: in the keyring, else for this run; a keyring that hangs costs its time limit once."""

import importlib
import threading
import time

import pytest

from streamer.app.setup.secrets import Keys, name_for
from tests.app.setup.show import Ring


def test_a_key_outlives_the_run_in_a_keyring() -> None:
    ring = Ring()
    assert Keys(ring).put("A", "x")
    keys = Keys(ring)
    assert (keys.get("A"), keys.get("B"), keys.usable, keys.in_memory("A")) == ("x", "", True, False)
    assert ring.kept == {("showrunner", "A"): "x"}
    keys.drop("A")
    assert (Keys(ring).get("A"), ring.kept) == ("", {})


@pytest.mark.parametrize("backend", ["fail", "null"])
def test_without_a_usable_keyring_a_key_lasts_for_this_run(backend: str) -> None:
    class Vendor:
        ring = importlib.import_module(f"keyring.backends.{backend}").Keyring()
        get_password, set_password = ring.get_password, ring.set_password

        def get_keyring(self) -> object:
            return self.ring

    keys = Keys(Vendor())
    assert not keys.usable
    assert not keys.put("A", "x")
    assert (keys.get("A"), keys.in_memory("A")) == ("x", True)
    keys.drop("A")
    assert keys.get("A") == ""


def test_a_keyring_that_hangs_is_asked_once() -> None:
    class Hanging(Ring):
        asked = 0

        def get_password(self, service: str, name: str) -> str | None:
            Hanging.asked += 1
            stop.wait(30)
            return "too late"

    stop = threading.Event()
    keys = Keys(Hanging(), limit_s=0.1)
    began = time.monotonic()
    assert [keys.get(name) for name in "ABC"] == ["", "", ""]
    assert not keys.put("A", "x")
    assert not keys.usable
    assert (keys.get("A"), Hanging.asked) == ("x", 1)
    assert time.monotonic() - began < 20
    stop.set()


def test_a_key_that_was_missing_is_looked_for_again_after_a_while() -> None:
    ring, at = Ring(), [0.0]
    keys = Keys(ring, now=lambda: at[0])
    assert keys.get("A") == ""
    ring.kept["showrunner", "A"] = "x"
    assert keys.get("A") == ""
    at[0] = 60.0
    assert keys.get("A") == "x"


def test_a_key_belongs_to_an_address() -> None:
    names = {
        name_for("K", url)
        for url in ("https://a.example/v1", "http://a.example/v1", "https://a.example:8443/v1", "https://b.example/v1")
    }
    assert len(names) == 4
    assert name_for("K", "https://A.example/v1/") == name_for("K", "https://a.example/other") == "K@https://a.example"
    assert name_for("K", "https://user:secret@a.example/") == "K@https://a.example"
