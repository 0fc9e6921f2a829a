"""Rehearsals as jobs: real child processes, one after the other, that can be cancelled and are found again."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from streamer.app.night.jobs import KEPT, WAITING_MAX, Rehearsals
from streamer.app.settings import Folders
from streamer.web.rehearsals import Rehearsed
from streamer.web.rest import Problem
from tests.app.kit import folders

ROWS = "".join(
    json.dumps(
        {"at": at, "platform": "t", "kind": "message", "id": f"m{at}", "user": {"id": "1", "name": "Ana"},
         "text": f"Mika, what about number {at}?"}
    ) + "\n" for at in range(1, 60, 6)
)  # fmt: skip
SLOW = (
    "import json,sys,time;"
    "print(json.dumps({'state': 'rehearsing', 'progress': 0.3, 'notice': None}), flush=True);"
    "time.sleep(600)"
)


async def sent(text: str | bytes) -> AsyncIterator[bytes]:
    data = text.encode() if isinstance(text, str) else text
    for at in range(0, len(data), 100):
        yield data[at : at + 100]


async def until(true: Callable[[], object], limit_s: float = 120.0) -> None:
    async with asyncio.timeout(limit_s):
        while not true():
            await asyncio.sleep(0.02)


def state(desk: Rehearsals, rehearsal: str) -> str:
    job = desk.find(rehearsal)
    return job.state if job else "gone"


@pytest.fixture
def where(tmp_path: Path) -> Folders:
    return folders(tmp_path)


@pytest.fixture
async def desk(where: Folders) -> AsyncIterator[Rehearsals]:
    made = Rehearsals(where)
    await made.open()
    yield made
    await made.aclose()


async def test_a_log_becomes_a_report_and_its_upload_goes(desk: Rehearsals, where: Folders) -> None:
    one = await desk.take("evening.log", sent(ROWS))
    assert state(desk, one) in ("queued", "reading")
    assert await desk.report(one) is None
    await until(lambda: state(desk, one) in ("done", "failed"))
    job = desk.find(one)
    assert job is not None
    assert (job.state, job.name, job.progress, job.notice) == ("done", "evening.log", 1.0, None)
    assert job.summary is not None
    assert job.summary["messages"] == 10
    body = await desk.report(one)
    assert body is not None
    told = json.loads(body)
    assert told["source"]["name"] == "evening.log"
    assert told["best"][0]["lines"][0]["audio"]
    assert b"Mika, what about number" in body
    page = await desk.page(one, anonymous=False)
    assert page is not None
    assert b"Ana" in page
    hidden = await desk.page(one, anonymous=True)
    assert hidden is not None
    assert b"Ana" not in hidden
    assert b"Viewer 1" in hidden
    assert not list((where.state / "rehearsals").rglob("upload"))
    again = Rehearsals(where)
    await again.open()
    assert [(each.id, each.state) for each in again.items()] == [(one, "done")]
    assert await again.report(one) == body
    assert await again.remove(one)
    assert not list((where.state / "rehearsals").iterdir())
    await again.aclose()


async def test_what_is_no_log_fails_in_words(desk: Rehearsals) -> None:
    picture = await desk.take("p.json", sent(b"\x89PNG\r\n\x1a\n" + bytes(500)))
    nothing = await desk.take("n.jsonl", sent("\n\n"))
    await until(lambda: state(desk, nothing) == "failed")
    jobs = [desk.find(picture), desk.find(nothing)]
    notices = [job.notice for job in jobs if job is not None and job.notice is not None]
    assert [each.code for each in notices] == ["rehearsal.unreadable", "rehearsal.empty"]
    assert "a picture (PNG)" in str(notices[0].params["reason"])
    assert "Chatterino" in notices[0].fix
    assert await desk.report(picture) is None


async def test_one_at_a_time_and_removing_kills_it(where: Folders) -> None:
    desk = Rehearsals(where, program=(sys.executable, "-c", SLOW))
    await desk.open()
    one, two = await desk.take("1", sent("x")), await desk.take("2", sent("x"))
    await until(lambda: state(desk, one) == "rehearsing")
    assert state(desk, two) == "queued"
    assert await desk.remove(one)
    await until(lambda: state(desk, two) == "rehearsing")
    assert not (where.state / "rehearsals" / one).exists()
    assert await desk.remove(two)
    assert not await desk.remove(two)
    await until(lambda: not list((where.state / "rehearsals").iterdir()))
    assert desk.items() == []
    await desk.aclose()


async def test_closing_ends_the_child_and_the_next_start_says_so(where: Folders) -> None:
    desk = Rehearsals(where, program=(sys.executable, "-c", SLOW))
    await desk.open()
    one = await desk.take("1", sent("x"))
    await until(lambda: state(desk, one) == "rehearsing")
    async with asyncio.timeout(30):
        await desk.aclose()
    with pytest.raises(Problem):
        await desk.take("2", sent("x"))
    again = Rehearsals(where)
    await again.open()
    (job,) = again.items()
    assert job.notice is not None
    assert (job.state, job.notice.code) == ("failed", "rehearsal.lost")
    await again.aclose()


async def test_a_child_that_crashes_is_told(where: Folders) -> None:
    desk = Rehearsals(where, program=(sys.executable, "-c", "import sys; print('what'); sys.exit(7)"))
    await desk.open()
    one = await desk.take("1", sent("x"))
    await until(lambda: state(desk, one) == "failed")
    job = desk.find(one)
    assert job is not None
    assert job.notice is not None
    assert (job.notice.code, job.notice.params) == ("rehearsal.failed", {"code": 7})
    await desk.aclose()


async def test_a_program_that_is_not_there_is_told(where: Folders) -> None:
    desk = Rehearsals(where, program=(str(where.state / "nothing"),))
    await desk.open()
    one = await desk.take("1", sent("x"))
    await until(lambda: state(desk, one) == "failed")
    await desk.aclose()


async def test_too_many_wait_and_an_upload_that_breaks_off_leaves_nothing(where: Folders) -> None:
    desk = Rehearsals(where, program=(sys.executable, "-c", SLOW))
    await desk.open()

    async def broken() -> AsyncIterator[bytes]:
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await desk.take("x", broken())
    assert not list((where.state / "rehearsals").iterdir())
    for _ in range(6):
        await desk.take("x", sent("x"))
        await until(lambda: any(job.state == "rehearsing" for job in desk.items()))
    with pytest.raises(Problem) as full:
        await desk.take("x", sent("x"))
    assert (full.value.status, full.value.code) == (429, "busy")
    await desk.aclose()


async def test_the_newest_ten_are_kept(where: Folders) -> None:
    root = where.state / "rehearsals"
    for number in range(KEPT + 3):
        folder = root / f"{number:012x}-aaaaaa"
        folder.mkdir(parents=True)
        job = Rehearsed(folder.name, "x", "done", 1.0, float(number))
        (folder / "job.json").write_text(json.dumps({"id": job.id, "name": "x", "state": "done", "progress": 1.0,
                                                     "created": job.created}), encoding="utf-8")  # fmt: skip
    (root / "broken").mkdir()
    (root / "broken" / "job.json").write_text("{", encoding="utf-8")
    (root / "1795.jsonl").write_text("a journal", encoding="utf-8")
    desk = Rehearsals(where)
    await desk.open()
    assert [job.created for job in desk.items()] == [float(number) for number in range(KEPT + 2, 2, -1)]
    assert len([each for each in root.iterdir() if (each / "job.json").is_file()]) == KEPT + 1
    await desk.aclose()


async def test_an_upload_that_a_crash_cut_short_is_cleared_away(where: Folders) -> None:
    root = where.state / "rehearsals"
    left = root / "019a0c0ffee0-abcdef"
    left.mkdir(parents=True)
    (left / "upload").write_bytes(b"x" * 1000)
    (root / "1700000000.jsonl").write_text("a journal of `rehearse`", encoding="utf-8")
    (root / "mine").mkdir()
    desk = Rehearsals(where)
    await desk.open()
    assert sorted(each.name for each in root.iterdir()) == ["1700000000.jsonl", "mine"]
    await desk.aclose()


async def test_uploads_that_are_still_coming_count_as_waiting(where: Folders) -> None:
    desk = Rehearsals(where, program=(sys.executable, "-c", SLOW))
    await desk.open()
    go = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"x"
        await go.wait()

    coming = [asyncio.create_task(desk.take(f"{n}.log", slow())) for n in range(WAITING_MAX)]
    await until(lambda: len(list((where.state / "rehearsals").glob("*/upload"))) == WAITING_MAX)
    with pytest.raises(Problem) as caught:
        await desk.take("more.log", sent(ROWS))
    assert (caught.value.status, caught.value.code) == (429, "busy")
    for task in coming:
        task.cancel()
    await asyncio.gather(*coming, return_exceptions=True)
    assert list((where.state / "rehearsals").iterdir()) == []
    assert await desk.take("now.log", sent(ROWS))
    await desk.aclose()
