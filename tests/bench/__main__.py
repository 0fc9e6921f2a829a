"""`python -m tests.bench`: the same as `python3 run.py bench`."""

import sys

from streamer.app.cli import main

if __name__ == "__main__":
    sys.exit(main(["bench", *sys.argv[1:]]))
