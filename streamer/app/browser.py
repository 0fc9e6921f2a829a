"""Opens the panel in the user's browser, where there is a desktop to open it on."""

import logging
import os
import sys
import threading
import webbrowser
from collections.abc import Mapping

log = logging.getLogger(__name__)


def has_desktop(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Whether a window would appear in front of somebody: not over SSH, not in CI, not on a server."""
    if environment.get("CI") or environment.get("SSH_CONNECTION") or environment.get("SSH_TTY"):
        return False
    if platform in ("win32", "darwin", "cygwin"):
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def open_page(url: str) -> None:
    """In the background: starting a browser takes seconds, and some return only when it is closed. Never raises.

    A browser of the terminal (lynx, w3m) is not started: it would take the console the show writes to.
    """
    threading.Thread(target=_open, args=(url,), name="open browser", daemon=True).start()


def _open(url: str) -> None:
    try:
        browser = webbrowser.get()
        if type(browser) is webbrowser.GenericBrowser:
            return
        browser.open(url, new=2)
    except Exception as wrong:  # noqa: BLE001 - desktops fail in many ways; the link stands on the console
        log.debug("no browser could be opened: %s", type(wrong).__name__)
