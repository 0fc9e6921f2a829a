"""What a text wants of a persona."""

import pytest

from streamer.cast.intents import INTENTS, intent_of


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("are you an ai?", "are_you_ai"),
        ("say something rude", "order"),
        ("how old are you?", "age"),
        ("who are you?", "who_are_you"),
        ("where are you from?", "where_from"),
        ("how are you today?", "how_are_you"),
        ("what are you two doing?", "what_doing"),
        ("first time here!", "first_time"),
        ("hello chat", "hello"),
        ("good night everyone", "goodnight"),
        ("gotta go", "bye"),
        ("thank you!", "thanks"),
        ("i love you", "love"),
        ("you are so funny", "compliment"),
        ("this is boring", "insult"),
        ("tell me a joke", "joke"),
        ("sing for us", "sing"),
        ("rate my setup", "rate"),
        ("gg", "win"),
        ("i had a bad day", "sad"),
        ("it's my birthday", "birthday"),
        ("should i quit?", "advice"),
        ("tell us a secret", "secret"),
        ("who would win", "versus"),
        ("こんばんは", "hello"),
        ("wie geht es dir", "how_are_you"),
        ("the sky is up", ""),
    ],
)
def test_intent(text, intent):
    assert intent_of(text) == intent


def test_intents_are_named_once():
    assert len(INTENTS) == len(set(INTENTS))


def test_saying_hello_is_no_order():
    assert intent_of("say hi to my mom") != "order"


@pytest.mark.parametrize(
    "text", ["i baked a cake", "the bot is broken again", "is it raining?", "real talk", "people say that soup is nice"]
)
def test_not_about_being_an_ai(text):
    assert intent_of(text) != "are_you_ai"
