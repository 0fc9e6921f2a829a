"""Stings, jingles and sound effects made fit for a show: equally loud, trimmed, faded, in a format overlays play.

A tool for whole files, with pydub and ffmpeg. The running show never imports this: see docs/decisions/0004.
"""

import math
import shutil
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from streamer.ports import Misconfigured, Unavailable

Format = Literal["ogg", "mp3", "wav"]
SUFFIXES: Final = frozenset((".wav", ".mp3", ".ogg", ".opus", ".flac", ".m4a", ".aac", ".aif", ".aiff"))
RATE_HZ: Final = 48_000
"""What OBS mixes at: nothing is resampled again."""
LOUDNESS_DB: Final = -18.0
"""Of the parts that sound; a voice of the show is levelled to about the same."""
CEILING_DB: Final = -1.0
BLOCK_MS: Final = 50
GATE_DB: Final = 30.0
"""Blocks so far below the loudest one do not count as sound."""
EDGE_DB: Final = 45.0
"""Silence at the ends is what lies so far below the peak."""
KEEP_MS: Final = 20
FADE_IN_MS, FADE_OUT_MS = 5, 40
DUCK_FADE_MS: Final = 200
LONGEST_S: Final = 900
LARGEST: Final = 300 << 20
ENCODING: Final[dict[Format, dict[str, Any]]] = {
    "ogg": {"format": "ogg", "codec": "libvorbis", "parameters": ["-q:a", "5"]},
    "mp3": {"format": "mp3", "bitrate": "192k"},
    "wav": {"format": "wav"},
}


class Tidied(msgspec.Struct, frozen=True):
    """`before_s`, `after_s`: length; `gain_db`: what was added."""

    source: Path
    made: Path
    before_s: float
    after_s: float
    gain_db: float


def library() -> Any:
    """pydub's AudioSegment. Raises Misconfigured with the fix when it or ffmpeg is missing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of audioop on Python 3.12, and of its own escapes
        try:
            from pydub import AudioSegment
        except ImportError as error:
            raise Misconfigured("the tools for sounds are not installed", fix="python3 run.py add sounds") from error
    if shutil.which("ffmpeg") is None or shutil.which("ffprobe") is None:
        fix = "apt install ffmpeg (Debian, Ubuntu), brew install ffmpeg (macOS), winget install ffmpeg (Windows)"
        raise Misconfigured("ffmpeg is not installed, without which no sound file can be read", fix=fix)
    return AudioSegment


def found(path: Path) -> Sequence[Path]:
    """The file, or the sound files of the folder by name (not of the folders in it)."""
    if path.is_dir():
        return sorted(each for each in path.iterdir() if each.is_file() and each.suffix.lower() in SUFFIXES)
    return [path] if path.is_file() else []


def read(segment: Any, path: Path) -> Any:
    """A whole file, at 48,000 Hz, s16, one or two channels. Raises Unavailable with a reason for people."""
    if path.stat().st_size > LARGEST:
        raise Unavailable("is larger than 300 MB: no sting")
    try:
        sound = segment.from_file(str(path.resolve()))
    except Exception as error:
        raise Unavailable("is no sound file that ffmpeg can read") from error
    if len(sound) == 0 or sound.max == 0:
        raise Unavailable("holds nothing but silence")
    if len(sound) > LONGEST_S * 1000:
        raise Unavailable(f"is longer than {LONGEST_S // 60} minutes: no sting")
    return sound.set_frame_rate(RATE_HZ).set_sample_width(2).set_channels(min(2, sound.channels))


def loudness_db(sound: Any) -> float:
    """Mean power of the blocks that sound, dB below full scale."""
    blocks = [sound[at : at + BLOCK_MS].rms for at in range(0, len(sound), BLOCK_MS)]
    least = max(blocks) * 10 ** (-GATE_DB / 20)
    powers = [rms * rms for rms in blocks if rms >= least and rms > 0]
    return 10 * math.log10(sum(powers) / len(powers) / 32768**2) if powers else -100.0


def trimmed(sound: Any) -> Any:
    """Without silence at the ends, but for 20 ms."""
    from pydub.silence import detect_leading_silence

    threshold = sound.max_dBFS - EDGE_DB
    begin = max(0, detect_leading_silence(sound, threshold, 5) - KEEP_MS)
    end = max(0, detect_leading_silence(sound.reverse(), threshold, 5) - KEEP_MS)
    return sound[begin : len(sound) - end]


def levelled(sound: Any, loudness: float = LOUDNESS_DB) -> tuple[Any, float]:
    """(as loud as that, what was added in dB). No peak gets above -1 dB: what is all peaks stays a little quieter."""
    gain = min(loudness - loudness_db(sound), CEILING_DB - sound.max_dBFS)
    return sound.apply_gain(gain), gain


def faded(sound: Any) -> Any:
    return sound.fade_in(min(FADE_IN_MS, len(sound))).fade_out(min(FADE_OUT_MS, len(sound)))


def write(sound: Any, path: Path, form: Format) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        sound.export(str(part), **ENCODING[form]).close()
        part.replace(path)
    except OSError as error:
        raise Unavailable(f"cannot be written: {error.strerror or 'no space?'}") from error
    except Exception as error:
        raise Unavailable(f"could not be packed as {form} by this ffmpeg; try --format wav") from error
    finally:
        part.unlink(missing_ok=True)


def tidy(source: Path, made: Path, form: Format, *, loudness: float = LOUDNESS_DB) -> Tidied:
    """One file. Raises Misconfigured or Unavailable."""
    sound = read(library(), source)
    after, gain = levelled(trimmed(sound), loudness)
    after = faded(after)
    write(after, made, form)
    return Tidied(source, made, len(sound) / 1000, len(after) / 1000, round(gain, 1))


def mix(bed: Path, sting: Path, made: Path, form: Format, *, at_s: float, duck_db: float) -> Tidied:
    """The sting over the bed, which is lowered by `duck_db` while it sounds; the length is the bed's, or the sting's
    end. Raises Misconfigured or Unavailable."""
    segment = library()
    under, over = read(segment, bed), trimmed(read(segment, sting))
    at = round(at_s * 1000)
    if at > len(under):
        raise Unavailable(f"is {len(under) / 1000:.1f} s long: the sting cannot begin at {at_s:g} s")
    channels = max(under.channels, over.channels)
    under, over = under.set_channels(channels), over.set_channels(channels)
    under, _ = levelled(under)
    over, gain = levelled(over)
    end = at + len(over)
    if end > len(under):
        under += segment.silent(end - len(under), RATE_HZ).set_channels(channels)
    low = under.fade(to_gain=-duck_db, start=max(0, at - DUCK_FADE_MS), duration=DUCK_FADE_MS)
    low = low[:end] + under[end:].fade(from_gain=-duck_db, start=0, duration=DUCK_FADE_MS)
    both = low.overlay(over, position=at)
    both = faded(both.apply_gain(min(0.0, CEILING_DB - both.max_dBFS)))
    write(both, made, form)
    return Tidied(sting, made, len(over) / 1000, len(both) / 1000, round(gain, 1))
