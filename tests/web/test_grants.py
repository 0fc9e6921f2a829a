"""Grants on disk and in memory, codes that work once."""

import os
import stat
import sys
from pathlib import Path

import pytest

from streamer.ports import Misconfigured
from streamer.web.grants import SESSIONS_MAX, Grants


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def test_a_token_opens_its_grant_and_only_its_hash_is_stored(state):
    grants = Grants(state)
    grant, token = grants.create("inject", "streamer.bot")
    assert grants.find(token) == grant
    assert grant.scopes == ("inject",)
    for wrong in ("", token[:-1], token + "x", token.upper(), grant.id, "\ud800"):
        assert grants.find(wrong) is None
    stored = (state / "grants.json").read_text(encoding="utf-8")
    assert token not in stored
    assert grants.overlay()[1] not in (state / "grants.json").read_text(encoding="utf-8")


def test_grants_and_overlay_links_survive_a_restart(state):
    first = Grants(state)
    overlay = first.overlay()
    _deck, deck_token = first.create("deck", "left deck")
    second = Grants(state)
    assert second.overlay() == overlay
    assert second.find(overlay[1]) == overlay[0]
    found = second.find(deck_token)
    assert found is not None
    assert found.name == "left deck"


def test_a_second_overlay_grant_is_not_taken_for_the_show_s_own(state):
    grants = Grants(state)
    other, token = grants.create("overlay", "second PC")
    own = grants.overlay()
    assert own[0].id != other.id
    assert own[1] != token
    assert grants.overlay_token(other) == token
    deck, _ = grants.create("deck", "x")
    assert grants.overlay_token(deck) is None


def test_a_lost_key_makes_new_overlay_links(state):
    old = Grants(state).overlay()
    (state / "grants.key").unlink()
    grants = Grants(state)
    new = grants.overlay()
    assert new[0] == old[0]
    assert new[1] != old[1]
    assert grants.find(old[1]) is None
    assert grants.find(new[1]) == new[0]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no mode bits")
def test_files_are_for_the_owner_only(state):
    mask = os.umask(0)
    try:
        Grants(state).overlay()
    finally:
        os.umask(mask)
    for name in ("grants.json", "grants.key"):
        assert stat.S_IMODE((state / name).stat().st_mode) == 0o600
    assert sorted(path.name for path in state.iterdir()) == ["grants.json", "grants.key"]


def test_a_failed_write_leaves_the_old_file_and_no_rest(state, monkeypatch):
    grants = Grants(state)
    grants.create("deck", "kept")
    before = (state / "grants.json").read_bytes()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError):
        grants.create("deck", "lost")
    assert (state / "grants.json").read_bytes() == before
    assert sorted(path.name for path in state.iterdir()) == ["grants.json", "grants.key"]


def test_a_damaged_file_is_misconfigured_with_the_fix(state):
    Grants(state).overlay()
    (state / "grants.json").write_text('{"version": 1, "grants": [', encoding="utf-8")
    with pytest.raises(Misconfigured) as caught:
        Grants(state)
    assert "grants.json" in caught.value.fix


def test_a_code_works_once_and_for_a_while(state):
    clock = [0.0]
    grants = Grants(state, tick=lambda: clock[0])
    code = grants.issue_code()
    made = grants.exchange(code)
    assert made is not None
    session, token = made
    assert (session.kind, session.session) == ("owner", True)
    assert grants.find(token) == session
    assert grants.exchange(code) is None
    assert grants.exchange("") is None
    late = grants.issue_code()
    printed = grants.issue_code(for_s=None)
    clock[0] = 601
    assert grants.exchange(late) is None
    assert grants.exchange(printed) is not None


def test_sessions_end_after_30_days_and_do_not_pile_up(state):
    clock = [0.0]
    grants = Grants(state, now=lambda: clock[0])
    made = grants.exchange(grants.issue_code())
    assert made is not None
    clock[0] = 31 * 86_400
    assert grants.find(made[1]) is None
    for number in range(SESSIONS_MAX + 5):
        clock[0] += 1
        assert grants.exchange(grants.issue_code()) is not None, number
    assert len(grants.all()) == SESSIONS_MAX
    assert made[0] not in grants.all()


def test_revoking(state):
    grants = Grants(state)
    gone: list[str] = []
    grants.on_revoked = gone.append
    grant, token = grants.create("operator", "Rin")
    assert grants.revoke(grant.id)
    assert not grants.revoke(grant.id)
    assert grants.find(token) is None
    assert gone == [grant.id]
    assert Grants(state).find(token) is None


def test_scopes_can_be_less_but_never_more(state):
    grants = Grants(state)
    assert grants.create("operator", "Rin", ["panel", "command"])[0].scopes == ("panel", "command")
    with pytest.raises(ValueError):
        grants.create("deck", "x", ["command", "grants"])
