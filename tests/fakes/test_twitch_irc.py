"""The local Twitch chat: what its viewers say does not depend on who is listening."""

import aiohttp

from tests.fakes.twitch_irc import FakeTwitchIrc

JOINING = "CAP REQ :twitch.tv/tags twitch.tv/commands\r\nNICK justinfan1\r\nJOIN #stage_test\r\n"


async def test_viewers_write_on_while_a_connection_breaks() -> None:
    async with (
        FakeTwitchIrc("stage_test") as irc,
        aiohttp.ClientSession() as session,
        session.ws_connect(irc.url) as socket,
    ):
        await socket.send_str(JOINING)
        await irc.until(lambda: irc.joins == 1, within_s=20)
        [client] = irc._clients
        client.transport.abort()  # its end is noticed a moment later
        assert await irc.say("Pia", "is anybody there?")
