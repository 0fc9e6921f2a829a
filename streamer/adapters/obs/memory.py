"""What of the user's we have moved, and where it was: in a file, so that a crash in the middle is put right.

An entry is written before the first request that moves the thing. Those of switches and words go when they are back;
those of places and volumes stay, since OBS, after a crash of its own, comes back with what it last saved: with things
where they have not been for an hour. Entries belong to the scene collection they were made in. Words of viewers never
get here: only what stood in OBS before us.
"""

import logging
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from streamer.adapters.obs.target import Away, Course, FilterOn, Lowered, Muted, Prop, Visible, Words

log = logging.getLogger(__name__)


class Held(msgspec.Struct, frozen=True):
    """`rest` is where the user has it: (x, y) for `Away`, (factor, 0) for `Lowered`. `reach` as in `Aim`. `moving`: it
    may be anywhere between; else at one of both ends."""

    rest: tuple[float, float]
    reach: tuple[float, float]
    moving: bool = False


EARLIER = 4
"""So many former resting places are known of each."""


class _Course(msgspec.Struct):
    of: Away | Lowered
    held: list[Held]
    """The newest first."""


class _Prop(msgspec.Struct):
    of: Visible | FilterOn | Words | Muted
    was: bool | str


class _Collection(msgspec.Struct):
    courses: list[_Course] = []
    props: list[_Prop] = []


class _File(msgspec.Struct):
    version: int = 1
    collections: dict[str, _Collection] = {}


class Memory:
    """Of the collection that is `enter`ed; those of others are kept for when they come back."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._others: dict[str, _Collection] = {}
        self._dirty = False
        self._complained = False
        self.collection = ""
        self.props: dict[Prop, bool | str] = {}
        self.courses: dict[Course, list[Held]] = {}
        self._load()

    def enter(self, collection: str) -> None:
        if collection == self.collection:
            return
        self._leave()
        kept = self._others.pop(collection, _Collection())
        self.collection = collection
        self.props = {each.of: each.was for each in kept.props}
        self.courses = {each.of: each.held for each in kept.courses}

    def moved(self, collection: str) -> list[Prop | Course]:
        """What has an entry in this collection."""
        if collection == self.collection:
            return [*self.props, *self.courses]
        other = self._others.get(collection, _Collection())
        return [*(each.of for each in other.props), *(each.of for each in other.courses)]

    def keep(self, prop: Prop, was: bool | str) -> None:  # noqa: FBT001 - a value
        """The first one counts: what comes later is our own doing."""
        if prop not in self.props:
            self.props[prop] = was
            self._dirty = True

    def forget(self, prop: Prop) -> None:
        self._dirty |= self.props.pop(prop, None) is not None

    def hold(self, course: Course, held: Held) -> None:
        known = self.courses.get(course, [])
        if known and known[0] == held:
            return
        others = [Held(each.rest, each.reach) for each in known if (each.rest, each.reach) != (held.rest, held.reach)]
        self.courses[course] = [held, *others[: EARLIER - 1]]
        self._dirty = True

    def let(self, course: Course) -> None:
        self._dirty |= self.courses.pop(course, None) is not None

    def renamed(self, old: str, new: str) -> None:
        """A scene, a source or an input has another name now."""
        self.props = {_renamed(key, old, new): was for key, was in self.props.items()}
        self.courses = {_renamed(key, old, new): held for key, held in self.courses.items()}
        self._dirty = True

    def flush(self) -> None:
        """Writes what has changed. A disk that does not take it costs only this protection."""
        if not self._dirty:
            return
        self._dirty = False
        here = _Collection(
            [_Course(key, held) for key, held in self.courses.items()],
            [_Prop(key, was) for key, was in self.props.items()],
        )
        kept = {**self._others, self.collection: here}
        file = _File(collections={name: each for name, each in kept.items() if each.courses or each.props})
        fresh = self._path.with_name(f"{self._path.name}.new")
        try:
            if not file.collections:
                self._path.unlink(missing_ok=True)
                return
            self._path.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_bytes(msgspec.json.format(msgspec.json.encode(file), indent=1))
            fresh.replace(self._path)
        except OSError as error:
            if not self._complained:
                log.warning("what was moved in OBS cannot be noted: %s", error.strerror or type(error).__name__)
                self._complained = True

    def _leave(self) -> None:
        if self.props or self.courses:
            self._others[self.collection] = _Collection(
                [_Course(key, held) for key, held in self.courses.items()],
                [_Prop(key, was) for key, was in self.props.items()],
            )

    def _load(self) -> None:
        try:
            self._others = msgspec.json.decode(self._path.read_bytes(), type=_File).collections
        except FileNotFoundError:
            return
        except (OSError, msgspec.MsgspecError) as error:
            log.warning("what was moved in OBS before cannot be read: %s", type(error).__name__)


def _renamed(key: Any, old: str, new: str) -> Any:
    """A filter's own name is not a source's."""
    names = {each: getattr(key, each) for each in key.__struct_fields__ if each != "filter"}
    return replace(key, **{each: new for each, name in names.items() if name == old})
