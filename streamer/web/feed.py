"""What the audience and the operators see, fanned out: one projection per view, a snapshot first, then changes.

Publishing only marks what changed; at the end of the loop's turn everything marked becomes one message, encoded once
for all followers of the view. A follower that does not read is closed and comes back to a snapshot.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec
from aiohttp import WSMsgType, web

from streamer.web.links import GOING_AWAY, REVOKED, Link, text_frame
from streamer.web.metrics import Metrics

View = Literal["overlay", "panel"]
VIEWS: tuple[View, ...] = ("panel", "overlay")
"""In the order they are written: operators before the crowd."""
PING_S = 15.0
CHUNK = 200
"""Followers written to before the loop gets a turn: audio frames must not wait behind a crowd."""

_SET = "set"
_DEL = "del"
_Marks = dict[str, Any]
"""Tree of what changed since the last message: a part of a path leads to `_SET`, `_DEL` or a deeper tree."""


def split_path(path: str) -> list[str]:
    """Parts of a path, `~1` and `~0` undone (RFC 6901). ValueError for an empty path or part."""
    parts = [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")]
    if not all(parts):
        raise ValueError(f"a path has no empty part: {path!r}")
    return parts


def join_path(*parts: str) -> str:
    """The path of these parts, for `publish`."""
    return "/".join(part.replace("~", "~0").replace("/", "~1") for part in parts)


class Projection:
    """The snapshot of one view, and what changed in it since the last `take`. No path taken lies below another."""

    def __init__(self) -> None:
        self.snapshot: dict[str, Any] = {}
        self._marks: _Marks = {}

    @property
    def dirty(self) -> bool:
        return bool(self._marks)

    def set(self, path: str, value: object) -> None:
        """`value`: anything msgspec can encode; it is copied."""
        parts = split_path(path)
        value = msgspec.to_builtins(value, str_keys=True)
        node: dict[str, Any] = self.snapshot
        marks: _Marks | None = self._marks
        for part in parts[:-1]:
            if part not in node:
                node[part] = {}
            elif not isinstance(node[part], dict):
                # The page may hold something else here, or nothing: the whole object is sent.
                node[part] = {}
                marks = self._mark(marks, part)
            marks = self._below(marks, part)
            node = node[part]
        node[parts[-1]] = value
        self._mark(marks, parts[-1])

    def remove(self, path: str) -> None:
        """Removing what is not there changes nothing."""
        parts = split_path(path)
        node: Any = self.snapshot
        for part in parts[:-1]:
            node = node.get(part)
            if not isinstance(node, dict):
                return
        if parts[-1] not in node:
            return
        del node[parts[-1]]
        marks: _Marks | None = self._marks
        for part in parts[:-1]:
            marks = self._below(marks, part)
        if marks is not None:
            marks[parts[-1]] = _DEL

    @staticmethod
    def _mark(marks: _Marks | None, part: str) -> None:
        """Mark as set. Below something that is already sent whole there is nothing to mark."""
        if marks is not None:
            marks[part] = _SET

    @staticmethod
    def _below(marks: _Marks | None, part: str) -> _Marks | None:
        if marks is None:
            return None
        below = marks.setdefault(part, {})
        if below == _DEL:
            # Removed and made again within one message: sent whole.
            marks[part] = below = _SET
        return None if below == _SET else below

    def take(self) -> tuple[dict[str, Any], list[str]]:
        """(`set`, `del`) since the last time."""
        changes: dict[str, Any] = {}
        removed: list[str] = []
        stack: list[tuple[str, _Marks, dict[str, Any]]] = [("", self._marks, self.snapshot)]
        while stack:
            prefix, marks, node = stack.pop()
            for part, mark in marks.items():
                path = prefix + join_path(part)
                if mark == _SET:
                    changes[path] = node[part]
                elif mark == _DEL:
                    removed.append(path)
                else:
                    stack.append((path + "/", mark, node[part]))
        self._marks = {}
        return changes, removed


@dataclass(eq=False)
class _Follower:
    link: Link
    seq: int = 0
    """The last message it has."""


@dataclass
class _Channel:
    view: View
    projection: Projection = field(default_factory=Projection)
    seq: int = 1
    followers: list[_Follower] = field(default_factory=list)
    waiting: deque[tuple[int, bytes]] = field(default_factory=deque)
    encoded: tuple[int, bytes] = (0, b"")
    """The snapshot as JSON, and the seq it belongs to: a thousand reconnects cost one encoding."""


class FeedHub:
    """Implements `ports.Feed`. `now` is the show's clock in milliseconds."""

    def __init__(self, now: Callable[[], int], *, metrics: Metrics | None = None) -> None:
        metrics = metrics or Metrics()
        self._now = now
        self._channels = {view: _Channel(view) for view in VIEWS}
        self._scheduled = False
        self._pump: asyncio.Task[None] | None = None
        self._messages = metrics.counter("feed_messages_total", "Messages published, by view")
        self._slow = metrics.counter("feed_too_slow_total", "Followers closed because they did not read")
        metrics.gauge("feed_followers", "Open feed sockets", self.followers)

    def followers(self, view: str = "") -> int:
        return sum(len(channel.followers) for channel in self._channels.values() if view in ("", channel.view))

    def publish(self, view: str, changes: Mapping[str, object], removed: Sequence[str] = ()) -> int:
        """Remove `removed`, then set `changes`; returns the seq of the message that will carry it.

        Unknown views, bad paths and values that cannot be encoded are mistakes of the caller (KeyError, ValueError,
        TypeError); what was listed before the bad one is kept.
        """
        channel = self._channels[view]  # type: ignore[index]  # a KeyError is what an unknown view should be
        for path in removed:
            channel.projection.remove(path)
        for path, value in changes.items():
            channel.projection.set(path, value)
        if not channel.projection.dirty:
            return channel.seq
        if not self._scheduled:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._flush)
        return channel.seq + 1

    def snapshot(self, view: View) -> dict[str, Any]:
        """What the view shows, to be read and not changed."""
        return self._channels[view].projection.snapshot

    def snapshot_json(self, view: View) -> bytes:
        """The snapshot as JSON, encoded once for each state."""
        self._flush()
        channel = self._channels[view]
        if channel.encoded[0] != channel.seq:
            channel.encoded = (channel.seq, msgspec.json.encode(channel.projection.snapshot))
        return channel.encoded[1]

    # --- fan-out ----------------------------------------------------------------------------------------------------

    def _flush(self) -> None:
        """Turn what changed into one message for each view and write it."""
        self._scheduled = False
        for channel in self._channels.values():
            if not channel.projection.dirty:
                continue
            changes, removed = channel.projection.take()
            channel.seq += 1
            message: dict[str, object] = {"seq": channel.seq, "now": self._now()}
            if changes:
                message["set"] = changes
            if removed:
                message["del"] = removed
            self._messages.add(view=channel.view)
            if not channel.followers:
                continue
            channel.waiting.append((channel.seq, text_frame(msgspec.json.encode(message))))
        if self._pump is None and any(channel.waiting for channel in self._channels.values()):
            if self.followers() <= CHUNK:
                for channel in self._channels.values():
                    while channel.waiting:
                        seq, frame = channel.waiting.popleft()
                        self._write(channel, channel.followers, seq, frame)
            else:
                self._pump = asyncio.get_running_loop().create_task(self._drain(), name="feed fan-out")

    async def _drain(self) -> None:
        """Write to a crowd, in chunks; ends when nothing waits."""
        try:
            while channel := next((channel for channel in self._channels.values() if channel.waiting), None):
                seq, frame = channel.waiting.popleft()
                followers = tuple(channel.followers)
                for start in range(0, len(followers), CHUNK):
                    self._write(channel, followers[start : start + CHUNK], seq, frame)
                    await asyncio.sleep(0)
        finally:
            self._pump = None

    def _write(self, channel: _Channel, followers: Sequence[_Follower], seq: int, frame: bytes) -> None:
        lost: list[_Follower] = []
        for follower in followers:
            if follower.seq >= seq:
                continue
            follower.seq = seq
            if not follower.link.write(frame):
                lost.append(follower)
        for follower in lost:
            self._forget(channel, follower)

    def _forget(self, channel: _Channel, follower: _Follower) -> None:
        if follower in channel.followers:
            channel.followers.remove(follower)
            self._slow.add()

    # --- sockets ----------------------------------------------------------------------------------------------------

    @staticmethod
    def view(name: str) -> View | None:
        """A view by its name."""
        return next((view for view in VIEWS if view == name), None)

    async def serve(self, request: web.Request, view: View, grant: str) -> web.WebSocketResponse:
        """One follower, from its snapshot to its end. Who may come in was decided before."""
        ws = web.WebSocketResponse(compress=False, heartbeat=PING_S, max_msg_size=4096, timeout=1.0)
        await ws.prepare(request)
        channel = self._channels[view]
        link = Link.of(request, grant=grant)
        snapshot = self.snapshot_json(view)
        head = msgspec.json.encode({"seq": channel.seq, "now": self._now()})
        link.write(text_frame(head[:-1] + b',"snapshot":' + snapshot + b"}"))
        follower = _Follower(link, channel.seq)
        channel.followers.append(follower)
        try:
            async for message in ws:
                if message.type is WSMsgType.ERROR:
                    break
        finally:
            link.gone()
            if follower in channel.followers:
                channel.followers.remove(follower)
        return ws

    def revoke(self, grant: str) -> None:
        """Close the followers that came in with this grant."""
        for channel in self._channels.values():
            for follower in [follower for follower in channel.followers if follower.link.grant == grant]:
                channel.followers.remove(follower)
                follower.link.close(REVOKED)

    def close(self, *, wait_s: float) -> None:
        """Write what is left and say goodbye to everybody."""
        self._flush()
        if self._pump is not None:
            self._pump.cancel()
        for channel in self._channels.values():
            for follower in channel.followers:
                follower.link.close(GOING_AWAY, wait_s=wait_s)
            channel.followers.clear()
            channel.waiting.clear()
