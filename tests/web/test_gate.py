"""Which names and addresses get in, without a socket. Requests are in test_server."""

import pytest

from streamer.web.gate import Gate, Site


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


def test_port_80_needs_no_number():
    assert Gate(Site(port=80), 80).door("localhost") == "full"
