"""60 Hz of parameters beside hotkeys and three streams of events, in short: what must hold on any machine."""

from collections.abc import Callable

import pytest

from tests.bench.vts import measure


@pytest.mark.slow
async def test_nothing_is_crossed_and_it_comes_back(record_property: Callable[[str, object], None]):
    got = await measure(2.0, away=(0.1,))
    for name in ("cpu_pct", "injected_per_s", "hotkeys", "events"):
        record_property(name, got[name])
        print(name, got[name])
    assert (got["crossed"], got["strays"], got["late"], got["garbage"]) == (0, 0, 0, 0)
    assert got["injected_per_s"] > 0
    assert got["events"] > 0
    assert len(got["mouth_ms"]) > 10
    assert len(got["reconnect_s"]) == 1
