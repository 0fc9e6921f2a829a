"""Clauses: early, whole, and the same for every chunking."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.speech.sentences import ClauseSplitter, Span, columns


def split(*chunks: str) -> list[str]:
    return [span.text for span in spans(*chunks)]


def spans(*chunks: str) -> list[Span]:
    splitter = ClauseSplitter()
    out: list[Span] = []
    for chunk in chunks:
        out += splitter.feed(chunk)
    return out + splitter.flush()


@pytest.mark.parametrize(
    "scene",
    [
        "Hello there! |How are you doing today? |Fine.",
        "Well, I would say that it depends. |On what?",
        "Honestly speaking, |I would say that it depends.",
        "It costs 1,000 coins, |or 3.14 at 10:30, I think.",
        "Dr. Smith said e.g. this. |And Mr. Jones agreed with it.",
        "The U.S. team won at 5 p.m. yesterday in the rain. |Nice game.",
        "We met at 5 p.m. |Then we went home together.",
        "See https://example.com/a.b?c=1,2 for it. |Then come back here again.",
        "No. |I will not do that thing for you.",
        "We are No. 5 in the list of games.",
        "I... I do not know what to say now. |Help me out here please.",
        'She said "Stop it." |and left the room. Then it was quiet there.',
        "What?! |Really now, you cannot mean it.",
        "1. Open the door. |2. Walk through it, slowly.",
        "今日はいい天気ですね。|散歩に行きましょう！|どこがいいですか？",
        "そうですね、|それは難しい問題だと思います。|でも大丈夫です。",
        "「はい。そうです。」|と言った。本当にそう言ったんです。",
        "你好，很高兴见到你！|今天我们来聊一聊这个游戏；好不好？",
        "这个东西的价格是１，０００元，|不贵。谢谢大家来看我的直播。",
        "One line\n|Another line",
        "",
        " \n ",
    ],
)
def test_scenes(scene: str):
    clauses = [clause.strip() for clause in scene.split("|") if clause.strip()]
    assert split(scene.replace("|", "")) == clauses


def test_first_clause_comes_with_the_comma():
    splitter = ClauseSplitter()
    assert splitter.feed("Honestly speaking") == []
    assert [span.text for span in splitter.feed(",")] == ["Honestly speaking,"]


def test_first_clause_without_punctuation_is_cut_by_words():
    words = ["word"] * 40
    first = split(" ".join(words))[0]
    assert 8 <= len(first.split()) <= 15


def test_a_long_sentence_is_cut_at_a_comma():
    text = "Hello! " + ", ".join(["and then we went on to the next one"] * 12)
    assert all(columns(clause) <= 220 for clause in split(text))
    assert all(clause.endswith(",") for clause in split(text)[1:-1])


def test_no_space_no_punctuation():
    clauses = split("漢" * 1000)
    assert "".join(clauses) == "漢" * 1000
    assert max(columns(clause) for clause in clauses) <= 222


def test_offsets_name_the_stream():
    text = "  Hello there!  How are you doing today?"
    for span in spans(text):
        assert text[span.start : span.start + len(span.text)] == span.text


TEXTS = st.lists(
    st.sampled_from(
        ["word", "a", " ", " ", " ", ", ", ". ", "! ", "?", "...", "…", "。", "、", "「", "」", "漢字", "ひ", "1,000",
         "3.14", "10:30", " 2 ", "Dr. ", "e.g. ", "U.S. ", "No. ", "https://a.b/c?d=1,2 ", '"', "'", "(", ")", ":", ";",
         "\n", "—", "１，０００", "-"]
    ),
    max_size=80,
).map("".join)  # fmt: skip


@given(TEXTS, st.data())
def test_any_chunking_gives_the_same(text: str, data: st.DataObject):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=12)))
    chunks = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert spans(*chunks) == spans(text) == spans(*text)


@given(st.one_of(TEXTS, st.text(max_size=400)))
def test_nothing_is_lost(text: str):
    assert "".join("".join(clause.split()) for clause in split(text)) == "".join(text.split())


@given(st.one_of(TEXTS, st.text(max_size=400)))
def test_offsets_are_in_order(text: str):
    at = 0
    for span in spans(text):
        assert at <= span.start < span.end <= len(text)
        assert text[span.start : span.start + len(span.text)] == span.text
        at = span.end


NUMBER = re.compile(r"\d+(?:[.,:]\d+)+")


@given(
    st.lists(
        st.one_of(
            st.sampled_from(["1,000", "3.14", "10:30", "1.000.000,50"]), TEXTS.filter(lambda t: not re.search(r"\d", t))
        ),
        max_size=40,
    )
)
def test_no_number_is_split(parts: list[str]):
    text = " ".join(parts)
    found = [number for clause in split(text) for number in NUMBER.findall(clause)]
    assert found == NUMBER.findall(text)


def test_fast_and_linear():
    token_stream = [
        "Hello",
        " there",
        ",",
        " this",
        " is",
        " 1",
        ",",
        "000",
        " words",
        ".",
        " And",
        " more",
        "!",
    ] * 4000
    splitter = ClauseSplitter()
    began = time.process_time()
    for token in token_stream:
        splitter.feed(token)
    per_token_us = (time.process_time() - began) / len(token_stream) * 1e6
    print(f"splitter: {per_token_us:.1f} us per token")
    assert per_token_us < 50
    began = time.process_time()
    split("漢" * 100_000)
    split("a" * 100_000)
    split("1" * 100_000)
    assert time.process_time() - began < 5
