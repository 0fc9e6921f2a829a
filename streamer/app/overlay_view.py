"""The `overlay` projection of a show: what the audience may see, as paths and values of `docs/overlay-protocol.md`.

Values go in as the show moves; what changed comes out through `publish`. Held and dropped messages never enter.
"""

import math
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from streamer.app.overlay_alerts import Alerts
from streamer.app.overlay_asides import OverlayAsides
from streamer.app.overlay_credits import Credits
from streamer.app.overlay_queue import OverlayQueue
from streamer.app.panel_rows import Words
from streamer.core.commands import Erase, Prepare
from streamer.core.events import ChatReceived
from streamer.core.show import Show
from streamer.core.stage import Stage
from streamer.ports import ChatRow, Heard

CHAT_ROWS = 40
CAPTION_STAYS_MS = 2_000
"""A caption that was heard whole may stay a moment longer than its line."""
EMOTE_URL = "https://static-cdn.jtvnw.net/emoticons/v2/{id}/default/dark/2.0"

_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")

Publish = Callable[[Mapping[str, object], Sequence[str]], None]


def part(key: str) -> str:
    """A key as one part of a path (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")


def spans(text: str, emotes: Sequence[tuple[int, int, str]], platform: str) -> list[dict[str, object]]:
    """A message as pieces of text and pictures. Emote ids are checked, because they become part of an address."""
    out: list[dict[str, object]] = []
    done = 0
    for start, end, emote in sorted(emotes):
        if start < done or end > len(text) or platform != "twitch" or not emote.replace("_", "").isalnum():
            continue
        if start > done:
            out.append({"text": text[done:start]})
        out.append({"emote": {"alt": text[start:end], "url": EMOTE_URL.format(id=emote)}})
        done = end
    if done < len(text):
        out.append({"text": text[done:]})
    return out


def alert_size(event: ChatReceived) -> float | None:
    """How big an event is, 0..1, on a scale where each step is ten times the last; None for what is no event.

    Money counts in units of its currency, which is rough, and right enough for the size of a smile.
    """
    match event.kind:
        case "raid":
            amount, most = event.count, 1_000
        case "gift_batch":
            amount, most = event.count, 100
        case "cheer":
            amount, most = event.bits / 100, 100
        case "superchat" | "sticker":
            amount, most = (event.amount.micros / 1_000_000 if event.amount else 1.0), 100
        case "member_new" | "resub" | "milestone" | "follow":
            return 0.2
        case _:
            return None
    return round(min(1.0, math.log10(max(amount, 1) + 1) / math.log10(most)), 2)


def _test(test: bool) -> dict[str, object]:  # noqa: FBT001 - a value
    """What was tried out is marked wherever it shows."""
    return {"test": True} if test else {}


class OverlayView:
    """Keeps what it has published, so that it can publish differences only."""

    def __init__(self, publish: Publish, *, build: str) -> None:
        self._publish = publish
        self._chat: OrderedDict[str, str] = OrderedDict()
        self._n = 0
        self._alerts = 0
        self._read = Alerts()
        self._asides = OverlayAsides()
        self._credits = Credits()
        self._queue = OverlayQueue()
        self._beat = 0
        self._erasures = 0
        self._ended_ms = -CAPTION_STAYS_MS
        self._stage: Stage | None = None
        self._clauses: dict[int, dict[str, object]] = {}
        self._line = 0
        self._answering: dict[str, str] | None = None
        publish(
            {
                "build": build,
                "beat": 0,
                "show": {"mode": "starting", "platforms": [], "language": ""},
                "cast": {},
                "stage": {"speaker": None, "answering": None, "faces": {}, "alert": None},
                "line": None,
                "playhead": {"line": 0, "ms": 0, "at": 0, "playing": False},
                "chat": {},
                "sound": {"page": False, "name": ""},
                "alerts": {},
                "polls": {},
                "trains": {},
                "goals": {},
                "queue": {"rows": {}, "more": 0},
                "coming": {},
                "credits": {},
                "counts": {},
            },
            (),
        )

    def beat(self) -> None:
        """To be called at least every 5 s: a page tells a quiet show from a dead connection by it."""
        self._beat += 1
        self._publish({"beat": self._beat}, ())

    def about(self, *, platforms: Sequence[str], language: str) -> None:
        """Which platforms are read, the stream's own first (none: only the demo's audience); the cast's language."""
        self._publish({"show/platforms": list(platforms), "show/language": language}, ())

    def coming(self, segments: Mapping[str, Mapping[str, object]]) -> None:
        """The next time of segments, by their id: `{segment, title, due}`."""
        self._publish({"coming": dict(segments)}, ())

    def cast(self, members: Mapping[str, Mapping[str, object]]) -> None:
        """By persona id: name, color, order, look."""
        self._publish({"cast": dict(members)}, ())

    def sound(self, *, page: bool, name: str) -> None:
        self._publish({"sound": {"page": page, "name": name}}, ())

    def stage(self, stage: Stage, answering: Mapping[str, str] | None) -> None:
        """The desired stage; `answering` are name, text and platform of the message it answers."""
        changes: dict[str, object] = {}
        before = self._stage
        if before is None or before.mode != stage.mode:
            changes["show/mode"] = "closing" if stage.mode == "closed" else stage.mode
        if before is None or before.speaker != stage.speaker:
            changes["stage/speaker"] = stage.speaker or None
        if before is None or before.listening_to != stage.listening_to:
            changes["stage/faces"] = {
                persona: {"expression": "neutral", "intensity": 1.0, "look_at": gaze}
                for persona, gaze in stage.listening_to.items()
            }
        shown = dict(answering) if answering else None
        if before is None or shown != self._answering:
            changes["stage/answering"] = shown
        self._stage, self._answering = stage, shown
        if changes:
            self._publish(changes, ())

    # --- the line ------------------------------------------------------------------------------------------------

    def clause(self, line: int, index: int, value: Any) -> None:
        """A clause was made, of the line on air or of the one prepared ahead (shown when that gets the floor)."""
        plain = msgspec.to_builtins(value)
        self._clauses.setdefault(line, {})[str(index)] = plain
        if line == self._line:
            self._publish({f"line/clauses/{index}": plain}, ())

    def aired(self, order: Prepare) -> None:
        self._line = order.line
        clauses = dict(self._clauses.get(order.line, {}))
        about = {"id": order.line, "persona": order.persona, "kind": order.kind, "clauses": clauses}
        shown = {**about, **_test(order.test)}
        self._publish({"line": shown}, ())

    def ended(self, line: int, now_ms: int) -> None:
        self._clauses.pop(line, None)
        if line == self._line:
            self._line, self._ended_ms = 0, now_ms
            self._publish({"line": None, "playhead": {"line": 0, "ms": 0, "at": now_ms, "playing": False}}, ())

    def heard(self, heard: Heard, now_ms: int) -> None:
        if heard.line == self._line:
            head = {"line": heard.line, "ms": heard.ms, "at": now_ms, "playing": not heard.ended}
            self._publish({"playhead": head}, ())

    # --- the chat ------------------------------------------------------------------------------------------------

    def chat(self, event: ChatReceived, row: ChatRow, text: str, name: str) -> None:
        """A message fit to be shown. `text` and `name` are what moderation left of them; nothing of bots, nor of a
        partner's room, whose words nobody here answers for."""
        if not _is_shown(event) or event.uid in self._chat:
            return
        self._n += 1
        emotes = row.emotes if text == row.text else ()
        self._chat[event.uid] = event.user
        shown = {
            "n": self._n,
            "name": name,
            "text": text,
            "platform": event.platform,
            "color": row.user.color if row.user is not None and _COLOUR.fullmatch(row.user.color) else "",
            "roles": list(event.roles),
            "kind": event.kind,
            "spans": spans(text, emotes, event.platform),
            **_test(event.test),
        }
        removed = [f"chat/{part(self._chat.popitem(last=False)[0])}"] if len(self._chat) > CHAT_ROWS else []
        self._publish({f"chat/{part(event.uid)}": shown}, removed)

    def alert(
        self, event: ChatReceived, row: ChatRow | None = None, text: str = "", name: str = "", now_ms: int = 0
    ) -> None:
        """Something to react to: a raid, a gift, money. Only what moderation let through, and nothing of a partner's
        room. `row` is None where an alert is shown again."""
        size = alert_size(event)
        if size is None or not _is_shown(event):
            return
        self._alerts += 1
        emotes = row.emotes if row is not None and text == row.text else ()
        changes, removed = self._read.came(
            self._alerts, event, row=row, name=name, text=text, spans=spans(text, emotes, event.platform), size=size,
            now_ms=now_ms,
        )  # fmt: skip
        alert = {"n": self._alerts, "kind": event.kind, "size": size, **_test(event.test)}
        self._publish({"stage/alert": alert, **changes}, removed)

    def thanked(self, event: ChatReceived, row: ChatRow, name: str) -> None:
        """For the numbers of the show and its credits: what was tried out counts nowhere, nor what is said at the
        panel."""
        if event.test or event.direct or not _is_shown(event):
            return
        anonymous = row.user is not None and row.user.anonymous
        changes, removed = self._credits.came(event, name, anonymous=anonymous)
        if changes or removed:
            self._publish(changes, removed)

    def aside(self, row: ChatRow, now_ms: int) -> None:
        """A poll, a hype train or a goal of a platform."""
        changes, removed = self._asides.told(row, now_ms)
        if changes or removed:
            self._publish(changes, removed)

    def waiting(self, show: Show, words: Words) -> None:
        """Who waits for an answer."""
        changes = self._queue.changes(show, words)
        if changes:
            self._publish(changes, ())

    def erase(self, erased: Erase, now_ms: int = 0) -> None:
        match erased.scope:
            case "message":
                gone = [erased.key] if erased.key in self._chat else []
            case "user":
                gone = [uid for uid, user in self._chat.items() if user == erased.key]
            case "room":
                gone = [uid for uid, user in self._chat.items() if user.startswith(f"{erased.key}:")]
        for uid in gone:
            del self._chat[uid]
        changes = self._read.erased(erased, now_ms)
        removed = [*(f"chat/{part(uid)}" for uid in gone), *self._credits.erased(erased)]
        if now_ms - self._ended_ms < CAPTION_STAYS_MS:
            self._erasures += 1
            changes = {**changes, "erased": self._erasures}
        if changes or removed:
            self._publish(changes, removed)


def _is_shown(event: ChatReceived) -> bool:
    return event.verdict.action in ("allow", "replace") and not event.guest and not event.bot
