"""Makes an environment: always a fresh one beside the old, checked, stamped last, then exchanged.

pip takes a package whose metadata exists for installed however many files are missing, so nothing is ever installed
into an existing environment. Whatever ends a build early leaves no stamp, and the next start begins anew.
"""

import errno
import os
import re
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Callable

from streamer.boot import extras, installer, locks
from streamer.boot.places import ROOM_MB, Place
from streamer.boot.progress import Progress

# A name with a question mark may be missing: it has no wheel on every platform.
IMPORT_CHECK = """
import importlib, importlib.util, sys
for name in sys.argv[1:]:
    maybe, name = name.endswith("?"), name.rstrip("?")
    if maybe and importlib.util.find_spec(name) is None:
        continue
    try:
        importlib.import_module(name)
    except Exception as error:
        sys.exit(f"{name}: {type(error).__name__}: {error}")
"""


class CannotBuildError(Exception):
    """The sentence for the person in front of the screen."""


class InUseError(CannotBuildError):
    """A show, or another command, runs from the environment that is to be exchanged."""


def provide(both: tuple[Place, Place]) -> Place | int:
    """A place whose environment fits, made if need be; or the exit code after the reason was said."""

    def make_it_fit(place: Place, held: int) -> None:
        if place.fits(place.folder):
            return
        try:
            supply(place, held)
        except InUseError:
            if not place.fits_but_for_extras(place.folder):
                raise

    return guarded(both, make_it_fit)


def guarded(both: tuple[Place, Place], work: Callable[[Place, int], None]) -> Place | int:
    """Do `work` on the place that can be written, with its lock held; the exit code after a failure was said."""
    place = both[0] if writable(both[0].base) else both[1]
    try:
        if place is both[1]:
            os.makedirs(place.base, exist_ok=True)
            print(f"This folder cannot be written, so the environment goes to {place.base}", flush=True)
        with locks.alone(place.guard, lambda: say_waiting(place)) as held:
            work(place, held)
    except CannotBuildError as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Nothing is half installed; start again whenever you like.", file=sys.stderr)
        return 130
    except OSError as problem:
        print(f"\n{explain_os_error(problem, place)}", file=sys.stderr)
        return 1
    return place


def writable(folder: str) -> bool:
    """Whether files can be made there; os.access alone is wrong on Windows and on some network drives."""
    probe = os.path.join(folder, f".venv.probe.{os.getpid()}.lock")
    try:
        os.close(os.open(probe, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        os.unlink(probe)
    except OSError as problem:
        return problem.errno == errno.ENOSPC
    return True


def say_waiting(place: Place) -> None:
    print(f"Another start is preparing {place.folder}; waiting until it is done.", flush=True)


def explain_os_error(problem: OSError, place: Place) -> str:
    if problem.errno == errno.ENOSPC or getattr(problem, "winerror", None) == 112:
        return "The disk is full. Make room and start again."
    return f"The environment in {place.folder} could not be made: {problem}"


def supply(place: Place, held: int) -> None:
    """Get a fitting environment into place: one that lies ready, or a new one."""
    exchange(place, ready(place, held))


def ready(place: Place, held: int) -> str:
    """The folder of a fitting environment beside the one in place; made if there is none."""
    if place.fits(place.previous):
        return place.previous
    if not place.fits(place.fresh):
        make(place, held)
    return place.fresh


def make(place: Place, held: int) -> None:
    """Build the fresh environment; on any failure nothing of it stays."""
    if sys.platform == "win32":
        from streamer.boot.windows import objection

        if reason := objection(place.base):
            raise CannotBuildError(reason)
    remove(place.fresh)
    need = ROOM_MB[place.lock] + extras.room_mb(place)
    room = shutil.disk_usage(place.base).free // 1_000_000
    if room < need:
        raise CannotBuildError(f"Not enough room on the disk: {room} MB of about {need} MB are free in {place.base}.")
    started = time.monotonic()
    try:
        fill(place, held)
        check_imports(place)
        write_whole(os.path.join(place.fresh, "stamp"), place.stamp())
    except BaseException:
        remove(place.fresh)
        raise
    print(f"Ready after {time.monotonic() - started:.0f} s.", flush=True)


def fill(place: Place, held: int) -> None:
    """An empty environment, and what the lock says into it."""
    updating = os.path.exists(place.folder)
    try:
        venv.EnvBuilder(symlinks=os.name != "nt", with_pip=False).create(place.fresh)
    except (subprocess.CalledProcessError, ImportError) as problem:
        raise CannotBuildError(f"Python could not make an environment: {problem}") from problem
    python = place.python(place.fresh)
    pip = installer.find_pip(python)
    if not pip:
        raise CannotBuildError(
            "This Python has neither pip nor ensurepip, so nothing can be installed.\n"
            "On Debian and Ubuntu: sudo apt install python3-venv     Elsewhere: install Python from python.org."
        )
    lock_file = place.lock_file
    if place.extras:
        lock_file = os.path.join(place.fresh, "requirements.lock")
        with open(lock_file, "w", encoding="utf-8") as file:
            file.write(extras.merged(place))
    progress = Progress(place, lock_file, updating=updating)
    code, said = installer.install(pip, lock_file, held, progress.hear)
    progress.done()
    if code:
        raise CannotBuildError(installer.explain(said))


def check_imports(place: Place) -> None:
    """Import what core.in and the extras name, with the new interpreter: a wheel may install and still not load."""
    with open(os.path.join(place.root, "requirements", "core.in"), encoding="utf-8") as file:
        names = [found[0].replace("-", "_") for line in file if (found := re.match(r"[A-Za-z0-9._-]+", line))]
    names += [name for extra in place.extras for name in extras.imports(extra)]
    command = [place.python(place.fresh), "-X", "utf8", "-c", IMPORT_CHECK, *names]
    result = subprocess.run(
        command, env=installer.clean_environment(), capture_output=True, text=True, encoding="utf-8", check=False,
        cwd=place.fresh,
    )  # fmt: skip
    if result.returncode:
        raise CannotBuildError(
            "A package was installed but cannot be loaded on this machine:\n    "
            + "\n    ".join(result.stderr.strip().splitlines()[-4:])
        )


def write_whole(path: str, content: bytes) -> None:
    """All of it or nothing, also when the power fails."""
    draft = path + ".draft"
    with open(draft, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)


def exchange(place: Place, ready: str) -> None:
    """Put `ready` in place; what was there becomes `previous`. Refused while a show runs from it."""
    if not locks.free(place.in_use):
        raise InUseError(
            "The environment has to be exchanged, and a show (or another command) is running from it.\n"
            "Stop that first, then start again."
        )
    aside = place.folder + ".aside"
    remove(aside)
    if os.path.lexists(place.folder):
        rename(place.folder, aside)
    rename(ready, place.folder)
    if os.path.lexists(aside):
        remove(place.previous)
        rename(aside, place.previous)


def rename(old: str, new: str) -> None:
    """Rename; on Windows scanners hold new files for a moment, so it is tried for about 3.5 s."""
    for wait in (0.1, 0.2, 0.4, 0.8, 1.0, 1.0, None):
        try:
            os.rename(old, new)
        except PermissionError as problem:
            if os.name != "nt":
                raise
            if wait is None:
                raise InUseError(f"{old} is in use. Is a show still running? Stop it and start again.") from problem
            time.sleep(wait)
        else:
            return


def remove(folder: str) -> None:
    """Delete an environment that no longer counts, stamp first, so that half of it never looks whole."""
    if os.path.islink(folder) or os.path.isfile(folder):
        os.unlink(folder)
        return
    if os.path.isdir(folder):
        stamp = os.path.join(folder, "stamp")
        if os.path.exists(stamp):
            os.unlink(stamp)
        shutil.rmtree(folder)
