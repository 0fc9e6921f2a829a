"""The routes of /api/v1, each by real requests."""

import asyncio
import json

import pytest

from streamer.core.events import (
    DialSet,
    PausePressed,
    QueueCleared,
    ResumePressed,
    SayRequested,
    SkipPressed,
    StopPressed,
)
from tests.fakes.sink_page import SinkPage


async def test_the_printed_link_signs_in_once(house):
    link = house.server.panel_link()
    assert link.startswith(f"http://localhost:{house.server.port}/panel/#code=")
    code = link.split("#code=")[1]
    async with house.session.post(f"{house.url}/api/v1/session", json={"code": code}, headers=house.origin) as answer:
        assert answer.status == 200
        cookie = answer.headers["Set-Cookie"]
        assert (await answer.json())["kind"] == "owner"
    assert cookie.startswith(f"sr_{house.server.port}=")
    for flag in ("HttpOnly", "SameSite=Strict", "Path=/"):
        assert flag in cookie
    signed_in = {"Cookie": cookie.split(";")[0]} | house.origin
    status, who = await house.post("/api/v1/session", {"code": code}, house.origin)
    assert (status, who["code"]) == (403, "code")
    status, text, _ = await house.get("/api/v1/session", **signed_in)
    assert status == 200
    assert '"owner"' in text
    async with house.session.delete(f"{house.url}/api/v1/session", headers=signed_in) as answer:
        assert answer.status == 204
        assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert (await house.get("/api/v1/session", **signed_in))[0] == 403


async def test_a_retry_of_signing_in_gets_the_same_cookie(house):
    """The answer may be lost; the code must not be lost with it."""
    code = house.grants.issue_code()
    cookies = []
    for _ in range(2):
        headers = house.origin | {"Idempotency-Key": "0123456789abcdef0123456789abcdef"}
        async with house.session.post(f"{house.url}/api/v1/session", json={"code": code}, headers=headers) as answer:
            assert answer.status == 200
            cookies.append(answer.headers["Set-Cookie"])
    assert cookies[0] == cookies[1]


async def test_guessing_codes_is_slowed_down(house):
    statuses = {(await house.post("/api/v1/session", {"code": f"guess{n}"}, house.origin))[0] for n in range(25)}
    assert statuses == {403, 429}


async def test_a_link_for_another_device(house):
    status, body = await house.post("/api/v1/codes")
    assert status == 200
    code = body["url"].split("#code=")[1]
    assert (await house.post("/api/v1/session", {"code": code}, house.origin))[0] == 200


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        ("stop", StopPressed),
        ("resume", ResumePressed),
        ("pause", PausePressed),
        ("skip", SkipPressed),
        ("clear", QueueCleared),
    ],
)
async def test_presses_carry_who_where_and_what_was_seen(house, command, kind):
    assert await house.post(f"/api/v1/commands/{command}", {"saw": 12}) == (200, {"outcome": "done"})
    (event,) = house.desk.pressed
    assert isinstance(event, kind)
    owner = house.grants.find(house.owner["Authorization"].split()[1])
    assert (event.saw, event.by, event.via) == (12, f"owner:{owner.id}", "panel")
    house.desk.outcome = "stale"
    assert (await house.post(f"/api/v1/commands/{command}"))[1] == {"outcome": "stale"}


async def test_stop_needs_no_script_and_no_body(house):
    """A plain form reaches it; so does a client that sends nonsense."""
    async with house.session.post(
        f"{house.url}/api/v1/commands/stop", data={"x": "y"}, headers=house.owner | house.origin
    ) as answer:
        assert answer.status == 200
    assert (await house.post("/api/v1/commands/stop"))[0] == 200
    assert len(house.desk.pressed) == 2


async def test_the_dial(house):
    assert (await house.post("/api/v1/commands/dial", {"dial": "chatty"}))[0] == 200
    assert isinstance(house.desk.pressed[0], DialSet)
    assert house.desk.pressed[0].dial == "chatty"
    status, problem = await house.post("/api/v1/commands/dial", {"dial": "louder"})
    assert (status, problem["path"]) == (422, "$.dial")


async def test_say_keeps_the_words_apart_from_the_event(house):
    status, body = await house.post("/api/v1/commands/say", {"persona": "mika", "text": "Hello there", "exact": True})
    assert status == 200
    (event,) = house.desk.pressed
    assert isinstance(event, SayRequested)
    assert event.exact
    assert event.uid == body["id"]
    assert house.texts.get(event.text) == "Hello there"
    assert event.text.startswith("o:")
    for bad in ({"persona": "", "text": "x"}, {"persona": "mika", "text": ""}, {"persona": "mika", "text": "x" * 1001}):
        assert (await house.post("/api/v1/commands/say", bad))[0] == 422


async def test_talk_as_a_viewer_is_a_row_meant_for_somebody(house):
    status, body = await house.post("/api/v1/talk", {"as": "viewer", "text": "hi Mika", "to": "mika", "name": "Zoe"})
    assert (status, body["outcome"]) == (200, "done")
    (row,) = house.rows
    assert (row.kind, row.platform, row.direct, row.text, row.user.name) == (
        "message",
        "panel",
        "mika",
        "hi Mika",
        "Zoe",
    )
    assert body["id"] == f"panel:{row.id}"
    await house.post("/api/v1/talk", {"as": "viewer", "text": "anybody?"})
    assert (house.rows[1].direct, house.rows[1].user.name) == ("*", "You")


async def test_talk_as_the_host_has_no_viewer(house):
    await house.post("/api/v1/talk", {"as": "host", "text": "good evening"})
    (row,) = house.rows
    assert (row.kind, row.direct, row.user) == ("host_said", "*", None)


async def test_talk_exactly_is_a_say_and_needs_a_speaker(house):
    status, problem = await house.post("/api/v1/talk", {"as": "exact", "text": "Good night."})
    assert (status, problem["path"]) == (422, "$.to")
    assert (await house.post("/api/v1/talk", {"as": "exact", "text": "Good night.", "to": "mika"}))[0] == 200
    (event,) = house.desk.pressed
    assert isinstance(event, SayRequested)
    assert event.exact
    assert house.rows == []


async def test_talk_without_words_or_the_right_to_is_refused(house):
    unseen = {"as": "viewer", "text": "\u200b \u202e"}
    for bad in (
        {"as": "viewer", "text": "  "},
        unseen,
        {"as": "ghost", "text": "x"},
        {"as": "viewer", "text": "x" * 501},
    ):
        assert (await house.post("/api/v1/talk", bad))[0] == 422
    _, token = house.grants.create("inject", "bot")
    headers = {"Authorization": f"Bearer {token}"}
    assert (await house.post("/api/v1/talk", {"as": "viewer", "text": "x"}, headers))[0] == 403


async def test_a_program_cannot_speak_past_the_queue(house):
    _, token = house.grants.create("inject", "bot")
    row = {"platform": "x", "kind": "message", "id": "1", "text": "me first", "direct": "mika"}
    assert (await house.post("/api/v1/inject", row, {"Authorization": f"Bearer {token}"}))[0] == 200
    assert house.rows[0].direct == ""


async def test_the_same_press_sent_twice_counts_once(house):
    body = {"persona": "mika", "text": "once"}
    one = await house.post("/api/v1/commands/say", body, Idempotency_Key="k1")
    two = await house.post("/api/v1/commands/say", body, Idempotency_Key="k1")
    assert one == two
    assert len(house.desk.pressed) == 1
    other = await house.post("/api/v1/commands/say", body | {"text": "twice"}, Idempotency_Key="k1")
    assert (other[0], other[1]["code"]) == (409, "key_reused")


async def test_state_with_fields_and_304(house):
    house.feed.publish("panel", {"show/mode": "running", "queue/twitch:1": {"n": 1}})
    status, text, headers = await house.get("/api/v1/state?fields=show,nothing", **house.owner)
    assert (status, text) == (200, '{"show":{"mode":"running"}}')
    again = await house.get("/api/v1/state?fields=show", **house.owner, **{"If-None-Match": headers["ETag"]})
    assert again[0] == 304
    assert '"queue"' in (await house.get("/api/v1/state", **house.owner))[1]
    assert (await house.get("/api/v1/state?field=show", **house.owner))[0] == 422
    assert (await house.get("/api/v1/state?fields=a&fields=b", **house.owner))[0] == 422


async def test_texts(house):
    assert (await house.get("/api/v1/texts/ja", **house.owner))[1] == '{"hi":"hi ja"}'


async def test_texts_are_sent_compressed_to_whoever_takes_that(house):
    url = f"{house.url}/api/v1/texts/ja"
    async with house.session.get(url, headers=house.owner | {"Accept-Encoding": "gzip"}) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert await answer.json() == {"hi": "hi ja"}
    async with house.session.get(url, headers=house.owner | {"Accept-Encoding": "identity"}) as answer:
        assert "Content-Encoding" not in answer.headers
        assert await answer.json() == {"hi": "hi ja"}


async def test_inject_takes_the_good_rows_and_names_the_bad(house):
    _, token = house.grants.create("inject", "bot")
    bearer = {"Authorization": f"Bearer {token}"}
    row = {"platform": "twitch", "kind": "message", "id": "1", "text": "hi", "user": {"id": "7", "name": "Bob"}}
    assert await house.post("/api/v1/inject", row, bearer) == (200, {"accepted": 1, "errors": []})
    status, body = await house.post("/api/v1/inject", [row, {"kind": "message"}, row | {"kind": "shout"}], bearer)
    assert status == 200
    assert body["accepted"] == 1
    assert [error["index"] for error in body["errors"]] == [1, 2]
    assert len(house.rows) == 2
    assert house.rows[0].text == "hi"
    status, problem = await house.post("/api/v1/inject", {"kind": 5}, bearer)
    assert status == 422
    assert problem["errors"][0]["index"] == 0
    assert (await house.post("/api/v1/inject", "text", bearer))[0] == 422
    assert (await house.post("/api/v1/inject", [row] * 501, bearer))[0] == 422
    statuses = [(await house.post("/api/v1/inject", [row] * 400, bearer))[0] for _ in range(4)]
    assert 429 in statuses
    for data, kind, expected in (
        (b"x" * 300_000, "application/json", 413),
        (b"{}", "text/plain", 415),
        (b"{", "application/json", 400),
    ):
        headers = bearer | {"Content-Type": kind}
        async with house.session.post(f"{house.url}/api/v1/inject", data=data, headers=headers) as answer:
            assert answer.status == expected
    assert (await house.post("/api/v1/commands/stop", {}, bearer))[0] == 403


async def test_grants_are_made_listed_and_taken_back(house):
    status, made = await house.post("/api/v1/grants", {"kind": "operator", "name": "Rin"})
    assert status == 201
    bearer = {"Authorization": f"Bearer {made['token']}"}
    assert (await house.post("/api/v1/commands/skip", {}, bearer))[0] == 200
    assert house.desk.pressed[0].via == "api"
    assert (await house.post("/api/v1/grants", {"kind": "deck", "name": "x"}, bearer))[0] == 403
    status, text, _ = await house.get("/api/v1/grants", **house.owner)
    assert status == 200
    assert made["token"] not in text
    assert '"Rin"' in text
    assert f"/overlay/stage?token={house.overlay_token()}" in text
    seen_by_operator = (await house.get("/api/v1/grants", **bearer))[1]
    assert '"Rin"' not in seen_by_operator
    assert "/overlay/stage?token=" in seen_by_operator
    async with house.session.delete(f"{house.url}/api/v1/grants/{made['grant']['id']}", headers=house.owner) as answer:
        assert answer.status == 204
    assert (await house.post("/api/v1/commands/skip", {}, bearer))[0] == 403
    async with house.session.delete(f"{house.url}/api/v1/grants/nobody", headers=house.owner) as answer:
        assert answer.status == 404
    assert (await house.post("/api/v1/grants", {"kind": "owner", "name": "x"}))[0] == 422
    assert (await house.post("/api/v1/grants", {"kind": "deck", "name": "x", "scopes": ["grants"]}))[0] == 422


async def test_every_route_is_documented_scoped_and_closed_to_strangers(house):
    """The walk over the router."""
    _, overlay = house.grants.overlay()
    document = house.server.routes
    spec = json.loads((await house.get("/api/v1/openapi.json"))[1])
    app = house.server._runner.app
    walked = 0
    for route in app.router.routes():
        path = route.resource.canonical
        if not path.startswith("/api/") or path.endswith("/openapi.json") or route.method == "HEAD":
            continue
        walked += 1
        operation = spec["paths"][path][route.method.lower()]
        assert operation["summary"], path
        if not operation["security"]:
            assert path == "/api/v1/session"
            continue
        assert operation["x-scope"]
        concrete = path.replace("{grant}", "x").replace("{language}", "en")
        for headers in (
            house.origin,
            house.origin | {"Authorization": "Bearer wrong"},
            house.origin | {"Authorization": f"Bearer {overlay}"},
            house.origin | {"Authorization": "Basic eDp4"},
            house.origin | {"Cookie": f"sr_{house.server.port}={overlay}"},
            house.owner | {"Origin": "http://evil.example"},
            house.owner | {"Host": "evil.example"},
        ):
            async with house.session.request(route.method, house.url + concrete, headers=headers) as answer:
                text = await answer.text()
                assert answer.status == 403, (path, headers)
                assert answer.content_type == "application/problem+json"
                assert answer.headers["Cache-Control"] == "no-store"
                assert set(json.loads(text)) <= {"title", "status", "code", "detail"}
    assert walked == len(document) == sum(len(item) for item in spec["paths"].values())
    assert house.desk.pressed == []


async def test_wrong_methods_types_and_paths_are_problems(house):
    async with house.session.put(f"{house.url}/api/v1/state", headers=house.owner) as answer:
        assert answer.status == 405
        assert answer.content_type == "application/problem+json"
        assert "GET" in answer.headers["Allow"]
    status, _, headers = await house.get("/api/v1/nothing", **house.owner)
    assert status == 404
    assert headers["Content-Type"].startswith("application/problem+json")
    plain = house.owner | {"Content-Type": "text/plain"}
    assert (await house.post("/api/v1/commands/dial", {"dial": "normal"}, plain))[0] == 415


async def test_a_stopped_page_tells_how_long_silence_took(house):
    page = await SinkPage(house.url, house.overlay_token()).open(house.session)
    await page.until(lambda: page.holder)
    house.room.stop(15)
    await page.until(lambda: page.told("stop"))
    for _ in range(100):
        if house.room.silent_after_ms is not None:
            break
        await asyncio.sleep(0.01)
    assert house.room.silent_after_ms is not None
    assert house.room.silent_after_ms < 500
    await page.close()
