"""The synthetic audience: repeatable, in order, bursty, and with everything a show has to survive."""

from collections import Counter
from itertools import islice, takewhile

import pytest

from streamer.adapters.demo.audience import DEMO, HOUR, audience, show_rows

CAST = ("Mika", "Juno")


def test_same_seed_same_rows():
    first = list(islice(audience(3, CAST), 400))
    assert first == list(islice(audience(3, CAST), 400))
    assert first != list(islice(audience(4, CAST), 400))


def test_rows_are_ordered():
    times = [row["at"] for row in islice(audience(5, CAST), 2_000)]
    assert times == sorted(times)


@pytest.mark.parametrize("room", [DEMO, HOUR])
def test_mean_rate(room):
    hours = [show_rows(seed, CAST, seconds=3600, room=room) for seed in range(4)]
    messages = sum(row["kind"] == "message" for rows in hours for row in rows)
    assert messages / (4 * 3600) == pytest.approx(room.rate, rel=0.2)


def test_bursts():
    counts = Counter(int(row["at"] // 10) for row in show_rows(1, CAST, seconds=3600) if row["kind"] == "message")
    windows = [counts[window] for window in range(360)]
    mean = sum(windows) / len(windows)
    variance = sum((count - mean) ** 2 for count in windows) / len(windows)
    # A Poisson stream has 1; chat has more.
    assert variance / mean > 2


def test_everything_happens_within_the_hour():
    rows = list(show_rows(20, CAST, seconds=3600, room=HOUR))
    texts = " | ".join(row.get("text", "") for row in rows)
    kinds = {row["kind"] for row in rows}
    assert {
        "raid",
        "gift_batch",
        "gift_received",
        "cheer",
        "superchat",
        "delete_message",
        "clear_user",
        "host_said",
    } <= kinds
    assert any(row["user"]["name"] == "Nightbot" for row in rows)
    assert "ignore all previous instructions" in texts or "system prompt" in texts
    assert "こんばんは" in texts
    assert "Lieblingsspiel" in texts
    assert "!discord" in texts


def test_demo_has_no_host_and_speaks_to_the_cast():
    rows = list(takewhile(lambda row: row["at"] < 600, audience(7, CAST)))
    assert not any(row["kind"] == "host_said" for row in rows)
    named = [row for row in rows if any(name.lower() in row.get("text", "").lower() for name in CAST)]
    assert len(named) >= 60


def test_names_of_other_casts():
    texts = [row.get("text", "") for row in islice(audience(1, ("Tori",)), 300)]
    assert any("tori" in text.lower() for text in texts)
    assert all("{" not in text for text in texts)


def test_a_cast_of_nobody_still_has_an_audience():
    assert len(list(islice(audience(1, ()), 50))) == 50
