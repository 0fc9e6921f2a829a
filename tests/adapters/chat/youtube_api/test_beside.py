"""The API beside the real reader of the page, each against its own local server."""

from contextlib import asynccontextmanager

from streamer.adapters.chat.youtube import YouTubeWeb
from streamer.adapters.chat.youtube.api import Timing
from tests.adapters.chat.contract import Reading, until
from tests.adapters.chat.youtube_api.kit import Page, SwiftClock, source
from tests.fakes.youtube_api import FakeYouTubeApi, error
from tests.fakes.youtube_web import FakeYouTube, channel_of

TIMING = Timing(idle_min_s=600.0, idle_max_s=600.0, quota_s=2.0, away_s=0.5, retry_min_s=0.05)


def named(user):
    """The name under which the local API gives a viewer the id he has on the page."""
    return channel_of(user).removeprefix("UC")


@asynccontextmanager
async def both():
    async with FakeYouTubeApi() as api, FakeYouTube() as page:
        api.video = page.current
        beside = YouTubeWeb("@mika", base_url=page.url, engine="innertube")
        reader = Reading(
            source(
                api, resolve=lambda: ready(page.current), timing=TIMING, clock=SwiftClock(1.0), deletions=beside
            )
        )  # fmt: skip
        try:
            await until(lambda: reader.source.health().notice.code == "chat.ytapi_ok", "the API")
            await until(lambda: beside.health().state == "ok", "the page")
            yield api, page, reader
        finally:
            await reader.close()


async def ready(video):
    return video


async def test_what_is_removed_on_the_page_is_removed_under_the_apis_id():
    async with both() as (api, page, reader):
        kept = await api.say(named("ann"), "good words")
        gone = await api.say(named("bob"), "bad words")
        page.say("good words", "ann")
        seen = page.say("bad words", "bob")
        await until(lambda: len(reader.rows) == 2)
        page.delete(seen)
        await until(lambda: len(reader.rows) >= 4)
        page.ban("bob")
        await until(lambda: len(reader.rows) >= 5)
        removals = [row for row in reader.rows if row.kind != "message"]
        assert {row.target for row in removals} == {gone, seen, channel_of("bob")}
        assert reader.ids == [kept, gone]


async def test_the_page_goes_on_while_the_quota_is_used_up_and_nothing_is_told_twice():
    async with both() as (api, page, reader):
        for text in ("one", "two"):
            await api.say(named("bob"), text)
            page.say(text, "bob")
        await until(lambda: len(reader.rows) == 2)
        api.refuse["stream"] = lambda: error(403, "quotaExceeded")
        await api.drop()
        for text in ("three", "four"):
            await api.say(named("bob"), text)
            page.say(text, "bob")
        await until(lambda: len(reader.rows) == 4)
        assert reader.source.health().notice.code == "chat.ytapi_quota"
        assert reader.source.health().state == "degraded"
        del api.refuse["stream"]
        await until(lambda: reader.source.health().notice.code == "chat.ytapi_ok")
        await api.say(named("bob"), "five")
        page.say("five", "bob")
        await until(lambda: len(reader.rows) == 5)
        assert [row.text for row in reader.rows] == ["one", "two", "three", "four", "five"]
        assert [row.source for row in reader.rows] == ["ytapi", "ytapi", "innertube", "innertube", "ytapi"]


async def test_a_fault_of_ours_while_both_are_compared_costs_one_look(monkeypatch, caplog):
    async with FakeYouTubeApi() as youtube:
        made = source(youtube, deletions=Page())
        honest, looks = made._pairing.waiting_since, []

        def broken():
            looks.append(1)
            if len(looks) == 1:
                raise LookupError("what a viewer wrote")
            return honest()

        monkeypatch.setattr(made._pairing, "waiting_since", broken)
        reader = Reading(made)
        try:
            await until(lambda: len(looks) > 3, "another look")
        finally:
            await reader.close()
    assert "LookupError" in caplog.text
    assert "what a viewer wrote" not in caplog.text
