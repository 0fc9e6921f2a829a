"""What the loaded model has, and the names of the settings looked up in it; what is missing, with the nearest."""

import difflib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

import msgspec

from streamer.adapters.avatar.vts import messages
from streamer.adapters.avatar.vts.settings import FILE_END, VtsAvatar

TOGGLE = "ToggleExpression"


class Hotkey(msgspec.Struct, frozen=True):
    id: str
    name: str
    type: str
    file: str

    @property
    def toggles(self) -> bool:
        return self.type == TOGGLE


class Has(msgspec.Struct, frozen=True):
    """What was read from VTube Studio. `files`: expression file -> active; `inputs`: parameters it takes."""

    model: str = ""
    name: str = ""
    hotkeys: tuple[Hotkey, ...] = ()
    files: Mapping[str, bool] = {}
    inputs: frozenset[str] = frozenset()


class Shown(msgspec.Struct, frozen=True):
    """One way to show an expression, found in the model."""

    above: float
    file: str = ""
    fade: float = 0.25
    hotkey: Hotkey | None = None


class Missing(msgspec.Struct, frozen=True):
    """`name`: of the expression or gesture; `wanted`: what the settings say; `nearest`: what the model has."""

    what: Literal["expression", "gesture", "parameter"]
    name: str
    wanted: str
    nearest: str = ""


class Plan(msgspec.Struct, frozen=True):
    looks: Mapping[str, Sequence[Shown]] = {}
    gestures: Mapping[str, Hotkey] = {}
    missing: Sequence[Missing] = ()

    def look(self, expression: str, intensity: float) -> Shown | None:
        """The strongest way whose threshold is reached."""
        reached = [one for one in self.looks.get(expression, ()) if one.above <= intensity]
        return reached[-1] if reached else None


def hotkeys_of(data: Mapping[str, Any]) -> tuple[Hotkey, ...]:
    rows = data.get("availableHotkeys")
    out: list[Hotkey] = []
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and row.get("hotkeyID"):
            texts = (str(row.get(key) or "") for key in ("hotkeyID", "name", "type", "file"))
            out.append(Hotkey(*texts))
    return tuple(out)


def files_of(data: Mapping[str, Any]) -> dict[str, bool]:
    rows = data.get("expressions")
    return {
        str(row["file"]): bool(row.get("active"))
        for row in (rows if isinstance(rows, list) else ())
        if isinstance(row, dict) and row.get("file")
    }


def inputs_of(data: Mapping[str, Any]) -> frozenset[str]:
    out: set[str] = set()
    for key in ("customParameters", "defaultParameters"):
        rows = data.get(key)
        out |= {str(row["name"]) for row in (rows if isinstance(rows, list) else ()) if isinstance(row, dict)}
    return frozenset(out)


def nearest(wanted: str, known: Iterable[str]) -> str:
    by_small = {name.lower(): name for name in known if name}
    close = difflib.get_close_matches(wanted.lower(), by_small, n=1, cutoff=0.5)
    return by_small[close[0]] if close else ""


def same_model(wanted: str, model: str, name: str) -> bool:
    """Whether the loaded model is the one of the settings: by id, or by name however it is written."""
    return not wanted or wanted == model or wanted.strip().casefold() == name.strip().casefold()


class Loaded(msgspec.Struct, frozen=True):
    """The model that is shown. `wanted`: it is the one of the settings; `known`: VTube Studio has that one at all."""

    wanted: bool
    id: str = ""
    name: str = ""
    known: bool = True
    nearest: str = ""
    told: Mapping[str, Any] = {}


Ask = Callable[[messages.Request], Awaitable[dict[str, Any]]]


async def model_of(ask: Ask, wanted: str) -> Loaded:
    """Asks what is loaded, and when it is another one, whether there is the right one. Raises VtsGone, VtsRefused."""
    told = await ask(messages.current_model())
    loaded = bool(told.get("modelLoaded"))
    model, name = (str(told.get(key) or "") if loaded else "" for key in ("modelID", "modelName"))
    if model and same_model(wanted, model, name):
        return Loaded(wanted=True, id=model, name=name, told=told)
    rows = (await ask(messages.available_models())).get("availableModels")
    there = [
        (str(row.get("modelID") or ""), str(row.get("modelName") or ""))
        for row in (rows if isinstance(rows, list) else ())
        if isinstance(row, dict)
    ]
    known = any(same_model(wanted, *one) for one in there)
    return Loaded(wanted=False, id=model, name=name, known=known, nearest=nearest(wanted, (one[1] for one in there)))


def plan(part: VtsAvatar, has: Has) -> Plan:
    looks: dict[str, Sequence[Shown]] = {}
    gestures: dict[str, Hotkey] = {}
    missing: list[Missing] = []
    for expression in part.expressions:
        found: list[Shown] = []
        for look in part.looks(expression):
            shown = Shown(look.above, fade=look.fade)
            if look.file:
                file = _file(look.file, has.files)
                if not file:
                    missing.append(Missing("expression", expression, look.file, nearest(look.file, has.files)))
                shown = msgspec.structs.replace(shown, file=file)
            if look.hotkey:
                key = _hotkey(look.hotkey, has.hotkeys)
                if key is None:
                    missing.append(_no_hotkey("expression", expression, look.hotkey, has))
                shown = msgspec.structs.replace(shown, hotkey=key)
            missing += [
                Missing("parameter", expression, param, nearest(param, has.inputs))
                for param in look.params
                if param not in has.inputs
            ]
            if shown.file or shown.hotkey or look.params:
                found.append(shown)
        if found:
            looks[expression] = found
    for gesture in part.gestures:
        key = _hotkey(part.hotkey_of(gesture), has.hotkeys)
        if key is None:
            missing.append(_no_hotkey("gesture", gesture, part.hotkey_of(gesture), has))
        else:
            gestures[gesture] = key
    return Plan(looks, gestures, tuple(missing))


def _no_hotkey(what: Literal["expression", "gesture"], name: str, wanted: str, has: Has) -> Missing:
    return Missing(what, name, wanted, nearest(wanted, (key.name for key in has.hotkeys)))


def _file(wanted: str, known: Iterable[str]) -> str:
    """The model's own spelling; the ending and the case may differ."""
    full = wanted if wanted.lower().endswith(FILE_END) else wanted + FILE_END
    return next((file for file in known if file.lower() == full.lower()), "")


def _hotkey(wanted: str, known: Iterable[Hotkey]) -> Hotkey | None:
    keys = list(known)
    by_id = next((key for key in keys if key.id == wanted), None)
    return by_id or next((key for key in keys if key.name and key.name.lower() == wanted.lower()), None)
