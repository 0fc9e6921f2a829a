"""The routes of rehearsals: who may, what comes in, what goes out."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from streamer.web import rehearsals
from streamer.web.grants import SCOPES, Grants
from streamer.web.rehearsals import Rehearsed, shown_name


class Desk:
    def __init__(self) -> None:
        self.jobs: dict[str, Rehearsed] = {}
        self.bodies: dict[str, bytes] = {}

    def items(self) -> list[Rehearsed]:
        return list(self.jobs.values())

    def find(self, rehearsal: str) -> Rehearsed | None:
        return self.jobs.get(rehearsal)

    async def take(self, name: str, chunks: AsyncIterator[bytes]) -> str:
        body = b"".join([chunk async for chunk in chunks])
        rehearsal = f"r{len(self.jobs)}"
        self.jobs[rehearsal] = Rehearsed(rehearsal, name, "done", 1.0, 5.0)
        self.bodies[rehearsal] = body
        return rehearsal

    async def report(self, rehearsal: str) -> bytes | None:
        return b'{"version": 1}' if rehearsal in self.jobs else None

    async def page(self, rehearsal: str, *, anonymous: bool) -> bytes | None:
        return f"<!doctype html>{anonymous}".encode() if rehearsal in self.jobs else None

    async def remove(self, rehearsal: str) -> bool:
        return self.jobs.pop(rehearsal, None) is not None


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("chat.log", "chat.log"), ("C:\\logs\\chat.log", "chat.log"), ("../../etc/x.json", "x.json"), ("", "chat log"),
        ("a\u202egnp.log", "agnp.log"), ("x" * 500, "x" * 120), ("日本語.log", "日本語.log"), ("a\nb", "ab"),
    ],
)  # fmt: skip
def test_names(given: str, shown: str) -> None:
    assert shown_name(given) == shown


@pytest.fixture
async def served(serving):
    """A server with these routes, signed in as the owner, and the desk behind them."""
    desk = Desk()
    async with serving(more=rehearsals.routes(desk), raw=rehearsals.raw_routes(desk)) as house:
        yield house, desk


async def test_the_whole_way(served) -> None:
    house, desk = served
    url = f"{house.url}/api/v1/rehearsals"
    own = {**house.owner, **house.origin}
    async with house.session.post(f"{url}?name=last%20night.log", data=b"x" * 600_000, headers=own) as answer:
        assert answer.status == 201
        made = (await answer.json())["id"]
    assert desk.bodies[made] == b"x" * 600_000
    async with house.session.get(url, headers=own) as answer:
        (item,) = (await answer.json())["items"]
    assert (item["id"], item["name"], item["state"]) == (made, "last night.log", "done")
    async with house.session.get(f"{url}/{made}", headers=own) as answer:
        assert (await answer.json())["progress"] == 1.0
    async with house.session.get(f"{url}/{made}/report", headers=own) as answer:
        assert await answer.json() == {"version": 1}
    async with house.session.get(f"{url}/{made}/report.html?anonymous=true", headers=own) as answer:
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert "last%20night%20%28anonymous%29.html" in answer.headers["Content-Disposition"]
        assert await answer.text() == "<!doctype html>True"
    async with house.session.delete(f"{url}/{made}", headers=own) as answer:
        assert answer.status == 204
    for path in ("", "/report", "/report.html"):
        async with house.session.get(f"{url}/{made}{path}", headers=own) as answer:
            assert answer.status == 404


async def test_only_who_may_set_up(served) -> None:
    house, _ = served
    grants: Grants = house.grants
    assert "setup" not in SCOPES["operator"]
    _, token = grants.create("operator", "mod")
    headers = {"Authorization": f"Bearer {token}", **house.origin}
    url = f"{house.url}/api/v1/rehearsals"
    ways = [("GET", ""), ("POST", ""), ("GET", "/r0/report"), ("GET", "/r0/report.html"), ("DELETE", "/r0")]
    for method, path in ways:
        async with house.session.request(method, url + path, headers=headers) as answer:
            assert answer.status == 403, (method, path)


async def test_limits(served, monkeypatch) -> None:
    house, desk = served
    own = {**house.owner, **house.origin}
    url = f"{house.url}/api/v1/rehearsals"
    async with house.session.post(url, data=b"", headers=own) as answer:
        assert (answer.status, (await answer.json())["code"]) == (422, "empty")
    monkeypatch.setattr(rehearsals, "UPLOAD_MAX", 1_000)
    async with house.session.post(url, data=b"x" * 1_001, headers=own) as answer:
        assert (answer.status, (await answer.json())["code"]) == (413, "too_large")

    async def long() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b"y" * 100

    with_length_unknown = aiohttp.payload.AsyncIterablePayload(long())
    async with house.session.post(url, data=with_length_unknown, headers=own) as answer:
        assert answer.status == 413
    assert desk.jobs == {}
