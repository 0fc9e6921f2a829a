"""Test events: rows like any other, but for their mark."""

import pytest

from streamer.app.alerting.rules import KINDS
from streamer.app.alerting.testevents import row_of
from streamer.core.events import Money
from streamer.ports import Reward
from streamer.web.alerts import Kind, TryOut


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_made_up_where_nothing_is_said(kind: Kind) -> None:
    row = row_of(TryOut(kind=kind), 3.0, reward="Ask Mika")
    assert row.kind in KINDS[kind]
    assert row.test
    assert (row.at, row.source) == (3.0, "test")
    assert row.user is not None
    assert row.user.name == "Test"
    assert bool(row.bits) is (kind == "bits")
    assert bool(row.amount) is (kind in ("superchat", "sticker"))
    assert row.platform == ("youtube" if kind in ("superchat", "sticker") else "twitch")
    assert (row.reward == Reward("Ask Mika", "Ask Mika")) is (kind == "redemption")


def test_what_is_said_counts() -> None:
    row = row_of(TryOut(kind="raid", count=7, name=" Rae ", platform="youtube"), 0.0)
    assert (row.count, row.user.name if row.user else "", row.platform) == (7, "Rae", "youtube")
    money = Money(100_000_000, "JPY")
    assert row_of(TryOut(kind="superchat", amount=money, text="hi"), 0.0).amount == money
    assert row_of(TryOut(kind="redemption", reward="Hydrate"), 0.0, reward="Ask").reward == Reward("Hydrate", "Hydrate")


def test_each_has_an_id_of_its_own_and_no_real_viewers() -> None:
    rows = [row_of(TryOut(kind="raid"), 0.0) for _ in range(3)]
    assert len({row.id for row in rows}) == 3
    assert all(row.user is not None and row.user.id.startswith("test~") for row in rows)
