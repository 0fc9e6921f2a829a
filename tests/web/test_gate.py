"""Which names and addresses get in, without a socket. Requests are in test_server."""

import pytest

from streamer.web.gate import Gate, Site

EVERYWHERE = "0.0.0.0"  # noqa: S104  # names are compared, nothing is bound


@pytest.mark.parametrize(
    ("site", "host", "door"),
    [
        (Site(), "localhost:8765", "full"),
        (Site(), "LOCALHOST:8765", "full"),
        (Site(), "127.0.0.1:8765", "full"),
        (Site(), "[::1]:8765", "full"),
        (Site(), "localhost", None),
        (Site(), "localhost:8766", None),
        (Site(), "", None),
        (Site(), "127.0.0.2:8765", None),
        (Site(), "192.168.1.4:8765", None),
        (Site(), "localhost:8765.evil.example", None),
        (Site(), "user@localhost:8765", None),
        (Site(lan=True), "192.168.1.4:8765", "lan"),
        (Site(lan=True), "10.0.0.4:8765", "lan"),
        (Site(lan=True), "[fd00::1]:8765", "lan"),
        (Site(lan=True), "192.168.1.4:80", None),
        (Site(lan=True), "192.168.1.4:notaport", None),
        (Site(lan=True), "[::1", None),
        (Site(lan=True), "evil@192.168.1.4:8765", None),
        (Site(lan=True), "192.168.1.4:8765/x", None),
        (Site(lan=True), "8.8.8.8:8765", None),
        (Site(lan=True), "pc.local:8765", None),
        (Site(lan=True), "localhost:8765", "full"),
        (Site(public_url="https://show.example"), "show.example", "full"),
        (Site(public_url="https://show.example"), "show.example:443", "full"),
        (Site(public_url="https://show.example"), "show.example:80", None),
        (Site(public_url="https://show.example:8443/"), "show.example:8443", "full"),
        (Site(public_url="https://show.example:8443/"), "show.example", None),
    ],
)
def test_doors(site, host, door):
    assert Gate(site, 8765).door(host) == door


def test_who_comes_from_outside_and_says_localhost_is_not_let_in():
    gate = Gate(Site(lan=True, public_url="https://show.example"), 8765)
    assert gate.door("localhost:8765", local=False) is None
    assert gate.door("127.0.0.1:8765", local=False) == "lan"
    assert gate.door("192.168.1.4:8765", local=False) == "lan"
    assert gate.door("show.example", local=False) == "full"


def test_an_address_of_its_own_serves_overlays_only():
    assert Gate(Site(host="192.168.1.4"), 8765).door("192.168.1.4:8765", local=False) == "lan"


@pytest.mark.parametrize(
    ("site", "addresses"),
    [
        (Site(), ["127.0.0.1", "::1"]),
        (Site(host="::1"), ["127.0.0.1", "::1"]),
        (Site(host="192.168.1.4"), ["127.0.0.1", "::1", "192.168.1.4"]),
        (Site(lan=True), [EVERYWHERE, "::1"]),
        (Site(host=EVERYWHERE), [EVERYWHERE, "::1"]),
        (Site(host="::"), [EVERYWHERE, "::"]),
    ],
)
def test_loopback_is_always_served(site, addresses):
    assert site.addresses == addresses


def test_port_80_needs_no_number():
    assert Gate(Site(port=80), 80).door("localhost") == "full"
