"""Writing into a chat as an account: what is sent, what is refused, what is said about it."""

import pytest

from streamer.adapters.chat.youtube.api import Quota, YouTubeApi
from streamer.adapters.chat.youtube.api.calls import Calls
from streamer.adapters.chat.youtube.api.writer import YouTubeWriter
from streamer.ports import ChatWriter, Misconfigured, Refused, Unavailable, Writable
from tests.adapters.chat.contract import Reading, until
from tests.adapters.chat.youtube_api.kit import SCOPE, Page, Signed, source
from tests.fakes.youtube_api import CHAT, FakeYouTubeApi, error, page_id


@pytest.fixture
async def youtube():
    async with FakeYouTubeApi(token=lambda token: token.startswith("token-")) as fake:
        yield fake
        assert fake.violations == []


class Desk:
    """A writer without a reader."""

    def __init__(self, youtube, account=None, **quota):
        self.account = account or Signed()
        self.quota = Quota(lambda: 1_795_300_000.0, **quota)
        self.calls = Calls(youtube.url, self.quota, account=self.account)
        self.chat = CHAT
        self.names = {"m1": "bob"}
        self.writer: ChatWriter = YouTubeWriter(
            self.calls, self.account, lambda: self.chat, lambda message: self.names.get(message, ""), lambda each: each
        )


@pytest.fixture
async def desk(youtube):
    desk = Desk(youtube)
    yield desk
    await desk.calls.aclose()


async def test_what_is_sent_comes_back_as_the_bots_own(youtube):
    account = Signed()
    api = source(youtube, account=account)
    assert isinstance(api, Writable)
    reader = Reading(api)
    await youtube.ready()
    writer = api.writer
    assert writer is not None
    assert writer.platform == "youtube"
    message = await writer.send("  hello everybody  ")
    await until(lambda: reader.ids == [message])
    assert (reader.rows[0].text, reader.rows[0].user.id) == ("hello everybody", writer.own)
    await youtube.say("Bob", "how are you?")
    await until(lambda: len(reader.rows) == 2)
    await writer.send("fine", reply_to=reader.rows[1].id)
    assert youtube.said[-1]["textMessageDetails"]["messageText"] == "@Bob fine"
    await writer.delete(message)
    assert youtube.deleted == [message]
    await reader.close()


async def test_a_message_told_by_the_page_is_deleted_under_the_apis_id(youtube):
    page = Page()
    api = source(youtube, account=Signed(), deletions=page)
    reader = Reading(api)
    await youtube.ready()
    message = await youtube.say("Bob", "hi")
    page.say(1, "Bob", "hi")
    await until(lambda: api._pairing.known(page_id(1)) == message)
    await api.writer.delete(page_id(1))
    assert youtube.deleted == [message]
    await reader.close()


async def test_a_reply_names_whom_it_answers_where_that_fits(youtube, desk):
    for text, wanted in (
        ("fine", "@bob fine"),
        ("@bob fine", "@bob fine"),
        ("x" * 195, "@bob " + "x" * 195),
        ("x" * 196, "x" * 196),
    ):
        await desk.writer.send(text, reply_to="m1")
        assert youtube.said[-1]["textMessageDetails"]["messageText"] == wanted
    await desk.writer.send("fine", reply_to="unknown")
    assert youtube.said[-1]["textMessageDetails"]["messageText"] == "fine"


async def test_bans_for_a_time_and_for_good(youtube, desk):
    await desk.writer.timeout("UCbad", 300, "spam")
    await desk.writer.timeout("UCbad", 10**9)
    await desk.writer.ban("UCbad")
    assert [(each["type"], each.get("banDurationSeconds")) for each in youtube.bans] == [
        ("temporary", "300"), ("temporary", "86400"), ("permanent", None),
    ]  # fmt: skip
    assert {each["bannedUserDetails"]["channelId"] for each in youtube.bans} == {"UCbad"}


async def test_what_is_never_sent(youtube, desk):
    for text, code in (("x" * 201, "too_long"), ("   ", "other")):
        with pytest.raises(Refused) as wrong:
            await desk.writer.send(text)
        assert wrong.value.code == code
    desk.chat = ""
    with pytest.raises(Unavailable):
        await desk.writer.send("hi")
    assert youtube.calls["insert"] == 0


@pytest.mark.parametrize(
    ("status", "reason", "kind", "code"),
    [
        (403, "insufficientPermissions", Misconfigured, ""),
        (403, "accessNotConfigured", Misconfigured, ""),
        (403, "forbidden", Refused, "not_allowed"),
        (403, "liveChatEnded", Refused, "gone"),
        (403, "liveChatDisabled", Refused, "gone"),
        (404, "liveChatNotFound", Refused, "gone"),
        (404, "liveChatMessageNotFound", Refused, "gone"),
        (403, "liveChatBanInsertionNotAllowed", Refused, "not_allowed"),
        (403, "liveChatUserBanned", Refused, "banned"),
        (400, "messageTextInvalid", Refused, "other"),
        (429, "rateLimitExceeded", Unavailable, ""),
        (403, "quotaExceeded", Unavailable, ""),
    ],
)
async def test_each_refusal_is_of_its_kind(youtube, desk, status, reason, kind, code):
    acts = [
        ("insert", lambda: desk.writer.send("hi")),
        ("delete", lambda: desk.writer.delete("m")),
        ("ban", lambda: desk.writer.ban("UCbad")),
        ("ban", lambda: desk.writer.timeout("UCbad", 5)),
    ]
    for call, act in acts:
        youtube.refuse = {call: lambda: error(status, reason)}
        desk.quota.granted()
        with pytest.raises(kind) as wrong:
            await act()
        if code:
            assert wrong.value.code == code
        if reason == "quotaExceeded":
            assert wrong.value.retry_after_s == desk.quota.turns_in_s()


async def test_a_message_nobody_knows_was_taken_is_not_sent_again(youtube, desk):
    youtube.refuse["insert"] = lambda: error(503, "backendError")
    with pytest.raises(Refused, match="did not say"):
        await desk.writer.send("hi")
    with pytest.raises(Refused):
        await desk.writer.send("hi")
    youtube.refuse["delete"] = lambda: error(503, "backendError")
    with pytest.raises(Unavailable):
        await desk.writer.delete("m")  # twice does no harm


async def test_a_server_that_is_not_there_may_be_tried_again(youtube):
    async def resolve():
        return ""

    api = YouTubeApi("mika", resolve, account=Signed(), api_url="http://127.0.0.1:9")
    api.chat = CHAT
    with pytest.raises(Unavailable):
        await api.writer.send("hi")
    await api.aclose()


async def test_a_token_that_was_refused_is_replaced_once(youtube):
    youtube.token = lambda token: token == "token-2"
    desk = Desk(youtube, Signed("token-2"))
    await desk.writer.send("hi")
    assert desk.account.refusals == ["token-1"]
    youtube.token = lambda token: False
    with pytest.raises(Misconfigured) as wrong:
        await desk.writer.send("hi")
    assert wrong.value.fix
    assert youtube.calls["insert"] == 3
    await desk.calls.aclose()


async def test_writing_keeps_to_its_part_of_the_quota(youtube):
    desk = Desk(youtube, writing=100)
    await desk.writer.send("one")
    await desk.writer.send("two")
    for act in (lambda: desk.writer.send("three"), lambda: desk.writer.delete("m"), lambda: desk.writer.ban("UCbad")):
        with pytest.raises(Unavailable) as wrong:
            await act()
        assert wrong.value.retry_after_s == desk.quota.turns_in_s()
    assert youtube.calls["insert"] == 2
    await desk.calls.aclose()


async def test_what_the_account_may_do(youtube, desk):
    assert desk.writer.acts == {"send", "reply", "delete", "timeout", "ban"}
    youtube.refuse["ban"] = lambda: error(403, "forbidden")
    with pytest.raises(Refused):
        await desk.writer.ban("UCbad")
    assert desk.writer.acts == {"send", "reply"}
    assert Desk(youtube, Signed(scopes=frozenset())).writer.acts == frozenset()
    for scope in (SCOPE, f"{SCOPE}.force-ssl"):
        assert "send" in Desk(youtube, Signed(scopes=frozenset({scope}))).writer.acts
    assert Desk(youtube, Signed(scopes=frozenset({f"{SCOPE}.readonly"}))).writer.acts == frozenset()
    rates = desk.writer.rates
    assert (rates.length, rates.gap_s) == (200, 2.0)


async def test_the_bots_own_id_is_learned_from_what_it_sent(youtube):
    desk = Desk(youtube, Signed(user_id=""))
    assert desk.writer.own == ""
    await desk.writer.send("hi")
    assert desk.writer.own == "UCmika"
    await desk.calls.aclose()


async def test_who_writes_after_the_end_opens_nothing_again(desk):
    await desk.calls.aclose()
    with pytest.raises(Unavailable):
        await desk.writer.send("too late")
