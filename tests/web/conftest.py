"""A served show without a house: what the web needs, as small honest stand-ins."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from multidict import CIMultiDict

from streamer.core.events import Event
from streamer.ports import ChatRow
from streamer.web.api import Parts
from streamer.web.feed import FeedHub
from streamer.web.gate import Site
from streamer.web.grants import Grants
from streamer.web.metrics import Metrics
from streamer.web.operate import Outcome
from streamer.web.rest import RawRoute, Route
from streamer.web.server import WebServer
from streamer.web.sinkroom import SinkRoom
from tests.web.panel_stand import browser, opened, profiles, server, show

__all__ = ["browser", "opened", "profiles", "server", "show"]


class Desk:
    """Notes what was pressed."""

    def __init__(self) -> None:
        self.pressed: list[Event] = []
        self.outcome: Outcome = "done"

    def press(self, event: Event) -> Outcome:
        self.pressed.append(event)
        return self.outcome


class Texts:
    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def put(self, ref: str, text: str, *, owner: str = "") -> None:
        self.kept[ref] = text

    def get(self, ref: str) -> str | None:
        return self.kept.get(ref)

    def erase(self, ref: str) -> None:
        self.kept.pop(ref, None)

    def erase_owner(self, owner: str) -> Sequence[str]:
        return ()


@dataclass
class House:
    """`url` is by name, as printed; `session` is signed in as nobody."""

    server: WebServer
    desk: Desk
    texts: Texts
    rows: list[ChatRow]
    grants: Grants
    feed: FeedHub
    room: SinkRoom
    session: aiohttp.ClientSession
    owner: dict[str, str] = field(default_factory=dict)
    """Headers of the owner's token."""

    @property
    def url(self) -> str:
        return f"http://localhost:{self.server.port}"

    @property
    def origin(self) -> dict[str, str]:
        return {"Origin": self.url}

    def overlay_token(self) -> str:
        return self.grants.overlay()[1]

    async def get(self, path: str, **headers: str) -> tuple[int, str, CIMultiDict[str]]:
        async with self.session.get(self.url + path, headers=headers, allow_redirects=False) as answer:
            return answer.status, await answer.text(), answer.headers.copy()

    async def post(self, path: str, body: object = None, headers: dict[str, str] | None = None, **more: str):
        data = None if body is None else json.dumps(body)
        kind = {"Content-Type": "application/json"} if body is not None else {}
        wanted = kind | (self.owner if headers is None else headers) | {n.replace("_", "-"): v for n, v in more.items()}
        async with self.session.post(self.url + path, data=data, headers=wanted) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text else None


def write_overlays(folder: Path) -> None:
    for kind in ("stage", "avatar", "captions", "chat"):
        (folder / kind).mkdir(parents=True)
        (folder / kind / "index.html").write_text(
            f'<!doctype html><base href="__BASE__"><meta name="build" content="__BUILD__"><title>{kind}</title>',
            encoding="utf-8",
        )
    (folder / "lib").mkdir()
    (folder / "lib" / "feed.js").write_text("export const words = 'x';\n" * 100, encoding="utf-8")
    (folder / "lib" / "secret.key").write_text("no file for browsers", encoding="utf-8")


@pytest.fixture
def make_server(tmp_path: Path):
    overlays, panel = tmp_path / "overlays", tmp_path / "panel"
    write_overlays(overlays)
    panel.mkdir()
    (panel / "index.html").write_text('<!doctype html><script type="module" src="__BASE__main.js">', encoding="utf-8")
    (panel / "main.js").write_text("export {};\n", encoding="utf-8")

    def make(site: Site, *, epoch: int = 5) -> House:
        metrics = Metrics()
        desk, texts, rows = Desk(), Texts(), list[ChatRow]()
        grants = Grants(tmp_path / "state")
        feed = FeedHub(lambda: 61_250, metrics=metrics)
        room = SinkRoom(epoch=epoch, metrics=metrics)
        parts = Parts(grants, feed, room, desk, texts, rows.append, words=lambda language: {"hi": f"hi {language}"})
        server = WebServer(site, parts, overlays=[overlays], panel=panel, metrics=metrics)
        return House(server, desk, texts, rows, grants, feed, room, None)  # type: ignore[arg-type]

    return make


@pytest.fixture
async def house(make_server) -> AsyncIterator[House]:
    """A server on a free port, and a client."""
    house = make_server(Site(port=0))
    code = house.grants.issue_code()
    _grant, token = house.grants.exchange(code)
    house.owner = {"Authorization": f"Bearer {token}"}
    await house.server.start()
    async with aiohttp.ClientSession() as session:
        house.session = session
        yield house
    await house.server.stop()


@pytest.fixture
def serving(make_server, tmp_path: Path):
    """`async with serving(more=...) as house`: these routes, served; `house.owner` holds the headers of the owner, or
    of an operator."""

    @asynccontextmanager
    async def serve(
        *, more: Sequence[Route] = (), raw: Sequence[RawRoute] = (), operator: bool = False
    ) -> AsyncIterator[House]:
        house = make_server(Site(port=0))
        house.server = WebServer(
            Site(port=0), house.server.parts, overlays=[tmp_path / "overlays"], panel=tmp_path / "panel",
            more=more, raw=raw,
        )  # fmt: skip
        grants = house.grants
        _, token = grants.create("operator", "mod") if operator else grants.exchange(grants.issue_code())
        house.owner = {"Authorization": f"Bearer {token}"}
        await house.server.start()
        async with aiohttp.ClientSession() as session:
            house.session = session
            yield house
        await house.server.stop()

    return serve
