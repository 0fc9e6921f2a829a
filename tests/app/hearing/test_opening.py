"""Which key a recogniser gets: its own, else that of the same address, and never that of another one."""

import pytest
from pydantic import SecretStr

from streamer.adapters.asr.azure import AzureEar
from streamer.adapters.asr.openai_transcribe import OpenAiEar
from streamer.app import settings
from streamer.app.hearing.opening import AZURE_KEY, OPENAI_KEY, KeyedT, keyed
from streamer.app.parts import AZURE_KEY as VOICE_AZURE_KEY
from streamer.app.parts import BRAIN_KEY, VOICE_KEY, azure_address
from streamer.app.setup.secrets import name_for

OPENAI = "https://api.openai.com/v1"
GROQ = "https://api.groq.com/openai/v1"


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What the keyring holds."""
    ring: dict[str, str] = {}

    class Ring:
        def get(self, name: str) -> str:
            return ring.get(name, "")

    monkeypatch.setattr(settings, "KEYS", Ring())
    return ring


def key_of(part: KeyedT) -> str:
    return keyed(part).api_key.get_secret_value()


@pytest.mark.parametrize("setting", [OPENAI_KEY, VOICE_KEY, BRAIN_KEY])
def test_a_server_that_thinks_or_speaks_with_a_key_hears_with_it(kept: dict[str, str], setting: str) -> None:
    kept[name_for(setting, GROQ)] = "gsk"
    assert key_of(OpenAiEar(base_url=GROQ)) == "gsk"
    assert key_of(OpenAiEar(base_url="https://api.example.com/v1")) == "", "a key goes to the address it was given for"
    assert key_of(OpenAiEar()) == ""


def test_the_own_key_comes_first(kept: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "environment")
    assert key_of(OpenAiEar()) == "environment"
    for setting in (BRAIN_KEY, VOICE_KEY, OPENAI_KEY):
        kept[name_for(setting, OPENAI)] = setting
        assert key_of(OpenAiEar()) == setting
    assert key_of(OpenAiEar(api_key=SecretStr("written"))) == "written"
    assert key_of(OpenAiEar(base_url=GROQ)) == "", "OpenAI's key is for OpenAI"


def test_one_resource_of_azure_speaks_and_hears(kept: dict[str, str]) -> None:
    kept[name_for(VOICE_AZURE_KEY, azure_address("westeurope"))] = "voice"
    assert key_of(AzureEar(region="westeurope")) == "voice"
    assert key_of(AzureEar(region="eastus")) == ""
    kept[name_for(AZURE_KEY, azure_address("westeurope"))] = "ear"
    assert key_of(AzureEar(region="westeurope")) == "ear"
