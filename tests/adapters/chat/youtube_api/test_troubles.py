"""What YouTube refuses, and when a stream begins and ends: one sentence each, and on it goes once it is mended."""

import asyncio

import pytest

from streamer.adapters.chat.youtube.api import Timing, YouTubeApi
from streamer.adapters.chat.youtube.api.calls import Calls
from streamer.ports import Misconfigured, Unavailable
from streamer.texts import say
from tests.adapters.chat.contract import Reading, until
from tests.adapters.chat.youtube_api.kit import PATIENT, Away, Signed, SwiftClock, code, reading, source, texts
from tests.fakes.youtube_api import FakeYouTubeApi, error


@pytest.fixture
async def youtube():
    async with FakeYouTubeApi() as fake:
        yield fake
        assert fake.violations == []


# --- what YouTube refuses


TROUBLES = [
    ("quotaExceeded", 403, "chat.ytapi_quota", "broken"),
    ("rateLimitExceeded", 403, "chat.ytapi_rate", "degraded"),
    ("keyInvalid", 400, "chat.ytapi_key", "broken"),
    ("accessNotConfigured", 403, "chat.ytapi_not_enabled", "broken"),
    ("API_KEY_SERVICE_BLOCKED", 403, "chat.ytapi_key_limits", "broken"),
    ("authError", 401, "chat.ytapi_sign_in", "broken"),
    ("insufficientPermissions", 403, "chat.ytapi_scope", "broken"),
    ("forbidden", 403, "chat.ytapi_forbidden", "broken"),
    ("backendError", 503, "chat.unreachable", "broken"),
    ("strangeNewError", 418, "chat.ytapi_other", "broken"),
]


@pytest.mark.parametrize("call", ["videos", "stream"])
@pytest.mark.parametrize(("reason", "status", "wanted", "state"), TROUBLES, ids=[each[0] for each in TROUBLES])
async def test_each_refusal_is_one_sentence_and_is_tried_again(youtube, call, reason, status, wanted, state):
    youtube.refuse[call] = lambda: error(status, reason)
    timing = Timing(quota_s=20.0, fixable_s=20.0, rate_s=20.0, retry_max_s=10.0, idle_min_s=900.0, idle_max_s=900.0)
    api = source(youtube, timing=timing, clock=SwiftClock(100.0))
    async with reading(api) as reader:
        health = await code(api, wanted)
        assert health.state == state
        words = say(health.notice), say(health.notice, "ja")
        assert not any("{" in each or "key-1" in each for each in words)
        if state == "broken" and reason not in ("backendError", "strangeNewError"):
            assert health.notice.fix
        del youtube.refuse[call]  # somebody mends it
        await code(api, "chat.ytapi_ok")
        await youtube.say("Bob", "there")
        await until(lambda: texts(reader)[-1:] == ["there"])


@pytest.mark.parametrize("call", ["videos", "stream"])
async def test_a_key_that_is_wrong_is_not_shown_anywhere(youtube, call, caplog):
    secret = "AIza-very-secret"
    api = source(youtube, api_key=secret)
    async with reading(api) as reader:
        health = await reader.settled()
        assert health.notice.code == "chat.ytapi_key"
        assert secret not in str(health) + repr(api._calls) + caplog.text
        assert secret not in str(api._trouble) + str(api._reader.trouble)


async def test_the_days_quota_is_waited_for(youtube):
    youtube.quota_left = 8
    clock = SwiftClock(1000.0)
    api = source(youtube, clock=clock)
    async with reading(api):
        await youtube.ready()
        await youtube.drop()
        health = await code(api, "chat.ytapi_quota")
        assert api.quota.empty
        assert health.notice.params["hours"] == max(1, round(api.quota.turns_in_s() / 3600))
        clock.jump += api.quota.turns_in_s() + 10
        youtube.quota_left = 10_000
        await code(api, "chat.ytapi_ok")
        assert api.quota.used < 100


async def test_an_error_inside_the_stream_counts_like_any_other(youtube):
    api = source(youtube)
    async with reading(api):
        await youtube.ready()
        await youtube.raw(b'{"error": {"code": 403, "errors": [{"reason": "quotaExceeded"}]}}')
        await code(api, "chat.ytapi_quota")


async def test_an_account_that_must_sign_in_again_and_one_whose_server_is_away(youtube):
    for account, wanted in ((Signed(), "chat.ytapi_sign_in"), (Away(), "chat.unreachable")):
        api = source(youtube, account=account, clock=SwiftClock(100.0))
        async with reading(api):
            await code(api, wanted)


async def test_an_address_that_is_not_the_apis(youtube):
    api = source(youtube, api_url=youtube.url + "/elsewhere", clock=SwiftClock(200.0))
    async with reading(api):
        health = await code(api, "chat.unreachable")
        assert (health.state, health.notice.fix) == ("broken", "fix.ytapi_url")


async def test_a_server_that_is_not_there(youtube):
    async def resolve():
        return "abcdefghijk"

    api = YouTubeApi("mika", resolve, api_key="k", api_url="http://127.0.0.1:9/", clock=SwiftClock(200.0))
    async with reading(api):
        health = await code(api, "chat.unreachable")
        assert (health.state, health.notice.fix) == ("broken", "fix.check_network")


# --- live, not yet, not any more


async def test_a_stream_that_has_not_begun_is_waited_for(youtube):
    youtube.state = "upcoming"
    api = source(youtube)
    async with reading(api):
        assert (await code(api, "chat.ytapi_waiting")).state == "degraded"
        youtube.state = "live"
        await code(api, "chat.ytapi_ok")


async def test_a_channel_that_is_not_live_is_looked_at_again(youtube):
    looks = []

    async def resolve():
        looks.append(1)
        if len(looks) < 3:
            raise Unavailable("not live")
        return "abcdefghijk"

    api = YouTubeApi("mika", resolve, api_key="key-1", api_url=youtube.url, clock=SwiftClock(200.0), timing=PATIENT)
    async with reading(api):
        await code(api, "chat.ytapi_ok")
    assert len(looks) == 3


@pytest.mark.parametrize(("state", "wanted"), [("no_chat", "chat.ytapi_no_chat"), ("missing", "chat.ytapi_not_found")])
async def test_a_stream_without_a_chat_or_that_is_not_there(youtube, state, wanted):
    youtube.state = state
    api = source(youtube, clock=SwiftClock(200.0))
    async with reading(api):
        health = await code(api, wanted)
        assert health.state == "broken"
        assert health.notice.fix
        youtube.state = "live"
        await code(api, "chat.ytapi_ok")


async def test_the_end_is_believed_after_three_looks(youtube):
    api = source(youtube)
    reader = Reading(api)
    await youtube.ready()
    await youtube.say("Bob", "bye")
    await youtube.end()
    await asyncio.wait_for(reader.task, 20)
    assert texts(reader) == ["bye"]
    assert (api.health().state, api.health().notice.code) == ("off", "chat.ytapi_ended")
    assert api.writer is None
    assert youtube.calls["videos"] >= 3
    await reader.close()


@pytest.mark.parametrize("how", ["offline", "liveChatEnded", "liveChatNotFound", "chatEndedEvent"])
async def test_a_false_end_is_not_believed(youtube, how):
    api = source(youtube)
    async with reading(api) as reader:
        await youtube.ready()
        if how == "offline":
            youtube.offline = True
            await youtube.say("Bob", "last words?")
            youtube.offline = False
        elif how == "chatEndedEvent":
            await youtube.event("x", "chatEndedEvent", {})
        else:
            youtube.answers.append(error(403 if how == "liveChatEnded" else 404, how))
            await youtube.drop()
        await youtube.until(lambda: youtube.calls["videos"] >= 2)
        await youtube.say("Bob", "still here")
        await until(lambda: texts(reader)[-1:] == ["still here"])
        assert not reader.task.done()


async def test_a_video_that_was_over_before_ends_too(youtube):
    youtube.state = "ended"
    reader = Reading(source(youtube))
    await asyncio.wait_for(reader.task, 20)
    assert reader.rows == []
    assert youtube.calls == {"videos": 3}
    await reader.close()


async def test_a_channel_that_can_never_be_found_ends_the_source(youtube):
    async def resolve():
        raise Misconfigured("no such channel", fix="check the name")

    reader = Reading(YouTubeApi("mika", resolve, api_key="k", api_url=youtube.url))
    with pytest.raises(Misconfigured):
        await asyncio.wait_for(reader.task, 20)
    await reader.close()


async def test_a_fault_nobody_foresaw_costs_one_try(youtube, monkeypatch):
    faults = {"get": 2, "open": 2}
    for name in ("get", "open"):
        plain = getattr(Calls, name)

        def odd(self, call, *more, name=name, plain=plain):
            if faults[name]:
                faults[name] -= 1
                raise ZeroDivisionError
            return plain(self, call, *more)

        monkeypatch.setattr(Calls, name, odd)
    async with reading(source(youtube)) as reader:
        await until(lambda: reader.source.health().state == "ok", "well again")
        await youtube.say("bob", "hello")
        await until(lambda: "hello" in texts(reader), "the message")
    assert not any(faults.values())
