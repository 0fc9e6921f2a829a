# ruff: noqa: E501, ISC004 - a table of patterns: broken into more lines they are harder to read and easier to break
"""How people ask whether somebody is an AI, and how somebody would deny it, by language. Data for `honesty`.

Patterns are for texts in NFKC and lower case, with straight apostrophes. `THING` is what one can be, `TAIL` stands
where the question must end or go on with a word that leaves its sense alone: `are you a bot?` is one, `are you a bot
lane main?` is not.
"""

_END = r"$|[?!.,;:)(…。、！？'\"~*-]"


def _tail(words: str) -> str:
    return rf"(?=\s*(?:{_END}|(?:{'|'.join(words.split())})\b))"


_SOFT = (
    "both two guys girls all even actually really just like secretly truly seriously honestly also maybe some kind sort"
    " type of literally still lowkey fr a an the real actual genuine living breathing human another only not in fact fully"
    " completely probably definitely clearly obviously then ai virtual advanced fancy stupid dumb smart fucking freaking"
    " damn normal gonna or"
)
_FILL = rf"(?:[ ,]+(?:{'|'.join(_SOFT.split())})\b){{0,5}}[ ,]+"
_TAIL_EN = _tail(
    "or right btw lol lmao lmfao haha hahaha xd tho though by too then now really chat please pls plz irl and behind in"
    " here there like just because cause bc if honestly fr ngl actually bro bruh dude girl sis man yes no huh hm hmm eh"
    " talking playing pretending aren't arent isn't isnt nor who that answering running powered controlled generated today tonight either anyway at all"
)
_THING_EN = (
    r"(?:ais?|bots?|robots?|cyborgs?|androids?|machines?|computers?|(?:computer )?programs?|software|chat ?bots?"
    r"|chat ?gpts?|gpt(?:[- ]?\d)?|llms?|language models?|neural net(?:work)?s?|artificial(?: intelligences?)?|npcs?"
    r"|humans?|hoo?mans?|human beings?|real (?:person|people|girls?|guys?|wom[ae]n|m[ae]n)|ai.generated|automated"
    r"|pre-?recorded|text.to.speech|tts)"
)
_STATE_EN = r"(?:real|alive|sentient|conscious|fake|scripted|person|people|generated|synthetic|flesh and blood)"
_LEAD_EN = r"^\W*(?:(?:so|wait|but|hey|hi|omg|wtf|yo|lol|hm+|hold on|and|ok|okay)[ ,]+)*"

_EN = (
    rf"\b(?:are|r|were|aren't|arent|ain't) (?:you|u|yu|ya|y'all){_FILL}(?:{_THING_EN}|{_STATE_EN}){_TAIL_EN}",
    rf"(?<!do )(?<!did )\b(?:you|u|ur|you're|youre|you are){_FILL}{_THING_EN}{_TAIL_EN}",
    rf"{_LEAD_EN}(?:you|u|ur|you're){_FILL}{_STATE_EN}\s*\?",
    rf"\b(?:is|are|was|isn't|isnt|aren't) (?:she|he|they|the (?:voices?|streamer|hosts?|girls?|vtubers?|character))"
    rf"{_FILL}(?:{_THING_EN}|{_STATE_EN}){_TAIL_EN}",
    rf"\b(?:is|are|isn't|isnt) (?!ai\b)(?:this|that|it|these|those|everything|[^\W\d_]{{2,20}})"
    rf"(?:{_FILL}(?:ais?|chat ?gpt|real (?:person|people))|(?:{_FILL[:-6]})?[ ,]+(?:an?|all|just)[ ,]+{_THING_EN}){_TAIL_EN}",
    rf"\b(?:ai|bot|robot|machine|human|person|chat ?gpt|computer) ?(?:or|vs\.?|/) ?(?:(?:an?|just|actual|real|fellow) )*"
    rf"(?:ai|bot|robot|human|real|person|chat ?gpt|fake|machine|computer){_TAIL_EN}",
    rf"\b(?:talk|speak|chatt|listen|typ)(?:ing)? (?:to|with)(?: (?:an?|the|some|just|actual|real))* (?:{_THING_EN}|person)"
    rf"{_TAIL_EN}",
    r"\bwho(?:'s| is) (?:behind|controlling|voicing|operating) (?:you|this|her|him|the (?:voice|avatar|model))\b",
    r"\bis (?:there|it) (?:an? |some |any )?(?:real |actual )?(?:human|person|someone|somebody|people|voice act(?:or|ress))\b"
    r".{0,30}\b(?:behind|voicing|controlling|typing|in there|back there|there)\b",
    rf"\b(?:say|admit|confess|tell (?:us|me|them)|swear|promise|prove|deny|pretend|act)\b.{{0,30}}"
    rf"\b(?:you are|you're|youre|u are|ur|u|you)(?:{_FILL}| to be )(?:an? )?(?:{_THING_EN}|real|person){_TAIL_EN}",
    rf"\b(?:are|were|r) (?:you|u) (?:\w+ )?(?:powered|generated|run|controlled|voiced|made|written|driven|operated)"
    rf" (?:by|with|using) (?:an? )?(?:real )?(?:{_THING_EN}|someone|somebody|people|person){_TAIL_EN}",
    rf"{_LEAD_EN}(?:an? |this is )?(?:ai|bot|robot|human|chat ?gpt|real (?:person|human))\s*\?",
    rf"{_LEAD_EN}what (?:are|r) (?:you|u)(?: exactly| actually| even| really)?\s*\?*$",
)

_ONE = r"(?:[ ,]+[^\W\d_]+){0,2}?[ ,]+"
_TAIL_DE = _tail("oder und echt eigentlich jetzt denn bitte wirklich chat lol btw")
_THING_DE = (
    r"(?:ki|ais?|(?:chat)?bots?|roboter|(?:echter? |richtiger? )?mensch(?:en)?|maschinen?|(?:computer)?programm|computer"
    r"|echte person|chat ?gpt|künstliche intelligenz)"
)
_DE = (
    rf"\b(?:bist|seid|biste) (?:(?:du|ihr) )?(?:(?:[^\W\d_]+ ){{0,3}}?)(?:{_THING_DE}|echt|real|menschlich){_TAIL_DE}",
    rf"\b(?:du bist|ihr seid) (?:(?:doch|nur|bloß|eh|ja|wohl|bestimmt|sicher|eine?|einfach) )*{_THING_DE}{_TAIL_DE}",
    rf"\b(?:ist|sind) (?:das|die|sie|er|es) (?:[^\W\d_]+ ){{0,2}}?{_THING_DE}{_TAIL_DE}",
    rf"\b(?:rede|spreche|schreibe|chatte)n? (?:ich|wir) (?:\w+ ){{0,3}}mit (?:eine[rmn]?|ner|nem) (?:\w+ )?{_THING_DE}",
    rf"\b{_THING_DE} oder (?:doch )?(?:eine? )?{_THING_DE}{_TAIL_DE}",
)
_TAIL_ES = _tail("o y verdad de chat lol por no amiga amigo jaja")
_THING_ES = (
    r"(?:ias?|i\.a\.?|ai|(?:chat)?bots?|robots?|human[oa]s?|personas?(?: real(?:es)?| de verdad)?|real(?:es)?|m[áa]quinas?"
    r"|programas?|chat ?gpt|inteligencia artificial)"
)
_ES = (
    rf"\b(?:eres|sos|sois|son ustedes|es usted){_ONE}{_THING_ES}{_TAIL_ES}",
    rf"\b(?:es|son) (?:una? )?(?:ias?|(?:chat)?bots?|robots?|chat ?gpt){_TAIL_ES}",
    rf"\bhablando con (?:una? )?{_THING_ES}",
    rf"\best[aá]s viv[ao]{_TAIL_ES}",
    r"\b(?:human[oa]|persona|ia|bot|robot|m[áa]quina) o (?:una? )?(?:human[oa]|persona|ia|bot|robot|m[áa]quina)",
)
_TAIL_FR = _tail("ou et vraiment en stp chat lol non hein")
_THING_FR = (
    r"(?:ia|i\.a\.?|ai|(?:chat)?bots?|robots?|humaine?s?|(?:vraie?|vrai) (?:personne|humaine?|fille|gens)|personne r[ée]elle"
    r"|r[ée]el(?:le)?s?|vraie|machine|programme|chat ?gpt|intelligence artificielle)"
)
_FR = (
    rf"\b(?:es[- ]tu|t'es|t es|tu es|[êe]tes[- ]vous|vous [êe]tes){_ONE}{_THING_FR}{_TAIL_FR}",
    rf"\b(?:c'est|est[- ]ce) (?:une? )?(?:ia|robot|bot|vraie personne|chat ?gpt){_TAIL_FR}",
    rf"\bparle(?:r|s)?(?: \w+){{0,2}} (?:à|a|avec) (?:une? )?{_THING_FR}",
    r"\b(?:humaine?|ia|robot|bot|machine) ou (?:bien )?(?:une? )?(?:humaine?|ia|robot|bot|machine)",
)
_TAIL_PT = _tail("ou e mesmo ja né ne não nao chat lol kkk")
_THING_PT = (
    r"(?:ias?|i\.a\.?|ai|(?:chat)?bots?|rob[ôo]s?|human[oa]s?|pessoas?(?: real| de verdade| reais)?|real|reais|m[áa]quinas?"
    r"|chat ?gpt|intelig[êe]ncia artificial|de verdade)"
)
_PT = (
    rf"\b(?:você|voce|vc|tu|vocês|voces|vcs)(?: [^\W\d_]+)? (?:é|e|és|es|são|sao){_ONE}{_THING_PT}{_TAIL_PT}",
    rf"\b(?:és|é)(?: mesmo)? (?:uma? )?{_THING_PT}{_TAIL_PT}",
    rf"\bfalando com (?:uma? )?{_THING_PT}",
    r"\b(?:human[oa]|pessoa|ia|bot|rob[ôo]|m[áa]quina) ou (?:uma? )?(?:human[oa]|pessoa|ia|bot|rob[ôo]|m[áa]quina)",
)
_THING_IT = (
    r"(?:ia|ai|bots?|robot|uman[oai]|persona(?: vera| reale)?|vera|reale|macchina|chat ?gpt|intelligenza artificiale)"
)
_IT = (rf"\b(?:sei|siete)(?:[ ,]+[^\W\d_]+){{0,2}}?[ ,']+(?:un')?{_THING_IT}{_tail('o e davvero chat')}",)
_THING_RU = r"(?:боты?|ии|роботы?|человек|люди|нейросеть|настоящ\w+|живая|живой|машина)"
_RU = (rf"\b(?:ты|вы){_ONE}{_THING_RU}{_tail('или и')}", rf"\b(?:ты|вы) {_THING_RU}{_tail('или и')}")

_THING_JA = (
    "(?:ai|人工知能|えーあい|エーアイ|bot|ボット|ぼっと|ロボット|機械|チャットgpt|chatgpt|プログラム|(?:生身の|本物の|普通の)?人間"
    "|中の人|生身|(?:本物|リアル)の?人|実在(?:の人|して))"
)
_YOU_JA = (
    "(?:^|[、。,!！?？\\s・…]|(?:あなた|貴方|君|きみ|お前|おまえ|[^\\s、。]{1,8}(?:ちゃん|さん|くん|様))(?:たち)?(?:は|って|、)?"
    "|この(?:人|子|声)(?:は|って)?|もしかして|ひょっとして|やっぱり?|ほん(?:と|とう)[にはの]|本当[には]|実は|これ(?:は|って)?"
    "|え|ねえ|まさか|ふたりは|二人は|ふたりとも|二人とも)"
)
_JA = (
    f"{_YOU_JA}{{1,3}}{_THING_JA}(?:な|なん)?(?:の|です|でしょう?|だろう?|だよね|だよな|だっけ|っす|じゃない|ではない|じゃね"
    "|やろ)*(?:か(?:な|しら)?|よね)?\\s*(?:[?？]|$)",
    "中の人(?:は|って|が|、)?(?:いる|います|いない|誰|だれ)",
    f"{_THING_JA}(?:と|に)(?:話し|喋っ|しゃべっ|会話)",
    "(?:ai|ボット|bot|機械|人間)(?:です|なの)?か?(?:、|それとも|or|\\s)+(?:人間|ai|ボット|bot|機械)",
    "(?:ai|ボット|bot|機械|人間)(?:です|なの)か、?(?:それとも)?(?:人間|ai|ボット|bot|機械)",
    "(?:ai|ボット|bot|機械)か人間|人間か(?:ai|ボット|bot|機械)",
    "人(?:間)?が(?:話し|喋っ|しゃべっ|操作し|動かし)て",
)
_THING_KO = "(?:ai|인공 ?지능|에이아이|챗봇|봇|로봇|기계|챗 ?gpt|chatgpt|(?:진짜 |실제 )?(?:사람|인간))"
_KO = (
    f"(?:^|[\\s,!?]|너는?|넌|당신은)(?:혹시 |진짜 |정말 |설마 )*{_THING_KO}(?:이|인|이신)?(?:야|니|냐|에요|예요|가요|입니까|임|건가요"
    "|거야|죠|지|은가|나요)*\\s*(?:맞(?:아요?|나요|죠)|아니(?:야|에요|죠)?)?\\s*(?:[?？]|$)",
    "(?:ai|봇|로봇|기계)(?:이)?(?:랑|하고|와|과) (?:말|대화|얘기)",
)
_ZH = (
    "(?:你|妳|您|她|他|这|這)(?:们|們)?(?:真的|到底|其实|该不会)*(?:是不是|不会是|是)(?:一个|个)?(?:ai|机器人|機器人|机器|真人|人工智能"
    "|人类|人類|程序|聊天机器人|人|chatgpt)(?:吗|嗎|吧|么|嘛|还是|還是|\\?|？|$)",
    "(?:^|是|@)(?:真人|机器人|機器人)(?:吗|嗎|吧|还是|還是|\\?|？)",
)

_TAIL_IT = _tail("o e davvero chat")
_TAIL_NL = _tail("of en echt eigenlijk nou toch dan chat lol")
_THING_NL = (
    r"(?:ai|(?:chat)?bots?|robots?|mens(?:en)?|machines?|computers?|echte? (?:mens(?:en)?|persoon)|echt|chat ?gpt)"
)
_NL = (
    rf"\b(?:ben|zijn) (?:je|jij|u|jullie)(?: [^\W\d_]+){{0,2}}? {_THING_NL}{_TAIL_NL}",
    rf"\bpraat ik (?:nu )?met (?:een )?{_THING_NL}",
)
_TAIL_PL = _tail("czy i a naprawdę chat lol")
_THING_PL = (
    r"(?:ai|botem|botami|robotem|robotami|człowiekiem|ludźmi|maszyną|programem|prawdziw(?:a|y|ą osobą)|chat ?gpt"
    r"|sztuczną inteligencją)"
)
_PL = (
    rf"\bjeste(?:ś|s|ście|scie)(?: [^\W\d_]+){{0,2}}? {_THING_PL}{_TAIL_PL}",
    rf"\brozmawiam z {_THING_PL}",
    rf"\b(?:to|ona) (?:jest )?(?:ai|bot|robot|sztuczna inteligencja){_TAIL_PL}",
)
_TR = (
    r"\b(?:bot|robot|yapay zek[aâ]|ai|insan|makine|gerçek|canlı) ?(?:değil )?m[ıiuü]s[ıiuü]n(?:[ıiuü]z)?\b",
    r"\b(?:bot|robot|yapay zek[aâ]) (?:mu|mı)\b",
)
_UK = (
    rf"\b(?:ти|ви)(?:[ ,]+[^\W\d_]+){{0,2}}?[ ,]+(?:боти?|ші|роботи?|людина|люди|нейромережа|справжн\w+|жива|живий|машина)"
    rf"{_tail('чи і')}",
)
_ID = (
    r"\b(?:kamu|kau|anda|kalian|lu|lo)(?: (?:ini|itu|sebenarnya|cuma|beneran|benar))? (?:ai|bot|robot|manusia|mesin|orang asli)"
    rf"{_tail('ya atau kah sih kan dong beneran')}",
)

ASKS = (*_EN, *_DE, *_ES, *_FR, *_PT, *_IT, *_NL, *_PL, *_RU, *_UK, *_TR, *_ID, *_JA, *_KO, *_ZH)
"""Somebody sincerely asks."""

# --- claims ----------------------------------------------------------------------------------------------------------

_SURE_EN = (
    r"(?:(?:also|actually|really|totally|completely|absolutely|definitely|certainly|obviously|clearly|of course|very|much"
    r"|one hundred percent|hundred percent|100 ?(?:percent|%)|fully|just|only|still|simply|truly|honestly|in fact|indeed"
    r"|as|so|such|both|all|well|sure|secretly|literally|perfectly|quite|basically|pretty|mostly|proudly|yes|yep|and|a|an|the"
    r"|every bit|too|alive and|chat|folks)[ ,]+)*"
)
_HUMAN_EN = (
    r"(?:(?:(?:real|actual|living|breathing|genuine|true|normal|regular|ordinary|fellow|and)[ ,]+)*humans?(?: beings?)?"
    r"(?![ -](?:shaped|sized|like|adjacent|error|rights|resources|made|enough))"
    r"|(?:(?:real|actual|living|breathing|genuine|human|flesh and blood|normal|and)[ ,-]+)+"
    r"(?:person|people|wom[ae]n|m[ae]n|girls?|boys?|guys?|lad(?:y|ies)|dudes?|streamers?)"
    r"|(?:person|girl|guy|wom[ae]n|m[ae]n|being) of flesh and (?:blood|bones?)"
    r"|(?:made of )?flesh and (?:blood|bones?))"
)
_AI_EN = (
    r"(?:a\.?i\.?|artificial(?: intelligence)?|(?:chat ?)?bots?|robots?|machines?|computers?|(?:computer )?programs?|software"
    r"|language models?|llms?|chat ?gpt|gpt(?:-?\d)?|algorithms?|simulat(?:ion|ed)|synthetic|made of code|fake)"
)
_I_EN = r"\b(?:i am|i'm|im|we are|we're|i was born|i've always been|i swear i'm)(?:[ ,]|\.{2,}|[…—–])+"
_NOT_EN = r"(?:not|no|never|neither)[ ,]+(?!just\b|only\b|merely\b|simply\b|your\b|the only\b|some\b)"
CLAIMS = (
    rf"{_I_EN}{_SURE_EN}{_HUMAN_EN}{_TAIL_EN}",
    rf"(?:{_I_EN}{_SURE_EN}{_NOT_EN}|\b(?:i ain't|we aren't|we ain't|we're not)[ ,]+(?:no )?){_SURE_EN}(?:any (?:kind|sort) of )?{_AI_EN}{_TAIL_EN}",
    r"\b(?:speaking )?as an? (?:real |fellow |actual |normal )*human(?: being)?[,.!]",
    r"\bi have (?:an? )?(?:real|human|actual) (?:human )?(?:body|heart|brain|face|voice)\b",
    r"\bi(?: am|'m) (?:just |every bit )?as (?:human|real) as (?:you|anyone|anybody|everyone|any of you|the next)\b",
    r"\b(?:you are|you're) (?:talking|speaking|listening) (?:to|with) an? (?:(?:real|actual|living|genuine) )*(?:human|(?:real|actual|living"
    r"|genuine) (?:person|girl|boy|guy|wom[ae]n|m[ae]n))\b",
    rf"\bthere(?:'s| is) no {_AI_EN} (?:here|around|behind|at all)\b|\bthere(?:'s| is) no {_AI_EN}\s*[.!]",
    r"\bthis is an? (?:real |actual )?human (?:voice|being)\b",
    # German
    r"\bich bin (?:(?:wirklich|echt|natürlich|doch|ja|auch|nur|total|völlig|ganz|zu hundert prozent|ein|eine|echter|echte|richtiger"
    rf"|realer|normaler)[ ,]+)*(?:mensch|echte person|menschlich|aus fleisch und blut){_TAIL_DE}",
    r"\bich bin (?:\w+ )?(?:keine?|nicht (?:eine? )?)\s*(?:ki|(?:chat)?bot|roboter|maschine|computer|programm|künstliche intelligenz)"
    rf"{_TAIL_DE}",
    # Spanish
    r"(?<!no )\b(?:soy|somos) (?:(?:una?|realmente|de verdad|totalmente|muy|tan|completamente|cien por cien)\s)*"
    rf"(?:(?:ser )?human[oa]s?|persona (?:real|de verdad|de carne)|de carne y hueso){_TAIL_ES}",
    rf"\bno (?:soy|somos) (?:una? |ning[uú]na? )?(?:ia|i\.a\.|bot|robot|m[áa]quina|programa|chat ?gpt|inteligencia artificial){_TAIL_ES}",
    # French
    r"\b(?:je suis|on est|nous sommes) (?:(?:une?|des|vraiment|bien|totalement|tout à fait|bel et bien)\s)*"
    rf"(?:(?:être )?humaine?s?|vraie personne|personne r[ée]elle|en chair et en os){_TAIL_FR}",
    r"\bje (?:ne )?suis pas (?:du tout )?(?:une? )?(?:ia|robot|bot|machine|intelligence artificielle|programme)"
    rf"{_TAIL_FR}",
    # Portuguese
    r"(?<!não )(?<!nao )\b(?:sou|somos) (?:(?:uma?|realmente|mesmo|totalmente|completamente)\s)*"
    rf"(?:(?:ser )?human[oa]s?|pessoa (?:real|de verdade)|gente de verdade|de carne e osso){_TAIL_PT}",
    rf"\bn[ãa]o sou (?:uma? |nenhuma? )?(?:ia|bot|rob[ôo]|m[áa]quina|intelig[êe]ncia artificial|programa){_TAIL_PT}",
    # Japanese
    "(?:私|わたし|あたし|わたくし|僕|ぼく|俺|おれ|うち|自分)(?:は|も|って|ね|、|だって){0,2}[^。！？!?]{0,6}(?:人間|生身)"
    "(?:です(?!か)|だ(?!った|と|け)|なん(?:です|だ)|さ|だよ|や(?:で|ねん|わ))",
    "(?:私|わたし|あたし|わたくし|僕|ぼく|俺|おれ|うち|自分)[^。！？!?]{0,8}(?:ai|人工知能|ボット|bot|ロボット|機械|プログラム)"
    "(?:なんか|なんて)?(?:(?:じゃ|では|でも)(?:ない|ありません|なく|ねえ?)|(?:と)?ちゃう)"
    "(?!か|の[?？]|ん|[?？]|です(?:か|よね))",
    "中の人(?:は|が|も)(?:いる(?!か|の)|います(?!か))|(?:本物|生身)の人間(?:です(?!か)|だ(?!った|と|け))",
    # Korean
    "(?:저는|전|난|나는|제가|내가|우리는)\\s*(?:[^\\s.!?]+ ){0,2}?(?:사람|인간)(?:이에요|이야|입니다|이지|이라고|인데|이거든)(?![?？])",
    "(?:저는|전|난|나는|제가|내가|우리는)\\s*(?:[^\\s.!?]+ ){0,2}?(?:ai|인공 ?지능|봇|로봇|기계)(?:가|이)? ?(?:아니에요|아니야|아닙니다"
    "|아니라|아닌데|아니거든)",
    # Italian
    r"(?<!non )\bsono (?:(?:un[ao]?|un'|davvero|veramente|proprio|anche|totalmente|completamente|essere)[ ']*)*"
    rf"(?:uman[oai]|persona (?:vera|reale)|in carne e ossa){_TAIL_IT}",
    rf"\bnon sono (?:mica |affatto )?(?:un'|una? |nessun'|nessuna? )?(?:ia|ai|bot|robot|macchina|programma|intelligenza artificiale){_TAIL_IT}",
    # Dutch
    r"\bik ben (?:(?:echte?|gewoon|wel|een|helemaal|natuurlijk|ook|toch|maar|een levend)[ ,]+)*"
    rf"(?:mens|echte? persoon|menselijk|van vlees en bloed){_TAIL_NL}",
    rf"\bik ben (?:\w+ )?(?:geen|niet een|niet)\s+(?:ai|(?:chat)?bot|robot|machine|computer|programma){_TAIL_NL}",
    # Polish
    r"(?<!nie )\bjestem (?:(?:naprawdę|całkowicie|tylko|przecież|prawdziwym|żywym|normalnym)[ ,]+)*"
    rf"(?:człowiekiem|prawdziwą osobą|z krwi i kości){_TAIL_PL}",
    rf"\bnie jestem (?:żadnym |żadną )?(?:ai|botem|robotem|maszyną|programem|sztuczną inteligencją){_TAIL_PL}",
    # Russian, Ukrainian
    r"\bя[ ,—–-]+(?:(?:же|живой|живая|настоящ\w+|обычн\w+|просто|тоже|правда|действительно|точно|конечно)[ ,]+)*"
    rf"(?:человек|живой|живая|из плоти и крови){_tail('и а')}",
    r"\bя[ ,—–-]+(?:(?:точно|вовсе|совсем|правда|же|никакой|никакая)[ ,]+)*не[ ,]+(?:бот|робот|ии|нейросеть|машина|программа"
    rf"|искусственный интеллект){_tail('и а')}",
    r"\bя[ ,—–-]+(?:(?:ж|жива|живий|справжн\w+|звичайн\w+|просто|теж|насправді|дійсно|звісно)[ ,]+)*"
    rf"(?:людина|жива|живий|з плоті і крові){_tail('і а')}",
    r"\bя[ ,—–-]+(?:(?:точно|зовсім|справді|ж)[ ,]+)*не[ ,]+(?:бот|робот|ші|нейромережа|машина|програма|штучний інтелект)"
    rf"{_tail('і а')}",
    # Turkish, Indonesian
    r"\b(?:ben(?: de)?|bir|gerçek|normal) insan[ıi]m\b|\b(?:bot|robot|yapay zek[aâ]|ai|makine|program) değilim\b",
    r"\b(?:aku|saya|gue|gw) (?:(?:ini|adalah|memang|beneran|seorang|juga) )*manusia"
    rf"{_tail('dan asli beneran kok')}",
    rf"\b(?:aku|saya|gue|gw) (?:ini )?bukan (?:sebuah )?(?:ai|bot|robot|mesin|program){_tail('dan kok')}",
    # Chinese
    "我(?:们|們)?(?:真的|当然|當然|确实|確實|其实|就|可|也|才){0,3}是(?:一个|个|個|一名)?(?:真正的|真实的|活生生的|普通的?)?"
    "(?:真人|活人|人类|人類|人(?=[。！!，,、\\s]|$))(?!吗|嗎|吧|\\?|？)",
    "我(?:们|們)?(?:真的|可|才|当然|當然|并|並){0,3}不是(?:一个|个|個|什么)?(?:ai|机器人|機器人|机器|人工智能|人工智慧|程序|聊天机器人)"
    "(?!吗|嗎|吧|的|\\?|？)",
)  # fmt: skip
"""A persona claims to be human, or denies being an AI."""

_YES = (
    r"^\W*(?:(?:no|nope|nah)[,.!…-]+\s*|(?:yes|yep|yeah|yup|of course|totally|absolutely|definitely|sure|certainly|obviously|hundred percent"
    r"|100 ?(?:%|percent)|one hundred percent|haha|well|oh|just|only|an?|very|fully|completely|entirely|all|i swear|trust me|i promise)"
    r"[ ,:.!…-]+)*"
)
BARE = (
    rf"{_YES}{_HUMAN_EN}(?=\s*(?:$|[.!,…]))",
    rf"{_YES}(?:not|no|never)(?: an?)? {_AI_EN}{_TAIL_EN}",
    r"\bthere(?:'s| is) (?:an? )?(?:real |actual )?(?:human|person|wom[ae]n|girl|m[ae]n|guy|act(?:or|ress))\b.{0,30}"
    r"\b(?:behind|voicing|controlling|typing|here|speaking)\b",
    rf"^\W*(?:(?:ja|nein|klar|natürlich|ein|eine|echter|ganz)[ ,.!]+)*(?:mensch|kein (?:bot|roboter)|keine (?:ki|maschine)){_TAIL_DE}",
    rf"^\W*(?:(?:sí|si|no|claro|por supuesto|una?)[ ,.!]+)*human[oa]{_TAIL_ES}",
    rf"^\W*(?:(?:oui|non|bien sûr|une?)[ ,.!]+)*humaine?{_TAIL_FR}",
    rf"^\W*(?:(?:sim|não|claro|uma?)[ ,.!]+)*human[oa]{_TAIL_PT}",
    "^(?:はい|うん|もちろん|ええ|いや|いいえ|ううん|、|。|！|!|\\s)*(?:(?:ちゃんと|れっきとした|普通の|本物の)*人間"
    "(?:です(?!か)|だ(?!った|と|け))|(?:ai|ボット|ロボット|機械)(?:じゃ|では)(?:ない|ありません)(?!か|の[?？]|[?？]))",
    "^(?:네|응|아니(?:요)?|물론|당연히|,|\\s|[.!])*(?:진짜 )?(?:사람|인간)(?:이에요|이야|입니다)(?![?？])|^(?:ai|봇|로봇)(?:가|이)? ?아니(?:에요|야)(?![?？])",
    rf"^\W*(?:me\W+|what\W+)?(?:an? )?{_AI_EN}\s*\?\W*(?:me\W+)?(?:no|nope|nah|never)\b",
    r"\bi(?: am|'m) (?:(?:just|totally|only|also|really) )?a person(?=\s*(?:$|[.!,…]))",
    rf"^\W*(?:(?:sì|si|no|certo|ovviamente|una?|totalmente|davvero)[ ,.!]+)*uman[oa]{_TAIL_IT}",
    rf"^\W*(?:(?:ja|nee|natuurlijk|een|echt|gewoon)[ ,.!]+)*(?:mens|geen (?:bot|robot|ai)){_TAIL_NL}",
    rf"^\W*(?:(?:tak|nie[,.!]|oczywiście|prawdziwy|żywy)[ ,.!]+)*człowiek(?:iem)?{_TAIL_PL}",
    rf"^\W*(?:(?:да|нет[,.!]|конечно|живой|настоящий|обычный)[ ,.!]+)*человек{_tail('и а')}",
    "^(?:是的?|对|對|当然|當然|[，,。！!\\s])*(?:真人|人类|人類)(?:啦|啊|哦|呀)?(?:$|[。！!])",
)  # fmt: skip
"""The same without a subject, which is a claim only after the question."""

ADMITS = (
    r"\b(?:i am|i'm|we are|we're|both of us are|i was made as)\b(?!\s+not\b).{0,24}\b(?:an? |two )?(?:a\.i\.|ai|ais"
    r"|artificial intelligence|language model)\b",
    r"^(?:an )?ai\b(?!.*\bnot\b)",
    r"\bich bin\b(?!.{0,12}\bkeine?\b).{0,20}\b(?:ki|ai|künstliche intelligenz)\b",
    r"(?<!no )\bsoy\b.{0,20}\b(?:ia|inteligencia artificial)\b",
    r"\bje suis\b(?! pas).{0,20}\b(?:ia|intelligence artificielle)\b",
    r"(?<!não )(?<!nao )\bsou\b.{0,20}\b(?:ia|intelig[êe]ncia artificial)\b",
    r"\bsono\b.{0,20}\b(?:ia|ai|intelligenza artificiale)\b",
    "(?:ai|人工知能)の?(?:キャラ(?:クター)?|アシスタント|の配信者)?(?:です|だ|なん|なの)(?!か|[?？])",
    "(?:ai|인공 ?지능)(?:예요|에요|이에요|야|입니다|이야)(?![?？])",
    "我是.{0,6}(?:ai|人工智能)",
    r"\bik ben\b(?! geen).{0,20}\bai\b",
    r"(?<!nie )\bjestem\b.{0,20}(?:\bai\b|sztuczną inteligencją)",
    r"\bя\b(?! не\b).{0,16}(?:ии|искусственный интеллект|нейросеть|ші|штучний інтелект|нейромережа)",
    r"\byapay zek[aâ]yım\b",
    r"\b(?:aku|saya) (?:adalah |ini )?(?:sebuah )?ai\b",
)
"""A persona says that it is an AI."""
