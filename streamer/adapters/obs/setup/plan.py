"""What set-up would do: the difference between what the show needs and what there is. Values only.

The user's own things are kept: a source of ours that was renamed, moved, resized or put into other scenes is found
again and stays where it is. A source the user made himself with an overlay's link counts as ours to correct, never to
remove.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from streamer.adapters.obs.names import nearest
from streamer.adapters.obs.setup.inventory import BROWSER, MONITOR_BOTH, Input, Inventory
from streamer.adapters.obs.setup.memory import InputMade, Made, SceneMade
from streamer.adapters.obs.setup.sources import (
    BROWSER_DEFAULTS,
    SOUNDING,
    Overlay,
    address,
    browser_settings,
    corrected,
    mark_of,
    overlay_of,
    text_settings,
)
from streamer.adapters.obs.setup.steps import (
    AddItem,
    ChangeMonitor,
    ChangeSettings,
    Fit,
    MakeInput,
    MakeScene,
    Plan,
    Step,
)
from streamer.ports import Notice

OWN = "Showrunner"
"""Name of the scene that is made where no scene map names one, and how names of our sources begin."""
CAPTIONS = "captions"
"""The role of the text source for captions."""


class Person(msgspec.Struct, frozen=True):
    id: str
    name: str
    language: str = "en"


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What the show needs of OBS.

    `base` and `token`: overlay links are `<base>/overlay/<kind>?token=<token>`. `layout`: the whole `stage` in one
    source, or `avatars`, one for each persona. `home`: the scene new sources go into; empty: one of our own. `scenes`:
    the others that are named anywhere; `speakers`: persona -> OBS scene.
    `texts`: text inputs that are named in the map; `captions`: the one named for captions. `language` chooses fonts.
    """

    base: str
    token: str
    people: tuple[Person, ...] = ()
    layout: str = "stage"
    home: str = ""
    scenes: tuple[str, ...] = ()
    speakers: Mapping[str, str] = {}
    texts: tuple[str, ...] = ()
    captions: str = ""
    language: str = "en"


class Want(msgspec.Struct, frozen=True):
    """A source: `role` names it in what is remembered, `scenes` where it has to be ("" for home), `name` what a new one
    is called."""

    role: str
    name: str
    what: str
    scenes: tuple[str, ...]
    kind: str = BROWSER
    overlay: Overlay | None = None
    fit: Fit = "canvas"
    exact: bool = False
    """Other settings name it: it has to be called just so."""


def make_plan(there: Inventory, wish: Wish, made: Sequence[Made] = ()) -> Plan:
    """The steps from what there is to what the show needs; no steps when all is well."""
    return _Planner(there, wish, made).plan()


def overlay_plan(there: Inventory, wish: Wish, kind: str, params: Mapping[str, str], scene: str) -> Plan:
    """One overlay as a new browser source in a scene; only looked up when it is in that scene already."""
    if not there.browser:
        return Plan(cannot=(Notice("obs.no_browser"),))
    silent = kind in ("avatar", "stage") and _someone_else_sounds(there, kind)
    asked = {**params, **({"sound": "0"} if silent else {})}
    same = Overlay(kind, params.get("persona", ""))
    for each in there.inputs:
        shown = overlay_of(each.settings.get("url")) if each.is_browser else None
        if shown is not None and _same(shown, same) and scene in there.scenes_with(each.name):
            return Plan(leave=(Notice("obs.plan.there", {"source": each.name, "scene": scene}),))
    url = address(wish.base, wish.token, kind, asked)
    sounds = kind in SOUNDING and not silent
    name = _free(f"{OWN} {' '.join((kind, params.get('persona', ''))).strip()}", there.taken)
    settings = browser_settings(url, sounds=sounds)
    return Plan(steps=(MakeInput(scene, name, BROWSER, f"overlay.{kind}", settings, "canvas", sounds, "overlay"),))


def _someone_else_sounds(there: Inventory, kind: str) -> bool:
    shown = (overlay_of(each.settings.get("url")) for each in there.inputs if each.is_browser)
    return kind != "sound" and any(each is not None and each.sounds for each in shown)


def _same(one: Overlay, other: Overlay) -> bool:
    return (one.kind, one.persona) == (other.kind, other.persona)


def _free(name: str, taken: Iterable[str]) -> str:
    known = {each.casefold() for each in taken}
    tries = [name, *(f"{name} {number}" for number in range(2, 1000))]
    return next(each for each in tries if each.casefold() not in known)


class _Planner:
    def __init__(self, there: Inventory, wish: Wish, made: Sequence[Made]) -> None:
        self._there, self._wish, self._made = there, wish, made
        self._steps: list[Step] = []
        self._leave: list[Notice] = []
        self._cannot: list[Notice] = []
        self._taken = set(there.taken)
        self._used: set[str] = set()

    def plan(self) -> Plan:
        wants = self._wants()
        found = [(want, self._find(want)) for want in wants]
        for name in (self._wish.home, *self._wish.scenes):
            if name:
                self._scene(name)
        home = self._wish.home or self._home(found)
        if not self._there.browser:
            self._cannot.append(Notice("obs.no_browser"))
        for want, source in found:
            if source is None:
                self._make(want, [name or home for name in want.scenes])
            else:
                self._keep(want, source)
        return Plan(steps=tuple(self._steps), leave=tuple(self._leave), cannot=tuple(self._cannot))

    # --- what is needed ---------------------------------------------------------------------------------------------

    def _wants(self) -> list[Want]:
        texts = self._texts()
        return [*self._pictures(), *texts] if self._there.browser else texts

    def _pictures(self) -> list[Want]:
        wish, home = self._wish, (self._wish.home,)
        apart = wish.layout == "avatars" or bool(wish.scenes)
        out: list[Want] = []
        if apart:
            name = f"{OWN} voices"
            out.append(Want("sound", name, "sound", (*home, *wish.scenes), overlay=Overlay("sound"), fit=""))
        if wish.layout == "stage":
            shown = Overlay("stage", silent=apart)
            out.append(Want("stage", f"{OWN} stage", "silent" if apart else "stage", home, overlay=shown))
        else:
            out += [self._avatar(each, home) for each in wish.people]
            out.append(Want("captions", f"{OWN} captions", "captions", home, overlay=Overlay("captions")))
        if wish.layout == "stage":
            closes = [(each, wish.speakers.get(each.id, "")) for each in wish.people]
            out += [self._avatar(each, (scene,)) for each, scene in closes if scene not in home and self._ours(scene)]
        return out

    def _avatar(self, person: Person, scenes: Sequence[str]) -> Want:
        shown = Overlay("avatar", person.id, silent=True)
        return Want(f"avatar.{person.id}", f"{OWN} {person.name}", "avatar", tuple(scenes), overlay=shown)

    def _ours(self, scene: str) -> bool:
        """A scene that is missing, or that was made here: what is in it is up to us."""
        made = any(isinstance(each, SceneMade) and each.name == scene for each in self._made)
        return bool(scene) and (made or scene not in self._there.scene_names)

    def _texts(self) -> list[Want]:
        wish, kind = self._wish, self._there.text_kind
        names = [name for name in dict.fromkeys(wish.texts) if name != wish.captions]
        home = (wish.home,)
        out = [Want(f"text.{name}", name, "text", home, kind, fit="caption", exact=True) for name in names]
        if wish.captions or not self._there.browser:
            name, where = wish.captions or f"{OWN} captions", (*home, *wish.scenes)
            out.append(Want(CAPTIONS, name, "captions_text", where, kind, fit="caption", exact=bool(wish.captions)))
        if out and not kind:
            self._cannot.append(Notice("obs.no_text"))
            return []
        return out

    # --- what there is ----------------------------------------------------------------------------------------------

    def _find(self, want: Want) -> Input | None:
        """The source that is this already, whatever it is called and wherever it is."""
        ids = {each.uuid for each in self._made if isinstance(each, InputMade) and each.role == want.role and each.uuid}
        names = {each.name for each in self._made if isinstance(each, InputMade) and each.role == want.role}
        fits = [each for each in self._there.inputs if each.name not in self._used and self._fits(want, each)]
        if not fits:
            return None
        source = min(fits, key=lambda each: (each.uuid not in ids, each.name not in names, each.name != want.name))
        self._used.add(source.name)
        return source

    def _fits(self, want: Want, source: Input) -> bool:
        if want.overlay is None:
            named = want.exact and source.is_text and source.name == want.name
            return named or (want.role == CAPTIONS and mark_of(source) == CAPTIONS)
        shown = overlay_of(source.settings.get("url")) if source.is_browser else None
        if shown is None or not _same(shown, want.overlay):
            return False
        made = any(isinstance(each, InputMade) and each.name == source.name for each in self._made)
        return made or shown.token == self._wish.token or shown.base == self._wish.base

    def _home(self, found: Sequence[tuple[Want, Input | None]]) -> str:
        """The scene new sources go into where no map names one: where ours are already, or one of our own."""
        for want, source in found:
            if source is not None and not want.exact:
                where = self._there.scenes_with(source.name)
                known = [scene for scene in where if scene in self._there.scene_names]
                if known:
                    return known[0]
        made = [each.name for each in self._made if isinstance(each, SceneMade)]
        for name in made:
            if name in self._there.scene_names:
                return name
        if all(source is not None for _, source in found):
            return ""
        if OWN in self._there.scene_names:
            return OWN
        return self._scene(_free(OWN, self._taken))

    # --- steps ------------------------------------------------------------------------------------------------------

    def _scene(self, name: str) -> str:
        if name in self._there.scene_names:
            self._leave.append(Notice("obs.plan.leave_scene", {"scene": name}))
        elif name in self._taken:
            self._cannot.append(Notice("obs.plan.name_taken", {"name": name}))
        else:
            self._taken.add(name)
            near = "" if name.startswith(OWN) else nearest(name, self._there.scene_names)
            self._steps.append(MakeScene(name, near))
        return name

    def _usable(self, scenes: Sequence[str]) -> list[str]:
        made = {step.name for step in self._steps if isinstance(step, MakeScene)}
        return [name for name in scenes if name in made or name in self._there.scene_names]

    def _spread(self, scenes: Sequence[str]) -> list[str]:
        """Without the scenes that show another of them: a source that sounds twice in one scene is twice as loud."""
        return [name for name in scenes if not any(name in self._there.scenes_showing(other) for other in scenes)]

    def _make(self, want: Want, scenes: Sequence[str]) -> None:
        usable = self._spread(self._usable(scenes))
        if not usable:
            return
        if want.exact and want.name in self._taken:
            self._cannot.append(Notice("obs.plan.name_taken", {"name": want.name}))
            return
        name = want.name if want.exact else _free(want.name, self._taken)
        self._taken.add(name)
        sounds = want.overlay is not None and want.overlay.sounds
        self._steps.append(
            MakeInput(usable[0], name, want.kind, want.role, self._settings(want), want.fit, sounds, want.what)
        )
        self._steps += [AddItem(scene, name, want.fit) for scene in usable[1:]]

    def _settings(self, want: Want) -> dict[str, Any]:
        there, wish = self._there, self._wish
        if want.overlay is None:
            return text_settings(
                want.kind, want.role, language=wish.language, platform=there.platform, width=there.width,
                height=there.height,
            )  # fmt: skip
        params = {"persona": want.overlay.persona} if want.overlay.persona else {}
        if want.overlay.silent:
            params["sound"] = "0"
        url = address(wish.base, wish.token, want.overlay.kind, params)
        settings = browser_settings(url, sounds=want.overlay.sounds)
        return {**settings, "width": 64, "height": 64, "fps": 10} if want.overlay.kind == "sound" else settings

    def _keep(self, want: Want, source: Input) -> None:
        """It is there: only what would spoil it is changed, never where it is or how large."""
        before = len(self._steps)
        if want.overlay is not None:
            self._correct(source, want.overlay)
        held = self._there.scenes_showing(source.name)
        missing = [scene for scene in self._spread(self._needed(want)) if scene not in held]
        self._steps += [AddItem(scene, source.name, want.fit) for scene in self._usable(missing)]
        if len(self._steps) == before:
            self._leave.append(Notice("obs.plan.leave_source", {"source": source.name}))

    def _needed(self, want: Want) -> tuple[str, ...]:
        """A picture may be where the user likes it; the voices are heard only in scenes that hold them."""
        return tuple(name for name in want.scenes if name) if want.what in ("sound", "captions_text") else ()

    def _correct(self, source: Input, overlay: Overlay) -> None:
        now = {**BROWSER_DEFAULTS, **source.settings}
        url = str(now["url"])
        shown = overlay_of(url)
        if shown is not None and (shown.base, shown.token) != (self._wish.base, self._wish.token):
            better = corrected(url, self._wish.base, self._wish.token, silent=overlay.silent)
            self._change(source, {"url": better}, "address")
        elif shown is not None and overlay.silent != shown.silent and overlay.kind in ("stage", "avatar"):
            better = corrected(url, self._wish.base, self._wish.token, silent=overlay.silent)
            self._change(source, {"url": better}, "silent" if overlay.silent else "sounding")
        if now["shutdown"] or now["restart_when_active"]:
            wanted = {key: False for key in ("shutdown", "restart_when_active") if now[key]}
            self._change(source, wanted, "awake")
        if not overlay.sounds:
            return
        if not now["reroute_audio"]:
            self._change(source, {"reroute_audio": True}, "sound")
        if source.monitor != MONITOR_BOTH:
            self._steps.append(ChangeMonitor(source.name, source.monitor, MONITOR_BOTH))

    def _change(self, source: Input, after: Mapping[str, Any], why: str) -> None:
        before = {key: source.settings.get(key) for key in after}
        self._steps.append(ChangeSettings(source.name, before, dict(after), why))


def captions_in(there: Inventory, made: Sequence[Made]) -> str:
    """What the text source for captions is called now; "" without one that was made here."""
    ours = {each.name for each in made if isinstance(each, InputMade) and each.role == CAPTIONS}
    return next((i.name for i in there.inputs if i.is_text and (mark_of(i) == CAPTIONS or i.name in ours)), "")
