"""Words that were taken back: nothing of them may be heard, shown or remembered."""

from collections.abc import Iterable

from msgspec.structs import replace

from streamer.core.commands import Command, Drop, DropReason, Erase
from streamer.core.events import Tombstoned
from streamer.core.requests import remove
from streamer.core.show import TOMBSTONE_MS, Request, Show
from streamer.core.turns import cut, withdraw


def taken_back(show: Show, stone: Tombstoned) -> tuple[Show, list[Command]]:
    """Everything the words had reached is stopped: waiting requests, the line being prepared, the line on air.

    Cause hit: cut. Context hit: withdrawn, or cut when the line on air repeats the words.
    """
    out: list[Command] = [Erase(cause=show.seq, scope=stone.scope, key=stone.key)]
    stones = {key: at for key, at in show.tombstones.items() if show.now_ms - at < TOMBSTONE_MS}
    stones[f"{stone.scope}:{stone.key}"] = show.now_ms
    recent = tuple(said for said in show.recent if not _hits(stone, (said,)))
    heard = tuple(replace(line, about=_kept(stone, line.about), knew=_kept(stone, line.knew)) for line in show.heard)
    show = replace(show, tombstones=stones, recent=recent, heard=heard, wake_ms=0)

    standing = [without(stone, request) for request in show.requests if not _hits(stone, request.about)]
    show = replace(show, requests=tuple(standing))
    show, dropped = remove(show, [r for r in show.requests if _hits(stone, ((r.uid, r.user),))], "taken_back")
    out += dropped

    show, commands = prepared_without(show, stone, "taken_back")
    out += commands
    air = show.air
    if air is not None and _hits(stone, air.context):
        air = replace(air, context=_kept(stone, air.context))  # what is prepared next is made without it
        show = replace(show, air=air)
    if air is not None and (_hits(stone, air.causes) or air.id in stone.quoted):
        show, commands = cut(show, "taken_back")
        out += commands
        if show.next is not None and show.next.manner:  # nobody huffs after a moderator
            show, commands = withdraw(show, "taken_back", keep_request=True)
            out += commands
    return show, out


def prepared_without(show: Show, stone: Tombstoned, reason: DropReason) -> tuple[Show, list[Command]]:
    """The prepared line goes when it knows the words; it is made again for those who stand by theirs."""
    line = show.next
    if line is None or not _hits(stone, (*line.causes, *line.context, *line.behind)):
        return show, []
    asked = without(stone, line.request)
    gone = [Drop(cause=show.seq, uid=uid, reason=reason) for uid in line.answers if uid not in (asked.uid, *asked.also)]
    show = replace(show, next=replace(line, request=asked))
    keep = not _hits(stone, ((asked.uid, asked.user),)) and not _hits(stone, asked.about)
    show, out = withdraw(show, reason, keep_request=keep, drop=reason)
    return show, [*out, *gone]


def _kept(stone: Tombstoned, said: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple(each for each in said if not _hits(stone, (each,)))


def _hits(stone: Tombstoned, said: Iterable[tuple[str, str]]) -> bool:
    match stone.scope:
        case "message":
            return any(uid == stone.key for uid, _ in said)
        case "user":
            return any(user == stone.key for _, user in said)
        case "room":
            return any(user.startswith(f"{stone.key}:") for _, user in said)


def without(stone: Tombstoned, request: Request) -> Request:
    """The request without those of its askers who took their words back, led by the first who did not. A request that
    nobody stands for any more is left as it is, to be dropped with its reason."""
    if not request.also:
        return request
    askers = ((request.uid, request.user), *zip(request.also, request.also_users, strict=True))
    kept = tuple(asker for asker in askers if not _hits(stone, (asker,)))
    if not kept or len(kept) == len(askers):
        return request
    (uid, user), *others = kept
    return replace(
        request, uid=uid, user=user, also=tuple(uid for uid, _ in others), also_users=tuple(user for _, user in others)
    )
