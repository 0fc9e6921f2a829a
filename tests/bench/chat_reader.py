"""`python -m tests.bench.chat_reader`: one chat client in a process of its own, as the show reads it.

One line of JSON on its input says what to read. Then each line is a question: `health` (is it connected), `mark` (how
many rows so far, processor time so far), and the end of the input asks for all rows.
"""

import asyncio
import json
import sys
import time
import zlib
from typing import Any

from streamer.ports import ChatSource
from tests.bench.chat_ends import reader


def fingerprint(text: str) -> int:
    """Of the words, so that a message is known to be whole without sending it back."""
    return zlib.crc32(text.encode("utf-8", "replace"))


async def _line() -> str:
    return (await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)).strip()


def _tell(value: Any) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


async def _read(source: ChatSource, rows: list[tuple[str, float, int]]) -> None:
    async for row in source.rows():
        if row.kind == "message":
            told = row.id, time.monotonic(), fingerprint(row.text)
            rows.append(told)


async def main() -> None:
    """Until its input ends."""
    source = reader(json.loads(await _line()))
    rows: list[tuple[str, float, int]] = []
    reading = asyncio.create_task(_read(source, rows))
    while line := await _line():
        health = source.health()
        _tell({
            "state": health.state, "code": health.notice.code, "rows": len(rows), "cpu_s": time.process_time(),
            "dropped": health.notice.params.get("dropped", 0), "bad": health.notice.params.get("bad", 0),
        } if line == "mark" else {"state": health.state})  # fmt: skip
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    await source.aclose()
    _tell(rows)


if __name__ == "__main__":
    asyncio.run(main())
