"""JSON logs: Twitch VOD chat, YouTube live chat, chat-downloader. The chat is invented."""

import json
import tracemalloc
from pathlib import Path
from typing import Any

import msgspec
import pytest

from streamer.adapters.chat.log import ChatLog, load, write_row
from streamer.core.events import Money
from streamer.ports import ChatRow


def read(tmp_path: Path, text: str | bytes, name: str = "chat.json") -> ChatLog:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load(path)


def comment(number: int, body: str, at: float, **message: Any) -> dict[str, Any]:
    return {
        "_id": f"c{number}", "created_at": f"2026-01-31T20:00:{int(at) % 60:02}Z", "channel_id": "9",
        "content_offset_seconds": at,
        "commenter": {"display_name": "Mireille", "_id": "77", "name": "mireille"},
        "message": {
            "body": body, "bits_spent": 0, "user_color": None,
            "fragments": [{"text": body, "emoticon": None}],
            "user_badges": [{"_id": "moderator", "version": "1"}, {"_id": "subscriber", "version": "12"}],
            **message,
        },
    }  # fmt: skip


def vod(*comments: Any, **more: Any) -> dict[str, Any]:
    return {
        "FileInfo": {"Version": {"Major": 1}}, "streamer": {"name": "mika", "id": 9},
        "video": {"title": 'a "comments": [ in a title', "start": 0}, "comments": list(comments), **more,
    }  # fmt: skip


def test_twitch_vod(tmp_path):
    emotes = [{"text": "hello ", "emoticon": None}, {"text": "Kappa", "emoticon": {"emoticon_id": "25"}}]
    raid = {"user_notice_params": {"msg-id": "raid"}}
    log = read(
        tmp_path,
        json.dumps(
            vod(
                comment(1, "hello Kappa", 3.5, fragments=emotes),
                comment(2, "take this Cheer50", 4, bits_spent=50),
                comment(3, "12 raiders from Lena have joined!", 5, **raid),
                {**comment(4, "me", 6), "commenter": None},
                comment(5, "early", -3),
                comment(6, "waves", 7, is_action=True),
            )
        ),
    )
    assert (log.format, log.began, log.left_out) == ("twitch_vod", "2026-01-31T20:00:03", 1)
    assert [(row.at, row.kind, row.text or row.count) for row in log.rows] == [
        (3.5, "message", "hello Kappa"), (4, "cheer", "take this Cheer50"), (5, "raid", 12), (7, "message", "waves"),
    ]  # fmt: skip
    first = log.rows[0]
    assert (first.id, first.emotes, log.rows[1].bits, log.rows[3].action) == ("c1", ((6, 11, "25"),), 50, True)
    assert first.user is not None
    assert (first.user.id, first.user.name, first.user.roles) == ("77", "Mireille", ("moderator", "subscriber"))
    assert [(bad.number, bad.reason) for bad in log.bad] == [(4, "no commenter")]


@pytest.mark.parametrize("indent", [None, 2])
def test_the_comments_alone_are_read_too(tmp_path, indent):
    log = read(tmp_path, json.dumps([comment(1, "hi", 1), comment(2, "ho", 2)], indent=indent))
    assert [row.text for row in log.rows] == ["hi", "ho"]


def test_pictures_before_the_comments_are_passed_over(tmp_path):
    pictures = {"thirdParty": [{"id": str(n), "data": "A" * 300_000} for n in range(3)]}
    log = read(tmp_path, json.dumps({"embeddedData": pictures, **vod(comment(1, "hi", 1))}))
    assert (log.format, [row.text for row in log.rows]) == ("twitch_vod", ["hi"])


def test_a_broken_comment_is_numbered_and_the_rest_is_read(tmp_path):
    good = [json.dumps(comment(number, f"hi {number}", number)) for number in range(1, 5)]
    bad = good[1].replace('"user_badges": [', '"user_badges": [[}')
    log = read(tmp_path, '{"comments": [' + ",".join([good[0], bad, "17", '{"_id": "x"}', *good[2:]]) + "]}")
    assert [row.text for row in log.rows] == ["hi 1", "hi 3", "hi 4"]
    assert 1 <= log.bad_lines <= 3
    assert log.bad[0].number == 2


def test_a_file_that_was_cut_off_is_read_as_far_as_it_goes(tmp_path):
    text = json.dumps(vod(*(comment(number, f"hi {number}", number) for number in range(20))))
    log = read(tmp_path, text[: len(text) * 2 // 3])
    assert 5 < len(log.rows) < 20
    assert log.bad_lines == 1
    assert "ends here" in log.bad[0].reason


def test_a_big_file_stays_small_in_memory(tmp_path):
    path = tmp_path / "big.json"
    filler = "y" * 2_000
    with path.open("w", encoding="utf-8") as file:
        file.write('{"comments": [')
        for number in range(8_000):
            text = json.dumps({**comment(number, "hello", number / 10), "filler": filler})
            file.write(("," if number else "") + text)
        file.write("]}")
    tracemalloc.start()
    log = load(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(log.rows) == 8_000
    assert path.stat().st_size > 18_000_000
    assert peak < path.stat().st_size


def renderer(number: int, text: str = "hi", **more: Any) -> dict[str, Any]:
    return {
        "id": f"y{number}", "timestampUsec": str(1_770_000_000_000_000 + number * 1_000_000),
        "authorName": {"simpleText": "@Priya"}, "authorExternalChannelId": "UCpriya",
        "message": {"runs": [{"text": text}]}, **more,
    }  # fmt: skip


def added(number: int, name: str, item: dict[str, Any], offset_ms: int) -> str:
    action = {"addChatItemAction": {"item": {name: item}, "clientId": f"k{number}"}}
    return json.dumps({"replayChatItemAction": {"actions": [action], "videoOffsetTimeMsec": str(offset_ms)}})


def runs(*texts: str) -> dict[str, Any]:
    return {"runs": [{"text": text} for text in texts]}


def acted(offset_ms: int, *actions: dict[str, Any]) -> str:
    return json.dumps({"replayChatItemAction": {"actions": actions, "videoOffsetTimeMsec": str(offset_ms)}})


def test_youtube(tmp_path):
    owner = [{"liveChatAuthorBadgeRenderer": {"icon": {"iconType": "MODERATOR"}}}]
    member = [{"liveChatAuthorBadgeRenderer": {"customThumbnail": {"thumbnails": []}}}]
    own = {"emojiId": "UCx/1", "shortcuts": [":wave:"], "isCustomEmoji": True}
    words = {"runs": [{"text": "so "}, {"emoji": own}, {"emoji": {"emojiId": "🎉", "shortcuts": [":tada:"]}}]}
    gift = {"authorName": {"simpleText": "Gus"}, "primaryText": runs("Gifted ", "5", " memberships")}
    paid = {"purchaseAmountText": {"simpleText": "¥1,000"}}
    stuck = {"purchaseAmountText": {"simpleText": "$4.99"}}
    months = {"headerPrimaryText": runs("Member for ", "7", " months")}
    batch: dict[str, Any] = {"header": {"liveChatSponsorshipsHeaderRenderer": gift}}
    plain, member_item = "liveChatTextMessageRenderer", "liveChatMembershipItemRenderer"
    lines = [
        added(1, plain, renderer(1, "waiting"), 0),
        added(2, plain, renderer(100, message=words, authorBadges=owner + member), 10_000),
        added(3, "liveChatPaidMessageRenderer", renderer(101, "nice", **paid), 11_000),
        added(4, "liveChatPaidStickerRenderer", renderer(102, "", **stuck), 12_000),
        added(5, member_item, renderer(103, "", headerSubtext={"simpleText": "Welcome"}), 13_000),
        added(6, member_item, renderer(104, "happy", **months), 14_000),
        added(7, "liveChatSponsorshipsGiftPurchaseAnnouncementRenderer", renderer(105, **batch), 15_000),
        acted(16_000, {"markChatItemAsDeletedAction": {"targetItemId": "y100"}}),
        acted(17_000, {"markChatItemsByAuthorAsDeletedAction": {"externalChannelId": "UCpriya"}}),
        acted(18_000, {"addBannerToLiveChatCommand": {}}, {"addLiveChatTickerItemAction": {}}),
        "{broken",
        "[]",
        added(8, plain, {"message": 5}, 19_000),
    ]
    log = read(tmp_path, "\n".join(lines), "x.live_chat.json")
    assert (log.format, log.left_out) == ("youtube_live", 1)
    assert [(row.at, row.kind, row.text or row.count or row.target) for row in log.rows] == [
        (10, "message", "so :wave:🎉"), (11, "superchat", "nice"), (12, "sticker", ""), (13, "member_new", ""),
        (14, "milestone", "happy"), (15, "gift_batch", 5), (16, "delete_message", "y100"),
        (17, "clear_user", "UCpriya"),
    ]  # fmt: skip
    first = log.rows[0]
    assert first.user is not None
    assert (first.user.name, first.user.roles, first.emotes) == ("Priya", ("moderator", "member"), ((3, 9, "UCx/1"),))
    assert [log.rows[n].amount for n in (1, 2)] == [Money(1_000_000_000, "JPY"), Money(4_990_000, "USD")]
    assert log.rows[4].count == 7
    assert log.rows[5].user is not None
    assert log.rows[5].user.name == "Gus"
    assert [bad.number for bad in log.bad] == [11, 12, 13]


def test_youtube_recorded_live(tmp_path):
    line = {
        "addChatItemAction": {"item": {"liveChatTextMessageRenderer": renderer(5)}},
        "videoOffsetTimeMsec": "5000",
        "isLive": True,
    }
    assert [row.at for row in read(tmp_path, json.dumps(line)).rows] == [5.0]


def item(number: int, at: float | None, kind: str = "text_message", **more: Any) -> dict[str, Any]:
    return {
        "message_id": f"d{number}", "message": "hi", "message_type": kind, "time_in_seconds": at,
        "timestamp": 1_770_000_000_000_000 + number,
        "author": {"id": "77", "name": "mireille", "display_name": "Mireille",
                   "badges": [{"name": "vip", "title": "VIP"}, {"name": "subscriber"}]},
        **more,
    }  # fmt: skip


@pytest.mark.parametrize("lines", [True, False])
def test_chat_downloader(tmp_path, lines):
    rows = [
        item(1, 1.5, emotes=[{"id": "25", "locations": "0-1"}]), item(2, 2, bits=30),
        item(3, 3, "mystery_subscription_gift", mass_gift_count=5), item(4, 4, "something_new"),
        item(5, 5, "delete_message", target_message_id="d1"), item(6, 6, "ban_user", ban_duration=60),
        item(7, 7, "paid_message", money={"amount": 5.5, "currency": "EUR"},
             author={"id": "UCpriya", "name": "Priya", "badges": [{"title": "Member (6 months)"}]}),
        {"message_type": "text_message"}, item(8, -5),
    ]  # fmt: skip
    text = "\n".join(map(json.dumps, rows)) if lines else json.dumps(rows, indent=4)
    log = read(tmp_path, text)
    assert (log.format, log.left_out, [bad.number for bad in log.bad]) == ("chat_downloader", 1, [8])
    assert [(row.at, row.platform, row.kind) for row in log.rows] == [
        (1.5, "twitch", "message"), (2, "twitch", "cheer"), (3, "twitch", "gift_batch"),
        (5, "twitch", "delete_message"), (6, "twitch", "clear_user"), (7, "youtube", "superchat"),
    ]  # fmt: skip
    first, paid = log.rows[0], log.rows[-1]
    assert first.user is not None
    assert paid.user is not None
    assert (first.user.roles, first.emotes, log.rows[2].count) == (("vip", "subscriber"), ((0, 2, "25"),), 5)
    assert (paid.amount, paid.user.roles) == (Money(5_500_000, "EUR"), ("member",))


def test_an_array_written_by_an_interrupted_download(tmp_path):
    text = "[" + json.dumps(item(1, 1)) + ",\n" + json.dumps(item(2, 2))[:60]
    log = read(tmp_path, text)
    assert [row.at for row in log.rows] == [1]
    assert log.bad_lines == 1


@pytest.mark.parametrize("lines", [False, True])
def test_half_a_character_is_shown_as_such_and_stops_nothing(tmp_path: Path, *, lines: bool) -> None:
    """JSON may hold half of a pair (`\\ud83d`), which no file and no server takes."""
    half = {
        "message_id": "a", "message": "hi \ud83d there", "time_in_seconds": 1.0,
        "author": {"id": "1\ud800", "name": "b\udfff"}, "emotes": [{"id": "e\ud800", "locations": ["0-1"]}],
    }  # fmt: skip
    path = tmp_path / "chat.json"
    path.write_text(json.dumps([half]) if not lines else json.dumps({**half, "message": "x"}) + "\n", encoding="utf-8")
    log = load(path)
    if lines:  # this reader does not take the line at all
        assert (log.rows, log.bad_lines) == ([], 1)
        return
    assert log.rows[0].text == "hi \ufffd there"
    assert log.rows[0].user is not None
    assert (log.rows[0].user.id, log.rows[0].user.name) == ("1\ufffd", "b\ufffd")
    assert msgspec.json.decode(write_row(log.rows[0]), type=ChatRow) == log.rows[0]
