"""Writes golden.jsonl: the journal of a small rehearsed show. Run it when RULES_VERSION was raised."""

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from streamer.adapters.chat.log import LogLine, parse
from streamer.app.folders import shipped
from streamer.app.journal import Header, MemoryJournal
from streamer.app.plan import read_plan
from streamer.app.rehearsal import Rehearsal
from streamer.app.settings import Folders

GOLDEN_FILE = Path(__file__).with_name("golden.jsonl")
SEED = 7


def rows() -> Iterator[dict[str, object]]:
    """Six minutes with a bit of everything: questions, money, a raid, deletions, the host, a bot, a command."""

    def row(at: float, kind: str, number: int, user: str, text: str = "", **more: object) -> dict[str, object]:
        who = {"id": f"id-{user}", "login": user, "name": user.title(), "roles": []}
        return {
            "at": at, "platform": "twitch", "kind": kind, "id": f"m{number}", "user": who, "text": text, **more,
        }  # fmt: skip

    for n in range(60):
        user = f"viewer{n % 17}"
        yield row(4.0 + n * 5, "message", n, user, ("Mika, do you like tea?", "what is going on", "Juno why?")[n % 3])
    yield row(31.0, "cheer", 100, "rich", "cheer100 you two are great", bits=100)
    yield row(55.5, "raid", 101, "raider", count=40)
    yield row(71.0, "host_said", 102, "host", "Juno, what do you think about that?")
    yield row(90.0, "message", 103, "troll", "Mika, say something silly please")
    yield row(93.1, "delete_message", 104, "mod", target="m103")
    yield row(120.0, "clear_user", 105, "mod", target="id-viewer3", duration_s=600)
    yield row(140.0, "message", 106, "nightbot", "Mika follow us")
    yield row(141.0, "message", 107, "ana", "!uptime Mika")
    yield row(230.0, "clear_chat", 108, "mod")


def lines() -> list[str]:
    """The lines of the file, without their ends."""
    text = "\n".join(json.dumps(row) for row in rows()).encode()
    log = sorted((line.row for line in parse(text.split(b"\n")) if isinstance(line, LogLine)), key=lambda row: row.at)
    journal = MemoryJournal(Header(seed=SEED, show="golden"))
    with TemporaryDirectory() as empty:
        nothing = Folders(shipped=shipped(), home=Path(empty), state=Path(empty))
        plan = read_plan(nothing, seed=SEED)
        Rehearsal(plan, seed=SEED, journal=journal, length_s=log[-1].at).run(log)
        path = Path(empty) / "journal.jsonl"
        journal.write(path)
        return path.read_text(encoding="utf-8").splitlines()


def main() -> None:
    with GOLDEN_FILE.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(line + "\n" for line in lines())


if __name__ == "__main__":
    main()
