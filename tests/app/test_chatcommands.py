"""Moderators steer the show from the chat; nobody else does, whatever he claims."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from streamer.app.chatcommands import WORDS, ChatCommands, Status
from streamer.app.sending.ignored import Ignored, Speakers
from streamer.app.sending.settings import CommandsPart
from streamer.core.events import (
    Event,
    PausePressed,
    QueueCleared,
    ResumePressed,
    Role,
    SkipPressed,
    StopPressed,
    UserIgnored,
    UserUnignored,
)
from streamer.ports import ChatRow, User
from streamer.texts import LANGUAGES, fill, placeholders, texts
from streamer.web.operate import Outcome

MOD = User("1", login="rin", name="Rin", roles=("moderator",))
HOST = User("2", login="hana", name="Hana", roles=("broadcaster",))
ANA = User("3", login="ana_b", name="Ana B")
NUMBER = iter(range(1, 10**9))


def row(text: str, user: User | None = MOD, **more: Any) -> ChatRow:
    given = {"at": 1000.0, "platform": "twitch", "kind": "message", "id": f"m{next(NUMBER)}", "source": "irc"}
    return ChatRow(**(given | more), user=user, text=text)  # type: ignore[arg-type]


class Show:
    def __init__(self, settings: CommandsPart | None = None, path: Path | None = None) -> None:
        self.pressed: list[Event] = []
        self.outcome: Outcome = "done"
        self.answers: list[tuple[str, dict[str, Any]]] = []
        self.authors: dict[str, str] = {}
        self.wall = 50_000.0
        self.ignored = Ignored(path, now=lambda: self.wall)
        self.speakers = Speakers()
        self.commands = ChatCommands(
            settings=settings or CommandsPart(),
            press=self.press,
            ignored=self.ignored,
            speakers=self.speakers,
            answer=self.answer,
            now=lambda: 1000.0,
            status=lambda: Status("running", 3),
            author=lambda uid: self.authors.get(uid, ""),
            bots=("MyBot",),
        )

    def press(self, event: Event) -> Outcome:
        self.pressed.append(event)
        return self.outcome

    def answer(self, _row: ChatRow, code: str, params: Mapping[str, str | int | float]) -> None:
        self.answers.append((code, dict(params)))

    def says(self, text: str, user: User | None = MOD, **more: Any) -> str:
        asked = row(text, user, **more)
        self.speakers.heard(asked)
        return self.commands.hear(asked)

    @property
    def codes(self) -> list[str]:
        return [code for code, _ in self.answers]


@pytest.mark.parametrize(
    ("word", "events"),
    [
        ("pause", [PausePressed]), ("resume", [ResumePressed]), ("clear", [QueueCleared]), ("stop", [StopPressed]),
        ("skip", [SkipPressed]), ("off", [PausePressed, QueueCleared]), ("on", [ResumePressed]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("user", [MOD, HOST])
def test_every_word_presses_what_it_says(word: str, events: list[type[Event]], user: User) -> None:
    show = Show()
    assert show.says(f"!show {word}", user) == "done"
    assert [type(event) for event in show.pressed] == events
    assert {(event.by, event.via) for event in show.pressed} == {(f"chat:twitch:{user.login}", "chat")}  # type: ignore[union-attr]
    assert show.codes == [f"chatcommand.{word}"]
    show.outcome = "already"
    show.says(f"!show {word}", user)
    assert show.codes[-1] == f"chatcommand.{word}.already"


@pytest.mark.parametrize(
    "text",
    [
        "!SHOW Stop", "  !show    stop ", "!show stop now please", "\uff01\uff53how\u3000stop",
        "!show stop \U000e0000", "!sh\u200bow stop", "!show\tSTOP",
    ],
)  # fmt: skip
def test_it_is_tolerant_of_how_people_write(text: str) -> None:
    show = Show()
    assert show.says(text) == "done"
    assert [type(event) for event in show.pressed] == [StopPressed]


@pytest.mark.parametrize("text", ["!showstop", "please !show stop", "show stop", "!shows stop", "", "!", "! show stop"])
def test_what_does_not_begin_with_the_prefix_is_no_command(text: str) -> None:
    show = Show()
    assert show.says(text) == "no"
    assert show.pressed == []


ROLES: tuple[tuple[Role, ...], ...] = ((), ("vip",), ("subscriber",), ("member", "verified"), ("vip", "subscriber"))


@pytest.mark.parametrize("roles", ROLES)
@pytest.mark.parametrize("word", WORDS)
def test_viewers_command_nothing_and_are_not_answered(roles: tuple[Role, ...], word: str) -> None:
    show = Show()
    assert show.says(f"!show {word} rin 10", User("9", login="vi", roles=roles)) == "aside"
    assert show.pressed == []
    assert show.answers == []


@pytest.mark.parametrize(
    "claim",
    [
        {"guest": True}, {"shared_from": "other_room"}, {"test": True}, {"source": "inject"}, {"source": "replay"},
        {"source": ""}, {"source": "panel"}, {"user": User("5", login="NightBot", roles=("moderator",))},
        {"user": User("6", login="mybot", roles=("moderator",))},
        {"user": None}, {"at": 1000.0 - 200},
    ],
)  # fmt: skip
def test_a_role_that_is_only_claimed_or_held_elsewhere_commands_nothing(claim: dict[str, Any]) -> None:
    show = Show()
    assert show.says("!show stop", claim.pop("user", MOD), **claim) == "aside"
    assert show.pressed == []


def test_what_we_wrote_ourselves_commands_nothing() -> None:
    show = Show()
    assert show.commands.hear(row("!show stop", HOST), own=True) == "aside"
    assert show.pressed == []


def test_only_messages_are_commands() -> None:
    show = Show()
    for kind in ("cheer", "resub", "delete_message", "redemption"):
        assert show.commands.hear(row("!show stop", kind=kind)) == "no"
    assert show.commands.hear(row("!show stop", direct="mika")) == "no"
    assert show.pressed == []


def test_a_row_that_comes_twice_acts_once() -> None:
    show = Show()
    once = row("!show skip")
    assert [show.commands.hear(once), show.commands.hear(once)] == ["done", "aside"]
    assert len(show.pressed) == 1


def test_the_prefix_is_a_setting_and_all_of_it_can_be_off() -> None:
    show = Show(CommandsPart(prefix="#ai", confirm=False))
    assert show.says("!show stop") == "no"
    assert show.says("#AI stop") == "done"
    assert show.answers == []
    show.commands.follow(CommandsPart(on=False))
    assert show.says("!show stop") == "no"
    assert len(show.pressed) == 1


@pytest.mark.parametrize("prefix", ["", " ", "a b", "/show", ".show", "!show\u0007"])
def test_a_prefix_that_cannot_work_is_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match="prefix"):
        CommandsPart(prefix=prefix)


@pytest.mark.parametrize(("wrong", "near"), [("stpo", "stop"), ("ignroe", "ignore"), ("paus", "pause"), ("xyzzy", "")])
def test_an_unknown_word_is_answered_with_the_nearest(wrong: str, near: str) -> None:
    show = Show()
    assert show.says(f"!show {wrong}") == "done"
    assert show.pressed == []
    assert show.answers == [
        ("chatcommand.unknown.near" if near else "chatcommand.unknown", {"prefix": "!show", "near": near})
    ]


def test_help_and_status() -> None:
    show = Show()
    show.says("!show")
    show.says("!show HELP")
    show.says("!show status")
    assert show.codes == ["chatcommand.help", "chatcommand.help", "chatcommand.status.running"]
    assert show.answers[-1][1] == {"prefix": "!show", "waiting": 3, "ignored": 0}
    assert show.pressed == []


@pytest.mark.parametrize("name", ["ana_b", "@ANA_B", "Ana B", "@ana b", "\uff21na b"])
def test_somebody_is_ignored_by_any_of_his_names(name: str) -> None:
    show = Show()
    show.says("hello", ANA)
    show.says(f"!show ignore {name}")
    assert show.pressed == [UserIgnored(user="twitch:3", by="chat:twitch:rin", via="chat")]
    assert show.answers == [("chatcommand.ignore", {"prefix": "!show", "name": "Ana B", "minutes": 0})]
    assert [entry.user for entry in show.ignored.all()] == ["twitch:3"]
    show.says(f"!show unignore {name}")
    assert show.pressed[1:] == [UserUnignored(user="twitch:3", by="chat:twitch:rin", via="chat")]
    assert show.ignored.all() == []


@pytest.mark.parametrize("minutes", ["10", "10m", "10min", "10分"])
def test_for_some_minutes(minutes: str) -> None:
    show = Show()
    show.says("hello", ANA)
    show.says(f"!show ignore Ana B {minutes}")
    assert show.pressed == [UserIgnored(user="twitch:3", until_ms=1_600_000, by="chat:twitch:rin", via="chat")]
    assert show.codes == ["chatcommand.ignore.minutes"]
    show.wall += 601
    assert show.ignored.all() == []


def test_a_name_may_end_in_a_number() -> None:
    show = Show()
    show.says("hello", User("47", login="agent", name="Agent 47"))
    show.says("!show ignore Agent 47")
    assert show.pressed == [UserIgnored(user="twitch:47", by="chat:twitch:rin", via="chat")]
    show.says("!show ignore Agent 47 5")
    assert show.codes == ["chatcommand.ignore", "chatcommand.ignore.minutes"]


def test_a_reply_names_its_author() -> None:
    show = Show()
    show.says("something bad", ANA, id="bad")
    show.authors["twitch:bad"] = "twitch:3"
    assert show.says("@ana_b !show ignore 5", reply_to="bad") == "done"
    assert show.pressed == [UserIgnored(user="twitch:3", until_ms=1_300_000, by="chat:twitch:rin", via="chat")]


def test_nobody_is_ignored_by_mistake() -> None:
    show = Show()
    show.says("hello", ANA)
    show.says("hello", HOST)
    show.says("hi", User("7", login="x1", name="Twin"))
    show.says("hi", User("8", login="x2", name="Twin"))
    for text, code in (
        ("!show ignore", "who"), ("!show ignore nobody_here", "ignore.unknown"), ("!show ignore ana_c", "ignore.near"),
        ("!show ignore Twin", "ignore.several"), ("!show ignore hana", "ignore.streamer"),
        ("!show unignore ana_b", "unignore.nobody"), ("!show unignore", "who"),
    ):  # fmt: skip
        show.says(text)
        assert show.codes[-1] == f"chatcommand.{code}", text
    assert show.pressed == []


def test_a_shown_name_that_copies_a_login_does_not_win() -> None:
    show = Show()
    show.says("hello", ANA)
    show.says("hello", User("66", login="evil", name="ana_b"))
    show.says("!show ignore ana_b")
    assert show.pressed == [UserIgnored(user="twitch:3", by="chat:twitch:rin", via="chat")]


def test_the_own_platform_comes_first() -> None:
    show = Show()
    show.says("hello", ANA)
    show.says("hello", User("yt", login="ana_b", name="Ana B"), platform="youtube", source="innertube")
    show.says("!show ignore ana_b")
    show.says("!show ignore ana_b", MOD, platform="youtube", source="innertube")
    assert [event.user for event in show.pressed] == ["twitch:3", "youtube:yt"]  # type: ignore[union-attr]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_is_worded_and_filled(language: str) -> None:
    show = Show()
    table = texts(language)
    show.says("hello", ANA)
    for word in (
        *WORDS,
        "stpo",
        "xyzzy",
        "ignore ana_b",
        "ignore ana_b 5",
        "ignore ana_c",
        "unignore ana_b",
        "ignore q",
    ):
        for show.outcome in ("done", "already"):
            show.says(f"!show {word}")
    for code, params in show.answers:
        words = fill(table[code], params)
        assert placeholders(words) == frozenset(), code
        assert len(words) <= 200
        assert not words.startswith(("/", "."))


def test_the_microphone_is_closed_and_opened_by_its_own_word() -> None:
    show = Show()
    told: list[tuple[bool, str, str]] = []
    outcomes: list[Outcome] = ["done", "already", "done", "already"]

    def mic(on: bool, by: str, via: str) -> Outcome:
        told.append((on, by, via))
        return outcomes.pop(0)

    assert show.says("!mic off") == "no"  # no ear: it may be the word of another bot
    show.says("!show mic off")
    show.commands.mic = mic
    for text in ("!mic off", "!show mic OFF", "!MIC on", "!mic on", "!mic", "!mic loud"):
        assert show.says(text) == "done"
    assert told == [(on, "chat:twitch:rin", "chat") for on in (False, False, True, True)]
    codes = ["none", "off", "off.already", "on", "on.already", "how", "how"]
    assert show.codes == [f"chatcommand.mic.{code}" for code in codes]
    assert show.says("!mic off", ANA) == "aside"
    assert show.says("!microphone off") == "no"
    assert len(told) == 4
