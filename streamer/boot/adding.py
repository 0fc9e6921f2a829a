"""`run.py add`, `run.py remove` and `run.py extras`.

Both changes make a whole environment beside the one in use and exchange the two (docs/decisions/0023-extras.md). What
was added is remembered only once its environment is whole, so whatever goes wrong before leaves everything as it was.
"""

import argparse
import ctypes.util
import os
import shutil
import sys
import textwrap

from streamer.boot.build import InUseError, exchange, guarded, ready, write_whole
from streamer.boot.extras import EXTRAS, Sizes, megabytes
from streamer.boot.places import Place, places

WIDTH = 100


def run(root: str, arguments: list[str]) -> int:
    """The exit code: 0 done, 1 could not be done or was not agreed to, 2 bad usage, 130 Ctrl-C."""
    command = arguments[0]
    try:
        options = parser(command).parse_args(arguments[1:])
    except SystemExit as end:
        return int(end.code or 0)
    both = places(root, "core")
    if command == "extras":
        return show(root, both)
    names = tuple(dict.fromkeys(options.names))
    if unknown := [name for name in names if name not in EXTRAS]:
        print(f"There is no extra {unknown[0]!r}; there are {', '.join(EXTRAS)}.", file=sys.stderr)
        return 2
    if command == "add":
        return add(root, both, names, yes=options.yes)
    return remove(both, names)


def parser(command: str) -> argparse.ArgumentParser:
    """Of one of the three commands."""
    about = {
        "add": "Installs extras. They stay installed when Showrunner is updated.",
        "remove": "Takes extras out again.",
        "extras": "Lists the extras: what each is for, its size and licence, and whether it is installed.",
    }
    made = argparse.ArgumentParser(prog=f"run.py {command}", description=about[command])
    if command != "extras":
        made.add_argument("names", metavar="NAME", nargs="+", help=", ".join(EXTRAS))
    if command == "add":
        made.add_argument(
            "--yes", action="store_true", help="agree to the terms of proprietary parts without a question"
        )
    return made


# ---------------------------------------------------------------------------------------------------------------- list
def show(root: str, both: tuple[Place, Place]) -> int:
    sizes = Sizes(root)
    there = max(both, key=lambda place: os.path.exists(os.path.join(place.folder, "stamp")))
    for name, extra in EXTRAS.items():
        print(f"{name:<12} {state(there, sizes, name):<24} {size_text(sizes, (name,)):<38} {extra.licence}")
        print(textwrap.fill(extra.purpose, WIDTH, initial_indent=" " * 13, subsequent_indent=" " * 13))
    print("\nInstall one with: python3 run.py add NAME")
    return 0


def state(place: Place, sizes: Sizes, name: str) -> str:
    """In a few words whether the extra is installed."""
    inside = name in place.extras_in(place.folder)
    if name in place.extras:
        if sizes.missing(name):
            return "not for this Python"
        return "installed" if inside else "from the next start on"
    if inside:
        return "until the next start"
    return "not for this Python" if sizes.missing(name) else "not installed"


def size_text(sizes: Sizes, names: tuple[str, ...], without: tuple[str, ...] = ()) -> str:
    """What `names` bring on top of `without`, to download and on disk."""
    if any(sizes.missing(name) for name in names):
        return ""
    download = sum(sizes.packages((*without, *names)).values()) - sum(sizes.packages(without).values())
    room = sizes.room((*without, *names)) - sizes.room(without)
    return f"{megabytes(download)} to download, {megabytes(room)} on disk" if download else "size not known here"


# ----------------------------------------------------------------------------------------------------------------- add
def add(root: str, both: tuple[Place, Place], names: tuple[str, ...], *, yes: bool) -> int:
    sizes = Sizes(root)
    for name in names:
        if reason := sizes.missing(name):
            print(f"{name} cannot be added on this computer ({sizes.cell}): {reason}.", file=sys.stderr)
            return 1
    wanted = tuple(name for name in names if not all(name in place.extras for place in having(both)))
    for name in wanted:
        extra = EXTRAS[name]
        print(f"{name}: {extra.purpose}\n{'':<{len(name)}}  Licence: {extra.licence}.")
    if wanted:
        have = tuple(name for place in having(both) for name in place.extras)
        print(f"Together {size_text(sizes, wanted, have)}. Each file is checked against its hash.", flush=True)
    for name in wanted:
        if EXTRAS[name].terms and not yes and not agreed(name):
            print("Nothing was changed.")
            return 1
    code = change(both, names, (), f"Adding {' and '.join(wanted or names)}")
    if code == 0:
        for name in names:
            print(note(name), end="")
    return code


def having(both: tuple[Place, Place]) -> tuple[Place, ...]:
    """The place whose environment is used; none before the first start."""
    return tuple(place for place in both if place.fits_but_for_extras(place.folder))[:1] or both[:1]


def agreed(name: str) -> bool:
    """Whether the person in front of the screen agrees to the terms of a proprietary part."""
    extra = EXTRAS[name]
    print(f"\n{extra.package} is proprietary software, not a part of Showrunner. Its terms: {extra.terms}")
    if not sys.stdin or not sys.stdin.isatty():
        print("Nobody can be asked here: read the terms, then run this again with --yes.", file=sys.stderr)
        return False
    try:
        answer = input("Do you agree to them, and install it? [y/N] ")
    except (EOFError, KeyboardInterrupt):
        print()
        return False
    return answer.strip().lower() in ("y", "yes")


def note(name: str) -> str:
    """What the system still lacks for this extra; empty if nothing."""
    if name == "device" and sys.platform.startswith("linux") and ctypes.util.find_library("portaudio") is None:
        return "device also needs PortAudio from the system. Debian and Ubuntu: sudo apt install libportaudio2\n"
    if name == "sounds" and shutil.which("ffmpeg") is None:
        return "sounds also needs the program ffmpeg. Debian and Ubuntu: sudo apt install ffmpeg\n"
    return ""


# -------------------------------------------------------------------------------------------------------------- remove
def remove(both: tuple[Place, Place], names: tuple[str, ...]) -> int:
    return change(both, (), names, f"Removing {' and '.join(names)}")


# -------------------------------------------------------------------------------------------------------------- change
def change(both: tuple[Place, Place], plus: tuple[str, ...], minus: tuple[str, ...], what: str) -> int:
    """Make the environment with other extras; the exit code. Says what came of it."""

    def work(place: Place, held: int) -> None:
        before = place.remembered()
        place.extras = tuple(sorted({*before, *plus} - set(minus)))
        place.purpose = what
        in_place = place.fits(place.folder)
        if in_place and place.extras == before:
            print(f"Nothing to do: {installed(place.extras)}")
            return
        folder = "" if in_place else ready(place, held)
        write_whole(place.memory, "".join(f"{name}\n" for name in place.extras).encode())
        if in_place:
            print(f"Done: {installed(place.extras)}")
            return
        try:
            exchange(place, folder)
        except InUseError:
            print("It is ready, and a show (or another command) is running: it takes effect at the next start.")
            return
        print(f"Done: {installed(place.extras)}")

    result = guarded(both, work)
    return result if isinstance(result, int) else 0


def installed(extras: tuple[str, ...]) -> str:
    """A sentence on the extras there are."""
    return f"installed extras: {', '.join(extras)}." if extras else "no extras are installed."
