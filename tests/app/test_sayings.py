"""Who said what: facts beside the words, and nothing left after an erasure."""

import pytest

from streamer.adapters.store.texts import MemoryTexts
from streamer.app import sayings as module
from streamer.app.sayings import Sayings, fact
from streamer.core.events import ChatReceived, HostSpoke, Money
from streamer.speech.brief import Quote


def chat(uid: str = "t:1", user: str = "t:ana", **more: object) -> ChatReceived:
    return ChatReceived(uid=uid, user=user, platform=uid.partition(":")[0], text=f"m:{uid}", **more)  # type: ignore[arg-type]


def stocked(*events: ChatReceived) -> tuple[Sayings, MemoryTexts]:
    texts = MemoryTexts()
    sayings = Sayings(texts)
    for event in events:
        texts.put(f"m:{event.uid}", f"words of {event.uid}", owner=event.user)
        texts.put(f"n:{event.user}", event.user.upper(), owner=event.user)
        sayings.chat(event)
    return sayings, texts


def test_a_quote_has_the_words_and_the_name():
    sayings, _ = stocked(chat())
    assert sayings.quote("t:1") == Quote(uid="t:1", user="t:ana", name="T:ANA", text="words of t:1")


def test_erased_words_are_no_quote_unless_a_fact_remains():
    sayings, texts = stocked(chat(), chat("t:2", kind="cheer", bits=50))
    texts.erase("m:t:1")
    texts.erase("m:t:2")
    assert sayings.quote("t:1") is None
    quote = sayings.quote("t:2")
    assert quote is not None
    assert (quote.text, quote.what) == ("", "cheered 50 bits")


def test_the_host_has_a_name_of_his_own():
    texts = MemoryTexts()
    sayings = Sayings(texts, host_name="Rin")
    texts.put("m:h:1", "hello cast")
    sayings.host(HostSpoke("h:1", "m:h:1"))
    quote = sayings.quote("h:1")
    assert quote is not None
    assert (quote.name, quote.text) == ("Rin", "hello cast")


@pytest.mark.parametrize("uid", ["segment:news", "operator:0123456789abcdef", "o:1"])
def test_what_the_show_or_an_operator_asks_for_quotes_nobody(uid):
    sayings, _ = stocked()
    assert sayings.quote(uid) == Quote(uid=uid)
    assert sayings.find(uid) is None


def test_unknown_is_no_quote():
    assert stocked()[0].quote("t:9") is None


def test_forgetting_a_message_a_user_a_room():
    events = (chat("t:1"), chat("t:2"), chat("t:3", "t:ben"), chat("y:4", "y:ana"))
    for scope, key, left in (
        ("message", "t:1", {"t:2", "t:3", "y:4"}),
        ("user", "t:ana", {"t:3", "y:4"}),
        ("room", "t", {"y:4"}),
        ("message", "t:unknown", {"t:1", "t:2", "t:3", "y:4"}),
    ):
        sayings, _ = stocked(*events)
        sayings.forget(scope, key)
        assert {uid for uid in ("t:1", "t:2", "t:3", "y:4") if sayings.find(uid)} == left


def test_only_the_newest_are_kept(monkeypatch):
    monkeypatch.setattr(module, "KEPT", 3)
    sayings, _ = stocked(*(chat(f"t:{n}") for n in range(5)))
    assert [uid for uid in (f"t:{n}" for n in range(5)) if sayings.find(uid)] == ["t:2", "t:3", "t:4"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, ""),
        ({"kind": "cheer", "bits": 500}, "cheered 500 bits"),
        ({"kind": "superchat", "amount": Money(5_000_000, "EUR")}, "sent a paid message of 5 EUR"),
        ({"kind": "superchat", "amount": Money(1_200_000_000, "JPY")}, "sent a paid message of 1,200 JPY"),
        ({"kind": "sticker", "amount": Money(2_500_000)}, "sent a paid sticker of 2.50"),
        ({"kind": "superchat"}, "sent a paid message"),
        ({"kind": "member_new"}, "just subscribed"),
        ({"kind": "resub", "count": 7}, "has been subscribed for 7 months"),
        ({"kind": "milestone"}, "renewed the subscription"),
        ({"kind": "gift_batch"}, "gave a subscription to somebody else"),
        ({"kind": "raid", "count": 40}, "raided the show with 40 viewers"),
        ({"kind": "redemption"}, "redeemed a reward"),
        ({"kind": "follow"}, ""),
    ],
)
def test_facts_in_plain_words(fields, said):
    assert fact(chat(**fields)) == said
