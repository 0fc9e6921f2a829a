from hypothesis import given
from hypothesis import strategies as st

from streamer.adapters.chat.common.fragments import emotes_of, fragments_of, text_of
from streamer.ports import Fragment


def test_places_are_counted_in_code_points() -> None:
    pieces = (Fragment("emoji", "🎉"), Fragment("text", " hi "), Fragment("emote", "Kappa", id="25"))
    assert text_of(pieces) == "🎉 hi Kappa"
    assert emotes_of(pieces) == ((5, 10, "25"),)


@given(st.text(max_size=30), st.lists(st.tuples(st.integers(-3, 35), st.integers(-3, 35), st.just("1")), max_size=5))
def test_whatever_places_are_given_the_text_stays(text: str, places: list[tuple[int, int, str]]) -> None:
    pieces = fragments_of(text, [(max(0, start), end, emote) for start, end, emote in places])
    assert text_of(pieces) == text
    for start, end, _ in emotes_of(pieces):
        assert 0 <= start < end <= len(text)
