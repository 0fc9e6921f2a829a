"""The process that fetches a Whisper model from a Hugging Face hub. See `whisper.fetch` for the side that asks.

    fetch {model, repo, into} -> {folder, bytes}

Each file goes on where it stopped, is compared with the hub's checksum (sha256 of large files, git's of small ones),
and the folder gets its name only when all of it is there. To cancel, end the process.
"""

import errno
import fnmatch
import hashlib
import io
import shutil
import time
from pathlib import Path
from typing import Any

from streamer.adapters.worker_child import ChildMisconfigured, ChildUnavailable, Reply, serve

WANTED = ("config.json", "preprocessor_config.json", "model.bin", "tokenizer.json", "vocabulary.*")
SPARE = 200 << 20
"""Bytes of the disk that are left alone."""
TOLD_S = 0.2
CHUNK = 1 << 20


class _Progress:
    def __init__(self, reply: Reply, model: str, total: int) -> None:
        self._reply, self._model, self._total = reply, model, total
        self._told = -TOLD_S
        self.before = 0
        """Bytes of the files that are whole."""

    def tell(self, of_this: int, *, now: bool = False) -> None:
        if now or time.monotonic() - self._told >= TOLD_S:
            self._told = time.monotonic()
            done = min(self._total, self.before + of_this)
            told = {"step": "fetching", "model": self._model, "done": done, "total": self._total}
            self._reply.event("loading", told)


class _Told(io.FileIO):
    """A file that tells how long it has become."""

    def __init__(self, path: Path, progress: _Progress) -> None:
        super().__init__(path, "r+" if path.exists() else "w")
        self.seek(0, io.SEEK_END)
        self._progress = progress

    def write(self, data: Any) -> int:
        view = memoryview(data)
        while view:
            view = view[super().write(view) or 0 :]
        self._progress.tell(self.tell())
        return len(data)


def fetch(data: dict[str, Any], _pcm: bytes, reply: Reply) -> dict[str, Any]:
    """Raises ChildUnavailable (network, disk, damaged on the way) or ChildMisconfigured (no such model)."""
    from filelock import FileLock, Timeout

    model, into = data["model"], Path(data["into"])
    try:
        into.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(into.with_name(into.name + ".lock"), timeout=0):
            return _fetch(model, data["repo"], into, reply)
    except Timeout:
        raise ChildUnavailable(f"the Whisper model {model} is being fetched already") from None
    except (ChildUnavailable, ChildMisconfigured):
        raise
    except OSError as error:
        raise _failure(error, model) from error
    except Exception as error:
        if type(error).__module__.partition(".")[0] in ("httpx", "httpx2", "requests", "urllib3", "huggingface_hub"):
            raise _failure(error, model) from error
        raise


def _fetch(model: str, repo: str, into: Path, reply: Reply) -> dict[str, Any]:
    from huggingface_hub import HfApi, constants

    constants.DOWNLOAD_CHUNK_SIZE = CHUNK  # pyright: ignore[reportAttributeAccessIssue] - what is told, and lost
    info = HfApi(token=False).model_info(repo, files_metadata=True, timeout=15)
    files = [each for each in info.siblings or () if any(fnmatch.fnmatch(each.rfilename, one) for one in WANTED)]
    if not any(each.rfilename == "model.bin" for each in files):
        raise ChildMisconfigured(f"{repo} is no model for faster-whisper", "choose another asr.whisper.model")
    part = into.with_name(into.name + ".part")
    _same_revision(part, info.sha or "")
    total = sum(each.size or 0 for each in files)
    there = sum(each.stat().st_size for each in part.iterdir())
    free = shutil.disk_usage(part).free
    if free < total - there + SPARE:
        need = (total - there + SPARE) // 1_000_000
        raise ChildUnavailable(f"the disk has {free // 1_000_000} MB left, the Whisper model {model} needs {need}")
    progress = _Progress(reply, model, total)
    for file in sorted(files, key=lambda each: each.size or 0):
        _file(repo, info.sha or "main", file, part, progress)
        progress.before += file.size or 0
    progress.tell(0, now=True)
    (part / "revision").unlink()
    if into.exists():
        shutil.rmtree(into)
    part.rename(into)
    return {"folder": str(into), "bytes": total}


def _same_revision(part: Path, revision: str) -> None:
    """What was begun of another version is thrown away."""
    note = part / "revision"
    if part.exists() and (not note.is_file() or note.read_text(encoding="utf-8") != revision):
        shutil.rmtree(part)
    part.mkdir(exist_ok=True)
    note.write_text(revision, encoding="utf-8")


def _file(repo: str, revision: str, file: Any, part: Path, progress: _Progress) -> None:
    from huggingface_hub import hf_hub_url
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils import build_hf_headers

    path = part / file.rfilename
    if path.is_file() and path.stat().st_size == file.size and _is_whole(path, file):
        return
    growing = part / (file.rfilename + ".growing")
    if growing.exists() and growing.stat().st_size > (file.size or 0):
        growing.unlink()
    path.unlink(missing_ok=True)
    with _Told(growing, progress) as out:
        begun = out.tell()
        progress.tell(begun, now=True)
        url = hf_hub_url(repo, file.rfilename, revision=revision)
        headers = build_hf_headers(token=False, library_name="showrunner")
        if begun != file.size:
            http_get(url, out, resume_size=begun, headers=headers, expected_size=file.size)  # pyright: ignore[reportArgumentType]
    if not _is_whole(growing, file):
        growing.unlink()
        raise ChildUnavailable(f"{file.rfilename} arrived damaged; fetching again starts it anew")
    growing.rename(path)


def _is_whole(path: Path, file: Any) -> bool:
    """By the checksum that the hub gives."""
    lfs = getattr(file, "lfs", None)
    with path.open("rb") as source:
        if lfs is not None:
            return hashlib.file_digest(source, "sha256").hexdigest() == lfs.sha256
        if not file.blob_id:
            return path.stat().st_size == file.size
        digest = hashlib.sha1(f"blob {path.stat().st_size}\0".encode(), usedforsecurity=False)
        while data := source.read(CHUNK):
            digest.update(data)
        return digest.hexdigest() == file.blob_id


def _failure(error: Exception, model: str) -> Exception:
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return ChildUnavailable(f"the disk is full; fetching the Whisper model {model} goes on once there is room")
    name = type(error).__name__
    if name in ("RepositoryNotFoundError", "GatedRepoError", "DisabledRepoError"):
        return ChildMisconfigured(f"the hub gives nobody a model {model}", "choose another asr.whisper.model")
    status = getattr(getattr(error, "response", None), "status_code", None)
    if isinstance(status, int) and status >= 400:
        return ChildUnavailable(f"the hub answers {status}", retry_after_s=30.0)
    if type(error).__module__ == "builtins":
        return ChildUnavailable(f"the Whisper model {model} cannot be kept ({getattr(error, 'strerror', name)})")
    return ChildUnavailable(f"the hub cannot be reached ({name}); what has come is kept", retry_after_s=30.0)


if __name__ == "__main__":
    serve({"fetch": fetch})
