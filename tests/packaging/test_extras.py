"""`run.py add`, `remove` and `extras` as people meet them, with tiny packages from an index on loopback."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.packaging.kit import Checkout, Index, Start, wheel

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
posix = pytest.mark.skipif(os.name == "nt", reason="POSIX signals and process groups")
DEAD = "http://127.0.0.1:9/simple/"
DEVICE = {"sounddevice", "soxr", "tiny_numbers"}
SOUNDS = {"pydub", "tiny_numbers"}


@pytest.fixture
def index() -> Iterator[Index]:
    index = Index()
    yield index
    index.close()


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> tuple[Checkout, Start]:
    """`add` as the very first command: core and extra in one environment."""
    index = Index()
    checkout = Checkout(tmp_path_factory.mktemp("odd").resolve() / "Überträge (1)", index).create()
    start = checkout.start("add", "sounds")
    index.close()
    return checkout, start


@pytest.fixture
def ready(added: tuple[Checkout, Start], tmp_path: Path, index: Index) -> Checkout:
    """A checkout with `sounds`, installing from a fresh index."""
    copy = added[0].clone(tmp_path.resolve() / "show")
    copy.index = index
    return copy


def wait_until_fetching(checkout: Checkout) -> None:
    assert checkout.index.fetching.wait(100), "pip never asked for a file"


def test_add_before_the_first_start(added: tuple[Checkout, Start]) -> None:
    checkout, start = added
    assert start.code == 0, start
    assert checkout.packages() == SOUNDS
    lines = start.said.splitlines()
    size = next(n for n, line in enumerate(lines) if "60 MB to download, 180 MB on disk" in line)
    work = next(n for n, line in enumerate(lines) if line.startswith("Adding sounds"))
    assert size < work, "the size comes first"
    assert "[3/4] pydub 1.0" in start.said
    assert "Done: installed extras: sounds." in start.said
    assert checkout.leftovers() == []


def test_the_show_starts_with_it_and_asks_nobody(ready: Checkout) -> None:
    start = ready.start(PIP_INDEX_URL=DEAD)
    assert start.show["prefix"] == str(ready.env), start
    assert len(start.said.splitlines()) == 1
    assert ready.index.asked == 0


def test_list(ready: Checkout) -> None:
    said = ready.start("extras", PIP_INDEX_URL=DEAD).said
    rows = {line.split()[0]: line for line in said.splitlines() if line and not line.startswith(" ")}
    assert " installed " in rows["sounds"]
    assert " not installed " in rows["device"]
    assert "90 MB to download" in rows["device"]
    assert "not for this Python" in rows["whisper"]
    assert "proprietary" in rows["azure"]


def test_another_one_joins_and_an_update_keeps_both(ready: Checkout) -> None:
    start = ready.start("add", "device")
    assert start.code == 0, start
    assert "60 MB to download" in start.said, "what both need is there already"
    assert ready.packages() == SOUNDS | DEVICE
    ready.write_lock(ready.index.lock("2.0"))
    updated = ready.start()
    assert updated.show["show"] == "2.0", updated
    assert "Update:" in updated.said
    assert ready.packages() == SOUNDS | DEVICE
    removed = ready.start("remove", "device", "sounds")
    assert removed.code == 0, removed
    assert "no extras are installed" in removed.said
    assert ready.packages() == set()


def test_without_network_everything_stays_as_it_was(ready: Checkout) -> None:
    before = (ready.env / "stamp").read_bytes()
    start = ready.start("add", "device", PIP_INDEX_URL=DEAD)
    assert start.code == 1
    assert "cannot be reached" in start.said
    assert (ready.env / "stamp").read_bytes() == before
    assert ready.leftovers() == []
    assert ready.start(PIP_INDEX_URL=DEAD).show, "it is not remembered: the show starts as before"


def test_a_falsified_extra_is_refused(ready: Checkout) -> None:
    ready.index.files["soxr-1.0-py3-none-any.whl"] = wheel("soxr", "1.0", "import os\n")
    start = ready.start("add", "device")
    assert start.code == 1
    assert "soxr==1.0" in start.said
    assert "does not match its hash" in start.said
    assert ready.start("extras").said.count(" installed ") == ready.start("extras").said.count("not installed ") + 1


def test_too_little_room_counts_the_extra(ready: Checkout) -> None:
    full = "import shutil\nshutil.disk_usage = lambda path: shutil._ntuple_diskusage(10**9, 10**9, 600_000_000)"
    start = ready.start("add", "device", first=full)
    assert start.code == 1
    assert "600 MB of about 760 MB" in start.said, "400 of the core, 360 of the extras"
    assert ready.index.asked == 0


@posix
def test_control_c_changes_nothing(ready: Checkout) -> None:
    ready.index.gate.clear()
    with ready.popen("add", "device") as process:
        wait_until_fetching(ready)
        os.killpg(process.pid, signal.SIGINT)
        said = process.communicate(timeout=100)[0]
    assert process.returncode == 130
    assert "Nothing is half installed" in said
    assert ready.leftovers() == []
    assert ready.start(PIP_INDEX_URL=DEAD).show


@posix
def test_killed_in_the_middle_changes_nothing(ready: Checkout) -> None:
    ready.index.gate.clear()
    with ready.popen("add", "device") as process:
        wait_until_fetching(ready)
        os.killpg(process.pid, signal.SIGKILL)
    assert ready.start(PIP_INDEX_URL=DEAD).show


@posix
def test_while_a_show_runs_it_takes_effect_at_the_next_start(ready: Checkout) -> None:
    with ready.popen("hold") as show:
        assert show.stdout is not None
        assert show.stdout.readline() == "on air\n"
        start = ready.start("add", "device")
        assert start.code == 0, start
        assert "takes effect at the next start" in start.said
        assert ready.packages() == SOUNDS
        said = ready.start("extras").said
        assert "from the next start on" in said
        meanwhile = ready.start(PIP_INDEX_URL=DEAD)
        assert meanwhile.show["prefix"] == str(ready.env), meanwhile
        show.kill()
    after = ready.start(PIP_INDEX_URL=DEAD)
    assert after.show, after
    assert ready.packages() == SOUNDS | DEVICE
    back = ready.start("remove", "device", PIP_INDEX_URL=DEAD)
    assert back.code == 0, back
    assert ready.packages() == SOUNDS


@posix
def test_a_killed_exchange_is_completed(ready: Checkout) -> None:
    """The new environment is whole and remembered, the two were not exchanged."""
    ready.start("add", "device")
    (ready.root / ".venv").rename(ready.root / ".venv.new")
    (ready.root / ".venv.previous").rename(ready.root / ".venv")
    assert ready.start(PIP_INDEX_URL=DEAD).show
    assert ready.packages() == SOUNDS | DEVICE


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["add", "sounds"], 0, "Nothing to do: installed extras: sounds."),
        (["remove", "device"], 0, "Nothing to do"),
        (["add", "everything"], 2, "There is no extra 'everything'; there are whisper,"),
        (["add"], 2, "usage: run.py add"),
        (["add", "whisper"], 1, "cannot be added on this computer"),
        (["add", "azure"], 1, "https://aka.ms/csspeech/license/"),
        (["add", "--help"], 0, "usage: run.py add"),
        (["extras", "--nonsense"], 2, "usage: run.py extras"),
    ],
)
def test_what_needs_no_work(ready: Checkout, words: list[str], code: int, said: str) -> None:
    before = (ready.env / "stamp").stat().st_mtime_ns
    start = ready.start(*words, PIP_INDEX_URL=DEAD)
    assert start.code == code, start
    assert said in start.said
    assert (ready.env / "stamp").stat().st_mtime_ns == before
    assert ready.index.asked == 0


def test_the_environments_own_python_may_add(ready: Checkout) -> None:
    python = ready.env / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    done = subprocess.run(
        [python, ready.root / "run.py", "add", "sounds"],
        env=ready.variables(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done
    assert "Nothing to do" in done.stdout


def test_a_memory_of_extras_that_do_not_exist_is_passed_over(ready: Checkout) -> None:
    memory = ready.root / ".venv.extras"
    memory.write_text(memory.read_text(encoding="utf-8") + "../../etc gone\n", encoding="utf-8")
    assert ready.start(PIP_INDEX_URL=DEAD).show
