"""The show: `python3 run.py`, with nothing configured the demo show."""

import argparse
import asyncio
import contextlib
import ipaddress
import logging
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any

from streamer.app.browser import has_desktop, open_page
from streamer.app.folders import folders
from streamer.app.plan import Plan, read_plan
from streamer.app.yamlfile import BadFiles
from streamer.ports import Misconfigured, Notice
from streamer.texts import say
from streamer.web.gate import Site

log = logging.getLogger(__name__)

OPENED_S = 60.0
"""For so long the code in an address that a browser is started with can be used: other users may see it among the
processes."""


def main(options: argparse.Namespace) -> int:
    """0 ended; 1 could not start; 2 something in the files has to be put right first."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        plan = read_plan(folders(options.home, options.state), file=options.config, given=_given(options))
    except BadFiles as error:
        print(error, file=sys.stderr)
        print(f"{len(error.problems)} to put right; nothing was started.", file=sys.stderr)
        return 2
    try:
        with asyncio.Runner() as runner:
            return runner.run(_show(plan, options))
    except Misconfigured as wrong:
        print(_sentence(wrong.reason, wrong.fix), file=sys.stderr)
        return 1


def _sentence(reason: str, fix: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}." + (f" {fix[:1].upper()}{fix[1:]}." if fix else "")


def _given(options: argparse.Namespace) -> dict[str, Any]:
    given: dict[str, Any] = {}
    if options.twitch:
        given["chat"] = {"twitch": {"channel": options.twitch}}
    if options.youtube:
        given.setdefault("chat", {})["youtube"] = {"channel": options.youtube}
    return given


def site(plan: Plan, options: argparse.Namespace) -> Site:
    web = plan.settings.web
    host = options.host or web.host
    return Site(
        port=web.port if options.port is None else options.port,
        host="127.0.0.1" if host == "localhost" else host,
        lan=options.lan,
        public_url=web.public_url,
    )


async def _show(plan: Plan, options: argparse.Namespace) -> int:
    # Before anything is opened: a cancelled start would leave tasks behind that nobody ends.
    asked = asyncio.Event()
    _on_signals(asyncio.get_running_loop(), asked.set)
    from streamer.app.house import House

    where = folders(options.home, options.state)
    house = House(
        plan,
        site(plan, options),
        fresh=options.fresh,
        reread=lambda keep: read_plan(where, file=options.config, given=_given(options), seed=plan.seed, keep=keep),
    )
    await house.open()
    _print_links(house, plan, whole=options.show_links or not sys.stdout.isatty())
    if house.welcome() and has_desktop() if options.open is None else options.open:
        open_page(house.web.panel_link(for_s=OPENED_S))
    closed = asyncio.create_task(house.closed.wait())
    stop = asyncio.create_task(asked.wait())
    await asyncio.wait((closed, stop), return_when=asyncio.FIRST_COMPLETED)
    late = await house.close()
    for task in (closed, stop):
        task.cancel()
    if late:
        print(f"Did not close in time: {', '.join(late)}", file=sys.stderr)
    print("The show is closed.", flush=True)
    return 0


def _on_signals(loop: asyncio.AbstractEventLoop, ask: Callable[[], object]) -> None:
    """Ctrl-C, a closed window or a service manager ask for the end. Windows' loops know no `add_signal_handler`."""
    names = ("SIGINT", "SIGTERM", "SIGHUP") if sys.platform != "win32" else ("SIGINT", "SIGBREAK")
    for name in names:
        number = getattr(signal, name)
        try:
            loop.add_signal_handler(number, ask)
        except NotImplementedError:
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(ask))


def _print_links(house: Any, plan: Plan, *, whole: bool) -> None:
    settings = plan.settings
    what = " and ".join(settings.places) or "the demo show"
    print(f"Showrunner is on: {what}, with {' and '.join(persona.name for persona in plan.cast)}.")
    for persona, part in plan.defaulted:
        print(f"  {persona} has no {part} of its own and gets the default one.")
    if house.resumed:
        print(f"  {house.resumed}")
    print(f"  Panel    {house.web.panel_link()}")
    overlay = house.web.overlay_link()
    print(f"  Overlay  {overlay if whole else mask(overlay)}")
    for address in lan_addresses() if house.site.lan else ():
        link = house.web.overlay_link(host=address)
        print(f"  On this network, readable by everybody who has the link: {link if whole else mask(link)}")
    if not whole:
        print("           masked, because people start this on stream; copy it in the panel, or --show-links")
    for each in house.health():
        if each.state in ("broken", "degraded"):
            print(f"  {each.part}: {say(Notice(each.notice.code, each.notice.params, each.notice.fix))}")
    print("Ctrl-C ends the show.", flush=True)


def lan_addresses() -> list[str]:
    """This machine's addresses in private networks, for a second PC. Nothing is sent to find them."""
    found: set[str] = set()
    with contextlib.suppress(OSError):
        found |= {str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.168.0.1", 9))
        found.add(str(probe.getsockname()[0]))
    return sorted(each for each in found if ipaddress.ip_address(each).is_private and not each.startswith("127."))


def mask(link: str) -> str:
    """A link that can be shown on a stream."""
    head, _, token = link.rpartition("=")
    return f"{head}={token[:3]}..." if head else link
