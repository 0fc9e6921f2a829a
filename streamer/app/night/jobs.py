"""The rehearsals of one show: one after the other, each in a child process; the newest ten are kept.

Each has a folder `state/rehearsals/<id>/`: `job.json`, the upload until it was read, `report.json`, `child.log`.
"""

import asyncio
import contextlib
import json
import logging
import re
import secrets
import shutil
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from streamer.app.night.anonymous import nameless
from streamer.app.night.child import PROGRAM, Child, words
from streamer.app.night.reportpage import page
from streamer.app.settings import Folders
from streamer.ports import Notice
from streamer.web.rehearsals import Rehearsed
from streamer.web.rest import Problem

log = logging.getLogger(__name__)

KEPT: Final = 10
WAITING_MAX: Final = 5
LIMIT_S: Final = 1_800.0
"""A rehearsal that takes longer is given up."""
FLUSH: Final = 1 << 20
_ENDED: Final = ("done", "failed")
_ID: Final = re.compile(r"[0-9a-f]{12}-[0-9a-f]{6}")


class Rehearsals:
    """The desk behind `web/rehearsals.py`. `open` before use, `aclose` at the end."""

    def __init__(
        self,
        folders: Folders,
        *,
        config: Path | None = None,
        environment: Callable[[], Mapping[str, str]] = dict,
        now: Callable[[], float] = time.time,
        program: Sequence[str] = PROGRAM,
    ) -> None:
        """`config`: the settings file of the show, when it was named. `environment`: what the child needs beside ours,
        such as keys that are kept for this run only. `program`: what is run; the words of `rehearse` follow."""
        self._folders = folders
        self._root = folders.state / "rehearsals"
        self._config = config
        self._environment = environment
        self._now = now
        self._program = program
        self._jobs: dict[str, Rehearsed] = {}
        self._waiting: list[str] = []
        self._coming = 0
        self._child: tuple[str, Child] | None = None
        self._worker: asyncio.Task[None] | None = None
        self._closed = False

    async def open(self) -> None:
        """Find what earlier processes left. What they had not finished is told as lost."""
        for job in await asyncio.to_thread(self._found):
            self._jobs[job.id] = job
        await self._prune()

    async def aclose(self) -> None:
        """End what runs. What waited is lost, and is told so at the next start."""
        self._closed = True
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.cancel()  # it kills its child on the way out
            await asyncio.gather(worker, return_exceptions=True)

    # --- the desk

    def items(self) -> list[Rehearsed]:
        return sorted(self._jobs.values(), key=lambda job: (job.created, job.id), reverse=True)[:KEPT]

    def find(self, rehearsal: str) -> Rehearsed | None:
        return self._jobs.get(rehearsal)

    async def take(self, name: str, chunks: AsyncIterator[bytes]) -> str:
        if self._closed or len(self._waiting) + self._coming >= WAITING_MAX:
            raise Problem(429, "busy", f"{WAITING_MAX} logs are waiting already", headers={"Retry-After": "30"})
        self._coming += 1
        try:
            job = await self._kept(name, chunks)
        finally:
            self._coming -= 1
        self._jobs[job.id] = job
        self._waiting.append(job.id)
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work(), name="rehearsals")
        return job.id

    async def _kept(self, name: str, chunks: AsyncIterator[bytes]) -> Rehearsed:
        """The log on disk. What came is removed when it breaks off."""
        job = Rehearsed(_new_id(self._now()), name, "queued", 0.0, self._now())
        folder = self._root / job.id
        try:
            await asyncio.to_thread(folder.mkdir, parents=True)
            await _write(folder / "upload", chunks)
            await asyncio.to_thread(self._save, job)
        except ConnectionError:  # whoever sent it has gone
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
            raise
        except OSError as wrong:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
            raise Problem(507, "disk", f"it cannot be kept: {wrong.strerror or wrong}") from wrong
        except BaseException:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
            raise
        return job

    async def report(self, rehearsal: str) -> bytes | None:
        job = self._jobs.get(rehearsal)
        if job is None or job.state != "done":
            return None
        try:
            return await asyncio.to_thread((self._root / job.id / "report.json").read_bytes)
        except OSError:
            return None

    async def page(self, rehearsal: str, *, anonymous: bool) -> bytes | None:
        body = await self.report(rehearsal)
        return None if body is None else await asyncio.to_thread(self._made, body, anonymous=anonymous)

    def _made(self, body: bytes, *, anonymous: bool) -> bytes:
        told: dict[str, Any] = json.loads(body)
        return page(nameless(told) if anonymous else told, self._folders).encode()

    async def remove(self, rehearsal: str) -> bool:
        job = self._jobs.pop(rehearsal, None)
        if job is None:
            return False
        if rehearsal in self._waiting:
            self._waiting.remove(rehearsal)
        if self._child is not None and self._child[0] == rehearsal:
            await self._child[1].kill()
        await asyncio.to_thread(shutil.rmtree, self._root / rehearsal, ignore_errors=True)
        return True

    # --- the work

    async def _work(self) -> None:
        """Until nothing waits. A new upload starts it again."""
        while self._waiting:
            rehearsal = self._waiting.pop(0)
            try:
                async with asyncio.timeout(LIMIT_S):
                    await self._rehearse(rehearsal)
            except TimeoutError:
                await self._end(rehearsal, "failed", notice=Notice("rehearsal.failed", {"code": "time"}))
            except OSError as wrong:
                reason = str(wrong.strerror or wrong)
                await self._end(rehearsal, "failed", notice=Notice("rehearsal.disk", {"reason": reason}))
            except Exception:
                log.exception("a rehearsal failed")
                await self._end(rehearsal, "failed", notice=Notice("rehearsal.failed", {"code": "-"}))
            finally:
                await self._leave(rehearsal)

    async def _rehearse(self, rehearsal: str) -> None:
        folder, job = self._root / rehearsal, self._jobs[rehearsal]
        upload = folder / "upload"
        child = await Child.start(
            words(upload, folder, self._folders, name=job.name, config=self._config),
            log=folder / "child.log",
            environment=self._environment(),
            program=self._program,
        )
        self._child = rehearsal, child
        if rehearsal not in self._jobs:  # removed while it was being started
            return
        last: dict[str, Any] = {}
        async for told in child.told():
            last = told
            self._step(rehearsal, told)
            if told.get("state") not in ("reading", None):
                with contextlib.suppress(OSError):  # Windows keeps what somebody still has open; `_leave` tries again
                    upload.unlink(missing_ok=True)
        code = await child.ended()
        summary = last.get("summary")
        if code == 0 and last.get("state") == "done" and (folder / "report.json").is_file():
            await self._end(rehearsal, "done", summary=summary if isinstance(summary, dict) else None)
        else:
            lost = Notice("rehearsal.failed", {"code": code}, "rehearsal.failed.fix")
            await self._end(rehearsal, "failed", notice=_notice(last.get("notice")) or lost)

    def _step(self, rehearsal: str, told: Mapping[str, Any]) -> None:
        job, state = self._jobs.get(rehearsal), told.get("state")
        if job is None or state not in ("reading", "rehearsing", "choosing", "voicing"):
            return
        share = told.get("progress")
        progress = min(1.0, max(job.progress, float(share))) if isinstance(share, int | float) else job.progress
        self._jobs[rehearsal] = replace(job, state=state, progress=progress)

    async def _end(
        self, rehearsal: str, state: Any, *, notice: Notice | None = None, summary: dict[str, Any] | None = None
    ) -> None:
        job = self._jobs.get(rehearsal)
        if job is None:
            return
        job = self._jobs[rehearsal] = replace(job, state=state, progress=1.0, notice=notice, summary=summary)
        with contextlib.suppress(OSError):
            await asyncio.to_thread(self._save, job)
        await self._prune()

    async def _leave(self, rehearsal: str) -> None:
        """Nothing of it runs any more, its upload is not needed; what was removed meanwhile leaves nothing."""
        child, self._child = self._child, None
        if child is not None:
            await child[1].kill()
        folder = self._root / rehearsal
        with contextlib.suppress(OSError):
            (folder / "upload").unlink(missing_ok=True)
        if rehearsal not in self._jobs:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    # --- files

    def _save(self, job: Rehearsed) -> None:
        path = self._root / job.id / "job.json"
        beside = path.with_suffix(".new")
        beside.write_bytes(msgspec.json.encode(job))
        beside.replace(path)

    def _found(self) -> list[Rehearsed]:
        jobs: list[Rehearsed] = []
        for folder in self._root.glob("*/"):
            if _ID.fullmatch(folder.name) and not (folder / "job.json").is_file():  # a crash cut its upload short
                shutil.rmtree(folder, ignore_errors=True)
        for path in sorted(self._root.glob("*/job.json")):
            try:
                job = msgspec.json.decode(path.read_bytes(), type=Rehearsed)
            except (OSError, msgspec.MsgspecError):
                continue
            if job.id != path.parent.name:
                continue
            if job.state not in _ENDED:
                lost = Notice("rehearsal.lost", {}, "rehearsal.lost.fix")
                job = replace(job, state="failed", progress=1.0, notice=lost)
                with contextlib.suppress(OSError):
                    (path.parent / "upload").unlink(missing_ok=True)
                    self._save(job)
            jobs.append(job)
        return jobs

    async def _prune(self) -> None:
        ended = [job for job in self._jobs.values() if job.state in _ENDED]
        for job in sorted(ended, key=lambda each: (each.created, each.id), reverse=True)[KEPT:]:
            await self.remove(job.id)


def _new_id(now: float) -> str:
    return f"{int(now * 1000):012x}-{secrets.token_hex(3)}"


async def _write(path: Path, chunks: AsyncIterator[bytes]) -> None:
    """Stream to disk, off the loop, a megabyte at a time."""
    file = await asyncio.to_thread(path.open, "wb")
    try:
        waiting = bytearray()
        async for chunk in chunks:
            waiting += chunk
            if len(waiting) >= FLUSH:
                await asyncio.to_thread(file.write, bytes(waiting))
                waiting.clear()
        await asyncio.to_thread(file.write, bytes(waiting))
    finally:
        await asyncio.to_thread(file.close)


def _notice(value: object) -> Notice | None:
    try:
        return msgspec.convert(value, Notice | None)
    except msgspec.ValidationError:
        return None
