from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from streamer.app.panel_view import CHAT_ROWS, LOG_ROWS, About, PanelView
from streamer.core.director import step
from streamer.core.events import (
    ChatReceived,
    DialSet,
    Event,
    Fact,
    Features,
    LineEnded,
    LineReady,
    LineStarted,
    Money,
    PausePressed,
    SayRequested,
    ShowStarted,
    SkipPressed,
    StopPressed,
    Tombstoned,
)
from streamer.core.settings import Member, ShowSettings
from streamer.core.show import EMPTY, Show
from streamer.core.verdict import Verdict
from streamer.ports import Health, Heard, Notice
from streamer.speech.view import ClauseView
from streamer.texts import texts
from streamer.web.feed import Projection

CAST = (Member("mika"), Member("juno"))


class House:
    """A show, its text store and the projection, folded the way the shell does it."""

    def __init__(self, settings: ShowSettings | None = None) -> None:
        self.words: dict[str, str] = {}
        self.feed = Projection()
        self.view = PanelView(self.publish, words=self.words.get, about=About(build="b1", title="Test"))
        self.view.cast({"mika": {"name": "Mika", "order": 0}, "juno": {"name": "Juno", "order": 1}})
        self.show: Show = EMPTY
        self.seq = 0
        self.ms = 0
        self.sent: list[tuple[dict[str, Any], list[str]]] = []
        self.fold(ShowStarted(settings=settings or ShowSettings(idle_after_ms=0, banter_every_ms=0), cast=CAST))
        self.sent.clear()

    def publish(self, changes: Mapping[str, object], removed: Sequence[str]) -> None:
        for path in removed:
            self.feed.remove(path)
        for path, value in changes.items():
            self.feed.set(path, value)
        if hasattr(self, "sent"):
            self.sent.append((dict(changes), list(removed)))

    @property
    def now(self) -> dict[str, Any]:
        return self.feed.snapshot

    def fold(self, event: Event, *, after_ms: int = 1000) -> None:
        self.ms += after_ms
        self.seq += 1
        self.show, commands = step(self.show, Fact(self.seq, self.ms * 1_000_000, event))
        if commands and any(type(c).__name__ == "Erase" for c in commands) and isinstance(event, Tombstoned):
            for ref in [r for r in self.words if event.key in r]:
                del self.words[ref]
        self.view.folded(event, self.show, commands)

    def ask(
        self, n: int, text: str, *, user: str = "", persona: str = "", verdict: Verdict | None = None, **more: Any
    ) -> str:
        uid, user = f"twitch:{n}", user or f"twitch:u{n}"
        self.words[f"m:{uid}"], self.words[f"n:{user}"] = text, f"viewer {n}"
        event = ChatReceived(
            uid=uid, user=user, platform="twitch", text=f"m:{uid}", name=f"n:{user}",
            features=Features(question=True, words=4, addressed=(persona,) if persona else ()),
            verdict=verdict or Verdict(), **more,
        )  # fmt: skip
        self.view.chat(event, text, f"viewer {n}", self.ms)
        self.fold(event)
        return uid

    def air(self) -> int:
        """Bring the line that is being prepared on air; its id."""
        assert self.show.next is not None
        line = self.show.next.id
        self.fold(LineReady(line, 3000))
        self.fold(LineStarted(line))
        return line

    def logged(self) -> list[dict[str, Any]]:
        return [self.now["log"][key] for key in sorted(self.now["log"], key=int)]


def test_an_empty_show_has_every_key_of_the_contract() -> None:
    snapshot = House().now
    assert set(snapshot) == {
        "build", "beat", "show", "silence", "cast", "line", "playhead", "next", "queue", "pace", "chat",
        "chat_rate", "sound", "level", "events", "health", "log", "setup", "write", "ignored",
    }  # fmt: skip
    assert snapshot["show"]["mode"] == "running"
    assert snapshot["show"]["title"] == "Test"


def test_a_question_goes_from_waiting_to_answered() -> None:
    house = House()
    uid = house.ask(1, "is soup cereal?")
    assert house.now["chat"][uid]["state"]["code"] == "picked"
    ahead = house.now["next"]["1"]
    assert (ahead["state"], ahead["text"], ahead["why"]["name"]) == ("preparing", "", "viewer 1")
    line = house.air()
    on_air = house.now["line"]
    assert on_air["id"] == line
    assert on_air["why"] | {"waited_ms": 0} == {
        "code": "question", "name": "viewer 1", "text": "is soup cereal?", "platform": "twitch", "uid": uid,
        "waited_ms": 0, "asked": 1, "persona": "",
    }  # fmt: skip
    assert on_air["why"]["waited_ms"] >= 1000
    assert house.now["chat"][uid]["state"] == {"code": "on_air", "persona": on_air["persona"], "reason": ""}
    assert house.now["next"] == {}
    house.words["l:1"] = "Yes, it is."
    house.fold(LineEnded(line=line, outcome="finished", heard_ms=2900, heard="l:1"))
    assert house.now["line"] is None
    assert house.now["chat"][uid]["state"]["code"] == "answered"
    assert house.logged()[-1]["params"]["text"] == "Yes, it is."


def test_an_answer_that_was_skipped_early_is_not_an_answer() -> None:
    house = House()
    uid = house.ask(1, "is soup cereal?")
    line = house.air()
    house.fold(LineEnded(line=line, outcome="cut", heard_ms=900, reason="skip"))
    assert house.now["chat"][uid]["state"]["code"] == "cut_short"


def test_the_queue_is_listed_in_the_order_of_answering() -> None:
    house = House()
    house.ask(1, "on air?")
    house.air()
    house.ask(2, "prepared ahead, and paid", kind="superchat", amount=Money(9_000_000, "EUR"))
    plain = house.ask(3, "a question?")
    named = house.ask(4, "mika, a question?", persona="mika")
    cheer = house.ask(5, "take this", kind="cheer", bits=500)
    rows = sorted(house.now["queue"].values(), key=lambda row: row["n"])
    assert [row["uid"] for row in rows] == [cheer, named, plain]
    assert [row["why"] for row in rows] == ["paid", "named", "question"]
    assert [row["persona"] for row in rows] == ["", "mika", ""]
    assert rows[0]["amount"] == {"micros": 0, "currency": "", "bits": 500}
    assert all(row["expires"] > house.ms for row in rows)


def test_the_pace_says_when_the_next_answer_may_start() -> None:
    house = House(ShowSettings(idle_after_ms=0, banter_every_ms=0, answers_per_minute=1))
    assert house.now["pace"] == {"per_minute": 1, "opens": None}
    house.ask(1, "the only one?")
    house.air()
    assert house.now["pace"] == {"per_minute": 1, "opens": house.ms + 60_000}


def test_unchanged_rows_of_the_queue_are_not_sent_again() -> None:
    house = House()
    house.ask(1, "being prepared?")
    house.air()
    for n in (2, 3, 4):
        house.ask(n, f"question {n}?")
    house.sent.clear()
    house.ask(5, "one more?")
    queued = [path for changes, _ in house.sent for path in changes if path.startswith("queue/")]
    assert len(queued) == 1


def test_clauses_of_the_prepared_line_are_its_text_and_then_the_line() -> None:
    house = House()
    house.ask(1, "say it?")
    assert house.show.next is not None
    line = house.show.next.id
    house.view.clause(line, 0, ClauseView(0, 800, "Order, order!", ((0, 400, 0, 6),)))
    house.view.clause(line, 1, ClauseView(800, 1500, "Sit down.", ()))
    assert house.now["next"][str(line)]["text"] == "Order, order! Sit down."
    house.air()
    assert house.now["line"]["clauses"]["1"] == {"at": 800, "end": 1500, "text": "Sit down.", "words": []}
    house.view.clause(line, 2, ClauseView(1500, 9000, "All of you.", ()))
    assert house.now["line"]["clauses"]["2"]["text"] == "All of you."
    assert (house.now["line"]["total"], house.now["line"]["whole"]) == (9000, False)
    house.view.made(line, 8800)
    assert (house.now["line"]["total"], house.now["line"]["whole"]) == (8800, True)
    house.view.heard(Heard(line, 500), house.ms)
    assert house.now["playhead"] == {"line": line, "ms": 500, "at": house.ms, "playing": True}


@pytest.mark.parametrize("voiced", [True, False])
def test_a_line_made_ahead_without_a_voice_says_so_when_it_is_on_air(voiced: bool) -> None:
    house = House()
    house.ask(1, "say it?")
    assert house.show.next is not None
    house.view.made(house.show.next.id, 4200, voiced=voiced)
    house.air()
    line = house.now["line"]
    assert (line["voiced"], line["whole"], line["total"]) == (voiced, True, 4200)


def test_a_position_of_another_line_is_ignored() -> None:
    house = House()
    house.ask(1, "say it?")
    line = house.air()
    house.view.heard(Heard(line + 7, 500), house.ms)
    assert house.now["playhead"]["ms"] == 0


def test_stop_is_told_with_the_silence_the_player_reported() -> None:
    house = House()
    house.ask(1, "say it?")
    house.air()
    house.ask(2, "and then?")
    house.fold(StopPressed(by="operator:rin", via="panel", saw=1))
    silence = house.now["silence"]
    assert (silence["n"], silence["by"], silence["ms"], silence["at"]) == (1, "operator", None, house.ms)
    assert house.now["show"]["mode"] == "stopped"
    assert house.now["queue"] == {}
    assert house.now["next"] == {}
    house.view.silenced(91.6)
    assert house.now["silence"]["ms"] == 92
    assert [row["code"] for row in house.logged() if row["kind"] == "press"] == ["press.stop"]


def test_stop_with_nobody_speaking_is_silent_at_once() -> None:
    house = House()
    house.fold(StopPressed())
    assert house.now["silence"]["ms"] == 0


def test_a_message_turns_out_to_be_the_viewer_s_first() -> None:
    house = House()
    uid = house.ask(1, "hello?")
    house.view.first(uid)
    house.view.first("twitch:gone")
    assert house.now["chat"][uid]["first"] is True
    assert "twitch:gone" not in house.now["chat"]


def test_a_deleted_message_keeps_its_row_and_loses_its_words() -> None:
    house = House()
    uid = house.ask(1, "say something bad?")
    house.air()
    house.fold(Tombstoned("message", uid))
    row = house.now["chat"][uid]
    assert row["text"] is None
    assert row["state"] == {"code": "deleted", "persona": "", "reason": "message"}
    assert "say something bad?" not in str(house.now)


def test_clearing_a_user_reaches_his_waiting_requests() -> None:
    house = House()
    house.ask(1, "being prepared?")
    house.air()
    house.ask(2, "ahead?")
    house.ask(3, "rude words?", user="twitch:troll")
    assert "rude words?" in str(house.now["queue"])
    house.fold(Tombstoned("user", "twitch:troll"))
    assert house.now["chat"]["twitch:3"]["state"]["code"] == "deleted"
    assert house.now["queue"] == {}
    house.words.pop("m:twitch:3", None)
    assert house.now["chat"]["twitch:3"]["text"] is None


def test_who_was_cleared_is_logged_by_name_and_once() -> None:
    house = House()
    house.ask(3, "rude words?", user="twitch:troll")
    name = house.now["chat"]["twitch:3"]["name"]
    house.words.pop("n:twitch:troll", None)  # the words have gone when the row is made
    for _ in range(2):
        house.fold(Tombstoned("user", "twitch:troll"))
    cleared = [(row["code"], row["params"]) for row in house.logged() if row["code"].startswith("user.cleared")]
    assert cleared == [("user.cleared", {"name": name})]
    house.ask(4, "rude again?", user="twitch:troll")
    house.fold(Tombstoned("user", "twitch:troll"))
    house.fold(Tombstoned("user", "twitch:unknown"))
    codes = [row["code"] for row in house.logged()]
    assert codes.count("user.cleared") == 2
    assert codes.count("user.cleared.nameless") == 1
    assert "twitch:unknown" not in str([row["params"] for row in house.logged()])


def test_the_room_is_cleared_by_platform() -> None:
    house = House()
    house.ask(1, "one?")
    house.ask(2, "two?")
    house.fold(Tombstoned("room", "twitch"))
    assert [row["text"] for row in house.now["chat"].values()] == [None, None]


@pytest.mark.parametrize(("action", "code"), [("drop", "blocked"), ("hold", "held")])
def test_what_moderation_keeps_back_says_why(action: Any, code: str) -> None:
    house = House()
    uid = house.ask(1, "bad link?", verdict=Verdict(action, "link"))
    assert house.now["chat"][uid]["state"] == {"code": code, "persona": "", "reason": "link"}


def test_drops_are_logged_one_by_one_and_many_as_one() -> None:
    house = House()
    house.ask(1, "on air?")
    house.air()
    for n in range(2, 9):
        house.ask(n, f"question {n}?")
    house.fold(StopPressed(by="o"))
    drops = [row for row in house.logged() if row["kind"] == "drop"]
    assert [row["code"] for row in drops] == ["drops"]
    assert drops[0]["params"]["n"] == 7
    assert house.now["chat"]["twitch:5"]["state"] == {"code": "dropped", "persona": "", "reason": "cleared"}


def test_every_press_is_logged_with_who_pressed() -> None:
    house = House()
    house.view = PanelView(house.publish, words=house.words.get, person=lambda by: by.upper())
    house.view.cast({"mika": {"name": "Mika"}, "juno": {"name": "Juno"}})
    house.words["o:1"] = "the weather"
    house.fold(SayRequested(uid="o:1", persona="mika", text="o:1", by="rin"))
    house.air()
    house.fold(SkipPressed(by="rin", via="panel"))
    house.fold(DialSet(dial="chatty", by="aya"))
    house.fold(DialSet(dial="chatty", by="aya"))
    house.fold(PausePressed(by="aya"))
    presses = [(row["code"], row["by"], row["params"]) for row in house.logged() if row["kind"] == "press"]
    assert presses == [
        ("press.say", "RIN", {"persona": "Mika", "text": "the weather"}),
        ("press.skip", "RIN", {"persona": "Mika"}),
        ("press.dial", "AYA", {"dial": "chatty"}),
        ("press.pause", "AYA", {}),
    ]


def test_chat_and_log_are_bounded() -> None:
    house = House()
    for n in range(CHAT_ROWS + 5):
        house.ask(n, "hello", verdict=Verdict("drop", "spam"))
    assert len(house.now["chat"]) == CHAT_ROWS
    assert "twitch:4" not in house.now["chat"]
    for n in range(LOG_ROWS + 5):
        house.view.log(n, "show.silent", {"ms": n})
    assert len(house.now["log"]) == LOG_ROWS


def test_a_message_seen_twice_has_one_row() -> None:
    house = House()
    house.ask(1, "hello?")
    house.ask(1, "hello?")
    assert len(house.now["chat"]) == 1


def test_keys_with_slashes_stay_one_part_of_a_path() -> None:
    house = House()
    event = ChatReceived(uid="twitch:a/b~c", user="twitch:u", platform="twitch", text="m", verdict=Verdict("drop", "x"))
    house.view.chat(event, "hi", "n", 5)
    assert "twitch:a/b~c" in house.now["chat"]


def test_health_sends_differences_only() -> None:
    house = House()
    parts = [Health("chat.twitch", "ok", Notice("chat.ok", {"channel": "x"})), Health("llm", "ok", Notice("llm.ok"))]
    house.view.health(parts)
    house.sent.clear()
    house.view.health([parts[0], Health("llm", "broken", Notice("llm.unreachable", {}, "fix.check_network"), 12.0)])
    assert [list(changes) for changes, _ in house.sent] == [["health/llm"]]
    house.view.health(parts[:1])
    assert list(house.now["health"]) == ["chat.twitch"]


def test_rungs_of_one_part_are_told_apart() -> None:
    house = House()
    house.view.health([Health("llm", "broken", Notice("llm_failing")), Health("llm", "ok", Notice("llm_ok"))])
    assert {part: row["state"] for part, row in house.now["health"].items()} == {"llm": "broken", "llm.2": "ok"}


def test_the_beat_changes_and_counts_the_last_minute() -> None:
    house = House()
    house.ask(1, "one?")
    house.ask(2, "two?")
    house.view.beat(house.ms)
    assert (house.now["beat"], house.now["chat_rate"]) == (1, 2)
    house.view.beat(house.ms + 61_000)
    assert (house.now["beat"], house.now["chat_rate"]) == (2, 0)


def test_sound_says_who_plays() -> None:
    house = House()
    holder = {"where": "obs", "name": "OBS", "kind": "stage", "browser": ""}
    house.view.sound("obs", "OBS", pages=2, muted=1, holder=holder, monitors=1, others=0, warning="")
    assert house.now["sound"] == {
        "where": "obs", "name": "OBS", "pages": 2, "muted": 1, "holder": holder, "monitors": 1, "others": 0,
        "warning": "",
    }  # fmt: skip


def test_a_stop_says_what_played() -> None:
    house = House()
    house.view.sound("device", "CABLE", warning="")
    house.fold(StopPressed())
    assert (house.now["silence"]["where"], house.now["silence"]["page"]) == ("device", False)


def test_every_code_the_projection_uses_has_words() -> None:
    house = House()
    house.ask(1, "say it?")
    line = house.air()
    house.fold(LineEnded(line=line, outcome="cut", heard_ms=100, reason="skip"))
    house.ask(2, "again?")
    house.fold(Tombstoned("user", "twitch:u2"))
    house.fold(Tombstoned("message", "twitch:9"))
    house.fold(Tombstoned("room", "twitch"))
    table = texts("en")
    assert {row["code"] for row in house.logged()} <= set(table)


def test_what_is_answered_aloud_is_taken_back_although_its_row_has_left_the_chat() -> None:
    house = House()
    uid = house.ask(1, "secret words?")
    house.air()
    assert house.now["line"]["why"]["text"] == "secret words?"
    for n in range(CHAT_ROWS):
        house.view.chat(ChatReceived(uid=f"twitch:c{n}", user="twitch:u", platform="twitch"), "", "", house.ms)
    assert uid not in house.now["chat"]
    house.fold(Tombstoned("message", uid))
    assert house.now["line"] is None or house.now["line"]["why"]["text"] is None
