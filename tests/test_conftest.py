"""The rules every test lives under: nothing leaves this machine, and no skip hides on CI."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import pytest

pytest_plugins = ["pytester"]

OUTSIDE = ("192.0.2.1", 9)  # TEST-NET-1: belongs to nobody


def tcp() -> None:
    with socket.socket() as sock:
        sock.connect(OUTSIDE)


def tcp6() -> None:
    with socket.socket(socket.AF_INET6) as sock:
        sock.connect(("2001:db8::1", 9))


def udp() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.sendto(b"x", OUTSIDE)


def name() -> None:
    socket.getaddrinfo("showrunner.invalid", 80)


def loop() -> None:
    async def connect() -> None:
        await asyncio.open_connection(*OUTSIDE)

    asyncio.run(connect())


def create() -> None:
    socket.create_connection(("showrunner.invalid", 80), timeout=1)


@pytest.mark.parametrize("leave", [tcp, tcp6, udp, name, loop, create])
def test_leaving_the_machine_ends_the_test(leave: Callable[[], None]) -> None:
    with pytest.raises(BaseException, match="tests stay on this machine") as caught:
        leave()
    assert not isinstance(caught.value, Exception)


def test_loopback_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        client.sendall(b"x")
    assert socket.getaddrinfo("localhost", 80)


SUITE = """
import pytest

def test_part(needs):
    needs("no-such-program")

@pytest.mark.needs("no-such-program")
def test_mark():
    raise AssertionError("never reached")

def test_platform():
    pytest.skip("another operating system")
"""


@pytest.mark.parametrize(("ci", "failed", "skipped"), [("true", 2, 1), ("", 0, 3)])
def test_a_skip_for_a_missing_part_fails_on_ci(
    pytester: pytest.Pytester,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    ci: str,
    failed: int,
    skipped: int,
) -> None:
    monkeypatch.setenv("CI", ci)
    conftest = request.config.rootpath / "tests" / "conftest.py"
    pytester.makeconftest(conftest.read_text(encoding="utf-8"))
    pytester.makeini(f"[pytest]\nmarkers = needs(*parts): x\npythonpath = {request.config.rootpath}\n")
    pytester.makepyfile(SUITE)
    result: Any = pytester.runpytest_subprocess("-p", "no:randomly", "-p", "no:xdist")
    outcome = result.parseoutcomes()
    assert outcome.get("failed", 0) + outcome.get("errors", 0) == failed, outcome
    assert outcome.get("skipped", 0) == skipped
