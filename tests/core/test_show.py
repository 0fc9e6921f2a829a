"""The show as a value: frozen, small, written and read again."""

import msgspec
import pytest

from streamer.app.journal import decode_show, encode_show
from streamer.core.events import DialSet, HostVoiceSuspected, SinkChanged, Tombstoned
from streamer.core.settings import ShowSettings
from streamer.core.show import CONTEXT_MESSAGES, EMPTY, Line, Request, Show
from tests.core.scene import Scene

ASKED = Request(id=1, kind="answer", priority=1, born_ms=0, expires_ms=1, why="named", cause=1)


def test_an_empty_show_has_not_begun() -> None:
    assert (EMPTY.mode, EMPTY.air, EMPTY.next, EMPTY.requests) == ("starting", None, None, ())
    assert Show() == EMPTY


def test_nobody_changes_a_show_in_place() -> None:
    with pytest.raises(AttributeError):
        EMPTY.mode = "running"  # type: ignore[misc]


def test_the_answers_of_a_line() -> None:
    line = Line(id=1, persona="mika", state="ready", request=ASKED, born_ms=0, deadline_ms=1)
    assert line.answers == ()
    asked = msgspec.structs.replace(ASKED, uid="t:1", also=("t:2", "t:3"))
    assert msgspec.structs.replace(line, request=asked).answers == ("t:1", "t:2", "t:3")


def test_a_show_in_full_swing_survives_its_snapshot() -> None:
    scene = Scene(ShowSettings(idle_after_ms=5_000))
    for n in range(9):
        scene.chat(f"v{n}", to=["mika"])
    scene.speak(1)
    scene.ready(2)
    scene.feed(HostVoiceSuspected())
    scene.feed(DialSet(dial="chatty"))
    scene.feed(Tombstoned("user", "t:v3"))
    assert decode_show(encode_show(scene.show)) == scene.show
    assert encode_show(decode_show(encode_show(scene.show))) == encode_show(scene.show)


def test_only_the_newest_messages_are_context_and_what_is_unfit_is_none() -> None:
    scene = Scene()
    for n in range(CONTEXT_MESSAGES + 3):
        scene.chat(f"v{n}", uid=f"t:{n}")
    scene.chat("x", uid="t:guest", guest=True)
    scene.chat("x", uid="t:cmd", command=True)
    scene.chat("x", uid="t:emote", emote_only=True)
    assert [uid for uid, _ in scene.show.recent] == [f"t:{n}" for n in range(3, CONTEXT_MESSAGES + 3)]


def test_the_show_knows_whether_a_page_plays_the_sound() -> None:
    scene = Scene()
    assert scene.feed(SinkChanged(page=True, name="OBS")) == []
    assert scene.show.page
    scene.feed(SinkChanged(page=False))
    assert not scene.show.page
