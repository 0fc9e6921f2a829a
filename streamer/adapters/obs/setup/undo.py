"""Takes set-up back: removes what it made, restores what it changed, and leaves what has become the user's own."""

from collections.abc import Sequence

from streamer.adapters.obs.setup.inventory import Input, Inventory
from streamer.adapters.obs.setup.memory import InputMade, ItemMade, Made, MonitorMade, SceneMade, SettingsMade
from streamer.adapters.obs.setup.sources import mark_of, overlay_of
from streamer.adapters.obs.setup.steps import (
    Plan,
    RemoveInput,
    RemoveItem,
    RemoveScene,
    RestoreMonitor,
    RestoreSettings,
    Step,
)
from streamer.ports import Notice


def undo_plan(there: Inventory, made: Sequence[Made]) -> Plan:
    """The steps back, the last thing made first. `leave` says what stays and why."""
    return _Undo(there, made).plan()


def still_ours(there: Inventory, made: Sequence[Made]) -> tuple[Made, ...]:
    """What can still be taken back later: what stays because it is used elsewhere or on air, without what is gone or
    has become the user's own. Read again after an undo."""
    back = _Undo(there, made)
    return tuple(each for each in made if back.is_ours(each))


class _Undo:
    def __init__(self, there: Inventory, made: Sequence[Made]) -> None:
        self._there, self._made = there, made
        self._steps: list[Step] = []
        self._leave: list[Notice] = []
        self._gone_items: set[tuple[str, int]] = set()
        self._restored: dict[str, dict[str, object]] = {}

    def plan(self) -> Plan:
        for each in reversed(self._made):
            match each:
                case SettingsMade():
                    self._settings(each)
                case MonitorMade():
                    self._monitor(each)
                case ItemMade():
                    self._item(each)
                case InputMade():
                    self._input(each)
                case SceneMade():
                    self._scene(each)
        # An input takes its items along, and goes by itself with its last one.
        gone = {step.name for step in self._steps if isinstance(step, RemoveInput)}
        steps = [step for step in self._steps if not (isinstance(step, RemoveItem) and step.source in gone)]
        return Plan(steps=tuple(steps), leave=tuple(self._leave))

    # --- what is still there ----------------------------------------------------------------------------------------

    def is_ours(self, each: Made) -> bool:
        match each:
            case InputMade():
                source = self._found(each)
                return source is not None and not _is_his(each, source)
            case SceneMade():
                return self._scene_name(each) in self._there.scene_names
            case ItemMade():
                return self._item_there(each)
            case SettingsMade() | MonitorMade():
                source = self._changed(each)
                return source is not None and _unchanged(each, source)

    def _found(self, made: InputMade) -> Input | None:
        """By its id, else by its name and kind, else by what it shows: it may have been renamed."""
        if made.uuid and (same := [each for each in self._there.inputs if each.uuid == made.uuid]):
            return same[0]
        named = self._there.input(made.name)
        if named is not None and named.kind == made.kind:
            return named
        alike = [each for each in self._there.inputs if each.kind == made.kind and _shows(made, each)]
        return alike[0] if alike else None

    def _changed(self, made: SettingsMade | MonitorMade) -> Input | None:
        same = [each for each in self._there.inputs if made.uuid and each.uuid == made.uuid]
        return same[0] if same else self._there.input(made.input)

    def _scene_name(self, made: SceneMade) -> str:
        same = [scene.name for scene in self._there.scenes if made.uuid and scene.uuid == made.uuid]
        return same[0] if same else made.name

    def _item_there(self, made: ItemMade) -> bool:
        """The id counts, and that it is our source, under whatever name: OBS gives ids of lost items again."""
        maker = next((each for each in self._made if isinstance(each, InputMade) and each.name == made.source), None)
        found = self._found(maker) if maker is not None else None
        name = found.name if found is not None else made.source
        return any((i.scene, i.id, i.source) == (made.scene, made.id, name) for i in self._there.items)

    # --- steps ------------------------------------------------------------------------------------------------------

    def _settings(self, made: SettingsMade) -> None:
        source = self._changed(made)
        if source is None:
            return
        if not _unchanged(made, source) and source.name not in self._restored:
            self._leave.append(Notice("obs.undo.changed", {"source": source.name}))
            return
        now = self._restored.setdefault(source.name, dict(source.settings))
        for key, value in made.before.items():
            if value is None:
                now.pop(key, None)
            else:
                now[key] = value
        self._steps = [s for s in self._steps if not (isinstance(s, RestoreSettings) and s.input == source.name)]
        self._steps.append(RestoreSettings(source.name, now))

    def _monitor(self, made: MonitorMade) -> None:
        source = self._changed(made)
        if source is None:
            return
        if source.monitor != made.after:
            self._leave.append(Notice("obs.undo.changed", {"source": source.name}))
            return
        self._steps.append(RestoreMonitor(source.name, made.before))

    def _item(self, made: ItemMade) -> None:
        if self._item_there(made):
            source = next(i.source for i in self._there.items if (i.scene, i.id) == (made.scene, made.id))
            self._gone_items.add((made.scene, made.id))
            self._steps.append(RemoveItem(made.scene, source, made.id))

    def _input(self, made: InputMade) -> None:
        source = self._found(made)
        if source is None:
            return
        if _is_his(made, source):
            self._leave.append(Notice("obs.undo.his", {"source": source.name}))
            return
        ours = {self._scene_name(each) for each in self._made if isinstance(each, SceneMade)} | {made.scene}
        rest = [i for i in self._there.items if i.source == source.name and (i.scene, i.id) not in self._gone_items]
        elsewhere = [item.scene for item in rest if item.scene not in ours]
        if elsewhere:
            self._leave.append(Notice("obs.undo.elsewhere", {"source": source.name, "scene": elsewhere[0]}))
            return
        if source.filters:
            self._leave.append(Notice("obs.undo.filters", {"source": source.name}))
            return
        self._gone_items |= {(item.scene, item.id) for item in rest}
        self._steps.append(RemoveInput(source.name))

    def _scene(self, made: SceneMade) -> None:
        name = self._scene_name(made)
        if name not in self._there.scene_names:
            return
        inside = [item for item in self._there.items if item.scene == name]
        if any((item.scene, item.id) not in self._gone_items for item in inside):
            self._leave.append(Notice("obs.undo.scene_used", {"scene": name}))
        elif self._there.scenes_with(name):
            self._leave.append(
                Notice("obs.undo.elsewhere", {"source": name, "scene": self._there.scenes_with(name)[0]})
            )
        elif name == self._there.program and self._there.live:
            self._leave.append(Notice("obs.undo.on_air", {"scene": name}))
        elif len(self._there.scenes) - sum(isinstance(step, RemoveScene) for step in self._steps) <= 1:
            self._leave.append(Notice("obs.undo.last_scene", {"scene": name}))
        else:
            self._steps.append(RemoveScene(name))


def _shows(made: InputMade, source: Input) -> bool:
    if source.is_text:
        return mark_of(source) == made.role
    now, then = overlay_of(source.settings.get("url")), overlay_of(made.url)
    return now is not None and then is not None and (now.kind, now.persona) == (then.kind, then.persona)


def _is_his(made: InputMade, source: Input) -> bool:
    """Whether the user has made another thing of it: another page, or another kind of source under its name."""
    if source.kind != made.kind:
        return True
    return source.is_browser and overlay_of(source.settings.get("url")) is None


def _unchanged(made: SettingsMade | MonitorMade, source: Input) -> bool:
    if isinstance(made, MonitorMade):
        return source.monitor == made.after
    return all(
        source.settings.get(key) == value or not (value or source.settings.get(key))
        for key, value in made.after.items()
    )
