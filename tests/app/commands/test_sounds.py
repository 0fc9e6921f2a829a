"""`sounds tidy` and `sounds mix`: real files through the real pydub and ffmpeg."""

import array
import math
import re
import subprocess
import sys
import wave
from pathlib import Path

import pytest

from streamer.app import soundtidy
from streamer.app.cli import main

pytestmark = [
    pytest.mark.needs("ffmpeg"),
    # pydub: on Python 3.12 it imports what 3.13 lacks, and leaves files to the garbage collector.
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::SyntaxWarning", "ignore::ResourceWarning"),
]

RATE = 24_000
pytest.importorskip("pydub", reason="needs pydub, which this machine does not have")


def sound(path: Path, *pieces: tuple[float, float]) -> Path:
    """A WAV file: (seconds, level of a 440 Hz tone) one after the other."""
    samples = array.array("h")
    for seconds, level in pieces:
        count = int(RATE * seconds)
        samples.extend(int(32_767 * level * math.sin(2 * math.pi * 440 * n / RATE)) for n in range(count))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return path


def heard(path: Path, tmp_path: Path) -> tuple[int, array.array]:
    """(rate, mono samples) of any file."""
    plain = tmp_path / "plain.wav"
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", str(path), "-ac", "1", str(plain)], check=True)
    with wave.open(str(plain), "rb") as file:
        out = array.array("h")
        out.frombytes(file.readframes(file.getnframes()))
        return file.getframerate(), out


def db(samples: array.array) -> float:
    return 10 * math.log10(sum(x * x for x in samples) / len(samples) / 32768**2 + 1e-12)


def test_a_folder_becomes_equally_loud_trimmed_and_faded(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    folder = tmp_path / "my stings"
    folder.mkdir()
    sound(folder / "quiet.wav", (0.6, 0.0), (1.0, 0.02), (0.5, 0.0))
    sound(folder / "loud.wav", (1.0, 0.9))
    (folder / "notes.txt").write_text("not a sound", encoding="utf-8")
    before = {each.name: each.read_bytes() for each in folder.iterdir()}
    assert main(["sounds", "tidy", str(folder)]) == 0
    assert sorted(each.name for each in (folder / "tidy").iterdir()) == ["loud.ogg", "quiet.ogg"]
    assert {each.name: each.read_bytes() for each in folder.iterdir() if each.is_file()} == before
    levels: list[float] = []
    for name in ("quiet.ogg", "loud.ogg"):
        rate, samples = heard(folder / "tidy" / name, tmp_path)
        assert rate == 48_000
        assert 0.95 < len(samples) / rate < 1.1
        levels.append(db(samples[4_800:-4_800]))
        assert abs(samples[10]) < 3_000 > abs(samples[-10])
        assert max(map(abs, samples)) < 32_767
    assert levels[0] == pytest.approx(levels[1], abs=0.7)
    assert levels[0] == pytest.approx(-18, abs=1)
    assert "quiet.wav: 2.10 s -> 1.04 s, +" in capsys.readouterr().out


def test_what_is_all_peak_stays_below_the_ceiling(tmp_path: Path):
    click = sound(tmp_path / "click.wav", (0.005, 0.9), (0.4, 0.002))
    made = soundtidy.tidy(click, tmp_path / "out.wav", "wav", loudness=-6.0)
    _, samples = heard(made.made, tmp_path)
    assert 20 * math.log10(max(map(abs, samples)) / 32_768) <= -0.9


@pytest.mark.parametrize("form", ["ogg", "mp3", "wav"])
def test_one_file_in_any_format_and_stereo_stays_stereo(tmp_path: Path, form: str):
    sound(tmp_path / "a.wav", (0.5, 0.3))
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(tmp_path / "a.wav"), "-ac", "2", str(tmp_path / "-s.flac")], check=True
    )
    out = tmp_path / "out"
    assert main(["sounds", "tidy", str(tmp_path / "-s.flac"), "--out", str(out), "--format", form]) == 0
    shown = subprocess.run(["ffprobe", "-hide_banner", str(out / f"-s.{form}")], capture_output=True, check=True)
    assert re.search(rb"48000 Hz, (stereo|2 channels)", shown.stderr)
    assert [each.name for each in out.iterdir()] == [f"-s.{form}"], "no part of a file is left"


def test_bad_files_are_named_and_the_others_are_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    sound(tmp_path / "good.wav", (0.3, 0.3))
    sound(tmp_path / "silent.wav", (0.3, 0.0))
    (tmp_path / "broken.mp3").write_bytes(b"\0\1not an mp3" * 40)
    (tmp_path / "empty.ogg").touch()
    assert main(["sounds", "tidy", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert "silent.wav: holds nothing but silence." in said
    assert "broken.mp3: is no sound file that ffmpeg can read." in said
    assert "empty.ogg: is no sound file that ffmpeg can read." in said
    assert [each.name for each in (tmp_path / "tidy").iterdir()] == ["good.ogg"]


def test_equal_names_do_not_write_over_each_other(tmp_path: Path):
    sound(tmp_path / "hit.wav", (0.2, 0.3))
    subprocess.run(["ffmpeg", "-v", "error", "-i", str(tmp_path / "hit.wav"), str(tmp_path / "hit.mp3")], check=True)
    assert main(["sounds", "tidy", str(tmp_path), "--format", "wav"]) == 0
    assert sorted(each.name for each in (tmp_path / "tidy").iterdir()) == ["hit-mp3.wav", "hit-wav.wav"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["tidy", "nowhere.wav"], "is not there"),
        (["tidy", "."], "has no sound files"),
        (["tidy", "a.wav", "--loudness", "3"], "--loudness is between"),
        (["tidy", "a.wav", "--out", ".", "--format", "wav"], "would be written over"),
        (["mix", "a.wav", "nowhere.wav", "--out", "m.ogg"], "is not there"),
        (["mix", "a.wav", "a.wav", "--out", "a.wav"], "would be written over"),
        (["mix", "a.wav", "a.wav", "--out", "m.ogg", "--at", "9"], "cannot begin at 9 s"),
        (["mix", "a.wav", "a.wav", "--out", "m.ogg", "--duck", "99"], "--duck between"),
    ],
)
def test_bad_usage_is_2_and_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], says: str
):
    monkeypatch.chdir(tmp_path)
    if words != ["tidy", "."]:
        sound(tmp_path / "a.wav", (0.2, 0.3))
    assert main(["sounds", *words]) == 2
    assert says in capsys.readouterr().err


def test_a_sting_lies_over_music_that_steps_back(tmp_path: Path):
    bed, sting = sound(tmp_path / "bed.wav", (4.0, 0.3)), tmp_path / "sting.wav"
    sound(sting, (1.0, 0.3))
    made = tmp_path / "new" / "mix.wav"
    assert main(["sounds", "mix", str(bed), str(sting), "--out", str(made), "--at", "1.5", "--duck", "20"]) == 0
    rate, samples = heard(made, tmp_path)
    assert len(samples) / rate == pytest.approx(4.0, abs=0.05)
    before, end = db(samples[int(0.3 * rate) : int(1.0 * rate)]), db(samples[int(3.0 * rate) : int(3.8 * rate)])
    assert before == pytest.approx(end, abs=0.5)
    assert before == pytest.approx(-18, abs=1)
    long = tmp_path / "long.ogg"
    assert main(["sounds", "mix", str(bed), str(sting), "--out", str(long), "--at", "3.5"]) == 0
    rate, samples = heard(long, tmp_path)
    assert len(samples) / rate == pytest.approx(4.54, abs=0.1)


@pytest.mark.parametrize(("gone", "fix"), [("pydub", "python3 run.py add sounds"), ("ffmpeg", "apt install ffmpeg")])
def test_what_is_missing_is_said_with_the_fix(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], gone: str, fix: str
):
    if gone == "pydub":
        monkeypatch.setitem(sys.modules, "pydub", None)
    else:
        monkeypatch.setattr(soundtidy.shutil, "which", lambda _name: None)
    assert main(["sounds", "tidy", "x.wav"]) == 2
    assert fix in capsys.readouterr().err


@pytest.mark.slow
def test_the_show_never_loads_it():
    """Neither pydub nor the tool, nor what devices need: they belong to commands and children."""
    look = (
        "import sys, streamer.app.house, streamer.app.cli, streamer.app.outlets, streamer.app.commands.run;"
        "print({'pydub', 'streamer.app.soundtidy', 'sounddevice', 'soxr', 'numpy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
