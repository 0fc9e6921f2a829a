"""What recognisers write when nobody said it: networks that learned from subtitles thank for watching in the silence.

Source of the phrases: reports about Whisper (openai/whisper discussions 928, 1606; SYSTRAN/faster-whisper issues 183,
843), by language.
"""

import re
from typing import Final

from streamer.hearing.languages import spoken_length, unspaced, words

FASTEST: Final = 45.0
"""Letters in a second of voice; auctioneers reach 35."""
SLOW: Final = 26.0
"""Letters in a second at which a phrase everybody knows may really have been said."""
REPEATS: Final = 8
_DRONE: Final = re.compile(r"([^\W\d])\1{11,}")
DOUBT: Final = 0.6
WEAK: Final = 0.55
CREDITS: Final = re.compile(
    r"amara\.?\s?org|subtitles? by|subtitled by|captions? by|caption(?:ed|ing) by|transcri(?:bed|ption) by"
    r"|subt[ií]tulos (?:realizados|por)|sous-titrage|sous-titres (?:réalisés|par|fait)|legendas pela"
    r"|untertitel(?:ung)? (?:der|des|im auftrag|von)|sottotitoli (?:creati|e revisione|di)"
    r"|субтитры (?:сделал|создавал|делал)|字幕(?:by|制作|作成|提供|由|志愿者)|^字幕\s|翻訳\s?(?:by|者)|mbc 뉴스"
    r"|copyright wdr|swr 20\d\d|zdf für funk|st'? ?501|radio-canada|castingwords|otter\.ai|www\.\w+\.(?:com|org)"
)
"""Nobody says that on a stream."""
PHRASES: Final = frozenset(
    " ".join(words(each))
    for each in (
        "thank you for watching", "thanks for watching", "thank you so much for watching",
        "thank you very much for watching", "thanks for watching guys", "thank you for watching this video",
        "thank you for watching and see you next time", "please subscribe", "please subscribe to my channel",
        "like and subscribe", "don't forget to subscribe", "don't forget to like and subscribe",
        "subscribe to my channel", "see you next time", "see you in the next video",
        "i'll see you in the next video", "i'll see you next time", "thank you", "thank you very much",
        "thank you bye", "thanks", "you", "bye", "bye bye", "bye-bye", "the", "the end", "so", "i", "okay bye",
        "we'll be right back", "thank you for your attention", "thank you for listening", "thanks for listening",
        "good night", "ご視聴ありがとうございました", "ご視聴ありがとうございます", "ご清聴ありがとうございました",
        "最後までご視聴いただきありがとうございました", "最後までご視聴頂きありがとうございました",
        "最後までご覧いただきありがとうございます", "ありがとうございました", "チャンネル登録お願いします",
        "チャンネル登録よろしくお願いします", "チャンネル登録高評価お願いします",
        "高評価チャンネル登録よろしくお願いします", "おやすみなさい", "次の動画でお会いしましょう", "それではまた",
        "それでは次回の動画でお会いしましょう", "またお会いしましょう", "バイバイ", "お疲れ様でした",
        "gracias por ver el video", "gracias por ver el vídeo", "gracias por ver", "muchas gracias", "gracias",
        "suscríbete", "suscríbete al canal", "no olvides suscribirte", "hasta la próxima",
        "nos vemos en el próximo video", "merci d'avoir regardé cette vidéo", "merci d'avoir regardé",
        "merci d'avoir regardé la vidéo", "merci", "abonnez-vous", "n'oubliez pas de vous abonner", "à bientôt",
        "merci beaucoup", "à la prochaine", "vielen dank fürs zuschauen", "danke fürs zuschauen", "vielen dank",
        "danke", "bis zum nächsten mal", "bis zum nächsten video", "tschüss",
        "vielen dank für ihre aufmerksamkeit", "das war's für heute", "obrigado por assistir", "obrigado",
        "grazie per la visione", "grazie per l'attenzione", "grazie", "спасибо за просмотр", "продолжение следует",
        "спасибо", "подписывайтесь на канал", "谢谢观看", "谢谢大家", "感谢观看",
        "请不吝点赞订阅转发打赏支持明镜与点点栏目", "시청해주셔서 감사합니다", "감사합니다", "구독과 좋아요",
    )
)  # fmt: skip
"""Said by people too: dropped where the sound gives no reason to believe it."""
_PLEASE: Final = r"(?:どうぞ|ぜひ|是非)?(?:よろしく|宜しく)?(?:お願い|おねがい)(?:し|いたし|致し)ます"
_LIKED: Final = r"(?:高評価|グッドボタン|いいね)"
_THANKS: Final = (
    r"(?:(?:本日|今日|今回|最後|字幕|動画|この動画)(?:は|も|まで|を|の)?){0,3}[ご御]?(?:視聴|清聴|静聴|覧)(?:を|して|に)?"
    r"(?:なって)?(?:いただき|頂き|いただいて|くださり|下さり|くださって|下さって)?(?:まして)?(?:本当に|誠に|どうも)?"
    r"(?:ありがとう|有難う|有り難う)(?:ございました|ございます|御座いました|御座います)?"
)
_SUBSCRIBE: Final = (
    rf"(?:ぜひ|是非|よかったら|よろしければ)?(?:{_LIKED}(?:と|や|も|を|の)?)?チャンネル登録(?:と|や|も|を|の)?"
    rf"(?:{_LIKED}(?:と|や|も|を|の)?)?(?:など|ほど)?(?:も|を)?{_PLEASE}"
)
PATTERNS: Final = (re.compile(_THANKS), re.compile(_SUBSCRIBE))
"""The same in Japanese, which says them in many forms; without spaces and punctuation."""
_MARKS: Final = re.compile(r"[.,!?…。、，．！？]+")


def is_hallucinated(text: str, *, voiced_ms: int, confidence: float = 1.0, no_speech: float = 0.0) -> bool:
    """`voiced_ms`: how much voice was really in the sound; `confidence` and `no_speech` as the recogniser says."""
    if no_speech >= DOUBT and confidence < WEAK:
        return True
    found = words(text)
    if not found or CREDITS.search(text.casefold()):
        return True
    pace = spoken_length(text) * 1000 / max(voiced_ms, 1)
    if pace > FASTEST or _DRONE.search(text) or _loops(found, unspaced(text)):
        return True
    doubtful = no_speech >= 0.4 or confidence < WEAK or voiced_ms < 300
    return (doubtful or pace > SLOW) and _is_phrase(text)


def _is_phrase(text: str) -> bool:
    """One of them, or several and nothing else: whole, or at every mark."""
    pieces = [piece for piece in map(words, _MARKS.split(text)) if piece]
    return _known(words(text)) or (bool(pieces) and all(map(_known, pieces)))


def _known(found: list[str]) -> bool:
    return " ".join(found) in PHRASES or any(each.fullmatch("".join(found)) for each in PATTERNS)


def _loops(found: list[str], letters: bool) -> bool:  # noqa: FBT001 - what the words are
    """The same few words over and over, to the end."""
    for size in range(1, 13 if letters else 7):
        piece = found[-size:]
        count = 0
        while count * size + size <= len(found) and found[len(found) - (count + 1) * size :][:size] == piece:
            count += 1
        if count >= REPEATS and count * size >= 0.8 * len(found):
            return True
    return False
