"""`bench`: the performance figures. They are measured by `tests/bench`, which a checkout has and a wheel does not."""

import argparse
import importlib
import sys

from streamer.shipped import PACKAGE


def main(options: argparse.Namespace) -> int:
    """0 measured; 1 a figure that was asked for could not be measured; 2 no checkout, or an unknown figure."""
    root = PACKAGE.parent
    if not (root / "tests" / "bench" / "command.py").is_file():
        print("bench needs a checkout of the project: the installed package has no tests/bench.", file=sys.stderr)
        return 2
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    return int(importlib.import_module("tests.bench.command").main(options))
