"""`replay JOURNAL`: fold a journal again and prove that the same commands come out."""

import argparse
import sys

from streamer.app.journal import Damaged
from streamer.app.replay import ReplayResult, replay
from streamer.ports import Misconfigured

SHOWN = 20


def main(options: argparse.Namespace) -> int:
    """0 the same; 1 other commands, listed; 2 unreadable; 3 written under other rules, differences listed."""
    try:
        result = replay(options.journal)
    except Misconfigured as wrong:
        print(f"{options.journal}: {wrong.reason}. {wrong.fix}.", file=sys.stderr)
        return 2
    except Damaged as wrong:
        print(f"{options.journal}: {wrong}.", file=sys.stderr)
        return 2
    print(told(result))
    return result.exit_code


def told(result: ReplayResult) -> str:
    lines = [f"{result.rows} facts folded, {result.snapshots} snapshots, {result.different} differences."]
    if not result.same_rules:
        lines.append(f"Written under rules {result.header.version}; these are rules {result.rules}.")
    lines += [f"  {each.seq} {each.event}: {each.expected} became {each.got}" for each in result.differences[:SHOWN]]
    if result.different > SHOWN:
        lines.append(f"  and {result.different - SHOWN} more")
    return "\n".join(lines)
