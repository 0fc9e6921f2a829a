"""Who said what, for the briefs and the views: the facts about a message beside its words in the text store."""

from collections import OrderedDict

import msgspec

from streamer.core.events import ChatReceived, HostSpoke
from streamer.core.policy import treatment
from streamer.ports import TextStore
from streamer.speech.brief import NAME_MAX, Quote, quoted

KEPT = 5_000


_ONE_GIFT = "gave a subscription to somebody else"


class Said(msgspec.Struct, frozen=True):
    user: str
    platform: str
    what: str = ""
    """The fact behind it in plain words: `cheered 500 bits`."""
    topic: str = ""
    """The reward that was redeemed, as its owner calls it."""
    silent: bool = False
    """Moderation does not let the words through: nobody quotes them."""


class Sayings:
    """The newest `KEPT` messages by uid. The words themselves stay in the text store, where they can be erased."""

    def __init__(self, texts: TextStore, *, host_name: str = "the host") -> None:
        self._texts = texts
        self._said: OrderedDict[str, Said] = OrderedDict()
        self._host = host_name

    def chat(self, event: ChatReceived, *, reward: str = "") -> None:
        """`reward`: the title of the one that was redeemed."""
        what = fact(event, reward=reward) or ("followed the channel" if event.kind == "follow" else "")
        silent = treatment(event.verdict) != "use"
        self._keep(event.uid, Said(event.user, event.platform, what, reward, silent))

    def host(self, event: HostSpoke) -> None:
        self._keep(event.uid, Said("", "host"))

    def _keep(self, uid: str, said: Said) -> None:
        self._said[uid] = said
        if len(self._said) > KEPT:
            self._said.popitem(last=False)

    def find(self, uid: str) -> Said | None:
        return self._said.get(uid)

    def quote(self, uid: str) -> Quote | None:
        """The words behind a uid; None when unknown or erased. What the show or an operator asks quotes nobody."""
        said = self._said.get(uid)
        if said is None:
            return Quote(uid=uid) if uid.startswith(("segment:", "operator:", "o:")) else None
        text = self._texts.get(f"m:{uid}")
        if text is None and not said.what:
            return None
        text = "" if said.silent else text
        name = self._host if said.platform == "host" else (self._texts.get(f"n:{said.user}") or "")
        return Quote(uid=uid, user=said.user, name=name, text=text or "", what=said.what, topic=said.topic)

    def forget(self, scope: str, key: str) -> None:
        match scope:
            case "message":
                self._said.pop(key, None)
            case "user":
                self._said = OrderedDict((uid, said) for uid, said in self._said.items() if said.user != key)
            case _:
                kept = ((uid, said) for uid, said in self._said.items() if said.platform != key)
                self._said = OrderedDict(kept)


def _sum(micros: int) -> str:
    """1,000 or 4.99: some currencies have no cents, and whole sums need none."""
    return f"{micros / 1_000_000:,.2f}".removesuffix(".00")


def fact(event: ChatReceived, *, reward: str = "") -> str:
    """What happened beside the words; empty for a plain message."""
    match event.kind:
        case "cheer":
            return f"cheered {event.bits} bits"
        case "superchat" | "sticker":
            amount = event.amount
            paid = f" of {_sum(amount.micros)} {amount.currency}".rstrip() if amount else ""
            return f"sent a paid {'sticker' if event.kind == 'sticker' else 'message'}{paid}"
        case "member_new":
            return "just subscribed"
        case "resub" | "milestone":
            return f"has been subscribed for {event.count} months" if event.count else "renewed the subscription"
        case "gift_batch":
            return f"gave {event.count} subscriptions to others" if event.count > 1 else _ONE_GIFT
        case "raid":
            return f"raided the show with {event.count} viewers"
        case "redemption":
            return f"redeemed the reward “{quoted(reward, NAME_MAX * 2)}”" if reward else "redeemed a reward"
        case _:
            return ""
