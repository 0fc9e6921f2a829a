"""A vendor in a process of its own: answers, failures, and that nothing is left behind."""

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from streamer.adapters.worker import Worker, installed
from streamer.ports import Misconfigured, Unavailable

CHILD = "tests.fakes.worker_children"


@contextlib.asynccontextmanager
async def worker(kind: str = "echo", **more: Any) -> AsyncIterator[Worker]:
    made = Worker(more.pop("module", CHILD), name="echoes", env={"CHILD": kind}, **more)
    try:
        yield made
    finally:
        await made.aclose()
        assert not made.alive


def gone(pid: int) -> bool:
    """Neither running nor a zombie."""
    try:
        os.kill(pid, 0)
    except OSError:
        return True
    return False


async def test_answers_with_data_and_bytes() -> None:
    async with worker() as one:
        said = await one.start()
        assert said["pid"] == one.pid
        assert await one.start() == said
        assert await one.call("echo", {"text": "é", "n": [1, None]}, b"\x00\xff\n") == (
            {"text": "é", "n": [1, None]},
            b"\n\xff\x00",
        )
        big = os.urandom(300_000)
        assert (await one.call("echo", None, big))[1] == big[::-1]


async def test_secrets_of_the_show_are_not_inherited(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = (
        "SHOWRUNNER_LLM__API_KEY",
        "SHOWRUNNER_HOME",
        "OPENAI_API_KEY",
        "HF_TOKEN",
        "DB_PASSWORD",
        "CLIENT_SECRET",
    )
    for name in (*secret, "github_token", "API_KEYS_FOLDER", "TOKENIZERS_PARALLELISM"):
        monkeypatch.setenv(name, "of the show")
    made = Worker(CHILD, name="echoes", env={"CHILD": "echo", "HF_TOKEN": "its own"})
    try:
        names = [*secret, "github_token", "API_KEYS_FOLDER", "TOKENIZERS_PARALLELISM", "PATH"]
        said, _ = await made.call("environment", names)
    finally:
        await made.aclose()
    path = os.environ.get("PATH")
    kept = {
        "API_KEYS_FOLDER": "of the show",
        "TOKENIZERS_PARALLELISM": "of the show",
        "HF_TOKEN": "its own",
        "PATH": path,
    }
    assert said == kept


async def test_answers_in_any_order() -> None:
    async with worker() as one:
        await one.start()
        slow = asyncio.create_task(one.call("later", 0.4))
        order = [await one.call("later", 0.05), await one.call("echo", "quick")]
        assert not slow.done()
        assert [data for data, _ in (*order, await slow)] == [0.05, "quick", 0.4]


async def test_events_and_posts() -> None:
    async with worker() as one:
        heard: list[tuple[str, Any, bytes]] = []
        one.on_event = lambda *told: heard.append(told)
        one.post("tell", "lost: nobody runs")
        await one.start()
        one.post("tell", 1, b"ab")
        one.post("fail", "quietly")
        one.post("nobody knows this")
        await one.call("echo")
        assert heard == [("progress", 50, b""), ("told", 1, b"ab")]


async def test_a_listener_that_raises_ends_nothing() -> None:
    async with worker() as one:
        told: list[Any] = []
        asyncio.get_running_loop().set_exception_handler(lambda _loop, what: told.append(what["exception"]))
        one.on_event = lambda *_: 1 / 0  # type: ignore[return-value]
        assert (await one.call("echo", 2))[0] == 2
        assert [type(each) for each in told] == [ZeroDivisionError]


@pytest.mark.parametrize(
    ("how", "raised", "words"),
    [
        ("misconfigured", Misconfigured, "the key is wrong"),
        ("unavailable", Unavailable, "the server is down"),
        ("missing", Misconfigured, "faster_whisper is not installed"),
        ("exit", Unavailable, "SystemExit"),
        ("odd", Unavailable, "ValueError at worker_children.py"),
    ],
)
async def test_a_failure_of_the_child(how: str, raised: type[Exception], words: str) -> None:
    async with worker() as one:
        with pytest.raises(raised, match=words) as error:
            await one.call("fail", how)
        assert "viewer said" not in str(error.value)
        if isinstance(error.value, Misconfigured):
            assert error.value.fix in ("write another", "python3 run.py add whisper")
        if isinstance(error.value, Unavailable) and how == "unavailable":
            assert error.value.retry_after_s == 7.5
        assert (await one.call("echo", 1))[0] == 1


async def test_what_libraries_print_is_not_between_the_frames() -> None:
    async with worker() as one:
        assert await one.call("garbage") == ("clean", b"")
        assert (await one.call("echo", 1))[0] == 1


async def test_one_that_dies_fails_all_who_wait_and_is_started_anew() -> None:
    async with worker() as one:
        first = (await one.start())["pid"]
        waiting = asyncio.create_task(one.call("later", 30))
        with pytest.raises(Unavailable, match="the process for echoes ended: out of memory"):
            await one.call("die", 9)
        with pytest.raises(Unavailable, match="ended"):
            await waiting
        assert one.pid is None
        one.post("tell", "lost")
        assert (await one.call("echo", 1))[0] == 1
        assert one.pid not in (None, first)


async def test_one_that_hangs_is_late_and_can_be_told_to_stop() -> None:
    async with worker() as one:
        await one.start()
        with pytest.raises(Unavailable, match=r"did not answer within 0\.2 s"):
            await one.call("hang", within_s=0.2)
        await one.call("stop")
        assert (await one.call("echo", 1))[0] == 1


async def test_one_that_hangs_is_killed_at_the_end() -> None:
    async with worker() as one:
        await one.start()
        pid = one.pid or 0
        waiting = asyncio.create_task(one.call("hang", within_s=60))
        await asyncio.sleep(0)
        began = asyncio.get_running_loop().time()
        await one.aclose()
        assert asyncio.get_running_loop().time() - began < 5
        with pytest.raises(Unavailable):
            await waiting
        assert gone(pid)
        with pytest.raises(Unavailable, match="closed"):
            await one.call("echo")


async def test_a_killed_one_begins_anew() -> None:
    async with worker() as one:
        await one.start()
        one.kill()
        assert not one.alive
        assert (await one.call("echo", 1))[0] == 1


@pytest.mark.parametrize(
    ("kind", "raised", "words"),
    [
        ("misconfigured", Misconfigured, "no model in the folder"),
        ("crash", Unavailable, "RuntimeError at worker_children.py"),
        ("dirty", Unavailable, "writes what nobody understands"),
        ("slow", Unavailable, "is not ready after 1.5 s"),
    ],
)
async def test_a_start_that_fails(kind: str, raised: type[Exception], words: str) -> None:
    async with worker(kind, start_s=1.5 if kind == "slow" else 30.0) as one:
        with pytest.raises(raised, match=words):
            await one.start()
        assert not one.alive


async def test_a_module_that_does_not_exist() -> None:
    async with worker(module="tests.fakes.nobody_wrote_this") as one:
        with pytest.raises(Unavailable, match="No module named"):
            await one.start()


async def test_a_package_that_is_not_installed() -> None:
    assert installed("streamer.adapters.part")
    assert not installed("streamer.part")
    for package, fix in (("pydub.of.nobody", "python3 run.py add sounds"), ("left_pad_x", "install left_pad_x")):
        async with worker(loads=package) as one:
            with pytest.raises(Misconfigured, match="is not installed") as error:
                await one.start()
            assert error.value.fix == fix


async def test_closing_during_the_start_does_not_wait_for_it() -> None:
    async with worker("slow") as one:
        starting = asyncio.create_task(one.start())
        while one._beginning is None:
            await asyncio.sleep(0.01)
        await one.aclose()
        with pytest.raises(Unavailable):
            await starting


async def test_a_start_that_is_cancelled_leaves_nothing() -> None:
    async with worker("slow") as one:
        starting = asyncio.create_task(one.start())
        while one._beginning is None:
            await asyncio.sleep(0.01)
        pid = one._beginning.process.pid
        starting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await starting
        assert gone(pid)


PARENT = f"""
import asyncio, os
from streamer.adapters.worker import Worker
async def main():
    one = Worker({CHILD!r}, name="echoes")
    await one.start()
    task = asyncio.create_task(one.call("hang", within_s=60))
    await asyncio.sleep(0.1)
    print(one.pid, flush=True)
    os._exit(1)
asyncio.run(main())
"""


def test_a_child_ends_with_its_parent_also_while_it_works() -> None:
    run = subprocess.run([sys.executable, "-c", PARENT], capture_output=True, text=True, timeout=50, check=False)
    pid = int(run.stdout)
    for _ in range(200):
        if gone(pid) or _is_zombie(pid):
            return
        time.sleep(0.05)
    raise AssertionError("the child lives on without its parent")


def _is_zombie(pid: int) -> bool:
    """An orphan may wait for a reaper that this machine does not have."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("ascii", errors="replace")
        return stat.rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return False
