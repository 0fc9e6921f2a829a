"""Which engine may speak."""

from streamer.ports import VoiceSpec
from streamer.speech.chain import Breaker, VoiceChain
from streamer.speech.speaker import Voice
from tests.fakes.tts import FakeVoice


class Clock:
    s = 0.0

    def __call__(self) -> float:
        return self.s


def test_three_failures_in_a_minute_open_it_and_it_doubles():
    clock = Clock()
    breaker = Breaker(clock)
    for _ in range(3):
        assert breaker.allows()
        breaker.failed("x")
    opened: list[float] = []
    for _ in range(7):
        began = clock.s
        while not breaker.allows():
            assert breaker.state() == "open"
            clock.s += 1
        opened.append(clock.s - began)
        assert breaker.state() == "trying"
        breaker.failed("again")
    assert opened == [30, 60, 120, 240, 480, 600, 600]


def test_slow_failures_do_not_open_it():
    clock = Clock()
    breaker = Breaker(clock)
    for _ in range(10):
        breaker.failed("x")
        clock.s += 31
    assert breaker.state() == "closed"


def test_success_forgets():
    breaker = Breaker(Clock())
    breaker.failed("x")
    breaker.failed("x")
    breaker.succeeded()
    breaker.failed("x")
    assert breaker.allows()


def test_misconfigured_stays_open():
    clock = Clock()
    chain = VoiceChain({"a": FakeVoice("a")}, clock)
    voice = Voice("a", VoiceSpec(name="x"))
    chain.breaker(voice).misconfigure("no key", "set it")
    clock.s = 1e6
    assert chain.pick([voice], 0) is None
    assert chain.states()[0].state == "misconfigured"
    chain.replace({"a": FakeVoice("a")})
    assert chain.pick([voice], 0) is not None


def test_picks_in_order_and_skips_the_unknown():
    engines = {"a": FakeVoice("a"), "c": FakeVoice("c")}
    chain = VoiceChain(engines, Clock())
    voices = [Voice("a"), Voice("b"), Voice("c")]
    assert chain.pick(voices, 0) == (0, engines["a"])
    assert chain.pick(voices, 1) == (2, engines["c"])
    assert chain.pick(voices, 3) is None


def test_another_voice_of_the_same_engine_is_not_blamed():
    chain = VoiceChain({"a": FakeVoice("a")}, Clock())
    for _ in range(3):
        chain.breaker(Voice("a", VoiceSpec(name="x"))).failed("x")
    assert chain.pick([Voice("a", VoiceSpec(name="y"))], 0) is not None
