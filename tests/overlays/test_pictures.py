"""What the small overlays look like: each at its demo moment, compared with a picture of it of 96 x 54 points.

So small that the smoothing of letters does not matter, large enough that a box in another place, another colour or a
missing part does. After a change that is meant run this file with NEW_PICTURES=1, and look at them.
"""

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.overlays.fake_show import until

HERE = Path(__file__).with_name("pictures")
SIZE = (96, 54)
KINDS = ("alert", "answering", "poll", "queue", "goal", "credits", "chat", "captions")
STILL = {"reduced_motion": "reduce", "viewport": {"width": 1280, "height": 720}}


def small(png: bytes) -> bytes:
    """Points as red, green, blue, alpha."""
    from PIL import Image

    return Image.open(io.BytesIO(png)).convert("RGBA").resize(SIZE, Image.Resampling.BOX).tobytes()


def off(one: bytes, other: bytes) -> tuple[float, float]:
    """Mean difference, and the share of values that differ by more than a quarter of the range."""
    apart = [abs(a - b) for a, b in zip(one, other, strict=True)]
    return sum(apart) / len(apart), sum(each > 64 for each in apart) / len(apart)


@pytest.mark.parametrize("kind", KINDS)
def test_it_looks_as_it_did(kind: str, open_page: Callable[..., Any]) -> None:
    from PIL import Image

    page = open_page(kind, "&demo=still", wait=False, **STILL)
    until(page, "document.fonts.status === 'loaded' && document.body.innerText.trim().length > 3")
    page.wait_for_timeout(400)
    now = small(page.screenshot(omit_background=True))
    path = HERE / f"{kind}.png"
    if os.environ.get("NEW_PICTURES"):
        Image.frombytes("RGBA", SIZE, now).save(path, optimize=True)
    mean, share = off(now, Image.open(path).convert("RGBA").tobytes())
    assert mean < 3.0, f"{kind}: {mean:.1f} of 255 on average"
    assert share < 0.01, f"{kind}: {share:.1%} of the points differ"
    assert sum(now[3::4]) > 0


def test_a_box_in_another_place_would_be_noticed() -> None:
    from PIL import Image

    picture = Image.open(HERE / "poll.png").convert("RGBA")
    moved = Image.new("RGBA", SIZE)
    moved.paste(picture, (4, 2))
    mean, share = off(picture.tobytes(), moved.tobytes())
    assert mean > 3.0 or share > 0.01
