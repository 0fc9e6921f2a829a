"""Amounts as they are shown."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.adapters.chat.common.money import money
from streamer.core.events import Money


@pytest.mark.parametrize(
    ("shown", "units", "currency"),
    [
        ("$5.00", "5", "USD"), ("US$1,234.50", "1234.5", "USD"), ("¥1,000", "1000", "JPY"),
        ("￥10,000", "10000", "JPY"), ("5,00 €", "5", "EUR"), ("€4.99", "4.99", "EUR"), ("CHF 10.00", "10", "CHF"),
        ("1.000 ₫", "1000", "VND"), ("₫50,000", "50000", "VND"), ("12 345,00 ₽", "12345", "RUB"),
        ("12\u00a0345,00\u00a0₽", "12345", "RUB"), ("12\u202f345,00\u202f€", "12345", "EUR"),
        ("NT$75.00", "75", "TWD"), ("R$10,00", "10", "BRL"), ("R$\u00a010,00", "10", "BRL"), ("A$5.00", "5", "AUD"),
        ("MX$100.00", "100", "MXN"), ("CA$2.00", "2", "CAD"), ("2,00 $ CA", "2", "CAD"), ("5,00 $US", "5", "USD"),
        ("₩5,000", "5000", "KRW"), ("IDR 15.000", "15000", "IDR"), ("Rp15.000,00", "15000", "IDR"),
        ("PLN 20.00", "20", "PLN"), ("20,00 zł", "20", "PLN"), ("129,00 Kč", "129", "CZK"), ("1 990 Ft", "1990", "HUF"),
        ("25,00 lei", "25", "RON"), ("9,99 лв.", "9.99", "BGN"), ("RSD 500.00", "500", "RSD"),
        ("500 RSD", "500", "RSD"),
        ("₹1,00,000.00", "100000", "INR"), ("₱100.00", "100", "PHP"), ("₪20.00", "20", "ILS"), ("₺50,00", "50", "TRY"),
        ("THB 100.00", "100", "THB"), ("TRY 50.00", "50", "TRY"), ("₦1,500.00", "1500", "NGN"),
        ("KSh 500.00", "500", "KES"), ("R 50.00", "50", "ZAR"), ("R1 234,50", "1234.5", "ZAR"),
        ("1’234.50 CHF", "1234.5", "CHF"), ("CHF 1'234.50", "1234.5", "CHF"), ("KWD 1.500", "1.5", "KWD"),
        ("BHD\u00a01,234.567", "1234.567", "BHD"), ("JOD 0.750", "0.75", "JOD"), ("50,00 kr.", "50", "DKK"),
        ("50,00 kr", "50", "SEK"), ("kr 50,00", "50", "NOK"), ("SEK 50.00", "50", "SEK"), ("Rs 100", "100", ""),
        ("٥٫٠٠\u00a0ج.م.\u200f", "5", "EGP"), ("\u200f١٬٢٣٤٫٥٠\u00a0ر.س.", "1234.5", "SAR"), ("₹१००.००", "100", "INR"),
        ("S/ 10.00", "10", "PEN"), ("$5.00 CAD", "5", "CAD"), ("$1,000", "1000", "USD"), ("$0.99", "0.99", "USD"),
        ("$5.5", "5.5", "USD"), ("3", "3", ""), ("¤5.00", "5", ""), ("1,234,567.89", "1234567.89", ""),
    ],
)  # fmt: skip
def test_amounts(shown, units, currency):
    assert money(shown) == Money(int(Decimal(units) * 1_000_000), currency)


@pytest.mark.parametrize("shown", ["", "free", "$", "-5", "−5 €", "5 apples and 3", "5/10", "²", "9" * 40, "5 + 5"])
def test_what_is_no_amount(shown):
    assert money(shown) is None


SIGNS = {
    "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "BRL": "R$", "AUD": "A$", "CAD": "CA$", "MXN": "MX$", "TWD": "NT$",
    "INR": "₹", "VND": "₫", "PLN": "zł", "CZK": "Kč", "HUF": "Ft", "RON": "lei", "BGN": "лв", "RSD": "RSD", "NGN": "₦",
    "KES": "KSh", "ZAR": "R", "CHF": "CHF", "KRW": "₩", "PHP": "₱", "ILS": "₪", "RUB": "₽", "TRY": "₺", "THB": "฿",
    "KWD": "KWD", "BHD": "BHD", "JOD": "د.أ.", "TND": "TND", "IDR": "Rp", "SAR": "SAR", "CLP": "CLP", "ISK": "ISK",
}  # fmt: skip
WHOLE = {"JPY", "KRW", "VND", "CLP", "ISK"}
THREE = {"KWD", "BHD", "JOD", "TND"}
SEPARATORS = [(",", "."), (".", ","), (" ", ","), ("\u00a0", ","), ("\u202f", ","), ("’", "."), ("'", "."), ("", ".")]
DIGITS = ["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९"]


def written(cents, currency, group, point, gap, *, code, first, digits):
    """An amount in units of the currency's smallest coin, as a language writes it."""
    places = 0 if currency in WHOLE else 3 if currency in THREE else 2
    units, rest = divmod(cents, 10**places)
    number = f"{units:,}".replace(",", group) + (f"{point}{rest:0{places}}" if places else "")
    number = number.translate(str.maketrans("0123456789", digits))
    sign = currency if code else SIGNS[currency]
    return (f"{sign}{gap}{number}" if first else f"{number}{gap}{sign}"), Decimal(cents).scaleb(6 - places)


@given(
    st.integers(min_value=0, max_value=99_999_999), st.sampled_from(sorted(SIGNS)), st.sampled_from(SEPARATORS),
    st.sampled_from([" ", "\u00a0", "\u202f", ""]), st.booleans(), st.booleans(), st.sampled_from(DIGITS),
)  # fmt: skip
def test_what_was_written_is_read_exactly(cents, currency, separators, gap, code, first, digits):
    group, point = separators
    shown, micros = written(cents, currency, group, point, gap, code=code, first=first, digits=digits)
    assert money(shown) == Money(int(micros), currency), shown


@given(st.text(max_size=20) | st.from_regex(r"[$€R ]{0,3}[\d., '’-]{1,16}[a-zł]{0,4}", fullmatch=True))
def test_nothing_is_raised(shown):
    found = money(shown)
    assert found is None or 0 <= found.micros <= 10**15
