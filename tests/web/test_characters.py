"""The characters' API over the real server, the real desk and files in folders of their own."""

import asyncio
import base64
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from streamer.app.characters import load_character
from streamer.app.pngfile import with_texts
from streamer.app.yamlfile import BadFiles, Problem
from tests.fakes.cast_page import CastPage
from tests.fakes.pictures import WEBP, png

API = "/api/v1/characters"
CARD = {
    "spec": "chara_card_v2", "spec_version": "2.0",
    "data": {"name": "Rin", "description": "Guards the gate.", "first_mes": "Hi.", "mes_example": "x", "tags": ["t"]},
}  # fmt: skip


class Client:
    def __init__(self, page: CastPage, session: aiohttp.ClientSession) -> None:
        self.page = page
        self.session = session
        _grant, token = page.grants.exchange(page.grants.issue_code()) or (None, "")
        self.owner = {"Authorization": f"Bearer {token}"}

    @property
    def home(self) -> Path:
        return self.page.folders.home / "characters"

    async def ask(self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, **headers: str) -> Any:
        url = f"http://localhost:{self.page.server.port}{path}"
        given = {"data": io.BytesIO(raw)} if raw is not None else {"json": body} if body is not None else {}
        async with self.session.request(method, url, headers=self.owner | headers, **given) as answer:  # type: ignore[arg-type]
            content = await answer.read()
            kind = answer.headers.get("Content-Type", "")
            return answer.status, json.loads(content) if "json" in kind else content, answer.headers.copy()

    async def ok(self, method: str, path: str, body: Any = None, *, raw: bytes | None = None) -> Any:
        status, told, _ = await self.ask(method, path, body, raw=raw)
        assert status < 300, told
        return told

    async def refused(
        self, method: str, path: str, body: Any = None, *, raw: bytes | None = None
    ) -> tuple[int, str, str]:
        status, told, _ = await self.ask(method, path, body, raw=raw)
        assert status >= 400, told
        return status, told["code"], told.get("detail", "")

    async def items(self) -> dict[str, Any]:
        return {each["id"]: each for each in (await self.ok("GET", API))["items"]}


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    page = await CastPage(tmp_path).start()
    async with aiohttp.ClientSession() as session:
        yield Client(page, session)
    await page.stop()


async def test_everybody_is_told_with_what_a_look_may_say(client: Client):
    told = await client.ok("GET", API)
    mika = next(each for each in told["items"] if each["id"] == "mika")
    assert (mika["name"], mika["own"], mika["on_stage"], mika["problems"]) == ("Mika", False, True, [])
    assert mika["voice"]["ids"]["edge"] == "en-US-AnaNeural"
    assert mika["shown"]["theme"] == "aiko"
    assert mika["greetings"]
    assert set(told["rig"]) == {"groups", "params", "themes", "pictures"}
    assert told["max_on_stage"] == 4
    assert told["voices"]["ja"]
    assert told["undo"] is None


async def test_made_changed_removed_and_brought_back(client: Client):
    made = await client.ok("POST", API, {"name": "ジュノ", "sentences": "Brave.", "look": {"theme": "kai"}})
    assert (made["id"], made["own"], made["on_stage"], made["look"]) == ("juno-2", True, True, {"theme": "kai"})
    file = client.home / "juno-2" / "character.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("language: en", "# mine\nlanguage: en"), encoding="utf-8")
    change = {
        "look": {"theme": "kai", "eye_size": 1.1},
        "voice": {"pitch": 3, "ids": {"espeak": "dry"}},
        "colour": "#abcdef",
    }
    changed = await client.ok("PATCH", f"{API}/juno-2", change)
    assert (changed["look"], changed["colour"]) == ({"theme": "kai", "eye_size": 1.1}, "#abcdef")
    assert changed["voice"] == {"pitch": 3, "rate": 1, "ids": {"espeak": "dry"}, "engine": ""}
    text = file.read_text(encoding="utf-8")
    assert "# mine" in text
    assert "# Who it is" in text
    assert load_character(file.parent).sentences == "Brave."
    gone = await client.ok("DELETE", f"{API}/juno-2")
    assert "juno-2" not in {each["id"] for each in gone["items"]}
    assert gone["undo"] == {"what": "removed", "id": "juno-2", "name": "ジュノ"}
    assert (client.page.folders.state / "removed" / "juno-2" / "character.yaml").is_file()
    await client.ok("POST", f"{API}/undo")
    assert file.read_text(encoding="utf-8") == text
    await client.ok("POST", f"{API}/undo")
    assert (await client.items())["juno-2"]["look"] == {"theme": "kai"}
    await client.ok("POST", f"{API}/undo")
    assert "juno-2" not in await client.items()
    assert await client.refused("POST", f"{API}/undo") == (409, "nothing_to_undo", "there is nothing to take back")
    assert client.page.reloads == 6


async def test_a_shipped_one_is_copied_whole_and_keeps_its_words(client: Client):
    changed = await client.ok("PATCH", f"{API}/mika", {"colour": "#112233", "look": {"theme": "aiko", "hair": "bob"}})
    assert (changed["own"], changed["look"]) == (True, {"theme": "aiko", "hair": "bob"})
    mine, theirs = client.home / "mika", client.page.folders.shipped / "characters" / "mika"
    assert (mine / "material.yaml").read_bytes() == (theirs / "material.yaml").read_bytes()
    text = (mine / "character.yaml").read_text(encoding="utf-8")
    assert "# semitones above the engine's own voice" in text
    assert '"#112233"' in text
    assert load_character(mine).material == load_character(theirs).material
    await client.ok("DELETE", f"{API}/mika")
    back = (await client.items())["mika"]
    assert (back["own"], back["colour"], back["on_stage"]) == (False, "#f59ac2", True)
    assert (await client.refused("DELETE", f"{API}/mika"))[1] == "shipped"


async def test_the_stage_has_one_to_four(client: Client):
    settings = client.page.folders.home / "config" / "streamer.yaml"
    for name in ("A1", "B1", "C1"):
        made = await client.ok("POST", API, {"name": name})
    assert not made["on_stage"]
    assert "cast: [" in settings.read_text(encoding="utf-8") or "- " in settings.read_text(encoding="utf-8")
    assert (await client.refused("POST", f"{API}/c1/stage", {"on": True}))[:2] == (409, "stage_full")
    for name in ("juno", "mika", "a1"):
        told = await client.ok("POST", f"{API}/{name}/stage", {"on": False})
    assert [each["id"] for each in told["items"] if each["on_stage"]] == ["b1"]
    assert (await client.refused("POST", f"{API}/b1/stage", {"on": False}))[:2] == (409, "last_on_stage")
    assert (await client.refused("DELETE", f"{API}/b1"))[1] == "last_on_stage"
    told = await client.ok("POST", f"{API}/c1/stage", {"on": True})
    assert [each["id"] for each in told["items"] if each["on_stage"]] == ["b1", "c1"]
    await client.ok("DELETE", f"{API}/b1")
    assert [each["id"] for each in (await client.items()).values() if each["on_stage"]] == ["c1"]
    await client.ok("POST", f"{API}/undo")
    assert [each["id"] for each in (await client.items()).values() if each["on_stage"]] == ["b1", "c1"]


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"look": {"theme": "nobody"}}, 422, "there is no such theme"),
        ({"look": {"theme": "ren", "eyesize": 1}}, 422, "did you mean 'eye_size'?"),
        ({"look": {"theme": "ren", "eye_size": 9}}, 422, "from 0.8 to 1.2"),
        ({"name": ""}, 422, ""),
        ({"name": "x" * 61}, 422, ""),
        ({"colour": "red"}, 422, ""),
        ({"voice": {"pitch": 99}}, 422, ""),
        ({"language": "x!"}, 422, ""),
    ],
)
async def test_what_cannot_be_used_changes_nothing(client: Client, body: Any, status: int, words: str):
    await client.ok("POST", API, {"name": "Nova"})
    before = (client.home / "nova" / "character.yaml").read_bytes()
    told = await client.refused("PATCH", f"{API}/nova", body)
    assert told[0] == status
    assert words in told[2]
    assert (client.home / "nova" / "character.yaml").read_bytes() == before
    if "name" not in body:
        assert (await client.refused("POST", API, {"name": "Other", **body}))[0] == status
    assert sorted(each.name for each in client.home.iterdir()) == ["nova"]


async def test_when_the_show_cannot_take_it_everything_is_put_back(client: Client):
    await client.ok("POST", API, {"name": "Nova"})
    before = (client.home / "nova" / "character.yaml").read_bytes()
    client.page.refuses = BadFiles([Problem("scenes/x.yaml", 3, "segments", "unknown key", "segment")])
    told = await client.refused("PATCH", f"{API}/nova", {"colour": "#000000"})
    assert told == (422, "bad_character", "scenes/x.yaml:3: segments: unknown key (did you mean 'segment'?)")
    assert (client.home / "nova" / "character.yaml").read_bytes() == before
    assert (await client.refused("POST", API, {"name": "Other"}))[0] == 422
    assert (await client.refused("DELETE", f"{API}/nova"))[0] == 422
    assert (await client.refused("POST", f"{API}/mika/pictures?name=idle.png", raw=png()))[0] == 422
    assert sorted(each.name for each in client.home.iterdir()) == ["nova"]


async def test_a_broken_file_is_shown_and_not_in_the_way(client: Client):
    broken = client.home / "broken"
    broken.mkdir(parents=True)
    (broken / "character.yaml").write_text("name: B\nlook: rem\n", encoding="utf-8")
    item = (await client.items())["broken"]
    assert not item["usable"]
    assert item["problems"][0]["line"] == 2
    assert "did you mean 'ren'?" in item["problems"][0]["message"]
    assert (await client.ok("PATCH", f"{API}/juno", {"colour": "#010203"}))["colour"] == "#010203"
    fixed = await client.ok("PATCH", f"{API}/broken", {"look": {"theme": "ren"}})
    assert fixed["problems"] == []


@pytest.mark.parametrize("kind", ["json", "png"])
async def test_a_card_becomes_a_character_of_its_own(client: Client, kind: str):
    raw = json.dumps(CARD).encode()
    if kind == "png":
        raw = with_texts(png(), {"chara": base64.b64encode(raw)})
    told = await client.ok("POST", f"{API}/import?name=rin.{kind}", raw=raw)
    item = told["item"]
    assert (item["id"], item["name"], item["greetings"]) == ("rin", "Rin", ["Hi."])
    assert item["sentences"] == "Guards the gate."
    assert item["look"]["theme"] not in {"aiko", "ren"}
    assert item["voice"]["ids"]
    assert told["kept"] == ["mes_example", "tags"]
    assert (client.home / "rin" / "card.json").is_file()
    again = await client.ok("POST", f"{API}/import?name=rin.{kind}", raw=raw)
    assert again["item"]["id"] == "rin-2"
    if kind == "png":
        assert item["picture"].startswith("/pictures/rin/picture.png?v=")
        shown = await client.ok("POST", f"{API}/rin/card-picture")
        assert shown["shown"]["kind"] == "png"
        assert shown["look"] == {"theme": "pictures"}
        status, body, headers = await client.ask("GET", shown["shown"]["pictures"]["neutral"]["idle"])
        assert (status, headers["Content-Type"]) == (200, "image/png")
        assert body == png()
    else:
        assert (await client.refused("POST", f"{API}/rin/card-picture"))[:2] == (404, "no_picture")


async def test_cards_that_are_none(client: Client):
    bad = await client.refused("POST", f"{API}/import?name=x.png", raw=png())
    assert bad[:2] == (422, "bad_card")
    assert "no card in this picture" in bad[2]
    assert (await client.refused("POST", f"{API}/import?name=x", raw=b""))[2] == "the file is empty"
    assert (await client.refused("POST", f"{API}/import", raw=b"{}"))[1] == "invalid"
    big = await client.refused("POST", f"{API}/import?name=x", raw=b"x" * 30_000_001)
    assert big[:2] == (413, "card_too_large")
    assert not client.home.exists() or list(client.home.iterdir()) == []


async def test_pictures_come_in_are_shown_and_go(client: Client):
    await client.ok("POST", API, {"name": "Nova"})
    for name in ("happy mouth open.png", "idle.webp"):
        told = await client.ok("POST", f"{API}/nova/pictures?name={name}", raw=WEBP if "webp" in name else png())
    assert {(each["expression"], each["part"], each["name"]) for each in told["pictures"]} == {
        ("joy", "talk", "joy_talk.png"), ("neutral", "idle", "idle.webp"),
    }  # fmt: skip
    replaced = await client.ok("POST", f"{API}/nova/pictures?name=neutral.png", raw=png(7, 7))
    assert [each["name"] for each in replaced["pictures"] if each["part"] == "idle"] == ["idle.png"]
    await client.ok("POST", f"{API}/undo")
    item = (await client.items())["nova"]
    assert [each["name"] for each in item["pictures"] if each["part"] == "idle"] == ["idle.webp"]
    url = next(each["url"] for each in item["pictures"] if each["part"] == "idle")
    status, body, headers = await client.ask("GET", url)
    assert (status, body, headers["Content-Type"]) == (200, WEBP, "image/webp")
    assert "immutable" in headers["Cache-Control"]
    assert (await client.ask("GET", url, **{"If-None-Match": headers["ETag"]}))[0] == 304
    assert (await client.ask("GET", url.split("?")[0]))[2]["Cache-Control"] == "no-cache"
    dropped = await client.ok("DELETE", f"{API}/nova/pictures/idle.webp")
    assert [each["name"] for each in dropped["pictures"]] == ["joy_talk.png"]
    assert (await client.ask("GET", url))[0] == 404
    assert (await client.refused("DELETE", f"{API}/nova/pictures/idle.webp"))[:2] == (404, "no_picture")


@pytest.mark.parametrize(
    ("name", "raw", "status", "code"),
    [
        ("IMG_1.png", png(), 422, "picture_name"),
        ("idle.png", b"MZ", 422, "picture_no_picture"),
        ("idle.svg", b"<svg onload='x'>", 422, "picture_svg"),
        ("idle.png", png()[:-9], 422, "picture_damaged"),
        ("idle.png", b"", 422, "picture_empty"),
        ("idle.png", b"x" * 10_000_001, 413, "picture_too_large"),
    ],
)
async def test_pictures_that_cannot_be_shown(client: Client, name: str, raw: bytes, status: int, code: str):
    await client.ok("POST", API, {"name": "Nova"})
    assert (await client.refused("POST", f"{API}/nova/pictures?name={name}", raw=raw))[:2] == (status, code)
    assert not (client.home / "nova" / "pictures").exists()


async def test_names_are_guessed_before_anything_is_sent(client: Client):
    told = await client.ok("POST", f"{API}/picture-names", {"names": ["mad_open.png", "IMG_2.png"]})
    assert [(each["expression"], each["part"], bool(each["problem"])) for each in told] == [
        ("angry", "talk", False), ("", "", True),
    ]  # fmt: skip


async def test_only_owners_change_and_overlays_see_pictures(client: Client):
    await client.ok("POST", f"{API}/mika/pictures?name=idle.png", raw=png())
    owner, client.owner = client.owner, {}
    assert (await client.ask("GET", API))[0] == 403
    assert (await client.ask("POST", f"{API}/import?name=x", raw=b"{}"))[0] == 403
    assert (await client.ask("GET", "/pictures/mika/idle.png"))[0] == 403
    token = client.page.grants.overlay()[1]
    assert (await client.ask("GET", f"/pictures/mika/idle.png?token={token}"))[0] == 200
    assert (await client.ask("GET", f"{API}?token={token}"))[0] == 403
    client.owner = {"Authorization": f"Bearer {client.page.grants.create('operator', 'mod')[1]}"}
    assert (await client.ask("GET", API))[0] == 403
    client.owner = owner
    for path in ("/pictures/mika/..%2fcharacter.yaml", "/pictures/..%2fmika/idle.png", "/pictures/nobody/idle.png"):
        assert (await client.ask("GET", path))[0] == 404
    for method, path in (("PATCH", f"{API}/..%2fx"), ("DELETE", f"{API}/nobody"), ("POST", f"{API}/nobody/stage")):
        body = {"on": True} if path.endswith("stage") else {}
        assert (await client.refused(method, path, body if method != "DELETE" else None))[:2] == (404, "no_character")


async def test_changes_at_once_come_one_after_the_other(client: Client):
    await client.ok("POST", API, {"name": "Nova"})
    colours = [f"#0000{n:02x}" for n in range(12)]
    await asyncio.gather(*(client.ok("PATCH", f"{API}/nova", {"colour": colour}) for colour in colours))
    assert load_character(client.home / "nova").colour in colours
