"""run.py as people meet it: cold, again, offline, interrupted, twice, moved, changed, poisoned, in strange places."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.packaging.kit import BASE_PYTHON, Checkout, Index, Start, wheel

# A start takes one to three seconds of processor time; the limits are for machines that do other things too.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
posix = pytest.mark.skipif(os.name == "nt", reason="POSIX signals and process groups")
DEAD = "http://127.0.0.1:9/simple/"


@pytest.fixture
def index() -> Iterator[Index]:
    index = Index()
    yield index
    index.close()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Checkout, Start]:
    """One cold start, in a folder with spaces, umlauts and Japanese, without a locale."""
    index = Index()
    checkout = Checkout(tmp_path_factory.mktemp("odd").resolve() / "Überträge" / "Mika 配信 (1)", index)
    checkout.root.parent.mkdir()
    checkout.create()
    start = checkout.start("ねこ", "two words", LANG="C", LC_ALL="C", PYTHONPATH="")
    index.close()
    return checkout, start


@pytest.fixture
def ready(built: tuple[Checkout, Start], tmp_path: Path, index: Index) -> Checkout:
    """A checkout with its environment, installing from a fresh index."""
    copy = built[0].clone(tmp_path.resolve() / "show")
    copy.index = index
    return copy


@pytest.fixture
def bare(tmp_path: Path, index: Index) -> Checkout:
    """A checkout that was never started."""
    return Checkout(tmp_path.resolve() / "show", index).create()


def test_cold_start_in_an_odd_path_installs_and_runs(built: tuple[Checkout, Start]) -> None:
    checkout, start = built
    assert start.code == 0, start
    assert start.show["argv"] == ["ねこ", "two words"]
    assert start.show["prefix"] == str(checkout.env)
    assert start.show["utf8"] == 1
    assert "First start" in start.said
    assert "[2/2] tiny-voice 1.0" in start.said
    assert checkout.leftovers() == []


def test_second_start_asks_nobody(ready: Checkout) -> None:
    before = (ready.env / "stamp").stat().st_mtime_ns
    start = ready.start("seven", PIP_INDEX_URL=DEAD)
    assert start.code == 7, start
    assert len(start.said.splitlines()) == 1, "only the show speaks"
    assert ready.index.asked == 0
    assert (ready.env / "stamp").stat().st_mtime_ns == before


def test_the_environments_own_python_may_start_it(ready: Checkout) -> None:
    python = ready.env / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    done = subprocess.run(
        [python, ready.root / "run.py"], env=ready.variables(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done
    assert str(ready.env) in done.stdout


def test_first_start_without_network_says_so(bare: Checkout) -> None:
    start = bare.start(PIP_INDEX_URL=DEAD, PIP_RETRIES="1")
    assert start.code == 1
    assert "The package index cannot be reached" in start.said
    assert not bare.env.exists()
    assert bare.leftovers() == []


def wait_until_fetching(checkout: Checkout) -> None:
    assert checkout.index.fetching.wait(100), "pip never asked for a file"


@posix
def test_killed_while_fetching_starts_anew(bare: Checkout) -> None:
    bare.index.gate.clear()
    with bare.popen() as process:
        wait_until_fetching(bare)
        os.killpg(process.pid, signal.SIGKILL)
    assert not bare.env.exists()
    bare.index.gate.set()
    start = bare.start()
    assert start.show, start
    assert bare.leftovers() == []


@posix
def test_an_orphaned_pip_is_waited_for(bare: Checkout) -> None:
    bare.index.gate.clear()
    with bare.popen() as first:
        wait_until_fetching(bare)
        first.kill()
        first.wait()
        with bare.popen() as second:
            assert second.stdout is not None
            assert "waiting" in second.stdout.readline()
            bare.index.gate.set()
            said = second.stdout.read()
            assert second.wait() == 0, said
    assert '"show": "1.0"' in said


@posix
def test_two_starts_at_once_build_once(bare: Checkout) -> None:
    bare.index.gate.clear()
    with bare.popen() as first:
        wait_until_fetching(bare)
        with bare.popen() as second:
            assert second.stdout is not None
            assert "waiting" in second.stdout.readline()
            bare.index.gate.set()
            waited = second.communicate(timeout=100)[0]
        built = first.communicate(timeout=100)[0]
    assert (first.returncode, second.returncode) == (0, 0), built + waited
    assert "First start" in built
    assert "First start" not in waited


@posix
def test_control_c_leaves_nothing(bare: Checkout) -> None:
    bare.index.gate.clear()
    with bare.popen() as process:
        wait_until_fetching(bare)
        os.killpg(process.pid, signal.SIGINT)
        said = process.communicate(timeout=100)[0]
    assert process.returncode == 130
    assert "Nothing is half installed" in said
    assert not bare.env.exists()
    assert bare.leftovers() == []


@posix
def test_another_way_to_the_same_folder_is_the_same_folder(ready: Checkout) -> None:
    link = ready.root.with_name("link")
    link.symlink_to(ready.root)
    linked = Checkout(link, ready.index)
    linked.home.mkdir()
    start = linked.start(PIP_INDEX_URL=DEAD)
    assert start.show["prefix"] == str(ready.env), start


def test_moved_folder_is_rebuilt(ready: Checkout) -> None:
    ready.root.rename(ready.root.with_name("elsewhere"))
    moved = Checkout(ready.root.with_name("elsewhere"), ready.index)
    moved.home.mkdir()
    start = moved.start()
    assert start.show["prefix"] == str(moved.env), start
    assert ready.index.asked > 0


def test_environment_without_its_interpreter_is_rebuilt(ready: Checkout) -> None:
    (ready.env / ("Scripts/python.exe" if os.name == "nt" else "bin/python")).unlink()
    start = ready.start()
    assert start.show, start


def test_changed_lock_updates_and_the_old_one_comes_back_offline(ready: Checkout) -> None:
    old, new = ready.index.lock("1.0"), ready.index.lock("2.0")
    ready.write_lock(new)
    offline = ready.start(PIP_INDEX_URL=DEAD)
    assert offline.code == 1
    assert "cannot be reached" in offline.said
    assert (ready.env / "stamp").exists(), "the old environment stays"
    updated = ready.start()
    assert updated.show["show"] == "2.0", updated
    assert "Update:" in updated.said
    ready.write_lock(old)
    back = ready.start(PIP_INDEX_URL=DEAD)
    assert back.show["show"] == "1.0", back
    ready.write_lock(new)
    assert ready.start(PIP_INDEX_URL=DEAD).show["show"] == "2.0"


@posix
def test_environment_is_not_exchanged_under_a_running_show(ready: Checkout) -> None:
    with ready.popen("hold") as show:
        assert show.stdout is not None
        assert show.stdout.readline() == "on air\n"
        assert ready.start().code == 0, "a second show from the same environment is fine"
        ready.write_lock(ready.index.lock("2.0"))
        refused = ready.start()
        show.kill()
    assert refused.code == 1
    assert "a show (or another command) is running" in refused.said
    after = ready.start(PIP_INDEX_URL=DEAD)
    assert after.show["show"] == "2.0", "the fresh environment lay ready"


def test_interrupted_exchange_is_completed(ready: Checkout) -> None:
    ready.env.rename(ready.root / ".venv.new")
    start = ready.start(PIP_INDEX_URL=DEAD)
    assert start.show, start
    assert ready.leftovers() == []


def test_half_an_environment_never_counts(ready: Checkout) -> None:
    (ready.env / "stamp").unlink()
    start = ready.start(PIP_INDEX_URL=DEAD)
    assert start.code == 1, start


def test_falsified_package_is_refused(bare: Checkout) -> None:
    bare.index.files["tiny_show-1.0-py3-none-any.whl"] = wheel("tiny-show", "1.0", "import os\n")
    start = bare.start()
    assert start.code == 1
    assert "tiny-show==1.0" in start.said
    assert "does not match its hash" in start.said
    assert not bare.env.exists()


def test_package_that_the_index_lacks_is_named(bare: Checkout) -> None:
    del bare.index.files["tiny_voice-1.0-py3-none-any.whl"]
    start = bare.start()
    assert start.code == 1
    assert "tiny-voice==1.0" in start.said


def test_wheel_that_does_not_load_is_named(bare: Checkout) -> None:
    bare.index.files["tiny_voice-1.0-py3-none-any.whl"] = wheel("tiny-voice", "1.0", "import not_there\n")
    bare.write_lock(bare.index.lock())
    start = bare.start()
    assert start.code == 1
    assert "tiny_voice: ModuleNotFoundError" in start.said
    assert bare.leftovers() == []


def test_pip_settings_and_python_path_of_the_machine_do_not_leak_in(bare: Checkout) -> None:
    poison = bare.home / "poison"
    poison.mkdir()
    (poison / "tiny_show.py").write_text("VERSION = 'poisoned'\n", encoding="utf-8")
    (bare.home / "pip.conf").write_text(f"[global]\nindex-url = {bare.index.url}\nuser = true\n", encoding="utf-8")
    start = bare.start(
        PIP_INDEX_URL=bare.index.url,
        PIP_CONFIG_FILE=str(bare.home / "pip.conf"),
        PIP_USER="1",
        PIP_TARGET=str(bare.home / "target"),
        PIP_REQUIRE_VIRTUALENV="1",
        PIP_QUIET="3",
        PYTHONPATH=str(poison),
        PYTHONSAFEPATH="1",
    )
    assert start.show["show"] == "1.0", start
    assert start.show["file"].startswith(str(bare.env))
    assert not (bare.home / "target").exists()


def test_without_ensurepip_the_own_pip_is_enough(bare: Checkout) -> None:
    start = bare.start(first="sys.modules['ensurepip'] = None")
    assert start.show, start


def test_without_any_pip_it_says_what_to_install(bare: Checkout, tmp_path: Path) -> None:
    start = bare.start(first="sys.modules['ensurepip'] = sys.modules['pip'] = None", PATH=str(tmp_path))
    assert start.code == 1
    assert "sudo apt install python3-venv" in start.said
    assert bare.leftovers() == []


def test_with_ensurepip_alone(bare: Checkout, tmp_path: Path) -> None:
    if subprocess.run([BASE_PYTHON, "-c", "import ensurepip"], capture_output=True, check=False).returncode:
        pytest.skip("this Python has no ensurepip (Debian without python3-venv)")
    start = bare.start(first="sys.modules['pip'] = None", PATH=str(tmp_path))
    assert start.show, start


def test_read_only_checkout_uses_the_users_folder(bare: Checkout) -> None:
    read_only = "import streamer.boot.build as build\nbuild.writable = lambda folder: False"
    start = bare.start(first=read_only)
    assert Path(start.show["prefix"]).is_relative_to(bare.home), start
    assert not bare.env.exists()
    asked = bare.index.asked
    assert bare.start().show["prefix"] == start.show["prefix"]
    assert bare.index.asked == asked


def test_too_little_room_is_said_before_anything_is_fetched(bare: Checkout) -> None:
    full = "import shutil\nshutil.disk_usage = lambda path: shutil._ntuple_diskusage(10**9, 10**9, 59_000_000)"
    start = bare.start(first=full)
    assert start.code == 1
    assert "59 MB of about 400 MB" in start.said
    assert bare.index.asked == 0
    assert not bare.env.exists()


@posix
def test_second_start_costs_next_to_nothing(ready: Checkout) -> None:
    """Processor time, not the clock: the machine may be busy."""
    import resource

    ready.start()  # bytecode
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ready.start()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert spent < 0.5


@posix
def test_a_killed_swap_loses_nothing(ready: Checkout) -> None:
    """Between the two renames of an exchange the old environment lies aside and the new one is ready."""
    shutil.copytree(ready.env, ready.root / ".venv.new", symlinks=True)
    ready.env.rename(ready.root / ".venv.aside")
    start = ready.start(PIP_INDEX_URL=DEAD)
    assert start.show, start
    assert ready.leftovers() == []
