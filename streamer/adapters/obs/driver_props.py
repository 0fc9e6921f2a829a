"""What the driver drives beside the scene on air: what of it is ours now, what the user's, and what comes next.

Pure but for the memory's file; every call is told the time in seconds. What the user changes in OBS stays as he has it
until the show wants something else of that same thing.
"""

from collections import deque
from collections.abc import Mapping

import msgspec

from streamer.adapters.obs.diff import Change, changes, setting
from streamer.adapters.obs.memory import Held, Memory
from streamer.adapters.obs.motion import Motions
from streamer.adapters.obs.target import Aim, Away, Course, Lowered, Muted, Prop, Target
from streamer.adapters.obs.world import Heard, World

ECHO_S = 2.0
RETRY_S = 5.0
NOTHING = Target({}, {})


class Sent(msgspec.Struct, frozen=True):
    at_s: float
    value: object


class Props:
    """Of one scene map. `world` is replaced when OBS is read again."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self.motions = Motions()
        self.world = World()
        self._target = NOTHING
        self._left: dict[Prop, bool | str] = {}
        """By hand: what the show wanted of it then."""
        self._sent: dict[Prop, deque[Sent]] = {}
        self._released: dict[Prop, bool | str] = {}
        """Given back in this run: as the user had it."""
        self._refused: dict[Prop | Course, float] = {}
        """Not asked for again before this time."""

    # --------------------------------------------------------------------------------------------------------- reading
    def enter(self, world: World, now_s: float, *, restarted: bool = False) -> None:
        """OBS was read. `restarted`: it has crashed or was closed since, and came back with what it last saved."""
        if world.collection != self.world.collection:
            self.motions, self._left, self._released = Motions(), {}, {}
        self.world = world
        self._refused.clear()
        self.memory.enter(world.collection)
        if restarted:
            for prop, was in self._released.items():
                self.memory.keep(prop, was)
        self.aim(self._target, now_s, found=True, restarted=restarted)

    def aim(self, target: Target, now_s: float, *, found: bool = False, restarted: bool = False) -> None:
        """The show wants this now. `found`: OBS was read, what is on its way may be elsewhere."""
        self._target = target
        for prop, wanted in list(self._left.items()):
            if (want := target.props.get(prop)) is None or want.value != wanted:
                del self._left[prop]
        aims = self._aims()
        glides = self.motions.glides
        for key in [key for key in glides if key not in aims or self.world.value(key) is None]:
            del glides[key]
        for key, aim in aims.items():
            actual = self.world.value(key)
            if actual is None:
                continue
            if found or key not in glides:
                self.motions.found(key, actual, aim, self.memory.courses.get(key, ()), restarted=restarted)
                self._note(key)
            self.motions.aim(key, aim, now_s)

    def _aims(self) -> Mapping[Course, Aim]:
        """Also of what the map names no longer and is not back yet."""
        strays = self.memory.courses.keys() - self._target.courses.keys()
        back = {key: Aim(0.0, 0, self.memory.courses[key][0].reach, "not in the scene map any more") for key in strays}
        return {**self._target.courses, **back}

    def forget_missing(self) -> None:
        """What OBS does not have any more cannot be given back."""
        for prop in [prop for prop in self.memory.props if self.world.value(prop) is None]:
            self.memory.forget(prop)
        for key in [key for key in self.memory.courses if self.world.value(key) is None]:
            self.memory.let(key)
        self.memory.flush()

    def renamed(self, old: str, new: str) -> None:
        """What had been moved goes by another name now, which the map does not have: it is given back."""
        self.memory.renamed(old, new)
        for key in [key for key in self.motions.glides if old in _names(key)]:
            del self.motions.glides[key]

    # ------------------------------------------------------------------------------------------------------ properties
    def next(self, now_s: float) -> Change | None:
        """The next request that makes a property as it should be."""
        skip = {*self._left, *(key for key, until in self._refused.items() if until > now_s)}
        for change in changes(self.world, self._target.props, skip):
            return change
        for prop, was in self.memory.props.items():
            if prop not in self._target.props and prop not in skip and self.world.value(prop) is not None:
                return setting(self.world, prop, was, "as it was before")
        return None

    def sending(self, change: Change, now_s: float) -> None:
        """Before the request: what is to be moved is noted first."""
        prop = change.key
        assert prop is not None  # noqa: S101 - `next` gives none without
        if isinstance(prop, Away | Lowered):
            self._note(prop, moving=True)
        else:
            was = self.world.value(prop)
            if prop in self._target.props and isinstance(was, bool | str):
                self.memory.keep(prop, was)
            self.expect(prop, change.value, now_s)
        self.memory.flush()

    def expect(self, prop: Prop, value: object, now_s: float) -> None:
        """An event that says so is an echo of ours."""
        sent = self._sent.setdefault(prop, deque())
        while sent and sent[0].at_s < now_s - ECHO_S:
            sent.popleft()
        sent.append(Sent(now_s, value))

    def done(self, change: Change) -> None:
        """OBS has carried it out."""
        key = change.key
        assert key is not None  # noqa: S101 - `next` gives none without
        self.world.put(key, change.value)
        if isinstance(key, Away | Lowered):
            self._note(key)
        elif key not in self._target.props:
            if isinstance(change.value, bool | str):
                self._released[key] = change.value
            self.memory.forget(key)
        self.memory.flush()

    def refused(self, change: Change, now_s: float) -> None:
        """OBS does not do it; it is asked again later, or when it was read anew."""
        key = change.key
        assert key is not None  # noqa: S101 - `next` gives none without
        self._refused[key] = now_s + RETRY_S
        if isinstance(key, Away | Lowered) and (glide := self.motions.glides.get(key)) is not None:
            glide.moving = False

    def next_s(self) -> float | None:
        return min(self._refused.values(), default=None)

    def lapse(self, now_s: float) -> bool:
        """Whether something that was refused is to be tried again: read first."""
        if any(until <= now_s for until in self._refused.values()):
            self._refused.clear()
            return True
        return False

    def _note(self, key: Course, *, moving: bool = False) -> None:
        """What the map names no longer is forgotten once it is back."""
        glide = self.motions.glides.get(key)
        if glide is None or (key not in self._target.courses and glide.amount == 0 and not (moving or glide.moving)):
            self.memory.let(key)
        else:
            self.memory.hold(key, Held(glide.held.rest, glide.held.reach, moving or glide.moving))

    # ---------------------------------------------------------------------------------------------------------- events
    def heard(self, news: Heard, now_s: float) -> bool:
        """Something of ours is so now. True: by the user's hand."""
        key = news.key
        if isinstance(key, Away | Lowered):
            self.world.put(key, news.value)
            if self.motions.heard(key, news.value, now_s) == "echo":
                return False
            self._note(key)
            self.memory.flush()
            return True
        before = self.world.value(key)
        self.world.put(key, news.value)
        sent = self._sent.get(key, deque())
        if any(each.value == news.value and each.at_s >= now_s - ECHO_S for each in sent):
            while sent.popleft().value != news.value:
                pass
            return False
        if news.value == before:
            return False
        if (want := self._target.props.get(key)) is not None and want.value != news.value:
            self._left[key] = want.value
        self._released.pop(key, None)
        if isinstance(key, Muted):
            self.memory.forget(key)
            self.memory.flush()
        return True

    # --------------------------------------------------------------------------------------------------------- the end
    def back(self, now_s: float) -> list[Change]:
        """The requests that put everything back as the user had it, sounds first."""
        courses = sorted(self.motions.glides, key=lambda key: isinstance(key, Away))
        out = [self.motions.back(key, self.world, now_s, "the show ends") for key in courses]
        props = [
            setting(self.world, prop, was, "the show ends")
            for prop, was in self.memory.props.items()
            if prop not in self._left and self.world.value(prop) not in (None, was)
        ]
        return [*(change for change in out if change is not None), *props]

    def gave_back(self, change: Change) -> None:
        key = change.key
        if isinstance(key, Away | Lowered):
            self.world.put(key, change.value)
            self._note(key)
        elif key is not None:
            self.memory.forget(key)

    def over(self) -> None:
        """Everything of this collection that is as it was needs no entry any more."""
        for prop, was in list(self.memory.props.items()):
            if prop in self._left or self.world.value(prop) == was:
                self.memory.forget(prop)
        self.memory.flush()


def _names(key: Course) -> tuple[str, ...]:
    return (key.scene, key.source) if isinstance(key, Away) else (key.input,)
