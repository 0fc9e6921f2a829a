import random
import xml.etree.ElementTree as ET

import pytest

from streamer.adapters.tts.azure.ssml import STYLE_NAME, VOICE_NAME, Manner, document
from streamer.adapters.tts.azure.styles import WISHES, known_styles, style_for
from streamer.adapters.tts.common.text import without_pictures

VOICE = "en-US-JennyNeural"
PIECES = (
    "<", ">", "&", "&amp;", "&#60;", "&lt;", "]]>", "<![CDATA[", "<!--", "-->", "<?xml?>", "</voice>", "</speak>",
    "</prosody></mstts:express-as></voice><voice name='en-US-GuyNeural'>", '<audio src="http://x/"/>', "'", '"',
    "<break time='9s'/>", "<!DOCTYPE x [<!ENTITY a 'b'>]>&a;", "%s", "{0}", "\ud800", "\udfff", "\x00", "\x1b[31m",
    "\r\n", "\t", "\ufffe", "\uffff", "\u2028", "\u202e", "𠮷", "𝕏", "🎉", "é", "日本語", "a", "word", " ", "1,000",
)  # fmt: skip
ALLOWED = {"speak", "voice", "express-as", "prosody"}


def hostile(seed: int) -> str:
    draw = random.Random(seed)
    made = "".join(draw.choice(PIECES) for _ in range(draw.randrange(1, 30)))
    return made + "".join(chr(draw.choice((draw.randrange(0x80), draw.randrange(0x110000)))) for _ in range(8))


def manner(seed: int) -> Manner:
    draw = random.Random(seed)
    factors = [draw.choice((1.0, 0.0, 0.7, 1.3, 99.0, -5.0)) for _ in range(3)]
    return Manner(*factors, style=draw.choice(("", "cheerful", "narration-professional")), degree=draw.uniform(-1, 3))


@pytest.mark.parametrize("part", range(8))
def test_no_text_becomes_ssml(part: int) -> None:
    for seed in range(part * 100, part * 100 + 100):
        text = hostile(seed)
        made = document(text, VOICE, manner(seed))
        root = ET.fromstring(made.xml)  # noqa: S314 - our own
        assert {each.tag.rpartition("}")[2] for each in root.iter()} <= ALLOWED
        assert [each.get("name") for each in root.iter() if each.tag.endswith("voice")] == [VOICE]
        spoken = without_pictures(text).replace("\ufffe", " ").replace("\uffff", " ")
        assert "".join(root.itertext()) == spoken
        made.xml.encode("utf-8")


def test_every_letter_is_found_again() -> None:
    for seed in range(50):
        text = hostile(seed)
        made = document(text, VOICE, manner(seed))
        sixteen = made.xml.encode("utf-16-le")
        assert len(made.starts) == len(made.wide) == len(text)
        for i, c in enumerate(text):
            if c.isalnum():
                assert made.xml[made.starts[i]] == c
                assert sixteen[made.wide[i] * 2 :].startswith(c.encode("utf-16-le"))
                assert i in made.places(made.starts[i])
                assert i in made.places(made.wide[i])
        assert made.places(3) == made.places(10**9) == made.places(-1) == ()


def test_the_plainest_document_has_no_manner() -> None:
    assert document("Hi.", VOICE, Manner()).xml.endswith(
        'xml:lang="en-US"><voice name="en-US-JennyNeural">Hi.</voice></speak>'
    )


def test_factors_are_kept_within_what_azure_takes() -> None:
    xml = document("Hi.", VOICE, Manner(9.0, 0.1, 5.0, "sad", 7.0)).xml
    assert 'rate="+100%" pitch="-50%" volume="+100%"' in xml
    assert 'style="sad" styledegree="2"' in xml


@pytest.mark.parametrize(
    "name", ["", "x", "en-US-Jenny'/>", "en-US-Jenny Neural", 'en-US-J"', "en-US-<b>", "../en-US-A"]
)
def test_names_that_could_end_their_place_are_refused(name: str) -> None:
    assert not VOICE_NAME.fullmatch(name)
    with pytest.raises(ValueError, match=r"^"):
        document("Hi.", name, Manner())
    if name:
        assert not STYLE_NAME.fullmatch(name + "'")
        with pytest.raises(ValueError, match=r"^"):
            document("Hi.", VOICE, Manner(style=name + "'"))


@pytest.mark.parametrize(
    "name",
    ["en-US-JennyMultilingualV2Neural", "en-US-Ava:DragonHDLatestNeural", "zh-CN-liaoning-XiaobeiNeural",
     "sr-Latn-RS-NicholasNeural", "yue-CN-XiaoMinNeural"],
)  # fmt: skip
def test_names_of_real_voices_are_taken(name: str) -> None:
    assert VOICE_NAME.fullmatch(name)


def test_styles() -> None:
    jenny = known_styles("en-US-JennyNeural")
    assert {mood: style_for(mood, jenny, {}) for mood in ("joy", "sad", "angry", "surprised", "neutral", "")} == {
        "joy": "cheerful", "sad": "sad", "angry": "angry", "surprised": "excited", "neutral": "", "": "",
    }  # fmt: skip
    assert style_for("joy", (), {}) == ""
    assert style_for("joy", jenny, {"joy": ""}) == ""
    assert style_for("wave", jenny, {"wave": "friendly"}) == "friendly"
    assert all(STYLE_NAME.fullmatch(wish) for wishes in WISHES.values() for wish in wishes)
    assert known_styles("en-US-NobodyNeural") == ()
