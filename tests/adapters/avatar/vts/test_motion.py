"""The face as a value that moves with time."""

import itertools
import random
from collections.abc import Sequence
from typing import Any

import pytest

from streamer.adapters.avatar.vts import faces
from streamer.adapters.avatar.vts.messages import Injected
from streamer.adapters.avatar.vts.motion import Flinch, Layer, Motion
from streamer.adapters.avatar.vts.settings import VtsAvatar
from streamer.ports import Moment
from streamer.speech.tags import EXPRESSIONS
from tests.adapters.stage.contract import a_stage

DT = 1 / 30


class Face:
    """A motion and its clock. What an expression has no file for, the tables show."""

    def __init__(self, **settings: Any) -> None:
        self.part = VtsAvatar.model_validate(settings)
        self.motion = Motion("mika", self.part, lambda name, _intensity: faces.FACES.get(name))
        self.now = 0.0
        self.alive = True

    def run(self, seconds: float, moment: Moment = Moment(), stage: Any = None) -> dict[str, tuple[float, float]]:  # noqa: B008
        frame: Sequence[Injected] = ()
        for _ in range(max(1, round(seconds / DT))):
            self.now += DT
            frame = self.motion.frame(self.now, DT, moment, stage or a_stage(), alive=self.alive)
        return {name: (value, weight) for name, value, weight in frame}


def says(**changes: Any) -> Moment:
    return Moment(**{"line": 1, "persona": "mika", "open": 0.8, "shape": "aa", **changes})


def test_the_mouth_is_what_is_heard():
    frame = Face(gaze=0).run(0.5, says())
    assert frame["MouthOpen"] == (0.8, 1.0)
    assert frame["VoiceA"][0] == pytest.approx(0.8, abs=0.01)
    assert frame["VoiceO"][0] == pytest.approx(0, abs=0.01)
    assert frame["ShowrunnerMouth"][0] == 0.8
    assert frame["ShowrunnerTalking"][0] == 1


def test_the_mouth_has_no_delay():
    face = Face(gaze=0)
    face.run(0.5, says(open=0.1))
    assert face.run(DT, says(open=0.9))["MouthOpen"] == (0.9, 1.0)


def test_vowels_wide_and_round():
    face = Face(gaze=0)
    wide = face.run(0.5, says(shape="ee"))
    shut = face.run(0.5, says(shape="ou"))
    assert wide["MouthSmile"][0] > 0.7
    assert shut["MouthSmile"][0] < 0.3
    assert shut["VoiceU"][0] == pytest.approx(0.8, abs=0.01)
    assert shut["VoiceE"][0] == pytest.approx(0, abs=0.01)


def test_somebody_elses_line_leaves_the_mouth_alone():
    frame = Face(gaze=0).run(0.5, says(persona="ren"))
    assert "MouthOpen" not in frame
    assert frame["ShowrunnerTalking"][0] == 0


def test_taking_over_and_handing_back_are_ramps():
    """No weight jumps by more than what 60 ms of the ramp allow."""
    face = Face(gaze=0)
    weights = [face.run(DT).get("MouthOpen", (0, 0))[1]]
    for moment in (says(), Moment()):
        weights += [face.run(DT, moment).get("MouthOpen", (0, 0))[1] for _ in range(15)]
    steps = [abs(b - a) for a, b in itertools.pairwise(weights)]
    assert max(weights) == 1
    assert weights[-1] == 0
    assert max(steps) < 0.5


def test_the_floor_without_sound_prepares_the_mouth():
    frame = Face(gaze=0).run(0.5, Moment(), a_stage(speaker="mika"))
    assert frame["MouthOpen"] == (0.0, 1.0)


def test_intensity_is_the_weight_of_an_expression():
    face = Face(gaze=0)
    half = face.run(1, says(expression="joy", intensity=0.5, open=0))
    full = face.run(1, says(expression="joy", intensity=1.0, open=0))
    assert half["EyeOpenLeft"] == (0.8, pytest.approx(0.5))
    assert full["EyeOpenLeft"] == (0.8, 1.0)
    assert half["ShowrunnerValence"][0] == pytest.approx(0.45, abs=0.02)
    assert full["ShowrunnerValence"][0] == pytest.approx(0.9, abs=0.02)


def test_one_expression_fades_into_the_next():
    face = Face(gaze=0)
    face.run(1, says(expression="angry"))
    between = face.run(3 * DT, says(expression="surprised"))
    after = face.run(1, says(expression="surprised"))
    assert 0 < between["FaceAngry"][1] < 1
    assert "FaceAngry" not in after
    assert after["Brows"][0] == 1.0


def test_every_expression_of_the_cast_has_a_mood_and_a_face():
    assert set(faces.MOODS) == set(EXPRESSIONS)
    assert set(faces.FACES) == set(EXPRESSIONS) - {"neutral"}


def test_two_look_at_each_other():
    looks = {}
    for me, other in (("mika", "ren"), ("ren", "mika")):
        face = Face()
        face.motion._persona = me
        looks[me] = face.run(2, stage=a_stage(listening_to={me: other}))["EyeLeftX"][0]
    assert looks["mika"] * looks["ren"] < 0


def test_where_the_others_stand_can_be_said():
    left = Face(left="ren", right="host")
    assert left.run(2, stage=a_stage(listening_to={"mika": "ren"}))["FaceAngleX"][0] < -3
    assert left.run(2, stage=a_stage(listening_to={"mika": "host"}))["FaceAngleX"][0] > 3
    assert abs(left.run(2, stage=a_stage(listening_to={"mika": "viewer"}))["FaceAngleX"][0]) < 0.2


def test_no_gaze_leaves_eyes_and_head_to_the_tracker():
    assert not set(Face(gaze=0).run(1, says())) & set(faces.GAZE)


def test_a_flinch_goes_and_is_gone():
    face = Face()
    rest = face.run(2)["FaceAngleX"][0]
    face.motion.flinch(Flinch(face.now, side=1))
    hit = [face.run(DT) for _ in range(6)]
    assert min(frame["FaceAngleX"][0] for frame in hit) < rest - 5
    assert any("EyeOpenLeft" in frame for frame in hit)
    after = face.run(2)
    assert after["FaceAngleX"][0] == pytest.approx(rest, abs=0.5)
    assert "EyeOpenLeft" not in after


def test_letting_go_ends_with_nothing_held():
    face = Face()
    face.run(1, says(expression="joy"))
    face.alive = False
    frame = face.run(0.3, says(expression="joy"))
    assert all(weight == 0 for _, weight in frame.values())


def test_values_and_weights_stay_inside():
    chance = random.Random(4)
    face = Face()
    for _ in range(300):
        persona = chance.choice(["mika", "ren", ""])
        moment = says(
            line=1 if persona else 0, persona=persona, open=chance.random(), shape=chance.choice(list(faces.SMILES)),
            expression=chance.choice(EXPRESSIONS), intensity=chance.random(),
        )  # fmt: skip
        if chance.random() < 0.1:
            face.motion.flinch(Flinch(face.now, chance.choice([-1, 0, 1]), chance.random()))
        whom = chance.choice(["chat", "host", "ren", "viewer"])
        for name, (value, weight) in face.run(0.1, moment, a_stage(listening_to={"mika": whom})).items():
            assert 0 <= weight <= 1
            assert abs(value) <= (30 if name.startswith("FaceAngle") else 1), name


def test_layers_mix_by_their_weights():
    layer = Layer()
    layer.cover(1.0, 0.5)
    assert (layer.value, layer.weight) == (1.0, 0.5)
    layer.cover(0.0, 1.0)
    assert (layer.value, layer.weight) == (0.0, 1.0)
    layer.cover(1.0, 0.25)
    assert (layer.value, layer.weight) == (0.25, 1.0)
