"""The panel's events, what a row of the chat says beside its words, and asides."""

from typing import Any

import pytest

from streamer.app.panel_events import KEPT
from streamer.app.panel_view import CHAT_ROWS
from streamer.core.events import AlertReplayed, ChatReceived, LineEnded, LineReady, LineStarted, Money, Tombstoned, Woke
from streamer.core.settings import AlertRule, ShowSettings
from streamer.core.verdict import Verdict
from streamer.ports import ChatRow, Choice, Detail, Reward, User
from streamer.texts import texts
from tests.app.test_panel_view import House

RULES = {"raid": AlertRule(speak_after_ms=6_000), "cheer": AlertRule(least=100), "follow": AlertRule(on=False)}


class Alerts(House):
    def __init__(self) -> None:
        super().__init__(ShowSettings(idle_after_ms=0, banter_every_ms=0, alerts=RULES))

    def came(
        self, n: int = 1, *, kind: str = "raid", name: str = "Dodo", row: ChatRow | None = None, **more: Any
    ) -> str:
        uid, user = f"twitch:{n}", f"twitch:u-{name}"
        self.words[f"n:{user}"] = name
        event = ChatReceived(uid=uid, user=user, platform="twitch", name=f"n:{user}", kind=kind, **more)  # type: ignore[arg-type]
        self.view.chat(event, "", name, self.ms, row)
        self.fold(event)
        return uid

    def event(self, uid: str = "twitch:1") -> dict[str, Any]:
        return self.now["events"][uid]


def test_a_raid_waits_for_its_sound_and_is_thanked() -> None:
    house = Alerts()
    house.ms = 10_000
    uid = house.came(count=40)
    row = house.event(uid)
    assert (row["kind"], row["name"], row["count"], row["test"], row["replays"]) == ("raid", "Dodo", 40, False, 0)
    assert row["state"] == {"code": "waiting", "persona": "", "reason": "raid", "ready": 17_000}
    house.ms = 18_000
    house.fold(Woke())
    line = house.show.next
    assert line is not None
    assert house.event(uid)["state"]["code"] == "picked"
    house.fold(LineReady(line.id, 3_000))
    house.fold(LineStarted(line.id))
    assert house.event(uid)["state"]["code"] == "on_air"
    house.fold(LineEnded(line=line.id, outcome="finished", heard_ms=3_000, heard=f"l:{line.id}"))
    assert house.event(uid)["state"] | {"persona": ""} == {
        "code": "answered", "persona": "", "reason": "", "ready": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("more", "code", "reason"),
    [
        ({"kind": "cheer", "bits": 5}, "dropped", "least"),
        ({"kind": "follow"}, "dropped", "off"),
        ({"bot": True}, "dropped", "bot"),
        ({"guest": True}, "dropped", "guest"),
        ({"verdict": Verdict("drop", "slur")}, "blocked", "slur"),
    ],
)
def test_what_is_not_thanked_says_why(more: dict[str, Any], code: str, reason: str) -> None:
    house = Alerts()
    state = house.event(house.came(**more))["state"]
    assert (state["code"], state["reason"]) == (code, reason)


def test_a_replay_waits_again_and_is_counted_and_logged() -> None:
    house = Alerts()
    uid = house.came(kind="cheer", bits=5)
    chat = ChatReceived(uid=uid, user="twitch:u-Dodo", platform="twitch", kind="cheer", bits=5)
    house.fold(AlertReplayed(chat=chat, by="owner", via="panel"))
    row = house.event(uid)
    assert (row["replays"], row["state"]["code"], row["amount"]) == (
        1,
        "picked",
        {"micros": 0, "currency": "", "bits": 5},
    )
    assert [entry["code"] for entry in house.now["log"].values()][-1] == "press.replay"


def test_a_test_is_marked_and_plain_messages_and_gifts_received_are_no_events() -> None:
    house = Alerts()
    assert house.event(house.came(test=True))["test"] is True
    house.came(2, kind="message")
    house.came(3, kind="gift_received")
    assert list(house.now["events"]) == ["twitch:1"]
    assert house.now["chat"]["twitch:1"]["test"] is True


def test_the_list_is_bounded_and_forgets_what_is_taken_back() -> None:
    house = Alerts()
    for n in range(KEPT + 3):
        house.came(n, kind="redemption", row=ChatRow(0, "twitch", "redemption", reward=Reward("r", "Hydrate")))
    assert len(house.now["events"]) == KEPT
    assert "twitch:2" not in house.now["events"]
    uid = f"twitch:{KEPT + 2}"
    assert house.event(uid)["reward"] == "Hydrate"
    house.fold(Tombstoned("message", uid))
    assert house.event(uid)["state"]["code"] == "deleted"
    assert house.event(uid)["reward"] == ""


def test_a_row_of_the_chat_says_what_the_platform_told() -> None:
    house = Alerts()
    house.came(1, kind="message", name="Mo")
    user = User("u-Al", "al", "Al", ("subscriber",), color="#1e90ff", months=14)
    row = ChatRow(0, "twitch", "superchat", user=user, reply_to="1", reply_name="raw", first=True, source="eventsub")
    house.came(2, kind="superchat", name="Al", row=row, reply_to="twitch:1", amount=Money(5_000_000, "EUR"))
    told = house.now["chat"]["twitch:2"]
    assert {key: told[key] for key in ("color", "months", "first", "reply_name", "source", "amount", "guest")} == {
        "color": "#1e90ff", "months": 14, "first": True, "reply_name": "Mo", "source": "eventsub", "guest": False,
        "amount": {"micros": 5_000_000, "currency": "EUR", "bits": 0},
    }  # fmt: skip


@pytest.mark.parametrize("colour", ["red", "#12345", "url(x)", "#1234567", ""])
def test_only_a_colour_is_a_colour(colour: str) -> None:
    house = Alerts()
    house.came(kind="message", row=ChatRow(0, "twitch", "message", user=User("1", color=colour)))
    assert house.now["chat"]["twitch:1"]["color"] == ""


# --- asides


def log(house: House) -> list[tuple[str, dict[str, Any]]]:
    return [(entry["code"], entry["params"]) for entry in house.now["log"].values() if entry["kind"] == "aside"]


POLL = Detail("Cake or pie?", (Choice("Cake", 30), Choice("Pie", 10)), ends_in_s=60)


ASIDES: list[tuple[ChatRow, str, dict[str, Any]]] = [
    (
        ChatRow(0, "twitch", "poll_begin", "p", detail=POLL),
        "poll_begin",
        {"title": "Cake or pie?", "choices": "Cake / Pie"},
    ),
    (
        ChatRow(0, "twitch", "poll_end", "p", detail=POLL),
        "poll_end",
        {"title": "Cake or pie?", "winner": "Cake", "share": 75},
    ),
    (ChatRow(0, "twitch", "poll_end", "p", detail=Detail("Q")), "poll_end_open", {"title": "Q"}),
    (
        ChatRow(0, "twitch", "hype_train_begin", "t", detail=Detail(level=1, total=50, goal=200)),
        "hype_train_begin",
        {"level": 1, "share": 25},
    ),
    (ChatRow(0, "twitch", "ad_break", duration_s=90), "ad_break", {"seconds": 90}),
    (
        ChatRow(0, "twitch", "goal", "g", detail=Detail("Subs", total=5, goal=10)),
        "goal",
        {"title": "Subs", "n": 5, "of": 10},
    ),
    (
        ChatRow(0, "twitch", "goal", "g", detail=Detail("Subs", total=10, goal=10)),
        "goal_reached",
        {"title": "Subs", "n": 10, "of": 10},
    ),
    (ChatRow(0, "twitch", "shield", count=1), "shield_on", {}),
    (ChatRow(0, "twitch", "stream_on"), "stream_on", {}),
    (ChatRow(0, "twitch", "stream_off"), "stream_off", {}),
]


@pytest.mark.parametrize(("row", "code", "params"), ASIDES, ids=[code for _, code, _ in ASIDES])
def test_asides_in_the_log(row: ChatRow, code: str, params: dict[str, Any]) -> None:
    house = House()
    house.view.aside(row, 1_000)
    assert log(house) == [(f"aside.{code}", params)]
    for language in ("en", "ja"):
        assert f"aside.{code}" in texts(language)


def test_of_a_train_and_a_goal_only_what_is_new_is_told() -> None:
    house = House()
    for level in (1, 1, 2, 2, 3):
        house.view.aside(ChatRow(0, "twitch", "hype_train_progress", "t", detail=Detail(level=level)), 0)
    for total in (1, 2, 9, 10, 11):
        house.view.aside(ChatRow(0, "twitch", "goal", "g", detail=Detail("Subs", total=total, goal=10)), 0)
    house.view.aside(ChatRow(0, "twitch", "poll_progress", "p", detail=POLL), 0)
    house.view.aside(ChatRow(0, "twitch", "settings", text="slow=30"), 0)
    told = [(code.removeprefix("aside."), params.get("level", params.get("n"))) for code, params in log(house)]
    assert told == [
        ("hype_train_progress", 1), ("hype_train_progress", 2), ("hype_train_progress", 3), ("goal", 1),
        ("goal_reached", 10),
    ]  # fmt: skip


@pytest.mark.parametrize("end", ["resolved", "deleted", "banned"])
def test_held_words_go_when_the_question_is_answered(end: str) -> None:
    house = House()
    held = ChatRow(0, "twitch", "held", "9", user=User("7", "bo", "Bo"), text="mean words")
    house.view.aside(held, 0)
    assert log(house) == [("aside.held", {"name": "Bo", "text": "mean words"})]
    if end == "resolved":
        house.view.aside(ChatRow(0, "twitch", "held_resolved", target="9", detail=Detail("denied")), 0)
    elif end == "deleted":
        house.fold(Tombstoned("message", "twitch:9"))
    else:
        house.fold(Tombstoned("user", "twitch:7"))
    assert log(house)[0] == ("aside.held_wordless", {"name": "Bo"})
    assert "mean words" not in str(house.now)


def test_an_event_that_has_left_the_chats_rows_is_taken_back_too() -> None:
    house = Alerts()
    house.came(1, count=40)
    house.came(2, kind="cheer", name="Ann", bits=500)
    for n in range(CHAT_ROWS):
        house.ask(100 + n, "words")
    assert "twitch:1" not in house.now["chat"]
    house.fold(Tombstoned("user", "twitch:u-Dodo"))
    house.fold(Tombstoned("message", "twitch:2"))
    assert [house.event(f"twitch:{n}")["state"]["code"] for n in (1, 2)] == ["deleted", "deleted"]


def test_a_wave_of_follows_pushes_no_raid_out() -> None:
    house = Alerts()
    raid = house.came(0, count=40)
    for n in range(1, KEPT + 20):
        house.came(n, kind="follow", name=f"Fan{n}")
    assert len(house.now["events"]) == KEPT
    assert raid in house.now["events"]
    assert f"twitch:{KEPT + 19}" in house.now["events"]
