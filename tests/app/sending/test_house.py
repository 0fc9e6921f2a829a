"""A whole house that reads Twitch's IRC: moderators steer it, the routes act, who is ignored stays so."""

from collections.abc import Sequence
from pathlib import Path

import aiohttp
import pytest

from streamer.adapters.demo.brain import INSTANT
from streamer.app import house as module
from streamer.app.house import House
from streamer.web.gate import Site
from tests.app.kit import plan, put
from tests.app.test_house import opened, until
from tests.fakes.tts import FakeVoice, How
from tests.fakes.twitch_irc import FakeTwitchIrc

SETTINGS = """
show: {{idle_after_s: 0, banter_every_s: 0, gap_s: 0, read_delay_s: 0, rundown: empty}}
chat: {{twitch: {{channel: hana, irc_url: "{url}", read: irc}}}}
"""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    made = FakeVoice("espeak", How(pace=0.0))
    monkeypatch.setattr(module, "open_voices", lambda _settings: ({"espeak": made}, []))

    async def nothing(*_: object) -> Sequence[object]:
        return []

    if hasattr(module, "discover"):
        monkeypatch.setattr(module, "discover", nothing)


def house_of(tmp_path: Path, url: str, *, fresh: bool = False) -> House:
    put(tmp_path / "home", "scenes/empty.yaml", "title: Quiet\n")
    return House(plan(tmp_path, SETTINGS.format(url=url)), Site(port=0), pace=INSTANT, fresh=fresh)


class Panel:
    """The owner's browser, as far as the API sees it."""

    def __init__(self, house: House, session: aiohttp.ClientSession) -> None:
        made = house.grants.exchange(house.grants.issue_code())
        assert made is not None
        self._house, self._session, self._headers = house, session, {"Authorization": f"Bearer {made[1]}"}

    async def post(self, path: str, body: dict[str, object]) -> tuple[int, dict[str, object]]:
        url = f"{self._house.web.base_url}/api/v1/{path}"
        async with self._session.post(url, json=body, headers=self._headers) as answer:
            return answer.status, await answer.json() if answer.status != 204 else {}

    @property
    def shown(self) -> dict[str, object]:
        return dict(self._house.hub.snapshot("panel"))


async def test_from_the_chat_to_the_show_and_back(tmp_path: Path) -> None:
    async with FakeTwitchIrc("hana") as irc, aiohttp.ClientSession() as session:
        house = house_of(tmp_path, irc.url, fresh=True)
        async with opened(house):
            await irc.joined()
            panel = Panel(house, session)
            await irc.say("Ann", "!show stop", user_id="3")
            await irc.say("Vic", "!show stop", user_id="4", badges="vip/1")
            bad = await irc.say("Ann", "hello there everybody", user_id="3")
            await irc.say("Rin", "!show pause", user_id="9", badges="moderator/1")
            await until(lambda: house.inbox.show.mode == "paused")
            await irc.say("Rin", "!show on", user_id="9", badges="moderator/1")
            await until(lambda: house.inbox.show.mode == "running")
            await irc.say("Rin", "!show ignore @Ann 30", user_id="9", badges="moderator/1")
            await until(lambda: "twitch:3" in house.inbox.show.ignored)
            assert list(panel.shown["ignored"]) == ["twitch:3"]  # type: ignore[call-overload]
            assert (tmp_path / "state" / "ignored.json").is_file()

            assert await panel.post("chat/delete", {"uid": f"twitch:{bad}"}) == (
                200,
                {"outcome": "here", "code": "not_signed_in"},
            )
            assert house.texts.get(f"m:twitch:{bad}") is None
            assert (await panel.post("chat/send", {"text": "hello"}))[1]["code"] == "not_signed_in"
            assert (await panel.post("chat/unignore", {"user": "twitch:3"}))[0] == 204
            assert house.inbox.show.ignored == {}
            assert (await panel.post("chat/ignore", {"uid": f"twitch:{bad}"}))[1]["name"] == "Ann"
            assert (await panel.post("commands/clear", {}))[1] == {"outcome": "already"}, "nothing waited"

        again = house_of(tmp_path, irc.url, fresh=True)
        async with opened(again):
            assert "twitch:3" in again.inbox.show.ignored
            await irc.joined(2)
            await irc.say("Ann", "Mika, do you like tea?", user_id="3")
            await irc.say("Ben", "Mika, do you like soup?", user_id="5")
            await until(lambda: again.inbox.show.next_request > 1)
            assert again.inbox.show.next_request == 2
