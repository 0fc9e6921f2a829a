"""Lists of voices, and one sentence in each engine through local servers."""

import io
import wave
from typing import Any

import pytest
from aiohttp import web

from streamer.adapters.tts import edge_voices
from streamer.adapters.tts.azure import voices as azure_voices
from streamer.adapters.tts.common.listing import VoiceEntry
from streamer.app.settings import Settings
from streamer.app.setup import voices as setup_voices
from streamer.app.setup.voices import VoiceLists, engine_states, play
from streamer.texts import texts
from streamer.web.rest import Problem
from streamer.web.setup import Play
from tests.adapters.tts.spoken import spoken
from tests.fakes.azure_speech import FakeAzure
from tests.fakes.edge_tts import FakeEdge
from tests.fakes.elevenlabs import KEY as ELEVENLABS_KEY
from tests.fakes.elevenlabs import FakeElevenLabs
from tests.fakes.http_voice import FakeHttpVoice
from tests.fakes.openai import FakeOpenAi
from tests.fakes.voicevox import FakeVoicevox


def settings(**tts: Any) -> Settings:
    return Settings.model_validate({"tts": tts})


def read(data: bytes) -> tuple[int, int, int, float]:
    with wave.open(io.BytesIO(data)) as file:
        return file.getframerate(), file.getnchannels(), file.getsampwidth(), file.getnframes() / file.getframerate()


async def test_the_offline_voice_lists_and_speaks() -> None:
    lists = VoiceLists()
    english = (await lists.of(settings(), "espeak", "en")).items
    assert {each.language.split("-")[0] for each in english} == {"en"}
    assert english[0].id.startswith("en-us+")
    assert {each.gender for each in english} == {"female", "male"}
    everything = (await lists.of(settings(), "espeak")).items
    assert len(everything) > len(english) > 12
    data = await play(settings(), Play("espeak", english[0].id, 2.0, 1.1, "", "en"))
    rate, channels, width, seconds = read(data)
    assert (rate, channels, width) == (24_000, 1, 2)
    assert 1 < seconds < 8


async def test_long_text_is_cut() -> None:
    data = await play(settings(), Play("espeak", "bright", 0.0, 0.5, "goodness " * 200, "en"))
    assert 8 < read(data)[3] <= 15.0


async def test_what_an_engine_cannot_read_is_said() -> None:
    with pytest.raises(Problem) as refused:
        await play(settings(), Play("espeak", "", text="漢字", language="ja"))
    assert refused.value.code == "voice_cannot_read"


async def test_edge_speaks_only_once_its_terms_are_accepted() -> None:
    async with FakeEdge(spoken) as edge:
        for tts in ({}, {"edge": {"url": edge.url}}):
            with pytest.raises(Problem) as refused:
                await play(settings(**tts), Play("edge", text="Hello."))
            assert (refused.value.status, refused.value.code) == (409, "terms")
        assert edge.connections == 0
        data = await play(settings(edge={"url": edge.url, "accept_terms": True}), Play("edge", text="Hello there."))
        assert read(data)[3] > 0.4
        edge.mode = "503"
        with pytest.raises(Problem) as refused:
            await play(settings(edge={"url": edge.url, "accept_terms": True}), Play("edge", text="Hello."))
        assert (refused.value.status, refused.value.code) == (502, "voice_failed")


async def test_the_list_of_edge(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    answer: list[VoiceEntry] | None = None

    async def listed() -> list[VoiceEntry] | None:
        asked.append(1)
        return answer

    monkeypatch.setattr(edge_voices, "list_voices", listed)
    lists = VoiceLists()
    kept = await lists.of(settings(), "edge", "ja")
    assert [each.id for each in kept.items] == ["ja-JP-NanamiNeural", "ja-JP-KeitaNeural"]
    assert (kept.items[0].name, kept.items[0].gender, kept.notice, asked) == ("Nanami", "female", None, [])
    accepted = settings(edge={"accept_terms": True})
    assert (await lists.of(accepted, "edge")).notice.code == "voices_offline"
    answer = [VoiceEntry("en-US-NewNeural", "New", "en-US", "male")]
    assert [each.id for each in (await lists.of(accepted, "edge")).items] == ["en-US-NewNeural"]
    await lists.of(accepted, "edge")
    assert len(asked) == 2


async def test_a_service_that_lists_nonsense_is_as_if_it_were_away(monkeypatch: pytest.MonkeyPatch) -> None:
    import edge_tts

    async def rows() -> object:
        return [{"ShortName": "en-US-AnaNeural", "Gender": "Female"}, {}]

    monkeypatch.setattr(edge_tts, "list_voices", rows)
    assert await edge_voices.list_voices() is None


@pytest.mark.parametrize(
    "body",
    [{"voices": ["af_bella", "bm_george", "odd"]}, ["af_bella", "bm_george", "odd"],
     {"voices": [{"id": "af_bella"}, {"name": "bm_george"}, {"voice_id": "odd", "language": ""}, {"id": 5}, None]}],
)  # fmt: skip
async def test_a_speech_server_lists_its_own_voices(body: Any) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.json_response(body)

    app = web.Application()
    app.router.add_get("/v1/audio/voices", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    try:
        listed = await VoiceLists().of(settings(openai={"base_url": url}), "openai")
    finally:
        await runner.cleanup()
    assert [(each.id, each.language, each.gender) for each in listed.items] == [
        ("af_bella", "en-US", "female"), ("bm_george", "en-GB", "male"), ("odd", "", ""),
    ]  # fmt: skip


async def test_a_speech_server_speaks_or_says_why_not() -> None:
    async with FakeOpenAi(spoken) as server:
        own = settings(openai={"base_url": server.url, "model": "kokoro"})
        assert (await VoiceLists().of(own, "openai")).notice.code == "voices_unlisted"
        assert read(await play(own, Play("openai", "af_bella", text="Hello there.")))[3] > 0.4
        assert server.requests[-1]["voice"] == "af_bella"
        for mode, code in (("401", "voice_key"), ("zeros", "voice_silent"), ("500", "voice_failed")):
            server.mode = mode
            with pytest.raises(Problem) as refused:
                await play(own, Play("openai", text="Hello."))
            assert refused.value.code == code
    with pytest.raises(Problem) as refused:
        await play(own, Play("openai", text="Hello."))
    assert refused.value.code == "voice_unreachable"


async def test_a_voice_behind_any_address() -> None:
    async with FakeHttpVoice(spoken) as server:
        own = settings(http={"url": server.root + "/tts?text={text}&text_lang={lang}"})
        assert read(await play(own, Play("http", text="Hello there.")))[3] > 0.4
        assert (await VoiceLists().of(own, "http")).notice.code == "voices_unnamed"
    with pytest.raises(Problem) as refused:
        await play(settings(), Play("http", text="Hello."))
    assert refused.value.code == "voice_server_missing"


def test_an_engine_that_cannot_open_says_why() -> None:
    states = {each.engine: each for each in engine_states(settings(openai={}, http={"url": "http://localhost:1/"}))}
    assert states["openai"].state == "setup"  # OpenAI's own needs a key
    assert states["http"].state == "setup"
    assert "{text}" in states["http"].words.fix


async def test_elevenlabs_lists_the_voices_of_a_key_and_speaks() -> None:
    async with FakeElevenLabs(spoken) as server:
        own = settings(elevenlabs={"base_url": server.root, "api_key": ELEVENLABS_KEY})
        listed = await VoiceLists().of(own, "elevenlabs")
        assert [(each.name, each.gender) for each in listed.items] == [("Sarah", "female"), ("George", "male")]
        assert listed.notice is None
        sound = await play(own, Play("elevenlabs", listed.items[1].id, text="Hello there."))
        assert read(sound)[3] > 0.4
        assert listed.items[1].id in server.paths[-1]
        wrong = settings(elevenlabs={"base_url": server.root, "api_key": "another"})
        kept = await VoiceLists().of(wrong, "elevenlabs")
        assert (kept.notice.code, kept.items != ()) == ("voices_offline", True)
        with pytest.raises(Problem) as refused:
            await play(wrong, Play("elevenlabs", text="Hello."))
        assert refused.value.code == "voice_key"


async def test_azure_lists_the_voices_of_a_region_and_speaks() -> None:
    async with FakeAzure(spoken) as azure:
        own = settings(azure={"endpoint": azure.url, "api_key": azure.key})
        listed = await VoiceLists().of(own, "azure", "ja")
        assert [(each.id, each.name, each.gender) for each in listed.items] == [
            ("ja-JP-NanamiNeural", "Nanami", "female")
        ]
        assert read(await play(own, Play("azure", "en-US-GuyNeural", text="Hello there.")))[3] > 0.4
        assert azure.spoken == ["Hello there."]
        assert "en-US-GuyNeural" in azure.ssml[0]
        azure.mode = "401"
        kept = await VoiceLists().of(own, "azure")
        assert (kept.notice.code, len(kept.items)) == ("voices_offline", len(azure_voices.kept_voices()))
        listed_before = azure.listed
        keyless = await VoiceLists().of(settings(azure={"endpoint": azure.url}), "azure")
        assert (keyless.notice.code, azure.listed) == ("voices_offline", listed_before)


async def test_voicevox_lists_its_characters_with_what_they_want_to_be_called() -> None:
    async with FakeVoicevox(spoken) as server:
        own = settings(voicevox={"url": server.root})
        listed = await VoiceLists().of(own, "voicevox")
        assert (listed.items[0].id, listed.items[0].name) == ("3", "ずんだもん (ノーマル)")
        assert {each.credit for each in listed.items} == {"VOICEVOX:ずんだもん", "VOICEVOX:四国めたん"}
        assert read(await play(own, Play("voicevox", "2", text="こんにちは。", language="ja")))[3] > 0.4
        assert server.spoken_by == [2]
    away = await VoiceLists().of(own, "voicevox")
    assert (away.items, away.notice.code) == ((), "voicevox_away")
    with pytest.raises(Problem) as refused:
        await play(own, Play("voicevox", text="こんにちは。", language="ja"))
    assert refused.value.code == "voice_unreachable"


def test_azure_without_its_sdk_says_how_to_add_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup_voices, "installed", lambda _package: False)
    azure = next(each for each in engine_states(settings()) if each.engine == "azure")
    assert (azure.state, azure.words.fix) == ("off", "fix.add_azure")
    for language in ("en", "ja"):
        assert "python3 run.py add azure" in texts(language)["fix.add_azure"]


async def test_a_voice_without_its_sdk_is_not_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streamer.adapters.tts.azure.voice.installed", lambda _package: False)
    with pytest.raises(Problem) as refused:
        await play(settings(azure={"region": "westeurope", "api_key": "k"}), Play("azure", text="Hello."))
    assert refused.value.code == "voice_no_sdk"
