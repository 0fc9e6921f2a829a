"""The scene on air: what is wanted, what was asked for, and whose doing a change was. Pure; names are those of OBS.

OBS carries a cut out when CurrentProgramSceneChanged comes, not when it answers: a transition lies between. A cut asked
for during a transition replaces it, and the event of the replaced one may be missing; events keep the order of asking.
A change that nobody here asked for was made by hand, and is the user's until the show says otherwise.
"""

from typing import Literal

import msgspec

from streamer.core.stage import Stage

Whose = Literal["ours", "hand", "detour", "same"]
ANSWER_S = 2.0
GRACE_S = 1.0
"""Beyond the transition and two frames, before a missing event means that the program is stuck."""
DOUBT_S = 2.0
"""So long the show may take to answer a scene taken by hand."""
TRIES = 2


class Ask(msgspec.Struct):
    scene: str
    due_s: float


class Hand(msgspec.Struct, frozen=True):
    scene: str
    at_s: float


class Cuts:
    """One queue of scene changes: the last wish wins."""

    def __init__(self) -> None:
        self.program = ""
        """On air, as the last event said; empty: not known."""
        self.stage: Stage | None = None
        self._name = ""
        self._asks: list[Ask] = []
        self._hands: list[Hand] = []
        self._answered = True
        """A stage has come since the last hand."""
        self._goal = ""
        """In hand: the scene that was taken at the panel, until it is on."""
        self._over = ""
        """The user's scene that a cut of ours, in flight at that moment, may yet cover."""
        self._detour = ""
        self._stuck: dict[str, int] = {}

    # ----------------------------------------------------------------------------------------------------- the show
    def want(self, stage: Stage, name: str, now_s: float) -> None:
        """`name` is the OBS scene of `stage.scene`."""
        before, before_name = self.stage, self._name
        self.stage, self._name = stage, name
        self._answered = True
        if before is None or name != before_name:
            self._stuck.clear()
        if stage.why == "emergency":
            if before is None or before.why != "emergency":
                self._hands.clear()
            return
        if not stage.hand:
            self._goal = ""
            return
        if any(hand.scene == name for hand in self._hands):
            while self._hands.pop(0).scene != name:
                pass
        elif before is not None and (name != before_name or not before.hand or before.why == "emergency"):
            self._goal = name
        del now_s

    def next(self, now_s: float) -> str:
        """The scene to ask for now; empty: none."""
        wanted = self.wanted(now_s)
        if not wanted or wanted == self.heading or self._stuck.get(wanted, 0) > TRIES:
            return ""
        return wanted

    def wanted(self, now_s: float) -> str:
        """The scene that should be on, as far as it is ours to say; empty: whatever is on."""
        if self._detour:
            return self._detour
        if self.stage is None:
            return ""
        if self.stage.why == "emergency" and not self._hands:
            return self._name
        if self._waiting(now_s):
            return self._goal
        return self._goal if self.stage.hand else self._name

    def _waiting(self, now_s: float) -> bool:
        """For the show to say what follows from the user's hand. The wait ends, should it have said it already."""
        if self._hands and self._answered and now_s - self._hands[-1].at_s > DOUBT_S:
            self._hands.clear()
        return bool(self._hands)

    @property
    def heading(self) -> str:
        """What is on, or will be when all that was asked for is done."""
        return self._asks[-1].scene if self._asks else self.program

    @property
    def under_way(self) -> bool:
        """A cut of ours was asked for, and has not come."""
        return bool(self._asks)

    @property
    def yields(self) -> bool:
        """What is to be cut to is the show's idea, and may wait: no wish of the user's, and no way out."""
        stage = self.stage
        return not self._detour and stage is not None and not stage.hand and stage.why != "emergency"

    @property
    def held(self) -> bool:
        """The scenes are the user's, as far as is known here."""
        return bool(self._hands) or (self.stage is not None and self.stage.hand)

    # ------------------------------------------------------------------------------------------------------- the device
    def found(self, program: str, now_s: float, *, same_run: bool) -> Whose:
        """At connect. `same_run`: OBS has run on since we lost it; another scene than we left is then the user's."""
        ours = {self.program, *(ask.scene for ask in self._asks)}
        known = bool(self.program)
        self._asks.clear()
        self._detour = ""
        self._stuck.clear()
        if known and same_run and program not in ours and program != self.wanted(now_s):
            return self._taken(program, now_s)
        self.program = program
        if self._goal == program:
            self._goal = ""
        return "ours"

    def asked(self, scene: str, now_s: float, lasts_s: float) -> Ask:
        """A cut is being asked for. `lasts_s`: its transition and two frames. Its event may come before the answer."""
        ask = Ask(scene, now_s + ANSWER_S + lasts_s + GRACE_S)
        self._asks.append(ask)
        return ask

    def answered(self, ask: Ask, now_s: float, lasts_s: float) -> None:
        """OBS has taken it: the transition runs from now on."""
        ask.due_s = now_s + lasts_s + GRACE_S

    def refused(self, ask: Ask) -> None:
        """OBS does not take it."""
        self._asks = [each for each in self._asks if each is not ask]
        self._detour = "" if self._detour == ask.scene else self._detour
        self._goal = "" if self._goal == ask.scene else self._goal

    def changed(self, scene: str, now_s: float) -> Whose:
        """CurrentProgramSceneChanged."""
        at = next((at for at, ask in enumerate(self._asks) if ask.scene == scene), None)
        if at is None:
            if scene == self.program:
                return "same"
            if scene == self.wanted(now_s):
                self.program = scene
                return "ours"
            return self._taken(scene, now_s)
        del self._asks[: at + 1]
        self.program = scene
        self._stuck.pop(scene, None)
        if self._goal == scene:
            self._goal = ""
        if not self._asks:
            if self._over and self._over != scene and self._hands_off(scene):
                self._goal = self._over  # his hand came first: back to what he took
            self._over = ""
        if self._detour == scene:
            self._detour = ""
            return "detour"
        return "ours"

    def _hands_off(self, scene: str) -> bool:
        return not (self.stage is not None and self.stage.why == "emergency" and scene == self._name)

    def _taken(self, scene: str, now_s: float) -> Whose:
        self.program = scene
        self._goal = self._detour = ""
        self._hands.append(Hand(scene, now_s))
        self._answered = False
        self._over = scene if self._asks else ""
        return "hand"

    def renamed(self, old: str, new: str) -> None:
        self.program = new if self.program == old else self.program
        for ask in self._asks:
            ask.scene = new if ask.scene == old else ask.scene

    # ---------------------------------------------------------------------------------------------------------- stuck
    def late(self, now_s: float) -> str:
        """The scene whose event is missing beyond its time; empty: none."""
        if not self._asks or self._asks[-1].due_s > now_s:
            return ""
        if self._asks[-1].scene == self.program:  # there and back within a transition: no event is due
            self._asks.clear()
            return ""
        return self._asks[-1].scene

    def longer(self, scene: str, by_s: float) -> None:
        """The transition into this scene takes longer than was thought."""
        if self._asks and self._asks[-1].scene == scene:
            self._asks[-1].due_s += by_s

    def elsewhere(self, scene: str, now_s: float) -> Whose:
        """OBS says that another scene is on than the one that is late: its event was missed."""
        self._asks.clear()
        self._detour = self._over = ""
        return "same" if scene == self.program else self._taken(scene, now_s)

    def stuck(self, through: str) -> bool:
        """The output stands still: go through another scene. False: it has been tried often enough."""
        scene = self.heading
        self._asks.clear()
        self._stuck[scene] = self._stuck.get(scene, 0) + 1
        if scene == self._detour:
            self._detour = ""
            return False
        if self._stuck[scene] > TRIES:
            return False
        self._detour = through
        return True

    @property
    def given_up(self) -> bool:
        return any(times > TRIES for times in self._stuck.values())

    def next_s(self) -> float | None:
        """When there is something to look at without an event."""
        times = [self._asks[-1].due_s] if self._asks else []
        times += [self._hands[-1].at_s + DOUBT_S + 0.01] if self._hands and self._answered else []
        return min(times, default=None)
