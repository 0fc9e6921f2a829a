"""Where an environment is, what it has to hold, and whether it does.

The stamp is written last, so an environment with a fitting stamp is whole. It holds the Python version, the prefix of
the interpreter, the folder and the locks themselves, byte for byte: any difference means the environment is another
one. Which extras belong into it is remembered beside it, in a file that outlives every environment.
"""

import os
import sys

FORMAT = 1
TEST_COMMANDS = frozenset({"test", "lint", "bench", "docs", "docs-pictures"})

# Room on the disk while an environment is made, in MB: what it takes unpacked, rounded up, and some air.
ROOM_MB = {"core": 400, "test": 1500}


class Place:
    """One environment in one folder.

    `root` is the checkout, `base` the folder that holds the environment (the checkout, or a folder of the user when
    the checkout cannot be written), `lock` the name of the lock ("core" or "test"). `purpose`: what a new environment
    is made for, if not for a first start or an update.
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
        self.purpose = ""
        self.memory = self.folder + ".extras"
        self.extras = self.remembered() if lock == "core" else ()

    def python(self, folder: str) -> str:
        """The interpreter of the environment in `folder`."""
        if os.name == "nt":
            return os.path.join(folder, "Scripts", "python.exe")
        return os.path.join(folder, "bin", "python")

    def remembered(self) -> tuple[str, ...]:
        """The extras that were added and that this checkout knows, sorted. The tests' environment has all anyway."""
        try:
            with open(self.memory, encoding="utf-8") as file:
                names = set(file.read().split())
        except (OSError, UnicodeDecodeError):
            return ()
        plain = (name for name in names if name.replace("-", "").isalnum())
        return tuple(sorted(name for name in plain if os.path.exists(self.extra_lock(name))))

    def extra_lock(self, name: str) -> str:
        return os.path.join(self.root, "requirements", f"extra-{name}.lock")

    def stamp(self, extras: tuple[str, ...] | None = None) -> bytes:
        """What the stamp of a fitting environment says; with other extras than `self.extras` if given."""
        extras = self.extras if extras is None else extras
        head = (
            f"showrunner environment {FORMAT}",
            f"python {sys.version_info[0]}.{sys.version_info[1]}",
            f"prefix {sys.base_prefix}",
            f"folder {os.path.normcase(self.folder)}",
            *((f"extras {' '.join(extras)}",) if extras else ()),
        )
        parts = [os.fsencode("\n".join(head) + "\n\n")]
        for path in (self.lock_file, *(self.extra_lock(name) for name in extras)):
            with open(path, "rb") as file:
                parts.append(file.read())
        return b"".join(parts)

    def fits(self, folder: str, extras: tuple[str, ...] | None = None) -> bool:
        """Whether `folder` holds what the locks want, whole, for this Python. A few reads; starts nothing."""
        try:
            with open(os.path.join(folder, "stamp"), "rb") as file:
                same = file.read() == self.stamp(extras)
        except OSError:
            return False
        return same and os.path.exists(self.python(folder))

    def extras_in(self, folder: str) -> tuple[str, ...]:
        """The extras that the environment in `folder` was made with."""
        try:
            with open(os.path.join(folder, "stamp"), "rb") as file:
                head = file.read().partition(b"\n\n")[0].decode("utf-8", "replace")
        except OSError:
            return ()
        return tuple(name for line in head.splitlines() if line.startswith("extras ") for name in line.split()[1:])

    def fits_but_for_extras(self, folder: str) -> bool:
        """Whether it is whole and up to date, with whatever extras it was made with."""
        return self.fits(folder, self.extras_in(folder))


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
