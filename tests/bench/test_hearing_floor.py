"""The measurement of the hush, made short: a whole show is silenced by a fact and goes on."""

from tests.bench.hearing_floor import ours


async def test_a_show_is_silenced_by_a_fact_and_goes_on() -> None:
    found = await ours(3)
    assert 0 < found["hush_own_ms"].n <= 3
    assert 0 < found["hush_own_ms"].p50 <= found["hush_page_ms"].p50
