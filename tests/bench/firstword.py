"""`first_word_s`, `second_start_s`: from starting the demo show to the first sample of its first word at an overlay."""

import array
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import aiohttp

from tests.bench.machine import children, used_s
from tests.bench.report import Bench, spread
from tests.e2e.product import Product
from tests.fakes.sink_page import Frame, SinkPage

LOUD = 300
"""Of 32,767: voices begin with a breath of silence, which is no word yet."""
WORD_S = 90.0


class Ear(SinkPage):
    """A page that plays at the speed of life and knows when the first loud sample is heard."""

    word_at: float | None = None
    """By `time.monotonic()`."""
    _begun: tuple[int, float] | None = None

    def _frame(self, data: bytes) -> None:
        super()._frame(data)
        frame = self.frames[-1]
        if self._begun is None:
            self._begun = (frame.at, frame.when)
        loud = _first_loud_s(frame)
        if self.word_at is None and loud is not None:
            at, when = self._begun
            # Frames come up to 0.4 s before they are heard.
            self.word_at = max(frame.when, when + (frame.at - at) / 1000) + loud


def _first_loud_s(frame: Frame) -> float | None:
    samples = array.array("h", frame.samples)
    first = next((at for at, value in enumerate(samples) if abs(value) > LOUD), None)
    return None if first is None else first / 24_000


async def first_word(bench: Bench, *, quick: bool) -> None:
    """`python -m streamer run` with an empty home and state, and again with what the first start left there."""
    first: list[_Start] = []
    second: list[_Start] = []
    for _ in range(1 if quick else 3):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            first.append(await _until_word(Path(folder), "--fresh"))
            if bench.wants("second_start_s"):
                second.append(await _until_word(Path(folder)))
    bench.measured("first_word_s", spread([each.word_s for each in first]), _told(first))
    if second:
        bench.measured("second_start_s", spread([each.word_s for each in second]), _told(second))


class _Start(NamedTuple):
    """Seconds to the printed links and to the first word, and the processor time that was used until then."""

    links_s: float
    word_s: float
    used_s: float | None


def _told(starts: list[_Start]) -> str:
    links = spread([each.links_s for each in starts]).p50
    used = [each.used_s for each in starts if each.used_s is not None]
    words = f"the links were printed after {links:.2f} s"
    return words + (f"; {spread(used).p50:.2f} s of processor time until the word" if used else "")


async def _until_word(folder: Path, *arguments: str) -> _Start:
    began = time.monotonic()
    async with Product(folder, None, "--no-open", *arguments) as product:
        links_s = time.monotonic() - began
        word_s = await word_at(product.base, product.links["Overlay"]) - began
        pid = product.process.pid
        used = [used_s(each) for each in (pid, *children(pid))]
    return _Start(links_s, word_s, sum(each for each in used if each is not None) if used[0] is not None else None)


async def word_at(base: str, overlay: str) -> float:
    """Connects as an overlay and waits; when the first word was heard there, by `time.monotonic()`."""
    async with aiohttp.ClientSession() as session:
        page = Ear(base, overlay.partition("token=")[2])
        await page.open(session)
        try:
            await page.until(lambda: page.word_at is not None, WORD_S)
        finally:
            await page.close()
    assert page.word_at is not None
    return page.word_at
