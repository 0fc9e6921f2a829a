"""The routes of the set-up: who may, what fits, how often; and that the document has them."""

import json
from pathlib import Path

import pytest

from streamer.app import settings as settings_module
from streamer.web.openapi import document
from streamer.web.setup import routes
from tests.app.setup.show import Show

BASE = "/api/v1/setup"


@pytest.fixture
async def served(serving, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    show = Show(tmp_path / "show")
    monkeypatch.setattr(settings_module, "KEYS", show.keys)
    async with serving(more=routes(show.desk, now=lambda: 0.0)) as house:
        yield house, show


async def test_the_owner_sets_the_show_up(served) -> None:
    house, show = served
    status, body, _ = await house.get(BASE, **house.owner)
    assert (status, json.loads(body)["welcome"]) == (200, True)
    assert set(json.loads(body)) == {
        "n", "welcome", "steps", "demo", "channel", "brain", "voice", "undo", "opened",
    }  # fmt: skip
    status, answer = await house.post(f"{BASE}/channel", {"text": "#mika_live"})
    assert (status, answer["channel"]["name"], answer["undo"]["what"]) == (200, "mika_live", "channel")
    status, answer = await house.post(f"{BASE}/undo", {})
    assert (status, answer["demo"]) == (200, True)
    status, answer = await house.post(f"{BASE}/steps/overlay", {"state": "done"})
    assert answer["steps"]["overlay"] == "done"
    status, answer = await house.post(f"{BASE}/welcome", {"done": True})
    assert (status, answer["welcome"]) == (200, False)
    async with house.session.delete(f"{house.url}{BASE}/brain", headers=house.owner) as dropped:
        assert (dropped.status, (await dropped.json())["brain"]["scripted"]) == (200, True)
    assert show.loads == 3


async def test_a_voice_is_heard(served) -> None:
    house, _ = served
    body = json.dumps({"engine": "espeak", "voice": "bright", "text": "Hello."})
    headers = {"Content-Type": "application/json", **house.owner}
    async with house.session.post(f"{house.url}{BASE}/voices/play", data=body, headers=headers) as answer:
        sound = await answer.read()
        assert (answer.status, answer.content_type, sound[:4]) == (200, "audio/wav", b"RIFF")
    status, text, _ = await house.get(f"{BASE}/voices?engine=edge&language=ja", **house.owner)
    assert (status, len(json.loads(text)["items"])) == (200, 2)


async def test_others_may_not(served) -> None:
    house, show = served
    _grant, operator = house.grants.create("operator", "mod")
    assert (await house.get(BASE))[0] in (401, 403)
    status, problem = await house.post(f"{BASE}/channel", {"text": "x"}, {"Authorization": f"Bearer {operator}"})
    assert (status, problem["code"]) == (403, "scope") if problem.get("code") == "scope" else status == 403
    assert show.loads == 0


async def test_problems_are_told_in_words_and_with_their_place(served) -> None:
    house, _ = served
    status, problem = await house.post(f"{BASE}/channel", {"text": "https://youtu.be/x"})
    assert (status, problem["code"], problem["path"]) == (422, "youtube_none", "$.text")
    assert "YouTube" in problem["detail"]
    status, problem = await house.post(f"{BASE}/brain", {"profile": "groq"})
    assert (status, problem["code"], problem["params"]) == (422, "no_key", {"provider": "Groq"})
    assert (await house.post(f"{BASE}/steps/elsewhere", {"state": "done"}))[0] == 404
    for path, body in (
        ("brain", {"profile": "unheard-of"}), ("voices", {"persona": "../x", "engine": "espeak"}),
        ("voices/play", {"engine": "espeak", "rate": 9}), ("steps/brain", {"state": "maybe"}),
        ("brain", {"profile": "groq", "key": "x" * 501}),
    ):  # fmt: skip
        assert (await house.post(f"{BASE}/{path}", body))[0] == 422


async def test_tests_are_not_for_hammering(served) -> None:
    house, _ = served
    statuses = [(await house.post(f"{BASE}/channel/try", {"text": "a b"}))[0] for _ in range(10)]
    assert statuses == [200] * 8 + [429] * 2


def test_the_document_has_every_route(tmp_path: Path) -> None:
    listed = routes(Show(tmp_path).desk)
    paths = document(listed, version="1")["paths"]
    assert {(spec.method.lower(), spec.path) for spec in listed} == {
        (method, path) for path, methods in paths.items() for method in methods
    }
    assert all(spec.scope == "setup" and spec.summary for spec in listed)
