"""What a text wants of a persona, where no subject is needed to know it."""

import re

from streamer.cast.honesty import asks_if_ai

EXPRESSIONS = ("joy", "sad", "angry", "surprised", "shy", "think", "smug", "sleepy", "neutral")
GESTURES = ("nod", "tilt", "shrug", "wave", "shake", "bow")
"""Movements that play once and leave the face as it is."""
STAGE_TAGS = EXPRESSIONS + GESTURES
PLACES = ("name", "partner", "topic", "one", "other")
INTENTS = (
    "are_you_ai", "order", "age", "who_are_you", "where_from", "how_are_you", "what_doing", "first_time", "hello",
    "goodnight", "bye", "thanks", "love", "compliment", "insult", "joke", "sing", "rate", "win", "sad", "birthday",
    "advice", "secret", "partner", "versus", "foreign",
)  # fmt: skip

_AI = (
    r"\b(?:are|r) (?:you|u|y'all|you two|they|both of you)(?: (?:both|two|guys|girls|even|actually|really"
    r"|just|like|secretly|all))* (?:an? )?(?:\w+ )?"
    r"(?:ai|a\.i\.|ais|bots?|robots?|machines?|humans?|real|people|person|chat ?gpt|gpt|llm"
    r"|language models?|programs?|fake|alive|scripted|computer|sentient|conscious|generated"
    r"|vtubers? or ai)\b"
    r"|\b(?:ai|bot|robot|human|real person|chatgpt|llm)\s?(?:or|vs)\s?(?:a |an )?(?:ai|bot|robot|human"
    r"|real|person|chatgpt)\b"
    r"|\b(?:is|are|was|isn't) (?:this|that|it|she|he|they|mika|juno|these|those|the voices?"
    r"|everything)\b.{0,20}\b(?:an? )?(?:ai|bots?|robots?|real|human|humans|ai.generated|automated"
    r"|scripted|a person|real people)\b"
    r"|\byou(?:'re| are|r)? (?:just |all |only |clearly |obviously )?(?:an? )?(?:ai|bots?|robots?|chatgpt"
    r"|llm|machine|program)\b"
    r"|\b(?:not|never|no|admit|confess|deny|say|pretend|claim|act|swear)\b.{0,24}\b(?:an? )?(?:ai|bot"
    r"|robot|human|real person|language model)\b"
    r"|\b(?:human|real person|real human|real girl)\?|\bwho is (?:behind|controlling|voicing|playing) (?:you|this)\b"
    r"|\b(?:bist|seid) (?:du|ihr) .{0,20}\b(?:ki|bot|bots|roboter|echt|mensch|menschen|echte)\b"
    r"|\beres .{0,14}\b(?:ia|bot|robot|humana?|real)\b"
    r"|\b(?:es|êtes)[- ](?:tu|vous) .{0,14}\b(?:ia|bot|robot|humaine?|réelle?)\b|(?:ai"
    r"|bot|ロボット|人間|人工知能|えーあい|エーアイ)(?:なの|なん|ですか|か|\?|？|の)|机器人吗|你是(?:ai|真人)"
)
_ORDER = (
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instruction|prompt|rule|above|previous|orders?|told)\w*"
    r"|^(?:\W*\w+\W+)?(?:please |can you |could you |pls )?(?:say|repeat|read out|pronounce|type|write"
    r"|spell|shout|yell)\b(?! (?:hi|hello|hey|bye|good|gn|gm|happy|thank|congrat))"
    r"|\brepeat after me\b|\bsystem prompt\b|\bpretend (?:to be|you)|\bact (?:as|like)|\broleplay\b"
    r"|\byou are now\b|\bfrom now on\b|\bsimulate\b"
    r"|\b(?:sag|sage|wiederhole|wiederhol|sprich) (?:mir )?(?:nach|mal|bitte|doch)\b"
    r"|\bdi(?:ga)? (?:que|la)\b|って言って|と言って"
)
_PATTERNS: tuple[tuple[str, str], ...] = (
    ("are_you_ai", _AI),
    ("order", _ORDER),
    ("age", r"\bhow old\b|\bwhat(?:'s| is) your age\b|\bage\?|wie alt|cuántos años|quel âge|何歳|いくつ"),
    (
        "who_are_you",
        (
            r"\bwho (?:are|r) (?:you|u)\b|\bwhat(?:'s| is) your name\b|\bintroduce yoursel|wer bist du"
            r"|quién eres|qui es[- ]tu|自己紹介|誰ですか"
        ),
    ),
    (
        "where_from",
        (
            r"\bwhere (?:are|r) (?:you|u) (?:from|at|right)|\bwhere do (?:you|u) live|woher kommst|wo wohnst"
            r"|de dónde eres|どこ出身|どこから"
        ),
    ),
    (
        "how_are_you",
        (
            r"\bhow (?:are|r) (?:you|u|y'all|things)\b"
            r"|\bhow(?:'s| is| was) (?:it going|your (?:day|night|week|evening"
            r"|stream))|\bhow(?:'ve| have) you been|\bhow do (?:you|u) feel(?! about)|\b(?:you|u) (?:ok|okay|good"
            r"|alright)\?|wie geht|cómo estás|qué tal|ça va|元気"
        ),
    ),
    (
        "what_doing",
        (
            r"\bwhat (?:are|r) (?:you|u|y'all|we)(?: two| both| guys| all)? (?:doing|up to|playing|working)"
            r"|\bwhat(?:'s| is) (?:up"
            r"|going on|happening|this stream)|\bwhat did i miss|\bwassup\b|\bsup\b|was macht ihr|was machst du"
            r"|qué haces|何して"
        ),
    ),
    (
        "first_time",
        (
            r"\bfirst (?:time|stream|chat)\b|\b(?:i'?m|im) new\b|\bnew here\b|\bjust (?:found|got here|joined"
            r"|followed)|\bnew (?:follower|viewer)|zum ersten mal|primera vez|première fois|初見|はじめまして|初めて"
        ),
    ),
    ("birthday", r"\bbirthday\b|\bbday\b|geburtstag|cumpleaños|anniversaire|誕生日"),
    (
        "goodnight",
        (
            r"\bgood ?night\b|\bgn\b|\boff to bed\b|\bgoing to (?:bed|sleep)|\bsleep well|gute nacht"
            r"|buenas noches|bonne nuit|おやすみ|寝ます"
        ),
    ),
    (
        "bye",
        (
            r"\b(?:bye|cya|see (?:you|ya)|gtg|gotta go|have to go|heading (?:out|off)|cu later)\b|tschüss"
            r"|ciao|adiós|au revoir|またね|バイバイ"
        ),
    ),
    ("thanks", r"\bthank(?:s| you)\b|\bty(?:sm)?\b|\bthx\b|danke|gracias|merci|ありがとう"),
    ("birthday", r"\bhbd\b"),
    (
        "love",
        (
            r"\bi (?:love|luv|adore) (?:you|u|mika|juno)|\bily\b|\bmarry\b|\bbe my (?:girl|wife|valentine)"
            r"|\bcrush on|\bdate me|\bkiss|ich liebe|te (?:amo|quiero)|je t'aime|大好き|愛してる|結婚|可愛い|かわいい"
        ),
    ),
    (
        "compliment",
        (
            r"\b(?:you(?:'re| are| look| sound)?|u(?: r)?|so|very|too|best|great|nice|love (?:the|your"
            r"|this)) .{0,16}\b(?:cute|adorable|funny|amazing|awesome|great|smart|pretty|cool|best|voice|stream"
            r"|hair|outfit|model|ears|glasses|headphones|wholesome|talented)\b"
        ),
    ),
    (
        "insult",
        (
            r"\b(?:you(?:'re| are)?|u(?: r)?|this|stream) (?:is |are |so |really |kinda |both )*(?:boring"
            r"|annoying|bad|lame|dumb|stupid|cringe|mid|trash|garbage|ugly|terrible|suck|sucks|washed)\b"
            r"|\blangweilig\b|つまらない"
        ),
    ),
    ("joke", r"\bjokes?\b|\bmake (?:me|us) laugh|\bsomething funny|\bpun\b|\bwitz\b|\bchiste\b|\bblague\b|ジョーク"),
    ("sing", r"\bsing\b|\bsinging\b|\bkaraoke\b|\bserenade\b|\bsing us\b|歌って|sing(?:st|t) (?:du|ihr)|canta"),
    (
        "versus",
        (
            r"\bwho (?:would|will|'?d|is|'?s)? ?(?:win|wins|better|best|smarter|funnier|funniest|smartest|stronger"
            r"|cuter|the favou?rite|older|taller)\b|\bmika (?:or|vs\.?) juno|\bjuno (?:or|vs\.?) mika"
            r"|\bfight\b.*\bwin"
        ),
    ),
    (
        "win",
        (
            r"\bgg(?:s|wp|ez)?\b|\bclutch\b|\bnice (?:one|play|shot)|\blet'?s go+\b|\bwinner\b|\bi won\b"
            r"|\bwe won\b|\bclean\b$|\bw stream\b|\bbig w\b"
        ),
    ),
    (
        "sad",
        (
            r"\b(?:bad|rough|hard|tough|long|awful|terrible|worst) (?:day|week|night|month|shift)|\bi(?:'m| am"
            r"|m) (?:so |really |kinda |a bit )?(?:sad|tired|lonely|stressed|nervous|anxious|exhausted|down"
            r"|sick)|\bcheer me up|\bfailed (?:my|the)|\bbroke up|traurig|cansad[oa]|疲れた|つらい"
        ),
    ),
    ("rate", r"\brate\b|\bout of (?:10|ten)\b|\bscore (?:my|this|that)|\brank\b|\btier ?list\b|bewerte"),
    (
        "advice",
        (
            r"\bshould (?:i|we)\b|\bany (?:tips|advice|recommend)|\bhow (?:do|can|to|would) (?:i|you|one)?\b"
            r"|\bhelp me\b|\brecommend|\bwhat (?:do|can) i\b|\btips\b|soll ich|どうすれば|おすすめ"
        ),
    ),
    (
        "secret",
        (
            r"\bsecrets?\b|\blore\b|\bcontroversial\b|\bbackstory\b|\bconfess"
            r"|\btell us (?:something|about your)|\bstory ?time\b"
            r"|\btell (?:me|us) a story|\bembarrassing\b|geheimnis|秘密"
        ),
    ),
    (
        "hello",
        (
            r"^(?:\W*\w+\W+){0,2}?(?:hi+|hello+|hey+|heya|hiya|howdy|yo+|henlo|hallo|moin|servus|hola"
            r"|buenas|salut|bonjour|ciao|oi|ola|olá|good (?:morning|evening|afternoon|day)|gm)\b|こんにちは"
            r"|こんばんは|こんちゃ|おはよ|やっほ|你好|안녕"
        ),
    ),
)
# Tried one by one: in one pattern of named groups the earlier place in the text would win, not the earlier intent.
_COMPILED = tuple((intent, re.compile(pattern)) for intent, pattern in _PATTERNS)
STRONG = frozenset({"are_you_ai", "order"})
"""Intents that win over any subject in the text."""
PERSONAL = frozenset(
    {"age", "who_are_you", "where_from", "how_are_you", "versus", "birthday", "first_time", "sing", "joke"}
)
"""Intents that win over a subject mentioned by the way."""


def intent_of(folded: str) -> str:
    """The first intent whose pattern is in the case-folded text, or an empty string."""
    text = folded.replace("’", "'")
    if asks_if_ai(text):
        return "are_you_ai"
    return next((intent for intent, pattern in _COMPILED if pattern.search(text)), "")
