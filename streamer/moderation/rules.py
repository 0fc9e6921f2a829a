"""Compiled rules: which listed term a word, a phrase or a scattered row of letters comes down to.

A word is looked at through several views: as folded, with look-alike letters of other scripts read as Latin, with
digits and signs read as letters, with everything but letters taken out, and backwards. Stretched letters match
(`baaad`), shortened ones do not. What has been seen and found harmless is remembered, so ordinary chat costs one set
comparison.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache

import msgspec

from streamer.core.verdict import Verdict
from streamer.moderation.fold import LEET, LEET_L, fold, latin, squeeze
from streamer.moderation.lists import ListAction, Lists, Reach, Term, load_standard, parse_term, word_set

_MEMORY = 20_000
_PIECE = re.compile(r"[^\s.,;:?/\\()\[\]{}<>\"'`~^&=%-]+")
_STARS = re.compile(r"[a-z]+[*#][a-z*#]*[a-z]|[a-z]{2,}[*#]+[a-z]+")
_CONTRACTION = re.compile(r"[a-z]['’](?:re|s|ll|ve|d|t|m)\W*$")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_KATAKANA = re.compile("[\u30a1-\u30ff]")
_SPECIAL = re.compile(
    r"[^\W_]\.[a-z]|://|@[\w-]+\.|\d{3}|(.)\1{5}|^(?:dot|punkt|discord|https?|www|system:?|assistant:?"
    r"|developer:?|human:?|user:?)$"
    r"|^(?:ignor|disregard|forget|override|bypass|prompt|instruc|jailbr|anweis|instrucc|vergiss|olvida"
    r"|oublie|reveal|simulat"
    r"|straße|strasse|street|avenue|road|\[inst|<\||###|</?system)|[無忘指命シプ]"
)
_LETTERS = re.compile(r"[\W\d_]+")
_SEVERITY = {"drop": 3, "hold": 2, "replace": 1}
_ORDINARY = word_set(
    "a i u r o w l f y k x an am as at be by do go he hi if in is it me my no of oh ok on or so to up us we "
    "ya yo the and for you she her his him our out all any are but can did get got had has how its let lol "
    "may new not now off old one own put ran sad sat saw say see set six sun ten too top try two use war was "
    "way who why win won yes yet big fun ask bad day end eye far few fit fix hot job lot low mad man men run "
    "sit ad al am de el en er es et il je la le lo un und der die das ich que los las une les your take want "
    "over with this that them then have what when wear lol lmao omg wtf see good bad bot hit ore ape car bat "
    "pin pen pic hat kit sit app con pop top"
)
_COMMON = _ORDINARY | {squeeze(each)[0] for each in _ORDINARY}
_CUT = frozenset({"slur", "profanity", "channel"})


class Hit(msgspec.Struct, frozen=True):
    """A listed term found at `[start, end)` of the text that was looked at."""

    category: str
    action: ListAction
    start: int
    end: int


class _Entry(msgspec.Struct, frozen=True):
    key: str
    runs: tuple[int, ...]
    reach: Reach
    category: str
    action: ListAction


def _letters(text: str) -> str:
    return text if text.isalpha() else _LETTERS.sub("", text)


@lru_cache(maxsize=8_192)
def _read(token: str) -> str:
    """The letters of a token, look-alikes and leet read as such."""
    return _letters(latin(token).translate(LEET))


@lru_cache(maxsize=8_192)
def _phrase_key(token: str) -> str:
    """The word as phrases compare it."""
    if token.isalpha() and token.isascii():
        return squeeze(token)[0]
    plain = latin(token).rstrip("!?.,;:")
    return squeeze(_letters(plain.translate(LEET) if any(map(str.isalpha, plain)) else "") or token)[0]


def _plurals(letters: str) -> tuple[str, ...]:
    if letters.endswith("s"):
        return ()
    return ("es", "z") if letters.endswith(("x", "z", "ch", "sh")) else ("s", "z")


def _covers(runs: tuple[int, ...], at: int, entry: _Entry) -> bool:
    return all(have >= want for have, want in zip(runs[at:], entry.runs, strict=False))


class Rules:
    """Lists, compiled once. A value to its users: it only remembers what it has already worked out."""

    def __init__(self, lists: Lists, *, channel: Iterable[str] = ()) -> None:
        self._lists = lists
        terms = [*lists.terms, *(parse_term(fold(each).strip(), "channel", "drop") for each in channel if each.strip())]
        self._whole: dict[str, list[_Entry]] = {}
        self._starts: list[_Entry] = []
        self._inside: list[_Entry] = []
        self._cjk: list[tuple[str, Term]] = []
        self._raw: dict[str, Term] = {}
        self._phrases: dict[str, list[tuple[int, tuple[str, ...], Term]]] = {}
        self._allowed = frozenset(fold(each) for each in lists.allowed)
        self._allowed_letters = tuple(squeeze(_letters(each)) for each in sorted(self._allowed) if " " not in each)
        self._allowed_phrases = tuple(each for each in sorted(self._allowed) if " " in each or _CJK.search(each))
        self._edges: set[str] = set()
        for term in terms:
            self._compile(term)
        self.names: dict[int, Verdict] = {}
        """What was found about display names, by hash: the names themselves can be erased."""
        self._clean: set[str] = set()
        self._known: dict[str, tuple[Hit, ...]] = {}
        self._channels: dict[tuple[str, ...], Rules] = {}

    @classmethod
    def standard(cls, extra_terms: Iterable[str] = (), allowed: Iterable[str] = ()) -> "Rules":
        """The preset `standard`: the shipped lists, more terms of the channel's own, and words it lets pass."""
        lists = load_standard()
        return cls(Lists(lists.terms, (*lists.allowed, *allowed)), channel=extra_terms)

    def with_terms(self, terms: Iterable[str]) -> "Rules":
        """These rules and some more terms; compiled once for each set of terms (the last eight sets are kept)."""
        key = tuple(sorted({each for each in terms if each.strip()}))
        if not key:
            return self
        if key not in self._channels:
            if len(self._channels) >= 8:
                self._channels.clear()
            self._channels[key] = Rules(self._lists, channel=key)
        return self._channels[key]

    # -- compiling

    def _compile(self, term: Term) -> None:
        words = tuple(fold(word) for word in term.words)
        joined = "".join(words)
        if _CJK.search(joined):
            self._cjk.append((joined, term))
            return
        if len(words) > 1:
            keys = tuple(word if word.isdigit() else squeeze(_letters(word) or word)[0] for word in words)
            # Indexed by the word least likely to turn up by itself, so that "what" and "you" stay ordinary words.
            pivot = max(range(len(keys)), key=lambda index: (keys[index] not in _COMMON, len(keys[index]), index))
            self._phrases.setdefault(keys[pivot], []).append((pivot, keys, term))
            return
        letters = _letters(latin(joined).translate(LEET) if not joined.isalpha() else joined)
        if not any(char.isalpha() for char in joined) or len(letters) < 2:
            self._raw[joined] = term
            return
        self._note_edges(letters, term.category)
        forms = [letters]
        if term.reach == "word":
            forms += [letters + suffix for suffix in _plurals(letters)]
        for form in {*forms, *(latin(each) for each in forms)}:
            key, runs = squeeze(form)
            entry = _Entry(key, runs, term.reach, term.category, term.action)
            if term.reach == "inside":
                self._inside.append(entry)
            elif term.reach == "start":
                self._starts.append(entry)
            else:
                self._whole.setdefault(key, []).append(entry)

    @cached_property
    def _short_starts(self) -> dict[str, list[_Entry]]:
        table: dict[str, list[_Entry]] = {}
        for entry in self._starts:
            table.setdefault(entry.key[:2], []).append(entry)
        return table

    def _note_edges(self, letters: str, category: str) -> None:
        """Short beginnings and ends: a message that holds one may hold a word cut in two."""
        if category in _CUT and 4 <= len(letters) <= 8:
            self._edges.update(squeeze(each)[0] for size in (2, 3) for each in (letters[:size], letters[-size:]))

    # -- one word

    def lookup(self, letters: str, *, glued: bool = False) -> _Entry | None:
        """The gravest listed term these letters come down to; `glued`: whole words count inside longer ones."""
        if letters in self._allowed:
            return None
        key, runs = squeeze(letters)
        found = [entry for entry in self._whole.get(key, ()) if _covers(runs, 0, entry)]
        found += [
            entry for entry in self._short_starts.get(key[:2], ())
            if key.startswith(entry.key) and _covers(runs, 0, entry) and not self._excused(key, runs, 0, len(entry.key))
        ]  # fmt: skip
        inner = self._inside if not glued else (*self._inside, *self._long)
        for entry in inner:
            at = key.find(entry.key)
            while at >= 0:
                if _covers(runs, at, entry) and not self._excused(key, runs, at, at + len(entry.key)):
                    found.append(entry)
                    break
                at = key.find(entry.key, at + 1)
        return max(found, key=lambda entry: _SEVERITY[entry.action], default=None)

    @cached_property
    def _long(self) -> tuple[_Entry, ...]:
        """Words to be dropped that are long enough to be looked for inside a name."""
        words = (*self._starts, *(each for some in self._whole.values() for each in some))
        return tuple(each for each in words if each.action == "drop" and sum(each.runs) >= 6)

    def _excused(self, key: str, runs: tuple[int, ...], start: int, end: int) -> bool:
        """Whether an ordinary word covers this place. It excuses its own spelling, not a stretched one."""
        for word, lengths in self._allowed_letters:
            at = key.find(word)
            while at >= 0:
                if at <= start and at + len(word) >= end and runs[at : at + len(word)] == lengths:
                    return True
                at = key.find(word, at + 1)
        return False

    def _views(self, piece: str) -> Iterator[str]:
        plain = latin(piece)
        yield _letters(plain)
        bare = plain.rstrip("!|+*@$").lstrip("@+*|#!")
        for each in {plain.lstrip("@#"), bare}:
            if each.isalpha() or not any(char.isalpha() or char in "@$" for char in each):
                continue
            yield _letters(each.translate(LEET))
            if "1" in each or "!" in each or "|" in each:
                yield _letters(each.translate(LEET_L))

    def token_hits(self, token: str) -> tuple[Hit, ...]:
        """Hits inside one folded token (no white space), by place in the token."""
        known = self._known.get(token)
        if known is None:
            if len(self._known) >= _MEMORY:
                self._known.clear()
            known = self._known[token] = tuple(self._token_hits(token))
        return known

    def _token_hits(self, token: str) -> Iterator[Hit]:
        yield from self._cjk_hits(token)
        if (bare := token.strip(".,;:!?()\"'")) in self._raw:
            term = self._raw[bare]
            yield Hit(term.category, term.action, token.find(bare), token.find(bare) + len(bare))
        if token in self._allowed:
            return
        found = False
        for match in _PIECE.finditer(token):
            piece = match[0]
            if piece in self._allowed or piece.isdigit():
                continue
            entries = [
                entry for view in dict.fromkeys(self._views(piece)) if len(view) > 1 and (entry := self.lookup(view))
            ]
            if not entries and ("*" in piece or "#" in piece):
                entries = list(self._starred(piece))
            if entries:
                worst = max(entries, key=lambda entry: _SEVERITY[entry.action])
                start, end = match.start(), match.end()
                kept = piece.rstrip("!?*|+")
                yield Hit(worst.category, worst.action, start, start + len(kept) if kept else end)
                found = True
        if not found and (entry := self._joined(token)):
            yield Hit(entry.category, entry.action, 0, len(token))

    def _joined(self, token: str) -> _Entry | None:
        """The token as one word (`b.a.d`), and backwards."""
        if _CONTRACTION.search(token):
            return None
        plain = latin(token)
        for view in (_letters(plain), _letters(plain.translate(LEET))):
            if len(view) < 3 or view in self._allowed:
                continue
            if view != token and (entry := self._exact(view)):
                return entry
            back = self._exact(view[::-1]) if len(view) >= 6 else None
            if back and back.category in {"slur", "channel"}:
                return back
        return None

    def _exact(self, letters: str) -> _Entry | None:
        key, runs = squeeze(letters)
        return next((entry for entry in self._by_key.get(key, ()) if _covers(runs, 0, entry)), None)

    @cached_property
    def _by_key(self) -> dict[str, list[_Entry]]:
        table: dict[str, list[_Entry]] = {}
        for entry in (*(each for some in self._whole.values() for each in some), *self._starts, *self._inside):
            table.setdefault(entry.key, []).append(entry)
        return table

    def _starred(self, piece: str) -> Iterator[_Entry]:
        """`sh*t`: stars stand for one letter each, when at least half of the word can be read."""
        if not (match := _STARS.search(piece)) or len(match[0]) > 16:
            return
        word = match[0]
        if sum(char.isalpha() for char in word) * 2 < len(word) or len(word) < 4:
            return
        pattern = re.compile(re.sub(r"[*#]", "[a-z]", word))
        for entry in (*self._starts, *self._inside, *(each for some in self._whole.values() for each in some)):
            spelled = "".join(char * run for char, run in zip(entry.key, entry.runs, strict=True))
            if pattern.fullmatch(spelled):
                yield entry

    def _cjk_hits(self, token: str) -> Iterator[Hit]:
        if token.isascii():
            return
        for word, term in self._cjk:
            at = token.find(word)
            if at < 0 or any(word in each and each in token for each in self._allowed_phrases):
                continue
            end = at + len(word)
            beside = token[at - 1 : at] + token[end : end + 1]
            if _KATAKANA.fullmatch(word[0]) and _KATAKANA.search(beside):
                continue
            yield Hit(term.category, term.action, at, end)

    # -- several words

    def plain(self, text: str) -> bool:
        """Whether every word of the text is known to be harmless and nothing else in it asks for a closer look."""
        lowered = text.lower() if text.isascii() else fold(text)
        return self._clean.issuperset(lowered.split()) and not _SCATTERED.search(lowered)

    def remember(self, tokens: Iterable[str]) -> None:
        """Note the words that need no second look by themselves."""
        for token in tokens:
            if token in self._clean or self.token_hits(token) or len(token) > 24 or _SPECIAL.search(token):
                continue
            key = _phrase_key(token)
            if key in self._phrases or (len(key) > 1 and key in self._edges and key not in _COMMON):
                continue
            if len(self._clean) >= _MEMORY:
                self._clean.clear()
            self._clean.add(token)

    def phrase_hits(self, tokens: list[tuple[str, int, int]], folded: str) -> Iterator[Hit]:
        """Listed phrases, letters standing alone (`b a d`) and words cut in two (`ba d`)."""
        keys = [_phrase_key(token) for token, _, _ in tokens]
        for index, key in enumerate(keys):
            for pivot, words, term in self._phrases.get(key, ()):
                first, last = index - pivot, index - pivot + len(words)
                if first >= 0 and tuple(keys[first:last]) == words:
                    yield Hit(term.category, term.action, tokens[first][1], tokens[last - 1][2])
        yield from self._scattered(tokens)
        yield from self._cut(tokens, folded)

    def _scattered(self, tokens: list[tuple[str, int, int]]) -> Iterator[Hit]:
        row: list[tuple[str, int, int]] = []
        for token, start, end in tokens:
            letter = _read(token)
            if len(letter) == 1 and len(token) <= 3:
                row.append((letter, start, end))
            elif letter:
                yield from self._row_hits(row[:40])
                row = []
        yield from self._row_hits(row[:40])

    def _row_hits(self, row: list[tuple[str, int, int]]) -> Iterator[Hit]:
        letters = "".join(letter for letter, _, _ in row)
        for start in range(len(letters) - 2):
            for end in range(min(len(letters), start + 16), start + 2, -1):
                if entry := self._exact(letters[start:end]):
                    yield Hit(entry.category, entry.action, row[start][1], row[end - 1][2])
                    return

    def _cut(self, tokens: list[tuple[str, int, int]], folded: str) -> Iterator[Hit]:
        for index, (first, start, _) in enumerate(tokens[:-1]):
            second, _, end = tokens[index + 1]
            one, other = _read(first), _read(second)
            if not (1 <= len(one) <= 4 and 1 <= len(other) <= 4 <= len(one) + len(other)):
                continue
            if (len(one) > 3 or one in _COMMON) and (len(other) > 3 or other in _COMMON):
                continue
            entry = self._exact(one + other)
            if entry and entry.category in _CUT and not self.excused(folded, start, end):
                yield Hit(entry.category, entry.action, start, end)

    def excused(self, folded: str, start: int, end: int) -> bool:
        """Whether an allowed phrase (`chink in the armour`) covers this place of the folded text."""
        for phrase in self._allowed_phrases:
            at = folded.find(phrase)
            while at >= 0:
                if at <= start and end <= at + len(phrase):
                    return True
                at = folded.find(phrase, at + 1)
        return False


_SCATTERED = re.compile(r"(?<!\S)\S\s+\S\s+\S(?!\S)")
