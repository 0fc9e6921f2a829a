"""Never faster than allowed, whatever is asked."""

from hypothesis import given, settings
from hypothesis import strategies as st

from streamer.app.sending.limiter import Limiter, same_text
from streamer.ports import ChatRates

VIEWER = ChatRates()
MODERATOR = ChatRates(count=100, gap_s=0.0, same_s=0.0)


def test_the_first_goes_at_once_and_the_next_after_the_gap() -> None:
    limiter = Limiter()
    assert limiter.wait_s(10.0, "a", VIEWER) == 0.0
    limiter.take(10.0)
    limiter.settle(10.5, "a")
    assert limiter.wait_s(10.5, "b", VIEWER) == 1.0
    assert limiter.wait_s(11.5, "b", VIEWER) == 0.0


def test_the_twenty_first_waits_for_the_window() -> None:
    limiter = Limiter()
    for number in range(20):
        limiter.take(float(number))
        limiter.settle(float(number), str(number))
    assert limiter.wait_s(20.0, "x", VIEWER) == 10.0
    assert limiter.wait_s(30.0, "x", VIEWER) == 0.0
    assert limiter.wait_s(20.0, "x", MODERATOR) == 0.0


def test_the_same_text_waits_whatever_its_letters_and_spaces() -> None:
    limiter = Limiter()
    limiter.take(0.0)
    limiter.settle(0.0, "Hello  Chat")
    assert limiter.wait_s(10.0, "hello chat ", VIEWER) == 20.0
    assert limiter.wait_s(10.0, "hello chat ", MODERATOR) == 0.0
    assert limiter.wait_s(30.0, "hello chat", VIEWER) == 0.0
    assert same_text(" Straße ") == same_text("STRASSE")


def test_what_a_platform_did_not_take_is_not_the_same_again() -> None:
    limiter = Limiter()
    limiter.take(0.0)
    limiter.settle(0.2)
    assert limiter.wait_s(2.0, "a", VIEWER) == 0.0


def test_who_is_a_moderator_no_longer_waits_for_the_smaller_window() -> None:
    limiter = Limiter()
    for number in range(60):
        limiter.take(number / 10)
        limiter.settle(number / 10)
    assert limiter.wait_s(6.0, "x", MODERATOR) == 0.0
    assert limiter.wait_s(6.0, "x", VIEWER) > 27.0


def test_no_rate_is_no_message() -> None:
    assert Limiter().wait_s(0.0, "x", ChatRates(count=0)) > 0


ASKED = st.lists(
    st.tuples(st.floats(0, 4), st.floats(0, 3), st.sampled_from("abcdefgh"), st.booleans(), st.booleans()),
    min_size=1, max_size=150,
)  # fmt: skip


@settings(deadline=None)
@given(ASKED, st.integers(1, 8), st.floats(0, 2))
def test_no_window_ever_holds_more_than_allowed(
    asked: list[tuple[float, float, str, bool, bool]], count: int, gap: float
) -> None:
    """The platform sees each message somewhere between its start and its answer; the worst of both is counted."""
    low, high = ChatRates(count, 10.0, gap, 10.0), ChatRates(count * 3, 10.0, gap / 2, 0.0)
    limiter, now = Limiter(), 0.0
    sent: list[tuple[float, float, str, ChatRates]] = []
    for pause, takes, text, moderator, taken in asked:
        now += pause
        rates = high if moderator else low
        if limiter.wait_s(now, text, rates) > 0:
            continue
        limiter.take(now)
        limiter.settle(now + takes, text if taken else "")
        for start, rates_then in [(now, rates)]:
            inside = [each for each in sent if each[1] > start - rates_then.window_s]
            assert len(inside) < rates_then.count
            if sent:
                assert start - sent[-1][1] >= rates_then.gap_s - 1e-9
            if rates_then.same_s:
                same = [each for each in sent if each[2] == text and start - each[1] < rates_then.same_s - 1e-9]
                assert same == []
        sent.append((now, now + takes, text if taken else "", rates))
        now += takes


@given(ASKED)
def test_who_waits_as_long_as_told_may_send(asked: list[tuple[float, float, str, bool, bool]]) -> None:
    limiter, now = Limiter(), 0.0
    for _pause, takes, text, moderator, taken in asked:
        rates = MODERATOR if moderator else VIEWER
        now += limiter.wait_s(now, text, rates) + 1e-6
        assert limiter.wait_s(now, text, rates) == 0.0
        limiter.take(now)
        now += takes
        limiter.settle(now, text if taken else "")
