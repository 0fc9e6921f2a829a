"""Tries OBS once, for `check` and for set-up: whether it can be reached and logged in to, and whether everything that
the files name is there."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from typing import Any

import msgspec

from streamer.adapters.obs.errors import ObsGone, ObsRefused
from streamer.adapters.obs.link import ObsLink
from streamer.adapters.obs.names import Kind, Missing, missing, not_to_press
from streamer.adapters.obs.settings import ObsPart, SceneMap
from streamer.adapters.obs.setup.inventory import Asks, Inventory, read_inventory
from streamer.ports import Health, Notice

CONNECT_S = 8.0
_LOOK_S = 0.02


@contextlib.asynccontextmanager
async def connect(link: ObsLink, *, limit_s: float = CONNECT_S) -> AsyncIterator[bool]:
    """Runs a link of its own for as long as it is needed. True when it is ready; False when it will not be, and
    `link.code` says why."""
    running = asyncio.create_task(link.run())
    until = time.monotonic() + limit_s
    try:
        while link.state != "ready" and not link.code and not running.done() and time.monotonic() < until:  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_S)
        yield link.state == "ready"
    finally:
        await link.aclose()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def fault_notice(code: str, url: str) -> Notice:
    """Why there is no connection, and what to do about it. `code` as `ObsLink.code`; empty: it took too long."""
    name = code or "no_answer"
    return Notice(f"obs.fault.{name}", {"url": url}, f"fix.obs.fault.{name}")


async def probe_obs(
    part: ObsPart, scenes: SceneMap | None = None, places: Mapping[str, str] | None = None
) -> Sequence[Health]:
    """One row for OBS, and one for each thing that is named and not there. `places`: OBS scenes that rundown and alerts
    ask for beside the map, each with the place that asks. Never raises."""
    link = ObsLink(part.url, part.password.get_secret_value())
    began = time.monotonic()
    async with connect(link) as ready:
        if not ready or link.info is None:
            return [Health("obs", "broken", fault_notice(link.code, part.url))]
        took = (time.monotonic() - began) * 1000
        try:
            there = await read_inventory(link)
            absent = await _absent(link, there, part, scenes or SceneMap(), places or {})
        except (ObsGone, ObsRefused):
            return [Health("obs", "broken", fault_notice("closed", part.url))]
        about = Notice("obs.answers", {"version": link.info.obs, "collection": there.collection})
        rows = [Health("obs", "ok", about, took)]
        if not there.browser:
            rows.append(Health("obs", "degraded", Notice("obs.no_browser", {}, "fix.obs.no_browser")))
        return [*rows, *(Health("obs", "degraded", missing_notice(each)) for each in absent)]


def missing_notice(each: Missing) -> Notice:
    """A name that OBS does not know, where it stands, and the one that was probably meant."""
    params: dict[str, str | int | float] = {
        "name": each.name, "place": each.place, "within": each.within, "nearest": each.nearest,
    }  # fmt: skip
    if each.kind == "half":
        return Notice("obs.half_of_a_pair", params, "fix.obs.half_of_a_pair")
    return Notice(f"obs.missing.{each.kind}", params, "fix.obs.nearest" if each.nearest else "fix.obs.missing")


class _Named(msgspec.Struct, frozen=True):
    kind: Kind
    name: str
    place: str
    within: str = ""


def named_in(part: ObsPart, scenes: SceneMap, places: Mapping[str, str]) -> list[_Named]:
    """Everything the settings and the scene map name, with its place."""
    out = [_Named("scene", name, place) for name, place in {**scenes.used_scenes(), **places}.items()]
    inputs = {"obs.host_mic": part.host_mic, "obs.captions.text": part.captions.text}
    inputs |= {f"texts.{at}": rule.input for at, rule in enumerate(scenes.texts)}
    inputs |= {f"mute_while_host.{at}": name for at, name in enumerate(scenes.mute_while_host)}
    if scenes.duck is not None:
        inputs |= {f"duck.inputs.{at}": name for at, name in enumerate(scenes.duck.inputs)}
    for who, person in scenes.people.items():
        shown = [(f"people.{who}.show.{at}", each) for at, each in enumerate(person.show)]
        shown += [(f"people.{who}.slide", person.slide)] if person.slide is not None else []
        out += [_Named("source", each.source, place, scenes.scene(each.scene)) for place, each in shown]
        out += [
            _Named("filter", each.filter, f"people.{who}.filters.{at}", each.source)
            for at, each in enumerate(person.filters)
        ]
    for at, rule in enumerate(scenes.on):
        inputs |= {f"on.{at}.media": rule.media or ""}
        out += [_Named("hotkey", rule.hotkey, f"on.{at}.hotkey")] if rule.hotkey else []
        if rule.filter is not None:
            out.append(_Named("filter", rule.filter.filter, f"on.{at}.filter", rule.filter.source))
    if scenes.transition is not None:
        out.append(_Named("transition", scenes.transition.name, "transition.name"))
    return out + [_Named("input", name, place) for place, name in inputs.items() if name]


async def _absent(
    link: Asks, there: Inventory, part: ObsPart, scenes: SceneMap, places: Mapping[str, str]
) -> list[Missing]:
    known = _Known(link, there)
    out: list[Missing] = []
    for each in named_in(part, scenes, places):
        there_is = await known.of(each)
        out += missing(each.kind, each.name, each.place, there_is, within=each.within)
        if each.kind == "hotkey":
            out += not_to_press(each.name, each.place, there_is)
    return out


class _Known:
    """What OBS has of a kind; asked for once."""

    def __init__(self, link: Asks, there: Inventory) -> None:
        self._link, self._there = link, there
        self._asked: dict[tuple[str, str], Collection[str]] = {}

    async def of(self, each: _Named) -> Collection[str]:
        match each.kind:
            case "scene":
                return self._there.scene_names
            case "input":
                return [source.name for source in self._there.inputs]
            case "source":
                return [item.source for item in self._there.items if item.scene == each.within]
            case _:
                key = (each.kind, each.within if each.kind == "filter" else "")
                if key not in self._asked:
                    self._asked[key] = await self._ask(each)
                return self._asked[key]

    async def _ask(self, each: _Named) -> list[str]:
        request: tuple[str, dict[str, Any] | None, str, str] = {
            "filter": ("GetSourceFilterList", {"sourceName": each.within}, "filters", "filterName"),
            "transition": ("GetSceneTransitionList", None, "transitions", "transitionName"),
        }.get(each.kind, ("GetHotkeyList", None, "hotkeys", ""))
        name, data, rows, field = request
        try:
            found = (await self._link.request(name, data))[rows]
        except ObsRefused:
            return []
        return [str(row[field] if field else row) for row in found]
