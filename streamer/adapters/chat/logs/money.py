"""Amounts as YouTube shows them, by language: `$5.00`, `US$5.00`, `¥1,000`, `5,00 €`, `CHF 10.00`, `1.000 ₫`."""

import re
from typing import Final

from streamer.core.events import Money

_SYMBOLS: Final = {
    "$": "USD", "US$": "USD", "CA$": "CAD", "C$": "CAD", "A$": "AUD", "AU$": "AUD", "NZ$": "NZD", "HK$": "HKD",
    "NT$": "TWD", "SGD$": "SGD", "S$": "SGD", "MX$": "MXN", "R$": "BRL", "CLP$": "CLP", "COP$": "COP", "€": "EUR",
    "£": "GBP", "¥": "JPY", "￥": "JPY", "JP¥": "JPY", "CN¥": "CNY", "₩": "KRW", "₹": "INR", "₱": "PHP", "₫": "VND",
    "₪": "ILS", "₽": "RUB", "฿": "THB", "₺": "TRY", "zł": "PLN", "zl": "PLN", "kr": "SEK", "Kč": "CZK", "Ft": "HUF",
}  # fmt: skip
_NO_CENTS: Final = frozenset({"JPY", "KRW", "VND", "CLP", "HUF", "IDR", "PYG"})
_FORM: Final = re.compile(r"^\s*(?P<before>[^\d\s.,-]{0,6})\s*(?P<n>\d[\d.,\s'’]*)\s*(?P<after>[^\d\s]{0,6})\s*$")


def money(shown: str) -> Money | None:
    """None when it is no amount. The currency is empty when the sign is not known."""
    found = _FORM.match(shown[:40])
    if found is None:
        return None
    sign = found["before"] or found["after"]
    currency = _SYMBOLS.get(sign, sign.upper() if re.fullmatch(r"[A-Za-z]{3}", sign) else "")
    micros = _micros(found["n"], whole=currency in _NO_CENTS)
    return None if micros is None or micros > 10**15 else Money(micros, currency)


def _micros(digits: str, *, whole: bool) -> int | None:
    """The last sign is the decimal one when one or two digits follow it; all others only group."""
    digits = re.sub(r"[\s'’]", "", digits).rstrip(".,")
    found = re.search(r"[.,](\d{1,2})$", digits)
    cents = found[1] if found and not whole else ""
    body = digits[: found.start()] if found and cents else digits
    body = re.sub(r"[.,]", "", body)
    if not body.isascii() or not body.isdecimal() or len(body) > 15:
        return None
    return int(body) * 1_000_000 + (int(cents.ljust(2, "0")) * 10_000 if cents.isascii() and cents else 0)
