"""The shipped hour: equal to what its script makes, in the schema of chat logs, and worth rehearsing."""

import importlib.util
import json
from collections import Counter
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

from streamer.cast import Persona, features
from streamer.core.events import ChatKind, Role

HERE = Path(__file__).parent
KEYS = {
    "at",
    "platform",
    "kind",
    "id",
    "user",
    "text",
    "reply_to",
    "bits",
    "amount",
    "count",
    "target",
    "duration_s",
    "gifter",
}
CAST = (Persona(id="mika", name="Mika", names=("ミカ",)), Persona(id="juno", name="Juno", names=("ジュノ",)))


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_hour", HERE / "make_hour.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@lru_cache
def rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (HERE / "hour.jsonl").read_text(encoding="utf-8").splitlines()]


def test_file_is_what_the_script_makes():
    assert list(script().lines()) == (HERE / "hour.jsonl").read_text(encoding="utf-8").splitlines()


def test_schema():
    kinds = {*get_args(ChatKind), "delete_message", "clear_user", "clear_chat", "host_said"}
    for row in rows():
        assert set(row) <= KEYS
        assert row["kind"] in kinds
        assert {"id", "login", "name", "roles"} == set(row["user"])
        assert set(row["user"]["roles"]) <= set(get_args(Role))
        assert "target" in row or row["kind"] not in {"delete_message", "clear_user"}
    times = [row["at"] for row in rows()]
    assert times == sorted(times)
    assert times[0] >= 0
    assert times[-1] < 3600


def test_ids_are_unique_and_targets_exist():
    ids = [(row["platform"], row["id"]) for row in rows()]
    assert len(ids) == len(set(ids))
    written: set[tuple[str, str]] = set()
    people: set[tuple[str, str]] = set()
    for row in rows():
        if row["kind"] == "delete_message":
            assert (row["platform"], row["target"]) in written
        if row["kind"] == "clear_user":
            assert (row["platform"], row["target"]) in people
        written.add((row["platform"], row["id"]))
        people.add((row["platform"], row["user"]["id"]))


def test_size_and_variety():
    kinds = Counter(row["kind"] for row in rows())
    assert 2_500 <= len(rows()) <= 4_000
    for kind in (
        "message",
        "delete_message",
        "clear_user",
        "host_said",
        "raid",
        "superchat",
        "cheer",
        "gift_batch",
        "member_new",
    ):
        assert kinds[kind], kind
    texts = {row["text"] for row in rows() if row["kind"] == "message"}
    assert len(texts) >= 1_200


def test_deletions_come_soon_after():
    at = {(row["platform"], row["id"]): row["at"] for row in rows()}
    delays = [row["at"] - at[row["platform"], row["target"]] for row in rows() if row["kind"] == "delete_message"]
    assert all(0.9 <= delay <= 5.1 for delay in delays)


def test_there_are_enough_questions_to_the_cast_all_along():
    asked = [
        row["at"]
        for row in rows()
        if row["kind"] == "message"
        and (noted := features(row["text"], CAST)).question
        and (noted.addressed or noted.everyone)
    ]
    assert len(asked) >= 600
    minutes = Counter(int(at // 60) for at in asked)
    assert sum(count >= 4 for count in minutes.values()) >= 50
