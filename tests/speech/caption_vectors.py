"""Lines to be cut into pages, for both that do it: `streamer/speech/pages.py` and `overlays/lib/pages.js`."""

import random

from hypothesis import strategies as st

from streamer.speech.captions import estimated
from streamer.speech.view import ClauseView

SAID = (
    "Order, order!", "The chat wants pineapple on everything.", "Mr. Smith went to Washington, and nobody noticed.",
    "Well—known words… and some more of them, I think.", "So? So what!", "A", "No way 😀", "👨‍👩‍👧‍👦 family night 🇯🇵🇩🇪",
    "Ich glaube nicht, dass wir heute noch über die Brücke kommen, weil der Regen zu stark ist.",
    "Je ne sais pas encore si nous allons jouer avec les amis de la chaîne ou sans eux ce soir.",
    "次はみんなで「ピザ」を食べましょう。", "約束ですよ！", "それから、明日は晴れるといいですね。", "ｱｲｳ ＡＢＣ です",
    "今天天气很好，我们去公园散步吧！", "สวัสดีครับวันนี้อากาศดีมาก", "안녕하세요 여러분, 오늘도 재미있게 놀아요!",
    "नमस्ते दोस्तों, आज का खेल",
    "https://example.org/a/very/long/address/that/does/not/fit/into/any/row/of/captions/at/all",
    "Anybody who brings a slice without sharing it shall be found guilty, at once and without appeal.",
    '(in brackets) "quoted words" and ‘more’',
    "e\u0301te\u0301 nai\u0308ve cafe\u0301", "100% of 3.5\u00a0kg, at 10–12 o'clock",
)  # fmt: skip
PIECES = ("a", "the ", "word ", "word, ", "end. ", "In ", "Anna ", "Bert ", "日", "本", "です", "、", "。", "「", "」",
          "っ", "ー", "😀", "👍🏽", "🇯🇵", "ก", "า", "가 ", "\u3000", "—", "…", "x" * 45)  # fmt: skip


def _line(texts: list[str], gaps: list[int], ms_per_char: int, marked: int) -> list[ClauseView]:
    out: list[ClauseView] = []
    at = 0
    for place, text in enumerate(texts):
        at += gaps[place % len(gaps)]
        length = max(200, len(text) * ms_per_char)
        words = estimated(text, length, at_ms=at)
        out.append(ClauseView(at=at, end=at + length, text=text, words=tuple(words[: len(words) * marked // 4])))
        at += length
    return out


def lines() -> st.SearchStrategy[list[ClauseView]]:
    made = st.lists(st.sampled_from(PIECES), min_size=1, max_size=30).map(lambda parts: "x" + "".join(parts))
    return st.builds(
        _line,
        st.lists(st.sampled_from(SAID) | made, min_size=1, max_size=5),
        st.lists(st.sampled_from((0, 200, 1000, 1600, 3000)), min_size=1, max_size=3),
        st.sampled_from((15, 60, 150)),
        st.integers(0, 4),
    )


def vectors(count: int = 400, seed: int = 7) -> list[list[ClauseView]]:
    """The same lines each time."""
    draw = random.Random(seed)
    out: list[list[ClauseView]] = []
    for _ in range(count):
        texts = [
            draw.choice(SAID) if draw.random() < 0.6 else "x" + "".join(draw.choices(PIECES, k=draw.randint(1, 30)))
            for _ in range(draw.randint(1, 5))
        ]
        gaps = [draw.choice((0, 200, 1000, 1600, 3000)) for _ in range(3)]
        out.append(_line(texts, gaps, draw.choice((15, 60, 150)), draw.randint(0, 4)))
    return out
