"""Whether a line touches words that were taken back, and whether it repeats them aloud."""

from collections.abc import Sequence

from streamer.cast.names import speakable
from streamer.core.events import Scope
from streamer.speech.brief import Quote

RUN = 4
"""As many words in a row as make a quotation."""


_SCRIPTS = ("en", "ja", "ko", "ru", "el", "ar", "he", "hi", "th")
"""One language of each script in which a name may be spoken."""


def is_hit(quotes: Sequence[Quote], uids: Sequence[str], scope: Scope, key: str) -> bool:
    """Whether a tombstone covers one of these messages. `key` is a uid, a user key, or a platform (`room`)."""
    if scope == "message":
        return key in uids
    if scope == "user":
        return any(quote.user == key for quote in quotes)
    return any(uid.partition(":")[0] == key for uid in uids)


def repeats(text: str, quotes: Sequence[Quote], scope: Scope, key: str) -> bool:
    """Whether a text quotes one of the messages the tombstone covers, or names its author."""
    covered = [quote for quote in quotes if is_hit((quote,), (quote.uid,), scope, key)]
    if not covered:  # most of what is asked: every line of the show, at every deletion
        return False
    folded = _words(text)
    joined = f" {' '.join(folded)} "
    for quote in covered:
        if any(f" {name} " in joined for name in _names(quote.name)):
            return True
        theirs = _words(quote.text)
        if not theirs:
            continue
        run = min(RUN, len(theirs))
        if any(f" {' '.join(theirs[at : at + run])} " in joined for at in range(len(theirs) - run + 1)):
            return True
        if len(theirs) == 1 and len(theirs[0]) >= 6 and theirs[0] in "".join(folded):
            return True
    return False


def _names(name: str) -> set[str]:
    """The name as it is written, and as the personas may have said it."""
    said = {" ".join(_words(each)) for each in (name, *(speakable(name, language) for language in _SCRIPTS))}
    return said - {""}


def _words(text: str) -> list[str]:
    return "".join(char if char.isalnum() else " " for char in text.casefold()).split()
