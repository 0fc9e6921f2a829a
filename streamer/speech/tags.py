"""Stage tags and markup in a stream of text: what is performed, what is said, and what is neither.

A persona may write `[joy]` or `[joy:0.6]` before the words it belongs to, and `[wave]` for a movement that plays once
and leaves the face as it is. The vocabulary is closed. Everything else
in brackets or between asterisks that reads like a stage direction (`[waves]`, `*laughs softly*`, `(sighs)`) is left
out, markdown and emoji are removed, and `<think>` blocks are swallowed. The parser works character by character, so the
result never depends on how the stream was cut into chunks; look-ahead is bounded, so an unclosed bracket neither stalls
the line nor leaks a tag into it.
"""

import re
from collections.abc import Callable
from typing import Final, Literal, TypeGuard, cast, get_args

import msgspec

Expression = Literal["neutral", "joy", "sad", "angry", "surprised", "shy", "think", "smug", "sleepy"]
Gesture = Literal["nod", "tilt", "shrug", "wave", "shake", "bow"]
EXPRESSIONS: Final[tuple[Expression, ...]] = get_args(Expression)
GESTURES: Final[tuple[Gesture, ...]] = get_args(Gesture)

BRACKET_MAX = 48
DIRECTION_MAX = 80
PAREN_MAX = 40
HTML_MAX = 24
URL_MAX = 400

_LEVEL = r"\d{1,3}(?:\.\d{0,4})?|\.\d{1,4}"
_TAG = re.compile(rf"\s*({'|'.join((*EXPRESSIONS, *GESTURES))})\s*(?:[:=]\s*({_LEVEL})\s*)?", re.IGNORECASE)
_ANY_TAG = re.compile(rf"[\[［【]{_TAG.pattern}[\]］】]", re.IGNORECASE)
_HTML = re.compile(r"/?[A-Za-z!][^<>]*")
_THINK = ("think", "thinking", "thought", "reasoning")
_CLOSES: Final = {"[": "]", "［": "］", "【": "】"}

# Third person verbs and participles open a stage direction; these words end the same way and do not.
_OTHER_WORDS = """
    yes this is was his us as its less ours yours theirs hers always perhaps besides thus plus unless across has does
    goes lots loads tons sometimes afterwards anyways whereas thanks obviously serious seriously gas bus boss class
    thing nothing something anything everything king ring string spring bring sing evening morning during being
"""
_ACTS = """
    blush blushes bow bows chuckle chuckles cough coughs cries cry gasp gasps giggle giggles grin grins groan groans
    hug hugs laugh laughs laughing nod nods pause pauses pout pouts shrug shrugs sigh sighs smile smiles smirk smirks
    sniff sniffs sobs wave waves waving whisper whispers whispering wink winks yawn yawns clap claps clears coughing
    giggling sighing smiling grinning nodding blushing winking yawning cheers gulps hums tilts rolls leans looks
    笑 泣 汗 照れ 拍手 ため息 笑い 苦笑
"""
_NOT_VERBS: Final = frozenset(_OTHER_WORDS.split())
_VERBS: Final = frozenset(_ACTS.split())

_EMOJI: Final = re.compile(
    "[\U0001f000-\U0001faff\U0001fb00-\U0001fbff\u2600-\u27bf\u2b00-\u2bff\ufe00-\ufe0f\u20e3\u200d"
    "\U000e0000-\U000e0fff\u231a-\u23ff\u25a0-\u25ff\u3030\u303d]"
)
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufffc\ufffd]"
)
_EMOJI_CUES: Final[dict[str, Expression]] = {
    **dict.fromkeys("😂🤣😄😆😊😁😀🎉🥰", "joy"),
    **dict.fromkeys("😢😭😞😔🥺", "sad"),
    **dict.fromkeys("😠😡🤬😤", "angry"),
    **dict.fromkeys("😮😲😱🤯", "surprised"),
    **dict.fromkeys("😳🙈☺", "shy"),
    **dict.fromkeys("🤔🧐", "think"),
    **dict.fromkeys("😏😎", "smug"),
    **dict.fromkeys("😴🥱💤", "sleepy"),
}  # fmt: skip
_ENDS_URL: Final = frozenset("[［【<>。、，！？")
_SPECIAL: Final = frozenset("[［【*(（<`~_|#>-+•")


class Cue(msgspec.Struct, frozen=True):
    """A face or a gesture to make when the text at code point `at` of the cleaned stream is reached; intensity 0..1, of
    a gesture 1."""

    at: int
    expression: Expression | Gesture
    intensity: float = 1.0


def is_gesture(name: Expression | Gesture) -> TypeGuard[Gesture]:
    return name in GESTURES


def is_expression(name: Expression | Gesture) -> TypeGuard[Expression]:
    return name in EXPRESSIONS


def read_tag(inside: str) -> tuple[Expression | Gesture, float] | None:
    """The expression or gesture and its intensity written between two brackets, or None when it is not a tag."""
    match = _TAG.fullmatch(inside)
    if match is None:
        return None
    name = cast("Expression | Gesture", match[1].lower())
    whole = match[2] is None or is_gesture(name)
    return name, 1.0 if whole else min(1.0, max(0.0, float(match[2])))


def is_direction(inside: str, *, strict: bool = False) -> bool:
    """Whether `*inside*` describes an act (`waves at chat`) rather than stressing a word (`really`).

    `strict` (used for parentheses, where people also write normal asides) accepts only well-known acts.
    """
    words = inside.split()
    if not words:
        return True
    first = words[0].strip(".,!~…").lower()
    if first in _VERBS:
        return len(words) <= 6
    if strict or not first.isalpha():
        return False
    if not first.isascii():
        return True
    return first not in _NOT_VERBS and first[:1] != "i" and len(first) > 3 and first.endswith(("s", "ing"))


_WORD = re.compile("[A-Za-z0-9]+")


class TagParser:
    """Feed it a stream; it gives back clean text and collects cues. One parser per line."""

    def __init__(self, *, emoji_cues: bool = True) -> None:
        self._emoji_cues = emoji_cues
        self._mode: Callable[[str], None] = self._in_text
        self._held = ""
        self._opener = ""
        self._stars = 0
        self._out: list[str] = []
        self._length = 0
        self._last = "\n"
        self._tail = ""
        self._in_url = False
        self._cues: list[Cue] = []

    def feed(self, chunk: str) -> str:
        """Clean text that is certain by now."""
        at = 0
        while at < len(chunk):
            word = _WORD.match(chunk, at) if self._mode == self._in_text and not self._in_url else None
            if word:
                self._word(word[0])
                at = word.end()
            else:
                self._mode(chunk[at])
                at += 1
        text = "".join(self._out)
        self._out.clear()
        return text

    def flush(self) -> str:
        """The rest, at the end of the stream. What was left of an unfinished tag is dropped."""
        self._finish_held()
        text = "".join(self._out)
        self._out.clear()
        return text

    def take_cues(self) -> list[Cue]:
        """Cues found since the last call; offsets count code points of all clean text so far."""
        cues, self._cues = self._cues, []
        return cues

    # --- plain text

    def _emit(self, char: str) -> None:
        self._out.append(char)
        self._length += 1
        self._last = char

    def _space(self, char: str) -> None:
        self._in_url = False
        self._tail = ""
        newline = char in "\n\r\x0b\x0c\u2028\u2029"
        if newline and self._last != "\n":
            self._emit("\n")
        elif not newline and not self._last.isspace():
            self._emit(" ")

    def _in_text(self, char: str) -> None:
        if char.isspace():
            self._space(char)
        elif self._in_url and char not in _ENDS_URL:
            self._emit(char)
        elif char in _SPECIAL:
            self._in_url = False
            self._special(char)
        elif char < "\u2000" and not ("\x7f" <= char <= "\xad") and char >= " ":
            self._plain(char)
        elif _EMOJI.match(char):
            face = _EMOJI_CUES.get(char)
            if face and self._emoji_cues:
                self._cue(face, 0.6)
        elif not _INVISIBLE.match(char):
            self._plain(char)

    def _plain(self, char: str) -> None:
        self._tail = (self._tail + char)[-4:]
        if self._tail.endswith("://") or self._tail.lower() == "www.":
            self._in_url = True
        self._emit(char)

    def _word(self, word: str) -> None:
        """`_plain` for characters of which none can end the beginning of an address."""
        self._tail = (self._tail + word)[-4:]
        self._out.append(word)
        self._length += len(word)
        self._last = word[-1]

    def _special(self, char: str) -> None:
        if char in _CLOSES:
            self._hold(char, self._in_bracket)
        elif char == "*":
            self._stars = 1
            self._mode = self._in_stars
        elif char in "(（":
            self._hold(char, self._in_paren)
        elif char == "<":
            self._hold(char, self._in_html)
        elif char == "_":
            if self._last.isalnum():
                self._space(" ")
        elif char == "|":
            self._space(" ")
        elif char in "`~" or (char in "#>•+" and self._last == "\n"):
            pass
        elif char == "-" and self._last == "\n":
            self._mode = self._after_dash
        else:
            self._plain(char)

    def _after_dash(self, char: str) -> None:
        self._mode = self._in_text
        if char.isdigit():
            self._plain("-")
        self._in_text(char)

    def _cue(self, expression: Expression | Gesture, intensity: float) -> None:
        self._cues.append(Cue(self._length, expression, intensity))

    # --- what is held back until it closes

    def _hold(self, opener: str, mode: Callable[[str], None]) -> None:
        self._opener = opener
        self._held = ""
        self._mode = mode

    def _release(self, text: str) -> None:
        """Held text turned out to be ordinary: run it again without its opener, which cannot hold it a second time."""
        self._mode = self._in_text
        for char in text:
            self._mode(char)

    def _give_up_bracket(self) -> None:
        text = self._held
        match = _TAG.match(text)
        if match and (match.end() == len(text) or match[0][-1:].isspace() or not text[match.end()].isalnum()):
            found = read_tag(match[0])
            if found:
                self._cue(*found)
            text = text[match.end() :]
        self._release(text)

    def _in_bracket(self, char: str) -> None:
        if char == _CLOSES[self._opener]:
            self._close_bracket()
        elif char in _CLOSES or char in "\n\r":
            self._give_up_bracket()
            self._mode(char)
        else:
            self._held += char
            if len(self._held) > BRACKET_MAX:
                self._give_up_bracket()

    def _close_bracket(self) -> None:
        self._mode = self._in_text
        found = read_tag(self._held)
        if found:
            self._cue(*found)
        elif self._opener == "【":
            self._release(self._held)
        else:
            self._mode = self._after_bracket

    def _after_bracket(self, char: str) -> None:
        """`[text](address)` keeps its text; any other bracket is not for the ears."""
        if char == "(":
            self._release(self._held)
            self._finish_held()
            self._hold("(", self._in_address)
        else:
            self._mode = self._in_text
            self._in_text(char)

    def _in_address(self, char: str) -> None:
        self._held += char
        if char == ")" or char.isspace() or len(self._held) > URL_MAX:
            self._mode = self._in_text
            if char.isspace():
                self._in_text(char)

    def _in_stars(self, char: str) -> None:
        if char == "*":
            self._stars += 1
        elif self._stars == 1 and not char.isspace():
            self._hold("*", self._in_direction)
            self._in_direction(char)
        else:
            self._mode = self._in_text
            self._in_text(char)

    def _in_direction(self, char: str) -> None:
        if char == "*":
            if is_direction(self._held):
                self._mode = self._in_text
                for match in _ANY_TAG.finditer(self._held):
                    found = read_tag(match[0][1:-1])
                    if found:
                        self._cue(*found)
            else:
                self._release(self._held)
        elif char in "\n\r":
            self._release(self._held)
            self._mode(char)
        else:
            self._held += char
            if len(self._held) > DIRECTION_MAX:
                self._release(self._held)

    def _in_paren(self, char: str) -> None:
        if char in ")）":
            if is_direction(self._held, strict=True):
                self._mode = self._in_text
            else:
                self._release_paren(self._held)
                self._mode(char)
        elif char in "(（\n\r[":
            self._release_paren(self._held)
            self._mode(char)
        else:
            self._held += char
            if len(self._held) > PAREN_MAX:
                self._release_paren(self._held)

    def _release_paren(self, text: str) -> None:
        self._plain(self._opener)
        self._release(text)

    def _in_html(self, char: str) -> None:
        if char == ">":
            name = self._held.strip().lower()
            self._mode = self._in_text
            if name in _THINK:
                self._hold("<", self._in_thought)
            elif not _HTML.fullmatch(self._held):
                self._release(self._held)
        else:
            self._held += char
            first = self._held[0]
            begins = first.isascii() and (first.isalpha() or first in "/!")
            if not begins or len(self._held) > HTML_MAX or char in "<\n\r":
                self._plain("<")
                self._release(self._held)

    def _in_thought(self, char: str) -> None:
        self._held = (self._held + char)[-16:]
        if char == ">" and any(self._held.lower().endswith(f"</{name}>") for name in _THINK):
            self._mode = self._in_text

    def _finish_held(self) -> None:
        """The stream ends here. Ordinary text is kept; what looks like the beginning of a tag or an act is not."""
        for _ in range(BRACKET_MAX + DIRECTION_MAX):
            mode = self._mode
            self._mode = self._in_text
            held = self._held
            if mode == self._in_bracket:
                if len(held.split()) > 3:
                    self._mode = mode
                    self._give_up_bracket()
            elif mode == self._in_direction:
                if len(held.split()) > 2 and not is_direction(held):
                    self._release(held)
            elif mode == self._in_paren:
                if held.strip() and not is_direction(held, strict=True):
                    self._release_paren(held)
            elif mode == self._in_html:
                if not held or not (held[0].isalpha() or held[0] in "/!"):
                    self._plain("<")
                    self._release(held)
            else:
                return
