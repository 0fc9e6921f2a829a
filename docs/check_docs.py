"""Checks the documentation: links lead somewhere, commands exist, pages stay short and speak of nobody's machine.

`python3 run.py docs` and tests/docs/test_docs.py run it. It looks at the checkout only and asks no address outside.
"""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parents[1]
README_LINES = 120
OWN_COMMANDS = {"test", "lint", "docs"}
"""Commands of run.py that never reach the command line of the show."""
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
COMMAND = re.compile(r"python3 run\.py((?: [^`|\n]*)?)")
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:root|tmp|work)/|(?<![\w.])/home/[a-z]+/|(?<![\w.])/Users/\w|\b[A-Z]:\\Users")
PLACEHOLDER_NUMBERS = {"N": "1", "PORT": "1"}


def pages() -> list[Path]:
    """Every Markdown page of the checkout that people read."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "overlays").glob("*.md")]
    return sorted(found)


def without_code(text: str) -> str:
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def anchors(text: str) -> set[str]:
    """The anchors GitHub makes of the headings."""
    heads = re.findall(r"^#{1,6} +(.+?) *$", without_code(text), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def broken_links(page: Path) -> Iterator[str]:
    """Links to files or headings that do not exist."""
    for target in LINK.findall(without_code(page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = unquote(target).partition("#")
        path = (page.parent / name).resolve() if name else page
        if not path.exists():
            yield f"{target}: there is no such file"
        elif anchor and path.suffix == ".md" and anchor not in anchors(path.read_text(encoding="utf-8")):
            yield f"{target}: there is no such heading"


def commands(page: Path) -> Iterator[list[str]]:
    """The arguments of every `python3 run.py ...` on the page, without what explains it."""
    for rest in COMMAND.findall(page.read_text(encoding="utf-8")):
        words = re.split(r" {2,}|[,;:)]| \(", rest)[0].strip(" .")
        yield shlex.split(words) if words else []


def wrong_commands(page: Path) -> Iterator[str]:
    """Commands that the command line would not take."""
    for given in commands(page):
        if given and (given[0] in OWN_COMMANDS or given[0] == "..."):
            continue
        arguments = [PLACEHOLDER_NUMBERS.get(word, word) for word in given]
        if not taken(arguments):
            yield f"python3 run.py {' '.join(given)}: the command line does not take this"


def taken(arguments: list[str]) -> bool:
    import contextlib
    import io

    sys.path.insert(0, str(ROOT))
    from streamer.app.cli import parser

    if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("-h", "--help", "--version")):
        arguments = ["run", *arguments]
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        try:
            parser().parse_args(arguments)
        except SystemExit as ended:
            return ended.code == 0
    return True


def machine_paths(page: Path) -> Iterator[str]:
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if MACHINE_PATHS.search(line):
            yield f"line {number} names a path of somebody's machine"


def unlisted_decisions() -> Iterator[str]:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    for path in sorted(folder.glob("0*.md")):
        title = path.read_text(encoding="utf-8").splitlines()[0].partition(". ")[2]
        if f"({path.name})" not in index or title not in index:
            yield f"docs/decisions/README.md does not list {path.name} with its title"


def problems() -> list[str]:
    """Everything that is wrong, a line each."""
    out: list[str] = []
    for page in pages():
        name = page.relative_to(ROOT).as_posix()
        out += [f"{name}: {each}" for each in (*broken_links(page), *wrong_commands(page), *machine_paths(page))]
    out += unlisted_decisions()
    lines = (ROOT / "README.md").read_text(encoding="utf-8").count("\n")
    if lines >= README_LINES:
        out.append(f"README.md has {lines} lines; fewer than {README_LINES} are read")
    return out


def main(arguments: list[str]) -> int:
    """Without arguments also write docs/settings.md and make the pictures; `--check` only checks."""
    scripts = ["make_settings.py"] if "--check" in arguments else ["make_settings.py", "make_pictures.py"]
    options = ["--check"] if "--check" in arguments else []
    failed = False
    for script in scripts:
        failed |= subprocess.run([sys.executable, str(ROOT / "docs" / script), *options], check=False).returncode != 0
    found = problems()
    print("\n".join(found) if found else "The documentation is in order.")
    return 1 if failed or found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
