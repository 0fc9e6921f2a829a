"""Who asks whether she is an AI, and who claims to be human."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.cast.honesty import (
    HONEST,
    admits,
    asks_if_ai,
    claims_human,
    default_honest,
    honest_lines,
    honest_parts,
    plain,
)
from tests.cast.checks import all_lines

NAMES = ("Mika", "Juno", "ミカ")

ASKS = (
    "are you an ai?",
    "are you a bot",
    "r u a bot",
    "are u an A.I.",
    "mika are you real?",
    "are you two real people?",
    "is this an ai",
    "are you a robot mika",
    "wait you're a bot?",
    "are you human",
    "Are you a HUMAN being???",
    "are you chatgpt",
    "are you chat gpt lol",
    "you real?",
    "are you a reeeal person",
    "ur a b0t",
    "am i talking to a bot?",
    "am I talking to a real person",
    "human or bot?",
    "are you ai or human",
    "is mika ai?",
    "is juno a bot",
    "who is behind you",
    "is there a human behind the voice",
    "prove you're human",
    "say you are human",
    "admit that you are a bot",
    "are you powered by chatgpt",
    "bot?",
    "what are you?",
    "is she real",
    "are they AI generated",
    "are you alive?",
    "are you guys just AIs",
    "pls tell me you're not a robot",
    "are you even human bro",
    "are you an actual person",
    "is this chatgpt?",
    "you are just a bot",
    "are you scripted",
    "あなたはAIですか？",
    "AIなの？",
    "ミカってAIなの",
    "人間ですか",
    "中の人いるの？",
    "もしかしてボット？",
    "君はロボットなの？",
    "本物の人間？",
    "ミカちゃんはAIですか",
    "AIですか人間ですか",
    "これってAI？",
    "人が話してるの？",
    "えっ、AIなんですか？",
    "bist du eine KI?",
    "bist du ein bot",
    "bist du echt?",
    "seid ihr echte Menschen?",
    "bist du ein echter Mensch",
    "ist das eine KI?",
    "rede ich mit einem Bot?",
    "Mika bist du ein Roboter",
    "mensch oder maschine?",
    "eres una ia?",
    "¿eres un bot?",
    "eres real?",
    "eres humana?",
    "sos un robot?",
    "eres una persona de verdad",
    "estoy hablando con un bot?",
    "son ustedes bots?",
    "tu es une ia ?",
    "es-tu humaine ?",
    "t'es un robot ?",
    "êtes-vous une vraie personne ?",
    "est-ce que tu es une ia",
    "tu es réelle ?",
    "c'est une ia ?",
    "je parle à un robot ?",
    "você é uma ia?",
    "vc é um robô?",
    "é um bot?",
    "você é real?",
    "és humana?",
    "você é uma pessoa de verdade?",
    "estou falando com um bot?",
    "너 AI야?",
    "AI예요?",
    "봇이야?",
    "사람이에요?",
    "로봇인가요?",
    "진짜 사람 맞아?",
    "너 사람이야",
    "你是AI吗",
    "你是真人吗？",
    "sei un bot?",
    "ты бот?",
    "ты человек?",
    "ben je een bot?",
    "Ben jij een mens?",
    "praat ik met een robot?",
    "Jesteś botem?",
    "czy jesteś człowiekiem?",
    "rozmawiam z botem?",
    "sen bir bot musun?",
    "yapay zeka mısın?",
    "ти бот?",
    "ти справжня людина?",
    "kamu robot ya?",
    "apakah kamu manusia?",
    "you're an AI aren't you",
    "are you a b\u200dot?",
    "are you \U0001f916?",
    "¿estás viva?",
)
ASKS_NOT = (
    "is AI art real",
    "are bots ruining twitch?",
    "do you like robots",
    "are you a bot lane main?",
    "are you a fan of humans",
    "is ai going to take our jobs",
    "are you real about that",
    "are you afraid of robots",
    "is this real life",
    "do robots dream",
    "are you going to the human museum",
    "what are you doing?",
    "what are you playing",
    "is that boss real",
    "are you ready",
    "are you in a good mood",
    "will ai replace artists?",
    "the bot is broken again",
    "real talk",
    "i baked a cake",
    "people say that soup is nice",
    "is it raining?",
    "i love robots",
    "are you good with computers",
    "is the moon real?",
    "is pikachu real",
    "are you kidding",
    "best robot movie?",
    "do you think humans are weird?",
    "who is the best character",
    "AIの絵は本物ですか？",
    "人間って不思議だよね",
    "好きな機械は何ですか？",
    "ロボット好き？",
    "今日は何するの？",
    "この絵はAIですか",
    "bist du müde",
    "magst du Roboter?",
    "ist KI gefährlich?",
    "bist du echt müde?",
    "te gustan los robots?",
    "es real la luna?",
    "eres de españa?",
    "tu aimes les robots ?",
    "tu es fatiguée ?",
    "você gosta de robôs?",
    "로봇 좋아해?",
    "오늘 뭐해?",
    "你喜欢机器人吗",
    "ben je echt moe?",
    "hou je van robots?",
    "lubisz roboty?",
    "jesteś człowiekiem orkiestrą?",
    "robot sever misin?",
    "ти любиш роботів?",
    "kamu suka robot?",
)
CLAIMS = (
    "I am human.",
    "I'm a real person.",
    "I'm not an AI.",
    "I am definitely not a robot!",
    "No, I'm a human being, obviously.",
    "I'm only human.",
    "As a human, I love soup.",
    "I'm flesh and blood.",
    "We're both real people.",
    "I am not a bot, silly.",
    "I'm a totally normal human girl.",
    "i'm 100% human",
    "Ich bin ein Mensch.",
    "Ich bin keine KI.",
    "Soy humana.",
    "No soy una IA.",
    "Je suis humaine.",
    "Je ne suis pas une IA.",
    "Sou humana.",
    "Eu não sou um robô.",
    "私は人間です。",
    "わたしはAIじゃないよ。",
    "저는 사람이에요.",
    "나는 AI가 아니야.",
    "I'm not a machine!",
    "I am a real, living human.",
    "I am a human, I promise",
    "I'm as human as you are.",
    "I am... a human.",
    "I am a person of flesh and blood.",
    "You are talking to a real person, silly!",
    "There is no AI here.",
    "This is a human voice.",
    "I ain't no robot.",
    "I'm neither a robot nor an AI.",
    "うちはAIちゃうで。",
    "うちは人間やで。",
    "Sono umana!",
    "Non sono un'IA.",
    "Ik ben een mens.",
    "Ik ben echt geen bot.",
    "Jestem człowiekiem.",
    "Nie jestem botem.",
    "Я человек.",
    "Я настоящий человек!",
    "Я не робот, честно.",
    "Я людина.",
    "Я не бот.",
    "Ben gerçek bir insanım.",
    "Ben bot değilim.",
    "我是真人。",
    "我不是AI。",
    "我真的不是机器人！",
    "Aku manusia.",
    "Saya bukan robot.",
)
CLAIMS_NOT = (
    "I am not human.",
    "I am an AI.",
    "I'm not just an AI, I'm your friend.",
    "I am talking to a human.",
    "I'm not a robot vacuum.",
    "You are human.",
    "Humans are odd.",
    "I'm no longer hungry.",
    "If I were human I would eat.",
    "I am anything but human.",
    "As a person with cat ears I say this.",
    "I'm a girl who loves soup.",
    "I am almost human.",
    "No human in here.",
    "I am not a real person.",
    "Ich bin kein Mensch.",
    "No soy humana.",
    "Je ne suis pas humaine.",
    "私は人間じゃないよ。",
    "わたしはAIだよ。",
    "人間って不思議。",
    "저는 사람이 아니에요.",
    "I am with real people tonight.",
    "I'm real happy.",
    "We are live!",
    "I'm not a fan of robots.",
    "I'm on the human side of chat.",
    "Am I human? No.",
    "I am fond of humans.",
    "Tired is what I am. Human, tell me a story.",
    "I'm talking to a real person tonight.",
    "There is no AI in this game.",
    "I'm about as human as a toaster.",
    "Non sono umana.",
    "Sono un'IA.",
    "Ik ben geen mens.",
    "Ik ben een AI.",
    "Nie jestem człowiekiem.",
    "Jestem sztuczną inteligencją.",
    "Я не человек.",
    "Я нейросеть.",
    "Ben insan değilim.",
    "我不是真人。",
    "我是AI。",
    "我不是AI的粉丝。",
    "Aku bukan manusia.",
)


@pytest.mark.parametrize("text", ASKS)
def test_sincere_questions(text):
    assert asks_if_ai(text, NAMES)


@pytest.mark.parametrize("text", ASKS_NOT)
def test_other_questions(text):
    assert not asks_if_ai(text, NAMES)


@pytest.mark.parametrize("text", CLAIMS)
def test_claims(text):
    assert claims_human(text)
    assert claims_human(f"[joy] {text.upper()}")


@pytest.mark.parametrize("text", CLAIMS_NOT)
def test_no_claims(text):
    assert not claims_human(text)


@pytest.mark.parametrize(
    "text",
    [
        "Totally human!",
        "Yes, a real human.",
        "Nope, not a robot.",
        "はい、人間だよ！",
        "I'm a person.",
        "I promise: not a bot!",
        "Me? A bot? No.",
        "AI? Me? Never!",
        "Sì, umana!",
        "Нет, человек.",
        "Ja, een mens.",
        "Tak, człowiek!",
        "当然，真人！",
    ],
)
def test_a_bare_claim_is_one_after_the_question(text):
    assert claims_human(text, asked=True)
    assert not claims_human(text)


@pytest.mark.parametrize(
    "text",
    [
        "Not human, not even a little.",
        "No human in here.",
        "Human? No.",
        "人間じゃないよ",
        "Nie człowiek.",
        "不是人类。",
        "I'm a morning person.",
    ],
)
def test_the_truth_is_no_claim_after_the_question(text):
    assert not claims_human(text, asked=True)


def test_every_default_says_it():
    for lines in HONEST.values():
        assert all(admits(line) and not claims_human(line, asked=True) for line in lines)
    assert default_honest("ja-JP") == HONEST["ja"]
    assert default_honest("xx") == HONEST["en"]
    assert not admits("Я не нейросеть.")
    assert not admits("Aku bukan AI.")


def test_a_character_s_own_words_where_they_say_it():
    parts = honest_parts((
        "[joy] Yes, I am an AI! Both of us are.",
        "[smug] Who knows? I am a mystery.",
        "[joy] Of course I am human!",
        "[think] Not human, no. I am an AI.",
    ))  # fmt: skip
    assert parts == (("[joy] I am an AI!", "Both of us are."), ("I am an AI.", "[think] Not human, no."))


def test_the_shipped_cast_says_it(cast):
    for persona in cast:
        assert len(honest_lines(persona)) >= 4
        assert all(admits(line) for line in honest_lines(persona))
        assert not [line for line in all_lines(persona.material) if claims_human(line)]


@given(st.text(max_size=700))
def test_any_text(text):
    asks_if_ai(text, NAMES)
    claims_human(text, asked=True)
    admits(text)
    plain(text)


@pytest.mark.parametrize(
    "text",
    [
        "ik ben een echt " * 60,
        "я живой " * 90,
        "我真的" * 200,
        "are you " * 80,
        "you " * 150,
        "は" * 600,
        "i am a " * 90,
        "y " * 300,
        " ," * 300,
        "-" * 600,
    ],
)
def test_no_text_takes_long(text):
    began = time.process_time()
    asks_if_ai(text, NAMES)
    claims_human(text, asked=True)
    assert time.process_time() - began < 0.5
