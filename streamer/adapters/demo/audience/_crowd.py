"""When who says what."""

import heapq
import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from streamer.adapters.demo.audience import _texts
from streamer.adapters.demo.audience._people import Chance, Viewer, bot, regulars, viewer

Row = dict[str, Any]
_JAPANESE = {"Mika": "ミカ", "Juno": "ジュノ"}


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """How busy a channel is. Rates are a second, the others seconds."""

    rate: float = 0.4
    """Messages of viewers in the mean."""
    branching: float = 0.5
    """How many messages one message draws."""
    kernel: float = 6.0
    """Mean delay of a drawn message."""
    hype_every: float = 300.0
    hype_gain: float = 6.0
    hype_decay: float = 25.0
    occasion_every: float = 70.0
    """Between two paid things, follows, raids and the like."""
    host_every: float = 0.0
    """Between two sentences of the human host; 0: there is none."""
    trouble_every: float = 90.0
    """Between two messages that moderation has to do with."""


DEMO = Room()
HOUR = Room(rate=0.8, occasion_every=55.0, host_every=105.0, trouble_every=75.0)


def audience(seed: int, cast_names: Sequence[str], *, room: Room = DEMO) -> Iterator[Row]:
    """Chat rows without end, by time (`at`: seconds since the start). The same seed gives the same rows."""
    return _Crowd(seed, cast_names, room).rows()


def show_rows(seed: int, cast_names: Sequence[str], *, seconds: float, room: Room = HOUR) -> Iterator[Row]:
    """The rows of a show of this length."""
    for row in audience(seed, cast_names, room=room):
        if row["at"] >= seconds:
            return
        yield row


class _Crowd:
    def __init__(self, seed: int, cast_names: Sequence[str], room: Room) -> None:
        self.chance = Chance(seed)
        self.room = room
        self.cast = tuple(cast_names) or ("you",)
        self.people = regulars(self.chance)
        self.trolls = [each for each in self.people if each.habit == "troll"]
        self.moderators = [each for each in self.people if each.habit == "moderator"]
        self.bot = bot()
        self.queue: list[tuple[float, int, Callable[[float], Iterator[Row]]]] = []
        self.count = 0
        self.hype_at = -1e9
        self.recent: deque[str] = deque(maxlen=160)
        self.wave = ""
        self.wave_until = -1.0
        self.host_place = 0
        self.noun_deck: list[str] = []
        self.recent_ids: dict[str, deque[str]] = {}

    # -- time

    def rows(self) -> Iterator[Row]:
        chance, room = self.chance, self.room
        self.later(chance.wait(4.0), self.arrival)
        self.later(min(45.0, room.hype_every * chance.between(0.3, 1.2)), self.hype)
        self.later(chance.between(15.0, 40.0), self.occasion)
        self.later(chance.between(25.0, 60.0), self.trouble)
        self.later(chance.between(200.0, 260.0), self.timer)
        if room.host_every:
            self.later(2.0, self.host)
        while True:
            at, _, act = heapq.heappop(self.queue)
            yield from act(at)

    def later(self, at: float, act: Callable[[float], Iterator[Row]]) -> None:
        self.count += 1
        heapq.heappush(self.queue, (at, self.count, act))

    def arrival(self, at: float) -> Iterator[Row]:
        """Somebody speaks by himself; the next one is drawn by thinning (the rate falls between pulses)."""
        yield from self.message(at)
        room = self.room
        # Pulses add their own mass, so the steady part is lowered for the mean to hold.
        extra = (room.hype_gain - 1.0) * room.hype_decay / room.hype_every
        base = room.rate * (1.0 - room.branching) / (1.0 + extra)
        peak, next_at = base * room.hype_gain, at
        while True:
            next_at += self.chance.wait(1.0 / peak)
            if self.chance.often((1.0 + (room.hype_gain - 1.0) * self.hyped(next_at)) / room.hype_gain):
                break
        self.later(next_at, self.arrival)

    def hyped(self, at: float) -> float:
        """How much of the last pulse is left: 1 at its start."""
        return math.exp(-max(0.0, at - self.hype_at) / self.room.hype_decay) if at >= self.hype_at else 0.0

    def hype(self, at: float) -> Iterator[Row]:
        self.hype_at = at
        if self.chance.often(0.6):
            self.wave, self.wave_until = self.chance.pick(_texts.COPYPASTA), at + 15.0
        self.later(at + self.room.hype_every * self.chance.between(0.7, 1.3), self.hype)
        return iter(())

    # -- rows

    def row(self, at: float, who: Viewer, kind: str, text: str = "", **more: Any) -> Row:
        native = self.chance.hex(8) + "-" + self.chance.hex(4) + "-" + self.chance.hex(12)
        made: Row = {
            "at": round(at, 3), "platform": who.platform, "kind": kind,
            "id": native if who.platform == "twitch" else "LCC." + self.chance.hex(20), "user": who.row(),
        }  # fmt: skip
        return {**made, "text": text, **more} if text or kind == "message" else {**made, **more}

    def message(self, at: float) -> Iterator[Row]:
        who = self.chance.pick(self.people)
        text = self.text(who, at)
        row = self.row(at, who, "message", text)
        if self.chance.often(0.04) and self.recent_ids.get(who.platform):
            row["reply_to"] = self.chance.pick(list(self.recent_ids[who.platform]))
        self.recent_ids.setdefault(who.platform, deque(maxlen=12)).append(row["id"])
        yield row
        for _ in range(self.chance.poisson(self.room.branching)):
            self.later(at + self.chance.wait(self.room.kernel), self.message)
        if text in _texts.BOT_LINES and who.platform == "twitch":
            self.later(at + self.chance.between(0.4, 1.2), self.saying(self.bot, _texts.BOT_LINES[text]))
        if self.chance.often(0.012):
            self.later(at + self.chance.between(1.0, 5.0), self.removing(row))

    def saying(self, who: Viewer, text: str) -> Callable[[float], Iterator[Row]]:
        return lambda at: iter((self.row(at, who, "message", text),))

    def removing(self, row: Row) -> Callable[[float], Iterator[Row]]:
        """A moderator takes one message back."""

        def act(at: float) -> Iterator[Row]:
            yield {
                "at": round(at, 3), "platform": row["platform"], "kind": "delete_message",
                "id": f"del-{row['id']}", "user": row["user"], "target": row["id"],
            }  # fmt: skip

        return act

    def timing_out(self, who: Viewer) -> Callable[[float], Iterator[Row]]:
        def act(at: float) -> Iterator[Row]:
            yield {
                "at": round(at, 3), "platform": who.platform, "kind": "clear_user", "id": f"clear-{self.chance.hex(8)}",
                "user": who.row(), "target": who.id, "duration_s": self.chance.pick((60, 300, 600)),
            }  # fmt: skip

        return act

    # -- words

    def text(self, who: Viewer, at: float) -> str:
        if self.wave and at < self.wave_until and self.chance.often(0.35):
            return self.wave
        text = self.wording(who, at)
        for _ in range(20):
            if text not in self.recent:
                break
            text = self.wording(who, at)
        self.recent.append(text)
        return text

    def wording(self, who: Viewer, at: float) -> str:
        chance = self.chance
        if chance.often(0.45 * self.hyped(at)) or (who.habit == "memer" and chance.often(0.5)):
            return self.fill(chance.pick(_texts.EMOTES if chance.often(0.55) else _texts.REACTIONS))
        foreign = {"german": _texts.GERMAN, "japanese": _texts.JAPANESE, "spanish": _texts.SPANISH}.get(who.habit)
        if foreign and chance.often(0.8):
            return self.fill(chance.pick(foreign))
        if at < 120.0 and chance.often(0.3):
            return self.fill(chance.pick(_texts.HELLOS))
        draw = chance.between(0.0, 1.0) * (0.72 if who.habit == "asker" else 1.0)
        pools: tuple[tuple[float, tuple[str, ...]], ...] = (
            (0.24, _texts.ASK_BY_NAME), (0.40, _texts.ASK_SPECIAL), (0.45, _texts.ASK_BOTH), (0.50, _texts.ASK_ROOM),
            (0.64, _texts.STATEMENTS),
            (0.70, _texts.LIFE), (0.82, _texts.REACTIONS), (0.91, _texts.EMOTES), (0.95, _texts.COMMANDS),
            (0.98, _texts.HELLOS), (1.1, _texts.BYES),
        )  # fmt: skip
        return self.fill(chance.pick(next(pool for limit, pool in pools if draw < limit)))

    def noun(self) -> str:
        """Nouns come like cards from a shuffled deck, so that all of them turn up."""
        if not self.noun_deck:
            deck = [noun for group in _texts.NOUNS.values() for noun in group]
            for place in range(len(deck) - 1, 0, -1):
                other = self.chance.below(place + 1)
                deck[place], deck[other] = deck[other], deck[place]
            self.noun_deck = deck
        return self.noun_deck.pop()

    def fill(self, template: str) -> str:
        if "{" not in template:
            return template
        name = self.chance.pick(self.cast)
        written = name.lower() if self.chance.often(0.6) else name
        return template.format(
            p=written,
            j=_JAPANESE.get(name, name),
            n=self.noun() if "{n}" in template else "",
            m=self.noun() if "{m}" in template else "",
            f=self.chance.pick(_texts.NOUNS["food"]),
        )

    # -- other things that happen

    def timer(self, at: float) -> Iterator[Row]:
        yield self.row(at, self.bot, "message", _texts.BOT_TIMER)
        self.later(at + 900.0, self.timer)

    def host(self, at: float) -> Iterator[Row]:
        lines = _texts.HOST
        last = len(lines) - 2
        text = lines[self.host_place % last if self.host_place else 0]
        self.host_place += 1
        yield {
            "at": round(at, 3), "platform": "host", "kind": "host_said", "id": f"host-{self.host_place}",
            "user": {"id": "host", "login": "host", "name": "Host", "roles": ["broadcaster"]}, "text": text,
        }  # fmt: skip
        self.later(at + self.room.host_every * self.chance.between(0.6, 1.5), self.host)

    def trouble(self, at: float) -> Iterator[Row]:
        """Something for moderation: orders to the model, swearing, spam; often deleted, sometimes timed out."""
        chance = self.chance
        who = chance.pick(self.trolls)
        text = self.fill(
            chance.pick((_texts.INJECTIONS, _texts.INJECTIONS, _texts.ROUGH, _texts.SPAM)[chance.below(4)])
        )
        row = self.row(at, who, "message", text)
        yield row
        if chance.often(0.55):
            self.later(at + chance.between(1.0, 5.0), self.removing(row))
        elif chance.often(0.4):
            self.later(at + chance.between(1.5, 6.0), self.timing_out(who))
        self.later(at + chance.wait(self.room.trouble_every), self.trouble)

    def occasion(self, at: float) -> Iterator[Row]:
        draw = self.chance.below(100)
        kinds: tuple[tuple[int, Callable[[float], Iterator[Row]]], ...] = (
            (26, self.follow), (48, self.sub), (64, self.cheer), (78, self.superchat), (84, self.sticker),
            (90, self.redemption),
            (95, self.gifts), (100, self.raid),
        )  # fmt: skip
        yield from next(act for limit, act in kinds if draw < limit)(at)
        self.later(at + self.chance.wait(self.room.occasion_every), self.occasion)

    def someone(self, platform: str) -> Viewer:
        return self.chance.pick(
            [each for each in self.people if each.platform == platform and each.habit not in {"troll", "moderator"}]
        )

    def follow(self, at: float) -> Iterator[Row]:
        yield self.row(at, viewer(self.chance, "talker", "twitch"), "follow")

    def sub(self, at: float) -> Iterator[Row]:
        if self.chance.often(0.5):
            platform = self.chance.pick(("twitch", "youtube"))
            yield self.row(at, self.someone(platform), "member_new", count=1)
        elif self.chance.often(0.6):
            yield self.row(
                at,
                self.someone("twitch"),
                "resub",
                self.fill(self.chance.pick(_texts.RESUB)),
                count=2 + self.chance.below(30),
            )
        else:
            yield self.row(
                at,
                self.someone("youtube"),
                "milestone",
                self.fill(self.chance.pick(_texts.RESUB)),
                count=2 + self.chance.below(24),
            )

    def cheer(self, at: float) -> Iterator[Row]:
        bits = self.chance.pick((50, 100, 100, 200, 500, 1000))
        yield self.row(
            at, self.someone("twitch"), "cheer", f"Cheer{bits} {self.fill(self.chance.pick(_texts.PAID))}", bits=bits
        )

    def superchat(self, at: float) -> Iterator[Row]:
        micros, currency = self.chance.pick(
            (
                (2_000_000, "EUR"),
                (5_000_000, "EUR"),
                (5_000_000, "USD"),
                (10_000_000, "USD"),
                (500_000_000, "JPY"),
                (1_000_000_000, "JPY"),
            )
        )
        amount = {"micros": micros, "currency": currency}
        yield self.row(
            at, self.someone("youtube"), "superchat", self.fill(self.chance.pick(_texts.PAID)), amount=amount
        )

    def sticker(self, at: float) -> Iterator[Row]:
        yield self.row(at, self.someone("youtube"), "sticker", amount={"micros": 2_000_000, "currency": "EUR"})

    def redemption(self, at: float) -> Iterator[Row]:
        text = self.fill(self.chance.pick(_texts.ASK_SPECIAL))
        yield self.row(at, self.someone("twitch"), "redemption", text)

    def gifts(self, at: float) -> Iterator[Row]:
        giver, count = self.someone("twitch"), self.chance.pick((5, 5, 10))
        yield self.row(at, giver, "gift_batch", count=count)
        for number in range(count):
            lucky = self.someone("twitch")
            more = {"count": 1, "gifter": giver.id}
            self.later(
                at + 0.2 + number * 0.15,
                lambda then, lucky=lucky, more=more: iter((self.row(then, lucky, "gift_received", **more),)),
            )

    def raid(self, at: float) -> Iterator[Row]:
        leader = viewer(self.chance, "talker", "twitch")
        size = 8 + self.chance.below(40)
        yield self.row(at, leader, "raid", count=size)
        for _ in range(min(size, 14)):
            raider = viewer(self.chance, "talker", "twitch")
            self.later(at + self.chance.between(0.5, 20.0), self.saying(raider, self.chance.pick(_texts.RAIDERS_SAY)))
