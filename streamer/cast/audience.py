"""Whom the host speaks to when he names nobody: the viewers, or whoever spoke last.

Recognised speech often has no punctuation, so an address is known by its place and its neighbours: "chat" at the
beginning or at the end of a sentence is an address, "the chat", "to chat" and "chat says" are not.
"""

import re

_GREETING = (
    r"hey|hi|hiya|hello|yo|ok|okay|alright|all right|so|well|and|oh|right|listen|look|guess what|sorry|come on|thanks"
    r"|thank you|thank you so much|thanks so much|good (?:morning|evening|afternoon|night|bye)|goodbye|bye|see you"
    r"|welcome|welcome back|what(?:'s| is) up|sup|hold on|wait|yes|no|love you|bye bye"
)
_STRONG_GREETING = (
    r"hey|hi|hiya|hello|yo|thanks|thank you|thank you so much|thanks so much|good (?:morning|evening|afternoon|night)"
    r"|goodbye|bye|see you|welcome|welcome back|what(?:'s| is) up|sup|love you|bye bye"
)
_VIEWERS = r"chat|guys|everyone|everybody|people|folks|viewers|ladies and gentlemen"
_THIRD = (
    r"(?:is|was|has|are|were|have|do|can|will|would|should)"
    r"(?! (?:you|we|i|it|this|that|they|there|anyone|anybody|my)\b)"
    r"|says?|said|saying|wants?|wanted|thinks?|thought|asks?|asked|tells?|told|seems?|seemed|loves?|loved|likes?|liked"
    r"|hates?|hated|knows?|knew|keeps?|kept|makes?|made|goes|went|gets|got|needs?|needed|always|never|usually|in|from"
    r"|with|at|who|just|really|also|does|did(?! (?:you|we|i))|isn't|wasn't|doesn't|don't|and|or|'s|moves?|moved|room"
    r"|log|window|box|bot|mods?|message"
)
_OBJECT = (
    r"to|in|the|our|my|your|his|her|their|of|for|from|about|with|at|this|that|by|and|or|say|said|tell|told|ask|asked"
    r"|read|ban|banned|on|into|see|hear|let|like|thank|bless|vs|versus|against|a|an|any|some|no|twitch|youtube|live"
    r"|group|voice|nice|good|great|little|quick|short|long|can|could|should|will|would|to|let's|lets|we|i|just|love"
    r"|hate|is|are|was|be|not|have|had|has|video|small"
    r"|au|aux|le|du|un|ce|mon|notre|dans|al|el|del|en|este|mi|dem|den|der|das|im|ein|einen|vom|zum|am|mit|lo|il|ao|o"
)
_ENGLISH = re.compile(
    rf"(?:^|[.!?…]\s+)(?:(?:{_GREETING}),?\s+)*(?:"
    rf"(?:chat|guys)(?:\s*[,:!?.…]|\s*$|\s+(?!(?:{_THIRD})\b))"
    rf"|(?:{_VIEWERS})\s*(?:[,:!?…]|\.|$)"
    rf"|(?:everyone|everybody)\s+(?:look|calm|get|listen|say|clap|please|be|stay|shut|chill|relax|welcome|give|hold"
    rf"|wait)\b)"
    rf"|(?:^|[.!?…,]\s*)(?:{_STRONG_GREETING}),?\s+(?:chat|guys|everyone|everybody|folks|people|all|you guys|my friends"
    rf"|viewers|ladies and gentlemen|y'all)\b"
    rf"|,\s*(?:{_VIEWERS})\s*(?:[.!?…]|$)"
    rf"|(?<!\w)(?!(?:{_OBJECT})\b)[\w']+\s+chat\s*(?:[.!?…]|$)"
    rf"|^(?:thanks|thank you|good (?:night|morning|evening)|welcome|bye|see you|love you)\b.*\s"
    rf"(?:everyone|everybody|guys|folks|chat)\s*[.!…]*$"
    r"|\b(?:everyone|everybody|(?:those|all|the rest) of you|you guys|people) (?:who(?: is| are|'s|'re)? )?watching\b"
    r"|\bwelcome in\b(?! (?:my|the|our|your|this|that)\b)|\bwelcome (?:back )?to (?:the|my|our|this|another|today's)\b"
    r"|\bthank(?:s| you)(?: so much| very much| guys)? for (?:the (?:\w+ ){0,2}(?:subs?|follows?|raid|gifts?|bits|cheer"
    r"|donation|support|members?|primes?)|watching|stopping by|hanging out|subscribing|following|being here|joining"
    r"|coming)\b"
    r"|\b(?:for )?(?:those|anyone|everyone|all) (?:of you )?(?:who (?:is|are)|who's|who|just) (?:joining|new|watching"
    r"|tuning)\b|\bif you(?:'re| are) (?:just joining|just tuning in|new here)\b"
    r"|\b(?:don't forget to|make sure to|remember to|please) (?:like|follow|subscribe|hit)\b"
    r"|\b(?:let me know|tell me|write|type|put|drop|spam|post)\b.{0,30}\bin (?:the )?(?:chat|comments)\b"
)
_GERMAN = re.compile(
    r"(?:^|[.!?…]\s+|,\s*)(?:(?:hallo|hey|hi|moin|na|so|also|ok|okay|danke|servus|willkommen|guten (?:morgen|abend|tag)"
    r"|gute nacht|tschüss|liebe[rs]?),?\s+)*(?:(?:chat|leute|freunde|zuschauer)\s*(?:[,:!?…]|\.|$)"
    r"|(?:chat|leute) (?:schaut|guckt|hört|wartet|seht|kommt|passt|sagt|helft|schreibt|ihr|wie|habt|seid|könnt|wollt"
    r"|wisst|soll)\b|leute (?:was|wer|wo|wir|ich)\b)"
    r"|(?:^|[.!?…]\s+)(?:hallo|hey|hi|moin|na|danke|servus|willkommen|guten (?:morgen|abend|tag)|gute nacht|tschüss)"
    r"(?: an)?,?\s+(?:chat|leute|zusammen|alle|allerseits|freunde|ihr lieben|liebe[rs]? (?:chat|leute|zuschauer))\b"
    r"|\bihr da draußen\b|\balle,? die (?:gerade |jetzt )?zu(?:schauen|sehen)\b"
    r"|\bdanke fürs? (?:zu(?:schauen|sehen)|abo|follow|folgen|dabeisein|abonnieren)\b"
    r"|\bwillkommen (?:zurück )?(?:im|zum|auf dem|in meinem) (?:stream|kanal|chat)\b"
    r"|\bschreibt\b.{0,30}\bin den chat\b|\b(?:was|wie) (?:meint|denkt|findet) ihr\b.{0,30}\bchat\b"
)
_SPANISH = re.compile(
    r"(?:^|[.!?…¡¿]\s*)(?:(?:hola|oye|oigan|bueno|vale|ok|gracias|buenas|hey),?\s+)*(?:chat|gente|chicos|amigos)"
    r"\s*(?:[,:!?…]|\.|$)"
    r"|\b(?:hola|buenas|buenas noches|buenas tardes|buenos días|gracias|bienvenidos|adiós),?(?: a)? "
    r"(?:todos|todas|chat|gente|chicos|amigos)\b"
    r"|\bbienvenid[oa]s\b(?: (?:al|a la|a mi|de nuevo)\b)?|\btodos los que (?:están|estáis|me están) (?:viendo|ahí)\b"
    r"|\bgracias por (?:ver|el follow|la suscripción|la sub|suscribir(?:te|os|se)|seguirme|estar aquí|los bits"
    r"|la raid)\b"
    r"|\bescrib(?:an|id)\b.{0,30}\ben el chat\b"
)
_FRENCH = re.compile(
    r"(?:^|[.!?…]\s+)(?:(?:salut|bonjour|bonsoir|coucou|hey|bon|alors|ok|merci),?\s+)*(?:le chat|chat|les amis|les gens"
    r"|les gars)\s*(?:[,:!?…])"
    r"|\b(?:salut|bonjour|bonsoir|coucou|merci|bienvenue|bonne nuit),?(?: à)? (?:tous|toutes|tout le monde|le chat|chat"
    r"|les amis|les gens)\b"
    r"|\bbienvenue (?:sur|dans) (?:le|la|mon|ma|ce) (?:stream|live|chaîne|chat)\b"
    r"|\b(?:ceux|vous) qui (?:nous |me )?regarde(?:nt|z)\b"
    r"|\bmerci (?:d'avoir regardé|de (?:regarder|suivre|me suivre)"
    r"|pour (?:le (?:sub|follow|raid)|les bits|l'abonnement))\b"
    r"|\bdites(?:-moi| moi)\b.{0,30}\bdans le chat\b"
)
_OTHER = re.compile(
    r"\b(?:ciao|buonasera|buongiorno|grazie),?(?: a)? (?:chat|tutti|ragazzi)\b"
    r"|\b(?:oi|olá|boa noite|boa tarde|bom dia|obrigad[oa]),?(?: a)? (?:chat|pessoal|gente|galera|todos)\b"
)
_JAPANESE = re.compile(
    r"(?:^|[。！？!?、]\s*|ねえ|ねぇ|おい|じゃあ|さあ|はい|ありがとう|こんにちは|こんばんは|おはよう)\s*(?:みんな|皆|みなさん|皆さん|皆様)"
    r"(?:さん|様)?(?:$|[ー〜～、。！？!?\s]|今日|こん|おは|見て|聞いて|ありがと|どう|元気|いる|ちょっと|お待たせ|ただいま|"
    r"(?:は|も)(?=.*(?:か[。？?]?|[？?]|よね[。？?]?|でしょ(?:う)?[。？?]?|かな[。？?]?|どう思う[。？?]?)$))"
    r"|(?:視聴者|リスナー|チャット|コメント欄|コメント)の(?:みんな|皆さん|みなさん|皆様|皆)(?![がにをの])"
    r"|(?:見|観|来)てくれて(?:る|いる)?(?:みんな|皆さん|人|方)?、?(?:ありがと|サンキュ)|ご(?:視聴|覧)(?:いただき)?、?ありがと"
    r"|(?:登録|フォロー|スパチャ|サブスク|ギフト|レイド|コメント)(?:して(?:くれて)?|、)?ありがと"
    r"|^(?:いらっしゃい|ようこそ)|初見さん、?(?:いらっしゃい|ようこそ|こん)"
    r"|(?:コメント|チャット)(?:欄)?(?:に|で)(?:書いて|教えて|おしえて)(?!あ|い|た|る)"
)
_HINTS = (
    "chat", "guys", "every", "people", "folks", "watching", "welcome", "thank", "viewers", "gentlemen", "joining",
    "tuning", "who", "new here", "forget to", "sure to", "remember to", "please", "comments", "goodbye", "bye", "all",
    "leute", "freunde", "zuschauer", "zusammen", "zuschauen", "zusehen", "willkommen", "danke", "draußen", "lieben",
    "gente", "chicos", "amigos", "todos", "todas", "bienvenid", "gracias", "escrib",
    "les amis", "les gens", "les gars", "tous", "toutes", "tout le monde", "bienvenue", "merci", "qui ",
    "tutti", "ragazzi", "pessoal", "galera",
)  # fmt: skip
_LATIN = (_ENGLISH, _GERMAN, _SPANISH, _FRENCH, _OTHER)

_SHORT_WORDS = 6
_OPENS = re.compile(
    r"^(?:(?:oh|ah|aw+|well|ha(?:ha)*|heh|hm+|um|uh|okay|ok|and|but|so)[,.!…]?\s+)*(?:"
    r"yes|yeah|yep|yup|no|nope|nah|true|right|exactly|really|sure|maybe|perhaps|fine|thanks|thank you|ha(?:ha)+|lol"
    r"|that's|that is|that was|i do|i don't|i think|i agree|i disagree|i know|i guess|i hope|i mean it|i did|i didn't"
    r"|i would|i wouldn't|i can|i can't|i was|i am|i'm not|me too|me neither|same|fair|good (?:one|point|idea|question)"
    r"|nice one|stop it|wrong|never|not|why|because|go on|tell me|do it|don't|sorry|please|of course|absolutely"
    r"|definitely|deal|agreed|very funny|how (?:rude|dare|sweet|come)|says who|wow"
    r"|ja|nein|doch|nee|genau|stimmt|wirklich|echt|danke|klar|vielleicht|quatsch|ich (?:auch|nicht|weiß|glaube)|gerne"
    r"|natürlich|erzähl|hör auf|warum|weil|nie|niemals|lustig|sehr witzig"
    r"|sí|si|claro|exacto|verdad|de verdad|gracias|por supuesto|quizás|tal vez|yo también|yo tampoco|nunca|porque"
    r"|cuéntame|para ya|qué gracioso|perdona"
    r"|oui|non|ouais|exact|exactement|vraiment|merci|bien sûr|peut-être|moi aussi|moi non plus|jamais|parce que"
    r"|raconte|arrête|très drôle|pardon|d'accord"
    r")(?![\w'])"
)
_OPENS_JA = re.compile(
    r"^(?:えー?[、。]?|あー?[、。]?|まあ、?|あはは、?)*(?:うん|ううん|いや|そう|ほんと|本当|マジ|まじ|ありがと|なるほど|たしかに|確かに|はい|いいえ"
    r"|だよね|だね|いいね|へえ|へぇ|なんで|違う|ちがう|そっか|ごめん|わかった|分かった|了解|やめて|もちろん|すごい|さすが|嘘|うそ|教えて|もっと)"
)
_SHORT_JA = 14
_YOU_WORDS = 20
_YOU = re.compile(
    r"\byou(?:'re|'ve|'d|'ll|rs|r|rself)?\b|\b(?:du|dich|dir|dein(?:e[nmrs]?)?)\b|\b(?:tú|contigo|eres|tienes|tuy[oa]s?)\b"
    r"|\b(?:tu|toi|te|ton|tes)\b(?= \w)|(?:あなた|きみ|君(?=[はがのをにも、])|お前|おまえ|アンタ|あんた)"
)
_NOT_YOU = re.compile(
    r"\byou know\b|\b(?:thank|see|if|when|love|to) you\b|\byou (?:guys|all|two)\b"
    r"|\byou (?:can |could )?(?:see|have to|need to|gotta|got to|want to|just|only|can|get to|press|click|jump|go to"
    r"|go)"
    r"(?![\w'])"
)


def to_audience(folded: str) -> bool:
    """Whether a text of the host, folded to small letters, is said to the viewers."""
    if not folded.isascii() and _JAPANESE.search(folded) is not None:
        return True
    if not any(hint in folded for hint in _HINTS):
        return False
    text = folded.replace("\u2019", "'")
    return any(pattern.search(text) is not None for pattern in _LATIN)


def is_reply(folded: str, words: int) -> bool:
    """Whether a text that names nobody goes on with whoever spoke last: short, and it opens like a reply ("no way",
    "that's mean"), or not long and said to a "you" that is no mere figure of speech ("you know", "you have to").

    A short remark alone is none: while he plays, a host says "nice shot" and "come on" all the time.
    """
    text = folded.replace("\u2019", "'").strip()
    if _OPENS_JA.match(text) and len(text) <= _SHORT_JA:
        return True
    if words <= _SHORT_WORDS and _OPENS.match(text):
        return True
    if words > _YOU_WORDS:
        return False
    return _YOU.search(_NOT_YOU.sub(" ", text)) is not None
