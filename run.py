#!/usr/bin/env python3
"""Starts Showrunner: `python3 run.py`. Makes the environment first if it is missing or out of date.

This file parses on every Python there is, so that an old one can say which is needed; the work is in streamer/boot.
"""

from __future__ import print_function

import os
import sys


def refusal():
    """One sentence why this Python cannot run the show, or an empty text."""
    version = "%d.%d" % sys.version_info[:2]
    if sys.version_info < (3, 11):
        return (
            "Showrunner needs Python 3.11 or newer; this is Python %s (%s). "
            "Newer ones: https://www.python.org/downloads/" % (version, sys.executable)
        )
    if sys.implementation.name != "cpython":
        return "Showrunner needs the usual Python (CPython); this is %s." % sys.implementation.name
    if sys.maxsize < 2**32:
        return (
            "Showrunner needs a 64-bit Python; this one is 32-bit (%s). "
            "Install the 64-bit one from https://www.python.org/downloads/" % sys.executable
        )
    if "free-threading" in sys.version:
        return (
            "Showrunner needs the usual build of Python %s; this is the free-threaded one (%s), "
            "for which many packages do not exist yet." % (version, sys.executable)
        )
    return ""


if __name__ == "__main__":
    reason = refusal()
    if reason:
        print(reason, file=sys.stderr)
        sys.exit(1)
    # One spelling of the folder however it was reached; on Windows a mapped drive would become a network path.
    here = os.path.dirname(os.path.abspath(__file__) if os.name == "nt" else os.path.realpath(__file__))
    if sys.path[0] != here:  # PYTHONSAFEPATH, -P
        sys.path.insert(0, here)
    from streamer.boot.start import main

    sys.exit(main(os.path.join(here, "run.py"), sys.argv[1:]))
