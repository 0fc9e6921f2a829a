"""The synthetic audience as a chat: the same seed, the same words at the same times; nobody is hurried."""

import asyncio

from streamer.app.demo import FIRST_S, AudienceChat
from streamer.ports import ChatRow
from tests.virtual_time import run_virtual


async def listen(seed: int, count: int) -> list[tuple[float, ChatRow]]:
    loop = asyncio.get_running_loop()
    chat = AudienceChat(seed, ["Mika", "Juno"])
    out: list[tuple[float, ChatRow]] = []
    async for row in chat.rows():
        out.append((loop.time(), row))
        if len(out) == count:
            break
    assert chat.health().state == "ok"
    await chat.aclose()
    return out


def test_it_comes_in_after_the_opening_and_keeps_its_times():
    rows = run_virtual(listen(1, 200))
    times = [at for at, _ in rows]
    assert times[0] >= FIRST_S
    assert times == sorted(times)
    assert times[-1] > 60
    assert all(row.at == 0.0 for _, row in rows)


def test_the_same_seed_is_the_same_crowd():
    assert run_virtual(listen(3, 50)) == run_virtual(listen(3, 50))
    assert run_virtual(listen(3, 50)) != run_virtual(listen(4, 50))


def test_somebody_speaks_to_the_cast():
    texts = " ".join(row.text for _, row in run_virtual(listen(1, 200)))
    assert "Mika" in texts or "mika" in texts
