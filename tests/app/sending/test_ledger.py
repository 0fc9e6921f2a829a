"""Our own messages are known when they come back, and nobody else's is taken for ours."""

from streamer.app.sending.ledger import KEPT, WORDS_S, Ledger, Written
from streamer.core.events import Role
from streamer.ports import ChatRow, User


def row(
    text: str, *, user: str = "777", id_: str = "m", roles: tuple[Role, ...] = (), platform: str = "twitch"
) -> ChatRow:
    return ChatRow(0.0, platform, "message", id_, user=User(user, roles=roles), text=text)


def written(id_: str, text: str = "hello", *, about: tuple[tuple[str, str], ...] = ()) -> Written:
    return Written(platform="twitch", id=id_, text=text, at=0.0, about=about)


def test_by_its_id_and_then_its_account_is_known() -> None:
    ledger = Ledger()
    ledger.written(written("own1"))
    assert ledger.is_own(row("hello", id_="own1"), 1.0)
    assert ledger.is_own(row("something else", id_="m9"), 1.0)
    assert not ledger.is_own(row("something else", user="5", id_="m9"), 1.0)


def test_by_its_words_before_anything_else_is_known() -> None:
    ledger = Ledger()
    ledger.sending("twitch", "Hello  chat", 0.0)
    assert ledger.is_own(row("hello chat"), 1.0)
    assert ledger.is_own(row("@ana Hello chat"), 1.0)
    assert not ledger.is_own(row("hello chat", platform="youtube"), 1.0)
    assert not ledger.is_own(row("hello"), 1.0)
    assert not ledger.is_own(row("hello chat"), WORDS_S + 1)


def test_who_repeats_us_is_not_us_once_the_account_is_known() -> None:
    ledger = Ledger()
    ledger.account("twitch", "777")
    ledger.sending("twitch", "Hello chat", 0.0)
    assert ledger.is_own(row("Hello chat"), 1.0)
    assert not ledger.is_own(row("Hello chat", user="5"), 1.0)


def test_a_streamer_whose_own_account_writes_is_still_heard() -> None:
    ledger = Ledger()
    ledger.account("twitch", "777")
    ledger.sending("twitch", "Mika: hello", 0.0)
    ledger.written(written("own1", "Mika: hello"))
    assert ledger.is_own(row("Mika: hello", roles=("broadcaster",)), 1.0)
    assert ledger.is_own(row("Mika: hello", id_="own1", roles=("broadcaster",)), 500.0)
    assert not ledger.is_own(row("!show stop", roles=("broadcaster",)), 1.0)


def test_what_answers_whom() -> None:
    ledger = Ledger()
    ledger.written(written("own1", about=(("twitch:1", "twitch:ana"), ("twitch:2", "twitch:ben"))))
    ledger.written(written("own2"))
    assert [each.id for each in ledger.about("message", "twitch:2")] == ["own1"]
    assert [each.id for each in ledger.about("user", "twitch:ana")] == ["own1"]
    assert [each.id for each in ledger.about("room", "twitch")] == ["own1", "own2"]
    assert ledger.about("user", "twitch:who") == []
    ledger.forget(written("own1"))
    assert ledger.about("user", "twitch:ana") == []


def test_it_does_not_grow_without_end() -> None:
    ledger = Ledger()
    for number in range(KEPT + 10):
        ledger.written(written(f"own{number}"))
        ledger.sending("twitch", f"text {number}", 0.0)
    assert ledger.find("twitch", "own0") is None
    assert ledger.find("twitch", f"own{KEPT + 9}") is not None
