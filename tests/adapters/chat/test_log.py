"""Chat logs as files."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.adapters.chat import log
from streamer.adapters.chat.log import BadLine, LogLine
from streamer.core.events import Money
from streamer.ports import ChatRow, Misconfigured, User

GOOD = {
    "at": 1.5,
    "platform": "twitch",
    "kind": "message",
    "id": "m1",
    "user": {"id": "7", "login": "bob"},
    "text": "hi",
}


def one(**changes):
    """The line made of GOOD with changes; a change to `...` removes the key."""
    raw = {key: value for key, value in {**GOOD, **changes}.items() if value is not ...}
    (line,) = log.parse([json.dumps(raw).encode()])
    return line


def good(**changes) -> ChatRow:
    line = one(**changes)
    assert isinstance(line, LogLine), line
    return line.row


def test_a_row_of_every_field():
    raw = {
        "at": 3, "platform": "youtube", "kind": "superchat", "id": "x", "text": "take this",
        "reply_to": "m0", "bits": 0,
        "user": {"id": "u", "login": "ann", "name": "Ann", "roles": ["member", "verified"]},
        "amount": {"micros": 5_000_000, "currency": "EUR"}, "count": 2, "duration_s": 1, "target": "",
    }  # fmt: skip
    assert good(**raw) == ChatRow(
        at=3.0, platform="youtube", kind="superchat", id="x", text="take this", reply_to="m0", count=2, duration_s=1.0,
        user=User("u", "ann", "Ann", ("member", "verified")), amount=Money(5_000_000, "EUR"),
    )  # fmt: skip


@pytest.mark.parametrize(
    "kind",
    [
        "delete_message", "clear_user", "clear_chat", "host_said", "raid", "follow", "gift_batch", "poll_begin",
        "goal_begin", "stream_on",
    ],
)  # fmt: skip
def test_kinds_that_need_less(kind):
    row = good(kind=kind, target="m1", id=..., user=...)
    assert row.kind in (kind, "goal")


@pytest.mark.parametrize(
    "changes",
    [
        {"at": ...}, {"at": "1"}, {"at": None}, {"at": True}, {"at": -1}, {"at": 1.7e9}, {"at": [1]},
        {"platform": ...}, {"platform": 5}, {"platform": ""},
        {"kind": ...}, {"kind": "nonsense"}, {"kind": 5}, {"kind": ["message"]},
        {"id": ...}, {"id": 5}, {"id": ""},
        {"user": ...}, {"user": "bob"}, {"user": {}}, {"user": {"id": 7}}, {"user": {"id": ""}},
        {"user": {"id": "7", "roles": "moderator"}}, {"user": {"id": "7", "roles": [5]}},
        {"text": ...}, {"text": 5}, {"text": ["hi"]}, {"text": None},
        {"bits": "5"}, {"bits": -5}, {"bits": 1.5}, {"bits": 10**30}, {"count": -1},
        {"duration_s": -1}, {"duration_s": "1"},
        {"amount": 5}, {"amount": {"micros": 1.5}}, {"amount": {"micros": -1}},
        {"kind": "delete_message", "target": ...}, {"kind": "clear_user"}, {"kind": "host_said", "text": ...},
    ],
)  # fmt: skip
def test_bad_rows(changes):
    line = one(**changes)
    assert isinstance(line, BadLine), line
    assert line.number == 1
    assert line.reason


@pytest.mark.parametrize("at", ["NaN", "Infinity", "-Infinity", "1e999", "nan"])
def test_a_time_that_is_not_finite(at):
    (line,) = log.parse([json.dumps(GOOD).replace("1.5", at).encode()])
    assert isinstance(line, BadLine)


@pytest.mark.parametrize(
    "text",
    [
        b"{", b"not json", b"[1]", b'"x"', b"5", b"null", b"\xff\xfe", b"[" * 100_000, b'{"at":"\xff"}',
        b'{"kind":"message","text":"\\ud800"}',
    ],
)  # fmt: skip
def test_what_is_no_object(text):
    (line,) = log.parse([text])
    assert isinstance(line, BadLine)


def test_null_is_absent_and_unknown_roles_are_left_out():
    row = good(reply_to=None, amount=None, bits=None, user={"id": "7", "name": None, "roles": ["artist", "vip"]})
    assert row == ChatRow(at=1.5, platform="twitch", kind="message", id="m1", text="hi", user=User("7", roles=("vip",)))


def test_unknown_keys_are_kept():
    line = one(colour="red", user={"id": "7", "badge": "x"})
    assert isinstance(line, LogLine)
    assert (line.raw["colour"], line.raw["user"]["badge"]) == ("red", "x")


def test_our_own_source_state_is_no_row():
    assert list(log.parse([json.dumps({**GOOD, "kind": "source_state"}).encode()])) == []


def test_file_with_bom_crlf_empty_lines_and_no_end(tmp_path: Path):
    text = json.dumps(GOOD)
    path = tmp_path / "chat.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + f"{text}\r\n\r\n \n{text}\nrubbish\n{text}".encode())
    lines = list(log.read(path))
    assert [type(line).__name__ for line in lines] == ["LogLine", "LogLine", "BadLine", "LogLine"]
    assert [line.number for line in lines] == [1, 4, 5, 6]


def test_huge_lines_are_passed_over(tmp_path: Path):
    path = tmp_path / "chat.jsonl"
    text = json.dumps(GOOD).encode()
    path.write_bytes(text + b"\n" + b"x" * (3 * log.LINE_MAX) + b"\n" + text + b"\n" + b"y" * (2 * log.LINE_MAX))
    lines = list(log.read(path))
    assert [(line.number, type(line).__name__) for line in lines] == [
        (1, "LogLine"), (2, "BadLine"), (3, "LogLine"), (4, "BadLine"),
    ]  # fmt: skip


def test_rows_are_played_in_order_of_time_and_file(tmp_path: Path):
    path = tmp_path / "chat.jsonl"
    rows = [{**GOOD, "at": at, "id": str(number)} for number, at in enumerate([5, 1, 3, 1, 0])]
    path.write_text("\n".join([json.dumps(row) for row in rows] + ["bad"] * 1500), encoding="utf-8")
    chat = log.load(path)
    assert [row.id for row in chat.rows] == ["4", "1", "3", "2", "0"]
    assert (chat.bad_lines, len(chat.bad), chat.bad[0].number) == (1500, log.BAD_KEPT, 6)


def test_files_that_cannot_be_read(tmp_path: Path):
    for path in (tmp_path / "missing.jsonl", tmp_path):
        with pytest.raises(Misconfigured) as wrong:
            log.read(path)
        assert wrong.value.fix


def test_an_empty_file_is_an_empty_chat(tmp_path: Path):
    path = tmp_path / "chat.jsonl"
    path.write_bytes(b"")
    assert log.load(path) == log.ChatLog([], [], 0)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
_KEYS = st.sampled_from([*ChatRow.__struct_fields__, "else"])


@given(st.lists(st.binary() | st.dictionaries(_KEYS, _JSON).map(lambda raw: json.dumps(raw).encode())))
def test_nothing_is_raised(lines):
    for line in log.parse(lines):
        assert isinstance(line, LogLine | BadLine)


@given(_KEYS, _JSON)
def test_no_value_of_a_field_is_raised(key, value):
    line = one(**{key: value})
    if isinstance(line, LogLine):
        assert list(log.parse([log.write_row(line.row)])) != []


@given(
    st.builds(
        ChatRow, at=st.floats(0, 1e6), platform=st.just("twitch"), kind=st.just("message"), id=st.text(min_size=1),
        user=st.builds(User, id=st.text(min_size=1), name=st.text()), text=st.text(min_size=1),
        bits=st.integers(0, 10**6),
        guest=st.booleans(), emotes=st.just(((0, 1, "25"),)),
    )
)  # fmt: skip
def test_what_is_written_is_read(row):
    (line,) = log.parse(log.write_row(row).splitlines())
    assert isinstance(line, LogLine)
    assert line.row == row


def test_speed():
    """At least 50,000 rows a second; the limit here leaves room for a busy machine."""
    bob = {"id": "7", "login": "bob", "name": "Bob", "roles": ["vip"]}
    lines = [json.dumps({**GOOD, "id": str(number), "user": bob}).encode() for number in range(20_000)]
    best = 0.0
    for _ in range(4):
        begin = time.thread_time()
        count = sum(1 for _ in log.parse(lines))
        best = max(best, count / (time.thread_time() - begin))
    print(f"{best:,.0f} rows/s")
    assert best > 10_000
