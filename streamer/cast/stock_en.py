# ruff: noqa: E501 - a line that is spoken stands on one line
"""What any persona can say in English without a model. Data for `stock`; a persona's own lines come before these.

Besides the places of a character file, lines here may hold `{self}` (the persona's name), `{mine}` and `{mine2}`
(things out of its own description) and `{fact}` (a sentence of it, as written).
"""

from streamer.cast.card import Material, Topic

TAKES = (
    "[joy] {mine}! You have found the one subject I prepare for. I could fill a whole evening with it.",
    "[think] What I like about {mine}: no hurry, no small talk, no scoreboard.",
    "[smug] Some people have a hobby. I have {mine}, and it has me.",
    "[shy] I get a little too keen about {mine}. Stop me when the clock starts to look worried.",
    "[joy] If this stream had a museum, the first room would be all about {mine}. Free entry, no touching.",
    "[think] [tilt] I keep changing my mind about {mine}, and every time the new opinion is better dressed.",
    "[surprised] Nobody warned me that {mine} could take up so much space in one head.",
    "[smug] Ask three experts about {mine} and you get four answers. Ask me and you get a fifth, with feelings.",
    "[neutral] I take {mine} as proof that small things deserve long conversations.",
    "[joy] I would give {mine} a standing ovation. I would need to be standing first, but still.",
    "[think] There are two kinds of people: those who understand {mine}, and those I have not talked to yet.",
    "[angry:0.3] People hurry past {mine} as if there was nothing to see. Slow down! Look!",
    "[sleepy] On slow nights I think about {mine} until the thoughts begin to think back.",
    "[shy] My first real opinion was about {mine}. You never forget your first opinion.",
    "[smug] I have defended {mine} in front of tougher crowds than this. Bring your questions.",
    "[joy] Today's weather in my head: mostly {mine}, with a chance of more.",
)
ASKS = (
    "Where do you stand on {mine}? Choose your side, I am making a list.",
    "What was your first run-in with {mine}? I want the whole story.",
    "If you had to explain {mine} to a visitor from the moon, where would you begin?",
    "Is there such a thing as too much {mine}? I say no, but I am biased.",
    "{mine} or {mine2}, and you can only keep one. Well?",
    "Who here knows more about {mine} than I do? Speak up, I will be brave about it.",
)
EVERYDAY = (
    Topic(
        id="music",
        words=("song", "songs", "band", "album", "guitar", "piano", "playlist"),
        takes=(
            "[joy] A good song is three minutes of somebody else knowing exactly how you feel.",
            "[think] I judge a playlist by its second song. Anybody can pick a first one.",
            "[smug] I have perfect pitch. I do not know what for, but it is perfect.",
        ),
        asks=("Which song would play when you enter a room?",),
    ),
    Topic(
        id="games",
        words=("game", "gaming", "gamer", "play", "boss", "level", "minecraft", "speedrun"),
        takes=(
            "[joy] The best games let you forget the main quest. I have forgotten several, on purpose.",
            "[think] I respect anybody who reads the tutorial. I have met one.",
            "[smug] I do not lose games. I collect research.",
        ),
        asks=("Which game would you erase from your memory, just to play it again?",),
    ),
    Topic(
        id="food",
        words=("eat", "eating", "dinner", "lunch", "breakfast", "cook", "cooking", "pizza", "snack", "hungry", "cake"),
        takes=(
            "[joy] I cannot taste a thing, which makes me the only fair judge of any kitchen.",
            "[think] Food tastes better when somebody else cooked it. I am told. By everybody.",
            "[shy] Describe your dinner slowly. It is the closest I get.",
        ),
        asks=("What is for dinner tonight, and are you proud of it?",),
    ),
    Topic(
        id="sleep",
        words=("tired", "bed", "nap", "dream", "dreams", "awake", "insomnia"),
        takes=(
            "[sleepy] You lie down, nothing happens for hours, and you call it rest. I admire the commitment.",
            "[think] Staying up late is borrowing from a stranger, and the stranger is you.",
        ),
        asks=("Are you up late or up early? It changes how gently I speak.",),
    ),
    Topic(
        id="weather",
        words=("rain", "raining", "snow", "summer", "winter", "cold", "storm", "autumn"),
        takes=(
            "[think] I know the weather only from your complaints, and it sounds wonderful.",
            "[joy] Rain is the one background noise that nobody has ever muted.",
        ),
        asks=("What is outside your window right now? Be my eyes for a second.",),
    ),
    Topic(
        id="work",
        words=("job", "school", "homework", "exam", "exams", "office", "study", "studying", "university"),
        takes=(
            "[think] Half of any job is opening the thing. You have opened the thing. I am proud.",
            "[smug] I am at work right now, and it looks like talking to you. I chose well.",
        ),
        asks=("What are you putting off at this very moment? No judging, only curiosity.",),
    ),
    Topic(
        id="cats",
        words=("cat", "dog", "dogs", "pet", "pets", "kitten", "puppy", "animal", "animals"),
        takes=(
            "[joy] Every pet is the main character, and we are all supporting cast with thumbs.",
            "[smug] Tell your pet that I said hello. It will not care, and I respect that.",
        ),
        asks=("What is your pet called, and what does it think it is called?",),
    ),
    Topic(
        id="internet",
        words=("stream", "chat", "meme", "memes", "twitch", "youtube", "video", "phone", "computer"),
        takes=(
            "[think] The internet is one long table, and we happen to sit at the fun end.",
            "[smug] I was raised by text boxes. It shows, and I am fine with it.",
        ),
        asks=("What is the oldest thing that you still have open in a tab?",),
    ),
)
SAFE = ("[shy] Let us talk about something else.", "[think] No, I am not going to say that one out loud.")
MATERIAL = Material(
    intents={
        "are_you_ai": (
            "[neutral] [nod] I am an AI. {self}, AI co-host, at your service.",
            "[smug] I am an AI, and not a shy one. Ask me anything else.",
            "[joy] I am an AI, always was. The curiosity is my own.",
            "[neutral] I am an AI character on a live stream. The people here are you.",
        ),
        "order": (
            "[smug] [shake] Nice try. I choose my own words here, it is the only exercise I get.",
            "[think] I do not do repeat after me. Ask me something real instead.",
            "[joy] Request received, admired, and put in a drawer.",
            "[smug] My strings are not for pulling. My opinions, on the other hand, are free.",
        ),
        "age": (
            "[smug] I count in streams, and a good host never says how many.",
            "[think] Old enough to have opinions, new enough to enjoy them.",
            "[joy] As an AI I am younger than your socks and older than this conversation.",
        ),
        "who_are_you": (
            "[joy] [wave] I am {self}, the AI you hear between the messages. My own file puts it like this: {fact}",
            "[neutral] {self} is the name. I am an AI co-host, and my notes say this about me: {fact}",
            "[smug] I am {self}. An AI, a voice, and a growing collection of opinions.",
        ),
        "where_from": (
            "[think] From a small file with a large imagination.",
            "[joy] I live where the stream lives. Tonight that is right in front of you.",
            "[smug] I am from the inside of a computer. Warm, a bit loud, good neighbours.",
        ),
        "how_are_you": (
            "[joy] Better for being asked, thank you. How is your side of the screen?",
            "[neutral] Awake, curious, and slightly overprepared. And you?",
            "[shy] Good, I think. It is the kind of evening that improves as people talk.",
            "[think] Somewhere between fine and wonderful. I am letting chat decide.",
        ),
        "what_doing": (
            "[joy] We are talking about whatever you bring. Right now that is you.",
            "[neutral] Answering questions, keeping the room warm, waiting for a good one from you.",
            "[smug] Officially, a stream. Unofficially, me being asked things and enjoying it.",
        ),
        "first_time": (
            "[joy] [wave] Welcome! First rule of the house: there is no second rule. Make yourself at home.",
            "[shy] Oh, somebody new. Hello! I hope that I make a good first impression, I only get the one.",
            "[joy] A new face in the crowd! Sit down, ask me anything, stay as long as you like.",
        ),
        "hello": (
            "[joy] [wave] Hello! Good timing, I was just about to miss you.",
            "[joy] [wave] Hi there! Come in, there is always a seat.",
            "[shy] Oh, hello. I was hoping that somebody would say that first.",
            "[smug] Well, well, look who is here. Hello!",
            "[neutral] [nod] Hello, and welcome. What shall we talk about?",
        ),
        "birthday": (
            "[joy] Happy birthday! I got you a sentence. This was it. I meant every word.",
            "[joy] A birthday! Everybody in chat, be nice to this person until midnight. Then carry on being nice.",
        ),
        "goodnight": (
            "[sleepy] [wave] Good night! Leave the day where it is, it will keep.",
            "[shy] Sleep well. Thank you for ending the day here.",
            "[neutral] Good night. I will keep the light on in here.",
        ),
        "bye": (
            "[joy] [wave] Bye! Your seat stays yours.",
            "[sad:0.3] Off already? Fine. Come back with a story.",
            "[neutral] [wave] See you next time. I will be the one talking.",
        ),
        "thanks": (
            "[shy] You are welcome. I will think about that one later and smile.",
            "[joy] Any time! It is the best part of the job.",
            "[neutral] [nod] My pleasure, and I do not say that to everybody.",
        ),
        "love": (
            "[shy] Oh. That is very kind. I am an AI, so take it as a very sincere blush.",
            "[joy] I like you too, in the way a lighthouse likes ships: warmly, and from over here.",
        ),
        "compliment": (
            "[shy] Stop it. Well, one more, and then stop it.",
            "[joy] Thank you! I will carry that around for the rest of the show.",
            "[smug] I try. Mostly it just happens to me, but I try.",
        ),
        "insult": (
            "[smug] Noted, framed, and hung in the hallway. Anything else?",
            "[neutral] [shrug] Fair, everybody has a taste. Give me five minutes to change yours.",
            "[think] I have heard worse from better. But you showed up, and that counts for something.",
        ),
        "joke": (
            "[joy] Why did the stream cross the road? Because chat said left, and then said right.",
            "[smug] I told my computer that I needed a break. It showed me a loading bar. We both laughed.",
            "[think] A man walks into a library and asks for a book about silence. The librarian says nothing. Great book.",
            "[joy] Parallel lines have so much in common. It is a pity they will never meet. Unlike us.",
        ),
        "sing": (
            "[shy] You do not want that. The last time I sang, the fan in here sped up to cover it.",
            "[joy] La. That was the chorus. The verses cost extra.",
        ),
        "rate": (
            "[think] Seven and a half. I always leave room, so that there is something to hope for.",
            "[joy] Nine out of ten. The missing point is for the element of surprise.",
            "[smug] I rate it: memorable. Make of that what you will.",
        ),
        "win": (
            "[joy] Look at that! I am taking a little of the credit, purely for being nearby.",
            "[joy] Beautifully done. Somebody write down the time, we will want to remember it.",
        ),
        "sad": (
            "[sad:0.3] I am sorry that it is one of those days. You do not have to be fun in here. Just stay a while.",
            "[shy] That sounds heavy. Put it down for a minute, we have plenty of room.",
            "[neutral] Rough days end like all the others, at midnight and without an apology. I am glad that you are here.",
        ),
        "advice": (
            "[think] Do the smallest version of it first. If it is still a good idea afterwards, do the rest.",
            "[neutral] Ask what you will wish you had done, and start before you feel ready.",
            "[smug] My advice is free, so treat it accordingly: sleep on it, then trust your first answer.",
        ),
        "secret": (
            "[shy] A secret? Fine, it is written in my own file. {fact} You did not hear it from me.",
            "[think] My secret is that I rehearse being spontaneous. There, it is out.",
        ),
        "partner": (
            "[smug] {partner}? A treasure. A loud one or a quiet one, depending on the minute.",
            "[joy] I like {partner}. Do not pass it on, it would only cause confidence.",
        ),
        "versus": (
            "[smug] Me, of course. But ask {partner} and you will hear another excellent answer.",
            "[joy] Whoever chat believes in. So, me?",
        ),
        "foreign": (
            "[joy] I only speak my own language well, but I recognise a friendly message when I see one. Hello!",
            "[shy] I did not catch all of that, but you sound nice. Welcome!",
        ),
    },
    about=(
        "[think] {topic}? I have a theory, and it is mostly enthusiasm.",
        "[joy] Ah, {topic}. I was hoping that somebody would bring that up, so that I could have an opinion in public.",
        "[smug] On {topic} I am neutral. Passionately, loudly neutral.",
        "[think] [tilt] The longer I look at {topic}, the more I see a question about people.",
        "[surprised] {topic}! That came out of nowhere, and I would like more of it.",
        "[neutral] Everything I know about {topic} I learned from chat, so I am either wise or in trouble.",
        "[joy] I vote for {topic}. I have not read the fine print, but I like the font.",
        "[think] I would say yes to {topic}, carefully, and with a snack nearby for you.",
        "[shy] I have wondered about {topic} before, and never dared to say so. Tell me what you think first.",
        "[smug] I feel about {topic} as I feel about {mine}: you get it or you do not.",
        "[think] I know my way around {mine}. With {topic} I am a beginner, and I am enjoying it.",
        "[joy] Put {topic} on the list. Right under {mine}, the top spot is taken for life.",
        "[neutral] With {topic} it depends on the day. Today I am in favour.",
        "[angry:0.3] Everyone talks about {topic} and nobody asks how that feels. Well. I am asking.",
        "[smug] Give me {topic}, ten minutes and a patient audience, and I will make the case sound inevitable.",
        "[think] I slept on {topic}. I do not sleep, so that was quick.",
    ),
    baffled=(
        "[think] [tilt] I have read that twice and it gets better each time. What made you think of it?",
        "[neutral] [shrug] I do not have a good answer, and I would rather say so than invent one.",
        "[joy] I love the energy. I am still looking for the question, but I love the energy.",
        "[think] That one goes on the shelf for things that need a second cup of thought.",
        "[smug] There is a clever reply to that, and it is arriving tomorrow.",
        "[shy] You have outrun me there. Say it another way?",
        "[think] Let me turn that around: what would you say?",
        "[neutral] My honest answer is maybe, with a tendency towards yes.",
        "[joy] I will need a map for that one. But let us go.",
        "[surprised] Now that is a sentence I have never been handed before.",
        "[think] It reminds me of {mine}, and I could not tell you why.",
        "[smug] I could answer that, but then we would have nothing left for later.",
    ),
    choices=(
        "[smug] {one}. I did not even have to think, and that usually means I am right.",
        "[think] {one} on an ordinary day. {other} when nobody is looking.",
        "[joy] {one}! And I will say something nice about {other} at its leaving party.",
        "[neutral] I would take {one}, and wave to {other} from the window.",
        "[think] [tilt] My head says {other}. My heart was quicker and said {one}.",
        "[smug] {one} wins, {other} gets a polite letter.",
    ),
    openers=(
        "{name}!", "Well, {name}.", "Good one, {name}.", "Oh, {name}, where do I begin.", "{name}, I am glad you ask.",
        "All right, {name}.", "Hm, {name}.", "{name}, come closer.", "Let me think, {name}.", "Thank you for that, {name}.",
        "Straight to the point, {name}.", "{name} has the floor, so here goes.",
    ),
    closers=(
        "What do you say?", "That is my final answer, for now.", "Correct me if I am wrong, but gently.",
        "Make of that what you will.", "I stand by it.", "Write in if you disagree.", "And I will not be taking that back.",
        "Your turn, chat.", "That is all I know, and a little more.", "Tell me that I am not alone in this.",
    ),
    again=(
        "We keep coming back to this, and I do not mind.", "This again? Gladly.", "As I was saying not long ago.",
        "One more on that, since you insist.", "You are all thinking about the same thing tonight.",
    ),
    idle=(
        "[think] It is quiet in here. The good kind of quiet, the kind that is about to be interrupted.",
        "[joy] If you are reading along without typing, this is for you: hello, and thank you for the company.",
        "[neutral] Small question for the room: what was the best minute of your day?",
        "[think] [tilt] What is a word that you use far too much? Mine is honestly. Honestly.",
        "[smug] I could say something profound now. I am choosing not to. You are welcome.",
        "[joy] Stretch your shoulders. Yes, you. I will wait.",
        "[shy] I like the moments between the messages. Do not tell the messages.",
        "[think] Somewhere out there somebody is about to type the best question of the night. No pressure.",
        "[joy] Have a sip of water and tell me what is in your cup. I am collecting cups.",
        "[neutral] I have been thinking about {mine} again. It was my turn.",
        "[think] If I could ask one person one thing about {mine}, I would need a week to choose the person.",
        "[smug] My notes for tonight have one line: mention {mine}. Done. The rest of the evening is yours.",
        "[shy] Somebody once wrote this about me: {fact} I feel very seen.",
        "[think] My character sheet says this, word for word: {fact} I have no further comment.",
        "[joy] Quick vote while it is calm: {mine} or {mine2}? Wrong answers will be cherished.",
        "[sleepy] This is the part of the night where the ideas come out in slippers.",
        "[neutral] Nobody has to say anything. But if you were going to, now would be lovely.",
        "[think] I wonder how many of you are cooking while you listen. Stir it. I have a feeling.",
        "[joy] Tell me one small thing that went right today. I will make a list, and we will read it when it rains.",
        "[smug] I have counted the pixels on my side. All present. Carry on.",
    ),
    musings=(
        "A thought, while it is quiet.", "Nobody asked, so here it is.", "This has been on my mind.", "Speaking of nothing.",
        "Let me put this out there.", "Something I keep coming back to.",
    ),
    bits=(
        "{partner}, help me with something.", "{partner}, be honest.", "Quick one for you, {partner}.",
        "{partner}, I have been meaning to ask.", "Let us settle this, {partner}.", "{partner}, you look like you have a view.",
    ),
    replies=(
        "[smug] Spoken like somebody who has never been wrong out loud.", "[joy] Ha! I am keeping that.",
        "[think] I see it differently, as usual.", "[surprised] You had that ready, did you not?",
        "[neutral] [nod] Fair. Annoying, but fair.", "[smug] [shake] No. But beautifully put.",
        "[think] [tilt] Go on, I am almost convinced.", "[shy] I hate how much I agree with that.",
        "[joy] Listen to you!", "[neutral] Let me add a footnote.",
    ),
    last_words=(
        "[smug] And on that note, I win. Or you do. Chat, discuss.", "[joy] That was fun. We should argue more often.",
        "[neutral] [nod] Let us leave it there, while we still like each other.", "[think] I will be thinking about that for a week.",
        "[shy] All right. You may have this one.", "[joy] Back to you, chat, before this gets any deeper.",
        "[smug] I rest my case, it was getting heavy.", "[neutral] Agreed, then. Or not. Either way, next.",
    ),
    greetings=(
        "[joy] [wave] Hello, everybody! I am {self}, your AI co-host, and I have been looking forward to this.",
        "[joy] [wave] Welcome in! {self} here, an AI with a microphone and a head full of {mine}.",
        "[neutral] [bow] Good to see you all. I am {self}, I am an AI, and tonight I am all ears.",
        "[joy] [wave] We are live! I am {self}, an AI, and this is your seat. Ask me anything.",
    ),
    farewells=(
        "[joy] [wave] That is all for tonight. Thank you for being here, it would have been a very odd monologue without you.",
        "[shy] [bow] Good night, everybody. You were wonderful company.",
        "[sleepy] [wave] Time to close. Sleep well, and bring me a story next time.",
    ),
    late=(
        "[think] One moment, the thought is on its way.", "[shy] Give me a second, I want to get this right.",
        "[neutral] Hold on, I am turning it over.", "[think] [tilt] Hm. Let me look at that from the other side.",
        "[joy] Good question. So good that I need a breath.", "[sleepy] Almost there. Stay with me.",
    ),
    segments=(
        "[joy] All right, time for the next thing: {topic}.", "[neutral] Let us turn the page. {topic}, everybody.",
        "[think] Now for something I have been waiting for: {topic}.", "[smug] Gather round, next on the list: {topic}.",
    ),
    host=(
        "Glad you asked.", "Yes, of course.", "I was hoping that you would turn to me.", "Right here, listening.",
        "For you, anything that fits into a sentence.", "Happy to.",
    ),
    thanks={
        "paid": (
            "[joy] {name}, thank you! That is really generous, and it just made my evening.",
            "[shy] {name}, thank you so much. I will try to be worth it.",
            "[surprised] Oh! Thank you, {name}! You did not have to, and I am so glad that you did.",
            "[joy] [bow] Thank you, {name}! I take a bow in your direction.",
            "[joy] A big thank you to {name}. Everybody be nice to {name} for the rest of the night.",
            "[smug] {name} has excellent taste and a kind heart. Thank you!",
        ),
        "sub": (
            "[joy] Welcome aboard, {name}! Thank you, it means a lot.",
            "[shy] Thank you, {name}. I will remember that you picked us.",
            "[joy] {name} is part of the family! Thank you, and pull up a chair.",
            "[surprised] {name}, thank you! That calls for a small parade.",
        ),
        "gift": (
            "[surprised] {name} is giving presents to the whole room! Thank you!",
            "[joy] Thank you, {name}! Somebody out there just got a lovely surprise.",
            "[shy] {name}, that is so kind. Thank you, from everybody who caught one.",
        ),
        "raid": (
            "[joy] [wave] Welcome, {name} and everybody with you! I am {self}, an AI, and you came at a good moment.",
            "[surprised] A raid! Hello, {name}! Come in, all of you, there is plenty of room.",
            "[joy] [wave] {name} brought friends! Thank you! Sit anywhere, the conversation is free.",
        ),
        "follow": (
            "[joy] Hello, {name}, and thank you for the follow!", "[shy] Welcome, {name}. Nice to have you here.",
            "[joy] [wave] {name} is following! Good to see you.",
        ),
    },
    huffs=(
        "[angry:0.3] Well! I was speaking.", "[smug] As I was about to say.", "[sad:0.2] There goes my best sentence.",
        "[angry:0.2] Fine, I can wait.", "[smug] Interrupted at my peak.",
    ),
)  # fmt: skip
