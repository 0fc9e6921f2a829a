"""Files that change while the show runs: applied within one line, or refused with the old show going on."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path

import pytest

from streamer.adapters.demo.brain import INSTANT, DemoBrain
from streamer.app import demo
from streamer.app import house as module
from streamer.app.house import House
from streamer.app.yamlfile import BadFiles
from streamer.core.commands import Command, Prepare
from streamer.core.events import CastChanged, ChatReceived, Fact, LineEnded, SettingsChanged
from streamer.ports import ChatRow, User
from streamer.web.gate import Site
from tests.app.kit import plan, put
from tests.fakes.openai import FakeOpenAi
from tests.fakes.tts import BRIEF, FakeVoice

QUIET = "show: {idle_after_s: 0, banter_every_s: 0, gap_s: 0, rundown: empty, cast: [mika]}\n"
PIP = 'name: Pip\nsentences: Pip is a small robot who collects stamps.\ncolour: "#7fd1ae"\n'


class Seen:
    """Every fact and command of a show."""

    def __init__(self) -> None:
        self.events: list[object] = []
        self.orders: list[Prepare] = []

    def __call__(self, fact: Fact, commands: Sequence[Command]) -> None:
        self.events.append(fact.event)
        self.orders += [command for command in commands if isinstance(command, Prepare)]

    def count(self, kind: type) -> int:
        return sum(isinstance(event, kind) for event in self.events)


@pytest.fixture(autouse=True)
def voices(monkeypatch: pytest.MonkeyPatch) -> list[FakeVoice]:
    made: list[FakeVoice] = []

    def opened(settings: object) -> tuple[dict[str, FakeVoice], list[object]]:
        names = list(settings.voice_engines())  # type: ignore[attr-defined]
        voices = {name: FakeVoice(name, BRIEF) for name in names}
        made.extend(voices.values())
        return voices, []

    async def nothing(*_: object) -> Sequence[object]:
        return []

    monkeypatch.setattr(module, "open_voices", opened)
    monkeypatch.setattr(module, "discover", nothing)
    return made


@asynccontextmanager
async def running(tmp_path: Path, settings: str = QUIET, **more: object) -> AsyncIterator[tuple[House, Seen]]:
    put(tmp_path / "home", "scenes/empty.yaml", "title: Quiet\n")
    seen = Seen()
    house = House(plan(tmp_path, settings), Site(port=0), pace=INSTANT, observe=seen, **more)  # type: ignore[arg-type]
    await house.open()
    try:
        yield house, seen
    finally:
        await house.close()


async def until(true, within_s: float = 30.0) -> None:  # type: ignore[no-untyped-def]
    async with asyncio.timeout(within_s):
        while not true():
            await asyncio.sleep(0.02)


def say(house: House, text: str, number: int) -> None:
    who = User("1", "ana", "Ana")
    house.conductor.on_row(ChatRow(at=0.0, platform="t", kind="message", id=str(number), user=who, text=text))


async def test_nothing_changed_changes_nothing(tmp_path: Path) -> None:
    async with running(tmp_path, sources=[]) as (house, seen):
        before = house.brain.now, dict(house.voices)
        await house.reload()
        assert (house.brain.now, house.voices) == before
        assert seen.count(SettingsChanged) == seen.count(CastChanged) == 0


async def test_a_new_character_answers_the_next_line(tmp_path: Path) -> None:
    async with running(tmp_path, sources=[]) as (house, seen):
        put(tmp_path / "home", "characters/pip/character.yaml", PIP)
        put(tmp_path / "home", "config/streamer.yaml", QUIET.replace("[mika]", "[mika, pip]"))
        await house.reload()
        assert seen.count(CastChanged) == 1
        say(house, "Pip, what do you collect?", 1)
        await until(lambda: seen.count(LineEnded) == 1)
        assert seen.orders[-1].persona == "pip"
        cast = house.hub.snapshot("overlay")["cast"]
        assert cast["pip"]["name"] == "Pip"  # type: ignore[index]


async def test_a_persona_that_leaves_is_not_asked_any_more(tmp_path: Path) -> None:
    async with running(tmp_path, QUIET.replace("[mika]", "[mika, juno]"), sources=[]) as (house, seen):
        put(tmp_path / "home", "config/streamer.yaml", QUIET)
        await house.reload()
        say(house, "Juno, are you there? And what is a comet?", 1)
        await until(lambda: seen.count(LineEnded) == 1)
        assert seen.orders[-1].persona == "mika"


async def test_a_model_takes_over_within_one_line_and_leaves_again(tmp_path: Path) -> None:
    async with FakeOpenAi() as server, running(tmp_path, sources=[]) as (house, seen):
        server.tokens = ["I am ", "the model ", "speaking."]
        llm = f"llm: {{profile: ollama, model: small, base_url: '{server.url}'}}\n"
        put(tmp_path / "home", "config/streamer.yaml", QUIET + llm)
        await house.reload()
        assert house.hub.snapshot("panel")["show"]["scripted"] is False  # type: ignore[index]
        say(house, "Mika, who speaks?", 1)
        await until(lambda: seen.count(LineEnded) == 1)
        assert house.texts.get(f"l:{seen.orders[-1].line}") == "I am the model speaking."
        put(tmp_path / "home", "config/streamer.yaml", QUIET)
        await house.reload()
        assert house.is_scripted
        say(house, "Mika, is cereal a soup?", 2)
        await until(lambda: seen.count(LineEnded) == 2)
        assert house.texts.get(f"l:{seen.orders[-1].line}") != "I am the model speaking."


async def test_voices_are_exchanged_and_the_old_ones_closed(tmp_path: Path, voices: list[FakeVoice]) -> None:
    async with running(tmp_path, sources=[]) as (house, seen):
        assert list(house.voices) == ["espeak"]
        tts = "tts: {chain: [http, espeak], http: {url: 'http://127.0.0.1:9/?text={text}'}}\n"
        put(tmp_path / "home", "config/streamer.yaml", QUIET + tts)
        await house.reload()
        assert list(house.voices) == ["http", "espeak"]
        say(house, "Mika, say something?", 1)
        await until(lambda: seen.count(LineEnded) == 1)
        assert [each.caps.engine for each in voices if each.requests] == ["http"]


async def test_the_channel_replaces_the_audience_and_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(tmp_path) as (house, seen):
        assert [source.name for source in house.chat.chats.sources] == ["chat.inject", "chat.demo"]
        twitch = "chat: {twitch: {channel: somebody, irc_url: 'ws://127.0.0.1:9'}}\n"
        put(tmp_path / "home", "config/streamer.yaml", QUIET + twitch)
        await house.reload()
        assert [source.name for source in house.chat.chats.sources] == ["chat.inject", "chat.twitch"]
        assert house.hub.snapshot("panel")["show"]["demo"] is False  # type: ignore[index]
        assert seen.count(SettingsChanged) == 1  # the read delay of a real channel
        heard = seen.count(ChatReceived)
        monkeypatch.setattr(demo, "FIRST_S", -60.0)  # what it says in its first minute comes at once
        put(tmp_path / "home", "config/streamer.yaml", QUIET)
        await house.reload()
        assert [source.name for source in house.chat.chats.sources] == ["chat.inject", "chat.demo"]
        await until(lambda: seen.count(ChatReceived) > heard)


async def test_words_of_the_settings_are_watched_for_at_once(tmp_path: Path) -> None:
    async with running(tmp_path, sources=[]) as (house, seen):
        put(tmp_path / "home", "config/streamer.yaml", QUIET + "moderation: {blocked: [marmalade]}\n")
        await house.reload()
        say(house, "Mika, do you like marmalade?", 1)
        say(house, "Mika, do you like jam?", 2)
        received = [event for event in seen.events if isinstance(event, ChatReceived)]
        assert [event.verdict.action for event in received] == ["drop", "allow"]


async def test_broken_files_change_nothing(tmp_path: Path) -> None:
    async with running(tmp_path, sources=[]) as (house, seen):
        put(tmp_path / "home", "config/streamer.yaml", QUIET + "llm: {profile: nonsense}\n")
        with pytest.raises(BadFiles, match="profile"):
            await house.reload()
        assert house.plan.settings.llm is None
        say(house, "Mika, are you still here?", 1)
        await until(lambda: seen.count(LineEnded) == 1)


async def test_one_bad_character_stays_as_it_was_and_stops_nobody(tmp_path: Path) -> None:
    both = QUIET.replace("[mika]", "[mika, pip]")
    put(tmp_path / "home", "characters/pip/character.yaml", PIP)
    async with running(tmp_path, both, sources=[]) as (house, seen):
        put(tmp_path / "home", "characters/pip/character.yaml", PIP.replace("colour", "couleur"))
        put(tmp_path / "home", "config/streamer.yaml", both + "moderation: {blocked: [jam]}\n")
        await house.reload()
        assert house.plan.settings.moderation.blocked == ["jam"]
        (row,) = [row for row in house.health() if row.part == "files"]
        assert "couleur" in str(row.notice.params)
        say(house, "Pip, are you still there?", 1)
        await until(lambda: seen.count(LineEnded) == 1)
        assert seen.orders[-1].persona == "pip"


async def test_an_edit_by_hand_is_noticed_and_a_slip_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from streamer.app import watch

    monkeypatch.setattr(watch, "EVERY_S", 0.02)
    async with running(tmp_path, sources=[]) as (house, _):
        path = put(tmp_path / "home", "config/streamer.yaml", QUIET + "nonsense: 1\n")
        await until(lambda: house.watch.problems is not None)
        assert any(row.part == "files" and "nonsense" in str(row.notice.params) for row in house.health())
        revision = house.revision
        path.write_text(QUIET + "moderation: {blocked: [marmalade]}\n", encoding="utf-8")
        await until(lambda: house.watch.problems is None and house.revision > revision)
        assert house.plan.settings.moderation.blocked == ["marmalade"]


async def test_the_crowd_of_the_demo_does_not_repeat_what_was_heard_when_it_comes_again(tmp_path: Path) -> None:
    async with running(tmp_path) as (house, _):
        crowds = [house.chat.chats.sources[-1], *house.chat.wanted(), *house.chat.wanted()]
        ids = [str(row["id"]) for crowd in crowds for row in islice(crowd._rows, 40)]  # type: ignore[attr-defined]
        assert len(set(ids)) == len(ids), "messages heard before are not told again: nobody would be there"


async def test_a_voice_that_could_not_be_opened_speaks_as_soon_as_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys: list[str] = []
    http = FakeVoice("http", BRIEF)

    def opened(_: object) -> tuple[dict[str, FakeVoice], list[object]]:
        return {**({"http": http} if keys else {}), "espeak": FakeVoice("espeak", BRIEF)}, []

    monkeypatch.setattr(module, "open_voices", opened)
    monkeypatch.setattr("streamer.app.reload.voice_key", lambda _: tuple(keys))
    async with running(tmp_path, sources=[]) as (house, seen):
        keys.append("a key")
        await house.reload()
        say(house, "Mika, say something?", 1)
        await until(lambda: seen.count(LineEnded) == 1)
        assert http.requests


async def test_a_model_that_is_slow_to_wake_holds_nothing_else_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(tmp_path, QUIET.replace("[mika]", "[mika, juno]"), sources=[]) as (house, seen):
        awake = asyncio.Event()

        async def slow(_: object) -> None:
            await awake.wait()

        monkeypatch.setattr("streamer.app.exchange.warmed", slow)
        llm = "llm: {profile: ollama, model: small, base_url: 'http://127.0.0.1:9'}\n"
        put(tmp_path / "home", "config/streamer.yaml", QUIET + llm)
        reload = asyncio.ensure_future(house.reload())
        await until(lambda: list(house.speakers) == ["mika"])
        assert seen.count(CastChanged) == 1, "who is not in the cast is not asked any more"
        awake.set()
        await reload
        assert house.is_scripted is False


async def test_a_show_that_closes_while_a_model_wakes_leaves_none_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[object] = []
    closing = asyncio.Event()

    class Sleepy(DemoBrain):
        async def warm(self) -> None:
            await closing.wait()

        async def aclose(self) -> None:
            closed.append(self)

    monkeypatch.setattr(module, "open_brain", lambda *_, **__: (Sleepy(lambda _: "Hello."), False, []))
    async with running(tmp_path, sources=[]) as (house, _):
        put(tmp_path / "home", "config/streamer.yaml", QUIET + "llm: {profile: ollama, model: small}\n")
        reload = asyncio.ensure_future(house.reload())
        await until(lambda: house.plan.settings.llm is not None)
        await asyncio.sleep(0)
        assert not reload.done()
    closing.set()
    async with asyncio.timeout(30):
        await reload
    assert len({id(each) for each in closed}) == 2, "the model of the show and the one that was to follow it"


async def test_a_model_that_cannot_be_opened_leaves_the_show_labelled_as_scripted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    async with running(tmp_path, QUIET + "llm: {profile: openai, model: gpt-4o-mini}\n", sources=[]) as (house, _):
        assert house.broken["brain"]
        assert house.hub.snapshot("panel")["show"]["scripted"] is True  # type: ignore[index]
