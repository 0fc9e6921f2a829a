"""What is to be said about an alert: put into the text store under `a:<uid>`, where a ban erases it with the rest.

An alert is dressed when it comes, and again when its line is made: then it is known who speaks, in which language, and
how many gifts have become one.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence

import msgspec
from msgspec.structs import replace

from streamer.app.alerting.rules import NAMES, find_reward, part_of, reward_key
from streamer.app.alerting.settings import Alerts, RewardPart
from streamer.app.alerting.templates import Told, filled, order, words
from streamer.app.sayings import Sayings
from streamer.cast import Persona
from streamer.cast.names import base
from streamer.core.commands import Prepare
from streamer.core.events import ChatReceived
from streamer.core.policy import treatment
from streamer.ports import ChatRow, TextStore

KEPT = 500
"""Alerts whose facts are known when their lines are made."""

_TALK = {
    "en": ("{name} has redeemed a reward with channel points for this:", "Take up what was written too:"),
    "ja": ("{name}さんがチャンネルポイントで次のことを頼みました。", "書かれたことにも触れてください。"),
}


def language_of(cast: Sequence[Persona], persona: str) -> str:
    """The language of a persona; of the first on stage for an empty or unknown id."""
    found = next((each for each in cast if each.id == persona), cast[0] if cast else None)
    return found.language if found is not None else "en"


class Kept(msgspec.Struct):
    """An alert as it came; `count` is that of the thank-you when gifts have become one."""

    event: ChatReceived
    at_ms: int
    reward: str = ""
    tier: str = ""
    months: int = 0
    count: int = 0


class AlertWords:
    """`alerts` gives the settings in force, `language` that of a persona (of the first on stage for an empty id)."""

    def __init__(
        self,
        texts: TextStore,
        sayings: Sayings,
        alerts: Callable[[], Alerts],
        language: Callable[[str], str],
        now_ms: Callable[[], int] = lambda: 0,
    ) -> None:
        self._texts = texts
        self._sayings = sayings
        self._alerts = alerts
        self._language = language
        self._now_ms = now_ms
        self.kept: OrderedDict[str, Kept] = OrderedDict()

    def dress(self, event: ChatReceived, row: ChatRow) -> ChatReceived:
        """The event with its rule and the reference of what is to be said; as it was when it is no alert."""
        if event.kind not in NAMES:
            return event
        reward = find_reward(self._alerts(), row.reward) if event.kind == "redemption" else None
        event = replace(event, rule=reward_key(reward) if reward is not None else "", alert=f"a:{event.uid}")
        title = row.reward.title or (reward.reward if reward is not None else "") if row.reward is not None else ""
        months = row.user.months if row.user is not None else 0
        self._keep(Kept(event, self._now_ms(), title, row.tier, months, event.count))
        self._sayings.chat(event, reward=title)
        part = part_of(self._alerts(), event.kind)
        persona = reward.persona if reward is not None else part.persona if part is not None else ""
        self._say(self.kept[event.uid], persona, seed=0, wordless=treatment(event.verdict) != "use")
        return event

    def remember(self, event: ChatReceived, at_ms: int = 0) -> None:
        """An alert of an earlier process; what is to be said about it is in the store already."""
        if event.alert:
            self._keep(Kept(event, at_ms, count=event.count))

    def prepare(self, made: Prepare) -> None:
        """A line about an alert is about to be made: find the words for who speaks it."""
        kept = self.kept.get(made.prompt.removeprefix("a:")) if made.prompt.startswith("a:") else None
        if kept is None:
            return
        if made.count and made.count != kept.count:
            kept.count = made.count
            self._sayings.chat(replace(kept.event, count=made.count), reward=kept.reward)
        if self._texts.get(made.prompt) is not None:  # else it was taken back
            self._say(kept, made.persona, seed=made.seed, wordless=made.wordless)

    def _keep(self, kept: Kept) -> None:
        self.kept[kept.event.uid] = kept
        if len(self.kept) > KEPT:
            self.kept.popitem(last=False)

    def _say(self, kept: Kept, persona: str, *, seed: int, wordless: bool) -> None:
        event = kept.event
        text = "" if wordless else self._texts.get(event.text) or "" if event.text else ""
        told = Told(
            kind=event.kind,
            name=(self._texts.get(event.name) or "") if event.name else "",
            count=max(kept.count, 1) if event.kind == "gift_batch" else kept.count,
            bits=event.bits,
            amount=event.amount,
            months=max(kept.months, event.count) if event.kind in ("resub", "milestone") else kept.months,
            text=text,
            reward=kept.reward,
            tier=kept.tier,
        )
        self._texts.put(event.alert, self._words(event, told, self._language(persona), seed), owner=event.user)

    def _words(self, event: ChatReceived, told: Told, language: str, seed: int) -> str:
        alerts = self._alerts()
        reward = next((each for each in alerts.rewards if reward_key(each) == event.rule), None) if event.rule else None
        if reward is not None:
            return _reward_words(reward, told, language, seed)
        part = part_of(alerts, event.kind)
        written = part.written if part is not None else ()
        if part is not None and part.say == "exact":
            return words(told, written, language, seed)
        return order(told, written, language, seed)


def _reward_words(reward: RewardPart, told: Told, language: str, seed: int) -> str:
    if reward.exact is not None:
        return words(told, (reward.exact,), language, seed)
    if reward.topic is None:
        return order(told, (), language, seed)
    said = _TALK.get(base(language), _TALK["en"])
    parts = [filled(said[0], told, language), filled(reward.topic, told, language)]
    if told.text and "{text}" not in reward.topic:
        parts.append(filled(f"{said[1]} {{text}}", told, language))
    return "\n".join(parts)
