"""The feed: messages add up to the snapshot, bursts are one message, slow followers go, fast ones are quick."""

import asyncio
import json
import time
from typing import Any

import aiohttp
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.ports import Feed
from streamer.web.feed import FeedHub, Projection, join_path, split_path


def apply(snapshot: dict[str, Any], changes: dict[str, Any], removed: list[str], *, set_first: bool = False) -> None:
    """As a page does it (docs/overlay-protocol.md)."""

    def walk(path: str) -> tuple[dict[str, Any], str]:
        *parents, last = split_path(path)
        node = snapshot
        for part in parents:
            node = node.setdefault(part, {})
        return node, last

    def set_all() -> None:
        for path, value in changes.items():
            node, last = walk(path)
            node[last] = json.loads(json.dumps(value))

    def remove_all() -> None:
        for path in removed:
            node, last = walk(path)
            node.pop(last, None)

    for step in (set_all, remove_all) if set_first else (remove_all, set_all):
        step()


def test_paths_follow_rfc_6901_escapes():
    assert split_path("chat/twitch:1~1~0x") == ["chat", "twitch:1/~x"]
    assert split_path(join_path("a/b", "~1", "c")) == ["a/b", "~1", "c"]
    for bad in ("", "/a", "a//b", "a/"):
        with pytest.raises(ValueError):
            split_path(bad)


def test_a_value_is_copied_and_structs_become_objects():
    class Face(msgspec.Struct):
        joy: float

    projection = Projection()
    value = {"list": [1]}
    projection.set("stage/faces/mika", Face(0.5))
    projection.set("x", value)
    value["list"].append(2)
    projection.set("stage/faces/mika/joy", 1)
    assert projection.snapshot == {"stage": {"faces": {"mika": {"joy": 1}}}, "x": {"list": [1]}}
    with pytest.raises(TypeError):
        projection.set("y", object())
    assert "y" not in projection.snapshot


def test_removing_what_is_not_there_changes_nothing():
    projection = Projection()
    projection.set("a/b", 1)
    projection.take()
    for path in ("a/c", "x", "a/b/c", "x/y"):
        projection.remove(path)
    assert not projection.dirty


def test_a_path_through_a_value_sends_the_whole_object():
    projection = Projection()
    projection.set("line", None)
    projection.take()
    projection.set("line/clauses/0", "hi")
    assert projection.take() == ({"line": {"clauses": {"0": "hi"}}}, [])


PATHS = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=3).map("/".join)
VALUES = st.one_of(st.none(), st.integers(0, 3), st.dictionaries(st.sampled_from("abc"), st.integers(0, 3), max_size=2))
STEPS = st.lists(st.lists(st.tuples(PATHS, st.one_of(st.just("del"), VALUES)), max_size=6), max_size=6)


@given(STEPS, st.booleans())
def test_changes_add_up_to_the_snapshot_in_any_order_and_no_path_lies_below_another(bursts, set_first):
    projection = Projection()
    page: dict[str, Any] = {}
    for burst in bursts:
        for path, value in burst:
            if value == "del":
                projection.remove(path)
            else:
                projection.set(path, value)
        changes, removed = projection.take()
        paths = [tuple(split_path(path)) for path in (*changes, *removed)]
        for one in paths:
            assert not any(one != other and other[: len(one)] == one for other in paths)
        assert len(set(paths)) == len(paths)
        apply(page, changes, removed, set_first=set_first)
        assert page == projection.snapshot


async def test_snapshot_first_then_changes_with_rising_seq(house):
    hub: Feed = house.feed
    hub.publish("overlay", {"show/mode": "running", "chat/twitch:1~1x": {"n": 1}})
    async with house.session.ws_connect(f"{house.url}/ws/feed?view=overlay&token={house.overlay_token()}") as ws:
        first = await ws.receive_json()
        assert first["now"] == 61_250
        assert first["snapshot"]["show"] == {"mode": "running"}
        assert first["snapshot"]["build"] == house.server.overlays.build
        house.feed.publish("overlay", {"show/mode": "paused"})
        house.feed.publish("overlay", {"stage/speaker": "mika"}, ["chat/twitch:1~1x"])
        house.feed.publish("panel", {"queue/1": "not for overlays"})
        house.feed.publish("overlay", {"show/mode": "stopped"})
        assert await ws.receive_json() == {
            "seq": first["seq"] + 1,
            "now": 61_250,
            "set": {"show/mode": "stopped", "stage/speaker": "mika"},
            "del": ["chat/twitch:1~1x"],
        }
        assert house.feed.publish("overlay", {"a": 1}) == first["seq"] + 2
        assert (await ws.receive_json())["seq"] == first["seq"] + 2
        assert house.feed.publish("overlay", {}) == first["seq"] + 2


async def test_somebody_who_joins_within_a_burst_misses_and_doubles_nothing(house):
    token = house.overlay_token()
    for number in range(20):
        house.feed.publish("overlay", {f"x/{number}": number})
        async with house.session.ws_connect(f"{house.url}/ws/feed?view=overlay&token={token}") as ws:
            house.feed.publish("overlay", {"y": number})
            first = await ws.receive_json()
            page = first["snapshot"]
            seq = first["seq"]
            while page.get("y") != number:
                message = await ws.receive_json()
                assert message["seq"] == seq + 1
                seq = message["seq"]
                apply(page, message.get("set", {}), message.get("del", []))
            assert page == house.feed.snapshot("overlay")


async def test_mistakes_of_the_publisher_are_told_and_the_feed_lives(house):
    with pytest.raises(KeyError):
        house.feed.publish("nowhere", {"a": 1})
    with pytest.raises(ValueError):
        house.feed.publish("overlay", {"a//b": 1})
    with pytest.raises(TypeError):
        house.feed.publish("overlay", {"a": object()})
    house.feed.publish("overlay", {"fine": True})
    assert house.feed.snapshot("overlay")["fine"] is True


async def stuck_follower(house) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", house.server.port, limit=1024)
    writer.write(
        f"GET /ws/feed?view=overlay&token={house.overlay_token()} HTTP/1.1\r\nHost: localhost:{house.server.port}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
    )
    await reader.readuntil(b"\r\n\r\n")
    return reader, writer


async def test_a_follower_that_does_not_read_is_closed_and_delays_nobody(house):
    _reader, writer = await stuck_follower(house)
    async with house.session.ws_connect(
        f"{house.url}/ws/feed?view=overlay&token={house.overlay_token()}", max_msg_size=0
    ) as ws:
        await ws.receive_json()
        assert house.feed.followers() == 2
        for number in range(400):
            house.feed.publish("overlay", {"big": "x" * 50_000, "n": number})
            await ws.receive()
            if house.feed.followers() == 1:
                break
        assert house.feed.followers() == 1
        began = time.perf_counter()
        house.feed.publish("overlay", {"n": -1})
        assert (await ws.receive_json())["set"]["n"] == -1
        assert time.perf_counter() - began < 2
        status, _ = await house.post("/api/v1/commands/stop", {})
        assert status == 200
    assert "showrunner_feed_too_slow_total 1" in house.server.metrics.render()
    writer.close()


async def test_stop_works_while_the_feed_is_stuck(house):
    """Everything the feed does can fail; a press goes another way."""

    def broken(*_args: object) -> int:
        raise RuntimeError("stuck")

    house.feed.publish = broken
    house.feed._flush = broken
    status, body = await house.post("/api/v1/commands/stop", {"saw": 3})
    assert (status, body["outcome"]) == (200, "done")
    assert house.desk.pressed[0].saw == 3


async def test_a_crowd_is_written_to_in_chunks_and_in_order():
    """More followers than one chunk, without sockets: every one has every message, in order."""

    class Ear:
        def __init__(self) -> None:
            self.got: list[bytes] = []
            self.grant = ""

        def write(self, frame: bytes) -> bool:
            self.got.append(frame)
            return True

        def close(self, code: int, *, wait_s: float = 1.0) -> None:
            self.closed = code

    from streamer.web.feed import CHUNK, _Follower

    hub = FeedHub(lambda: 0)
    ears = [Ear() for _ in range(CHUNK * 2 + 5)]
    channel = hub._channels["overlay"]
    channel.followers += [_Follower(ear, 1) for ear in ears]  # type: ignore[arg-type]
    for number in range(5):
        hub.publish("overlay", {"n": number})
        await asyncio.sleep(0)
    late = Ear()
    hub._flush()
    channel.followers.append(_Follower(late, channel.seq))  # type: ignore[arg-type]
    for _ in range(40):
        await asyncio.sleep(0)
    assert all(ear.got == ears[0].got for ear in ears)
    assert len(ears[0].got) == 5
    assert late.got == []
    hub.close(wait_s=0)
    assert all(ear.closed == 1001 for ear in ears)


async def test_a_hundred_followers_hear_within_100_ms(house):
    """The figure for 1,000 is a bench; this keeps it from breaking unseen."""
    url = f"{house.url}/ws/feed?view=overlay&token={house.overlay_token()}"
    followers = await asyncio.gather(*(house.session.ws_connect(url) for _ in range(100)))
    await asyncio.gather(*(ws.receive() for ws in followers))
    rounds: list[float] = []
    for _ in range(3):
        late: list[float] = []

        async def follow(ws: aiohttp.ClientWebSocketResponse, late: list[float] = late) -> None:
            for _ in range(5):
                message = await ws.receive_json()
                late.append(time.perf_counter() - message["set"]["t"])

        async with asyncio.TaskGroup() as group:
            for ws in followers:
                group.create_task(follow(ws))
            for _ in range(5):
                house.feed.publish("overlay", {"t": time.perf_counter(), "text": "x" * 300})
                await asyncio.sleep(0.05)
        late.sort()
        rounds.append(late[len(late) // 2])
    assert min(rounds) < 0.1
    await asyncio.gather(*(ws.close() for ws in followers))
