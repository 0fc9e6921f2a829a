"""The never-ending array, cut anywhere, with rubbish between."""

import json
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from streamer.adapters.chat.youtube.api.stream import ArrayReader, Broken

KIND = "youtube#liveChatMessageListResponse"
TEXTS = st.text(st.characters(codec="utf-8"), max_size=20) | st.sampled_from(
    ['{"kind": "' + KIND + '"', '}],[{"', "\\", '\\"', "🎉é漢", "]", '"', "{", '{"kind":"youtube#liveChatMessage"']
)
ITEM = st.fixed_dictionaries({"id": TEXTS, "n": st.none() | st.integers() | st.booleans()})
OBJECTS = st.lists(
    st.fixed_dictionaries({
        "kind": st.just(KIND),
        "nextPageToken": TEXTS,
        "items": st.lists(ITEM, max_size=3),
    }),
    max_size=5,
)  # fmt: skip


def cut(raw: bytes, borders: list[int]) -> list[bytes]:
    places = sorted({0, len(raw), *(border % (len(raw) + 1) for border in borders)})
    return [raw[start:end] for start, end in pairwise(places)]


def read(chunks: list[bytes], reader: ArrayReader | None = None):
    reader = reader or ArrayReader()
    return [element for chunk in chunks for element in reader.feed(chunk)]


@given(OBJECTS, st.lists(st.integers(0, 10**6), max_size=30), st.booleans(), st.sampled_from([None, 1]), st.booleans())
def test_every_object_comes_once_and_in_order_wherever_the_bytes_are_cut(objects, borders, ascii_only, indent, closed):
    raw = "[" + ",\r\n".join(json.dumps(each, ensure_ascii=ascii_only, indent=indent) for each in objects)
    assert read(cut((raw + ("]" if closed else "")).encode(), borders)) == objects


@given(OBJECTS)
def test_byte_by_byte(objects):
    raw = json.dumps(objects, ensure_ascii=False).encode()
    assert read([raw[at : at + 1] for at in range(len(raw))]) == objects


RUBBISH = st.sampled_from([
    b"\x00\xff\xfe", b"<html>Error 502</html>", b'"unclosed', b'{"kind": "' + KIND.encode() + b'", "items": [{"id": "c',
    b"{]", b"{{{{", b"}}}", b'{"a": }', b"null", b'\\"', b"[[[", b'{"kind": , "x', b"\xe2\x82",
])  # fmt: skip


@given(OBJECTS, OBJECTS, RUBBISH, st.lists(st.integers(0, 10**6), max_size=20))
def test_what_stands_around_rubbish_survives(before, after, rubbish, borders):
    def dump(objects):
        return b"".join(json.dumps(each).encode() + b",\n" for each in objects)

    raw = b"[" + dump(before) + rubbish + b"," + dump(after)
    found = read(cut(raw, borders))
    assert [each for each in found if not isinstance(each, Broken)] == [*before, *after]
    if rubbish != b"[[[" and after:
        assert sum(isinstance(each, Broken) for each in found) >= 1


def test_rubbish_is_told_where_it_stood():
    one, two = {"kind": KIND, "n": 1}, {"kind": KIND, "n": 2}
    found = read([json.dumps(one).encode() + b', oops "{', json.dumps(two).encode() + b"]"])
    assert found[0] == one
    assert found[-1] == two
    assert {type(each) for each in found[1:-1]} == {Broken}


def test_an_object_without_end_is_given_up():
    reader = ArrayReader(limit=1000)
    found = read([b'{"a": "' + b"x" * 600, b"x" * 600, b'"}, {"kind": "' + KIND.encode() + b'"}'], reader)
    assert isinstance(found[0], Broken)
    assert found[-1] == {"kind": KIND}
    assert len(found[0].raw) <= 4096


def test_half_characters_cost_a_character_and_not_the_batch():
    assert read([b'{"a": "\xff\xfe ok"}']) == [{"a": "\ufffd\ufffd ok"}]
    assert read([b'{"a": "\\ud800 ok"}']) == [{"a": "\ud800 ok"}]


def test_deep_nesting_is_only_broken():
    found = read([b"[" + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b', {"kind": "x"}'])
    assert isinstance(found[0], Broken)
    assert found[-1] == {"kind": "x"}


def test_a_whole_answer_without_an_array_is_read_too():
    assert read([b'{"error": {"code": 403}}\n']) == [{"error": {"code": 403}}]


def test_many_small_pieces_of_a_long_object_take_no_long_time():
    items = [{"id": str(number), "text": 'a "word" {' * 5} for number in range(3_000)]
    raw = json.dumps({"kind": KIND, "items": items}).encode()
    assert read([raw[at : at + 700] for at in range(0, len(raw), 700)]) == [{"kind": KIND, "items": items}]
