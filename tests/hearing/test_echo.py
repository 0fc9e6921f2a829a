"""The cast's own voice in the microphone, as recognisers misunderstand it, and the host who talks about it."""

import time

import pytest

from streamer.hearing.echo import is_echo, likeness

SAID = (
    "Well, the dragon is hiding behind the old castle, and nobody expected the robot to win the race.",
    "Yes, I think so.",
    "Please remember to drink some water today, chat!",
)
SAID_JA = ("ドラゴンは古いお城の後ろに隠れているんだよ。", "みんな、ちゃんと水を飲んでね。", "うん、そうだね。")


@pytest.mark.parametrize(
    "text",
    [
        "the dragon is hiding behind the old castle",
        "The drag on is hiding behind the oldcastle",
        "the wagon is riding behind the old council",
        "dragon is hiding behind old castle and nobody expected",
        "nobody expected the rowboat to win the raise",
        "please remember two drink some what are today",
        "remember to drink some water to day chat",
        "Yes, I think so.",
        "is hiding behind the",
        "and no body expected the robot",
        "he's remember to drink some water",
        "to win the race yes i think so please remember",
        "well the dragging is hiding behind the gold castle and no buddy expected the robot to when the race",
    ],
)
def test_misheard_words_of_the_cast_are_an_echo(text: str) -> None:
    assert is_echo(text, SAID)


@pytest.mark.parametrize(
    "text",
    [
        "You said the dragon is hiding behind the old castle, really?",
        "did you just say nobody expected the robot to win the race",
        "drink some water chat is what you said to him",
        "Wait, the robot won the race?",
        "why is the dragon hiding there",
        "I think so too, but what about the princess",
        "do you drink some water as well",
        "the old castle is boring, Mika",
        "hey Mika what did the dragon say about the race",
        "okay remember to end the stream",
        "behind the castle there is a lake",
        "the race was long today",
    ],
)
def test_a_host_who_quotes_or_answers_is_none(text: str) -> None:
    assert not is_echo(text, SAID)


@pytest.mark.parametrize(
    "text", ["yes", "Yes.", "no", "water", "dragon", "think so", "yes I do", "chat", "the old castle?"]
)
def test_short_answers_are_not_swallowed(text: str) -> None:
    assert not is_echo(text, SAID)


def test_a_short_line_is_an_echo_of_itself() -> None:
    assert is_echo("Hello!", ("Hello.",))
    assert is_echo("welcome back", ("Welcome back!",))
    assert not is_echo("yes", ("Yes, I think so.",))


@pytest.mark.parametrize(
    "text",
    [
        "ドラゴンは古いお城の後ろに隠れている", "ドラゴンは古いおしろの後ろに隠れているんだ",
        "みんなちゃんと水飲んでね", "うん、そうだね",
    ],
)  # fmt: skip
def test_echoes_in_japanese(text: str) -> None:
    assert is_echo(text, SAID_JA)


@pytest.mark.parametrize(
    "text",
    [
        "そうだね、でもドラゴンは怖くないの", "水飲んだ", "ドラゴンはどこにいるの", "はい",
        "みんなに聞いてみようか", "お城に行こうよ", "そうだね",
    ],
)  # fmt: skip
def test_answers_in_japanese(text: str) -> None:
    assert not is_echo(text, SAID_JA)


def test_nothing_is_no_echo() -> None:
    assert not is_echo("", SAID)
    assert not is_echo("hello there everybody", ())
    assert not is_echo("hello there everybody", ("", "..."))


def test_words_that_sound_alike() -> None:
    assert likeness("castle", "castle") == 1
    assert likeness("robot", "rowboat") > 0.6
    assert likeness("two", "to") > 0.6
    assert likeness("do", "to") < 0.6
    assert likeness("dragon", "water") == 0


def test_a_quarter_of_a_minute_of_talk_is_compared_quickly() -> None:
    said = [f"thing number {at} is something else that nobody has ever said here before" for at in range(60)]
    text = "what is the matter with you today my friend, something else that nobody has said here " * 3
    began = time.process_time()
    is_echo(text, said)
    assert time.process_time() - began < 1.0
