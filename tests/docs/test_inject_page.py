"""docs/inject.md names every kind and every key of a row; UPDATE_DOCS=1 writes its table anew."""

import json
import os
import re
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec

from streamer import ports
from streamer.core import events
from streamer.ports import ChatRow
from streamer.web.inject import read_rows

PAGE = Path(__file__).resolve().parents[2] / "docs" / "inject.md"
BEGIN = "<!-- rows:begin, written from ChatRow by tests/docs/test_inject_page.py -->\n"
END = "<!-- rows:end -->"

GROUPS = {
    "messages": ("message", "cheer", "superchat", "sticker", "redemption"),
    "support and guests": (
        "member_new", "resub", "milestone", "gift_batch", "gift_received", "raid", "follow",
    ),
    "taking back": ("delete_message", "clear_user", "clear_chat", "replace_message"),
    "beside the chat": (
        "held", "held_resolved", "poll_begin", "poll_progress", "poll_end", "hype_train_begin", "hype_train_progress",
        "hype_train_end", "ad_break", "goal", "shield", "stream_on", "stream_off", "settings",
    ),
    "the host": ("host_said",),
}  # fmt: skip
MEANING = {
    "at": "seconds since the show began; left out: now",
    "platform": "1 to 32 letters, digits, `_`, `-`",
    "kind": "what happened, from the table above",
    "id": "of the message or event; what is deleted by it",
    "user": "who did it",
    "text": "what was written",
    "reply_to": "id of the message this one answers",
    "bits": "of a cheer",
    "amount": "of a Super Chat, a sticker, a donation",
    "count": "viewers of a raid, gifts of a batch, months of a resub",
    "target": "what is taken back: a message's id, or a user's (`clear_user`)",
    "duration_s": "of a timeout or an ad break; 0: for good",
    "emotes": "where the platform's emotes stand",
    "fragments": "the message in pieces",
    "guest": "written in a partner's room: shown, not answered",
    "shared_from": "that room",
    "action": "`/me`",
    "first": "the viewer's first message ever",
    "returning": "has been here before",
    "highlighted": "paid for being seen",
    "reply_name": "who wrote what this one answers",
    "reward": "the channel-point reward that was redeemed",
    "batch": "id of the gift storm a gift belongs to",
    "recipient": "who was given something",
    "tier": "of a subscription or membership",
    "detail": "of a poll, a hype train, a goal, an ad break",
    "channel": "which channel, where one platform is read in several",
    "source": "set to `inject`",
    "test": "a test that leaves no trace",
    "direct": "ignored",
}


def shape(kind: Any) -> str:
    """A type as JSON people write."""
    inside = [each for each in get_args(kind) if each is not type(None)]
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        hints = get_type_hints(kind)
        return "{" + ", ".join(f"`{name}`" for name in hints) + "}"
    if getattr(kind, "__origin__", None) is tuple:
        return "list of [start, end, id]" if inside and get_args(inside[0]) else f"list of {shape(inside[0])}"
    if inside and kind is not ports.RowKind and not isinstance(inside[0], str):
        return shape(inside[0])
    return {str: "text", int: "whole number", float: "seconds", bool: "true, false"}.get(kind, "a name")


def table() -> str:
    out = ["| | `kind` |", "|---|---|"]
    out += [f"| {group} | {' '.join(f'`{kind}`' for kind in kinds)} |" for group, kinds in GROUPS.items()]
    out += ["", "| key | takes | |", "|---|---|---|"]
    hints = get_type_hints(ChatRow)
    out += [f"| `{name}` | {shape(hints[name])} | {MEANING[name]} |" for name in ChatRow.__struct_fields__]
    return "\n".join(out) + "\n"


def test_every_kind_and_every_key_has_its_words() -> None:
    known = {name for kinds in GROUPS.values() for name in kinds}
    assert known == {name for each in _flat(ports.RowKind) for name in each} | set(get_args(events.ChatKind))
    assert set(MEANING) == set(ChatRow.__struct_fields__)


def _flat(union: Any) -> list[tuple[str, ...]]:
    args = get_args(union)
    return [args] if all(isinstance(each, str) for each in args) else [get_args(each) for each in args]


def test_the_table_is_current() -> None:
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    made = before + BEGIN + table() + END + rest.partition(END)[2]
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(made, encoding="utf-8", newline="\n")
    assert PAGE.read_text(encoding="utf-8") == made, "run this test with UPDATE_DOCS=1"


def test_the_examples_are_rows() -> None:
    bodies = re.findall(r"-d '(\{.*?\})'", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert len(bodies) == 4
    rows, errors = read_rows(json.dumps([json.loads(body) for body in bodies]).encode(), 1.0)
    assert errors == []
    assert [row.kind for row in rows] == ["message", "raid", "superchat", "delete_message"]
