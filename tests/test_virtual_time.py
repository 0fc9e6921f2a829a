"""The jumping clock itself."""

import asyncio
import time

import pytest

from tests.virtual_time import Deadlock, run_virtual


def test_an_hour_passes_at_once_and_in_order():
    seen: list[tuple[str, float]] = []

    async def sleeper(name: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        seen.append((name, asyncio.get_running_loop().time()))

    async def main() -> None:
        await asyncio.gather(sleeper("late", 3600), sleeper("early", 0.5), sleeper("middle", 60))

    began = time.perf_counter()
    run_virtual(main())
    assert [name for name, _ in seen] == ["early", "middle", "late"]
    assert [at for _, at in seen] == pytest.approx([0.5, 60, 3600])
    assert time.perf_counter() - began < 2


def test_time_stands_still_while_something_is_ready():
    async def main() -> float:
        for _ in range(1000):
            await asyncio.sleep(0)
        return asyncio.get_running_loop().time()

    assert run_virtual(main()) == 0.0


def test_timeouts_work():
    async def main() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(5):
                await asyncio.Event().wait()

    run_virtual(main())


def test_a_hang_is_an_error():
    async def main() -> None:
        await asyncio.Event().wait()

    with pytest.raises(Deadlock):
        run_virtual(main())


def test_the_limit_is_virtual():
    async def main() -> None:
        while True:
            await asyncio.sleep(1)

    with pytest.raises(TimeoutError):
        run_virtual(main(), limit_s=100)
