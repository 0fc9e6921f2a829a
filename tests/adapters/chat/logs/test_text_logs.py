"""Text logs of Chatterino and Chatty, and what VOD downloaders write as plain text. The chat is invented."""

from pathlib import Path

import pytest

from streamer.adapters.chat import log as logs
from streamer.adapters.chat.log import ChatLog, load
from streamer.ports import ChatRow, Misconfigured

CHATTERINO = """\
# Start logging at 2026-01-31 23:58:00 CET
[23:58:01] joined channel
[23:58:05] mireille: good evening
[23:58:09] ミレイユ mireille: still me
[23:58:20] bob: I will say something rude
[23:58:22] A message from bob was deleted: I will say something rude
[23:58:30] carl: Cheer100 for the spoon
[23:58:31] carl has been timed out for 10m.
[23:58:40] dora: see: a colon
[23:59:50] Fay subscribed at Tier 1.
[23:59:51] Gus subscribed with Prime. They've subscribed for 14 months!
[23:59:52] Hana is gifting 2 Tier 1 Subs to mika's community! They've gifted a total of 9 in the channel!
[23:59:53] Hana gifted a Tier 1 sub to Ivo!
[23:59:53] Hana gifted a Tier 1 sub to Jun!
[23:59:54] Hana gifted a Tier 1 sub to Kim!
[23:59:55] 1,200 raiders from Lena have joined!
[00:00:05] mireille: past midnight
[00:00:06] modperson timed out dora for 1h 30m: spam.
[00:00:07] eve has been permanently banned.
[00:00:08] Chat has been cleared by a moderator.
# Stop logging at 2026-02-01 00:00:09CET
"""

CHATTY = """\
# Log started: 2026-03-01 20:00:00
[20:00:05] <@%+Mireille> good evening
[20:00:06] <ミレイユ (mireille)> me again
[20:00:07] <~Host>* waves
[20:00:08] <Bob> rude (very), and more
[20:00:09] DELETED: Bob (rude (very), and more)
[20:00:10] BAN: bob (600s) [spam], carl, dora {3 years}
[20:00:11] BITS: Eve (150)
[20:00:12] <Gus> Cheer100 take this
[20:00:13] BITS: Gus (100)
[20:00:14] [Notification] Fay subscribed at Tier 1.
[20:00:15] JOIN: hana, ivo
[20:00:16] VIEWERS: 41
[20:00:17] MOD_ACTION: Mireille (timeout bob 600)
[20:00:18] You have joined #mika
"""


def read(tmp_path: Path, text: str | bytes, name: str = "chat.txt") -> ChatLog:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load(path)


def told(row: ChatRow) -> tuple[object, ...]:
    who = row.user.login if row.user else row.target
    return row.at, row.kind, who, row.text or row.count or row.bits or row.duration_s or ""


def test_chatterino(tmp_path):
    log = read(tmp_path, CHATTERINO)
    assert (log.format, log.began, log.bad_lines, log.left_out) == ("chatterino", "2026-01-31T23:58:05", 0, 0)
    assert [told(row) for row in log.rows] == [
        (0, "message", "mireille", "good evening"),
        (4, "message", "mireille", "still me"),
        (15, "message", "bob", "I will say something rude"),
        (17, "delete_message", "line-5", ""),
        (25, "cheer", "carl", "Cheer100 for the spoon"),
        (26, "clear_user", "carl", 600.0),
        (35, "message", "dora", "see: a colon"),
        (105, "member_new", "fay", ""),
        (106, "resub", "gus", 14),
        (107, "gift_batch", "hana", 2),
        (108, "gift_received", "ivo", 1),
        (108, "gift_received", "jun", 1),
        (109, "gift_batch", "hana", 1),
        (110, "raid", "lena", 1200),
        (120, "message", "mireille", "past midnight"),
        (121, "clear_user", "dora", 5400.0),
        (122, "clear_user", "eve", ""),
        (123, "clear_chat", "", ""),
    ]
    assert log.rows[1].user is not None
    assert log.rows[1].user.name == "ミレイユ"
    assert log.rows[4].bits == 100
    assert log.rows[10].reply_to == log.rows[9].id


def test_chatty(tmp_path):
    log = read(tmp_path, CHATTY)
    assert (log.format, log.began, log.bad_lines) == ("chatty", "2026-03-01T20:00:05", 0)
    assert [told(row) for row in log.rows] == [
        (0, "message", "mireille", "good evening"),
        (1, "message", "mireille", "me again"),
        (2, "message", "host", "waves"),
        (3, "message", "bob", "rude (very), and more"),
        (4, "delete_message", "line-5", ""),
        (5, "clear_user", "bob", 600.0),
        (5, "clear_user", "carl", ""),
        (5, "clear_user", "dora", ""),
        (6, "cheer", "eve", 150),
        (7, "cheer", "gus", "Cheer100 take this"),
        (9, "member_new", "fay", ""),
    ]
    first, second, third = (row.user for row in log.rows[:3])
    assert first is not None
    assert second is not None
    assert third is not None
    assert (first.roles, second.name, third.roles) == (("moderator", "subscriber"), "ミレイユ", ("broadcaster",))
    assert log.rows[2].action


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings_and_line_ends(tmp_path, encoding, end):
    log = read(tmp_path, CHATTERINO.replace("\n", end).encode(encoding))
    assert (len(log.rows), log.bad_lines) == (18, 0)
    assert log.rows[0].text == "good evening"


@pytest.mark.parametrize(
    ("stamps", "at"),
    [
        (["20:00:00", "20:00:30"], [0, 30]),
        (["8:59:59 PM", "9:00:01 PM"], [0, 2]),
        (["12:30 AM", "12:31 AM", "1:00 AM"], [0, 60, 1800]),
        (["2026-01-01 20:00:00", "2026-01-01 20:00:05"], [0, 5]),
        (["2026-01-01T23:59:58Z", "2026-01-02T00:00:02Z"], [0, 4]),
        (["2026-01-01 20:00:00 UTC", "2026-01-01 20:00:00.500 UTC"], [0, 0.5]),
        (["0:00:05", "1:00:05", "1:10:05"], [0, 3600, 4200]),
        (["23:59:00", "00:01:00"], [0, 120]),
        (["02:59:50", "02:00:00", "02:00:10"], [0, 0, 10]),  # the clock was set back an hour
        (["20:00:03", "20:00:01", "20:00:04"], [0, 0, 1]),  # a little out of order
    ],
)
def test_stamps(tmp_path, stamps, at):
    log = read(tmp_path, "".join(f"[{stamp}] ana: hello\n" for stamp in stamps))
    # a silence of half an hour ends a show; 30 min and less does not
    if len(log.rows) == len(at):
        assert [row.at for row in log.rows] == at
    else:
        assert log.left_out == len(at) - len(log.rows)


def test_the_busiest_part_of_a_day_is_the_show(tmp_path):
    quiet = "[10:00:00] ana: anybody here?\n[10:05:00] ben: no\n"
    show = "".join(f"[20:{minute:02}:00] ana: hello {minute}\n" for minute in range(40))
    log = read(tmp_path, "# Start logging at 2026-05-01 09:00:00 CEST\n" + quiet + show)
    assert (len(log.rows), log.left_out, log.began) == (40, 2, "2026-05-01T20:00:00")
    assert log.rows[-1].at == 39 * 60


def test_half_broken_lines_are_numbered_and_skipped(tmp_path):
    text = "[20:00:00] ana: one\n\x00\x01garbage\nno stamp here\n[99:99:99] ana: never\n[20:00:03] ana: two\n"
    log = read(tmp_path, text)
    assert [row.text for row in log.rows] == ["one", "two"]
    assert [(bad.number, bad.reason) for bad in log.bad] == [
        (2, "no time of day"), (3, "no time of day"), (4, "no time of day"),
    ]  # fmt: skip


def test_bytes_that_are_no_utf8_do_not_stop_it(tmp_path):
    log = read(tmp_path, b"[20:00:00] ana: caf\xe9\n[20:00:01] ben: ok\n")
    assert [row.text for row in log.rows] == ["caf\ufffd", "ok"]


def test_a_line_of_megabytes_is_bad(tmp_path):
    log = read(tmp_path, b"[20:00:00] ana: one\n[20:00:01] ben: " + b"x" * (2 << 20) + b"\n[20:00:02] ana: two\n")
    assert [row.text for row in log.rows] == ["one", "two"]
    assert [bad.number for bad in log.bad] == [2]


def test_a_deletion_of_something_never_seen_takes_nothing_back(tmp_path):
    log = read(tmp_path, "[20:00:00] ana: one\n[20:00:01] A message from zoe was deleted: what\n")
    assert [row.kind for row in log.rows] == ["message"]


def test_a_file_of_many_evenings_never_holds_more_than_two_of_them(tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "ROWS_MAX", 4)
    evenings = [(20, 3), (21, 4), (22, 2), (23, 4)]
    lines = [f"[{hour}:00:{second:02}] bob: at {hour}" for hour, count in evenings for second in range(count)]
    log = read(tmp_path, "# Start logging at 2026-01-31\n" + "\n".join(lines))
    assert ({row.text for row in log.rows}, len(log.rows), log.left_out) == ({"at 21"}, 4, 9)


@pytest.mark.parametrize(
    "text", ["[20:00:00] bob: hi\n" * 5, '{"at": 1, "kind": "host_said", "platform": "x", "text": "y"}\n' * 5]
)
def test_more_than_a_show_can_have_is_refused_in_words(tmp_path, monkeypatch, text):
    monkeypatch.setattr(logs, "ROWS_MAX", 4)
    with pytest.raises(Misconfigured, match="more than 4 messages") as caught:
        read(tmp_path, text)
    assert "one evening" in caught.value.fix
