"""Settings: who wins, every problem at once, no secret in a file, and the rules that follow from them."""

from pathlib import Path
from typing import Any

import pytest

from streamer.app import settings as settings_module
from streamer.app.settings import Settings, read_settings, secret
from streamer.app.setup.secrets import Keys
from streamer.app.yamlfile import BadFiles, Problem
from tests.app.kit import folders, put

TWITCH = {"chat": {"twitch": {"channel": "mika_live"}}}


def read(
    tmp_path: Path, own: str = "", *, shipped: str = "", env: dict[str, str] | None = None, given: Any = None
) -> Settings:
    where = folders(tmp_path, bare=True)
    if shipped:
        put(where.shipped, "config/streamer.yaml", shipped)
    if own:
        put(where.home, "config/streamer.yaml", own)
    return read_settings(where, environment=env or {}, given=given)


def bad(tmp_path: Path, own: str, **more: Any) -> list[Problem]:
    with pytest.raises(BadFiles) as caught:
        read(tmp_path, own, **more)
    return caught.value.problems


def settings(**fields: Any) -> Settings:
    return Settings.model_validate(fields)


# --- who wins


def test_shipped_then_file_then_environment_then_command_line(tmp_path: Path) -> None:
    shipped = "show: {title: a, gap_s: 1, idle_after_s: 1, banter_turns: 1}"
    own = "show: {gap_s: 2, idle_after_s: 2, banter_turns: 2}"
    env = {"SHOWRUNNER_SHOW__IDLE_AFTER_S": "3", "SHOWRUNNER_SHOW__BANTER_TURNS": "3"}
    show = read(tmp_path, own, shipped=shipped, env=env, given={"show": {"banter_turns": 4}}).show
    assert (show.title, show.gap_s, show.idle_after_s, show.banter_turns) == ("a", 2, 3, 4)


def test_nothing_at_all_is_the_demo(tmp_path: Path) -> None:
    assert read(tmp_path) == Settings()
    assert not read(tmp_path).on_channel


def test_the_shipped_file_says_what_the_defaults_are(tmp_path: Path) -> None:
    where = folders(tmp_path)
    assert read_settings(where, environment={}) == Settings()


def test_a_named_file_is_read_instead_of_the_one_at_home(tmp_path: Path) -> None:
    where = folders(tmp_path, bare=True)
    put(where.home, "config/streamer.yaml", "show: {title: home}")
    other = put(tmp_path, "other.yaml", "show: {dial: chatty}")
    show = read_settings(where, other, environment={}).show
    assert (show.title, show.dial) == ("Showrunner", "chatty")


def test_a_named_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(BadFiles, match="cannot be read"):
        read_settings(folders(tmp_path, bare=True), tmp_path / "none.yaml", environment={})


def test_an_empty_section_is_a_section_left_out(tmp_path: Path) -> None:
    assert read(tmp_path, "show:\nchat:\n  # twitch: {channel: x}\n") == Settings()


# --- environment and .env


def test_dot_env_is_read_and_the_environment_goes_before_it(tmp_path: Path) -> None:
    text = "# a note\nexport SHOWRUNNER_WEB__PORT=\"9001\"\nSHOWRUNNER_SHOW__TITLE='From env'\nNOT OURS\nX=1\n"
    put(folders(tmp_path, bare=True).home, ".env", text)
    found = read(tmp_path, env={"SHOWRUNNER_WEB__PORT": "9002"})
    assert (found.web.port, found.show.title) == (9002, "From env")


def test_lists_come_from_the_environment_as_json(tmp_path: Path) -> None:
    assert read(tmp_path, env={"SHOWRUNNER_SHOW__CAST": '["mika", "juno"]'}).show.cast == ["mika", "juno"]


def test_a_key_that_only_looks_like_ours_is_not_ours(tmp_path: Path) -> None:
    assert read(tmp_path, env={"SHOWRUNNER_HOME": "x", "OTHER_SHOW__TITLE": "y"}) == Settings()


def test_what_the_environment_gets_wrong_is_said_to_be_there(tmp_path: Path) -> None:
    (problem,) = bad(tmp_path, "", env={"SHOWRUNNER_SHOW__DAIL": "chatty"})
    assert (problem.file, problem.where, problem.nearest) == ("environment or command line", "show.dail", "dial")


def test_a_value_where_a_section_is_meant_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    env = {"SHOWRUNNER_TTS__EDGE": "on", "SHOWRUNNER_TTS__EDGE__URL": "ws://127.0.0.1:1/"}
    assert [problem.where for problem in bad(tmp_path, "", env=env)] == ["tts.edge"]


# --- problems


def test_every_problem_of_every_file_at_once_with_line_and_nearest_key(tmp_path: Path) -> None:
    own = """show:
  dial: loud
  gap_s: 9
  tittle: x
chat:
  twich: {channel: a}
tts: {chain: [egde]}
web: {port: 70000}
"""
    found = {each.where: each for each in bad(tmp_path, own, shipped="moderatoin: {}\n")}
    assert (found["moderatoin"].file, found["moderatoin"].nearest) == ("config/streamer.yaml", "moderation")
    assert (found["show.dial"].line, found["show.dial"].file) == (2, "home/config/streamer.yaml")
    assert "named, normal, chatty" in found["show.dial"].message
    assert found["show.gap_s"].line == 3
    assert (found["show.tittle"].line, found["show.tittle"].nearest) == (4, "title")
    assert (found["chat.twich"].line, found["chat.twich"].nearest) == (6, "twitch")
    assert found["tts.chain.0"].nearest == "edge"
    assert found["web.port"].line == 8
    assert len(found) == 7


def test_a_file_that_is_no_mapping_and_one_that_is_no_yaml(tmp_path: Path) -> None:
    assert [(each.line, each.message) for each in bad(tmp_path, "- a\n- b\n")] == [
        (1, "must be a mapping of keys to values")
    ]
    assert bad(tmp_path, "show: {\n  title: [\n")[0].line > 0


def test_a_channel_that_is_none(tmp_path: Path) -> None:
    (problem,) = bad(tmp_path, "chat: {twitch: {channel: 'not a name!'}}")
    assert problem.where == "chat.twitch.channel"


# --- secrets


def test_a_secret_in_a_file_is_refused_with_what_to_do_instead_and_never_repeated(tmp_path: Path) -> None:
    own = "llm:\n  model: x\n  api_key: sk-very-secret\nllm_fallbacks:\n  - {model: y, api_key: sk-other-secret}\n"
    first, second = bad(tmp_path, own)
    assert (first.line, first.where) == (3, "llm.api_key")
    assert "SHOWRUNNER_LLM__API_KEY" in first.message
    assert "SHOWRUNNER_LLM_FALLBACKS__0__API_KEY" in second.message
    assert "sk-" not in str(first) + str(second)


def test_what_it_says_to_do_instead_works(tmp_path: Path) -> None:
    own = "llm: {model: x}\nllm_fallbacks: [{model: y}, {model: z}]\n"
    env = {"SHOWRUNNER_LLM__API_KEY": "sk-a", "SHOWRUNNER_LLM_FALLBACKS__1__API_KEY": "sk-b"}
    found = read(tmp_path, own, env=env)
    assert found.llm is not None
    assert found.llm.api_key.get_secret_value() == "sk-a"
    assert [each.api_key.get_secret_value() for each in found.llm_fallbacks] == ["", "sk-b"]
    assert "sk-a" not in repr(found)


def test_a_header_that_holds_a_key_is_a_secret(tmp_path: Path) -> None:
    own = 'tts: {http: {url: "http://127.0.0.1:1/{text}", headers: {Authorization: Bearer abc}}}'
    (problem,) = bad(tmp_path, own)
    assert "SHOWRUNNER_TTS__HTTP__HEADERS__AUTHORIZATION" in problem.message


def test_a_setting_for_an_entry_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    env = {"SHOWRUNNER_LLM_FALLBACKS__0__MODEL": "x"}
    assert [each.where for each in bad(tmp_path, "show: {cast: [mika]}", env=env)] == ["llm_fallbacks"]
    with_list = {"SHOWRUNNER_SHOW__CAST__0": "juno"}
    assert read(tmp_path, "show: {cast: [mika]}", env=with_list).show.cast == ["mika"]


def test_an_empty_key_in_a_file_is_no_secret(tmp_path: Path) -> None:
    assert read(tmp_path, 'llm: {model: x, api_key: ""}').llm is not None


def test_a_secret_by_name_from_the_environment_or_the_keyring(monkeypatch) -> None:
    assert secret("A_KEY", {"A_KEY": "x"}).get_secret_value() == "x"

    class Ring:
        @staticmethod
        def get_password(service: str, name: str) -> str | None:
            return {"B_KEY": "ring"}.get(name) if service == "showrunner" else None

    monkeypatch.setitem(__import__("sys").modules, "keyring", Ring)
    monkeypatch.setattr(settings_module, "KEYS", Keys())
    assert secret("B_KEY", {}).get_secret_value() == "ring"
    assert secret("C_KEY", {}).get_secret_value() == ""
    monkeypatch.setitem(__import__("sys").modules, "keyring", None)  # not importable
    monkeypatch.setattr(settings_module, "KEYS", Keys())
    assert secret("B_KEY", {}).get_secret_value() == ""


# --- what follows


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, True),
        (TWITCH, False),
        (TWITCH | {"show": {"unattended": True}}, True),
        ({"show": {"unattended": False}}, False),
    ],
)
def test_who_may_talk_unattended(fields: dict[str, Any], expected: bool) -> None:
    found = settings(**fields)
    assert found.unattended is expected
    assert found.rules().unattended is expected


HTTP = {"url": "http://127.0.0.1:1/{text}"}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, ["espeak"]),
        (TWITCH, []),  # captions only: the offline voice has to be asked for
        (TWITCH | {"tts": {"offline_voice_on_air": True}}, ["espeak"]),
        (TWITCH | {"tts": {"chain": ["espeak"]}}, ["espeak"]),  # naming it is asking for it
        (TWITCH | {"tts": {"chain": ["edge", "espeak"], "offline_voice_on_air": False}}, ["edge"]),
        ({"tts": {"offline_voice_on_air": False}}, []),
        ({"tts": {"http": HTTP, "edge": {}}}, ["http", "edge", "espeak"]),
        (TWITCH | {"tts": {"http": HTTP, "openai": {}}}, ["openai", "http"]),
        ({"tts": {"chain": ["edge"]}}, ["edge", "espeak"]),
        ({"tts": {"chain": ["espeak", "edge"]}}, ["espeak", "edge"]),
    ],
)
def test_which_voices_are_tried(fields: dict[str, Any], expected: list[str]) -> None:
    assert list(settings(**fields).voice_engines()) == expected


def test_the_read_delay_is_for_real_channels() -> None:
    assert settings().rules().read_delay_ms == 0
    assert settings(**TWITCH).rules().read_delay_ms == 2_000


def test_seconds_become_milliseconds_and_the_rest_goes_over_as_it_is() -> None:
    show = {"gap_s": 0.5, "host_quiet_s": 1, "idle_after_s": 2, "banter_every_s": 3, "viewer_cooldown_s": 4}
    rules = settings(show=show | {"dial": "chatty", "answers_per_minute": 7, "banter_turns": 2}).rules(seed=9)
    times = (rules.gap_ms, rules.host_quiet_ms, rules.idle_after_ms, rules.banter_every_ms, rules.viewer_cooldown_ms)
    assert times == (500, 1_000, 2_000, 3_000, 4_000)
    assert (rules.seed, rules.dial, rules.answers_per_minute, rules.banter_turns) == (9, "chatty", 7, 2)


def test_the_command_line_fills_what_a_section_of_the_file_leaves_out(tmp_path: Path) -> None:
    where = folders(tmp_path)
    put(where.home, "config/streamer.yaml", "chat:\n  twitch:\n    irc_url: ws://127.0.0.1:1/\n")
    read = read_settings(where, environment={}, given={"chat": {"twitch": {"channel": "mika_live"}}})
    assert read.chat.twitch is not None
    assert (read.chat.twitch.channel, read.chat.twitch.irc_url) == ("mika_live", "ws://127.0.0.1:1/")
    assert read.channel == read.chat.twitch


def test_a_server_without_a_channel_is_still_the_demo(tmp_path: Path) -> None:
    read = read_settings(folders(tmp_path), environment={"SHOWRUNNER_CHAT__TWITCH__IRC_URL": "ws://127.0.0.1:1/"})
    assert read.chat.twitch is not None
    assert read.chat.twitch.irc_url == "ws://127.0.0.1:1/"
    assert (read.channel, read.on_channel, read.unattended) == (None, False, True)
    assert "espeak" in read.voice_engines()
