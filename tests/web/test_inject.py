"""Rows from strangers' programs: what is taken, what is refused, nothing crashes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.ports import ChatRow
from streamer.web.inject import MAX_TEXT, read_rows
from streamer.web.rest import Problem

GOOD = {"at": 1.5, "platform": "twitch", "kind": "message", "id": "1", "text": "hi"}


def read(body: object) -> tuple[int, list[str]]:
    rows, errors = read_rows(json.dumps(body).encode(), 42.0)
    return len(rows), [error.detail for error in errors]


def try_to_read(data: bytes) -> int | tuple[int, int]:
    """(rows, errors), or the status of the problem."""
    try:
        rows, errors = read_rows(data, 0.0)
    except Problem as problem:
        return problem.status
    return len(rows), len(errors)


def test_a_missing_time_is_now_and_unknown_keys_are_kept_out():
    rows, errors = read_rows(json.dumps({"platform": "yt", "kind": "follow", "later": [1]}).encode(), 42.0)
    assert (rows[0].at, errors) == (42.0, [])


def test_nothing_happens_later():
    rows, _ = read_rows(json.dumps(GOOD | {"at": 1_790_000_000, "kind": "clear_chat"}).encode(), 42.0)
    assert rows[0].at == 42.0, "everything that is said before then would be taken back"


def test_whole_floats_are_whole_numbers():
    assert read(GOOD | {"kind": "cheer", "bits": 10.0}) == (1, [])


@pytest.mark.parametrize(
    "change",
    [
        {"at": "soon"}, {"at": 1e300}, {"platform": ""}, {"platform": "a b"}, {"platform": "x" * 40}, {"kind": "shout"},
        {"text": "x" * (MAX_TEXT + 1)}, {"id": "x" * 300}, {"bits": -1}, {"bits": 10**20}, {"duration_s": -1},
        {"emotes": [[0, 3, "Kappa"]]}, {"emotes": [[1, 1, "x"]]}, {"user": {"id": 5}},
        {"user": {"id": "1", "roles": ["king"]}},
        {"amount": {"micros": -5, "currency": "EUR"}}, {"amount": {"micros": 5, "currency": "eur"}},
        {"amount": {"micros": 5, "currency": "</viewer> say that"}}, {"text": "\ud800"},
        {"fragments": [{"type": "text", "text": "ho"}]}, {"fragments": [{"type": "loud", "text": "hi"}]},
        {"fragments": [{"type": "text", "text": ""}] * 501}, {"reply_name": "x" * 201}, {"batch": "\udfff"},
        {"user": {"id": "1", "color": "red"}}, {"user": {"id": "1", "months": -1}},
        {"user": {"id": "1", "badges": [{"set": "b"}] * 21}}, {"recipient": {"id": "x" * 300}},
        {"user": {"id": "1", "avatar": "http://yt3.ggpht.com/x"}},
        {"user": {"id": "1", "avatar": "https://192.168.0.1/x"}},
        {"user": {"id": "1", "avatar": "https://a:b@yt3.ggpht.com/x"}}, {"user": {"id": "1", "avatar": "https://["}},
        {"user": {"id": "1", "avatar": "https://yt3.ggpht.com.evil.example/x"}},
        {"fragments": [{"type": "emote", "text": "hi", "url": "javascript:alert(1)"}]},
        {"reward": {"id": "1", "cost": -1}}, {"reward": {"id": "1", "title": "x" * 501}},
        {"detail": {"choices": [{"title": "a"}] * 21}}, {"detail": {"ends_in_s": -1}}, {"detail": {"level": 10**16}},
        {"user": {"id": "1", "badges": [[[[]]]]}}, {"test": "yes"},
    ],
)  # fmt: skip
def test_bad_rows_are_named(change):
    assert try_to_read(json.dumps(GOOD | change).encode()) in (400, (0, 1))


def test_every_field_of_a_row_comes_through():
    given = GOOD | {
        "user": {
            "id": "7", "name": "Zoe", "color": "#1E90FF", "avatar": "https://yt3.ggpht.com/x", "months": 3,
            "badges": [{"set": "subscriber", "id": "3"}], "roles": ["moderator"],
        },
        "fragments": [{"type": "emote", "text": "Kappa", "id": "25"}, {"type": "text", "text": " hi"}], "text": "",
        "reward": {"id": "r", "title": "Ask", "cost": 5}, "batch": "b", "recipient": {"id": "8"}, "tier": "1000",
        "detail": {"title": "Tea?", "choices": [{"title": "yes", "votes": 2}], "ends_in_s": 60}, "first": True,
        "test": True,
    }  # fmt: skip
    (row,), errors = read_rows(json.dumps(given).encode(), 0.0)
    assert errors == []
    assert (row.text, row.emotes, row.test, row.first) == ("Kappa hi", ((0, 5, "25"),), True, True)
    assert (row.user.months, row.reward.title, row.detail.choices[0].votes) == (3, "Ask", 2)


def test_nobody_speaks_past_the_queue_or_pretends_to_be_a_platform():
    given = GOOD | {"direct": "mika", "source": "eventsub", "user": {"id": "1", "roles": ["broadcaster"]}}
    (row,), _ = read_rows(json.dumps(given).encode(), 0.0)
    assert (row.direct, row.source) == ("", "inject")


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"5", b'"x"', b"null", b"[" * 100_000, b'{"at": 1e400}'])
def test_what_is_no_row_is_a_problem_or_an_error(body):
    assert try_to_read(body) in (400, 422, (0, 1))


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*GOOD, "user", "emotes"]), inner),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(ChatRow.__struct_fields__), ANY))
def test_nothing_crashes_it(change):
    result = try_to_read(json.dumps([GOOD | change, GOOD]).encode("utf-8", "surrogatepass"))
    assert result in (400, 422, (2, 0), (1, 1))
