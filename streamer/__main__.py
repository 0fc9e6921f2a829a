"""`python -m streamer`: the same as the installed `streamer` command."""

import sys

from streamer.app.cli import main

if __name__ == "__main__":
    sys.exit(main())
