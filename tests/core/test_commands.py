"""Orders as values: each says which fact caused it, and none holds words."""

from typing import Any, get_args

import msgspec
import pytest

from streamer.core.commands import Air, Command, Prepare
from streamer.core.events import DialSet, StopPressed, Tombstoned
from tests.core.scene import Scene

KINDS: tuple[Any, ...] = get_args(Command)
EXAMPLE: dict[str, Any] = {
    "cause": 3, "line": 1, "persona": "mika", "kind": "answer", "why": "named", "reason": "stop", "on": True,
    "scope": "user", "key": "t:1", "uid": "t:1", "scene": "desk",
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_each_names_its_cause_and_survives_the_wire(kind: Any) -> None:
    fields = {field.name for field in msgspec.structs.fields(kind)}
    assert "cause" in fields
    value = EXAMPLE | ({"reason": "expired"} if kind.__name__ == "Drop" else {})
    made = kind(**{name: given for name, given in value.items() if name in fields})
    assert msgspec.json.decode(msgspec.json.encode(made), type=Command) == made


def test_the_cause_is_the_number_of_the_fact() -> None:
    scene = Scene()
    for act in (
        lambda: scene.chat("ana", to=["mika"]),
        lambda: scene.chat("ben", to=["juno"]),
        lambda: scene.ready(1),
        lambda: scene.started(1),
        lambda: scene.feed(Tombstoned("user", "t:ben")),
        lambda: scene.feed(DialSet(dial="named")),
        lambda: scene.feed(StopPressed()),
    ):
        for command in act():
            assert command.cause == scene.seq
    assert any(isinstance(command, Prepare) for command in scene.log)
    assert any(isinstance(command, Air) for command in scene.log)
