"""Rows as the rules need them: sums and counts that can be, and a user who can be told from others.

Whoever made a row read it from a stranger's data. A currency is shown, spoken and put before a model without being
moderated, so it is three letters of ISO 4217 or nothing.
"""

import hashlib
import re
from typing import Any, cast

import msgspec
from msgspec.structs import replace

from streamer.core.events import Money
from streamer.ports import ChatRow, User

_ENCODER = msgspec.json.Encoder()
_SURROGATE = re.compile("[\ud800-\udfff]")
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


def plausible(row: ChatRow) -> ChatRow:
    """The row itself where nothing is wrong with it."""
    if row.bits < 0 or row.count < 0:
        row = replace(row, bits=max(row.bits, 0), count=max(row.count, 0))
    if row.amount is not None:
        row = replace(row, amount=_money(row.amount))
    user = row.user
    if user is not None and not user.id and not user.login and user.name:
        row = replace(row, user=_told_apart(user))
    return row


def encodable(row: ChatRow) -> ChatRow:
    """Halves of surrogate pairs, which JSON can hold and UTF-8 cannot, replaced by U+FFFD. Places in texts stay."""
    try:
        _ENCODER.encode(row)
    except UnicodeEncodeError:
        return _whole(row)
    return row


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, tuple):
        return tuple(map(_whole, cast("tuple[object, ...]", value)))
    if isinstance(value, msgspec.Struct):
        return replace(value, **{name: _whole(getattr(value, name)) for name in value.__struct_fields__})
    return value


def _money(amount: Money) -> Money | None:
    """None, which is an amount that could not be read, for less than nothing."""
    if amount.micros < 0:
        return None
    return amount if not amount.currency or _CURRENCY.fullmatch(amount.currency) else Money(amount.micros)


def _told_apart(user: User) -> User:
    """Some programs know donors by their names only. The id holds no words: it is written into the journal."""
    digest = hashlib.blake2b(user.name.casefold().encode("utf-8", "replace"), digest_size=8).hexdigest()
    return replace(user, id=f"name~{digest}")
