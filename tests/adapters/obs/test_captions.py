"""Captions in a text source and in the stream, against an OBS in memory and a real one."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from streamer.adapters.obs.captions import CaptionWriter
from streamer.adapters.obs.errors import ObsGone
from streamer.adapters.obs.link import ObsLink
from streamer.adapters.obs.settings import ObsCaptions
from streamer.ports import CaptionPage
from tests.fakes.obs_outputs import World
from tests.fakes.obs_state import Input
from tests.fakes.obs_ws import FakeLink
from tests.real.media import captions, changes
from tests.real.takes import streaming

BOTH = ("The court of pineapple is now", "in session, and the chat will rise.")


def page(*rows: str, line: int = 1, at: int = 0, end: int = 3000, name: str = "Mika") -> CaptionPage:
    return CaptionPage(line, name.lower(), name, rows, at, end)


@contextlib.asynccontextmanager
async def linked(world: World) -> AsyncIterator[FakeLink]:
    link = FakeLink(world, delay_s=0)
    running = asyncio.create_task(link.run())
    await link.ready()
    yield link
    await link.aclose()
    await running


def a_world(kind: str = "text_ft2_source_v2", *, name: str = "Captions", **settings: Any) -> World:
    world = World()
    world.inputs[name] = Input(name, kind, settings=settings)
    return world


def texts_sent(link: FakeLink) -> list[str]:
    return [asked["inputSettings"]["text"] for asked in link.asked("SetInputSettings")]


def codes(writer: CaptionWriter) -> list[str]:
    return [health.notice.code for health in writer.healths()]


async def settled() -> None:
    for _ in range(30):
        await asyncio.sleep(0)


async def test_the_text_source_shows_the_pages_and_nothing_twice() -> None:
    async with linked(a_world()) as link:
        writer = CaptionWriter(link, ObsCaptions(text="Captions"))
        await writer.show(None)
        await writer.show(page(*BOTH))
        await writer.show(page(*BOTH))
        await writer.show(page("All of it.", at=3000, end=4000))
        await writer.show(None)
        await writer.show(None)
        assert texts_sent(link) == ["", "Mika: " + "\n".join(BOTH), "All of it.", ""]
        assert all(
            asked["overlay"] and [*asked["inputSettings"]] == ["text"] for asked in link.asked("SetInputSettings")
        )
        assert codes(writer) == ["captions.obs_ok"]


async def test_the_name_stands_before_the_first_page_of_each_line_also_when_it_grows() -> None:
    async with linked(a_world()) as link:
        writer = CaptionWriter(link, ObsCaptions(text="Captions"))
        for each in (page("One."), page("One. Two."), page("Three.", at=900), page("Four.", line=2, name="Juno")):
            await writer.show(each)
        assert texts_sent(link) == ["Mika: One.", "Mika: One. Two.", "Three.", "Juno: Four."]


async def test_after_a_restart_of_obs_the_page_is_written_again() -> None:
    world = a_world()
    async with linked(world) as link:
        writer = CaptionWriter(link, ObsCaptions(text="Captions"))
        await writer.show(page("One."))
        link.lose()
        with pytest.raises(ObsGone):
            await writer.show(page("Two.", at=900))
        link.come_back(a_world())
        await link.ready()
        await writer.show(page("Two.", at=900))
        assert link.world.inputs["Captions"].settings["text"] == "Two."


@pytest.mark.parametrize(
    ("world", "code", "fix", "nearest"),
    [
        (a_world(name="Caption"), "captions.obs_missing", "fix.captions.obs_nearest", "Caption"),
        (a_world(name="zzz"), "captions.obs_missing", "fix.captions.obs_name", ""),
        (a_world("color_source_v3"), "captions.obs_not_text", "fix.captions.obs_name", None),
        (World(kinds=("color_source_v3",)), "captions.obs_no_kind", "fix.captions.overlay", None),
    ],
)
async def test_a_source_that_cannot_be_used_is_named_and_nothing_is_sent(
    world: World, code: str, fix: str, nearest: str | None
) -> None:
    async with linked(world) as link:
        writer = CaptionWriter(link, ObsCaptions(text="Captions"))
        await writer.show(page("One."))
        await writer.show(page("Two.", at=900))
        [health] = writer.healths()
        assert (health.state, health.notice.code, health.notice.fix) == ("degraded", code, fix)
        assert health.notice.params.get("nearest") == nearest
        assert not link.asked("SetInputSettings")


async def test_a_source_that_appears_is_used_with_the_next_page() -> None:
    async with linked(World()) as link:
        writer = CaptionWriter(link, ObsCaptions(text="Captions"))
        await writer.show(page("One."))
        link.world.inputs["Captions"] = Input("Captions", "text_gdiplus_v3")
        await writer.show(page("Two.", line=2))
        assert texts_sent(link) == ["Mika: Two."]
        assert codes(writer) == ["captions.obs_ok"]


@pytest.mark.parametrize(
    ("kind", "font", "text", "warned"),
    [
        ("text_ft2_source_v2", "DejaVu Sans", "ありがとう", True),
        ("text_ft2_source_v2", "DejaVu Sans", "Grüße, “Köln”", False),
        ("text_ft2_source_v2", "Noto Sans CJK JP", "ありがとう", False),
        ("text_gdiplus_v2", "Arial", "ありがとう", False),
    ],
)
async def test_a_font_that_may_lack_the_letters_is_said(kind: str, font: str, text: str, warned: bool) -> None:
    async with linked(a_world(kind, font={"face": font})) as link:
        writer = CaptionWriter(link, ObsCaptions(text="Captions"))
        await writer.show(page(text))
        assert ("captions.obs_font" in codes(writer)) is warned
        assert texts_sent(link) == [f"Mika: {text}"]


# --- the stream -------------------------------------------------------------------------------------------------------


class Sleeps:
    """Time that passes at once; `asked` is how long."""

    def __init__(self) -> None:
        self.asked: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        await asyncio.sleep(0)


async def streamed(link: FakeLink) -> list[str]:
    await settled()
    return [asked["captionText"] for asked in link.asked("SendStreamCaption")]


async def on_air(link: FakeLink) -> None:
    link.world.outputs["Stream"].active = True


async def test_a_page_goes_into_the_stream_in_captions_that_share_its_time_and_is_cleared() -> None:
    async with linked(World()) as link:
        await on_air(link)
        sleeps = Sleeps()
        writer = CaptionWriter(link, ObsCaptions(stream=True), sleep=sleeps)
        await writer.show(page(*BOTH, end=4000))
        sent = await streamed(link)
        assert " ".join(sent).replace("\n", " ") == "Mika: " + " ".join(BOTH)
        assert len(sent) == 2
        assert 1.5 < sleeps.asked[0] < 2.5
        await writer.show(None)
        assert (await streamed(link))[-1] == ""
        await writer.show(None)
        assert len(await streamed(link)) == 3
        assert codes(writer) == ["captions.stream_ok"]


async def test_a_page_that_grows_sends_only_what_is_new() -> None:
    async with linked(World()) as link:
        await on_air(link)
        writer = CaptionWriter(link, ObsCaptions(stream=True), sleep=Sleeps())
        await writer.show(page("Order, order!"))
        await settled()
        await writer.show(page("Order, order! Sit down."))
        await settled()
        await writer.show(page("Next.", line=2))
        assert await streamed(link) == ["Mika: Order, order!", "Sit down.", "Next."]


async def test_nothing_is_sent_without_a_stream_and_while_it_reconnects() -> None:
    async with linked(World()) as link:
        writer = CaptionWriter(link, ObsCaptions(stream=True), sleep=Sleeps())
        await writer.show(page("One."))
        await writer.show(None)
        await on_air(link)
        link.world.outputs["Stream"].reconnecting = True
        await writer.show(page("Two.", line=2))
        assert await streamed(link) == []
        assert codes(writer) == []


async def test_other_scripts_send_nothing_take_away_what_was_there_and_are_said() -> None:
    async with linked(World()) as link:
        await on_air(link)
        writer = CaptionWriter(link, ObsCaptions(stream=True), sleep=Sleeps())
        await writer.show(page("Hello."))
        await settled()
        await writer.show(page("ありがとうございます", line=2))
        assert await streamed(link) == ["Mika: Hello.", ""]
        assert codes(writer) == ["captions.stream_latin"]


async def test_the_next_page_ends_what_is_left_of_the_last_one() -> None:
    async with linked(World()) as link:
        await on_air(link)
        waiting = asyncio.Event()

        async def sleep(seconds: float) -> None:
            await waiting.wait()

        writer = CaptionWriter(link, ObsCaptions(stream=True), sleep=sleep)
        await writer.show(page(*BOTH))
        await settled()
        await writer.show(page("Next.", at=3000, end=4000))
        await streamed(link)
        waiting.set()
        assert (await streamed(link))[1:] == ["Next."]
        await writer.aclose()


async def test_a_lost_obs_ends_no_task_with_an_error() -> None:
    async with linked(World()) as link:
        await on_air(link)
        writer = CaptionWriter(link, ObsCaptions(stream=True), sleep=Sleeps())
        link.lose()
        await writer.show(page(*BOTH))
        await settled()
        await writer.show(None)


# --- a real OBS -------------------------------------------------------------------------------------------------------


@pytest.mark.needs("obs", "xvfb", "ffmpeg")
async def test_real_stream_carries_the_captions_within_one_message_each(clean_obs: ObsLink, tmp_path: Path) -> None:
    writer = CaptionWriter(clean_obs, ObsCaptions(stream=True))
    await writer.show(page("Not while nothing is streamed."))
    async with streaming(clean_obs, tmp_path) as take:
        await asyncio.sleep(0.4)
        await writer.show(page("x" * 31 + " café", "y" * 11 + "!", line=2, end=1000))
        await asyncio.sleep(0.6)
        await writer.show(page("¿Qué? ¡Señor Ñandú!", line=3, end=1000, name="Juno"))
        await asyncio.sleep(0.6)
        await writer.show(None)
        await asyncio.sleep(0.8)
    found = [text for _, text in captions(take.path)]
    assert found[0] == "Mika:\n" + "x" * 31 or found[0].startswith("x" * 31)
    assert any("café" in text and "y" * 11 in text for text in found)
    assert "Ñandú!" in found[-2]
    assert found[-1] == ""
    assert not any("streamed" in text for text in found)


@pytest.mark.needs("obs", "xvfb", "ffmpeg")
async def test_real_text_source_is_in_the_picture_and_goes_away(clean_obs: ObsLink, tmp_path: Path) -> None:
    made = {"font": {"face": "DejaVu Sans", "size": 60, "style": "Bold"}, "color1": 0xFFFFFFFF, "color2": 0xFFFFFFFF}
    await clean_obs.request(
        "CreateInput",
        {"sceneName": "Scene", "inputName": "Captions", "inputKind": "text_ft2_source_v2", "inputSettings": made},
    )
    writer = CaptionWriter(clean_obs, ObsCaptions(text="Captions"))
    async with streaming(clean_obs, tmp_path) as take:
        await asyncio.sleep(0.6)
        await writer.show(page("M" * 12, "M" * 12))
        await asyncio.sleep(0.8)
        await writer.show(None)
        await asyncio.sleep(0.8)
    assert [health.notice.code for health in writer.healths()] == ["captions.obs_ok"]
    assert (await clean_obs.request("GetInputSettings", {"inputName": "Captions"}))["inputSettings"]["font"] == made[
        "font"
    ]
    seen = [name for _, name in changes(take.path, box=(0.25, 0.1, 0.5, 0.2))]
    assert len(seen) == 3, seen
    assert seen[0] == seen[2] != seen[1]
