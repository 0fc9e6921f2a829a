"""One connection, told as a script of frames and times."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.adapters.chat.twitch_irc.rows import Rows
from streamer.adapters.chat.twitch_irc.session import Allowance, Session, Timing, channel_name
from streamer.ports import Misconfigured

WELCOME = ":tmi.twitch.tv 001 justinfan1 :Welcome, GLHF!\r\n"
ROOM = "@emote-only=0;room-id=1;slow=0 :tmi.twitch.tv ROOMSTATE #mika\r\n"
HELLO = "@id=m1;user-id=7;room-id=1 :bob!bob@bob.tmi.twitch.tv PRIVMSG #mika :hello\r\n"


def session(allowance=None):
    return Session("mika", "justinfan1", Rows(), Timing(), allowance or Allowance())


def joined():
    it = session()
    it.begin(0.0)
    it.receive(WELCOME, 0.1)
    it.receive(ROOM, 0.2)
    assert it.joined
    return it


@pytest.mark.parametrize(
    "text",
    [
        "mika_live",
        " Mika_Live ",
        "#mika_live",
        "@mika_live",
        "https://www.twitch.tv/mika_live",
        "twitch.tv/mika_live/videos?a=b",
        "m.twitch.tv/Mika_live",
    ],
)
def test_what_people_type_for_a_channel(text):
    assert channel_name(text) == "mika_live"


@pytest.mark.parametrize("text", ["", "mika live", "mika\r\nJOIN #x", "a" * 26, "mïka", "_mika", "#", "１２３"])
def test_what_is_no_channel(text):
    with pytest.raises(Misconfigured) as wrong:
        channel_name(text)
    assert wrong.value.fix


def test_handshake():
    it = session()
    assert it.begin(0.0) == ["CAP REQ :twitch.tv/tags twitch.tv/commands", "NICK justinfan1"]
    assert it.receive(":tmi.twitch.tv CAP * ACK :twitch.tv/tags twitch.tv/commands\r\n", 0.1) == ([], [])
    assert it.receive(WELCOME, 0.1) == ([], ["JOIN #mika"])
    assert not it.joined
    it.receive(ROOM, 0.2)
    assert it.joined


def test_a_server_that_greets_nobody_is_joined_all_the_same():
    it = session()
    it.begin(0.0)
    assert it.deadline() == 1.5
    assert it.tick(1.5) == ["JOIN #mika"]
    it.receive(ROOM, 1.6)
    assert it.joined
    assert it.deadline() == pytest.approx(5.6)


def test_a_server_that_says_nothing_is_given_up():
    it = session()
    it.begin(0.0)
    it.tick(1.5)
    it.tick(10.0)
    assert it.ended == "no_welcome"


def test_ping_is_answered():
    assert joined().receive("PING :tmi.twitch.tv\r\n", 1.0) == ([], ["PONG :tmi.twitch.tv"])


def test_rows_and_pings_of_one_frame():
    rows, send = joined().receive(HELLO + "PING :x\r\n" + HELLO.replace("m1", "m2"), 1.0)
    assert [row.id for row in rows] == ["m1", "m2"]
    assert send == ["PONG :x"]


def test_own_ping_after_silence_and_its_latency():
    it = joined()
    assert it.tick(4.1) == []
    assert it.tick(4.2) == ["PING :showrunner"]
    it.receive(":tmi.twitch.tv PONG tmi.twitch.tv :showrunner\r\n", 4.25)
    assert it.latency_ms == pytest.approx(50)
    assert it.ended == ""
    assert it.deadline() == pytest.approx(8.25)


def test_a_silent_peer_is_noticed():
    it = joined()
    it.tick(4.2)
    assert it.deadline() == pytest.approx(8.2)
    it.tick(8.2)
    assert it.ended == "silent"


def test_a_peer_that_falls_silent_is_left_so_early_that_nobody_is_deaf_for_ten_seconds():
    it = joined()
    it.receive(HELLO, 100.0)
    now = 100.0
    while not it.ended:
        now = it.deadline()
        it.tick(now)
    assert now - 100.0 <= 8.5, "closing and connecting again take their time too"


def test_other_lines_are_as_good_as_a_pong():
    it = joined()
    it.tick(4.2)
    it.receive(HELLO, 6.0)
    it.tick(8.2)
    assert it.ended == ""


def test_a_channel_nobody_has():
    it = session()
    it.begin(0.0)
    it.receive(WELCOME, 0.1)
    it.tick(5.0)
    assert not it.missing
    assert it.tick(10.1) == ["JOIN #mika"]
    assert it.missing
    it.receive("PING :a\r\n", 20.0)
    assert it.deadline() < 71
    it.receive(ROOM, 40.0)
    assert (it.joined, it.missing) == (True, False)


def test_joins_wait_for_the_allowance():
    allowance = Allowance(2, 10.0)
    allowance.spend(0.0)
    it = session(allowance)
    it.begin(0.5)
    assert it.receive(WELCOME, 1.0) == ([], [])
    assert it.deadline() == pytest.approx(10.0)
    assert it.tick(10.0) == ["JOIN #mika"]


@given(st.lists(st.floats(0, 5), max_size=100))
def test_allowance_is_never_exceeded(waits):
    allowance, now, spent = Allowance(20, 10.0), 0.0, []
    for wait in waits:
        now += wait
        if allowance.wait_s(now) == 0:
            allowance.spend(now)
            spent.append(now)
    assert all(len([t for t in spent if 0 <= t - first < 10]) <= 20 for first in spent)


def test_reconnect_refusal_and_missing_capabilities():
    it = joined()
    it.receive(":tmi.twitch.tv RECONNECT\r\n", 1.0)
    assert it.ended == "reconnect"
    it = session()
    it.begin(0.0)
    it.receive(":tmi.twitch.tv NOTICE * :Login authentication failed\r\n", 0.1)
    assert it.ended == "refused"
    it = session()
    it.begin(0.0)
    it.receive(":tmi.twitch.tv CAP * NAK :twitch.tv/tags\r\n", 0.1)
    assert it.ended == "no_capabilities"


def test_a_suspended_channel_is_named():
    it = session()
    it.begin(0.0)
    it.receive(WELCOME, 0.1)
    it.receive("@msg-id=msg_channel_suspended :tmi.twitch.tv NOTICE #mika :This channel has been suspended.\r\n", 0.2)
    assert it.notice == "msg_channel_suspended"


def test_other_rooms_are_not_ours():
    rows, _ = joined().receive(HELLO.replace("#mika", "#other"), 1.0)
    assert rows == []


def test_malformed_lines_are_counted():
    it = joined()
    rows, _ = it.receive("???\r\n" + HELLO + "@id=1 :b!b@b PRIVMSG #mika :no user\r\n", 1.0)
    assert [row.id for row in rows] == ["m1"]
    assert it.unread.count == 2


@given(
    st.lists(
        st.binary(max_size=60) | st.sampled_from([HELLO.encode(), b"PING :a\r\n", ROOM.encode()[:30]]), max_size=20
    )
)
def test_nothing_that_comes_is_raised(frames):
    it = session()
    it.begin(0.0)
    for number, frame in enumerate(frames):
        it.receive(frame.decode("utf-8", "replace"), float(number))
        it.tick(float(number))


def test_a_fault_nobody_foresaw_costs_one_line(monkeypatch):
    it = joined()
    plain = Rows.decode

    def decode(self, line, at):
        if line.params[-1] == "odd":
            raise ZeroDivisionError
        return plain(self, line, at)

    monkeypatch.setattr(Rows, "decode", decode)
    rows, _ = it.receive(HELLO.replace(":hello", ":odd") + HELLO, 1.0)
    assert [row.text for row in rows] == ["hello"]
    assert [each.why for each in it.unread.last] == ["ZeroDivisionError"]
