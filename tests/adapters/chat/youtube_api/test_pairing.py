"""Which message of the page is which of the API, and what is told of two readers."""

import base64

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.adapters.chat.youtube.api.ids import inner
from streamer.adapters.chat.youtube.api.pairing import Pairing
from streamer.ports import ChatRow, User
from tests.fakes.youtube_api import api_id, page_id


class World:
    def __init__(self):
        self.now = 100.0
        self.pairing = Pairing(lambda: self.now)

    def api(self, message, text="hello", name="ann", at=None):
        return self.pairing.api(said(message, text, name, self.now if at is None else at, "ytapi"))

    def page(self, message, text="hello", name="ann", at=None, away=False):
        return self.pairing.page(said(message, text, name, self.now if at is None else at, "innertube"), away=away)

    def delete(self, message, away=False):
        row = ChatRow(at=self.now, platform="youtube", kind="delete_message", target=message)
        return [each.target for each in self.pairing.page(row, away=away)]


def said(message, text, name, at, source):
    return ChatRow(
        at=at, platform="youtube", kind="message", id=message, user=User(f"UC{name}"), text=text, source=source
    )


@pytest.fixture
def world():
    return World()


# --- ids


def test_both_ids_of_a_message_share_their_inner_text():
    assert inner(api_id(7)) & inner(page_id(7))
    assert not inner(api_id(7)) & inner(page_id(8))


def test_the_text_is_found_at_any_depth_beside_anything():
    core = b"CJ7x9abcdefghijklmnopqrstu"
    wrapped = bytes([0x08, 0x96, 0x01, 0x12, len(core) + 4, 0x0A, len(core) + 2, 0x0A, len(core)]) + core
    wrapped += bytes([0x1D]) + b"\x00\x01\x02\x03" + bytes([0x21]) + b"12345678"
    assert inner("LCC." + base64.urlsafe_b64encode(wrapped).decode().rstrip("=")) == {core.decode()}


@given(st.text(max_size=60) | st.binary(max_size=80).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_any_text_has_something_inside(message):
    assert inner(message)
    assert inner("LCC." + message)


# --- deletions


def test_a_deletion_is_told_under_the_apis_id_and_its_own(world):
    world.api(api_id(1))
    assert world.delete(page_id(1)) == [api_id(1), page_id(1)]


def test_a_deletion_that_comes_before_the_message(world):
    assert world.delete(page_id(1)) == [page_id(1)]
    rows = world.api(api_id(1))
    assert [(row.kind, row.target or row.id) for row in rows] == [
        ("delete_message", api_id(1)), ("message", api_id(1)),
    ]  # fmt: skip


def test_ids_that_show_nothing_are_matched_by_author_words_and_time(world):
    world.api("api-a", "same words", "ann", at=100.0)
    world.api("api-b", "same words", "bob", at=100.0)
    world.api("api-c", "other words", "ann", at=100.0)
    world.page("page-a", "same  words", "ann", at=101.5)
    assert world.delete("page-a") == ["api-a", "page-a"]


def test_equal_words_are_taken_in_their_order(world):
    for number in range(3):
        world.api(f"api-{number}", "lol", at=100.0 + number * 0.3)
    for number in range(3):
        world.page(f"page-{number}", "lol", at=100.2 + number * 0.3)
    assert [world.delete(f"page-{number}")[0] for number in (1, 0, 2)] == ["api-1", "api-0", "api-2"]


def test_the_page_first_then_deleted_then_the_api(world):
    world.page("page-a")
    assert world.delete("page-a") == ["page-a"]
    assert [row.kind for row in world.api("api-a")] == ["delete_message", "message"]


def test_a_removal_that_the_page_tells_before_its_message(world):
    world.api("api-a")
    assert world.delete("page-a") == ["page-a"]
    assert [(row.kind, row.target) for row in world.page("page-a")] == [("delete_message", "api-a")]
    assert world.delete("page-b") == ["page-b"]
    assert world.page("page-b", "other", away=True) == []
    assert [row.kind for row in world.api("api-b", "other")] == ["delete_message", "message"]


def test_channel_emoji_and_mentions_are_written_differently(world):
    world.api("api-a", "@bob hi :_mikaWave:")
    world.page("page-a", "bob hi :mikaWave:")
    assert world.delete("page-a") == ["api-a", "page-a"]


def test_a_deletion_of_what_nobody_told_is_passed(world):
    world.api("api-a")
    assert world.delete("unknown") == ["unknown"]


def test_a_text_all_ids_share_matches_nothing(world):
    def with_chat(number):
        core, chat = f"CN{number:024d}".encode(), b"UCsharedsharedsharedshar"
        raw = bytes([0x0A, 26]) + core + bytes([0x12, len(chat)]) + chat
        return base64.urlsafe_b64encode(raw).decode()

    for number in range(3):
        world.api("LCC." + with_chat(number), f"text {number}")
    assert world.delete(with_chat(1)) == ["LCC." + with_chat(1), with_chat(1)]
    assert world.delete(with_chat(9)) == [with_chat(9)]


def test_bans_and_what_only_the_page_sees_pass(world):
    for kind in ("clear_user", "clear_chat", "raid", "held"):
        row = ChatRow(at=1.0, platform="youtube", kind=kind, id="x", target="UCbad")
        assert world.pairing.page(row, away=False) == [row]
    poll = ChatRow(at=1.0, platform="youtube", kind="poll_begin", id="p")
    assert world.pairing.page(poll, away=False) == []


def test_a_held_message_that_was_let_through_is_a_message_and_any_other_replacement_a_removal(world):
    def replacement(message, text):
        row = said(message, text, "ann", world.now, "innertube")
        row = msgspec.structs.replace(row, kind="replace_message", target=message, id=f"new-{message}")
        return world.pairing.page(row, away=True)

    assert [(row.kind, row.id) for row in replacement(page_id(1), "let through")] == [("message", page_id(1))]
    assert world.api(api_id(1), "let through") == []
    world.api(api_id(2), "told before")
    assert [row.target for row in replacement(page_id(2), "gone")] == [api_id(2), page_id(2)]
    assert [row.kind for row in replacement(page_id(3), "")] == ["delete_message"]


# --- one for the other


def test_what_both_tell_is_told_once(world):
    assert len(world.api(api_id(1))) == 1
    assert world.page(page_id(1)) == []
    assert world.page(page_id(2)) == []
    assert len(world.api(api_id(2))) == 1
    assert world.pairing.release() == []


def test_while_the_api_is_away_the_page_tells_and_the_api_does_not_repeat_it(world):
    world.page(page_id(1))
    assert [row.id for row in world.pairing.release()] == [page_id(1)]
    assert [row.id for row in world.page(page_id(2), "two", away=True)] == [page_id(2)]
    assert world.api(api_id(1)) == []
    assert world.api(api_id(2), "two") == []
    assert [row.id for row in world.api(api_id(3), "three")] == [api_id(3)]
    assert world.delete(page_id(2)) == [api_id(2), page_id(2)]
    assert world.pairing.known(page_id(2)) == api_id(2)
    assert world.pairing.known("other") == "other"


def test_a_deletion_by_the_api_reaches_what_the_page_told(world):
    world.page(page_id(1), away=True)
    world.api(api_id(1))
    row = ChatRow(at=1.0, platform="youtube", kind="delete_message", target=api_id(1))
    assert [each.target for each in world.pairing.api(row)] == [api_id(1), page_id(1)]


def test_what_the_page_holds_is_forgotten_after_a_minute_and_when_it_is_deleted(world):
    world.page(page_id(1), "old")
    world.now += 61
    world.page(page_id(2), "deleted")
    world.page(page_id(3), "new")
    world.delete(page_id(2))
    assert [row.text for row in world.pairing.release()] == ["new"]


def test_how_long_the_api_has_been_behind(world):
    assert world.pairing.waiting_since() is None
    world.page(page_id(1))
    world.now += 5
    world.page(page_id(2), "two")
    assert world.pairing.waiting_since() == 100.0
    world.api(api_id(1))
    assert world.pairing.waiting_since() == 105.0
