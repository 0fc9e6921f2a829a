"""`add`, `remove`, `extras` where Showrunner was installed as a package, with pip, pipx or uv.

In a checkout run.py does the work before this program begins (streamer/boot/adding.py). An environment that somebody
else made is not changed: they are told what to type.
"""

import argparse
import sys
import textwrap
from importlib import metadata

from streamer.adapters.worker import installed
from streamer.boot.extras import EXTRAS
from streamer.shipped import PACKAGE


def main(options: argparse.Namespace) -> int:
    """0 listed, or nothing is left to do; 1 something has to be typed; 2 there is no such extra."""
    if options.command == "extras":
        return _list()
    names = tuple(dict.fromkeys(options.names))
    if unknown := [name for name in names if name not in EXTRAS]:
        print(f"There is no extra {unknown[0]!r}; there are {', '.join(EXTRAS)}.", file=sys.stderr)
        return 2
    adding = options.command == "add"
    names = tuple(name for name in names if installed(EXTRAS[name].module) is not adding)
    if not names:
        print("They are installed." if adding else "They are not installed.")
        return 0
    if (PACKAGE.parent / "run.py").is_file():
        print(f"In this folder: python3 run.py {options.command} {' '.join(names)}")
        return 1
    for name in names if adding else ():
        if EXTRAS[name].terms:
            print(f"{EXTRAS[name].package} is proprietary software. Its terms: {EXTRAS[name].terms}")
    if not is_package():
        print(
            f"This is neither a checkout nor an installed package. In an image of your own:\n    RUN {in_image(names)}"
        )
        return 1
    print(f"This Showrunner was installed as a package. Type:\n    {how_to(options.command, names, sys.prefix)}")
    return 1


def _list() -> int:
    for name, extra in EXTRAS.items():
        state = "installed" if installed(extra.module) else "not installed"
        print(f"{name:<12} {state:<14} {extra.licence}")
        print(textwrap.fill(extra.purpose, 100, initial_indent=" " * 13, subsequent_indent=" " * 13))
    return 0


def is_package() -> bool:
    """Whether pip knows this Showrunner; in an image its folders are only copied."""
    try:
        metadata.distribution("showrunner")
    except metadata.PackageNotFoundError:
        return False
    return True


def in_image(names: tuple[str, ...]) -> str:
    return f"pip install {' '.join(EXTRAS[name].package for name in names)}"


def how_to(command: str, names: tuple[str, ...], prefix: str) -> str:
    """What to type. `prefix`: sys.prefix, which tells pipx and uv from pip."""
    parts = [part.lower() for part in prefix.replace("\\", "/").split("/")]
    packages = " ".join(EXTRAS[name].package for name in names)
    if "pipx" in parts:
        return f"pipx {'inject' if command == 'add' else 'uninject'} showrunner {packages}"
    extras = f'"showrunner[{",".join(names)}]"'
    if "uv" in parts and "tools" in parts:
        return f"uv tool install --force {extras if command == 'add' else 'showrunner'}"
    python = f'"{sys.executable}"' if " " in sys.executable else sys.executable
    if command == "add":
        return f"{python} -m pip install {extras}"
    return f"{python} -m pip uninstall {packages}"
