"""The command line: the words people type, and what they get for wrong ones."""

from types import SimpleNamespace

import pytest

from streamer import __version__
from streamer.app import cli


@pytest.fixture
def called(monkeypatch):
    """Instead of running a command, keeps its options."""
    seen = []

    def load(name: str):
        def main(options):
            seen.append((name.rpartition(".")[2], options))
            return 7

        return SimpleNamespace(main=main)

    monkeypatch.setattr(cli.importlib, "import_module", load)
    return seen


@pytest.mark.parametrize("words", [[], ["--port", "9000"], ["--twitch", "mika"], ["run"]])
def test_without_a_command_it_runs_the_show(called, words):
    assert cli.main(words) == 7
    assert called[0][0] == "run"


def test_the_words_of_run(called):
    words = "run --port 0 --lan --twitch mika --show-links --fresh --state s --home h --config c.yaml"
    cli.main(words.split())
    options = called[0][1]
    assert (options.port, options.lan, options.twitch, options.host) == (0, True, "mika", None)
    assert (options.show_links, options.fresh) == (True, True)
    assert (str(options.state), str(options.home), str(options.config)) == ("s", "h", "c.yaml")


def test_the_words_of_the_others(called):
    cli.main(["rehearse", "chat.jsonl"])
    cli.main(["rehearse", "chat.jsonl", "--speed", "4", "--report", "r.json", "--seed", "3"])
    cli.main(["replay", "j.jsonl"])
    cli.main(["moderate", "m.jsonl"])
    cli.main(["check", "--home", "h"])
    cli.main(["bench", "--json", "b.json", "--only", "boot_s", "--only", "stop_frame_ms"])
    assert [name for name, _ in called] == ["rehearse", "rehearse", "replay", "moderate", "check", "bench"]
    first, second = called[0][1], called[1][1]
    assert (first.speed, first.report, first.seed) == ("max", None, 1)
    assert (second.speed, str(second.report), second.seed) == ("4", "r.json", 3)
    assert called[5][1].only == ["boot_s", "stop_frame_ms"]


@pytest.mark.parametrize(
    "words", [["dance"], ["run", "--port", "many"], ["run", "--lan", "--host", "x"], ["rehearse"], ["--nonsense"]]
)
def test_bad_usage_is_2_and_says_what_is_there(words, capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(words)
    assert caught.value.code == 2
    assert "usage: run.py" in capsys.readouterr().err


def test_help_names_every_command(capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(["--help"])
    assert caught.value.code == 0
    said = capsys.readouterr().out
    for name in (*cli.COMMANDS, "test", "lint"):
        assert name in said


def test_version(capsys):
    with pytest.raises(SystemExit):
        cli.main(["--version"])
    assert capsys.readouterr().out.strip() == f"Showrunner {__version__}"


def test_ctrl_c_outside_a_show_is_130(monkeypatch):
    def interrupted(_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.importlib, "import_module", lambda _name: SimpleNamespace(main=interrupted))
    assert cli.main(["check"]) == 130


def test_arguments_default_to_those_of_the_process(called, monkeypatch):
    monkeypatch.setattr(cli.sys, "argv", ["run.py", "check"])
    cli.main()
    assert called[0][0] == "check"
