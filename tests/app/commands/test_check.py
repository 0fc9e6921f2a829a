"""`check`: one row for every part that is switched on, and exit codes one can build on."""

import asyncio
import socket
from pathlib import Path

import pytest

from streamer.adapters.llm.discover import LocalModel, LocalServer
from streamer.app.cli import main
from streamer.app.commands import check
from streamer.app.commands.check import probe, told
from streamer.app.plan import Plan
from streamer.ports import Health, Notice
from tests.app.kit import folders, plan, put
from tests.fakes.http_voice import FakeHttpVoice
from tests.fakes.openai import FakeOpenAi
from tests.fakes.twitch_irc import FakeTwitchIrc

TWITCH = 'chat: {{twitch: {{channel: stage_test, irc_url: "{irc}"}}}}\n'
BRAIN = 'llm: {{base_url: "{llm}", model: fake}}\n'
VOICE = 'tts: {{http: {{url: "{voice}/tts?text={{text}}", first_audio_s: 2, stall_s: 1}}}}\n'
PORT = "web: {{port: 0}}\n"


@pytest.fixture(autouse=True)
def _nobody_else_on_this_machine(monkeypatch):
    async def nothing() -> list[object]:
        return []

    monkeypatch.setattr(check, "discover", nothing)


async def rows(show: Plan) -> dict[str, Health]:
    found = await probe(show)
    assert len({row.part for row in found}) == len(found)
    for row in found:
        assert row.part in told(row)
        assert "{" not in told(row)
    return {row.part: row for row in found}


async def test_everything_answers(tmp_path: Path):
    async with FakeOpenAi() as llm, FakeHttpVoice() as voice, FakeTwitchIrc("stage_test") as irc:
        text = (TWITCH + BRAIN + VOICE + PORT).format(irc=irc.url, llm=llm.url, voice=voice.root)
        found = await rows(plan(tmp_path, text))
        assert {part: row.state for part, row in found.items()} == {
            "files": "ok", "state": "ok", "web": "ok", "chat.twitch": "ok", "llm": "ok", "voice.http": "ok",
        }  # fmt: skip
        assert found["llm"].latency_ms is not None
        assert not irc.violations
        assert not any("PRIVMSG" in line for line in irc.received)  # nothing is sent to a platform


@pytest.mark.parametrize("mode", ["401", "503", "empty", "garbage"])
async def test_a_model_that_does_not_answer_is_broken_and_says_why(tmp_path: Path, mode: str):
    async with FakeOpenAi() as llm:
        llm.mode = mode
        found = await rows(plan(tmp_path, BRAIN.format(llm=llm.url) + "tts: {offline_voice_on_air: false}\n"))
        assert found["llm"].state == "broken"
        assert found["llm"].notice.params["reason"]


@pytest.mark.parametrize("mode", ["500", "empty", "cut", "stall"])
async def test_a_voice_that_does_not_speak_is_broken(tmp_path: Path, mode: str):
    async with FakeHttpVoice() as voice, FakeTwitchIrc("stage_test") as irc:
        voice.mode = mode
        found = await rows(plan(tmp_path, TWITCH.format(irc=irc.url) + VOICE.format(voice=voice.root)))
        assert found["voice.http"].state == "broken"


async def test_each_model_that_may_have_to_stand_in_has_a_row(tmp_path: Path):
    async with FakeOpenAi() as llm, FakeOpenAi() as other:
        llm.mode = "503"
        text = BRAIN.format(llm=llm.url) + f'llm_fallbacks: [{{base_url: "{other.url}", model: other}}]\n'
        found = await rows(plan(tmp_path, text + "tts: {offline_voice_on_air: false}\n"))
        assert (found["llm"].state, found["llm.2"].state) == ("broken", "ok")


async def test_no_model_and_no_voice_are_no_fault(tmp_path: Path):
    found = await rows(plan(tmp_path, "tts: {offline_voice_on_air: false}\n"))
    assert (found["llm"].state, found["llm"].notice.code) == ("ok", "llm.scripted")
    assert (found["voice"].state, found["voice"].notice.code) == ("degraded", "voice.captions")


async def test_a_running_server_is_offered_and_not_used(tmp_path: Path, monkeypatch):
    async def found_one() -> list[object]:
        return [LocalServer("ollama", "", tuple(LocalModel(f"m{n}") for n in range(7)))]

    monkeypatch.setattr(check, "discover", found_one)
    offer = (await rows(plan(tmp_path, "tts: {offline_voice_on_air: false}\n")))["llm.offer"]
    assert offer.state == "off"
    assert offer.notice.params == {"provider": "ollama", "models": "m0, m1, m2, m3, m4 and 2 more"}


async def test_a_chat_nobody_answers_is_broken(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(check, "CHAT_S", 1.0)
    async with FakeTwitchIrc("stage_test") as irc:
        irc.silence()
        text = TWITCH.format(irc=irc.url) + "tts: {offline_voice_on_air: false}\n"
        assert (await rows(plan(tmp_path, text)))["chat.twitch"].state in ("broken", "degraded")


async def test_a_taken_port_is_broken_and_says_the_flag(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        found = await rows(plan(tmp_path, f"web: {{port: {port}}}\ntts: {{offline_voice_on_air: false}}\n"))
    assert found["web"].state == "broken"
    assert found["web"].notice.fix == f"--port {port + 1}"


async def test_a_state_folder_that_is_none(tmp_path: Path):
    put(tmp_path, "state", "a file")
    assert (await rows(plan(tmp_path, "tts: {offline_voice_on_air: false}\n")))["state"].state == "broken"


async def test_defaults_are_named(tmp_path: Path):
    put(folders(tmp_path).home, "characters/bare/character.yaml", "name: Bare\n")
    found = await probe(plan(tmp_path, "tts: {offline_voice_on_air: false}\n"))
    rows_ = [row for row in found if row.part == "cast.bare"]
    assert [row.notice.params["part"] for row in rows_] == ["voice", "look"]
    assert {row.state for row in rows_} == {"degraded"}


@pytest.mark.needs("espeak-ng")
async def test_the_offline_voice_of_the_demo(tmp_path: Path):
    assert (await rows(plan(tmp_path)))["voice.espeak"].state == "ok"


# --- exit codes


def run(tmp_path: Path) -> int:
    return main(["check", "--state", str(tmp_path / "state"), "--home", str(tmp_path / "home")])


async def test_0_when_nothing_is_broken_1_when_something_is(tmp_path: Path, capsys):
    async with FakeOpenAi() as llm:
        put(tmp_path / "home", "config/streamer.yaml",
            BRAIN.format(llm=llm.url) + "tts: {offline_voice_on_air: false}\nweb: {port: 0}\n")  # fmt: skip
        assert await asyncio.to_thread(run, tmp_path) == 0
        said = capsys.readouterr().out.splitlines()
        assert [line.split()[:2] for line in said[:2]] == [["ok", "files"], ["ok", "state"]]
        llm.mode = "401"
        assert await asyncio.to_thread(run, tmp_path) == 1
        assert "broken    llm" in capsys.readouterr().out


def test_2_when_the_files_cannot_be_used(tmp_path: Path, capsys):
    put(tmp_path / "home", "config/streamer.yaml", "shwo: {}\nshow: {dial: loud}\n")
    assert run(tmp_path) == 2
    err = capsys.readouterr().err
    assert err.count("broken    home/config/streamer.yaml:") == 2
    assert not (tmp_path / "state").exists()


def test_a_row_says_how_long_it_took():
    assert told(Health("llm", "ok", Notice("check.answers", {"name": "x"}), 12.4)).endswith("(12 ms)")
