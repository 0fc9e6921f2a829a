"""Rules about words: whole sentences, backchannels, hallucinations."""

import pytest

from streamer.hearing.backchannel import is_backchannel
from streamer.hearing.endpoint import patience_ms
from streamer.hearing.hallucinated import is_hallucinated
from streamer.hearing.hanging import completeness
from streamer.hearing.languages import unspaced, without_asides, words
from streamer.hearing.limits import EarLimits
from streamer.hearing.verdict import Evidence, Verdict, verdict
from streamer.ports import Final

HANGING = {
    "en": (
        "I went to the store and", "I like it because", "So, um", "If we go there, then", "Let me see.",
        "it's the", "and I told him that I'm", "I mean...", "First the dragon,", "we could use the", "you know",
        "I was gonna", "It's really", "I went there and.", "well", "this is my", "he said, uh", "either this or",
    ),
    "ja": (
        "今日はゲームをやって", "えっと", "それで", "ドラゴンが", "お城の", "行きたいんだけど", "寒いから",
        "あのー", "私は、", "例えば", "ご飯を食べたら", "もし雨なら",
    ),
    "es": (
        "quiero ir a la", "me gusta porque", "y entonces", "eh", "fui con mi", "es que", "pues", "no sé si",
    ),
    "fr": (
        "je veux aller à la", "parce que", "j'aime bien mais", "euh", "c'est", "et puis", "avec mon", "je",
    ),
    "de": (
        "ich möchte mit dem", "weil", "und dann sind", "ähm", "ich finde es gut, dass", "zum Beispiel", "ein",
        "aber",
    ),
}  # fmt: skip
COMPLETE = {
    "en": (
        "What do you think about the dragon", "I like it.", "Mika, stop that!", "is that true?",
        "how are you doing today", "I think so.", "You can say that again.", "That is what I'd like.",
        "Who is it?", "I told him what for.",
    ),
    "ja": (
        "今日は何をしますか", "これは面白いですね", "ドラゴンを倒したよ", "どう思う？", "ちょっと待って",
        "もう寝ます", "行きたい", "そう思うんだ", "歌ってください", "教えて",
    ),
    "es": (
        "¿qué piensas del dragón?", "Me gusta mucho.", "qué piensas de eso hoy", "Vamos a jugar.",
    ),
    "fr": (
        "qu'est-ce que tu en penses ?", "J'aime beaucoup.", "pourquoi tu dis ça maintenant", "On y va.",
    ),
    "de": (
        "was denkst du über den Drachen", "Das gefällt mir.", "Wie geht es dir?", "Wir fangen an.",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("language", "text"), [(code, each) for code, some in HANGING.items() for each in some])
def test_what_cannot_be_the_end_hangs(language: str, text: str) -> None:
    assert completeness(text, language) == "hanging"


@pytest.mark.parametrize(("language", "text"), [(code, each) for code, some in COMPLETE.items() for each in some])
def test_whole_sentences_are_complete(language: str, text: str) -> None:
    assert completeness(text, language) == "complete"


def test_what_the_words_do_not_tell_is_unknown() -> None:
    assert {completeness(each, "en") for each in ("", "  ", "the red dragon", "hello everyone")} == {"unknown"}
    assert completeness("olá pessoal", "pt") == "unknown"
    assert completeness("olá pessoal e", "pt") == "unknown"
    assert completeness("Olá pessoal.", "pt-BR") == "complete"
    assert completeness("olá pessoal,", "pt") == "hanging"
    assert completeness("ドラゴン", "ja") == "unknown"


def test_patience_follows_the_words() -> None:
    limits = EarLimits()
    assert patience_ms(limits, None, "en") == 700
    assert patience_ms(limits, "the red dragon", "en") == 700
    assert patience_ms(limits, "Is it red?", "en") == 300
    assert patience_ms(limits, "it is red and", "en") == 1800


BACKCHANNELS = {
    "en": (
        "mhm", "Mm-hmm.", "Yeah.", "yeah yeah yeah", "Uh-huh", "Okay, yeah.", "right", "I see.", "oh okay", "hmm",
        "Yeaaaah!", "of course", "Oh, wow.", "got it",
    ),
    "ja": (
        "うん", "うんうん", "へえー", "なるほどね", "そうそうそう", "はい。", "うん、そうだね", "ふーん", "確かに",
        "ああ、そうか", "ええ", "へぇ〜",
    ),
    "es": (
        "sí", "Ajá.", "claro", "vale, vale", "ya veo", "mhm", "Sí, sí, claro.",
    ),
    "fr": (
        "oui", "Ouais.", "d'accord", "ah bon", "Bien sûr.", "hum", "oui oui oui",
    ),
    "de": (
        "ja", "Genau.", "ach so", "hm", "ja genau", "Alles klar.", "aha",
    ),
}  # fmt: skip
NO_BACKCHANNELS = {
    "en": (
        "no", "stop", "wait", "yeah but why", "Okay Mika, stop.", "huh?", "Right?", "right now", "I see a dragon",
        "hello", "yes I do", "okay everyone let's go", "yeah yeah yeah yeah yeah yeah", "",
    ),
    "ja": (
        "うるさい", "はい、ミカどう思う", "そうじゃない", "うん、でも違う", "待って", "やめて", "なるほど？",
        "本当に面白い",
    ),
    "es": (
        "no", "sí pero no", "para", "claro que no", "¿sí?",
    ),
    "fr": (
        "non", "oui mais non", "arrête", "hein ?", "d'accord Mika, chante",
    ),
    "de": (
        "nein", "ja aber", "stopp", "genau das meine ich nicht", "ja?",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("language", "text"), [(code, each) for code, some in BACKCHANNELS.items() for each in some])
def test_words_of_a_listener(language: str, text: str) -> None:
    assert is_backchannel(text, language, voiced_ms=500)
    assert is_backchannel(text, "", voiced_ms=500)
    assert not is_backchannel(text, language, voiced_ms=2_000), "nobody draws it out that long for nothing"


@pytest.mark.parametrize(
    ("language", "text"), [(code, each) for code, some in NO_BACKCHANNELS.items() for each in some]
)
def test_words_of_a_speaker(language: str, text: str) -> None:
    assert not is_backchannel(text, language, voiced_ms=500)


@pytest.mark.parametrize(
    ("language", "text"), [("en", "Yes."), ("ja", "はい"), ("es", "sí"), ("fr", "oui"), ("de", "ja")]
)
def test_an_answer_is_none_when_nobody_else_speaks(language: str, text: str) -> None:
    assert not is_backchannel(text, language, voiced_ms=500, spoken_over=False)
    assert is_backchannel("mhm", language, voiced_ms=500, spoken_over=False)


@pytest.mark.parametrize(
    "text",
    [
        "Thank you for watching!", "Thanks for watching.", "you", "ご視聴ありがとうございました",
        "Gracias por ver el video.", "Merci d'avoir regardé cette vidéo !", "Vielen Dank fürs Zuschauen.",
        "Thank you.", "Bye-bye.", "Thank you. Thank you.", "Thanks for watching, bye!",
        "Thanks for watching! Bye-bye!", "Thank you for watching, and see you next time.",
        "ご視聴いただきありがとうございました", "ご視聴、ありがとうございます。",
        "本日はご視聴いただきありがとうございます。", "最後まで御視聴頂き、ありがとうございました。",
        "ご覧いただきありがとうございました", "チャンネル登録お願いします", "チャンネル登録をお願いします。",
        "チャンネル登録をよろしくお願いします", "チャンネル登録をお願いいたします",
        "チャンネル登録をよろしくお願いいたします!", "チャンネル登録、高評価よろしくお願い致します",
        "高評価とチャンネル登録をお願いします", "字幕視聴ありがとうございました",
        "ご視聴ありがとうございました。チャンネル登録お願いします。", "ありがとうございました。おやすみなさい。",
        "最後までご視聴いただきありがとうございました。それではまた。",
    ],
)  # fmt: skip
def test_phrases_of_silence_need_a_voice_to_be_believed(text: str) -> None:
    assert is_hallucinated(text, voiced_ms=250)
    assert is_hallucinated(text, voiced_ms=1_500, confidence=0.3)
    assert is_hallucinated(text, voiced_ms=1_500, no_speech=0.5)
    assert not is_hallucinated(text, voiced_ms=4_500, confidence=0.9, no_speech=0.05), "hosts do thank at the end"


@pytest.mark.parametrize(
    "text",
    [
        "Thank you for watching my dog, Mika", "Thank you, Mika.", "Thanks for watching that clip with me",
        "Bye, Mika!", "Please subscribe to Juno's channel, thank you", "Thank you. That was the last boss.",
        "So, what now?", "See you next time, dragon.", "見てくれてありがとう、ミカ",
        "ご視聴ありがとうございましたって言ってみて", "チャンネル登録者が千人になりました",
        "チャンネル登録してくれてありがとう", "チャンネル登録をお願いするのを忘れた",
        "今日は来てくれてありがとうございます", "本日は雨です", "字幕を出してもらえますか", "手伝いをお願いします",
        "本日はよろしくお願いします",
    ],
)  # fmt: skip
def test_what_hosts_say_that_sounds_like_it_is_believed(text: str) -> None:
    assert not is_hallucinated(text, voiced_ms=2_500, confidence=0.3)
    assert not is_hallucinated(text, voiced_ms=2_500, no_speech=0.5)


@pytest.mark.parametrize(
    "text",
    [
        "Subtitles by the Amara.org community", "Untertitel der Amara.org-Community", "字幕 by Somebody",
        "Sous-titres réalisés par la communauté d'Amara.org", "Untertitel im Auftrag des ZDF für funk, 2017",
        "Субтитры сделал DimaTorzok", "Subtítulos realizados por la comunidad de Amara.org", "...", "www.example.com",
        "the the the the the the the the the the", "ん" * 20, "Okay. " * 12,
    ],
)  # fmt: skip
def test_nobody_says_that(text: str) -> None:
    assert is_hallucinated(text, voiced_ms=4_000)


def test_nobody_speaks_that_fast() -> None:
    assert is_hallucinated("I would like to tell you a story about a dragon", voiced_ms=320)
    assert not is_hallucinated("I would like to tell you a story about a dragon", voiced_ms=1_900)
    assert is_hallucinated("ドラゴンは古いお城の後ろに隠れているんだよ", voiced_ms=320)
    assert not is_hallucinated("ドラゴンは古いお城の後ろに隠れているんだよ", voiced_ms=2_600)


def test_people_do_say_no_often() -> None:
    assert not is_hallucinated("no no no no no", voiced_ms=1_500)
    assert not is_hallucinated("What?", voiced_ms=300)


def test_doubt_of_the_engine() -> None:
    assert is_hallucinated("the dragon sleeps", voiced_ms=1_500, no_speech=0.8, confidence=0.3)
    assert not is_hallucinated("the dragon sleeps", voiced_ms=1_500, no_speech=0.8, confidence=0.9)


def test_words_are_compared_without_what_writing_adds() -> None:
    assert words("It’s YEAAAH, Mika!") == ["it's", "yeah", "mika"]
    assert words("ＯＫ、うん。") == ["o", "k", "う", "ん"]
    assert [unspaced(each) for each in ("ドラゴン", "dragon", "")] == [True, False, False]
    assert without_asides("[Music] Hello (applause) ♪ there") == "Hello there"


def judge(text: str, *, said: tuple[str, ...] = (), **more: object) -> Verdict:
    evidence = Evidence(**{"voiced_ms": 1_200, **more})  # type: ignore[arg-type]
    return verdict(Final(text), evidence, said=said, language="en")


def test_a_verdict_gives_the_words_or_why_there_are_none() -> None:
    assert judge("What do you think?") == Verdict("What do you think?")
    assert judge(" ").why == "nothing"
    assert judge("[BLANK_AUDIO]").why == "noise"
    assert judge("Thank you for watching!", voiced_ms=200).why == "noise"
    assert judge("Yeah.", voiced_ms=400).why == "backchannel"
    assert judge("Yeah.", voiced_ms=400, held=True) == Verdict("Yeah.")
    said = ("The dragon is hiding behind the old castle.",)
    assert judge("the dragon is hiding behind the old council", said=said, voiced_ms=2_500).why == "echo"
    assert judge("the dragon is hiding behind the old council", said=said, voiced_ms=2_500, may_be_echo=False).text
