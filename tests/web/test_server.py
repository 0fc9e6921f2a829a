"""Start, stop, pages, headers, and everything that must not come in."""

import asyncio
import logging
import socket
import time

import aiohttp
import pytest

from streamer.ports import Misconfigured
from streamer.web.gate import Site
from tests.fakes.sink_page import SinkPage


async def test_starts_and_stops_within_300_ms(make_server):
    """The best of three: the machine may be busy with something else."""
    took: list[float] = []
    for _ in range(3):
        house = make_server(Site(port=0))
        began = time.perf_counter()
        await house.server.start()
        started = time.perf_counter() - began
        async with aiohttp.ClientSession() as session:
            url = f"{house.url}/ws/feed?view=overlay&token={house.overlay_token()}"
            followers = [await session.ws_connect(url) for _ in range(10)]
            began = time.perf_counter()
            await house.server.stop()
            took.append(max(started, time.perf_counter() - began))
            for follower in followers:
                await follower.close()
    assert min(took) < 0.3


async def test_stopping_says_1001_and_leaves_nothing(make_server):
    house = make_server(Site(port=0))
    await house.server.start()
    async with aiohttp.ClientSession() as session:
        token = house.overlay_token()
        follower = await session.ws_connect(f"{house.url}/ws/feed?view=overlay&token={token}")
        page = await SinkPage(house.url, token).open(session)
        await page.until(lambda: page.holder)
        await house.server.stop()
        while (message := await follower.receive()).type is aiohttp.WSMsgType.TEXT:
            pass
        assert message.data == 1001
        await page.until(lambda: page.close_code is not None)
        assert page.close_code == 1001
        await page.close()
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", house.server.port), 0.2).close()


async def test_stops_in_time_when_a_client_does_not_answer(make_server):
    house = make_server(Site(port=0))
    await house.server.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", house.server.port)
    writer.write(
        f"GET /ws/feed?view=overlay&token={house.overlay_token()} HTTP/1.1\r\nHost: localhost:{house.server.port}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
    )
    assert b"101" in await reader.readline()
    began = time.perf_counter()
    await house.server.stop()
    assert time.perf_counter() - began < 2
    writer.close()


async def test_stopping_twice_or_before_starting_is_fine(make_server):
    house = make_server(Site(port=0))
    await house.server.stop()
    await house.server.start()
    await house.server.stop()
    await house.server.stop()


async def test_a_taken_port_is_named_with_the_flag(make_server):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Misconfigured) as caught:
            await make_server(Site(port=port)).server.start()
    assert str(port) in caught.value.reason
    assert "--port" in caught.value.fix


async def test_a_port_taken_only_on_ipv6_is_taken(make_server):
    try:
        taken = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("needs an IPv6 loopback")
    with taken, pytest.raises(Misconfigured):
        await make_server(Site(port=taken.getsockname()[1])).server.start()


async def test_an_address_of_another_machine_is_misconfigured(make_server):
    with pytest.raises(Misconfigured) as caught:
        await make_server(Site(port=0, host="192.0.2.1")).server.start()
    assert "--host" in caught.value.fix


async def test_both_loopback_addresses_answer(house):
    for host in ("127.0.0.1", "::1"):
        try:
            reader, writer = await asyncio.open_connection(host, house.server.port)
        except OSError:
            assert host == "::1"
            continue
        writer.write(
            f"GET /healthz HTTP/1.1\r\nHost: localhost:{house.server.port}\r\nConnection: close\r\n\r\n".encode()
        )
        assert b" 200 " in await reader.readline()
        writer.close()


async def test_health_ready_and_metrics(house):
    assert (await house.get("/healthz"))[0] == 200
    assert (await house.get("/readyz"))[0] == 200
    status, text, _ = await house.get("/metrics")
    assert status == 200
    assert "# TYPE showrunner_feed_followers gauge" in text


async def test_the_overlay_page_and_its_files(house):
    token = house.overlay_token()
    status, text, headers = await house.get(f"/overlay/stage?token={token}")
    assert status == 200
    build = house.server.overlays.build
    assert f'href="/o/{build}/"' in text
    assert f'content="{build}"' in text
    assert "https://static-cdn.jtvnw.net" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    async with house.session.get(f"{house.url}/o/{build}/lib/feed.js") as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Content-Type"].startswith("text/javascript")
        assert (await answer.text()).startswith("export const words")
    assert (await house.get("/o/000000000000/lib/feed.js"))[0] == 404
    assert (await house.get(f"/o/{build}/lib/secret.key"))[0] == 404
    assert (await house.get(f"/o/{build}/../../state/grants.json"))[0] == 404
    assert (await house.get(f"/overlay/nothing?token={token}"))[0] == 404


async def test_the_panel_page_is_locked_down(house):
    status, text, headers = await house.get("/panel/")
    assert status == 200
    assert f"/p/{house.server.panel.build}/main.js" in text
    policy = headers["Content-Security-Policy"]
    assert "trusted-types 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert f"ws://localhost:{house.server.port}" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "aiohttp" not in headers["Server"]


async def test_the_panel_by_number_leads_to_its_name(house):
    async with house.session.get(
        f"http://127.0.0.1:{house.server.port}/panel/?dock=1", allow_redirects=False
    ) as answer:
        assert answer.status == 307
        assert answer.headers["Location"] == f"{house.url}/panel/?dock=1"
    status, _, headers = await house.get("/")
    assert (status, headers["Location"]) == (307, "/panel/")


PATHS = [
    "/", "/panel/", "/overlay/stage", "/o/x/lib/feed.js", "/ws/feed?view=overlay", "/ws/sink", "/metrics", "/healthz",
    "/readyz", "/api/v1/state", "/api/v1/openapi.json", "/deck/x/stop", "/nowhere",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
async def test_foreign_host_origin_and_site_are_refused_everywhere(house, path):
    port = house.server.port
    token = house.overlay_token()
    path += ("&" if "?" in path else "?") + f"token={token}"
    foreign = [
        {"Host": "evil.example"},
        {"Host": f"evil.example:{port}"},
        {"Host": f"localhost.evil.example:{port}"},
        {"Host": "localhost:1"},
        {"Origin": "http://evil.example"},
        {"Origin": "http://localhost:1"},
        {"Origin": f"https://localhost:{port}"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ]
    for headers in foreign:
        status, text, told = await house.get(path, **{**house.owner, **headers})
        assert status == 403, headers
        assert token not in text
        assert text == '{"title":"Forbidden","status":403,"code":"refused"}'
        assert "Set-Cookie" not in told


async def test_a_write_needs_an_origin_or_a_token(house):
    cookie = {"Cookie": f"sr_{house.server.port}={house.owner['Authorization'].split()[1]}"}
    status, _ = await house.post("/api/v1/commands/stop", {}, cookie)
    assert status == 403
    status, _ = await house.post(f"/api/v1/commands/stop?token={house.overlay_token()}", {}, cookie)
    assert status == 403
    status, _ = await house.post("/api/v1/commands/stop", {}, cookie | house.origin)
    assert status == 200
    assert len(house.desk.pressed) == 1


async def test_sockets_need_the_right_token(house):
    token = house.overlay_token()
    owner = house.owner["Authorization"].split()[1]
    refused = [
        "/ws/feed?view=overlay", "/ws/feed?view=overlay&token=wrong", f"/ws/feed?view=panel&token={token}",
        "/ws/sink?token=", f"/ws/sink?token={token}x",
    ]  # fmt: skip
    for path in refused:
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await house.session.ws_connect(house.url + path, headers=house.origin)
        assert caught.value.status == 403, path
    for path in (f"/ws/feed?view=overlay&token={token}", f"/ws/feed?view=panel&token={owner}"):
        async with house.session.ws_connect(house.url + path) as ws:
            assert (await ws.receive_json())["snapshot"] is not None
    cookie = {"Cookie": f"sr_{house.server.port}={owner}"}
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await house.session.ws_connect(house.url + "/ws/feed?view=panel", headers=cookie)
    async with house.session.ws_connect(house.url + "/ws/feed?view=panel", headers=cookie | house.origin) as ws:
        assert (await ws.receive_json())["seq"] >= 1


async def test_a_revoked_overlay_grant_closes_its_sockets(house):
    grant, token = house.grants.create("overlay", "second PC")
    page = await SinkPage(house.url, token).open(house.session)
    await page.until(lambda: page.holder)
    async with house.session.ws_connect(f"{house.url}/ws/feed?view=overlay&token={token}") as ws:
        await ws.receive_json()
        async with house.session.delete(f"{house.url}/api/v1/grants/{grant.id}", headers=house.owner) as answer:
            assert answer.status == 204
        assert (await ws.receive()).data == 4403
    await page.until(lambda: page.close_code is not None)
    assert page.close_code == 4403
    assert house.room.player is None
    await page.close()
    assert (await house.get(f"/overlay/stage?token={token}"))[0] == 403


async def test_clients_that_vanish_at_any_moment_leave_nothing(house, caplog):
    token = house.overlay_token()
    request = (
        f"Host: localhost:{house.server.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    for number in range(60):
        path = ("/ws/feed?view=overlay&", "/ws/sink?")[number % 2]
        _reader, writer = await asyncio.open_connection("127.0.0.1", house.server.port)
        writer.write(f"GET {path}token={token} HTTP/1.1\r\n{request}"[: 40 + number * 6].encode())
        house.feed.publish("overlay", {"n": number})
        await asyncio.sleep(0.001 * (number % 3))
        writer.transport.abort()
    async with asyncio.timeout(5):
        while house.feed.followers() or house.room.sound.pages or house.room._links:
            await asyncio.sleep(0.02)
    assert (await house.get("/healthz"))[0] == 200
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_no_log_line_holds_a_token(house, caplog):
    caplog.set_level(logging.DEBUG)
    token = house.overlay_token()
    await house.get(f"/overlay/stage?token={token}")
    await house.get(f"/overlay/stage?token={token}wrong")
    reader, writer = await asyncio.open_connection("127.0.0.1", house.server.port)
    writer.write(f"GET /overlay/stage?token={token}\0 HTTP/9.9\r\nX: \0{token}\r\n\r\n".encode())
    await reader.read()
    writer.close()
    assert token not in caplog.text


async def test_a_broken_handler_says_nothing_and_is_logged_without_the_address(house, caplog):
    def broken(_event):
        raise RuntimeError("inside")

    house.desk.press = broken
    status, body = await house.post("/api/v1/commands/stop", {})
    assert (status, body["code"]) == (500, "failed")
    assert "inside" not in str(body)
    assert "/api/v1/commands/stop" in caplog.text


async def test_lan_serves_overlays_by_private_address_and_nothing_else(make_server):
    house = make_server(Site(port=0, lan=True))
    await house.server.start()
    token = house.overlay_token()
    host = {"Host": f"192.168.1.20:{house.server.port}"}
    async with aiohttp.ClientSession() as session:
        house.session = session
        assert (await house.get(f"/overlay/stage?token={token}", **host))[0] == 200
        assert (await house.get(f"/o/{house.server.overlays.build}/lib/feed.js", **host))[0] == 200
        assert (await house.get("/panel/", **host))[0] == 403
        assert (await house.get("/api/v1/openapi.json", **host))[0] == 403
        assert (await house.get(f"/overlay/stage?token={token}", Host=f"8.8.8.8:{house.server.port}"))[0] == 403
        assert (await house.get(f"/overlay/stage?token={token}", Host=f"pc.lan:{house.server.port}"))[0] == 403
    await house.server.stop()


async def test_a_public_address_is_let_in_with_its_own_origin(make_server):
    house = make_server(Site(port=0, public_url="https://show.example"))
    await house.server.start()
    async with aiohttp.ClientSession() as session:
        house.session = session
        code = house.grants.issue_code()
        outer = {"Host": "show.example", "Origin": "https://show.example"}
        async with session.post(f"{house.url}/api/v1/session", json={"code": code}, headers=outer) as answer:
            assert answer.status == 200
            assert "Secure" in answer.headers["Set-Cookie"]
        assert (await house.get("/panel/", Host="show.example", Origin="http://show.example"))[0] == 403
    assert house.server.overlay_link().startswith("https://show.example/overlay/stage?token=")
    await house.server.stop()
