"""What a face looks like in tracking parameters: tables for mouth, expressions and mood. Values only.

Parameters are VTube Studio's own inputs (its InputParameterList): MouthOpen, MouthSmile, Brows, eyes and VoiceA..O go
from 0 to 1, EyeLeftX and its like from -1 to 1, angles are degrees up to 30. A model may map them as it likes; what it
does not have is left out when they are sent.
"""

from typing import Final

from streamer.ports import Viseme

OWN: Final = {
    "ShowrunnerMouth": (0.0, 1.0, 0.0, "How far the mouth is open while she speaks: 0 to 1."),
    "ShowrunnerTalking": (0.0, 1.0, 0.0, "1 while a line of hers is heard."),
    "ShowrunnerValence": (-1.0, 1.0, 0.0, "Mood: -1 bad, 1 good."),
    "ShowrunnerArousal": (0.0, 1.0, 0.0, "Mood: 0 sleepy, 1 excited."),
}
"""Our own parameters, for riggers: name -> (least, most, default, explanation)."""

VOWELS: Final = ("VoiceA", "VoiceI", "VoiceU", "VoiceE", "VoiceO")
SHAPES: Final[dict[Viseme, str]] = {"aa": "VoiceA", "ih": "VoiceI", "ou": "VoiceU", "ee": "VoiceE", "oh": "VoiceO"}
SMILES: Final[dict[Viseme, float]] = {"aa": 0.5, "ih": 0.65, "ou": 0.2, "ee": 0.8, "oh": 0.3, "mbp": 0.5, "sil": 0.5}
"""How wide the lips are at a viseme; 0.5 is at rest."""

MOODS: Final[dict[str, tuple[float, float]]] = {
    "neutral": (0.0, 0.35),
    "joy": (0.9, 0.7),
    "sad": (-0.8, 0.2),
    "angry": (-0.8, 0.9),
    "surprised": (0.2, 0.95),
    "shy": (0.3, 0.45),
    "think": (0.0, 0.3),
    "smug": (0.6, 0.5),
    "sleepy": (0.0, 0.05),
}
"""Expression -> (valence, arousal)."""

EYES: Final = ("EyeOpenLeft", "EyeOpenRight")
BROWS: Final = ("Brows", "BrowLeftY", "BrowRightY")


def _both(eyes: float | None = None, brows: float | None = None, **others: float) -> dict[str, float]:
    out = dict(others)
    if eyes is not None:
        out |= dict.fromkeys(EYES, eyes)
    if brows is not None:
        out |= dict.fromkeys(BROWS, brows)
    return out


FACES: Final[dict[str, dict[str, float]]] = {
    "joy": _both(eyes=0.8, brows=0.7, MouthSmile=1.0),
    "sad": _both(eyes=0.7, brows=0.15, MouthSmile=0.1, FaceAngleY=-8.0),
    "angry": _both(eyes=0.85, brows=0.0, MouthSmile=0.1, FaceAngry=1.0),
    "surprised": _both(eyes=1.0, brows=1.0),
    "shy": _both(eyes=0.65, brows=0.6, MouthSmile=0.65, FaceAngleY=-6.0, FaceAngleZ=-4.0),
    "think": _both(brows=0.65, FaceAngleZ=7.0, EyeLeftY=0.5, EyeRightY=0.5),
    "smug": _both(eyes=0.6, brows=0.6, MouthSmile=0.9, FaceAngleZ=-5.0),
    "sleepy": _both(eyes=0.3, brows=0.4, FaceAngleY=-7.0),
}
"""Where the settings give an expression no file and no hotkey: the face at full intensity."""

GAZE: Final = ("EyeLeftX", "EyeRightX", "EyeLeftY", "EyeRightY", "FaceAngleX", "FaceAngleY", "FaceAngleZ")
HEAD_X: Final = 14.0
HEAD_Y: Final = 8.0
"""Degrees the head turns when somebody looks fully aside, or up."""
