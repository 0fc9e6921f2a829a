"""One key, one press."""

import asyncio

import pytest
from aiohttp import web

from streamer.web.retries import MAX_KEYS, Conflict, Retries


async def test_a_simultaneous_second_request_waits_for_the_first():
    retries = Retries()
    runs = 0
    go = asyncio.Event()

    async def run() -> web.Response:
        nonlocal runs
        runs += 1
        await go.wait()
        return web.Response(status=201, body=b"x", headers={"Set-Cookie": "a=b"})

    tasks = [asyncio.create_task(retries.once("k", "f", run)) for _ in range(3)]
    await asyncio.sleep(0)
    go.set()
    answers = await asyncio.gather(*tasks)
    assert runs == 1
    assert {answer.status for answer in answers} == {201}
    assert {answer.headers["Set-Cookie"] for answer in answers} == {"a=b"}
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 2


async def test_another_request_under_the_same_key_is_a_conflict():
    retries = Retries()

    async def run() -> web.Response:
        return web.Response()

    await retries.once("k", retries.fingerprint("POST", "/a", b"1"), run)
    with pytest.raises(Conflict):
        await retries.once("k", retries.fingerprint("POST", "/a", b"2"), run)


async def test_a_crash_frees_the_key_and_waiting_ones_hear_of_it():
    retries = Retries()
    runs = 0

    async def run() -> web.Response:
        nonlocal runs
        runs += 1
        await asyncio.sleep(0)
        if runs == 1:
            raise RuntimeError
        return web.Response(status=204)

    results = await asyncio.gather(*(retries.once("k", "f", run) for _ in range(2)), return_exceptions=True)
    assert all(isinstance(result, RuntimeError) for result in results)
    assert (await retries.once("k", "f", run)).status == 204
    assert (await retries.once("k", "f", run)).status == 204
    assert runs == 2


async def test_a_cancelled_first_request_does_not_hold_the_others():
    retries = Retries()

    async def run() -> web.Response:
        await asyncio.sleep(3600)
        return web.Response()

    first = asyncio.create_task(retries.once("k", "f", run))
    await asyncio.sleep(0)
    second = asyncio.create_task(retries.once("k", "f", run))
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(ConnectionAbortedError):
        await second
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_keys_are_forgotten_after_ten_minutes_and_bounded():
    clock = [0.0]
    retries = Retries(now=lambda: clock[0])
    runs = 0

    async def run() -> web.Response:
        nonlocal runs
        runs += 1
        return web.Response()

    await retries.once("k", "f", run)
    clock[0] = 601
    await retries.once("k", "f", run)
    assert runs == 2
    for number in range(MAX_KEYS + 10):
        await retries.once(f"n{number}", "f", run)
    assert len(retries._known) <= MAX_KEYS
