"""Streamer.bot's WebSocket protocol as values in and out: no socket, no clock.

Requests are `{"request", "id", ...}`, answers `{"status": "ok"|"error", "id", ...}`, events `{"timeStamp", "event":
{"source", "type"}, "data"}`. Since 0.2.5 the server greets with `Hello`, which carries `authentication` (salt and
challenge) when a password is set; older ones say nothing and ask for none. A password is enforced for every request
only when `Enforce` is on there; otherwise reading and actions work without.
Source: docs.streamer.bot/api/websocket (guide/authentication, guide/requests, guide/events, requests).
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast
from urllib.parse import urlsplit

import msgspec

from streamer.adapters.chat.common.unread import Unread
from streamer.ports import Misconfigured

URL = "ws://127.0.0.1:8080/"

End = Literal["", "lost", "silent", "no_hello", "password", "needs_password", "refused"]
Events = Mapping[str, Sequence[str]]
"""Names of events by source: `{"Twitch": ("ChatMessage", ...)}`."""


def socket_address(url: str) -> str:
    """The address as given. Raises Misconfigured when it cannot be one of a WebSocket server."""
    wrong = Misconfigured("not the address of a WebSocket server", fix=f"write it like {URL}")
    try:
        parts = urlsplit(url.strip())
        good = parts.scheme in ("ws", "wss") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise wrong from None
    if not good or any(char.isspace() for char in url.strip()) or "@" in parts.netloc:
        raise wrong
    return url.strip()


def proof(password: str, salt: str, challenge: str) -> str:
    """`base64(sha256(base64(sha256(password + salt)) + challenge))`."""

    def hashed(text: str) -> str:
        return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

    return hashed(hashed(password + salt) + challenge)


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of one connection and of the time between two; all in seconds."""

    hello_s: float = 2.0
    """A server that has not greeted by then is older than 0.2.5."""
    answer_s: float = 10.0
    idle_s: float = 4.0
    """Silence after which we ask whether the server is still there: what is said while it is not is lost."""
    pong_s: float = 4.0
    """How long that answer may take."""
    stable_s: float = 10.0
    retry_min_s: float = 0.5
    retry_max_s: float = 15.0
    refused_s: float = 60.0
    """Between two tries with a password that was refused."""


class Answer(msgspec.Struct, frozen=True):
    """What became of a request of ours. `error` is the server's own word for it."""

    ok: bool
    error: str = ""


class Event(msgspec.Struct, frozen=True):
    """One event as it came."""

    source: str
    type: str
    data: object
    stamp: str = ""


class Received(msgspec.Struct, frozen=True):
    """What one frame amounted to: events, frames to send, and answers to `do` by the number it returned."""

    events: tuple[Event, ...] = ()
    send: tuple[str, ...] = ()
    answers: tuple[tuple[int, Answer], ...] = ()


class Session:
    """One connection. Feed it frames and the time; it says what to send, what came and how it ended.

    `ended` stays empty while the connection is of use; `ready` once the wanted events are subscribed.
    """

    def __init__(self, password: str, wanted: Events, timing: Timing, unread: Unread) -> None:
        self.ended: End = ""
        self.ready = False
        self.version = ""
        self.latency_ms: float | None = None
        self.missing: tuple[str, ...] = ()
        """Wanted events that this version does not know."""
        self.actions: frozenset[str] | None = None
        """Names and ids of the actions there are, in lower case; None while nobody has said."""
        self._password = password
        self._wanted = wanted
        self._timing = timing
        self._unread = unread
        self._numbers = 0
        self._asked: dict[str, tuple[str, float]] = {}
        self._greeted = self._started = False
        self.began = self._heard = 0.0

    def begin(self, now: float) -> None:
        """The connection is open."""
        self.began = self._heard = now

    def receive(self, frame: str | bytes, now: float) -> Received:
        """Anything may come; what cannot be read is kept in `unread`, and nothing is raised."""
        self._heard = now
        try:
            message: Any = msgspec.json.decode(frame)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            self._unread.keep(frame, "not JSON")
            return Received()
        if not isinstance(message, dict):
            self._unread.keep(message, "not an object")
            return Received()
        given = cast("dict[str, Any]", message)
        if isinstance(given.get("event"), dict):
            return self._event(given)
        if given.get("request") == "Hello":
            return self._hello(given, now)
        answered = given.get("id")
        asked = self._asked.pop(answered, None) if isinstance(answered, str) else None
        if asked is not None and isinstance(answered, str):
            return self._answer(asked, answered, given, now)
        if "status" not in given:  # an answer that came too late is nothing to mend
            self._unread.keep(given, "neither an event nor an answer")
        return Received()

    def tick(self, now: float) -> Received:
        """Time has passed: frames to send; `ended` may be set."""
        if self.ended:
            return Received()
        timing = self._timing
        if not self._greeted and now >= self.began + timing.hello_s:
            self._greeted = True
            return self._start(now)
        late = [each for each, (what, at) in self._asked.items() if now >= at + self._patience_s(what)]
        answers: list[tuple[int, Answer]] = []
        for each in late:
            what, at = self._asked.pop(each)
            if what == "DoAction":
                answers.append((int(each[3:]), Answer(ok=False, error="no answer")))
            elif self._heard <= at:
                self.ended = "silent" if self.ready else "no_hello"
            elif what == "Subscribe":
                self.ended = "refused"
        if not self.ended and self.ready and not self._asked and now >= self._heard + timing.idle_s:
            return Received(send=(self._request("GetInfo", now),), answers=tuple(answers))
        return Received(answers=tuple(answers))

    def deadline(self) -> float:
        """When `tick` wants to be called, if nothing is received before."""
        timing = self._timing
        times = [at + self._patience_s(what) for what, at in self._asked.values()]
        if not self._greeted:
            times.append(self.began + timing.hello_s)
        return min(times, default=self._heard + timing.idle_s)

    def do(self, action: str, args: Mapping[str, object], now: float) -> tuple[int, str]:
        """(number of the request, frame to send). `action` is a name, or the id in Streamer.bot's own form."""
        which = {"id": action} if _is_guid(action) else {"name": action}
        frame = self._request("DoAction", now, action=which, args=dict(args))
        return self._numbers, frame

    # --- inside -------------------------------------------------------------------------------------------------------

    def _patience_s(self, what: str) -> float:
        """How long an answer may take. Once all is well, GetInfo only asks whether somebody is there."""
        timing = self._timing
        return min(timing.pong_s, timing.answer_s) if what == "GetInfo" and self.ready else timing.answer_s

    def _request(self, what: str, now: float, **more: object) -> str:
        self._numbers += 1
        name = f"sr-{self._numbers}"
        self._asked[name] = (what, now)
        return msgspec.json.encode({"request": what, "id": name, **more}).decode()

    def _event(self, given: dict[str, Any]) -> Received:
        event = given["event"]
        source, kind = event.get("source"), event.get("type")
        if not (isinstance(source, str) and isinstance(kind, str)):
            self._unread.keep(given, "an event without a source or a type")
            return Received()
        stamp = given.get("timeStamp")
        return Received(events=(Event(source, kind, given.get("data"), stamp if isinstance(stamp, str) else ""),))

    def _hello(self, given: dict[str, Any], now: float) -> Received:
        self._note_version(given)
        self._greeted = True
        given_proof = given.get("authentication")
        if not (self._password and isinstance(given_proof, dict)):
            return self._start(now)
        if self._started and not self.ready:  # it greeted late, and what was asked before may have been refused
            self._asked.clear()
            self._started = False
        authentication = cast("dict[str, object]", given_proof)
        salt, challenge = authentication.get("salt"), authentication.get("challenge")
        if not (isinstance(salt, str) and isinstance(challenge, str)):
            self._unread.keep(given, "a greeting without salt or challenge")
            return self._start(now)
        if self._started:
            return Received()
        answer = proof(self._password, salt, challenge)
        return Received(send=(self._request("Authenticate", now, authentication=answer),))

    def _start(self, now: float) -> Received:
        """May begin: ask which events there are, then for those we want."""
        if self._started:
            return Received()
        self._started = True
        if not any(self._wanted.values()):
            return Received(send=(self._request("GetInfo", now),))
        return Received(send=(self._request("GetEvents", now),))

    def _answer(self, asked: tuple[str, float], name: str, given: dict[str, Any], now: float) -> Received:
        what, at = asked
        error = given.get("error")
        answer = Answer(ok=given.get("status") == "ok", error=error[:200] if isinstance(error, str) else "")
        match what:
            case "Authenticate":
                if not answer.ok:
                    self.ended = "password"
                    return Received()
                return self._start(now)
            case "GetEvents":
                events = self._known(given.get("events") if answer.ok else None)
                return Received(send=(self._request("Subscribe", now, events=events),))
            case "Subscribe":
                return self._subscribed(answer, now)
            case "GetActions":
                self._note_actions(given)
                return Received()
            case "DoAction":
                return Received(answers=((int(name[3:]), answer),))
            case _:
                self.latency_ms = (now - at) * 1000
                self._note_version(given)
                return Received() if self.ready else self._subscribed(answer, now)

    def _subscribed(self, answer: Answer, now: float) -> Received:
        if answer.ok:
            self.ready = True
            return Received(send=(self._request("GetActions", now),))
        # With Enforce on, every request of somebody who has not given the password is refused.
        self.ended = "refused" if self._password else "needs_password"
        return Received()

    def _known(self, told: object) -> dict[str, list[str]]:
        """What we want and the server knows; all of it when the server does not tell. It spells sources its own way."""
        known: dict[str, set[str]] = {}
        if isinstance(told, dict):
            for source, names in cast("dict[str, object]", told).items():
                if isinstance(names, list):
                    known[source.lower()] = {each for each in cast("list[object]", names) if isinstance(each, str)}
        chosen = {
            source: [name for name in names if name in known.get(source.lower(), ())]
            for source, names in self._wanted.items()
        }
        if not any(chosen.values()):
            return {source: list(names) for source, names in self._wanted.items()}
        self.missing = tuple(
            f"{source}.{name}" for source, names in self._wanted.items() for name in names if name not in chosen[source]
        )
        return {source: names for source, names in chosen.items() if names}

    def _note_actions(self, given: dict[str, Any]) -> None:
        told = given.get("actions")
        if isinstance(told, list):
            rows = [cast("dict[str, object]", each) for each in cast("list[object]", told) if isinstance(each, dict)]
            names = (each.get(key) for each in rows for key in ("name", "id"))
            self.actions = frozenset(name.casefold() for name in names if isinstance(name, str))

    def _note_version(self, given: dict[str, Any]) -> None:
        info = given.get("info")
        version = cast("dict[str, object]", info).get("version") if isinstance(info, dict) else None
        if isinstance(version, str):
            self.version = version[:40]


def _is_guid(text: str) -> bool:
    return len(text) == 36 and [index for index, char in enumerate(text) if char == "-"] == [8, 13, 18, 23]
