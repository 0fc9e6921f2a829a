"""A polled batch in its own rhythm."""

from collections.abc import Sequence

from streamer.ports import ChatRow

REMOVALS = frozenset({"delete_message", "clear_user", "clear_chat"})
"""Kinds that take words back: they go out at once, and no full buffer drops them."""


def takes_back(row: ChatRow) -> bool:
    return row.kind in REMOVALS or (row.kind == "replace_message" and not row.text)


def spread(rows: Sequence[ChatRow], over_s: float) -> list[tuple[float, ChatRow]]:
    """(seconds to wait from now, row): removals at once, the others in order and all within `over_s`.

    Only polled sources sort, and only inside a batch.
    """
    removals = [(0.0, row) for row in rows if takes_back(row)]
    others = sorted((row for row in rows if not takes_back(row)), key=lambda row: row.at)
    if not others:
        return removals
    begin, span = others[0].at, others[-1].at - others[0].at
    if span <= 0:
        step = over_s / len(others)
        return removals + [(index * step, row) for index, row in enumerate(others)]
    scale = min(1.0, over_s / span)
    return removals + [((row.at - begin) * scale, row) for row in others]
