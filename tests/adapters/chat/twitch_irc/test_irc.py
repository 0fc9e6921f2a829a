"""The grammar of IRC lines."""

from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streamer.adapters.chat.twitch_irc.irc import LINE_MAX, LineBuffer, Malformed, escape, parse, unescape


def test_line_with_everything():
    line = parse("@id=1;display-name=A\\sB;empty= :bob!bob@bob.tmi.twitch.tv PRIVMSG #mika :hello : there")
    assert line.command == "PRIVMSG"
    assert line.nick == "bob"
    assert line.params == ("#mika", "hello : there")
    assert line.tags == {"id": "1", "display-name": "A B", "empty": ""}


@pytest.mark.parametrize(
    ("text", "command", "params"),
    [
        ("PING :tmi.twitch.tv", "PING", ("tmi.twitch.tv",)),
        (":tmi.twitch.tv 001 me :Welcome", "001", ("me", "Welcome")),
        (":tmi.twitch.tv RECONNECT", "RECONNECT", ()),
        (":a!a@a PRIVMSG #b :", "PRIVMSG", ("#b", "")),
        (":a!a@a PRIVMSG #b ::)", "PRIVMSG", ("#b", ":)")),
        ("@a=b  :x  CLEARCHAT  #b", "CLEARCHAT", ("#b",)),
    ],
)
def test_shapes_of_a_line(text, command, params):
    line = parse(text)
    assert (line.command, line.params) == (command, params)


@pytest.mark.parametrize(
    "text", ["", " ", "@", "@a=b", ":only.prefix", "privmsg #a :x", "1 #a", ":x!x@x 12 #y", "\x00"]
)
def test_what_is_no_line(text):
    with pytest.raises(Malformed):
        parse(text)


def test_a_line_without_end_is_refused():
    with pytest.raises(Malformed):
        parse("PRIVMSG #a :" + "x" * LINE_MAX)


def test_tag_escapes():
    assert unescape(r"a\:b\sc\\d\re\nf") == "a;b c\\d\re\nf"
    assert unescape("lone\\") == "lone"
    assert unescape(r"\x") == "x"


@given(st.text())
def test_escaping_is_undone(value):
    assert unescape(escape(value)) == value


@given(st.text() | st.binary().map(lambda data: data.decode("utf-8", "replace")))
@example("@=;;= :! PRIVMSG  :")
def test_parse_raises_nothing_else(text):
    with suppress(Malformed):
        parse(text)


def test_several_lines_in_one_frame():
    assert LineBuffer().feed("PING :a\r\n:x 001 y\r\n\r\n") == ["PING :a", ":x 001 y"]


@given(st.integers(1, 60))
def test_a_line_in_two_frames(cut):
    lines = LineBuffer()
    lines.feed("PING :a\r\n")
    text = "@id=1 :bob!bob@bob PRIVMSG #mika :hello there, hello there, hello\r\n"
    assert [*lines.feed(text[:cut]), *lines.feed(text[cut:])] == [text.strip()]
    assert lines.broken == []


def test_a_half_whose_rest_never_comes():
    lines = LineBuffer()
    lines.feed("PING :a\r\n")
    assert lines.feed("@id=1 :bob!bob@bob PRIV") == []
    assert lines.feed("@id=2;x=y :eve!eve@eve PRIVMSG #mika :hi\r\n") == ["@id=2;x=y :eve!eve@eve PRIVMSG #mika :hi"]
    assert len(lines.broken) == 1


def test_a_server_without_line_ends():
    lines = LineBuffer()
    assert lines.feed(":x 001 y :hi") == [":x 001 y :hi"]
    assert lines.feed("PING :a") == ["PING :a"]


def test_a_half_is_bounded():
    lines = LineBuffer()
    lines.feed("PING :a\r\n")
    for _ in range(100):
        lines.feed("x" * 10_000)
    assert len(lines.broken) >= 20
    assert len(lines._half) <= LINE_MAX
