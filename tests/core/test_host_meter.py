"""A microphone's meter and the rules of the show together: no line starts until 0.8 s after the host has stopped."""

from streamer.adapters.obs.meter import QUIET_MS, HostMeter
from streamer.core.commands import Air, Command, Cut, Duck
from tests.core.scene import Scene, aired, of, prepared

VOICE, ROOM = 0.2, 0.0006


class Talk:
    """Twenty blocks a second into the meter, and what it says into the core."""

    def __init__(self) -> None:
        self.scene = Scene()
        self.meter = HostMeter()

    def hear(self, peak: float, ms: int) -> list[Command]:
        out: list[Command] = []
        for _ in range(0, ms, 50):
            out += self.scene.wait(50)
            for event in self.meter.feed(peak, self.scene.now_ms, peak / 4):
                out += self.scene.feed(event)
        return out


def test_a_line_waits_until_the_host_has_been_quiet() -> None:
    talk = Talk()
    talk.hear(ROOM, 1_000)
    talk.hear(VOICE, 2_000)
    line = prepared(talk.scene.chat("ana", to=["mika"]))
    talk.scene.ready(line.line)
    stopped_ms = talk.scene.now_ms
    during = talk.hear(VOICE, 1_500)
    assert not of(Air, during)
    stopped_ms = talk.scene.now_ms
    air = aired(talk.hear(ROOM, 3_000))
    assert air.not_before_ms == stopped_ms + QUIET_MS + talk.scene.start.host_quiet_ms
    assert air.not_before_ms - stopped_ms == 1_300


def test_a_breath_between_two_sentences_starts_nobody() -> None:
    talk = Talk()
    talk.hear(VOICE, 2_000)
    line = prepared(talk.scene.chat("ana", to=["mika"]))
    talk.scene.ready(line.line)
    out = talk.hear(ROOM, 400) + talk.hear(VOICE, 1_500) + talk.hear(ROOM, 800) + talk.hear(VOICE, 1_000)
    assert not of(Air, out)
    assert of(Air, talk.hear(ROOM, 2_000))


def test_the_host_ducks_a_line_at_once_and_cuts_it_when_he_goes_on() -> None:
    talk = Talk()
    line = prepared(talk.scene.chat("ana", to=["mika"]))
    talk.scene.ready(line.line)
    talk.hear(ROOM, 1_000)
    talk.scene.started(line.line)
    first = talk.hear(VOICE, 50)
    assert [duck.on for duck in of(Duck, first)] == [True]
    assert not of(Cut, first)
    then = talk.hear(VOICE, 200)
    assert [cut.reason for cut in of(Cut, then)] == ["host"]


def test_a_knock_ducks_and_gives_the_line_back() -> None:
    talk = Talk()
    line = prepared(talk.scene.chat("ana", to=["mika"]))
    talk.scene.ready(line.line)
    talk.hear(ROOM, 1_000)
    talk.scene.started(line.line)
    out = talk.hear(VOICE, 100) + talk.hear(ROOM, 500)
    assert [duck.on for duck in of(Duck, out)] == [True, False]
    assert not of(Cut, out)


def test_a_long_speech_keeps_the_floor_for_as_long_as_it_lasts() -> None:
    talk = Talk()
    talk.hear(VOICE, 1_000)
    line = prepared(talk.scene.chat("ana", to=["mika"]))
    talk.scene.ready(line.line)
    out: list[Command] = []
    for _ in range(19):  # longer than the core believes in a host of whom it hears nothing
        out += talk.hear(VOICE, 1_750) + talk.hear(ROOM, 250)
    assert not of(Air, out)
    assert talk.scene.show.host.speaking
