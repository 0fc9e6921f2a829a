"""What a recording or an RTMP capture shows: colours, sound and captions, each with its time. Replies prove nothing."""

import array
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

FLOOR_DB = -120.0


class Shade(NamedTuple):
    """The mean colour of a frame, 0..255 each; `at` in seconds from the first frame."""

    at: float
    red: int
    green: int
    blue: int

    @property
    def name(self) -> str:
        """The strongest of the three, or `dark`, `white`, `grey` when none is."""
        ranked = sorted((self.red, self.green, self.blue))
        if ranked[2] < 40:
            return "dark"
        if ranked[2] - ranked[1] > 60:
            return ("red", "green", "blue")[(self.red, self.green, self.blue).index(ranked[2])]
        return "white" if ranked[0] > 180 else "grey"


class Sound(NamedTuple):
    """Root mean square of a stretch of the sound in dB below full scale; `at` in seconds from its first sample."""

    at: float
    level: float


def shades(path: Path, *, box: tuple[float, float, float, float] = (0, 0, 1, 1)) -> list[Shade]:
    """Every frame. `box`: left, top, right, bottom as parts of the picture, for a look at one place of it."""
    import av

    found: list[Shade] = []
    first: float | None = None
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            at = float(frame.time or 0.0)
            first = at if first is None else first
            small: Any = frame.reformat(width=32, height=18, format="rgb24", interpolation="AREA")
            plane = small.planes[0]
            data, stride = bytes(plane), plane.line_size
            sums, count = [0, 0, 0], 0
            for y in range(int(box[1] * 18), max(int(box[1] * 18) + 1, math.ceil(box[3] * 18))):
                for x in range(int(box[0] * 32), max(int(box[0] * 32) + 1, math.ceil(box[2] * 32))):
                    for part in range(3):
                        sums[part] += data[y * stride + 3 * x + part]
                    count += 1
            found.append(Shade(at - first, *(total // count for total in sums)))
    return found


def changes(path: Path, *, box: tuple[float, float, float, float] = (0, 0, 1, 1)) -> list[tuple[float, str]]:
    """When the picture became which colour, by name."""
    found: list[tuple[float, str]] = []
    for shade in shades(path, box=box):
        if not found or found[-1][1] != shade.name:
            found.append((shade.at, shade.name))
    return found


def sounds(path: Path, *, step_s: float = 0.02) -> list[Sound]:
    """The level of each step, all channels as one."""
    import av

    rate = 48000
    resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
    samples = array.array("f")
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            for piece in resampler.resample(frame):
                samples.frombytes(bytes(piece.planes[0])[: 4 * piece.samples])
    step = int(rate * step_s)
    found: list[Sound] = []
    for start in range(0, len(samples) - step + 1, step):
        power = sum(value * value for value in samples[start : start + step : 4]) / len(range(0, step, 4))
        found.append(Sound(start / rate, 10 * math.log10(power) if power > 1e-12 else FLOOR_DB))
    return found


def heard(path: Path, *, over_db: float = -45.0, gap_s: float = 0.15) -> list[tuple[float, float]]:
    """From when to when something is heard; gaps shorter than `gap_s` are part of it."""
    found: list[tuple[float, float]] = []
    step_s = 0.02
    for sound in sounds(path, step_s=step_s):
        if sound.level < over_db:
            continue
        if found and sound.at - found[-1][1] <= gap_s:
            found[-1] = (found[-1][0], sound.at + step_s)
        else:
            found.append((sound.at, sound.at + step_s))
    return found


# -------------------------------------------------------------------------------------------------------------- CEA-608
SPECIAL = {0x2A: "á", 0x5C: "é", 0x5E: "í", 0x5F: "ó", 0x60: "ú", 0x7B: "ç", 0x7C: "÷", 0x7D: "Ñ", 0x7E: "ñ", 0x7F: "█"}


def captions(path: Path) -> list[tuple[float, str]]:
    """The pop-on captions of field 1 in a capture, rows parted by a line feed: (seconds, text) of each that is shown.

    Read from the GA94 messages themselves (ATSC A/53 part 4, CEA-608): OBS puts them after the picture, where ffmpeg
    does not look. An empty text is an erased display.
    """
    found: list[tuple[float, str]] = []
    buffer = ""
    before: tuple[int, int] = (0, 0)
    for at, one, two in _pairs(path):
        if 0x10 <= one <= 0x1F:
            if (one, two) == before:  # control codes come twice
                before = (0, 0)
                continue
            before = (one, two)
            if (one, two) == (0x14, 0x2F):
                found.append((at, buffer.strip("\n")))
                buffer = ""
            elif (one, two) == (0x14, 0x2C):
                found.append((at, ""))
            elif (one, two) in ((0x14, 0x20), (0x14, 0x2E)):
                buffer = "" if two == 0x2E else buffer
            elif two >= 0x40:
                buffer += "\n"
        else:
            before = (0, 0)
            buffer += "".join(SPECIAL.get(code, chr(code)) for code in (one, two) if code >= 0x20)
    return found


def _pairs(path: Path) -> Iterator[tuple[float, int, int]]:
    import av

    first: float | None = None
    with av.open(str(path)) as container:
        for packet in container.demux(video=0):
            if packet.pts is None:
                continue
            at = float(packet.pts * (packet.time_base or 0))
            first = at if first is None else first
            data = bytes(packet).replace(b"\0\0\3", b"\0\0")  # emulation prevention of H.264
            place = data.find(b"GA94\x03")
            while place >= 0:
                count = data[place + 5] & 0x1F
                body = data[place + 7 : place + 7 + 3 * count]
                for index in range(0, len(body) - 2, 3):
                    if body[index] & 0x07 == 0x04:  # valid, field 1
                        yield at - first, body[index + 1] & 0x7F, body[index + 2] & 0x7F
                place = data.find(b"GA94\x03", place + 5)
