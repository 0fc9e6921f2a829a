"""`run`: what it serves, prints and hides; how it ends. The journeys of the whole process are in tests/e2e."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from streamer.app.cli import main, parser
from streamer.app.commands import run as command
from streamer.app.commands.run import _given, _print_links, _sentence, mask, site
from streamer.ports import Health, Misconfigured, Notice
from streamer.web.gate import Site
from tests.app.kit import folders, plan, put


def options(*words: str) -> argparse.Namespace:
    return parser().parse_args(["run", *words])


def test_where_it_serves(tmp_path: Path) -> None:
    show = plan(tmp_path)
    default = site(show, options())
    assert (default.port, default.host, default.lan) == (8765, "127.0.0.1", False)
    assert site(show, options("--port", "0")).port == 0
    assert site(show, options("--lan")).lan
    assert site(show, options("--host", "10.0.0.5")).host == "10.0.0.5"
    own = plan(tmp_path, "web: {port: 9001, host: 10.0.0.7}\n")
    assert (site(own, options()).port, site(own, options()).host) == (9001, "10.0.0.7")
    assert (site(own, options("--port", "9002", "--host", "localhost")).port) == 9002


def test_what_the_command_line_gives() -> None:
    assert _given(options()) == {}
    assert _given(options("--twitch", "mika")) == {"chat": {"twitch": {"channel": "mika"}}}


def test_sentences() -> None:
    assert _sentence("port 1 is taken", "end it") == "Port 1 is taken. End it."
    assert _sentence("port 1 is taken", "") == "Port 1 is taken."


def test_a_link_on_a_stream_shows_no_token() -> None:
    assert mask("http://localhost:1/overlay/stage?token=abcdefgh") == "http://localhost:1/overlay/stage?token=abc..."
    assert mask("plain") == "plain"


class Web:
    def panel_link(self, *, for_s: float | None = None) -> str:
        return "http://localhost:1/panel/#code=secret"

    def overlay_link(self, kind: str = "stage", *, host: str = "localhost") -> str:
        return f"http://{host}:1/overlay/stage?token=secrettoken"


def printed(tmp_path: Path, capsys, *, whole: bool, settings: str = "", resumed: str = "") -> str:
    rows = [
        Health("llm", "ok", Notice("llm.scripted")),
        Health("voice.edge", "broken", Notice("part.misconfigured", {"reason": "no terms"}, "accept them")),
    ]
    house = SimpleNamespace(web=Web(), site=Site(), resumed=resumed, health=lambda: rows)
    _print_links(house, plan(tmp_path, settings), whole=whole)
    return capsys.readouterr().out


def test_the_links_and_what_is_wrong_are_printed(tmp_path: Path, capsys) -> None:
    said = printed(tmp_path, capsys, whole=True)
    assert "the demo show, with Juno and Mika." in said
    assert "token=secrettoken" in said
    assert "voice.edge: Cannot work as it is set up: no terms" in said
    assert "accept them" in said
    assert "llm" not in said.replace("voice.edge", "")
    assert said.rstrip().endswith("Ctrl-C ends the show.")


def test_on_a_terminal_the_overlay_link_is_masked(tmp_path: Path, capsys) -> None:
    said = printed(tmp_path, capsys, whole=False)
    assert "secrettoken" not in said
    assert "--show-links" in said


def test_on_a_network_there_is_a_link_for_a_second_machine(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(command, "lan_addresses", lambda: ["10.0.0.5"])
    house = SimpleNamespace(web=Web(), site=Site(lan=True), resumed="", health=list)
    _print_links(house, plan(tmp_path), whole=True)
    assert "http://10.0.0.5:1/overlay/stage?token=secrettoken" in capsys.readouterr().out
    _print_links(house, plan(tmp_path), whole=False)
    assert "secrettoken" not in capsys.readouterr().out


def test_a_channel_defaults_and_what_was_lost_are_named(tmp_path: Path, capsys) -> None:
    put(folders(tmp_path).home, "characters/bare/character.yaml", "name: Bare\n")
    said = printed(
        tmp_path, capsys, whole=True, settings="show: {cast: [bare]}\nchat: {twitch: {channel: mika_live}}\n",
        resumed="Going on with it.",
    )  # fmt: skip
    assert "twitch.tv/mika_live, with Bare." in said
    assert said.count("bare has no voice of its own") == 1
    assert "Going on with it." in said


def test_bad_files_are_2_and_nothing_is_started(tmp_path: Path, capsys) -> None:
    put(tmp_path / "home", "config/streamer.yaml", "shwo: {}\n")
    assert main(["run", "--state", str(tmp_path / "state"), "--home", str(tmp_path / "home")]) == 2
    err = capsys.readouterr().err
    assert "did you mean 'show'?" in err
    assert "1 to put right; nothing was started." in err
    assert not (tmp_path / "state").exists()


class FakeHouse:
    """Closes when told; `wrong` is raised by `open`."""

    wrong: Misconfigured | None = None
    late: tuple[str, ...] = ()
    signals: bool = False
    first: bool = False

    def __init__(self, *_: object, **__: object) -> None:
        self.web, self.site, self.resumed, self.health = Web(), Site(), "", list
        self.closed = asyncio.Event()

    def welcome(self) -> bool:
        return self.first

    async def open(self) -> None:
        if self.wrong is not None:
            raise self.wrong
        if not self.signals:
            self.closed.set()

    async def close(self) -> tuple[str, ...]:
        return self.late


def started(tmp_path: Path, monkeypatch, **how: object) -> int:
    monkeypatch.setattr("streamer.app.house.House", type("Made", (FakeHouse,), how))
    return main(["run", "--state", str(tmp_path / "state"), "--home", str(tmp_path / "home")])


def test_a_show_that_closes_itself_is_0(tmp_path: Path, monkeypatch, capsys) -> None:
    assert started(tmp_path, monkeypatch) == 0
    assert capsys.readouterr().out.rstrip().endswith("The show is closed.")


def test_what_cannot_start_is_1_with_the_fix(tmp_path: Path, monkeypatch, capsys) -> None:
    assert started(tmp_path, monkeypatch, wrong=Misconfigured("port 5 is taken", fix="try --port 6")) == 1
    assert capsys.readouterr().err == "Port 5 is taken. Try --port 6.\n"


@pytest.mark.parametrize(
    ("first", "desktop", "words", "opened"),
    [
        (True, True, (), 1),
        (True, False, (), 0),
        (False, True, (), 0),
        (True, True, ("--no-open",), 0),
        (False, False, ("--open",), 1),
    ],
)
def test_the_page_opens_at_the_first_start(
    tmp_path: Path, monkeypatch, first: bool, desktop: bool, words: tuple[str, ...], opened: int
) -> None:
    pages: list[str] = []
    monkeypatch.setattr(command, "has_desktop", lambda: desktop)
    monkeypatch.setattr(command, "open_page", pages.append)
    monkeypatch.setattr("streamer.app.house.House", type("Made", (FakeHouse,), {"first": first}))
    assert main(["run", "--state", str(tmp_path / "state"), "--home", str(tmp_path / "home"), *words]) == 0
    assert pages == ["http://localhost:1/panel/#code=secret"] * opened


def test_who_is_late_is_named(tmp_path: Path, monkeypatch, capsys) -> None:
    assert started(tmp_path, monkeypatch, late=("the show", "a part")) == 0
    assert "Did not close in time: the show, a part" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_signals_ask_for_the_end(tmp_path: Path, monkeypatch, capsys, name: str) -> None:
    asked: list[str] = []

    def on_signals(loop: asyncio.AbstractEventLoop, ask) -> None:  # type: ignore[no-untyped-def]
        real(loop, lambda: (asked.append(name), ask()))
        loop.call_soon(signal.raise_signal, getattr(signal, name))

    real = command._on_signals
    monkeypatch.setattr(command, "_on_signals", on_signals)
    assert started(tmp_path, monkeypatch, signals=True) == 0
    assert asked == [name]


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_control_c_while_it_opens_closes_the_show(tmp_path: Path, monkeypatch, capsys) -> None:
    done: list[str] = []

    async def opened(_: object) -> None:
        signal.raise_signal(signal.SIGINT)
        await asyncio.sleep(0)
        done.append("opened")

    async def close(_: object) -> tuple[str, ...]:
        done.append("closed")
        return ()

    assert started(tmp_path, monkeypatch, open=opened, close=close) == 0
    assert done == ["opened", "closed"]
    assert capsys.readouterr().out.rstrip().endswith("The show is closed.")


def test_where_loops_know_no_signals_the_module_does(monkeypatch) -> None:
    class Loop:
        def add_signal_handler(self, *_: object) -> None:
            raise NotImplementedError

        def call_soon_threadsafe(self, ask) -> None:  # type: ignore[no-untyped-def]
            ask()

    handlers: dict[int, object] = {}
    monkeypatch.setattr(command.signal, "signal", lambda number, handler: handlers.update({number: handler}))
    asked: list[bool] = []
    command._on_signals(Loop(), lambda: asked.append(True))  # type: ignore[arg-type]
    handler = handlers[signal.SIGINT]
    assert callable(handler)
    handler(signal.SIGINT, None)
    assert asked == [True]
