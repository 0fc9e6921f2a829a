"""Which requests come in at all: Host, Origin and Sec-Fetch-Site, checked before anything else looks at a request.

The Host list defeats DNS rebinding, the Origin other pages in the same browser, also those of another port on this
machine: cookies ignore ports and `same-site` is not enough. A refusal is 403 and says nothing about the show.
"""

import ipaddress
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from aiohttp import web

Door = Literal["full", "lan"]
"""`lan`: plain HTTP on a private address; serves overlays only."""

SAFE = ("GET", "HEAD")
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True)
class Site:
    """Where the show is served.

    The loopback addresses are always served. `host`: one more address to bind; `lan`: all of them. Beyond loopback only
    overlays are served, and only by a private address, unless the request names the host of `public_url`, the outer
    address of a TLS proxy or tunnel in front (or of a container's mapped port).
    """

    port: int = 8765
    host: str = "127.0.0.1"
    lan: bool = False
    public_url: str = ""

    @property
    def addresses(self) -> list[str]:
        """What to bind, loopback first: the printed link says localhost, which may be either of two."""
        if self.lan or self.host in ("0.0.0.0", "::"):  # noqa: S104  # asked for
            return ["0.0.0.0", "::" if self.host == "::" else "::1"]  # noqa: S104
        return list(dict.fromkeys(["127.0.0.1", "::1", self.host]))


def _with_port(host: str, port: int, default: int) -> set[str]:
    return {f"{host}:{port}", host} if port == default else {f"{host}:{port}"}


class Gate:
    """`port` is the one really bound."""

    def __init__(self, site: Site, port: int) -> None:
        self._port = port
        self._lan = site.lan or site.host not in ("127.0.0.1", "::1")
        self._full: set[str] = set()
        for host in LOOPBACK:
            self._full |= _with_port(host, port, 80)
        self._public: set[str] = set()
        self._public_origin = ""
        if site.public_url:
            url = urlsplit(site.public_url)
            default = 443 if url.scheme == "https" else 80
            host = (url.hostname or "").lower()
            self._public = _with_port(host, url.port or default, default)
            self._public_origin = f"{url.scheme}://{url.netloc}".lower()

    def door(self, host: str, *, local: bool = True) -> Door | None:
        """How far a Host header gets. `local`: the connection came to a loopback address; anybody can say localhost."""
        host = host.lower()
        if host in self._public or (local and host in self._full):
            return "full"
        return "lan" if self._lan and self._private(host) else None

    def _private(self, host: str) -> bool:
        """A literal private address with our port: a name could be anybody's, an address is this machine."""
        try:
            url = urlsplit(f"//{host}")
            if url.netloc != host or "@" in host:
                return False
            address = ipaddress.ip_address(url.hostname or "")
            return address.is_private and (url.port or 80) == self._port
        except ValueError:
            return False

    def refuse(self, request: web.Request) -> str | None:
        """Why the request must not come in; None when it may."""
        hosts = request.headers.getall("Host", [])
        door = self.door(hosts[0], local=_came_locally(request)) if len(hosts) == 1 else None
        if door is None:
            return "host"
        if door == "lan" and not is_overlay_path(request):
            return "lan"
        host = hosts[0].lower()
        origins = request.headers.getall("Origin", [])
        allowed = {f"http://{host}"} if host not in self._public else {self._public_origin}
        if any(origin.lower() not in allowed for origin in origins):
            return "origin"
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        if site != "same-origin" and not (site == "none" and request.method in SAFE):
            return "fetch_site"
        if not origins and not _may_lack_origin(request):
            return "origin"
        return None

    def is_loopback(self, request: web.Request) -> bool:
        """Asked from this machine, by a loopback name (not through a tunnel)."""
        return _came_locally(request) and request.headers.get("Host", "").lower() in self._full

    def to_localhost(self, request: web.Request) -> str | None:
        """Where a page asked for by address should be asked for instead: passkeys and cookies need the name."""
        host = request.headers.get("Host", "").lower()
        by_address = host in _with_port("127.0.0.1", self._port, 80) | _with_port("[::1]", self._port, 80)
        if request.method not in SAFE or not by_address or not (request.path + "/").startswith("/panel/"):
            return None
        return f"http://localhost:{self._port}{request.raw_path}"


def is_overlay_path(request: web.Request) -> bool:
    """What a second PC may ask for over plain HTTP."""
    if request.path == "/ws/feed":
        return request.query.get("view") == "overlay"
    return request.path == "/ws/sink" or request.path.startswith(("/overlay/", "/o/", "/pictures/"))


def _came_locally(request: web.Request) -> bool:
    transport = request.transport
    name = transport.get_extra_info("sockname") if transport is not None else None
    try:
        return name is not None and ipaddress.ip_address(name[0]).is_loopback
    except ValueError:
        return False


def _may_lack_origin(request: web.Request) -> bool:
    """Browsers send Origin with all that is not a plain GET; programs that do not bring a token instead of a cookie."""
    if "Authorization" in request.headers:
        return True
    if "Upgrade" in request.headers:
        return request.method == "GET" and "token" in request.query
    return request.method in SAFE
