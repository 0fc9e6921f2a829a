"""What a file is, and the sentence about one that is no chat log. Any bytes at all end in one of the two."""

import contextlib
import io
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.adapters.chat.log import ChatLog, load
from streamer.adapters.chat.logs.detect import detect
from streamer.ports import Misconfigured


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("chat.txt", "[20:00:00] ana: hi")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 400, "a picture (PNG)"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "a picture (WebP)"),
        (zipped(), "a ZIP archive: unpack it"),
        (b"\x1f\x8b\x08\x00" + b"\x00" * 40, "gzip"),
        (b"\x00\x00\x00\x20ftypisom" + b"\x00" * 40, "a video (MP4)"),
        (bytes(range(256)) * 10, "no text"),
        (b"<!DOCTYPE html><p>chat</p>", "a web page"),
        (b"Dear diary,\ntoday nothing happened.\n", "text without times of day"),
        (b'{"name": "x", "version": 3}', "JSON with the keys name, version"),
        (b"[1, 2, 3]", "JSON without a message in it"),
        (b"[]", "JSON without a message in it"),
        (b'[{"a": 1}]', "JSON with the keys a"),
    ],
)
def test_what_is_no_chat_log(tmp_path: Path, data: bytes, said: str):
    path = tmp_path / "chat.jsonl"
    path.write_bytes(data)
    with pytest.raises(Misconfigured) as wrong:
        load(path)
    assert said in wrong.value.reason
    assert "Chatterino" in wrong.value.fix


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\n \r\n"])
def test_an_empty_file_is_an_empty_chat(tmp_path: Path, data: bytes):
    path = tmp_path / "chat.txt"
    path.write_bytes(data)
    assert load(path) == ChatLog([], [], 0)


def test_the_name_of_a_file_does_not_count(tmp_path: Path):
    path = tmp_path / "holiday.png"
    path.write_text("[20:00:00] ana: hi\n", encoding="utf-8")
    assert load(path).format == "chatterino"


def test_a_message_that_names_the_keys_of_another_format_changes_nothing():
    row = {"at": 1, "platform": "t", "kind": "message", "id": "a", "user": {"id": "1"},
           "text": '{"replayChatItemAction": 1, "content_offset_seconds": 2}'}  # fmt: skip
    assert detect(json.dumps(row).encode()) == "jsonl"


PIECES = st.sampled_from(
    [
        b'{"comments": [', b'{"content_offset_seconds": 1, ', b'"replayChatItemAction": {', b'"time_in_seconds": ',
        b"[20:00:01] ", b"ana: hi", b"<@Ana> hi", b"\n", b"\r\n", b"}", b"]", b",", b'"', b"\\", b"\xff\xfe", b"\x00",
        b"# Start logging at 2026-99-99", b'"kind":', b"BAN: x", b"DELETED: x (", b"1e999", b"null", b"{}", b"[[[[",
        b'"message": ', b'"author": ', b'"item": {"liveChatTextMessageRenderer": {"timestampUsec": "1"', b"99:99:99",
    ]
)  # fmt: skip


@given(st.lists(st.one_of(PIECES, st.binary(max_size=12)), max_size=40).map(b"".join))
def test_any_bytes_are_a_chat_or_a_sentence(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "any.bin"
    path.write_bytes(data)
    with contextlib.suppress(Misconfigured):
        log = load(path)
        assert log.bad_lines >= len(log.bad)
        assert [row.at for row in log.rows] == sorted(row.at for row in log.rows)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(
        ["message", "author", "commenter", "fragments", "runs", "user_badges", "badges", "money", "emotes", "id",
         "text", "name", "authorBadges", "header", "body", "emoji", "timestampUsec", "locations", "item"],
    ), inner, max_size=5),
    max_leaves=12,
)  # fmt: skip


@given(_JSON, st.sampled_from(["vod", "youtube", "paid", "gift", "downloader"]))
def test_any_value_anywhere_is_a_row_or_a_bad_line(tmp_path_factory, value, form):
    path = tmp_path_factory.getbasetemp() / "any.json"
    more = value if isinstance(value, dict) else {"message": value}
    wrapped = {
        "vod": {"comments": [{"content_offset_seconds": 1, **more}, value]},
        "youtube": {"replayChatItemAction": {"videoOffsetTimeMsec": "1", "actions": [
            {"addChatItemAction": {"item": {"liveChatTextMessageRenderer": more}}}, value]}},
        "paid": {"addChatItemAction": {"item": {"liveChatPaidMessageRenderer": more}}, "videoOffsetTimeMsec": 5},
        "gift": {"addChatItemAction": {"item": {
            "liveChatSponsorshipsGiftPurchaseAnnouncementRenderer": more}}, "videoOffsetTimeMsec": value},
        "downloader": {"time_in_seconds": 1, **more},
    }  # fmt: skip
    path.write_text(json.dumps(wrapped[form]), encoding="utf-8")
    load(path)
