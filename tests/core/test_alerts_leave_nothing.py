"""A show with test events among the real ones goes on, for all that is real, as if they had never been."""

from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from streamer.core.commands import Drop, Prepare
from streamer.core.events import ChatReceived, Features, LineEnded, LineReady, LineStarted, Money
from streamer.core.settings import AlertRule, ShowSettings
from streamer.core.show import Show
from tests.core.scene import Scene

RULE = AlertRule(least=3, cooldown_ms=90_000, user_cooldown_ms=200_000, speak_after_ms=2_000, scene="")
RULES = ShowSettings(
    idle_after_ms=0,
    banter_every_ms=0,
    alerts={
        "raid": RULE,
        "gift_batch": AlertRule(least=4, user_cooldown_ms=60_000, speak_after_ms=1_000),
        "cheer": AlertRule(least=50, user_cooldown_ms=120_000),
        "superchat": AlertRule(least_micros={"USD": 2_000_000}, cooldown_ms=30_000),
        "reward:x": AlertRule(persona="juno", cooldown_ms=60_000),
    },
)
FLOOR = ("seq", "free_ms", "voice_ms", "next_line", "next_request", "wake_ms", "now_ms")
"""What only says when the floor was used, and how much was counted."""

KINDS: tuple[dict[str, Any], ...] = (
    {"kind": "raid", "count": 40}, {"kind": "raid", "count": 2}, {"kind": "gift_batch", "count": 1},
    {"kind": "gift_batch", "count": 9}, {"kind": "cheer", "bits": 10}, {"kind": "cheer", "bits": 100},
    {"kind": "superchat", "amount": Money(5_000_000, "USD")}, {"kind": "redemption", "rule": "reward:x"},
    {"kind": "message", "features": Features(("mika",), words=4)},
    {"kind": "message", "features": Features(question=True, words=4, topic=3)},
)  # fmt: skip
events = st.tuples(st.integers(0, len(KINDS) - 1), st.integers(0, 2))


class Played(Scene):
    """A scene with a chain that makes every line at once and speaks it for a second."""

    def __init__(self) -> None:
        super().__init__(RULES)
        self.number = 0

    def happens(self, kind: int, user: int, *, test: bool) -> None:
        """One event, then as much time as its line may need."""
        if not test:
            self.number += 1
        uid = f"t:test{self.seq}" if test else f"t:{self.number}"
        fields: dict[str, Any] = {"text": f"m:{uid}", **KINDS[kind]}
        # A test comes under the name of a real viewer: not even then may anything stick to him.
        event = ChatReceived(uid=uid, user=f"t:v{user}", platform="t", alert=f"a:{uid}", test=test, **fields)
        before = len(self.log)
        self.feed(event)
        self.play(before)

    def play(self, before: int) -> None:
        until_ms = self.now_ms + 30_000
        done: set[int] = set()
        while self.now_ms < until_ms:
            lines = [each for each in self.log[before:] if isinstance(each, Prepare) and each.line not in done]
            for order in lines:
                done.add(order.line)
                self.feed(LineReady(order.line, 1_000))
                self.wait(400)
                while self.show.air is None and self.show.next is not None and self.now_ms < until_ms:
                    self.wait(100)
                if self.show.air is None:
                    break
                self.feed(LineStarted(order.line))
                self.wait(1_000)
                self.feed(LineEnded(line=order.line, outcome="finished", heard_ms=1_000, heard=f"l:{order.line}"))
            self.wait(min(100, until_ms - self.now_ms))


def essence(show: Show) -> dict[str, Any]:
    """All of the show that is not floor time, with lines by what they answered in place of their numbers."""
    plain = {name: getattr(show, name) for name in show.__struct_fields__ if name not in FLOOR}
    plain["heard"] = tuple(msgspec.structs.replace(line, line=0) for line in show.heard)
    return plain


def orders(scene: Scene) -> list[Any]:
    """What was ordered for real events."""
    out: list[Any] = []
    for each in scene.log:
        if isinstance(each, Prepare) and not each.test:
            out.append((each.persona, each.kind, each.why, each.answers, each.context, each.count))
        elif isinstance(each, Drop) and ":test" not in each.uid:
            out.append((each.uid, each.reason))
    return out


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(events, st.booleans()), max_size=14))
def test_what_comes_after_a_test_is_as_if_it_had_never_been(plan: list[tuple[tuple[int, int], bool]]) -> None:
    mixed, real = Played(), Played()
    for (kind, user), test in plan:
        mixed.happens(kind, user, test=test)
        if test:
            real.play(len(real.log))  # the same time passes
        else:
            real.happens(kind, user, test=False)
    assert orders(mixed) == orders(real)
    assert essence(mixed.show) == essence(real.show)


def test_the_model_tells_a_test_that_leaves_something() -> None:
    """The comparison can fail: a raid that is no test changes what comes after it."""
    one, other = Played(), Played()
    one.happens(0, 0, test=False)
    other.play(len(other.log))
    assert essence(one.show) != essence(other.show)
