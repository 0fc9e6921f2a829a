"""Amounts as a platform shows them to people, in any of its languages: `$5.00`, `US$1,234.50`, `¥1,000`, `5,00 €`,
`CHF 10.00`, `1.000 ₫`, `12 345,00 ₽`, `R$ 10,00`, `1’234.50 CHF`, `KWD 1.500`, `٥٫٠٠ ج.م.`.

The currency is an ISO 4217 code, or empty where the sign belongs to several currencies or is not known. Only `kr`,
`¥` and `$` are taken for the most common of theirs: `$` USD, `¥` JPY, `kr` by where it stands (before: NOK, after: SEK;
`kr.`: DKK), as Unicode CLDR writes them.
"""

import re
import unicodedata
from typing import Final

from streamer.core.events import Money

MICROS_MAX: Final = 10**15
_LENGTH: Final = 48
_ISO_4217: Final = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF "
    "CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD "
    "HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL "
    "LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR "
    "PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SYP SZL THB TJS TMT TND TOP TRY "
    "TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW"
)
_CODES: Final = frozenset(_ISO_4217.split())
_THOUSANDTHS: Final = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
"""Currencies of three decimals (ISO 4217): `1.500` is one and a half, not fifteen hundred."""
_SIGNS: Final = {
    "$": "USD", "US$": "USD", "$US": "USD", "USD$": "USD", "CA$": "CAD", "C$": "CAD", "$CA": "CAD", "CAD$": "CAD",
    "A$": "AUD", "AU$": "AUD", "$AU": "AUD", "AUD$": "AUD", "NZ$": "NZD", "$NZ": "NZD", "HK$": "HKD", "$HK": "HKD",
    "NT$": "TWD", "TW$": "TWD", "$TW": "TWD", "S$": "SGD", "SG$": "SGD", "SGD$": "SGD", "$SG": "SGD", "MX$": "MXN",
    "$MX": "MXN", "MEX$": "MXN", "R$": "BRL", "CLP$": "CLP", "CL$": "CLP", "$CL": "CLP", "COP$": "COP", "CO$": "COP",
    "$CO": "COP", "AR$": "ARS", "$AR": "ARS", "UY$": "UYU", "$U": "UYU", "UYU$": "UYU", "RD$": "DOP", "J$": "JMD",
    "JA$": "JMD", "TT$": "TTD", "BZ$": "BZD", "B$": "BND", "FJ$": "FJD", "N$": "NAD", "EC$": "XCD", "MOP$": "MOP",
    "€": "EUR", "£": "GBP", "GB£": "GBP", "UK£": "GBP", "£GB": "GBP", "E£": "EGP", "£E": "EGP", "L.E.": "EGP",
    "LE": "EGP", "¥": "JPY", "￥": "JPY", "JP¥": "JPY", "円": "JPY", "CN¥": "CNY", "CN￥": "CNY", "RMB": "CNY",
    "元": "CNY", "₩": "KRW", "￦": "KRW", "원": "KRW", "₹": "INR", "₱": "PHP", "₫": "VND", "đ": "VND", "₪": "ILS",
    "₽": "RUB", "руб": "RUB", "р": "RUB", "฿": "THB", "บาท": "THB", "₺": "TRY", "TL": "TRY", "zł": "PLN", "zl": "PLN",
    "Kč": "CZK", "Ft": "HUF", "lei": "RON", "leu": "RON", "лв": "BGN", "lv": "BGN", "RSD": "RSD", "дин": "RSD",
    "din": "RSD", "KM": "BAM", "kn": "HRK", "ден": "MKD", "₴": "UAH", "грн": "UAH", "Br": "BYN", "₸": "KZT",
    "₾": "GEL", "֏": "AMD", "₼": "AZN", "₮": "MNT", "៛": "KHR", "₭": "LAK", "৳": "BDT", "₦": "NGN", "₵": "GHS",
    "GH₵": "GHS", "KSh": "KES", "Ksh": "KES", "TSh": "TZS", "USh": "UGX", "R": "ZAR", "RM": "MYR", "Rp": "IDR",
    "S/": "PEN", "S/.": "PEN", "B/.": "PAB", "Bs": "BOB", "Bs.": "BOB", "₡": "CRC", "Q": "GTQ", "₲": "PYG",
    "Gs": "PYG", "Gs.": "PYG", "CFPF": "XPF", "FCFA": "XAF", "F CFA": "XOF", "Fr.": "CHF", "SFr.": "CHF",
    "Nkr": "NOK", "Skr": "SEK", "Dkr": "DKK", "ISK": "ISK", "SR": "SAR", "Dhs": "AED", "Dhs.": "AED", "DH": "MAD",
    "د.إ": "AED", "ر.س": "SAR", "ر.ق": "QAR", "د.ك": "KWD", "د.ب": "BHD", "د.أ": "JOD", "ر.ع": "OMR", "د.ج": "DZD",
    "د.ت": "TND", "ج.م": "EGP", "د.م": "MAD", "ل.ل": "LBP", "د.ع": "IQD", "د.ل": "LYD",
}  # fmt: skip
_MARKS: Final = re.compile("[\u200b-\u200f\u061c\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_FORM: Final = re.compile(r"(?P<before>[^\d+-]{0,8}?) ?(?P<n>\d(?:[\d.,' ]*\d)?) ?(?P<after>[^\d+-]{0,8})", re.ASCII)
_AFFIX: Final = re.compile(r"[^\s,;:!?]{0,6}|F CFA|\$ (?:US|CA|AU|NZ)")


def money(shown: str) -> Money | None:
    """None when it is no amount. `micros` is exact: nothing here is a float."""
    plain = _plain(shown[:_LENGTH])
    found = _FORM.fullmatch(plain)
    if found is None:
        return None
    before, after = found["before"].strip(), found["after"].strip()
    if not (_AFFIX.fullmatch(before) and _AFFIX.fullmatch(after)):
        return None
    currency = _currency(before, after)
    micros = _micros(found["n"], thousandths=currency in _THOUSANDTHS)
    return None if micros is None or micros > MICROS_MAX else Money(micros, currency)


def _plain(shown: str) -> str:
    """Any digits as ASCII ones, any space as a space, any apostrophe as one, Arabic separators as ours."""
    out: list[str] = []
    for char in _MARKS.sub("", shown):
        if char.isascii():
            out.append(char if not char.isspace() else " ")
        elif char.isdecimal():
            out.append(str(unicodedata.decimal(char)))
        elif char.isspace():
            out.append(" ")
        else:
            out.append({"’": "'", "‘": "'", "ʼ": "'", "˙": "'", "٫": ".", "٬": ",", "−": "-"}.get(char, char))
    return re.sub(" +", " ", "".join(out)).strip()


def _currency(before: str, after: str) -> str:
    """A code outranks a sign: `$5.00 CAD`."""
    if before.casefold() == "kr" or after.casefold() in ("kr", "kr."):
        return "NOK" if before else "DKK" if after.endswith(".") else "SEK"
    for sign in (after, before):
        if sign.upper() in _CODES and sign not in _SIGNS:
            return sign.upper()
    for sign in (before, after):
        sign = sign.replace("$ ", "$")  # noqa: PLW2901
        if known := _SIGNS.get(sign) or _SIGNS.get(sign.rstrip(".")) or _SIGNS.get(sign.capitalize()):
            return known
    return ""


def _micros(number: str, *, thousandths: bool) -> int | None:
    """The last separator is the decimal one when it differs from the others, or stands alone before other than three
    digits; all others only group."""
    body, cents = number, ""
    separators = re.findall(r"[.,' ]", number)
    if separators and separators[-1] in ".,":
        last = separators[-1]
        head, tail = number.rsplit(last, 1)
        alone = separators.count(last) == 1
        if alone and (len(separators) > 1 or len(tail) != 3 or thousandths):
            body, cents = head, tail
    body = re.sub(r"[.,' ]", "", body)
    if len(body) > 12 or len(cents) > 6:
        return None
    return int(body) * 1_000_000 + int(cents.ljust(6, "0"))
