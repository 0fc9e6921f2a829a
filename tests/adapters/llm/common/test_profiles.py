import pytest

from streamer.adapters.llm.common.profiles import NAMES, PROFILES, is_local


def test_every_name_has_a_profile() -> None:
    assert set(NAMES) == set(PROFILES)
    for profile in PROFILES.values():
        assert profile.local == is_local(profile.base_url)
        assert profile.base_url.startswith("http://" if profile.local else "https://")
        assert profile.needs_key != profile.local
        assert profile.key_env or not profile.needs_key
        assert profile.base_url.endswith("/v1")


@pytest.mark.parametrize(
    ("url", "local"),
    [("http://localhost:1/v1", True), ("http://127.0.0.1/v1", True), ("http://192.168.1.5:8000", True),
     ("http://[::1]/", True),
     ("https://api.openai.com/v1", False), ("http://8.8.8.8/", False),
     ("http://localhost.evil.example/", False), ("", False)],
)  # fmt: skip
def test_is_local(url: str, *, local: bool) -> None:
    assert is_local(url) is local
