"""Test events: a raid of forty that never was, as a row like any other. Only its mark tells it from a real one."""

import secrets
from collections.abc import Callable

from streamer.core.events import Money
from streamer.ports import ChatRow, Reward, RowKind, User
from streamer.web.alerts import Kind, TryOut

SOURCE = "test"
NAME = "Test"
_ROWS: dict[Kind, RowKind] = {
    "raid": "raid", "sub": "member_new", "resub": "resub", "gift": "gift_batch", "bits": "cheer",
    "superchat": "superchat", "sticker": "sticker", "follow": "follow", "redemption": "redemption",
}  # fmt: skip
_COUNTS: dict[Kind, int] = {"raid": 40, "resub": 6, "gift": 5}
_YOUTUBE: tuple[Kind, ...] = ("superchat", "sticker")
FIVE = Money(5_000_000, "USD")


def _new_id() -> str:
    return secrets.token_hex(8)


def row_of(wanted: TryOut, at: float, *, reward: str = "", new_id: Callable[[], str] = _new_id) -> ChatRow:
    """`at`: seconds of the show. `reward`: the one that is meant where the request names none."""
    kind = wanted.kind
    name = wanted.name.strip() or NAME
    count = wanted.count or _COUNTS.get(kind, 0)
    title = wanted.reward.strip() or reward
    redeemed = kind == "redemption"
    return ChatRow(
        at=at,
        platform=wanted.platform or ("youtube" if kind in _YOUTUBE else "twitch"),
        kind=_ROWS[kind],
        id=f"test~{new_id()}",
        user=User(id=f"test~{name.casefold()}", name=name, months=count if kind == "resub" else 0),
        text=wanted.text,
        bits=(wanted.bits or 100) if kind == "bits" else 0,
        amount=(wanted.amount or FIVE) if kind in _YOUTUBE else None,
        count=count if kind in _COUNTS else 0,
        reward=Reward(id=title, title=title) if redeemed and title else None,
        source=SOURCE,
        test=True,
    )
