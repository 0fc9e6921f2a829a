"""Makes the pictures of docs/overlays.md: each overlay in one still moment of its demo, over the game of backdrop.svg.

    python docs/make_overlays.py             all of them, as docs/pictures/overlays/<name>.webp
    python docs/make_overlays.py poll goal   only these

The pages are served from the checkout and asked for nothing else. Run it with the Python of the test environment.
"""

import argparse
import io
import os
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
OVERLAYS = ROOT / "overlays"
PICTURES = ROOT / "docs" / "pictures" / "overlays"
SIZE = (1920, 1080)
SHOWN = (960, 540)
QUALITY = 72
SETTLED_MS = 1500
PAGES = {
    "stage": "stage", "captions": "captions", "chat": "chat", "alert": "alert", "answering": "answering",
    "poll": "poll", "queue": "queue", "countdown": "countdown", "goal": "goal", "credits": "credits&speed=20",
    "alert-ja": "alert&lang=ja", "poll-ja": "poll&lang=ja",
}  # fmt: skip
"""Name of the picture -> overlay and parameters."""
WRAPPER = """<!doctype html><meta charset="utf-8"><style>
html, body {{ margin: 0; overflow: hidden; background: {ground} }}
svg, iframe {{ position: absolute; inset: 0; border: 0; width: 100vw; height: 100vh }}
</style>{backdrop}<iframe name="overlay" src="/overlay/{kind}?{query}"></iframe>"""


class Handler(SimpleHTTPRequestHandler):
    """`/overlay/<kind>` is a page of the checkout, everything else a file beside it."""

    ground = "#14122b"
    backdrop = ""

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        if path.startswith("/overlay/"):
            text = (OVERLAYS / Path(path).name / "index.html").read_text(encoding="utf-8")
            self._html(text.replace("__BASE__", "/").replace("__BUILD__", ""))
        elif path.startswith("/over/"):
            filled = WRAPPER.format(ground=self.ground, backdrop=self.backdrop, kind=Path(path).name, query=query)
            self._html(filled)
        else:
            super().do_GET()

    def _html(self, text: str) -> None:
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the base class
        pass


def photograph(page: Any, address: str, kind: str, parameters: str) -> bytes:
    """A PNG of the overlay, its fonts loaded and its entrance over."""
    query = f"demo=still&fps=30&{parameters}" if "demo" not in parameters else f"fps=30&{parameters}"
    page.goto(f"{address}/over/{kind}?{query}")
    frame = page.frame(name="overlay")
    frame.wait_for_function("window.showrunner && showrunner.state().connected")
    frame.evaluate("document.fonts.ready.then(() => true)")
    page.wait_for_timeout(SETTLED_MS)
    return page.screenshot()


def main() -> None:
    parser = argparse.ArgumentParser(description="makes the pictures of the overlays")
    parser.add_argument("names", nargs="*", help=", ".join(PAGES))
    wanted = parser.parse_args().names or list(PAGES)
    from PIL import Image
    from playwright.sync_api import sync_playwright

    Handler.backdrop = (ROOT / "docs" / "backdrop.svg").read_text(encoding="utf-8")
    Handler.extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".js": "text/javascript"}
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(OVERLAYS)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    PICTURES.mkdir(parents=True, exist_ok=True)
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--disable-gpu", *(["--no-sandbox"] if root else [])]
        )
        page = browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]}, locale="en-GB")
        for name in wanted:
            kind, _, parameters = PAGES[name].partition("&")
            png = photograph(page, f"http://127.0.0.1:{server.server_address[1]}", kind, parameters)
            target = PICTURES / f"{name}.webp"
            Image.open(io.BytesIO(png)).convert("RGB").resize(SHOWN, Image.Resampling.LANCZOS).save(
                target, quality=QUALITY, method=6
            )
            print(target.relative_to(ROOT), target.stat().st_size)
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main()
