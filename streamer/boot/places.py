"""Where an environment is, what it has to hold, and whether it does.

The stamp is written last, so an environment with a fitting stamp is whole. It holds the Python version, the prefix of
the interpreter, the folder and the lock itself, byte for byte: any difference means the environment is another one.
"""

import os
import sys

FORMAT = 1
TEST_COMMANDS = frozenset({"test", "lint", "bench", "docs", "docs-pictures"})

# Room on the disk while an environment is made, in MB: what it takes unpacked, rounded up, and some air.
ROOM_MB = {"core": 400, "test": 1200}


class Place:
    """One environment in one folder.

    `root` is the checkout, `base` the folder that holds the environment (the checkout, or a folder of the user when
    the checkout cannot be written), `lock` the name of the lock ("core" or "test").
    """

    def __init__(self, root: str, base: str, lock: str) -> None:
        self.root = root
        self.base = base
        self.lock = lock
        name = ".venv" if lock == "core" else ".venv-test"
        self.folder = os.path.join(base, name)
        self.fresh = self.folder + ".new"
        self.previous = self.folder + ".previous"
        self.guard = self.folder + ".lock"
        self.in_use = self.folder + ".use"
        self.lock_file = os.path.join(root, "requirements", lock + ".lock")

    def python(self, folder: str) -> str:
        """The interpreter of the environment in `folder`."""
        if os.name == "nt":
            return os.path.join(folder, "Scripts", "python.exe")
        return os.path.join(folder, "bin", "python")

    def stamp(self) -> bytes:
        """What the stamp of a fitting environment says."""
        head = (
            f"showrunner environment {FORMAT}",
            f"python {sys.version_info[0]}.{sys.version_info[1]}",
            f"prefix {sys.base_prefix}",
            f"folder {os.path.normcase(self.folder)}",
        )
        with open(self.lock_file, "rb") as file:
            return os.fsencode("\n".join(head) + "\n\n") + file.read()

    def fits(self, folder: str) -> bool:
        """Whether `folder` holds what the lock wants, whole, for this Python. Two reads; starts nothing."""
        try:
            with open(os.path.join(folder, "stamp"), "rb") as file:
                same = file.read() == self.stamp()
        except OSError:
            return False
        return same and os.path.exists(self.python(folder))


def user_folder(root: str) -> str:
    """A folder of the user's own for the checkout at `root`; two checkouts never share one."""
    if os.name == "nt":
        data = os.environ.get("LOCALAPPDATA") or os.path.expanduser("~\\AppData\\Local")
    elif sys.platform == "darwin":
        data = os.path.expanduser("~/Library/Application Support")
    else:
        data = os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")
    import zlib

    key = f"{zlib.crc32(os.fsencode(root)):08x}"
    return os.path.join(data, "showrunner", "environments", key)


def places(root: str, lock: str) -> tuple[Place, Place]:
    """The two folders an environment may be in: beside the checkout, else in the user's folder."""
    return Place(root, root, lock), Place(root, user_folder(root), lock)


def lock_for(arguments: list[str]) -> str:
    """The lock that the command on the command line needs."""
    return "test" if arguments and arguments[0] in TEST_COMMANDS else "core"
