"""From what is heard and wanted to parameters and weights at a moment: the face as a value that moves with time.

Every parameter has a value and a weight. The weight says how much of it is ours and how much the tracker's: it grows
and shrinks over some tenths of a second, so that neither taking over nor handing back is a jump.
"""

import math
import zlib
from collections.abc import Callable, Mapping, Sequence

import msgspec

from streamer.adapters.avatar.vts import faces
from streamer.adapters.avatar.vts.messages import Injected
from streamer.adapters.avatar.vts.settings import VtsAvatar
from streamer.core.stage import Stage
from streamer.ports import Moment

MOUTH_IN_S = 0.08
MOUTH_OUT_S = 0.25
FACE_S = 0.2
GAZE_S = 0.25
VOWEL_S = 0.03
FLINCH_S = 0.7
TINY = 0.001


class Flinch(msgspec.Struct, frozen=True):
    """A start at being hit: `side` -1 from the left, 1 from the right, 0 from the front; `size` 0..1."""

    at: float
    side: float = 0.0
    size: float = 1.0


class Layer(msgspec.Struct):
    """One parameter while a frame is put together: later layers cover earlier ones by their weight."""

    value: float = 0.0
    weight: float = 0.0

    def cover(self, value: float, weight: float) -> None:
        if weight < TINY:  # also keeps the division away from nothing
            return
        whole = 1 - (1 - self.weight) * (1 - weight)
        self.value = (self.value * self.weight * (1 - weight) + value * weight) / whole
        self.weight = whole


class Motion:
    """The face of one persona. `frame` is called at every tick with the time since the last one; it keeps no clock.

    `params_of(expression, intensity)`: parameters the settings give an expression, or None when a file or a hotkey
    shows it and the face is left alone.
    """

    def __init__(
        self, persona: str, part: VtsAvatar, params_of: Callable[[str, float], Mapping[str, float] | None]
    ) -> None:
        self._persona = persona
        self._part = part
        self._params_of = params_of
        self._mouth = 0.0
        self._talking = 0.0
        self._vowels = dict.fromkeys(faces.VOWELS, 0.0)
        self._smile = 0.5
        self._faces: dict[str, float] = {}
        self._mood = faces.MOODS["neutral"]
        self._look = (0.0, 0.0)
        self._alive = 0.0
        self._flinch: Flinch | None = None

    def flinch(self, flinch: Flinch) -> None:
        self._flinch = flinch

    def frame(self, now: float, dt: float, moment: Moment, stage: Stage | None, *, alive: bool) -> Sequence[Injected]:
        """Parameters with a weight above 0, and those that reached 0 in this frame. `alive` false lets go of all."""
        layers: dict[str, Layer] = {}
        mine = alive and moment.line != 0 and moment.persona == self._persona
        floor = alive and stage is not None and stage.speaker == self._persona
        self._alive = _towards(self._alive, 1.0 if alive else 0.0, dt / GAZE_S)
        self._put_gaze(layers, dt, moment if mine else Moment(), stage, now)
        self._put_faces(layers, dt, moment if mine else Moment())
        self._put_mouth(layers, dt, moment if mine else Moment(), mine=mine, floor=mine or floor)
        self._put_flinch(layers, now)
        self._put_own(layers, dt, moment if mine else Moment(), mine=mine)
        return [(name, layer.value, layer.weight) for name, layer in layers.items()]

    # ------------------------------------------------------------------------------------------------------- layers
    def _put_mouth(self, layers: dict[str, Layer], dt: float, moment: Moment, *, mine: bool, floor: bool) -> None:
        before = self._mouth
        self._mouth = _towards(before, 1.0 if floor else 0.0, dt / (MOUTH_IN_S if floor else MOUTH_OUT_S))
        part, weight = self._part.mouth, self._mouth
        if weight <= 0 and before <= 0:
            return
        level = moment.open if mine else 0.0
        if part.open:
            layers.setdefault(part.open, Layer()).cover(level, weight)
        wide = faces.SMILES[moment.shape] if mine else 0.5
        self._smile += (wide - self._smile) * _share(dt, VOWEL_S)
        if part.smile:
            # Lips follow the vowel as far as the mouth is open; between the vowels the expression keeps them.
            layers.setdefault(part.smile, Layer()).cover(self._smile, weight * min(1.0, 0.3 + level) * 0.7)
        if part.vowels:
            shown = faces.SHAPES.get(moment.shape, "") if mine else ""
            for name in faces.VOWELS:
                to = level if name == shown else 0.0
                self._vowels[name] += (to - self._vowels[name]) * _share(dt, VOWEL_S)
                layers.setdefault(name, Layer()).cover(self._vowels[name], weight)

    def _put_faces(self, layers: dict[str, Layer], dt: float, moment: Moment) -> None:
        """Each expression has a strength of its own, so that one fades out while the next fades in."""
        wanted = moment.expression if moment.line else "neutral"
        if wanted != "neutral":
            self._faces.setdefault(wanted, 0.0)
        for name in list(self._faces):
            to = moment.intensity if name == wanted else 0.0
            strength = self._faces[name] = _towards(self._faces[name], to, dt / FACE_S)
            params = self._params_of(name, moment.intensity if name == wanted else 1.0)
            for param, value in (params or {}).items():
                layers.setdefault(param, Layer()).cover(value, strength)
            if strength < TINY:
                del self._faces[name]

    def _put_gaze(self, layers: dict[str, Layer], dt: float, moment: Moment, stage: Stage | None, now: float) -> None:
        reach = self._part.gaze
        if reach <= 0:
            return
        to = self._direction(stage)
        share = _share(dt, GAZE_S)
        x = self._look[0] + (to[0] - self._look[0]) * share
        y = self._look[1] + (to[1] - self._look[1]) * share
        self._look = x, y
        sway = 2.5 * self._talking * math.sin(now * 2.1)
        nod = -3.0 * moment.open * self._talking
        values = {
            "EyeLeftX": x * reach,
            "EyeRightX": x * reach,
            "EyeLeftY": y * reach,
            "EyeRightY": y * reach,
            "FaceAngleX": x * reach * faces.HEAD_X,
            "FaceAngleY": y * reach * faces.HEAD_Y + nod * reach,
            "FaceAngleZ": sway * reach,
        }
        for name, value in values.items():
            layers.setdefault(name, Layer()).cover(value, self._alive)

    def _put_flinch(self, layers: dict[str, Layer], now: float) -> None:
        flinch = self._flinch
        if flinch is None:
            return
        age = now - flinch.at
        if age < 0 or age > FLINCH_S:
            self._flinch = None if age > FLINCH_S else flinch
            return
        # A push that swings back and dies away; the eyes shut for its first part.
        swing = flinch.size * math.exp(-5 * age) * math.cos(14 * age)
        weight = min(1.0, age / 0.03, (FLINCH_S - age) / 0.2)
        for name, push in (("FaceAngleX", -18 * flinch.side), ("FaceAngleY", -10.0), ("FaceAngleZ", -12 * flinch.side)):
            layer = layers.setdefault(name, Layer())
            layer.cover(layer.value + push * swing, weight)
        shut = flinch.size * max(0.0, 1 - age / 0.3)
        for name in faces.EYES:
            layers.setdefault(name, Layer()).cover(0.0, shut)

    def _put_own(self, layers: dict[str, Layer], dt: float, moment: Moment, *, mine: bool) -> None:
        self._talking = _towards(self._talking, 1.0 if mine else 0.0, dt / 0.15)
        if not self._part.own_parameters:
            return
        rest = faces.MOODS["neutral"]
        mood = faces.MOODS.get(moment.expression, rest) if mine else rest
        share, much = _share(dt, FACE_S), moment.intensity if mine else 0.0
        to = tuple(low + (high - low) * much for low, high in zip(rest, mood, strict=True))
        self._mood = (
            self._mood[0] + (to[0] - self._mood[0]) * share,
            self._mood[1] + (to[1] - self._mood[1]) * share,
        )
        values = (moment.open if mine else 0.0, self._talking, *self._mood)
        for name, value in zip(faces.OWN, values, strict=True):
            layers[name] = Layer(value, self._alive)

    def _direction(self, stage: Stage | None) -> tuple[float, float]:
        """Where to look, -1..1 across and up: the camera is 0, 0."""
        whom = stage.listening_to.get(self._persona, "viewer") if stage is not None else "viewer"
        if whom == "viewer":
            return 0.0, 0.0
        if whom in (self._part.left, self._part.right):
            return (-0.8 if whom == self._part.left else 0.8), 0.0
        if whom == "chat":
            return 0.3, -0.25
        if whom == "host":
            return 0.0, 0.15
        # Nobody said where the other one stands: by their names, so that two look at each other.
        return (0.6 if _rank(whom) > _rank(self._persona) else -0.6), 0.0


def _rank(name: str) -> tuple[int, str]:
    return zlib.crc32(name.encode()), name


def _towards(value: float, to: float, step: float) -> float:
    return min(to, value + step) if to > value else max(to, value - step)


def _share(dt: float, time_s: float) -> float:
    """How much of the way an exponential goes in `dt`."""
    return 1 - math.exp(-dt / time_s)
