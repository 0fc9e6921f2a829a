"""The whole way to Twitch and back: TwitchIO itself writes to a local Helix, EventSub brings our words back."""

import asyncio

from streamer.ports import ChatRow
from tests.adapters.chat.contract import until
from tests.adapters.chat.twitch_eventsub.signed_in import CHAT, MODERATES, bot, source
from tests.app.sending.test_desk import World
from tests.fakes.twitch_api import FakeTwitch


async def test_what_we_write_is_ours_when_it_comes_back_and_goes_with_what_it_answers() -> None:
    async with FakeTwitch() as twitch:
        account = bot(twitch, *CHAT, *MODERATES)
        twitch.mods.add(account.user_id)
        made = source(twitch, account)
        world = World()
        rows: list[ChatRow] = []

        async def read() -> None:
            async for row in made.rows():
                rows.append(row)
                world.on_row(row)

        reading = asyncio.create_task(read())
        try:
            await twitch.ready()
            await until(lambda: made.writer is not None and "delete" in made.writer.acts, "the writer")
            assert made.writer is not None
            world.desk.use([made.writer])

            asked = await twitch.say("Ann", "Mika, tea?")
            await until(lambda: world.waiting == [f"twitch:{asked}"], "the question")
            world.answered(f"twitch:{asked}")
            await until(lambda: bool(twitch.sent), "the reply")
            assert twitch.sent[0]["message"] == "Tea, always."
            assert twitch.sent[0]["reply_parent_message_id"] == asked
            await until(lambda: len(rows) == 2, "our own words")
            assert world.waiting == [f"twitch:{asked}"]
            assert world.received[-1].bot

            acted = await world.desk.delete(f"twitch:{asked}")
            assert acted.outcome == "done"
            assert world.waiting == []
            await until(lambda: set(twitch.deleted) == {asked, rows[1].id}, "both are deleted")

            await world.desk.write("hello chat", "", "", by="owner:x")
            acted = await world.desk.punish("", "Ann", seconds=60, reason="spam")
            assert acted.outcome == "done"
            assert twitch.bans[0]["duration"] == 60
            twitch.mods.clear()
            second = await twitch.say("Ben", "Mika, soup?")
            await until(lambda: world.waiting == [f"twitch:{second}"], "another question")
            acted = await world.desk.delete(f"twitch:{second}")
            assert (acted.outcome, acted.code) == ("here", "not_allowed")
            assert world.waiting == []
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            await made.aclose()
            await world.close()
