"""Rows from strangers' programs: what is taken, what is refused, nothing crashes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


def test_whole_floats_are_whole_numbers():
    assert read(GOOD | {"kind": "cheer", "bits": 10.0}) == (1, [])


@pytest.mark.parametrize(
    "change",
    [
        {"at": "soon"}, {"at": 1e300}, {"platform": ""}, {"platform": "a b"}, {"platform": "x" * 40}, {"kind": "shout"},
        {"text": "x" * (MAX_TEXT + 1)}, {"id": "x" * 300}, {"bits": -1}, {"bits": 10**20}, {"duration_s": -1},
        {"emotes": [[0, 3, "Kappa"]]}, {"emotes": [[1, 1, "x"]]}, {"user": {"id": 5}},
        {"user": {"id": "1", "roles": ["king"]}},
        {"amount": {"micros": -5, "currency": "EUR"}}, {"text": "\ud800"},
    ],
)  # fmt: skip
def test_bad_rows_are_named(change):
    assert try_to_read(json.dumps(GOOD | change).encode()) in (400, (0, 1))


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"5", b'"x"', b"null", b"[" * 100_000, b'{"at": 1e400}'])
def test_what_is_no_row_is_a_problem_or_an_error(body):
    assert try_to_read(body) in (400, 422, (0, 1))


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*GOOD, "user", "emotes"]), inner),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from([*GOOD, "user", "bits", "amount", "emotes", "count"]), ANY))
def test_nothing_crashes_it(change):
    result = try_to_read(json.dumps([GOOD | change, GOOD]).encode("utf-8", "surrogatepass"))
    assert result in (400, 422, (2, 0), (1, 1))
