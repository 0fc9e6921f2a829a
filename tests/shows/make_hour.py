"""Writes hour.jsonl: an hour of chat as rehearsals read it, made from a seed. Run it when the audience changed."""

import json
from collections.abc import Iterator
from pathlib import Path

from streamer.adapters.demo.audience import HOUR, show_rows

HOUR_FILE = Path(__file__).with_name("hour.jsonl")
SEED = 20


def lines() -> Iterator[str]:
    """The lines of the file, without their ends."""
    for row in show_rows(SEED, ("Mika", "Juno"), seconds=3600.0, room=HOUR):
        yield json.dumps(row, ensure_ascii=False, separators=(", ", ": "))


def main() -> None:
    with HOUR_FILE.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(line + "\n" for line in lines())


if __name__ == "__main__":
    main()
