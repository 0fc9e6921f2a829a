"""When the first-run page opens by itself, and when it must not."""

import threading
import webbrowser

import pytest

from streamer.app import browser
from streamer.app.browser import has_desktop, open_page


@pytest.mark.parametrize(
    ("environment", "platform", "expected"),
    [
        ({}, "win32", True),
        ({}, "darwin", True),
        ({"SSH_CONNECTION": "1 2 3 4"}, "darwin", False),
        ({"CI": "true"}, "win32", False),
        ({}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"DISPLAY": ":10", "SSH_TTY": "/dev/pts/1"}, "linux", False),
    ],
)
def test_where_a_window_would_appear(environment: dict[str, str], platform: str, expected: bool) -> None:
    assert has_desktop(environment, platform) is expected


class Browser(webbrowser.BaseBrowser):
    def __init__(self, error: Exception | None = None) -> None:
        super().__init__("test")
        self.opened: list[str] = []
        self.error = error
        self.done = threading.Event()

    def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
        self.opened.append(url)
        self.done.set()
        if self.error is not None:
            raise self.error
        return True


def test_the_page_is_opened_in_the_background(monkeypatch: pytest.MonkeyPatch) -> None:
    there = Browser(OSError("no such program"))
    monkeypatch.setattr(browser.webbrowser, "get", lambda: there)
    open_page("http://localhost:1/panel/#code=x")
    assert there.done.wait(20)
    assert there.opened == ["http://localhost:1/panel/#code=x"]


def test_a_browser_of_the_terminal_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[str] = []
    monkeypatch.setattr(webbrowser.GenericBrowser, "open", lambda _self, url, **_more: started.append(url))
    monkeypatch.setattr(browser.webbrowser, "get", lambda: webbrowser.GenericBrowser("w3m"))
    browser._open("http://localhost:1/")
    assert started == []


def test_without_any_browser_nothing_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing() -> None:
        raise webbrowser.Error("could not locate runnable browser")

    monkeypatch.setattr(browser.webbrowser, "get", nothing)
    browser._open("http://localhost:1/")
