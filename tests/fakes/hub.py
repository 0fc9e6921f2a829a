"""A local Hugging Face hub with one repository, for the real `huggingface_hub`, with ways to fail.

    async with FakeHub("Systran/faster-whisper-tiny", folder) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.root)

It has what a download needs: the description of a model with its files (`GET /api/models/...?blobs=true`) and the files
(`/resolve/`), with ranges. `mode`: ok, 404, 500, `cut` (drops the connection after `cut_at` bytes of a big file, once
for each request), `stall` (there it stops), `damaged` (one byte of a big file is another one). `ranges` are the starts
that were asked for.
"""

import asyncio
import hashlib
import re
from pathlib import Path
from typing import Any, Self

from aiohttp import web

from tests.fakes.serving import listen

SHA = "0123456789abcdef0123456789abcdef01234567"
BIG = 100_000


class FakeHub:
    def __init__(self, repo: str, folder: Path) -> None:
        self.repo = repo
        self.files = {each.name: each.read_bytes() for each in sorted(folder.iterdir()) if each.is_file()}
        self.files["README.md"] = b"# not wanted\n"
        self.mode = "ok"
        self.cut_at = BIG
        self.pause_s = 0.0
        self.asked: list[str] = []
        self.ranges: list[int] = []
        self.agents: list[str] = []
        self.root = ""
        self._runner: web.AppRunner | None = None
        self._stop = asyncio.Event()

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get(f"/api/models/{self.repo}", self._about)
        app.router.add_get(f"/{self.repo}/resolve/{{revision}}/{{name}}", self._file)
        self._runner, port = await listen(app)
        self.root = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(self, *_exc: object) -> None:
        self._stop.set()
        assert self._runner is not None
        await self._runner.cleanup()

    async def _about(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        self.agents.append(request.headers.get("User-Agent", ""))
        assert "Authorization" not in request.headers
        if self.mode in ("404", "500"):
            headers = {"X-Error-Code": "RepoNotFound"} if self.mode == "404" else {}
            return web.json_response({"error": "no"}, status=int(self.mode), headers=headers)
        siblings: list[dict[str, Any]] = []
        for name, data in self.files.items():
            row: dict[str, Any] = {"rfilename": name, "size": len(data)}
            row["blobId"] = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()  # noqa: S324 - git's own
            if len(data) >= BIG:
                row["lfs"] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 134}
            siblings.append(row)
        about = {"_id": "1", "id": self.repo, "modelId": self.repo, "sha": SHA, "siblings": siblings}
        return web.json_response({**about, "private": False, "tags": [], "downloads": 0, "likes": 0})

    async def _file(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        self.asked.append(name)
        data = self.files[name]
        start = re.fullmatch(r"bytes=(\d+)-", request.headers.get("Range", ""))
        at = int(start[1]) if start else 0
        self.ranges.append(at)
        if self.mode == "damaged" and len(data) >= BIG:
            data = data[:-1] + bytes([data[-1] ^ 1])
        headers = {"Content-Length": str(len(data) - at), "Content-Type": "application/octet-stream"}
        if at:
            headers["Content-Range"] = f"bytes {at}-{len(data) - 1}/{len(data)}"
        response = web.StreamResponse(status=206 if at else 200, headers=headers)
        await response.prepare(request)
        sent = 0
        for begin in range(at, len(data), 50_000):
            if len(data) >= BIG and sent >= self.cut_at and self.mode in ("cut", "stall"):
                if self.mode == "stall":
                    await self._stop.wait()
                assert request.transport is not None
                request.transport.abort()
                return response
            piece = data[begin : begin + 50_000]
            await response.write(piece)
            sent += len(piece)
            if self.pause_s:
                await asyncio.sleep(self.pause_s)
        return response
