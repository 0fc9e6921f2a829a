"""The way in, put together: the standard judge, the cast's names, the text store."""

from collections.abc import Callable, Collection, Sequence

from streamer.app.ingress import KNOWN_BOTS, Ingress, Texts
from streamer.cast import Persona, features
from streamer.cast.names import NAMELESS, speakable
from streamer.core.events import Features, Tombstoned
from streamer.core.verdict import Verdict
from streamer.moderation import Rules, judge, judge_name, text_out

ALIAS = NAMELESS
"""Said and shown instead of a name that cannot be."""
REMEMBERED = 10_000


def open_ingress(
    cast: Sequence[Persona],
    rules: Rules,
    texts: Texts,
    *,
    now: Callable[[], float],
    bots: Sequence[str] = (),
    first_number: int = 1,
    quoted: Callable[[Tombstoned], tuple[int, ...]] = lambda _: (),
) -> Ingress:
    """`bots`: more accounts that are never answered. `now` gives seconds of a clock that only rises. `quoted` finds the
    lines that repeat what is taken back."""

    def judged(text: str, name: str, role: str) -> Verdict:
        return judge(rules, text, name=name, role=role)

    known: dict[tuple[int, frozenset[str]], Features] = {}

    def features_of(text: str, emotes: Collection[str]) -> Features:
        """What a crowd shouts in chorus is looked at once. The memory holds no words: they can be erased."""
        key = hash(text), frozenset(emotes)
        found = known.get(key)
        if found is None:
            if len(known) >= REMEMBERED:
                known.clear()
            found = known[key] = features(text, cast, emotes)
        return found

    def masked(text: str, verdict: Verdict) -> str:
        return text_out(rules, text, verdict)

    languages = sorted({"en", *(persona.language for persona in cast)})
    fit: dict[int, bool] = {}

    def name_of(name: str) -> str:
        """Also what a voice makes of it must be fit: `xX...Xx` is spoken without its frame."""
        key = hash(name)
        if key not in fit:
            if len(fit) >= REMEMBERED:
                fit.clear()
            said = {name, *(speakable(name, language) for language in languages)} - {""}
            fit[key] = all(judge_name(rules, each).action == "allow" for each in said)
        return name if fit[key] else ALIAS

    return Ingress(
        texts=texts,
        judge=judged,
        features_of=features_of,
        now=now,
        mask=masked,
        name_of=name_of,
        bots=(*KNOWN_BOTS, *bots),
        first_number=first_number,
        quoted=quoted,
    )
