"""The characters' part of the panel alone on a page: the real server, routes and desk over folders of their own, the
shipped overlays with the rig, and a panel whose main module shows nothing but the `CharacterStep`.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path

from streamer.app.casting.desk import CastingDesk
from streamer.app.settings import Folders
from streamer.core.events import Event
from streamer.shipped import shipped
from streamer.web.api import Parts
from streamer.web.characters import raw_routes, routes
from streamer.web.feed import FeedHub
from streamer.web.gate import Site
from streamer.web.grants import Grants
from streamer.web.metrics import Metrics
from streamer.web.operate import Outcome
from streamer.web.server import SHIPPED_PANEL, WebServer
from streamer.web.sinkroom import SinkRoom

MAIN = """
import { html, render } from "./vendor/preact.js";
import { signIn } from "./api.js";
import { start } from "./feed.js";
import { loadTexts, preferred } from "./texts.js";

async function begin() {
  await loadTexts(preferred());
  const step = await import("./characters/step.js");
  await step.ready;
  await signIn();
  start();
  render(html`<div class="alone"><${step.CharacterStep}/></div>`, document.getElementById("app"));
}
begin();
"""
STYLE = "\nbody { overflow: auto; }\n.alone { padding: 16px; max-width: 1280px; margin: 0 auto; }\n"


class _Nothing:
    """An operator and a text store that are not asked."""

    def press(self, event: Event) -> Outcome:
        del event
        return "done"

    def put(self, ref: str, text: str, *, owner: str = "") -> None: ...

    def get(self, ref: str) -> str | None:
        del ref
        return None

    def erase(self, ref: str) -> None: ...

    def erase_owner(self, owner: str) -> Sequence[str]:
        del owner
        return ()


class CastPage:
    """`folders` are those of the desk; `reloads` counts how often the show was asked to read its files again."""

    def __init__(self, root: Path, port: int = 0) -> None:
        """`port`: where another page like this was served. A browser finds its files in its cache; 0 is any port."""
        self.folders = Folders(shipped=shipped(), home=root / "home", state=root / "state")
        self.reloads = 0
        self.refuses: Exception | None = None
        self.desk = CastingDesk(self.folders, self._reload)
        panel = root / "panel"
        shutil.copytree(SHIPPED_PANEL, panel, dirs_exist_ok=True)
        (panel / "main.js").write_text(MAIN, encoding="utf-8")
        with (panel / "panel.css").open("a", encoding="utf-8") as file:
            file.write(STYLE)
        metrics = Metrics()
        self.grants = Grants(self.folders.state)
        self.feed = FeedHub(lambda: 1_000, metrics=metrics)
        nothing = _Nothing()
        parts = Parts(
            self.grants, self.feed, SinkRoom(epoch=1, metrics=metrics), nothing, nothing, lambda _row: None,
            words=lambda _language: {},
        )  # fmt: skip
        self.server = WebServer(
            Site(port=port), parts, overlays=[shipped() / "overlays"], panel=panel, metrics=metrics,
            more=routes(self.desk), raw=raw_routes(self.desk),
        )  # fmt: skip

    async def _reload(self) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.reloads += 1
        self.feed.publish("panel", {"setup": {"n": self.reloads, "welcome": False}})

    async def start(self) -> "CastPage":
        await self.server.start()
        self.feed.publish("panel", {"setup": {"n": 0, "welcome": False}})
        return self

    async def stop(self) -> None:
        await self.server.stop()

    @property
    def url(self) -> str:
        """The page, with a code that signs in."""
        return f"http://localhost:{self.server.port}/panel/#code={self.grants.issue_code(for_s=None)}"
