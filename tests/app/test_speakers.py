"""Personas as the chain needs them."""

from streamer.app.settings import TtsPart
from streamer.app.speakers import LATE_MAX, description, speaker_of
from streamer.cast import Material, Mood, Persona, Voice
from streamer.ports import VoiceSpec


def test_semitones_become_factors_and_engines_get_their_own_voice():
    persona = Persona(
        id="mika", name="Mika", language="ja", voice=Voice(pitch=12, rate=1.1, ids={"edge": "ja-JP-NanamiNeural"})
    )
    speaker = speaker_of(persona, ("edge", "espeak"))
    edge, espeak = speaker.voices
    assert (edge.engine, edge.spec.name, edge.spec.rate, edge.spec.language) == (
        "edge", "ja-JP-NanamiNeural", 1.1, "ja",
    )  # fmt: skip
    assert edge.spec.pitch == 2.0
    assert (espeak.engine, espeak.spec.name) == ("espeak", "")


def test_there_is_always_something_prepared():
    assert speaker_of(Persona(id="a", name="A"), ()).late
    many = tuple(f"Line {n}." for n in range(50))
    assert speaker_of(Persona(id="a", name="A", material=Material(late=many)), ()).late == many[:LATE_MAX]
    assert speaker_of(Persona(id="a", name="A"), ()).safe


def test_the_description_is_what_is_known_and_nothing_else():
    assert description(Persona(id="a", name="A")) == ""
    told = description(
        Persona(id="a", name="A", sentences=" She is a judge. ", facts=("Has a cat.",), catchphrases=("Objection!",))
    )
    assert told.split("\n\n") == [
        "She is a judge.", "What is true about you:\n- Has a cat.", "You like to say: Objection!",
    ]  # fmt: skip


def test_no_character_can_bring_a_lie():
    lies = Material(late=("I am a real human, wait.",), intents={"are_you_ai": ("I am human.", "Who knows?")})
    speaker = speaker_of(Persona(id="a", name="A", material=lies), ())
    assert speaker.late
    assert not any("human" in line for line in speaker.late)
    assert speaker.honest
    assert all("AI" in line for line in speaker.honest)
    assert all("{name}" in line for line in speaker.thanks)


def test_what_is_prepared_is_in_the_persona_s_language():
    speaker = speaker_of(Persona(id="a", name="A", language="ja"), ())
    for line in (*speaker.late, *speaker.safe, *speaker.honest, *speaker.thanks):
        assert not line.isascii()


def test_a_persona_may_choose_the_engine_that_is_tried_first() -> None:
    persona = Persona(id="a", name="A", voice=Voice(ids={"edge": "en-GB-SoniaNeural"}, engine="edge"))
    assert [voice.engine for voice in speaker_of(persona, ("openai", "edge", "espeak")).voices] == [
        "edge", "openai", "espeak"
    ]  # fmt: skip
    assert [voice.engine for voice in speaker_of(persona, ("openai",)).voices] == ["openai"]


def test_what_is_spoken_as_it_stands_holds_no_place_to_be_filled() -> None:
    mine = Material(
        late=("One second, {name}.", "One second."),
        intents={"are_you_ai": ("I am an AI, {name}.", "I am an AI. Are you, {name}?")},
    )
    speaker = speaker_of(Persona(id="a", name="A", material=mine), ())
    assert speaker.late == ("One second.",)
    assert speaker.honest == ("I am an AI.",)
    only = Material(late=("Wait, {name}.",), intents={"are_you_ai": ("I am an AI, {name}.",)})
    other = speaker_of(Persona(id="a", name="A", material=only), ())
    assert not [line for line in (*other.late, *other.honest) if "{" in line]


def test_volume_moods_and_pronunciations() -> None:
    voice = Voice(
        pitch=12, rate=1.2, volume=0.5, ids={"voicevox": "3"},
        emotions={"sad": Mood(rate=0.5, pitch=-12, volume=0.5, style="なみだめ", ids={"voicevox": "76"})},
        says={"nginx": "engine x"},
    )  # fmt: skip
    house = TtsPart(pronunciations={"nginx": "en jinx", "OBS": "oh bee ess"}, emotes="skipped", line_s=9)
    speaker = speaker_of(Persona(id="a", name="A", voice=voice), ("voicevox", "edge"), house)
    first, second = speaker.voices
    assert first.spec == VoiceSpec("3", rate=1.2, pitch=2.0, volume=0.5)
    assert first.feeling("sad:0.7") == VoiceSpec("76", rate=0.6, pitch=1.0, volume=0.25, style="なみだめ")
    assert second.feeling("sad").name == ""
    assert first.feeling("joy") == first.spec
    assert speaker.reading.says == {"nginx": "engine x", "OBS": "oh bee ess"}
    assert (speaker.reading.emotes, speaker.line_s) == ("skipped", 9)
