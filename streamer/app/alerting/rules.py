"""The settings of alerts as the rules of the core, and the names under which the core knows them."""

import hashlib
from collections.abc import Collection, Mapping

from streamer.app.alerting.settings import AlertPart, Alerts, CountedPart, MoneyPart, RewardPart, folded
from streamer.app.yamlfile import Problem
from streamer.core.events import ChatKind
from streamer.core.settings import AlertRule
from streamer.ports import Reward

KINDS: Mapping[str, tuple[ChatKind, ...]] = {
    "raid": ("raid",), "sub": ("member_new",), "resub": ("resub", "milestone"), "gift": ("gift_batch",),
    "bits": ("cheer",), "superchat": ("superchat",), "sticker": ("sticker",), "follow": ("follow",),
    "redemption": ("redemption",),
}  # fmt: skip
"""What people call a kind -> what the core calls it."""
NAMES: Mapping[str, str] = {kind: name for name, kinds in KINDS.items() for kind in kinds}
MICROS = 1_000_000


def part_of(alerts: Alerts, kind: str) -> AlertPart | None:
    """The part of the settings for a kind of the core; None for what is no alert."""
    return getattr(alerts, NAMES[kind]) if kind in NAMES else None


def core_rules(alerts: Alerts) -> dict[str, AlertRule]:
    """By kind of the core, and by `reward_key` for the rewards."""
    rules = {
        kind: _rule(getattr(alerts, name), alerts.speak_after_s) for name, kinds in KINDS.items() for kind in kinds
    }
    return rules | {reward_key(reward): _reward_rule(reward, alerts.speak_after_s) for reward in alerts.rewards}


def reward_key(reward: RewardPart) -> str:
    """The name of a reward's rule. It holds no words: it is written into the journal."""
    return f"reward:{hashlib.blake2b(folded(reward.reward).encode(), digest_size=6).hexdigest()}"


def find_reward(alerts: Alerts, redeemed: Reward | None) -> RewardPart | None:
    """The rule for a reward that was redeemed: by its id, else by its title."""
    if redeemed is None or not alerts.rewards:
        return None
    by_name = {folded(each.reward): each for each in alerts.rewards}
    return by_name.get(folded(redeemed.id)) or by_name.get(folded(redeemed.title))


def strangers(alerts: Alerts, known: Collection[str]) -> list[Problem]:
    """Alerts for characters that nobody knows."""
    named = [(f"alerts.{name}.persona", getattr(alerts, name).persona) for name in KINDS]
    named += [(f"alerts.rewards.{at}.persona", reward.persona) for at, reward in enumerate(alerts.rewards)]
    return [
        Problem("config/streamer.yaml", 0, where, f"there is no character called {persona}")
        for where, persona in named
        if persona and persona not in known
    ]


def _rule(part: AlertPart, speak_after_s: float) -> AlertRule:
    return AlertRule(
        on=part.on,
        least=part.least if isinstance(part, CountedPart) else 0,
        least_micros=(
            {name: round(units * MICROS) for name, units in part.least.items()} if isinstance(part, MoneyPart) else {}
        ),
        cooldown_ms=_ms(part.cooldown_s),
        user_cooldown_ms=_ms(part.user_cooldown_s),
        speak_after_ms=_ms(speak_after_s if part.speak_after_s is None else part.speak_after_s),
        persona=part.persona,
        scene=part.scene,
        exact=part.say == "exact",
        held=part.held == "thank",
    )


def _reward_rule(reward: RewardPart, speak_after_s: float) -> AlertRule:
    return AlertRule(
        on=not reward.ignore,
        cooldown_ms=_ms(reward.cooldown_s),
        user_cooldown_ms=_ms(reward.user_cooldown_s),
        speak_after_ms=_ms(speak_after_s if reward.speak_after_s is None else reward.speak_after_s),
        persona=reward.persona,
        scene=reward.scene,
        exact=reward.exact is not None,
    )


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
