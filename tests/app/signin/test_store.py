"""Where tokens lie: keyring or file, never half, never readable by others, moved between the two by writing."""

import os
import stat
import sys
from pathlib import Path

import msgspec
import pytest

from streamer.app.setup.secrets import Keys
from streamer.app.signin.store import RING_MAX, Kept, KeptAwayError, Store, write_private
from tests.app.setup.show import Ring

KEY = "twitch.bot"


def kept(n: int = 1, access: str = "a" * 30, refresh: str = "r" * 50) -> Kept:
    return Kept(n, "client", access, refresh, 1.0, 2.0, ("user:read:chat",), "friday", "7")


class Nothing(Ring):
    """No keyring on this machine."""

    priority = 0


def store(tmp_path: Path, ring: Ring) -> Store:
    return Store(tmp_path / "state", Keys(ring))


def files(tmp_path: Path) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "state").glob("*") if path.is_file())


def test_in_a_keyring_no_token_touches_the_disk(tmp_path: Path) -> None:
    ring = Ring()
    store(tmp_path, ring).write(KEY, kept())
    again = store(tmp_path, ring)
    assert again.read(KEY) == kept()
    assert again.index()[KEY].where == "keyring"
    assert "aaaa" not in files(tmp_path)
    assert "rrrr" not in files(tmp_path)


def test_without_a_keyring_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    one = store(tmp_path, Nothing())
    one.write(KEY, kept())
    one.write("twitch.broadcaster", kept(4))
    path = tmp_path / "state" / "tokens.json"
    if os.name != "nt":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE((tmp_path / "state" / "signin.json").stat().st_mode) == 0o600
        path.chmod(0o644)  # as a restored backup may be
    again = store(tmp_path, Nothing())
    assert (again.read(KEY), again.read("twitch.broadcaster")) == (kept(), kept(4))
    if os.name != "nt":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again.drop(KEY)
    assert again.read(KEY) is None
    again.drop("twitch.broadcaster")
    assert not path.exists()
    assert again.index() == {}


def test_tokens_move_when_a_keyring_comes_or_goes(tmp_path: Path) -> None:
    ring = Ring()
    store(tmp_path, Nothing()).write(KEY, kept(1))
    later = store(tmp_path, ring)
    assert later.read(KEY) == kept(1)
    later.write(KEY, kept(2))
    assert (later.read(KEY), later.index()[KEY].where) == (kept(2), "keyring")
    assert not (tmp_path / "state" / "tokens.json").exists()
    gone = store(tmp_path, Nothing())
    gone.write(KEY, kept(3))
    assert (gone.read(KEY), gone.index()[KEY].where) == (kept(3), "file")
    back = store(tmp_path, ring)
    assert back.read(KEY) == kept(3)  # not the old one that is still in the keyring
    back.write(KEY, kept(4))
    assert store(tmp_path, ring).read(KEY) == kept(4)


def test_a_locked_keyring_is_not_taken_for_signed_out(tmp_path: Path) -> None:
    ring = Ring()
    store(tmp_path, ring).write(KEY, kept())
    ring.broken = True
    with pytest.raises(KeptAwayError):
        store(tmp_path, ring).read(KEY)
    locked = store(tmp_path, ring)
    locked.write(KEY, kept(2))
    assert (locked.read(KEY), locked.index()[KEY].where) == (kept(2), "file")


@pytest.mark.parametrize("crash", ["signin.json", "tokens.json"])
def test_killed_in_the_middle_the_newest_tokens_are_found(tmp_path: Path, crash: str, monkeypatch) -> None:
    """From file to keyring in three writes: after any of them the new tokens are the ones that are read."""
    ring = Ring()
    store(tmp_path, Nothing()).write(KEY, kept(1))
    real, one = write_private, store(tmp_path, ring)
    one.mark(KEY, 1)

    def killed(path: Path, data: bytes) -> None:
        if path.name == crash:
            raise KeyboardInterrupt
        real(path, data)

    monkeypatch.setattr("streamer.app.signin.store.write_private", killed)
    if crash == "tokens.json":  # nothing is left to write there: the file is removed
        monkeypatch.setattr(Path, "unlink", lambda *_a, **_k: killed(Path(crash), b""))
    with pytest.raises(KeyboardInterrupt):
        one.write(KEY, kept(2))
    monkeypatch.undo()
    assert store(tmp_path, ring).read(KEY) == kept(2)


def test_what_is_too_long_for_windows_leaves_the_access_token_out(tmp_path: Path) -> None:
    ring = Ring()
    one = store(tmp_path, ring)
    one.write(KEY, kept(access="y" * 1_500))  # Google's may have 2,048 characters
    (text,) = ring.kept.values()
    assert len(text) <= RING_MAX
    assert len(text.encode("utf-16-le")) <= 2_560
    assert one.read(KEY) == msgspec.structs.replace(kept(), access="")
    one.write(KEY, kept(2, refresh="z" * 1_500))
    assert one.index()[KEY].where == "file"
    assert one.read(KEY) == kept(2, refresh="z" * 1_500)


def test_marks_are_on_the_disk_and_end_with_the_next_tokens(tmp_path: Path) -> None:
    one = store(tmp_path, Ring())
    one.write(KEY, kept())
    one.mark(KEY, 1)
    assert store(tmp_path, Ring()).index()[KEY].spending == 1
    one.write(KEY, kept(2))
    assert one.index()[KEY].spending == 0
    one.fail(KEY, 2)
    assert one.index()[KEY].gone == 2
    one.mark("twitch.broadcaster", 1)  # nobody is signed in there
    assert list(one.index()) == [KEY]


def test_every_change_is_seen_from_outside(tmp_path: Path) -> None:
    watcher, one = store(tmp_path, Ring()), store(tmp_path, Ring())
    seen = [watcher.look()]
    one.write(KEY, kept())
    seen.append(watcher.look())
    one.write(KEY, kept(2))
    seen.append(watcher.look())
    one.drop(KEY)
    seen.append(watcher.look())
    assert len(set(seen)) == 4


def test_one_at_a_time(tmp_path: Path) -> None:
    one, other = store(tmp_path, Ring()), store(tmp_path, Ring())
    free = one.try_lock()
    assert free is not None
    assert other.try_lock() is None
    free()
    again = other.try_lock()
    assert again is not None
    again()


@pytest.mark.parametrize("name", ["signin.json", "tokens.json"])
def test_a_damaged_file_is_as_if_nobody_were_signed_in(tmp_path: Path, name: str) -> None:
    one = store(tmp_path, Nothing())
    one.write(KEY, kept())
    (tmp_path / "state" / name).write_bytes(b'{"version": 1, "accounts": \xff')
    again = store(tmp_path, Nothing())
    again.index()
    again.read(KEY)
    again.write(KEY, kept(2))
    assert again.read(KEY) == kept(2)


def test_a_write_that_fails_leaves_the_old_and_no_rubbish(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(TypeError):
        write_private(path, "no bytes")  # type: ignore[arg-type]
    assert path.read_text(encoding="utf-8") == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["x"]


@pytest.mark.skipif(sys.platform == "win32", reason="the replaying of a Windows error")
def test_a_file_that_a_scanner_holds_is_tried_again(tmp_path: Path, monkeypatch) -> None:
    real, left = Path.replace, [3]

    def held(self: Path, target: Path) -> Path:
        left[0] -= 1
        if left[0] > 0:
            raise PermissionError(13, "Access is denied")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", held)
    write_private(tmp_path / "x", b"new", sleep=lambda _s: None)
    assert (tmp_path / "x").read_bytes() == b"new"


def test_nothing_secret_is_shown_by_values() -> None:
    assert "aaaa" not in repr(kept())
    assert "rrrr" not in f"{kept()}"


@pytest.mark.parametrize("name", ["tokens.json", "signin.json"])
def test_a_file_that_cannot_be_opened_for_a_moment_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A virus scanner, or no file handle left."""
    one = store(tmp_path, Nothing())
    one.write(KEY, kept())
    one.write("twitch.broadcaster", kept(4))
    plain = Path.read_bytes

    def read_bytes(path: Path) -> bytes:
        if path.name == name:
            raise PermissionError(13, "in use")
        return plain(path)

    with monkeypatch.context() as scene:
        scene.setattr(Path, "read_bytes", read_bytes)
        changes = [lambda: one.write(KEY, kept(2)), lambda: one.drop("twitch.broadcaster"), lambda: one.read(KEY)]
        for change in changes if name == "tokens.json" else [*changes, lambda: one.mark(KEY, 1), one.index]:
            with pytest.raises(OSError, match="in use"):
                change()
    assert one.read(KEY) == kept()
    assert one.read("twitch.broadcaster") == kept(4)
    assert set(one.index()) == {KEY, "twitch.broadcaster"}
