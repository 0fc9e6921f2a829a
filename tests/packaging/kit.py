"""A package index on loopback with tiny wheels, and a small checkout that installs from it with the real run.py."""

import base64
import hashlib
import http.server
import io
import json
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from pathlib import Path
from typing import Any

from streamer.boot.extras import here

ROOT = Path(__file__).resolve().parents[2]
BASE_PYTHON = str(getattr(sys, "_base_executable", sys.executable))

# Extras by their real names, whose packages are tiny here, too. Two of them share one.
EXTRAS = {"device": ("sounddevice", "soxr", "tiny-numbers"), "sounds": ("pydub", "tiny-numbers")}

CLI = """
import json, os, sys, time

def main():
    import tiny_show, tiny_voice
    if sys.argv[1:2] == ["hold"]:
        print("on air", flush=True)
        time.sleep(120)
    print(json.dumps({"prefix": sys.prefix, "argv": sys.argv[1:], "utf8": sys.flags.utf8_mode,
                      "show": tiny_show.VERSION, "file": tiny_show.__file__}))
    return 7 if "seven" in sys.argv else 0
"""


def wheel(name: str, version: str, body: str = "") -> bytes:
    """A pure wheel with one module that knows its version."""
    module, info = name.replace("-", "_"), f"{name.replace('-', '_')}-{version}.dist-info"
    files = {
        f"{module}.py": f"VERSION = {version!r}\n{body}",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: kit\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()},"
        f"{len(text.encode())}\n"
        for path, text in files.items()
    )
    files[f"{info}/RECORD"] = record + f"{info}/RECORD,,\n"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, text in files.items():
            archive.writestr(zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0)), text)
    return buffer.getvalue()


class Index:
    """A simple package index (PEP 503). `gate` closed: files hang until it is opened; `asked` counts requests."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked = 0
        self.fetching = threading.Event()
        self.gate = threading.Event()
        self.gate.set()
        for name in ("tiny-show", "tiny-voice", *sorted({name for names in EXTRAS.values() for name in names})):
            for version in ("1.0", "2.0"):
                self.files[f"{name.replace('-', '_')}-{version}-py3-none-any.whl"] = wheel(name, version)
        index = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                index.asked += 1
                name = self.path.strip("/").split("/")[-1]
                if name in index.files:
                    index.fetching.set()
                    index.gate.wait(120)
                    kind, data = "application/octet-stream", index.files[name]
                else:
                    links = (n for n in index.files if n.startswith(name.replace("-", "_") + "-"))
                    kind, data = "text/html", "".join(f'<a href="/files/{n}">{n}</a>' for n in links).encode()
                try:
                    self.send_response(200 if data else 404)
                    self.send_header("Content-Type", kind)
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)
                except OSError:  # the client was killed on purpose
                    return

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class says so
                return

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/simple/"

    def close(self) -> None:
        self.gate.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def lock(self, version: str = "1.0", names: tuple[str, ...] = ("tiny-show", "tiny-voice")) -> str:
        """A lock of these packages in this version."""
        lines = []
        for name in names:
            data = self.files[f"{name.replace('-', '_')}-{version}-py3-none-any.whl"]
            lines.append(f"{name}=={version} \\\n    --hash=sha256:{hashlib.sha256(data).hexdigest()}\n")
        return "".join(lines)


class Checkout:
    """A folder with run.py, streamer.boot, a tiny show and a tiny lock."""

    def __init__(self, root: Path, index: Index) -> None:
        self.root, self.index = root, index
        self.home = root.parent / (root.name + " home")

    def create(self) -> "Checkout":
        (self.root / "streamer" / "app").mkdir(parents=True)
        (self.root / "requirements").mkdir()
        self.home.mkdir()
        shutil.copy(ROOT / "run.py", self.root)
        shutil.copytree(ROOT / "streamer" / "boot", self.root / "streamer" / "boot", ignore=no_bytecode)
        (self.root / "streamer" / "__init__.py").touch()
        (self.root / "streamer" / "app" / "__init__.py").touch()
        (self.root / "streamer" / "app" / "cli.py").write_text(CLI, encoding="utf-8")
        (self.root / "requirements" / "core.in").write_text("# imports\ntiny-show\ntiny-voice>=1\n", encoding="utf-8")
        self.write_lock(self.index.lock())
        for extra, names in EXTRAS.items():
            self.write_lock(self.index.lock(names=names), f"extra-{extra}")
        sizes = {"cells": [here()], "unpacked": {}, "none": {"whisper": {here(): "nobody made it"}}}
        rows = {extra: {name: [30_000_000] for name in names} for extra, names in EXTRAS.items()}
        (self.root / "requirements" / "extras.json").write_text(json.dumps(sizes | {"download": rows}), "utf-8")
        return self

    def clone(self, root: Path) -> "Checkout":
        """A ready checkout at another place, as if it had been made there."""
        shutil.copytree(self.root, root, symlinks=True)
        copy = Checkout(root, self.index)
        copy.home.mkdir()
        stamp = copy.env / "stamp"
        stamp.write_bytes(stamp.read_bytes().replace(os.fsencode(str(self.root)), os.fsencode(str(root))))
        return copy

    @property
    def env(self) -> Path:
        return self.root / ".venv"

    def write_lock(self, text: str, name: str = "core") -> None:
        (self.root / "requirements" / f"{name}.lock").write_text(text, encoding="utf-8")

    def packages(self) -> set[str]:
        """The modules in the environment that are not the core's."""
        found = {path.stem for path in self.env.rglob("site-packages/*.py")}
        return found & {name.replace("-", "_") for names in EXTRAS.values() for name in names}

    def variables(self, **more: str) -> dict[str, str]:
        """An environment without the machine's own pip settings."""
        kept = {n: v for n, v in os.environ.items() if not n.startswith(("PIP_", "PYTHON", "COV_", "XDG_", "VIRTUAL_"))}
        mine = {
            "HOME": str(self.home),
            "USERPROFILE": str(self.home),
            "LOCALAPPDATA": str(self.home),
            "PIP_INDEX_URL": self.index.url,
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_CACHE_DIR": "1",
            "PIP_RETRIES": "0",
        }
        return kept | mine | more

    def popen(self, *args: str, first: str = "", **more: str) -> "subprocess.Popen[str]":
        """run.py in its own process group. `first`: Python to run before it in the same process."""
        run_py = str(self.root / "run.py")
        command = [BASE_PYTHON, run_py, *args]
        if first:
            code = f"import runpy, sys\nsys.argv = {[run_py, *args]!r}\nsys.path[0] = {str(self.root)!r}\n{first}\n"
            command = [BASE_PYTHON, "-c", code + f"runpy.run_path({run_py!r}, run_name='__main__')"]
        return subprocess.Popen(
            command,
            cwd=self.home,
            env=self.variables(**more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=os.name != "nt",
        )

    def start(self, *args: str, first: str = "", **more: str) -> "Start":
        with self.popen(*args, first=first, **more) as process:
            said = process.communicate(timeout=200)[0]
        return Start(process.returncode, said)

    def leftovers(self) -> list[str]:
        """What an environment that was not finished would leave."""
        return sorted(
            p.name for p in self.root.glob(".venv*") if p.is_dir() and p.name not in (".venv", ".venv.previous")
        )


class Start:
    """How a start ended: exit code, everything said, and what the tiny show reported (if it ran)."""

    def __init__(self, code: int, said: str) -> None:
        self.code, self.said = code, said
        last = said.strip().splitlines()[-1:] or [""]
        self.show: dict[str, Any] = json.loads(last[0]) if last[0].startswith("{") else {}

    def __repr__(self) -> str:
        return f"<exit {self.code}>\n{self.said}"


def no_bytecode(_folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name == "__pycache__"]
