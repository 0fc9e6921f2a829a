"""What a picture of a character shows, by its file's name: `joy_talk`, `mouth_open`, `eyes-closed`, `怒り`. Pure.

The spellings are those of the programs people come from (veadotube, PNGTuber Plus, Discord reactive images) and of
plain English and Japanese. Words nobody knows (the character's name, numbers) are passed over.
"""

import re
import unicodedata
from typing import Literal

import msgspec

Part = Literal["idle", "talk", "blink", "talk_blink"]
PARTS: tuple[Part, ...] = ("idle", "talk", "blink", "talk_blink")
_WORDS: dict[str, tuple[str, ...]] = {
    "joy": ("joy", "joyful", "happy", "happiness", "smile", "smiling", "laugh", "laughing", "glad", "excited", "grin"),
    "sad": ("sad", "sadness", "cry", "crying", "tears", "unhappy", "upset"),
    "angry": ("angry", "anger", "mad", "rage", "annoyed", "furious"),
    "surprised": ("surprised", "surprise", "shock", "shocked", "scared", "wow"),
    "shy": ("shy", "blush", "blushing", "embarrassed", "flustered"),
    "think": ("think", "thinking", "thoughtful", "hmm", "ponder", "pondering", "confused"),
    "smug": ("smug", "smirk", "smirking", "sly", "proud"),
    "sleepy": ("sleepy", "sleep", "sleeping", "tired", "asleep", "yawn"),
}
EXPRESSIONS = ("neutral", *_WORDS)
_EXPRESSION = {word: name for name, words in _WORDS.items() for word in words}
_TALK = frozenset(("talk", "talking", "speak", "speaking", "speech", "say", "voice", "active", "loud"))
_BLINK = frozenset(("blink", "blinking", "wink", "winking"))
_REST = frozenset(
    ("idle", "neutral", "normal", "default", "base", "main", "rest", "resting", "silent", "quiet", "silence",
     "standing", "stand", "listen", "listening", "inactive")
)  # fmt: skip
_OPEN, _SHUT = frozenset(("open", "opened")), frozenset(("closed", "close", "shut"))
_ORGAN = {"mouth": "mouth", "lips": "mouth", "eye": "eyes", "eyes": "eyes"}
_SPLIT = re.compile("(mouth|eyes?|open|closed?|shut|talk(?:ing)?|blink(?:ing)?)")
_KANJI: tuple[tuple[str, str], ...] = (
    ("口開", "mouth open"), ("口あ", "mouth open"), ("開口", "mouth open"), ("口閉", "mouth closed"),
    ("目閉", "eyes closed"), ("閉目", "eyes closed"), ("目開", "eyes open"), ("まばたき", "blink"), ("瞬き", "blink"),
    ("会話", "talk"), ("喋", "talk"), ("しゃべ", "talk"), ("話", "talk"), ("待機", "idle"), ("通常", "idle"),
    ("普通", "idle"), ("基本", "idle"), ("笑", "joy"), ("喜", "joy"), ("嬉", "joy"), ("楽", "joy"), ("悲", "sad"),
    ("泣", "sad"), ("哀", "sad"), ("怒", "angry"), ("驚", "surprised"), ("びっくり", "surprised"), ("照", "shy"),
    ("恥", "shy"), ("考", "think"), ("悩", "think"), ("ドヤ", "smug"), ("どや", "smug"), ("眠", "sleepy"),
    ("寝", "sleepy"),
)  # fmt: skip


class Shows(msgspec.Struct, frozen=True, order=True):
    """An expression, and mouth and eyes: `idle` (mouth shut, eyes open), `talk`, `blink` or both."""

    expression: str
    part: Part

    @property
    def name(self) -> str:
        """The file name (without its ending) by which this is always understood."""
        if self.expression == "neutral":
            return self.part
        return self.expression if self.part == "idle" else f"{self.expression}_{self.part}"


def shows(name: str) -> Shows | None:
    """What the picture of a file name shows; None when no word of the name is known. The ending does not matter."""
    words = _words(name)
    expression, talk, blink, known = "", False, False, False
    for at, word in enumerate(words):
        if word in _OPEN or word in _SHUT:
            organ = _organ(words, at)
            known = True
            talk = talk or (word in _OPEN and organ != "eyes")
            blink = blink or (word in _SHUT and organ == "eyes")
        elif word in _EXPRESSION:
            expression = expression or _EXPRESSION[word]
        else:
            talk, blink = talk or word in _TALK, blink or word in _BLINK
            known = known or word in _REST
    if not (expression or talk or blink or known):
        return None
    part: Part = "talk_blink" if talk and blink else "talk" if talk else "blink" if blink else "idle"
    return Shows(expression or "neutral", part)


def _words(name: str) -> list[str]:
    text = unicodedata.normalize("NFKC", name[:200]).rpartition("/")[2].rpartition("\\")[2]
    text = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", text)
    for kanji, word in _KANJI:
        text = text.replace(kanji, f" {word} ")
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    words: list[str] = []
    for word in re.findall(r"[a-z]+", text.casefold()):
        whole = word in _EXPRESSION or word in _REST or word in _TALK or word in _BLINK or word in _SHUT
        words += [word] if whole else [each for each in _SPLIT.split(word) if each]
    return words


def _organ(words: list[str], at: int) -> str:
    """What is open or closed. People write it either way round: `mouth_open_eyes_closed`, `open_mouth_closed_eyes`."""
    first = next((word for word in words if word in _ORGAN or word in _OPEN or word in _SHUT), "")
    for place in (at - 1, at + 1) if first in _ORGAN else (at + 1, at - 1):
        if 0 <= place < len(words) and words[place] in _ORGAN:
            return _ORGAN[words[place]]
    return ""
