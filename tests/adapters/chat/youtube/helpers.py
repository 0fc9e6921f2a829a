"""What the tests of the YouTube reader share: quick timing, and a source that is read."""

import threading
from contextlib import asynccontextmanager
from typing import Any

from streamer.adapters.chat.youtube import Timing, YouTubeWeb
from tests.adapters.chat.contract import Reading, until
from tests.fakes.youtube_web import FakeYouTube

QUICK = Timing(
    floor_s=0.01, jitter=0.0, again_s=0.005, rest_s=0.5, retry_s=0.01, retry_max_s=0.05, strike_s=0.03, look_s=0.03,
    look_max_s=0.1, mend_max_s=0.1, begin_s=15.0,
)  # fmt: skip
ENGINES = ["pytchat", "innertube"]


def source(
    youtube: FakeYouTube, engine: Any = "auto", channel: str = "@mika", timing: Timing = QUICK, **more: Any
) -> YouTubeWeb:
    return YouTubeWeb(channel, base_url=youtube.url, engine=engine, timing=timing, **more)


def code(told: Reading) -> str:
    return told.source.health().notice.code


def no_thread_is_left() -> bool:
    return not any(thread.name.startswith("pytchat") for thread in threading.enumerate())


@asynccontextmanager
async def reading(youtube: FakeYouTube, engine: Any = "auto", **more: Any):
    """A source that is read, once it is well."""
    told = Reading(source(youtube, engine, **more))
    try:
        await until(lambda: told.source.health().state == "ok", "the source")
        yield told
    finally:
        await told.close()


@asynccontextmanager
async def waiting(youtube: FakeYouTube, wanted: str, engine: Any = "auto", **more: Any):
    """A source that is read, once its health says this (the last part of a code)."""
    told = Reading(source(youtube, engine, **more))
    try:
        await until(lambda: code(told) == f"chat.youtube.{wanted}", wanted)
        yield told
    finally:
        await told.close()
