"""What a start is about to do: read whole, or refused with every problem of all files."""

from pathlib import Path

import pytest

from streamer.app.plan import read_plan
from streamer.app.yamlfile import BadFiles
from tests.app.kit import MIKA, folders, plan, put


def test_with_nothing_configured_it_is_the_demo(tmp_path: Path) -> None:
    demo = plan(tmp_path)
    assert {persona.id for persona in demo.cast} == {"mika", "juno"}
    assert demo.rundown.title == "The demo show"
    assert demo.defaulted == ()
    assert demo.rules.segments == demo.rundown.segments
    assert {member.id: member.talkativeness for member in demo.members} == {
        persona.id: persona.talkativeness for persona in demo.cast
    }


def test_on_a_channel_there_is_no_rundown_unless_named(tmp_path: Path) -> None:
    own = "chat: {twitch: {channel: mika_live}}\n"
    assert plan(tmp_path, own).rundown.segments == ()
    assert plan(tmp_path, own + "show: {rundown: demo}\n").rundown.segments != ()


def test_problems_of_all_files_come_together(tmp_path: Path) -> None:
    where = folders(tmp_path)
    put(where.home, "config/streamer.yaml", "show:\n  dail: chatty\n  cast: [mika]\n  rundown: friday\n")
    put(where.home, "characters/mika/character.yaml", "name: Mika\ncolor: pink\n")
    put(where.home, "scenes/friday.yaml", "segments:\n  - id: a\n    say: hi\n    evry: 5m\n")
    with pytest.raises(BadFiles) as caught:
        read_plan(where)
    found = [(each.file, each.line, each.nearest) for each in caught.value.problems]
    assert ("home/config/streamer.yaml", 2, "dial") in found
    assert ("characters/mika/character.yaml", 2, "colour") in found
    assert ("scenes/friday.yaml", 4, "every") in found


def test_a_settings_file_that_is_no_yaml_does_not_hide_the_others(tmp_path: Path) -> None:
    where = folders(tmp_path)
    put(where.home, "config/streamer.yaml", "show: {\n")
    put(where.home, "characters/mika/character.yaml", "nam: Mika\n")
    with pytest.raises(BadFiles) as caught:
        read_plan(where)
    assert {each.file for each in caught.value.problems} == {
        "home/config/streamer.yaml", "characters/mika/character.yaml",
    }  # fmt: skip


def test_nobody_to_speak(tmp_path: Path) -> None:
    where = folders(tmp_path, bare=True)
    put(where.home, "config/streamer.yaml", "chat: {twitch: {channel: mika_live}}\n")
    with pytest.raises(BadFiles, match="there is no character"):
        read_plan(where)


def test_a_segment_for_somebody_nobody_knows(tmp_path: Path) -> None:
    where = folders(tmp_path, bare=True)
    put(where.home, "characters/mika/character.yaml", MIKA)
    put(where.home, "scenes/demo.yaml", "segments:\n  - {id: a, say: hi, at: start, persona: mica}\n")
    with pytest.raises(BadFiles, match="there is no character called mica"):
        read_plan(where)


def test_what_the_command_line_gives(tmp_path: Path) -> None:
    given = read_plan(folders(tmp_path), given={"chat": {"twitch": {"channel": "mika_live"}}}, seed=4)
    assert given.settings.on_channel
    assert given.rules.seed == 4


def test_what_was_left_to_the_defaults_is_named(tmp_path: Path) -> None:
    where = folders(tmp_path)
    put(where.home, "characters/bare/character.yaml", "name: Bare\n")
    put(where.home, "config/streamer.yaml", "show: {cast: [bare]}\nchat: {twitch: {channel: x_y}}\n")
    assert read_plan(where).defaulted == (("bare", "voice"), ("bare", "look"))
