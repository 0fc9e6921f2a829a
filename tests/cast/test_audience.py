"""Whom the host speaks to when he names nobody. Each text as it is written, and as a recogniser tells it."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.cast import Persona, ends_with_question, features, spoken_by_host

MIKA = Persona(id="mika", name="Mika", names=("Meeks", "ミカ"))
JUNO = Persona(id="juno", name="Juno", names=("ジュノ",))
CAST = (MIKA, JUNO)


def noted(text: str):
    return spoken_by_host(text, features(text, CAST))


def bare(text: str) -> str:
    """Without marks, as some recognisers tell it."""
    return re.sub(r"[^\w\s']", "", text).lower()


@pytest.mark.parametrize(
    "text",
    [
        "Hey chat, what do you think?",
        "Chat, what is this?",
        "Chat, should I go left?",
        "What do you think, chat?",
        "How are we doing today, chat?",
        "So, chat, look at that.",
        "Hello everyone!",
        "Hi guys, sorry I am late.",
        "Guys, did you see that?",
        "Good evening everybody.",
        "Good night everyone.",
        "Thanks for coming, everyone.",
        "Thank you so much for the sub!",
        "Thanks for the raid.",
        "Welcome in, make yourself at home.",
        "Welcome back to the stream.",
        "For everyone watching, this is a boss.",
        "For those of you just joining, we are lost.",
        "If you're new here, hi.",
        "Don't forget to follow.",
        "Let me know in the comments.",
        "Type a one in chat if you can hear me.",
        "Hallo Chat, wie geht's euch?",
        "Hallo zusammen!",
        "Guten Abend Leute.",
        "Leute, schaut mal.",
        "Danke fürs Zuschauen.",
        "Willkommen im Stream.",
        "Danke fürs Abo!",
        "Hola chat, ¿qué tal?",
        "Hola a todos.",
        "Buenas noches gente.",
        "Bienvenidos al directo.",
        "Gracias por la suscripción.",
        "Salut tout le monde !",
        "Bonjour à tous.",
        "Bienvenue sur le stream.",
        "Merci pour le follow.",
        "Coucou le chat !",
        "Ciao a tutti!",
        "Oi pessoal!",
        "みんな、今日は何食べた？",
        "みんなこんばんは",
        "ねえみんな、見て",
        "皆さんこんばんは",
        "みんなはどう思う？",
        "チャットのみんな、どっちがいい？",
        "見てくれてありがとう",
        "フォローありがとう",
        "初見さんいらっしゃい",
    ],
)
def test_said_to_the_audience(text: str) -> None:
    assert noted(text).audience
    assert noted(bare(text)).audience


@pytest.mark.parametrize(
    "text",
    [
        "I told Juno's story to chat",
        "Can you tell chat about it?",
        "What did chat say?",
        "Chat is so mean today.",
        "Chat was right.",
        "Chat says you are wrong.",
        "Is that in chat?",
        "Nice chat.",
        "We can chat.",
        "Let's have a chat.",
        "Say hi to chat.",
        "I love everyone.",
        "Everyone knows that.",
        "Everybody says so.",
        "Did you tell everyone?",
        "People are weird.",
        "Those guys again.",
        "The bad guys win.",
        "You guys are terrible.",
        "You're welcome in my house.",
        "Thank you.",
        "Who is watching whom?",
        "All of you is code.",
        "Der Chat spinnt heute.",
        "Erzähl das mal dem Chat.",
        "Die Leute sagen das.",
        "Alle mögen dich.",
        "El chat está loco.",
        "Díselo al chat.",
        "La gente dice eso.",
        "Todos te quieren.",
        "Dis-le au chat.",
        "Tout le monde t'aime.",
        "Le chat dort encore.",
        "みんなが言ってたよ",
        "みんなに話したよ",
        "チャットに書いてあるよ",
        "みんなで遊ぼう",
        "皆さんに伝えて",
        "みんなのおかげ",
        "",
    ],
)
def test_not_said_to_the_audience(text: str) -> None:
    assert not noted(text).audience
    assert not noted(bare(text)).audience


def test_a_name_beside_an_address_is_still_told() -> None:
    both = noted("Hey chat, ask Juno what she thinks.")
    assert (both.audience, both.addressed) == (True, ("juno",))
    story = noted("I told Juno's story to chat")
    assert (story.audience, story.addressed) == (False, ("juno",))


@pytest.mark.parametrize(
    "text",
    [
        "Yeah, totally.",
        "No way!",
        "That's so mean.",
        "Haha, good one.",
        "I don't think so.",
        "Me too.",
        "Oh really",
        "Of course not",
        "You always say that.",
        "You're impossible, do you know that?",
        "I bet you can't even swim.",
        "Genau.",
        "Nein, niemals.",
        "Das hast du schon gesagt.",
        "Claro que sí.",
        "Yo también.",
        "Bien sûr.",
        "Moi non plus.",
        "うん、そうだね",
        "ほんとに？",
        "いや、違うよ",
        "君は面白いね",
    ],
)
def test_replies(text: str) -> None:
    assert noted(text).reply


@pytest.mark.parametrize(
    "text",
    [
        "Nice shot.",
        "Come on, jump.",
        "Let's go.",
        "Okay next boss.",
        "Now you have to jump here.",
        "You know, this level is long.",
        "Thank you for the sub.",
        "Hey chat, you rock.",
        "If you press this button the door opens.",
        "Yes and then I went down to the river and took the boat that nobody had seen before.",
        "Right there on the left behind the second tree.",
        "Weiter geht's.",
        "Vamos otra vez.",
        "On continue.",
        "次のボス行くよ",
        "ここでジャンプして",
        "",
    ],
)
def test_no_replies(text: str) -> None:
    assert not noted(text).reply


@pytest.mark.parametrize(
    "text",
    [
        "Do you like tea?",
        'She said "what?"',
        "お茶は好き？",
        "お茶は好きですか。",
        "どう思いますか",
        "一緒に行かない？",
        "元気かな。",
        "何だっけ",
        "你喜欢茶吗。",
        "¿Te gusta el té?",
        "Tea... right?~",
    ],
)
def test_ends_with_a_question(text: str) -> None:
    assert ends_with_question(text)


@pytest.mark.parametrize(
    "text",
    [
        "When I was young, tea was cheap.",
        "Do you like tea? I do.",
        "What a day!",
        "なるほど、そうですか。",
        "静かだね。",
        "すか",
        "?",
        "",
    ],
)
def test_ends_without_a_question(text: str) -> None:
    assert not ends_with_question(text)


@given(st.text(max_size=300))
def test_any_text_is_judged(text: str) -> None:
    told = noted(text)
    assert not (told.audience and told.reply)
    ends_with_question(text)


@pytest.mark.parametrize(
    "text", ["chat " * 400, "thanks " * 300, "みんな" * 600, "you " * 500, "welcome " * 250, "a " * 900]
)
def test_hostile_texts_cost_little(text: str) -> None:
    began = time.perf_counter()
    noted(text)
    assert time.perf_counter() - began < 1.0
