"""The gallery's list: which overlays there are, what is told about them, and that it is true of the shipped pages."""

import json
import re
from pathlib import Path

import aiohttp
import pytest

from streamer.web import gallery
from streamer.web.assets import Assets
from streamer.web.gallery import SHIPPED, Param
from streamer.web.gate import Site
from streamer.web.server import WebServer

ROOT = Path(__file__).parents[2]
OVERLAYS = ROOT / "overlays"
WORDS = {
    language: json.loads(
        (ROOT / "streamer" / "web" / "panel" / "overlays" / "texts" / f"{language}.json").read_text(encoding="utf-8")
    )
    for language in ("en", "ja")
}
PLAIN = {"only.raid", "theme.aiko", "theme.ren", "theme.zuri", "theme.kai", "theme.emil", "theme.vega"}
"""Options that are names and are shown as they are."""


def page(folder: Path, kind: str, about: str | None = None) -> None:
    (folder / kind).mkdir(parents=True)
    (folder / kind / "index.html").write_text("<!doctype html>", encoding="utf-8")
    if about is not None:
        (folder / kind / "overlay.json").write_text(about, encoding="utf-8")


def test_every_shipped_page_is_described_and_every_described_page_is_shipped() -> None:
    assert set(SHIPPED) == set(Assets([OVERLAYS], "/o/").kinds())


def test_all_that_is_told_has_words() -> None:
    for language, words in WORDS.items():
        lacking = [
            key for kind in SHIPPED for key in (f"overlays.kind.{kind}", f"overlays.what.{kind}") if key not in words
        ]
        for kind, about in SHIPPED.items():
            for param in about.params:
                names = (f"overlays.param.{kind}.{param.name}", f"overlays.param.{param.name}")
                lacking += [names[1]] if not any(name in words for name in names) else []
                options = [f"{param.name}.{option or 'auto'}" for option in param.options]
                shown = [one for one in options if one not in PLAIN and not one.endswith(".auto")]
                lacking += [f"overlays.option.{one}" for one in shown if f"overlays.option.{one}" not in words]
            lacking += [style.name for style in about.styles if f"overlays.style.{style.name[5:]}" not in words]
        assert sorted(set(lacking)) == [], language


def test_the_shipped_pages_know_what_their_addresses_are_told() -> None:
    shared = "\n".join((OVERLAYS / "lib" / name).read_text(encoding="utf-8") for name in ("address.js", "widget.js"))
    for kind, about in SHIPPED.items():
        source = shared + (OVERLAYS / kind / f"{kind}.js").read_text(encoding="utf-8")
        unknown = [param.name for param in about.params if f'"{param.name}"' not in source]
        assert unknown == [], kind


def test_the_shipped_styles_know_the_variables() -> None:
    styles = "\n".join(path.read_text(encoding="utf-8") for path in OVERLAYS.rglob("*.css"))
    used = set(re.findall(r"var\((--sr-[a-z-]+)", styles)) | set(
        re.findall(r"--sr-[a-z-]+", "".join(path.read_text(encoding="utf-8") for path in OVERLAYS.rglob("*.js")))
    )
    assert sorted({style.name for about in SHIPPED.values() for style in about.styles} - used) == []


def test_defaults_are_options_and_within_bounds() -> None:
    for about in SHIPPED.values():
        for param in about.params:
            if param.kind == "choice":
                assert param.default in param.options
            elif param.kind == "switch":
                assert param.default in ("0", "1")
            elif param.kind == "number":
                assert param.least <= float(param.default) <= param.most


def test_pages_of_the_streamer_come_last_and_tell_about_themselves(tmp_path: Path) -> None:
    page(tmp_path, "stage")
    page(tmp_path, "zebra")
    page(
        tmp_path,
        "hat",
        '{"title": "Hat", "params": [{"name": "size", "kind": "number", "default": "3"}], "width": 400}',
    )
    page(tmp_path, "mad", '{"titel": "Mad"}')
    page(tmp_path, "chat", '{"title": "not asked: it is known"}')
    items = gallery.gallery(Assets([tmp_path], "/o/"))
    assert [(item.kind, item.own) for item in items] == [
        ("stage", False), ("chat", False), ("hat", True), ("mad", True), ("zebra", True),
    ]  # fmt: skip
    hat, mad, zebra = items[2:]
    assert (hat.title, hat.width, hat.height, hat.params) == ("Hat", 400, 1080, (Param("size", "number", "3"),))
    assert "titel" in mad.trouble
    assert not mad.params
    assert (zebra.trouble, zebra.title) == ("", "")
    assert items[1].title == ""


@pytest.mark.parametrize("told", ["", "[]", "nonsense", '{"params": [{"name": "x", "kind": "magic"}]}', "\udcff"])
def test_a_page_that_describes_itself_badly_is_there_all_the_same(tmp_path: Path, told: str) -> None:
    page(tmp_path, "mine")
    (tmp_path / "mine" / "overlay.json").write_bytes(told.encode("utf-8", "surrogateescape"))
    (mine,) = gallery.gallery(Assets([tmp_path], "/o/"))
    assert mine.kind == "mine"
    assert mine.trouble


async def test_the_route_needs_a_session(make_server, tmp_path: Path) -> None:
    house = make_server(Site(port=0))
    made: list[WebServer] = []
    routes = gallery.routes(lambda: made[0].overlays)
    made.append(
        WebServer(
            Site(port=0), house.server.parts, overlays=[tmp_path / "overlays"], panel=tmp_path / "panel", more=routes
        )
    )
    server = made[0]
    _grant, token = house.grants.exchange(house.grants.issue_code())
    await server.start()
    async with aiohttp.ClientSession() as session:
        url = f"http://localhost:{server.port}/api/v1/overlays"
        async with session.get(url) as answer:
            assert answer.status in (401, 403)
        async with session.get(url, headers={"Authorization": f"Bearer {token}"}) as answer:
            assert answer.status == 200
            items = (await answer.json())["items"]
    await server.stop()
    assert [item["kind"] for item in items] == ["stage", "avatar", "captions", "chat"]
    assert items[0]["sound"] is True
    assert "token" not in json.dumps(items)
