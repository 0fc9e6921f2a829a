"""Frames of RFC 6455 and a link whose other end does not read."""

import asyncio

import pytest

from streamer.web.links import Link, binary_frame, close_frame, text_frame


@pytest.mark.parametrize(
    ("size", "head"),
    [(0, b"\x81\x00"), (125, b"\x81\x7d"), (126, b"\x81\x7e\x00\x7e"), (65535, b"\x81\x7e\xff\xff"),
     (65536, b"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00")],
)  # fmt: skip
def test_the_three_lengths(size, head):
    assert text_frame(b"x" * size) == head + b"x" * size


def test_kinds():
    assert binary_frame(b"a") == b"\x82\x01a"
    assert close_frame(1013) == b"\x88\x02\x03\xf5"


class Wire(asyncio.Transport):
    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.waiting = 0
        self.aborted = self.closing = False

    def write(self, data) -> None:
        self.sent.append(bytes(data))

    def get_write_buffer_size(self) -> int:
        return self.waiting

    def is_closing(self) -> bool:
        return self.closing

    def abort(self) -> None:
        self.aborted = True


async def test_a_full_outbox_closes_with_1013_and_cuts_off_who_does_not_answer():
    wire = Wire()
    link = Link(wire, limit=100)
    wire.waiting = 100
    assert link.write(b"a")
    wire.waiting = 101
    assert not link.write(b"b")
    assert wire.sent == [b"a", close_frame(1013)]
    assert not link.write(b"c")
    assert wire.sent == [b"a", close_frame(1013)]
    link.close(1001)
    assert wire.sent[-1] == close_frame(1013)
    link.gone()
    await asyncio.sleep(0)
    assert not wire.aborted
    other = Link(wire)
    other.close(1001, wait_s=0)
    await asyncio.sleep(0.01)
    assert wire.aborted


async def test_a_wire_that_is_closing_takes_nothing():
    wire = Wire()
    wire.closing = True
    link = Link(wire)
    assert not link.write(b"a")
    link.close(1001)
    assert wire.sent == []
