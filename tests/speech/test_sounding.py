"""How a clause sounds: moods, volume, pronunciations, loudness, silence in front; new engines that fail midway."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from streamer.adapters.tts.elevenlabs import ElevenLabsVoice
from streamer.adapters.tts.espeak import EspeakVoice
from streamer.adapters.tts.voicevox import VoicevoxVoice
from streamer.ports import Done, Pcm, SpeechPiece, SpeechRequest, VisemeMark, VoiceCaps, VoiceSpec, WordMark
from streamer.speech.levels import loudness
from streamer.speech.speaker import Voice
from streamer.speech.spoken import Reading
from tests.adapters.tts.spoken import spoken, words
from tests.fakes.elevenlabs import KEY, FakeElevenLabs
from tests.fakes.llm import FakeModel
from tests.fakes.tts import FakeVoice, How, tone
from tests.fakes.voicevox import FakeVoicevox
from tests.speech.stage import House
from tests.virtual_time import run_virtual


def recast(house: House, **more: object) -> None:
    house.cast["mika"] = msgspec.structs.replace(house.cast["mika"], **more)


def level(house: House, line: int = 1) -> float:
    """RMS of what sounded, after its first second."""
    heard = [loudness(frame) for number, frame, _ in house.sink.played if number == line]
    loud = [each for each in heard[50:] if each > 300]
    return sum(loud) / len(loud)


def test_a_mood_reaches_the_engine_and_the_volume_does_not():
    async def main() -> None:
        voice = FakeVoice("a")
        house = House(FakeModel("[joy] That is wonderful news. [neutral] We go on now."), voice)
        sad = VoiceSpec("other", rate=1.2, volume=0.5, style="cheerful")
        recast(house, voices=(Voice("a", VoiceSpec("v", volume=0.9), {"joy": sad}),))
        await house.perform()
        assert [each.voice for each in voice.requests] == [
            msgspec.structs.replace(sad, volume=1.0), VoiceSpec("v"),
        ]  # fmt: skip
        await house.close()

    run_virtual(main())


@pytest.mark.parametrize("amplitude", [1000, 6000, 30_000])
def test_voices_come_out_equally_loud_and_at_their_volume(amplitude: int):
    async def main() -> None:
        text = "This sentence is long enough to be heard for some seconds, is it not? " * 2
        house = House(FakeModel(text), FakeVoice("a", level=amplitude))
        await house.perform()
        usual = level(house)
        assert usual == pytest.approx(32768 * 10 ** (-17.5 / 20), rel=0.2)
        recast(house, voices=(Voice("a", VoiceSpec("v", volume=0.5)),))
        await house.perform(2)
        assert level(house, 2) == pytest.approx(usual / 2, rel=0.1)
        await house.close()

    run_virtual(main())


def test_what_is_spoken_is_not_what_is_shown():
    async def main() -> None:
        voice = FakeVoice("a")
        house = House(FakeModel("We love nginx a lot here."), voice)
        recast(house, reading=Reading({"nginx": "engine x"}))
        await house.perform()
        assert voice.requests[0].text == "We love engine x a lot here."
        view = house.views[1, 0][-1]
        assert view.text == "We love nginx a lot here."
        assert [view.text[start:end] for _, _, start, end in view.words][:4] == ["We", "love", "nginx", "a"]
        shown = view.words[2]
        assert shown[1] == pytest.approx(8 * 60, abs=61)  # both words of what is said for it
        assert house.heard() == "We love nginx a lot here."
        await house.close()

    run_virtual(main())


def test_a_clause_of_emotes_is_shown_and_no_engine_is_asked():
    async def main() -> None:
        voice = FakeVoice("a")
        house = House(FakeModel("LUL"), voice)
        recast(house, reading=Reading(emotes="skipped"))
        end = await house.perform()
        assert end.outcome == "finished"
        assert voice.requests == []
        await house.close()

    run_virtual(main())


class Late:
    """Silence in front of its sound; tells marks ahead, as engines do that know all before they speak."""

    caps = VoiceCaps(engine="late", word_marks=True, viseme_marks=True)

    async def synthesize(self, request: SpeechRequest) -> AsyncIterator[SpeechPiece]:
        yield WordMark(500, 500, 0, 5)
        yield VisemeMark(500, "aa", 500)
        yield Pcm(tone(500, 0), 0)
        yield Pcm(tone(1000, 9000), 500)
        yield WordMark(1000, 500, 6, len(request.text))
        yield Done(1500)

    async def warm(self) -> None:
        return

    async def aclose(self) -> None:
        return


def test_silence_in_front_is_left_out_and_marks_move_with_it():
    async def main() -> None:
        house = House(FakeModel("Hello everybody."), Late())
        await house.perform()
        view = house.views[1, 0][-1]
        assert [word[:2] for word in view.words] == [(20, 500), (520, 500)]
        assert view.mouth is not None
        assert view.mouth.shapes[0] == (20, "aa")
        assert house.records[0].total_ms == 1020
        await house.close()

    run_virtual(main())


def test_an_engine_of_another_language_is_left_out():
    async def main() -> None:
        voice, other = FakeVoice("a"), FakeVoice("b")
        voice.caps = msgspec.structs.replace(voice.caps, languages=("ja",))
        house = House(FakeModel("Hello there, everybody."), voice, other)
        await house.perform()
        assert voice.requests == []
        assert len(other.requests) == 1
        await house.close()

    run_virtual(main())


def test_the_next_voice_goes_on_as_loud():
    async def main() -> None:
        text = "This is one long sentence that a first voice begins to say and that another one has to end."
        first = FakeVoice("first", How(pace=0.9, short_at_ms=2000), level=1000)
        house = House(FakeModel(text), first, FakeVoice("second", level=25_000, hertz=400))
        await house.perform()
        heard = [loudness(frame) for _, frame, _ in house.sink.played]
        early, late = heard[60:90], heard[-60:-30]
        assert sum(early) / len(early) == pytest.approx(sum(late) / len(late), rel=0.25)
        assert house.heard() == text
        await house.close()

    run_virtual(main())


@pytest.mark.parametrize("mode", ["cut", "stall"])
async def test_elevenlabs_breaks_off_and_the_next_one_ends_the_line(mode: str):
    text = "Hello everyone, and welcome back to the show!"
    async with FakeElevenLabs(spoken, words) as server:
        server.mode = mode
        part = {"base_url": server.root, "api_key": KEY, "stall_s": 0.3}
        voice, last = ElevenLabsVoice.model_validate(part).open(), EspeakVoice().open()
        house = House(FakeModel(text), voice, last, first_audio_s=20, stall_s=20)
        end = await house.perform()
        assert end.outcome == "finished"
        assert house.heard() == text
        assert house.records[0].engines == ("elevenlabs", "espeak")
        await house.performer.aclose()
        await voice.aclose()
        await last.aclose()


async def test_voicevox_breaks_off_and_captions_show_the_line():
    async with FakeVoicevox(lambda _text: spoken("Hello everyone, and welcome back.")) as server:
        server.mode = "cut"
        voice = VoicevoxVoice(url=server.root, stall_s=0.3).open()
        house = House(FakeModel("今日は、みんなで猫を見ます。"), voice, first_audio_s=20, stall_s=20)
        recast(house, voices=(Voice("voicevox", VoiceSpec("3", language="ja")),), language="ja")
        end = await house.perform()
        assert end.outcome == "finished"
        assert house.heard() == "今日は、みんなで猫を見ます。"
        await house.performer.aclose()
        await voice.aclose()
