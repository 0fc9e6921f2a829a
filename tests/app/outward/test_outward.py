"""The whole way out: what the conductor calls, a real Streamer.bot connection and real webhooks."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from streamer.adapters.chat.streamerbot import ActionRule, StreamerBot
from streamer.app.outward.outward import Outward
from streamer.app.outward.settings import Webhook
from streamer.core.commands import Erase, Prepare
from streamer.core.events import ChatReceived, LineEnded, LineStarted, StopPressed
from streamer.ports import Heard
from streamer.speech.view import ClauseView
from tests.adapters.chat.contract import Reading, until
from tests.fakes.streamer_bot import FakeStreamerBot
from tests.fakes.webhook_receiver import WebhookReceiver


@asynccontextmanager
async def opened(bot: StreamerBot | None = None) -> AsyncIterator[Outward]:
    tasks: set[asyncio.Task[None]] = set()

    def start(work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=name)
        tasks.add(task)
        return task

    words = {"l:4": "Welcome, raiders!"}
    yield Outward(start=start, name_of=str.title, words=words.get, bot=lambda: bot)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def play(outward: Outward, *, test: bool = False) -> None:
    """A raid and the line that answers it."""
    outward.chat(
        ChatReceived(uid="twitch:1", user="twitch:u", platform="twitch", kind="raid", count=40, test=test), "", "Ami"
    )
    outward.ordered(Prepare(cause=1, line=4, persona="mika", kind="paid", why="paid", answers=("twitch:1",)))
    outward.clause(4, 0, ClauseView(at=0, end=500, text="", words=(), cues=((0, "joy", 1.0),)))
    outward.folded(LineStarted(4))
    outward.heard(Heard(4, 20))
    outward.folded(LineEnded(line=4, outcome="finished", heard_ms=500, heard="l:4"))


async def test_a_show_with_both_kinds_of_targets() -> None:
    rules = [
        ActionRule.model_validate({"on": "emotion", "is": "joy", "action": "Wave"}),
        ActionRule.model_validate({"on": "line_ended", "action": "Wave"}),
    ]
    async with FakeStreamerBot() as fake, WebhookReceiver("k") as receiver:
        reading = Reading(StreamerBot(fake.url, read=[]))
        await reading.settled()
        try:
            async with opened(reading.source) as outward:  # pyright: ignore[reportArgumentType] - it is one
                hook = Webhook.model_validate({"url": receiver.url, "secret": "k"})
                outward.follow([hook], rules)
                play(outward)
                outward.erased(Erase(cause=1, scope="message", key="twitch:1"), [4])
                await until(lambda: len(receiver.taken) == 5 and len(fake.done) == 2)
                assert [health.part for health in outward.health()] == ["webhook.1", "streamerbot.actions"]
        finally:
            await reading.close()
        types = [each["type"] for each in receiver.taken]
        assert types == ["alert", "line_started", "emotion", "line_ended", "taken_back"]
        assert "text" not in receiver.taken[3]["data"], "it was taken back before it was sent"
        assert receiver.taken[-1]["data"] == {"lines": [4], "alerts": ["twitch:1"]}
        assert [args["event"] for _, args in fake.done] == ["emotion", "line_ended"]


async def test_a_test_event_is_marked_and_runs_no_action() -> None:
    rules = [ActionRule.model_validate({"on": "alert", "action": "Wave"})]
    async with WebhookReceiver() as receiver, opened() as outward:
        outward.follow([Webhook(url=receiver.url)], rules)
        play(outward, test=True)
        await until(lambda: len(receiver.taken) == 4)
        assert all(each["test"] for each in receiver.taken)
        assert outward.health()[1].notice.params["asked"] == 0


async def test_a_reload_keeps_what_stays_and_ends_what_goes() -> None:
    async with WebhookReceiver() as one, WebhookReceiver() as two, opened() as outward:
        stays, goes = Webhook(url=one.url), Webhook(url=two.url)
        outward.follow([stays, goes], [])
        before = outward._targets[0]
        outward.follow([stays], [])
        assert outward._targets == [before]
        outward.folded(StopPressed())
        await until(lambda: len(one.taken) == 1)
        assert two.requests == []
        outward.follow([], [])
        outward.folded(StopPressed())
        assert outward.health() == []


async def test_dead_targets_cost_the_show_nothing() -> None:
    async with opened() as outward:
        outward.follow([Webhook(url="http://127.0.0.1:1/nobody")], [])
        for _ in range(1_000):
            outward.folded(StopPressed())
        await asyncio.sleep(0)
        params = outward.health()[0].notice.params
        assert int(params["waiting"]) <= 200
        assert int(params["dropped"]) >= 700
