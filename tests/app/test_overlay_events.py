"""What the overlays beside the stage are told: bounded, moderated, and gone with what is taken back."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest

from streamer.app.overlay_alerts import KEPT as ALERTS
from streamer.app.overlay_asides import GOALS, TITLE_MAX
from streamer.app.overlay_credits import KEPT as NAMES
from streamer.app.overlay_news import OverlayNews, coming, platforms
from streamer.app.overlay_queue import SHOWN
from streamer.app.overlay_view import OverlayView
from streamer.app.schedule import Rundown, SegmentFile
from streamer.core.commands import Erase
from streamer.core.events import ChatReceived, Money
from streamer.core.show import Request, Show
from streamer.core.verdict import Verdict
from streamer.ports import ChatRow, Choice, Detail, User
from streamer.web.feed import Projection

SECRET = "SECRET"


class Screen:
    def __init__(self) -> None:
        self.feed = Projection()
        self.sent = ""
        self.messages = 0
        self.view = OverlayView(self.publish, build="b1")

    def publish(self, changes: Mapping[str, object], removed: Sequence[str]) -> None:
        self.messages += 1
        self.sent += json.dumps(changes)
        for path in removed:
            self.feed.remove(path)
        for path, value in changes.items():
            self.feed.set(path, value)

    @property
    def now(self) -> dict[str, Any]:
        return self.feed.snapshot

    def event(
        self, uid: str = "twitch:1", user: str = "twitch:ana", name: str = "Ana", text: str = "", **more: Any
    ) -> None:
        """An event the whole way: as the conductor tells it."""
        verdict = Verdict(more.pop("action", "allow"))
        person = more.pop("person", User("1"))
        event = ChatReceived(uid=uid, user=user, platform=uid.partition(":")[0], verdict=verdict, **more)
        row = ChatRow(0.0, event.platform, event.kind, id="1", user=person, text=text)
        self.view.chat(event, row, text, name)
        self.view.alert(event, row, text, name, 1_000)
        self.view.thanked(event, row, name)


@pytest.mark.parametrize(
    "more",
    [{"action": "hold"}, {"action": "drop"}, {"guest": True}, {"bot": True}],
    ids=["held", "dropped", "a partner's room", "a bot"],
)
def test_what_is_not_for_the_audience_never_enters(more: dict[str, Any]) -> None:
    screen = Screen()
    for kind in ("message", "superchat", "follow"):
        screen.event(kind=kind, uid=f"twitch:{kind}", name=SECRET, text=SECRET, **more)
    assert SECRET not in screen.sent
    assert not screen.now["alerts"]
    assert not screen.now["credits"]
    assert not screen.now["counts"]


def test_an_alert_says_who_what_and_how_much() -> None:
    screen = Screen()
    screen.event(kind="superchat", name="Nadia", text="hi", amount=Money(5_000_000, "USD"))
    shown = screen.now["alerts"]["1"]
    assert (shown["name"], shown["text"], shown["at"], shown["n"]) == ("Nadia", "hi", 1_000, 1)
    assert shown["amount"] == {"micros": 5_000_000, "currency": "USD", "bits": 0}
    assert shown["spans"] == [{"text": "hi"}]
    assert "test" not in shown
    screen.event(kind="gift_batch", uid="twitch:2", count=5, name="Ben", person=User("2", anonymous=True), test=True)
    assert screen.now["alerts"]["2"]["name"] == "", "whoever gives without a name keeps it"
    assert screen.now["alerts"]["2"]["test"] is True
    assert screen.now["stage"]["alert"]["n"] == 2


def test_alerts_are_bounded_and_their_words_too() -> None:
    screen = Screen()
    for n in range(ALERTS + 5):
        screen.event(kind="follow", uid=f"twitch:{n}", name="x", text="y" * 5_000)
    assert len(screen.now["alerts"]) == ALERTS
    assert "5" not in screen.now["alerts"]
    assert max(len(each["text"]) + len(json.dumps(each["spans"])) for each in screen.now["alerts"].values()) < 700


@pytest.mark.parametrize(("scope", "key"), [("message", "twitch:1"), ("user", "twitch:ana"), ("room", "twitch")])
def test_an_alert_that_is_taken_back_leaves_no_words(scope: Any, key: str) -> None:
    screen = Screen()
    screen.event(kind="superchat", name=SECRET, text=SECRET)
    screen.event(kind="raid", uid="youtube:2", user="youtube:b", name="Ben")
    screen.view.erase(Erase(cause=1, scope=scope, key=key), 5_000)
    assert screen.now["alerts"]["1"] == {"n": 1, "at": 1_000, "kind": "superchat", "platform": "twitch", "gone": 5_000}
    assert screen.now["alerts"]["2"]["name"] == "Ben"
    before = screen.messages
    screen.view.erase(Erase(cause=1, scope=scope, key=key), 9_000)
    assert screen.messages == before


def test_an_alert_that_is_shown_again_comes_anew() -> None:
    screen = Screen()
    screen.event(kind="raid", name="Ben", text="hello")
    again = ChatReceived(uid="twitch:1", user="twitch:ana", platform="twitch", kind="raid")
    screen.view.alert(again, None, "hello", "", 9_000)
    assert (screen.now["alerts"]["2"]["name"], screen.now["alerts"]["2"]["at"]) == ("Ben", 9_000)


def test_numbers_and_credits_of_the_show() -> None:
    screen = Screen()
    screen.event(kind="follow", uid="twitch:1", user="twitch:a", name="A")
    screen.event(kind="member_new", uid="twitch:2", user="twitch:a", name="A")
    screen.event(kind="gift_batch", uid="twitch:3", user="twitch:b", name="B", count=5)
    for n in (4, 5):
        screen.event(kind="cheer", uid=f"twitch:{n}", user="twitch:b", name="B", bits=100)
    screen.event(kind="raid", uid="twitch:6", user="twitch:c", name="C", count=40)
    screen.event(kind="superchat", uid="youtube:7", user="youtube:d", name="D", amount=Money(2_500_000, "EUR"))
    screen.event(kind="follow", uid="twitch:8", user="twitch:t", name="T", test=True)
    counts = screen.now["counts"]
    assert counts["twitch"] == {"follows": 1, "subs": 6, "gifts": 5, "bits": 200, "raids": 1, "raiders": 40}
    assert counts["youtube"] == {"money": {"EUR": 2.5}}
    listed = {section: [each["name"] for each in rows.values()] for section, rows in screen.now["credits"].items()}
    assert listed == {"follow": ["A"], "sub": ["A"], "gift": ["B"], "cheer": ["B"], "raid": ["C"], "paid": ["D"]}
    assert [each["amount"] for each in screen.now["credits"]["cheer"].values()] == [200]


def test_credits_are_bounded_and_nobody_who_was_taken_back_is_in_them() -> None:
    screen = Screen()
    for n in range(NAMES + 3):
        screen.event(kind="follow", uid=f"twitch:f{n}", user=f"twitch:{n}", name=f"viewer {n}")
    for n in range(2 * NAMES + 3):
        screen.event(kind="message", uid=f"twitch:m{n}", user=f"twitch:{n}", name=f"viewer {n}", text="hi")
    assert len(screen.now["credits"]["follow"]) == NAMES
    assert len(screen.now["credits"]["chat"]) == 2 * NAMES
    assert len(json.dumps(screen.now["credits"])) < 12_000
    screen.view.erase(Erase(cause=1, scope="user", key="twitch:20"))
    assert "viewer 20" not in json.dumps(screen.now["credits"])
    screen.view.erase(Erase(cause=1, scope="message", key="twitch:m21"))
    assert "viewer 21" not in json.dumps(screen.now["credits"]["chat"])
    assert "viewer 21" in json.dumps(screen.now["credits"]["follow"])
    screen.view.erase(Erase(cause=1, scope="room", key="twitch"))
    assert not screen.now["credits"]["chat"]
    assert len(screen.now["credits"]["follow"]) == NAMES - 1


def aside(
    kind: str, *, source: str = "eventsub", platform: str = "twitch", native: str = "1", **detail: Any
) -> ChatRow:
    return ChatRow(0.0, platform, kind, id=native, detail=Detail(**detail), source=source)  # type: ignore[arg-type]


def test_a_poll_runs_from_its_beginning_and_ends() -> None:
    screen = Screen()
    choices = (Choice("a", 1), Choice("b", 3))
    screen.view.aside(aside("poll_begin", title="x" * 500, choices=choices, ends_in_s=60.0), 10_000)
    poll = screen.now["polls"]["twitch"]
    assert (poll["ends"], poll["ended"], len(poll["title"])) == (70_000, 0, TITLE_MAX)
    screen.view.aside(aside("poll_progress", title="x", choices=choices, ends_in_s=60.0), 40_000)
    assert screen.now["polls"]["twitch"]["ends"] == 70_000, "Twitch says how long it lasts, not how long is left"
    screen.view.aside(aside("poll_progress", source="streamerbot", platform="youtube", ends_in_s=20.0), 40_000)
    assert screen.now["polls"]["youtube"]["ends"] == 60_000
    screen.view.aside(aside("poll_end", title="x", choices=choices), 71_000)
    assert screen.now["polls"]["twitch"]["ended"] == 71_000
    assert [each["votes"] for each in screen.now["polls"]["twitch"]["choices"]] == [1, 3]


def test_a_poll_that_began_before_us_has_no_end_yet() -> None:
    screen = Screen()
    screen.view.aside(aside("poll_progress", title="x", ends_in_s=60.0), 40_000)
    assert screen.now["polls"]["twitch"]["ends"] == 0


def test_trains_and_goals() -> None:
    screen = Screen()
    screen.view.aside(aside("hype_train_begin", level=1, total=50, goal=500, ends_in_s=300.0), 1_000)
    screen.view.aside(aside("hype_train_progress", level=2, total=20, goal=900, ends_in_s=400.0), 5_000)
    train = screen.now["trains"]["twitch"]
    assert (train["level"], train["now"], train["of"], train["ends"]) == (2, 20, 900, 401_000)
    screen.view.aside(aside("hype_train_end", level=2), 9_000)
    assert screen.now["trains"]["twitch"]["ended"] == 9_000
    for n in range(GOALS + 2):
        screen.view.aside(aside("goal", native=str(n), title=f"goal {n}", total=3, goal=10), 1_000)
    screen.view.aside(aside("goal", native="7", title="goal 7", total=4, goal=10), 1_000)
    screen.view.aside(aside("goal", native="9", title="no number"), 1_000)
    goals = screen.now["goals"]
    assert len(goals) == GOALS
    assert [each["now"] for each in goals.values() if each["title"] == "goal 7"] == [4]
    before = screen.messages
    screen.view.aside(aside("ad_break"), 1_000)
    assert screen.messages == before


def request(n: int, **more: Any) -> Request:
    uid = f"twitch:{n}"
    given: dict[str, Any] = {
        "id": n, "kind": "answer", "priority": 1, "born_ms": n, "expires_ms": 90_000, "why": "named", "cause": n,
        "uid": uid, "user": f"twitch:u{n}", "from_chat": True, "persona": "mika", **more,
    }  # fmt: skip
    return Request(**given)


def test_the_queue_shows_names_and_no_words() -> None:
    screen = Screen()
    words = {f"n:twitch:u{n}": f"viewer {n}" for n in range(20)} | {f"m:twitch:{n}": SECRET for n in range(20)}
    ask = [request(n) for n in range(1, SHOWN + 4)]
    said = request(50, kind="say", from_chat=False, why="say")
    show = Show(requests=(*ask, said))
    screen.view.waiting(show, words.get)
    queue = screen.now["queue"]
    assert len(queue["rows"]) == SHOWN
    assert queue["more"] == 3
    assert {each["persona"] for each in queue["rows"].values()} == {"mika"}
    assert sorted(each["n"] for each in queue["rows"].values()) == list(range(1, SHOWN + 1))
    assert SECRET not in screen.sent
    before = screen.messages
    screen.view.waiting(show, words.get)
    screen.view.waiting(Show(requests=(*ask, said)), words.get)
    assert screen.messages == before, "nothing is told twice"
    screen.view.waiting(Show(), words.get)
    assert screen.now["queue"] == {"rows": {}, "more": 0}


def settings(*, twitch: bool = False, youtube: bool = False, bot: Sequence[str] = ()) -> Any:
    chat = SimpleNamespace(streamerbot=SimpleNamespace(read=list(bot)) if bot else None)
    return SimpleNamespace(channel=object() if twitch else None, youtube=object() if youtube else None, chat=chat)


@pytest.mark.parametrize(
    ("read", "named"),
    [
        (settings(), []),
        (settings(youtube=True), ["youtube"]),
        (settings(twitch=True, youtube=True), ["twitch", "youtube"]),
        (settings(bot=["youtube", "twitch"]), ["twitch", "youtube"]),
        (settings(youtube=True, bot=["kick"]), ["youtube", "kick"]),
    ],
)
def test_the_own_platform_is_named_first(read: Any, named: list[str]) -> None:
    assert platforms(read) == named


class Clock:
    epoch_ns = int(datetime(2026, 5, 5, 20, 0).astimezone().timestamp() * 1e9)
    ms = 0

    def now_ms(self) -> int:
        return self.ms


def rundown() -> Rundown:
    parts = [SegmentFile(id="pizza-news", say="x", at="20:15"), SegmentFile(id="again", say="x", every="12m"),
             SegmentFile(id="hello", say="x", at="start")]  # fmt: skip
    return Rundown(times=tuple((each.id, each) for each in parts))


def test_what_the_rundown_brings_next() -> None:
    clock = Clock()
    soon = coming(rundown(), clock)
    assert soon["pizza-news"] == {"segment": "pizza-news", "title": "pizza news", "due": 900_000}
    assert soon["again"]["due"] == 720_000
    assert "hello" not in soon
    assert SECRET not in json.dumps(soon)
    clock.ms = 720_001
    assert coming(rundown(), clock)["again"]["due"] == 1_440_000


def test_the_plan_is_told_once_and_what_comes_next_when_it_is_due() -> None:
    screen, clock = Screen(), Clock()
    news = OverlayNews(screen.view, clock)  # type: ignore[arg-type]
    plan: Any = SimpleNamespace(
        settings=settings(twitch=True), cast=[SimpleNamespace(language="ja")], rundown=rundown()
    )
    news.tell(plan)
    assert screen.now["show"]["platforms"] == ["twitch"]
    assert screen.now["show"]["language"] == "ja"
    assert screen.now["coming"]["again"]["due"] == 720_000
    told = screen.messages
    clock.ms = 700_000
    news.tell(plan)
    assert screen.messages == told
    clock.ms = 720_000
    news.tell(plan)
    assert screen.now["coming"]["again"]["due"] == 1_440_000
    plan = SimpleNamespace(settings=settings(), cast=[], rundown=Rundown())
    news.tell(plan)
    assert screen.now["coming"] == {}
    assert screen.now["show"]["platforms"] == []
