"""Every chat at once, end to end: the product as a process, Twitch by two ways, YouTube, Streamer.bot and webhooks as
local servers that speak their protocols.

Real: the process, its files, its sign-ins, TwitchIO, pytchat, the feed of the overlays. Local servers stand in for the
platforms, a model and a voice.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

import pytest

from streamer.core.events import AlertReplayed, ChatReceived, LineEnded, LineStarted
from tests.e2e.chats import BOT_LOGIN, Audience, Platforms, keep
from tests.e2e.product import Product
from tests.e2e.test_journeys import Desk, at_desk, rows, tone, until
from tests.fakes import twitch_events
from tests.fakes.http_voice import FakeHttpVoice
from tests.fakes.openai import FakeOpenAi

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

SHOW = {
    "cast": ["mika", "juno"], "read_delay_s": 0, "answers_per_minute": 60, "viewer_cooldown_s": 0, "gap_s": 0.1,
    "banter_every_s": 0, "idle_after_s": 0, "host_quiet_s": 0,
}  # fmt: skip
RAID_S = 2.0
"""So long after a raid it is thanked; where nothing is said, after six seconds."""


class Stage:
    """The running product with everybody around it."""

    def __init__(self, product: Product, desk: Desk, world: Platforms, llm: FakeOpenAi, audience: Audience) -> None:
        self.product, self.desk, self.world, self.llm, self.audience = product, desk, world, llm, audience
        self.ms_per_char = 8

    def will_say(self, text: str, *, ms_per_char: int = 8) -> None:
        self.llm.tokens = [f"{word} " for word in text.split()]
        self.ms_per_char = ms_per_char

    async def health(self, part: str, true: Callable[[Mapping[str, Any]], bool], what: str) -> Mapping[str, Any]:
        def look(state: dict[str, Any]) -> Any:
            row = state["health"].get(part)
            return row if row is not None and true(row) else None

        return await self.desk.state_until(look, f"{part}: {what}")

    async def ok(self, *parts: str) -> None:
        for part in parts:
            await self.health(part, lambda row: row["state"] == "ok", "ok")

    async def row(self, text: str, code: str) -> dict[str, Any]:
        """The row of the panel's chat with these words, once it is in this state."""

        def look(state: dict[str, Any]) -> Any:
            found = [row for row in state["chat"].values() if row["text"] == text]
            return found[0] if found and (found[0]["state"] or {}).get("code", "") == code else None

        return await self.desk.state_until(look, f"{text!r} to be {code or 'shown'}")

    def events(self, kind: type[Any]) -> list[Any]:
        return [row.event for row in rows(self.product.state) if isinstance(row.event, kind)]

    def times(self, kind: type[Any], true: Callable[[Any], bool]) -> list[float]:
        """Seconds of the show at which such facts were noted."""
        return [row.at_ns / 1e9 for row in rows(self.product.state) if isinstance(row.event, kind) and true(row.event)]

    async def lines(self, many: int) -> list[Any]:
        """The lines that have ended, once there are so many."""
        return await until(lambda: e if len(e := self.events(LineEnded)) >= many else None, f"{many} lines")


@asynccontextmanager
async def stage(
    folder: Path, chat: Callable[[Platforms], dict[str, Any]], signed: bool, **more: Any
) -> AsyncIterator[Stage]:
    made: list[Stage] = []
    voice = FakeHttpVoice(lambda text: tone(text, ms_per_char=made[0].ms_per_char if made else 8))
    async with Platforms() as world, FakeOpenAi() as llm, voice:
        if signed:
            keep(folder / "state", world.ident)
        given = {
            "show": SHOW, "chat": chat(world),
            "llm": {"base_url": llm.url, "model": "fake", "connect_s": 30, "first_token_s": 30},
            "tts": {"http": {"url": f"{voice.root}/tts?text={{text}}", "first_audio_s": 30, "stall_s": 30}}, **more,
        }  # fmt: skip
        env = {
            **os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "SHOWRUNNER_CHAT__WEBHOOKS__0__SECRET": world.hooks.secret,
        }  # fmt: skip
        if not given["chat"].get("webhooks"):
            del env["SHOWRUNNER_CHAT__WEBHOOKS__0__SECRET"]
        async with (
            Product(folder, json.dumps(given), env=env) as product,
            at_desk(product) as desk,
            Audience(product) as audience,
        ):
            made.append(Stage(product, desk, world, llm, audience))
            yield made[0]
        said = "".join(product.printed)
        assert "Traceback" not in said, said
        for each in (*world.ident.id.access, *world.ident.id.refresh, world.hooks.secret):
            assert each not in said
            for file in folder.rglob("*"):
                where = file.name
                assert where == "tokens.json" or not file.is_file() or each.encode() not in file.read_bytes(), where
        assert not world.irc.violations
        assert not world.twitch.violations


def everything(world: Platforms) -> dict[str, Any]:
    return {
        "twitch": world.twitch_settings(alerts=["subs"]),
        "youtube": {"channel": "@mika", "base_url": world.youtube.url},
        "streamerbot": {"url": world.bot.url, "do": [{"on": "emotion", "is": "joy", "action": "Wave"}]},
        "webhooks": [{"url": world.hooks.url, "on": ["line_ended", "alert"]}],
        "commands": {"confirm": False},
        "write": {"answers": True},
    }


async def test_every_chat_at_once(tmp_path: Path) -> None:
    alerts = {"raid": {"user_cooldown_s": 600, "speak_after_s": RAID_S}, "gift": {"speak_after_s": 1}}
    async with stage(tmp_path, everything, True, alerts=alerts) as show:
        await show.ok("chat.twitch", "chat.twitch.spare", "chat.youtube", "chat.streamerbot", "account.twitch.bot")
        await told_once_answered_once_written_once(show)
        await commands_of_moderators(show)
        await taken_back_while_it_is_heard(show)
        await tried_raided_and_again(show)
        await a_storm_is_one_thank_you(show)
        await others_were_told(show)


async def told_once_answered_once_written_once(show: Stage) -> None:
    """Twitch tells it by two ways, Streamer.bot a third time under an id of its own."""
    world, audience = show.world, show.audience
    show.will_say("[joy:0.9] Tea is a fine thing with milk.")
    text = "Mika, do you like tea?"
    ident = await world.say("Ann", text)
    await until(lambda: text in audience.chat, "the message on the overlay")
    third = world.bot.message(text, f"bot-{ident}", "Ann")
    third["user"]["id"] = twitch_events.user_id("Ann")
    await world.bot.event("Twitch", "ChatMessage", third)
    await show.row(text, "answered")
    await until(lambda: world.twitch.sent, "the written answer")
    assert [event.outcome for event in show.events(LineEnded)] == ["finished"]
    [sent] = world.twitch.sent
    assert sent["message"] == "Mika: Tea is a fine thing with milk."
    assert sent["reply_parent_message_id"] == ident
    assert audience.texts[text] == 1
    assert len(show.llm.requests) == 1

    # the question goes, and so does what the bot wrote
    await world.delete(ident)
    await until(lambda: world.twitch.deleted, "the reply to be deleted")
    await gone_from(audience, text)
    assert len(world.twitch.sent) == 1
    assert len(world.twitch.deleted) == 1

    # YouTube's chat is answered too
    show.will_say("Soup is a warm drink.")
    world.youtube.say("Mika, what is soup?", "cleo")
    await show.row("Mika, what is soup?", "answered")


async def commands_of_moderators(show: Stage) -> None:
    asked = len(show.llm.requests)
    await show.world.say("Vic", "!show stop")
    await show.world.say("Vic", "just talking")
    await show.row("just talking", "")
    assert (await show.desk.state())["show"]["mode"] == "running"
    await show.world.say("Rin", "!show stop", mod=True)
    await show.desk.state_until(lambda state: state["show"]["mode"] == "stopped", "the stop")
    await show.world.say("Rin", "!show on", mod=True)
    await show.desk.state_until(lambda state: state["show"]["mode"] == "running", "the show to go on")
    assert len(show.llm.requests) == asked, "a command was answered"
    assert not [text for text in show.audience.texts if text.startswith("!show")]


async def taken_back_while_it_is_heard(show: Stage) -> None:
    """On Twitch, on YouTube, by Streamer.bot."""
    world, audience = show.world, show.audience
    for platform in ("twitch", "youtube", "streamerbot"):
        text = f"Mika, tell {platform} of the tangerine zeppelin!"
        show.will_say("The zeppelin flew over the sea, and over the hills, and never landed.", ms_per_char=120)
        if platform == "twitch":
            ident = await world.say("Troll", text)
        elif platform == "youtube":
            ident = world.youtube.say(text, "troll")
        else:
            ident = "told-by-the-bot"
            await world.bot.event("Twitch", "ChatMessage", world.bot.message(text, ident, "Trollo"))
        await show.row(text, "on_air")
        await until(lambda: "zeppelin" in audience.caption and audience.now["playhead"]["ms"] > 300, "its sound")
        assert text in audience.chat
        before = len(show.events(LineEnded))
        if platform == "twitch":
            await world.delete(ident)
        elif platform == "youtube":
            world.youtube.delete(ident)
        else:
            gone = {"targetMessageId": ident, "messageId": ident, "targetUser": {"id": "id-trollo", "login": "trollo"}}
            await world.bot.event("Twitch", "ChatMessageDeleted", gone)
        await until(lambda: audience.caption == "", "the caption to go")
        await gone_from(audience, text)
        ended = await show.lines(before + 1)
        assert ended[-1].outcome == "cut"
        assert "tangerine" not in json.dumps(await show.desk.state())
        assert "tangerine" not in json.dumps(audience.now)


async def gone_from(audience: Audience, text: str) -> None:
    await until(lambda: text not in audience.chat, "the message to leave the overlay")


async def tried_raided_and_again(show: Stage) -> None:
    """A test raid, then the real one of the same channel, then the real one once more."""
    world, audience, desk = show.world, show.audience, show.desk
    show.will_say("Welcome, welcome, all of you!")
    sent, lines, alerts = len(world.twitch.sent), len(show.events(LineEnded)), len(audience.alerts)
    status, tried = await desk.post("alerts/test", {"kind": "raid", "count": 40, "name": "Eve"})
    assert status == 200
    await until(lambda: len(audience.alerts) == alerts + 1, "the alert of the test")
    assert audience.alerts[-1][1]["test"] is True
    await show.lines(lines + 1)
    assert audience.lines[-1]["test"] is True
    shown = (await desk.state())["events"][tried["uid"]]
    assert (shown["test"], shown["state"]["code"]) == (True, "answered")

    show.will_say("What an evening, dear Eve!")
    await world.raid("Eve", 40)
    await until(lambda: len(audience.alerts) == alerts + 2, "the raid's alert")
    assert "test" not in audience.alerts[-1][1]
    await show.lines(lines + 2)
    assert "test" not in audience.lines[-1]
    came = show.times(ChatReceived, lambda event: event.kind == "raid" and not event.test)
    assert len(came) == 1, "told by two ways, it came twice"
    spoke = show.times(LineStarted, lambda _: True)[-1]
    assert spoke - came[0] >= RAID_S - 0.01  # the core counts whole milliseconds
    [uid] = [uid for uid, row in (await desk.state())["events"].items() if row["kind"] == "raid" and not row["test"]]

    show.will_say("And once more: Eve, everybody!")
    assert await desk.post(f"alerts/{uid.replace(':', '%3A')}/replay", {}) == (200, {"outcome": "done"})
    await show.lines(lines + 3)
    assert len(audience.alerts) == alerts + 3
    assert len(show.events(AlertReplayed)) == 1
    await until(lambda: len(world.twitch.sent) >= sent + 2, "the real thank-yous in the chat")
    assert [each["message"].partition(": ")[2] for each in world.twitch.sent[sent:]] == [
        "What an evening, dear Eve!", "And once more: Eve, everybody!",
    ], "the test was written too"  # fmt: skip


async def a_storm_is_one_thank_you(show: Stage) -> None:
    lines, alerts = len(show.events(LineEnded)), len(show.audience.alerts)
    show.will_say("Twenty gifts, Gus, thank you!")
    await show.world.storm("Gus", 20)
    await show.lines(lines + 1)
    await show.world.say("Ann", "Juno, and you?")  # what is answered next shows that nothing else was waiting
    await show.row("Juno, and you?", "answered")
    assert len(show.events(LineEnded)) == lines + 2
    assert len(show.audience.alerts) == alerts + 1


async def others_were_told(show: Stage) -> None:
    hooks, bot = show.world.hooks, show.world.bot

    def kinds() -> set[str]:
        return {event["type"] for event in hooks.taken}

    await until(lambda: kinds() >= {"line_ended", "alert"}, "the webhooks")
    assert all(each.signed for each in hooks.requests)
    ended = [event for event in hooks.taken if event["type"] == "line_ended"]
    assert any("Tea is a fine thing" in event["data"].get("text", "") for event in ended)
    raids = [event for event in hooks.taken if event["type"] == "alert" and event["data"]["kind"] == "raid"]
    assert [event["test"] for event in raids][:2] == [True, False]
    await until(lambda: bot.done, "the action")
    assert {name for name, _ in bot.done} == {"Wave"}


# --- what changes in the middle of a show -----------------------------------------------------------------------------


class People:
    """Viewers who write all the time, on Twitch by both ways."""

    def __init__(self, world: Platforms) -> None:
        self._world = world
        self.said: list[str] = []
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._write())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _write(self) -> None:
        while True:
            text = f"this is message {len(self.said) + 1} of the evening"
            await self._world.say("Pia", text)
            self.said.append(text)
            await asyncio.sleep(0.1)

    async def more(self, many: int = 5) -> None:
        """Returns when so many more were written."""
        goal = len(self.said) + many

        def written() -> bool:
            assert self._task is not None
            if self._task.done():
                self._task.result()  # why nobody writes any more
            return len(self.said) >= goal

        await until(written, "more messages")


def guests(world: Platforms) -> dict[str, Any]:
    return {"twitch": world.twitch_settings(alerts=["subs"]), "commands": {"confirm": False}}


async def test_what_changes_in_the_middle_of_a_show(tmp_path: Path) -> None:
    """Signed in, connections that drop, a permission that is taken back, other settings: and nothing is lost or told
    twice while people write."""
    async with stage(tmp_path, guests, False) as show, People(show.world) as people:
        await show.ok("chat.twitch")
        await people.more()
        await signs_in(show, people)
        await loses_connections(show, people)
        await loses_the_permission(show, people)
        await changes_settings(show)
        first = next(index for index, text in enumerate(people.said) if show.audience.texts[text])
        last = people.said[-1]
        await until(lambda: show.audience.texts[last], "the last message")
        counts = {text: show.audience.texts[text] for text in people.said[first : people.said.index(last) + 1]}
        assert {text: many for text, many in counts.items() if many != 1} == {}
        assert len(counts) > 40


async def signs_in(show: Stage, people: People) -> None:
    """By the code of the panel: the guest becomes a bot that is signed in."""
    ident, desk = show.world.ident, show.desk
    status, begun = await desk.post("signin/twitch/bot/begin", {"allow": None})
    assert status == 200, begun
    code = begun["attempt"]["user_code"]
    assert begun["attempt"]["state"] == "waiting"
    ident.approve(code, BOT_LOGIN)

    async def look() -> str:
        status, text = await desk.status("/api/v1/signin/twitch/bot")
        assert status == 200
        return json.loads(text)["attempt"]["state"]

    async with asyncio.timeout(30):
        while await look() == "waiting":
            await asyncio.sleep(0.2)
    assert await look() == "done"
    await show.ok("account.twitch.bot", "chat.twitch", "chat.twitch.spare")
    await show.world.twitch.ready()
    await people.more()
    await desk.state_until(lambda state: "send" in state["write"].get("twitch", {}).get("acts", ()), "a way to write")


async def loses_connections(show: Stage, people: People) -> None:
    """EventSub drops and cannot subscribe again for a while; later the guest's connection drops."""
    twitch, irc = show.world.twitch, show.world.irc
    twitch.fail("eventsub/subscriptions", 500, times=4, method="POST")
    await twitch.drop()
    await people.more(10)
    await twitch.ready(within_s=40)
    await people.more()
    joins = irc.joins
    await irc.drop()
    await people.more(10)
    await irc.until(lambda: irc.joins > joins, within_s=30)
    await show.ok("chat.twitch", "chat.twitch.spare")


async def loses_the_permission(show: Stage, people: People) -> None:
    """The person takes the access back: read on as a guest, and health says what to do."""
    show.world.ident.id.disconnect(BOT_LOGIN)
    await show.world.twitch.revoke()
    row = await show.health("chat.twitch", lambda row: row["state"] != "ok", "not ok")
    assert row["fix"] or row["code"] == "chat.reconnecting"
    row = await show.health("chat.twitch", lambda row: row["code"] == "chat.eventsub.signed_out", "signed out")
    assert (row["state"], row["fix"]) == ("degraded", "chat.eventsub.signed_out.fix")
    await show.health("account.twitch.bot", lambda row: row["fix"] == "account.again", "sign in again")
    await show.ok("chat.twitch.spare")
    await people.more()


async def changes_settings(show: Stage) -> None:
    """A raid of forty is thanked; with a new least in the file the next one is not."""
    show.will_say("Hello raiders!")
    await show.world.raid("Dodo", 40)
    await show.lines(1)
    [came] = show.times(ChatReceived, lambda event: event.kind == "raid")
    assert show.times(LineStarted, lambda _: True)[0] - came >= 5.99
    config = show.product.home / "config" / "streamer.yaml"
    settings = json.loads(config.read_text(encoding="utf-8"))
    settings["alerts"] = {"raid": {"least": 100}}
    config.write_text(json.dumps(settings), encoding="utf-8")
    revised = (await show.desk.state())["setup"]["n"]
    await show.desk.state_until(lambda state: state["setup"]["n"] > revised, "the new settings")
    await show.world.raid("Momo", 40)

    def ignored(state: dict[str, Any]) -> Any:
        rows_ = [row["state"] for row in state["events"].values() if row["name"] == "Momo" and row["state"]]
        return rows_ and rows_[0]["code"] == "dropped" and rows_[0]["reason"] == "least"

    await show.desk.state_until(ignored, "a raid that is too small")
