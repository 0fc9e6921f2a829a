"""Operating system locks: one holder at a time, gone with the process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from streamer.boot import locks

HOLD = """
import sys
from streamer.boot import locks
with locks.alone(sys.argv[1], print):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_second_holder_waits_for_the_first(tmp_path: Path) -> None:
    path = str(tmp_path / "lock")
    waited: list[str] = []
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        assert not locks.free(path) or os.name == "nt"

        def waiting() -> None:
            waited.append("once")
            other.kill()

        with locks.alone(path, waiting):
            assert waited == ["once"]
    assert locks.free(path)


def test_lock_is_given_back_after_an_error(tmp_path: Path) -> None:
    path = str(tmp_path / "lock")
    with pytest.raises(KeyError), locks.alone(path, pytest.fail):
        raise KeyError
    with locks.alone(path, lambda: pytest.fail("still held")):
        pass


def test_a_file_that_does_not_exist_is_free(tmp_path: Path) -> None:
    assert locks.free(str(tmp_path / "none"))
