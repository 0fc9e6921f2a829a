"""`logout SERVICE [ROLE]`: the other half of `login`."""

import argparse

from streamer.app.commands import login


def main(options: argparse.Namespace) -> int:
    """0 done, also when nobody was signed in; 1 not done; 2 files that cannot be read."""
    return login.main(options)
