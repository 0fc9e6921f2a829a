"""The five questions of `cast new`, asked one after the other; Enter takes what stands in brackets."""

import re
from collections.abc import Callable, Sequence

import msgspec

from streamer.app.casting.newcomer import Wishes, completed, words_of
from streamer.app.casting.voices import LANGUAGES, WORDS, choices, voice_of
from streamer.app.looks import PICTURES, looks, nearest
from streamer.cast import Persona
from streamer.cast.cardtext import guess_language
from streamer.cast.fit import NAME_MAX, SENTENCES_MAX

Say = Callable[[str], None]
_LANGUAGE = re.compile(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
_NAMES = {
    "english": "en", "japanese": "ja", "日本語": "ja", "german": "de", "deutsch": "de", "french": "fr",
    "français": "fr",
    "spanish": "es", "español": "es", "portuguese": "pt", "português": "pt", "italian": "it", "italiano": "it",
    "korean": "ko", "한국어": "ko", "chinese": "zh", "中文": "zh", "russian": "ru", "русский": "ru", "polish": "pl",
    "polski": "pl", "dutch": "nl", "nederlands": "nl",
}  # fmt: skip


class BadAnswer(Exception):
    """An answer that cannot be taken; the message says why and what could be."""


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """As typed, or given as options; None was not answered, and empty means "as you like"."""

    sentences: str | None = None
    language: str | None = None
    voice: str | None = None
    look: str | None = None
    colour: str | None = None


def take_name(text: str) -> str:
    """A character's name. Raises `BadAnswer`."""
    name = " ".join(text.split())
    if not name or len(name) > NAME_MAX or not name.isprintable():
        raise BadAnswer(f"A name has 1 to {NAME_MAX} letters.")
    return name


def take_sentences(wishes: Wishes, text: str) -> Wishes:
    if len(text) > SENTENCES_MAX:
        raise BadAnswer(f"That is too long: at most {SENTENCES_MAX} letters, and three sentences are best.")
    return msgspec.structs.replace(wishes, sentences=" ".join(text.split()))


def take_language(wishes: Wishes, text: str) -> Wishes:
    code = _NAMES.get(text.strip().casefold(), text.strip()) or _likely_language(wishes)
    if _LANGUAGE.match(code):
        return msgspec.structs.replace(wishes, language=code)
    raise BadAnswer(f"Languages are written as codes: {', '.join(LANGUAGES)}, ...")


def _likely_language(wishes: Wishes) -> str:
    """By the script and the little words of what was answered so far."""
    return guess_language(f"{wishes.name}\n{wishes.sentences}")


def take_voice(wishes: Wishes, text: str) -> Wishes:
    voice = voice_of(text, wishes.language) if text.strip() else None
    if text.strip() and voice is None:
        most = len(choices(wishes.language))
        raise BadAnswer(f"There is no such voice: a number from 1 to {most}, or a name such as en-GB-SoniaNeural.")
    return msgspec.structs.replace(wishes, voice=voice)


def take_look(wishes: Wishes, text: str) -> Wishes:
    themes = (*looks().themes, PICTURES)
    word = text.strip().casefold()
    if word.isdecimal() and word.isascii() and 1 <= int(word[:6]) <= len(themes):
        word = themes[int(word[:6]) - 1]
    if word and word not in themes:
        close = nearest(word, themes)
        hint = f" Did you mean {close}?" if close else ""
        raise BadAnswer(
            f"There is no such look: a number from 1 to {len(themes)}, or one of {', '.join(themes)}.{hint}"
        )
    return msgspec.structs.replace(wishes, look={"theme": word} if word else {})


def take_colour(wishes: Wishes, text: str) -> Wishes:
    found = re.fullmatch(r"#?([0-9a-fA-F]{6}|[0-9a-fA-F]{3})", text.strip())
    if text.strip() and not found:
        raise BadAnswer("Colours are written as #rrggbb, such as #ffb86b.")
    digits = found[1].lower() if found else ""
    colour = digits if len(digits) != 3 else "".join(each * 2 for each in digits)
    return msgspec.structs.replace(wishes, colour=f"#{colour}" if colour else "")


_TAKE: tuple[tuple[str, Callable[[Wishes, str], Wishes]], ...] = (
    ("sentences", take_sentences), ("language", take_language), ("voice", take_voice), ("look", take_look),
    ("colour", take_colour),
)  # fmt: skip


def answered(
    name: str, given: Answers, others: Sequence[Persona], *, ask: Callable[[str], str] | None, say: Say
) -> Wishes:
    """Complete wishes from the answers given and from those asked for.

    `ask` shows its text and returns a line; EOFError means that nobody is there, and the rest is as we like. None asks
    nothing. Raises `BadAnswer` for a given answer that cannot be taken; one typed is asked for again.
    """
    wishes = Wishes(name=take_name(name))
    for key, take in _TAKE:
        text: str | None = getattr(given, key)
        if text is not None:
            wishes = take(wishes, text)
            continue
        try:
            wishes = take(wishes, "") if ask is None else _asked(key, take, wishes, others, ask=ask, say=say)
        except EOFError:
            say("")
            ask, wishes = None, take(wishes, "")
    return completed(wishes, others)


def _asked(
    key: str, take: Callable[[Wishes, str], Wishes], wishes: Wishes, others: Sequence[Persona], *,
    ask: Callable[[str], str], say: Say,
) -> Wishes:  # fmt: skip
    say("\n" + _question(key, wishes, others))
    while True:
        try:
            return take(wishes, ask("> "))
        except BadAnswer as wrong:
            say(str(wrong))


def _question(key: str, wishes: Wishes, others: Sequence[Persona]) -> str:
    likely = completed(wishes, others)
    match key:
        case "sentences":
            return f"1/5  What is {wishes.name} like? Up to three sentences. [a friendly AI co-host]"
        case "language":
            usual = _likely_language(wishes)
            return f"2/5  Which language does {wishes.name} speak? ({', '.join(LANGUAGES)}, ...) [{usual}]"
        case "voice":
            several = choices(wishes.language)
            mine = next((n for n, each in enumerate(several, 1) if likely.voice and each.ids == likely.voice.ids), 1)
            rows = [f"       {n}  {each.name}: {WORDS[each.like]}" if each.name.casefold() != each.like
                    else f"       {n}  {WORDS[each.like]}" for n, each in enumerate(several, 1)]  # fmt: skip
            return "\n".join((f"3/5  Which voice? A number, or a name you know. [{mine}]", *rows))
        case "look":
            themes = tuple(looks().themes)
            mine = themes.index(str(likely.look["theme"])) + 1 if likely.look["theme"] in themes else 1
            worn = [f"       {n}  {theme}: {words_of(theme)}" for n, theme in enumerate(themes, 1)]
            own = f"       {len(themes) + 1}  {PICTURES}: your own, as a PNGTuber"
            return "\n".join((f"4/5  Which look? [{mine}]", *worn, own))
        case _:
            return f"5/5  Which colour have the name and the captions? [{likely.colour}]"
