"""What a person sees while packages are installed: how many of how many, which, how big, how much longer."""

import os
import re
import sys
import time

from streamer.boot.places import Place

BIG_MB = 10.0
ENTRY = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)
FOUND = re.compile(r"^(?:Collecting|Processing) (\S+)")
SIZE = re.compile(r"^\s*Downloading (\S+) \(([\d.]+) (bytes|kB|MB|GB)")
IGNORED = re.compile(r"^Ignoring ")
BYTES = re.compile(r"^Progress (\d+) of (\d+)")
INSTALLING = re.compile(r"^Installing collected packages: ")


class Progress:
    """Turns pip's lines into one line that changes (terminal) or into one line each (file, pipe)."""

    def __init__(self, place: Place, lock_file: str, *, updating: bool) -> None:
        with open(lock_file, encoding="utf-8") as file:
            self.total = len(ENTRY.findall(file.read()))
        self.found = 0
        self.name = ""
        self.late = False
        self.fresh = place.fresh
        self.installing = False
        self.said_at = 0.0
        self.fetched = 0
        self.word = ""
        self.started = time.monotonic()
        self.terminal = sys.stdout.isatty()
        what = place.purpose or ("Update" if updating else "First start")
        into = os.path.relpath(place.folder, place.root) if place.base == place.root else place.folder
        after = "" if updating else " The next start installs nothing."
        beside = " (whole, beside the old one)" if place.purpose and updating else ""
        print(f"{what}: installing the packages Showrunner needs into {into}{beside}.{after}", flush=True)

    def hear(self, line: str | None) -> None:
        """One line of pip's, or None after a second of silence."""
        if line is None:
            self.still_here()
        elif found := FOUND.match(line):
            self.found += 1
            self.name = plain_name(found[1])
            self.say(f"[{self.found}/{max(self.total, self.found)}] {self.name}{self.remaining()}")
        elif (size := SIZE.match(line)) and size[1].endswith(".whl"):
            self.downloading(plain_name(size[1]), float(size[2]), size[3])
        elif amount := BYTES.match(line):
            self.bytes(int(amount[1]), int(amount[2]))
        elif IGNORED.match(line):
            self.total -= 1
        elif INSTALLING.match(line):
            self.installing = True
            self.total = line.count(",") + 1
            self.say(f"Unpacking {self.total} packages")

    def downloading(self, name: str, amount: float, unit: str) -> None:
        """A wheel is fetched: either right after it was found, or all together once everything was found."""
        self.late = self.late or name != self.name
        self.name = name
        big = unit in ("MB", "GB") and amount >= BIG_MB
        if big or (self.late and self.terminal):
            self.say(f"{self.place()}{name}, {amount:.0f} {unit}, downloading")

    def place(self) -> str:
        """How many of how many, as long as that is what goes on."""
        return "" if self.late else f"[{self.found}/{self.total}] "

    def bytes(self, have: int, total: int) -> None:
        """How much of a big file is there, with all that was fetched before; in a file one line every ten seconds."""
        if total >= BIG_MB * 1e6 and (self.terminal or time.monotonic() - self.said_at > 10) and have < total:
            sofar = f", {(self.fetched + have) / 1e6:.0f} MB in all" if self.fetched >= 1e6 else ""
            self.say(f"{self.place()}{self.name}, {have / 1e6:.0f} of {total / 1e6:.0f} MB{sofar}")
        if have >= total:
            self.fetched += total

    def still_here(self) -> None:
        """Silence: while pip unpacks it says nothing, so what has arrived is counted."""
        if not self.installing:
            if time.monotonic() - self.said_at > 10 and self.name:
                self.say(f"{self.place()}{self.name}, still downloading")
            return
        there = sum(name.endswith(".dist-info") for _, names, _ in self.walk() for name in names)
        self.say(f"Unpacking, {there} of {self.total} packages", quiet_in_file=True)

    def walk(self) -> list[tuple[str, list[str], list[str]]]:
        """The site-packages folder of the environment, one level."""
        names = ("Lib",) if os.name == "nt" else ("lib", f"python{sys.version_info[0]}.{sys.version_info[1]}")
        return [entry for entry in [next(os.walk(os.path.join(self.fresh, *names, "site-packages")), None)] if entry]

    def remaining(self) -> str:
        """How long it still takes, after a comma: always on a terminal, in a file only when the word changes."""
        word = self.estimate()
        if word == self.word and not self.terminal:
            return ""
        self.word = word
        return word

    def estimate(self) -> str:
        """A word on how long the downloads still take, once there is something to judge by."""
        spent = time.monotonic() - self.started
        if spent < 5 or self.found < 8 or self.found >= self.total:
            return ""
        left = spent / self.found * (self.total - self.found)
        if left < 20:
            return ", almost there"
        return ", under a minute left" if left < 55 else f", about {round(left / 60) or 1} min left"

    def say(self, text: str, *, quiet_in_file: bool = False) -> None:
        self.said_at = time.monotonic()
        if self.terminal:
            width = shutil_width() - 1
            print(f"\r{text[:width]:<{width}}", end="", flush=True)
        elif not quiet_in_file:
            print(text, flush=True)

    def done(self) -> None:
        """End the changing line."""
        if self.terminal:
            print(f"\r{'':<{shutil_width() - 1}}\r", end="", flush=True)


def plain_name(word: str) -> str:
    """ "name version" of what pip names: a requirement, or the path of a wheel."""
    if word.endswith(".whl"):
        return " ".join(os.path.basename(word).split("-")[:2]).replace("_", "-")
    return word.replace("==", " ")


def shutil_width() -> int:
    """Columns of the terminal."""
    import shutil

    return shutil.get_terminal_size().columns
