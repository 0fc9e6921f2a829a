"""`sounds tidy FILE|FOLDER`: stings and effects equally loud, trimmed and faded; `sounds mix BED STING`: one over the
other. The originals are never touched."""

import argparse
import sys
from pathlib import Path

from streamer.app.soundtidy import Format, Tidied, found, library, mix, tidy
from streamer.ports import Misconfigured, Unavailable


def main(options: argparse.Namespace) -> int:
    """0 done; 1 some file could not be used, the others were; 2 none could, or something is missing."""
    try:
        library()
    except Misconfigured as wrong:
        print(f"{wrong.reason}. Fix: {wrong.fix}", file=sys.stderr)
        return 2
    return _mix(options) if options.action == "mix" else _tidy(options)


def _tidy(options: argparse.Namespace) -> int:
    files = found(options.path)
    if not files:
        why = "has no sound files" if options.path.is_dir() else "is not there"
        print(f"{options.path}: {why}.", file=sys.stderr)
        return 2
    if not -40 <= options.loudness <= -6:
        print("--loudness is between -40 and -6 dB.", file=sys.stderr)
        return 2
    folder = options.path if options.path.is_dir() else options.path.parent
    out: Path = options.out or folder / "tidy"
    form: Format = options.format
    stems = [file.stem for file in files]
    bad = 0
    for file in files:
        name = file.stem if stems.count(file.stem) == 1 else f"{file.stem}-{file.suffix[1:].lower()}"
        made = out / f"{name}.{form}"
        if made.resolve() == file.resolve():
            print(f"{file}: would be written over; give another --out.", file=sys.stderr)
            bad += 1
            continue
        try:
            _told(tidy(file, made, form, loudness=options.loudness))
        except (Unavailable, OSError) as wrong:
            print(f"{file}: {wrong.reason if isinstance(wrong, Unavailable) else wrong.strerror}.", file=sys.stderr)
            bad += 1
    return 0 if not bad else 2 if bad == len(files) else 1


def _mix(options: argparse.Namespace) -> int:
    for path in (options.bed, options.sting):
        if not path.is_file():
            print(f"{path}: is not there.", file=sys.stderr)
            return 2
    if options.at < 0 or not 0 <= options.duck <= 60:
        print("--at is 0 or more, --duck between 0 and 60 dB.", file=sys.stderr)
        return 2
    form: Format = options.out.suffix[1:].lower() if options.out.suffix[1:].lower() in ("ogg", "mp3", "wav") else (
        options.format
    )  # fmt: skip
    made = options.out if options.out.suffix else options.out.with_suffix(f".{form}")
    if made.resolve() in (options.bed.resolve(), options.sting.resolve()):
        print(f"{made}: would be written over; give another --out.", file=sys.stderr)
        return 2
    try:
        _told(mix(options.bed, options.sting, made, form, at_s=options.at, duck_db=options.duck))
    except (Unavailable, OSError) as wrong:
        reason = wrong.reason if isinstance(wrong, Unavailable) else wrong.strerror
        print(f"{options.bed}, {options.sting}: {reason}.", file=sys.stderr)
        return 2
    return 0


def _told(done: Tidied) -> None:
    lengths = f"{done.before_s:.2f} s -> {done.after_s:.2f} s"
    print(f"{done.source.name}: {lengths}, {done.gain_db:+.1f} dB -> {done.made}")
