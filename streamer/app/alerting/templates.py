"""A template with what is known of an alert in its places.

Names are put in as they are spoken. What a viewer wrote is data: in an order to a persona it stands between marks it
cannot imitate, in words that are spoken as they are it holds no stage tags.
"""

import re
from collections.abc import Mapping, Sequence

import msgspec

from streamer.app.alerting.defaults import CURRENCIES, EXACT, NOBODY, OWN
from streamer.cast.names import Aliases, base
from streamer.core.events import ChatKind, Money
from streamer.speech.brief import NAME_MAX, quoted

_PLACE = re.compile(r"\{([a-z]+)\}")


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What a template can say. `name` as it is shown; `text` as moderation left it, empty when it may not be used."""

    kind: ChatKind
    name: str = ""
    count: int = 0
    bits: int = 0
    amount: Money | None = None
    months: int = 0
    text: str = ""
    reward: str = ""
    tier: str = ""


def order(told: Told, written: Sequence[str], language: str, seed: int) -> str:
    """What the persona is asked to say in its own words."""
    templates = _fitting(written, told) or _fitting(OWN.get(base(language), OWN["en"])[told.kind], told, least=2)[:1]
    return _filled(_pick(templates, seed), told, language, exact=False)


def words(told: Told, written: Sequence[str], language: str, seed: int) -> str:
    """The words to be spoken; empty where nobody wrote any and there are none in the language."""
    templates = _fitting(written, told)
    if not templates:
        if base(language) not in EXACT:
            return ""
        templates = _fitting(EXACT[base(language)][told.kind], told, least=2)
    return _filled(_pick(templates, seed), told, language, exact=True)


def filled(template: str, told: Told, language: str) -> str:
    """One template as part of an order."""
    return _filled(template, told, language, exact=False)


def money(amount: Money, language: str) -> str:
    """`5 dollars`, `500円`; an unknown currency by its code."""
    units = amount.micros / 1_000_000
    number = f"{units:.0f}" if units == int(units) else f"{units:.2f}"
    name = CURRENCIES.get(base(language), CURRENCIES["en"]).get(amount.currency)
    if name is None:
        return f"{number} {amount.currency}".rstrip()
    return f"{number}{name[1]}" if base(language) == "ja" else f"{number} {name[0] if units == 1 else name[1]}"


def _known(told: Told, least: int) -> Mapping[str, bool]:
    return {
        "name": True, "count": told.count >= least, "bits": told.bits >= least, "amount": told.amount is not None,
        "months": told.months >= least, "text": bool(told.text.strip()), "reward": bool(told.reward.strip()),
        "tier": bool(told.tier),
    }  # fmt: skip


def _fitting(templates: Sequence[str], told: Told, *, least: int = 1) -> list[str]:
    """Those for which everything they name is known; numbers count from `least`."""
    known = _known(told, least)
    return [each for each in templates if all(known.get(place, False) for place in _PLACE.findall(each))]


def _pick(templates: Sequence[str], seed: int) -> str:
    return templates[seed % len(templates)] if templates else "{name}"


def _filled(template: str, told: Told, language: str, *, exact: bool) -> str:
    aliases = Aliases((told.name,), language)
    name = quoted(aliases.of(told.name), NAME_MAX) or NOBODY.get(base(language), NOBODY["en"])
    text = quoted(aliases.apply(told.text)[0])
    values = {
        "name": name,
        "count": str(told.count),
        "bits": str(told.bits),
        "amount": money(told.amount, language) if told.amount is not None else "",
        "months": str(told.months),
        "text": text if exact else f"<viewer>{text}</viewer>",
        "reward": quoted(told.reward, NAME_MAX * 2),
        "tier": _tier(told.tier),
    }
    return _PLACE.sub(lambda place: values.get(place[1], place[0]), template)


def _tier(tier: str) -> str:
    """Twitch calls its tiers 1000, 2000, 3000."""
    return tier[0] if re.fullmatch(r"[123]000", tier) else quoted(tier, NAME_MAX)
