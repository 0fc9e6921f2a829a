"""What is done to a collection, one step at a time, and the words for it. A step's words never hold an address: overlay
links contain a token."""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from streamer.ports import Notice

Fit = Literal["canvas", "caption", ""]
"""Where a new source is put: over the whole canvas, at its lower edge, or where OBS puts it."""


class MakeScene(msgspec.Struct, frozen=True, tag="make_scene"):
    """`near`: a scene that is called nearly so, and may be the one that is meant."""

    name: str
    near: str = ""


class MakeInput(msgspec.Struct, frozen=True, tag="make_input"):
    """A new source, in a scene. `monitor`: the streamer hears it, too. `what` chooses the words."""

    scene: str
    name: str
    kind: str
    role: str
    settings: Mapping[str, Any]
    fit: Fit = ""
    monitor: bool = False
    what: str = ""


class AddItem(msgspec.Struct, frozen=True, tag="add_item"):
    """A source that is there also goes into this scene."""

    scene: str
    source: str
    fit: Fit = ""


class ChangeSettings(msgspec.Struct, frozen=True, tag="change_settings"):
    """`before` holds the same keys as `after`; None where the setting was at its default."""

    input: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    why: str


class ChangeMonitor(msgspec.Struct, frozen=True, tag="change_monitor"):
    input: str
    before: str
    after: str


class RemoveItem(msgspec.Struct, frozen=True, tag="remove_item"):
    scene: str
    source: str
    id: int


class RemoveInput(msgspec.Struct, frozen=True, tag="remove_input"):
    name: str


class RemoveScene(msgspec.Struct, frozen=True, tag="remove_scene"):
    name: str


class RestoreSettings(msgspec.Struct, frozen=True, tag="restore_settings"):
    """`settings`: all of them, as they are to be."""

    input: str
    settings: Mapping[str, Any]


class RestoreMonitor(msgspec.Struct, frozen=True, tag="restore_monitor"):
    input: str
    monitor: str


Step = (
    MakeScene
    | MakeInput
    | AddItem
    | ChangeSettings
    | ChangeMonitor
    | RemoveItem
    | RemoveInput
    | RemoveScene
    | RestoreSettings
    | RestoreMonitor
)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """`leave`: what is found and stays as it is; `cannot`: what is wanted and not possible here, and why."""

    steps: tuple[Step, ...] = ()
    leave: tuple[Notice, ...] = ()
    cannot: tuple[Notice, ...] = ()


def words_of(step: Step) -> Notice:
    """What a step does, as a person reads it before saying yes."""
    match step:
        case MakeScene(name, near):
            code = "obs.plan.make_scene_near" if near else "obs.plan.make_scene"
            return Notice(code, {"scene": name, "near": near} if near else {"scene": name})
        case MakeInput():
            code = f"obs.plan.make_{step.what}"
            return Notice(code, {"source": step.name, "scene": step.scene})
        case AddItem(scene, source):
            return Notice("obs.plan.add_item", {"source": source, "scene": scene})
        case ChangeSettings(name, why=why):
            return Notice(f"obs.plan.change_{why}", {"source": name})
        case ChangeMonitor(name):
            return Notice("obs.plan.change_monitor", {"source": name})
        case RemoveItem(scene, source):
            return Notice("obs.plan.remove_item", {"source": source, "scene": scene})
        case RemoveInput(name):
            return Notice("obs.plan.remove_input", {"source": name})
        case RemoveScene(name):
            return Notice("obs.plan.remove_scene", {"scene": name})
        case RestoreSettings(name):
            return Notice("obs.plan.restore_settings", {"source": name})
        case RestoreMonitor(name):
            return Notice("obs.plan.restore_monitor", {"source": name})
