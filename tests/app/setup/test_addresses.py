"""Addresses and keys as people mistype them: a sentence, nothing written, and what was there before stays."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from streamer.adapters.llm.openai_chat import OpenAiChat
from streamer.adapters.part import is_web_address
from streamer.adapters.tts.http_voice import HttpVoice
from streamer.adapters.tts.openai_speech import OpenAiVoice
from streamer.app import settings as settings_module
from streamer.app.parts import brain_key, open_voices
from streamer.app.plan import read_plan
from streamer.app.setup.desk import Desk
from streamer.ports import Misconfigured
from streamer.web.rest import Problem
from streamer.web.setup import Brain, VoiceServer
from tests.app.setup.show import Show

ODD = (
    "http://[::1", "http://localhost:abc/v1", "http://localhost:99999/v1", "http://a b/v1", "http://x\ny/v1", "http://..",
    f"http://{'a' * 300}/v1", "http://%zz/", "ftp://x/v1", "http://", "localhost:11434", "http://user:pw@localhost/v1",
    "http://x/\ud800", "http://{host}/",
)  # fmt: skip
GOOD = (
    "http://localhost:11434/v1", "https://api.openai.com/v1", "http://127.0.0.1:8880/v1/", "http://[::1]:5002/x?text={text}",
    "http://nas.local/tts", "HTTP://nas_2/v1", "https://例え.jp/v1",
)  # fmt: skip
KEYS = ("sk-キー", "sk-a\nb", "sk-a b", "sk-\0")


@pytest.fixture
def show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Show]:
    def make(settings: str = "") -> Show:
        made = Show(tmp_path, settings)
        monkeypatch.setattr(settings_module, "KEYS", made.keys)
        return made

    return make


async def refused(wait: Awaitable[object]) -> Problem:
    with pytest.raises(Problem) as caught:
        await wait
    return caught.value


def test_what_an_address_is() -> None:
    assert [each for each in ODD if is_web_address(each) and "@" not in each] == []
    assert [each for each in GOOD if not is_web_address(each)] == []


@pytest.mark.parametrize("url", ODD)
async def test_an_odd_address_is_said_to_be_none(show: Callable[..., Show], url: str) -> None:
    it = show()
    tried = await it.desk.try_brain(Brain("openai", "m", url, "sk-x"), "")
    assert tried.notice is not None
    assert tried.notice.code == "bad_address"
    for change in (
        it.desk.set_brain(Brain("openai", "m", url, "sk-x")),
        it.desk.voice_server(VoiceServer("openai", url, "", "m", "k")),
        it.desk.voice_server(VoiceServer("http", "", url, "", "k")),
    ):
        wrong = await refused(change)
        assert (wrong.status, wrong.code) == (422, "bad_address")
    assert (it.text, it.ring.kept, it.loads) == ("", {}, 0)


@pytest.mark.parametrize("key", KEYS)
async def test_a_key_no_header_can_carry_is_refused(show: Callable[..., Show], key: str) -> None:
    it = show()
    tried = await it.desk.try_brain(Brain("openai", "m", "http://127.0.0.1:1/v1", key), "")
    assert tried.notice is not None
    assert tried.notice.code == "bad_key"
    for change in (
        it.desk.set_brain(Brain("openai", "m", "http://127.0.0.1:1/v1", key)),
        it.desk.voice_server(VoiceServer("openai", "http://127.0.0.1:1/v1", "", "m", key)),
    ):
        wrong = await refused(change)
        assert (wrong.status, wrong.code, wrong.path) == (422, "bad_key", "$.key")
    assert (it.text, it.ring.kept) == ("", {})


@pytest.mark.parametrize("url", ["http://[::1", "http://localhost:abc/v1", "http://localhost:99999/v1", "http://.."])
def test_a_file_with_an_odd_address_is_read_and_its_part_is_broken(show: Callable[..., Show], url: str) -> None:
    """Written by hand: the show starts, and says what is wrong."""
    part = f"base_url: '{url}'"
    it = show(f"llm: {{profile: openai, model: m, {part}}}\ntts: {{chain: [openai, espeak], openai: {{{part}}}}}\n")
    settings = read_plan(it.folders).settings
    assert brain_key(settings)
    _, broken = open_voices(settings)
    assert [each.part for each in broken] == ["voice.openai"]
    for value in (
        OpenAiChat(base_url=url, model="m", api_key=SecretStr("x")), OpenAiVoice(base_url=url),
        HttpVoice(url=url + "/{text}"),
    ):  # fmt: skip
        with pytest.raises(Misconfigured, match="address"):
            value.open()


async def test_the_desk_opens_beside_such_a_file(show: Callable[..., Show]) -> None:
    it = show("llm: {profile: openai, model: m, base_url: 'http://localhost:abc/v1'}\n")
    desk: Desk = it.desk
    assert (await desk.state()).brain.base_url == "http://localhost:abc/v1"
    await desk.set_brain(Brain("openai", "m", "http://localhost:1/v1", "sk-x"))
    assert "http://localhost:1/v1" in it.text


async def test_the_variable_of_a_voice_server_is_named_with_its_form(show: Callable[..., Show]) -> None:
    it = show()
    it.ring.broken = True
    state = await it.desk.voice_server(VoiceServer("http", "", "http://localhost:1/?text={text}", "", "k"))
    assert state.voice.notice is not None
    assert state.voice.notice.params == {"variable": 'SHOWRUNNER_TTS__HTTP__HEADERS__AUTHORIZATION="Bearer ..."'}
