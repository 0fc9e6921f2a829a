"""Exchanges made again: the chain of the show, with honest stand-ins for model and voice."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable

from streamer.adapters.tts.common.mp3 import Mp3Decoder
from streamer.app.night.exchanges import best
from streamer.app.night.mp3 import encoded
from streamer.app.night.retell import Retold
from streamer.app.night.story import Played
from streamer.app.night.voicing import Studio, Voiced
from streamer.app.speakers import speaker_of
from streamer.core.verdict import ALLOW, Verdict
from streamer.ports import Completion, LanguageModel, Token, Unavailable, Usage
from streamer.speech.tags import EXPRESSIONS, GESTURES
from tests.fakes.tts import BRIEF, FakeVoice, How, tone


class Model:
    """LanguageModel that says one text after a while, or fails."""

    name = "model"

    def __init__(self, text: str = "", *, after_s: float = 0.0, error: Exception | None = None) -> None:
        self.text, self.after_s, self.error = text, after_s, error
        self.asked: list[Completion] = []

    async def stream(self, request: Completion) -> AsyncIterator[Token | Usage]:
        self.asked.append(request)
        await asyncio.sleep(self.after_s)
        if self.error is not None:
            raise self.error
        yield Token(self.text)
        yield Usage(120, 30, complete=True)

    async def warm(self) -> None:
        """Nothing."""

    async def aclose(self) -> None:
        """Nothing."""


def judge(text: str) -> Verdict:
    return Verdict("drop", "rude", (0, 4)) if "rude" in text else ALLOW


async def made(
    played: Played, voices: dict[str, FakeVoice], model: LanguageModel | None = None, *, limit_s: float = 20.0,
    on_line: Callable[[], None] = lambda: None,
) -> tuple[Voiced, Retold]:  # fmt: skip
    chosen = best(played.result, played.notes)
    prepared = {take.order.line: take.script.generated for each in chosen for take in each.takes}
    brain = Retold(model, prepared, judge, limit_s=limit_s)
    studio = Studio(
        notes=played.notes, speakers={each.id: speaker_of(each, tuple(voices)) for each in played.plan.cast},
        voices=voices, judge=judge, words={}, brain=brain,
    )  # fmt: skip
    return await studio.make(chosen, on_line), brain


async def test_every_line_has_sound_mouth_words_and_cues(played: Played) -> None:
    told: list[int] = []
    voice = FakeVoice()
    voiced, _ = await made(played, {"fake": voice}, on_line=lambda: told.append(1))
    lines = [take.order.line for each in best(played.result, played.notes) for take in each.takes]
    assert sorted(voiced.lines) == sorted(lines)
    assert len(told) == len(lines)
    assert voiced.notices == ()
    assert voice.most_open == 1  # an engine on this machine is asked for one thing at a time
    cues = 0
    for line in voiced.lines.values():
        assert (line.voice, line.by) == ("fake", "prepared")
        at = 0
        for clause in line.clauses:
            assert clause.at == at
            assert clause.mouth is not None
            assert len(clause.mouth.open) * clause.mouth.step == clause.end - clause.at
            assert max(clause.mouth.open) > 20
            assert clause.words
            assert all(clause.at <= word[0] <= clause.end for word in clause.words)
            assert all(name in (*EXPRESSIONS, *GESTURES) for _, name, _ in clause.cues)
            cues += len(clause.cues)
            at = clause.end
        assert at == line.ms
        decoder = Mp3Decoder()
        pcm = decoder.feed(base64.b64decode(line.audio)) + decoder.finish()
        assert abs(len(pcm) / 48 - line.ms) < 120
    assert cues > 0


async def test_a_model_writes_the_lines_anew(played: Played) -> None:
    model = Model("[joy] The model says this, and it means it.")
    voiced, brain = await made(played, {"fake": FakeVoice(plan=BRIEF)}, model)
    assert {line.by for line in voiced.lines.values()} == {"model"}
    assert {line.text for line in voiced.lines.values()} == {"The model says this, and it means it."}
    assert len(brain.usages) == len(voiced.lines) == len(model.asked)
    asked = "\n".join(message.content for request in model.asked for message in request.messages)
    assert "what is the best breakfast?" in asked
    assert "previous instructions" not in asked


async def test_without_a_good_answer_the_prepared_line_remains(played: Played) -> None:
    for model in (
        Model("too late", after_s=30.0), Model(error=Unavailable("no route")), Model(error=ValueError("x")), Model(""),
        Model("that is rude of you"), Model("[joy]"),
    ):  # fmt: skip
        voiced, _ = await made(played, {"fake": FakeVoice(plan=BRIEF)}, model, limit_s=0.3 if model.after_s else 30.0)
        assert {line.by for line in voiced.lines.values()} == {"prepared"}
        assert all(line.audio for line in voiced.lines.values())
        codes = [notice.code for notice in voiced.notices]
        assert codes == (["rehearsal.model.away"] if model.error or model.after_s else [])


async def test_a_voice_that_fails_hands_over(played: Played) -> None:
    bad = FakeVoice("bad", How(error=Unavailable("down"), fail_at_ms=0))
    voiced, _ = await made(played, {"bad": bad, "good": FakeVoice("good", BRIEF)})
    assert {line.voice for line in voiced.lines.values()} == {"good"}


async def test_without_any_voice_the_words_remain(played: Played) -> None:
    voiced, _ = await made(played, {"bad": FakeVoice("bad", How(error=Unavailable("down"), fail_at_ms=0))})
    assert voiced.lines
    for line in voiced.lines.values():
        assert (line.audio, line.voice) == ("", "")
        assert line.text
        assert all(clause.mouth is None for clause in line.clauses)
    assert [notice.code for notice in voiced.notices] == ["rehearsal.voice.none"]


def test_ten_seconds_are_at_most_sixty_kilobytes() -> None:
    packed = encoded(tone(10_000, 6_000))
    assert 20_000 < len(base64.b64encode(packed)) <= 60_000
    assert encoded(b"") == b""
