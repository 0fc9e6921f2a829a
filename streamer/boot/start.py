"""The way in: the same file again inside the environment, then the show.

    run.py outside -> environment fits? else made -> run.py inside -> streamer.app.cli

On POSIX the second start replaces the first (execve). Windows has no such thing: there the second is a child whose
exit code is passed on, and the parent ignores Ctrl-C so that the child can close the show.
"""

import os
import sys

from streamer.boot.places import Place, lock_for, places

# Names that would mix other packages into the environment.
POISON = ("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONPLATLIBDIR", "__PYVENV_LAUNCHER__")
ENTERED = "SHOWRUNNER_ENTERED"


def main(run_py: str, arguments: list[str]) -> int:
    """Run the command; the exit code. `run_py` is the absolute path of run.py."""
    if arguments and arguments[0] in ("add", "remove", "extras"):
        from streamer.boot.adding import run

        return run(os.path.dirname(run_py), arguments)
    lock = lock_for(arguments)
    both = places(os.path.dirname(run_py), lock)
    for place in both:
        if place.fits(place.folder):
            if is_inside(place.folder):
                return inside(arguments)
            return enter(place, run_py, arguments)
    for place in both:
        entered = os.environ.get(ENTERED) == place.folder and is_inside(place.folder)
        # Extras were changed while a show runs from here: until it ends, commands go on with what there is.
        if entered and place.fits_but_for_extras(place.folder):
            return inside(arguments)
    if os.environ.get(ENTERED) == both[0].folder:
        print("The environment changed while it was being entered. Start again.", file=sys.stderr)
        return 1
    from streamer.boot.build import provide

    made = provide(both)
    return made if isinstance(made, int) else enter(made, run_py, arguments)


def is_inside(folder: str) -> bool:
    return os.path.normcase(os.path.realpath(sys.prefix)) == os.path.normcase(os.path.realpath(folder))


def enter(place: Place, run_py: str, arguments: list[str]) -> int:
    """Start run.py again with the environment's interpreter; the exit code (on POSIX it does not return)."""
    environment = {name: value for name, value in os.environ.items() if name not in POISON}
    environment[ENTERED] = place.folder
    python = place.python(place.folder)
    command = [python, "-X", "utf8", run_py, *arguments]
    sys.stdout.flush()
    sys.stderr.flush()
    if sys.platform == "win32":
        from streamer.boot.windows import run_child

        return run_child(command, environment)
    hold(place)
    return os.execve(python, command, environment)  # noqa: S606 - no shell is the point


def hold(place: Place) -> None:
    """Mark the environment as in use for as long as this process lives, also after execve (POSIX).

    A shared lock: many shows may run from one environment, but it is not exchanged under them.
    """
    if sys.platform != "win32":
        import fcntl

        try:
            handle = os.open(place.in_use, os.O_RDWR | os.O_CREAT, 0o666)
            fcntl.flock(handle, fcntl.LOCK_SH)
            os.set_inheritable(handle, True)
        except OSError:  # read-only media, or a file system without locks
            return


def inside(arguments: list[str]) -> int:
    """What happens inside the environment."""
    os.environ.pop(ENTERED, None)
    if arguments and arguments[0] in ("test", "lint", "docs"):
        from streamer.boot import commands

        return commands.run(arguments[0], arguments[1:])
    from streamer.app.cli import main as show

    return show() or 0
