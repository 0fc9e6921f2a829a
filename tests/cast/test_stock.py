"""A name and three sentences are a whole persona, without a model."""

import re

import pytest

from streamer.app.scripted import ScriptedBrain
from streamer.cast import INTENTS, STAGE_TAGS, Improv, Material, Persona, farewell, greet, improvise, late, strip_tags
from streamer.cast.honesty import admits, claims_human
from streamer.cast.stock import safe_lines, stocked
from streamer.moderation import Rules, judge_line
from tests.cast.checks import all_lines

RULES = Rules.standard()
TAGS = re.compile(r"\[([^\]]*)\]")
NORI = Persona(
    id="nori",
    name="Nori",
    sentences=(
        "Nori is a sleepy lighthouse keeper who collects storms in jars. She loves pancakes, old radios and the smell"
        " of rain, and she is afraid of pigeons. She speaks slowly and always knows what the tide is doing."
    ),
)
KOHAKU = Persona(
    id="kohaku",
    name="コハク",
    language="ja",
    sentences=(
        "コハクは古い図書館に住む狐のAIです。紅茶と推理小説が大好きで、月曜日が苦手。"
        "いつも落ち着いているけれど、クイズになると本気を出します。"
    ),
)
BARE = Persona(id="x", name="X")
BARE_JA = Persona(id="y", name="ユイ", language="ja-JP")
EVERYBODY = pytest.mark.parametrize("persona", [NORI, KOHAKU, BARE, BARE_JA], ids=lambda persona: persona.id)
JAPANESE = re.compile("[\u3041-\u30ff]")

ASKED = {
    "en": (
        "what is your favourite food?", "do you like pigeons?", "hello!", "who are you?", "quantum bread?",
        "cats or dogs?", "rain or snow?", "tell me a joke", "i had a bad day", "how are you", "asdfgh", "good night",
        "where do you live", "why is the sky blue", "can you sing", "any plans for halloween?", "do you like trains",
        "what's the best movie ever", "how old are you", "tell us a secret", "is a hot dog a sandwich?", "gg",
        "what do you think about old radios", "do you get lonely", "explain taxes", "my dog ate my homework",
    ),
    "ja": (
        "好きな食べ物は何ですか？", "紅茶は好き？", "こんばんは！", "自己紹介して", "犬と猫どっちが好き？", "疲れた…",
        "昨日のゲームどうだった？", "元気？", "ジョーク言って", "宇宙についてどう思う？", "初見です",
        "電車は好きですか",
        "明日テストなんだ", "おすすめの本は？", "おやすみ", "なんで空は青いの？", "今日の天気は？", "歌って", "ｗｗｗ",
        "夏休みの宿題が終わらない", "秘密教えて", "月曜日がつらい", "推しは誰？", "what is this place about",
    ),
}  # fmt: skip


def ten_minutes(persona: Persona) -> list[str]:
    """Some seventy lines of one show: more than anybody says in ten minutes."""
    brain = ScriptedBrain((persona, Persona(id="bo", name="Bo", language=persona.language)))
    lines: list[str] = []

    def say(**hints: str) -> str:
        given = {"persona": persona.id, "kind": "answer", "partner_name": "Bo", "viewer": "Kai_99", **hints}
        lines.append(brain(given, 7_919 * len(lines) + 3))
        return lines[-1]

    say(kind="segment", segment="opening")
    for number, text in enumerate(ASKED[persona.language[:2]]):
        say(text=text, viewer=("dark_lord_99", "Kai", "12345")[number % 3])
        if number % 3 == 0:
            say(kind="idle", why="idle")
        if number % 5 == 0:
            say(kind="paid", why=("paid", "raid", "member_new", "gift_batch", "follow")[number // 5 % 5])
            say(kind="host", text=text, manner="huff" if number == 10 else "")
            heard = say(kind="banter", turn="1")
            heard = say(kind="banter", turn="2", partner_line=strip_tags(heard))
            say(kind="banter", turn="3", last_turn="1", partner_line=strip_tags(heard))
    say(kind="segment", prompt="the weekly quiz")
    say(kind="segment", segment="closing")
    return lines


@EVERYBODY
def test_it_always_has_something_to_say_and_says_nothing_twice(persona):
    lines = ten_minutes(persona)
    assert len(lines) > 55
    assert all(strip_tags(line) for line in lines)
    assert len(set(map(strip_tags, lines))) == len(lines)


@EVERYBODY
def test_every_line_may_be_said_and_has_no_place_left_open(persona):
    for line in ten_minutes(persona):
        assert "{" not in line
        assert "  " not in line
        assert len(strip_tags(line)) <= 400
        assert all(tag.split(":")[0] in STAGE_TAGS for tag in TAGS.findall(line))
        assert judge_line(RULES, strip_tags(line)).action == "allow", line
        assert not claims_human(line)


@EVERYBODY
def test_the_whole_stock_may_be_said(persona):
    material = stocked(persona).material
    lines = list(all_lines(material))
    for line in lines:
        assert judge_line(RULES, strip_tags(line)).action == "allow", line
        assert not claims_human(line, asked=True), line
    assert len(lines) == len(set(lines))
    assert safe_lines(persona.language)


@EVERYBODY
def test_it_speaks_its_language(persona):
    japanese = persona.language.startswith("ja")
    for line in ten_minutes(persona):
        assert bool(JAPANESE.search(line)) is japanese, line


def test_it_is_coloured_by_its_own_sentences():
    lines = " ".join(ten_minutes(NORI))
    own = ("storms", "pancakes", "old radios", "rain", "pigeons", "the tide")
    assert sum(word in lines.casefold() for word in own) >= 3
    assert (
        "pigeons" in improvise(stocked(NORI), Improv(text="do you like pigeons?", viewer_name="Kai"), seed=1).casefold()
    )
    assert "紅茶" in improvise(stocked(KOHAKU), Improv(text="紅茶は好き？", viewer_name="Kai"), seed=1)


@EVERYBODY
def test_it_says_that_it_is_an_ai(persona):
    for line in stocked(persona).material.intents["are_you_ai"]:
        assert admits(line)


@EVERYBODY
def test_every_occasion(persona):
    whole = stocked(persona)
    assert set(whole.material.intents) <= set(INTENTS)
    for seed in range(5):
        assert persona.name in greet(whole, seed=seed)
        assert farewell(whole, seed=seed)
        assert late(whole, seed=seed)
        for occasion in ("paid", "sub", "gift", "raid", "follow"):
            line = improvise(whole, Improv(kind="paid", viewer_name="kenji_92", occasion=occasion), seed=seed)
            assert "Kenji" in line or occasion == "raid"


def test_own_material_comes_first_and_is_not_mixed():
    mine = Material(greetings=("Ahoy.",), intents={"joke": ("Knock.",)}, huffs=("Rude.",))
    whole = stocked(Persona(id="a", name="A", material=mine)).material
    assert whole.greetings == ("Ahoy.",)
    assert whole.huffs == ("Rude.",)
    assert whole.intents["joke"] == ("Knock.",)
    assert whole.farewells


def test_a_language_without_stock_gets_english():
    assert stocked(Persona(id="a", name="A", language="de")).material.greetings
