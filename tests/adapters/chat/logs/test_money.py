"""Amounts as they are shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.adapters.chat.logs.money import money
from streamer.core.events import Money


@pytest.mark.parametrize(
    ("shown", "units", "currency"),
    [
        ("$5.00", 5, "USD"), ("US$1,234.50", 1234.5, "USD"), ("¥1,000", 1000, "JPY"), ("￥10,000", 10000, "JPY"),
        ("5,00 €", 5, "EUR"), ("€4.99", 4.99, "EUR"), ("CHF 10.00", 10, "CHF"), ("1.000 ₫", 1000, "VND"),
        ("₫50,000", 50000, "VND"), ("12 345,00 ₽", 12345, "RUB"), ("NT$75.00", 75, "TWD"), ("R$10,00", 10, "BRL"),
        ("₩5,000", 5000, "KRW"), ("IDR 15.000", 15000, "IDR"), ("PLN 20.00", 20, "PLN"), ("3", 3, ""),
    ],
)  # fmt: skip
def test_amounts(shown, units, currency):
    assert money(shown) == Money(round(units * 1_000_000), currency)


@pytest.mark.parametrize("shown", ["", "free", "$", "-5", "5 apples and 3", "१०"])
def test_what_is_no_amount(shown):
    assert money(shown) is None


@given(st.text(max_size=20))
def test_nothing_is_raised(shown):
    found = money(shown)
    assert found is None or 0 <= found.micros <= 10**15
