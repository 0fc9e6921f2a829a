"""The set-up of a running show: each change is written, read, remembered, and put back when it cannot be used."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from streamer.adapters.llm.discover import LocalModel, LocalServer
from streamer.adapters.tts.azure import AzureVoice
from streamer.app import settings as settings_module
from streamer.app.parts import keyed_voice
from streamer.app.setup import writing
from streamer.app.setup.secrets import name_for
from streamer.web.rest import Problem
from streamer.web.setup import Brain, ChooseVoice, SetupState, VoiceServer
from tests.app.kit import put
from tests.app.setup.show import Show

OWN = "# mine\nshow:\n  dial: chatty   # friday\n\nmoderation:\n  blocked: [x]\n"
KEY = "sk-canary-1234567890"


@pytest.fixture
def show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Show]:
    def make(settings: str = "", **more: object) -> Show:
        made = Show(tmp_path, settings, **more)  # pyright: ignore[reportArgumentType]
        monkeypatch.setattr(settings_module, "KEYS", made.keys)
        return made

    return make


async def test_a_first_start(show: Callable[..., Show]) -> None:
    it = show()
    it.found = [LocalServer("ollama", "", (LocalModel("llama3.2:3b", 2_000_000_000, "3.2B"),))]
    state = await it.desk.state()
    assert (state.welcome, state.demo, state.opened, state.undo) == (True, True, False, None)
    assert set(state.steps.values()) == {"todo"}
    assert state.channel.platform == "demo"
    assert state.brain.scripted
    assert state.brain.keyring
    assert state.brain.found[0].models[0].need_bytes > 2_400_000_000
    assert {each.profile for each in state.brain.providers} >= {"openai", "ollama", "openrouter"}
    assert all(each.label and (each.key_page.startswith("https://") or each.local) for each in state.brain.providers)
    assert {each.engine: each.state for each in state.voice.engines} == {
        "edge": "terms", "elevenlabs": "setup", "azure": "setup", "voicevox": "setup", "openai": "setup",
        "http": "setup", "espeak": "ready",
    }  # fmt: skip
    assert state.voice.personas["mika"].engine == "espeak"
    assert (await it.desk.state()).opened


async def test_a_channel_is_read_and_given_back(show: Callable[..., Show]) -> None:
    it = show(OWN)
    state = await it.desk.set_channel("https://www.twitch.tv/Mika_Live?x=1")
    assert (state.channel.platform, state.channel.name, state.demo) == ("twitch", "mika_live", False)
    assert (state.steps["channel"], state.undo.what) == ("done", "channel")
    assert it.text == OWN + "\nchat:\n  twitch:\n    channel: mika_live\n"
    state = await it.desk.drop_channel("")
    assert (state.demo, state.steps["channel"]) == (True, "todo")
    state = await it.desk.undo()
    assert state.channel.name == "mika_live"
    state = await it.desk.undo()
    assert it.text == OWN
    assert state.undo is None
    with pytest.raises(Problem) as nothing:
        await it.desk.undo()
    assert nothing.value.code == "nothing_to_undo"


async def test_both_platforms_are_read_and_each_is_given_back(show: Callable[..., Show]) -> None:
    it = show("chat:\n  twitch:\n    client_id: abcdefghijklmnop\n")
    await it.desk.set_channel("mika_live")
    state = await it.desk.set_channel("youtube.com/@mika.live")
    places = [(each.platform, each.name) for each in state.channel.places]
    assert places == [("twitch", "mika_live"), ("youtube", "youtube.com/@mika.live")]
    state = await it.desk.drop_channel("twitch")
    assert [each.platform for each in state.channel.places] == ["youtube"]
    assert (state.demo, state.steps["channel"], state.channel.platform) == (False, "done", "youtube")
    assert "client_id: abcdefghijklmnop" in it.text, "what else is set about a platform stays"
    state = await it.desk.drop_channel("")
    assert (state.demo, state.channel.places) == (True, ())


async def test_what_is_no_channel_is_refused_in_words(show: Callable[..., Show]) -> None:
    it = show()
    for text, code in (("https://youtu.be/abc", "youtube_none"), ("a b", "channel_name"), ("", "channel_empty")):
        with pytest.raises(Problem) as refused:
            await it.desk.set_channel(text)
        assert (refused.value.status, refused.value.code) == (422, code)
        assert len(refused.value.detail) > 20
    assert (it.text, it.loads) == ("", 0)


async def test_a_brain_with_a_key(show: Callable[..., Show]) -> None:
    it = show()
    state = await it.desk.set_brain(Brain("groq", "llama-3.1-8b-instant", "", KEY))
    assert (state.brain.profile, state.brain.has_key, state.brain.price_known) == ("groq", True, True)
    assert state.steps["brain"] == "done"
    kept = name_for("SHOWRUNNER_LLM__API_KEY", "https://api.groq.com/openai/v1")
    assert it.ring.kept == {("showrunner", kept): KEY}
    files = [each for each in (it.folders.home.parent).rglob("*") if each.is_file()]
    assert files
    assert not any(KEY.encode() in each.read_bytes() for each in files)
    assert KEY not in repr(state)
    state = await it.desk.set_brain(Brain("openai", "gpt-4o-mini", "http://localhost:1/v1"))
    assert not state.brain.has_key  # given for another address
    state = await it.desk.drop_brain()
    assert (state.brain.scripted, state.steps["brain"]) == (True, "done")


async def test_a_brain_that_lacks_something_is_not_taken(show: Callable[..., Show]) -> None:
    it = show()
    for brain, code, path in (
        (Brain("openai", "gpt-4o"), "no_key", "$.key"),
        (Brain("ollama"), "no_model_named", "$.model"),
        (Brain("ollama", "x", "localhost:11434"), "bad_address", "$.base_url"),
        (Brain("ollama", "x\ud800"), "bad_text", ""),
    ):
        with pytest.raises(Problem) as refused:
            await it.desk.set_brain(brain)
        assert (refused.value.code, refused.value.path) == (code, path)
    assert it.plan.settings.llm is None


async def test_a_key_of_the_environment_goes_nowhere_else(
    show: Callable[..., Show], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOWRUNNER_LLM__API_KEY", KEY)
    it = show("llm: {profile: groq}\n")
    for brain, code in (
        (Brain("openai", "gpt-4o"), "key_elsewhere"),
        (Brain("groq", "x", "", "another"), "key_in_environment"),
    ):
        with pytest.raises(Problem) as refused:
            await it.desk.set_brain(brain)
        assert (refused.value.status, refused.value.code) == (409, code)
        assert KEY not in refused.value.detail
    assert it.desk._part(Brain("groq", "x")).api_key.get_secret_value() == KEY
    assert it.desk._part(Brain("groq", "x", "http://evil.example/v1")).api_key.get_secret_value() == ""


async def test_without_a_keyring_the_key_lasts_for_this_run_and_that_is_said(show: Callable[..., Show]) -> None:
    it = show()
    it.ring.broken = True
    state = await it.desk.set_brain(Brain("groq", "llama-3.1-8b-instant", "", KEY))
    assert (state.brain.has_key, state.brain.keyring) == (True, False)
    assert state.brain.notice.params == {"variable": "SHOWRUNNER_LLM__API_KEY"}


async def test_what_the_command_line_says_wins_and_that_is_said(show: Callable[..., Show]) -> None:
    it = show(OWN, given={"chat": {"twitch": {"channel": "first"}}})
    with pytest.raises(Problem) as refused:
        await it.desk.set_channel("second")
    assert (refused.value.status, refused.value.code) == (409, "overridden")
    assert it.text == OWN
    assert (await it.desk.state()).undo is None


@pytest.mark.parametrize("broken", ["llm: [1\n", "# mine\nshwo: {}\n"])
async def test_a_file_broken_by_hand_is_told_and_left(show: Callable[..., Show], broken: str) -> None:
    it = show()
    put(it.folders.home, "config/streamer.yaml", broken)
    with pytest.raises(Problem) as refused:
        await it.desk.set_channel("mika_live")
    assert (refused.value.status, refused.value.code) == (422, "bad_files")
    assert "home/config/streamer.yaml:" in refused.value.detail
    assert it.text == broken
    assert not it.plan.settings.on_channel


async def test_twenty_changes_at_once_then_back(show: Callable[..., Show]) -> None:
    it = show(OWN)
    await asyncio.gather(*(it.desk.set_channel(f"channel_{at}") for at in range(20)))
    assert it.text.startswith(OWN)
    last = it.plan.settings.chat.twitch.channel
    assert last.startswith("channel_")
    backups = [each for each in (it.folders.state / "backups").iterdir() if each.name != "log.json"]
    assert len(backups) == 10
    again = it.open()  # after a restart
    for _ in range(9):
        assert (await again.undo()).undo is not None
    assert (await again.undo()).undo is None
    assert it.plan.settings.chat.twitch.channel != last


async def test_an_undo_leaves_what_was_written_by_hand_since(show: Callable[..., Show]) -> None:
    it = show(OWN)
    await it.desk.set_channel("mika_live")
    it.file.write_text(it.text + "# by hand\n", encoding="utf-8")
    with pytest.raises(Problem) as refused:
        await it.desk.undo()
    assert refused.value.status == 409
    assert it.text.endswith("# by hand\n")


async def test_a_voice_for_a_character_that_came_with_the_program(show: Callable[..., Show]) -> None:
    it = show()
    with pytest.raises(Problem) as refused:
        await it.desk.set_voice(ChooseVoice("mika", "edge", "en-GB-SoniaNeural"))
    assert (refused.value.status, refused.value.code) == (409, "terms")
    state = await it.desk.terms("edge", accept=True)
    assert {each.engine: each.state for each in state.voice.engines}["edge"] == "ready"
    state = await it.desk.set_voice(ChooseVoice("mika", "edge", "en-GB-SoniaNeural", -1.0, 1.2))
    assert state.voice.chain == ("edge", "espeak")
    assert (state.voice.personas["mika"].voice, state.voice.personas["mika"].pitch) == ("en-GB-SoniaNeural", -1.0)
    assert state.steps["voice"] == "done"
    assert state.steps["character"] == "todo"
    own = it.folders.home / "characters" / "mika"
    shipped = it.folders.shipped / "characters" / "mika"
    assert (own / "material.yaml").read_bytes() == (shipped / "material.yaml").read_bytes()
    text = (own / "character.yaml").read_text(encoding="utf-8")
    before = (shipped / "character.yaml").read_text(encoding="utf-8")
    assert [line for line in before.splitlines() if line.lstrip().startswith("#") and line not in text] == []
    assert "edge: en-GB-SoniaNeural" in text
    await it.desk.undo()
    assert not own.exists()
    assert it.plan.settings.tts.chain == []


async def test_nobody_of_that_name(show: Callable[..., Show]) -> None:
    it = show()
    with pytest.raises(Problem) as refused:
        await it.desk.set_voice(ChooseVoice("..", "espeak", "bright"))
    assert (refused.value.status, refused.value.code) == (404, "no_persona")
    assert not (it.folders.home / "characters").exists()


async def test_a_voice_server(show: Callable[..., Show]) -> None:
    it = show()
    state = await it.desk.voice_server(VoiceServer("openai", "http://localhost:8880/v1/", model="kokoro", key=KEY))
    openai = next(each for each in state.voice.engines if each.engine == "openai")
    assert (openai.state, openai.local) == ("ready", True)
    assert it.plan.settings.tts.openai.base_url == "http://localhost:8880/v1"
    assert [name for _, name in it.ring.kept] == ["SHOWRUNNER_TTS__OPENAI__API_KEY@http://localhost:8880"]
    await it.desk.voice_server(VoiceServer("http", url="http://localhost:9880/tts?text={text}"))
    assert it.plan.settings.tts.http.url.endswith("{text}")
    for bad in (VoiceServer("openai", "ftp://x"), VoiceServer("http", url="localhost")):
        with pytest.raises(Problem) as refused:
            await it.desk.voice_server(bad)
        assert refused.value.code == "bad_address"


@pytest.mark.parametrize(
    ("server", "where", "kept"),
    [
        (VoiceServer("elevenlabs", model="eleven_v3", key=KEY), "https://api.elevenlabs.io",
         "SHOWRUNNER_TTS__ELEVENLABS__API_KEY@https://api.elevenlabs.io"),
        (VoiceServer("azure", region="West Europe", key=KEY), "westeurope",
         "SHOWRUNNER_TTS__AZURE__API_KEY@azure://westeurope"),
        (VoiceServer("voicevox", key=KEY), "http://127.0.0.1:50021", ""),
        (VoiceServer("voicevox", url="http://127.0.0.1:10101/"), "http://127.0.0.1:10101", ""),
    ],
)  # fmt: skip
async def test_each_voice_has_its_place_and_its_key(
    show: Callable[..., Show], server: VoiceServer, where: str, kept: str
) -> None:
    it = show(OWN)
    state = await it.desk.voice_server(server)
    assert next(each for each in state.voice.engines if each.engine == server.engine).state == "ready"
    assert where in it.text
    assert KEY not in it.text
    assert [name for _, name in it.ring.kept] == ([kept] if kept else [])
    part = keyed_voice(it.plan.settings.tts.parts[server.engine])
    assert getattr(part, "api_key", SecretStr("")).get_secret_value() == (KEY if kept else "")
    assert getattr(part, "model", "eleven_v3") == "eleven_v3"


@pytest.mark.parametrize(
    ("server", "code", "path"),
    [
        (VoiceServer("elevenlabs", "ftp://x", key=KEY), "bad_address", "$.base_url"),
        (VoiceServer("voicevox", url="localhost"), "bad_address", "$.url"),
        (VoiceServer("azure", key=KEY), "bad_region", "$.region"),
        (VoiceServer("azure", region="west/../europe", key=KEY), "bad_region", "$.region"),
        (VoiceServer("azure", region="westeurope"), "no_key", "$.key"),
        (VoiceServer("elevenlabs"), "no_key", "$.key"),
        (VoiceServer("elevenlabs", key="a b"), "bad_key", "$.key"),
    ],
)
async def test_a_voice_that_lacks_something_is_not_taken(
    show: Callable[..., Show], server: VoiceServer, code: str, path: str
) -> None:
    it = show(OWN)
    with pytest.raises(Problem) as refused:
        await it.desk.voice_server(server)
    assert (refused.value.code, refused.value.path) == (code, path)
    assert (it.text, it.ring.kept) == (OWN, {})


async def test_the_key_of_a_region_goes_to_no_other(show: Callable[..., Show]) -> None:
    it = show()
    await it.desk.voice_server(VoiceServer("azure", region="westeurope", key=KEY))
    with pytest.raises(Problem) as refused:
        await it.desk.voice_server(VoiceServer("azure", region="japaneast"))
    assert refused.value.code == "no_key"
    put(it.folders.home, "config/streamer.yaml", it.text.replace("westeurope", "japaneast"))
    await it._reload()  # pyright: ignore[reportPrivateUsage]
    part = keyed_voice(it.plan.settings.tts.parts["azure"])
    assert isinstance(part, AzureVoice)
    assert (part.region, part.api_key.get_secret_value()) == ("japaneast", "")


async def test_a_region_comes_to_a_key_of_the_environment_but_is_not_changed_under_it(
    show: Callable[..., Show], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOWRUNNER_TTS__AZURE__API_KEY", KEY)
    it = show()
    state = await it.desk.voice_server(VoiceServer("azure", region="westeurope"))
    assert next(each for each in state.voice.engines if each.engine == "azure").state == "ready"
    with pytest.raises(Problem) as refused:
        await it.desk.voice_server(VoiceServer("azure", region="japaneast"))
    assert (refused.value.code, refused.value.path) == ("key_elsewhere", "$.region")


async def test_a_region_takes_the_place_of_an_address(show: Callable[..., Show]) -> None:
    it = show("tts:\n  azure:\n    endpoint: https://mine.cognitiveservices.azure.com   # mine\n")
    await it.desk.voice_server(VoiceServer("azure", region="westeurope", key=KEY))
    assert (it.plan.settings.tts.azure.region, it.plan.settings.tts.azure.endpoint) == ("westeurope", "")


async def test_steps_are_remembered(show: Callable[..., Show]) -> None:
    it = show()

    async def after(state: SetupState) -> tuple[str, bool]:
        return state.steps["overlay"], state.welcome

    assert await after(await it.desk.step("overlay", "skipped")) == ("skipped", True)
    assert await after(await it.desk.welcome(done=True)) == ("skipped", False)
    assert it.told == 2
    assert not it.open().is_welcome
    assert await after(await it.open().step("overlay", "done")) == ("done", False)
    (it.folders.state / "setup.json").write_text("{broken", encoding="utf-8")
    assert it.open().is_welcome


async def test_who_set_the_show_up_by_hand_is_not_welcomed(show: Callable[..., Show]) -> None:
    it = show("chat: {twitch: {channel: mika_live}}\n")
    assert not it.desk.is_welcome
    assert (await it.desk.state()).steps["channel"] == "done"


async def test_a_reload_that_fails_puts_everything_back(show: Callable[..., Show]) -> None:
    it = show(OWN)
    put(it.folders.home, "scenes/friday.yaml", "broken: [\n")
    it.file.write_text(OWN.replace("show:\n", "show:\n  rundown: friday\n"), encoding="utf-8")
    before = it.text
    with pytest.raises(Problem) as refused:
        await it.desk.set_brain(Brain("ollama", "llama3.2:3b"))
    assert (refused.value.code, it.text) == ("bad_files", before)
    assert it.plan.settings.llm is None


def test_a_file_named_at_the_start_is_the_one_that_is_written(tmp_path: Path, show: Callable[..., Show]) -> None:
    it = show(OWN)
    named = tmp_path / "other.yaml"
    writing.Files(it.folders, named).write(writing.channel("twitch", "mika_live"))
    assert named.read_text(encoding="utf-8").endswith("chat:\n  twitch:\n    channel: mika_live\n")
    assert it.text == OWN


def test_what_suited_only_the_brain_before_goes(show: Callable[..., Show]) -> None:
    now = "llm:\n  profile: groq   # quick\n  model: a\n  prompt_price: 1\n  extra: {top_p: 0.9}\n  connect_s: 4\n"
    it = show(now)
    files = writing.Files(it.folders)
    files.write(writing.brain(Brain("groq", "b"), it.plan.settings.llm))
    assert it.text == now.replace("model: a", "model: b").replace("  prompt_price: 1\n", "")
    files.write(writing.brain(Brain("ollama", "llama3.2:3b", "http://localhost:11434/v1/"), it.plan.settings.llm))
    assert it.text == (
        "llm:\n  profile: ollama   # quick\n  model: llama3.2:3b\n  connect_s: 4\n"
        "  base_url: http://localhost:11434/v1\n"
    )
