"""Actions of Streamer.bot: which run, with what, and what happens when they do not."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from streamer.adapters.chat.streamerbot import ActionRule
from streamer.app.outward.actions import ActionTarget, arguments, matches
from streamer.app.outward.told import Told
from streamer.ports import Refused, Unavailable
from tests.adapters.chat.contract import until


def rule(on: str, wanted: str = "", **more: object) -> ActionRule:
    return ActionRule.model_validate({"on": on, "is": wanted, "action": "Do it"} | more)


def told(kind: Any, /, *, at: float = 100.0, test: bool = False, **data: object) -> Told:
    return Told("e1", kind, at, dict(data), test)


class Bot:
    known_actions: frozenset[str] | None = None

    def __init__(self, wrong: Exception | None = None) -> None:
        self.wrong = wrong
        self.done: list[tuple[str, dict[str, object]]] = []

    async def do(self, action: str, args: Mapping[str, object]) -> None:
        if self.wrong is not None:
            raise self.wrong
        self.done.append((action, dict(args)))


@pytest.mark.parametrize(("one", "event", "expected"), [
    (rule("line"), told("line_started", persona="mika", name="Mika"), True),
    (rule("line", "MIKA"), told("line_started", persona="mika", name="Mika"), True),
    (rule("line", "rei"), told("line_started", persona="mika", name="Mika"), False),
    (rule("line"), told("line_ended"), False),
    (rule("emotion", "joy"), told("emotion", emotion="joy"), True),
    (rule("emotion", "joy"), told("emotion", emotion="sad"), False),
    (rule("alert", "raid"), told("alert", kind="raid"), True),
    (rule("scene", "brb"), told("scene", scene="brb"), True),
    (rule("stop"), told("stop"), True),
])  # fmt: skip
def test_which_rule_wants_what(one: ActionRule, event: Told, expected: bool) -> None:
    assert matches(one, event) is expected


def test_a_test_runs_no_action_unless_the_rule_says_so() -> None:
    event = told("alert", kind="raid", test=True)
    assert not matches(rule("alert"), event)
    assert matches(rule("alert", tests=True), event)


def test_arguments_are_flat() -> None:
    amount = {"micros": 5_500_000, "currency": "EUR"}
    given = arguments(told("alert", kind="superchat", text="hi \ud800", amount=amount, lines=[1, 2], odd=None))
    assert given == {
        "event": "alert", "eventId": "e1", "test": False, "kind": "superchat", "text": "hi ?", "amount": "5.50",
        "currency": "EUR", "lines": "1,2",
    }  # fmt: skip


async def run(target: ActionTarget, *events: Told, asked: int) -> None:
    task = asyncio.create_task(target.run())
    try:
        for event in events:
            target.offer(event)
        await until(lambda: target.health().notice.params["asked"] == asked)
    finally:
        task.cancel()
        await asyncio.wait({task})


async def test_every_rule_that_wants_it_runs_in_order() -> None:
    bot = Bot()
    rules = [rule("alert", action="One"), rule("alert", "raid", action="Two"), rule("alert", "cheer", action="Three")]
    target = ActionTarget(rules, lambda: bot, wall=lambda: 101.0)
    await run(target, told("alert", kind="raid", name="Zoe"), told("emotion", emotion="joy"), asked=2)
    assert [name for name, _ in bot.done] == ["One", "Two"]
    assert bot.done[0][1]["name"] == "Zoe"
    assert target.health().state == "ok"


@pytest.mark.parametrize("wrong", [Unavailable("away"), Refused("gone", "no such action")])
async def test_what_does_not_run_is_dropped_counted_and_named(wrong: Exception) -> None:
    target = ActionTarget([rule("stop", action="Lights")], lambda: Bot(wrong), wall=lambda: 101.0)
    await run(target, told("stop"), asked=1)
    await until(lambda: target.health().state == "degraded")
    params = target.health().notice.params
    assert (params["dropped"], params["sent"], params["action"]) == (1, 0, "Lights")


async def test_a_reaction_that_comes_too_late_is_none() -> None:
    bot = Bot()
    target = ActionTarget([rule("stop")], lambda: bot, wall=lambda: 110.0)
    await run(target, told("stop", at=100.0), told("stop", at=109.0), asked=2)
    assert len(bot.done) == 1


async def test_without_a_connection_nothing_runs() -> None:
    target = ActionTarget([rule("stop")], lambda: None, wall=lambda: 100.0)
    await run(target, told("stop"), asked=1)
    await until(lambda: target.health().state == "degraded")


def test_actions_that_do_not_exist_are_named_before_they_are_needed() -> None:
    bot = Bot()
    target = ActionTarget([rule("stop", action="Lights"), rule("alert", action="Confetti")], lambda: bot)
    assert target.health().state == "ok"
    bot.known_actions = frozenset({"lights", "a0ff6f91"})
    health = target.health()
    assert (health.state, health.notice.params["missing"]) == ("degraded", "Confetti")
