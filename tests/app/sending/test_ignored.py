"""Who is ignored stays ignored over restarts, and no longer than asked."""

import stat
import sys
from pathlib import Path

from streamer.app.sending.ignored import Ignored, Speakers
from streamer.core.show import IGNORED_MAX
from streamer.ports import ChatRow, User


def test_it_is_kept_and_ends(tmp_path: Path) -> None:
    wall = [1000.0]
    path = tmp_path / "state" / "ignored.json"
    first = Ignored(path, now=lambda: wall[0])
    first.add("twitch:1", "Ana", by="owner:x")
    first.add("twitch:2", "Ben", minutes=10)
    again = Ignored(path, now=lambda: wall[0])
    assert [(each.user, each.name, each.until) for each in again.all()] == [
        ("twitch:1", "Ana", 0.0),
        ("twitch:2", "Ben", 1600.0),
    ]
    wall[0] = 1600.0
    assert [each.user for each in again.all()] == ["twitch:1"]
    assert again.find("twitch:2") is None
    assert again.remove("twitch:1") is not None
    assert again.remove("twitch:1") is None
    assert Ignored(path, now=lambda: wall[0]).all() == []
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["ignored.json"]


def test_a_file_nobody_can_read_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "ignored.json"
    path.write_text("{nonsense", encoding="utf-8")
    kept = Ignored(path)
    assert kept.all() == []
    assert (tmp_path / "ignored.json.bad").is_file()
    kept.add("twitch:1", "Ana")
    assert [each.user for each in Ignored(path).all()] == ["twitch:1"]


def test_a_folder_that_cannot_be_written_costs_only_the_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    kept = Ignored(tmp_path / "file" / "ignored.json")
    kept.add("twitch:1", "Ana")
    assert [each.user for each in kept.all()] == ["twitch:1"]


def test_it_is_bounded_and_keeps_the_newest() -> None:
    kept = Ignored(None)
    for number in range(IGNORED_MAX + 2):
        kept.add(f"twitch:{number}", str(number))
    assert len(kept.all()) == IGNORED_MAX
    assert kept.find("twitch:0") is None
    assert kept.find(f"twitch:{IGNORED_MAX + 1}") is not None


def test_who_wrote_lately_is_known_and_the_nameless_are_not() -> None:
    speakers = Speakers()
    for user in (User("1", login="ana"), User("2", login="x", anonymous=True), User("", name="nobody"), None):
        speakers.heard(ChatRow(0.0, "twitch", "message", "m", user=user, text="hi"))
    assert [each.user for each in speakers.named("@Ana")] == ["twitch:1"]
    assert speakers.named("x") == speakers.named("nobody") == speakers.named(" @ ") == []
    assert speakers.near("anna") == "ana"
    assert speakers.near("zzz") == ""
