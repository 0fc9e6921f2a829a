"""The figures of voices can be taken, and are figures."""

from tests.bench.voices_first_audio import ENGINES, frame_costs, voices_first_audio


async def test_every_engine_is_timed() -> None:
    found = await voices_first_audio(quick=True)
    assert set(found) == set(ENGINES)
    assert all(0 < each["first_ms"]["p50"] <= each["first_ms"]["p95"] for each in found.values())


def test_every_frame_is_timed() -> None:
    found = frame_costs(quick=True)
    assert set(found) == {"levelling_ms", "mouth_ms", "shape_ms"}
    assert all(0 < each["p50"] < 20 for each in found.values())
