"""Locks of the operating system: they end with the process that holds them, however it ends."""

import contextlib
import os
import sys
import time
from collections.abc import Callable, Generator

STEP_S = 0.2

if sys.platform == "win32":
    import msvcrt

    def seize(handle: int) -> bool:
        """Take the lock for this process alone, without waiting."""
        try:
            os.lseek(handle, 0, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def seize(handle: int) -> bool:
        """Take the lock for this process (and children that are given the handle) alone, without waiting."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextlib.contextmanager
def alone(path: str, waiting: Callable[[], None]) -> Generator[int]:
    """Hold the lock at `path`; yields its file descriptor. `waiting` is called once if somebody else holds it.

    A child that inherits the descriptor keeps the lock when this process is killed: an orphaned pip still counts as
    somebody who writes.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        if not seize(handle):
            waiting()
            while not seize(handle):
                time.sleep(STEP_S)
        yield handle
    finally:
        os.close(handle)


def free(path: str) -> bool:
    """Whether nobody holds the lock at `path`, not even shared. On Windows always: there renaming fails instead."""
    if sys.platform == "win32" or not os.path.exists(path):
        return True
    handle = os.open(path, os.O_RDWR)
    try:
        return seize(handle)
    finally:
        os.close(handle)
