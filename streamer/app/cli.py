"""The command line: `python3 run.py ...`, or `streamer ...` when installed. Each command is a module of `commands`."""

import argparse
import importlib
import io
import sys
from collections.abc import Sequence
from pathlib import Path

from streamer import __version__

COMMANDS = (
    "run", "check", "rehearse", "replay", "transcript", "moderate", "bench", "cast", "login", "logout", "obs", "sounds",
    "add", "remove", "extras", "ears",
)  # fmt: skip
EXTRAS_COMMANDS = ("add", "remove", "extras")
SERVICE_HELP = "twitch or youtube"
EPILOG = """\
commands:
  (none), run             the show; with nothing configured, the demo show
  test [pytest args]      every test, with what it needs (from a checkout: python3 run.py test)
  lint                    every static check (from a checkout)
  docs                    make and check the documentation (from a checkout)
  check                   read all configuration and probe every part that is switched on
  rehearse CHAT           a whole show from a chat log, touching no platform
  replay JOURNAL          fold a journal again and prove that the same commands come out
  transcript [JOURNAL]    subtitles, transcript and chapters of a show, made again
  moderate FILE.jsonl     judge texts with the offline layers
  bench [chat|stage|hearing|soak]  the performance figures; soak: an hour of all chats while connections break
  login twitch            sign in to Twitch: shows a link and a code, also while a show is running
  login youtube           sign in to YouTube, for writing into its chat
  login --list            who is signed in
  logout SERVICE [ROLE]   end a sign-in
  obs setup               make the scenes and sources in your OBS; shows first, asks, and can undo it
  obs status              how OBS is, and what there is in it
  sounds tidy FILE|FOLDER stings and effects equally loud, trimmed, faded; into a folder beside them
  sounds mix BED STING    a sting over music that is lowered under it
  extras                  what can be added: what for, size, licence, installed or not
  add NAME...             install extras (whisper, azure, offline-ear, device, sounds); an update keeps them
  remove NAME...          take them out again
  ears list               what can understand the host here, and the models for Whisper
  ears fetch MODEL        get a model for Whisper; goes on where it was interrupted
  ears test FILE          a recording, understood by the recognisers that are set up
  cast new NAME           a character of your own: five questions, ten lines in home/characters
  cast list               the characters there are, and who is on stage
  cast import FILE        a character card (V1, V2, V3; JSON, PNG, CHARX) becomes a persona in home/characters
  cast export PERSONA FILE  a persona as a V3 card; FILE ends in .json, .png or .charx
"""


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="run.py", description="Runs a live show with AI co-hosts.", epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    top.add_argument("--version", action="version", version=f"Showrunner {__version__}")
    commands = top.add_subparsers(dest="command", metavar="command")
    for name in COMMANDS:
        sub = commands.add_parser(name, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
        if name in ("cast", "obs", "sounds", "ears"):
            {"cast": _cast, "obs": _obs, "sounds": _sounds, "ears": _ears}[name](sub)
            continue
        if name in EXTRAS_COMMANDS:
            _extras(name, sub)
            continue
        _common(sub)
        _own(name, sub)
    return top


def _extras(name: str, sub: argparse.ArgumentParser) -> None:
    """In a checkout run.py has done these already, before there was an environment."""
    if name != "extras":
        sub.add_argument("names", metavar="NAME", nargs="+", help="whisper, azure, offline-ear, device, sounds")
    if name == "add":
        sub.add_argument("--yes", action="store_true", help="agree to the terms of proprietary parts unasked")


def _cast(sub: argparse.ArgumentParser) -> None:
    actions = sub.add_subparsers(dest="action", metavar="new | list | import | export", required=True)
    home = argparse.ArgumentParser(add_help=False)
    home.add_argument("--home", metavar="DIR", type=Path, default=Path("home"), help="your own files")
    both = argparse.ArgumentParser(add_help=False, parents=[home])
    both.add_argument("--replace", action="store_true", help="write over what is there")
    shown = argparse.ArgumentDefaultsHelpFormatter
    new = actions.add_parser("new", parents=[home])
    new.add_argument("name", metavar="NAME", help="what viewers call it, in any script")
    new.add_argument("--yes", action="store_true", help="ask nothing: what is not given is as the program likes")
    new.add_argument("--sentences", metavar="TEXT", help="who it is, in up to three sentences")
    new.add_argument("--language", metavar="CODE", help="what it speaks: en, ja, de, ...")
    new.add_argument("--voice", metavar="VOICE", help="a number of the list, a voice's name, or ENGINE:NAME")
    new.add_argument("--look", metavar="THEME", help="a theme or its number, or `pictures`")
    new.add_argument("--colour", metavar="#RRGGBB", help="of the name and the captions")
    actions.add_parser("list", parents=[home])
    bring = actions.add_parser("import", parents=[both], formatter_class=shown)
    bring.add_argument("file", metavar="FILE", type=Path, help="JSON, PNG or CHARX")
    bring.add_argument("--name", metavar="ID", help="folder name, instead of one made from the card's name")
    send = actions.add_parser("export", parents=[both], formatter_class=shown)
    send.add_argument("persona", metavar="PERSONA", help="folder name of the character")
    send.add_argument("file", metavar="FILE", type=Path, help="ends in .json, .png or .charx")


def _obs(sub: argparse.ArgumentParser) -> None:
    actions = sub.add_subparsers(dest="action", metavar="setup | status", required=True)
    both = argparse.ArgumentParser(add_help=False)
    _common(both)
    both.add_argument("--url", metavar="URL", help="of OBS' WebSocket server (as in the settings; ws://127.0.0.1:4455)")
    both.add_argument("--port", type=int, metavar="N", help="of the show, where it is started with one (8765)")
    both.add_argument("--password-stdin", action="store_true", help="read its password from the standard input")
    shown = argparse.ArgumentDefaultsHelpFormatter
    make = actions.add_parser("setup", parents=[both], formatter_class=shown)
    make.add_argument("--yes", action="store_true", help="ask nothing")
    make.add_argument("--undo", action="store_true", help="remove what set-up made, restore what it changed")
    make.add_argument(
        "--layout", choices=("stage", "avatars"), default="stage", help="everybody in one source, or one for each"
    )
    make.add_argument("--map", metavar="NAME", default="", help="also write a first scene map: home/scenes/NAME.yaml")
    look = actions.add_parser("status", parents=[both], formatter_class=shown)
    look.add_argument("--names", action="store_true", help="also name the inputs and the hotkeys")
    look.set_defaults(yes=False, undo=False, layout="stage", map="")


def _sounds(sub: argparse.ArgumentParser) -> None:
    shown = argparse.ArgumentDefaultsHelpFormatter
    actions = sub.add_subparsers(dest="action", metavar="tidy | mix", required=True)
    both = argparse.ArgumentParser(add_help=False)
    both.add_argument("--format", choices=("ogg", "mp3", "wav"), default="ogg", help="what is written, 48 kHz")
    one = actions.add_parser("tidy", parents=[both], formatter_class=shown)
    one.add_argument("path", metavar="FILE|FOLDER", type=Path, help="a sound file, or a folder of them")
    one.add_argument("--out", metavar="DIR", type=Path, help="where they go, instead of a folder `tidy` beside them")
    one.add_argument("--loudness", metavar="DB", type=float, default=-18.0, help="below full scale")
    two = actions.add_parser("mix", parents=[both], formatter_class=shown)
    two.add_argument("bed", metavar="BED", type=Path, help="what lies under it: music")
    two.add_argument("sting", metavar="STING", type=Path, help="what sounds over it")
    two.add_argument("--out", metavar="FILE", type=Path, required=True, help="what is written")
    two.add_argument("--at", metavar="SECONDS", type=float, default=0.0, help="of the bed, when the sting begins")
    two.add_argument("--duck", metavar="DB", type=float, default=12.0, help="how much the bed is lowered meanwhile")


def _ears(sub: argparse.ArgumentParser) -> None:
    actions = sub.add_subparsers(dest="action", metavar="list | fetch | test", required=True)
    both = argparse.ArgumentParser(add_help=False)
    _common(both)
    shown = argparse.ArgumentDefaultsHelpFormatter
    actions.add_parser("list", parents=[both], formatter_class=shown)
    get = actions.add_parser("fetch", parents=[both], formatter_class=shown)
    get.add_argument("model", metavar="MODEL", help="a name of `ears list`, or a repository of the hub")
    get.add_argument("--again", action="store_true", help="also when it is here already")
    test = actions.add_parser("test", parents=[both], formatter_class=shown)
    test.add_argument("file", metavar="FILE", type=Path, help="a recording of up to 15 seconds")
    test.add_argument("--engine", choices=("whisper", "azure", "openai", "offline"), help="this one only")
    test.add_argument("--language", metavar="CODE", help="what is spoken (as in the settings; en)")
    test.add_argument("--hint", metavar="NAME", action="append", default=[], help="a name that is likely to be said")


def _common(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--state", metavar="DIR", type=Path, default=Path("state"), help="journal, grants, tokens")
    sub.add_argument("--home", metavar="DIR", type=Path, default=Path("home"), help="your own files")
    sub.add_argument("--config", metavar="FILE", type=Path, help="settings, instead of home/config/streamer.yaml")


def _own(name: str, sub: argparse.ArgumentParser) -> None:
    match name:
        case "run":
            sub.add_argument("--port", type=int, metavar="N", help="of the panel and the overlays (8765)")
            where = sub.add_mutually_exclusive_group()
            where.add_argument("--host", metavar="ADDR", help="address to bind (this machine only)")
            where.add_argument("--lan", action="store_true", help="serve overlays to this network too")
            sub.add_argument("--twitch", metavar="NAME", help="read this Twitch channel (no account needed)")
            sub.add_argument("--youtube", metavar="URL", help="read this YouTube channel or stream (no account needed)")
            sub.add_argument("--show-links", action="store_true", help="print links whole, also while streaming")
            sub.add_argument(
                "--open", action=argparse.BooleanOptionalAction, default=None,
                help="open the panel in the browser (at the first start, where there is a desktop)",
            )  # fmt: skip
            sub.add_argument("--fresh", action="store_true", help="do not go on with an interrupted show")
        case "rehearse":
            sub.add_argument("chat", metavar="CHAT", type=Path, help="a chat log of any format that is known")
            sub.add_argument("--speed", default="max", metavar="N|max", help="max: modelled parts; N: configured ones")
            sub.add_argument(
                "--report", metavar="FILE", type=Path, help="write the report here: .json, or .html as a page"
            )
            sub.add_argument("--anonymous", action="store_true", help="viewers are called Viewer 1, Viewer 2, ...")
            sub.add_argument("--silent", action="store_true", help="the report has no voices and asks no model")
            sub.add_argument("--progress", action="store_true", help="tell how far it is, as JSON lines")
            sub.add_argument("--name", metavar="NAME", default="", help="what the report calls the log")
            sub.add_argument("--seed", type=int, default=1)
        case "replay":
            sub.add_argument("journal", metavar="JOURNAL", type=Path)
        case "transcript":
            _transcript(sub)
        case "moderate":
            sub.add_argument("file", metavar="FILE.jsonl", type=Path)
        case "bench":
            sub.add_argument(
                "what", nargs="?", default="", metavar="chat|stage|hearing|soak",
                help="chat, stage, hearing: the figures of these only; soak: all chats at once while connections break",
            )  # fmt: skip
            sub.add_argument("--minutes", type=float, default=60.0, metavar="N", help="of the soak, in real time")
            sub.add_argument("--json", metavar="FILE", type=Path, help="write the figures here")
            sub.add_argument("--only", metavar="NAME", action="append", default=[], help="one figure (repeatable)")
            sub.add_argument("--quick", action="store_true", help="fewer repetitions; for trying out")
            sub.add_argument("--long", action="store_true", help="ten minutes of chat instead of 20 seconds")
        case "login":
            sub.add_argument("service", metavar="SERVICE", nargs="?", choices=("twitch", "youtube"), help=SERVICE_HELP)
            which = sub.add_mutually_exclusive_group()
            which.add_argument(
                "--bot", action="store_true", help="the account that reads and writes the chat; also without this"
            )
            which.add_argument("--broadcaster", action="store_true", help="the account of the channel")
            sub.add_argument("--list", action="store_true", help="show who is signed in")
            sub.add_argument(
                "--allow", metavar="NAME", action="append", default=[], help="allow this only (repeatable)"
            )
        case "logout":
            sub.add_argument("service", metavar="SERVICE", choices=("twitch", "youtube"), help=SERVICE_HELP)
            sub.add_argument("role", metavar="ROLE", nargs="?", choices=("bot", "broadcaster"), help="which account")
        case _:
            pass


def _transcript(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("journal", metavar="JOURNAL", type=Path, nargs="?", help="the last show's if not given")
    sub.add_argument("--out", metavar="DIR", type=Path, help="folder for the files, instead of home/shows")


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code. 2 is bad usage or unreadable input."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a name must not end a command on a console of another code page
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or (given[0].startswith("-") and given[0] not in ("-h", "--help", "--version")):
        given = ["run", *given]
    options = parser().parse_args(given)
    module = "extras" if options.command in EXTRAS_COMMANDS else options.command
    command = importlib.import_module(f"streamer.app.commands.{module}")
    try:
        return int(command.main(options))
    except KeyboardInterrupt:
        return 130
