from streamer.adapters.http_client import is_local
from streamer.adapters.llm.common.profiles import NAMES, PRICES, PROFILES, price_of


def test_every_name_has_a_profile() -> None:
    assert set(NAMES) == set(PROFILES)
    for profile in PROFILES.values():
        assert profile.local == is_local(profile.base_url)
        assert profile.base_url.startswith("http://" if profile.local else "https://")
        assert profile.needs_key != profile.local
        assert profile.key_env or not profile.needs_key
        assert profile.base_url.endswith("/v1")


def test_people_can_choose_a_provider() -> None:
    for name, profile in PROFILES.items():
        assert profile.label
        assert profile.key_page.startswith("https://") == profile.needs_key
        assert not profile.model or profile.local or profile.model in profile.models, name


def test_prices_are_those_of_the_provider_itself() -> None:
    for (name, model), (prompt, completion) in PRICES.items():
        assert 0 < prompt <= completion < 100
        assert price_of(name, model) == price_of(name, model, PROFILES[name].base_url + "/") == (prompt, completion)
        assert price_of(name, model, "https://proxy.example/v1") is None
    assert price_of("ollama", "anything") == price_of("openai", "x", "http://192.168.1.5/v1") == (0.0, 0.0)
    assert price_of("openai", "unheard-of") is None
