"""The ear with a scripted detector and recogniser: what it tells, and when, in milliseconds of the sound."""

import asyncio
from typing import Any

import msgspec
import pytest

from streamer.hearing import EarLimits
from streamer.ports import EAR_FRAME_BYTES, Final, Misconfigured, Partial, Unavailable
from tests.hearing.kit import LIMITS, Rig, Script, ScriptedRecognizer, quiet, rig, voice

WHOLE = "Hello Mika, how are you?"


def levels(pcm: bytes) -> list[int]:
    """The loudest sample of each 20 ms."""
    return [max(map(abs, memoryview(pcm[at : at + 640]).cast("h"))) for at in range(0, len(pcm), 640)]


# --- a turn -----------------------------------------------------------------------------------------------------------


async def test_a_turn_from_the_first_window_to_the_words() -> None:
    async with rig(WHOLE, language="en", hints=lambda: ["Mika"]) as it:
        await it.hear(quiet(1_000), voice(1_200), quiet(1_000))
        assert it.words == ["suspected", "confirmed+words", "ended", f"partial:{WHOLE}", f"turn:{WHOLE}"]
        assert it.at("suspected") <= 1_000 + 64
        assert it.at("confirmed") <= 1_000 + 210
        assert 2_200 + 250 <= it.at("ended") <= 2_200 + 300
        assert 2_200 + 300 <= it.at("turn") <= 2_200 + 360
        assert it.recognizer.asked == [("en", ["Mika"])]
        turn = it.turns[0]
        assert turn.began_s == pytest.approx(1.0, abs=0.05)
        assert turn.ended_s == pytest.approx(2.2, abs=0.05)
        assert set(turn.spans) == {"onset", "confirm", "candidate", "endpoint", "asr"}
        assert turn.spans["onset"] <= 64
        assert turn.spans["confirm"] <= 192
        assert turn.spans["endpoint"] <= 360


async def test_the_first_syllable_is_not_lost() -> None:
    async with rig(WHOLE) as it:
        await it.hear(quiet(1_000, 8), quiet(480, 100), voice(1_000), quiet(1_000))
        sent = levels(bytes(it.recognizer.hearings[0].pcm))
        loud = next(at for at, level in enumerate(sent) if level > 5_000)
        assert 22 <= loud <= 26, "half a second before the voice"
        assert all(level == 100 for level in sent[2:loud])
        assert sum(level > 5_000 for level in sent) in (50, 51), "all of the voice"


async def test_the_sound_of_one_utterance_is_not_in_the_next() -> None:
    async with rig("Is it red?", "Is it blue?") as it:
        await it.hear(quiet(1_000), voice(600, 6_000), quiet(360), voice(600, 9_000), quiet(800))
        first, second = (levels(bytes(each.pcm)) for each in it.recognizer.hearings)
        assert max(first) == 6_000
        assert 6_000 not in second
        assert [turn.text for turn in it.turns] == ["Is it red?", "Is it blue?"]


@pytest.mark.parametrize(
    ("said", "least", "most"),
    [("Is it red?", 300, 360), ("the red dragon", 700, 760), ("it is red and", 1_800, 1_860), ("well,", 1_800, 1_860)],
)
async def test_the_end_of_a_turn_waits_for_what_was_said(said: str, least: int, most: int) -> None:
    async with rig(said, language="en") as it:
        await it.hear(quiet(500), voice(800), quiet(2_500))
        assert least <= it.at("turn") - 1_300 <= most


async def test_who_goes_on_in_time_has_said_one_thing() -> None:
    script = Script("Is it red or is it blue?", look="Is it red or")
    async with rig(script, language="en") as it:
        await it.hear(quiet(500), voice(800), quiet(1_200))
        script.look = "Is it red or is it blue?"
        await it.hear(voice(800), quiet(600))
        assert [turn.text for turn in it.turns] == ["Is it red or is it blue?"]
        assert [each for each in it.words if not each.startswith("partial")] == [
            "suspected", "confirmed+words", "ended", "suspected", "confirmed+words", "ended",
            "turn:Is it red or is it blue?",
        ]  # fmt: skip
        assert len(it.recognizer.hearings) == 1


async def test_a_click_in_the_pause_does_not_make_it_longer() -> None:
    async with rig("the red dragon") as it:
        await it.hear(quiet(500), voice(800), quiet(400), voice(40), quiet(1_000))
        assert it.words.count("suspected") == 2
        assert it.words.count("confirmed+words") == 1
        assert it.at("turn") - 1_300 < 850


async def test_a_recogniser_without_looks_is_patient_and_joins_what_belongs_together() -> None:
    async with rig(Script("I went to the shop and..."), Script("bought a dragon."), language="en") as it:
        await it.hear(quiet(500), voice(800), quiet(1_000), voice(800), quiet(2_000))
        assert [turn.text for turn in it.turns] == ["I went to the shop and bought a dragon."]
        assert it.turns[0].began_s == pytest.approx(0.5, abs=0.05)
        assert len(it.recognizer.hearings) == 2


async def test_a_sentence_that_stays_unfinished_is_told_in_the_end() -> None:
    async with rig(Script("I went to the shop and"), language="en") as it:
        await it.hear(quiet(500), voice(800), quiet(1_400))
        assert it.turns == []
        await it.hear(quiet(600))
        assert it.at("turn") - 1_300 <= 1_860


async def test_an_unfinished_sentence_is_not_lost_when_nothing_follows_it() -> None:
    for second in ("", "mhm"):
        async with rig(Script("I went to the shop and"), Script(second), language="en") as it:
            await it.hear(quiet(500), voice(800), quiet(1_000), voice(400), quiet(1_000))
            assert [turn.text for turn in it.turns] == ["I went to the shop and"]
            assert not any(each.startswith("nothing") for each in it.words)


async def test_partial_results_are_passed_on() -> None:
    async with rig(Script("Is it red?")) as it:
        await it.hear(quiet(500), voice(400))
        it.recognizer.hearings[0].on_partial(Partial("Is it", stable=2))
        await it.hear(voice(400), quiet(1_000))
        assert it.words[2:] == ["partial:Is it", "ended", "turn:Is it red?"]


async def test_two_utterances_at_once_come_out_in_order() -> None:
    slow = Script("Is it red?", look="Is it red?")
    slow.hold = asyncio.Event()
    async with rig(slow, "Is it blue?") as it:
        await it.hear(quiet(500), voice(800), quiet(500), voice(800), quiet(800))
        assert it.turns == []
        assert all(each.finished for each in it.recognizer.hearings)
        slow.hold.set()
        await it.until("turn:Is it blue?")
        assert [turn.text for turn in it.turns] == ["Is it red?", "Is it blue?"]
        assert [turn.began_s for turn in it.turns] == sorted(turn.began_s for turn in it.turns)


# --- nothing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("final", "why"),
    [
        (Final("Mhm."), "backchannel"),
        (Final(""), "nothing"),
        (Final("[Music]"), "noise"),
        (Final("Thank you for watching!", confidence=0.4), "noise"),
        (Final("the dragon is behind the old council", confidence=0.9), "echo"),
        (Unavailable("the server is down"), "nothing"),
        (Misconfigured("the key is wrong", fix="another"), "nothing"),
    ],
)
async def test_what_is_no_turn_says_why(final: Any, why: str) -> None:
    async with rig(Script(final)) as it:
        it.said = ["The dragon is behind the old castle."]
        await it.hear(quiet(500), voice(1_400), quiet(1_000))
        assert it.turns == []
        assert it.words[-1] == f"nothing:{why}"
        troubles = [each for each in it.words if each.startswith("trouble")]
        assert troubles == ([f"trouble:{final}"] if isinstance(final, Exception) else [])


async def test_without_a_recogniser_only_presence_is_told() -> None:
    async with rig() as it:
        it.recognizer = None
        await it.hear(quiet(500), voice(800), quiet(1_000), voice(800), quiet(1_000))
        assert it.words == ["suspected", "confirmed", "ended"] * 2


async def test_a_recogniser_that_refuses_leaves_presence() -> None:
    class Refusing(ScriptedRecognizer):
        def hear(self, **_: Any) -> Any:
            raise Misconfigured("no key", fix="write one")

    async with rig() as it:
        it.recognizer = Refusing()
        await it.hear(quiet(500), voice(800), quiet(1_000))
        assert it.words == ["suspected", "trouble:no key", "confirmed", "ended"]


async def test_a_click_is_a_suspicion_that_ends() -> None:
    async with rig(WHOLE) as it:
        await it.hear(quiet(500), voice(60), quiet(500))
        assert it.words == ["suspected", "ended"]
        assert it.recognizer.hearings == []


async def test_a_burst_that_is_too_short_is_noise_that_no_recogniser_sees() -> None:
    async with rig(WHOLE, limits=msgspec.structs.replace(LIMITS, least_ms=400)) as it:
        await it.hear(quiet(500), voice(220), quiet(1_000))
        assert it.words[-1] == "nothing:noise"
        assert not it.recognizer.hearings[0].finished
        assert it.recognizer.hearings[0].dropped


async def test_a_voice_not_above_the_noise_of_the_room_is_nobody() -> None:
    class Deaf:  # the detector believes everything
        name = "believes"

        async def open(self) -> None: ...
        async def score(self, window: bytes) -> float:
            return 0.9 if len(set(window[:8])) > 4 else 0.0

        def reset(self) -> None: ...
        async def aclose(self) -> None: ...

    def sound(level: int, *, speech: bool) -> bytes:
        other = -level - 3 if speech else -level
        block = b"".join(each.to_bytes(2, "little", signed=True) for each in (level, other, level + 5 * speech, other))
        return block * (1_000 * 16 // 4)

    async with rig(WHOLE, vad=Deaf()) as it:
        await it.hear(sound(1_000, speech=False), sound(1_000, speech=False), sound(1_500, speech=True))
        assert it.words == [], "4 dB above the fan"
        assert it.ear.floor_db == pytest.approx(-30.3, abs=0.5)
        await it.hear(sound(9_000, speech=True))
        assert it.words == ["suspected", "confirmed+words"]


async def test_a_recogniser_that_hangs_is_given_up_and_the_ear_goes_on() -> None:
    hung = Script("never", look="Is it red?")
    hung.hold = asyncio.Event()
    async with rig(hung, "Is it blue?", limits=msgspec.structs.replace(LIMITS, answer_ms=200)) as it:
        await it.hear(quiet(500), voice(800), quiet(500), voice(800), quiet(800))
        await it.until("turn")
        assert it.words.index("trouble:the recogniser did not answer within 0.2 s") < it.words.index("nothing:nothing")
        assert it.recognizer.hearings[0].dropped
        assert [turn.text for turn in it.turns] == ["Is it blue?"]


async def test_a_recogniser_that_never_answers_ends_by_the_limit_for_the_whole_chain() -> None:
    assert EarLimits().answer_ms == 20_000, "three engines of 6 s each, one after the other"
    hung = Script("never")
    hung.hold = asyncio.Event()
    async with rig(hung, WHOLE, limits=msgspec.structs.replace(LIMITS, answer_ms=50)) as it:
        await it.hear(quiet(500), voice(800), quiet(1_000))
        await it.until("nothing:nothing")
        await it.hear(voice(800), quiet(1_000))
        await it.until("turn")
        assert [turn.text for turn in it.turns] == [WHOLE]


async def test_a_fault_that_nobody_foresaw_costs_one_utterance(caplog: pytest.LogCaptureFixture) -> None:
    async with rig(Script(KeyError("my address is"), look="Is it red?"), WHOLE) as it:
        await it.hear(quiet(500), voice(800), quiet(1_000), voice(800), quiet(1_000))
        await it.until("turn")
        assert [each for each in it.words if each.startswith(("nothing", "turn"))] == [
            "nothing:nothing",
            f"turn:{WHOLE}",
        ]
    assert "KeyError" in caplog.text
    assert "address" not in caplog.text


async def test_a_fault_in_the_rules_costs_one_utterance(monkeypatch: pytest.MonkeyPatch) -> None:
    said = "streamer.hearing.turns.verdict"
    async with rig("Is it red?", WHOLE) as it:
        with monkeypatch.context() as broken:
            broken.setattr(said, lambda *_, **__: 1 / 0)
            await it.hear(quiet(500), voice(800), quiet(1_000))
            await it.until("nothing:nothing")
        await it.hear(voice(800), quiet(1_000))
        await it.until(f"turn:{WHOLE}")


async def test_a_recogniser_that_cancels_itself_costs_one_utterance() -> None:
    async with rig("Is it red?", WHOLE) as it:
        await it.hear(quiet(500), voice(800))

        async def cancelled() -> Final:
            raise asyncio.CancelledError

        it.recognizer.hearings[0].finish = cancelled
        await it.hear(quiet(1_000), voice(800), quiet(1_000))
        await it.until(f"turn:{WHOLE}")
        assert "nothing:nothing" in it.words


async def test_a_look_that_fails_in_a_new_way_costs_nothing() -> None:
    async with rig("Is it red?") as it:
        await it.hear(quiet(500), voice(800))

        async def broken() -> Partial:
            raise KeyError("red")

        it.recognizer.hearings[0].look = broken
        await it.hear(quiet(1_000))
        await it.until("turn:Is it red?")


async def test_a_look_that_hangs_costs_nothing() -> None:
    class Slow(Script):
        pass

    async with rig(Slow("Is it red?"), limits=msgspec.structs.replace(LIMITS, look_ms=20)) as it:
        await it.hear(quiet(500), voice(800))

        async def never() -> Partial:
            await asyncio.sleep(3_600)
            raise AssertionError

        it.recognizer.hearings[0].look = never
        await it.hear(quiet(1_000))
        assert 700 <= it.at("turn") - 1_300 <= 760


# --- backchannels and echo by who else speaks -------------------------------------------------------------------------


async def test_yes_is_an_answer_when_nobody_of_the_cast_speaks() -> None:
    speaking = True
    async with rig("Yeah.", "Yeah.", on_air=lambda: speaking) as it:
        await it.hear(quiet(500), voice(400), quiet(1_000))
        assert it.words[-1] == "nothing:backchannel"
        speaking = False
        await it.hear(quiet(2_000), voice(400), quiet(1_000))
        assert it.words[-1] == "turn:Yeah."


async def test_what_is_said_while_nobody_of_the_cast_sounds_is_no_echo() -> None:
    speaking = True
    line = "the dragon is behind the old castle"
    async with rig(line, line, on_air=lambda: speaking) as it:
        it.said = ["The dragon is behind the old castle."]
        await it.hear(quiet(500), voice(1_400), quiet(1_000))
        assert it.words[-1] == "nothing:echo"
        speaking = False
        await it.hear(quiet(2_000), voice(1_400), quiet(1_000))
        assert it.words[-1] == f"turn:{line}"


# --- the key ----------------------------------------------------------------------------------------------------------


async def test_a_held_key_is_a_voice_at_once_and_its_release_the_end() -> None:
    async with rig("Yeah.") as it:
        await it.hear(quiet(1_000))
        it.ear.push(True)
        it.ear.push(True)
        assert it.words == ["suspected", "confirmed+words"]
        assert it.ear.speaking
        await it.hear(quiet(600), voice(500), quiet(900))
        assert it.words == ["suspected", "confirmed+words"], "silence is no end while it is held"
        it.ear.push(False)
        await it.drained()
        assert it.words[2:] == ["ended", "turn:Yeah."], "who presses a key means it"
        assert not it.ear.speaking
        pcm = it.recognizer.hearings[0].pcm
        assert abs(len(pcm) // 32 - 2_500) < 60, "with half a second before the key, to the last sample"


async def test_a_key_hit_by_mistake() -> None:
    async with rig(WHOLE) as it:
        await it.hear(quiet(500))
        it.ear.push(True)
        await it.hear(voice(160))
        it.ear.push(False)
        it.ear.push(False)
        await it.drained()
        assert it.words == ["suspected", "confirmed+words", "ended", "nothing:noise"]
        assert it.recognizer.hearings[0].dropped


async def test_a_key_held_in_silence_is_nothing() -> None:
    async with rig("Thank you.") as it:
        it.ear.push(True)
        await it.hear(quiet(1_500))
        it.ear.push(False)
        await it.drained()
        assert it.words[-1] == "nothing:noise"
        assert not it.recognizer.hearings[0].finished


async def test_a_key_pressed_while_the_voice_is_there_holds_the_turn() -> None:
    async with rig("It is red and") as it:
        await it.hear(quiet(500), voice(600))
        it.ear.push(True)
        await it.hear(quiet(1_500), voice(300))
        it.ear.push(False)
        await it.drained()
        assert it.words == ["suspected", "confirmed+words", "ended", "turn:It is red and"]


async def test_a_key_pressed_in_a_pause_goes_on_with_the_turn() -> None:
    async with rig(Script("It is red", look="It is")) as it:
        await it.hear(quiet(500), voice(600), quiet(400))
        it.ear.push(True)
        await it.hear(voice(600))
        it.ear.push(False)
        await it.drained()
        assert [each for each in it.words if not each.startswith("partial")] == [
            "suspected", "confirmed+words", "ended", "suspected", "confirmed+words", "ended", "turn:It is red",
        ]  # fmt: skip


async def test_a_key_pressed_again_while_its_release_still_waits_is_not_lost() -> None:
    async with rig("Is it red?", "Is it blue?") as it:
        it.ear.push(True)
        await it.hear(voice(600))
        it.ear.feed(voice(20))
        it.ear.push(False)
        it.ear.push(True)
        await it.drained()
        assert it.ear.speaking
        await it.until("turn:Is it red?")
        told = [each for each in it.words if not each.startswith("turn")]
        assert told == ["suspected", "confirmed+words", "ended", "suspected", "confirmed+words"]
        await it.hear(quiet(900), voice(600))
        it.ear.push(False)
        await it.drained()
        await it.until("turn:Is it blue?")
        assert not it.ear.speaking


async def test_a_key_pressed_and_let_go_in_one_moment_ends_as_it_was_left() -> None:
    async with rig("Is it red?") as it:
        it.ear.push(True)
        await it.hear(voice(600))
        for on in (False, True, False, True, False):
            it.ear.push(on)
        await it.drained()
        assert not it.ear.speaking
        assert "turn:Is it red?" in it.words
        assert it.words[-1] == "nothing:noise", "hit by mistake"


async def test_a_release_is_not_lost_with_the_sound_before_it() -> None:
    async with rig("Is it red?") as it:
        it.ear.push(True)
        await it.hear(voice(600))
        it.ear.push(False)
        for _ in range(200):
            it.ear.feed(quiet(20))
        assert it.ear.lost_ms > 0
        await it.drained()
        assert not it.ear.speaking
        assert "turn:Is it red?" in it.words


async def test_a_key_held_when_the_ear_closed_can_be_pressed_again() -> None:
    async with rig("", "Is it red?") as it:
        it.ear.push(True)
        await it.hear(voice(600))
        it.ear.close("muted")
        it.ear.open()
        it.ear.push(True)
        await it.hear(voice(600))
        it.ear.push(False)
        await it.until("turn:Is it red?")


async def test_a_key_whose_page_is_gone_is_let_go() -> None:
    async with rig("Is it red?") as it:
        it.ear.push(True)
        await it.hear(voice(600))
        await no_more(it, idle_ms=20, lost_ms=60)
        await it.until("turn")
        assert it.words[2:] == ["ended", "turn:Is it red?"]


# --- open, closed, no sound -------------------------------------------------------------------------------------------


async def test_a_closed_ear_hears_nothing() -> None:
    async with rig(WHOLE) as it:
        it.ear.close("muted")
        it.ear.close("muted")
        it.ear.push(True)
        await it.hear(quiet(500), voice(1_000), quiet(1_000))
        assert it.told == []
        assert not it.ear.is_open
        it.ear.open()
        await it.hear(quiet(1_000))
        assert it.told == []
        await it.hear(voice(1_000), quiet(1_000))
        assert it.words[-1] == f"turn:{WHOLE}"
        assert max(levels(bytes(it.recognizer.hearings[0].pcm))[:10]) == 8, "nothing of before"


async def test_closing_in_the_middle_drops_what_was_begun_and_says_so() -> None:
    async with rig(WHOLE) as it:
        await it.hear(quiet(500), voice(700))
        resets = it.vad.resets
        it.ear.close("playing")
        assert it.words == ["suspected", "confirmed+words", "ended", "nothing:nothing"]
        assert it.recognizer.hearings[0].dropped
        assert it.vad.resets == resets + 1
        assert not it.ear.speaking


async def test_what_was_said_before_it_closed_still_comes() -> None:
    slow = Script(WHOLE, look=WHOLE)
    slow.hold = asyncio.Event()
    async with rig(slow) as it:
        await it.hear(quiet(500), voice(800), quiet(500))
        it.ear.close("muted")
        slow.hold.set()
        await it.until("turn")
        assert it.words[-1] == f"turn:{WHOLE}"


async def no_more(it: Rig, **limits: int) -> None:
    """The next window is the last one."""
    it.ear.limits = msgspec.structs.replace(LIMITS, **limits)
    await it.hear(voice(40))


async def test_sound_that_stops_in_the_middle_of_a_word_is_silence() -> None:
    async with rig("Is it red?") as it:
        await it.hear(quiet(500), voice(800))
        await no_more(it, idle_ms=20)
        await it.until("turn")
        assert it.words[-3:] == ["ended", "partial:Is it red?", "turn:Is it red?"]


async def test_a_suspicion_without_more_sound_ends() -> None:
    async with rig("Is it red?") as it:
        await it.hear(quiet(500), voice(60))
        await no_more(it, idle_ms=20)
        await it.until("ended")
        assert it.words == ["suspected", "ended"]


async def test_a_frame_of_another_rate_is_refused() -> None:
    async with rig() as it:
        for size in (0, 320, 960, 1_920):
            with pytest.raises(ValueError, match=r"16,000 Hz.*not " + str(size)):
                it.ear.feed(bytes(size))


async def test_looking_at_several_windows_at_once_changes_nothing_but_the_cost() -> None:
    sound = (quiet(1_010), voice(800), quiet(420), voice(600), quiet(1_700), voice(50), quiet(900))
    told: list[list[tuple[int, str]]] = []
    for batch in (1, 4):
        scored: list[int] = []
        async with rig(Script("x", look="Is it red and"), limits=msgspec.structs.replace(LIMITS, batch=batch)) as it:
            it.recognizer.scripts[0].final = Final("Is it red and green?")
            score = it.vad.score

            async def counted(window: bytes, it: Any = it, score: Any = score, scored: list[int] = scored) -> float:
                scored.append(round(it.now * 1000))
                return await score(window)

            it.vad.score = counted
            await it.hear(*sound)
            told.append(it.told)
        if batch == 4:
            assert len(set(scored)) < 0.6 * len(scored), "the quiet and the voiced ones together"
    assert told[0] == told[1]


async def test_sound_that_comes_faster_than_it_can_be_looked_at_is_counted_and_lost() -> None:
    it = Rig(ScriptedRecognizer())
    for _ in range(150):
        it.ear.feed(bytes(EAR_FRAME_BYTES))
    assert 960 <= it.ear.lost_ms <= 1_000


# --- long talk --------------------------------------------------------------------------------------------------------


async def test_half_a_minute_of_shouting_is_cut_at_its_quietest_places() -> None:
    async with rig("first part", "second part", "third part") as it:
        await it.hear(quiet(1_000), voice(12_000), voice(400, 2_000), voice(12_600), voice(400, 2_500), voice(4_600))
        await it.hear(quiet(1_000))
        assert [turn.text for turn in it.turns] == ["first part", "second part", "third part"]
        assert it.words.count("ended") == 1, "the voice went on"
        assert it.words.count("confirmed+words") == 1
        parts = [levels(bytes(each.pcm)) for each in it.recognizer.hearings]
        assert 12_500 < len(parts[0]) * 20 < 13_000
        assert {2_000} <= set(parts[0][-5:]) | set(parts[1][:5])
        assert {2_500} <= set(parts[1][-5:]) | set(parts[2][:5])
        total = sum(sum(level > 1_000 for level in part) for part in parts)
        assert abs(total - 30_000 // 20) <= 6, "every sample once"
        assert all(len(part) * 20 <= 15_100 for part in parts)


async def test_a_long_sentence_that_ends_before_the_limit_is_whole() -> None:
    async with rig("Is it red?") as it:
        await it.hear(quiet(1_000), voice(13_500), quiet(1_000))
        pcm = it.recognizer.hearings[0].pcm
        assert abs(sum(level > 5_000 for level in levels(bytes(pcm))) - 13_500 // 20) <= 2
        assert it.words[-1] == "turn:Is it red?"


# --- the detector -----------------------------------------------------------------------------------------------------


async def test_a_detector_that_dies_once_is_opened_again() -> None:
    async with rig("Is it red?") as it:
        await it.hear(quiet(500), voice(500))
        it.vad.raises.append(Unavailable("the process ended"))
        await it.hear(voice(100), quiet(600))
        assert it.words[:4] == ["suspected", "confirmed+words", "ended", "nothing:nothing"]
        assert it.vad.opened == 2
        said = len(it.words)
        await it.hear(quiet(400), voice(800), quiet(800))
        assert it.words[said:] == ["suspected", "confirmed+words", "ended", "nothing:nothing"]


async def test_a_detector_that_keeps_dying_ends_the_run() -> None:
    it = Rig(ScriptedRecognizer())
    it.vad.raises += [Unavailable("the process ended"), Unavailable("again")]
    running = asyncio.create_task(it.ear.run())
    await asyncio.sleep(0)
    for at in range(2):
        while it.vad.opened < 1 + at:
            await asyncio.sleep(0)
        it.ear.feed(bytes(EAR_FRAME_BYTES))
        it.ear.feed(bytes(EAR_FRAME_BYTES))
    with pytest.raises(Unavailable, match="again"):
        await running


async def test_a_detector_that_cannot_open_says_why() -> None:
    it = Rig()

    async def refuse() -> None:
        raise Misconfigured("not installed", fix="python3 run.py add whisper")

    it.vad.open = refuse
    with pytest.raises(Misconfigured):
        await it.ear.run()


async def test_ending_the_run_leaves_nothing() -> None:
    slow = Script(WHOLE, look=WHOLE)
    slow.hold = asyncio.Event()
    async with rig(slow, WHOLE) as it:
        await it.hear(quiet(500), voice(800), quiet(500), voice(400))
    assert it.words[-1] == "ended"
    assert all(each.dropped for each in it.recognizer.hearings)


def test_limits_are_settings_like_any_other() -> None:
    assert msgspec.json.decode(msgspec.json.encode(EarLimits(confirm_ms=200)), type=EarLimits).confirm_ms == 200
