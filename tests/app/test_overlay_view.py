"""What the audience may see: differences that add up to the state, and nothing that was held or taken back."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.app.overlay_view import CHAT_ROWS, OverlayView, alert_size, part, spans
from streamer.core.commands import Erase, Prepare
from streamer.core.events import ChatReceived
from streamer.core.stage import Stage
from streamer.core.verdict import Verdict
from streamer.ports import ChatRow, Heard, User
from streamer.speech.view import ClauseView
from streamer.web.feed import Projection


class Screen:
    """A page that got a snapshot at some time and applies what comes after it."""

    def __init__(self) -> None:
        self.feed = Projection()
        self.sent: list[dict[str, Any]] = []
        self.follower: dict[str, Any] | None = None
        self.view = OverlayView(self.publish, build="b1")

    def publish(self, changes: Mapping[str, object], removed: Sequence[str]) -> None:
        self.sent.append({"set": json.loads(json.dumps(changes)), "del": list(removed)})
        for path in removed:
            self.feed.remove(path)
        for path, value in changes.items():
            self.feed.set(path, value)

    @property
    def now(self) -> dict[str, Any]:
        return self.feed.snapshot

    def follow(self) -> None:
        self.feed.take()
        self.follower = json.loads(json.dumps(self.now))

    def catch_up(self) -> None:
        """One message of the feed, as `docs/overlay-protocol.md` says to apply it."""
        changes, removed = self.feed.take()
        assert self.follower is not None
        for path in removed:
            node, last = self._node(path)
            node.pop(last, None)
        for path, value in changes.items():
            node, last = self._node(path)
            node[last] = json.loads(json.dumps(value))

    def _node(self, path: str) -> tuple[dict[str, Any], str]:
        *parts, last = [each.replace("~1", "/").replace("~0", "~") for each in path.split("/")]
        node: Any = self.follower
        for each in parts:
            node = node.setdefault(each, {})
        return node, last


def chat(uid: str = "t:1", user: str = "t:ana", action: str = "allow", **more: Any) -> ChatReceived:
    return ChatReceived(uid=uid, user=user, platform=uid.partition(":")[0], verdict=Verdict(action), **more)  # type: ignore[arg-type]


def row(text: str, **more: Any) -> ChatRow:
    return ChatRow(at=0.0, platform="twitch", kind="message", id="1", user=User("1"), text=text, **more)


def order(line: int, persona: str = "mika") -> Prepare:
    return Prepare(cause=1, line=line, persona=persona, kind="answer", why="named")


def clause(text: str) -> ClauseView:
    return ClauseView(0, 900, text, ())


def stage(speaker: str = "", line: int = 0, mode: str = "running", **looks: str) -> Stage:
    return Stage(mode=mode, speaker=speaker, line=line, answering="", listening_to=looks, scene="")  # type: ignore[arg-type]


def test_a_page_that_comes_before_anything_gets_a_whole_picture():
    assert set(Screen().now) == {
        "build", "beat", "show", "cast", "stage", "line", "playhead", "chat", "sound",
        "alerts", "polls", "trains", "goals", "queue", "coming", "credits", "counts",
    }  # fmt: skip


def test_the_heart_beats():
    screen = Screen()
    screen.view.beat()
    screen.view.beat()
    assert screen.now["beat"] == 2


def test_what_was_held_or_dropped_never_enters():
    screen = Screen()
    for action in ("hold", "drop"):
        screen.view.chat(chat(action=action), row("SECRET"), "SECRET", "Ana")
    assert "SECRET" not in json.dumps(screen.sent)
    assert screen.now["chat"] == {}
    screen.view.chat(chat(action="replace"), row("SECRET word"), "*** word", "Ana")
    assert screen.now["chat"]["t:1"]["text"] == "*** word"
    assert "SECRET" not in json.dumps(screen.sent)


def test_a_message_is_shown_once_and_old_ones_make_room():
    screen = Screen()
    for n in range(CHAT_ROWS + 5):
        screen.view.chat(chat(f"t:{n}"), row("hi"), "hi", "Ana")
        screen.view.chat(chat(f"t:{n}"), row("again"), "again", "Ana")
    shown = screen.now["chat"]
    assert len(shown) == CHAT_ROWS
    assert "t:4" not in shown
    assert {each["text"] for each in shown.values()} == {"hi"}
    assert [each["n"] for each in shown.values()] == sorted(each["n"] for each in shown.values())


def test_a_line_prepared_ahead_is_shown_with_the_floor_and_gone_with_its_end():
    screen = Screen()
    screen.view.clause(7, 0, clause("Hello"))
    assert screen.now["line"] is None
    assert "Hello" not in json.dumps(screen.sent)
    screen.view.aired(order(7))
    assert screen.now["line"]["clauses"]["0"]["text"] == "Hello"
    screen.view.clause(7, 1, clause("there"))
    screen.view.heard(Heard(7, 240), 1_000)
    assert screen.now["line"]["clauses"]["1"]["text"] == "there"
    assert screen.now["playhead"] == {"line": 7, "ms": 240, "at": 1_000, "playing": True}
    screen.view.heard(Heard(6, 999), 1_001)  # a late report of another line
    assert screen.now["playhead"]["line"] == 7
    screen.view.ended(7, 2_000)
    assert (screen.now["line"], screen.now["playhead"]["line"]) == (None, 0)


def test_a_line_that_never_got_the_floor_is_never_shown():
    screen = Screen()
    screen.view.clause(7, 0, clause("SECRET"))
    screen.view.ended(7, 10)
    screen.view.aired(order(8))
    assert "SECRET" not in json.dumps(screen.sent)


def test_the_stage_is_sent_as_differences():
    screen = Screen()
    screen.view.stage(stage("mika", 1, mika="viewer", juno="mika"), {"name": "Ana", "text": "hi", "platform": "t"})
    assert screen.now["stage"]["speaker"] == "mika"
    assert screen.now["stage"]["faces"]["juno"]["look_at"] == "mika"
    assert screen.now["stage"]["answering"]["name"] == "Ana"
    before = len(screen.sent)
    screen.view.stage(stage("mika", 1, mika="viewer", juno="mika"), {"name": "Ana", "text": "hi", "platform": "t"})
    assert len(screen.sent) == before
    screen.view.stage(stage("mika", 1, mika="viewer", juno="mika"), None)
    assert screen.sent[-1]["set"] == {"stage/answering": None}
    screen.view.stage(stage(mika="host", juno="host", mode="closed"), None)
    assert screen.now["show"]["mode"] == "closing"  # for the audience there is no difference
    assert screen.now["stage"]["faces"]["mika"]["look_at"] == "host"  # a page knows at which side he is seen
    assert screen.now["stage"]["speaker"] is None


@pytest.mark.parametrize(
    ("scope", "key", "left"),
    [
        ("message", "t:1", {"t:2", "t:3", "y:4"}), ("message", "t:9", {"t:1", "t:2", "t:3", "y:4"}),
        ("user", "t:ana", {"t:3", "y:4"}), ("room", "t", {"y:4"}),
    ],
)  # fmt: skip
def test_what_is_taken_back_is_gone(scope: Any, key: str, left: set[str]):
    screen = Screen()
    for uid, user in (("t:1", "t:ana"), ("t:2", "t:ana"), ("t:3", "t:ben"), ("y:4", "y:ana")):
        screen.view.chat(chat(uid, user), row("hi"), "hi", "x")
    screen.view.erase(Erase(cause=1, scope=scope, key=key))
    assert set(screen.now["chat"]) == left


def test_a_key_with_a_slash_is_one_part():
    assert part("t:a/b~c") == "t:a~1b~0c"
    screen = Screen()
    screen.view.chat(chat("t:a/b~c"), row("hi"), "hi", "x")
    assert set(screen.now["chat"]) == {"t:a/b~c"}
    screen.view.erase(Erase(cause=1, scope="message", key="t:a/b~c"))
    assert screen.now["chat"] == {}


def test_emotes_are_pictures_only_with_clean_ids_in_their_own_text():
    text = "hi Kappa and LUL"
    found = spans(text, ((3, 8, "25"), (13, 16, "425618")), "twitch")
    assert [each.get("text") or each["emote"]["alt"] for each in found] == ["hi ", "Kappa", " and ", "LUL"]  # type: ignore[index]
    for emotes, platform in (
        (((3, 8, "../x"),), "twitch"), (((3, 99, "25"),), "twitch"), (((3, 8, "25"),), "youtube"),
        (((3, 8, ""),), "twitch"),
    ):  # fmt: skip
        assert spans(text, emotes, platform) == [{"text": text}]
    overlapping = spans(text, ((3, 8, "25"), (5, 10, "26")), "twitch")
    assert "".join(each.get("text") or each["emote"]["alt"] for each in overlapping) == text  # type: ignore[index]
    assert spans("", (), "twitch") == []


def test_places_of_emotes_in_a_text_that_was_changed_are_not_used():
    screen = Screen()
    screen.view.chat(chat("twitch:1"), row("bad Kappa", emotes=((4, 9, "25"),)), "*** Kappa", "x")
    assert screen.now["chat"]["twitch:1"]["spans"] == [{"text": "*** Kappa"}]


def test_cast_and_sound():
    screen = Screen()
    screen.view.cast({"mika": {"name": "Mika", "order": 0}})
    screen.view.sound(page=True, name="OBS")
    assert screen.now["cast"]["mika"]["name"] == "Mika"
    assert screen.now["sound"] == {"page": True, "name": "OBS"}


UIDS = st.sampled_from(["t:1", "t:2", "t:a/b", "y:1"])
USERS = st.sampled_from(["t:ana", "t:ben", "y:ana"])
LINES = st.integers(1, 4)
STEPS = st.one_of(
    st.tuples(st.just("chat"), UIDS, USERS, st.sampled_from(["allow", "replace", "hold", "drop"])),
    st.tuples(st.just("erase"), st.sampled_from([("message", "t:1"), ("user", "t:ana"), ("room", "t")])),
    st.tuples(st.just("clause"), LINES, st.integers(0, 2)),
    st.tuples(st.just("aired"), LINES),
    st.tuples(st.just("ended"), LINES),
    st.tuples(st.just("heard"), LINES, st.integers(0, 9_000)),
    st.tuples(st.just("stage"), st.sampled_from(["", "mika", "juno"]), st.booleans()),
    st.tuples(st.just("message")),
)


@given(script=st.lists(STEPS, max_size=60), join=st.integers(0, 30))
def test_a_snapshot_and_what_follows_are_the_state(script: list[tuple[Any, ...]], join: int):
    screen = Screen()
    for number, (kind, *what) in enumerate(script):
        if number == join:
            screen.follow()
        match kind:
            case "chat":
                uid, user, action = what
                text = f"{action}-{uid}"
                screen.view.chat(chat(uid, user, action), row(text), text, user)
            case "erase":
                screen.view.erase(Erase(cause=1, scope=what[0][0], key=what[0][1]))
            case "clause":
                screen.view.clause(what[0], what[1], clause(f"words of {what[0]}"))
            case "aired":
                screen.view.aired(order(what[0]))
            case "ended":
                screen.view.ended(what[0], number)
            case "heard":
                screen.view.heard(Heard(what[0], what[1]), number)
            case "stage":
                said = {"name": "x", "text": "y", "platform": "t"} if what[1] else None
                screen.view.stage(stage(what[0], 1, mika="chat"), said)
            case _:
                if screen.follower is not None:
                    screen.catch_up()
    if screen.follower is not None:
        screen.catch_up()
        assert screen.follower == json.loads(json.dumps(screen.now))
    assert not any(word in json.dumps(screen.sent) for word in ("hold-", "drop-"))


# --- alerts ----------------------------------------------------------------------------------------------------------


def happened(kind: str, **more: Any) -> ChatReceived:
    return ChatReceived(uid="t:1", user="t:u", platform="t", kind=kind, **more)  # type: ignore[arg-type]


def test_a_raid_is_something_to_react_to_and_a_message_is_not() -> None:
    screen = Screen()
    screen.view.alert(happened("message"))
    assert screen.now["stage"]["alert"] is None
    screen.view.alert(happened("raid", count=40))
    assert screen.now["stage"]["alert"] == {"n": 1, "kind": "raid", "size": alert_size(happened("raid", count=40))}
    screen.view.alert(happened("follow"))
    assert screen.now["stage"]["alert"]["n"] == 2


def test_what_moderation_stopped_moves_nobody() -> None:
    screen = Screen()
    screen.view.alert(happened("superchat", guest=True))  # it belongs to the partner's show
    screen.view.alert(happened("superchat", verdict=Verdict("drop", "slur")))
    screen.view.alert(happened("superchat", verdict=Verdict("hold", "link")))
    assert screen.now["stage"]["alert"] is None


@pytest.mark.parametrize("kind", ["raid", "gift_batch"])
def test_more_is_bigger_up_to_one(kind: str) -> None:
    sizes = [alert_size(happened(kind, count=count)) for count in (0, 1, 5, 50, 500, 10**9)]
    assert sizes == sorted(sizes)  # type: ignore[type-var]
    assert sizes[-1] == 1.0
    assert 0 < sizes[0] < 0.5  # type: ignore[operator]


def test_pages_learn_of_a_deletion_while_a_caption_may_still_stand():
    screen = Screen()
    screen.view.aired(order(1))
    screen.view.ended(1, 10_000)
    screen.view.erase(Erase(cause=1, scope="user", key="t:bob"), 11_000)
    assert screen.now["erased"] == 1
    screen.view.erase(Erase(cause=1, scope="user", key="t:bob"), 13_000)
    assert screen.now["erased"] == 1, "no caption stands so long"
