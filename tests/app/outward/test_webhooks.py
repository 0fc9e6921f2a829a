"""Webhooks over real sockets against a local receiver with every fault; no real waiting."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pydantic import ValidationError

from streamer.app.outward.mail import Mail
from streamer.app.outward.settings import Webhook
from streamer.app.outward.told import Told
from streamer.app.outward.webhooks import WebhookTarget, encoded, signature
from tests.adapters.chat.contract import until
from tests.fakes.webhook_receiver import WebhookReceiver


def told(number: int, what: Any = "stop", /, **data: object) -> Told:
    return Told(f"e{number}", what, 1_700_000_000.25, dict(data))


class Naps:
    """Waits that take no time, written down."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)


@asynccontextmanager
async def running(target: WebhookTarget) -> AsyncIterator[WebhookTarget]:
    task = asyncio.create_task(target.run())
    try:
        yield target
    finally:
        task.cancel()
        await asyncio.wait({task})


def aimed(receiver: WebhookReceiver, naps: Naps | None = None, **more: Any) -> WebhookTarget:
    hook = Webhook.model_validate({"url": receiver.url, "secret": receiver.secret, "on": more.pop("on", [])})
    return WebhookTarget("webhook.1", hook, sleep=naps or Naps(), draw=lambda: 1.0, **more)


async def test_an_event_as_it_arrives() -> None:
    async with WebhookReceiver("s3cret") as receiver, running(aimed(receiver)) as target:
        target.offer(told(1, "alert", kind="raid", name="Zoë"))
        await until(lambda: bool(receiver.taken))
        (got,) = receiver.requests
        assert got.event == {
            "v": 1, "id": "e1", "type": "alert", "at": "2023-11-14T22:13:20.250Z", "test": False,
            "data": {"kind": "raid", "name": "Zoë"},
        }  # fmt: skip
        assert got.signed is True
        assert got.headers["Content-Type"] == "application/json"
        assert (got.headers["X-Showrunner-Event"], got.headers["X-Showrunner-Id"]) == ("alert", "e1")
        assert target.health().state == "ok"


async def test_another_secret_is_noticed_and_none_signs_nothing() -> None:
    async with WebhookReceiver("right") as receiver:
        hook = Webhook.model_validate({"url": receiver.url, "secret": "wrong"})
        async with running(WebhookTarget("webhook.1", hook)) as target:
            target.offer(told(1))
            await until(lambda: bool(receiver.requests))
        assert receiver.requests[0].signed is False
        async with running(WebhookTarget("webhook.1", Webhook(url=receiver.url))) as target:
            target.offer(told(2))
            await until(lambda: len(receiver.requests) == 2)
        assert receiver.requests[1].signed is None


def test_the_signature_is_the_documented_one() -> None:
    body = encoded(told(1))
    expected = hmac.new(b"k", b"17." + body, hashlib.sha256).hexdigest()
    assert signature("k", body, 17) == f"t=17,v1={expected}"
    assert b"\\ud800" in encoded(told(1, "alert", text="\ud800"))


async def test_it_is_tried_again_and_the_order_stays() -> None:
    async with WebhookReceiver() as receiver:
        naps = Naps()
        receiver.answers = [500, 503, 200]
        async with running(aimed(receiver, naps)) as target:
            for number in range(4):
                target.offer(told(number))
            await until(lambda: len(receiver.taken) == 4)
        assert [each["id"] for each in receiver.taken] == ["e0", "e1", "e2", "e3"]
        assert naps.slept == [1.0, 5.0]


async def test_after_three_more_tries_it_is_dropped_and_counted() -> None:
    async with WebhookReceiver() as receiver:
        naps = Naps()
        receiver.answers = [500] * 4
        async with running(aimed(receiver, naps)) as target:
            target.offer(told(1))
            target.offer(told(2))
            await until(lambda: len(receiver.taken) == 1)
            assert receiver.taken[0]["id"] == "e2"
            params = target.health().notice.params
            assert (params["dropped"], params["sent"], naps.slept) == (1, 1, [1.0, 5.0, 20.0])


@pytest.mark.parametrize(("status", "tries"), [(404, 1), (410, 1), (302, 1), (429, 4)])
async def test_what_will_not_help_is_not_tried_again(status: int, tries: int) -> None:
    async with WebhookReceiver() as receiver:
        receiver.answers, receiver.retry_after = [status] * 4, "7"
        naps = Naps()
        async with running(aimed(receiver, naps)) as target:
            target.offer(told(1))
            await until(lambda: target.health().notice.params["dropped"] == 1)
            health = target.health()
            assert (health.state, health.notice.params["reason"]) == ("degraded", f"HTTP {status}")
        assert len(receiver.requests) == tries, "and a redirect is not followed"
        assert naps.slept == ([7.0, 7.0, 20.0] if status == 429 else [])


async def test_a_receiver_that_hangs_or_is_away_holds_nobody_up() -> None:
    async with WebhookReceiver() as receiver:
        receiver.hang = True
        async with running(aimed(receiver, limit_s=0.05)) as target:
            target.offer(told(1))
            await until(lambda: target.health().notice.params["reason"] == "timeout")
    async with running(aimed(receiver)) as target:  # nothing listens there any more
        target.offer(told(1))
        await until(lambda: target.health().notice.params["dropped"] == 1)
        assert target.health().state == "degraded"


async def test_words_that_are_taken_back_while_it_waits_are_not_sent() -> None:
    async with WebhookReceiver() as receiver:
        receiver.answers = [500]
        event = told(1, "line_ended", line=4, text="You said soup.")
        waiting, go_on = asyncio.Event(), asyncio.Event()

        async def nap(_: float) -> None:
            waiting.set()
            await go_on.wait()

        target = WebhookTarget("webhook.1", Webhook(url=receiver.url), sleep=nap)
        async with running(target):
            target.offer(event)
            await waiting.wait()
            event.data.pop("text")
            go_on.set()
            await until(lambda: bool(receiver.taken))
        assert receiver.taken[0]["data"] == {"line": 4}


async def test_only_what_was_asked_for_and_always_what_is_taken_back() -> None:
    async with WebhookReceiver() as receiver, running(aimed(receiver, on=["alert"])) as target:
        for number, kind in enumerate(("line_started", "alert", "emotion", "taken_back")):
            target.offer(told(number, kind))
        await until(lambda: len(receiver.taken) == 2)
        assert [each["type"] for each in receiver.taken] == ["alert", "taken_back"]


async def test_a_full_queue_drops_the_oldest_but_nothing_that_takes_back() -> None:
    mail = Mail(3)
    for number, kind in enumerate(("taken_back", "stop", "stop", "stop", "stop")):
        mail.put(told(number, kind))
    assert [(await mail.get()).id for _ in range(len(mail))] == ["e0", "e3", "e4"]
    assert mail.dropped == 2
    for number in range(9):
        mail.put(told(number, "taken_back"))
    assert len(mail) == 3


def test_addresses() -> None:
    for good in ("http://127.0.0.1:9000/x", "http://192.168.1.5/hook", "https://hooks.example/abc?x=1"):
        assert Webhook(url=good).url == good
    for bad in ("", "ftp://x/y", "file:///etc/passwd", "javascript:alert(1)", "http://", "http://user:pw@host/"):
        with pytest.raises(ValidationError):
            Webhook(url=bad)
    hook = Webhook.model_validate({"url": "https://hooks.example/t0ken", "secret": "s3cret"})
    assert "s3cret" not in repr(hook)
    assert "t0ken" not in str(WebhookTarget("webhook.1", hook).health())
