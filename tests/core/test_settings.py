"""What the rules can be told: the promised defaults, and that they travel as values."""

import msgspec

from streamer.core.events import SettingsChanged
from streamer.core.settings import Member, Segment, ShowSettings
from tests.core.scene import Scene, prepared


def test_the_promised_defaults() -> None:
    settings = ShowSettings()
    assert (settings.dial, settings.answers_per_minute, settings.banter_turns) == ("normal", 4, 3)
    assert settings.read_delay_ms == 0  # demo and bench; a real channel sets it


def test_written_and_read_again() -> None:
    settings = ShowSettings(seed=7, segments=(Segment("a", banter=True),), unattended=False)
    assert msgspec.json.decode(msgspec.json.encode(settings), type=ShowSettings) == settings
    member = Member("mika", talkativeness=0.25)
    assert msgspec.json.decode(msgspec.json.encode(member), type=Member) == member


def test_changed_settings_hold_from_the_next_line_on_and_leave_the_dial_to_the_operator() -> None:
    scene = Scene()
    first = prepared(scene.chat("ana", to=["mika"]))
    scene.feed(SettingsChanged(ShowSettings(seed=5, dial="named", idle_after_ms=0, read_delay_ms=9_000)))
    assert scene.show.dial == "normal"
    assert scene.ready(first.line)  # already asked for: not delayed
    line = prepared(scene.chat("ben", question=True))
    assert line.seed == 5 * 1_000_003 + line.line
