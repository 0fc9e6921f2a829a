"""The way in, put together: the standard judge, the cast's names, the known bots."""

from streamer.adapters.store.texts import MemoryTexts
from streamer.app.ears import ALIAS, open_ingress
from streamer.cast import Persona
from streamer.core.events import ChatReceived
from streamer.moderation import Rules
from streamer.ports import ChatRow, User

CAST = (Persona(id="mika", name="Mika", names=("Mi-chan",)),)


def hear(text: str, *, name: str = "Ana", login: str = "ana", bots: tuple[str, ...] = (), rules: Rules | None = None):
    texts = MemoryTexts()
    ingress = open_ingress(CAST, rules or Rules.standard(["blockedword"], []), texts, now=lambda: 1.0, bots=bots)
    row = ChatRow(at=0.0, platform="t", kind="message", id="1", user=User("1", login, name), text=text)
    (event,) = ingress.hear(row)
    assert isinstance(event, ChatReceived)
    return event, texts


def test_a_name_of_the_cast_is_understood_and_the_words_are_kept():
    event, texts = hear("mi-chan, do you like tea?")
    assert event.features.addressed == ("mika",)
    assert event.features.question
    assert texts.get(event.text) == "mi-chan, do you like tea?"
    assert texts.get(event.name) == "Ana"


def test_the_users_own_list_counts():
    event, _ = hear("what a blockedword is this")
    assert event.verdict.action != "allow"


def test_a_name_that_cannot_be_shown_gets_an_alias():
    event, texts = hear("hello", name="blockedword")
    assert texts.get(event.name) == ALIAS


def test_neither_does_one_that_cannot_be_said():
    rules = Rules.standard(["fag"], [])
    event, texts = hear("hello", name="xXfagXx", rules=rules)
    assert texts.get(event.name) == ALIAS, "spoken without its frame it is the word itself"
    event, texts = hear("hello", name="xXAnaXx", rules=rules)
    assert texts.get(event.name) == "xXAnaXx"


def test_known_bots_and_more_of_them():
    assert hear("hi", login="nightbot")[0].bot
    assert not hear("hi", login="mybot")[0].bot
    assert hear("hi", login="MyBot", bots=("mybot",))[0].bot
