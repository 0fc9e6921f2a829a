"""From rows to facts."""

import asyncio
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.adapters.store.texts import MemoryTexts
from streamer.app.ingress import SEEN_S, Ingress
from streamer.core.commands import Erase
from streamer.core.events import ChatReceived, Features, HostSpoke, Money, Tombstoned
from streamer.core.verdict import ALLOW, Verdict
from streamer.ports import ChatRow, User

BOB = User("7", "bob", "Bob", ("subscriber", "moderator"))


class Way:
    """An ingress with everything around it, on a clock that the test moves."""

    def __init__(self, **parts: Any) -> None:
        self.now = 100.0
        self.texts = MemoryTexts(now=lambda: self.now)
        self.judged: list[tuple[str, str, str]] = []
        self.told: list[Any] = []
        self.verdict = ALLOW
        self.ingress = Ingress(
            **{
                "texts": self.texts, "judge": self.judge, "now": lambda: self.now, "emit": self.told.append,
                "features_of": lambda text, emotes: Features(words=len(text.split()), emote_only=text in emotes),
                **parts,
            }
        )  # fmt: skip

    def judge(self, text: str, name: str, role: str) -> Verdict:
        self.judged.append((text, name, role))
        return self.verdict

    def hear(self, kind: Any = "message", **fields: Any) -> Any:
        """The one fact of a row, or None."""
        events = self.ingress.hear(row(kind, **fields))
        assert len(events) <= 1
        return events[0] if events else None


def row(kind: Any = "message", **fields: Any) -> ChatRow:
    return ChatRow(
        **{"at": 0.0, "platform": "twitch", "kind": kind, "id": "m1", "user": BOB, "text": "hello", **fields}
    )


# --- what a fact is made of -------------------------------------------------------------------------------------------


def test_a_message():
    way = Way()
    assert way.hear(reply_to="m0", text="hello there") == ChatReceived(
        uid="twitch:m1", user="twitch:7", platform="twitch", text="m:twitch:m1", name="n:twitch:7",
        reply_to="twitch:m0",
        roles=("subscriber", "moderator"), features=Features(words=2),
    )  # fmt: skip
    assert (way.texts.get("m:twitch:m1"), way.texts.get("n:twitch:7")) == ("hello there", "Bob")
    assert way.judged == [("hello there", "Bob", "moderator")]


def test_paid_and_other_kinds():
    way = Way()
    paid = way.hear("superchat", id="a", amount=Money(5_000_000, "EUR"))
    assert (paid.kind, paid.amount) == ("superchat", Money(5_000_000, "EUR"))
    raid = way.hear("raid", id="b", text="", count=33, guest=True, test=True)
    assert (raid.kind, raid.count, raid.text, raid.guest, raid.test) == ("raid", 33, "", True, True)
    assert way.hear("cheer", id="c", bits=100).bits == 100


def test_a_row_without_id_or_user():
    way = Way()
    first, second = way.hear("gift_batch", id="", user=None, text=""), way.hear("gift_batch", id="", user=None, text="")
    assert first.uid != second.uid
    assert (first.user, first.name) == ("twitch:", "")


def test_ids_are_bounded():
    way = Way()
    one, other = way.hear(id="x" * 5000), way.hear(id="x" * 4999 + "y")
    assert len(one.uid) < 200
    assert one.uid != other.uid


def test_emotes_are_seen_by_the_features():
    assert Way().hear(text="Kappa", emotes=((0, 5, "25"),)).features.emote_only


def test_the_display_copy_is_what_is_judged_and_kept():
    way = Way()
    way.hear(text="a\u202eb\nc" + "x" * 900, user=User("7", "bob", "Bo\x00b"))
    text, name, _ = way.judged[0]
    assert (text[:4], len(text), name) == ("ab c", 500, "Bob")
    assert way.texts.get("m:twitch:m1") == text


def test_a_verdict_travels_with_the_fact():
    way = Way(mask=lambda text, verdict: "***")
    way.verdict = Verdict("drop", "slur", (0, 5))
    assert way.hear().verdict == way.verdict
    assert way.texts.get("m:twitch:m1") == "hello", "kept for the moderators"
    way.verdict = Verdict("replace", "profanity", (0, 5))
    assert way.hear(id="m2").verdict.action == "replace"
    assert way.texts.get("m:twitch:m2") == "***", "a replaced text is stored replaced"


def test_names_are_made_fit_to_be_shown():
    way = Way(name_of=lambda name: "a viewer" if name == "Bob" else name)
    way.hear()
    assert way.texts.get("n:twitch:7") == "a viewer"


def test_a_changed_name_is_learned():
    way = Way()
    way.hear()
    way.hear(id="m2", user=User("7", "bob", "Bobby"))
    assert way.texts.get("n:twitch:7") == "Bobby"


def test_bots_and_ourselves():
    way = Way(own=["twitch:99"])
    assert way.hear(id="a", user=User("1", "NightBot")).bot
    assert way.hear(id="b", user=User("99", "mika_bot")).bot
    assert not way.hear(id="c").bot
    way.ingress.set_bots(["Bob"])
    assert way.hear(id="d").bot
    assert not way.hear(id="e", user=User("1", "nightbot")).bot


def test_the_host():
    way = Way()
    said = way.hear("host_said", id="h1", text="hey you two")
    assert said == HostSpoke("twitch:h1", "m:twitch:h1", Features(words=3))
    assert way.texts.get("m:twitch:h1") == "hey you two"
    assert way.judged == [], "the host is not moderated"
    assert way.hear("host_said", id="h2", text="  ") is None
    assert way.hear("host_said", id="", user=None, text="again").uid != said.uid


@pytest.mark.parametrize("kind", ["held", "held_resolved", "poll_begin", "ad_break", "stream_on", "settings"])
def test_what_is_not_for_the_cast(kind):
    way = Way()
    assert way.hear(kind) is None
    assert way.ingress.counts.ignored == 1


def test_a_judge_that_fails_holds_the_message(caplog):
    def judge(text, name, role):
        raise ValueError(text)

    way = Way(judge=judge)
    assert way.hear(text="my secret").verdict == Verdict("hold", "judge.failed")
    assert way.ingress.counts.judge_failed == 1
    assert "ValueError" in caplog.text
    assert "secret" not in caplog.text


def test_features_that_fail_are_none(caplog):
    def features(text, emotes):
        raise ValueError(text)

    assert Way(features_of=features).hear(text="my secret").features == Features()
    assert "secret" not in caplog.text


# --- twice ------------------------------------------------------------------------------------------------------------


def test_the_same_message_from_two_sources_is_one():
    way = Way()
    assert way.hear() is not None
    assert way.hear(text="again") is None
    assert way.texts.get("m:twitch:m1") == "hello"
    assert way.hear(platform="youtube") is not None
    assert way.ingress.counts.twice == 1


def test_it_is_remembered_for_a_while():
    way = Way()
    way.hear()
    assert way.ingress.heard("twitch:m1").user == "twitch:7"
    way.now += SEEN_S + 1
    way.hear(id="m2")
    assert way.ingress.heard("twitch:m1") is None
    assert len(way.ingress._seen) == 1


# --- taken back -------------------------------------------------------------------------------------------------------


def test_deletions():
    way = Way()
    assert way.hear("delete_message", target="m1", id="") == Tombstoned("message", "twitch:m1")
    assert way.hear("delete_message", target="m1", id="") is None
    assert way.hear("clear_user", target="7") == Tombstoned("user", "twitch:7")
    assert way.hear("clear_user", target="7") == Tombstoned("user", "twitch:7")
    assert way.hear("clear_chat") == Tombstoned("room", "twitch")
    assert way.hear("delete_message", target="") is None


def test_the_lines_that_repeat_it_are_named():
    way = Way(quoted=lambda stone: (4, 5) if stone.key == "twitch:m1" else ())
    assert way.hear("delete_message", target="m1") == Tombstoned("message", "twitch:m1", (4, 5))


def test_a_message_after_its_own_deletion_is_never_told():
    way = Way()
    way.hear("delete_message", target="m1")
    way.now += 5
    assert way.hear() is None
    assert way.texts.get("m:twitch:m1") is None
    assert way.ingress.counts.taken_back == 1


def test_a_cleared_user_may_write_again_but_nothing_earlier_comes():
    way = Way()
    way.hear(id="old", at=50.0)
    way.now += 5
    way.hear("clear_user", target="7", at=60.0)
    way.now += 1
    assert way.hear(id="delayed", at=55.0) is None
    assert way.hear(id="later", at=61.0) is not None
    assert way.ingress.is_taken_back("twitch:old")
    assert not way.ingress.is_taken_back("twitch:later")


def test_a_moderator_of_ours_clears_without_a_time():
    way = Way()
    way.hear(at=50.0)
    way.now += 1
    way.hear("clear_user", target="7", at=0.0)
    assert way.ingress.is_taken_back("twitch:m1")
    way.now += 1
    assert way.hear(id="m2", at=52.0) is not None


def test_a_cleared_room():
    way = Way()
    way.hear()
    way.hear(platform="youtube")
    way.now += 1
    way.hear("clear_chat")
    assert way.ingress.is_taken_back("twitch:m1")
    assert not way.ingress.is_taken_back("youtube:m1")


def test_words_long_gone():
    way = Way()
    way.hear("clear_user", target="7")
    assert way.ingress.is_taken_back("twitch:unknown", "twitch:7")
    assert not way.ingress.is_taken_back("twitch:unknown", "twitch:7", way.now + 1)
    assert not way.ingress.is_taken_back("twitch:unknown")


def test_erasing():
    way = Way()
    for native in ("m1", "m2", "m3"):
        way.hear(id=native)
    way.hear(platform="youtube")
    way.ingress.erase(Erase(cause=1, scope="message", key="twitch:m1"))
    assert [way.texts.get(f"m:twitch:{native}") for native in ("m1", "m2")] == [None, "hello"]
    way.ingress.erase(Erase(cause=1, scope="room", key="twitch"))
    assert way.texts.get("m:twitch:m2") is None
    assert way.texts.get("m:youtube:m1") == "hello"
    way.ingress.erase(Erase(cause=1, scope="user", key="youtube:7"))
    assert (way.texts.get("m:youtube:m1"), way.texts.get("n:youtube:7")) == (None, None)


def test_a_replaced_message():
    way = Way()
    shown = way.hear("replace_message", target="held1", text="let through")
    assert (shown.uid, shown.kind) == ("twitch:held1", "message")
    assert way.hear("replace_message", target="held1", text="") == Tombstoned("message", "twitch:held1")
    assert way.hear("replace_message", target="held2", text="") == Tombstoned("message", "twitch:held2")


def test_a_resumed_show_remembers():
    way, after = Way(), Way()
    events = [way.hear(), way.hear("host_said", id="h"), way.hear("delete_message", target="x")]
    for event in events:
        after.ingress.remember(event, 90.0)
    assert after.hear() is None
    assert after.hear(id="x") is None
    assert after.hear("clear_user", target="7") is not None
    assert after.ingress.is_taken_back("twitch:m1")


# --- a judge that takes its time --------------------------------------------------------------------------------------


async def test_order_is_kept_while_the_deep_judge_thinks():
    async def deep(text: str, name: str, role: str) -> Verdict:
        await asyncio.sleep(0.02 if text == "slow" else 0)
        return Verdict("hold", "deep") if text == "bad" else ALLOW

    way = Way(deep=deep)
    task = asyncio.create_task(way.ingress.run())
    for native, text in (("1", "slow"), ("2", "bad"), ("3", "quick")):
        await way.ingress.submit(row(id=native, text=text))
    await way.ingress.submit(row("host_said", id="4"))
    assert way.told == []
    async with asyncio.timeout(5):
        while len(way.told) < 4:
            await asyncio.sleep(0.001)
    task.cancel()
    await asyncio.wait({task})
    assert [event.uid for event in way.told] == ["twitch:1", "twitch:2", "twitch:3", "twitch:4"]
    assert way.told[1].verdict.rule == "deep"


async def test_deletions_overtake_and_what_waits_is_not_told():
    gate = asyncio.Event()

    async def deep(text: str, name: str, role: str) -> Verdict:
        await gate.wait()
        return ALLOW

    way = Way(deep=deep)
    task = asyncio.create_task(way.ingress.run())
    await way.ingress.submit(row(id="1"))
    await way.ingress.submit(row(id="2", user=User("8", "eve")))
    await way.ingress.submit(row("delete_message", target="1"))
    assert way.told == [Tombstoned("message", "twitch:1")]
    gate.set()
    async with asyncio.timeout(5):
        while len(way.told) < 2:
            await asyncio.sleep(0.001)
    task.cancel()
    await asyncio.wait({task})
    assert way.told[1].uid == "twitch:2"
    assert way.texts.get("m:twitch:1") is None


async def test_the_graver_verdict_counts_and_a_drop_is_not_asked_about():
    asked = []

    async def deep(text: str, name: str, role: str) -> Verdict:
        asked.append(text)
        if text == "broken":
            raise ValueError
        return ALLOW

    way = Way(deep=deep)
    task = asyncio.create_task(way.ingress.run())
    way.verdict = Verdict("drop", "slur")
    await way.ingress.submit(row(id="1", text="one"))
    way.verdict = Verdict("hold", "link")
    await way.ingress.submit(row(id="2", text="two"))
    way.verdict = ALLOW
    await way.ingress.submit(row(id="3", text="broken"))
    async with asyncio.timeout(5):
        while len(way.told) < 3:
            await asyncio.sleep(0.001)
    task.cancel()
    await asyncio.wait({task})
    assert asked == ["two", "broken"]
    assert [event.verdict.rule for event in way.told] == ["slur", "link", "judge.failed"]


async def test_a_deep_judge_that_never_answers(monkeypatch):
    monkeypatch.setattr("streamer.app.ingress.DEEP_LIMIT_S", 0.01)

    async def deep(text: str, name: str, role: str) -> Verdict:
        await asyncio.Event().wait()
        return ALLOW

    way = Way(deep=deep)
    task = asyncio.create_task(way.ingress.run())
    await way.ingress.submit(row())
    async with asyncio.timeout(5):
        while not way.told:
            await asyncio.sleep(0.001)
    task.cancel()
    await asyncio.wait({task})
    assert way.told[0].verdict == Verdict("hold", "judge.late")


async def test_without_a_deep_judge_a_row_is_told_at_once():
    way = Way()
    await way.ingress.submit(row())
    assert way.told[0].uid == "twitch:m1"


# --- anything ---------------------------------------------------------------------------------------------------------

_ROWS = st.builds(
    ChatRow,
    at=st.floats(0, 100), platform=st.sampled_from(["twitch", "a:b", ""]), id=st.sampled_from(["", "1", "2"]),
    kind=st.sampled_from([
        "message", "cheer", "raid", "delete_message", "clear_user", "clear_chat", "host_said", "replace_message",
        "held",
    ]),
    user=st.none() | st.builds(User, st.sampled_from(["", "7", "8"]), st.text(max_size=3), st.text(max_size=3)),
    text=st.text(max_size=5), target=st.sampled_from(["", "1", "7"]), reply_to=st.sampled_from(["", "1"]),
    emotes=st.lists(st.tuples(st.integers(-1, 9), st.integers(-1, 9), st.just("e")), max_size=2).map(tuple),
)  # fmt: skip


@given(st.lists(_ROWS, max_size=30))
def test_nothing_taken_back_is_ever_told(rows):
    way, deleted = Way(), set()
    for each in rows:
        way.now += 1
        for event in way.ingress.hear(each):
            if isinstance(event, Tombstoned) and event.scope == "message":
                deleted.add(event.key)
            elif isinstance(event, ChatReceived):
                assert event.uid not in deleted
                assert not way.ingress.is_taken_back(event.uid)
                assert event.text == "" or way.texts.get(event.text) is not None


def test_speed():
    """At most 30 us a row without moderation; the limit here leaves room for a busy machine."""
    way = Way(judge=lambda text, name, role: ALLOW, features_of=lambda text, emotes: Features())
    best = 1e9
    for turn in range(5):
        rows = [
            row(id=f"{turn}-{n}", user=User(str(n % 200), "viewer", "Viewer"), text="how are you today?")
            for n in range(1000)
        ]
        begin = time.thread_time()
        for each in rows:
            way.ingress.hear(each)
        best = min(best, (time.thread_time() - begin) / 1000 * 1e6)
    print(f"hear {best:.1f} us")
    assert best < 200


# --- said at the panel ------------------------------------------------------------------------------------------------


def named(*personas: str) -> Any:
    return lambda _text, _emotes: Features(addressed=personas, words=3)


def test_words_to_a_persona_speak_to_it_before_whom_they_name():
    heard = Way(features_of=named("mika", "juno")).hear(direct="juno")
    assert heard.direct
    assert heard.features.addressed == ("juno", "mika")


def test_words_to_whoever_fits_leave_it_to_the_names():
    heard = Way(features_of=named("mika")).hear(direct="*")
    assert heard.direct
    assert heard.features.addressed == ("mika",)


def test_the_host_at_the_panel():
    heard = Way(features_of=named()).hear("host_said", user=None, direct="juno")
    assert isinstance(heard, HostSpoke)
    assert heard.direct
    assert heard.features.addressed == ("juno",)


def test_what_comes_from_a_chat_is_not_direct():
    assert not Way().hear().direct
    assert not Way().hear("host_said", user=None).direct


def test_somebody_at_the_panel_is_no_bot_and_still_moderated():
    way = Way(bots=["bob"])
    way.verdict = Verdict("hold", "slur")
    heard = way.hear(direct="mika")
    assert not heard.bot
    assert heard.verdict.action == "hold"


# --- what cannot be, and what is only tried out -----------------------------------------------------------------------


@pytest.mark.parametrize("currency", ["</viewer>", "[joy] dollars", "usd", "USDT", "ＵＳＤ", "U D", "\u202eUSD", "US$"])
def test_a_currency_is_three_letters_or_nothing(currency: str):
    assert Way().hear("superchat", amount=Money(5_000_000, currency)).amount == Money(5_000_000)


def test_a_currency_that_can_be_stays():
    assert Way().hear("superchat", amount=Money(5_000_000, "XTS")).amount == Money(5_000_000, "XTS")


def test_nobody_gives_less_than_nothing():
    fact = Way().hear("gift_batch", count=-3, bits=-5, amount=Money(-1, "USD"))
    assert (fact.count, fact.bits, fact.amount) == (0, 0, None)


def test_donors_without_ids_are_told_apart_by_their_names():
    way = Way()
    first = way.hear("superchat", id="d1", user=User("", name="Owen"))
    second = way.hear("superchat", id="d2", user=User("", name="Ann"))
    again = way.hear("superchat", id="d3", user=User("", name="owen"))
    assert first.user != second.user
    assert again.user == first.user
    assert "Owen" not in first.user
    assert (way.texts.get(first.name), way.texts.get(second.name)) == ("owen", "Ann")


def test_a_test_renames_no_viewer():
    way = Way()
    way.hear()
    way.hear("raid", id="t1", user=User("7", name="Somebody Else"), test=True)
    assert way.texts.get("n:twitch:7") == "Bob"
    way.hear("raid", id="t2", user=User("8", name="Rae"), test=True)
    assert way.texts.get("n:twitch:8") == "Rae"
    way.hear(id="m2", user=User("8", name="Real"))
    assert way.texts.get("n:twitch:8") == "Real"


@pytest.mark.parametrize(
    ("kind", "target"), [("delete_message", "m1"), ("clear_user", "7"), ("clear_chat", "")], ids=str
)
def test_a_removal_that_is_tried_out_takes_nothing_real_back(kind: Any, target: str):
    way = Way()
    way.hear()
    assert way.ingress.hear(ChatRow(0.0, "twitch", kind, target=target, test=True)) == ()
    assert not way.ingress.is_taken_back("twitch:m1")
    assert way.hear(id="m2") is not None


@pytest.mark.parametrize(
    ("kind", "target"), [("delete_message", "t1"), ("clear_user", "7"), ("clear_chat", "")], ids=str
)
def test_a_removal_that_is_tried_out_takes_tests_back(kind: Any, target: str):
    way = Way()
    way.hear()
    way.hear(id="t1", test=True)
    events = way.ingress.hear(ChatRow(0.0, "twitch", kind, target=target, test=True))
    assert events == (Tombstoned("message", "twitch:t1"),)
    assert way.ingress.is_taken_back("twitch:t1")


def test_whoever_moderates_a_partners_room_is_judged_as_a_viewer():
    way = Way()
    way.hear()
    way.hear(id="m2", guest=True)
    assert [role for _, _, role in way.judged] == ["moderator", ""]
