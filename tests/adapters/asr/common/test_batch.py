"""Whole clips at an engine: what it raises, and whose turn it is."""

import pytest

from streamer.adapters.asr.common.batch import BatchHearing
from streamer.adapters.asr.common.sound import Clip
from streamer.ports import Final, Unavailable
from tests.adapters.asr.contract import feed

TONE = b"".join((6000 * (1 if at % 80 < 40 else -1)).to_bytes(2, "little", signed=True) for at in range(16_000))


async def test_a_fault_that_nobody_foresaw_is_unavailable_by_its_type_only() -> None:
    async def understand(clip: Clip, last: bool) -> Final:
        del clip
        if not last:
            raise RecursionError("what the host said")
        raise KeyError("what the host said")

    hearing = BatchHearing(understand)
    feed(hearing, TONE)
    with pytest.raises(Unavailable, match="RecursionError") as caught:
        await hearing.look()
    assert "host" not in str(caught.value)
    with pytest.raises(Unavailable, match="KeyError") as caught:
        await hearing.finish()
    assert "host" not in str(caught.value)
