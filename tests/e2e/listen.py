"""Is this the sentence? pocketsphinx with a closed grammar of thirty, so that a wrong one would be named."""

import array
import random
import re

SENTENCES = (
    "the court finds that cereal is a cold soup",
    "my telescope is called Doris and she is patient",
    "penguins propose to each other with a pebble",
    "please remember to drink a glass of water",
    "the moon is moving away a little every year",
    "nobody has ever won an argument with a goose",
    "my favourite weather is a thunderstorm at night",
    "the last slice of pizza belongs to the judge",
    "a cat on the keyboard is a helpful colleague",
    "we are going to count the sheep backwards today",
    "coffee is a bean that makes you answer letters",
    "there are more trees on earth than stars nearby",
    "the train to the mountains leaves before sunrise",
    "everybody in this room deserves a long holiday",
    "a good book is better than a short conversation",
    "the old clock in the kitchen is always wrong",
    "our neighbours have painted their garden fence blue",
    "seven little frogs were sleeping under the bridge",
    "he lost his yellow umbrella in the department store",
    "the orchestra played until the lights went out",
    "she collects stamps from countries without a coast",
    "never put a wet towel on a wooden table",
    "the baker opens his shop at five in the morning",
    "a friendly ghost lives in the second library",
    "tomorrow we will plant potatoes behind the house",
    "this elevator only stops at the even floors",
    "the winner gets a basket full of green apples",
    "my grandmother repaired radios during the winter",
    "you should not feed bread to hungry pigeons",
    "the longest river in the valley has no name",
)
PAD_S = 0.3
DITHER = 60


def recognise(samples: "array.array[int]", rate_hz: int = 16_000) -> str:
    """The sentence of `SENTENCES` that was heard, in lower case; empty for none of them."""
    from pocketsphinx import Decoder

    noise = random.Random(5)
    pad = array.array("h", [0]) * int(rate_hz * PAD_S)
    dithered = array.array(
        "h", (max(-32768, min(32767, value + int(noise.gauss(0, DITHER)))) for value in pad + samples + pad)
    )
    decoder = Decoder(samprate=float(rate_hz), loglevel="FATAL", lm=None)
    decoder.add_jsgf_string("stage", grammar())
    decoder.activate_search("stage")
    decoder.start_utt()
    decoder.process_raw(dithered.tobytes(), full_utt=True)
    decoder.end_utt()
    found = decoder.hyp()
    return found.hypstr if found is not None else ""


def grammar() -> str:
    words = " | ".join(re.sub(r"[^a-z ]", "", sentence.lower()) for sentence in SENTENCES)
    return f"#JSGF V1.0;\ngrammar stage;\npublic <sentence> = {words};\n"
